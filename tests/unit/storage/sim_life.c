/* What a vault goes through in the simulations; see sim_life.h. */
#include "tests/unit/storage/sim_life.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	REMEMBERED = 24, /* commits whose rows are still there */
	LONGEST = 9000, /* of a body: needs overflow pages */
};

static int rows_of(int n)
{
	return 1 + n % 4;
}

static void body_of(int n, int i, char out[static LONGEST + 1])
{
	int length = n % 11 == 3 && i == 0 ? LONGEST : 40 + (n * 37 + i * 101) % 500;
	int used = 0;
	while (used < length) {
		char word[32];
		int word_length = snprintf(word, sizeof(word), "w%dx%d ", n, (i + used) % 97);
		int fits = length - used < word_length ? length - used : word_length;
		memcpy(out + used, word, (size_t)fits);
		used += fits;
	}
	out[used] = '\0';
}

static int run(sqlite3 *db, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	char *sql = sqlite3_vmprintf(format, arguments);
	va_end(arguments);
	int rc = sql == NULL ? SQLITE_NOMEM : sqlite3_exec(db, sql, NULL, NULL, NULL);
	sqlite3_free(sql);
	return rc;
}

static int insert_rows(sqlite3 *db, int n)
{
	static char body[LONGEST + 1];
	int rc = SQLITE_OK;
	for (int i = 0; i < rows_of(n) && rc == SQLITE_OK; i++) {
		body_of(n, i, body);
		rc = run(db,
			"INSERT INTO row VALUES (%d, %d, %Q);"
			"INSERT INTO word (rowid, body) VALUES (%d, %Q)",
			n, i, body, n * 4 + i, body);
	}
	return rc;
}

/* More pages than the cache holds, each changed again after it had to leave it. */
static int overflow_cache(sqlite3 *db)
{
	return run(db,
		"WITH RECURSIVE c (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 60)"
		" INSERT INTO bulk SELECT i, hex(randomblob(400)) FROM c;"
		"UPDATE bulk SET v = hex(randomblob(400));"
		"UPDATE bulk SET v = v || 'x' WHERE k %% 3 = 0;"
		"DELETE FROM bulk");
}

static int commit_number(struct life *life, int n)
{
	sqlite3 *db = life->db;
	int rc = run(db, "BEGIN IMMEDIATE");
	if (rc == SQLITE_OK) {
		rc = insert_rows(db, n);
	}
	if (rc == SQLITE_OK && life->spill && n % 3 == 0) {
		rc = overflow_cache(db);
	}
	if (rc == SQLITE_OK) {
		rc = run(db,
			"UPDATE head SET n = %d;"
			"DELETE FROM row WHERE n <= %d;"
			"DELETE FROM word WHERE rowid < %d;"
			"COMMIT",
			n, n - REMEMBERED, (n - REMEMBERED + 1) * 4);
	}
	if (rc != SQLITE_OK && !sqlite3_get_autocommit(db)) {
		run(db, "ROLLBACK");
	}
	return rc;
}

enum vault_status life_open(struct life *life)
{
	enum vault_status status = vault_open(life->path, life->vfs_name, NULL, &life->db);
	if (status == VAULT_OK && life->spill) {
		help_exec(life->db, "PRAGMA cache_spill = ON; PRAGMA cache_size = 8");
	}
	return status;
}

void life_make(struct life *life)
{
	help_remove_vault(life->path);
	if (vault_create(life->path, life->vfs_name) != VAULT_OK || life_open(life) != VAULT_OK) {
		printf("# cannot make a vault at %s\n", life->path);
		exit(EXIT_FAILURE);
	}
	help_exec(life->db, "CREATE TABLE row (n INTEGER, i INTEGER, body TEXT);"
			    "CREATE TABLE head (n INTEGER);"
			    "CREATE TABLE bulk (k INTEGER PRIMARY KEY, v TEXT);"
			    "CREATE VIRTUAL TABLE word USING fts5 (body);"
			    "INSERT INTO head VALUES (0)");
	help_exec(life->db, "PRAGMA wal_checkpoint (TRUNCATE)");
	life->acknowledged = 0;
	life_close(life);
}

int life_commit(struct life *life)
{
	int rc = commit_number(life, life->acknowledged + 1);
	life->acknowledged += rc == SQLITE_OK;
	return rc;
}

static void toggle_reader(struct life *life)
{
	if (life->reader != NULL) {
		sqlite3_close(life->reader);
		life->reader = NULL;
	} else if (vault_open(life->path, life->vfs_name, NULL, &life->reader) == VAULT_OK) {
		run(life->reader, "BEGIN; SELECT * FROM row");
	}
}

void life_do_something_else(struct life *life, struct help_random *random)
{
	static const int modes[] = {SQLITE_CHECKPOINT_PASSIVE, SQLITE_CHECKPOINT_FULL,
		SQLITE_CHECKPOINT_RESTART, SQLITE_CHECKPOINT_TRUNCATE};
	switch (help_random(random, 16)) {
	case 0:
	case 1:
	case 2:
	case 3:
		sqlite3_wal_checkpoint_v2(
			life->db, "main", modes[help_random(random, 4)], NULL, NULL);
		break;
	case 4:
		run(life->db, "BEGIN; DELETE FROM row; UPDATE head SET n = -1");
		if (life->spill) {
			overflow_cache(life->db);
		}
		run(life->db, "ROLLBACK");
		break;
	case 5:
		toggle_reader(life);
		break;
	default:
		break;
	}
}

void life_close(struct life *life)
{
	sqlite3_close(life->reader);
	sqlite3_close(life->db);
	life->reader = NULL;
	life->db = NULL;
}

static bool rows_are(sqlite3 *db, int last)
{
	static char body[LONGEST + 1];
	sqlite3_stmt *row = NULL;
	int rc = sqlite3_prepare_v2(db, "SELECT n, i, body FROM row ORDER BY n, i", -1, &row, NULL);
	bool good = rc == SQLITE_OK;
	int first = last - REMEMBERED + 1 > 1 ? last - REMEMBERED + 1 : 1;
	for (int n = first; n <= last && good; n++) {
		for (int i = 0; i < rows_of(n) && good; i++) {
			body_of(n, i, body);
			good = sqlite3_step(row) == SQLITE_ROW && sqlite3_column_int(row, 0) == n &&
			       sqlite3_column_int(row, 1) == i &&
			       strcmp((const char *)sqlite3_column_text(row, 2), body) == 0;
		}
	}
	good = good && sqlite3_step(row) == SQLITE_DONE;
	sqlite3_finalize(row);
	return good;
}

bool life_is_whole(struct life *life)
{
	int64_t head = help_int(life->db, "SELECT n FROM head");
	if (head != life->acknowledged && head != life->acknowledged + 1) {
		printf("# acknowledged %d, but the file is at %lld\n", life->acknowledged,
			(long long)head);
		return false;
	}
	if (!rows_are(life->db, (int)head)) {
		printf("# the rows are not those of commit %lld\n", (long long)head);
		return false;
	}
	life->acknowledged = (int)head;
	return true;
}

bool life_is_sound(struct life *life)
{
	char complaint[200];
	enum vault_status status =
		vault_check(life->db, life->vfs_name, complaint, sizeof(complaint));
	if (status != VAULT_OK) {
		printf("# %s %s\n", vault_status_text(status), complaint);
		return false;
	}
	if (help_try(life->db, "INSERT INTO word (word) VALUES ('integrity-check')") != SQLITE_OK) {
		printf("# full-text index: %s\n", sqlite3_errmsg(life->db));
		return false;
	}
	return true;
}
