/*
 * The whole test library: each CHECK that fails says where, each test prints one
 * TAP line ("ok 3 - name"), and the program's exit status says whether all held.
 * tests/run adds the lines of all programs up.
 *
 *	static void test_empty(void) { CHECK(thing_count() == 0); }
 *	int main(void) { RUN(test_empty); return tap_done(); }
 */
#ifndef HARK_TESTS_UNIT_TAP_H
#define HARK_TESTS_UNIT_TAP_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int tap_run_count; /* tests started */
static int tap_failed_count; /* tests with a failed CHECK */
static bool tap_this_failed; /* the running test has one */

#define CHECK(condition)                                                                           \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			printf("# %s:%d: not so: %s\n", __FILE__, __LINE__, #condition);           \
			tap_this_failed = true;                                                    \
		}                                                                                  \
	} while (0)

#define CHECK_INT(got, expected)                                                                   \
	do {                                                                                       \
		long long got_ = (long long)(got), expected_ = (long long)(expected);              \
		if (got_ != expected_) {                                                           \
			printf("# %s:%d: %s is %lld, expected %lld\n", __FILE__, __LINE__, #got,   \
				got_, expected_);                                                  \
			tap_this_failed = true;                                                    \
		}                                                                                  \
	} while (0)

#define CHECK_STR(got, expected)                                                                   \
	do {                                                                                       \
		const char *got_ = (got), *expected_ = (expected);                                 \
		if (got_ == NULL || strcmp(got_, expected_) != 0) {                                \
			printf("# %s:%d: %s is \"%s\", expected \"%s\"\n", __FILE__, __LINE__,     \
				#got, got_ == NULL ? "(null)" : got_, expected_);                  \
			tap_this_failed = true;                                                    \
		}                                                                                  \
	} while (0)

/* For what makes the rest of a test pointless. */
#define REQUIRE(condition)                                                                         \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			printf("# %s:%d: required: %s\n", __FILE__, __LINE__, #condition);         \
			tap_this_failed = true;                                                    \
			return;                                                                    \
		}                                                                                  \
	} while (0)

#define RUN(test) tap_run(#test, test)

static inline void tap_run(const char *name, void (*test)(void))
{
	tap_this_failed = false;
	test();
	tap_run_count++;
	tap_failed_count += tap_this_failed;
	printf("%s %d - %s\n", tap_this_failed ? "not ok" : "ok", tap_run_count, name);
	fflush(stdout);
}

/* Prints the plan; returns main's exit status. */
static inline int tap_done(void)
{
	printf("1..%d\n", tap_run_count);
	return tap_failed_count == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#endif
