/* Calls for an adult; see table_escalation.h. */
#include "storage/table_escalation.h"

#include <stdio.h>

#include "storage/store_db.h"

static const char SAVE[] =
	"INSERT OR REPLACE INTO escalation (id, room, source, reason, raised_by, raised_ms, tell,"
	" stage, steps, climb, since_ms, opened_by, opened_ms, taken_by, taken_ms, handed_to,"
	" closed_ms, outcome, page_id, note) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11,"
	" ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20)";

/* One list of columns for all; read_row() knows their order. */
#define SELECT                                                                                     \
	"SELECT id, room, source, reason, raised_by, raised_ms, tell, stage, steps, climb,"        \
	" since_ms, opened_by, opened_ms, taken_by, taken_ms, handed_to, closed_ms, outcome,"      \
	" page_id, note FROM escalation "
static const char SELECT_OPEN[] =
	SELECT "WHERE closed_ms = 0 OR closed_ms > ?1 ORDER BY raised_ms, id";
static const char SELECT_ROOM[] =
	SELECT "WHERE room = ?1 ORDER BY raised_ms DESC, id DESC LIMIT ?2";
#undef SELECT

static const char INSERT_TOLD[] =
	"INSERT INTO told (escalation, at_ms, channel, who, message, failed)"
	" VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
static const char UPDATE_TOLD[] =
	"UPDATE told SET failed = ?3 WHERE escalation = ?1 AND message = ?2";
static const char SELECT_TOLD[] =
	"SELECT escalation, at_ms, channel, who, message, failed FROM (SELECT * FROM told"
	" WHERE escalation = ?1 ORDER BY id DESC LIMIT ?2) ORDER BY id";

static enum store_status insert_told(struct store_db *db, const struct escalation_told_row *told)
{
	sqlite3_stmt *statement = store_db_statement(db, INSERT_TOLD);
	store_db_bind_int(statement, 1, told->escalation);
	store_db_bind_int(statement, 2, told->at_ms);
	store_db_bind_int(statement, 3, told->channel);
	store_db_bind_text(statement, 4, told->who);
	store_db_bind_text(statement, 5, told->message);
	store_db_bind_int(statement, 6, told->failed);
	return store_db_run(db, statement);
}

enum store_status escalation_save(struct store_db *db, const struct escalation_row *row,
	const struct escalation_told_row *told, size_t told_count)
{
	const int64_t numbers[] = {row->id, row->room, row->source, row->reason, row->raised_by,
		row->raised_ms, row->tell, row->stage, row->steps, row->climb, row->since_ms,
		row->opened_by, row->opened_ms, row->taken_by, row->taken_ms, row->handed_to,
		row->closed_ms, row->outcome};
	sqlite3_stmt *statement = store_db_statement(db, SAVE);
	int at = 1;
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		store_db_bind_int(statement, at++, numbers[i]);
	}
	const void *page_id = row->has_page_id ? row->page_id : NULL;
	store_db_bind_blob(statement, at++, page_id, sizeof row->page_id);
	store_db_bind_text(statement, at, row->note);
	enum store_status status = store_db_run(db, statement);
	for (size_t i = 0; i < told_count && status == STORE_OK; i++) {
		status = insert_told(db, &told[i]);
	}
	return status;
}

static enum store_status run_told(struct store_job *job, struct store_db *db)
{
	const struct escalation_told_write *write = (struct escalation_told_write *)job;
	sqlite3_stmt *statement = store_db_statement(db, UPDATE_TOLD);
	store_db_bind_int(statement, 1, write->escalation);
	store_db_bind_text(statement, 2, write->message);
	store_db_bind_int(statement, 3, write->failed);
	return store_db_run(db, statement);
}

struct escalation_told_write *escalation_told_write_create(
	int64_t escalation, const char *message, bool failed)
{
	struct escalation_told_write *write = store_alloc(sizeof *write);
	write->job.run = run_told;
	write->escalation = escalation;
	write->failed = failed;
	snprintf(write->message, sizeof write->message, "%s", message);
	return write;
}

static void read_row(sqlite3_stmt *statement, struct escalation_row *row)
{
	*row = (struct escalation_row){
		.id = sqlite3_column_int64(statement, 0),
		.room = sqlite3_column_int64(statement, 1),
		.source = sqlite3_column_int(statement, 2),
		.reason = sqlite3_column_int(statement, 3),
		.raised_by = sqlite3_column_int64(statement, 4),
		.raised_ms = sqlite3_column_int64(statement, 5),
		.tell = sqlite3_column_int(statement, 6) != 0,
		.stage = sqlite3_column_int(statement, 7),
		.steps = sqlite3_column_int64(statement, 8),
		.climb = sqlite3_column_int64(statement, 9),
		.since_ms = sqlite3_column_int64(statement, 10),
		.opened_by = sqlite3_column_int64(statement, 11),
		.opened_ms = sqlite3_column_int64(statement, 12),
		.taken_by = sqlite3_column_int64(statement, 13),
		.taken_ms = sqlite3_column_int64(statement, 14),
		.handed_to = sqlite3_column_int64(statement, 15),
		.closed_ms = sqlite3_column_int64(statement, 16),
		.outcome = sqlite3_column_int(statement, 17),
		.has_page_id = sqlite3_column_type(statement, 18) != SQLITE_NULL,
	};
	store_db_column_blob(statement, 18, row->page_id, sizeof row->page_id);
	store_db_column_text(statement, 19, row->note, sizeof row->note);
}

static enum store_status read_rows(struct store_db *db, sqlite3_stmt *statement,
	bool (*each)(void *data, const struct escalation_row *row), void *data)
{
	while (store_db_row(db, statement)) {
		struct escalation_row row;
		read_row(statement, &row);
		if (!each(data, &row)) {
			store_db_stop(statement);
			return STORE_OK;
		}
	}
	return store_db_status(db);
}

enum store_status escalation_load(struct store_db *db, int64_t closed_after_ms,
	bool (*each)(void *data, const struct escalation_row *row), void *data)
{
	sqlite3_stmt *statement = store_db_statement(db, SELECT_OPEN);
	store_db_bind_int(statement, 1, closed_after_ms);
	return read_rows(db, statement, each, data);
}

enum store_status escalation_of_room(struct store_db *db, int64_t room, size_t limit,
	bool (*each)(void *data, const struct escalation_row *row), void *data)
{
	sqlite3_stmt *statement = store_db_statement(db, SELECT_ROOM);
	store_db_bind_int(statement, 1, room);
	store_db_bind_int(statement, 2, (int64_t)limit);
	return read_rows(db, statement, each, data);
}

enum store_status escalation_load_told(struct store_db *db, int64_t escalation,
	bool (*each)(void *data, const struct escalation_told_row *row), void *data)
{
	sqlite3_stmt *statement = store_db_statement(db, SELECT_TOLD);
	store_db_bind_int(statement, 1, escalation);
	store_db_bind_int(statement, 2, ESCALATION_TOLD_MAX);
	while (store_db_row(db, statement)) {
		struct escalation_told_row row = {
			.escalation = sqlite3_column_int64(statement, 0),
			.at_ms = sqlite3_column_int64(statement, 1),
			.channel = sqlite3_column_int(statement, 2),
			.failed = sqlite3_column_int(statement, 5) != 0,
		};
		store_db_column_text(statement, 3, row.who, sizeof row.who);
		store_db_column_text(statement, 4, row.message, sizeof row.message);
		if (!each(data, &row)) {
			store_db_stop(statement);
			return STORE_OK;
		}
	}
	return store_db_status(db);
}
