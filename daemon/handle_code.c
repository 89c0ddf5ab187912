/* code.print, code.list, code.revoke: printed codes that admit. */
#include "daemon/clock.h"
#include "daemon/codes.h"
#include "daemon/dispatch.h"
#include "daemon/journal.h"
#include "daemon/server.h"
#include "daemon/session.h"
#include "daemon/setup.h"
#include "daemon/xalloc.h"
#include "storage/table_code.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- printing ---- */

struct printing {
	struct server *server;
	struct asker asker;
	size_t count;
	char codes[][CODE_TEXT_BYTES];
};

static void send_codes(const struct printing *printing, const struct code_add *add)
{
	struct session *session = server_session(printing->server, printing->asker.session);
	if (session == NULL) {
		return; /* nobody has these; the batch can be revoked */
	}
	struct text *texts = xcalloc(printing->count, sizeof(*texts));
	for (size_t i = 0; i < printing->count; i++) {
		texts[i] = text_of(printing->codes[i]);
	}
	struct msg_code_printed printed = {
		.has_ref = printing->asker.has_ref,
		.ref = printing->asker.ref,
		.batch = add->batch.id,
		.codes = texts,
		.codes_count = printing->count,
	};
	session_send_secret(session, TYPE_CODE_PRINTED, &printed);
	free(texts);
}

static void on_codes_written(struct store_job *job, enum store_status status)
{
	struct code_add *add = (struct code_add *)job;
	struct printing *printing = add->owner;
	struct server *server = printing->server;
	if (status == STORE_OK && server->codes != NULL) {
		codes_keep(server, add);
		send_codes(printing, add);
	} else {
		if (status != STORE_REFUSED) {
			journal_note_failure(server, status);
		}
		dispatch_answer_error(server, &printing->asker, WIRE_CODE_UNAVAILABLE);
	}
	sodium_memzero(printing->codes, printing->count * sizeof(*printing->codes));
	free(printing);
	free(add);
}

/* The batch to print into: the one named, or a new one. False: refused, with a sentence. */
static bool find_batch(struct session *session, const struct msg_code_print *request,
	const struct asker *asker, struct code_batch_row *batch)
{
	struct server *server = session->server;
	int64_t now_ms = clock_wall_ms();
	if (request->has_batch) {
		const struct code_batch_row *row = codes_batch(server, request->batch);
		if (row == NULL) {
			setup_refuse(session, asker, WIRE_CODE_NO_SUCH,
				"There is no such batch of codes in force.");
			return false;
		}
		*batch = *row;
		return true;
	}
	if (request->until_ms <= now_ms) {
		setup_refuse(session, asker, WIRE_CODE_BAD_SETTING,
			"The codes would be over before they are printed.");
		return false;
	}
	if (codes_batches(server) >= CODES_BATCHES_MAX) {
		setup_refuse(session, asker, WIRE_CODE_TOO_MANY,
			"There are 1,000 batches in force; revoke some first.");
		return false;
	}
	*batch = (struct code_batch_row){
		.id = server_random_id(), .made_ms = now_ms, .until_ms = request->until_ms};
	if (request->has_label) {
		snprintf(batch->label, sizeof(batch->label), "%.*s", (int)request->label.size,
			request->label.bytes);
	}
	return true;
}

enum outcome handle_code_print(struct session *session, const struct msg_code_print *request)
{
	struct server *server = session->server;
	struct asker asker = dispatch_asker(session, request->has_ref, request->ref);
	size_t count = (size_t)request->count;
	struct code_batch_row batch;
	if (!find_batch(session, request, &asker, &batch)) {
		return OUTCOME_ANSWERED;
	}
	if (codes_count(server) + count > CODES_MAX) {
		return setup_refuse(session, &asker, WIRE_CODE_TOO_MANY,
			"There would be more than 50,000 codes in force; revoke some first.");
	}
	if (!setup_may_change(server)) {
		return refuse(WIRE_CODE_UNAVAILABLE);
	}
	setup_note(session, WIRE_AUDIT_CODE, "%zu codes were printed, batch %lld, \"%s\".", count,
		(long long)batch.id, batch.label);
	struct printing *printing =
		xcalloc(1, sizeof(*printing) + count * sizeof(*printing->codes));
	printing->server = server;
	printing->asker = asker;
	printing->count = count;
	struct code_add *add = codes_draw(server, &batch, count, printing->codes);
	add->job.done = on_codes_written;
	add->owner = printing;
	store_write(server->store, &add->job);
	return OUTCOME_ANSWERED;
}

/* ---- listing ---- */

struct listing {
	struct code_list list; /* first: the job */
	struct server *server;
	struct asker asker;
};

static void send_list(struct session *session, const struct listing *listing)
{
	struct item_code_batch items[CODE_BATCHES_MAX];
	for (size_t i = 0; i < listing->list.count; i++) {
		const struct code_batch_row *row = &listing->list.rows[i];
		items[i] = (struct item_code_batch){
			.batch = row->id,
			.label = text_of(row->label),
			.made_ms = row->made_ms,
			.until_ms = row->until_ms,
			.count = row->count,
			.used = row->used / CODES_USED_STEP * CODES_USED_STEP,
			.revoked = row->revoked,
		};
	}
	struct msg_code_listed listed = {
		.has_ref = listing->asker.has_ref,
		.ref = listing->asker.ref,
		.batches = items,
		.batches_count = listing->list.count,
	};
	session_send(session, TYPE_CODE_LISTED, &listed);
}

static void on_listed(struct store_job *job, enum store_status status)
{
	struct listing *listing = (struct listing *)job;
	struct session *session = server_session(listing->server, listing->asker.session);
	if (status != STORE_OK) {
		dispatch_answer_error(listing->server, &listing->asker, WIRE_CODE_UNAVAILABLE);
	} else if (session != NULL) {
		send_list(session, listing);
	}
	free(listing);
}

enum outcome handle_code_list(struct session *session, const struct msg_code_list *request)
{
	struct listing *listing = xcalloc(1, sizeof(*listing));
	code_list_init(&listing->list);
	listing->list.job.done = on_listed;
	listing->server = session->server;
	listing->asker = dispatch_asker(session, request->has_ref, request->ref);
	store_read(session->server->store, &listing->list.job);
	return OUTCOME_ANSWERED;
}

/* ---- revoking ---- */

struct revoking {
	struct server *server;
	struct asker asker;
};

static void on_revoked(struct store_job *job, enum store_status status)
{
	struct code_revoke *revoke = (struct code_revoke *)job;
	struct revoking *revoking = revoke->owner;
	struct server *server = revoking->server;
	if (status == STORE_OK && server->codes != NULL) {
		codes_forget(server, revoke->batch);
		dispatch_answer_ok(server, &revoking->asker, 0, 0, 0);
	} else if (status == STORE_REFUSED) {
		dispatch_answer_error(server, &revoking->asker, WIRE_CODE_NO_SUCH);
	} else {
		journal_note_failure(server, status);
		dispatch_answer_error(server, &revoking->asker, WIRE_CODE_UNAVAILABLE);
	}
	free(revoking);
	free(revoke);
}

enum outcome handle_code_revoke(struct session *session, const struct msg_code_revoke *request)
{
	struct server *server = session->server;
	struct asker asker = dispatch_asker(session, request->has_ref, request->ref);
	if (!setup_may_change(server)) {
		return refuse(WIRE_CODE_UNAVAILABLE);
	}
	if (codes_batch(server, request->batch) != NULL) {
		setup_note(session, WIRE_AUDIT_CODE, "Codes were revoked, batch %lld.",
			(long long)request->batch);
	}
	struct revoking *revoking = xmalloc(sizeof(*revoking));
	*revoking = (struct revoking){server, asker};
	struct code_revoke *revoke = code_revoke_create(request->batch);
	revoke->job.done = on_revoked;
	revoke->owner = revoking;
	store_write(server->store, &revoke->job);
	return OUTCOME_ANSWERED;
}
