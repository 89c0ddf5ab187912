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

	/* 2: an adult is called. */

	"CREATE TABLE escalation ("
	" id INTEGER PRIMARY KEY, room INTEGER NOT NULL, source INTEGER NOT NULL,"
	" reason INTEGER NOT NULL, raised_by INTEGER NOT NULL, raised_ms INTEGER NOT NULL,"
	" page_id BLOB, note TEXT NOT NULL, tell INTEGER NOT NULL, stage INTEGER NOT NULL,"
	" steps INTEGER NOT NULL, climb INTEGER NOT NULL, since_ms INTEGER NOT NULL,"
	" opened_by INTEGER NOT NULL, opened_ms INTEGER NOT NULL, taken_by INTEGER NOT NULL,"
	" taken_ms INTEGER NOT NULL, handed_to INTEGER NOT NULL, closed_ms INTEGER NOT NULL,"
	" outcome INTEGER NOT NULL) STRICT;"
	/* A start reads those that are not closed (0), or lately; a room's past reads its own. */
	"CREATE INDEX escalation_closed ON escalation (closed_ms);"
	"CREATE INDEX escalation_room ON escalation (room);"

	/* Who was told of one, how and when; message: the outbox's key, empty on the screen. */
	"CREATE TABLE told ("
	" id INTEGER PRIMARY KEY, escalation INTEGER NOT NULL REFERENCES escalation,"
	" at_ms INTEGER NOT NULL, channel INTEGER NOT NULL, who TEXT NOT NULL,"
	" message TEXT NOT NULL, failed INTEGER NOT NULL) STRICT;"
	"CREATE INDEX told_escalation ON told (escalation);"

	/* Who was told, one row each; key names the message for ever, also when it is sent twice.
	 */
	"CREATE TABLE outbox ("
	" id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, kind INTEGER NOT NULL,"
	" subject INTEGER NOT NULL, channel INTEGER NOT NULL, who TEXT NOT NULL,"
	" address TEXT NOT NULL, title TEXT NOT NULL, text TEXT NOT NULL,"
	" urgent INTEGER NOT NULL, since_ms INTEGER NOT NULL, created_ms INTEGER NOT NULL,"
	" next_ms INTEGER NOT NULL, tries INTEGER NOT NULL, state INTEGER NOT NULL,"
	" done_ms INTEGER NOT NULL, problem TEXT NOT NULL) STRICT;"
	"CREATE INDEX outbox_waiting ON outbox (channel, urgent, next_ms) WHERE state = 0;"
	"CREATE INDEX outbox_dead ON outbox (done_ms, channel) WHERE state = 2;"
	"CREATE INDEX outbox_kept ON outbox (done_ms) WHERE state <> 0 AND title <> '';"
	"CREATE INDEX outbox_subject ON outbox (subject) WHERE subject <> 0;"

	"CREATE TABLE channel ("
	" channel INTEGER PRIMARY KEY, sent_ms INTEGER NOT NULL, failed_ms INTEGER NOT NULL,"
	" problem TEXT NOT NULL) STRICT;"

	"CREATE TABLE reach ("
	" account INTEGER PRIMARY KEY REFERENCES account, mail TEXT NOT NULL,"
	" ntfy TEXT NOT NULL, on_duty INTEGER NOT NULL) STRICT;",

	/* 3: words to look at. */

	/* One phrase of each fold in a language. */
	"CREATE TABLE phrase ("
	" id INTEGER PRIMARY KEY, language TEXT NOT NULL, severity INTEGER NOT NULL,"
	" category TEXT NOT NULL, text TEXT NOT NULL, folded TEXT NOT NULL,"
	" match INTEGER NOT NULL, UNIQUE (language, folded)) STRICT;"

	/* seq is the message's. */
	"CREATE TABLE flag ("
	" seq INTEGER PRIMARY KEY, room INTEGER NOT NULL, n INTEGER NOT NULL,"
	" at_ms INTEGER NOT NULL, severity INTEGER NOT NULL, category TEXT NOT NULL,"
	" cleared_ms INTEGER NOT NULL, spans BLOB NOT NULL) STRICT;"
	"CREATE INDEX flag_room ON flag (room, n);"
	"CREATE INDEX flag_waiting ON flag (room, severity) WHERE cleared_ms = 0;",

	/* 4: counselors in and beside a room. */

	"ALTER TABLE room ADD COLUMN adult INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE room ADD COLUMN revealed_ms INTEGER NOT NULL DEFAULT 0;"

	"CREATE TABLE note ("
	" id INTEGER PRIMARY KEY, room INTEGER NOT NULL, at_ms INTEGER NOT NULL,"
	" author INTEGER NOT NULL, supporter INTEGER NOT NULL, page_id BLOB NOT NULL,"
	" body TEXT NOT NULL) STRICT;"
	"CREATE INDEX note_room ON note (room);"
	"CREATE UNIQUE INDEX note_page_id ON note (author, page_id);",

	/* 5: cases. */

	"CREATE TABLE case_file ("
	" id INTEGER PRIMARY KEY, year INTEGER NOT NULL, number INTEGER NOT NULL,"
	" room INTEGER NOT NULL, title TEXT NOT NULL, state INTEGER NOT NULL,"
	" tier INTEGER NOT NULL, owner INTEGER NOT NULL, opened_ms INTEGER NOT NULL,"
	" follow_ms INTEGER NOT NULL, outcome TEXT NOT NULL, UNIQUE (year, number)) STRICT;"
	"CREATE INDEX case_room ON case_file (room);"

	"CREATE TABLE case_step ("
	" case_id INTEGER NOT NULL REFERENCES case_file, step INTEGER NOT NULL,"
	" text TEXT NOT NULL, state INTEGER NOT NULL, reason TEXT NOT NULL,"
	" by_account INTEGER NOT NULL, at_ms INTEGER NOT NULL,"
	" PRIMARY KEY (case_id, step)) STRICT, WITHOUT ROWID;"

	"CREATE TABLE case_note ("
	" id INTEGER PRIMARY KEY, case_id INTEGER NOT NULL REFERENCES case_file,"
	" page_id BLOB NOT NULL, at_ms INTEGER NOT NULL, by_account INTEGER NOT NULL,"
	" body TEXT NOT NULL, UNIQUE (case_id, page_id)) STRICT;",

	/* 6: sealed details. */

	"CREATE TABLE holder ("
	" id INTEGER PRIMARY KEY, account INTEGER NOT NULL, public BLOB NOT NULL,"
	" salt BLOB NOT NULL, wrapped BLOB NOT NULL, created_ms INTEGER NOT NULL,"
	" removed_ms INTEGER NOT NULL) STRICT;"

	"CREATE TABLE sealed ("
	" id INTEGER PRIMARY KEY, room INTEGER NOT NULL, kind INTEGER NOT NULL,"
	" subject INTEGER NOT NULL, at_ms INTEGER NOT NULL, approvals INTEGER NOT NULL,"
	" mark BLOB NOT NULL, box BLOB NOT NULL) STRICT;"
	"CREATE INDEX sealed_room ON sealed (room);"

	"CREATE TABLE share ("
	" sealed INTEGER NOT NULL REFERENCES sealed, holder INTEGER NOT NULL,"
	" part INTEGER NOT NULL, box BLOB NOT NULL,"
	" PRIMARY KEY (sealed, holder)) STRICT, WITHOUT ROWID;"
	"CREATE INDEX share_holder ON share (holder);"

	"CREATE TABLE opening ("
	" id INTEGER PRIMARY KEY, room INTEGER NOT NULL, by_account INTEGER NOT NULL,"
	" why INTEGER NOT NULL, reason TEXT NOT NULL, step INTEGER NOT NULL,"
	" approved_by INTEGER NOT NULL, asked_ms INTEGER NOT NULL, at_ms INTEGER NOT NULL,"
	" until_ms INTEGER NOT NULL, shares BLOB) STRICT;"
	"CREATE INDEX opening_room ON opening (room);",

	/* 7: pictures, as they may be shown. */

	"CREATE TABLE picture ("
	" id INTEGER PRIMARY KEY, room INTEGER NOT NULL, at_ms INTEGER NOT NULL,"
	" type INTEGER NOT NULL, width INTEGER NOT NULL, height INTEGER NOT NULL,"
	" thumb BLOB NOT NULL, body BLOB NOT NULL) STRICT;",

	/* 8: what adults did. */

	"CREATE TABLE audit ("
	" entry INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, what INTEGER NOT NULL,"
	" account INTEGER NOT NULL, room INTEGER NOT NULL, detail TEXT NOT NULL,"
	" hash BLOB NOT NULL, signature BLOB) STRICT;"
	"CREATE INDEX audit_room ON audit (room) WHERE room > 0;"

	"CREATE TABLE audit_key ("
	" epoch INTEGER PRIMARY KEY, public BLOB NOT NULL, secret BLOB,"
	" first_entry INTEGER NOT NULL) STRICT;",

	/* 9: messages to be found by their words; made from `event` in the background. */

	/* Without a copy of what was said: body is read from `event`. The second column holds who
	 * and where as words (r7, a12, f3), so that a filter costs no read of an event. */
	"CREATE VIRTUAL TABLE word USING fts5 (body, tag, content = '', columnsize = 0,"
	" prefix = '3', tokenize = 'unicode61 remove_diacritics 2');"

	"CREATE INDEX room_opened ON room (opened_ms);",

	/* 10: against jokes and floods. */

	"ALTER TABLE room ADD COLUMN blocked_ms INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE room ADD COLUMN blocked_until_ms INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE room ADD COLUMN for_adults INTEGER NOT NULL DEFAULT 0;"

	"CREATE TABLE code_batch ("
	" id INTEGER PRIMARY KEY, label TEXT NOT NULL, made_ms INTEGER NOT NULL,"
	" until_ms INTEGER NOT NULL, count INTEGER NOT NULL, used INTEGER NOT NULL,"
	" revoked INTEGER NOT NULL) STRICT;"

	/* Which of them was used is here, by what room or when is nowhere. */
	"CREATE TABLE code ("
	" hash BLOB PRIMARY KEY, batch INTEGER NOT NULL REFERENCES code_batch,"
	" used INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
	"CREATE INDEX code_batch_of ON code (batch);",
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
