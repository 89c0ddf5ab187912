/* Every page's seal and every table, while the store is open and others write. */
#include "storage/store.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/storage/store_help.h"
#include "tests/unit/storage/vault_help.h"
#include "tests/unit/tap.h"

enum {
	EVENTS = 400,
	PAGE_BYTES = 4096,
};

static struct scratch scratch;

static struct store *begin(void)
{
	scratch_make(&scratch);
	return scratch_open(&scratch, true);
}

static void write_events(struct store *store, int64_t from, int64_t to)
{
	static struct outcome outcomes[2 * EVENTS + 1];
	for (int64_t seq = from; seq <= to; seq++) {
		write_event(store, seq, 1, seq, seq - 1, &outcomes[seq]);
	}
}

static int64_t pages_of(const char *path)
{
	struct stat found;
	return stat(path, &found) == 0 ? (int64_t)found.st_size / PAGE_BYTES : -1;
}

/* A status behind the job. */
struct checked {
	struct store_check check;
	enum store_status status;
	bool done;
};

static void on_checked(struct store_job *job, enum store_status status)
{
	struct checked *checked = (struct checked *)job;
	checked->status = status;
	checked->done = true;
}

static void test_a_whole_file_under_load(void)
{
	struct store *store = begin();
	write_events(store, 1, EVENTS);
	store_flush(store);
	struct checked first = {.check.job.done = on_checked};
	struct checked second = {.check.job.done = on_checked};
	store_check(store, &first.check);
	store_check(store, &second.check); /* one at a time */
	write_events(store, EVENTS + 1, 2 * EVENTS);
	store_flush(store);
	CHECK(first.done && second.done);
	CHECK_INT(first.status, STORE_OK);
	CHECK_INT(second.status, STORE_REFUSED);
	CHECK(first.check.pages > 0);
	struct checked third = {.check.job.done = on_checked};
	store_check(store, &third.check);
	store_flush(store);
	CHECK_INT(third.status, STORE_OK);
	store_close(store);
	scratch_remove(&scratch);
}

static void test_the_page_that_is_damaged(void)
{
	struct store *store = begin();
	write_events(store, 1, EVENTS);
	store_close(store);
	int64_t page = pages_of(scratch.path); /* the last one is not read at the start */
	size_t bytes;
	uint8_t *file = help_read_file(scratch.path, &bytes);
	file[(page - 1) * PAGE_BYTES + 9] ^= 2;
	help_write_file(scratch.path, file, bytes);
	free(file);
	store = scratch_open(&scratch, false);
	REQUIRE(store != NULL);
	struct checked checked = {.check.job.done = on_checked};
	store_check(store, &checked.check);
	store_flush(store);
	CHECK_INT(checked.status, STORE_DAMAGED);
	CHECK_INT(checked.check.pages + 1, page);
	store_close(store);
	scratch_remove(&scratch);
}

/* Torn while the log was written back, and whole in the log: no damage. */
static void test_a_page_that_the_log_has_whole(void)
{
	struct store *store = begin();
	write_events(store, 1, EVENTS);
	store_close(store);
	size_t bytes;
	uint8_t *before = help_read_file(scratch.path, &bytes);
	pid_t child = fork();
	if (child == 0) { /* leaves a log behind, as a killed process does */
		struct store *other = scratch_open(&scratch, false);
		write_events(other, EVENTS + 1, EVENTS + 20);
		store_flush(other);
		_exit(0);
	}
	int status = -1;
	REQUIRE(child > 0 && waitpid(child, &status, 0) == child && status == 0);
	/* Every page that the log holds is torn in the file. */
	char log[120];
	snprintf(log, sizeof(log), "%s-wal", scratch.path);
	size_t log_bytes;
	uint8_t *frames = help_read_file(log, &log_bytes);
	int torn = 0;
	for (size_t at = 32; at + 4120 <= log_bytes; at += 4120) {
		size_t page = (size_t)frames[at] << 24 | (size_t)frames[at + 1] << 16 |
			      (size_t)frames[at + 2] << 8 | frames[at + 3];
		if (page > 1 && page * PAGE_BYTES <= bytes) {
			memset(before + (page - 1) * PAGE_BYTES, 0x5a, 512);
			torn++;
		}
	}
	CHECK(torn > 0);
	help_write_file(scratch.path, before, bytes);
	free(frames);
	free(before);
	store = scratch_open(&scratch, false);
	REQUIRE(store != NULL);
	struct checked checked = {.check.job.done = on_checked};
	store_check(store, &checked.check);
	store_flush(store);
	CHECK_INT(checked.status, STORE_OK);
	store_close(store);
	scratch_remove(&scratch);
}

static void test_closed_meanwhile(void)
{
	struct store *store = begin();
	write_events(store, 1, EVENTS);
	store_flush(store);
	struct checked checked = {.check.job.done = on_checked};
	store_check(store, &checked.check);
	store_close(store);
	CHECK(checked.done);
	CHECK(checked.status == STORE_OK || checked.status == STORE_CLOSED);
	scratch_remove(&scratch);
}

static void test_every_table(void)
{
	struct store *store = begin();
	write_events(store, 1, 10);
	store_flush(store);
	struct store_table_check check = {.job.run = store_table_check_run};
	int tables = 0;
	bool events = false;
	while (!check.ended && tables < 1000) {
		CHECK_INT(read_and_wait(store, &check.job), STORE_OK);
		events |= strcmp(check.table, "event") == 0;
		tables += !check.ended;
	}
	CHECK(tables > 10);
	CHECK(events);
	CHECK_STR(check.complaint, "");
	store_close(store);
	scratch_remove(&scratch);
}

int main(void)
{
	RUN(test_a_whole_file_under_load);
	RUN(test_the_page_that_is_damaged);
	RUN(test_a_page_that_the_log_has_whole);
	RUN(test_closed_meanwhile);
	RUN(test_every_table);
	return tap_done();
}
