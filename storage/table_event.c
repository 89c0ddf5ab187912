/*
 * The event table; see table_event.h.
 *
 * A room is a chain: every event names the one before it. To read a stretch of it one needs a
 * place at or above, which is the head the caller knows or the nearest mark, and walks down from
 * there. A link that is missing or belongs elsewhere means the file is damaged.
 */
#include "storage/table_event.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "storage/store_db.h"

static const char INSERT_EVENT[] = "INSERT INTO event (seq, room, n, prev, at_ms, kind, author, id,"
				   " body) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
static const char INSERT_MARK[] = "INSERT OR REPLACE INTO mark (room, n, seq) VALUES (?1, ?2, ?3)";

/* One list of columns for all; read_row() knows their order. */
#define EVENT_COLUMNS "seq, room, n, prev, at_ms, kind, author, id, body"
static const char SELECT_ONE[] = "SELECT " EVENT_COLUMNS " FROM event WHERE seq = ?1";
static const char SELECT_AFTER[] =
	"SELECT " EVENT_COLUMNS " FROM event WHERE seq > ?1 ORDER BY seq LIMIT ?2";
static const char SELECT_TAIL[] = "SELECT " EVENT_COLUMNS " FROM event WHERE seq > ?1 ORDER BY seq";
#undef EVENT_COLUMNS

static const char SELECT_LINK[] = "SELECT room, n, prev FROM event WHERE seq = ?1";
static const char SELECT_MARK[] =
	"SELECT n, seq FROM mark WHERE room = ?1 AND n >= ?2 ORDER BY n LIMIT 1";
static const char SELECT_NEWEST[] = "SELECT max(seq) FROM event";

static enum store_status run_append(struct store_job *job, struct store_db *db)
{
	const struct event_append *append = (struct event_append *)job;
	const struct event_row *row = &append->row;
	sqlite3_stmt *statement = store_db_statement(db, INSERT_EVENT);
	store_db_bind_int(statement, 1, row->seq);
	store_db_bind_int(statement, 2, row->room);
	store_db_bind_int(statement, 3, row->n);
	store_db_bind_int(statement, 4, row->prev);
	store_db_bind_int(statement, 5, row->at_ms);
	store_db_bind_int(statement, 6, row->kind);
	store_db_bind_int(statement, 7, row->author);
	store_db_bind_blob(statement, 8, row->has_id ? row->id : NULL, EVENT_ID_BYTES);
	store_db_bind_blob(statement, 9, row->body, row->body_size);
	enum store_status status = store_db_run(db, statement);
	return status == STORE_OK && append->also != NULL ? append->also(db, append->also_data)
							  : status;
}

struct event_append *event_append_create(const struct event_row *row)
{
	struct event_append *append = store_alloc(sizeof *append + row->body_size);
	append->job.run = run_append;
	append->also = NULL;
	append->also_data = NULL;
	append->row = *row;
	char *body = (char *)(append + 1);
	if (row->body_size > 0) {
		memcpy(body, row->body, row->body_size);
	}
	append->row.body = body;
	return append;
}

/* The row as it lies in the statement: the body is SQLite's until the next step. */
static struct event_row read_row(sqlite3_stmt *statement)
{
	struct event_row row = {
		.seq = sqlite3_column_int64(statement, 0),
		.room = sqlite3_column_int64(statement, 1),
		.n = sqlite3_column_int64(statement, 2),
		.prev = sqlite3_column_int64(statement, 3),
		.at_ms = sqlite3_column_int64(statement, 4),
		.kind = sqlite3_column_int(statement, 5),
		.author = sqlite3_column_int64(statement, 6),
	};
	row.has_id = store_db_column_blob(statement, 7, row.id, EVENT_ID_BYTES);
	const char *body = sqlite3_column_blob(statement, 8);
	row.body = body != NULL ? body : "";
	row.body_size = (size_t)sqlite3_column_bytes(statement, 8);
	return row;
}

/*
 * A page being gathered. The bodies move while the buffer grows, so the rows' pointers are set at
 * the end.
 */
struct gather {
	struct event_page page;
	size_t rows_room; /* allocated, rows */
	size_t bytes_used, bytes_room;
};

static enum store_status gather_begin(struct gather *gather, size_t rows)
{
	assert(rows >= 1 && rows <= EVENT_PAGE_MAX);
	*gather = (struct gather){.rows_room = rows};
	gather->page.rows = calloc(rows, sizeof *gather->page.rows);
	return gather->page.rows == NULL ? STORE_NO_MEMORY : STORE_OK;
}

static enum store_status gather_add(struct gather *gather, const struct event_row *row)
{
	size_t needed = gather->bytes_used + row->body_size;
	if (needed > gather->bytes_room) {
		size_t room = needed < 4096 ? 4096 : needed * 2;
		char *bytes = realloc(gather->page.bytes, room);
		if (bytes == NULL) {
			return STORE_NO_MEMORY;
		}
		gather->page.bytes = bytes;
		gather->bytes_room = room;
	}
	assert(gather->page.count < gather->rows_room);
	gather->page.rows[gather->page.count++] = *row;
	if (row->body_size > 0) {
		memcpy(gather->page.bytes + gather->bytes_used, row->body, row->body_size);
	}
	gather->bytes_used = needed;
	return STORE_OK;
}

static void gather_end(struct gather *gather, bool newest_first, struct event_page *page)
{
	struct event_row *rows = gather->page.rows;
	size_t count = gather->page.count, at = 0;
	for (size_t i = 0; i < count; i++) {
		if (rows[i].body_size > 0) {
			rows[i].body = gather->page.bytes + at;
		} else {
			rows[i].body = "";
		}
		at += rows[i].body_size;
	}
	for (size_t i = 0; newest_first && i < count / 2; i++) {
		struct event_row other = rows[count - 1 - i];
		rows[count - 1 - i] = rows[i];
		rows[i] = other;
	}
	*page = gather->page;
}

void event_page_finish(struct event_page *page)
{
	free(page->rows);
	free(page->bytes);
	*page = (struct event_page){0};
}

/* A place in a room's chain. */
struct place {
	int64_t seq, n;
};

/* The lowest known place of the room with at least `n`: a mark, or what the caller knows. */
static enum store_status nearest_place(
	struct store_db *db, int64_t room, int64_t n, struct place *place)
{
	sqlite3_stmt *statement = store_db_statement(db, SELECT_MARK);
	store_db_bind_int(statement, 1, room);
	store_db_bind_int(statement, 2, n);
	if (store_db_row(db, statement)) {
		struct place mark = {
			.n = sqlite3_column_int64(statement, 0),
			.seq = sqlite3_column_int64(statement, 1),
		};
		store_db_stop(statement);
		if (mark.n < place->n) {
			*place = mark;
		}
	}
	return store_db_status(db);
}

/* Walks down to `n`, without reading a body. */
static enum store_status walk_down(
	struct store_db *db, int64_t room, int64_t n, struct place *place)
{
	while (place->n > n) {
		sqlite3_stmt *statement = store_db_statement(db, SELECT_LINK);
		store_db_bind_int(statement, 1, place->seq);
		if (!store_db_row(db, statement)) {
			enum store_status status = store_db_status(db);
			return status == STORE_OK ? STORE_DAMAGED : status;
		}
		bool fits = sqlite3_column_int64(statement, 0) == room &&
			    sqlite3_column_int64(statement, 1) == place->n;
		place->seq = sqlite3_column_int64(statement, 2);
		place->n--;
		store_db_stop(statement);
		if (!fits) {
			return STORE_DAMAGED;
		}
	}
	return STORE_OK;
}

/* From a place down to n = `low`, every event into the page. */
static enum store_status gather_down(
	struct store_db *db, int64_t room, struct place place, int64_t low, struct gather *gather)
{
	for (; place.n >= low; place.n--) {
		sqlite3_stmt *statement = store_db_statement(db, SELECT_ONE);
		store_db_bind_int(statement, 1, place.seq);
		if (!store_db_row(db, statement)) {
			enum store_status status = store_db_status(db);
			return status == STORE_OK ? STORE_DAMAGED : status;
		}
		struct event_row row = read_row(statement);
		enum store_status status = STORE_DAMAGED;
		if (row.room == room && row.n == place.n) {
			status = gather_add(gather, &row);
		}
		store_db_stop(statement);
		if (status != STORE_OK) {
			return status;
		}
		place.seq = row.prev;
	}
	return STORE_OK;
}

static int64_t smaller(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t larger(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static enum store_status run_read_room(struct store_job *job, struct store_db *db)
{
	struct event_read_room *read = (struct event_read_room *)job;
	int64_t limit = (int64_t)read->limit;
	int64_t first = larger(read->from_n, 1); /* of all that is wanted */
	int64_t last = smaller(read->until_n - 1, read->head_n);
	if (first > last) {
		return STORE_OK;
	}
	int64_t low = read->newest_first ? larger(first, last - limit + 1) : first;
	int64_t top = read->newest_first ? last : smaller(last, first + limit - 1);

	struct place place = {.seq = read->head_seq, .n = read->head_n};
	enum store_status status = nearest_place(db, read->room, top, &place);
	if (status == STORE_OK) {
		status = walk_down(db, read->room, top, &place);
	}
	if (status != STORE_OK) {
		return status;
	}
	struct gather gather;
	status = gather_begin(&gather, (size_t)(top - low + 1));
	if (status == STORE_OK) {
		status = gather_down(db, read->room, place, low, &gather);
	}
	if (status != STORE_OK) {
		event_page_finish(&gather.page);
		return status;
	}
	gather_end(&gather, true, &read->page);
	read->page.more = low > first || top < last;
	return STORE_OK;
}

void event_read_room_init(struct event_read_room *read)
{
	*read = (struct event_read_room){.job.run = run_read_room};
}

static enum store_status gather_after(struct store_db *db, int64_t after, struct gather *gather)
{
	size_t limit = gather->rows_room;
	sqlite3_stmt *statement = store_db_statement(db, SELECT_AFTER);
	store_db_bind_int(statement, 1, after);
	store_db_bind_int(statement, 2, (int64_t)limit + 1); /* one more tells whether there is */
	while (store_db_row(db, statement)) {
		if (gather->page.count == limit) {
			gather->page.more = true;
			store_db_stop(statement);
			return STORE_OK;
		}
		struct event_row row = read_row(statement);
		enum store_status status = gather_add(gather, &row);
		if (status != STORE_OK) {
			store_db_stop(statement);
			return status;
		}
	}
	return store_db_status(db);
}

static enum store_status run_read_all(struct store_job *job, struct store_db *db)
{
	struct event_read_all *read = (struct event_read_all *)job;
	struct gather gather;
	enum store_status status = gather_begin(&gather, read->limit);
	if (status == STORE_OK) {
		status = gather_after(db, read->after, &gather);
	}
	if (status != STORE_OK) {
		event_page_finish(&gather.page);
		return status;
	}
	gather_end(&gather, false, &read->page);
	return STORE_OK;
}

void event_read_all_init(struct event_read_all *read)
{
	*read = (struct event_read_all){.job.run = run_read_all};
}

/* The ids found so far. A room has few authors, so counting an author's means looking at all. */
static size_t count_of_author(const struct event_read_ids *read, int64_t author)
{
	size_t count = 0;
	for (size_t i = 0; i < read->ids_count; i++) {
		count += read->ids[i].author == author;
	}
	return count;
}

static enum store_status keep_id(struct event_read_ids *read, const struct event_row *row)
{
	if (!row->has_id || count_of_author(read, row->author) >= read->count) {
		return STORE_OK;
	}
	if ((read->ids_count & (read->ids_count + 1)) == 0) { /* 0, 1, 3, 7: full */
		size_t room = read->ids_count * 2 + 1;
		struct event_sent_id *ids = realloc(read->ids, room * sizeof *ids);
		if (ids == NULL) {
			return STORE_NO_MEMORY;
		}
		read->ids = ids;
	}
	struct event_sent_id *kept = &read->ids[read->ids_count++];
	*kept = (struct event_sent_id){.author = row->author, .n = row->n, .at_ms = row->at_ms};
	memcpy(kept->id, row->id, sizeof kept->id);
	return STORE_OK;
}

static enum store_status walk_ids(struct event_read_ids *read, struct store_db *db)
{
	int64_t seq = read->head_seq;
	for (size_t walked = 0; seq != 0 && walked < read->walk_max; walked++) {
		sqlite3_stmt *statement = store_db_statement(db, SELECT_ONE);
		store_db_bind_int(statement, 1, seq);
		if (!store_db_row(db, statement)) {
			enum store_status status = store_db_status(db);
			return status == STORE_OK ? STORE_DAMAGED : status;
		}
		struct event_row row = read_row(statement);
		enum store_status status = STORE_DAMAGED;
		/* A chain runs towards the past; else a damaged one could run in a ring. */
		if (row.room == read->room && row.prev < seq) {
			status = keep_id(read, &row);
		}
		store_db_stop(statement);
		if (status != STORE_OK) {
			return status;
		}
		seq = row.prev;
	}
	return STORE_OK;
}

static enum store_status run_read_ids(struct store_job *job, struct store_db *db)
{
	struct event_read_ids *read = (struct event_read_ids *)job;
	enum store_status status = walk_ids(read, db);
	if (status != STORE_OK) {
		free(read->ids);
		read->ids = NULL;
		read->ids_count = 0;
	}
	return status;
}

void event_read_ids_init(struct event_read_ids *read)
{
	*read = (struct event_read_ids){.job.run = run_read_ids};
}

static enum store_status run_mark(struct store_job *job, struct store_db *db)
{
	struct event_mark *mark = (struct event_mark *)job;
	sqlite3_stmt *statement = store_db_statement(db, INSERT_MARK);
	store_db_bind_int(statement, 1, mark->room);
	store_db_bind_int(statement, 2, mark->n);
	store_db_bind_int(statement, 3, mark->seq);
	return store_db_run(db, statement);
}

struct event_mark *event_mark_create(int64_t room, int64_t n, int64_t seq)
{
	struct event_mark *mark = store_alloc(sizeof *mark);
	mark->job.run = run_mark;
	mark->room = room;
	mark->n = n;
	mark->seq = seq;
	return mark;
}

enum store_status event_tail(struct store_db *db, int64_t after_seq,
	bool (*each)(void *data, const struct event_row *row), void *data)
{
	sqlite3_stmt *statement = store_db_statement(db, SELECT_TAIL);
	store_db_bind_int(statement, 1, after_seq);
	while (store_db_row(db, statement)) {
		struct event_row row = read_row(statement);
		if (!each(data, &row)) {
			store_db_stop(statement);
			return STORE_OK;
		}
	}
	return store_db_status(db);
}

enum store_status event_newest(struct store_db *db, int64_t *seq)
{
	sqlite3_stmt *statement = store_db_statement(db, SELECT_NEWEST);
	if (store_db_row(db, statement)) {
		*seq = sqlite3_column_int64(statement, 0);
		store_db_stop(statement);
	}
	return store_db_status(db);
}
