/* What counselors do in and beside a room: step in and out, notes, nudges. */
#include "daemon/acts.h"
#include "daemon/audit.h"
#include "daemon/clock.h"
#include "daemon/config.h"
#include "daemon/dispatch.h"
#include "daemon/journal.h"
#include "daemon/notes.h"
#include "daemon/rooms.h"
#include "daemon/server.h"
#include "daemon/session.h"
#include "daemon/staff.h"

enum {
	NUDGE_MS = 15000, /* between two nudges about one room, whoever gives them */
};

/* ---- in and out ---- */

static bool is_here(const struct server *server, int64_t adult)
{
	const struct account *account = staff_account(server->staff, adult);
	return account != NULL && account->overseers > 0;
}

enum outcome handle_room_step_in(struct session *session, const struct msg_room_step_in *request)
{
	struct server *server = session->server;
	struct room *room = rooms_find(server, request->room);
	struct actor actor = session_actor(session);
	if (room == NULL || room->pending.n == 0) {
		return refuse(WIRE_CODE_NO_SUCH_ROOM);
	}
	const struct room_state *state = &room->pending;
	enum outcome may = policy_may_step_in(&actor, state, is_here(server, state->adult));
	if (may != OUTCOME_OK) {
		return may;
	}
	struct asker asker = dispatch_asker(session, request->has_ref, request->ref);
	if (state->adult == actor.account && !(request->alone && state->supporter != 0)) {
		journal_answer_as_it_stands(server, room, &asker); /* asked twice */
		return OUTCOME_ANSWERED;
	}
	if (!journal_writable(server) || !audit_writable(server)) {
		return refuse(WIRE_CODE_UNAVAILABLE);
	}
	/* Handed over first, so on disk no later than what it tells of. */
	audit_add(server,
		&(struct audit_entry){
			.what = WIRE_AUDIT_STEP_IN, .account = actor.account, .room = room->id},
		NULL, NULL);
	if (state->adult != 0 && state->adult != actor.account) {
		act_step_out(server, room, NULL); /* of whoever is not connected any more */
	}
	act_step_in(server, room, session->account, request->alone, &asker);
	return OUTCOME_ANSWERED;
}

enum outcome handle_room_step_out(struct session *session, const struct msg_room_step_out *request)
{
	struct server *server = session->server;
	struct room *room = rooms_find(server, request->room);
	if (room == NULL || room->pending.n == 0) {
		return refuse(WIRE_CODE_NO_SUCH_ROOM);
	}
	struct asker asker = dispatch_asker(session, request->has_ref, request->ref);
	if (room->pending.adult != session->account->row.id) {
		journal_answer_as_it_stands(server, room, &asker); /* asked twice, or never in */
		return OUTCOME_ANSWERED;
	}
	if (!journal_writable(server)) {
		return refuse(WIRE_CODE_UNAVAILABLE);
	}
	act_step_out(server, room, &asker);
	return OUTCOME_ANSWERED;
}

/* ---- nudges ---- */

static unsigned nudge(const struct account *supporter, const struct msg_desk_nudged *nudged)
{
	unsigned count = 0;
	for (struct session *s = supporter->sessions; s != NULL; s = s->next_of_account) {
		if (s->greeted && s->page == WIRE_PAGE_CONSOLE) {
			session_send(s, TYPE_DESK_NUDGED, nudged);
			count++;
		}
	}
	return count;
}

/* May be nudged about a room that nobody has: all who could take it. */
static bool could_take(
	const struct server *server, const struct room *room, const struct account *account)
{
	struct actor actor = {
		.role = WIRE_ROLE_SUPPORTER,
		.account = account->row.id,
		.rostered = account->rostered,
		.load = account->load,
		.cap = (unsigned)server->config->cap,
	};
	return staff_is_supporter(account) && !account->paused &&
	       policy_may_take(&actor, &room->durable) == OUTCOME_OK;
}

enum outcome handle_room_nudge(struct session *session, const struct msg_room_nudge *request)
{
	struct server *server = session->server;
	struct room *room = rooms_find(server, request->room);
	if (room == NULL || room->durable.n == 0) {
		return refuse(WIRE_CODE_NO_SUCH_ROOM);
	}
	if (room->durable.phase == WIRE_PHASE_ENDED) {
		return refuse(WIRE_CODE_ROOM_ENDED);
	}
	int64_t now = clock_mono_ms();
	if (room->nudged_mono > 0 && now - room->nudged_mono < NUDGE_MS) {
		struct asker asker = dispatch_asker(session, request->has_ref, request->ref);
		dispatch_refuse_too_fast(session, &asker, room->nudged_mono + NUDGE_MS - now);
		return OUTCOME_ANSWERED;
	}
	struct msg_desk_nudged nudged = {
		.room = room->id,
		.name = text_of(room->name),
		.from = text_of(session->account->row.alias),
	};
	unsigned count = 0;
	for (const struct account *a = server->staff->accounts; a != NULL; a = a->next) {
		if (room->durable.supporter != 0 ? room->durable.supporter == a->row.id
						 : could_take(server, room, a)) {
			count += nudge(a, &nudged);
		}
	}
	if (count == 0) {
		return refuse(WIRE_CODE_NO_SUCH); /* nobody is there to look */
	}
	room->nudged_mono = now;
	return OUTCOME_OK;
}

/* ---- notes ---- */

enum outcome handle_note_send(struct session *session, const struct msg_note_send *request)
{
	struct room *room = rooms_find(session->server, request->room);
	if (room == NULL || room->pending.n == 0) {
		return refuse(WIRE_CODE_NO_SUCH_ROOM);
	}
	return notes_send(session, request);
}
