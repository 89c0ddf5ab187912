/*
 * Cases: what the school does about a room after the talk. A row each, its steps, and notes for
 * counselors alone. Rows are written in the transaction of the event that says so.
 */
#ifndef HARK_STORAGE_TABLE_CASE_H
#define HARK_STORAGE_TABLE_CASE_H

#include "storage/store.h"
#include "storage/table_escalation.h"
#include "storage/table_room.h"

enum {
	CASE_TITLE_BYTES = 80 * 4 + 1,
	CASE_OUTCOME_BYTES = 200 * 4 + 1,
	CASE_STEP_BYTES = 120 * 4 + 1,
	CASE_REASON_BYTES = 2000 + 1,
	CASE_NOTE_ID_BYTES = 16,
	CASE_STEPS_MAX = 40,
	CASE_NOTES_MAX = 100, /* in one read */
	CASE_CALLS_MAX = 50,
	CASE_OPENINGS_MAX = 20,
	CASE_PAGE_MAX = 51, /* of a list */
};

struct case_row {
	int64_t id, room;
	int year, number; /* "26-014" is number 14 of 2026 */
	char title[CASE_TITLE_BYTES];
	int state, tier; /* the daemon's numbers */
	int64_t owner; /* account */
	int64_t opened_ms; /* UTC */
	int64_t follow_ms; /* to be looked at again by then; 0: not */
	char outcome[CASE_OUTCOME_BYTES];
};

struct case_step_row {
	int step; /* from 1 */
	char text[CASE_STEP_BYTES];
	int state;
	char reason[CASE_REASON_BYTES]; /* why it is held back */
	int64_t by, at_ms; /* account, and when it was set; 0: nobody yet */
};

/* ---- in whatever transaction db is in ---- */

enum store_status case_insert(struct store_db *db, const struct case_row *row,
	const struct case_step_row *steps, size_t steps_count);

/* What is not to change has NULL, or -1. */
struct case_change {
	int64_t id;
	const char *title, *outcome;
	int state, tier;
	int64_t follow_ms;
};

enum store_status case_update(struct store_db *db, const struct case_change *change);

/* Sets a step that is there, all but its text; one that is not is added. */
enum store_status case_step_save(
	struct store_db *db, int64_t case_id, const struct case_step_row *row);

/* The same id in the same case again changes nothing. */
enum store_status case_note_insert(struct store_db *db, int64_t case_id,
	const uint8_t id[CASE_NOTE_ID_BYTES], int64_t by, int64_t at_ms, const char *body);

/* ---- reading ---- */

/* What is kept in memory of a case. */
struct case_summary {
	int64_t id, room, owner, follow_ms;
	int year, number, state;
	int steps; /* how many */
};

/* All cases, by id. Start-up. */
enum store_status case_load_all(struct store_db *db,
	bool (*each)(void *data, const struct case_summary *summary), void *data);

/* Was this note written before? */
struct case_find_note {
	struct store_job job;
	int64_t case_id;
	uint8_t id[CASE_NOTE_ID_BYTES];
	bool found;
	void *owner;
};

void case_find_note_init(struct case_find_note *find);

struct case_note_row {
	int64_t id, at_ms, by;
	char *body;
	size_t size; /* bytes */
};

/* An opening of sealed details, as the case tells it. */
struct case_opening_row {
	int64_t id, by, approved_by, at_ms, until_ms;
	int why, step;
	char *reason;
	size_t size; /* bytes */
};

/* One case, whole; STORE_REFUSED when there is none. */
struct case_read {
	struct store_job job;
	int64_t id;
	int64_t before; /* only notes older than this one, by id */
	size_t bytes_max; /* of notes and openings together; the newest are read, one at least */
	/* The answer; case_read_finish() it: */
	struct case_row row;
	char room_name[ROOM_NAME_BYTES];
	struct case_step_row steps[CASE_STEPS_MAX];
	size_t steps_count;
	struct case_note_row notes[CASE_NOTES_MAX]; /* newest first */
	size_t notes_count;
	bool more; /* there are older notes */
	struct escalation_row calls[CASE_CALLS_MAX]; /* newest first */
	size_t calls_count;
	struct case_opening_row openings[CASE_OPENINGS_MAX]; /* newest first */
	size_t openings_count;
	void *owner;
};

void case_read_init(struct case_read *read);
void case_read_finish(struct case_read *read);

struct case_line_row {
	struct case_row row;
	char room_name[ROOM_NAME_BYTES];
	int done, steps;
};

/* A page, newest first. */
struct case_read_list {
	struct store_job job;
	int state; /* -1: any */
	int step_done; /* the state of a step that counts as done */
	int64_t before; /* ids below this one */
	size_t limit; /* 1..CASE_PAGE_MAX */
	struct case_line_row *lines; /* the answer; case_read_list_finish() it */
	size_t count;
	void *owner;
};

void case_read_list_init(struct case_read_list *read);
void case_read_list_finish(struct case_read_list *read);

#endif
