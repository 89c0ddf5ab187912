/* Sealed details: offered, asked for, agreed to, opened; who holds keys. */
#include "daemon/dispatch.h"
#include "daemon/escrow_grant.h"
#include "daemon/escrow_inside.h"
#include "daemon/identity.h"
#include "daemon/journal.h"
#include "daemon/rooms.h"
#include "daemon/server.h"
#include "daemon/session.h"
#include "daemon/staff.h"
#include "daemon/xalloc.h"

#include <stdlib.h>

/* It is on disk, or not: then it may be offered again. */
static void on_offered(struct server *server, void *data, enum store_status status)
{
	struct asker *asker = data;
	if (status == STORE_OK) {
		dispatch_answer_ok(server, asker, 0, 0, 0);
	} else {
		dispatch_answer_error(server, asker,
			status == STORE_REFUSED ? WIRE_CODE_TOO_MANY : WIRE_CODE_UNAVAILABLE);
	}
	free(asker);
}

enum outcome handle_identity_offer(
	struct session *session, const struct msg_identity_offer *request)
{
	struct server *server = session->server;
	if (session->token == NULL || session->token->room->id != request->room) {
		return refuse(WIRE_CODE_NO_SUCH_ROOM);
	}
	if (!request->has_name && !request->has_location) {
		return refuse(WIRE_CODE_MISSING_FIELD);
	}
	if (!journal_writable(server)) {
		return refuse(WIRE_CODE_UNAVAILABLE);
	}
	struct escrow_detail details[2];
	size_t count = 0;
	if (request->has_name) {
		details[count++] = (struct escrow_detail){
			WIRE_SEALED_NAME, request->name.bytes, request->name.size};
	}
	if (request->has_location) {
		details[count++] = (struct escrow_detail){
			WIRE_SEALED_LOCATION, request->location.bytes, request->location.size};
	}
	struct escrow_arrival *arrival = escrow_arrive(server, details, count);
	if (arrival == NULL) {
		return refuse(WIRE_CODE_UNAVAILABLE); /* nobody holds a key: nothing is kept */
	}
	struct asker *asker = xmalloc(sizeof(*asker));
	*asker = dispatch_asker(session, request->has_ref, request->ref);
	escrow_arrival_enter(arrival, request->room);
	escrow_arrival_settle(arrival, on_offered, asker);
	escrow_arrival_drop(arrival);
	return OUTCOME_ANSWERED;
}

/* ---- what there is ---- */

struct status {
	struct store_job job;
	struct server *server;
	struct asker asker;
	struct sealed_read sealed;
	struct opening_read openings;
};

static enum store_status read_status(struct store_job *job, struct store_db *db)
{
	struct status *status = (struct status *)job;
	enum store_status read = status->sealed.job.run(&status->sealed.job, db);
	return read == STORE_OK ? status->openings.job.run(&status->openings.job, db) : read;
}

static void tell_status(struct session *session, const struct status *status)
{
	struct item_sealed items[SEALED_PAGE];
	struct item_opening openings[OPENING_PAGE];
	struct msg_identity_told told = {
		.has_ref = status->asker.has_ref,
		.ref = status->asker.ref,
		.room = status->sealed.room,
		.items = items,
		.items_count = status->sealed.count,
		.openings = openings,
		.openings_count = status->openings.count,
	};
	for (size_t i = 0; i < status->sealed.count; i++) {
		items[i] = (struct item_sealed){
			.kind = (enum wire_sealed_kind)status->sealed.rows[i].kind,
			.at_ms = status->sealed.rows[i].at_ms,
		};
		told.granted |= status->sealed.shares[i].sealed != 0;
	}
	for (size_t i = 0; i < status->openings.count; i++) {
		const struct opening_row *row = &status->openings.rows[i];
		bool is_open = opening_find(status->server, row->id) != NULL;
		openings[i] = opening_item(status->server, row, is_open ? row->until_ms : 0);
	}
	session_send(session, TYPE_IDENTITY_TOLD, &told);
}

static void on_status_read(struct store_job *job, enum store_status result)
{
	struct status *status = (struct status *)job;
	struct session *session = server_session(status->server, status->asker.session);
	if (result != STORE_OK) {
		dispatch_answer_error(status->server, &status->asker, WIRE_CODE_UNAVAILABLE);
	} else if (session != NULL) {
		tell_status(session, status);
	}
	sealed_read_finish(&status->sealed);
	opening_read_finish(&status->openings);
	free(status);
}

enum outcome handle_identity_status(
	struct session *session, const struct msg_identity_status *request)
{
	struct server *server = session->server;
	const struct escrow_holder *holder = escrow_active_of(server, session->account->row.id);
	struct status *status = xcalloc(1, sizeof(*status));
	status->server = server;
	status->asker = dispatch_asker(session, request->has_ref, request->ref);
	sealed_read_init(&status->sealed);
	opening_read_init(&status->openings);
	status->sealed.room = status->openings.room = request->room;
	status->sealed.holder = holder != NULL ? holder->row.id : 0;
	status->job.run = read_status;
	status->job.done = on_status_read;
	store_read(server->store, &status->job);
	return OUTCOME_ANSWERED;
}

/* ---- with a password ---- */

enum outcome handle_identity_ask(struct session *session, const struct msg_identity_ask *request)
{
	return identity_look(
		session, &(struct look_request){
				 .kind = LOOK_ASK,
				 .room = request->room,
				 .why = request->why,
				 .reason = request->reason,
				 .password = request->password,
				 .asker = dispatch_asker(session, request->has_ref, request->ref),
			 });
}

enum outcome handle_identity_approve(
	struct session *session, const struct msg_identity_approve *request)
{
	return identity_look(
		session, &(struct look_request){
				 .kind = LOOK_APPROVE,
				 .opening = request->opening,
				 .password = request->password,
				 .asker = dispatch_asker(session, request->has_ref, request->ref),
			 });
}

enum outcome handle_identity_open(struct session *session, const struct msg_identity_open *request)
{
	return identity_look(
		session, &(struct look_request){
				 .kind = LOOK_OPEN,
				 .opening = request->opening,
				 .password = request->password,
				 .asker = dispatch_asker(session, request->has_ref, request->ref),
			 });
}

enum outcome handle_identity_picture(
	struct session *session, const struct msg_identity_picture *request)
{
	(void)session;
	(void)request;
	return refuse(WIRE_CODE_NOT_ALLOWED); /* POST /original */
}

enum outcome handle_identity_grant(
	struct session *session, const struct msg_identity_grant *request)
{
	return grant_by_holder(session, request);
}

/* ---- without ---- */

struct ending {
	struct asker asker;
	int64_t room;
};

static void on_ended(struct server *server, void *data, enum store_status status)
{
	struct ending *ending = data;
	if (status == STORE_OK) {
		dispatch_answer_ok(server, &ending->asker, ending->room, 0, 0);
	} else {
		dispatch_answer_error(server, &ending->asker, WIRE_CODE_UNAVAILABLE);
	}
	free(ending);
}

static enum outcome end_opening(struct session *session, const struct opening *opening,
	enum wire_identity_step step, const struct asker *asker)
{
	struct server *server = session->server;
	if (opening->moving) {
		return refuse(WIRE_CODE_TOO_FAST);
	}
	if (!journal_writable(server)) {
		return refuse(WIRE_CODE_UNAVAILABLE);
	}
	struct ending *ending = xmalloc(sizeof(*ending));
	*ending = (struct ending){*asker, opening->row.room};
	identity_step(server, &(struct opening_step){
				      .by = session->account->row.id,
				      .step = step,
				      .row = &opening->row,
				      .done = on_ended,
				      .data = ending,
			      });
	return OUTCOME_ANSWERED;
}

enum outcome handle_identity_decline(
	struct session *session, const struct msg_identity_decline *request)
{
	const struct opening *opening = opening_find(session->server, request->opening);
	struct asker asker = dispatch_asker(session, request->has_ref, request->ref);
	if (opening == NULL) {
		return refuse(WIRE_CODE_NO_SUCH);
	}
	if (opening->row.by_account == session->account->row.id) {
		return refuse(WIRE_CODE_NOT_ALLOWED);
	}
	if (opening->row.step != WIRE_IDENTITY_ASKED) {
		return refuse(WIRE_CODE_TAKEN);
	}
	return end_opening(session, opening, WIRE_IDENTITY_DECLINED, &asker);
}

enum outcome handle_identity_close(
	struct session *session, const struct msg_identity_close *request)
{
	const struct opening *opening = opening_find(session->server, request->opening);
	struct asker asker = dispatch_asker(session, request->has_ref, request->ref);
	if (opening == NULL) {
		return refuse(WIRE_CODE_NO_SUCH);
	}
	return end_opening(session, opening, WIRE_IDENTITY_CLOSED, &asker);
}

/* ---- the operator ---- */

enum outcome handle_escrow_status(struct session *session, const struct msg_escrow_status *request)
{
	escrow_tell(session, request->has_ref, request->ref);
	return OUTCOME_ANSWERED;
}

enum outcome handle_escrow_recovery(
	struct session *session, const struct msg_escrow_recovery *request)
{
	return recovery_make(session, request);
}

enum outcome handle_escrow_grant(struct session *session, const struct msg_escrow_grant *request)
{
	return grant_by_recovery(session, request);
}

enum outcome handle_escrow_drill(struct session *session, const struct msg_escrow_drill *request)
{
	return drill_run(session, request);
}
