/* A connection of the store; see store_db.h. */
#include "storage/store_db.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	STATEMENTS_MAX = 512, /* a power of two; the program has fewer than half as many */
	BUSY_MS = 1000, /* others hold locks for one short step, or one read */
};

struct store_db {
	sqlite3 *handle;
	struct store_db_options options; /* path and vfs_name are copies */
	bool reader;
	enum store_status status; /* of the last call */
	struct {
		const char *sql; /* key: the constant's address */
		sqlite3_stmt *statement;
	} kept[STATEMENTS_MAX];
};

void store_no_memory(void)
{
	fputs("<2>out of memory\n", stderr); /* unbuffered: takes none itself */
	abort();
}

void *store_alloc(size_t size)
{
	void *memory = calloc(1, size);
	if (memory == NULL) {
		store_no_memory();
	}
	return memory;
}

enum store_status store_status_of_vault(enum vault_status status, const char *vfs_name)
{
	switch (status) {
	case VAULT_OK:
	case VAULT_MORE:
		return STORE_OK;
	case VAULT_REFUSED:
		break;
	case VAULT_MISSING:
		return STORE_MISSING;
	case VAULT_EXISTS:
		return STORE_REFUSED;
	case VAULT_BUSY:
		return STORE_LOCKED;
	case VAULT_READ_ONLY:
		return STORE_READ_ONLY;
	case VAULT_FULL:
		return STORE_FULL;
	case VAULT_NO_MEMORY:
		return STORE_NO_MEMORY;
	case VAULT_INCONSISTENT:
		return STORE_DAMAGED;
	case VAULT_IO:
	case VAULT_FAILED:
		return STORE_IO;
	}
	switch (vault_last_reason(vfs_name, NULL)) {
	case VAULT_REASON_WRONG_KEY:
		return STORE_WRONG_KEY;
	case VAULT_REASON_NOT_HARK:
		return STORE_NOT_HARK;
	case VAULT_REASON_NEWER_FORMAT:
		return STORE_NEWER;
	case VAULT_REASON_DAMAGED_PAGE:
	case VAULT_REASON_DAMAGED_LOG:
		return STORE_DAMAGED;
	case VAULT_REASON_NONE:
	case VAULT_REASON_REFUSED_TEMP:
	case VAULT_REASON_REFUSED_JOURNAL:
	case VAULT_REASON_REFUSED_WRITE:
		break;
	}
	return STORE_IO;
}

/* sqlite3_system_errno() would do, but a failing COMMIT does not set it. */
static int last_errno(const struct store_db *db)
{
	sqlite3_vfs *vfs = NULL;
	sqlite3_file_control(db->handle, NULL, SQLITE_FCNTL_VFS_POINTER, &vfs);
	return vfs == NULL ? 0 : vfs->xGetLastError(vfs, 0, NULL);
}

/* SQLite knows one errno for a full disk; quotas and file systems turned read-only come as I/O
 * errors. */
static enum store_status status_of_io(const struct store_db *db, int extended)
{
	switch (extended) {
	case SQLITE_IOERR_NOMEM:
		return STORE_NO_MEMORY;
	case SQLITE_IOERR_DATA:
	case SQLITE_IOERR_CORRUPTFS:
		return STORE_DAMAGED;
	default:
		break;
	}
	switch (last_errno(db)) {
	case ENOSPC:
	case EDQUOT:
		return STORE_FULL;
	case EROFS:
		return STORE_READ_ONLY;
	default:
		return STORE_IO;
	}
}

static enum store_status status_of(const struct store_db *db, int code)
{
	switch (code & 0xff) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		return STORE_OK;
	case SQLITE_CONSTRAINT:
		return STORE_REFUSED;
	case SQLITE_FULL:
		return STORE_FULL;
	case SQLITE_READONLY:
	case SQLITE_AUTH:
		return STORE_READ_ONLY;
	case SQLITE_NOMEM:
		return STORE_NO_MEMORY;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return STORE_DAMAGED;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
	case SQLITE_PROTOCOL:
		return STORE_LOCKED;
	case SQLITE_IOERR:
		return status_of_io(db, sqlite3_extended_errcode(db->handle));
	default:
		return STORE_IO;
	}
}

static int authorize_reading(void *data, int action, const char *first, const char *second,
	const char *database, const char *trigger)
{
	(void)data, (void)database, (void)trigger;
	switch (action) {
	case SQLITE_SELECT:
	case SQLITE_READ:
	case SQLITE_FUNCTION:
	case SQLITE_RECURSIVE:
	case SQLITE_TRANSACTION:
		return SQLITE_OK;
	case SQLITE_UPDATE: /* FTS5 names its columns as if it made a table; nothing is written */
		return strcmp(first, "sqlite_master") == 0 ? SQLITE_OK : SQLITE_DENY;
	case SQLITE_PRAGMA: /* and asks the first, to know when its index has changed */
		return (strcmp(first, "data_version") == 0 && second == NULL) ||
				       strcmp(first, "integrity_check") == 0
			       ? SQLITE_OK
			       : SQLITE_DENY;
	default:
		return SQLITE_DENY;
	}
}

static enum store_status open_handle(const struct store_db_options *options, sqlite3 **out)
{
	struct vault_options vault = {
		.cache_bytes = (int64_t)options->cache_bytes,
		.busy_ms = BUSY_MS,
		.read_only = options->reader,
		.relaxed = options->relaxed,
	};
	sqlite3 *handle;
	enum vault_status opened = vault_open(options->path, options->vfs_name, &vault, &handle);
	if (opened != VAULT_OK) {
		return store_status_of_vault(opened, options->vfs_name);
	}
	if (options->reader) {
		sqlite3_set_authorizer(handle, authorize_reading, NULL);
	}
	*out = handle;
	return STORE_OK;
}

static char *copy_of(const char *string)
{
	if (string == NULL) {
		return NULL;
	}
	size_t size = strlen(string) + 1;
	return memcpy(store_alloc(size), string, size);
}

enum store_status store_db_open(const struct store_db_options *options, struct store_db **out)
{
	sqlite3 *handle;
	enum store_status status = open_handle(options, &handle);
	if (status != STORE_OK) {
		return status;
	}
	struct store_db *db = store_alloc(sizeof *db);
	db->handle = handle;
	db->reader = options->reader;
	db->options = *options;
	db->options.path = copy_of(options->path);
	db->options.vfs_name = copy_of(options->vfs_name);
	*out = db;
	return STORE_OK;
}

static void close_handle(struct store_db *db)
{
	for (size_t i = 0; i < STATEMENTS_MAX; i++) {
		sqlite3_finalize(db->kept[i].statement);
		db->kept[i].statement = NULL;
		db->kept[i].sql = NULL;
	}
	int closed = sqlite3_close(db->handle);
	assert(closed == SQLITE_OK);
	(void)closed;
}

enum store_status store_db_reopen(struct store_db *db)
{
	sqlite3 *handle;
	enum store_status status = open_handle(&db->options, &handle);
	if (status == STORE_OK) {
		close_handle(db);
		db->handle = handle;
	}
	return status;
}

void store_db_close(struct store_db *db)
{
	if (db == NULL) {
		return;
	}
	close_handle(db);
	free((char *)db->options.path);
	free((char *)db->options.vfs_name);
	free(db);
}

sqlite3 *store_db_handle(struct store_db *db)
{
	return db->handle;
}

sqlite3_stmt *store_db_statement(struct store_db *db, const char *sql)
{
	size_t at = ((uintptr_t)sql >> 3) * 31 % STATEMENTS_MAX;
	size_t probes = 0;
	while (db->kept[at].sql != NULL && db->kept[at].sql != sql) {
		at = (at + 1) % STATEMENTS_MAX;
		assert(++probes < STATEMENTS_MAX);
	}
	if (db->kept[at].sql == NULL) {
		int code = sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT,
			&db->kept[at].statement, NULL);
		db->status = status_of(db, code);
		if (code != SQLITE_OK) {
			return NULL;
		}
		db->kept[at].sql = sql;
	}
	db->status = STORE_OK;
	return db->kept[at].statement;
}

/*
 * None of these allocates or converts, so what can fail is a wrong number: our mistake.
 */
void store_db_bind_int(sqlite3_stmt *statement, int at, int64_t value)
{
	if (statement != NULL) {
		int code = sqlite3_bind_int64(statement, at, value);
		assert(code == SQLITE_OK);
		(void)code;
	}
}

void store_db_bind_blob(sqlite3_stmt *statement, int at, const void *value, size_t size)
{
	if (statement != NULL) {
		int code = sqlite3_bind_blob64(statement, at, value, size, SQLITE_STATIC);
		assert(code == SQLITE_OK);
		(void)code;
	}
}

void store_db_bind_text(sqlite3_stmt *statement, int at, const char *value)
{
	if (statement != NULL) {
		int code = sqlite3_bind_text(statement, at, value, -1, SQLITE_STATIC);
		assert(code == SQLITE_OK);
		(void)code;
	}
}

bool store_db_row(struct store_db *db, sqlite3_stmt *statement)
{
	if (statement == NULL) {
		return false;
	}
	int code = sqlite3_step(statement);
	if (code == SQLITE_ROW) {
		db->status = STORE_OK;
		return true;
	}
	/* Before the reset, which may touch the disk and with it errno. */
	db->status = status_of(db, code);
	sqlite3_reset(statement);
	return false;
}

enum store_status store_db_run(struct store_db *db, sqlite3_stmt *statement)
{
	while (store_db_row(db, statement)) {
	}
	return db->status;
}

void store_db_stop(sqlite3_stmt *statement)
{
	sqlite3_reset(statement);
}

void store_db_column_text(sqlite3_stmt *statement, int at, char *out, size_t size)
{
	const char *text = (const char *)sqlite3_column_text(statement, at);
	size_t length = (size_t)sqlite3_column_bytes(statement, at);
	if (length > size - 1) {
		length = size - 1;
	}
	if (length > 0) {
		memcpy(out, text, length);
	}
	out[length] = '\0';
}

bool store_db_column_blob(sqlite3_stmt *statement, int at, void *out, size_t size)
{
	const void *blob = sqlite3_column_blob(statement, at);
	if (blob == NULL || (size_t)sqlite3_column_bytes(statement, at) != size) {
		memset(out, 0, size);
		return false;
	}
	memcpy(out, blob, size);
	return true;
}

enum store_status store_db_status(const struct store_db *db)
{
	return db->status;
}

int64_t store_db_changes(struct store_db *db)
{
	return sqlite3_changes64(db->handle);
}

enum store_status store_db_exec(struct store_db *db, const char *sql)
{
	int code = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);
	db->status = status_of(db, code);
	return db->status;
}

enum store_status store_db_begin(struct store_db *db)
{
	return store_db_run(db, store_db_statement(db, db->reader ? "BEGIN" : "BEGIN IMMEDIATE"));
}

enum store_status store_db_commit(struct store_db *db)
{
	return store_db_run(db, store_db_statement(db, "COMMIT"));
}

/*
 * A transaction that cannot be ended (SQLite has no memory to prepare so much as ROLLBACK) would go
 * into the file with the next commit, after everybody was told that it failed: memory and file
 * would be apart, and nobody would know. Ending the process is right: what was not committed is not
 * in the log, and the next start reads what is.
 */
void store_db_rollback(struct store_db *db)
{
	enum store_status status = db->status;
	for (size_t i = 0; i < STATEMENTS_MAX; i++) {
		sqlite3_reset(db->kept[i].statement);
	}
	/* Some failures have rolled back already, and ROLLBACK would then be an error. */
	if (!sqlite3_get_autocommit(db->handle)) {
		store_db_run(db, store_db_statement(db, "ROLLBACK"));
	}
	if (!sqlite3_get_autocommit(db->handle)) {
		fputs("<2>a transaction could not be rolled back\n", stderr);
		abort();
	}
	db->status = status;
}
