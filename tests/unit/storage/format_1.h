/* Files of the first format, as they were made before an adult could be called: never changed. */
#ifndef HARK_TESTS_UNIT_STORAGE_FORMAT_1_H
#define HARK_TESTS_UNIT_STORAGE_FORMAT_1_H

/* clang-format off */
static const char format_1[] =
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
	" name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;";
/* clang-format on */

/* A room in each phase, what was said, and who was there. */
static const char format_1_rows[] =
	"INSERT INTO room VALUES (11, 2, 0, 1, 100, 200, 300, 2, 2, 7, 0, 2, 300, 1, 1, 0, 0,"
	" 'Paper Lantern', 'lantern-a', '', 'Friends'), (12, 3, 0, -1, 100, 200, 300, 3, 1, 0, 0,"
	" 1, 300, 0, 0, 2, 300, 'Blue Gate', 'gate-b', 'A girl', '');"
	"INSERT INTO event VALUES (1, 11, 1, 0, 100, 1, 0, NULL, x'7b7d'),"
	" (2, 11, 2, 1, 300, 3, 0, x'000102030405060708090a0b0c0d0e0f', CAST('hello' AS BLOB)),"
	" (3, 12, 1, 0, 300, 1, 0, NULL, x'7b7d');"
	"INSERT INTO account VALUES (7, 'juniper', 'Juniper', 'moss-a', 1, '', 0, 50);"
	"INSERT INTO setting VALUES ('school', CAST('Hill School' AS BLOB));";

#endif
