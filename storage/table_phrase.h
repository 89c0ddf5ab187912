/*
 * Watch phrases, and the flags they raised: a row for each message that matched, written in one
 * transaction with its event.
 */
#ifndef HARK_STORAGE_TABLE_PHRASE_H
#define HARK_STORAGE_TABLE_PHRASE_H

#include "storage/store.h"

enum {
	PHRASE_LANGUAGE_BYTES = 8 * 4 + 1, /* all with the terminator */
	PHRASE_CATEGORY_BYTES = 40 * 4 + 1,
	PHRASE_TEXT_BYTES = 80 * 4 + 1,
	FLAG_SPANS_MAX = 32,
	FLAG_PAGE_MAX = 200, /* flags of a room in one read */
};

struct phrase_row {
	int64_t id;
	int severity; /* the daemon's number of it: from 0, higher is graver */
	int match; /* opaque */
	char language[PHRASE_LANGUAGE_BYTES];
	char category[PHRASE_CATEGORY_BYTES];
	char text[PHRASE_TEXT_BYTES];
};

/* Adds a phrase or changes it, or removes it. free() it in done. STORE_REFUSED: there is another
 * phrase of this language with the same fold. */
struct phrase_write {
	struct store_job job;
	struct phrase_row row;
	bool remove; /* row.id alone counts */
	const char *folded; /* behind this struct */
	void *owner;
};

/* `folded` is copied: what the text is once it is folded. */
struct phrase_write *phrase_save_create(const struct phrase_row *row, const char *folded);
struct phrase_write *phrase_remove_create(int64_t id);

/* By id, until each() returns false. Start-up. */
enum store_status phrase_load_all(
	struct store_db *db, bool (*each)(void *data, const struct phrase_row *row), void *data);

/* Words of a message. */
struct flag_span {
	uint32_t from, size; /* code points */
	int severity;
	char category[PHRASE_CATEGORY_BYTES];
};

struct flag_row {
	int64_t seq; /* the message's */
	int64_t room, n;
	int64_t at_ms; /* the message's (UTC) */
	int severity; /* the highest */
	const struct flag_span *spans; /* 1..FLAG_SPANS_MAX, by place */
	size_t spans_count;
};

/* In whatever transaction db is in. A message that has its flag keeps it as it is. */
enum store_status flag_insert(struct store_db *db, const struct flag_row *row);

/* Somebody has looked at all flags of a room. */
enum store_status flag_clear(struct store_db *db, int64_t room, int64_t now_ms);

/* The gravest flag of a room that nobody has looked at, of these the first. */
struct flag_state {
	bool up; /* there is one */
	int severity;
	int64_t at_ms;
	char category[PHRASE_CATEGORY_BYTES]; /* of its first words so grave */
};

enum store_status flag_find_state(struct store_db *db, int64_t room, struct flag_state *state);

/* The same as a job. */
struct flag_read_state {
	struct store_job job;
	int64_t room;
	struct flag_state state; /* the answer */
	void *owner;
};

void flag_read_state_init(struct flag_read_state *read);

/* The newest flags of a room, cleared ones too, by n ascending. */
struct flag_read_room {
	struct store_job job;
	int64_t room;
	struct flag_row *rows; /* the answer; flag_read_room_finish() it */
	size_t count;
	struct flag_span *spans; /* of all rows */
	void *owner;
};

void flag_read_room_init(struct flag_read_room *read, int64_t room);
void flag_read_room_finish(struct flag_read_room *read);

#endif
