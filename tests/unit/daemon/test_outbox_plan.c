/* Back-off: how long, how long at most, and when it is over. */
#include "daemon/outbox_plan.h"

#include "tests/unit/tap.h"

enum {
	SECOND = 1000,
	MINUTE = 60 * SECOND,
	HOUR = 60 * MINUTE,
};

static uint32_t lowest(void *data, uint32_t below)
{
	(void)data;
	(void)below;
	return 0;
}

static uint32_t highest(void *data, uint32_t below)
{
	*(uint32_t *)data = below;
	return below - 1;
}

static void test_steps(void)
{
	static const int64_t calm[] = {5 * SECOND, 15 * SECOND, MINUTE, 5 * MINUTE, 15 * MINUTE};
	for (int64_t tries = 1; tries <= 1000; tries++) {
		int64_t at = tries <= 5 ? tries - 1 : 4;
		CHECK_INT(outbox_wait_ms(5 * SECOND, tries, false, lowest, NULL), calm[at]);
		CHECK_INT(outbox_wait_ms(5 * SECOND, tries, true, lowest, NULL),
			calm[at < 2 ? at : 2]);
	}
	CHECK_INT(outbox_wait_max_ms(5 * SECOND, false), 15 * MINUTE);
	CHECK_INT(outbox_wait_max_ms(5 * SECOND, true), MINUTE);
}

static void test_jitter_only_shortens(void)
{
	uint32_t below = 0;
	CHECK_INT(outbox_wait_ms(5 * SECOND, 3, true, highest, &below), 45 * SECOND);
	CHECK_INT(below, 15 * SECOND + 1);
	CHECK_INT(outbox_wait_ms(1, 1, true, highest, &below), 1);
	/* The longest that can be set: the quarter is more than 32 bits hold. */
	CHECK(outbox_wait_ms((int64_t)HOUR * 24 * 20, 9, false, highest, &below) > 0);
}

static void test_giving_up(void)
{
	int64_t day = (int64_t)24 * HOUR;
	CHECK(!outbox_is_over(day, 1000, 1000 + day - 1, 100));
	CHECK(outbox_is_over(day, 1000, 1000 + day, 100));
	/* A clock that was set a year ahead, or back. */
	CHECK(!outbox_is_over(day, 1000, 1000 + 365 * day, OUTBOX_TRIES_MIN - 1));
	CHECK(outbox_is_over(day, 1000, 1000 + 365 * day, OUTBOX_TRIES_MIN));
	CHECK(!outbox_is_over(day, 1000, -365 * day, 100));
}

int main(void)
{
	RUN(test_steps);
	RUN(test_jitter_only_shortens);
	RUN(test_giving_up);
	return tap_done();
}
