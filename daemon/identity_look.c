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
 *	loop   identity.shown, or a picture's original as a file, and everything is wiped
 */
#include "daemon/identity_inside.h"

#include "daemon/clock.h"
#include "daemon/config.h"
#include "daemon/frame.h"
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

void look_end(struct look *look)
{
	look->server->escrow->works--;
	sealed_read_finish(&look->sealed);
	frame_unref(look->file);
	sodium_free(look->secret);
	free(look->given);
	free((char *)(uintptr_t)look->opening.reason);
	free(look);
}

void look_refuse(struct look *look, enum wire_code code)
{
	if (look->on_file != NULL) {
		look->on_file(look->file_data, NULL, NULL, code);
	} else {
		dispatch_answer_error(look->server, &look->asker, code);
	}
	look_end(look);
}

void look_run(struct look *look, struct argon_lane *lane, void (*run)(struct argon_job *job),
	void (*done)(struct argon_job *job))
{
	look->job.run = run;
	look->job.done = done;
	if (!argon_run(lane, &look->job)) {
		look_refuse(look, WIRE_CODE_TOO_MANY);
	}
}

/* ---- the step ---- */

static void on_stepped(struct server *server, void *data, enum store_status status)
{
	struct look *look = data;
	if (status != STORE_OK) {
		look_refuse(look, WIRE_CODE_UNAVAILABLE);
		return;
	}
	if (look->opening.step != WIRE_IDENTITY_OPENED) {
		dispatch_answer_ok(server, &look->asker, look->opening.room, 0, 0);
		look_end(look);
		return;
	}
	look_show(look);
}

static void take_step(struct look *look)
{
	struct server *server = look->server;
	struct opening_row *row = &look->opening;
	if (!journal_writable(server)) {
		look_refuse(look, WIRE_CODE_UNAVAILABLE);
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
	if (status == STORE_OK && (look->kind == LOOK_OPEN || look->kind == LOOK_PICTURE)) {
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
	return look->kind == LOOK_PICTURE ? look->again : opening->row.step != WIRE_IDENTITY_ASKED;
}

static void on_given(struct argon_job *job)
{
	struct look *look = (struct look *)job;
	enum wire_code why;
	if (!may_go_on(look, &why)) {
		look_refuse(look, why);
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
		look_refuse(look, WIRE_CODE_TOO_MANY);
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
		look_refuse(
			look, status == STORE_REFUSED ? WIRE_CODE_NO_SUCH : WIRE_CODE_UNAVAILABLE);
		return;
	}
	if (look->sealed.count == 0) {
		look_refuse(look, WIRE_CODE_NO_SUCH);
		return;
	}
	if (!look->is_holder || !opens_something(look)) {
		look_refuse(look, WIRE_CODE_NOT_GRANTED);
		return;
	}
	if (look->kind == LOOK_ASK) {
		ask_or_open(look);
		return;
	}
	enum wire_code why;
	if (!may_go_on(look, &why)) {
		look_refuse(look, why);
	} else if (look->kind == LOOK_OPEN || look->kind == LOOK_PICTURE) {
		take_step(look);
	} else if (!find_asker_key(look)) {
		look_refuse(look, WIRE_CODE_NO_SUCH);
	} else {
		look_run(look, &look->server->escrow->lane, on_give, on_given);
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
		look_refuse(look, WIRE_CODE_WRONG_PASSWORD);
		return;
	}
	account->wait = (struct signin_wait){0};
	sealed_read_init(&look->sealed);
	look->sealed.room = look->opening.room;
	look->sealed.holder = look->is_holder ? look->holder.id : 0;
	look->sealed.with_boxes = look->kind != LOOK_APPROVE;
	look->sealed.large_kind = WIRE_SEALED_PICTURE;
	look->sealed.subject = look->picture;
	look->load.run = load_look;
	look->load.done = on_loaded;
	store_read(look->server->store, &look->load);
}

static struct look *begin(struct server *server, const struct account *account, enum look_kind kind,
	const struct text *password)
{
	struct secret *secret = sodium_malloc(sizeof(*secret));
	if (secret == NULL) {
		return NULL;
	}
	sodium_memzero(secret, sizeof(*secret));
	snprintf(secret->password, sizeof(secret->password), "%.*s", (int)password->size,
		password->bytes);
	struct look *look = xcalloc(1, sizeof(*look));
	look->server = server;
	look->kind = kind;
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
	if (session->account->wait.until_ms > now) {
		dispatch_refuse_too_fast(
			session, &request->asker, session->account->wait.until_ms - now);
		return OUTCOME_ANSWERED;
	}
	struct look *look =
		begin(session->server, session->account, request->kind, &request->password);
	if (look == NULL) {
		return refuse(WIRE_CODE_TOO_MANY);
	}
	look->asker = request->asker;
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
	look_run(look, &session->server->staff_lane, on_password, on_password_done);
	return OUTCOME_ANSWERED;
}

enum outcome identity_picture(struct server *server, const struct account *account,
	const struct msg_identity_picture *request, look_file on_file, void *data,
	int64_t *retry_ms)
{
	const struct opening *opening = opening_find(server, request->opening);
	if (opening == NULL) {
		return refuse(WIRE_CODE_NO_SUCH);
	}
	if (opening->row.by_account != account->row.id) {
		return refuse(WIRE_CODE_NOT_ALLOWED);
	}
	if (opening->row.step != WIRE_IDENTITY_OPENED) {
		return refuse(WIRE_CODE_NEEDS_APPROVAL);
	}
	*retry_ms = account->wait.until_ms - clock_mono_ms();
	if (*retry_ms > 0) {
		return refuse(WIRE_CODE_TOO_FAST);
	}
	struct look *look = begin(server, account, LOOK_PICTURE, &request->password);
	if (look == NULL) {
		return refuse(WIRE_CODE_TOO_MANY);
	}
	look->picture = request->picture;
	look->on_file = on_file;
	look->file_data = data;
	look->opening = opening->row;
	look->opening.reason = xstrdup(opening->row.reason);
	look_run(look, &server->staff_lane, on_password, on_password_done);
	return OUTCOME_OK;
}
