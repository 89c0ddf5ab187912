/* Rooms, codenames and tokens: what is written comes back, and what must not be twice is not. */
#include "storage/table_room.h"

#include "storage/store_db.h"
#include "storage/table_phrase.h"
#include "tests/unit/storage/store_help.h"
#include "tests/unit/tap.h"

static struct scratch scratch;
static struct store *store;

/* Every field another value, so that two swapped columns show. */
static struct room_row full_row(int64_t id)
{
	struct room_row row = {
		.id = id,
		.phase = 2,
		.audience = 3,
		.mood = -1,
		.opened_ms = 104,
		.since_ms = 105,
		.last_ms = 106,
		.head_seq = 107,
		.n = 108,
		.supporter = 109,
		.adult = 117,
		.revealed_ms = 118,
		.blocked_ms = 119,
		.blocked_until_ms = 120,
		.for_adults = true,
		.answered_n = 110,
		.asked_n = 111,
		.asked_ms = 112,
		.visitor_seen = 113,
		.supporter_seen = 114,
		.alarm = 15,
		.alarm_ms = 116,
		.name = "Paper Lantern",
		.picture = "lantern",
		.wish = "somebody who listens ✓",
		.topics = "school\nfriends",
	};
	memset(row.wish + 25, 'w', sizeof row.wish - 26); /* to its last byte */
	return row;
}

static bool same(const struct room_row *a, const struct room_row *b)
{
	return a->id == b->id && a->phase == b->phase && a->audience == b->audience &&
	       a->mood == b->mood && a->opened_ms == b->opened_ms && a->since_ms == b->since_ms &&
	       a->last_ms == b->last_ms && a->head_seq == b->head_seq && a->n == b->n &&
	       a->supporter == b->supporter && a->adult == b->adult &&
	       a->revealed_ms == b->revealed_ms && a->blocked_ms == b->blocked_ms &&
	       a->blocked_until_ms == b->blocked_until_ms && a->for_adults == b->for_adults &&
	       a->answered_n == b->answered_n && a->asked_n == b->asked_n &&
	       a->asked_ms == b->asked_ms && a->visitor_seen == b->visitor_seen &&
	       a->supporter_seen == b->supporter_seen && a->alarm == b->alarm &&
	       a->alarm_ms == b->alarm_ms && a->has_codename == b->has_codename &&
	       strcmp(a->name, b->name) == 0 && strcmp(a->picture, b->picture) == 0 &&
	       strcmp(a->wish, b->wish) == 0 && strcmp(a->topics, b->topics) == 0;
}

static void save(const struct room_row *row)
{
	struct room_save *job = room_save_create(row);
	CHECK_INT(write_and_wait(store, &job->job), STORE_OK);
	free(job);
}

static void test_room_comes_back(void)
{
	struct room_row row = full_row(1);
	save(&row);
	struct room_find find;
	room_find_init(&find);
	find.id = 1;
	CHECK_INT(read_and_wait(store, &find.job), STORE_OK);
	CHECK(same(&find.row, &row));

	row.phase = 4; /* the same room again replaces it */
	strcpy(row.topics, "");
	save(&row);
	CHECK_INT(read_and_wait(store, &find.job), STORE_OK);
	CHECK(same(&find.row, &row));
	find.id = 2;
	CHECK_INT(read_and_wait(store, &find.job), STORE_REFUSED);
}

static enum store_status set_codename(int64_t room, uint8_t codename)
{
	struct room_codename set;
	room_codename_init(&set);
	set.room = room;
	memset(set.codename, codename, sizeof set.codename);
	memset(set.inside, codename + 1, sizeof set.inside);
	return write_and_wait(store, &set.job);
}

static enum store_status find_codename(uint8_t codename, struct room_row *row)
{
	struct room_find find;
	room_find_init(&find);
	memset(find.codename, codename, sizeof find.codename);
	enum store_status status = read_and_wait(store, &find.job);
	*row = find.row;
	return status;
}

static void test_codename(void)
{
	struct room_row ten = full_row(10), eleven = full_row(11), found;
	CHECK_INT(set_codename(10, 0xaa), STORE_OK); /* before the room's row is written */
	CHECK_INT(find_codename(0xaa, &found), STORE_REFUSED);
	save(&ten);
	save(&eleven);
	ten.has_codename = true;
	CHECK_INT(find_codename(0xaa, &found), STORE_OK);
	CHECK(same(&found, &ten));

	CHECK_INT(set_codename(11, 0xbb), STORE_OK);
	CHECK_INT(set_codename(11, 0xaa), STORE_REFUSED); /* the other room's */
	eleven.has_codename = true;
	CHECK_INT(find_codename(0xbb, &found), STORE_OK); /* and it kept its own */
	CHECK(same(&found, &eleven));

	CHECK_INT(set_codename(10, 0xaa), STORE_OK); /* its own again */
	CHECK_INT(set_codename(10, 0xcc), STORE_OK); /* another one */
	CHECK_INT(find_codename(0xaa, &found), STORE_REFUSED);
	CHECK_INT(find_codename(0xcc, &found), STORE_OK);
	CHECK_INT(found.id, 10);
	CHECK_INT(found.codename_inside[0], 0xcd);

	save(&ten); /* a save leaves the codename alone */
	CHECK_INT(find_codename(0xcc, &found), STORE_OK);
}

struct load {
	struct store_job job;
	struct room_skip skip;
	int count, stop_after;
	int64_t ids[32];
	struct token_row tokens[16];
	int64_t applied;
};

static bool each_room(void *data, const struct room_row *row)
{
	struct load *load = data;
	load->ids[load->count++] = row->id;
	return load->count != load->stop_after;
}

static enum store_status run_load(struct store_job *job, struct store_db *db)
{
	struct load *load = (struct load *)job;
	return room_load_all(db, &load->skip, each_room, load);
}

static bool has(const struct load *load, int64_t id)
{
	for (int i = 0; i < load->count; i++) {
		if (load->ids[i] == id) {
			return true;
		}
	}
	return false;
}

static void test_load_skips_one_phase(void)
{
	for (int phase = 20; phase < 25; phase++) {
		struct room_row row = full_row(phase);
		row.phase = phase;
		save(&row);
	}
	struct load load = {.job.run = run_load, .skip.ended = 22};
	CHECK_INT(store_read_now(store, &load.job), STORE_OK);
	CHECK(has(&load, 20) && has(&load, 21) && has(&load, 23) && has(&load, 24));
	CHECK(!has(&load, 22));
	CHECK(has(&load, 10));
	load.count = 0;
	load.stop_after = 2;
	CHECK_INT(store_read_now(store, &load.job), STORE_OK);
	CHECK_INT(load.count, 2);
}

static enum store_status insert_flag(struct store_job *job, struct store_db *db)
{
	const struct flag_span span = {.size = 1, .severity = 1, .category = "Belonging"};
	const struct flag_row flag = {
		.seq = 1,
		.room = 35,
		.n = 1,
		.at_ms = 1,
		.severity = 1,
		.spans = &span,
		.spans_count = 1,
	};
	(void)job;
	return flag_insert(db, &flag);
}

static enum store_status clear_flag(struct store_job *job, struct store_db *db)
{
	(void)job;
	return flag_clear(db, 35, 2);
}

static void test_load_skips_mailboxes_that_rest(void)
{
	enum {
		ENDED = 90,
		MAILBOX = 30,
		SINCE = 1000
	};
	struct room_row rests = full_row(30);
	rests.phase = MAILBOX;
	rests.since_ms = SINCE;
	rests.asked_ms = 0;
	rests.alarm = -1;
	save(&rests);
	struct room_row lately = rests, asks = rests, calls = rests, waits = rests, flagged = rests;
	lately.id = 31;
	lately.since_ms = SINCE + 1;
	asks.id = 32;
	asks.asked_ms = 1;
	calls.id = 33;
	calls.alarm = 0;
	waits.id = 34;
	waits.phase = MAILBOX + 1;
	flagged.id = 35;
	save(&lately);
	save(&asks);
	save(&calls);
	save(&waits);
	save(&flagged);
	struct store_job flag = {.run = insert_flag}, clear = {.run = clear_flag};
	CHECK_INT(write_and_wait(store, &flag), STORE_OK);
	struct load load = {.job.run = run_load, .skip = {ENDED, MAILBOX, SINCE + 1}};
	CHECK_INT(store_read_now(store, &load.job), STORE_OK);
	CHECK(!has(&load, 30));
	CHECK(has(&load, 31) && has(&load, 32) && has(&load, 33) && has(&load, 34));
	CHECK(has(&load, 35));
	CHECK_INT(write_and_wait(store, &clear), STORE_OK);
	load.count = 0;
	CHECK_INT(store_read_now(store, &load.job), STORE_OK);
	CHECK(has(&load, 31) && !has(&load, 35));
}

static enum store_status run_applied(struct store_job *job, struct store_db *db)
{
	return room_load_applied(db, &((struct load *)job)->applied);
}

static void test_applied(void)
{
	struct load load = {.job.run = run_applied, .applied = -1};
	CHECK_INT(store_read_now(store, &load.job), STORE_OK);
	CHECK_INT(load.applied, 0);
	for (int64_t seq = 5; seq <= 6; seq++) {
		struct room_applied *applied = room_applied_create(seq);
		CHECK_INT(write_and_wait(store, &applied->job), STORE_OK);
		free(applied);
		CHECK_INT(store_read_now(store, &load.job), STORE_OK);
		CHECK_INT(load.applied, seq);
	}
}

static bool each_token(void *data, const struct token_row *row)
{
	struct load *load = data;
	load->tokens[load->count++] = *row;
	return load->count != load->stop_after;
}

static enum store_status run_tokens(struct store_job *job, struct store_db *db)
{
	return token_load_all(db, each_token, job);
}

static void write_token(uint8_t hash, int64_t room, int64_t seen_ms, bool drop)
{
	struct token_row row = {.room = room, .seen_ms = seen_ms};
	memset(row.hash, hash, sizeof row.hash);
	struct token_write *write = token_write_create(&row, drop);
	CHECK_INT(write_and_wait(store, &write->job), STORE_OK);
	free(write);
}

static void test_tokens(void)
{
	write_token(1, 100, 1000, false);
	write_token(2, 200, 2000, false);
	write_token(3, 300, 3000, false);
	write_token(2, 200, 2500, false);
	write_token(1, 0, 0, true);
	write_token(9, 0, 0, true); /* none such: fine */
	struct load load = {.job.run = run_tokens};
	CHECK_INT(store_read_now(store, &load.job), STORE_OK);
	REQUIRE(load.count == 2);
	CHECK_INT(load.tokens[0].hash[0], 2);
	CHECK_INT(load.tokens[0].hash[31], 2);
	CHECK_INT(load.tokens[0].room, 200);
	CHECK_INT(load.tokens[0].seen_ms, 2500);
	CHECK_INT(load.tokens[1].room, 300);
	load.count = 0;
	load.stop_after = 1;
	CHECK_INT(store_read_now(store, &load.job), STORE_OK);
	CHECK_INT(load.count, 1);
}

int main(void)
{
	scratch_make(&scratch);
	store = scratch_open(&scratch, true);
	if (store == NULL) {
		return EXIT_FAILURE;
	}
	RUN(test_room_comes_back);
	RUN(test_codename);
	RUN(test_load_skips_one_phase);
	RUN(test_load_skips_mailboxes_that_rest);
	RUN(test_applied);
	RUN(test_tokens);
	store_close(store);
	scratch_remove(&scratch);
	return tap_done();
}
