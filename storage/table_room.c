/* Rooms, their tokens and codenames; see table_room.h. */
#include "storage/table_room.h"

#include <string.h>

#include "storage/store_db.h"

static const char SAVE_ROOM[] =
	"INSERT OR REPLACE INTO room (id, phase, audience, mood, opened_ms, since_ms, last_ms,"
	" head_seq, n, supporter, answered_n, asked_n, asked_ms, visitor_seen, supporter_seen,"
	" alarm, alarm_ms, adult, revealed_ms, blocked_ms, blocked_until_ms, for_adults, name,"
	" picture, wish, topics) VALUES (?1, ?2, ?3, ?4,"
	" ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18,"
	/* Set in the transaction that opens sealed details; a row made before must not undo it. */
	" max(?19, ifnull((SELECT revealed_ms FROM room WHERE id = ?1), 0)),"
	" ?20, ?21, ?22, ?23, ?24, ?25, ?26)";

/* One list of columns for all; read_room() knows their order. */
#define ROOM_SELECT                                                                                \
	"SELECT id, phase, audience, mood, opened_ms, since_ms, last_ms, head_seq, n, supporter,"  \
	" answered_n, asked_n, asked_ms, visitor_seen, supporter_seen, alarm, alarm_ms, adult,"    \
	" revealed_ms, name, picture, wish, topics,"                                               \
	" (SELECT inside FROM codename WHERE room = room.id),"                                     \
	" blocked_ms, blocked_until_ms, for_adults"                                                \
	" FROM room "
static const char SELECT_ROOM[] = ROOM_SELECT "WHERE id = ?1";
static const char SELECT_BY_CODENAME[] =
	ROOM_SELECT "WHERE id = (SELECT room FROM codename WHERE hash = ?1)";
/* Rooms left for later pile up over the years: told apart by the file, not in memory. */
#define RESTS                                                                                      \
	"phase = ?2 AND since_ms < ?3 AND asked_ms = 0 AND alarm < 0"                              \
	" AND NOT EXISTS (SELECT 1 FROM flag WHERE flag.room = room.id AND cleared_ms = 0)"
/* Two stretches of the index over phase. */
static const char SELECT_OPEN[] =
	ROOM_SELECT "WHERE phase < ?1 AND NOT (" RESTS ") UNION ALL " ROOM_SELECT
		    "WHERE phase > ?1 AND NOT (" RESTS ")";
#undef RESTS
#undef ROOM_SELECT

static const char SAVE_APPLIED[] =
	"INSERT OR REPLACE INTO progress (name, value) VALUES ('rooms applied', ?1)";
static const char SELECT_APPLIED[] = "SELECT value FROM progress WHERE name = 'rooms applied'";

static const char DELETE_CODENAME[] = "DELETE FROM codename WHERE room = ?1";
static const char INSERT_CODENAME[] =
	"INSERT INTO codename (hash, room, inside) VALUES (?1, ?2, ?3)";

static const char SAVE_TOKEN[] =
	"INSERT OR REPLACE INTO token (hash, room, seen_ms) VALUES (?1, ?2, ?3)";
static const char DELETE_TOKEN[] = "DELETE FROM token WHERE hash = ?1";
static const char SELECT_TOKENS[] = "SELECT hash, room, seen_ms FROM token";

static enum store_status run_save(struct store_job *job, struct store_db *db)
{
	const struct room_row *row = &((struct room_save *)job)->row;
	const int64_t numbers[] = {row->id, row->phase, row->audience, row->mood, row->opened_ms,
		row->since_ms, row->last_ms, row->head_seq, row->n, row->supporter, row->answered_n,
		row->asked_n, row->asked_ms, row->visitor_seen, row->supporter_seen, row->alarm,
		row->alarm_ms, row->adult, row->revealed_ms, row->blocked_ms, row->blocked_until_ms,
		row->for_adults};
	const char *const texts[] = {row->name, row->picture, row->wish, row->topics};
	sqlite3_stmt *statement = store_db_statement(db, SAVE_ROOM);
	int at = 1;
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		store_db_bind_int(statement, at++, numbers[i]);
	}
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		store_db_bind_text(statement, at++, texts[i]);
	}
	return store_db_run(db, statement);
}

struct room_save *room_save_create(const struct room_row *row)
{
	struct room_save *save = store_alloc(sizeof *save);
	save->job.run = run_save;
	save->row = *row;
	return save;
}

static void read_room(sqlite3_stmt *statement, struct room_row *row)
{
	*row = (struct room_row){
		.id = sqlite3_column_int64(statement, 0),
		.phase = sqlite3_column_int(statement, 1),
		.audience = sqlite3_column_int(statement, 2),
		.mood = sqlite3_column_int(statement, 3),
		.opened_ms = sqlite3_column_int64(statement, 4),
		.since_ms = sqlite3_column_int64(statement, 5),
		.last_ms = sqlite3_column_int64(statement, 6),
		.head_seq = sqlite3_column_int64(statement, 7),
		.n = sqlite3_column_int64(statement, 8),
		.supporter = sqlite3_column_int64(statement, 9),
		.answered_n = sqlite3_column_int64(statement, 10),
		.asked_n = sqlite3_column_int64(statement, 11),
		.asked_ms = sqlite3_column_int64(statement, 12),
		.visitor_seen = sqlite3_column_int64(statement, 13),
		.supporter_seen = sqlite3_column_int64(statement, 14),
		.alarm = sqlite3_column_int(statement, 15),
		.alarm_ms = sqlite3_column_int64(statement, 16),
		.adult = sqlite3_column_int64(statement, 17),
		.revealed_ms = sqlite3_column_int64(statement, 18),
		.blocked_ms = sqlite3_column_int64(statement, 24),
		.blocked_until_ms = sqlite3_column_int64(statement, 25),
		.for_adults = sqlite3_column_int(statement, 26) != 0,
		.has_codename = sqlite3_column_type(statement, 23) != SQLITE_NULL,
	};
	store_db_column_blob(statement, 23, row->codename_inside, sizeof row->codename_inside);
	store_db_column_text(statement, 19, row->name, sizeof row->name);
	store_db_column_text(statement, 20, row->picture, sizeof row->picture);
	store_db_column_text(statement, 21, row->wish, sizeof row->wish);
	store_db_column_text(statement, 22, row->topics, sizeof row->topics);
}

static enum store_status run_applied(struct store_job *job, struct store_db *db)
{
	sqlite3_stmt *statement = store_db_statement(db, SAVE_APPLIED);
	store_db_bind_int(statement, 1, ((struct room_applied *)job)->seq);
	return store_db_run(db, statement);
}

struct room_applied *room_applied_create(int64_t seq)
{
	struct room_applied *applied = store_alloc(sizeof *applied);
	applied->job.run = run_applied;
	applied->seq = seq;
	return applied;
}

enum store_status room_load_all(struct store_db *db, const struct room_skip *skip,
	bool (*each)(void *data, const struct room_row *row), void *data)
{
	sqlite3_stmt *statement = store_db_statement(db, SELECT_OPEN);
	store_db_bind_int(statement, 1, skip->ended);
	store_db_bind_int(statement, 2, skip->mailbox);
	store_db_bind_int(statement, 3, skip->rested_ms);
	while (store_db_row(db, statement)) {
		struct room_row row;
		read_room(statement, &row);
		if (!each(data, &row)) {
			store_db_stop(statement);
			return STORE_OK;
		}
	}
	return store_db_status(db);
}

enum store_status room_load_applied(struct store_db *db, int64_t *seq)
{
	sqlite3_stmt *statement = store_db_statement(db, SELECT_APPLIED);
	int64_t found = 0;
	if (store_db_row(db, statement)) {
		found = sqlite3_column_int64(statement, 0);
		store_db_stop(statement);
	}
	if (store_db_status(db) == STORE_OK) {
		*seq = found;
	}
	return store_db_status(db);
}

/* The one room the bound statement finds; STORE_REFUSED without one. */
static enum store_status one_room(
	struct store_db *db, sqlite3_stmt *statement, struct room_row *row)
{
	if (!store_db_row(db, statement)) {
		enum store_status status = store_db_status(db);
		return status == STORE_OK ? STORE_REFUSED : status;
	}
	read_room(statement, row);
	store_db_stop(statement);
	return STORE_OK;
}

enum store_status room_find_now(struct store_db *db, int64_t id, struct room_row *row)
{
	sqlite3_stmt *statement = store_db_statement(db, SELECT_ROOM);
	store_db_bind_int(statement, 1, id);
	return one_room(db, statement, row);
}

static enum store_status run_find(struct store_job *job, struct store_db *db)
{
	struct room_find *find = (struct room_find *)job;
	if (find->id != 0) {
		return room_find_now(db, find->id, &find->row);
	}
	sqlite3_stmt *statement = store_db_statement(db, SELECT_BY_CODENAME);
	store_db_bind_blob(statement, 1, find->codename, sizeof find->codename);
	return one_room(db, statement, &find->row);
}

void room_find_init(struct room_find *find)
{
	*find = (struct room_find){.job = {.run = run_find, .may_refuse = true}};
}

static enum store_status run_codename(struct store_job *job, struct store_db *db)
{
	struct room_codename *set = (struct room_codename *)job;
	sqlite3_stmt *statement = store_db_statement(db, DELETE_CODENAME);
	store_db_bind_int(statement, 1, set->room);
	enum store_status status = store_db_run(db, statement);
	if (status != STORE_OK) {
		return status;
	}
	statement = store_db_statement(db, INSERT_CODENAME);
	store_db_bind_blob(statement, 1, set->codename, sizeof set->codename);
	store_db_bind_int(statement, 2, set->room);
	store_db_bind_blob(statement, 3, set->inside, sizeof set->inside);
	return store_db_run(db, statement);
}

void room_codename_init(struct room_codename *set)
{
	*set = (struct room_codename){.job = {.run = run_codename, .may_refuse = true}};
}

static enum store_status run_token(struct store_job *job, struct store_db *db)
{
	struct token_write *write = (struct token_write *)job;
	sqlite3_stmt *statement = store_db_statement(db, write->drop ? DELETE_TOKEN : SAVE_TOKEN);
	store_db_bind_blob(statement, 1, write->row.hash, sizeof write->row.hash);
	if (!write->drop) {
		store_db_bind_int(statement, 2, write->row.room);
		store_db_bind_int(statement, 3, write->row.seen_ms);
	}
	return store_db_run(db, statement);
}

struct token_write *token_write_create(const struct token_row *row, bool drop)
{
	struct token_write *write = store_alloc(sizeof *write);
	write->job.run = run_token;
	write->row = *row;
	write->drop = drop;
	return write;
}

enum store_status token_load_all(
	struct store_db *db, bool (*each)(void *data, const struct token_row *row), void *data)
{
	sqlite3_stmt *statement = store_db_statement(db, SELECT_TOKENS);
	while (store_db_row(db, statement)) {
		struct token_row row = {
			.room = sqlite3_column_int64(statement, 1),
			.seen_ms = sqlite3_column_int64(statement, 2),
		};
		store_db_column_blob(statement, 0, row.hash, sizeof row.hash);
		if (!each(data, &row)) {
			store_db_stop(statement);
			return STORE_OK;
		}
	}
	return store_db_status(db);
}
