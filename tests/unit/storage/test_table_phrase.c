/* Watch phrases and flags: what is written is read again, and what the file does not take. */
#include "storage/table_phrase.h"

#include "storage/store_db.h"
#include "tests/unit/storage/store_help.h"
#include "tests/unit/tap.h"

static struct scratch scratch;
static struct store *store;

static enum store_status save(
	int64_t id, const char *language, const char *text, const char *folded)
{
	struct phrase_row row = {.id = id, .severity = 3, .match = 1};
	strcpy(row.language, language);
	strcpy(row.category, "Suicide");
	strcpy(row.text, text);
	struct phrase_write *write = phrase_save_create(&row, folded);
	enum store_status status = write_and_wait(store, &write->job);
	free(write);
	return status;
}

struct loaded {
	struct store_job job;
	struct phrase_row rows[4];
	size_t count, stop_at;
};

static bool each(void *data, const struct phrase_row *row)
{
	struct loaded *loaded = data;
	loaded->rows[loaded->count++] = *row;
	return loaded->count != loaded->stop_at;
}

static enum store_status run_load(struct store_job *job, struct store_db *db)
{
	return phrase_load_all(db, each, job);
}

static void test_phrases(void)
{
	CHECK_INT(save(7, "en", "Kill", "kill"), STORE_OK);
	CHECK_INT(save(2, "en", "die", "die"), STORE_OK);
	CHECK_INT(save(9, "en", "KILL", "kill"), STORE_REFUSED); /* the same phrase */
	CHECK_INT(save(2, "en", "KILL", "kill"), STORE_REFUSED);
	CHECK_INT(save(9, "es", "KILL", "kill"), STORE_OK);
	CHECK_INT(save(2, "en", "to die", "to die"), STORE_OK); /* changed */
	struct phrase_write *write = phrase_remove_create(9);
	CHECK_INT(write_and_wait(store, &write->job), STORE_OK);
	free(write);
	struct loaded loaded = {.job.run = run_load};
	CHECK_INT(store_read_now(store, &loaded.job), STORE_OK);
	REQUIRE(loaded.count == 2);
	CHECK_INT(loaded.rows[0].id, 2);
	CHECK_STR(loaded.rows[0].text, "to die");
	CHECK_INT(loaded.rows[1].id, 7);
	CHECK_STR(loaded.rows[1].language, "en");
	CHECK_STR(loaded.rows[1].category, "Suicide");
	CHECK_STR(loaded.rows[1].text, "Kill");
	CHECK_INT(loaded.rows[1].severity, 3);
	CHECK_INT(loaded.rows[1].match, 1);
	loaded = (struct loaded){.job.run = run_load, .stop_at = 1};
	CHECK_INT(store_read_now(store, &loaded.job), STORE_OK);
	CHECK_INT(loaded.count, 1);
}

/* ---- flags ---- */

struct flag_job {
	struct store_job job;
	struct flag_row row;
	int64_t clear; /* room; 0: insert */
};

static enum store_status run_flag(struct store_job *job, struct store_db *db)
{
	struct flag_job *flag = (struct flag_job *)job;
	return flag->clear > 0 ? flag_clear(db, flag->clear, 5000) : flag_insert(db, &flag->row);
}

static void insert(
	int64_t seq, int64_t room, int64_t n, const struct flag_span *spans, size_t count)
{
	struct flag_job job = {.job.run = run_flag};
	job.row = (struct flag_row){seq, room, n, 1000 + n, 0, spans, count};
	for (size_t i = 0; i < count; i++) {
		job.row.severity =
			spans[i].severity > job.row.severity ? spans[i].severity : job.row.severity;
	}
	CHECK_INT(write_and_wait(store, &job.job), STORE_OK);
}

static struct flag_state state_of(int64_t room)
{
	struct flag_read_state read;
	flag_read_state_init(&read);
	read.room = room;
	CHECK_INT(read_and_wait(store, &read.job), STORE_OK);
	return read.state;
}

static void test_flags(void)
{
	struct flag_span low[] = {{0, 4, 0, "Eating"}};
	struct flag_span high[] = {
		{3, 7, 1, "Violence"}, {300, 4000, 2, "Suicide"}, {4000, 1, 2, "Weapons"}};
	insert(10, 1, 5, low, 1);
	insert(12, 1, 6, high, 3);
	insert(14, 1, 7, high + 1, 1);
	insert(16, 2, 1, low, 1);
	insert(12, 1, 6, low, 1); /* again: it has its flag */

	struct flag_state state = state_of(1);
	CHECK(state.up);
	CHECK_INT(state.severity, 2);
	CHECK_INT(state.at_ms, 1006); /* the first of the gravest */
	CHECK_STR(state.category, "Suicide");
	CHECK(state_of(2).up);
	CHECK_INT(state_of(2).severity, 0);
	CHECK(!state_of(3).up);

	struct flag_read_room read;
	flag_read_room_init(&read, 1);
	CHECK_INT(read_and_wait(store, &read.job), STORE_OK);
	REQUIRE(read.count == 3);
	CHECK_INT(read.rows[0].n, 5);
	CHECK_INT(read.rows[0].spans_count, 1);
	CHECK_STR(read.rows[0].spans[0].category, "Eating");
	CHECK_INT(read.rows[1].n, 6);
	CHECK_INT(read.rows[1].seq, 12);
	CHECK_INT(read.rows[1].severity, 2);
	REQUIRE(read.rows[1].spans_count == 3);
	CHECK_INT(read.rows[1].spans[1].from, 300);
	CHECK_INT(read.rows[1].spans[1].size, 4000);
	CHECK_INT(read.rows[1].spans[1].severity, 2);
	CHECK_STR(read.rows[1].spans[2].category, "Weapons");
	CHECK_INT(read.rows[2].n, 7);
	flag_read_room_finish(&read);

	struct flag_job clear = {.job.run = run_flag, .clear = 1};
	CHECK_INT(write_and_wait(store, &clear.job), STORE_OK);
	CHECK(!state_of(1).up);
	CHECK(state_of(2).up);
	flag_read_room_init(&read, 1);
	CHECK_INT(read_and_wait(store, &read.job), STORE_OK);
	CHECK_INT(read.count, 3); /* they happened */
	flag_read_room_finish(&read);
}

static void test_the_newest_are_read(void)
{
	struct flag_span one[] = {{0, 1, 1, "x"}};
	for (int64_t n = 1; n <= FLAG_PAGE_MAX + 5; n++) {
		insert(1000 + n, 9, n, one, 1);
	}
	struct flag_read_room read;
	flag_read_room_init(&read, 9);
	CHECK_INT(read_and_wait(store, &read.job), STORE_OK);
	CHECK_INT(read.count, FLAG_PAGE_MAX);
	CHECK_INT(read.rows[0].n, 6);
	CHECK_INT(read.rows[FLAG_PAGE_MAX - 1].n, FLAG_PAGE_MAX + 5);
	flag_read_room_finish(&read);
}

static enum store_status run_spoil(struct store_job *job, struct store_db *db)
{
	(void)job;
	return store_db_exec(db, "UPDATE flag SET spans = x'0000010001094142' WHERE room = 2");
}

static void test_spans_that_do_not_fit(void)
{
	struct store_job spoil = {.run = run_spoil};
	CHECK_INT(write_and_wait(store, &spoil), STORE_OK);
	struct flag_read_room read;
	flag_read_room_init(&read, 2);
	CHECK_INT(read_and_wait(store, &read.job), STORE_DAMAGED);
	flag_read_room_finish(&read);
}

int main(void)
{
	scratch_make(&scratch);
	store = scratch_open(&scratch, true);
	if (store == NULL) {
		return EXIT_FAILURE;
	}
	RUN(test_phrases);
	RUN(test_flags);
	RUN(test_the_newest_are_read);
	RUN(test_spans_that_do_not_fit);
	store_close(store);
	scratch_remove(&scratch);
	return tap_done();
}
