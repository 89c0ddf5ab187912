/* Private notes; see table_note.h. */
#include "storage/table_note.h"

#include <stdlib.h>
#include <string.h>

#include "storage/store_db.h"

static const char INSERT_NOTE[] =
	"INSERT INTO note (room, at_ms, author, supporter, page_id, body) VALUES (?1, ?2, ?3, ?4,"
	" ?5, CAST(?6 AS TEXT))";
static const char SELECT_BY_PAGE_ID[] = "SELECT room FROM note WHERE author = ?1 AND page_id = ?2";
static const char SELECT_NEWEST[] =
	"SELECT at_ms, author, supporter, page_id, CAST(body AS BLOB) FROM note"
	" WHERE room = ?1 AND (?2 = 0 OR supporter = ?2) ORDER BY id DESC LIMIT ?3";

enum store_status note_insert(struct store_db *db, const struct note_row *row)
{
	sqlite3_stmt *statement = store_db_statement(db, INSERT_NOTE);
	store_db_bind_int(statement, 1, row->room);
	store_db_bind_int(statement, 2, row->at_ms);
	store_db_bind_int(statement, 3, row->author);
	store_db_bind_int(statement, 4, row->supporter);
	store_db_bind_blob(statement, 5, row->page_id, sizeof row->page_id);
	store_db_bind_blob(statement, 6, row->body, row->body_size);
	return store_db_run(db, statement);
}

static enum store_status run_find(struct store_job *job, struct store_db *db)
{
	struct note_find *find = (struct note_find *)job;
	sqlite3_stmt *statement = store_db_statement(db, SELECT_BY_PAGE_ID);
	store_db_bind_int(statement, 1, find->author);
	store_db_bind_blob(statement, 2, find->page_id, sizeof find->page_id);
	if (!store_db_row(db, statement)) {
		enum store_status status = store_db_status(db);
		return status == STORE_OK ? STORE_REFUSED : status;
	}
	find->room = sqlite3_column_int64(statement, 0);
	store_db_stop(statement);
	return STORE_OK;
}

void note_find_init(struct note_find *find)
{
	*find = (struct note_find){.job = {.run = run_find, .may_refuse = true}};
}

static void keep_row(struct note_read *read, sqlite3_stmt *statement)
{
	struct note_row *row = &read->rows[read->count++];
	size_t size = (size_t)sqlite3_column_bytes(statement, 4);
	char *body = store_alloc(size + 1);
	if (size > 0) {
		memcpy(body, sqlite3_column_blob(statement, 4), size);
	}
	*row = (struct note_row){
		.room = read->room,
		.at_ms = sqlite3_column_int64(statement, 0),
		.author = sqlite3_column_int64(statement, 1),
		.supporter = sqlite3_column_int64(statement, 2),
		.body = body,
		.body_size = size,
	};
	store_db_column_blob(statement, 3, row->page_id, sizeof row->page_id);
}

static void oldest_first(struct note_row *rows, size_t count)
{
	for (size_t i = 0; i < count / 2; i++) {
		struct note_row other = rows[count - 1 - i];
		rows[count - 1 - i] = rows[i];
		rows[i] = other;
	}
}

static enum store_status run_read(struct store_job *job, struct store_db *db)
{
	struct note_read *read = (struct note_read *)job;
	read->rows = store_alloc(read->limit * sizeof *read->rows);
	sqlite3_stmt *statement = store_db_statement(db, SELECT_NEWEST);
	store_db_bind_int(statement, 1, read->room);
	store_db_bind_int(statement, 2, read->supporter);
	store_db_bind_int(statement, 3, (int64_t)read->limit);
	size_t bytes = 0;
	while (store_db_row(db, statement)) {
		bytes += (size_t)sqlite3_column_bytes(statement, 4);
		if (read->count > 0 && bytes > read->bytes) {
			store_db_stop(statement);
			break;
		}
		keep_row(read, statement);
	}
	oldest_first(read->rows, read->count);
	return store_db_status(db);
}

void note_read_init(struct note_read *read)
{
	*read = (struct note_read){.job.run = run_read};
}

void note_read_finish(struct note_read *read)
{
	for (size_t i = 0; i < read->count; i++) {
		free((char *)read->rows[i].body);
	}
	free(read->rows);
	read->rows = NULL;
	read->count = 0;
}
