/* room.start, and what becomes of a room by its members' own doing. */
#include "daemon/acts.h"
#include "daemon/block.h"
#include "daemon/config.h"
#include "daemon/dispatch.h"
#include "daemon/door.h"
#include "daemon/journal.h"
#include "daemon/rooms.h"
#include "daemon/server.h"
#include "daemon/session.h"
#include "daemon/staff.h"

static enum outcome open_room(struct session *session, const struct msg_room_start *request,
	struct room *room, uint8_t worked, const struct asker *asker)
{
	struct server *server = session->server;
	if (room == NULL) {
		room = rooms_create(server, request);
		/* Before the event: once that is on disk the token is too, and a lost answer opens
		 * no second room. */
		session_bind_token(session, rooms_add_token(server, session->token_hash, room));
	}
	door_note_room(session, room, worked);
	act_open(server, room, request, asker);
	session_subscribe(session, room, 0);
	return OUTCOME_ANSWERED;
}

enum outcome handle_room_start(struct session *session, const struct msg_room_start *request)
{
	struct server *server = session->server;
	struct asker asker = dispatch_asker(session, request->has_ref, request->ref);
	struct room *room = session->token != NULL ? session->token->room : NULL;
	if (!journal_writable(server)) {
		return refuse(WIRE_CODE_UNAVAILABLE);
	}
	struct token *token = rooms_token(server, session->token_hash);
	if (room == NULL && token != NULL) {
		/* Another tab of the same token has opened it meanwhile. */
		if (rooms_is_crowded(token->room)) {
			return refuse(WIRE_CODE_TOO_MANY);
		}
		session_bind_token(session, token);
		room = token->room;
	}
	if (room == NULL && server->rooms.open >= (size_t)server->config->rooms) {
		return refuse(WIRE_CODE_TOO_MANY);
	}
	bool is_open =
		room != NULL && room->pending.n > 0 && room->pending.phase != WIRE_PHASE_ENDED;
	if (room != NULL && !is_open && block_left_ms(room) > 0) {
		return block_refuse(session, room, &asker);
	}
	uint8_t worked = 0;
	enum outcome may =
		is_open ? OUTCOME_OK : door_ask_room(session, room, request, &asker, &worked);
	if (may != OUTCOME_OK) {
		return may;
	}
	if (room == NULL || room->pending.n == 0) {
		return open_room(session, request, room, worked, &asker);
	}
	if (!is_open) {
		door_note_room(session, room, worked);
	}
	if (is_open) {
		journal_answer_as_it_stands(server, room, &asker);
	} else if (request->to == WIRE_AUDIENCE_NOW) {
		act_return(server, room, &asker);
	} else {
		act_mailbox(server, room, request->to, &asker);
	}
	if (session_subscription(session, room) == NULL) {
		session_subscribe(session, room, 0);
	}
	return OUTCOME_ANSWERED;
}

enum outcome handle_room_mailbox(struct session *session, const struct msg_room_mailbox *request)
{
	struct server *server = session->server;
	struct room *room = rooms_find(server, request->room);
	struct actor actor = session_actor(session);
	if (room == NULL) {
		return refuse(WIRE_CODE_NO_SUCH_ROOM);
	}
	enum outcome may = policy_may_mailbox(&actor, room->id, &room->pending);
	if (may != refuse(WIRE_CODE_NO_SUCH_ROOM) && request->to == WIRE_AUDIENCE_NOW) {
		may = refuse(WIRE_CODE_OUT_OF_RANGE);
	}
	if (may != OUTCOME_OK) {
		return may;
	}
	struct asker asker = dispatch_asker(session, request->has_ref, request->ref);
	if (request->to == WIRE_AUDIENCE_PEER && block_left_ms(room) > 0) {
		return block_refuse(session, room, &asker);
	}
	if (!journal_writable(server)) {
		return refuse(WIRE_CODE_UNAVAILABLE);
	}
	if (request->to == WIRE_AUDIENCE_PEER) {
		static const struct msg_room_wait bare = {.room = 0}; /* neither code nor work */
		may = door_ask_peers(session, room, &bare, &asker);
	}
	if (may != OUTCOME_OK) {
		return may;
	}
	if (room->pending.phase == WIRE_PHASE_MAILBOX && room->pending.audience == request->to) {
		journal_answer_as_it_stands(server, room, &asker);
		return OUTCOME_ANSWERED;
	}
	act_mailbox(server, room, request->to, &asker);
	return OUTCOME_ANSWERED;
}

enum outcome handle_room_wait(struct session *session, const struct msg_room_wait *request)
{
	struct server *server = session->server;
	struct room *room = rooms_find(server, request->room);
	struct actor actor = session_actor(session);
	if (room == NULL) {
		return refuse(WIRE_CODE_NO_SUCH_ROOM);
	}
	enum outcome may = policy_may_wait(&actor, room->id, &room->pending);
	if (may != OUTCOME_OK) {
		return may;
	}
	if (!journal_writable(server)) {
		return refuse(WIRE_CODE_UNAVAILABLE);
	}
	struct asker asker = dispatch_asker(session, request->has_ref, request->ref);
	if (room->pending.phase == WIRE_PHASE_WAITING) {
		journal_answer_as_it_stands(server, room, &asker); /* asked twice */
		return OUTCOME_ANSWERED;
	}
	if (block_left_ms(room) > 0) {
		return block_refuse(session, room, &asker);
	}
	may = door_ask_peers(session, room, request, &asker);
	if (may != OUTCOME_OK) {
		return may;
	}
	act_return(server, room, &asker);
	return OUTCOME_ANSWERED;
}

enum outcome handle_room_end(struct session *session, const struct msg_room_end *request)
{
	struct server *server = session->server;
	struct room *room = rooms_find(server, request->room);
	struct actor actor = session_actor(session);
	if (room == NULL) {
		return refuse(WIRE_CODE_NO_SUCH_ROOM);
	}
	enum outcome may = policy_may_end(&actor, room->id, &room->pending);
	if (may != OUTCOME_OK) {
		return may;
	}
	if (!journal_writable(server)) {
		return refuse(WIRE_CODE_UNAVAILABLE);
	}
	struct asker asker = dispatch_asker(session, request->has_ref, request->ref);
	act_end(server, room, session->account, &asker);
	return OUTCOME_ANSWERED;
}
