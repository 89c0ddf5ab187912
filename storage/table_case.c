/* Cases; see table_case.h. */
#include "storage/table_case.h"

#include <stdlib.h>
#include <string.h>

#include "storage/store_db.h"

static const char INSERT_CASE[] =
	"INSERT INTO case_file (id, year, number, room, title, state, tier, owner, opened_ms,"
	" follow_ms, outcome) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
static const char UPDATE_CASE[] =
	"UPDATE case_file SET title = coalesce(?2, title), outcome = coalesce(?3, outcome),"
	" state = iif(?4 < 0, state, ?4), tier = iif(?5 < 0, tier, ?5),"
	" follow_ms = iif(?6 < 0, follow_ms, ?6) WHERE id = ?1";
static const char SAVE_STEP[] =
	"INSERT INTO case_step (case_id, step, text, state, reason, by_account, at_ms)"
	" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (case_id, step) DO UPDATE SET"
	" state = excluded.state, reason = excluded.reason, by_account = excluded.by_account,"
	" at_ms = excluded.at_ms";
static const char INSERT_NOTE[] =
	"INSERT INTO case_note (case_id, page_id, at_ms, by_account, body)"
	" VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (case_id, page_id) DO NOTHING";

static const char SELECT_SUMMARIES[] =
	"SELECT id, room, owner, follow_ms, year, number, state,"
	" (SELECT count(*) FROM case_step WHERE case_id = case_file.id) FROM case_file ORDER BY id";
static const char SELECT_NOTE[] = "SELECT 1 FROM case_note WHERE case_id = ?1 AND page_id = ?2";

/* One list of columns for both; read_case() knows their order. */
#define CASE_COLUMNS                                                                               \
	"SELECT id, year, number, room, title, state, tier, owner, opened_ms, follow_ms, outcome," \
	" coalesce((SELECT name FROM room WHERE room.id = case_file.room), '')"
static const char SELECT_CASE[] = CASE_COLUMNS " FROM case_file WHERE id = ?1";
static const char SELECT_PAGE[] = CASE_COLUMNS
	", (SELECT count(*) FROM case_step WHERE case_id = case_file.id AND state = ?4),"
	" (SELECT count(*) FROM case_step WHERE case_id = case_file.id)"
	" FROM case_file WHERE id < ?1 AND (?2 < 0 OR state = ?2) ORDER BY id DESC LIMIT ?3";
#undef CASE_COLUMNS

static const char SELECT_STEPS[] = "SELECT step, text, state, reason, by_account, at_ms"
				   " FROM case_step WHERE case_id = ?1 ORDER BY step";
static const char SELECT_NOTES[] =
	"SELECT id, at_ms, by_account, body FROM case_note WHERE case_id = ?1 AND id < ?2"
	" ORDER BY id DESC LIMIT ?3";
static const char SELECT_OPENINGS[] =
	"SELECT id, by_account, approved_by, at_ms, until_ms, why, step, reason FROM opening"
	" WHERE room = ?1 ORDER BY id DESC LIMIT ?2";

/* ---- writing ---- */

enum store_status case_insert(struct store_db *db, const struct case_row *row,
	const struct case_step_row *steps, size_t steps_count)
{
	sqlite3_stmt *statement = store_db_statement(db, INSERT_CASE);
	store_db_bind_int(statement, 1, row->id);
	store_db_bind_int(statement, 2, row->year);
	store_db_bind_int(statement, 3, row->number);
	store_db_bind_int(statement, 4, row->room);
	store_db_bind_text(statement, 5, row->title);
	store_db_bind_int(statement, 6, row->state);
	store_db_bind_int(statement, 7, row->tier);
	store_db_bind_int(statement, 8, row->owner);
	store_db_bind_int(statement, 9, row->opened_ms);
	store_db_bind_int(statement, 10, row->follow_ms);
	store_db_bind_text(statement, 11, row->outcome);
	enum store_status status = store_db_run(db, statement);
	for (size_t i = 0; i < steps_count && status == STORE_OK; i++) {
		status = case_step_save(db, row->id, &steps[i]);
	}
	return status;
}

enum store_status case_update(struct store_db *db, const struct case_change *change)
{
	sqlite3_stmt *statement = store_db_statement(db, UPDATE_CASE);
	store_db_bind_int(statement, 1, change->id);
	store_db_bind_text(statement, 2, change->title);
	store_db_bind_text(statement, 3, change->outcome);
	store_db_bind_int(statement, 4, change->state);
	store_db_bind_int(statement, 5, change->tier);
	store_db_bind_int(statement, 6, change->follow_ms);
	return store_db_run(db, statement);
}

enum store_status case_step_save(
	struct store_db *db, int64_t case_id, const struct case_step_row *row)
{
	sqlite3_stmt *statement = store_db_statement(db, SAVE_STEP);
	store_db_bind_int(statement, 1, case_id);
	store_db_bind_int(statement, 2, row->step);
	store_db_bind_text(statement, 3, row->text);
	store_db_bind_int(statement, 4, row->state);
	store_db_bind_text(statement, 5, row->reason);
	store_db_bind_int(statement, 6, row->by);
	store_db_bind_int(statement, 7, row->at_ms);
	return store_db_run(db, statement);
}

enum store_status case_note_insert(struct store_db *db, int64_t case_id,
	const uint8_t id[CASE_NOTE_ID_BYTES], int64_t by, int64_t at_ms, const char *body)
{
	sqlite3_stmt *statement = store_db_statement(db, INSERT_NOTE);
	store_db_bind_int(statement, 1, case_id);
	store_db_bind_blob(statement, 2, id, CASE_NOTE_ID_BYTES);
	store_db_bind_int(statement, 3, at_ms);
	store_db_bind_int(statement, 4, by);
	store_db_bind_text(statement, 5, body);
	return store_db_run(db, statement);
}

/* ---- start-up, and doubles ---- */

enum store_status case_load_all(struct store_db *db,
	bool (*each)(void *data, const struct case_summary *summary), void *data)
{
	sqlite3_stmt *statement = store_db_statement(db, SELECT_SUMMARIES);
	while (store_db_row(db, statement)) {
		const struct case_summary summary = {
			.id = sqlite3_column_int64(statement, 0),
			.room = sqlite3_column_int64(statement, 1),
			.owner = sqlite3_column_int64(statement, 2),
			.follow_ms = sqlite3_column_int64(statement, 3),
			.year = sqlite3_column_int(statement, 4),
			.number = sqlite3_column_int(statement, 5),
			.state = sqlite3_column_int(statement, 6),
			.steps = sqlite3_column_int(statement, 7),
		};
		if (!each(data, &summary)) {
			store_db_stop(statement);
			return STORE_OK;
		}
	}
	return store_db_status(db);
}

static enum store_status run_find_note(struct store_job *job, struct store_db *db)
{
	struct case_find_note *find = (struct case_find_note *)job;
	sqlite3_stmt *statement = store_db_statement(db, SELECT_NOTE);
	store_db_bind_int(statement, 1, find->case_id);
	store_db_bind_blob(statement, 2, find->id, sizeof find->id);
	find->found = store_db_row(db, statement);
	if (find->found) {
		store_db_stop(statement);
	}
	return store_db_status(db);
}

void case_find_note_init(struct case_find_note *find)
{
	*find = (struct case_find_note){.job.run = run_find_note};
}

/* ---- one case ---- */

static void read_case(
	sqlite3_stmt *statement, struct case_row *row, char room_name[ROOM_NAME_BYTES])
{
	*row = (struct case_row){
		.id = sqlite3_column_int64(statement, 0),
		.year = sqlite3_column_int(statement, 1),
		.number = sqlite3_column_int(statement, 2),
		.room = sqlite3_column_int64(statement, 3),
		.state = sqlite3_column_int(statement, 5),
		.tier = sqlite3_column_int(statement, 6),
		.owner = sqlite3_column_int64(statement, 7),
		.opened_ms = sqlite3_column_int64(statement, 8),
		.follow_ms = sqlite3_column_int64(statement, 9),
	};
	store_db_column_text(statement, 4, row->title, sizeof row->title);
	store_db_column_text(statement, 10, row->outcome, sizeof row->outcome);
	store_db_column_text(statement, 11, room_name, ROOM_NAME_BYTES);
}

static char *copy_text(sqlite3_stmt *statement, int at, size_t *size)
{
	const unsigned char *text = sqlite3_column_text(statement, at);
	*size = (size_t)sqlite3_column_bytes(statement, at);
	char *copy = store_alloc(*size + 1);
	if (*size > 0) {
		memcpy(copy, text, *size);
	}
	return copy;
}

static enum store_status read_steps(struct store_db *db, struct case_read *read)
{
	sqlite3_stmt *statement = store_db_statement(db, SELECT_STEPS);
	store_db_bind_int(statement, 1, read->id);
	while (read->steps_count < CASE_STEPS_MAX && store_db_row(db, statement)) {
		struct case_step_row *step = &read->steps[read->steps_count++];
		step->step = sqlite3_column_int(statement, 0);
		store_db_column_text(statement, 1, step->text, sizeof step->text);
		step->state = sqlite3_column_int(statement, 2);
		store_db_column_text(statement, 3, step->reason, sizeof step->reason);
		step->by = sqlite3_column_int64(statement, 4);
		step->at_ms = sqlite3_column_int64(statement, 5);
	}
	store_db_stop(statement);
	return store_db_status(db);
}

static enum store_status read_openings(struct store_db *db, struct case_read *read, size_t *bytes)
{
	sqlite3_stmt *statement = store_db_statement(db, SELECT_OPENINGS);
	store_db_bind_int(statement, 1, read->row.room);
	store_db_bind_int(statement, 2, CASE_OPENINGS_MAX);
	while (*bytes < read->bytes_max && read->openings_count < CASE_OPENINGS_MAX &&
		store_db_row(db, statement)) {
		struct case_opening_row *opening = &read->openings[read->openings_count++];
		opening->id = sqlite3_column_int64(statement, 0);
		opening->by = sqlite3_column_int64(statement, 1);
		opening->approved_by = sqlite3_column_int64(statement, 2);
		opening->at_ms = sqlite3_column_int64(statement, 3);
		opening->until_ms = sqlite3_column_int64(statement, 4);
		opening->why = sqlite3_column_int(statement, 5);
		opening->step = sqlite3_column_int(statement, 6);
		opening->reason = copy_text(statement, 7, &opening->size);
		*bytes += opening->size;
	}
	store_db_stop(statement);
	return store_db_status(db);
}

static enum store_status read_notes(struct store_db *db, struct case_read *read, size_t *bytes)
{
	sqlite3_stmt *statement = store_db_statement(db, SELECT_NOTES);
	store_db_bind_int(statement, 1, read->id);
	store_db_bind_int(statement, 2, read->before);
	store_db_bind_int(statement, 3, CASE_NOTES_MAX + 1);
	while (!read->more && store_db_row(db, statement)) {
		size_t size = (size_t)sqlite3_column_bytes(statement, 3);
		if (read->notes_count == CASE_NOTES_MAX ||
			(read->notes_count > 0 && *bytes + size > read->bytes_max)) {
			read->more = true;
			break;
		}
		struct case_note_row *note = &read->notes[read->notes_count++];
		note->id = sqlite3_column_int64(statement, 0);
		note->at_ms = sqlite3_column_int64(statement, 1);
		note->by = sqlite3_column_int64(statement, 2);
		note->body = copy_text(statement, 3, &note->size);
		*bytes += note->size;
	}
	store_db_stop(statement);
	return store_db_status(db);
}

static bool each_call(void *data, const struct escalation_row *row)
{
	struct case_read *read = data;
	read->calls[read->calls_count++] = *row;
	return read->calls_count < CASE_CALLS_MAX;
}

static enum store_status run_read(struct store_job *job, struct store_db *db)
{
	struct case_read *read = (struct case_read *)job;
	size_t bytes = 0;
	sqlite3_stmt *statement = store_db_statement(db, SELECT_CASE);
	store_db_bind_int(statement, 1, read->id);
	if (!store_db_row(db, statement)) {
		enum store_status status = store_db_status(db);
		return status == STORE_OK ? STORE_REFUSED : status;
	}
	read_case(statement, &read->row, read->room_name);
	store_db_stop(statement);
	enum store_status status = read_steps(db, read);
	if (status == STORE_OK) {
		status = escalation_of_room(db, read->row.room, CASE_CALLS_MAX, each_call, read);
	}
	if (status == STORE_OK) {
		status = read_openings(db, read, &bytes);
	}
	return status == STORE_OK ? read_notes(db, read, &bytes) : status;
}

void case_read_init(struct case_read *read)
{
	*read = (struct case_read){.job.run = run_read, .before = INT64_MAX};
}

void case_read_finish(struct case_read *read)
{
	for (size_t i = 0; i < read->notes_count; i++) {
		free(read->notes[i].body);
	}
	for (size_t i = 0; i < read->openings_count; i++) {
		free(read->openings[i].reason);
	}
	read->notes_count = read->openings_count = 0;
}

/* ---- a page ---- */

static enum store_status run_read_list(struct store_job *job, struct store_db *db)
{
	struct case_read_list *read = (struct case_read_list *)job;
	sqlite3_stmt *statement = store_db_statement(db, SELECT_PAGE);
	store_db_bind_int(statement, 1, read->before);
	store_db_bind_int(statement, 2, read->state);
	store_db_bind_int(statement, 3, (int64_t)read->limit);
	store_db_bind_int(statement, 4, read->step_done);
	while (read->count < read->limit && store_db_row(db, statement)) {
		struct case_line_row *line = &read->lines[read->count++];
		read_case(statement, &line->row, line->room_name);
		line->done = sqlite3_column_int(statement, 12);
		line->steps = sqlite3_column_int(statement, 13);
	}
	store_db_stop(statement);
	return store_db_status(db);
}

void case_read_list_init(struct case_read_list *read)
{
	*read = (struct case_read_list){
		.job.run = run_read_list,
		.state = -1,
		.before = INT64_MAX,
		.limit = CASE_PAGE_MAX,
		.lines = store_alloc(CASE_PAGE_MAX * sizeof *read->lines),
	};
}

void case_read_list_finish(struct case_read_list *read)
{
	free(read->lines);
	read->lines = NULL;
	read->count = 0;
}
