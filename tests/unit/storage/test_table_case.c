/* Cases: written with their steps, changed in parts, read whole and in pages. */
#include "storage/table_case.h"

#include "storage/store_db.h"
#include "tests/unit/storage/store_help.h"
#include "tests/unit/tap.h"

static struct scratch scratch;
static struct store *store;

/* Runs a part of a transaction as a job of its own. */
struct part {
	struct store_job job;
	enum store_status (*run)(struct store_db *db, void *data);
	void *data;
};

static enum store_status run_part(struct store_job *job, struct store_db *db)
{
	struct part *part = (struct part *)job;
	return part->run(db, part->data);
}

static void write(enum store_status (*run)(struct store_db *db, void *data), void *data)
{
	struct part part = {.job.run = run_part, .run = run, .data = data};
	CHECK_INT(write_and_wait(store, &part.job), STORE_OK);
}

static enum store_status insert(struct store_db *db, void *data)
{
	const struct case_step_row steps[] = {
		{.step = 1, .text = "Talk"}, {.step = 2, .text = "Call home"}};
	return case_insert(db, data, steps, 2);
}

static enum store_status update(struct store_db *db, void *data)
{
	return case_update(db, data);
}

static enum store_status save_step(struct store_db *db, void *data)
{
	return case_step_save(db, 1, data);
}

enum {
	NOTED_MS = 1000, /* when every note is written */
};

static enum store_status add_notes(struct store_db *db, void *data)
{
	const int *count = data;
	enum store_status status = STORE_OK;
	for (int i = 0; i < *count && status == STORE_OK; i++) {
		const uint8_t id[CASE_NOTE_ID_BYTES] = {(uint8_t)i, (uint8_t)(i >> 8)};
		char body[101];
		snprintf(body, sizeof body, "%0100d", i);
		status = case_note_insert(db, 1, id, 7, NOTED_MS, body);
	}
	return status;
}

static struct case_read *read_one(int64_t id, int64_t before, enum store_status expected)
{
	static struct case_read read;
	case_read_init(&read);
	read.id = id;
	read.before = before;
	read.bytes_max = 1000;
	CHECK_INT(read_and_wait(store, &read.job), expected);
	return &read;
}

static void test_whole(void)
{
	struct case_row row = {.id = 1,
		.year = 2026,
		.number = 14,
		.room = 40,
		.owner = 7,
		.opened_ms = 5,
		.title = "Safety at home"};
	write(insert, &row);
	struct case_read *read = read_one(1, INT64_MAX, STORE_OK);
	CHECK_STR(read->row.title, "Safety at home");
	CHECK_INT(read->row.number, 14);
	CHECK_STR(read->room_name, ""); /* its row is not there yet */
	REQUIRE(read->steps_count == 2);
	CHECK_STR(read->steps[1].text, "Call home");
	CHECK_INT(read->steps[1].at_ms, 0);
	CHECK_INT(read->notes_count + read->calls_count + read->openings_count, 0);
	case_read_finish(read);
	read_one(2, INT64_MAX, STORE_REFUSED);
}

static void test_only_what_changes(void)
{
	struct case_change change = {.id = 1, .state = 2, .tier = -1, .follow_ms = -1};
	write(update, &change);
	change = (struct case_change){
		.id = 1, .state = -1, .tier = 3, .follow_ms = 99, .outcome = "Well"};
	write(update, &change);
	struct case_read *read = read_one(1, INT64_MAX, STORE_OK);
	CHECK_STR(read->row.title, "Safety at home");
	CHECK_STR(read->row.outcome, "Well");
	CHECK_INT(read->row.state, 2);
	CHECK_INT(read->row.tier, 3);
	CHECK_INT(read->row.follow_ms, 99);
	case_read_finish(read);
	change = (struct case_change){.id = 1, .state = 0, .tier = 0, .follow_ms = 0, .title = "T"};
	write(update, &change);
	read = read_one(1, INT64_MAX, STORE_OK);
	CHECK_STR(read->row.title, "T");
	CHECK_STR(read->row.outcome, "Well");
	CHECK_INT(read->row.state + read->row.tier, 0);
	CHECK_INT(read->row.follow_ms, 0);
	case_read_finish(read);
}

static void test_steps(void)
{
	struct case_step_row step = {
		.step = 2, .state = 2, .reason = "Not now", .by = 8, .at_ms = 70};
	write(save_step, &step);
	step = (struct case_step_row){.step = 3, .text = "Nurse", .by = 8, .at_ms = 71};
	write(save_step, &step);
	struct case_read *read = read_one(1, INT64_MAX, STORE_OK);
	REQUIRE(read->steps_count == 3);
	CHECK_STR(read->steps[1].text, "Call home"); /* stays */
	CHECK_STR(read->steps[1].reason, "Not now");
	CHECK_INT(read->steps[1].by, 8);
	CHECK_STR(read->steps[2].text, "Nurse");
	case_read_finish(read);
}

static void test_notes(void)
{
	int count = 25;
	write(add_notes, &count);
	write(add_notes, &count); /* the same again */
	struct case_find_note find;
	case_find_note_init(&find);
	find.case_id = 1;
	find.id[0] = 24;
	CHECK_INT(read_and_wait(store, &find.job), STORE_OK);
	CHECK(find.found);
	find.id[0] = 25;
	find.found = true;
	CHECK_INT(read_and_wait(store, &find.job), STORE_OK);
	CHECK(!find.found);
	/* 1,000 bytes at a time, newest first. */
	struct case_read *read = read_one(1, INT64_MAX, STORE_OK);
	REQUIRE(read->notes_count == 10);
	CHECK(read->more);
	CHECK_INT(read->notes[0].at_ms, NOTED_MS);
	CHECK_INT(read->notes[0].size, 100);
	CHECK_INT(atoi(read->notes[9].body), 15);
	int64_t oldest = read->notes[9].id;
	case_read_finish(read);
	/* All of one moment: none is left out between two pages. */
	read = read_one(1, oldest, STORE_OK);
	REQUIRE(read->notes_count == 10);
	CHECK_INT(atoi(read->notes[0].body), 14);
	oldest = read->notes[9].id;
	case_read_finish(read);
	read = read_one(1, oldest, STORE_OK);
	CHECK_INT(read->notes_count, 5);
	CHECK(!read->more);
	case_read_finish(read);
	count = 150;
	write(add_notes, &count);
	static struct case_read all;
	case_read_init(&all);
	all.id = 1;
	all.bytes_max = 1000000;
	CHECK_INT(read_and_wait(store, &all.job), STORE_OK);
	CHECK_INT(all.notes_count, CASE_NOTES_MAX);
	CHECK(all.more);
	case_read_finish(&all);
}

static void read_list(struct case_read_list *read, int state, int64_t before, size_t limit)
{
	case_read_list_init(read);
	read->state = state;
	read->step_done = 2;
	read->before = before;
	read->limit = limit;
	CHECK_INT(read_and_wait(store, &read->job), STORE_OK);
}

static void test_list(void)
{
	for (int64_t id = 2; id <= 6; id++) {
		struct case_row row = {.id = id,
			.year = 2026,
			.number = 13 + (int)id,
			.room = 40 + id,
			.state = (int)(id % 2),
			.title = "T"};
		write(insert, &row);
	}
	struct case_read_list read;
	read_list(&read, -1, INT64_MAX, 50);
	REQUIRE(read.count == 6);
	CHECK_INT(read.lines[0].row.id, 6);
	CHECK_INT(read.lines[5].steps, 3);
	CHECK_INT(read.lines[5].done, 1);
	case_read_list_finish(&read);
	read_list(&read, 1, 5, 50);
	REQUIRE(read.count == 1);
	CHECK_INT(read.lines[0].row.id, 3);
	case_read_list_finish(&read);
	read_list(&read, -1, INT64_MAX, 2);
	CHECK_INT(read.count, 2);
	case_read_list_finish(&read);
}

struct all {
	struct store_job job;
	int count, steps;
};

static bool each(void *data, const struct case_summary *summary)
{
	struct all *all = data;
	all->count++;
	all->steps += summary->steps;
	CHECK_INT(summary->id, all->count);
	return true;
}

static enum store_status run_all(struct store_job *job, struct store_db *db)
{
	return case_load_all(db, each, job);
}

static void test_load(void)
{
	struct all all = {.job.run = run_all};
	CHECK_INT(store_read_now(store, &all.job), STORE_OK);
	CHECK_INT(all.count, 6);
	CHECK_INT(all.steps, 13);
}

int main(void)
{
	scratch_make(&scratch);
	store = scratch_open(&scratch, true);
	if (store == NULL) {
		return EXIT_FAILURE;
	}
	RUN(test_whole);
	RUN(test_only_what_changes);
	RUN(test_steps);
	RUN(test_notes);
	RUN(test_list);
	RUN(test_load);
	store_close(store);
	scratch_remove(&scratch);
	return tap_done();
}
