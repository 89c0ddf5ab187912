/*
 * The event table: everything that happened, append-only, keyed by seq and by nothing else.
 *
 * An index on (room, n) would cost five times the bytes written, so each event carries `prev`, the
 * seq of the event before it in its room, and a room is read by walking its chain back from a
 * known place: its head, or a mark. Marks (room, n, seq) are kept every EVENT_MARK_EVERY n and
 * written off the hot path, so that catching up by k events costs k.
 */
#ifndef HARK_STORAGE_TABLE_EVENT_H
#define HARK_STORAGE_TABLE_EVENT_H

#include "storage/store.h"

enum {
	EVENT_MARK_EVERY = 64, /* n between two marks */
	EVENT_ID_BYTES = 16,
	EVENT_PAGE_MAX = 256, /* events in one read */
};

struct event_row {
	int64_t seq; /* number in the school, from 1 */
	int64_t room; /* 0: of no room */
	int64_t n; /* number in the room, from 1; 0: of the staff's feed alone */
	int64_t prev; /* seq of the room's event n - 1; 0: none */
	int64_t at_ms; /* UTC */
	int kind; /* the daemon's number of what happened; opaque here */
	int64_t author; /* account; 0 the visitor; -1 nobody */
	bool has_id;
	uint8_t id[EVENT_ID_BYTES]; /* the sender's, against doubles */
	const char *body; /* opaque; may hold NUL */
	size_t body_size; /* bytes */
};

/* One event to write. Allocated by event_append_create() with the body behind it; free() it in
 * done. */
struct event_append {
	struct store_job job;
	struct event_row row; /* body points behind this struct */
	/* Rows of other tables that come true with the event or not at all: run after it, in the
	 * same transaction. May be NULL. */
	enum store_status (*also)(struct store_db *db, void *also_data);
	void *also_data; /* the caller's */
	void *owner; /* the caller's */
};

/* Copies row and its body; job.run is set, job.done and owner are the caller's to set. Never NULL.
 */
struct event_append *event_append_create(const struct event_row *row);

/* A page of events, read by one of the two jobs below. */
struct event_page {
	struct event_row *rows; /* ascending */
	size_t count;
	char *bytes; /* the bodies */
	bool more; /* further events lie beyond the page, in the direction read */
};

void event_page_finish(struct event_page *page);

/*
 * Reads events of one room with from_n <= n < until_n, at most `limit`: the lowest when
 * `newest_first` is false, else the highest; ascending either way. head_seq/head_n: any known
 * place at or after what is wanted, normally the room's head.
 */
struct event_read_room {
	struct store_job job;
	int64_t room, head_seq, head_n;
	int64_t from_n, until_n;
	size_t limit; /* 1..EVENT_PAGE_MAX */
	bool newest_first;
	struct event_page page; /* the answer; event_page_finish() it */
	void *owner;
};

void event_read_room_init(struct event_read_room *read);

/* Reads events of the whole school with seq > after, at most `limit`, ascending. */
struct event_read_all {
	struct store_job job;
	int64_t after;
	size_t limit;
	struct event_page page;
	void *owner;
};

void event_read_all_init(struct event_read_all *read);

/*
 * The newest `count` sender's ids of a room, per author, newest first, found by walking the chain
 * at most `walk_max` events: for the room's memory of what was already sent.
 */
struct event_sent_id {
	int64_t author, n, at_ms;
	uint8_t id[EVENT_ID_BYTES];
};

struct event_read_ids {
	struct store_job job;
	int64_t room, head_seq;
	size_t count; /* wanted, per author; at most 256 */
	size_t walk_max; /* events looked at, at most */
	struct event_sent_id *ids; /* the answer; free() it */
	size_t ids_count;
	void *owner;
};

void event_read_ids_init(struct event_read_ids *read);

/* A mark to write. free() it in done. */
struct event_mark {
	struct store_job job;
	int64_t room, n, seq;
	void *owner;
};

struct event_mark *event_mark_create(int64_t room, int64_t n, int64_t seq);

/* Calls each() with every event after `after_seq`, ascending, until it returns false. Start-up. */
enum store_status event_tail(struct store_db *db, int64_t after_seq,
	bool (*each)(void *data, const struct event_row *row), void *data);

/* The newest seq; 0 in an empty file. */
enum store_status event_newest(struct store_db *db, int64_t *seq);

#endif
