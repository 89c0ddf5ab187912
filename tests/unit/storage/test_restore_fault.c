/*
 * A restore of which every call of the system fails, one after the other: the file before or the
 * copy is there, the file before is never lost, and the next restore goes through.
 */
#include "storage/restore.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/storage/os_fault.h"
#include "tests/unit/storage/store_help.h"
#include "tests/unit/storage/vault_help.h"
#include "tests/unit/tap.h"

enum {
	IN_COPY = 3, /* events */
	IN_FILE = 7,
	CREATE_CALLS = 7, /* of memory, before anything is done; what is short there ends all */
};

static struct scratch scratch;
static char problem[400];

/* The file closed in order after IN_COPY events, the same at IN_FILE, and the log that leads there.
 */
static uint8_t *closed, *file, *frames;
static size_t closed_bytes, file_bytes, frames_bytes;

static void write_events(struct store *store, int64_t from, int64_t to)
{
	static struct outcome outcomes[IN_FILE + 1];
	for (int64_t seq = from; seq <= to; seq++) {
		write_event(store, seq, 1, seq, seq - 1, &outcomes[seq]);
		store_flush(store); /* a commit each */
	}
}

static void test_files_to_begin_with(void)
{
	scratch_make(&scratch);
	struct store *store = scratch_open(&scratch, true);
	REQUIRE(store != NULL);
	write_events(store, 1, IN_COPY);
	store_close(store);
	closed = help_read_file(scratch.path, &closed_bytes);
	pid_t child = fork();
	if (child == 0) { /* leaves a log behind, as a killed process does */
		write_events(scratch_open(&scratch, false), IN_COPY + 1, IN_FILE);
		_exit(0);
	}
	int status = -1;
	REQUIRE(child > 0 && waitpid(child, &status, 0) == child && status == 0);
	file = help_read_file(scratch.path, &file_bytes);
	frames = help_read_file(scratch_path(&scratch, "hark.db-wal"), &frames_bytes);
	CHECK(frames_bytes > 4000);
	scratch_remove(&scratch);
}

static bool exists(const char *name)
{
	return help_file_exists(scratch_path(&scratch, name));
}

/* What is in the place that the copy is to have. */
enum before {
	BEFORE_LOG, /* a file whose log is sound */
	BEFORE_DAMAGED_LOG,
	BEFORE_LOG_ALONE,
	BEFORE_NOTHING,
	BEFORES,
};

static void put(enum before before)
{
	scratch_make(&scratch);
	help_write_file(scratch_path(&scratch, "copy.db"), closed, closed_bytes);
	if (before == BEFORE_LOG || before == BEFORE_DAMAGED_LOG) {
		help_write_file(scratch.path, file, file_bytes);
	}
	if (before != BEFORE_NOTHING) {
		uint8_t *byte =
			&frames[32 + 24 + 100]; /* of the first frame; whole commits follow */
		uint8_t right = *byte;
		*byte = before == BEFORE_DAMAGED_LOG ? (uint8_t)~right : right;
		help_write_file(scratch_path(&scratch, "hark.db-wal"), frames, frames_bytes);
		*byte = right;
	}
}

static enum store_status restore_copy(void)
{
	struct restore *restore = NULL;
	char *kept = NULL;
	snprintf(problem, sizeof(problem), "%s", "");
	enum store_status status = restore_begin(scratch.path, scratch_path(&scratch, "copy.db"),
		true, &restore, problem, sizeof(problem));
	if (status == STORE_OK) {
		status = restore_put_in_place(
			restore, store_test_key, &kept, problem, sizeof(problem));
		restore_finish(restore);
	}
	free(kept);
	return status;
}

/* What was there is there, or under another name, and the log with it. */
static bool is_kept(enum before before)
{
	switch (before) {
	case BEFORE_LOG:
		return newest_of(exists("hark.db.replaced-1")
					 ? scratch_path(&scratch, "hark.db.replaced-1")
					 : scratch.path) == IN_FILE;
	case BEFORE_DAMAGED_LOG: /* in two tries it may have got two names */
		return (exists("hark.db") || exists("hark.db.replaced-1")) &&
		       (exists("hark.db-wal") || exists("hark.db-wal.replaced-1") ||
			       exists("hark.db.replaced-1-wal") ||
			       exists("hark.db.replaced-2-wal"));
	case BEFORE_LOG_ALONE:
		return exists("hark.db-wal") || exists("hark.db-wal.replaced-1");
	default:
		return true;
	}
}

/* True when the `at`-th call was made, and failed. */
static bool fail_at(enum before before, int code, bool sticky, int at)
{
	put(before);
	os_fault_arm(OS_FILE, at, code, sticky);
	enum store_status status = restore_copy();
	bool failed = os_fault_disarm() > 0;
	bool told = status == STORE_OK || (failed && problem[0] != '\0');
	bool kept = is_kept(before);
	bool in_place = status != STORE_OK || newest_of(scratch.path) == IN_COPY;
	bool goes_on =
		restore_copy() == STORE_OK && newest_of(scratch.path) == IN_COPY && is_kept(before);
	if (!told || !kept || !in_place || !goes_on) {
		printf("# before %d, code %d, call %d: status %d, told %d, kept %d, in place %d, "
		       "goes on %d: %s\n",
			before, code, at, status, told, kept, in_place, goes_on, problem);
		tap_this_failed = true;
	}
	scratch_remove(&scratch);
	return failed;
}

static void test_every_call_fails(void)
{
	for (int before = 0; before < BEFORES; before++) {
		int once = 1, always = 1;
		while (once < 200 && fail_at((enum before)before, EIO, false, once)) {
			once++;
		}
		while (always < 200 && fail_at((enum before)before, ENOSPC, true, always)) {
			always++;
		}
		CHECK(once > 15 && always > 15);
	}
}

/* A copy with a log of its own never goes without it, though it would open. */
static void test_short_of_memory(void)
{
	bool failed = true;
	int at = CREATE_CALLS + 1;
	for (; failed && at < 100; at++) {
		struct restore *restore = NULL;
		put(BEFORE_NOTHING);
		help_write_file(scratch_path(&scratch, "copy.db"), file, file_bytes);
		help_write_file(scratch_path(&scratch, "copy.db-wal"), frames, frames_bytes);
		snprintf(problem, sizeof(problem), "%s", "");
		os_fault_arm(OS_MEMORY, at, ENOMEM, false);
		enum store_status status =
			restore_begin(scratch.path, scratch_path(&scratch, "copy.db"), false,
				&restore, problem, sizeof(problem));
		failed = os_fault_disarm() > 0;
		CHECK(failed == (status != STORE_OK));
		if (status == STORE_OK) {
			CHECK_INT(newest_of(restore_file(restore)), IN_FILE);
			restore_finish(restore);
		} else {
			CHECK(problem[0] != '\0');
		}
		scratch_remove(&scratch);
	}
	CHECK(at > CREATE_CALLS + 2);
}

int main(void)
{
	RUN(test_files_to_begin_with);
	RUN(test_every_call_fails);
	RUN(test_short_of_memory);
	free(closed);
	free(file);
	free(frames);
	return tap_done();
}
