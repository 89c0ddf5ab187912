/* Calls for an adult: raised by anybody in a room, moved on by adults. */
#include "daemon/acts.h"
#include "daemon/block.h"
#include "daemon/dispatch.h"
#include "daemon/escalation.h"
#include "daemon/journal.h"
#include "daemon/reach.h"
#include "daemon/rooms.h"
#include "daemon/server.h"
#include "daemon/session.h"
#include "daemon/staff.h"

static enum wire_escalation_source source_of(const struct session *session)
{
	switch ((enum wire_role)session->role) {
	case WIRE_ROLE_VISITOR:
		return WIRE_SOURCE_VISITOR;
	case WIRE_ROLE_SUPPORTER:
		return WIRE_SOURCE_SUPPORTER;
	default:
		return WIRE_SOURCE_COUNSELOR;
	}
}

static bool reason_fits(enum wire_escalation_source source, enum wire_escalation_reason reason)
{
	return source == WIRE_SOURCE_VISITOR ? reason == WIRE_REASON_NEED
					     : reason < WIRE_REASON_NEED;
}

enum outcome handle_escalation_raise(
	struct session *session, const struct msg_escalation_raise *request)
{
	struct server *server = session->server;
	struct room *room = rooms_find(server, request->room);
	struct actor actor = session_actor(session);
	enum wire_escalation_source source = source_of(session);
	if (room == NULL || room->pending.n == 0) {
		return refuse(WIRE_CODE_NO_SUCH_ROOM);
	}
	enum outcome may = policy_may_call(&actor, room->id, &room->pending);
	/* A blocked visitor cannot open the chat again, but an adult can always be called. */
	bool reopens = may == refuse(WIRE_CODE_ROOM_ENDED) && source == WIRE_SOURCE_VISITOR &&
		       block_left_ms(room) > 0;
	if (may != OUTCOME_OK && !reopens) {
		return may;
	}
	if (!reason_fits(source, request->reason)) {
		return refuse(WIRE_CODE_OUT_OF_RANGE);
	}
	if (!journal_writable(server)) {
		return refuse(WIRE_CODE_UNAVAILABLE); /* the page keeps it and asks again */
	}
	if (reopens) {
		act_mailbox(server, room, WIRE_AUDIENCE_COUNSELOR, NULL);
	}
	escalation_raise(
		server, &(struct escalation_call){
				.room = room,
				.source = source,
				.reason = request->reason,
				.by = session->account,
				.page_id = request->id,
				.note = request->has_note ? request->note : text_of(""),
				.tell = request->has_tell && request->tell,
				.asker = dispatch_asker(session, request->has_ref, request->ref),
			});
	return OUTCOME_ANSWERED;
}

static enum outcome act(struct session *session, int64_t id, enum escalation_act act,
	const struct account *to, int outcome, struct asker asker)
{
	struct escalation *escalation = escalation_find(session->server, id);
	if (escalation == NULL) {
		return refuse(WIRE_CODE_NO_SUCH);
	}
	return escalation_act_by(
		session->server, escalation, act, session->account, to, outcome, &asker);
}

enum outcome handle_escalation_open(
	struct session *session, const struct msg_escalation_open *request)
{
	return act(session, request->escalation, ESCALATION_OPEN, NULL, -1,
		dispatch_asker(session, request->has_ref, request->ref));
}

enum outcome handle_escalation_take(
	struct session *session, const struct msg_escalation_take *request)
{
	struct server *server = session->server;
	enum outcome outcome = act(session, request->escalation, ESCALATION_TAKE, NULL, -1,
		dispatch_asker(session, request->has_ref, request->ref));
	struct escalation *escalation = escalation_find(server, request->escalation);
	if (outcome == OUTCOME_ANSWERED && escalation->row.source == WIRE_SOURCE_SYSTEM &&
		escalation->room->pending.alarm) {
		/* The room's alarm and its call are one to people. */
		act_take_alarm(server, escalation->room, session->account, NULL);
	}
	return outcome;
}

enum outcome handle_escalation_hand(
	struct session *session, const struct msg_escalation_hand *request)
{
	const struct account *to = staff_account(session->server->staff, request->account);
	if (to == NULL || to == session->account || !reach_is_adult(to)) {
		return refuse(WIRE_CODE_NO_SUCH);
	}
	return act(session, request->escalation, ESCALATION_HAND, to, -1,
		dispatch_asker(session, request->has_ref, request->ref));
}

enum outcome handle_escalation_close(
	struct session *session, const struct msg_escalation_close *request)
{
	return act(session, request->escalation, ESCALATION_CLOSE, NULL, (int)request->outcome,
		dispatch_asker(session, request->has_ref, request->ref));
}
