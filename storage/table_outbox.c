/* The outbox; see table_outbox.h. */
#include "storage/table_outbox.h"

#include <string.h>

#include "storage/store_db.h"

#define COLUMNS                                                                                    \
	" id, key, kind, subject, channel, who, address, title, text, urgent, since_ms,"           \
	" created_ms, next_ms, tries, state, done_ms, problem"

static const char INSERT_ROW[] =
	"INSERT OR IGNORE INTO outbox (key, kind, subject, channel, who, address, title, text,"
	" urgent, since_ms, created_ms, next_ms, tries, state, done_ms, problem)"
	" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?11, 0, 0, 0, '')";
static const char SELECT_DUE[] =
	"SELECT" COLUMNS " FROM outbox WHERE state = 0 AND channel = ?1 AND urgent = ?2"
	" AND (next_ms <= ?3 OR next_ms > ?4) ORDER BY next_ms, id LIMIT ?5";
static const char SELECT_NEXT[] =
	"SELECT next_ms FROM outbox WHERE state = 0 AND channel = ?1 AND urgent = ?2"
	" AND next_ms > ?3 ORDER BY next_ms LIMIT 1";
static const char UPDATE_TRY[] =
	"UPDATE outbox SET state = ?2, next_ms = ?3, done_ms = ?4, tries = ?5, problem = ?6"
	" WHERE id = ?1 AND (state = 0 OR ?2 = 1)";
static const char UPSERT_SENT[] =
	"INSERT INTO channel (channel, sent_ms, failed_ms, problem) VALUES (?1, ?2, 0, '')"
	" ON CONFLICT (channel) DO UPDATE SET sent_ms = ?2, problem = ''";
static const char UPSERT_FAILED[] =
	"INSERT INTO channel (channel, sent_ms, failed_ms, problem) VALUES (?1, 0, ?2, ?3)"
	" ON CONFLICT (channel) DO UPDATE SET failed_ms = ?2, problem = ?3";
static const char DROP_SUBJECT[] = "UPDATE outbox SET state = 3, done_ms = ?2 WHERE subject = ?1 "
				   "AND subject <> 0 AND state = 0";
static const char SELECT_SUBJECT[] =
	"SELECT" COLUMNS " FROM outbox WHERE subject = ?1 AND subject <> 0 ORDER BY id";
static const char SELECT_KEY[] = "SELECT" COLUMNS " FROM outbox WHERE key = ?1";
/* The terms are those of the index outbox_kept, word for word: without it, all rows are read. */
static const char EMPTY_OLD[] =
	"UPDATE outbox SET address = '', title = '', text = '' WHERE id IN (SELECT id FROM outbox"
	" WHERE state <> 0 AND title <> '' AND done_ms < ?1 ORDER BY done_ms LIMIT ?2)";
static const char SELECT_CHANNELS[] = "SELECT channel, sent_ms, failed_ms, problem FROM channel";
static const char COUNT_WAITING[] =
	"SELECT channel, count(*) FROM outbox WHERE state = 0 GROUP BY channel";
static const char COUNT_DEAD[] =
	"SELECT channel, count(*) FROM outbox WHERE state = 2 AND done_ms >= ?1 GROUP BY channel";

enum store_status outbox_add(struct store_db *db, const struct outbox_row *row)
{
	sqlite3_stmt *statement = store_db_statement(db, INSERT_ROW);
	store_db_bind_text(statement, 1, row->key);
	store_db_bind_int(statement, 2, row->kind);
	store_db_bind_int(statement, 3, row->subject);
	store_db_bind_int(statement, 4, row->channel);
	store_db_bind_text(statement, 5, row->who);
	store_db_bind_text(statement, 6, row->address);
	store_db_bind_text(statement, 7, row->title);
	store_db_bind_text(statement, 8, row->text);
	store_db_bind_int(statement, 9, row->urgent);
	store_db_bind_int(statement, 10, row->since_ms);
	store_db_bind_int(statement, 11, row->created_ms);
	return store_db_run(db, statement);
}

static void read_row(sqlite3_stmt *statement, struct outbox_row *row)
{
	*row = (struct outbox_row){
		.id = sqlite3_column_int64(statement, 0),
		.kind = sqlite3_column_int(statement, 2),
		.subject = sqlite3_column_int64(statement, 3),
		.channel = sqlite3_column_int(statement, 4),
		.urgent = sqlite3_column_int(statement, 9) != 0,
		.since_ms = sqlite3_column_int64(statement, 10),
		.created_ms = sqlite3_column_int64(statement, 11),
		.next_ms = sqlite3_column_int64(statement, 12),
		.tries = sqlite3_column_int64(statement, 13),
		.state = (enum outbox_state)sqlite3_column_int(statement, 14),
		.done_ms = sqlite3_column_int64(statement, 15),
	};
	store_db_column_text(statement, 1, row->key, sizeof row->key);
	store_db_column_text(statement, 5, row->who, sizeof row->who);
	store_db_column_text(statement, 6, row->address, sizeof row->address);
	store_db_column_text(statement, 7, row->title, sizeof row->title);
	store_db_column_text(statement, 8, row->text, sizeof row->text);
	store_db_column_text(statement, 16, row->problem, sizeof row->problem);
}

/* Calls each() for the statement's rows; *count is how many. False: it was stopped. */
static bool read_rows(struct store_db *db, sqlite3_stmt *statement,
	bool (*each)(void *data, const struct outbox_row *row), void *data, size_t *count)
{
	for (*count = 0; store_db_row(db, statement); ++*count) {
		struct outbox_row row;
		read_row(statement, &row);
		if (!each(data, &row)) {
			store_db_stop(statement);
			return false;
		}
	}
	return true;
}

static int64_t read_next(
	struct store_db *db, const struct outbox_due *due, bool urgent, int64_t next_ms)
{
	sqlite3_stmt *statement = store_db_statement(db, SELECT_NEXT);
	store_db_bind_int(statement, 1, due->channel);
	store_db_bind_int(statement, 2, urgent);
	store_db_bind_int(statement, 3, due->now_ms);
	if (store_db_row(db, statement)) {
		int64_t first = sqlite3_column_int64(statement, 0);
		store_db_stop(statement);
		return first < next_ms ? first : next_ms;
	}
	return next_ms;
}

enum store_status outbox_read_due(struct store_db *db, const struct outbox_due *due,
	bool (*each)(void *data, const struct outbox_row *row), void *data, int64_t *next_ms)
{
	size_t left = due->limit;
	int64_t next = INT64_MAX;
	bool going_on = true;
	for (int urgent = 1; urgent >= 0; urgent--) {
		if (going_on && left > 0) {
			sqlite3_stmt *statement = store_db_statement(db, SELECT_DUE);
			store_db_bind_int(statement, 1, due->channel);
			store_db_bind_int(statement, 2, urgent);
			store_db_bind_int(statement, 3, due->now_ms);
			store_db_bind_int(statement, 4,
				due->now_ms + (urgent ? due->urgent_max_ms : due->calm_max_ms));
			store_db_bind_int(statement, 5, (int64_t)left);
			size_t count;
			going_on = read_rows(db, statement, each, data, &count);
			left -= going_on ? count : 0;
		}
		if (store_db_status(db) != STORE_OK) {
			return store_db_status(db);
		}
		next = read_next(db, due, urgent == 1, next);
	}
	if (store_db_status(db) == STORE_OK) {
		*next_ms = next;
	}
	return store_db_status(db);
}

static enum store_status note_channel(
	struct store_db *db, const struct outbox_row *row, int64_t at_ms)
{
	bool sent = row->state == OUTBOX_SENT;
	sqlite3_stmt *statement = store_db_statement(db, sent ? UPSERT_SENT : UPSERT_FAILED);
	store_db_bind_int(statement, 1, row->channel);
	store_db_bind_int(statement, 2, at_ms);
	if (!sent) {
		store_db_bind_text(statement, 3, row->problem);
	}
	return store_db_run(db, statement);
}

enum store_status outbox_note_try(struct store_db *db, const struct outbox_row *row, int64_t at_ms)
{
	sqlite3_stmt *statement = store_db_statement(db, UPDATE_TRY);
	store_db_bind_int(statement, 1, row->id);
	store_db_bind_int(statement, 2, row->state);
	store_db_bind_int(statement, 3, row->next_ms);
	store_db_bind_int(statement, 4, row->done_ms);
	store_db_bind_int(statement, 5, row->tries);
	store_db_bind_text(statement, 6, row->problem);
	enum store_status status = store_db_run(db, statement);
	return status == STORE_OK ? note_channel(db, row, at_ms) : status;
}

enum store_status outbox_drop_subject(struct store_db *db, int64_t subject, int64_t now_ms)
{
	sqlite3_stmt *statement = store_db_statement(db, DROP_SUBJECT);
	store_db_bind_int(statement, 1, subject);
	store_db_bind_int(statement, 2, now_ms);
	return store_db_run(db, statement);
}

enum store_status outbox_read_subject(struct store_db *db, int64_t subject,
	bool (*each)(void *data, const struct outbox_row *row), void *data)
{
	sqlite3_stmt *statement = store_db_statement(db, SELECT_SUBJECT);
	store_db_bind_int(statement, 1, subject);
	size_t count;
	return read_rows(db, statement, each, data, &count) ? store_db_status(db) : STORE_OK;
}

enum store_status outbox_read_key(
	struct store_db *db, const char *key, struct outbox_row *row, bool *found)
{
	sqlite3_stmt *statement = store_db_statement(db, SELECT_KEY);
	store_db_bind_text(statement, 1, key);
	*found = store_db_row(db, statement);
	if (*found) {
		read_row(statement, row);
		store_db_stop(statement);
	}
	return store_db_status(db);
}

enum store_status outbox_empty_old(
	struct store_db *db, int64_t before_ms, int64_t limit, int64_t *count)
{
	sqlite3_stmt *statement = store_db_statement(db, EMPTY_OLD);
	store_db_bind_int(statement, 1, before_ms);
	store_db_bind_int(statement, 2, limit);
	enum store_status status = store_db_run(db, statement);
	*count = status == STORE_OK ? store_db_changes(db) : 0;
	return status;
}

static bool is_channel(int64_t number)
{
	return number >= 0 && number < OUTBOX_CHANNELS_MAX;
}

enum store_status outbox_read_health(struct store_db *db, int64_t dead_since_ms,
	struct outbox_health health[OUTBOX_CHANNELS_MAX])
{
	for (size_t i = 0; i < OUTBOX_CHANNELS_MAX; i++) {
		health[i] = (struct outbox_health){0};
	}
	sqlite3_stmt *statement = store_db_statement(db, SELECT_CHANNELS);
	while (store_db_row(db, statement)) {
		int64_t channel = sqlite3_column_int64(statement, 0);
		if (is_channel(channel)) {
			health[channel].sent_ms = sqlite3_column_int64(statement, 1);
			health[channel].failed_ms = sqlite3_column_int64(statement, 2);
			store_db_column_text(statement, 3, health[channel].problem,
				sizeof health[channel].problem);
		}
	}
	if (store_db_status(db) != STORE_OK) {
		return store_db_status(db);
	}
	for (int dead = 0; dead < 2; dead++) {
		statement = store_db_statement(db, dead ? COUNT_DEAD : COUNT_WAITING);
		if (dead) {
			store_db_bind_int(statement, 1, dead_since_ms);
		}
		while (store_db_row(db, statement)) {
			int64_t channel = sqlite3_column_int64(statement, 0);
			if (is_channel(channel)) {
				int64_t count = sqlite3_column_int64(statement, 1);
				*(dead ? &health[channel].dead : &health[channel].waiting) = count;
			}
		}
		if (store_db_status(db) != STORE_OK) {
			return store_db_status(db);
		}
	}
	return STORE_OK;
}

#undef COLUMNS
