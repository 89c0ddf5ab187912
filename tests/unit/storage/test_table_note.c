/* Private notes: each once, found by who sent it, read by room and by whom it is for. */
#include "storage/table_note.h"

#include "storage/store_db.h"
#include "tests/unit/storage/store_help.h"
#include "tests/unit/tap.h"

static struct scratch scratch;
static struct store *store;

struct insert {
	struct store_job job;
	struct note_row row;
};

static enum store_status run_insert(struct store_job *job, struct store_db *db)
{
	return note_insert(db, &((struct insert *)job)->row);
}

static enum store_status put(int64_t room, int64_t supporter, int id, const char *body)
{
	struct insert insert = {
		.job = {.run = run_insert, .may_refuse = true},
		.row = {.room = room,
			.at_ms = 1000 + id,
			.author = 3,
			.supporter = supporter,
			.body = body,
			.body_size = strlen(body)},
	};
	insert.row.page_id[0] = (uint8_t)id;
	return write_and_wait(store, &insert.job);
}

static struct note_read get(int64_t room, int64_t supporter, size_t limit, size_t bytes)
{
	struct note_read read;
	note_read_init(&read);
	read.room = room;
	read.supporter = supporter;
	read.limit = limit;
	read.bytes = bytes;
	CHECK_INT(read_and_wait(store, &read.job), STORE_OK);
	return read;
}

static void test_once(void)
{
	CHECK_INT(put(42, 7, 1, "Ask what\nhappened"), STORE_OK);
	CHECK_INT(put(42, 7, 1, "Ask what\nhappened"), STORE_REFUSED);
	struct note_find find;
	note_find_init(&find);
	find.author = 3;
	find.page_id[0] = 1;
	CHECK_INT(read_and_wait(store, &find.job), STORE_OK);
	CHECK_INT(find.room, 42);
	note_find_init(&find);
	find.author = 4; /* the same id of somebody else */
	find.page_id[0] = 1;
	CHECK_INT(read_and_wait(store, &find.job), STORE_REFUSED);
}

static void test_for_whom(void)
{
	CHECK_INT(put(42, 8, 2, "To the next one"), STORE_OK);
	CHECK_INT(put(43, 7, 3, "Another room"), STORE_OK);
	struct note_read read = get(42, 0, 10, 1000);
	REQUIRE(read.count == 2);
	CHECK_STR(read.rows[0].body, "Ask what\nhappened");
	CHECK_INT(read.rows[0].body_size, 17);
	CHECK_INT(read.rows[0].at_ms, 1001);
	CHECK_INT(read.rows[0].author, 3);
	CHECK_INT(read.rows[0].supporter, 7);
	CHECK_INT(read.rows[0].page_id[0], 1);
	CHECK_INT(read.rows[1].supporter, 8);
	note_read_finish(&read);
	read = get(42, 7, 10, 1000);
	CHECK_INT(read.count, 1);
	note_read_finish(&read);
	read = get(44, 0, 10, 1000);
	CHECK_INT(read.count, 0);
	note_read_finish(&read);
}

static void test_bounds(void)
{
	for (int i = 10; i < 20; i++) {
		CHECK_INT(put(50, 7, i, "ten bytes."), STORE_OK);
	}
	struct note_read read = get(50, 7, 3, 1000);
	REQUIRE(read.count == 3);
	CHECK_INT(read.rows[0].at_ms, 1017); /* the newest, the oldest of them first */
	CHECK_INT(read.rows[2].at_ms, 1019);
	note_read_finish(&read);
	read = get(50, 7, 10, 25);
	CHECK_INT(read.count, 2);
	note_read_finish(&read);
	read = get(50, 7, 10, 5);
	REQUIRE(read.count == 1);
	CHECK_INT(read.rows[0].at_ms, 1019);
	note_read_finish(&read);
}

int main(void)
{
	scratch_make(&scratch);
	store = scratch_open(&scratch, true);
	if (store == NULL) {
		return EXIT_FAILURE;
	}
	RUN(test_once);
	RUN(test_for_whom);
	RUN(test_bounds);
	store_close(store);
	scratch_remove(&scratch);
	return tap_done();
}
