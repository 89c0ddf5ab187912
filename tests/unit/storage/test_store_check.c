/* Every page's seal and every table, while the store is open and others write. */
#include "storage/store.h"

#include <semaphore.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "storage/store_db.h"
#include "tests/unit/storage/os_fault.h"
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

/* Holds the writer up until it is told to go on. */
struct held_write {
	struct store_job job;
	sem_t go_on;
};

static enum store_status run_held_write(struct store_job *job, struct store_db *db)
{
	(void)db;
	sem_wait(&((struct held_write *)job)->go_on);
	return STORE_OK;
}

static void test_a_whole_file_under_load(void)
{
	struct store *store = begin();
	write_events(store, 1, EVENTS);
	store_flush(store);
	struct checked first = {.check.job.done = on_checked};
	struct checked second = {.check.job.done = on_checked};
	struct held_write held = {.job = {.run = run_held_write, .done = keep_done}};
	sem_init(&held.go_on, 0, 0);
	store_write(store, &held.job); /* so that the first cannot be at its end */
	store_check(store, &first.check);
	store_check(store, &second.check); /* one at a time */
	sem_post(&held.go_on);
	write_events(store, EVENTS + 1, 2 * EVENTS);
	store_flush(store);
	sem_destroy(&held.go_on);
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

/* A read that has begun, and ends when it is told to. */
struct held_read {
	struct store_job job;
	sem_t begun, go_on;
};

static bool hold(void *data, const struct event_row *row)
{
	struct held_read *held = data;
	(void)row;
	sem_post(&held->begun);
	sem_wait(&held->go_on);
	return false;
}

static enum store_status run_held(struct store_job *job, struct store_db *db)
{
	return event_tail(db, 0, hold, job);
}

/* Without a page of events, one of which may be the damaged one. */
static enum store_status run_touch(struct store_job *job, struct store_db *db)
{
	(void)job;
	store_db_run(db, store_db_statement(db, "CREATE TABLE zz_sound (a CHECK (a > 0))"));
	return store_db_status(db);
}

/* Readers keep the log from being written back, so that what is damaged is not known at once. */
static void test_a_damaged_page_behind_a_reader(void)
{
	struct store *store = begin();
	write_events(store, 1, EVENTS);
	store_close(store);
	size_t bytes;
	uint8_t *file = help_read_file(scratch.path, &bytes);
	file[bytes - PAGE_BYTES + 9] ^= 2;
	help_write_file(scratch.path, file, bytes);
	free(file);
	store = scratch_open(&scratch, false);
	REQUIRE(store != NULL);
	struct held_read held = {.job = {.run = run_held, .done = keep_done}};
	struct checked checked = {.check.job.done = on_checked};
	sem_init(&held.begun, 0, 0);
	sem_init(&held.go_on, 0, 0);
	store_read(store, &held.job);
	sem_wait(&held.begun);
	struct store_job nothing = {.run = run_touch, .done = keep_done};
	store_write(store, &nothing); /* behind what the reader sees */
	store_check(store, &checked.check);
	while (__atomic_load_n(&checked.check.tries, __ATOMIC_RELAXED) < 2) {
		nanosleep(&(struct timespec){0, 1000000}, NULL); /* the runner ends what hangs */
	}
	sem_post(&held.go_on);
	store_flush(store);
	CHECK_INT(held.job.status, STORE_OK);
	CHECK_INT(nothing.status, STORE_OK);
	CHECK_INT(checked.status, STORE_DAMAGED);
	CHECK(checked.check.written_back);
	store_close(store);
	sem_destroy(&held.begun);
	sem_destroy(&held.go_on);
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

static enum store_status run_make_unsound(struct store_job *job, struct store_db *db)
{
	static const char *const steps[] = {"CREATE TABLE zz_unsound (a CHECK (a > 0))",
		"PRAGMA ignore_check_constraints = ON", "INSERT INTO zz_unsound VALUES (-1)",
		"PRAGMA ignore_check_constraints = OFF"};
	(void)job;
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		store_db_run(db, store_db_statement(db, steps[i]));
	}
	return store_db_status(db);
}

/* Each seal is whole, and what the pages hold is not. */
static void test_a_table_that_is_not_sound(void)
{
	struct store *store = begin();
	struct store_job unsound = {.run = run_make_unsound, .done = keep_done};
	store_write(store, &unsound);
	store_flush(store);
	CHECK_INT(unsound.status, STORE_OK);
	struct store_table_check check = {.job.run = store_table_check_run};
	enum store_status status = STORE_OK;
	for (int i = 0; i < 1000 && status == STORE_OK && !check.ended; i++) {
		status = read_and_wait(store, &check.job);
	}
	CHECK_INT(status, STORE_DAMAGED);
	CHECK_STR(check.table, "zz_unsound");
	CHECK(strstr(check.complaint, "CHECK constraint failed") != NULL);
	store_close(store);
	scratch_remove(&scratch);
}

/* What could not be read is told, and is no damage. */
static void test_a_check_that_fails(void)
{
	struct store *store = begin();
	int at = 0;
	bool failed = true;
	while (failed && ++at < 100) {
		struct store_table_check check = {.job.run = store_table_check_run};
		os_fault_arm(OS_SQLITE, at, SQLITE_IOERR, false);
		enum store_status status = store_read_now(store, &check.job);
		failed = os_fault_disarm() > 0;
		CHECK_INT(status, failed ? STORE_IO : STORE_OK);
		CHECK(!failed || check.ended || check.complaint[0] != '\0' || check.table[0] == 0);
	}
	CHECK(at > 4);
	store_close(store);
	scratch_remove(&scratch);
}

int main(void)
{
	RUN(test_a_whole_file_under_load);
	RUN(test_the_page_that_is_damaged);
	RUN(test_a_page_that_the_log_has_whole);
	RUN(test_a_damaged_page_behind_a_reader);
	RUN(test_closed_meanwhile);
	RUN(test_every_table);
	RUN(test_a_table_that_is_not_sound);
	RUN(test_a_check_that_fails);
	return tap_done();
}
