/* The store: group commit, order, failure, recovery, reads, copies, opening and closing. */
#include "storage/store.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "storage/store_db.h"
#include "storage/table_event.h"
#include "storage/table_setting.h"
#include "tests/unit/storage/store_help.h"
#include "tests/unit/tap.h"

/* A job that stops the writer until it is let go, so that a test decides what waits behind it. */
struct gate {
	struct store_job job;
	pthread_mutex_t mutex;
	pthread_cond_t changed;
	bool entered, open;
	enum store_status answer; /* of run */
};

static enum store_status run_gate(struct store_job *job, struct store_db *db)
{
	(void)db;
	struct gate *gate = (struct gate *)job;
	pthread_mutex_lock(&gate->mutex);
	gate->entered = true;
	pthread_cond_broadcast(&gate->changed);
	while (!gate->open) {
		pthread_cond_wait(&gate->changed, &gate->mutex);
	}
	pthread_mutex_unlock(&gate->mutex);
	return gate->answer;
}

static void gate_init(struct gate *gate, enum store_status answer)
{
	*gate = (struct gate){
		.job = {.run = run_gate, .done = keep_done},
		.mutex = PTHREAD_MUTEX_INITIALIZER,
		.changed = PTHREAD_COND_INITIALIZER,
		.answer = answer,
	};
}

/* Returns when the writer is inside. */
static void gate_hold(struct gate *gate, struct store *store)
{
	store_write(store, &gate->job);
	pthread_mutex_lock(&gate->mutex);
	while (!gate->entered) {
		pthread_cond_wait(&gate->changed, &gate->mutex);
	}
	pthread_mutex_unlock(&gate->mutex);
}

static void gate_open(struct gate *gate)
{
	pthread_mutex_lock(&gate->mutex);
	gate->open = true;
	pthread_cond_broadcast(&gate->changed);
	pthread_mutex_unlock(&gate->mutex);
}

static void test_what_waits_is_one_commit(void)
{
	struct scratch scratch;
	scratch_make(&scratch);
	struct store *store = scratch_open(&scratch, true);
	REQUIRE(store != NULL);
	struct gate gate;
	gate_init(&gate, STORE_OK);
	gate_hold(&gate, store);
	struct outcome outcomes[100] = {0};
	for (int i = 0; i < 100; i++) {
		write_event(store, i + 1, 1, i + 1, i, &outcomes[i]);
	}
	gate_open(&gate);
	store_flush(store);
	struct store_figures figures;
	store_figures(store, &figures);
	CHECK_INT(figures.commits, 2);
	CHECK_INT(figures.jobs, 101);
	for (int i = 0; i < 100; i++) {
		CHECK_INT(outcomes[i].calls, 1);
		CHECK_INT(outcomes[i].status, STORE_OK);
		CHECK(i == 0 || outcomes[i].order == outcomes[i - 1].order + 1);
	}
	CHECK_INT(newest(store), 100);
	store_close(store);
	scratch_remove(&scratch);
}

/* More than one batch holds: still in order, and each commit comes back whole. */
static void test_long_queue_keeps_its_order(void)
{
	struct scratch scratch;
	scratch_make(&scratch);
	struct store *store = scratch_open(&scratch, true);
	REQUIRE(store != NULL);
	struct gate gate;
	gate_init(&gate, STORE_OK);
	gate_hold(&gate, store);
	static struct outcome outcomes[3000];
	for (int i = 0; i < 3000; i++) {
		write_event(store, i + 1, 1, i + 1, i, &outcomes[i]);
	}
	struct gate last;
	gate_init(&last, STORE_OK);
	gate_open(&gate);
	gate_hold(&last, store); /* entered with its batch, when those before are handed back */
	CHECK(store_drain(store) >= 2 * 1024);
	gate_open(&last);
	store_flush(store);
	for (int i = 0; i < 3000; i++) {
		CHECK_INT(outcomes[i].status, STORE_OK);
		CHECK(i == 0 || outcomes[i].order == outcomes[i - 1].order + 1);
	}
	CHECK_INT(newest(store), 3000);
	store_close(store);
	scratch_remove(&scratch);
}

static void count_notify(void *data)
{
	atomic_fetch_add((atomic_int *)data, 1);
}

static void test_notify_once_until_drained(void)
{
	struct scratch scratch;
	scratch_make(&scratch);
	atomic_int notified = 0;
	struct store_options options = {
		.path = scratch.path,
		.key = store_test_key,
		.create = true,
		.notify = count_notify,
		.notify_data = &notified,
	};
	struct store *store;
	REQUIRE(store_open(&options, &store, NULL, 0) == STORE_OK);
	/* A gate is entered when all before it were handed back and the loop was told. */
	struct gate gates[4];
	for (int i = 0; i < 4; i++) {
		gate_init(&gates[i], STORE_OK);
	}
	gate_hold(&gates[0], store);
	CHECK_INT(atomic_load(&notified), 0);
	gate_open(&gates[0]);
	gate_hold(&gates[1], store);
	CHECK_INT(atomic_load(&notified), 1);
	gate_open(&gates[1]);
	gate_hold(&gates[2], store);
	CHECK_INT(atomic_load(&notified), 1); /* it has not been drained */
	CHECK_INT(store_drain(store), 2);
	gate_open(&gates[2]);
	gate_hold(&gates[3], store);
	CHECK_INT(atomic_load(&notified), 2);
	gate_open(&gates[3]);
	store_flush(store);
	CHECK_INT(store_drain(store), 0);
	store_close(store);
	scratch_remove(&scratch);
}

/* Writes a row and then says no. */
static enum store_status run_refused(struct store_job *job, struct store_db *db)
{
	(void)job;
	sqlite3_stmt *statement = store_db_statement(
		db, "INSERT INTO setting (key, value) VALUES ('refused', x'00')");
	enum store_status status = store_db_run(db, statement);
	return status == STORE_OK ? STORE_REFUSED : status;
}

static bool count_setting(void *data, const char *key, const char *value, size_t size)
{
	(void)key, (void)value, (void)size;
	++*(int *)data;
	return true;
}

struct count_settings {
	struct store_job job;
	int count;
};

static enum store_status run_count_settings(struct store_job *job, struct store_db *db)
{
	return setting_load_all(db, count_setting, &((struct count_settings *)job)->count);
}

static void test_refused_fails_alone(void)
{
	struct scratch scratch;
	scratch_make(&scratch);
	struct store *store = scratch_open(&scratch, true);
	REQUIRE(store != NULL);
	struct gate gate;
	gate_init(&gate, STORE_OK);
	gate_hold(&gate, store);
	struct outcome outcomes[2] = {0};
	struct store_job refused = {.run = run_refused, .done = keep_done, .may_refuse = true};
	write_event(store, 1, 1, 1, 0, &outcomes[0]);
	store_write(store, &refused);
	write_event(store, 2, 1, 2, 1, &outcomes[1]);
	gate_open(&gate);
	store_flush(store);
	CHECK_INT(outcomes[0].status, STORE_OK);
	CHECK_INT(refused.status, STORE_REFUSED);
	CHECK_INT(outcomes[1].status, STORE_OK);
	CHECK_INT(newest(store), 2);
	struct count_settings count = {.job.run = run_count_settings};
	CHECK_INT(read_and_wait(store, &count.job), STORE_OK);
	CHECK_INT(count.count, 0);
	store_close(store);
	scratch_remove(&scratch);
}

static void test_failure_takes_the_batch_and_what_is_behind(void)
{
	struct scratch scratch;
	scratch_make(&scratch);
	struct store *store = scratch_open(&scratch, true);
	REQUIRE(store != NULL);
	struct outcome outcomes[5] = {0};
	write_event(store, 1, 1, 1, 0, &outcomes[0]);
	store_flush(store);

	struct gate first, second;
	gate_init(&first, STORE_OK);
	gate_init(&second, STORE_FULL); /* the failing one, in the middle of its batch */
	gate_hold(&first, store);
	write_event(store, 2, 1, 2, 1, &outcomes[1]);
	store_write(store, &second.job);
	write_event(store, 3, 1, 3, 2, &outcomes[2]);
	gate_open(&first);
	pthread_mutex_lock(&second.mutex);
	while (!second.entered) {
		pthread_cond_wait(&second.changed, &second.mutex);
	}
	pthread_mutex_unlock(&second.mutex);
	write_event(store, 4, 1, 4, 3, &outcomes[3]); /* queued behind the batch */
	gate_open(&second);
	store_flush(store);
	CHECK_INT(outcomes[0].status, STORE_OK);
	CHECK_INT(outcomes[1].status, STORE_FULL);
	CHECK_INT(outcomes[2].status, STORE_FULL);
	CHECK_INT(outcomes[3].status, STORE_NOT_RECOVERED);
	CHECK(outcomes[2].order == outcomes[1].order + 1);
	CHECK(outcomes[3].order == outcomes[2].order + 1);

	write_event(store, 5, 1, 5, 4, &outcomes[4]); /* the loop has not recovered */
	store_flush(store);
	CHECK_INT(outcomes[4].status, STORE_NOT_RECOVERED);
	CHECK_INT(newest(store), 1); /* reads go on */

	store_recover(store);
	outcomes[1] = (struct outcome){0};
	write_event(store, 2, 1, 2, 1, &outcomes[1]);
	store_flush(store);
	CHECK_INT(outcomes[1].status, STORE_OK);
	CHECK_INT(newest(store), 2);
	store_close(store);
	scratch_remove(&scratch);
}

/* An event's number that is there already: memory and file differ, so nothing of it is kept. */
static void test_event_number_twice_fails_the_batch(void)
{
	struct scratch scratch;
	scratch_make(&scratch);
	struct store *store = scratch_open(&scratch, true);
	REQUIRE(store != NULL);
	struct outcome outcomes[3] = {0};
	write_event(store, 1, 1, 1, 0, &outcomes[0]);
	store_flush(store);
	struct gate gate;
	gate_init(&gate, STORE_OK);
	gate_hold(&gate, store);
	write_event(store, 2, 1, 2, 1, &outcomes[1]);
	write_event(store, 1, 1, 1, 0, &outcomes[2]);
	gate_open(&gate);
	store_flush(store);
	CHECK_INT(outcomes[1].status, STORE_IO);
	CHECK_INT(outcomes[2].status, STORE_IO);
	store_recover(store);
	CHECK_INT(newest(store), 1);
	store_close(store);
	scratch_remove(&scratch);
}

struct sql_job {
	struct store_job job;
	const char *sql;
};

static enum store_status run_sql(struct store_job *job, struct store_db *db)
{
	return store_db_exec(db, ((struct sql_job *)job)->sql);
}

static void test_readers_may_only_read(void)
{
	struct scratch scratch;
	scratch_make(&scratch);
	struct store *store = scratch_open(&scratch, true);
	REQUIRE(store != NULL);
	static const char *const forbidden[] = {
		"INSERT INTO setting (key, value) VALUES ('a', x'00')",
		"UPDATE setting SET value = x'00'",
		"DELETE FROM setting",
		"CREATE TABLE mine (a)",
		"CREATE TEMP TABLE mine (a)",
		"DROP TABLE setting",
		"ATTACH ':memory:' AS other",
		"PRAGMA query_only = OFF",
		"PRAGMA user_version = 7",
		"PRAGMA journal_mode",
		"SAVEPOINT mine",
	};
	for (size_t i = 0; i < sizeof forbidden / sizeof *forbidden; i++) {
		struct sql_job job = {.job.run = run_sql, .sql = forbidden[i]};
		CHECK_INT(read_and_wait(store, &job.job), STORE_READ_ONLY);
		CHECK_INT(store_read_now(store, &job.job), STORE_READ_ONLY);
		if (job.job.status != STORE_READ_ONLY) {
			printf("# allowed: %s\n", forbidden[i]);
		}
	}
	struct sql_job allowed = {.job.run = run_sql, .sql = "SELECT count(*) FROM setting"};
	CHECK_INT(read_and_wait(store, &allowed.job), STORE_OK);
	store_close(store);
	scratch_remove(&scratch);
}

/* A read that is under way does not see what is committed meanwhile; the next one does. */
struct read_twice {
	struct gate gate; /* its job is the first member */
	int64_t before, after;
};

static enum store_status run_read_twice(struct store_job *job, struct store_db *db)
{
	struct read_twice *read = (struct read_twice *)job;
	enum store_status status = event_newest(db, &read->before);
	if (status == STORE_OK) {
		status = run_gate(job, db);
	}
	return status == STORE_OK ? event_newest(db, &read->after) : status;
}

static void test_read_sees_one_moment(void)
{
	struct scratch scratch;
	scratch_make(&scratch);
	struct store *store = scratch_open(&scratch, true);
	REQUIRE(store != NULL);
	write_event(store, 1, 1, 1, 0, NULL);
	store_flush(store);
	struct read_twice read;
	gate_init(&read.gate, STORE_OK);
	read.gate.job.run = run_read_twice;
	store_read(store, &read.gate.job);
	pthread_mutex_lock(&read.gate.mutex);
	while (!read.gate.entered) {
		pthread_cond_wait(&read.gate.changed, &read.gate.mutex);
	}
	pthread_mutex_unlock(&read.gate.mutex);

	struct outcome outcome = {0};
	write_event(store, 2, 1, 2, 1, &outcome);
	while (outcome.calls == 0) { /* the read is still open, so no store_flush() */
		store_drain(store);
	}
	CHECK_INT(outcome.status, STORE_OK);
	CHECK_INT(newest_now(store), 2);
	gate_open(&read.gate);
	store_flush(store);
	CHECK_INT(read.before, 1);
	CHECK_INT(read.after, 1);
	store_close(store);
	scratch_remove(&scratch);
}

static enum store_status run_stops_midway(struct store_job *job, struct store_db *db)
{
	(void)job;
	sqlite3_stmt *statement = store_db_statement(db, "SELECT seq FROM event ORDER BY seq");
	return store_db_row(db, statement) ? STORE_OK : STORE_IO;
}

/* A job that forgets a statement does not hold its reader, and with it the log, in the past. */
static void test_read_that_stops_midway(void)
{
	struct scratch scratch;
	scratch_make(&scratch);
	struct store *store = scratch_open(&scratch, true);
	REQUIRE(store != NULL);
	write_event(store, 1, 1, 1, 0, NULL);
	write_event(store, 2, 1, 2, 1, NULL);
	store_flush(store);
	struct store_job midway = {.run = run_stops_midway, .done = keep_done};
	CHECK_INT(store_read_now(store, &midway), STORE_OK);
	write_event(store, 3, 1, 3, 2, NULL);
	store_flush(store);
	CHECK_INT(newest_now(store), 3);
	store_close(store);
	scratch_remove(&scratch);
}

static void test_close_finishes_what_is_queued(void)
{
	struct scratch scratch;
	scratch_make(&scratch);
	struct store *store = scratch_open(&scratch, true);
	REQUIRE(store != NULL);
	static struct outcome outcomes[2000];
	for (int i = 0; i < 2000; i++) {
		write_event(store, i + 1, 1, i + 1, i, &outcomes[i]);
	}
	store_close(store);
	for (int i = 0; i < 2000; i++) {
		CHECK_INT(outcomes[i].calls, 1);
		CHECK_INT(outcomes[i].status, STORE_OK);
	}
	/* The log was emptied into the file and removed with its last connection. */
	CHECK(access(scratch_path(&scratch, "hark.db-wal"), F_OK) != 0);
	store = scratch_open(&scratch, false);
	REQUIRE(store != NULL);
	CHECK_INT(newest(store), 2000);
	store_close(store);
	scratch_remove(&scratch);
}

struct again {
	struct store_job job;
	struct store *store;
	int calls;
	enum store_status last;
};

static enum store_status run_nothing(struct store_job *job, struct store_db *db)
{
	(void)job, (void)db;
	return STORE_OK;
}

static void done_again(struct store_job *job, enum store_status status)
{
	struct again *again = (struct again *)job;
	again->last = status;
	if (++again->calls == 1) {
		store_write(again->store, job);
	} else if (again->calls == 2) {
		store_read(again->store, job);
	} else if (again->calls == 3) {
		store_backup(again->store, "/nonexistent/copy", job);
	}
}

static void test_closed_store_says_so(void)
{
	struct scratch scratch;
	scratch_make(&scratch);
	struct store *store = scratch_open(&scratch, true);
	REQUIRE(store != NULL);
	struct again again = {.job = {.run = run_nothing, .done = done_again}, .store = store};
	store_write(store, &again.job);
	store_close(store);
	CHECK_INT(again.calls, 4);
	CHECK_INT(again.last, STORE_CLOSED);
	store_close(NULL);
	scratch_remove(&scratch);
}

static enum store_status try_open(const struct store_options *options, char *problem, size_t size)
{
	struct store *store = NULL;
	enum store_status status = store_open(options, &store, problem, size);
	if (status == STORE_OK) {
		store_close(store);
	} else {
		CHECK(store == NULL);
	}
	return status;
}

static void test_open_says_why_not(void)
{
	struct scratch scratch;
	scratch_make(&scratch);
	struct store_options options = {.path = scratch.path, .key = store_test_key};
	char problem[256] = "";
	CHECK_INT(try_open(&options, problem, sizeof problem), STORE_MISSING);
	CHECK(strstr(problem, scratch.path) != NULL);

	options.create = true;
	CHECK_INT(try_open(&options, NULL, 0), STORE_OK);
	CHECK_INT(try_open(&options, problem, sizeof problem), STORE_REFUSED);
	options.create = false;

	uint8_t other[32] = {0};
	options.key = other;
	CHECK_INT(try_open(&options, problem, sizeof problem), STORE_WRONG_KEY);
	CHECK(strstr(problem, scratch.path) != NULL);
	CHECK(strstr(problem, "key") != NULL);
	options.key = store_test_key;

	struct store *store = scratch_open(&scratch, false);
	REQUIRE(store != NULL);
	CHECK_INT(try_open(&options, problem, sizeof problem), STORE_LOCKED);
	write_event(store, 1, 1, 1, 0, NULL); /* and the first one was not disturbed */
	store_flush(store);
	CHECK_INT(newest(store), 1);
	store_close(store);

	CHECK(truncate(scratch.path, 0) == 0);
	FILE *file = fopen(scratch.path, "w");
	REQUIRE(file != NULL);
	for (int i = 0; i < 1000; i++) {
		fputs("This is a shopping list.\n", file);
	}
	fclose(file);
	CHECK_INT(try_open(&options, problem, sizeof problem), STORE_NOT_HARK);
	CHECK(strstr(problem, scratch.path) != NULL);
	scratch_remove(&scratch);
}

static void test_damaged_page_says_so(void)
{
	struct scratch scratch;
	scratch_make(&scratch);
	struct store *store = scratch_open(&scratch, true);
	REQUIRE(store != NULL);
	for (int i = 1; i <= 1000; i++) {
		write_event(store, i, 1, i, i - 1, NULL);
	}
	store_close(store);
	FILE *file = fopen(scratch.path, "r+");
	REQUIRE(file != NULL);
	for (long page = 1; page < 20; page++) { /* all but the first */
		fseek(file, page * 4096 + 100, SEEK_SET);
		fputc(0x55, file), fputc(0xaa, file);
	}
	fclose(file);
	struct store_options options = {.path = scratch.path, .key = store_test_key};
	char problem[256] = "";
	enum store_status status = store_open(&options, &store, problem, sizeof problem);
	if (status == STORE_OK) {
		struct newest_read read;
		newest_read_init(&read);
		status = read_and_wait(store, &read.job);
		store_close(store);
	}
	CHECK_INT(status, STORE_DAMAGED);
	scratch_remove(&scratch);
}

/* A log with a hole in its middle: closed to all but the operator's word, and kept. */
static void test_damaged_log(void)
{
	struct scratch scratch;
	scratch_make(&scratch);
	fflush(stdout);
	pid_t child = fork(); /* dies with its log as it is */
	REQUIRE(child >= 0);
	if (child == 0) {
		struct store *store = scratch_open(&scratch, true);
		for (int i = 1; store != NULL && i <= 20; i++) {
			write_event(store, i, 1, i, i - 1, NULL);
			store_flush(store);
		}
		_exit(store == NULL ? EXIT_FAILURE : EXIT_SUCCESS);
	}
	int status;
	REQUIRE(waitpid(child, &status, 0) == child && status == 0);
	struct stat log;
	const char *log_path = scratch_path(&scratch, "hark.db-wal");
	REQUIRE(stat(log_path, &log) == 0);
	FILE *file = fopen(log_path, "r+");
	REQUIRE(file != NULL);
	fseek(file, log.st_size - 10 * (24 + 4096) + 1000,
		SEEK_SET); /* the tenth frame from the end */
	fputc(0x55, file), fputc(0xaa, file);
	fclose(file);

	struct store_options options = {.path = scratch.path, .key = store_test_key};
	char problem[256] = "";
	CHECK_INT(try_open(&options, problem, sizeof problem), STORE_DAMAGED);
	CHECK(strstr(problem, scratch.path) != NULL);
	const char *kept = scratch_path(&scratch, "hark.db-wal.damaged-1");
	CHECK(access(kept, F_OK) != 0);

	options.relaxed = true;
	struct store *store = NULL;
	REQUIRE(store_open(&options, &store, problem, sizeof problem) == STORE_OK);
	int64_t left = newest(store);
	CHECK(left > 0 && left < 20);
	write_event(store, left + 1, 1, left + 1, left, NULL);
	store_flush(store);
	CHECK_INT(newest(store), left + 1);
	store_close(store);
	struct stat copied;
	REQUIRE(stat(kept, &copied) == 0);
	CHECK_INT(copied.st_size, log.st_size);
	CHECK_INT(copied.st_mode & 07777, 0600);
	options.relaxed = false;
	CHECK_INT(try_open(&options, problem, sizeof problem), STORE_OK);
	scratch_remove(&scratch);
}

static void test_backup_under_writes(void)
{
	struct scratch scratch;
	scratch_make(&scratch);
	struct store *store = scratch_open(&scratch, true);
	REQUIRE(store != NULL);
	int64_t seq = 0;
	for (; seq < 5000; seq++) {
		write_event(store, seq + 1, 1, seq + 1, seq, NULL);
	}
	store_flush(store);
	const char *copy = scratch_path(&scratch, "copy.db");
	struct store_job backup = {.done = keep_done, .status = STORE_NOT_RECOVERED};
	store_backup(store, copy, &backup);
	for (; seq < 7000; seq++) { /* while the copy is made */
		write_event(store, seq + 1, 1, seq + 1, seq, NULL);
		store_drain(store);
	}
	store_flush(store);
	CHECK_INT(backup.status, STORE_OK);
	backup.status = STORE_NOT_RECOVERED;
	store_backup(store, copy, &backup); /* there is one */
	store_flush(store);
	CHECK_INT(backup.status, STORE_REFUSED);
	store_backup(store, scratch_path(&scratch, "nowhere/copy.db"), &backup);
	store_flush(store);
	CHECK_INT(backup.status, STORE_MISSING);
	CHECK_INT(newest(store), 7000);
	store_close(store);

	struct store_options options = {.path = copy, .key = store_test_key};
	struct store *copied;
	REQUIRE(store_open(&options, &copied, NULL, 0) == STORE_OK);
	CHECK(newest(copied) >= 5000);
	store_close(copied);
	scratch_remove(&scratch);
}

static void write_large(struct store *store, int64_t seq)
{
	static const char body[16000];
	const struct event_row row = {.seq = seq,
		.room = 1,
		.n = seq,
		.prev = seq - 1,
		.body = body,
		.body_size = sizeof body};
	struct event_append *append = event_append_create(&row);
	append->job.done = append_done;
	store_write(store, &append->job);
}

/* Enough for the log to be written back several times. */
static void test_log_stays_bounded(void)
{
	struct scratch scratch;
	scratch_make(&scratch);
	struct store *store = scratch_open(&scratch, true);
	REQUIRE(store != NULL);
	int64_t seq = 0;
	for (int round = 0; round < 20; round++) {
		for (int i = 0; i < 200; i++) {
			write_large(store, ++seq);
		}
		store_flush(store);
	}
	struct store_figures figures;
	store_figures(store, &figures);
	CHECK(figures.checkpoints >= 2);
	CHECK(figures.wal_pages > 4000 * 4); /* 64 MB went through */
	CHECK(figures.wal_bytes_max < (uint64_t)64 << 20);
	struct stat log;
	CHECK(stat(scratch_path(&scratch, "hark.db-wal"), &log) == 0);
	CHECK(log.st_size < (off_t)64 << 20);
	store_close(store);
	scratch_remove(&scratch);
}

/* A read that goes on and on keeps the log from beginning anew, but nobody from writing. */
static void test_log_under_a_long_read(void)
{
	struct scratch scratch;
	scratch_make(&scratch);
	struct store *store = scratch_open(&scratch, true);
	REQUIRE(store != NULL);
	int64_t seq = 0;
	write_large(store, ++seq);
	store_flush(store);
	struct read_twice read;
	gate_init(&read.gate, STORE_OK);
	read.gate.job.run = run_read_twice;
	store_read(store, &read.gate.job);
	pthread_mutex_lock(&read.gate.mutex);
	while (!read.gate.entered) {
		pthread_cond_wait(&read.gate.changed, &read.gate.mutex);
	}
	pthread_mutex_unlock(&read.gate.mutex);
	while (seq < 1500) {
		write_large(store, ++seq);
		if (seq % 100 == 0) {
			while (newest_now(store) < seq) {
				store_drain(store);
			}
		}
	}
	struct store_figures pinned, after;
	gate_open(&read.gate);
	store_flush(store);
	CHECK_INT(read.after, 1);
	store_figures(store, &pinned);
	CHECK(pinned.wal_bytes_max > (uint64_t)1400 * 16000);
	while (seq < 6000) {
		write_large(store, ++seq);
		if (seq % 100 == 0) {
			store_flush(store);
		}
	}
	store_flush(store);
	store_figures(store, &after);
	CHECK(after.wal_bytes_max < (uint64_t)64 << 20); /* 96 MB went through */
	CHECK_INT(newest(store), 6000);
	store_close(store);
	scratch_remove(&scratch);
}

static void test_every_status_has_its_sentence(void)
{
	for (int i = STORE_OK; i <= STORE_NOT_RECOVERED; i++) {
		for (int k = STORE_OK; k < i; k++) {
			CHECK(strcmp(store_status_text((enum store_status)i),
				      store_status_text((enum store_status)k)) != 0);
		}
		CHECK(strcmp(store_status_text((enum store_status)i), "unknown status") != 0);
	}
}

static void test_plain_file(void)
{
	struct scratch scratch;
	scratch_make(&scratch);
	struct store_options options = {.path = scratch.path, .create = true};
	struct store *store;
	REQUIRE(store_open(&options, &store, NULL, 0) == STORE_OK);
	write_event(store, 1, 1, 1, 0, NULL);
	store_flush(store);
	CHECK_INT(newest(store), 1);
	store_close(store);
	scratch_remove(&scratch);
}

int main(void)
{
	alarm(120); /* nothing here may wait for ever */
	RUN(test_damaged_log); /* first: forking wants no other thread */
	RUN(test_what_waits_is_one_commit);
	RUN(test_long_queue_keeps_its_order);
	RUN(test_notify_once_until_drained);
	RUN(test_refused_fails_alone);
	RUN(test_failure_takes_the_batch_and_what_is_behind);
	RUN(test_event_number_twice_fails_the_batch);
	RUN(test_readers_may_only_read);
	RUN(test_read_sees_one_moment);
	RUN(test_read_that_stops_midway);
	RUN(test_close_finishes_what_is_queued);
	RUN(test_closed_store_says_so);
	RUN(test_open_says_why_not);
	RUN(test_damaged_page_says_so);
	RUN(test_backup_under_writes);
	RUN(test_log_stays_bounded);
	RUN(test_log_under_a_long_read);
	RUN(test_plain_file);
	RUN(test_every_status_has_its_sentence);
	return tap_done();
}
