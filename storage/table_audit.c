/* The audit; see table_audit.h. */
#include "storage/table_audit.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "storage/store_db.h"

static const char SELECT_NEWEST[] = "SELECT entry, hash FROM audit ORDER BY entry DESC LIMIT 1";
static const char INSERT_ENTRY[] =
	"INSERT INTO audit (entry, at_ms, what, account, room, detail, hash, signature)"
	" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
static const char WIPE_KEYS[] = "UPDATE audit_key SET secret = NULL WHERE secret IS NOT NULL";
static const char INSERT_KEY[] =
	"INSERT INTO audit_key (epoch, public, secret, first_entry) VALUES (?1, ?2, ?3, ?4)";
static const char SELECT_SIGNED[] = "SELECT at_ms FROM audit WHERE entry = ?1";

#define KEY_SELECT "SELECT epoch, public, secret, first_entry FROM audit_key ORDER BY epoch "
static const char SELECT_KEY[] = KEY_SELECT "DESC LIMIT 1";
static const char SELECT_KEYS[] = KEY_SELECT;
#undef KEY_SELECT

/* One list of columns for all; read_row() knows their order. */
#define ENTRY_SELECT "SELECT entry, at_ms, what, account, room, detail, hash, signature FROM audit "
static const char SELECT_ALL[] = ENTRY_SELECT "ORDER BY entry";
static const char SELECT_PAGE[] = ENTRY_SELECT "WHERE entry < ?1 ORDER BY entry DESC LIMIT ?2";
static const char SELECT_ROOM_PAGE[] =
	ENTRY_SELECT "WHERE room = ?3 AND room > 0 AND entry < ?1 ORDER BY entry DESC LIMIT ?2";
#undef ENTRY_SELECT

static enum store_status read_newest(struct store_db *db, struct audit_head *head)
{
	sqlite3_stmt *statement = store_db_statement(db, SELECT_NEWEST);
	if (store_db_row(db, statement)) {
		head->entry = sqlite3_column_int64(statement, 0);
		store_db_column_blob(statement, 1, head->hash, sizeof head->hash);
		store_db_stop(statement);
	}
	return store_db_status(db);
}

static enum store_status insert_entry(struct store_db *db, const struct audit_row *row)
{
	sqlite3_stmt *statement = store_db_statement(db, INSERT_ENTRY);
	store_db_bind_int(statement, 1, row->entry);
	store_db_bind_int(statement, 2, row->at_ms);
	store_db_bind_int(statement, 3, row->what);
	store_db_bind_int(statement, 4, row->account);
	store_db_bind_int(statement, 5, row->room);
	store_db_bind_text(statement, 6, row->detail);
	store_db_bind_blob(statement, 7, row->hash, sizeof row->hash);
	store_db_bind_blob(
		statement, 8, row->has_signature ? row->signature : NULL, sizeof row->signature);
	return store_db_run(db, statement);
}

static enum store_status change_key(struct store_db *db, const struct audit_key_row *key)
{
	enum store_status status = store_db_run(db, store_db_statement(db, WIPE_KEYS));
	if (status != STORE_OK) {
		return status;
	}
	sqlite3_stmt *statement = store_db_statement(db, INSERT_KEY);
	store_db_bind_int(statement, 1, key->epoch);
	store_db_bind_blob(statement, 2, key->public_key, sizeof key->public_key);
	store_db_bind_blob(statement, 3, key->secret, sizeof key->secret);
	store_db_bind_int(statement, 4, key->first_entry);
	return store_db_run(db, statement);
}

static enum store_status run_append(struct store_job *job, struct store_db *db)
{
	const struct audit_append *append = (struct audit_append *)job;
	struct audit_head head = {0};
	enum store_status status = read_newest(db, &head);
	if (status != STORE_OK) {
		return status;
	}
	bool follows =
		head.entry == append->row.entry - 1 &&
		(head.entry == 0 || memcmp(head.hash, append->before, sizeof head.hash) == 0);
	if (!follows) {
		return STORE_REFUSED;
	}
	status = insert_entry(db, &append->row);
	if (status == STORE_OK && append->key.epoch > 0) {
		status = change_key(db, &append->key);
	}
	return status;
}

struct audit_append *audit_append_create(const struct audit_row *row,
	const uint8_t before[AUDIT_ROW_HASH_BYTES], const struct audit_key_row *key)
{
	assert(row->detail_size <= AUDIT_ROW_DETAIL_MAX);
	struct audit_append *append = store_alloc(sizeof *append + row->detail_size + 1);
	append->job.run = run_append;
	append->job.may_refuse = true;
	append->row = *row;
	char *detail = (char *)(append + 1);
	if (row->detail_size > 0) {
		memcpy(detail, row->detail, row->detail_size);
	}
	append->row.detail = detail;
	memcpy(append->before, before, sizeof append->before);
	if (key != NULL) {
		append->key = *key;
	}
	return append;
}

void audit_append_destroy(struct audit_append *append)
{
	sodium_memzero(&append->key, sizeof append->key);
	free(append);
}

/* ---- reading ---- */

static void read_key(sqlite3_stmt *statement, struct audit_key_row *key)
{
	key->epoch = sqlite3_column_int64(statement, 0);
	store_db_column_blob(statement, 1, key->public_key, sizeof key->public_key);
	key->has_secret = store_db_column_blob(statement, 2, key->secret, sizeof key->secret);
	key->first_entry = sqlite3_column_int64(statement, 3);
}

static enum store_status run_read_head(struct store_job *job, struct store_db *db)
{
	struct audit_head *head = &((struct audit_read_head *)job)->head;
	*head = (struct audit_head){0};
	enum store_status status = read_newest(db, head);
	if (status != STORE_OK) {
		return status;
	}
	sqlite3_stmt *statement = store_db_statement(db, SELECT_KEY);
	if (store_db_row(db, statement)) {
		read_key(statement, &head->key);
		store_db_stop(statement);
	}
	if (store_db_status(db) != STORE_OK || head->key.first_entry <= 1) {
		return store_db_status(db);
	}
	statement = store_db_statement(db, SELECT_SIGNED);
	store_db_bind_int(statement, 1, head->key.first_entry - 1);
	if (store_db_row(db, statement)) {
		head->signed_ms = sqlite3_column_int64(statement, 0);
		store_db_stop(statement);
	}
	return store_db_status(db);
}

void audit_read_head_init(struct audit_read_head *read)
{
	*read = (struct audit_read_head){.job.run = run_read_head};
}

/* The detail is borrowed from the statement. */
static void read_row(sqlite3_stmt *statement, struct audit_row *row)
{
	*row = (struct audit_row){
		.entry = sqlite3_column_int64(statement, 0),
		.at_ms = sqlite3_column_int64(statement, 1),
		.what = sqlite3_column_int64(statement, 2),
		.account = sqlite3_column_int64(statement, 3),
		.room = sqlite3_column_int64(statement, 4),
		.detail = (const char *)sqlite3_column_text(statement, 5),
		.detail_size = (size_t)sqlite3_column_bytes(statement, 5),
	};
	store_db_column_blob(statement, 6, row->hash, sizeof row->hash);
	/* One of a wrong length is there, and is wrong. */
	row->has_signature = sqlite3_column_type(statement, 7) != SQLITE_NULL;
	store_db_column_blob(statement, 7, row->signature, sizeof row->signature);
}

static enum store_status run_read(struct store_job *job, struct store_db *db)
{
	struct audit_read *read = (struct audit_read *)job;
	sqlite3_stmt *statement =
		store_db_statement(db, read->room > 0 ? SELECT_ROOM_PAGE : SELECT_PAGE);
	store_db_bind_int(statement, 1, read->before);
	store_db_bind_int(statement, 2, (int64_t)read->limit);
	if (read->room > 0) {
		store_db_bind_int(statement, 3, read->room);
	}
	while (read->count < read->limit && store_db_row(db, statement)) {
		struct audit_row *row = &read->rows[read->count++];
		read_row(statement, row);
		char *detail = store_alloc(row->detail_size + 1);
		if (row->detail_size > 0) {
			memcpy(detail, row->detail, row->detail_size);
		}
		row->detail = detail;
	}
	store_db_stop(statement);
	return store_db_status(db);
}

void audit_read_init(struct audit_read *read)
{
	*read = (struct audit_read){
		.job.run = run_read,
		.before = INT64_MAX,
		.limit = AUDIT_PAGE_MAX,
		.rows = store_alloc(AUDIT_PAGE_MAX * sizeof *read->rows),
	};
}

void audit_read_finish(struct audit_read *read)
{
	for (size_t i = 0; i < read->count; i++) {
		free((char *)(uintptr_t)read->rows[i].detail);
	}
	free(read->rows);
	read->rows = NULL;
	read->count = 0;
}

enum store_status audit_each(
	struct store_db *db, bool (*each)(void *data, const struct audit_row *row), void *data)
{
	sqlite3_stmt *statement = store_db_statement(db, SELECT_ALL);
	while (store_db_row(db, statement)) {
		struct audit_row row;
		read_row(statement, &row);
		if (!each(data, &row)) {
			store_db_stop(statement);
			return STORE_OK;
		}
	}
	return store_db_status(db);
}

enum store_status audit_each_key(
	struct store_db *db, bool (*each)(void *data, const struct audit_key_row *row), void *data)
{
	sqlite3_stmt *statement = store_db_statement(db, SELECT_KEYS);
	bool more = true;
	while (more && store_db_row(db, statement)) {
		struct audit_key_row key = {0};
		read_key(statement, &key);
		more = each(data, &key);
		sodium_memzero(&key, sizeof key);
	}
	store_db_stop(statement);
	return store_db_status(db);
}
