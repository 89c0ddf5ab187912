/* Holders, sealed items with their shares, grants and openings. */
#include "storage/table_escrow.h"

#include "storage/store_db.h"
#include "tests/unit/storage/store_help.h"
#include "tests/unit/tap.h"

static struct scratch scratch;
static struct store *store;

/* Any function over a connection, as a write. */
struct act {
	struct store_job job;
	enum store_status (*run)(struct store_db *db, void *data);
	void *data;
};

static enum store_status run_act(struct store_job *job, struct store_db *db)
{
	const struct act *act = (struct act *)job;
	return act->run(db, act->data);
}

static enum store_status write_with(
	enum store_status (*run)(struct store_db *db, void *data), void *data)
{
	struct act act = {{.run = run_act, .may_refuse = true}, run, data};
	return write_and_wait(store, &act.job);
}

static enum store_status insert_holder(struct store_db *db, void *data)
{
	return holder_insert(db, data);
}

static enum store_status rewrap(struct store_db *db, void *data)
{
	return holder_rewrap(db, data);
}

static struct holder_row holder(int64_t id, int64_t account)
{
	struct holder_row row = {.id = id, .account = account, .created_ms = 100 + id};
	memset(row.public_key, (int)id, sizeof row.public_key);
	memset(row.wrapped, (int)id + 1, sizeof row.wrapped);
	return row;
}

struct listed {
	struct holder_row rows[8];
	int64_t shares[8];
	size_t count;
};

static bool list(void *data, const struct holder_row *row, int64_t shares)
{
	struct listed *listed = data;
	listed->rows[listed->count] = *row;
	listed->shares[listed->count++] = shares;
	return true;
}

static enum store_status load(struct store_db *db, void *data)
{
	((struct listed *)data)->count = 0;
	return holder_load_all(db, list, data);
}

/* One is enough for this one. */
static bool list_first(void *data, const struct holder_row *row, int64_t shares)
{
	list(data, row, shares);
	return false;
}

static enum store_status load_first(struct store_db *db, void *data)
{
	((struct listed *)data)->count = 0;
	return holder_load_all(db, list_first, data);
}

static void test_holders(void)
{
	struct holder_row first = holder(1, 7), second = holder(2, 8), third = holder(3, 7);
	CHECK_INT(write_with(insert_holder, &first), STORE_OK);
	CHECK_INT(write_with(insert_holder, &second), STORE_OK);
	CHECK_INT(write_with(insert_holder, &third), STORE_OK);
	memset(third.wrapped, 99, sizeof third.wrapped);
	CHECK_INT(write_with(rewrap, &third), STORE_OK);
	CHECK_INT(write_with(rewrap, &first), STORE_REFUSED);
	struct listed listed = {.count = 0};
	CHECK_INT(write_with(load, &listed), STORE_OK);
	REQUIRE(listed.count == 3);
	struct listed one = {.count = 0};
	CHECK_INT(write_with(load_first, &one), STORE_OK);
	CHECK_INT(one.count, 1);
	CHECK_INT(listed.rows[0].removed_ms, 103);
	CHECK_INT(listed.rows[1].removed_ms, 0);
	CHECK_INT(listed.rows[2].removed_ms, 0);
	CHECK_INT(listed.rows[2].wrapped[5], 99);
	CHECK_INT(listed.rows[1].public_key[31], 2);
}

static enum store_status seal(int64_t id, int64_t room, int64_t kind, int approvals)
{
	static const uint8_t box[300] = {5};
	struct share_row shares[2] = {{.holder = 2, .part = approvals > 1 ? 1 : 0},
		{.holder = 4, .part = approvals > 1 ? 2 : 0}};
	struct sealed_write write;
	sealed_write_init(&write);
	write.row = (struct sealed_row){.id = id,
		.room = room,
		.kind = kind,
		.at_ms = 1000 + id,
		.approvals = approvals,
		.box = box,
		.box_size = sizeof box};
	write.shares = shares;
	write.shares_count = 2;
	return write_and_wait(store, &write.job);
}

static void test_items(void)
{
	for (int64_t i = 1; i <= SEALED_ROOM_MAX; i++) {
		CHECK_INT(seal(i, 42, i % 2 == 0 ? 5 : 0, 1), STORE_OK);
	}
	CHECK_INT(seal(100, 42, 0, 1), STORE_REFUSED);
	CHECK_INT(seal(101, 43, 0, 1), STORE_OK);
	struct sealed_read read;
	sealed_read_init(&read);
	read.room = 42;
	read.holder = 2;
	read.with_boxes = true;
	read.large_kind = 5;
	CHECK_INT(read_and_wait(store, &read.job), STORE_OK);
	REQUIRE(read.count == SEALED_PAGE);
	CHECK_INT(read.rows[0].id, SEALED_ROOM_MAX - SEALED_PAGE + 1);
	CHECK_INT(read.rows[SEALED_PAGE - 1].id, SEALED_ROOM_MAX);
	CHECK_INT(read.shares[0].sealed, read.rows[0].id);
	CHECK(read.rows[0].box != NULL && read.rows[0].box_size == 300);
	CHECK(read.rows[1].box == NULL); /* a picture's stays where it is */
	sealed_read_finish(&read);
	sealed_read_init(&read);
	read.room = 43;
	read.holder = 3;
	CHECK_INT(read_and_wait(store, &read.job), STORE_OK);
	REQUIRE(read.count == 1);
	CHECK_INT(read.shares[0].sealed, 0);
	CHECK(read.rows[0].box == NULL);
	sealed_read_finish(&read);
}

static size_t grantable(int64_t from, int64_t to, bool needs_third, struct grant_read *read)
{
	grant_read_init(read);
	read->from = from;
	read->to = to;
	read->after = 100;
	read->needs_third = needs_third;
	CHECK_INT(read_and_wait(store, &read->job), STORE_OK);
	return read->count;
}

static void test_grants(void)
{
	struct grant_read read;
	CHECK_INT(grantable(2, 3, true, &read), 1); /* item 101 */
	CHECK_INT(read.shares[0].sealed, 101);
	struct grant_write write;
	grant_write_init(&write);
	write.shares[0] = read.shares[0];
	write.count = 1;
	CHECK_INT(write_and_wait(store, &write.job), STORE_OK);
	CHECK_INT(write.added, 1);
	CHECK_INT(write_and_wait(store, &write.job), STORE_OK);
	CHECK_INT(write.added, 0);
	CHECK_INT(grantable(2, 3, true, &read), 0);
	/* Two must agree, and there is no third in use who holds another part. */
	CHECK_INT(seal(102, 44, 0, 2), STORE_OK);
	CHECK_INT(grantable(2, 3, true, &read), 0);
	CHECK_INT(grantable(2, 3, false, &read), 1);
	struct holder_row fourth = holder(4, 9);
	CHECK_INT(write_with(insert_holder, &fourth), STORE_OK);
	CHECK_INT(grantable(2, 3, true, &read), 1);
	CHECK_INT(read.shares[0].part, 1);
}

static enum store_status open_new(struct store_db *db, void *data)
{
	return opening_insert(db, data);
}

static enum store_status move(struct store_db *db, void *data)
{
	return opening_update(db, data, "parts", 5);
}

static enum store_status shares_of(struct store_db *db, void *data)
{
	uint8_t *shares = NULL;
	size_t size = 0;
	enum store_status status = opening_shares(db, *(int64_t *)data, &shares, &size);
	CHECK(status != STORE_OK || (size == 5 && memcmp(shares, "parts", 5) == 0));
	free(shares);
	return status;
}

struct steps {
	int64_t steps[3];
	int64_t ids[4]; /* as they were told */
	size_t count, most;
};

static bool note_opening(void *data, const struct opening_row *row)
{
	struct steps *steps = data;
	CHECK_STR(row->reason, "why");
	steps->ids[steps->count++] = row->id;
	return steps->count < steps->most;
}

static enum store_status load_open(struct store_db *db, void *data)
{
	struct steps *steps = data;
	steps->count = 0;
	return opening_load_open(db, steps->steps, note_opening, steps);
}

/* What is still open at a start: by its steps, the longest asked for first. */
static void test_open_ones(void)
{
	for (int64_t id = 1; id <= 4; id++) {
		struct opening_row row = {.id = 20 + id,
			.room = 43,
			.by_account = 7,
			.step = id,
			.asked_ms = 100 - id,
			.reason = "why"};
		CHECK_INT(write_with(open_new, &row), STORE_OK);
	}
	struct steps steps = {.steps = {1, 2, 4}, .most = 4};
	CHECK_INT(write_with(load_open, &steps), STORE_OK);
	REQUIRE(steps.count == 3);
	CHECK_INT(steps.ids[0], 24);
	CHECK_INT(steps.ids[1], 22);
	CHECK_INT(steps.ids[2], 21);
	steps.most = 1;
	CHECK_INT(write_with(load_open, &steps), STORE_OK);
	CHECK_INT(steps.count, 1);
}

static void test_openings(void)
{
	struct opening_row row = {
		.id = 9, .room = 42, .by_account = 7, .asked_ms = 5, .reason = "why"};
	CHECK_INT(write_with(open_new, &row), STORE_OK);
	row.step = 3;
	row.until_ms = 77;
	CHECK_INT(write_with(move, &row), STORE_OK);
	struct opening_read read;
	opening_read_init(&read);
	read.room = 42;
	CHECK_INT(read_and_wait(store, &read.job), STORE_OK);
	REQUIRE(read.count == 1);
	CHECK_STR(read.rows[0].reason, "why");
	CHECK_STR(read.rows[0].name, "?"); /* its room is not in the file */
	CHECK_INT(read.rows[0].step, 3);
	CHECK_INT(read.rows[0].until_ms, 77);
	opening_read_finish(&read);
	int64_t id = 9, none = 10;
	CHECK_INT(write_with(shares_of, &id), STORE_OK);
	CHECK_INT(write_with(shares_of, &none), STORE_REFUSED);
}

int main(void)
{
	scratch_make(&scratch);
	store = scratch_open(&scratch, true);
	RUN(test_holders);
	RUN(test_items);
	RUN(test_grants);
	RUN(test_openings);
	RUN(test_open_ones);
	store_close(store);
	scratch_remove(&scratch);
	return tap_done();
}
