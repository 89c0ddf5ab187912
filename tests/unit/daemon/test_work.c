/* Proof of work: what is taken, once, and what is not. */
#include "daemon/work.h"

#include "tests/unit/tap.h"

#include <sodium.h>

static const uint8_t key[WORK_KEY_BYTES] = {7}, salt[WORK_SALT_BYTES] = {1, 2, 3, 4, 5, 6};
static const uint8_t ada[WORK_TOKEN_BYTES] = {1}, bo[WORK_TOKEN_BYTES] = {2};

enum {
	BITS = 8, /* about 256 tries */
	NOW = 5000000,
};

static unsigned zeros(const uint8_t solution[WORK_BYTES])
{
	uint8_t hash[crypto_hash_sha256_BYTES];
	crypto_hash_sha256(hash, solution, WORK_BYTES);
	unsigned bits = 0;
	while (bits < 32 && (hash[bits / 8] & (0x80 >> bits % 8)) == 0) {
		bits++;
	}
	return bits;
}

/* Tries numbers until it fits, or, with fits false, until it does not. */
static void solve(uint8_t solution[WORK_BYTES], unsigned bits, bool fits)
{
	for (uint32_t i = 0; (zeros(solution) >= bits) != fits; i++) {
		memcpy(solution + WORK_CHALLENGE_BYTES, &i, sizeof(i));
	}
}

static void solved(const struct work *work, uint8_t seed, uint8_t solution[WORK_BYTES])
{
	uint8_t other[WORK_SALT_BYTES] = {seed};
	memset(solution, 0, WORK_BYTES);
	work_ask(work, WORK_ROOM, BITS, ada, other, NOW, solution);
	solve(solution, BITS, true);
}

static void test_taken_once(void)
{
	struct work *work = work_create(key, NOW);
	uint8_t one[WORK_BYTES], two[WORK_BYTES];
	solved(work, 1, one);
	solved(work, 2, two);
	CHECK_INT(work_take(work, WORK_ROOM, 0, ada, one, NOW + 1000), WORK_OK);
	CHECK_INT(work_take(work, WORK_ROOM, 0, ada, one, NOW + 1000), WORK_SPENT);
	CHECK_INT(work_take(work, WORK_ROOM, 0, ada, one, NOW + WORK_LIFE_MS - 1), WORK_SPENT);
	CHECK_INT(work_take(work, WORK_ROOM, 0, ada, two, NOW + WORK_LIFE_MS - 1), WORK_OK);
	/* Another solution of the same challenge is the same. */
	uint8_t again[WORK_BYTES];
	memcpy(again, two, sizeof(again));
	again[WORK_BYTES - 1]++;
	solve(again, BITS, true);
	CHECK_INT(work_take(work, WORK_ROOM, 0, ada, again, NOW + WORK_LIFE_MS - 1), WORK_SPENT);
	work_destroy(work);
}

static void test_ends(void)
{
	struct work *work = work_create(key, NOW);
	uint8_t one[WORK_BYTES];
	solved(work, 1, one);
	CHECK_INT(work_take(work, WORK_ROOM, 0, ada, one, NOW + WORK_LIFE_MS), WORK_ENDED);
	CHECK_INT(work_take(work, WORK_ROOM, 0, ada, one, INT64_MAX), WORK_ENDED);
	/* What was refused is not spent. */
	CHECK_INT(work_take(work, WORK_ROOM, 0, ada, one, NOW + WORK_LIFE_MS - 1), WORK_OK);
	work_destroy(work);
}

/* One from the future is one from before the clock stepped back; and what was taken then stays
 * taken. */
static void test_clock_steps(void)
{
	struct work *work = work_create(key, NOW);
	uint8_t one[WORK_BYTES], two[WORK_BYTES];
	solved(work, 1, one);
	solved(work, 2, two);
	CHECK_INT(work_take(work, WORK_ROOM, 0, ada, one, NOW), WORK_OK);
	CHECK_INT(work_take(work, WORK_ROOM, 0, ada, two, NOW - 1), WORK_ENDED);
	CHECK_INT(work_take(work, WORK_ROOM, 0, ada, two, 0), WORK_ENDED);
	CHECK_INT(work_take(work, WORK_ROOM, 0, ada, two, NOW + 10 * WORK_LIFE_MS), WORK_ENDED);
	CHECK_INT(work_take(work, WORK_ROOM, 0, ada, one, NOW), WORK_SPENT);
	work_destroy(work);
}

static void test_not_enough(void)
{
	struct work *work = work_create(key, NOW);
	uint8_t one[WORK_BYTES];
	solved(work, 1, one);
	solve(one, BITS, false);
	CHECK_INT(work_take(work, WORK_ROOM, 0, ada, one, NOW), WORK_EASY);
	work_destroy(work);
}

/* What was done for an easier moment than is wanted now is refused, and not spent by that. */
static void test_too_easy_by_now(void)
{
	struct work *work = work_create(key, NOW);
	uint8_t one[WORK_BYTES];
	solved(work, 1, one);
	CHECK_INT(work_bits(one), BITS);
	CHECK_INT(work_take(work, WORK_ROOM, BITS + 1, ada, one, NOW), WORK_EASY);
	CHECK_INT(work_take(work, WORK_ROOM, BITS, ada, one, NOW), WORK_OK);
	work_destroy(work);
}

static void test_nobody_elses(void)
{
	struct work *work = work_create(key, NOW);
	uint8_t one[WORK_BYTES];
	solved(work, 1, one);
	CHECK_INT(work_take(work, WORK_ROOM, 0, bo, one, NOW), WORK_FORGED);
	CHECK_INT(work_take(work, WORK_CODENAME, 0, ada, one, NOW), WORK_FORGED);
	CHECK_INT(work_take(work, WORK_ADULT, 0, ada, one, NOW), WORK_FORGED);
	static const uint8_t other_key[WORK_KEY_BYTES] = {8};
	struct work *restarted = work_create(other_key, NOW);
	CHECK_INT(work_take(restarted, WORK_ROOM, 0, ada, one, NOW), WORK_FORGED);
	work_destroy(restarted);
	work_destroy(work);
}

/* Every bit of a challenge counts: neither longer nor easier nor for something else. */
static void test_no_bit_can_be_changed(void)
{
	struct work *work = work_create(key, NOW);
	uint8_t one[WORK_BYTES];
	solved(work, 1, one);
	for (unsigned bit = 0; bit < 8 * WORK_CHALLENGE_BYTES; bit++) {
		uint8_t changed[WORK_BYTES];
		memcpy(changed, one, sizeof(changed));
		changed[bit / 8] ^= (uint8_t)(1 << bit % 8);
		CHECK_INT(work_take(work, WORK_ROOM, 0, ada, changed, NOW), WORK_FORGED);
	}
	CHECK_INT(work_take(work, WORK_ROOM, 0, ada, one, NOW), WORK_OK);
	work_destroy(work);
}

static enum work_status take_easy_for(
	struct work *work, enum work_purpose purpose, uint32_t number, int64_t now)
{
	uint8_t many[WORK_SALT_BYTES] = {0}, solution[WORK_BYTES] = {0};
	memcpy(many, &number, sizeof(number));
	work_ask(work, purpose, 1, ada, many, now, solution);
	solve(solution, 1, true);
	return work_take(work, purpose, 0, ada, solution, now);
}

static enum work_status take_easy(struct work *work, uint32_t number, int64_t now)
{
	return take_easy_for(work, WORK_ROOM, number, now);
}

/* What is remembered is bounded; none is taken twice to make room. */
static void test_bounded(void)
{
	struct work *work = work_create(key, NOW);
	uint32_t taken = 0;
	while (taken <= WORK_SPENT_MAX && take_easy(work, taken, NOW) == WORK_OK) {
		taken++;
	}
	CHECK_INT(taken, WORK_SPENT_MAX);
	CHECK_INT(take_easy(work, 0, NOW), WORK_SPENT);
	CHECK_INT(take_easy(work, 1000000, NOW), WORK_CROWDED);
	/* Whoever filled it keeps nobody from anything else. */
	CHECK_INT(take_easy_for(work, WORK_ADULT, 0, NOW), WORK_OK);
	CHECK_INT(take_easy_for(work, WORK_ADULT, 0, NOW), WORK_SPENT);
	CHECK_INT(take_easy_for(work, WORK_CODENAME, 0, NOW), WORK_OK);
	CHECK_INT(take_easy(work, 1000000, NOW + WORK_LIFE_MS), WORK_OK);
	CHECK_INT(take_easy(work, 1000001, NOW + 5 * WORK_LIFE_MS), WORK_OK);
	work_destroy(work);
	work_destroy(NULL);
}

static void test_opens(void)
{
	CHECK(work_opens(WORK_OK, WORK_ROOM) && work_opens(WORK_OK, WORK_CODENAME));
	CHECK(work_opens(WORK_CROWDED, WORK_ROOM) && work_opens(WORK_CROWDED, WORK_ADULT));
	CHECK(!work_opens(WORK_CROWDED, WORK_CODENAME));
	for (enum work_status status = WORK_FORGED; status < WORK_CROWDED; status++) {
		CHECK(!work_opens(status, WORK_ROOM) && !work_opens(status, WORK_ADULT));
	}
}

static void test_says_how_hard(void)
{
	struct work *work = work_create(key, NOW);
	uint8_t a[WORK_CHALLENGE_BYTES], b[WORK_CHALLENGE_BYTES];
	static const uint8_t other[WORK_SALT_BYTES] = {9};
	work_ask(work, WORK_ROOM, 17, ada, salt, NOW, a);
	work_ask(work, WORK_ROOM, 17, ada, salt, NOW, b);
	CHECK(memcmp(a, b, sizeof(a)) == 0); /* nothing but what went in */
	work_ask(work, WORK_ROOM, 17, ada, other, NOW, b);
	CHECK(memcmp(a, b, sizeof(a)) != 0);
	work_destroy(work);
}

int main(void)
{
	if (sodium_init() < 0) {
		return EXIT_FAILURE;
	}
	RUN(test_taken_once);
	RUN(test_ends);
	RUN(test_clock_steps);
	RUN(test_not_enough);
	RUN(test_too_easy_by_now);
	RUN(test_nobody_elses);
	RUN(test_no_bit_can_be_changed);
	RUN(test_bounded);
	RUN(test_opens);
	RUN(test_says_how_hard);
	return tap_done();
}
