/*
 * What the vault's tests share: a directory, files as bytes, SQL in one line, keys.
 * A helper that cannot do its work ends the program; what a test checks, the test checks.
 */
#ifndef HARK_TESTS_UNIT_STORAGE_VAULT_HELP_H
#define HARK_TESTS_UNIT_STORAGE_VAULT_HELP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sqlite3.h>

#include "storage/vault.h"

#if defined(__SANITIZE_ADDRESS__)
#define HELP_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HELP_SANITIZED 1
#endif
#endif
#ifndef HELP_SANITIZED
#define HELP_SANITIZED 0
#endif

/* How often to do a thing: the environment's word, else `plain`, or `sanitized` under ASan. */
int help_times(const char *variable, int plain, int sanitized);

/* A fresh directory under $TMPDIR (or in memory, or /tmp), removed with its files at exit. */
const char *help_directory(void);

/* "<directory>/<name>", in one of a few static buffers. */
const char *help_path(const char *name);

/* A small generator that gives the same numbers for the same seed everywhere. */
struct help_random {
	uint64_t state;
};
uint32_t help_random(struct help_random *random, uint32_t below);

extern const uint8_t help_key_a[32];
extern const uint8_t help_key_b[32];

/* A whole file; free() it. Only of files without an open connection, or in another process. */
uint8_t *help_read_file(const char *path, size_t *bytes);
void help_write_file(const char *path, const void *data, size_t bytes);
void help_copy_file(const char *from, const char *to);
void help_remove_vault(const char *path); /* with -wal, -shm, -journal */
bool help_file_exists(const char *path);

/* A fresh vault at `path`, opened. */
sqlite3 *help_create(const char *path, const char *vfs_name);

/* vault_open() that must work. */
sqlite3 *help_open(const char *path, const char *vfs_name);

/* Runs SQL that must work. */
void help_exec(sqlite3 *db, const char *sql);

/* Runs SQL; the extended result code. */
int help_try(sqlite3 *db, const char *sql);

/* The first column of the first row, or -1 - extended code. */
int64_t help_int(sqlite3 *db, const char *sql);

/* The same as text in a static buffer; "error N" if it fails. */
const char *help_text(sqlite3 *db, const char *sql);

/* Closes a handle the way a killed process does: the log stays. NULL is fine. */
void help_close_like_crash(sqlite3 *db);

#endif
