/* The index of words and the rooms of the past; see table_search.h. */
#include "storage/table_search.h"

#include "storage/store_db.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	BODY_MAX = 16384, /* bytes of one message, folded */
	TAG_BYTES = 96,
};

static const char SELECT_INDEXED[] = "SELECT value FROM progress WHERE name = 'indexed'";
static const char SAVE_INDEXED[] = "INSERT INTO progress (name, value) VALUES ('indexed', ?1)"
				   " ON CONFLICT (name) DO UPDATE SET value = excluded.value";
static const char SELECT_EVENTS[] = "SELECT seq, room, n, kind, author, body FROM event"
				    " WHERE seq > ?1 AND seq <= ?2 ORDER BY seq LIMIT ?3";
static const char SELECT_FLAG[] = "SELECT max(severity) FROM flag WHERE room = ?1 AND n = ?2";
static const char INSERT_WORDS[] = "INSERT INTO word (rowid, body, tag) VALUES (?1, ?2, ?3)";

/* Newest first, and by the index's own order: no sorting, and it ends when there are enough. */
static const char FIND_WORDS[] = "SELECT rowid FROM word WHERE word MATCH ?1 AND rowid < ?2"
				 " AND rowid >= ?3 ORDER BY rowid DESC";
static const char FIND_ANY[] = "SELECT seq FROM event WHERE seq < ?2 AND seq >= ?3 AND kind = ?4"
			       " ORDER BY seq DESC";
static const char SELECT_EVENT[] =
	"SELECT room, n, at_ms, author, kind, body FROM event WHERE seq = ?1";
static const char SELECT_FACE[] = "SELECT name, picture FROM room WHERE id = ?1";
static const char SELECT_TIME[] = "SELECT seq, at_ms FROM event WHERE seq >= ?1 LIMIT 1";
static const char SELECT_LAST[] = "SELECT max(seq) FROM event";

#define ROOMS_BOUNDS                                                                               \
	" (opened_ms, id) < (?1, ?6) AND last_ms >= ?2 AND opened_ms < ?3"                         \
	" ORDER BY opened_ms DESC, id DESC LIMIT ?4"
static const char SELECT_ROOMS[] = "SELECT id FROM room WHERE" ROOMS_BOUNDS;
static const char SELECT_JOINED[] =
	"SELECT id FROM room WHERE id IN (SELECT event.room FROM word JOIN event"
	" ON event.seq = word.rowid WHERE word MATCH ?5) AND" ROOMS_BOUNDS;
#undef ROOMS_BOUNDS
static const char SELECT_OPENED[] = "SELECT opened_ms FROM room WHERE id = ?1";
static const char SELECT_ROOM_FLAG[] = "SELECT max(severity) FROM flag WHERE room = ?1";

static enum store_status read_number(
	struct store_db *db, sqlite3_stmt *statement, int64_t if_none, int64_t *number)
{
	int64_t found = if_none;
	if (store_db_row(db, statement)) {
		if (sqlite3_column_type(statement, 0) != SQLITE_NULL) {
			found = sqlite3_column_int64(statement, 0);
		}
		store_db_stop(statement);
	}
	enum store_status status = store_db_status(db);
	if (status == STORE_OK) {
		*number = found;
	}
	return status;
}

enum store_status search_indexed(struct store_db *db, int64_t *seq)
{
	return read_number(db, store_db_statement(db, SELECT_INDEXED), 0, seq);
}

/* ---- indexing ---- */

/* The highest severity of a message, from 1; 0: not flagged. */
static enum store_status flag_of(struct store_db *db, int64_t room, int64_t n, int *severity)
{
	sqlite3_stmt *statement = store_db_statement(db, SELECT_FLAG);
	store_db_bind_int(statement, 1, room);
	store_db_bind_int(statement, 2, n);
	int64_t found = -1;
	enum store_status status = read_number(db, statement, -1, &found);
	*severity = (int)found + 1;
	return status;
}

static enum store_status add_words(
	struct store_db *db, int64_t seq, const char *body, size_t body_size, const char *tag)
{
	sqlite3_stmt *statement = store_db_statement(db, INSERT_WORDS);
	store_db_bind_int(statement, 1, seq);
	if (statement != NULL) {
		sqlite3_bind_text(statement, 2, body, (int)body_size, SQLITE_STATIC);
	}
	store_db_bind_text(statement, 3, tag);
	return store_db_run(db, statement);
}

static enum store_status index_posted(
	struct search_index *index, struct store_db *db, sqlite3_stmt *event, char *folded)
{
	int64_t seq = sqlite3_column_int64(event, 0), room = sqlite3_column_int64(event, 1);
	int64_t author = sqlite3_column_int64(event, 4);
	int severity;
	enum store_status status = flag_of(db, room, sqlite3_column_int64(event, 2), &severity);
	if (status != STORE_OK) {
		return status;
	}
	char tag[TAG_BYTES];
	int used = snprintf(tag, sizeof tag, "r%" PRId64 " a%" PRId64, room, author);
	for (int i = 1; i <= severity && i <= 9; i++) {
		used += snprintf(tag + used, sizeof tag - (size_t)used, " f%d", i);
	}
	const char *body = sqlite3_column_blob(event, 5);
	size_t size = (size_t)sqlite3_column_bytes(event, 5);
	if (index->fold != NULL && size > 0) {
		size = index->fold(body, size, folded, BODY_MAX);
		body = folded;
	}
	return add_words(db, seq, size > 0 ? body : "", size, tag);
}

static enum store_status index_event(
	struct search_index *index, struct store_db *db, sqlite3_stmt *event, char *folded)
{
	int kind = sqlite3_column_int(event, 3);
	if (kind == index->kinds.posted) {
		return index_posted(index, db, event, folded);
	}
	if (kind != 0 && (kind == index->kinds.joined[0] || kind == index->kinds.joined[1])) {
		char tag[TAG_BYTES];
		snprintf(tag, sizeof tag, "j%lld", (long long)sqlite3_column_int64(event, 4));
		return add_words(db, sqlite3_column_int64(event, 0), "", 0, tag);
	}
	return STORE_OK;
}

static enum store_status run_index(struct store_job *job, struct store_db *db)
{
	struct search_index *index = (struct search_index *)job;
	int64_t at = 0;
	enum store_status status = search_indexed(db, &at);
	if (status != STORE_OK) {
		return status;
	}
	index->seen = 0;
	char *folded = store_alloc(BODY_MAX);
	sqlite3_stmt *events = store_db_statement(db, SELECT_EVENTS);
	store_db_bind_int(events, 1, at);
	store_db_bind_int(events, 2, index->until);
	store_db_bind_int(events, 3, (int64_t)index->limit);
	while (status == STORE_OK && store_db_row(db, events)) {
		at = sqlite3_column_int64(events, 0);
		status = index_event(index, db, events, folded);
		index->seen++;
	}
	enum store_status read = status == STORE_OK ? store_db_status(db) : status;
	store_db_stop(events);
	free(folded);
	if (read != STORE_OK) {
		return read;
	}
	index->indexed = at;
	if (index->seen == 0) {
		return STORE_OK;
	}
	sqlite3_stmt *save = store_db_statement(db, SAVE_INDEXED);
	store_db_bind_int(save, 1, at);
	return store_db_run(db, save);
}

void search_index_init(struct search_index *index)
{
	*index = (struct search_index){.job.run = run_index};
}

/* ---- from a filter to the index's language ---- */

struct query {
	char text[SEARCH_QUERY_BYTES * 2];
	size_t used;
};

__attribute__((format(printf, 2, 3))) static void put(struct query *query, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	int written = vsnprintf(
		query->text + query->used, sizeof query->text - query->used, format, arguments);
	va_end(arguments);
	assert(written >= 0 && (size_t)written < sizeof query->text - query->used);
	query->used += (size_t)written;
}

static void put_and(struct query *query)
{
	if (query->used > 0) {
		put(query, " AND ");
	}
}

/* Takes the next term off the front: a word, or what stands in quotes. False: there is none. */
static bool next_term(const char **rest, const char **term, size_t *size)
{
	const char *at = *rest + strspn(*rest, " \t\n");
	if (*at == '\0') {
		return false;
	}
	bool quoted = *at == '"';
	at += quoted;
	*term = at;
	*size = strcspn(at, quoted ? "\"" : " \t\n\"");
	*rest = at + *size + (quoted && at[*size] == '"');
	return true;
}

static void put_words(struct query *query, const char *words)
{
	const char *term;
	size_t size;
	for (int terms = 0; terms < SEARCH_TERMS_MAX && next_term(&words, &term, &size); terms++) {
		bool prefix = size > 0 && term[size - 1] == '*';
		size -= prefix;
		if (size == 0) {
			continue;
		}
		put_and(query);
		put(query, "body : \"%.*s\"%s", (int)size, term, prefix ? " *" : "");
	}
}

static void build_query(const struct search_filter *filter, struct query *query)
{
	*query = (struct query){.used = 0};
	if (filter->words != NULL) {
		put_words(query, filter->words);
	}
	if (filter->room != 0) {
		put_and(query);
		put(query, "tag : \"r%" PRId64 "\"", filter->room);
	}
	if (filter->has_author) {
		put_and(query);
		put(query, "tag : \"a%" PRId64 "\"", filter->author);
	}
	if (filter->severity > 0) {
		put_and(query);
		put(query, "tag : \"f%d\"", filter->severity);
	}
}

/* ---- times ---- */

/* The first event at or after seq `at`; false: there is none, or the file cannot be read. */
static bool event_time(struct store_db *db, int64_t at, int64_t *seq, int64_t *at_ms)
{
	sqlite3_stmt *statement = store_db_statement(db, SELECT_TIME);
	store_db_bind_int(statement, 1, at);
	if (!store_db_row(db, statement)) {
		return false;
	}
	*seq = sqlite3_column_int64(statement, 0);
	*at_ms = sqlite3_column_int64(statement, 1);
	store_db_stop(statement);
	return true;
}

/*
 * The lowest seq whose event is at `ms` or later, by halving: events are in the order of time but
 * for steps of the clock, around which a search by time is as vague as the clock was.
 */
static enum store_status seq_at(struct store_db *db, int64_t ms, int64_t *seq)
{
	int64_t low = 1, high = 0;
	enum store_status status = read_number(db, store_db_statement(db, SELECT_LAST), 0, &high);
	high++;
	while (status == STORE_OK && low < high) {
		int64_t middle = low + (high - low) / 2, found = 0, at_ms = 0;
		if (event_time(db, middle, &found, &at_ms) && at_ms < ms) {
			low = found + 1;
		} else {
			high = middle;
		}
		status = store_db_status(db);
	}
	if (status == STORE_OK) {
		*seq = low;
	}
	return status;
}

static enum store_status run_span(struct store_job *job, struct store_db *db)
{
	struct search_span *span = (struct search_span *)job;
	span->until_seq = INT64_MAX;
	enum store_status status = seq_at(db, span->from_ms, &span->from_seq);
	if (status == STORE_OK && span->until_ms > 0) {
		status = seq_at(db, span->until_ms, &span->until_seq);
	}
	return status;
}

void search_span_init(struct search_span *span)
{
	*span = (struct search_span){.job.run = run_span};
}

/* ---- finding ---- */

struct gather {
	struct search_find *find;
	size_t bytes, room; /* of find->bodies: used, allocated */
};

static enum store_status read_face(struct store_db *db, struct search_hit *hit)
{
	sqlite3_stmt *statement = store_db_statement(db, SELECT_FACE);
	store_db_bind_int(statement, 1, hit->room);
	if (store_db_row(db, statement)) {
		store_db_column_text(statement, 0, hit->name, sizeof hit->name);
		store_db_column_text(statement, 1, hit->picture, sizeof hit->picture);
		store_db_stop(statement);
	}
	return store_db_status(db);
}

static void keep_body(struct gather *gather, struct search_hit *hit, const void *body, size_t size)
{
	struct search_find *find = gather->find;
	if (gather->bytes + size > gather->room) {
		gather->room = (gather->bytes + size) * 2;
		char *bodies = realloc(find->bodies, gather->room);
		if (bodies == NULL) {
			store_no_memory(); /* bounded by SEARCH_PAGE_MAX messages */
		}
		find->bodies = bodies;
	}
	if (size > 0) {
		memcpy(find->bodies + gather->bytes, body, size);
	}
	hit->body_at = gather->bytes;
	hit->body_size = size;
	gather->bytes += size;
}

/* False: enough were found. */
static bool take_hit(
	struct gather *gather, struct store_db *db, int64_t seq, enum store_status *status)
{
	struct search_find *find = gather->find;
	const struct search_filter *filter = &find->filter;
	sqlite3_stmt *event = store_db_statement(db, SELECT_EVENT);
	store_db_bind_int(event, 1, seq);
	if (!store_db_row(db, event)) {
		*status = store_db_status(db);
		return *status == STORE_OK;
	}
	struct search_hit hit = {
		.seq = seq,
		.room = sqlite3_column_int64(event, 0),
		.n = sqlite3_column_int64(event, 1),
		.at_ms = sqlite3_column_int64(event, 2),
		.author = sqlite3_column_int64(event, 3),
	};
	size_t size = (size_t)sqlite3_column_bytes(event, 5);
	bool wanted = sqlite3_column_int(event, 4) == find->kinds.posted &&
		      hit.at_ms >= filter->from_ms &&
		      (filter->until_ms == 0 || hit.at_ms < filter->until_ms);
	bool full = find->count == find->limit ||
		    (find->count > 0 && gather->bytes + size > find->bytes_max);
	if (wanted && !full) {
		keep_body(gather, &hit, sqlite3_column_blob(event, 5), size);
	}
	store_db_stop(event);
	if (!wanted) {
		return true;
	}
	find->more = full;
	if (full) {
		return false;
	}
	*status = read_face(db, &hit);
	find->hits[find->count++] = hit;
	return *status == STORE_OK;
}

static enum store_status find_between(
	struct search_find *find, struct store_db *db, int64_t from, int64_t before)
{
	struct query query;
	build_query(&find->filter, &query);
	if (find->filter.words != NULL && query.used == 0) {
		return STORE_OK; /* nothing in it is a word */
	}
	sqlite3_stmt *statement = store_db_statement(db, query.used > 0 ? FIND_WORDS : FIND_ANY);
	if (query.used > 0) {
		store_db_bind_text(statement, 1, query.text);
	} else {
		store_db_bind_int(statement, 4, find->kinds.posted);
	}
	store_db_bind_int(statement, 2, before);
	store_db_bind_int(statement, 3, from);
	struct gather gather = {.find = find};
	enum store_status status = STORE_OK;
	bool more = true;
	while (more && store_db_row(db, statement)) {
		more = take_hit(&gather, db, sqlite3_column_int64(statement, 0), &status);
	}
	if (more && status == STORE_OK) {
		status = store_db_status(db);
	}
	store_db_stop(statement);
	return status;
}

static enum store_status run_find(struct store_job *job, struct store_db *db)
{
	struct search_find *find = (struct search_find *)job;
	const struct search_filter *filter = &find->filter;
	int64_t from = 1, before = filter->before_seq > 0 ? filter->before_seq : INT64_MAX;
	enum store_status status = search_indexed(db, &find->indexed);
	if (status == STORE_OK && filter->from_ms > 0) {
		status = seq_at(db, filter->from_ms, &from);
	}
	if (status == STORE_OK && filter->until_ms > 0) {
		int64_t until = before;
		status = seq_at(db, filter->until_ms, &until);
		before = until < before ? until : before;
	}
	return status == STORE_OK ? find_between(find, db, from, before) : status;
}

void search_find_init(struct search_find *find)
{
	*find = (struct search_find){.job.run = run_find};
}

/* ---- rooms ---- */

static enum store_status read_rooms(
	struct search_rooms *rooms, struct store_db *db, sqlite3_stmt *statement)
{
	int64_t ids[SEARCH_PAGE_MAX];
	size_t count = 0;
	while (store_db_row(db, statement)) {
		if (count == rooms->limit) {
			rooms->more = true;
			break;
		}
		ids[count++] = sqlite3_column_int64(statement, 0);
	}
	enum store_status status = store_db_status(db);
	store_db_stop(statement);
	for (size_t i = 0; i < count && status == STORE_OK; i++) {
		struct search_room *room = &rooms->rooms[i];
		status = room_find_now(db, ids[i], &room->row);
		if (status != STORE_OK) {
			break;
		}
		sqlite3_stmt *flag = store_db_statement(db, SELECT_ROOM_FLAG);
		store_db_bind_int(flag, 1, ids[i]);
		int64_t severity = -1;
		status = read_number(db, flag, -1, &severity);
		room->severity = (int)severity + 1;
		rooms->count = i + 1;
	}
	return status;
}

/* Where a page of rooms begins: after this one. */
struct page {
	int64_t opened_ms, room;
};

static enum store_status find_page(struct store_db *db, int64_t before, struct page *page)
{
	*page = (struct page){INT64_MAX, INT64_MAX};
	if (before == 0) {
		return STORE_OK;
	}
	sqlite3_stmt *opened = store_db_statement(db, SELECT_OPENED);
	store_db_bind_int(opened, 1, before);
	page->room = before;
	enum store_status status = read_number(db, opened, -1, &page->opened_ms);
	return status == STORE_OK && page->opened_ms < 0 ? STORE_REFUSED : status;
}

static enum store_status run_rooms(struct store_job *job, struct store_db *db)
{
	struct search_rooms *rooms = (struct search_rooms *)job;
	assert(rooms->limit <= SEARCH_PAGE_MAX);
	struct page page;
	enum store_status status = find_page(db, rooms->before, &page);
	if (status != STORE_OK) {
		return status;
	}
	sqlite3_stmt *statement =
		store_db_statement(db, rooms->account != 0 ? SELECT_JOINED : SELECT_ROOMS);
	char joined[TAG_BYTES];
	store_db_bind_int(statement, 1, page.opened_ms);
	store_db_bind_int(statement, 2, rooms->from_ms);
	store_db_bind_int(statement, 3, rooms->until_ms > 0 ? rooms->until_ms : INT64_MAX);
	store_db_bind_int(statement, 4, (int64_t)rooms->limit + 1);
	if (rooms->account != 0) {
		snprintf(joined, sizeof joined, "tag : \"j%" PRId64 "\"", rooms->account);
		store_db_bind_text(statement, 5, joined);
	}
	store_db_bind_int(statement, 6, page.room);
	return read_rooms(rooms, db, statement);
}

void search_rooms_init(struct search_rooms *rooms)
{
	*rooms = (struct search_rooms){.job.run = run_rooms};
}
