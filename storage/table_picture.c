/* Pictures; see table_picture.h. */
#include "storage/table_picture.h"

#include <string.h>

#include "storage/store_db.h"

static const char ADD_PICTURE[] =
	"INSERT INTO picture (id, room, at_ms, type, width, height, thumb, body)"
	" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
static const char SELECT_BODY[] = "SELECT room, type, body FROM picture WHERE id = ?1";
static const char SELECT_THUMB[] = "SELECT room, type, thumb FROM picture WHERE id = ?1";

enum store_status picture_add(struct store_db *db, const struct picture_row *row)
{
	sqlite3_stmt *statement = store_db_statement(db, ADD_PICTURE);
	store_db_bind_int(statement, 1, row->id);
	store_db_bind_int(statement, 2, row->room);
	store_db_bind_int(statement, 3, row->at_ms);
	store_db_bind_int(statement, 4, row->type);
	store_db_bind_int(statement, 5, row->width);
	store_db_bind_int(statement, 6, row->height);
	store_db_bind_blob(statement, 7, row->thumb, row->thumb_size);
	store_db_bind_blob(statement, 8, row->body, row->body_size);
	return store_db_run(db, statement);
}

static enum store_status run_read(struct store_job *job, struct store_db *db)
{
	struct picture_read *read = (struct picture_read *)job;
	sqlite3_stmt *statement = store_db_statement(db, read->thumb ? SELECT_THUMB : SELECT_BODY);
	store_db_bind_int(statement, 1, read->id);
	if (store_db_row(db, statement)) {
		const void *bytes = sqlite3_column_blob(statement, 2);
		read->room = sqlite3_column_int64(statement, 0);
		read->type = sqlite3_column_int(statement, 1);
		read->size = (size_t)sqlite3_column_bytes(statement, 2);
		read->bytes = store_alloc(read->size + 1);
		if (read->size > 0) {
			memcpy(read->bytes, bytes, read->size);
		}
		store_db_stop(statement);
	}
	return store_db_status(db);
}

void picture_read_init(struct picture_read *read)
{
	*read = (struct picture_read){.job.run = run_read};
}
