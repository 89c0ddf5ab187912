/* chat.send, chat.typing, chat.seen. */
#include "daemon/acts.h"
#include "daemon/block.h"
#include "daemon/clock.h"
#include "daemon/codename.h"
#include "daemon/dispatch.h"
#include "daemon/journal.h"
#include "daemon/rooms.h"
#include "daemon/server.h"
#include "daemon/session.h"
#include "daemon/staff.h"
#include "storage/key.h"

enum {
	TYPING_MS = 6000
};

static int64_t author_of(const struct session *session)
{
	return session->account != NULL ? session->account->row.id : AUTHOR_VISITOR;
}

static bool gives_codename_away(
	const struct session *session, const struct room *room, const struct msg_chat_send *request)
{
	return room->has_codename && codename_inside(request->body.bytes, request->body.size,
					     session->server->key->pepper, room->codename_inside);
}

enum outcome handle_chat_send(struct session *session, const struct msg_chat_send *request)
{
	struct server *server = session->server;
	struct room *room = rooms_find(server, request->room);
	struct actor actor = session_actor(session);
	if (room == NULL) {
		return refuse(WIRE_CODE_NO_SUCH_ROOM);
	}
	enum outcome may = policy_may_read(&actor, room->id, &room->pending);
	if (may != OUTCOME_OK) {
		return may;
	}
	/* What was sent before is answered before anything else is asked: also in a room that has
	 * ended since, the sender must learn that it arrived. */
	struct asker asker = dispatch_asker(session, request->has_ref, request->ref);
	int64_t n = 0, at_ms = 0;
	switch (journal_sent_before(server, room, author_of(session), request->id,
		request->has_again && request->again, &asker, &n, &at_ms)) {
	case SENT_UNKNOWN:
		session->parking = room;
		return OUTCOME_PARKED;
	case SENT_BEFORE:
		dispatch_answer_ok(server, &asker, room->id, n, at_ms);
		return OUTCOME_ANSWERED;
	case SENT_IN_FLIGHT:
		return OUTCOME_ANSWERED;
	case SENT_STALE:
		return refuse(WIRE_CODE_STALE_ID);
	case SENT_NEW:
		break;
	}
	may = policy_may_send(&actor, room->id, &room->pending);
	if (may != OUTCOME_OK) {
		return may;
	}
	if (session->account == NULL && block_silences(room)) {
		return block_refuse(session, room, &asker);
	}
	if (gives_codename_away(session, room, request)) {
		return refuse(WIRE_CODE_CODENAME_INSIDE);
	}
	if (!journal_writable(server)) {
		return refuse(WIRE_CODE_UNAVAILABLE);
	}
	act_post(server, room, author_of(session), request, &asker);
	return OUTCOME_ANSWERED;
}

enum outcome handle_chat_typing(struct session *session, const struct msg_chat_typing *request)
{
	struct room *room = rooms_find(session->server, request->room);
	struct actor actor = session_actor(session);
	if (room == NULL) {
		return refuse(WIRE_CODE_NO_SUCH_ROOM);
	}
	enum outcome may = policy_may_send(&actor, room->id, &room->pending);
	if (may != OUTCOME_OK) {
		return may;
	}
	int64_t *until = rooms_typing_of(room, author_of(session));
	bool was = *until > 0;
	*until = request->typing ? clock_mono_ms() + TYPING_MS : 0;
	if (was != request->typing) {
		rooms_marks_changed(session->server, room);
	}
	return OUTCOME_OK;
}

enum outcome handle_chat_seen(struct session *session, const struct msg_chat_seen *request)
{
	struct room *room = rooms_find(session->server, request->room);
	struct actor actor = session_actor(session);
	if (room == NULL) {
		return refuse(WIRE_CODE_NO_SUCH_ROOM);
	}
	enum outcome may = policy_may_see(&actor, room->id, &room->durable);
	if (may != OUTCOME_OK) {
		return may;
	}
	bool is_adult = session->account != NULL && session->role != WIRE_ROLE_SUPPORTER;
	if (is_adult && room->durable.supporter != 0) {
		return OUTCOME_OK; /* what the supporter has seen, only the supporter can say */
	}
	int64_t *seen = session->account != NULL ? &room->supporter_seen : &room->visitor_seen;
	int64_t n = request->n < room->durable.n ? request->n : room->durable.n;
	if (n > *seen) {
		*seen = n;
		room->seen_dirty = true;
		rooms_marks_changed(session->server, room);
	}
	return OUTCOME_OK;
}
