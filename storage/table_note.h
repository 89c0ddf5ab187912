/*
 * The note table: what a counselor wrote to the supporter of a room, apart from everything that is
 * said in it. Nothing here is ever read for a visitor.
 */
#ifndef HARK_STORAGE_TABLE_NOTE_H
#define HARK_STORAGE_TABLE_NOTE_H

#include "storage/store.h"

enum {
	NOTE_ID_BYTES = 16,
};

struct note_row {
	int64_t room;
	int64_t at_ms; /* UTC */
	int64_t author, supporter; /* accounts: from and to */
	uint8_t page_id[NOTE_ID_BYTES]; /* the author's page made it: once a note */
	const char *body;
	size_t body_size; /* bytes */
};

/* Writes one within a transaction of the caller's. STORE_REFUSED: the author has sent this id. */
enum store_status note_insert(struct store_db *db, const struct note_row *row);

/* Has the author sent this id? STORE_REFUSED: no (may_refuse is set). */
struct note_find {
	struct store_job job;
	int64_t author;
	uint8_t page_id[NOTE_ID_BYTES];
	int64_t room; /* the answer: in this room */
	void *owner;
};

void note_find_init(struct note_find *find);

/* The newest notes of a room by time, as many as fit both bounds; the newest one in any case. */
struct note_read {
	struct store_job job;
	int64_t room;
	int64_t supporter; /* only those to this account; 0: all */
	size_t limit; /* notes, at least 1 */
	size_t bytes; /* of their bodies together */
	struct note_row *rows; /* the answer, the oldest first; note_read_finish() it */
	size_t count;
	void *owner;
};

void note_read_init(struct note_read *read);
void note_read_finish(struct note_read *read);

#endif
