/* The table, whole: every act in every stage, of who has it and of anybody else. */
#include "daemon/escalation_state.h"
#include "tests/unit/tap.h"

enum {
	ME = 3,
	OTHER = 4,
	THIRD = 5
};

/* Written by hand from the design: one letter an act (tell, open, take, hand, close, lapse, end).
 * r t o k h c: goes to raised, told, opened, taken (kept), handed, closed; =: stays; 0 refused as
 * not_allowed, 1 as taken, 2 as no_such. */
static const struct row {
	enum wire_stage stage;
	bool holder;
	const char *acts;
} table[] = {
	{WIRE_STAGE_RAISED, false, "tok00=c"},
	{WIRE_STAGE_RAISED, true, "tok00=c"},
	{WIRE_STAGE_TOLD, false, "tok00=c"},
	{WIRE_STAGE_TOLD, true, "tok00=c"},
	{WIRE_STAGE_OPENED, false, "o=k00=c"},
	{WIRE_STAGE_OPENED, true, "o=k00=c"},
	{WIRE_STAGE_TAKEN, false, "1=111rc"},
	{WIRE_STAGE_TAKEN, true, "1==hcrc"},
	{WIRE_STAGE_HANDED, false, "h=k00=c"},
	{WIRE_STAGE_HANDED, true, "h=khc=c"},
	{WIRE_STAGE_CLOSED, false, "22222=="},
	{WIRE_STAGE_CLOSED, true, "2222==="},
};

static char letter_of(struct escalation_answer answer)
{
	switch (answer.verdict) {
	case ESCALATION_GO:
		return "rtokhc"[answer.next];
	case ESCALATION_STAYS:
		return '=';
	case ESCALATION_REFUSED:
		return answer.code == WIRE_CODE_NOT_ALLOWED ? '0'
		       : answer.code == WIRE_CODE_TAKEN     ? '1'
		       : answer.code == WIRE_CODE_NO_SUCH   ? '2'
							    : '?';
	}
	return '?';
}

static void test_table(void)
{
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		for (int act = 0; act < ESCALATION_ACTS; act++) {
			struct escalation_answer answer = escalation_judge(
				table[i].stage, (enum escalation_act)act, table[i].holder);
			char letter = letter_of(answer);
			if (letter != table[i].acts[act]) {
				printf("# row %zu, act %d: %c\n", i, act, letter);
			}
			CHECK(letter == table[i].acts[act]);
		}
	}
}

static void go(struct escalation_state *state, enum escalation_act act, int64_t by, int64_t to)
{
	escalation_apply(state, &(struct escalation_change){
					.act = act,
					.at_ms = state->since_ms + 10,
					.by = by,
					.to = to,
					.outcome = act == ESCALATION_CLOSE ? WIRE_OUTCOME_PLAN : -1,
					.reached = act == ESCALATION_TELL,
					.steps = act == ESCALATION_HAND,
				});
}

static void test_whole_way(void)
{
	struct escalation_state state = {
		.stage = WIRE_STAGE_RAISED, .since_ms = 100, .outcome = -1};
	CHECK(escalation_climbs(&state));
	go(&state, ESCALATION_TELL, 0, 0);
	CHECK_INT(state.stage, WIRE_STAGE_TOLD);
	CHECK_INT(state.steps, 1);
	CHECK_INT(state.since_ms, 110);
	go(&state, ESCALATION_OPEN, ME, 0);
	CHECK_INT(state.opened_by, ME);
	CHECK_INT(state.opened_ms, 120);
	CHECK(escalation_climbs(&state)); /* reading is not taking */
	go(&state, ESCALATION_TELL, 0, 0);
	CHECK_INT(state.stage, WIRE_STAGE_OPENED);
	CHECK_INT(state.steps, 2);
	go(&state, ESCALATION_TAKE, ME, 0);
	CHECK(!escalation_climbs(&state));
	CHECK(escalation_is_held_by(&state, ME));
	CHECK(!escalation_is_held_by(&state, OTHER));
	CHECK(!escalation_is_held_by(&state, 0));
	go(&state, ESCALATION_HAND, ME, OTHER);
	CHECK(escalation_climbs(&state));
	CHECK_INT(state.climb, 1);
	CHECK_INT(state.steps, 1);
	CHECK(escalation_is_held_by(&state, ME) && escalation_is_held_by(&state, OTHER));
	CHECK(!escalation_is_held_by(&state, THIRD));
	go(&state, ESCALATION_TAKE, THIRD, 0);
	CHECK(escalation_is_held_by(&state, THIRD) && !escalation_is_held_by(&state, OTHER));
	CHECK_INT(state.handed_to, 0);
	go(&state, ESCALATION_CLOSE, THIRD, 0);
	CHECK_INT(state.stage, WIRE_STAGE_CLOSED);
	CHECK_INT(state.outcome, WIRE_OUTCOME_PLAN);
	CHECK(state.closed_ms > 0);
	CHECK(!escalation_climbs(&state));
}

static void test_nobody_to_tell(void)
{
	struct escalation_state state = {
		.stage = WIRE_STAGE_RAISED, .since_ms = 100, .outcome = -1};
	struct escalation_change change = {.act = ESCALATION_TELL, .at_ms = 200, .outcome = -1};
	escalation_apply(&state, &change);
	CHECK_INT(state.stage, WIRE_STAGE_RAISED); /* nobody was told, and the next rung's turn */
	CHECK_INT(state.steps, 1);
	CHECK_INT(state.since_ms, 200);
}

static void test_lapse(void)
{
	struct escalation_state state = {
		.stage = WIRE_STAGE_RAISED, .since_ms = 100, .outcome = -1};
	go(&state, ESCALATION_OPEN, ME, 0);
	go(&state, ESCALATION_TAKE, ME, 0);
	go(&state, ESCALATION_LAPSE, 0, 0);
	CHECK_INT(state.stage, WIRE_STAGE_RAISED);
	CHECK_INT(state.taken_by, 0);
	CHECK_INT(state.opened_by, 0);
	CHECK_INT(state.climb, 1);
	CHECK_INT(state.steps, 0);
	CHECK(escalation_climbs(&state));
	CHECK(!escalation_is_held_by(&state, ME));
}

int main(void)
{
	RUN(test_table);
	RUN(test_whole_way);
	RUN(test_nobody_to_tell);
	RUN(test_lapse);
	return tap_done();
}
