/*
 * Watch phrases and flags; see table_phrase.h.
 *
 * The spans of a flag are one blob: for each from and size (2 bytes each, little endian), severity
 * and the length of the category (a byte each), and the category.
 */
#include "storage/table_phrase.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "storage/store_db.h"

enum {
	SPAN_HEAD_BYTES = 6
};

static const char INSERT_PHRASE[] = "INSERT INTO phrase (id, language, severity, category, text,"
				    " folded, match) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"
				    " ON CONFLICT (id) DO UPDATE SET language = ?2, severity = ?3,"
				    " category = ?4, text = ?5, folded = ?6, match = ?7";
static const char DELETE_PHRASE[] = "DELETE FROM phrase WHERE id = ?1";
static const char SELECT_PHRASES[] =
	"SELECT id, language, severity, category, text, match FROM phrase ORDER BY id";

static const char INSERT_FLAG[] =
	"INSERT OR IGNORE INTO flag (seq, room, n, at_ms, severity, category, cleared_ms, spans)"
	" VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, ?7)";
static const char CLEAR_FLAGS[] =
	"UPDATE flag SET cleared_ms = ?2 WHERE room = ?1 AND cleared_ms = 0";
static const char SELECT_STATE[] = "SELECT severity, at_ms, category FROM flag"
				   " WHERE room = ?1 AND cleared_ms = 0"
				   " ORDER BY severity DESC, seq LIMIT 1";
static const char SELECT_ROOM[] = "SELECT seq, n, at_ms, severity, spans FROM flag WHERE room = ?1"
				  " ORDER BY n DESC LIMIT ?2";

/* ---- phrases ---- */

static enum store_status run_write(struct store_job *job, struct store_db *db)
{
	const struct phrase_write *write = (struct phrase_write *)job;
	const struct phrase_row *row = &write->row;
	sqlite3_stmt *statement =
		store_db_statement(db, write->remove ? DELETE_PHRASE : INSERT_PHRASE);
	store_db_bind_int(statement, 1, row->id);
	if (!write->remove) {
		store_db_bind_text(statement, 2, row->language);
		store_db_bind_int(statement, 3, row->severity);
		store_db_bind_text(statement, 4, row->category);
		store_db_bind_text(statement, 5, row->text);
		store_db_bind_text(statement, 6, write->folded);
		store_db_bind_int(statement, 7, row->match);
	}
	return store_db_run(db, statement);
}

struct phrase_write *phrase_save_create(const struct phrase_row *row, const char *folded)
{
	struct phrase_write *write = store_alloc(sizeof *write + strlen(folded) + 1);
	char *copy = (char *)(write + 1);
	strcpy(copy, folded);
	write->folded = copy;
	write->job.run = run_write;
	write->job.may_refuse = true;
	write->row = *row;
	return write;
}

struct phrase_write *phrase_remove_create(int64_t id)
{
	struct phrase_write *write = store_alloc(sizeof *write);
	write->job.run = run_write;
	write->row.id = id;
	write->remove = true;
	return write;
}

enum store_status phrase_load_all(
	struct store_db *db, bool (*each)(void *data, const struct phrase_row *row), void *data)
{
	sqlite3_stmt *statement = store_db_statement(db, SELECT_PHRASES);
	while (store_db_row(db, statement)) {
		struct phrase_row row = {
			.id = sqlite3_column_int64(statement, 0),
			.severity = sqlite3_column_int(statement, 2),
			.match = sqlite3_column_int(statement, 5),
		};
		store_db_column_text(statement, 1, row.language, sizeof row.language);
		store_db_column_text(statement, 3, row.category, sizeof row.category);
		store_db_column_text(statement, 4, row.text, sizeof row.text);
		if (!each(data, &row)) {
			store_db_stop(statement);
			return STORE_OK;
		}
	}
	return store_db_status(db);
}

/* ---- flags: the spans ---- */

static size_t pack_spans(const struct flag_row *row, uint8_t *out)
{
	uint8_t *at = out;
	for (size_t i = 0; i < row->spans_count; i++) {
		const struct flag_span *span = &row->spans[i];
		size_t size = strlen(span->category);
		*at++ = (uint8_t)span->from;
		*at++ = (uint8_t)(span->from >> 8);
		*at++ = (uint8_t)span->size;
		*at++ = (uint8_t)(span->size >> 8);
		*at++ = (uint8_t)span->severity;
		*at++ = (uint8_t)size;
		memcpy(at, span->category, size);
		at += size;
	}
	return (size_t)(at - out);
}

/* False: the blob is not what pack_spans() makes. */
static bool unpack_spans(const uint8_t *blob, size_t size, struct flag_span *spans, size_t *count)
{
	size_t at = 0;
	*count = 0;
	while (at < size) {
		if (*count == FLAG_SPANS_MAX || size - at < SPAN_HEAD_BYTES) {
			return false;
		}
		const uint8_t *head = blob + at;
		size_t length = head[5];
		at += SPAN_HEAD_BYTES;
		if (length >= PHRASE_CATEGORY_BYTES || size - at < length) {
			return false;
		}
		struct flag_span *span = &spans[(*count)++];
		span->from = (uint32_t)(head[0] | head[1] << 8);
		span->size = (uint32_t)(head[2] | head[3] << 8);
		span->severity = head[4];
		memcpy(span->category, blob + at, length);
		span->category[length] = '\0';
		at += length;
	}
	return *count > 0;
}

static const char *gravest_category(const struct flag_row *row)
{
	for (size_t i = 0; i < row->spans_count; i++) {
		if (row->spans[i].severity == row->severity) {
			return row->spans[i].category;
		}
	}
	return "";
}

/* ---- flags ---- */

enum store_status flag_insert(struct store_db *db, const struct flag_row *row)
{
	uint8_t blob[FLAG_SPANS_MAX * (SPAN_HEAD_BYTES + PHRASE_CATEGORY_BYTES)];
	assert(row->spans_count >= 1 && row->spans_count <= FLAG_SPANS_MAX);
	size_t size = pack_spans(row, blob);
	sqlite3_stmt *statement = store_db_statement(db, INSERT_FLAG);
	store_db_bind_int(statement, 1, row->seq);
	store_db_bind_int(statement, 2, row->room);
	store_db_bind_int(statement, 3, row->n);
	store_db_bind_int(statement, 4, row->at_ms);
	store_db_bind_int(statement, 5, row->severity);
	store_db_bind_text(statement, 6, gravest_category(row));
	store_db_bind_blob(statement, 7, blob, size);
	return store_db_run(db, statement);
}

enum store_status flag_clear(struct store_db *db, int64_t room, int64_t now_ms)
{
	sqlite3_stmt *statement = store_db_statement(db, CLEAR_FLAGS);
	store_db_bind_int(statement, 1, room);
	store_db_bind_int(statement, 2, now_ms);
	return store_db_run(db, statement);
}

enum store_status flag_find_state(struct store_db *db, int64_t room, struct flag_state *state)
{
	*state = (struct flag_state){0};
	sqlite3_stmt *statement = store_db_statement(db, SELECT_STATE);
	store_db_bind_int(statement, 1, room);
	if (store_db_row(db, statement)) {
		state->up = true;
		state->severity = sqlite3_column_int(statement, 0);
		state->at_ms = sqlite3_column_int64(statement, 1);
		store_db_column_text(statement, 2, state->category, sizeof state->category);
		store_db_stop(statement);
	}
	return store_db_status(db);
}

static enum store_status run_read_state(struct store_job *job, struct store_db *db)
{
	struct flag_read_state *read = (struct flag_read_state *)job;
	return flag_find_state(db, read->room, &read->state);
}

void flag_read_state_init(struct flag_read_state *read)
{
	*read = (struct flag_read_state){.job.run = run_read_state};
}

/* The row at `at` of those being read; its spans go to their place of FLAG_SPANS_MAX each. */
static enum store_status keep_row(struct flag_read_room *read, size_t at, sqlite3_stmt *statement)
{
	struct flag_span *spans = read->spans + at * FLAG_SPANS_MAX;
	const uint8_t *blob = sqlite3_column_blob(statement, 4);
	size_t size = (size_t)sqlite3_column_bytes(statement, 4), count;
	if (!unpack_spans(blob, size, spans, &count)) {
		return STORE_DAMAGED;
	}
	read->rows[at] = (struct flag_row){
		.seq = sqlite3_column_int64(statement, 0),
		.room = read->room,
		.n = sqlite3_column_int64(statement, 1),
		.at_ms = sqlite3_column_int64(statement, 2),
		.severity = sqlite3_column_int(statement, 3),
		.spans = spans,
		.spans_count = count,
	};
	return STORE_OK;
}

static void turn_round(struct flag_row *rows, size_t count)
{
	for (size_t i = 0; i < count / 2; i++) {
		struct flag_row other = rows[i];
		rows[i] = rows[count - 1 - i];
		rows[count - 1 - i] = other;
	}
}

static enum store_status run_read_room(struct store_job *job, struct store_db *db)
{
	struct flag_read_room *read = (struct flag_read_room *)job;
	sqlite3_stmt *statement = store_db_statement(db, SELECT_ROOM);
	store_db_bind_int(statement, 1, read->room);
	store_db_bind_int(statement, 2, FLAG_PAGE_MAX);
	while (store_db_row(db, statement)) {
		if (read->rows == NULL) { /* most rooms have none */
			read->rows = store_alloc(FLAG_PAGE_MAX * sizeof *read->rows);
			read->spans =
				store_alloc(FLAG_PAGE_MAX * FLAG_SPANS_MAX * sizeof *read->spans);
		}
		enum store_status status = keep_row(read, read->count, statement);
		if (status != STORE_OK) {
			store_db_stop(statement);
			return status;
		}
		read->count++;
	}
	turn_round(read->rows, read->count);
	return store_db_status(db);
}

void flag_read_room_init(struct flag_read_room *read, int64_t room)
{
	*read = (struct flag_read_room){.job.run = run_read_room, .room = room};
}

void flag_read_room_finish(struct flag_read_room *read)
{
	free(read->rows);
	free(read->spans);
	read->rows = NULL;
	read->spans = NULL;
	read->count = 0;
}
