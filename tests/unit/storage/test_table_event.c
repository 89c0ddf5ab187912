/* The event table against a naive model: random rooms, random marks, random questions. */
#include "storage/table_event.h"

#include "storage/store_db.h"
#include "tests/unit/storage/store_help.h"
#include "tests/unit/tap.h"

enum {
	ROOMS = 5,
	EVENTS = 3000,
	QUESTIONS = 4000,
};

/* The model keeps everything as it was written; a room's events lie in by_room in order of n. */
struct model {
	struct event_row rows[EVENTS + 1]; /* by seq */
	char bodies[EVENTS + 1][96];
	int64_t by_room[ROOMS + 1][EVENTS + 1]; /* [room][n] is a seq */
	int64_t count[ROOMS + 1]; /* highest n */
};

static struct model model;
static struct scratch scratch;
static struct store *store;

static void add_random_event(int64_t seq, uint32_t *random)
{
	struct event_row *row = &model.rows[seq];
	int64_t room = next_random(random) % ROOMS + 1;
	*row = (struct event_row){.seq = seq, .at_ms = 1000 + seq, .kind = (int)(seq % 7)};
	if (next_random(random) % 10 > 0) { /* else of the staff's feed alone */
		row->room = room;
		row->n = ++model.count[room];
		row->prev = model.by_room[room][row->n - 1];
		model.by_room[room][row->n] = seq;
	} else {
		row->room = next_random(random) % 2 == 0 ? room : 0;
	}
	row->author = (int64_t)(next_random(random) % 4) - 1;
	row->has_id = next_random(random) % 3 > 0;
	for (size_t i = 0; row->has_id && i < EVENT_ID_BYTES; i++) {
		row->id[i] = (uint8_t)next_random(random);
	}
	row->body_size = next_random(random) % sizeof model.bodies[0];
	for (size_t i = 0; i < row->body_size; i++) {
		model.bodies[seq][i] = (char)next_random(random); /* NULs too */
	}
	row->body = model.bodies[seq];
	struct event_append *append = event_append_create(row);
	append->job.done = append_done;
	store_write(store, &append->job);
	if (row->n > 0 && row->n % EVENT_MARK_EVERY == 0 && next_random(random) % 4 > 0) {
		struct event_mark *mark = event_mark_create(room, row->n, seq);
		mark->job.done = free_done;
		store_write(store, &mark->job);
	}
}

static void make_rooms(void)
{
	uint32_t random = 20261122;
	scratch_make(&scratch);
	store = scratch_open(&scratch, true);
	REQUIRE(store != NULL);
	for (int64_t seq = 1; seq <= EVENTS; seq++) {
		add_random_event(seq, &random);
	}
	store_flush(store);
	for (int room = 1; room <= ROOMS; room++) {
		CHECK(model.count[room] > 4 * EVENT_MARK_EVERY);
	}
}

static bool same(const struct event_row *got, const struct event_row *wanted)
{
	return got->seq == wanted->seq && got->room == wanted->room && got->n == wanted->n &&
	       got->prev == wanted->prev && got->at_ms == wanted->at_ms &&
	       got->kind == wanted->kind && got->author == wanted->author &&
	       got->has_id == wanted->has_id && memcmp(got->id, wanted->id, EVENT_ID_BYTES) == 0 &&
	       got->body_size == wanted->body_size &&
	       memcmp(got->body, wanted->body, wanted->body_size) == 0;
}

/* What the header promises, said in the plainest way. */
static void check_room_page(const struct event_read_room *read)
{
	const int64_t *chain = model.by_room[read->room];
	static int64_t wanted[EVENTS + 1];
	size_t count = 0;
	for (int64_t n = 1; n <= read->head_n; n++) {
		if (n >= read->from_n && n < read->until_n) {
			wanted[count++] = chain[n];
		}
	}
	size_t take = count < read->limit ? count : read->limit;
	size_t skip = read->newest_first ? count - take : 0;
	CHECK_INT(read->page.count, take);
	CHECK_INT(read->page.more, take < count);
	for (size_t i = 0; i < take && i < read->page.count; i++) {
		CHECK(same(&read->page.rows[i], &model.rows[wanted[skip + i]]));
	}
}

static void test_room_pages_match_the_model(void)
{
	uint32_t random = 7;
	for (int i = 0; i < QUESTIONS && !tap_this_failed; i++) {
		struct event_read_room read;
		event_read_room_init(&read);
		read.room = next_random(&random) % ROOMS + 1;
		int64_t count = model.count[read.room];
		/* Any known place will do as the head. */
		read.head_n = next_random(&random) % 3 == 0
				      ? (int64_t)(next_random(&random) % (uint32_t)count) + 1
				      : count;
		read.head_seq = model.by_room[read.room][read.head_n];
		read.from_n = (int64_t)(next_random(&random) % (uint32_t)(count + 20)) - 10;
		read.until_n = next_random(&random) % 4 == 0
				       ? INT64_MAX
				       : read.from_n + (int64_t)(next_random(&random) % 300) - 5;
		read.limit = next_random(&random) % EVENT_PAGE_MAX + 1;
		read.newest_first = next_random(&random) % 2 == 0;
		CHECK_INT(read_and_wait(store, &read.job), STORE_OK);
		check_room_page(&read);
		event_page_finish(&read.page);
	}
}

static void test_pages_of_the_whole_school(void)
{
	uint32_t random = 9;
	for (int i = 0; i < 300 && !tap_this_failed; i++) {
		struct event_read_all read;
		event_read_all_init(&read);
		read.after = next_random(&random) % (EVENTS + 10);
		read.limit = next_random(&random) % EVENT_PAGE_MAX + 1;
		CHECK_INT(read_and_wait(store, &read.job), STORE_OK);
		int64_t left = read.after < EVENTS ? EVENTS - read.after : 0;
		int64_t take = left < (int64_t)read.limit ? left : (int64_t)read.limit;
		CHECK_INT(read.page.count, take);
		CHECK_INT(read.page.more, take < left);
		for (size_t k = 0; k < read.page.count; k++) {
			CHECK(same(&read.page.rows[k], &model.rows[read.after + 1 + (int64_t)k]));
		}
		event_page_finish(&read.page);
	}
}

static void test_ids_match_the_model(void)
{
	uint32_t random = 11;
	for (int i = 0; i < 300 && !tap_this_failed; i++) {
		struct event_read_ids read;
		event_read_ids_init(&read);
		read.room = next_random(&random) % ROOMS + 1;
		int64_t n = model.count[read.room];
		read.head_seq = model.by_room[read.room][n];
		read.count = next_random(&random) % 256 + 1;
		read.walk_max = next_random(&random) % 800;
		CHECK_INT(read_and_wait(store, &read.job), STORE_OK);
		size_t of_author[4] = {0}, at = 0;
		for (size_t walked = 0; n > 0 && walked < read.walk_max; walked++, n--) {
			const struct event_row *row = &model.rows[model.by_room[read.room][n]];
			if (!row->has_id || of_author[row->author + 1] == read.count) {
				continue;
			}
			of_author[row->author + 1]++;
			REQUIRE(at < read.ids_count);
			const struct event_sent_id *id = &read.ids[at++];
			CHECK_INT(id->author, row->author);
			CHECK_INT(id->n, row->n);
			CHECK_INT(id->at_ms, row->at_ms);
			CHECK(memcmp(id->id, row->id, EVENT_ID_BYTES) == 0);
		}
		CHECK_INT(read.ids_count, at);
		free(read.ids);
	}
}

struct tail {
	struct store_job job;
	int64_t after, next, stop_at;
	bool right;
};

static bool check_tail(void *data, const struct event_row *row)
{
	struct tail *tail = data;
	tail->right = tail->right && tail->next <= EVENTS && same(row, &model.rows[tail->next]);
	return ++tail->next <= tail->stop_at;
}

static enum store_status run_tail(struct store_job *job, struct store_db *db)
{
	struct tail *tail = (struct tail *)job;
	tail->next = tail->after + 1;
	return event_tail(db, tail->after, check_tail, tail);
}

static void test_tail(void)
{
	struct tail tail = {.job.run = run_tail, .after = 100, .stop_at = EVENTS, .right = true};
	CHECK_INT(store_read_now(store, &tail.job), STORE_OK);
	CHECK_INT(tail.next, EVENTS + 1);
	CHECK(tail.right);
	tail.stop_at = 200;
	CHECK_INT(store_read_now(store, &tail.job), STORE_OK);
	CHECK_INT(tail.next, 201);
	tail.after = EVENTS;
	CHECK_INT(store_read_now(store, &tail.job), STORE_OK);
	CHECK_INT(tail.next, EVENTS + 1);
}

/* Catching up by k costs k: the rows looked at are counted by SQLite. */
struct counted_read {
	struct event_read_room read;
	int steps;
};

static enum store_status (*counted_run)(struct store_job *job, struct store_db *db);

static enum store_status run_counted(struct store_job *job, struct store_db *db)
{
	struct counted_read *counted = (struct counted_read *)job;
	enum store_status status = counted_run(job, db);
	sqlite3_stmt *statement = NULL;
	while ((statement = sqlite3_next_stmt(store_db_handle(db), statement)) != NULL) {
		counted->steps += sqlite3_stmt_status(statement, SQLITE_STMTSTATUS_RUN, 1);
	}
	return status;
}

static void test_a_mark_spares_the_walk(void)
{
	struct counted_read counted = {0};
	event_read_room_init(&counted.read);
	counted_run = counted.read.job.run;
	counted.read.job.run = run_counted;
	counted.read.room = 1;
	counted.read.head_n = model.count[1];
	counted.read.head_seq = model.by_room[1][counted.read.head_n];
	counted.read.from_n = 1;
	counted.read.until_n = 11;
	counted.read.limit = 10;
	store_read_now(store, &counted.read.job); /* counts what ran before, too */
	event_page_finish(&counted.read.page);
	counted.steps = 0;
	CHECK_INT(store_read_now(store, &counted.read.job), STORE_OK);
	CHECK_INT(counted.read.page.count, 10);
	/* Ten rows, the mark, begin and rollback, and at most three stretches without a mark. */
	CHECK(counted.steps < 10 + 5 + 3 * EVENT_MARK_EVERY);
	CHECK(model.count[1] > 10 + 5 + 3 * EVENT_MARK_EVERY);
	event_page_finish(&counted.read.page);
}

static void test_broken_chain_is_damage(void)
{
	struct event_read_room read;
	event_read_room_init(&read);
	read.room = 1;
	read.head_n = 10;
	read.head_seq = model.by_room[2][10]; /* another room's */
	read.from_n = 1;
	read.until_n = 11;
	read.limit = 10;
	CHECK_INT(read_and_wait(store, &read.job), STORE_DAMAGED);
	CHECK(read.page.rows == NULL);
	read.head_seq = EVENTS + 1; /* nowhere */
	CHECK_INT(read_and_wait(store, &read.job), STORE_DAMAGED);
	read.head_seq = model.by_room[1][9]; /* another n */
	CHECK_INT(read_and_wait(store, &read.job), STORE_DAMAGED);

	struct event_read_ids ids;
	event_read_ids_init(&ids);
	ids.room = 1;
	ids.head_seq = model.by_room[2][5];
	ids.count = 5;
	ids.walk_max = 5;
	CHECK_INT(read_and_wait(store, &ids.job), STORE_DAMAGED);
	CHECK(ids.ids == NULL && ids.ids_count == 0);
}

static void test_empty_file(void)
{
	struct scratch empty;
	scratch_make(&empty);
	struct store *fresh = scratch_open(&empty, true);
	REQUIRE(fresh != NULL);
	CHECK_INT(newest_now(fresh), 0);
	struct event_read_all all;
	event_read_all_init(&all);
	all.limit = 10;
	CHECK_INT(read_and_wait(fresh, &all.job), STORE_OK);
	CHECK(all.page.count == 0 && !all.page.more);
	event_page_finish(&all.page);
	struct event_read_room room;
	event_read_room_init(&room);
	room.room = 1;
	room.from_n = 1;
	room.until_n = 50;
	room.limit = 50;
	CHECK_INT(read_and_wait(fresh, &room.job), STORE_OK);
	CHECK(room.page.count == 0 && !room.page.more);
	store_close(fresh);
	scratch_remove(&empty);
}

int main(void)
{
	RUN(make_rooms);
	RUN(test_room_pages_match_the_model);
	RUN(test_pages_of_the_whole_school);
	RUN(test_ids_match_the_model);
	RUN(test_tail);
	RUN(test_a_mark_spares_the_walk);
	RUN(test_broken_chain_is_damage);
	RUN(test_empty_file);
	store_close(store);
	scratch_remove(&scratch);
	return tap_done();
}
