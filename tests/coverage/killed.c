/*
 * A program that counts writes its counts when it ends; killed with SIGKILL it would leave none. So
 * tests/wire/school.mjs kills it with SIGUSR2 instead, and this, linked into every program of
 * make coverage, writes them and kills. Nothing else is put in order, as with SIGKILL.
 *
 * What writes the counts does not bear that memory runs out: when a program ends by itself because
 * of that, there is enough again (tests/fault/memory.c).
 */
#include <dlfcn.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

void __gcov_dump(void);

static void on_killed(int number)
{
	(void)number;
	__gcov_dump();
	kill(getpid(), SIGKILL);
}

__attribute__((constructor)) static void begin(void)
{
	const struct sigaction killed = {.sa_handler = on_killed};
	sigaction(SIGUSR2, &killed, NULL);
}

/* Before the counts are written, whose destructor has a priority. */
__attribute__((destructor)) static void end(void)
{
	void (*suffices)(void);
	void *found = dlsym(RTLD_DEFAULT, "memory_suffices");
	if (found != NULL) {
		memcpy(&suffices, &found, sizeof suffices);
		suffices();
	}
}
