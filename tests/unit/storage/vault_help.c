/* Shared by the vault's tests; see vault_help.h. */
#include "tests/unit/storage/vault_help.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const uint8_t help_key_a[32] = "the first key of the vault tests";
const uint8_t help_key_b[32] = "some other key for other vaults.";

static char directory[256];
static pid_t directory_owner;

static void die(const char *what, const char *detail)
{
	printf("# test set-up failed: %s: %s\n", what, detail);
	exit(EXIT_FAILURE);
}

int help_times(const char *variable, int plain, int sanitized)
{
	const char *word = getenv(variable);
	return word != NULL ? atoi(word) : HELP_SANITIZED ? sanitized : plain;
}

static void remove_directory(void)
{
	if (getpid() != directory_owner) {
		return;
	}
	DIR *entries = opendir(directory);
	if (entries == NULL) {
		return;
	}
	for (struct dirent *entry; (entry = readdir(entries)) != NULL;) {
		unlinkat(dirfd(entries), entry->d_name, 0);
	}
	closedir(entries);
	rmdir(directory);
}

const char *help_directory(void)
{
	if (directory[0] == '\0') {
		const char *parent = getenv("TMPDIR");
		if (parent == NULL) { /* in memory: thousands of files, each synced */
			parent = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
		}
		snprintf(directory, sizeof(directory), "%s/hark-test-XXXXXX", parent);
		if (mkdtemp(directory) == NULL) {
			die("mkdtemp", directory);
		}
		directory_owner = getpid();
		atexit(remove_directory);
	}
	return directory;
}

const char *help_path(const char *name)
{
	static char paths[8][512];
	static int next;
	char *path = paths[next++ % 8];
	snprintf(path, sizeof(paths[0]), "%s/%s", help_directory(), name);
	return path;
}

uint32_t help_random(struct help_random *random, uint32_t below)
{
	random->state += UINT64_C(0x9e3779b97f4a7c15); /* splitmix64 */
	uint64_t z = random->state;
	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return (uint32_t)((z ^ (z >> 31)) % below);
}

uint8_t *help_read_file(const char *path, size_t *bytes)
{
	FILE *file = fopen(path, "rb");
	struct stat found;
	if (file == NULL || fstat(fileno(file), &found) != 0) {
		die("reading", path);
	}
	*bytes = (size_t)found.st_size;
	uint8_t *data = malloc(*bytes + 1);
	if (data == NULL || fread(data, 1, *bytes, file) != *bytes) {
		die("reading", path);
	}
	fclose(file);
	return data;
}

void help_write_file(const char *path, const void *data, size_t bytes)
{
	FILE *file = fopen(path, "wb");
	if (file == NULL || fwrite(data, 1, bytes, file) != bytes || fclose(file) != 0) {
		die("writing", path);
	}
}

void help_copy_file(const char *from, const char *to)
{
	size_t bytes;
	uint8_t *data = help_read_file(from, &bytes);
	help_write_file(to, data, bytes);
	free(data);
}

void help_remove_vault(const char *path)
{
	static const char *const suffixes[] = {"", "-wal", "-shm", "-journal"};
	char name[600];
	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		snprintf(name, sizeof(name), "%s%s", path, suffixes[i]);
		unlink(name);
	}
}

bool help_file_exists(const char *path)
{
	struct stat found;
	return stat(path, &found) == 0;
}

sqlite3 *help_open(const char *path, const char *vfs_name)
{
	sqlite3 *db;
	struct vault_options options = {.cache_bytes = VAULT_CACHE_WRITER};
	enum vault_status status = vault_open(path, vfs_name, &options, &db);
	if (status != VAULT_OK) {
		uint32_t number;
		printf("# %s %u\n", vault_reason_text(vault_last_reason(vfs_name, &number)),
			number);
		die("opening", vault_status_text(status));
	}
	return db;
}

sqlite3 *help_create(const char *path, const char *vfs_name)
{
	help_remove_vault(path);
	enum vault_status status = vault_create(path, vfs_name);
	if (status != VAULT_OK) {
		die("creating", vault_status_text(status));
	}
	return help_open(path, vfs_name);
}

void help_exec(sqlite3 *db, const char *sql)
{
	char *error = NULL;
	if (sqlite3_exec(db, sql, NULL, NULL, &error) != SQLITE_OK) {
		die(sql, error);
	}
}

int help_try(sqlite3 *db, const char *sql)
{
	sqlite3_exec(db, sql, NULL, NULL, NULL);
	return sqlite3_extended_errcode(db);
}

/* Steps to the first row; NULL and the code if there is none. */
static sqlite3_stmt *first_row(sqlite3 *db, const char *sql, int *rc)
{
	sqlite3_stmt *statement = NULL;
	*rc = sqlite3_prepare_v2(db, sql, -1, &statement, NULL);
	if (*rc == SQLITE_OK) {
		*rc = sqlite3_step(statement);
	}
	if (*rc == SQLITE_ROW) {
		return statement;
	}
	sqlite3_finalize(statement);
	return NULL;
}

int64_t help_int(sqlite3 *db, const char *sql)
{
	int rc;
	sqlite3_stmt *row = first_row(db, sql, &rc);
	if (row == NULL) {
		return -1 - rc;
	}
	int64_t value = sqlite3_column_int64(row, 0);
	sqlite3_finalize(row);
	return value;
}

const char *help_text(sqlite3 *db, const char *sql)
{
	static char text[1024];
	int rc;
	sqlite3_stmt *row = first_row(db, sql, &rc);
	if (row == NULL) {
		snprintf(text, sizeof(text), "error %d", rc);
	} else {
		const char *value = (const char *)sqlite3_column_text(row, 0);
		snprintf(text, sizeof(text), "%s", value == NULL ? "(null)" : value);
	}
	sqlite3_finalize(row);
	return text;
}

void help_close_like_crash(sqlite3 *db)
{
	if (db != NULL) {
		sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
		sqlite3_close(db);
	}
}
