/*
 * Messages found by their words, and rooms of the past.
 *
 * The index is made from the events in the background and holds no copy of what was said. Beside
 * its words each message is indexed under who and where it was ("tags"), so that every filter is
 * an intersection inside the index; joining a room is indexed as well, for "rooms this supporter
 * was in".
 */
#ifndef HARK_STORAGE_TABLE_SEARCH_H
#define HARK_STORAGE_TABLE_SEARCH_H

#include "storage/store.h"
#include "storage/table_room.h"

enum {
	SEARCH_PAGE_MAX = 50, /* hits, or rooms, in one answer */
	SEARCH_TERMS_MAX = 16, /* of one search; a quoted phrase is one */
	SEARCH_QUERY_BYTES = 2048,
};

/* Which kinds of events are what; the numbers are the daemon's. */
struct search_kinds {
	int posted; /* its body is what was said */
	int joined[2]; /* its author was in the room from then on; 0: none */
};

/*
 * Indexes the next events, at most `limit`, as a background job. fold (may be NULL) rewrites what
 * was said for comparison, as the words of a search are: at most `room` bytes into out, and
 * returns how many. Runs on the writer's thread.
 */
struct search_index {
	struct store_job job;
	struct search_kinds kinds;
	int64_t until; /* events up to this seq */
	size_t limit;
	size_t (*fold)(const char *bytes, size_t size, char *out, size_t room);
	int64_t indexed; /* the answer: everything up to here is indexed */
	size_t seen; /* and how many events were looked at */
	void *owner;
};

void search_index_init(struct search_index *index);

/* How far the index has come. */
enum store_status search_indexed(struct store_db *db, int64_t *seq);

/* Zero, or NULL, leaves a filter out. */
struct search_filter {
	const char *words; /* folded; terms with spaces between, a phrase in "quotes", a beginning
			      with * behind it. NULL: any message */
	int64_t room;
	bool has_author;
	int64_t author; /* 0: the visitor */
	int severity; /* flagged at least so, from 1 */
	int64_t from_ms, until_ms; /* UTC, from <= at < until */
	int64_t before_seq;
};

struct search_hit {
	int64_t seq, room, n, at_ms, author;
	char name[ROOM_NAME_BYTES], picture[ROOM_PICTURE_BYTES]; /* the room's */
	size_t body_at, body_size; /* in search_find::bodies */
};

/* The newest hits first; at most `limit`, and at most `bytes_max` of bodies (one at least). */
struct search_find {
	struct store_job job;
	struct search_kinds kinds;
	struct search_filter filter;
	char words[SEARCH_QUERY_BYTES]; /* filter.words points here */
	size_t limit, bytes_max;
	struct search_hit hits[SEARCH_PAGE_MAX]; /* the answer */
	size_t count;
	char *bodies; /* free() it */
	bool more;
	int64_t indexed;
	void *owner;
};

void search_find_init(struct search_find *find);

/* The events of a stretch of time: from_seq <= seq < until_seq. */
struct search_span {
	struct store_job job;
	int64_t from_ms, until_ms; /* UTC; until 0: to the end */
	int64_t from_seq, until_seq; /* the answer */
	void *owner;
};

void search_span_init(struct search_span *span);

struct search_room {
	struct room_row row; /* without supporter and marks that a list does not show */
	int severity; /* highest flag ever, from 1; 0: none */
};

/* Rooms, the newest opened first. STORE_OK also when there is none. */
struct search_rooms {
	struct store_job job;
	struct search_kinds kinds;
	int64_t account; /* only rooms this one joined; 0: all */
	int64_t from_ms, until_ms; /* newest event not before; opened before; 0: no bound */
	int64_t before; /* only those after this room in the list; 0: from the newest */
	size_t limit;
	struct search_room rooms[SEARCH_PAGE_MAX]; /* the answer */
	size_t count;
	bool more;
	void *owner;
};

void search_rooms_init(struct search_rooms *rooms);

#endif
