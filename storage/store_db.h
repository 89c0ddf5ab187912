/*
 * One connection of the store: opened through the vault, with its prepared statements kept, its
 * errors turned into store_status, and, for readers, an authorizer that lets nothing through but
 * reading. Used by one thread at a time. Only the store and its tables include this.
 *
 * A table's code needs no branch an error: a statement that could not be prepared is NULL, every
 * function here takes NULL, and store_db_run() or store_db_status() tells at the end.
 *
 *	sqlite3_stmt *statement = store_db_statement(db, SELECT);
 *	store_db_bind_int(statement, 1, room);
 *	while (store_db_row(db, statement)) { ... }
 *	return store_db_status(db);
 */
#ifndef HARK_STORAGE_STORE_DB_H
#define HARK_STORAGE_STORE_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sqlite3.h>

#include "storage/store.h"
#include "storage/vault.h"

struct store_db_options {
	const char *path;
	const char *vfs_name; /* a registered vault; NULL: not encrypted */
	size_t cache_bytes;
	bool reader; /* may not write */
	bool relaxed; /* see vault.h */
};

/* On failure *out is untouched; what the vault saw is in vault_last_reason(). */
enum store_status store_db_open(const struct store_db_options *options, struct store_db **out);

/* NULL is fine. */
void store_db_close(struct store_db *db);

/* The same connection with a new handle, outside a transaction: FTS5 of SQLite 3.40 remembers a
 * wrong state of its index after a failed write. On failure the old handle stays. */
enum store_status store_db_reopen(struct store_db *db);

/* Borrowed; for the vault's functions. */
sqlite3 *store_db_handle(struct store_db *db);

/*
 * The prepared statement of `sql`, which must be a constant of the program: it is kept by its
 * address until the connection is closed. Reset and without a row; values bound earlier remain.
 */
sqlite3_stmt *store_db_statement(struct store_db *db, const char *sql);

/* Parameter numbers begin at 1. Blob and text are borrowed until the statement is stepped to its
 * end. A blob of NULL is SQL's NULL. */
void store_db_bind_int(sqlite3_stmt *statement, int at, int64_t value);
void store_db_bind_blob(sqlite3_stmt *statement, int at, const void *value, size_t size);
void store_db_bind_text(sqlite3_stmt *statement, int at, const char *value);

/* Steps to the end, throwing rows away, and resets. STORE_REFUSED: a constraint. */
enum store_status store_db_run(struct store_db *db, sqlite3_stmt *statement);

/* True: there is a row to read. False: the end, or an error; the statement is reset. */
bool store_db_row(struct store_db *db, sqlite3_stmt *statement);

/* Resets a statement whose further rows are not wanted. */
void store_db_stop(sqlite3_stmt *statement);

/* Columns of the row, from 0. Text is cut to size - 1 bytes; a blob of another size is zeroed. */
void store_db_column_text(sqlite3_stmt *statement, int at, char *out, size_t size);
bool store_db_column_blob(sqlite3_stmt *statement, int at, void *out, size_t size);

/* What the last of the functions above on this connection came to. */
enum store_status store_db_status(const struct store_db *db);

/* Rows changed by the last store_db_run(). */
int64_t store_db_changes(struct store_db *db);

/* Statements without parameters, prepared and thrown away: migrations. */
enum store_status store_db_exec(struct store_db *db, const char *sql);

/* BEGIN IMMEDIATE, or BEGIN on a reader. */
enum store_status store_db_begin(struct store_db *db);
enum store_status store_db_commit(struct store_db *db);

/* Always leaves the connection outside a transaction and with no statement under way; where that
 * cannot be, the process ends loudly. */
void store_db_rollback(struct store_db *db);

/* What the vault answered, as one of ours. `vfs_name` may be NULL. */
enum store_status store_status_of_vault(enum vault_status status, const char *vfs_name);

/* Zeroed memory, which the caller frees. Ends the process when there is none, with a word on
 * stderr: for sizes no peer chooses. */
void *store_alloc(size_t size);
/* The same end, for what was allocated in another way. */
_Noreturn void store_no_memory(void);

#endif
