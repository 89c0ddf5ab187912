/* Opening every seal in steps; see store_check.h. And the tables, each in a read of its own. */
#include "storage/store_check.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum {
	STEP_PAGES = 64,
	PAUSE_NS = 2000000,
	TRIES_MAX = 5000, /* pauses, until readers have let go of the log */
};

bool store_check_step(struct store_check *check, struct store_db *db, struct store_log *log,
	const char *vfs_name, enum store_status *status)
{
	uint32_t next = check->pages + 1;
	enum vault_status answer =
		vault_check_pages(store_db_handle(db), vfs_name, &next, STEP_PAGES);
	check->pages = next - 1;
	*status = store_status_of_vault(answer, vfs_name);
	if (answer == VAULT_MORE) {
		return false;
	}
	if (*status != STORE_DAMAGED || check->written_back) {
		return true;
	}
	check->written_back = store_log_write_back(log);
	if (!check->written_back && ++check->tries < TRIES_MAX) {
		nanosleep(&(struct timespec){0, PAUSE_NS}, NULL);
		return false;
	}
	return !check->written_back;
}

/* ---- the tables ---- */

/* The table behind `after`, in the order of their names; false: there is none. */
static bool find_table(struct store_db *db, char table[STORE_TABLE_NAME_MAX])
{
	sqlite3_stmt *next = store_db_statement(db,
		"SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0 AND name > "
		"?1 ORDER BY name LIMIT 1");
	char after[STORE_TABLE_NAME_MAX];
	memcpy(after, table, sizeof(after));
	store_db_bind_text(next, 1, after);
	bool found = store_db_row(db, next);
	if (found) {
		store_db_column_text(next, 0, table, STORE_TABLE_NAME_MAX);
		store_db_stop(next);
	}
	return found;
}

static enum store_status check_table(struct store_db *db, struct store_table_check *check)
{
	char *sql = sqlite3_mprintf("PRAGMA integrity_check(%Q)", check->table);
	sqlite3_stmt *statement = NULL;
	int rc = sql == NULL ? SQLITE_NOMEM
			     : sqlite3_prepare_v2(store_db_handle(db), sql, -1, &statement, NULL);
	sqlite3_free(sql);
	if (rc == SQLITE_OK) {
		rc = sqlite3_step(statement);
	}
	const char *line =
		rc == SQLITE_ROW ? (const char *)sqlite3_column_text(statement, 0) : NULL;
	bool sound = line != NULL && strcmp(line, "ok") == 0;
	snprintf(check->complaint, sizeof(check->complaint), "%s",
		sound          ? ""
		: line != NULL ? line
			       : sqlite3_errmsg(store_db_handle(db)));
	sqlite3_finalize(statement);
	return rc != SQLITE_ROW ? STORE_IO : sound ? STORE_OK : STORE_DAMAGED;
}

enum store_status store_table_check_run(struct store_job *job, struct store_db *db)
{
	struct store_table_check *check = (struct store_table_check *)job;
	check->ended = !find_table(db, check->table);
	enum store_status status = store_db_status(db);
	return status != STORE_OK || check->ended ? status : check_table(db, check);
}
