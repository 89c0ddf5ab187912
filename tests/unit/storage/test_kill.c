/*
 * A process writes and tells each commit it was given; it is killed in the middle, again
 * and again on the same file. Every commit it told of is there afterwards.
 *
 * HARK_KILLS=500 for a long run.
 */
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/storage/sim_life.h"
#include "tests/unit/tap.h"

/* This program again, as the writer: `from` is the last commit. Never returns. */
static void write_for_ever(const char *path, int from, int out)
{
	struct life life = {.path = path, .vfs_name = "vault", .acknowledged = from};
	struct help_random random = {(uint64_t)from};
	if (vault_register("vault", help_key_a) != VAULT_OK || life_open(&life) != VAULT_OK) {
		_exit(1);
	}
	while (life_commit(&life) == SQLITE_OK &&
		write(out, &life.acknowledged, sizeof(life.acknowledged)) > 0) {
		life_do_something_else(&life, &random);
	}
	_exit(1);
}

/* Starts the writer; `told` is where it tells its commits. */
static pid_t start_writer(const char *path, int from, int *told)
{
	int ends[2];
	if (pipe(ends) != 0) {
		return -1;
	}
	pid_t child = fork();
	if (child == 0) {
		char from_text[16];
		char out_text[16];
		snprintf(from_text, sizeof(from_text), "%d", from);
		snprintf(out_text, sizeof(out_text), "%d", ends[1]);
		execl("/proc/self/exe", "writer", path, from_text, out_text, (char *)NULL);
		_exit(1);
	}
	close(ends[1]);
	*told = ends[0];
	return child;
}

/* Reads until `until` commits were told of, kills, reads what was told besides. */
static int let_it_write(pid_t writer, int told, int from, int until)
{
	int last = from;
	for (int i = 0; i < until; i++) {
		if (read(told, &last, sizeof(last)) != (ssize_t)sizeof(last)) {
			break;
		}
	}
	kill(writer, SIGKILL);
	while (read(told, &last, sizeof(last)) == (ssize_t)sizeof(last)) {
	}
	close(told);
	int status = 0;
	waitpid(writer, &status, 0);
	CHECK(WIFSIGNALED(status));
	return last;
}

static void test_no_acknowledged_commit_is_lost(void)
{
	struct help_random random = {(uint64_t)help_times("HARK_SEED", 1, 1)};
	char path[600];
	snprintf(path, sizeof(path), "%s", help_path("kill.db"));
	struct life life = {.path = path, .vfs_name = "vault"};
	life_make(&life);

	int kills = help_times("HARK_KILLS", 20, 8);
	for (int i = 0; i < kills; i++) {
		int told;
		int from = life.acknowledged;
		pid_t writer = start_writer(path, from, &told);
		REQUIRE(writer > 0);
		int until = 1 + (int)help_random(&random, 60);
		life.acknowledged = let_it_write(writer, told, from, until);
		CHECK(life.acknowledged >= from + until);

		REQUIRE(life_open(&life) == VAULT_OK);
		REQUIRE(life_is_whole(&life));
		REQUIRE(i % 4 != 0 || life_is_sound(&life));
		if (i % 2 == 0) {
			life_close(&life);
		} else { /* leave the log for the next writer too */
			help_close_like_crash(life.db);
			life.db = NULL;
		}
	}
	printf("# %d commits, %d kills\n", life.acknowledged, kills);
}

static void test_second_process_is_kept_out(void)
{
	char path[600];
	snprintf(path, sizeof(path), "%s", help_path("held.db"));
	struct life life = {.path = path, .vfs_name = "vault"};
	life_make(&life);
	int told;
	int first;
	pid_t writer = start_writer(path, 0, &told);
	REQUIRE(writer > 0);
	CHECK_INT(read(told, &first, sizeof(first)), sizeof(first)); /* now it holds the file */
	CHECK_INT(life_open(&life), VAULT_BUSY);
	life.acknowledged = let_it_write(writer, told, first, 1);
	REQUIRE(life_open(&life) == VAULT_OK);
	CHECK(life_is_whole(&life));
	life_close(&life);
}

int main(int count, char **arguments)
{
	if (count == 4 && strcmp(arguments[0], "writer") == 0) {
		write_for_ever(arguments[1], atoi(arguments[2]), atoi(arguments[3]));
	}
	if (vault_register("vault", help_key_a) != VAULT_OK) {
		return EXIT_FAILURE;
	}
	RUN(test_no_acknowledged_commit_is_lost);
	RUN(test_second_process_is_kept_out);
	vault_unregister("vault");
	return tap_done();
}
