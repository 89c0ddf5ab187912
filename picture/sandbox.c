/* Limits first, then the list of what may still be called. */
#include "picture/sandbox.h"

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

enum {
	MEMORY_MAX = 512 * 1024 * 1024, /* bytes besides what is mapped already */
	PROCESSOR_S = 10,
};

/* Bytes of address space in use: a sanitizer's build has terabytes. 0: not known. */
static rlim_t mapped_now(void)
{
	unsigned long long pages = 0;
	FILE *statm = fopen("/proc/self/statm", "re");
	if (statm == NULL) {
		return 0;
	}
	bool read = fscanf(statm, "%llu", &pages) == 1;
	fclose(statm);
	return read ? (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE) : 0;
}

static bool limit(__rlimit_resource_t what, rlim_t most)
{
	return setrlimit(what, &(struct rlimit){most, most}) == 0;
}

static bool set_limits(void)
{
	/* Without /proc what is mapped is not known; it is not much. */
	return limit(RLIMIT_AS, mapped_now() + MEMORY_MAX) && limit(RLIMIT_CPU, PROCESSOR_S) &&
	       limit(RLIMIT_NOFILE, 0) && limit(RLIMIT_NPROC, 0) && limit(RLIMIT_FSIZE, 0) &&
	       limit(RLIMIT_CORE, 0);
}

static bool allow(scmp_filter_ctx filter, int call)
{
	return seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, call, 0, NULL) == 0;
}

/* The call on that descriptor alone. */
static bool allow_on(scmp_filter_ctx filter, int call, int descriptor)
{
	const struct scmp_arg_cmp which = {
		.arg = 0, .op = SCMP_CMP_EQ, .datum_a = (scmp_datum_t)descriptor};
	return seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, call, 1, &which) == 0;
}

/* Of mmap: memory that is of no file and cannot be executed. */
static bool allow_memory(scmp_filter_ctx filter)
{
	const struct scmp_arg_cmp plain[] = {
		{.arg = 2, .op = SCMP_CMP_MASKED_EQ, .datum_a = PROT_EXEC, .datum_b = 0},
		{.arg = 3,
			.op = SCMP_CMP_MASKED_EQ,
			.datum_a = MAP_ANONYMOUS,
			.datum_b = MAP_ANONYMOUS},
	};
	return seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 2, plain) == 0 &&
	       allow(filter, SCMP_SYS(munmap)) && allow(filter, SCMP_SYS(mremap)) &&
	       allow(filter, SCMP_SYS(brk)) && allow(filter, SCMP_SYS(madvise));
}

/* sigaltstack is what a sanitizer's build calls on its way out; it gives nobody anything. */
static bool fill(scmp_filter_ctx filter)
{
	return allow_on(filter, SCMP_SYS(read), STDIN_FILENO) &&
	       allow_on(filter, SCMP_SYS(write), STDOUT_FILENO) && allow_memory(filter) &&
	       allow(filter, SCMP_SYS(futex)) && allow(filter, SCMP_SYS(exit)) &&
	       allow(filter, SCMP_SYS(exit_group)) && allow(filter, SCMP_SYS(rt_sigreturn)) &&
	       allow(filter, SCMP_SYS(sigaltstack));
}

static bool lock(void)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
	if (filter == NULL) {
		return false;
	}
	bool locked = fill(filter) && seccomp_load(filter) == 0;
	if (!locked) {
		seccomp_release(filter);
	}
	return locked; /* with it, freeing is not worth a call */
}

bool sandbox_enter(void)
{
	close_range(STDERR_FILENO + 1, ~0U, 0);
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	       prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 &&
	       prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0 && set_limits() && lock();
}
