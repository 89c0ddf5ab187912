/* What the daily digest counts: of one day alone, once, or not at all when a step of it fails. */
#include "storage/table_digest.h"

#include <sqlite3.h>

#include "storage/store_db.h"
#include "storage/table_event.h"
#include "tests/unit/storage/os_fault.h"
#include "tests/unit/storage/store_help.h"
#include "tests/unit/tap.h"

static struct scratch scratch;
static struct store *store;

enum {
	CLOSED = 3, /* a case's state */
	DAY = 86400000, /* ms */
};

struct posting {
	struct store_job job;
	struct outbox_row row;
};

static enum store_status run_posting(struct store_job *job, struct store_db *db)
{
	return outbox_add(db, &((struct posting *)job)->row);
}

static void add_event(int64_t seq, int kind, int64_t at_ms)
{
	const struct event_row row = {.seq = seq,
		.room = 1,
		.n = seq,
		.prev = seq - 1,
		.at_ms = at_ms,
		.kind = kind,
		.body = "{}",
		.body_size = 2};
	struct event_append *append = event_append_create(&row);
	append->job.done = append_done;
	store_write(store, &append->job);
	store_flush(store);
}

static struct digest_read digest(int64_t from_ms)
{
	struct digest_read read;
	digest_read_init(&read);
	read.from_ms = from_ms;
	read.until_ms = from_ms + DAY;
	read.now_ms = 5 * DAY;
	read.case_closed = CLOSED;
	snprintf(read.key, sizeof read.key, "digest 5");
	return read;
}

static void test_counts(void)
{
	static const int64_t days[] = {DAY - 1, DAY, DAY + 5, 2 * DAY - 1, 2 * DAY, 2 * DAY + 1};
	for (size_t i = 0; i < sizeof days / sizeof *days; i++) {
		add_event((int64_t)i + 1, i % 2 == 0 ? 4 : 7, days[i]);
	}
	add_event(7, 9999, 2 * DAY + 2); /* a kind of a newer program's */
	struct digest_read read = digest(DAY);
	CHECK_INT(store_read_now(store, &read.job), STORE_OK);
	CHECK(!read.posted);
	CHECK_INT(read.events[7], 2);
	CHECK_INT(read.events[4], 1);
	CHECK_INT(read.calls_open, 0);
	CHECK_INT(read.cases_due, 0);
	read = digest(2 * DAY);
	CHECK_INT(store_read_now(store, &read.job), STORE_OK);
	CHECK_INT(read.events[4], 1);
	CHECK_INT(read.events[7], 1);
}

static void test_failing(void)
{
	int at = 1;
	for (;; at++) {
		struct digest_read read = digest(DAY);
		os_fault_arm(OS_SQLITE, at, SQLITE_FULL, false);
		enum store_status status = store_read_now(store, &read.job);
		if (os_fault_disarm() == 0) {
			CHECK_INT(status, STORE_OK);
			break;
		}
		CHECK_INT(status, STORE_FULL);
	}
	CHECK(at > 10);
}

/* Twice on one day, after a restart: it is in the outbox, and nothing is counted again. */
static void test_posted_already(void)
{
	struct posting posting = {{.run = run_posting, .may_refuse = true},
		{.channel = 1, .title = "The day", .created_ms = 1}};
	snprintf(posting.row.key, sizeof posting.row.key, "digest 5");
	CHECK_INT(write_and_wait(store, &posting.job), STORE_OK);
	struct digest_read read = digest(DAY);
	CHECK_INT(store_read_now(store, &read.job), STORE_OK);
	CHECK(read.posted);
	CHECK_INT(read.events[7], 0);
}

int main(void)
{
	scratch_make(&scratch);
	store = scratch_open(&scratch, true);
	if (store == NULL) {
		return EXIT_FAILURE;
	}
	RUN(test_counts);
	RUN(test_failing);
	RUN(test_posted_already);
	store_close(store);
	scratch_remove(&scratch);
	return tap_done();
}
