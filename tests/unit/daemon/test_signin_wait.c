/* Waiting after wrong passwords: a name nobody has waits as an account does. */
#include "daemon/signin_wait.h"

#include "tests/unit/tap.h"

#include <sodium.h>

enum {
	NOW = 10000000,
};

static void test_waits_grow(void)
{
	static const int64_t waits_s[] = {0, 0, 0, 0, 0, 2, 4, 8, 16, 32, 60, 60};
	struct signin_wait wait = {0};
	for (size_t i = 0; i < sizeof(waits_s) / sizeof(waits_s[0]); i++) {
		signin_wait_note(&wait, NOW + (int64_t)i);
		CHECK_INT(signin_wait_left_ms(&wait, NOW + (int64_t)i), waits_s[i] * 1000);
	}
	CHECK_INT(signin_wait_left_ms(&wait, NOW + 100000), 0);
}

static void test_forgotten(void)
{
	struct signin_wait wait = {0};
	for (int i = 0; i < 6; i++) {
		signin_wait_note(&wait, NOW);
	}
	CHECK(signin_wait_left_ms(&wait, NOW) > 0);
	signin_wait_note(&wait, NOW + SIGNIN_FORGET_MS - 1);
	CHECK(signin_wait_left_ms(&wait, NOW + SIGNIN_FORGET_MS - 1) > 0);
	signin_wait_note(&wait, NOW + 3 * SIGNIN_FORGET_MS);
	CHECK_INT(signin_wait_left_ms(&wait, NOW + 3 * SIGNIN_FORGET_MS), 0);
	CHECK_INT(wait.failures, 1);
}

/* Step by step the same for both. */
static void test_no_difference(void)
{
	struct signin_strangers strangers = {.key = {1}};
	struct signin_wait account = {0};
	uint64_t nobody = signin_stranger_of(&strangers, "nobody", 6);
	int64_t now = NOW;
	for (int i = 0; i < 100; i++) {
		CHECK_INT(signin_stranger_left_ms(&strangers, nobody, now),
			signin_wait_left_ms(&account, now));
		signin_stranger_note(&strangers, nobody, now);
		signin_wait_note(&account, now);
		CHECK_INT(signin_stranger_left_ms(&strangers, nobody, now),
			signin_wait_left_ms(&account, now));
		now += i % 17 == 16 ? SIGNIN_FORGET_MS : i * 997;
	}
	uint64_t other = signin_stranger_of(&strangers, "nobodz", 6);
	CHECK(other != nobody);
	CHECK_INT(signin_stranger_left_ms(&strangers, other, now), 0);
	signin_strangers_finish(&strangers);
}

static void test_bounded_and_swept(void)
{
	struct signin_strangers strangers = {.key = {2}};
	for (uint32_t i = 0; i < SIGNIN_STRANGERS_MAX + 100; i++) {
		uint64_t id = signin_stranger_of(&strangers, (const char *)&i, sizeof(i));
		signin_stranger_note(&strangers, id, NOW);
	}
	CHECK_INT(strangers.by_name.count, SIGNIN_STRANGERS_MAX);
	signin_stranger_note(&strangers, 7, NOW + SIGNIN_FORGET_MS);
	CHECK_INT(strangers.by_name.count, 1);
	signin_strangers_finish(&strangers);
	CHECK_INT(strangers.by_name.count, 0);
}

int main(void)
{
	if (sodium_init() < 0) {
		return EXIT_FAILURE;
	}
	RUN(test_waits_grow);
	RUN(test_forgotten);
	RUN(test_no_difference);
	RUN(test_bounded_and_swept);
	return tap_done();
}
