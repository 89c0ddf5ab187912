/* Calls for an adult, who was told of them, and where adults are reached. */
#include "storage/table_escalation.h"

#include "storage/store_db.h"
#include "storage/table_reach.h"
#include "storage/table_staff.h"
#include "tests/unit/storage/store_help.h"
#include "tests/unit/tap.h"

static struct scratch scratch;
static struct store *store;

enum {
	MAX = 64
};

/* ---- jobs for what the daemon runs inside an event's transaction, or at its start ---- */

struct save {
	struct store_job job;
	struct escalation_row row;
	struct escalation_told_row told[MAX];
	size_t told_count;
};

static enum store_status run_save(struct store_job *job, struct store_db *db)
{
	struct save *save = (struct save *)job;
	return escalation_save(db, &save->row, save->told, save->told_count);
}

struct load {
	struct store_job job;
	int64_t after, room;
	size_t limit;
	struct escalation_row rows[MAX];
	struct escalation_told_row told[MAX];
	size_t count;
	bool stop;
};

static bool each_row(void *data, const struct escalation_row *row)
{
	struct load *load = data;
	load->rows[load->count++] = *row;
	return !load->stop;
}

static bool each_told(void *data, const struct escalation_told_row *row)
{
	struct load *load = data;
	load->told[load->count++] = *row;
	return !load->stop;
}

static enum store_status run_load(struct store_job *job, struct store_db *db)
{
	struct load *load = (struct load *)job;
	return escalation_load(db, load->after, each_row, load);
}

static enum store_status run_load_told(struct store_job *job, struct store_db *db)
{
	struct load *load = (struct load *)job;
	return escalation_load_told(db, load->room, each_told, load);
}

static enum store_status run_of_room(struct store_job *job, struct store_db *db)
{
	struct load *load = (struct load *)job;
	return escalation_of_room(db, load->room, load->limit, each_row, load);
}

static void save_row(const struct escalation_row *row, int told)
{
	struct save *save = calloc(1, sizeof(*save));
	save->job.run = run_save;
	save->row = *row;
	for (int i = 0; i < told; i++) {
		struct escalation_told_row *one = &save->told[save->told_count++];
		*one = (struct escalation_told_row){
			.escalation = row->id, .at_ms = 100 + i, .channel = i % 3, .failed = true};
		snprintf(one->who, sizeof(one->who), "Ms. %d", i);
		snprintf(one->message, sizeof(one->message), "esc-%d", i);
	}
	CHECK_INT(write_and_wait(store, &save->job), STORE_OK);
	free(save);
}

static struct escalation_row row_of(int64_t id)
{
	struct escalation_row row = {
		.id = id,
		.room = 70 + id,
		.source = 1,
		.reason = 2,
		.raised_by = 3,
		.raised_ms = 1000 - id,
		.has_page_id = true,
		.page_id = {1, 2, 3, (uint8_t)id},
		.note = "what\nhappened",
		.tell = true,
		.stage = 4,
		.steps = 5,
		.climb = 6,
		.since_ms = 7,
		.opened_by = 8,
		.opened_ms = 9,
		.taken_by = 10,
		.taken_ms = 11,
		.handed_to = 12,
		.outcome = -1,
	};
	return row;
}

static bool same(const struct escalation_row *a, const struct escalation_row *b)
{
	return a->id == b->id && a->room == b->room && a->source == b->source &&
	       a->reason == b->reason && a->raised_by == b->raised_by &&
	       a->raised_ms == b->raised_ms && a->has_page_id == b->has_page_id &&
	       memcmp(a->page_id, b->page_id, sizeof(a->page_id)) == 0 &&
	       strcmp(a->note, b->note) == 0 && a->tell == b->tell && a->stage == b->stage &&
	       a->steps == b->steps && a->climb == b->climb && a->since_ms == b->since_ms &&
	       a->opened_by == b->opened_by && a->opened_ms == b->opened_ms &&
	       a->taken_by == b->taken_by && a->taken_ms == b->taken_ms &&
	       a->handed_to == b->handed_to && a->closed_ms == b->closed_ms &&
	       a->outcome == b->outcome;
}

static void test_round_trip(void)
{
	struct escalation_row first = row_of(1), second = row_of(2);
	second.has_page_id = false;
	memset(second.page_id, 0, sizeof(second.page_id));
	save_row(&first, 0);
	save_row(&second, 0);
	struct load load = {.job.run = run_load};
	CHECK_INT(store_read_now(store, &load.job), STORE_OK);
	REQUIRE(load.count == 2);
	CHECK(same(&load.rows[0], &second)); /* raised before the other */
	CHECK(same(&load.rows[1], &first));
	load = (struct load){.job.run = run_load, .stop = true};
	CHECK_INT(store_read_now(store, &load.job), STORE_OK);
	CHECK_INT(load.count, 1);
}

/* Written again while others refer to it, and closed. */
static void test_moves(void)
{
	struct escalation_row row = row_of(1);
	save_row(&row, 3);
	row.stage = 5;
	row.closed_ms = 5000;
	row.outcome = 2;
	save_row(&row, 0);
	struct load load = {.job.run = run_load, .after = 5000};
	CHECK_INT(store_read_now(store, &load.job), STORE_OK);
	REQUIRE(load.count == 1);
	CHECK_INT(load.rows[0].id, 2); /* open */
	load = (struct load){.job.run = run_load, .after = 4999};
	CHECK_INT(store_read_now(store, &load.job), STORE_OK);
	REQUIRE(load.count == 2);
	CHECK(same(&load.rows[1], &row));
	load = (struct load){.job.run = run_load_told, .room = 1};
	CHECK_INT(store_read_now(store, &load.job), STORE_OK);
	REQUIRE(load.count == 3); /* kept */
	CHECK_STR(load.told[0].who, "Ms. 0");
	CHECK_STR(load.told[2].message, "esc-2");
	CHECK_INT(load.told[2].channel, 2);
	CHECK_INT(load.told[2].at_ms, 102);
}

static void test_newest_told(void)
{
	struct escalation_row row = row_of(2);
	save_row(&row, 30);
	save_row(&row, 30);
	struct escalation_told_write *write = escalation_told_write_create(2, "esc-29", false);
	CHECK_INT(write_and_wait(store, &write->job), STORE_OK);
	free(write);
	struct load load = {.job.run = run_load_told, .room = 2};
	CHECK_INT(store_read_now(store, &load.job), STORE_OK);
	REQUIRE(load.count == ESCALATION_TOLD_MAX);
	CHECK_STR(load.told[0].who, "Ms. 20"); /* oldest first */
	CHECK_STR(load.told[39].who, "Ms. 29");
	CHECK(!load.told[39].failed && load.told[38].failed);
}

static void test_of_room(void)
{
	struct escalation_row row = row_of(9);
	row.room = 71;
	row.raised_ms = 4000;
	save_row(&row, 0);
	struct load load = {.job.run = run_of_room, .room = 71, .limit = 5};
	CHECK_INT(store_read_now(store, &load.job), STORE_OK);
	REQUIRE(load.count == 2);
	CHECK_INT(load.rows[0].id, 9);
	CHECK_INT(load.rows[1].id, 1);
	load = (struct load){.job.run = run_of_room, .room = 71, .limit = 1};
	CHECK_INT(store_read_now(store, &load.job), STORE_OK);
	CHECK_INT(load.count, 1);
}

struct reaches {
	struct store_job job;
	struct reach_row rows[4];
	size_t count;
};

static bool each_reach(void *data, const struct reach_row *row)
{
	struct reaches *reaches = data;
	reaches->rows[reaches->count++] = *row;
	return true;
}

static enum store_status run_reaches(struct store_job *job, struct store_db *db)
{
	return reach_load_all(db, each_reach, job);
}

static void test_reach(void)
{
	struct staff_write *account = staff_write_create(STAFF_ACCOUNT_ADD);
	account->account = (struct account_row){.id = 4, .login = "rivera", .alias = "Ms. R."};
	CHECK_INT(write_and_wait(store, &account->job), STORE_OK);
	free(account);
	struct reach_row row = {.account = 4, .mail = "r@school.example", .on_duty = true};
	struct reach_write *write = reach_write_create(&row);
	CHECK_INT(write_and_wait(store, &write->job), STORE_OK);
	free(write);
	strcpy(row.ntfy, "topic");
	row.on_duty = false;
	write = reach_write_create(&row);
	CHECK_INT(write_and_wait(store, &write->job), STORE_OK);
	free(write);
	struct reaches reaches = {.job.run = run_reaches};
	CHECK_INT(store_read_now(store, &reaches.job), STORE_OK);
	REQUIRE(reaches.count == 1);
	CHECK_INT(reaches.rows[0].account, 4);
	CHECK_STR(reaches.rows[0].mail, "r@school.example");
	CHECK_STR(reaches.rows[0].ntfy, "topic");
	CHECK(!reaches.rows[0].on_duty);
}

int main(void)
{
	scratch_make(&scratch);
	store = scratch_open(&scratch, true);
	if (store == NULL) {
		return EXIT_FAILURE;
	}
	RUN(test_round_trip);
	RUN(test_moves);
	RUN(test_newest_told);
	RUN(test_of_room);
	RUN(test_reach);
	store_close(store);
	scratch_remove(&scratch);
	return tap_done();
}
