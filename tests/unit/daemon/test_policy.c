/* The rules, as a table: who may do what to a room in which state. */
#include "daemon/policy.h"
#include "tests/unit/tap.h"

enum {
	ROOM = 5,
	ME = 7,
	OTHER = 8
};

static const struct actor visitor = {.role = WIRE_ROLE_VISITOR, .room = ROOM};
static const struct actor stranger = {.role = WIRE_ROLE_VISITOR, .room = 6};
static const struct actor nobody = {.role = WIRE_ROLE_VISITOR};
static const struct actor on = {
	.role = WIRE_ROLE_SUPPORTER, .account = ME, .rostered = true, .cap = 3};
static const struct actor grace = {
	.role = WIRE_ROLE_SUPPORTER, .account = ME, .in_grace = true, .cap = 3};
static const struct actor off = {.role = WIRE_ROLE_SUPPORTER, .account = ME, .cap = 3};
static const struct actor full = {
	.role = WIRE_ROLE_SUPPORTER, .account = ME, .rostered = true, .load = 3, .cap = 3};
static const struct actor counselor = {.role = WIRE_ROLE_COUNSELOR, .account = 9};
static const struct actor an_operator = {.role = WIRE_ROLE_OPERATOR};

static const struct room_state waiting = {.phase = WIRE_PHASE_WAITING, .asked_ms = 1};
static const struct room_state mine = {.phase = WIRE_PHASE_LIVE, .supporter = ME};
static const struct room_state theirs = {.phase = WIRE_PHASE_LIVE, .supporter = OTHER};
static const struct room_state left = {
	.phase = WIRE_PHASE_MAILBOX, .audience = WIRE_AUDIENCE_PEER, .asked_ms = 1};
static const struct room_state left_answered = {
	.phase = WIRE_PHASE_MAILBOX, .audience = WIRE_AUDIENCE_PEER};
static const struct room_state for_counselor = {
	.phase = WIRE_PHASE_MAILBOX, .audience = WIRE_AUDIENCE_COUNSELOR, .asked_ms = 1};
static const struct room_state ended = {.phase = WIRE_PHASE_ENDED};

enum {
	YES = OUTCOME_OK
};
#define NO(CODE) ((int)OUTCOME_REFUSED + (int)WIRE_CODE_##CODE)

static void test_read(void)
{
	CHECK_INT(policy_may_read(&visitor, ROOM, &waiting), YES);
	CHECK_INT(policy_may_read(&visitor, ROOM, &ended), YES);
	CHECK_INT(policy_may_read(&stranger, ROOM, &waiting), NO(NO_SUCH_ROOM));
	CHECK_INT(policy_may_read(&nobody, ROOM, &waiting), NO(NO_SUCH_ROOM));
	CHECK_INT(policy_may_read(&on, ROOM, &mine), YES);
	CHECK_INT(policy_may_read(&grace, ROOM, &mine), YES);
	CHECK_INT(policy_may_read(&off, ROOM, &mine), NO(OFF_SHIFT));
	CHECK_INT(policy_may_read(&on, ROOM, &theirs), NO(NO_SUCH_ROOM));
	CHECK_INT(
		policy_may_read(&on, ROOM, &waiting), NO(NO_SUCH_ROOM)); /* not before taking it */
	CHECK_INT(policy_may_read(&on, ROOM, &ended), NO(NO_SUCH_ROOM));
	CHECK_INT(policy_may_read(&counselor, ROOM, &theirs), YES);
	CHECK_INT(policy_may_read(&counselor, ROOM, &for_counselor), YES);
	CHECK_INT(
		policy_may_read(&an_operator, ROOM, &mine), NO(NO_SUCH_ROOM)); /* no transcripts */
}

static void test_send(void)
{
	CHECK_INT(policy_may_send(&visitor, ROOM, &waiting), YES);
	CHECK_INT(policy_may_send(&visitor, ROOM, &for_counselor), YES);
	CHECK_INT(policy_may_send(&visitor, ROOM, &ended), NO(ROOM_ENDED));
	CHECK_INT(policy_may_send(&stranger, ROOM, &ended), NO(NO_SUCH_ROOM));
	CHECK_INT(policy_may_send(&on, ROOM, &mine), YES);
	CHECK_INT(policy_may_send(&on, ROOM, &theirs), NO(NO_SUCH_ROOM));
	CHECK_INT(policy_may_send(&off, ROOM, &mine), NO(OFF_SHIFT));
}

static void test_take(void)
{
	CHECK_INT(policy_may_take(&on, &waiting), YES);
	CHECK_INT(policy_may_take(&on, &left), YES);
	CHECK_INT(policy_may_take(&on, &left_answered), NO(NO_SUCH_ROOM));
	CHECK_INT(policy_may_take(&on, &for_counselor), NO(NO_SUCH_ROOM));
	CHECK_INT(policy_may_take(&on, &theirs), NO(TAKEN));
	CHECK_INT(policy_may_take(&on, &ended), NO(NO_SUCH_ROOM));
	CHECK_INT(policy_may_take(&full, &waiting), NO(AT_CAP));
	CHECK_INT(policy_may_take(&off, &waiting), NO(OFF_SHIFT));
	CHECK_INT(policy_may_take(&grace, &waiting), NO(OFF_SHIFT)); /* nothing new after the end */
}

static void test_leave_and_end(void)
{
	CHECK_INT(policy_may_leave(&off, &mine), YES); /* giving back is always possible */
	CHECK_INT(policy_may_leave(&on, &theirs), NO(NO_SUCH_ROOM));
	CHECK_INT(policy_may_leave(&on, &waiting), NO(NO_SUCH_ROOM));
	CHECK_INT(policy_may_end(&visitor, ROOM, &waiting), YES);
	CHECK_INT(policy_may_end(&visitor, ROOM, &ended), NO(ROOM_ENDED));
	CHECK_INT(policy_may_end(&stranger, ROOM, &waiting), NO(NO_SUCH_ROOM));
	CHECK_INT(policy_may_end(&on, ROOM, &mine), YES);
	CHECK_INT(policy_may_end(&on, ROOM, &theirs), NO(NO_SUCH_ROOM));
}

static void test_mailbox_and_wait(void)
{
	CHECK_INT(policy_may_mailbox(&visitor, ROOM, &waiting), YES);
	CHECK_INT(policy_may_mailbox(&visitor, ROOM, &ended), YES);
	CHECK_INT(policy_may_mailbox(&visitor, ROOM, &theirs), NO(TAKEN));
	CHECK_INT(policy_may_mailbox(&stranger, ROOM, &waiting), NO(NO_SUCH_ROOM));
	CHECK_INT(policy_may_wait(&visitor, ROOM, &left), YES);
	CHECK_INT(policy_may_wait(&visitor, ROOM, &ended), YES);
	CHECK_INT(policy_may_wait(&visitor, ROOM, &waiting), YES); /* a repeat: it waits already */
	CHECK_INT(policy_may_wait(&visitor, ROOM, &mine), NO(TAKEN));
	CHECK_INT(policy_may_wait(&stranger, ROOM, &left), NO(NO_SUCH_ROOM));
}

static void test_adults(void)
{
	static const struct room_state with_me = {
		.phase = WIRE_PHASE_LIVE, .supporter = ME, .adult = 9};
	static const struct room_state with_other = {.phase = WIRE_PHASE_LIVE, .adult = 10};
	CHECK_INT(policy_may_send(&counselor, ROOM, &theirs), NO(NOT_ALLOWED)); /* reads only */
	CHECK_INT(policy_may_see(&counselor, ROOM, &theirs), NO(NOT_ALLOWED));
	CHECK_INT(policy_may_send(&counselor, ROOM, &with_other), NO(NOT_ALLOWED));
	CHECK_INT(policy_may_send(&counselor, ROOM, &with_me), YES);
	CHECK_INT(policy_may_see(&counselor, ROOM, &with_me), YES);
	CHECK_INT(policy_may_send(&counselor, ROOM, &ended), NO(ROOM_ENDED));
	CHECK_INT(policy_may_see(&on, ROOM, &mine), YES);
	CHECK_INT(policy_may_see(&visitor, ROOM, &ended), YES);
	CHECK_INT(policy_may_see(&on, ROOM, &theirs), NO(NO_SUCH_ROOM));

	CHECK_INT(policy_may_step_in(&counselor, &waiting, false), YES);
	CHECK_INT(policy_may_step_in(&counselor, &for_counselor, false), YES);
	CHECK_INT(policy_may_step_in(&counselor, &theirs, false), YES);
	CHECK_INT(policy_may_step_in(&counselor, &with_me, true), YES);
	CHECK_INT(policy_may_step_in(&counselor, &with_other, true), NO(TAKEN));
	CHECK_INT(policy_may_step_in(&counselor, &with_other, false), YES);
	CHECK_INT(policy_may_step_in(&counselor, &ended, false), NO(ROOM_ENDED));

	CHECK_INT(policy_may_take(&on, &with_other), NO(TAKEN));
	CHECK_INT(policy_may_end(&on, ROOM, &with_me), NO(NOT_ALLOWED));
	CHECK_INT(policy_may_call(&on, ROOM, &with_me), YES);
	CHECK_INT(policy_may_call(&off, ROOM, &with_me), YES);
	CHECK_INT(policy_may_call(&on, ROOM, &theirs), NO(NO_SUCH_ROOM));
	CHECK_INT(policy_may_call(&visitor, ROOM, &ended), NO(ROOM_ENDED));
	CHECK_INT(policy_may_end(&visitor, ROOM, &with_me), YES);
	CHECK_INT(policy_may_leave(&on, &with_me), YES);
	CHECK_INT(policy_may_wait(&visitor, ROOM, &with_other), NO(TAKEN));
}

int main(void)
{
	RUN(test_read);
	RUN(test_send);
	RUN(test_take);
	RUN(test_leave_and_end);
	RUN(test_mailbox_and_wait);
	RUN(test_adults);
	return tap_done();
}
