/* The rules. Pure. */
#include "daemon/policy.h"

/*
 * A room that is none of the asker's business does not exist for them: the same answer for a room
 * of somebody else as for one that never was, so that ids cannot be probed.
 */
static bool is_own(const struct actor *actor, int64_t room, const struct room_state *state)
{
	switch (actor->role) {
	case WIRE_ROLE_VISITOR:
		return actor->room == room;
	case WIRE_ROLE_SUPPORTER:
		return state->phase == WIRE_PHASE_LIVE && state->supporter == actor->account;
	case WIRE_ROLE_COUNSELOR:
	case WIRE_ROLE_MANAGER:
		return true;
	case WIRE_ROLE_OPERATOR:
		return false;
	}
	return false;
}

static bool is_adult(const struct actor *actor)
{
	return actor->role == WIRE_ROLE_COUNSELOR || actor->role == WIRE_ROLE_MANAGER;
}

/* Whoever oversees takes no part, unless seen by both sides. */
static bool is_reading_only(const struct actor *actor, const struct room_state *state)
{
	return is_adult(actor) && state->adult != actor->account;
}

static bool still_serves(const struct actor *actor)
{
	return actor->rostered || actor->in_grace;
}

enum outcome policy_may_read(
	const struct actor *actor, int64_t room, const struct room_state *state)
{
	if (!is_own(actor, room, state)) {
		return refuse(WIRE_CODE_NO_SUCH_ROOM);
	}
	if (actor->role == WIRE_ROLE_SUPPORTER && !still_serves(actor)) {
		return refuse(WIRE_CODE_OFF_SHIFT);
	}
	return OUTCOME_OK;
}

enum outcome policy_may_send(
	const struct actor *actor, int64_t room, const struct room_state *state)
{
	enum outcome may = policy_may_read(actor, room, state);
	if (may != OUTCOME_OK) {
		return may;
	}
	if (state->phase == WIRE_PHASE_ENDED) {
		return refuse(WIRE_CODE_ROOM_ENDED);
	}
	return is_reading_only(actor, state) ? refuse(WIRE_CODE_NOT_ALLOWED) : OUTCOME_OK;
}

enum outcome policy_may_see(const struct actor *actor, int64_t room, const struct room_state *state)
{
	enum outcome may = policy_may_read(actor, room, state);
	if (may != OUTCOME_OK) {
		return may;
	}
	return is_reading_only(actor, state) ? refuse(WIRE_CODE_NOT_ALLOWED) : OUTCOME_OK;
}

enum outcome policy_may_call(
	const struct actor *actor, int64_t room, const struct room_state *state)
{
	if (!is_own(actor, room, state)) {
		return refuse(WIRE_CODE_NO_SUCH_ROOM);
	}
	return state->phase == WIRE_PHASE_ENDED ? refuse(WIRE_CODE_ROOM_ENDED) : OUTCOME_OK;
}

enum outcome policy_may_end(const struct actor *actor, int64_t room, const struct room_state *state)
{
	enum outcome may = policy_may_call(actor, room, state);
	if (may != OUTCOME_OK) {
		return may;
	}
	/* A supporter may leave it to the counselor, not end the talk of the two others. */
	bool over_adult = actor->role == WIRE_ROLE_SUPPORTER && state->adult != 0;
	return over_adult ? refuse(WIRE_CODE_NOT_ALLOWED) : OUTCOME_OK;
}

enum outcome policy_may_step_in(
	const struct actor *actor, const struct room_state *state, bool other_is_here)
{
	if (state->phase == WIRE_PHASE_ENDED) {
		return refuse(WIRE_CODE_ROOM_ENDED);
	}
	bool by_other = state->adult != 0 && state->adult != actor->account;
	return by_other && other_is_here ? refuse(WIRE_CODE_TAKEN) : OUTCOME_OK;
}

enum outcome policy_may_take(const struct actor *actor, const struct room_state *state)
{
	if (!actor->rostered) {
		return refuse(WIRE_CODE_OFF_SHIFT);
	}
	if (state->phase == WIRE_PHASE_LIVE) {
		return refuse(WIRE_CODE_TAKEN);
	}
	bool waits = state->phase == WIRE_PHASE_WAITING && state->audience == WIRE_AUDIENCE_NOW;
	bool left = state->phase == WIRE_PHASE_MAILBOX && state->audience == WIRE_AUDIENCE_PEER &&
		    state->asked_ms > 0;
	if (!waits && !left) {
		return refuse(WIRE_CODE_NO_SUCH_ROOM);
	}
	return actor->load >= actor->cap ? refuse(WIRE_CODE_AT_CAP) : OUTCOME_OK;
}

enum outcome policy_may_leave(const struct actor *actor, const struct room_state *state)
{
	if (state->phase != WIRE_PHASE_LIVE || state->supporter != actor->account) {
		return refuse(WIRE_CODE_NO_SUCH_ROOM);
	}
	return OUTCOME_OK;
}

enum outcome policy_may_mailbox(
	const struct actor *actor, int64_t room, const struct room_state *state)
{
	if (!is_own(actor, room, state)) {
		return refuse(WIRE_CODE_NO_SUCH_ROOM);
	}
	return state->phase == WIRE_PHASE_LIVE ? refuse(WIRE_CODE_TAKEN) : OUTCOME_OK;
}

enum outcome policy_may_wait(
	const struct actor *actor, int64_t room, const struct room_state *state)
{
	if (!is_own(actor, room, state)) {
		return refuse(WIRE_CODE_NO_SUCH_ROOM);
	}
	return state->phase == WIRE_PHASE_LIVE ? refuse(WIRE_CODE_TAKEN) : OUTCOME_OK;
}
