/*
 * Locking in, one step after the other failing: a process that could not take the whole of it says
 * so, and reads nothing. The system's calls are answered by the test, so nothing is locked here.
 */
#include <fcntl.h>
#include <seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "tests/unit/tap.h"

static int steps; /* taken so far */
static int failing; /* which one fails, from 1; 0: none */
static int released; /* filters given back */
static bool proc; /* whether there is a /proc */
static rlim_t memory; /* what was asked for */

static int step(void)
{
	return ++steps == failing ? -1 : 0;
}

static FILE *fake_fopen(const char *path, const char *mode)
{
	return proc ? fopen(path, mode) : NULL;
}

static int fake_setrlimit(__rlimit_resource_t what, const struct rlimit *limit)
{
	if (what == RLIMIT_AS) {
		memory = limit->rlim_cur;
	}
	return step();
}

static int fake_prctl(int what, ...)
{
	(void)what;
	return step();
}

static void *fake_init(uint32_t action)
{
	static int filter;
	CHECK_INT(action, SCMP_ACT_KILL_PROCESS);
	return step() == 0 ? &filter : NULL;
}

static int fake_rule(scmp_filter_ctx filter, uint32_t action, int call, unsigned count,
	const struct scmp_arg_cmp *arguments)
{
	CHECK(filter != NULL && action == SCMP_ACT_ALLOW && call >= 0);
	CHECK((count == 0) == (arguments == NULL));
	return step();
}

static int fake_load(scmp_filter_ctx filter)
{
	(void)filter;
	return step();
}

static void fake_release(scmp_filter_ctx filter)
{
	CHECK(filter != NULL);
	released++;
}

static int fake_close_range(unsigned first, unsigned last, int flags)
{
	(void)flags;
	CHECK(first == STDERR_FILENO + 1 && last == ~0U);
	return 0;
}

#define fopen fake_fopen
#define setrlimit fake_setrlimit
#define prctl fake_prctl
#define seccomp_init fake_init
#define seccomp_rule_add_array fake_rule
#define seccomp_load fake_load
#define seccomp_release fake_release
#define close_range fake_close_range
#include "picture/sandbox.c"
#undef fopen

static bool enter(int fails_at)
{
	steps = released = 0;
	failing = fails_at;
	return sandbox_enter();
}

static void test_every_step_counts(void)
{
	proc = true;
	CHECK(enter(0));
	int all = steps;
	CHECK(all >= 20);
	for (int at = 1; at <= all; at++) {
		CHECK(!enter(at));
		CHECK_INT(steps, at); /* and none is taken after it */
	}
	/* The filter is given back where it was made and not loaded. */
	CHECK(!enter(all));
	CHECK_INT(released, 1);
}

static void test_without_proc(void)
{
	proc = true;
	CHECK(enter(0));
	CHECK(memory > MEMORY_MAX);
	proc = false;
	CHECK(enter(0));
	CHECK_INT(memory, MEMORY_MAX);
}

int main(void)
{
	RUN(test_every_step_counts);
	RUN(test_without_proc);
	return tap_done();
}
