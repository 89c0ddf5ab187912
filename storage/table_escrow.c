/* Holders, sealed items, openings; see table_escrow.h. */
#include "storage/table_escrow.h"

#include <stdlib.h>
#include <string.h>

#include "storage/store_db.h"

static const char REMOVE_HOLDERS[] =
	"UPDATE holder SET removed_ms = ?2 WHERE account = ?1 AND removed_ms = 0";
static const char INSERT_HOLDER[] =
	"INSERT INTO holder (id, account, public, salt, wrapped, created_ms, removed_ms)"
	" VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0)";
static const char REWRAP_HOLDER[] =
	"UPDATE holder SET salt = ?2, wrapped = ?3 WHERE id = ?1 AND removed_ms = 0";
static const char SELECT_HOLDERS[] =
	"SELECT id, account, public, salt, wrapped, created_ms, removed_ms,"
	" (SELECT count(*) FROM share WHERE share.holder = holder.id) FROM holder ORDER BY id";

static const char COUNT_SEALED[] = "SELECT count(*) FROM sealed";
static const char COUNT_ROOM[] = "SELECT count(*) FROM sealed WHERE room = ?1";
static const char INSERT_SEALED[] =
	"INSERT INTO sealed (id, room, kind, subject, at_ms, approvals, mark, box)"
	" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
static const char INSERT_SHARE[] =
	"INSERT INTO share (sealed, holder, part, box) VALUES (?1, ?2, ?3, ?4)"
	" ON CONFLICT DO NOTHING";
static const char SELECT_SEALED[] =
	"SELECT s.id, s.kind, s.subject, s.at_ms, s.approvals, s.mark,"
	" CASE WHEN ?3 AND s.kind <> ?4 THEN s.box END, h.part, h.box"
	" FROM sealed AS s LEFT JOIN share AS h ON h.sealed = s.id AND h.holder = ?2"
	" WHERE s.room = ?1 ORDER BY s.at_ms DESC, s.kind DESC, s.id LIMIT ?5";
static const char SELECT_SUBJECT[] =
	"SELECT s.id, s.kind, s.subject, s.at_ms, s.approvals, s.mark, s.box, h.part, h.box"
	" FROM sealed AS s LEFT JOIN share AS h ON h.sealed = s.id AND h.holder = ?2"
	" WHERE s.room = ?1 AND s.kind = ?4 AND s.subject = ?3 ORDER BY s.id LIMIT 1";

static const char SELECT_GRANT[] =
	"SELECT g.sealed, g.part, g.box FROM share AS g JOIN sealed AS s ON s.id = g.sealed"
	" WHERE g.holder = ?1 AND g.sealed > ?3"
	" AND NOT EXISTS (SELECT 1 FROM share AS t WHERE t.sealed = g.sealed AND t.holder = ?2)"
	" AND (?4 = 0 OR s.approvals < 2 OR EXISTS (SELECT 1 FROM share AS o JOIN holder AS h"
	" ON h.id = o.holder WHERE o.sealed = g.sealed AND o.part <> g.part"
	" AND h.removed_ms = 0 AND h.account > 0))"
	" ORDER BY g.sealed LIMIT ?5";

static const char INSERT_OPENING[] =
	"INSERT INTO opening (id, room, by_account, why, reason, step, approved_by, asked_ms,"
	" at_ms, until_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
static const char UPDATE_OPENING[] =
	"UPDATE opening SET step = ?2, approved_by = ?3, at_ms = ?4, until_ms = ?5, shares = ?6"
	" WHERE id = ?1";
#define OPENING_SELECT                                                                             \
	"SELECT o.id, o.room, o.by_account, o.why, o.step, o.approved_by, o.asked_ms, o.at_ms,"    \
	" o.until_ms, o.reason, coalesce(r.name, '?') FROM opening AS o"                           \
	" LEFT JOIN room AS r ON r.id = o.room "
static const char SELECT_OPEN[] = OPENING_SELECT "WHERE o.step IN (?1, ?2, ?3) ORDER BY o.asked_ms";
static const char SELECT_ROOM_OPENINGS[] =
	OPENING_SELECT "WHERE o.room = ?1 ORDER BY o.asked_ms DESC, o.id LIMIT ?2";
#undef OPENING_SELECT
static const char SELECT_SHARES[] = "SELECT shares FROM opening WHERE id = ?1";

/* ---- holders ---- */

enum store_status holder_insert(struct store_db *db, const struct holder_row *row)
{
	sqlite3_stmt *statement = store_db_statement(db, REMOVE_HOLDERS);
	store_db_bind_int(statement, 1, row->account);
	store_db_bind_int(statement, 2, row->created_ms);
	enum store_status status = store_db_run(db, statement);
	if (status != STORE_OK) {
		return status;
	}
	statement = store_db_statement(db, INSERT_HOLDER);
	store_db_bind_int(statement, 1, row->id);
	store_db_bind_int(statement, 2, row->account);
	store_db_bind_blob(statement, 3, row->public_key, sizeof row->public_key);
	store_db_bind_blob(statement, 4, row->salt, sizeof row->salt);
	store_db_bind_blob(statement, 5, row->wrapped, sizeof row->wrapped);
	store_db_bind_int(statement, 6, row->created_ms);
	return store_db_run(db, statement);
}

enum store_status holder_rewrap(struct store_db *db, const struct holder_row *row)
{
	sqlite3_stmt *statement = store_db_statement(db, REWRAP_HOLDER);
	store_db_bind_int(statement, 1, row->id);
	store_db_bind_blob(statement, 2, row->salt, sizeof row->salt);
	store_db_bind_blob(statement, 3, row->wrapped, sizeof row->wrapped);
	enum store_status status = store_db_run(db, statement);
	return status == STORE_OK && store_db_changes(db) == 0 ? STORE_REFUSED : status;
}

enum store_status holder_load_all(struct store_db *db,
	bool (*each)(void *data, const struct holder_row *row, int64_t shares), void *data)
{
	sqlite3_stmt *statement = store_db_statement(db, SELECT_HOLDERS);
	while (store_db_row(db, statement)) {
		struct holder_row row = {
			.id = sqlite3_column_int64(statement, 0),
			.account = sqlite3_column_int64(statement, 1),
			.created_ms = sqlite3_column_int64(statement, 5),
			.removed_ms = sqlite3_column_int64(statement, 6),
		};
		store_db_column_blob(statement, 2, row.public_key, sizeof row.public_key);
		store_db_column_blob(statement, 3, row.salt, sizeof row.salt);
		store_db_column_blob(statement, 4, row.wrapped, sizeof row.wrapped);
		if (!each(data, &row, sqlite3_column_int64(statement, 7))) {
			store_db_stop(statement);
			return STORE_OK;
		}
	}
	return store_db_status(db);
}

static enum store_status run_holder_write(struct store_job *job, struct store_db *db)
{
	return holder_insert(db, &((struct holder_write *)job)->row);
}

struct holder_write *holder_write_create(const struct holder_row *row)
{
	struct holder_write *write = store_alloc(sizeof *write);
	write->job.run = run_holder_write;
	write->job.may_refuse = true;
	write->row = *row;
	return write;
}

/* ---- sealed items ---- */

static enum store_status count_with(
	struct store_db *db, const char *sql, int64_t room, int64_t *count)
{
	sqlite3_stmt *statement = store_db_statement(db, sql);
	if (sql == COUNT_ROOM) {
		store_db_bind_int(statement, 1, room);
	}
	if (store_db_row(db, statement)) {
		*count = sqlite3_column_int64(statement, 0);
		store_db_stop(statement);
	}
	return store_db_status(db);
}

enum store_status sealed_count(struct store_db *db, int64_t *count)
{
	return count_with(db, COUNT_SEALED, 0, count);
}

static enum store_status insert_share(struct store_db *db, const struct share_row *share)
{
	sqlite3_stmt *statement = store_db_statement(db, INSERT_SHARE);
	store_db_bind_int(statement, 1, share->sealed);
	store_db_bind_int(statement, 2, share->holder);
	store_db_bind_int(statement, 3, share->part);
	store_db_bind_blob(statement, 4, share->box, sizeof share->box);
	return store_db_run(db, statement);
}

static enum store_status run_sealed_write(struct store_job *job, struct store_db *db)
{
	struct sealed_write *write = (struct sealed_write *)job;
	const struct sealed_row *row = &write->row;
	int64_t count = 0;
	enum store_status status = count_with(db, COUNT_ROOM, row->room, &count);
	if (status != STORE_OK) {
		return status;
	}
	if (count >= SEALED_ROOM_MAX) {
		return STORE_REFUSED;
	}
	sqlite3_stmt *statement = store_db_statement(db, INSERT_SEALED);
	store_db_bind_int(statement, 1, row->id);
	store_db_bind_int(statement, 2, row->room);
	store_db_bind_int(statement, 3, row->kind);
	store_db_bind_int(statement, 4, row->subject);
	store_db_bind_int(statement, 5, row->at_ms);
	store_db_bind_int(statement, 6, row->approvals);
	store_db_bind_blob(statement, 7, row->mark, sizeof row->mark);
	store_db_bind_blob(statement, 8, row->box, row->box_size);
	status = store_db_run(db, statement);
	for (size_t i = 0; i < write->shares_count && status == STORE_OK; i++) {
		write->shares[i].sealed = row->id;
		status = insert_share(db, &write->shares[i]);
	}
	return status;
}

void sealed_write_init(struct sealed_write *write)
{
	*write = (struct sealed_write){.job = {.run = run_sealed_write, .may_refuse = true}};
}

/* A copy of a column, which the caller frees; NULL where there is nothing. */
static uint8_t *copy_column(sqlite3_stmt *statement, int at, size_t *size)
{
	const void *bytes = sqlite3_column_blob(statement, at);
	*size = (size_t)sqlite3_column_bytes(statement, at);
	if (bytes == NULL || *size == 0) {
		*size = 0;
		return NULL;
	}
	uint8_t *copy = store_alloc(*size);
	memcpy(copy, bytes, *size);
	return copy;
}

static void keep_sealed(struct sealed_read *read, sqlite3_stmt *statement)
{
	struct sealed_row *row = &read->rows[read->count];
	struct share_row *share = &read->shares[read->count];
	read->count++;
	*row = (struct sealed_row){
		.id = sqlite3_column_int64(statement, 0),
		.room = read->room,
		.kind = sqlite3_column_int64(statement, 1),
		.subject = sqlite3_column_int64(statement, 2),
		.at_ms = sqlite3_column_int64(statement, 3),
		.approvals = sqlite3_column_int64(statement, 4),
	};
	store_db_column_blob(statement, 5, row->mark, sizeof row->mark);
	row->box = copy_column(statement, 6, &row->box_size);
	*share = (struct share_row){.holder = read->holder};
	if (store_db_column_blob(statement, 8, share->box, sizeof share->box)) {
		share->sealed = row->id;
		share->part = sqlite3_column_int64(statement, 7);
	}
}

static void oldest_first(struct sealed_read *read)
{
	for (size_t i = 0, j = read->count; i + 1 < j; i++) {
		j--;
		struct sealed_row row = read->rows[i];
		read->rows[i] = read->rows[j];
		read->rows[j] = row;
		struct share_row share = read->shares[i];
		read->shares[i] = read->shares[j];
		read->shares[j] = share;
	}
}

static enum store_status run_sealed_read(struct store_job *job, struct store_db *db)
{
	struct sealed_read *read = (struct sealed_read *)job;
	bool one = read->subject != 0;
	sqlite3_stmt *statement = store_db_statement(db, one ? SELECT_SUBJECT : SELECT_SEALED);
	store_db_bind_int(statement, 1, read->room);
	store_db_bind_int(statement, 2, read->holder);
	store_db_bind_int(statement, 3, one ? read->subject : read->with_boxes);
	store_db_bind_int(statement, 4, read->large_kind);
	if (!one) {
		store_db_bind_int(statement, 5, SEALED_PAGE);
	}
	while (store_db_row(db, statement)) {
		keep_sealed(read, statement);
	}
	oldest_first(read);
	return store_db_status(db);
}

void sealed_read_init(struct sealed_read *read)
{
	*read = (struct sealed_read){.job.run = run_sealed_read, .large_kind = -1};
}

void sealed_read_finish(struct sealed_read *read)
{
	for (size_t i = 0; i < read->count; i++) {
		free((uint8_t *)(uintptr_t)read->rows[i].box);
	}
	read->count = 0;
}

/* ---- granting ---- */

static enum store_status run_grant_read(struct store_job *job, struct store_db *db)
{
	struct grant_read *read = (struct grant_read *)job;
	sqlite3_stmt *statement = store_db_statement(db, SELECT_GRANT);
	store_db_bind_int(statement, 1, read->from);
	store_db_bind_int(statement, 2, read->to);
	store_db_bind_int(statement, 3, read->after);
	store_db_bind_int(statement, 4, read->needs_third);
	store_db_bind_int(statement, 5, SEALED_GRANT_PAGE);
	while (store_db_row(db, statement)) {
		struct share_row *share = &read->shares[read->count++];
		*share = (struct share_row){
			.sealed = sqlite3_column_int64(statement, 0),
			.holder = read->to,
			.part = sqlite3_column_int64(statement, 1),
		};
		store_db_column_blob(statement, 2, share->box, sizeof share->box);
	}
	return store_db_status(db);
}

void grant_read_init(struct grant_read *read)
{
	*read = (struct grant_read){.job.run = run_grant_read};
}

static enum store_status run_grant_write(struct store_job *job, struct store_db *db)
{
	struct grant_write *write = (struct grant_write *)job;
	enum store_status status = STORE_OK;
	write->added = 0;
	for (size_t i = 0; i < write->count && status == STORE_OK; i++) {
		status = insert_share(db, &write->shares[i]);
		write->added += status == STORE_OK ? store_db_changes(db) : 0;
	}
	return status;
}

void grant_write_init(struct grant_write *write)
{
	*write = (struct grant_write){.job = {.run = run_grant_write, .may_refuse = true}};
}

/* ---- openings ---- */

enum store_status opening_insert(struct store_db *db, const struct opening_row *row)
{
	sqlite3_stmt *statement = store_db_statement(db, INSERT_OPENING);
	store_db_bind_int(statement, 1, row->id);
	store_db_bind_int(statement, 2, row->room);
	store_db_bind_int(statement, 3, row->by_account);
	store_db_bind_int(statement, 4, row->why);
	store_db_bind_text(statement, 5, row->reason);
	store_db_bind_int(statement, 6, row->step);
	store_db_bind_int(statement, 7, row->approved_by);
	store_db_bind_int(statement, 8, row->asked_ms);
	store_db_bind_int(statement, 9, row->at_ms);
	store_db_bind_int(statement, 10, row->until_ms);
	return store_db_run(db, statement);
}

enum store_status opening_update(
	struct store_db *db, const struct opening_row *row, const void *shares, size_t shares_size)
{
	sqlite3_stmt *statement = store_db_statement(db, UPDATE_OPENING);
	store_db_bind_int(statement, 1, row->id);
	store_db_bind_int(statement, 2, row->step);
	store_db_bind_int(statement, 3, row->approved_by);
	store_db_bind_int(statement, 4, row->at_ms);
	store_db_bind_int(statement, 5, row->until_ms);
	store_db_bind_blob(statement, 6, shares, shares_size);
	return store_db_run(db, statement);
}

/* The reason is borrowed from the statement. */
static void read_opening(sqlite3_stmt *statement, struct opening_row *row)
{
	*row = (struct opening_row){
		.id = sqlite3_column_int64(statement, 0),
		.room = sqlite3_column_int64(statement, 1),
		.by_account = sqlite3_column_int64(statement, 2),
		.why = sqlite3_column_int64(statement, 3),
		.step = sqlite3_column_int64(statement, 4),
		.approved_by = sqlite3_column_int64(statement, 5),
		.asked_ms = sqlite3_column_int64(statement, 6),
		.at_ms = sqlite3_column_int64(statement, 7),
		.until_ms = sqlite3_column_int64(statement, 8),
		.reason = (const char *)sqlite3_column_text(statement, 9),
	};
	store_db_column_text(statement, 10, row->name, sizeof row->name);
}

enum store_status opening_load_open(struct store_db *db, const int64_t steps[3],
	bool (*each)(void *data, const struct opening_row *row), void *data)
{
	sqlite3_stmt *statement = store_db_statement(db, SELECT_OPEN);
	for (int i = 0; i < 3; i++) {
		store_db_bind_int(statement, i + 1, steps[i]);
	}
	while (store_db_row(db, statement)) {
		struct opening_row row;
		read_opening(statement, &row);
		if (!each(data, &row)) {
			store_db_stop(statement);
			return STORE_OK;
		}
	}
	return store_db_status(db);
}

static enum store_status run_opening_read(struct store_job *job, struct store_db *db)
{
	struct opening_read *read = (struct opening_read *)job;
	sqlite3_stmt *statement = store_db_statement(db, SELECT_ROOM_OPENINGS);
	store_db_bind_int(statement, 1, read->room);
	store_db_bind_int(statement, 2, OPENING_PAGE);
	while (store_db_row(db, statement)) {
		struct opening_row *row = &read->rows[read->count++];
		read_opening(statement, row);
		char *reason = store_alloc(strlen(row->reason) + 1);
		strcpy(reason, row->reason);
		row->reason = reason;
	}
	return store_db_status(db);
}

void opening_read_init(struct opening_read *read)
{
	*read = (struct opening_read){.job.run = run_opening_read};
}

void opening_read_finish(struct opening_read *read)
{
	for (size_t i = 0; i < read->count; i++) {
		free((char *)(uintptr_t)read->rows[i].reason);
	}
	read->count = 0;
}

enum store_status opening_shares(struct store_db *db, int64_t id, uint8_t **shares, size_t *size)
{
	sqlite3_stmt *statement = store_db_statement(db, SELECT_SHARES);
	store_db_bind_int(statement, 1, id);
	if (!store_db_row(db, statement)) {
		enum store_status status = store_db_status(db);
		return status == STORE_OK ? STORE_REFUSED : status;
	}
	*shares = copy_column(statement, 0, size);
	store_db_stop(statement);
	return STORE_OK;
}
