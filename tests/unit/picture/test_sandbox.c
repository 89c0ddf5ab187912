/* What a locked-in process can still do, tried by processes that lock themselves in. */
#include "picture/sandbox.h"
#include "tests/unit/tap.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	PAGE = 4096,
	HALF_GIB = 512 * 1024 * 1024,
};

/* Each runs locked in and returns what the process exits with. */

static int do_nothing(void)
{
	return 0;
}

static int do_speak(void)
{
	char byte;
	return read(STDIN_FILENO, &byte, 1) == 0 && write(STDOUT_FILENO, "", 0) == 0 ? 0 : 1;
}

static int do_take_memory(void)
{
	void *some = malloc(64 * 1024 * 1024);
	bool got = some != NULL;
	free(some);
	return got ? 0 : 1;
}

static int do_take_too_much(void)
{
	void *much = mmap(
		NULL, HALF_GIB + PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return much == MAP_FAILED && errno == ENOMEM ? 0 : 1;
}

static int do_open(void)
{
	return open("/etc/passwd", O_RDONLY | O_CLOEXEC);
}

static int do_socket(void)
{
	return socket(AF_INET, SOCK_STREAM, 0);
}

static int do_fork(void)
{
	return fork() == 0 ? 0 : 1;
}

static int do_exec(void)
{
	return execl("/bin/true", "true", (char *)NULL);
}

static int do_signal_parent(void)
{
	return kill(getppid(), 0);
}

static int do_write_elsewhere(void)
{
	return (int)write(STDERR_FILENO, "x", 1);
}

static int do_make_code(void)
{
	return mmap(NULL, PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ==
	       MAP_FAILED;
}

static int do_unlock(void)
{
	return prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
}

/* The wait status of a child that locks itself in and does that. */
static int of(int (*deed)(void))
{
	fflush(stdout);
	pid_t child = fork();
	if (child == 0) {
		int nothing = open("/dev/null", O_RDWR);
		dup2(nothing, STDIN_FILENO);
		dup2(nothing, STDOUT_FILENO);
		_exit(sandbox_enter() ? deed() : 99);
	}
	int status = 0;
	waitpid(child, &status, 0);
	return status;
}

static bool ends_well(int (*deed)(void))
{
	int status = of(deed);
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static bool is_stopped(int (*deed)(void))
{
	int status = of(deed);
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS;
}

static void test_it_can_do_its_work(void)
{
	CHECK(ends_well(do_nothing));
	CHECK(ends_well(do_speak));
	CHECK(ends_well(do_take_memory));
	CHECK(ends_well(do_take_too_much));
}

static void test_and_nothing_else(void)
{
	CHECK(is_stopped(do_open));
	CHECK(is_stopped(do_socket));
	CHECK(is_stopped(do_fork));
	CHECK(is_stopped(do_exec));
	CHECK(is_stopped(do_signal_parent));
	CHECK(is_stopped(do_write_elsewhere));
	CHECK(is_stopped(do_make_code));
	CHECK(is_stopped(do_unlock));
}

static int inherited;

static int do_read_inherited(void)
{
	char byte;
	return (int)read(inherited, &byte, 1);
}

static void test_open_files_are_of_no_use(void)
{
	inherited = open("/etc/passwd", O_RDONLY);
	CHECK(inherited > 2);
	CHECK(is_stopped(do_read_inherited));
	close(inherited);
}

int main(void)
{
	RUN(test_it_can_do_its_work);
	RUN(test_and_nothing_else);
	RUN(test_open_files_are_of_no_use);
	return tap_done();
}
