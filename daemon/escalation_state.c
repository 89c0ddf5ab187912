/* The table of a call for an adult. Pure. */
#include "daemon/escalation_state.h"

#include <assert.h>

/* clang-format off */
#define GO(STAGE) {ESCALATION_GO, WIRE_STAGE_##STAGE, 0}
#define STAYS {ESCALATION_STAYS, 0, 0}
#define NO(CODE) {ESCALATION_REFUSED, 0, WIRE_CODE_##CODE}

/*
 * One row a stage and, where it makes a difference, one for who has it and one for anybody else.
 * Taking is possible until somebody has it, and again once it was handed on: the one who was asked
 * may be away. Nobody takes it from somebody; they hand it on.
 * Whoever closed it may say so again: their page may not have had its answer.
 */
static const struct escalation_answer others[][ESCALATION_ACTS] = {
	[WIRE_STAGE_RAISED] = {
		[ESCALATION_TELL] = GO(TOLD), [ESCALATION_OPEN] = GO(OPENED),
		[ESCALATION_TAKE] = GO(TAKEN), [ESCALATION_HAND] = NO(NOT_ALLOWED),
		[ESCALATION_CLOSE] = NO(NOT_ALLOWED), [ESCALATION_LAPSE] = STAYS,
		[ESCALATION_END] = GO(CLOSED)},
	[WIRE_STAGE_TOLD] = {
		[ESCALATION_TELL] = GO(TOLD), [ESCALATION_OPEN] = GO(OPENED),
		[ESCALATION_TAKE] = GO(TAKEN), [ESCALATION_HAND] = NO(NOT_ALLOWED),
		[ESCALATION_CLOSE] = NO(NOT_ALLOWED), [ESCALATION_LAPSE] = STAYS,
		[ESCALATION_END] = GO(CLOSED)},
	[WIRE_STAGE_OPENED] = {
		[ESCALATION_TELL] = GO(OPENED), [ESCALATION_OPEN] = STAYS,
		[ESCALATION_TAKE] = GO(TAKEN), [ESCALATION_HAND] = NO(NOT_ALLOWED),
		[ESCALATION_CLOSE] = NO(NOT_ALLOWED), [ESCALATION_LAPSE] = STAYS,
		[ESCALATION_END] = GO(CLOSED)},
	[WIRE_STAGE_TAKEN] = {
		[ESCALATION_TELL] = NO(TAKEN), [ESCALATION_OPEN] = STAYS,
		[ESCALATION_TAKE] = NO(TAKEN), [ESCALATION_HAND] = NO(TAKEN),
		[ESCALATION_CLOSE] = NO(TAKEN), [ESCALATION_LAPSE] = GO(RAISED),
		[ESCALATION_END] = GO(CLOSED)},
	[WIRE_STAGE_HANDED] = {
		[ESCALATION_TELL] = GO(HANDED), [ESCALATION_OPEN] = STAYS,
		[ESCALATION_TAKE] = GO(TAKEN), [ESCALATION_HAND] = NO(NOT_ALLOWED),
		[ESCALATION_CLOSE] = NO(NOT_ALLOWED), [ESCALATION_LAPSE] = STAYS,
		[ESCALATION_END] = GO(CLOSED)},
	[WIRE_STAGE_CLOSED] = {
		[ESCALATION_TELL] = NO(NO_SUCH), [ESCALATION_OPEN] = NO(NO_SUCH),
		[ESCALATION_TAKE] = NO(NO_SUCH), [ESCALATION_HAND] = NO(NO_SUCH),
		[ESCALATION_CLOSE] = NO(NO_SUCH), [ESCALATION_LAPSE] = STAYS,
		[ESCALATION_END] = STAYS},
};

static const struct escalation_answer holders[][ESCALATION_ACTS] = {
	[WIRE_STAGE_TAKEN] = {
		[ESCALATION_TELL] = NO(TAKEN), [ESCALATION_OPEN] = STAYS,
		[ESCALATION_TAKE] = STAYS, [ESCALATION_HAND] = GO(HANDED),
		[ESCALATION_CLOSE] = GO(CLOSED), [ESCALATION_LAPSE] = GO(RAISED),
		[ESCALATION_END] = GO(CLOSED)},
	[WIRE_STAGE_HANDED] = {
		[ESCALATION_TELL] = GO(HANDED), [ESCALATION_OPEN] = STAYS,
		[ESCALATION_TAKE] = GO(TAKEN), [ESCALATION_HAND] = GO(HANDED),
		[ESCALATION_CLOSE] = GO(CLOSED), [ESCALATION_LAPSE] = STAYS,
		[ESCALATION_END] = GO(CLOSED)},
	[WIRE_STAGE_CLOSED] = {
		[ESCALATION_TELL] = NO(NO_SUCH), [ESCALATION_OPEN] = NO(NO_SUCH),
		[ESCALATION_TAKE] = NO(NO_SUCH), [ESCALATION_HAND] = NO(NO_SUCH),
		[ESCALATION_CLOSE] = STAYS, [ESCALATION_LAPSE] = STAYS,
		[ESCALATION_END] = STAYS},
};
/* clang-format on */

#undef GO
#undef STAYS
#undef NO

bool escalation_is_held_by(const struct escalation_state *state, int64_t account)
{
	if (account == 0) {
		return false;
	}
	bool took = state->taken_by == account;
	switch (state->stage) {
	case WIRE_STAGE_TAKEN:
		return took;
	case WIRE_STAGE_HANDED:
	case WIRE_STAGE_CLOSED:
		return took || state->handed_to == account;
	default:
		return false;
	}
}

struct escalation_answer escalation_judge(
	enum wire_stage stage, enum escalation_act act, bool is_holder)
{
	assert(act < ESCALATION_ACTS);
	bool differs = stage >= WIRE_STAGE_TAKEN;
	return is_holder && differs ? holders[stage][act] : others[stage][act];
}

static void climb_again(struct escalation_state *state, const struct escalation_change *change)
{
	state->climb++;
	state->steps = change->steps;
	state->since_ms = change->at_ms;
}

void escalation_apply(struct escalation_state *state, const struct escalation_change *change)
{
	bool holds = escalation_is_held_by(state, change->by);
	struct escalation_answer answer = escalation_judge(state->stage, change->act, holds);
	assert(answer.verdict == ESCALATION_GO);
	if (change->act != ESCALATION_TELL || change->reached) {
		state->stage = answer.next;
	}
	switch (change->act) {
	case ESCALATION_TELL:
		state->steps++;
		state->since_ms = change->at_ms;
		break;
	case ESCALATION_OPEN:
		state->opened_by = change->by;
		state->opened_ms = change->at_ms;
		break;
	case ESCALATION_TAKE:
		state->taken_by = change->by;
		state->taken_ms = change->at_ms;
		state->handed_to = 0;
		break;
	case ESCALATION_HAND:
		state->handed_to = change->to;
		climb_again(state, change);
		break;
	case ESCALATION_LAPSE:
		state->taken_by = state->taken_ms = 0;
		state->opened_by = state->opened_ms = 0;
		climb_again(state, change);
		break;
	case ESCALATION_CLOSE:
	case ESCALATION_END:
		state->closed_ms = change->at_ms;
		state->outcome = change->outcome;
		break;
	case ESCALATION_ACTS:
		break;
	}
}

bool escalation_climbs(const struct escalation_state *state)
{
	return state->stage != WIRE_STAGE_TAKEN && state->stage != WIRE_STAGE_CLOSED;
}
