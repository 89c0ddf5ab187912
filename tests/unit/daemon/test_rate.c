/* Token buckets: what they hold, when they refuse, what odd clocks and huge numbers do to them. */
#include "daemon/rate.h"

#include "tests/unit/daemon/random.h"
#include "tests/unit/tap.h"

static const struct rate_limit TEN = {.capacity = 10, .per_s = 2};

static void test_full_at_first_then_refused(void)
{
	struct rate_bucket bucket;
	int64_t retry_ms = -1;
	rate_init(&bucket, &TEN, 1000);
	for (int i = 0; i < 10; i++) {
		CHECK(rate_take(&bucket, &TEN, 1, 1000, &retry_ms));
	}
	CHECK_INT(retry_ms, -1); /* set only when refused */
	CHECK(!rate_take(&bucket, &TEN, 1, 1000, &retry_ms));
	CHECK_INT(retry_ms, 500);
	CHECK(!rate_take(&bucket, &TEN, 3, 1000, &retry_ms));
	CHECK_INT(retry_ms, 1500);
}

static void test_a_refusal_takes_nothing(void)
{
	struct rate_bucket bucket;
	int64_t retry_ms;
	rate_init(&bucket, &TEN, 0);
	CHECK(rate_take(&bucket, &TEN, 7, 0, &retry_ms));
	CHECK(!rate_take(&bucket, &TEN, 4, 0, &retry_ms));
	CHECK(rate_take(&bucket, &TEN, 3, 0, &retry_ms));
}

static void test_refills_to_capacity_and_no_more(void)
{
	struct rate_bucket bucket;
	int64_t retry_ms;
	rate_init(&bucket, &TEN, 0);
	CHECK(rate_take(&bucket, &TEN, 10, 0, &retry_ms));
	CHECK(!rate_take(&bucket, &TEN, 2, 999, &retry_ms));
	CHECK_INT(retry_ms, 1);
	CHECK(rate_take(&bucket, &TEN, 2, 1000, &retry_ms));
	CHECK(rate_take(&bucket, &TEN, 10, 1000000, &retry_ms));
	CHECK(!rate_take(&bucket, &TEN, 1, 1000000, &retry_ms));
}

static void test_small_steps_lose_nothing(void)
{
	struct rate_limit slow = {.capacity = 1, .per_s = 1};
	struct rate_bucket bucket;
	int64_t retry_ms;
	rate_init(&bucket, &slow, 0);
	CHECK(rate_take(&bucket, &slow, 1, 0, &retry_ms));
	for (int64_t now_ms = 1; now_ms < 1000; now_ms++) {
		CHECK(!rate_take(&bucket, &slow, 1, now_ms, &retry_ms));
		CHECK_INT(retry_ms, 1000 - now_ms);
	}
	CHECK(rate_take(&bucket, &slow, 1, 1000, &retry_ms));
}

static void test_more_than_capacity_never(void)
{
	struct rate_bucket bucket;
	int64_t retry_ms = 0;
	rate_init(&bucket, &TEN, 0);
	CHECK(!rate_take(&bucket, &TEN, 11, 0, &retry_ms));
	CHECK_INT(retry_ms, INT64_MAX);
	CHECK(rate_take(&bucket, &TEN, 10, 0, &retry_ms));
}

static void test_nothing_costs_nothing(void)
{
	struct rate_limit none = {.capacity = 0, .per_s = 0};
	struct rate_bucket bucket;
	int64_t retry_ms = 0;
	rate_init(&bucket, &none, 0);
	CHECK(rate_take(&bucket, &none, 0, 0, &retry_ms));
	CHECK(!rate_take(&bucket, &none, 1, INT64_MAX, &retry_ms));
	CHECK_INT(retry_ms, INT64_MAX);
}

static void test_no_refill_means_never(void)
{
	struct rate_limit once = {.capacity = 2, .per_s = 0};
	struct rate_bucket bucket;
	int64_t retry_ms = 0;
	rate_init(&bucket, &once, 0);
	CHECK(rate_take(&bucket, &once, 2, 0, &retry_ms));
	CHECK(!rate_take(&bucket, &once, 1, INT64_MAX, &retry_ms));
	CHECK_INT(retry_ms, INT64_MAX);
}

static void test_clock_steps_back(void)
{
	struct rate_bucket bucket;
	int64_t retry_ms;
	rate_init(&bucket, &TEN, 1000000);
	CHECK(rate_take(&bucket, &TEN, 10, 1000000, &retry_ms));
	CHECK(!rate_take(&bucket, &TEN, 1, 0, &retry_ms)); /* refills nothing */
	CHECK_INT(retry_ms, 500);
	CHECK(rate_take(&bucket, &TEN, 1, 500, &retry_ms)); /* nor waits until it has caught up */
	CHECK(!rate_take(&bucket, &TEN, 1, 500, &retry_ms));
}

static void test_extreme_clocks(void)
{
	struct rate_bucket bucket;
	int64_t retry_ms;
	rate_init(&bucket, &TEN, INT64_MIN);
	CHECK(rate_take(&bucket, &TEN, 10, INT64_MIN, &retry_ms));
	CHECK(rate_take(&bucket, &TEN, 10, INT64_MAX, &retry_ms));
	CHECK(!rate_take(&bucket, &TEN, 10, INT64_MIN, &retry_ms));
	CHECK_INT(retry_ms, 5000);
}

static void test_extreme_limits(void)
{
	struct rate_limit huge = {.capacity = INT64_MAX, .per_s = INT64_MAX};
	struct rate_bucket bucket;
	int64_t retry_ms = 0;
	rate_init(&bucket, &huge, 0);
	CHECK(rate_take(&bucket, &huge, INT64_MAX / 1000, 0, &retry_ms));
	CHECK(!rate_take(&bucket, &huge, 1, 0, &retry_ms));
	CHECK_INT(retry_ms, 1);
	CHECK(!rate_take(&bucket, &huge, INT64_MAX, 0, &retry_ms));
	CHECK_INT(retry_ms, INT64_MAX);
	CHECK(rate_take(&bucket, &huge, INT64_MAX / 1000, INT64_MAX, &retry_ms));
}

static void test_limit_lowered_while_running(void)
{
	struct rate_limit wide = {.capacity = 100, .per_s = 2};
	struct rate_bucket bucket;
	int64_t retry_ms;
	rate_init(&bucket, &wide, 0);
	CHECK(rate_take(&bucket, &TEN, 10, 0, &retry_ms));
	CHECK(!rate_take(&bucket, &TEN, 1, 0, &retry_ms));
}

/* Whatever the limits and steps: retry_ms is exactly when it would work, and never too early. */
static void test_retry_is_exact(void)
{
	struct random random = {.state = 20};
	for (int round = 0; round < 20000; round++) {
		struct rate_limit limit = {
			.capacity = 1 + random_below(&random, 1000),
			.per_s = 1 + random_below(&random, 3000),
		};
		struct rate_bucket bucket;
		int64_t now_ms = random_below(&random, 1000000);
		int64_t retry_ms;
		rate_init(&bucket, &limit, now_ms);
		for (int i = 0; i < 20; i++) {
			now_ms += random_below(&random, 100);
			int64_t credits = 1 + random_below(&random, limit.capacity);
			if (rate_take(&bucket, &limit, credits, now_ms, &retry_ms)) {
				continue;
			}
			struct rate_bucket early = bucket;
			int64_t ignored_ms;
			CHECK(retry_ms > 0);
			CHECK(!rate_take(
				&early, &limit, credits, now_ms + retry_ms - 1, &ignored_ms));
			CHECK(rate_take(&bucket, &limit, credits, now_ms + retry_ms, &ignored_ms));
			now_ms += retry_ms;
		}
	}
}

/* Over any stretch no more is given than the capacity and what comes in. */
static void test_never_more_than_the_rate(void)
{
	struct random random = {.state = 21};
	for (int round = 0; round < 200; round++) {
		struct rate_limit limit = {
			.capacity = 1 + random_below(&random, 100),
			.per_s = 1 + random_below(&random, 100),
		};
		struct rate_bucket bucket;
		int64_t now_ms = 0, given = 0, retry_ms;
		rate_init(&bucket, &limit, now_ms);
		for (int i = 0; i < 2000; i++) {
			now_ms += random_below(&random, 50);
			int64_t credits = random_below(&random, limit.capacity + 1);
			if (rate_take(&bucket, &limit, credits, now_ms, &retry_ms)) {
				given += credits;
			}
			CHECK(given * 1000 <= limit.capacity * 1000 + now_ms * limit.per_s);
		}
		CHECK(given * 1000 >= now_ms * limit.per_s / 4); /* and not much less */
	}
}

int main(void)
{
	RUN(test_full_at_first_then_refused);
	RUN(test_a_refusal_takes_nothing);
	RUN(test_refills_to_capacity_and_no_more);
	RUN(test_small_steps_lose_nothing);
	RUN(test_more_than_capacity_never);
	RUN(test_nothing_costs_nothing);
	RUN(test_no_refill_means_never);
	RUN(test_clock_steps_back);
	RUN(test_extreme_clocks);
	RUN(test_extreme_limits);
	RUN(test_limit_lowered_while_running);
	RUN(test_retry_is_exact);
	RUN(test_never_more_than_the_rate);
	return tap_done();
}
