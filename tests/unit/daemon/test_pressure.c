/* Pressure: counted over a minute, and what it asks for. */
#include "daemon/pressure.h"

#include "tests/unit/tap.h"

static unsigned bits_of(int64_t is, int64_t usual)
{
	struct pressure_load load = {is, usual};
	return pressure_bits(&load, 1);
}

static void test_nothing_is_asked_without_pressure(void)
{
	CHECK_INT(pressure_bits(NULL, 0), 0);
	CHECK_INT(bits_of(0, 1), 0);
	CHECK_INT(bits_of(100, 100), 0);
}

static void test_more_with_more(void)
{
	CHECK_INT(bits_of(101, 100), PRESSURE_BITS_MIN);
	CHECK_INT(bits_of(124, 100), PRESSURE_BITS_MIN);
	CHECK_INT(bits_of(125, 100), PRESSURE_BITS_MIN + 1);
	CHECK_INT(bits_of(225, 100), PRESSURE_BITS_MAX);
	CHECK_INT(bits_of(INT64_MAX, 1), PRESSURE_BITS_MAX);
	CHECK_INT(bits_of(INT64_MAX, 1000000), PRESSURE_BITS_MAX);
	for (int64_t is = 0; is < 1000; is++) {
		CHECK(bits_of(is, 100) <= bits_of(is + 1, 100));
	}
}

/* A sum is good while at most so many more are asked for: from least to most are three, which is as
 * often as a page tries (web/visitor/effort.ts). */
static void test_three_sums_at_most(void)
{
	int sums = 1;
	for (int bits = PRESSURE_BITS_MIN; bits < PRESSURE_BITS_MOST;) {
		bits += PRESSURE_BITS_SLACK + 1; /* meanwhile, at worst */
		sums++;
	}
	CHECK_INT(sums, 3);
	CHECK(PRESSURE_BITS_ADULT - PRESSURE_BITS_MIN <=
		PRESSURE_BITS_SLACK); /* the first will do */
}

static void test_the_heaviest_counts(void)
{
	struct pressure_load loads[] = {{0, 10}, {15, 10}, {3, 10}};
	CHECK_INT(pressure_bits(loads, 3), bits_of(15, 10));
	CHECK_INT(pressure_bits(loads, 1), 0);
}

static void test_a_minute_slides(void)
{
	struct pressure_count count = {0};
	int64_t start = 600000;
	CHECK_INT(pressure_in_last_minute(&count, start), 0);
	for (int i = 0; i < 60; i++) {
		pressure_note(&count, start + i);
	}
	CHECK_INT(pressure_in_last_minute(&count, start + 59999), 60);
	CHECK_INT(pressure_in_last_minute(&count, start + 60000), 60);
	CHECK_INT(pressure_in_last_minute(&count, start + 90000), 30);
	CHECK_INT(pressure_in_last_minute(&count, start + 119000), 1);
	CHECK_INT(pressure_in_last_minute(&count, start + 120000), 0);
	pressure_note(&count, start + 90000);
	CHECK_INT(pressure_in_last_minute(&count, start + 90000), 31);
	pressure_note(&count, start + 300000);
	CHECK_INT(pressure_in_last_minute(&count, start + 300000), 1);
}

/* A clock that steps back begins anew, and never below nothing. */
static void test_clock_steps_back(void)
{
	struct pressure_count count = {0};
	pressure_note(&count, 600000);
	CHECK_INT(pressure_in_last_minute(&count, 60000), 0);
	pressure_note(&count, 60000);
	CHECK_INT(pressure_in_last_minute(&count, 60000), 1);
}

int main(void)
{
	RUN(test_nothing_is_asked_without_pressure);
	RUN(test_more_with_more);
	RUN(test_three_sums_at_most);
	RUN(test_the_heaviest_counts);
	RUN(test_a_minute_slides);
	RUN(test_clock_steps_back);
	return tap_done();
}
