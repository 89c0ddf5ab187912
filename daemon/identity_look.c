/*
 * From a password to what is shown. A look owns a block of locked memory for the password, the
 * holder's secret and what is opened; all of it is wiped when the block is given back, on whatever
 * way the look ends.
 *
 *	lane   the password opens the holder's wrap (Argon2id)
 *	file   the room's items, with this holder's shares, and what a second holder has given
 *	lane   approving: this holder's parts are sealed to the asker
 *	file   identity_step(): the audit, the event, the opening's row
 *	lane   the items are opened
 *	loop   identity.shown, and everything is wiped
 *
 * Over 500 lines: one request's way from its password to its answer.
 */
#include "daemon/identity.h"

#include "daemon/clock.h"
#include "daemon/config.h"
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

enum {
	VALUE_BYTES = 1024, /* of one opened detail; a picture's number */
	PADDED_MAX = 2048, /* of one small box, opened */
};

/* One part that a second holder gave to the asker, as it stands in the opening's row. */
struct given {
	int64_t sealed;
	uint8_t share[ESCROW_SHARE_BYTES];
};

struct shown {
	size_t size;
	uint8_t bytes[PADDED_MAX];
};

/* Locked, never in a core, wiped when freed. */
struct secret {
	char password[ESCROW_PASSWORD_BYTES];
	struct escrow_pair pair;
	struct shown shown[SEALED_PAGE];
	struct item_unsealed items[SEALED_PAGE];
};

struct look {
	struct argon_job job;
	struct store_job load;
	struct server *server;
	enum look_kind kind;
	struct asker asker;
	int64_t account;
	struct secret *secret;
	bool is_holder; /* else `stored` tells whether the password is right */
	struct holder_row holder;
	char stored[STAFF_PASSWORD_BYTES];
	bool right;
	struct opening_row opening; /* the reason is owned */
	bool is_new, again;
	bool needs_two;
	struct sealed_read sealed;
	uint8_t *given; /* struct given, in bytes */
	size_t given_size;
	uint8_t asker_key[ESCROW_KEY_BYTES]; /* approving: to whom */
	size_t shown_count;
	size_t unread;
};

static void end(struct look *look)
{
	look->server->escrow->works--;
	sealed_read_finish(&look->sealed);
	sodium_free(look->secret);
	free(look->given);
	free((char *)(uintptr_t)look->opening.reason);
	free(look);
}

static void refuse_look(struct look *look, enum wire_code code)
{
	dispatch_answer_error(look->server, &look->asker, code);
	end(look);
}

static void run_in(struct look *look, struct argon_lane *lane, void (*run)(struct argon_job *job),
	void (*done)(struct argon_job *job))
{
	look->job.run = run;
	look->job.done = done;
	if (!argon_run(lane, &look->job)) {
		refuse_look(look, WIRE_CODE_TOO_MANY);
	}
}

/* ---- showing ---- */

static const struct given *find_given(const struct look *look, int64_t sealed)
{
	const struct given *given = (const struct given *)(const void *)look->given;
	for (size_t i = 0; i < look->given_size / sizeof(*given); i++) {
		if (given[i].sealed == sealed) {
			return &given[i];
		}
	}
	return NULL;
}

/* The master of one item. False: this holder's key, with what was given, is not enough. */
static bool open_master(
	const struct look *look, const struct share_row *share, uint8_t master[ESCROW_MASTER_BYTES])
{
	struct escrow_part own, other;
	const struct escrow_pair *pair = &look->secret->pair;
	const struct given *given = find_given(look, share->sealed);
	if (share->sealed == 0 || !escrow_share_open(share->box, pair, &own)) {
		return false;
	}
	bool has_other = given != NULL && escrow_share_open(given->share, pair, &other);
	bool opened = escrow_parts_join(&own, has_other ? &other : NULL, master);
	sodium_memzero(&own, sizeof(own));
	sodium_memzero(&other, sizeof(other));
	return opened;
}

static bool open_item(const struct look *look, size_t at, struct shown *shown)
{
	const struct sealed_row *row = &look->sealed.rows[at];
	uint8_t master[ESCROW_MASTER_BYTES];
	if (!open_master(look, &look->sealed.shares[at], master)) {
		return false;
	}
	bool opened;
	if (row->kind == WIRE_SEALED_PICTURE) {
		opened = true; /* its number; the picture itself is not shown here */
		shown->size = (size_t)snprintf(
			(char *)shown->bytes, PADDED_MAX, "%lld", (long long)row->subject);
	} else {
		const struct escrow_place place = {
			row->id, row->room, row->kind, row->subject, row->at_ms, row->approvals};
		opened = row->box != NULL && row->box_size <= PADDED_MAX &&
			 escrow_box_open(master, &place, row->mark, row->box, row->box_size,
				 shown->bytes, &shown->size) &&
			 shown->size <= VALUE_BYTES;
	}
	sodium_memzero(master, sizeof(master));
	return opened;
}

static void on_open(struct argon_job *job)
{
	struct look *look = (struct look *)job;
	struct secret *secret = look->secret;
	for (size_t i = 0; i < look->sealed.count; i++) {
		struct shown *shown = &secret->shown[look->shown_count];
		if (!open_item(look, i, shown)) {
			look->unread++;
			continue;
		}
		secret->items[look->shown_count++] = (struct item_unsealed){
			.kind = (enum wire_sealed_kind)look->sealed.rows[i].kind,
			.at_ms = look->sealed.rows[i].at_ms,
			.value = {(const char *)shown->bytes, shown->size},
		};
	}
}

static void on_opened(struct argon_job *job)
{
	struct look *look = (struct look *)job;
	struct session *session = server_session(look->server, look->asker.session);
	if (session != NULL) {
		struct msg_identity_shown shown = {
			.has_ref = look->asker.has_ref,
			.ref = look->asker.ref,
			.opening = look->opening.id,
			.room = look->opening.room,
			.until_ms = look->opening.until_ms,
			.items = look->secret->items,
			.items_count = look->shown_count,
			.unread = (int64_t)look->unread,
		};
		session_send_secret(session, TYPE_IDENTITY_SHOWN, &shown);
	}
	end(look);
}

/* ---- the step ---- */

static void on_stepped(struct server *server, void *data, enum store_status status)
{
	struct look *look = data;
	if (status != STORE_OK) {
		refuse_look(look, WIRE_CODE_UNAVAILABLE);
		return;
	}
	if (look->opening.step != WIRE_IDENTITY_OPENED) {
		dispatch_answer_ok(server, &look->asker, look->opening.room, 0, 0);
		end(look);
		return;
	}
	run_in(look, &server->escrow->lane, on_open, on_opened);
}

static void take_step(struct look *look)
{
	struct server *server = look->server;
	struct opening_row *row = &look->opening;
	if (!journal_writable(server)) {
		refuse_look(look, WIRE_CODE_UNAVAILABLE);
		return;
	}
	if (!look->again) {
		row->until_ms = clock_wall_ms() + server->config->escrow_open_ms;
	}
	identity_step(server, &(struct opening_step){
				      .by = look->account,
				      .step = (enum wire_identity_step)row->step,
				      .row = row,
				      .is_new = look->is_new,
				      .again = look->again,
				      .shares = look->given,
				      .shares_size = look->given_size,
				      .done = on_stepped,
				      .data = look,
			      });
}

/* ---- agreeing ---- */

static void on_give(struct argon_job *job)
{
	struct look *look = (struct look *)job;
	look->given = xcalloc(look->sealed.count + 1, sizeof(struct given));
	for (size_t i = 0; i < look->sealed.count; i++) {
		struct escrow_part part;
		const struct share_row *share = &look->sealed.shares[i];
		if (share->sealed == 0 || share->part == 0 ||
			!escrow_share_open(share->box, &look->secret->pair, &part)) {
			continue;
		}
		struct given *given = (struct given *)(void *)(look->given + look->given_size);
		given->sealed = share->sealed;
		escrow_share_seal(&part, look->asker_key, given->share);
		look->given_size += sizeof(*given);
		sodium_memzero(&part, sizeof(part));
	}
}

/* ---- what there is ---- */

static enum store_status load_look(struct store_job *job, struct store_db *db)
{
	struct look *look = (struct look *)((char *)job - offsetof(struct look, load));
	enum store_status status = look->sealed.job.run(&look->sealed.job, db);
	if (status == STORE_OK && look->kind == LOOK_OPEN) {
		status = opening_shares(db, look->opening.id, &look->given, &look->given_size);
	}
	return status;
}

/* Whether the step may still be taken: the opening may have moved meanwhile. */
static bool may_go_on(struct look *look, enum wire_code *why)
{
	const struct opening *opening = opening_find(look->server, look->opening.id);
	if (opening == NULL || opening->moving || clock_mono_ms() >= opening->until_mono) {
		*why = WIRE_CODE_NO_SUCH;
		return false;
	}
	char *reason = xstrdup(opening->row.reason);
	free((char *)(uintptr_t)look->opening.reason);
	look->opening = opening->row;
	look->opening.reason = reason;
	if (look->kind == LOOK_APPROVE) {
		look->opening.step = WIRE_IDENTITY_APPROVED;
		look->opening.approved_by = look->account;
		*why = WIRE_CODE_TAKEN;
		return opening->row.step == WIRE_IDENTITY_ASKED;
	}
	look->again = opening->row.step == WIRE_IDENTITY_OPENED;
	look->opening.step = WIRE_IDENTITY_OPENED;
	*why = WIRE_CODE_NEEDS_APPROVAL;
	return opening->row.step != WIRE_IDENTITY_ASKED;
}

static void on_given(struct argon_job *job)
{
	struct look *look = (struct look *)job;
	enum wire_code why;
	if (!may_go_on(look, &why)) {
		refuse_look(look, why);
		return;
	}
	take_step(look);
}

static bool opens_something(const struct look *look)
{
	for (size_t i = 0; i < look->sealed.count; i++) {
		if (look->sealed.shares[i].sealed != 0) {
			return true;
		}
	}
	return false;
}

static bool find_asker_key(struct look *look)
{
	const struct escrow_holder *asker =
		escrow_active_of(look->server, look->opening.by_account);
	if (asker != NULL) {
		memcpy(look->asker_key, asker->row.public_key, sizeof(look->asker_key));
	}
	return asker != NULL;
}

static void ask_or_open(struct look *look)
{
	struct server *server = look->server;
	bool needs_two = server->config->escrow_approvals > 1;
	for (size_t i = 0; i < look->sealed.count; i++) {
		needs_two |= look->sealed.rows[i].approvals > 1;
	}
	if (server->escrow->openings_count + server->escrow->asking >= OPENINGS_MAX) {
		refuse_look(look, WIRE_CODE_TOO_MANY);
		return;
	}
	look->is_new = true;
	look->opening.id = server_random_id();
	look->opening.step = needs_two ? WIRE_IDENTITY_ASKED : WIRE_IDENTITY_OPENED;
	take_step(look);
}

static void on_loaded(struct store_job *job, enum store_status status)
{
	struct look *look = (struct look *)((char *)job - offsetof(struct look, load));
	if (status != STORE_OK) {
		refuse_look(
			look, status == STORE_REFUSED ? WIRE_CODE_NO_SUCH : WIRE_CODE_UNAVAILABLE);
		return;
	}
	if (look->sealed.count == 0) {
		refuse_look(look, WIRE_CODE_NO_SUCH);
		return;
	}
	if (!look->is_holder || !opens_something(look)) {
		refuse_look(look, WIRE_CODE_NOT_GRANTED);
		return;
	}
	if (look->kind == LOOK_ASK) {
		ask_or_open(look);
		return;
	}
	enum wire_code why;
	if (!may_go_on(look, &why)) {
		refuse_look(look, why);
	} else if (look->kind == LOOK_OPEN) {
		take_step(look);
	} else if (!find_asker_key(look)) {
		refuse_look(look, WIRE_CODE_NO_SUCH);
	} else {
		run_in(look, &look->server->escrow->lane, on_give, on_given);
	}
}

/* ---- the password ---- */

static void on_password(struct argon_job *job)
{
	struct look *look = (struct look *)job;
	struct secret *secret = look->secret;
	size_t size = strlen(secret->password);
	if (look->is_holder) {
		struct escrow_wrap wrap;
		memcpy(wrap.salt, look->holder.salt, sizeof(wrap.salt));
		memcpy(wrap.wrapped, look->holder.wrapped, sizeof(wrap.wrapped));
		look->right = escrow_wrap_open(&wrap, secret->password, size, secret->pair.secret);
		memcpy(secret->pair.public_key, look->holder.public_key, ESCROW_KEY_BYTES);
	} else {
		look->right = crypto_pwhash_str_verify(look->stored, secret->password, size) == 0;
	}
	sodium_memzero(secret->password, sizeof(secret->password));
}

/* The work took its time: the account may have been closed, or its password changed. */
static bool is_still_right(const struct look *look, const struct account *account)
{
	struct holder_row now;
	if (!look->right || account == NULL || account->row.disabled) {
		return false;
	}
	if (!look->is_holder) {
		return sodium_memcmp(account->row.password, look->stored, sizeof(look->stored)) ==
		       0;
	}
	return escrow_holder_of(look->server, look->account, &now) && now.id == look->holder.id &&
	       sodium_memcmp(now.wrapped, look->holder.wrapped, sizeof(now.wrapped)) == 0;
}

static void on_password_done(struct argon_job *job)
{
	struct look *look = (struct look *)job;
	struct account *account = staff_account(look->server->staff, look->account);
	if (!is_still_right(look, account)) {
		if (account != NULL) {
			signin_note_failure(account);
		}
		refuse_look(look, WIRE_CODE_WRONG_PASSWORD);
		return;
	}
	account->failures = 0;
	sealed_read_init(&look->sealed);
	look->sealed.room = look->opening.room;
	look->sealed.holder = look->is_holder ? look->holder.id : 0;
	look->sealed.with_boxes = look->kind != LOOK_APPROVE;
	look->sealed.large_kind = WIRE_SEALED_PICTURE;
	look->load.run = load_look;
	look->load.done = on_loaded;
	store_read(look->server->store, &look->load);
}

static struct look *begin(struct session *session, const struct look_request *request)
{
	struct server *server = session->server;
	const struct account *account = session->account;
	struct secret *secret = sodium_malloc(sizeof(*secret));
	if (secret == NULL) {
		return NULL;
	}
	sodium_memzero(secret, sizeof(*secret));
	snprintf(secret->password, sizeof(secret->password), "%.*s", (int)request->password.size,
		request->password.bytes);
	struct look *look = xcalloc(1, sizeof(*look));
	look->server = server;
	look->kind = request->kind;
	look->asker = request->asker;
	look->account = account->row.id;
	look->secret = secret;
	look->is_holder = escrow_holder_of(server, account->row.id, &look->holder);
	memcpy(look->stored, account->row.password, sizeof(look->stored));
	server->escrow->works++;
	return look;
}

/* What of a request can be refused without a password. */
static enum outcome judge(const struct session *session, const struct look_request *request,
	const struct opening **opening)
{
	*opening = NULL;
	if (!journal_writable(session->server)) {
		return refuse(WIRE_CODE_UNAVAILABLE);
	}
	if (request->kind == LOOK_ASK) {
		return OUTCOME_OK;
	}
	*opening = opening_find(session->server, request->opening);
	if (*opening == NULL) {
		return refuse(WIRE_CODE_NO_SUCH);
	}
	bool own = (*opening)->row.by_account == session->account->row.id;
	if (own != (request->kind == LOOK_OPEN)) {
		return refuse(WIRE_CODE_NOT_ALLOWED);
	}
	if (request->kind == LOOK_OPEN && (*opening)->row.step == WIRE_IDENTITY_ASKED) {
		return refuse(WIRE_CODE_NEEDS_APPROVAL);
	}
	if (request->kind == LOOK_APPROVE && (*opening)->row.step != WIRE_IDENTITY_ASKED) {
		return refuse(WIRE_CODE_TAKEN);
	}
	return OUTCOME_OK;
}

enum outcome identity_look(struct session *session, const struct look_request *request)
{
	const struct opening *opening;
	enum outcome may = judge(session, request, &opening);
	if (may != OUTCOME_OK) {
		return may;
	}
	int64_t now = clock_mono_ms();
	if (session->account->blocked_mono > now) {
		dispatch_refuse_too_fast(
			session, &request->asker, session->account->blocked_mono - now);
		return OUTCOME_ANSWERED;
	}
	struct look *look = begin(session, request);
	if (look == NULL) {
		return refuse(WIRE_CODE_TOO_MANY);
	}
	if (opening != NULL) {
		look->opening = opening->row;
		look->opening.reason = xstrdup(opening->row.reason);
	} else {
		look->opening = (struct opening_row){
			.room = request->room,
			.by_account = look->account,
			.why = (int64_t)request->why,
			.reason = xmemdup(request->reason.bytes, request->reason.size),
		};
	}
	run_in(look, &session->server->staff_lane, on_password, on_password_done);
	return OUTCOME_ANSWERED;
}
