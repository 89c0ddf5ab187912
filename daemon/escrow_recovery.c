/* The recovery key, made and shown once; the drill, which proves that a key still opens. */
#include "daemon/escrow_grant.h"

#include "daemon/audit.h"
#include "daemon/clock.h"
#include "daemon/escrow_inside.h"
#include "daemon/journal.h"
#include "daemon/server.h"
#include "daemon/session.h"
#include "daemon/signin.h"
#include "daemon/staff.h"
#include "daemon/xalloc.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- recovery ---- */

struct making {
	struct server *server;
	struct asker asker;
	struct escrow_pair *pair; /* locked, wiped when freed */
	struct holder_row row;
};

static void end_making(struct making *making)
{
	making->server->escrow->works--;
	sodium_free(making->pair);
	free(making);
}

static void on_made(struct store_job *job, enum store_status status)
{
	struct holder_write *write = (struct holder_write *)job;
	struct making *making = write->owner;
	struct server *server = making->server;
	struct session *session = server_session(server, making->asker.session);
	if (status != STORE_OK) {
		journal_note_failure(server, status);
		dispatch_answer_error(server, &making->asker, WIRE_CODE_UNAVAILABLE);
	} else {
		escrow_holder_added(server, &write->row);
	}
	if (status == STORE_OK && session != NULL) {
		struct msg_escrow_key key = {
			.has_ref = making->asker.has_ref, .ref = making->asker.ref};
		memcpy(key.key, making->pair->secret, sizeof(key.key));
		session_send_secret(session, TYPE_ESCROW_KEY, &key);
		sodium_memzero(&key, sizeof(key));
	}
	free(write);
	end_making(making);
}

static void on_making_audited(
	struct server *server, void *data, int64_t number, enum store_status status)
{
	(void)number;
	struct making *making = data;
	if (status != STORE_OK || !journal_writable(server)) {
		dispatch_answer_error(server, &making->asker, WIRE_CODE_UNAVAILABLE);
		end_making(making);
		return;
	}
	struct holder_write *write = holder_write_create(&making->row);
	write->job.done = on_made;
	write->owner = making;
	store_write(server->store, &write->job);
}

enum outcome recovery_make(struct session *session, const struct msg_escrow_recovery *request)
{
	struct server *server = session->server;
	if (!journal_writable(server)) {
		return refuse(WIRE_CODE_UNAVAILABLE);
	}
	struct escrow_pair *pair = sodium_malloc(sizeof(*pair));
	if (pair == NULL) {
		return refuse(WIRE_CODE_TOO_MANY);
	}
	struct making *making = xcalloc(1, sizeof(*making));
	escrow_pair_make(pair);
	making->server = server;
	making->asker = dispatch_asker(session, request->has_ref, request->ref);
	making->pair = pair;
	making->row = escrow_new_holder(server, 0);
	memcpy(making->row.public_key, pair->public_key, sizeof(pair->public_key));
	server->escrow->works++;
	audit_add(server, &(struct audit_entry){.what = WIRE_AUDIT_RECOVERY_MADE},
		on_making_audited, making);
	return OUTCOME_ANSWERED;
}

/* ---- drill ---- */

struct secret {
	char password[ESCROW_PASSWORD_BYTES];
	struct escrow_pair pair;
};

struct drill {
	struct argon_job job;
	struct server *server;
	struct asker asker;
	struct holder_row holder;
	struct secret *secret; /* locked, wiped when freed */
	bool opened;
};

/* Seals an item of its own to the key in use, and opens it: the whole way but for the file. */
static bool seal_and_open(const struct holder_row *holder, const struct escrow_pair *pair)
{
	static const char text[] = "a drill";
	const struct escrow_place place = {.id = 1, .room = 1, .approvals = 1};
	struct escrow_sealing sealing;
	struct escrow_part part;
	uint8_t box[256], out[256], number, share[1][ESCROW_SHARE_BYTES], key[1][ESCROW_KEY_BYTES];
	uint8_t mark[ESCROW_MARK_BYTES], master[ESCROW_MASTER_BYTES];
	size_t size = escrow_box_bytes(sizeof(text)), out_size = 0;
	memcpy(key[0], holder->public_key, sizeof(key[0]));
	escrow_sealing_begin(&sealing);
	escrow_box_seal(sealing.master, text, sizeof(text), box);
	escrow_box_bind(sealing.bind, &place, box, size, mark);
	escrow_box_share(
		sealing.master, 1, (const uint8_t(*)[ESCROW_KEY_BYTES])key, 1, share, &number);
	sodium_memzero(&sealing, sizeof(sealing));
	return escrow_share_open(share[0], pair, &part) && escrow_parts_join(&part, NULL, master) &&
	       escrow_box_open(master, &place, mark, box, size, out, &out_size) &&
	       out_size == sizeof(text) && memcmp(out, text, sizeof(text)) == 0;
}

static void on_drill(struct argon_job *job)
{
	struct drill *drill = (struct drill *)job;
	struct secret *secret = drill->secret;
	bool right = true;
	if (drill->holder.account != 0) {
		struct escrow_wrap wrap;
		memcpy(wrap.salt, drill->holder.salt, sizeof(wrap.salt));
		memcpy(wrap.wrapped, drill->holder.wrapped, sizeof(wrap.wrapped));
		right = escrow_wrap_open(
			&wrap, secret->password, strlen(secret->password), secret->pair.secret);
		sodium_memzero(secret->password, sizeof(secret->password));
	}
	memcpy(secret->pair.public_key, drill->holder.public_key, ESCROW_KEY_BYTES);
	drill->opened = right && seal_and_open(&drill->holder, &secret->pair);
}

static void end_drill(struct drill *drill)
{
	drill->server->escrow->works--;
	sodium_free(drill->secret);
	free(drill);
}

static void on_drill_audited(
	struct server *server, void *data, int64_t number, enum store_status status)
{
	(void)number;
	struct drill *drill = data;
	if (status != STORE_OK) {
		dispatch_answer_error(server, &drill->asker, WIRE_CODE_UNAVAILABLE);
	} else if (drill->opened) {
		dispatch_answer_ok(server, &drill->asker, 0, 0, 0);
	} else {
		dispatch_answer_error(server, &drill->asker, WIRE_CODE_WRONG_PASSWORD);
	}
	end_drill(drill);
}

static void on_drilled(struct argon_job *job)
{
	struct drill *drill = (struct drill *)job;
	struct server *server = drill->server;
	struct account *account = staff_account(server->staff, drill->holder.account);
	char detail[220];
	if (!drill->opened && account != NULL) {
		signin_note_failure(account);
	}
	snprintf(detail, sizeof(detail), "%s: %s",
		account != NULL ? account->row.alias : "Recovery key",
		drill->opened ? "opens" : "does not open");
	audit_add(server, &(struct audit_entry){.what = WIRE_AUDIT_DRILL, .detail = detail},
		on_drill_audited, drill);
}

/* Whose key is to be tried; NULL: nobody's. */
static const struct escrow_holder *find_tried(
	const struct server *server, const struct msg_escrow_drill *request)
{
	if (request->has_key) {
		uint8_t public_key[ESCROW_KEY_BYTES];
		escrow_pair_public(request->key, public_key);
		const struct escrow_holder *holder = escrow_holder_by_key(server, public_key);
		return holder != NULL && holder->row.account == 0 ? holder : NULL;
	}
	const struct account *account =
		staff_by_login(server->staff, request->login.bytes, request->login.size);
	return account != NULL ? escrow_active_of(server, account->row.id) : NULL;
}

enum outcome drill_run(struct session *session, const struct msg_escrow_drill *request)
{
	struct server *server = session->server;
	struct asker asker = dispatch_asker(session, request->has_ref, request->ref);
	bool by_password = request->has_login && request->has_password;
	if (by_password == request->has_key || request->has_login != request->has_password) {
		return refuse(WIRE_CODE_MISSING_FIELD);
	}
	const struct escrow_holder *holder = find_tried(server, request);
	if (holder == NULL) {
		return refuse(request->has_key ? WIRE_CODE_WRONG_PASSWORD : WIRE_CODE_NO_SUCH);
	}
	const struct account *account = staff_account(server->staff, holder->row.account);
	int64_t now = clock_mono_ms();
	if (account != NULL && account->wait.until_ms > now) {
		dispatch_refuse_too_fast(session, &asker, account->wait.until_ms - now);
		return OUTCOME_ANSWERED;
	}
	struct secret *secret = sodium_malloc(sizeof(*secret));
	if (secret == NULL) {
		return refuse(WIRE_CODE_TOO_MANY);
	}
	sodium_memzero(secret, sizeof(*secret));
	struct drill *drill = xcalloc(1, sizeof(*drill));
	drill->server = server;
	drill->asker = asker;
	drill->holder = holder->row;
	drill->secret = secret;
	if (by_password) {
		snprintf(secret->password, sizeof(secret->password), "%.*s",
			(int)request->password.size, request->password.bytes);
	} else {
		memcpy(secret->pair.secret, request->key, ESCROW_KEY_BYTES);
	}
	drill->job.run = on_drill;
	drill->job.done = on_drilled;
	server->escrow->works++;
	if (!argon_run(&server->staff_lane, &drill->job)) {
		dispatch_answer_error(server, &asker, WIRE_CODE_TOO_MANY);
		end_drill(drill);
	}
	return OUTCOME_ANSWERED;
}
