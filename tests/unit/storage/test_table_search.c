/* The index of words: every filter against a naive model, pages, the background, a failing disk. */
#include "storage/table_search.h"

#include "storage/store_db.h"
#include "storage/table_event.h"
#include "tests/unit/storage/store_help.h"
#include "tests/unit/tap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	POSTED = 3,
	JOINED = 2,
	STEPPED_IN = 21,
	ROOMS = 6,
	AUTHORS = 4, /* 0 is the visitor */
	EVENTS = 900,
	QUESTIONS = 400,
};

static const char *const vocabulary[] = {
	"river", "lantern", "school", "alone", "ni\303\261o", "tomorrow", "it's", "Home"};
enum {
	WORDS = sizeof vocabulary / sizeof *vocabulary,
};

struct said {
	int64_t room, n, at_ms, author;
	int kind, severity; /* severity from 1; 0: not flagged */
	bool has[WORDS];
	char body[160];
};

static struct said model[EVENTS + 1]; /* by seq */
static struct scratch scratch;
static struct store *store;

struct flag_job {
	struct store_job job;
	int64_t seq, room, n;
	int severity;
};

static enum store_status run_flag(struct store_job *job, struct store_db *db)
{
	const struct flag_job *flag = (struct flag_job *)job;
	char sql[200];
	snprintf(sql, sizeof sql,
		"INSERT INTO flag (seq, room, n, at_ms, severity, category, cleared_ms, spans)"
		" VALUES (%lld, %lld, %lld, 0, %d, 'x', 0, x'00')",
		(long long)flag->seq, (long long)flag->room, (long long)flag->n,
		flag->severity - 1);
	return store_db_exec(db, sql);
}

static enum store_status run_room(struct store_job *job, struct store_db *db)
{
	(void)job;
	enum store_status status = STORE_OK;
	for (int room = 1; room <= ROOMS && status == STORE_OK; room++) {
		char sql[400];
		snprintf(sql, sizeof sql,
			"INSERT INTO room (id, phase, audience, mood, opened_ms, since_ms, last_ms,"
			" head_seq, n, supporter, answered_n, asked_n, asked_ms, visitor_seen,"
			" supporter_seen, alarm, alarm_ms, name, picture, wish, topics) VALUES"
			" (%d, 3, 0, -1, %d, 0, %d, 0, 0, 0, 0, 0, 0, 0, 0, -1, 0, 'Room %d',"
			" 'bell-a', '', '')",
			room, room / 2 * 2000, room * 1000 + 500, room);
		status = store_db_exec(db, sql);
	}
	return status;
}

static void write_said(int64_t seq)
{
	static int64_t heads[ROOMS + 1];
	const struct said *said = &model[seq];
	struct event_row row = {
		.seq = seq,
		.room = said->room,
		.n = said->n,
		.prev = heads[said->room],
		.at_ms = said->at_ms,
		.kind = said->kind,
		.author = said->author,
		.body = said->body,
		.body_size = strlen(said->body),
	};
	heads[said->room] = seq;
	struct event_append *append = event_append_create(&row);
	append->job.done = append_done;
	store_write(store, &append->job);
	if (said->severity > 0) {
		struct flag_job flag = {.job.run = run_flag,
			.seq = seq,
			.room = said->room,
			.n = said->n,
			.severity = said->severity};
		CHECK_INT(write_and_wait(store, &flag.job), STORE_OK);
	}
}

static void make_events(void)
{
	uint32_t random = 7;
	int64_t n[ROOMS + 1] = {0};
	scratch_make(&scratch);
	store = scratch_open(&scratch, true);
	REQUIRE(store != NULL);
	for (int64_t seq = 1; seq <= EVENTS; seq++) {
		struct said *said = &model[seq];
		said->room = next_random(&random) % ROOMS + 1;
		said->n = ++n[said->room];
		said->at_ms = seq * 10;
		said->author = next_random(&random) % AUTHORS;
		uint32_t kind = next_random(&random) % 12;
		said->kind = kind == 0 ? JOINED : kind == 1 ? STEPPED_IN : kind == 2 ? 5 : POSTED;
		if (said->kind == POSTED) {
			for (int i = 0; i < WORDS; i++) {
				said->has[i] = next_random(&random) % 4 == 0;
				strcat(said->body, said->has[i] ? vocabulary[i] : "and");
				strcat(said->body, i % 3 == 2 ? ", " : " ");
			}
			said->severity = next_random(&random) % 20 == 0
						 ? (int)(next_random(&random) % 3) + 1
						 : 0;
		} else {
			strcpy(said->body, "{\"river\":\"lantern\"}");
		}
		write_said(seq);
	}
	struct store_job rooms = {.run = run_room};
	CHECK_INT(write_and_wait(store, &rooms), STORE_OK);
	store_flush(store);
}

static void kept(struct store_job *job, enum store_status status)
{
	(void)job;
	(void)status;
}

static enum store_status index_some(int64_t until, size_t limit, struct search_index *index)
{
	search_index_init(index);
	index->kinds = (struct search_kinds){POSTED, {JOINED, STEPPED_IN}};
	index->until = until;
	index->limit = limit;
	index->job.done = kept;
	store_background(store, &index->job);
	store_flush(store);
	return index->job.status;
}

static void test_index_in_steps(void)
{
	struct search_index index;
	int64_t expected = 0;
	do {
		CHECK_INT(index_some(EVENTS, 128, &index), STORE_OK);
		expected += 128;
		CHECK_INT(index.indexed, expected < EVENTS ? expected : EVENTS);
	} while (index.seen == 128);
	CHECK_INT(index_some(EVENTS, 128, &index), STORE_OK);
	CHECK_INT(index.seen, 0);
}

static struct search_find find_with(const struct search_filter *filter, size_t limit)
{
	struct search_find find;
	search_find_init(&find);
	find.kinds = (struct search_kinds){POSTED, {JOINED, STEPPED_IN}};
	find.filter = *filter;
	if (filter->words != NULL) {
		snprintf(find.words, sizeof find.words, "%s", filter->words);
		find.filter.words = find.words;
	}
	find.limit = limit;
	find.bytes_max = 65536;
	return find;
}

static bool fits(const struct search_filter *filter, const bool *words, int64_t seq)
{
	const struct said *said = &model[seq];
	bool good = said->kind == POSTED && (filter->room == 0 || filter->room == said->room) &&
		    (!filter->has_author || filter->author == said->author) &&
		    said->severity >= filter->severity && said->at_ms >= filter->from_ms &&
		    (filter->until_ms == 0 || said->at_ms < filter->until_ms);
	for (int i = 0; i < WORDS; i++) {
		good = good && (!words[i] || said->has[i]);
	}
	return good;
}

/* Pages through all hits of a random filter, and compares each with the model's. */
static void test_against_model(void)
{
	uint32_t random = 99;
	for (int question = 0; question < QUESTIONS; question++) {
		struct search_filter filter = {0};
		bool words[WORDS] = {0};
		char text[200] = "";
		for (int i = 0; i < WORDS && next_random(&random) % 3 > 0; i++) {
			int word = (int)(next_random(&random) % WORDS);
			words[word] = true;
			/* Without marks, and in another case, they are the same words. */
			strcat(text, word == 4 ? "NINO " : word == 7 ? "home " : vocabulary[word]);
			strcat(text, " ");
		}
		filter.words = text[0] != '\0' ? text : NULL;
		filter.room = next_random(&random) % 3 == 0 ? next_random(&random) % ROOMS + 1 : 0;
		filter.has_author = next_random(&random) % 4 == 0;
		filter.author = next_random(&random) % AUTHORS;
		filter.severity =
			next_random(&random) % 5 == 0 ? (int)(next_random(&random) % 4) : 0;
		filter.from_ms = next_random(&random) % 4 == 0 ? next_random(&random) % 9000 : 0;
		filter.until_ms = next_random(&random) % 4 == 0 ? next_random(&random) % 9500 : 0;
		int64_t seq = EVENTS + 1;
		bool more = true;
		while (more) {
			struct search_find find = find_with(&filter, 17);
			CHECK_INT(read_and_wait(store, &find.job), STORE_OK);
			for (size_t i = 0; i < find.count; i++) {
				do {
					seq--;
				} while (seq > 0 && !fits(&filter, words, seq));
				REQUIRE(seq > 0);
				CHECK_INT(find.hits[i].seq, seq);
				CHECK_INT(find.hits[i].body_size, strlen(model[seq].body));
				CHECK(memcmp(find.bodies + find.hits[i].body_at, model[seq].body,
					      find.hits[i].body_size) == 0);
				CHECK(strncmp(find.hits[i].name, "Room ", 5) == 0);
			}
			more = find.more;
			filter.before_seq = seq;
			free(find.bodies);
		}
		do {
			seq--;
		} while (seq > 0 && !fits(&filter, words, seq));
		CHECK_INT(seq, seq > 0 ? -1 : seq); /* none was left out */
	}
}

static size_t hits_of(const char *words)
{
	struct search_filter filter = {.words = words};
	struct search_find find = find_with(&filter, SEARCH_PAGE_MAX);
	CHECK_INT(read_and_wait(store, &find.job), STORE_OK);
	free(find.bodies);
	return find.count;
}

/* What people type is words, never the index's own language. */
static void test_words_are_words(void)
{
	CHECK(hits_of("lantern") > 0);
	CHECK(hits_of("lant*") > 0);
	CHECK_INT(hits_of("lant"), 0);
	CHECK(hits_of("\"river lantern\"") > 0);
	CHECK_INT(hits_of("\"lantern river\""), 0);
	CHECK_INT(hits_of("tag:r1"), 0);
	CHECK_INT(hits_of("r1"), 0);
	CHECK(hits_of("it's") > 0);
	CHECK_INT(hits_of("lantern NOT river"), 0);
	CHECK_INT(hits_of("("), 0);
	CHECK_INT(hits_of("*"), 0);
	CHECK_INT(hits_of("\""), 0);
	CHECK_INT(hits_of("\"\" ^ : + -"), 0);
	CHECK(hits_of("lantern \"") > 0);
}

static void test_bytes_are_bounded(void)
{
	struct search_filter filter = {.words = "lantern"};
	struct search_find find = find_with(&filter, SEARCH_PAGE_MAX);
	find.bytes_max = 1;
	CHECK_INT(read_and_wait(store, &find.job), STORE_OK);
	CHECK_INT(find.count, 1); /* one at least, or there would be no end */
	CHECK(find.more);
	free(find.bodies);
}

static void test_rooms(void)
{
	for (int64_t account = 0; account < AUTHORS; account++) {
		struct search_rooms rooms;
		search_rooms_init(&rooms);
		rooms.account = account;
		rooms.from_ms = 2500;
		rooms.until_ms = 6000;
		rooms.limit = 2;
		CHECK_INT(read_and_wait(store, &rooms.job), STORE_OK);
		CHECK_INT(rooms.count, 2);
		CHECK_INT(rooms.rooms[0].row.id, 5);
		CHECK_INT(rooms.rooms[1].row.id, 4);
		CHECK(rooms.more);
		int worst = 0;
		for (int64_t seq = 1; seq <= EVENTS; seq++) {
			bool of_it = model[seq].room == 5 && model[seq].severity > worst;
			worst = of_it ? model[seq].severity : worst;
		}
		CHECK_INT(rooms.rooms[0].severity, worst);
	}
	struct search_rooms rooms;
	search_rooms_init(&rooms);
	rooms.account = AUTHORS + 1; /* was never in a room */
	rooms.limit = 2;
	CHECK_INT(read_and_wait(store, &rooms.job), STORE_OK);
	CHECK_INT(rooms.count, 0);
	CHECK(!rooms.more);
}

/* Two rooms opened in one moment: neither is left out where a page ends between them. */
static void test_pages_of_rooms(void)
{
	int64_t expected = ROOMS, before = 0;
	struct search_rooms rooms;
	do {
		search_rooms_init(&rooms);
		rooms.before = before;
		rooms.limit = 1;
		CHECK_INT(read_and_wait(store, &rooms.job), STORE_OK);
		REQUIRE(rooms.count == 1);
		before = rooms.rooms[0].row.id;
		CHECK_INT(before, expected--);
	} while (rooms.more);
	CHECK_INT(expected, 0);
	search_rooms_init(&rooms);
	rooms.before = ROOMS + 1;
	rooms.limit = 1;
	CHECK_INT(read_and_wait(store, &rooms.job), STORE_REFUSED);
}

static int refusals;

static enum store_status run_refused(struct store_job *job, struct store_db *db)
{
	(void)job;
	(void)db;
	refusals++;
	return STORE_FULL;
}

/* A background job that fails is alone in it: what is said goes on, and so does the index. */
static void test_failure_is_its_own(void)
{
	struct store_job failing = {.run = run_refused, .done = kept};
	store_background(store, &failing);
	store_flush(store);
	CHECK_INT(failing.status, STORE_FULL);
	CHECK_INT(refusals, 1);
	struct outcome outcome = {0};
	write_event(store, EVENTS + 1, ROOMS + 1, 1, 0, &outcome);
	store_flush(store);
	CHECK_INT(outcome.status, STORE_OK);
	struct search_index index;
	CHECK_INT(index_some(EVENTS + 1, 10, &index), STORE_OK);
	CHECK_INT(index.indexed, EVENTS + 1);
}

int main(void)
{
	make_events();
	RUN(test_index_in_steps);
	RUN(test_against_model);
	RUN(test_words_are_words);
	RUN(test_bytes_are_bounded);
	RUN(test_rooms);
	RUN(test_pages_of_rooms);
	RUN(test_failure_is_its_own);
	store_close(store);
	scratch_remove(&scratch);
	return tap_done();
}
