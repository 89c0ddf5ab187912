/* Pictures: kept as they are, found by their number, gone with the event that failed. */
#include "storage/table_picture.h"

#include "tests/unit/storage/store_help.h"
#include "tests/unit/tap.h"

static struct scratch scratch;
static struct store *store;

struct add {
	struct store_job job;
	struct picture_row row;
	bool refuse; /* what stands beside it in the transaction */
};

static enum store_status run_add(struct store_job *job, struct store_db *db)
{
	struct add *add = (struct add *)job;
	enum store_status status = picture_add(db, &add->row);
	return status == STORE_OK && add->refuse ? STORE_REFUSED : status;
}

static enum store_status put(int64_t id, bool refuse, size_t body_size)
{
	char *body = malloc(body_size);
	memset(body, 'b', body_size);
	struct add add = {
		.job = {.run = run_add, .may_refuse = true},
		.row = {.id = id, .room = 7, .at_ms = 5, .type = 1, .width = 20, .height = 10},
		.refuse = refuse,
	};
	add.row.body = body;
	add.row.body_size = body_size;
	add.row.thumb = "t\0u";
	add.row.thumb_size = 3;
	enum store_status status = write_and_wait(store, &add.job);
	free(body);
	return status;
}

static struct picture_read get(int64_t id, bool thumb)
{
	struct picture_read read;
	picture_read_init(&read);
	read.id = id;
	read.thumb = thumb;
	CHECK_INT(store_read_now(store, &read.job), STORE_OK);
	return read;
}

static void test_picture_and_thumbnail(void)
{
	enum {
		LARGE = 2 * 1024 * 1024
	};
	CHECK_INT(put(9007199254740991, false, LARGE), STORE_OK);
	struct picture_read body = get(9007199254740991, false);
	CHECK_INT(body.room, 7);
	CHECK_INT(body.type, 1);
	REQUIRE(body.size == LARGE);
	CHECK(body.bytes[0] == 'b' && body.bytes[LARGE - 1] == 'b');
	struct picture_read thumb = get(9007199254740991, true);
	CHECK_INT(thumb.room, 7);
	REQUIRE(thumb.size == 3);
	CHECK(memcmp(thumb.bytes, "t\0u", 3) == 0);
	free(body.bytes);
	free(thumb.bytes);
}

static void test_what_is_not_there(void)
{
	struct picture_read read = get(12345, false);
	CHECK_INT(read.room, 0);
	CHECK(read.bytes == NULL);
}

static void test_the_same_number_twice(void)
{
	CHECK_INT(put(1, false, 10), STORE_OK);
	CHECK_INT(put(1, false, 11), STORE_REFUSED);
	struct picture_read read = get(1, false);
	CHECK_INT(read.size, 10);
	free(read.bytes);
}

static void test_all_or_nothing(void)
{
	CHECK_INT(put(2, true, 10), STORE_REFUSED);
	struct picture_read read = get(2, false);
	CHECK_INT(read.room, 0);
}

int main(void)
{
	scratch_make(&scratch);
	store = scratch_open(&scratch, true);
	if (store == NULL) {
		return EXIT_FAILURE;
	}
	RUN(test_picture_and_thumbnail);
	RUN(test_what_is_not_there);
	RUN(test_the_same_number_twice);
	RUN(test_all_or_nothing);
	store_close(store);
	scratch_remove(&scratch);
	return tap_done();
}
