/* The list of migrations, and going through it; see schema.h. */
#include "storage/schema.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	COPY_PAGES = 1024, /* in one step; nobody waits yet */
};

static const char *const steps[] = {
	/* 1: a visitor, a supporter, and who may see it. */

	/* No index but the key: see table_event.h. */
	"CREATE TABLE event ("
	" seq INTEGER PRIMARY KEY, room INTEGER NOT NULL, n INTEGER NOT NULL,"
	" prev INTEGER NOT NULL, at_ms INTEGER NOT NULL, kind INTEGER NOT NULL,"
	" author INTEGER NOT NULL, id BLOB, body BLOB NOT NULL) STRICT;"

	"CREATE TABLE mark ("
	" room INTEGER NOT NULL, n INTEGER NOT NULL, seq INTEGER NOT NULL,"
	" PRIMARY KEY (room, n)) STRICT, WITHOUT ROWID;"

	"CREATE TABLE room ("
	" id INTEGER PRIMARY KEY,"
	" phase INTEGER NOT NULL, audience INTEGER NOT NULL, mood INTEGER NOT NULL,"
	" opened_ms INTEGER NOT NULL, since_ms INTEGER NOT NULL, last_ms INTEGER NOT NULL,"
	" head_seq INTEGER NOT NULL, n INTEGER NOT NULL, supporter INTEGER NOT NULL,"
	" answered_n INTEGER NOT NULL, asked_n INTEGER NOT NULL, asked_ms INTEGER NOT NULL,"
	" visitor_seen INTEGER NOT NULL, supporter_seen INTEGER NOT NULL,"
	" alarm INTEGER NOT NULL, alarm_ms INTEGER NOT NULL,"
	" name TEXT NOT NULL, picture TEXT NOT NULL, wish TEXT NOT NULL, topics TEXT NOT NULL"
	") STRICT;"
	/* Most rooms of a school's years have ended; a start reads the others only. */
	"CREATE INDEX room_phase ON room (phase);"

	/* Apart from the room, whose row is written later than its codename may be. */
	"CREATE TABLE codename ("
	" hash BLOB PRIMARY KEY, room INTEGER NOT NULL UNIQUE, inside BLOB NOT NULL"
	") STRICT, WITHOUT ROWID;"

	"CREATE TABLE token ("
	" hash BLOB PRIMARY KEY, room INTEGER NOT NULL, seen_ms INTEGER NOT NULL"
	") STRICT, WITHOUT ROWID;"

	"CREATE TABLE account ("
	" id INTEGER PRIMARY KEY,"
	" login TEXT NOT NULL UNIQUE COLLATE NOCASE, alias TEXT NOT NULL UNIQUE COLLATE NOCASE,"
	" picture TEXT NOT NULL, role INTEGER NOT NULL, password TEXT NOT NULL,"
	" disabled INTEGER NOT NULL, created_ms INTEGER NOT NULL) STRICT;"

	"CREATE TABLE link ("
	" hash BLOB PRIMARY KEY, account INTEGER NOT NULL REFERENCES account,"
	" expires_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;"

	"CREATE TABLE login ("
	" hash BLOB PRIMARY KEY, account INTEGER NOT NULL REFERENCES account,"
	" created_ms INTEGER NOT NULL, seen_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;"

	"CREATE TABLE shift ("
	" id INTEGER PRIMARY KEY, account INTEGER NOT NULL REFERENCES account,"
	" weekday INTEGER NOT NULL, from_min INTEGER NOT NULL, until_min INTEGER NOT NULL"
	") STRICT;"

	"CREATE TABLE setting ("
	" key TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;"

	/* Numbers the store keeps about its own tables. */
	"CREATE TABLE progress ("
	" name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;",
};

int schema_version(void)
{
	return (int)(sizeof steps / sizeof *steps);
}

static enum store_status read_version(struct store_db *db, int *version)
{
	sqlite3_stmt *statement = store_db_statement(db, "PRAGMA user_version");
	if (store_db_row(db, statement)) {
		*version = sqlite3_column_int(statement, 0);
		store_db_stop(statement);
	}
	return store_db_status(db);
}

static enum store_status copy_before(
	struct store_db *db, const char *path, const char *vfs_name, int version)
{
	size_t size = strlen(path) + sizeof ".v-2147483648";
	char *name = store_alloc(size);
	snprintf(name, size, "%s.v%d", path, version);
	struct vault_backup *backup;
	enum vault_status status = vault_backup_start(store_db_handle(db), name, vfs_name, &backup);
	if (status == VAULT_EXISTS && unlink(name) == 0) {
		status = vault_backup_start(store_db_handle(db), name, vfs_name, &backup);
	}
	free(name);
	if (status != VAULT_OK) {
		return store_status_of_vault(status, vfs_name);
	}
	do {
		status = vault_backup_step(backup, COPY_PAGES);
	} while (status == VAULT_MORE);
	enum vault_status finished = vault_backup_finish(backup);
	return store_status_of_vault(status == VAULT_OK ? finished : status, vfs_name);
}

static enum store_status go_through(
	struct store_db *db, const char *const *list, int from, int count)
{
	for (int i = from; i < count; i++) {
		enum store_status status = store_db_exec(db, list[i]);
		if (status != STORE_OK) {
			return status;
		}
	}
	char version[48];
	snprintf(version, sizeof version, "PRAGMA user_version = %d", count);
	return store_db_exec(db, version);
}

enum store_status schema_migrate_with(struct store_db *db, const char *path, const char *vfs_name,
	const char *const *list, int count)
{
	int version = 0;
	enum store_status status = read_version(db, &version);
	if (status != STORE_OK || version == count) {
		return status;
	}
	if (version > count || version < 0) {
		return STORE_NEWER;
	}
	if (version > 0) {
		status = copy_before(db, path, vfs_name, version);
		if (status != STORE_OK) {
			return status;
		}
	}
	status = store_db_begin(db);
	if (status == STORE_OK) {
		status = go_through(db, list, version, count);
	}
	if (status == STORE_OK) {
		status = store_db_commit(db);
	}
	if (status != STORE_OK) {
		store_db_rollback(db);
	}
	return status;
}

enum store_status schema_migrate(struct store_db *db, const char *path, const char *vfs_name)
{
	return schema_migrate_with(db, path, vfs_name, steps, schema_version());
}
