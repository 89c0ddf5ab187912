/* A copy in the place of the file: the one or the other is there, and no log is taken for
 * another's. */
#include "storage/restore.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/storage/store_help.h"
#include "tests/unit/storage/vault_help.h"
#include "tests/unit/tap.h"

enum {
	IN_COPY = 3, /* events */
	IN_FILE = 7,
};

static struct scratch scratch;
static char copy[120], problem[400];

static void write_events(struct store *store, int64_t from, int64_t to)
{
	struct outcome outcomes[IN_FILE + 1] = {0};
	for (int64_t seq = from; seq <= to; seq++) {
		write_event(store, seq, 1, seq, seq - 1, &outcomes[seq]);
		store_flush(store); /* a commit each */
	}
}

/* The later events stand in a log, as a killed process leaves it. */
static void begin(void)
{
	scratch_make(&scratch);
	snprintf(copy, sizeof(copy), "%s/copy.db", scratch.directory);
	struct store *store = scratch_open(&scratch, true);
	write_events(store, 1, IN_COPY);
	store_close(store);
	help_copy_file(scratch.path, copy);
	pid_t child = fork();
	if (child == 0) {
		write_events(scratch_open(&scratch, false), IN_COPY + 1, IN_FILE);
		_exit(0);
	}
	int status = -1;
	if (child < 0 || waitpid(child, &status, 0) != child || status != 0) {
		abort();
	}
}

static bool exists(const char *suffix)
{
	char path[160];
	snprintf(path, sizeof(path), "%s%s", scratch.path, suffix);
	return access(path, F_OK) == 0;
}

static void test_in_the_place_of_the_file(void)
{
	struct restore *restore = NULL;
	char *kept = NULL;
	begin();
	CHECK(exists("-wal"));
	CHECK_INT(restore_begin(scratch.path, copy, false, &restore, problem, sizeof(problem)),
		STORE_REFUSED);
	CHECK(strstr(problem, "there is such a file already") != NULL);
	CHECK_INT(restore_begin(scratch.path, scratch_path(&scratch, "none"), true, &restore,
			  problem, sizeof(problem)),
		STORE_MISSING);
	CHECK_INT(newest_of(scratch.path), IN_FILE);
	scratch_remove(&scratch);

	begin();
	REQUIRE(restore_begin(scratch.path, copy, true, &restore, problem, sizeof(problem)) ==
		STORE_OK);
	CHECK_INT(newest_of(scratch.path), -1); /* nobody gets at it meanwhile */
	CHECK_INT(newest_of(restore_file(restore)), IN_COPY);
	CHECK_INT(restore_put_in_place(restore, store_test_key, &kept, problem, sizeof(problem)),
		STORE_OK);
	restore_finish(restore);
	CHECK(!exists("-wal"));
	CHECK_INT(newest_of(scratch.path), IN_COPY);
	REQUIRE(kept != NULL);
	CHECK_INT(access(scratch_path(&scratch, "hark.restore"), F_OK), -1);
	struct stat made;
	CHECK_INT(stat(scratch.path, &made), 0);
	CHECK_INT(made.st_mode & 07777, 0600);
	/* What was in its log is in the file that was kept. */
	char other[160];
	snprintf(other, sizeof(other), "%s/other", scratch.directory);
	CHECK_INT(mkdir(other, 0700), 0);
	strcat(other, "/hark.db");
	CHECK_INT(rename(kept, other), 0);
	CHECK_INT(newest_of(other), IN_FILE);
	free(kept);
	help_remove_vault(other);
	unlink(scratch_path(&scratch, "other/hark.lock"));
	rmdir(scratch_path(&scratch, "other"));
	scratch_remove(&scratch);
}

/* A log that cannot be emptied goes with its file: beside the new one it would be taken for its. */
static void test_a_damaged_log_goes_with_its_file(void)
{
	struct restore *restore = NULL;
	char *kept = NULL, log[160];
	begin();
	snprintf(log, sizeof(log), "%s-wal", scratch.path);
	size_t bytes;
	uint8_t *frames = help_read_file(log, &bytes);
	frames[32 + 24 + 100] ^= 1; /* of the first frame; whole commits follow */
	help_write_file(log, frames, bytes);
	free(frames);
	CHECK_INT(newest_of(scratch.path), -1);
	REQUIRE(restore_begin(scratch.path, copy, true, &restore, problem, sizeof(problem)) ==
		STORE_OK);
	CHECK_INT(restore_put_in_place(restore, store_test_key, &kept, problem, sizeof(problem)),
		STORE_OK);
	restore_finish(restore);
	CHECK_INT(newest_of(scratch.path), IN_COPY);
	CHECK(exists(".replaced-1") && exists(".replaced-1-wal"));
	free(kept);
	scratch_remove(&scratch);
}

/* What a kill leaves between moving such a file away and putting the copy in place. */
static void test_a_log_without_a_file(void)
{
	struct restore *restore = NULL;
	char *kept = NULL;
	begin();
	unlink(scratch.path);
	REQUIRE(restore_begin(scratch.path, copy, false, &restore, problem, sizeof(problem)) ==
		STORE_OK);
	CHECK_INT(restore_put_in_place(restore, store_test_key, &kept, problem, sizeof(problem)),
		STORE_OK);
	restore_finish(restore);
	CHECK(kept == NULL);
	CHECK(!exists("-wal") && exists("-wal.replaced-1"));
	CHECK_INT(newest_of(scratch.path), IN_COPY);
	scratch_remove(&scratch);
}

static void test_a_copy_that_is_not_closed_in_order(void)
{
	struct restore *restore = NULL;
	char *kept = NULL;
	begin();
	REQUIRE(restore_begin(scratch.path, copy, true, &restore, problem, sizeof(problem)) ==
		STORE_OK);
	char log[200];
	snprintf(log, sizeof(log), "%s-wal", restore_file(restore));
	help_write_file(log, "frames", 6);
	CHECK(restore_put_in_place(restore, store_test_key, &kept, problem, sizeof(problem)) !=
		STORE_OK);
	restore_finish(restore);
	CHECK_INT(newest_of(scratch.path), IN_FILE);
	restore_finish(NULL);
	scratch_remove(&scratch);
}

/* A copy that was made by hand has a log of its own: it comes along. */
static void test_a_copy_with_its_log(void)
{
	struct restore *restore = NULL;
	char *kept = NULL, from[160], to[160];
	begin();
	help_copy_file(scratch.path, copy);
	snprintf(from, sizeof(from), "%s-wal", scratch.path);
	snprintf(to, sizeof(to), "%s-wal", copy);
	help_copy_file(from, to);
	unlink(from);
	unlink(scratch.path);
	REQUIRE(restore_begin(scratch.path, copy, false, &restore, problem, sizeof(problem)) ==
		STORE_OK);
	CHECK_INT(newest_of(restore_file(restore)), IN_FILE); /* which empties it */
	CHECK_INT(restore_put_in_place(restore, store_test_key, &kept, problem, sizeof(problem)),
		STORE_OK);
	restore_finish(restore);
	CHECK_INT(newest_of(scratch.path), IN_FILE);
	scratch_remove(&scratch);
}

int main(void)
{
	RUN(test_in_the_place_of_the_file);
	RUN(test_a_damaged_log_goes_with_its_file);
	RUN(test_a_log_without_a_file);
	RUN(test_a_copy_that_is_not_closed_in_order);
	RUN(test_a_copy_with_its_log);
	return tap_done();
}
