/*
 * What vault.c lends vault_copy.c: a handle as it is before its pragmas, and what a result
 * code means. Nothing else includes this.
 */
#ifndef HARK_STORAGE_VAULT_HANDLE_H
#define HARK_STORAGE_VAULT_HANDLE_H

#include "storage/vault.h"

/* What SQLite's `rc`, just returned, means; asks the shim of `vfs_name` (or NULL) why. */
enum vault_status vault_handle_status(int rc, const char *vfs_name);

/* Remembers a reason the shim could not see, for vault_last_reason(). */
void vault_note_reason(const char *vfs_name, enum vault_reason reason);

/* What an errno value means. */
enum vault_status vault_handle_status_of_errno(int failed);

/*
 * A handle on an existing file, with the reserve of format 1 and nothing else set up.
 * VAULT_MISSING if there is none. The caller closes it.
 */
enum vault_status vault_handle_open(
	const char *path, const char *vfs_name, bool relaxed, sqlite3 **db);

/* All pragmas that vault_open() promises. */
enum vault_status vault_handle_set_up(
	sqlite3 *db, const char *vfs_name, const struct vault_options *options);

/*
 * A URI for `path`, with "?`query`" if not NULL; for sqlite3_free(). NULL if memory is short.
 */
char *vault_handle_uri(const char *path, const char *query);

/* Bytes of the file, asked through SQLite. */
enum vault_status vault_handle_size(sqlite3 *db, int64_t *bytes);

#endif
