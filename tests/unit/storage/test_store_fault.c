/*
 * A store on a disk that fails: what is told, that nothing half is kept, and that it works again
 * when the disk does. And a store whose process is killed.
 */
#include "storage/store.h"

#include <errno.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sqlite3.h>

#include "storage/store_db.h"
#include "storage/table_event.h"
#include "tests/unit/storage/fault_disk.h"
#include "tests/unit/storage/store_help.h"
#include "tests/unit/storage/vault_help.h"
#include "tests/unit/tap.h"

static sem_t something_done; /* posted by the store */

static void on_notify(void *data)
{
	sem_post(data);
}

static struct store *open_on_fault(const struct scratch *scratch, bool create)
{
	fault_register();
	struct store_options options = {
		.path = scratch->path,
		.key = store_test_key,
		.create = create,
		.base_vfs = "fault",
		.notify = on_notify,
		.notify_data = &something_done,
		.reader_cache_bytes = 64 * 1024, /* so that reads reach the disk */
	};
	struct store *store = NULL;
	char problem[256] = "";
	if (store_open(&options, &store, problem, sizeof problem) != STORE_OK) {
		printf("# %s\n", problem);
	}
	return store;
}

/* How the file looks when it is read from its beginning: the numbers 1..count, in one chain. */
struct survey {
	struct store_job job;
	int64_t count;
	bool whole;
};

static bool survey_event(void *data, const struct event_row *row)
{
	struct survey *survey = data;
	survey->count++;
	survey->whole = survey->whole && row->seq == survey->count && row->n == survey->count &&
			row->prev == survey->count - 1;
	return true;
}

static enum store_status run_survey(struct store_job *job, struct store_db *db)
{
	return event_tail(db, 0, survey_event, job);
}

static int64_t surveyed(struct store *store)
{
	struct survey survey = {.job.run = run_survey, .whole = true};
	enum store_status status = store_read_now(store, &survey.job);
	CHECK_INT(status, STORE_OK);
	CHECK(survey.whole);
	return survey.count;
}

static const struct fault_case {
	const char *name;
	enum fault_kind kind;
	int code, error_number;
	enum store_status expected;
} cases[] = {
	{"sync fails", FAULT_SYNC, SQLITE_IOERR_FSYNC, EIO, STORE_IO},
	{"write fails", FAULT_WRITE, SQLITE_IOERR_WRITE, EIO, STORE_IO},
	{"disk full", FAULT_WRITE, SQLITE_FULL, 0, STORE_FULL},
	{"quota", FAULT_WRITE, SQLITE_IOERR_WRITE, EDQUOT, STORE_FULL},
	{"full at sync", FAULT_SYNC, SQLITE_IOERR_FSYNC, ENOSPC, STORE_FULL},
	{"read-only", FAULT_WRITE, SQLITE_IOERR_WRITE, EROFS, STORE_READ_ONLY},
	{"read-only handle", FAULT_WRITE, SQLITE_READONLY, 0, STORE_READ_ONLY},
};

/* Large enough for each event to have pages of its own. */
static void write_large(struct store *store, int64_t seq, struct outcome *outcome)
{
	static const char body[9000];
	const struct event_row row = {.seq = seq,
		.room = 1,
		.n = seq,
		.prev = seq - 1,
		.body = body,
		.body_size = sizeof body};
	struct event_append *append = event_append_create(&row);
	append->job.done = append_done;
	append->owner = outcome;
	store_write(store, &append->job);
}

/* Ten events are there; a batch of ten meets the fault at its `at`-th write or sync. */
static void fail_one(const struct fault_case *one, int at, bool sticky)
{
	struct scratch scratch;
	scratch_make(&scratch);
	struct store *store = open_on_fault(&scratch, true);
	REQUIRE(store != NULL);
	int64_t seq = 0;
	for (; seq < 10; seq++) {
		write_event(store, seq + 1, 1, seq + 1, seq, NULL);
	}
	store_flush(store);

	fault_arm(one->kind, at, one->code, one->error_number, sticky);
	struct outcome outcomes[10] = {0};
	for (int i = 0; i < 10; i++) {
		write_large(store, seq + 1 + i, &outcomes[i]);
	}
	store_flush(store);
	bool hit = fault_hits() > 0;
	CHECK(hit);
	/* The ten may have gone in several batches: some are in, one fails, the rest is told. */
	int64_t in = 0;
	while (in < 10 && outcomes[in].status == STORE_OK) {
		in++;
	}
	CHECK(in < 10);
	CHECK_INT(outcomes[in < 10 ? in : 0].status, one->expected);
	for (int64_t i = in; i < 10; i++) {
		CHECK_INT(outcomes[i].calls, 1);
		CHECK(outcomes[i].status == one->expected ||
			outcomes[i].status == STORE_NOT_RECOVERED);
	}
	CHECK_INT(surveyed(store), seq + in); /* reading goes on, and sees no more */

	if (sticky) { /* trying again while it lasts */
		store_recover(store);
		struct outcome again = {0};
		write_event(store, seq + in + 1, 1, seq + in + 1, seq + in, &again);
		store_flush(store);
		CHECK_INT(again.status, one->expected);
	}
	fault_disarm();
	store_recover(store);
	struct outcome again = {0};
	write_event(store, seq + in + 1, 1, seq + in + 1, seq + in, &again);
	store_flush(store);
	CHECK_INT(again.status, STORE_OK);
	CHECK_INT(surveyed(store), seq + in + 1);
	store_close(store);

	store = open_on_fault(&scratch, false);
	REQUIRE(store != NULL);
	CHECK_INT(surveyed(store), seq + in + 1);
	store_close(store);
	scratch_remove(&scratch);
}

static void test_failures_are_told_and_left_behind(void)
{
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		bool failed_before = tap_this_failed;
		for (int at = 1; at <= (cases[i].kind == FAULT_WRITE ? 3 : 1); at++) {
			fail_one(&cases[i], at, false);
			fail_one(&cases[i], at, true);
		}
		if (tap_this_failed && !failed_before) {
			printf("# above: %s\n", cases[i].name);
		}
	}
}

/* A batch with a savepoint in it: the fault hits the commit, not the savepoint. */
static enum store_status run_nothing(struct store_job *job, struct store_db *db)
{
	(void)job, (void)db;
	return STORE_OK;
}

static void test_failure_behind_a_savepoint(void)
{
	struct scratch scratch;
	scratch_make(&scratch);
	struct store *store = open_on_fault(&scratch, true);
	REQUIRE(store != NULL);
	fault_arm(FAULT_SYNC, 1, SQLITE_IOERR_FSYNC, EIO, true);
	struct outcome outcome = {0};
	struct store_job own = {.run = run_nothing, .done = keep_done, .may_refuse = true};
	write_event(store, 1, 1, 1, 0, &outcome);
	store_write(store, &own);
	store_flush(store);
	fault_disarm();
	CHECK_INT(outcome.status, STORE_IO);
	store_recover(store);
	write_event(store, 1, 1, 1, 0, &outcome);
	store_flush(store);
	CHECK_INT(outcome.status, STORE_OK);
	CHECK_INT(surveyed(store), 1);
	store_close(store);
	scratch_remove(&scratch);
}

/* When writing the log back fails, nobody's message does: it is in the log. */
static void test_failing_checkpoint_costs_nothing(void)
{
	struct scratch scratch;
	scratch_make(&scratch);
	struct store *store = open_on_fault(&scratch, true);
	REQUIRE(store != NULL);
	struct outcome outcome = {0};
	struct store_figures figures;
	int64_t seq = 0;
	fault_arm(FAULT_MAIN_WRITE, 1, SQLITE_IOERR_WRITE, EIO, true);
	while (seq < 3000 && fault_hits() < 2) {
		write_large(store, ++seq, &outcome);
		store_flush(store);
		CHECK_INT(outcome.status, STORE_OK);
	}
	CHECK(fault_hits() >= 2);
	store_figures(store, &figures);
	CHECK_INT(figures.checkpoints, 0);
	fault_disarm();
	while (seq < 6000 && figures.checkpoints == 0) {
		write_large(store, ++seq, &outcome);
		store_flush(store);
		CHECK_INT(outcome.status, STORE_OK);
		store_figures(store, &figures);
	}
	CHECK(figures.checkpoints > 0);
	CHECK_INT(surveyed(store), seq);
	store_close(store);
	scratch_remove(&scratch);
}

/*
 * After a failed sync the kernel may have dropped pages of the file without telling again, so the
 * log, which has them, must not begin anew nor be emptied; the next process reads it all.
 */
static void test_failed_sync_of_the_file_keeps_the_log(void)
{
	struct scratch scratch;
	scratch_make(&scratch);
	struct store *store = open_on_fault(&scratch, true);
	REQUIRE(store != NULL);
	struct outcome outcome = {0};
	int64_t seq = 0;
	fault_arm(FAULT_MAIN_SYNC, 1, SQLITE_IOERR_FSYNC, EIO, false);
	while (seq < 3000 && fault_hits() == 0) {
		write_large(store, ++seq, &outcome);
		store_flush(store);
		CHECK_INT(outcome.status, STORE_OK);
	}
	CHECK_INT(fault_hits(), 1);
	for (int i = 0; i < 1000; i++) {
		write_large(store, ++seq, &outcome);
		store_flush(store);
	}
	CHECK_INT(outcome.status, STORE_OK);
	struct store_figures figures;
	store_figures(store, &figures);
	CHECK_INT(figures.checkpoints, 0);
	CHECK(figures.wal_bytes_max > (uint64_t)seq * 9000);
	store_close(store);
	struct stat log;
	CHECK(stat(scratch_path(&scratch, "hark.db-wal"), &log) == 0);
	CHECK((int64_t)log.st_size > seq * 9000);

	store = open_on_fault(&scratch, false);
	REQUIRE(store != NULL);
	CHECK_INT(surveyed(store), seq);
	store_close(store);
	CHECK(stat(scratch_path(&scratch, "hark.db-wal"), &log) != 0); /* emptied now */
	scratch_remove(&scratch);
}

/* A read that fails is told to its reader and to nobody else. */
static void test_failing_read(void)
{
	struct scratch scratch;
	scratch_make(&scratch);
	struct store *store = open_on_fault(&scratch, true);
	REQUIRE(store != NULL);
	int64_t seq = 0;
	for (; seq < 3000; seq++) {
		write_event(store, seq + 1, 1, seq + 1, seq, NULL);
	}
	store_flush(store);
	struct survey survey = {.job.run = run_survey, .whole = true};
	fault_arm(FAULT_READ, 1, SQLITE_IOERR_READ, EIO, true);
	CHECK_INT(store_read_now(store, &survey.job), STORE_IO);
	fault_disarm();
	CHECK(fault_hits() > 0);
	struct outcome outcome = {0};
	write_event(store, seq + 1, 1, seq + 1, seq, &outcome);
	store_flush(store);
	CHECK_INT(outcome.status, STORE_OK);
	CHECK_INT(surveyed(store), seq + 1);
	store_close(store);
	scratch_remove(&scratch);
}

/* A store cannot be made, or opened, on a disk that fails: said, and nothing leaks. */
static void test_open_on_a_failing_disk(void)
{
	struct scratch scratch;
	scratch_make(&scratch);
	fault_register();
	struct store_options options = {
		.path = scratch.path,
		.key = store_test_key,
		.create = true,
		.base_vfs = "fault",
	};
	int at = 0;
	enum store_status status;
	struct store *store = NULL;
	char problem[256];
	do {
		problem[0] = '\0';
		fault_arm(FAULT_WRITE, ++at, SQLITE_FULL, ENOSPC, true);
		status = store_open(&options, &store, problem, sizeof problem);
		fault_disarm();
		if (status != STORE_OK) {
			CHECK_INT(status, STORE_FULL);
			CHECK(strstr(problem, scratch.path) != NULL);
			/* An empty vault may be there by now. */
			options.create = access(scratch.path, F_OK) != 0;
		}
	} while (status != STORE_OK && at < 200);
	CHECK_INT(status, STORE_OK);
	CHECK(at > 3);
	write_event(store, 1, 1, 1, 0, NULL);
	store_flush(store);
	CHECK_INT(surveyed(store), 1);
	store_close(store);
	scratch_remove(&scratch);
}

/*
 * Anything may fail, once or for good, at any time, the checkpoint's thread included; the loop does
 * what the daemon does: on a failure it looks what is in the file, recovers and goes on from there.
 */
enum {
	STORM_EVENTS = 700,
	STORM_IN_FLIGHT = 20,
};

struct storm {
	struct store *store;
	int64_t handed, acknowledged;
	bool failed;
};

static struct storm storm;

static void storm_done(struct store_job *job, enum store_status status)
{
	struct event_append *append = (struct event_append *)job;
	if (status != STORE_OK) {
		storm.failed = true;
	} else {
		CHECK(!storm.failed); /* nothing slips through behind a failure */
		CHECK_INT(append->row.seq, storm.acknowledged + 1);
		storm.acknowledged = append->row.seq;
	}
	free(append);
}

static void storm_hand_over(void)
{
	static const char body[9000];
	int64_t seq = ++storm.handed;
	const struct event_row row = {.seq = seq,
		.room = 1,
		.n = seq,
		.prev = seq - 1,
		.body = body,
		.body_size = seq % 3 == 0 ? 40 : sizeof body};
	struct event_append *append = event_append_create(&row);
	append->job.done = storm_done;
	store_write(storm.store, &append->job);
}

static void storm_arm(uint32_t *random)
{
	static const enum fault_kind kinds[] = {
		FAULT_WRITE, FAULT_SYNC, FAULT_MAIN_WRITE, FAULT_MAIN_SYNC};
	enum fault_kind kind = kinds[next_random(random) % 4];
	bool sync = kind == FAULT_SYNC || kind == FAULT_MAIN_SYNC;
	int within = kind == FAULT_WRITE ? 400 : kind == FAULT_SYNC ? 60 : 6;
	fault_arm(kind, (int)(next_random(random) % (uint32_t)within) + 1,
		sync ? SQLITE_IOERR_FSYNC : SQLITE_FULL, sync ? EIO : ENOSPC,
		next_random(random) % 2 == 0);
}

static void storm_run(uint32_t *random)
{
	struct scratch scratch;
	scratch_make(&scratch);
	storm = (struct storm){.store = open_on_fault(&scratch, true)};
	REQUIRE(storm.store != NULL);
	storm_arm(random);
	while (storm.acknowledged < STORM_EVENTS && !tap_this_failed) {
		while (!storm.failed && storm.handed < storm.acknowledged + STORM_IN_FLIGHT) {
			storm_hand_over();
		}
		if (store_drain(storm.store) == 0) {
			sem_wait(&something_done);
		}
		if (storm.failed) {
			store_flush(storm.store);
			CHECK_INT(surveyed(storm.store), storm.acknowledged);
			fault_disarm();
			storm.failed = false;
			storm.handed = storm.acknowledged;
			store_recover(storm.store);
			if (next_random(random) % 3 > 0) {
				storm_arm(random);
			}
		}
	}
	fault_disarm();
	store_flush(storm.store);
	int64_t acknowledged = storm.acknowledged;
	store_close(storm.store);
	struct store *store = open_on_fault(&scratch, false);
	REQUIRE(store != NULL);
	CHECK_INT(surveyed(store), acknowledged);
	store_close(store);
	scratch_remove(&scratch);
}

static void test_random_faults(void)
{
	uint32_t random = 4711;
	int runs = help_times("HARK_STORE_FAULTS", 12, 6);
	for (int i = 0; i < runs && !tap_this_failed; i++) {
		storm_run(&random);
	}
}

/* Kills. The child tells each seq that is done, in order, through a pipe. */

struct teller {
	struct store *store;
	int pipe;
	int64_t next;
};

static struct teller teller;

static void hand_over_next(void);

static void done_and_tell(struct store_job *job, enum store_status status)
{
	struct event_append *append = (struct event_append *)job;
	int64_t seq = append->row.seq;
	free(append);
	if (status != STORE_OK || write(teller.pipe, &seq, sizeof seq) != sizeof seq) {
		_exit(EXIT_FAILURE);
	}
	hand_over_next();
}

static void hand_over_next(void)
{
	int64_t seq = teller.next++;
	const struct event_row row = {
		.seq = seq, .room = 1, .n = seq, .prev = seq - 1, .body = "body", .body_size = 4};
	struct event_append *append = event_append_create(&row);
	append->job.done = done_and_tell;
	store_write(teller.store, &append->job);
}

static void write_until_killed(const struct scratch *scratch, int64_t first, int pipe)
{
	teller = (struct teller){.pipe = pipe, .next = first};
	teller.store = scratch_open(scratch, false);
	if (teller.store == NULL) {
		_exit(EXIT_FAILURE);
	}
	for (int i = 0; i < 20; i++) { /* always twenty in flight */
		hand_over_next();
	}
	for (;;) {
		store_flush(teller.store);
	}
}

static void test_kills(void)
{
	struct scratch scratch;
	scratch_make(&scratch);
	struct store *store = scratch_open(&scratch, true);
	REQUIRE(store != NULL);
	store_close(store);
	int64_t there = 0;
	for (int kill_number = 0; kill_number < 5; kill_number++) {
		int ends[2];
		REQUIRE(pipe(ends) == 0);
		fflush(stdout);
		pid_t child = fork();
		REQUIRE(child >= 0);
		if (child == 0) {
			close(ends[0]);
			write_until_killed(&scratch, there + 1, ends[1]);
		}
		close(ends[1]);
		int64_t told = there, seq;
		int64_t enough = there + 500 + kill_number * 1501; /* past a checkpoint, too */
		while (told < enough && read(ends[0], &seq, sizeof seq) == sizeof seq) {
			CHECK_INT(seq, told + 1);
			told = seq;
		}
		kill(child, SIGKILL);
		while (read(ends[0], &seq, sizeof seq) == sizeof seq) { /* told before it died */
			CHECK_INT(seq, told + 1);
			told = seq;
		}
		close(ends[0]);
		int status;
		CHECK(waitpid(child, &status, 0) == child);
		CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
		CHECK(told >= enough);

		store = scratch_open(&scratch, false);
		REQUIRE(store != NULL);
		there = surveyed(store);
		CHECK(there >= told); /* what was not told yet may be there */
		CHECK(there <= told + 20);
		store_close(store);
	}
	scratch_remove(&scratch);
}

/* No statement is prepared from here on. */
static enum store_status run_and_deafen(struct store_job *job, struct store_db *db)
{
	(void)job;
	sqlite3_limit(store_db_handle(db), SQLITE_LIMIT_SQL_LENGTH, 1);
	return STORE_FULL;
}

/* What failed would come true with the next commit: better no process than that. */
static void test_no_rollback_no_process(void)
{
	struct scratch scratch;
	scratch_make(&scratch);
	struct store *store = scratch_open(&scratch, true);
	REQUIRE(store != NULL);
	store_close(store);
	fflush(stdout);
	pid_t child = fork();
	REQUIRE(child >= 0);
	if (child == 0) {
		struct store_job deafen = {.run = run_and_deafen, .done = keep_done};
		store = scratch_open(&scratch, false);
		write_event(store, 1, 1, 1, 0, NULL);
		store_write(store, &deafen);
		store_flush(store);
		_exit(EXIT_SUCCESS);
	}
	int status;
	CHECK(waitpid(child, &status, 0) == child);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
	store = scratch_open(&scratch, false);
	REQUIRE(store != NULL);
	CHECK(surveyed(store) <= 1); /* the event may have been a batch of its own */
	store_close(store);
	scratch_remove(&scratch);
}

int main(void)
{
	sem_init(&something_done, 0, 0);
	alarm(120); /* nothing here may wait for ever */
	RUN(test_kills); /* first: forking wants no other thread */
	RUN(test_no_rollback_no_process);
	RUN(test_failures_are_told_and_left_behind);
	RUN(test_failure_behind_a_savepoint);
	RUN(test_failing_checkpoint_costs_nothing);
	RUN(test_failed_sync_of_the_file_keeps_the_log);
	RUN(test_failing_read);
	RUN(test_open_on_a_failing_disk);
	RUN(test_random_faults);
	return tap_done();
}
