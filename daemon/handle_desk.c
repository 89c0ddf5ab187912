/* What supporters do at their desk, and the counselor who takes note of an alarm. */
#include "daemon/acts.h"
#include "daemon/clock.h"
#include "daemon/config.h"
#include "daemon/dispatch.h"
#include "daemon/journal.h"
#include "daemon/rooms.h"
#include "daemon/server.h"
#include "daemon/session.h"
#include "daemon/staff.h"

enum outcome handle_desk_taking(struct session *session, const struct msg_desk_taking *request)
{
	session->account->paused = !request->taking;
	server_refresh_soon(session->server);
	return OUTCOME_OK;
}

static bool has_room(const struct room *room, int64_t account)
{
	return room->pending.phase == WIRE_PHASE_LIVE && room->pending.supporter == account;
}

enum outcome handle_room_take(struct session *session, const struct msg_room_take *request)
{
	struct server *server = session->server;
	struct room *room = rooms_find(server, request->room);
	struct actor actor = session_actor(session);
	if (room == NULL || room->pending.n == 0) {
		return refuse(WIRE_CODE_NO_SUCH_ROOM);
	}
	struct asker asker = dispatch_asker(session, request->has_ref, request->ref);
	if (has_room(room, actor.account)) {
		journal_answer_as_it_stands(server, room, &asker); /* asked twice */
		return OUTCOME_ANSWERED;
	}
	enum outcome may = policy_may_take(&actor, &room->pending);
	if (may != OUTCOME_OK) {
		return may;
	}
	if (!journal_writable(server)) {
		return refuse(WIRE_CODE_UNAVAILABLE);
	}
	act_join(server, room, session->account, false, &asker);
	return OUTCOME_ANSWERED;
}

/* The supporter's own live room, or why not. */
static enum outcome own_live_room(const struct session *session, int64_t id, struct room **out)
{
	struct room *room = rooms_find(session->server, id);
	struct actor actor = session_actor(session);
	if (room == NULL) {
		return refuse(WIRE_CODE_NO_SUCH_ROOM);
	}
	enum outcome may = policy_may_leave(&actor, &room->pending);
	if (may != OUTCOME_OK) {
		return may;
	}
	*out = room;
	return journal_writable(session->server) ? OUTCOME_OK : refuse(WIRE_CODE_UNAVAILABLE);
}

enum outcome handle_room_release(struct session *session, const struct msg_room_release *request)
{
	struct room *room = NULL;
	enum outcome may = own_live_room(session, request->room, &room);
	if (may != OUTCOME_OK) {
		return may;
	}
	struct asker asker = dispatch_asker(session, request->has_ref, request->ref);
	act_requeue(session->server, room, WIRE_REQUEUE_RELEASED, &asker);
	return OUTCOME_ANSWERED;
}

/* May this colleague have one more room now? */
static enum outcome may_be_handed(const struct server *server, const struct account *to)
{
	if (to == NULL || to->row.role != WIRE_ROLE_SUPPORTER) {
		return refuse(WIRE_CODE_NO_SUCH);
	}
	if (!to->rostered || to->consoles == 0) {
		return refuse(WIRE_CODE_OFF_SHIFT);
	}
	return to->load >= (unsigned)server->config->cap ? refuse(WIRE_CODE_AT_CAP) : OUTCOME_OK;
}

enum outcome handle_room_hand(struct session *session, const struct msg_room_hand *request)
{
	struct server *server = session->server;
	struct room *room = NULL;
	enum outcome may = own_live_room(session, request->room, &room);
	if (may != OUTCOME_OK) {
		return may;
	}
	struct account *to = staff_account(server->staff, request->account);
	may = to == session->account ? refuse(WIRE_CODE_NO_SUCH) : may_be_handed(server, to);
	if (may != OUTCOME_OK) {
		return may;
	}
	room->handing_to = to->row.id;
	room->handing_mono = clock_mono_ms();
	rooms_state_changed(server, room);
	return OUTCOME_OK;
}

enum outcome handle_room_hand_answer(
	struct session *session, const struct msg_room_hand_answer *request)
{
	struct server *server = session->server;
	struct room *room = rooms_find(server, request->room);
	struct asker asker = dispatch_asker(session, request->has_ref, request->ref);
	if (room != NULL && request->accept && has_room(room, session->account->row.id)) {
		journal_answer_as_it_stands(server, room, &asker); /* asked twice */
		return OUTCOME_ANSWERED;
	}
	if (room == NULL || room->handing_to != session->account->row.id ||
		room->pending.phase != WIRE_PHASE_LIVE) {
		return refuse(WIRE_CODE_NO_SUCH_ROOM);
	}
	if (!request->accept) {
		room->handing_to = 0;
		rooms_state_changed(server, room);
		return OUTCOME_OK;
	}
	enum outcome may = may_be_handed(server, session->account);
	if (may != OUTCOME_OK) {
		return may;
	}
	if (!journal_writable(server)) {
		return refuse(WIRE_CODE_UNAVAILABLE);
	}
	act_join(server, room, session->account, true, &asker);
	return OUTCOME_ANSWERED;
}

enum outcome handle_alarm_take(struct session *session, const struct msg_alarm_take *request)
{
	struct server *server = session->server;
	struct room *room = rooms_find(server, request->room);
	if (room == NULL) {
		return refuse(WIRE_CODE_NO_SUCH_ROOM);
	}
	if (!room->pending.alarm) {
		return OUTCOME_OK; /* somebody was faster, or it was answered */
	}
	if (!journal_writable(server)) {
		return refuse(WIRE_CODE_UNAVAILABLE);
	}
	struct asker asker = dispatch_asker(session, request->has_ref, request->ref);
	act_take_alarm(server, room, session->account, &asker);
	return OUTCOME_ANSWERED;
}
