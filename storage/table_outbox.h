/*
 * The outbox: what is to be told to adults outside of the page, a row for each message and address,
 * and how the channels do. The file is the queue: a row waits until it is sent, given up (dead) or
 * not wanted any more (dropped). Rows stay, as the record of who was told; what they said and where
 * it went is emptied after a time (outbox_empty_old()).
 *
 * The functions run within whatever transaction the connection is in.
 */
#ifndef HARK_STORAGE_TABLE_OUTBOX_H
#define HARK_STORAGE_TABLE_OUTBOX_H

#include "storage/store.h"

enum { /* bytes of the texts, with the terminator */
	OUTBOX_KEY_BYTES = 81,
	OUTBOX_WHO_BYTES = 80 * 4 + 1,
	OUTBOX_ADDRESS_BYTES = 200 * 4 + 1,
	OUTBOX_TITLE_BYTES = 200,
	OUTBOX_TEXT_BYTES = 2000,
	OUTBOX_PROBLEM_BYTES = 200,
	OUTBOX_CHANNELS_MAX = 8, /* numbers of channels are below */
};

enum outbox_state { /* the numbers stand in the file */
	OUTBOX_WAITING = 0,
	OUTBOX_SENT = 1,
	OUTBOX_DEAD = 2, /* tried for long enough */
	OUTBOX_DROPPED = 3, /* not wanted any more */
};

struct outbox_row {
	int64_t id; /* of the row; the table's to give */
	char key[OUTBOX_KEY_BYTES]; /* unique for ever */
	int kind; /* the daemon's number */
	int64_t subject; /* what it is about: an escalation; 0 */
	int channel; /* the daemon's number */
	char who[OUTBOX_WHO_BYTES], address[OUTBOX_ADDRESS_BYTES];
	char title[OUTBOX_TITLE_BYTES]; /* never empty, until it was emptied for its age */
	char text[OUTBOX_TEXT_BYTES];
	bool urgent;
	int64_t since_ms; /* what it tells of began then (UTC) */
	int64_t created_ms; /* UTC */
	int64_t next_ms; /* not tried before (UTC) */
	int64_t tries; /* made so far */
	enum outbox_state state;
	int64_t done_ms; /* when it left OUTBOX_WAITING; 0 */
	char problem[OUTBOX_PROBLEM_BYTES]; /* of the newest try; a sentence, or empty */
};

/* A row that waits, due at created_ms. A key that is there already changes nothing. */
enum store_status outbox_add(struct store_db *db, const struct outbox_row *row);

/*
 * What waits for a channel and is due, urgent ones first, the longest due first among equals; at
 * most `limit`. each() returns false to stop. *next_ms is when the first of the others is due,
 * INT64_MAX without any.
 *
 * A row that waits longer than calm_max_ms (urgent_max_ms when it is urgent) is due as well: no
 * back-off is so long, so the clock was set back.
 */
struct outbox_due {
	int channel;
	int64_t now_ms, calm_max_ms, urgent_max_ms;
	size_t limit;
};

enum store_status outbox_read_due(struct store_db *db, const struct outbox_due *due,
	bool (*each)(void *data, const struct outbox_row *row), void *data, int64_t *next_ms);

/* How one try went: row's id, channel, state (WAITING: again at next_ms), next_ms, done_ms, tries
 * and problem are written, and, at at_ms, how the channel does. A dropped row that was sent all the
 * same is OUTBOX_SENT; otherwise it stays dropped. */
enum store_status outbox_note_try(struct store_db *db, const struct outbox_row *row, int64_t at_ms);

/* All that waits for a subject is dropped. */
enum store_status outbox_drop_subject(struct store_db *db, int64_t subject, int64_t now_ms);

/* Every row of a subject, in order of id: who was told, how and when. */
enum store_status outbox_read_subject(struct store_db *db, int64_t subject,
	bool (*each)(void *data, const struct outbox_row *row), void *data);

/* One row by its key; *found tells whether there is one. */
enum store_status outbox_read_key(
	struct store_db *db, const char *key, struct outbox_row *row, bool *found);

/* Empties address, title and text of rows done before `before_ms`, at most `limit` of them; *count
 * is how many it were. */
enum store_status outbox_empty_old(
	struct store_db *db, int64_t before_ms, int64_t limit, int64_t *count);

struct outbox_health {
	int64_t sent_ms, failed_ms; /* newest success and failure (UTC); 0: none */
	char problem[OUTBOX_PROBLEM_BYTES]; /* of the newest try; empty: it went well, or none */
	int64_t waiting, dead; /* rows that wait; that were given up since dead_since_ms */
};

/* How every channel does, by its number. */
enum store_status outbox_read_health(struct store_db *db, int64_t dead_since_ms,
	struct outbox_health health[OUTBOX_CHANNELS_MAX]);

#endif
