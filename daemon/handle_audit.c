/* The audit, read: page by page, with the head that is kept outside. */
#include "daemon/audit.h"
#include "daemon/dispatch.h"
#include "daemon/server.h"
#include "daemon/session.h"
#include "daemon/staff.h"
#include "daemon/xalloc.h"
#include "storage/table_audit.h"

#include <stdlib.h>
#include <string.h>

/* One answer is bounded in bytes: it must fit into limits.queue. */
enum {
	ANSWER_BYTES = 30000, /* as they are stored; in JSON up to twice that */
	ENTRY_BYTES = 400, /* around the detail */
	ENTRIES_MAX = 50,
};
_Static_assert((int)ENTRIES_MAX < (int)AUDIT_PAGE_MAX, "one more is read: is there more?");

struct listing {
	struct audit_read read;
	struct server *server;
	struct asker asker;
	size_t limit;
};

static struct item_audit_line line_of(const struct server *server, const struct audit_row *row)
{
	const struct account *account =
		row->account > 0 ? staff_account(server->staff, row->account) : NULL;
	struct item_audit_line line = {
		.entry = row->entry,
		.at_ms = row->at_ms,
		.what = (enum wire_audit_what)row->what,
		.account = row->account,
		.by = text_of(account != NULL ? account->row.alias : ""),
		.room = row->room,
		.detail = {row->detail, row->detail_size},
		.has_signature = row->has_signature,
	};
	memcpy(line.hash, row->hash, sizeof(line.hash));
	memcpy(line.signature, row->signature, sizeof(line.signature));
	return line;
}

static void send_listing(struct session *session, const struct listing *listing)
{
	struct item_audit_line lines[ENTRIES_MAX];
	struct msg_audit_listed listed = {
		.has_ref = listing->asker.has_ref,
		.ref = listing->asker.ref,
		.entries = lines,
	};
	size_t size = 0;
	for (size_t i = 0; i < listing->read.count; i++) {
		const struct audit_row *row = &listing->read.rows[i];
		size += row->detail_size + ENTRY_BYTES;
		if (i == listing->limit || (i > 0 && size > ANSWER_BYTES)) {
			listed.more = true;
			break;
		}
		lines[listed.entries_count++] = line_of(listing->server, row);
	}
	listed.head = audit_head(listing->server, listed.hash);
	session_send(session, TYPE_AUDIT_LISTED, &listed);
}

static void on_read(struct store_job *job, enum store_status status)
{
	struct listing *listing = (struct listing *)job;
	struct session *session = server_session(listing->server, listing->asker.session);
	if (status != STORE_OK) {
		dispatch_answer_error(listing->server, &listing->asker, WIRE_CODE_UNAVAILABLE);
	} else if (session != NULL) {
		send_listing(session, listing);
	}
	audit_read_finish(&listing->read);
	free(listing);
}

enum outcome handle_audit_list(struct session *session, const struct msg_audit_list *request)
{
	struct listing *listing = xcalloc(1, sizeof(*listing));
	audit_read_init(&listing->read);
	listing->read.room = request->has_room ? request->room : 0;
	listing->read.before = request->has_before ? request->before : INT64_MAX;
	listing->limit = (size_t)request->limit;
	listing->read.limit = listing->limit + 1;
	listing->read.job.done = on_read;
	listing->server = session->server;
	listing->asker = dispatch_asker(session, request->has_ref, request->ref);
	store_read(session->server->store, &listing->read.job);
	return OUTCOME_ANSWERED;
}
