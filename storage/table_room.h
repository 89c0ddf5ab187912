/*
 * The room table: one row a room, a snapshot of what its events amount to. Rows are written when a
 * room goes quiet and at the latest every few thousand events, together with the seq up to which
 * all rows are right (applied_seq); after a crash the events behind that seq are applied again.
 *
 * Also the tokens that open a room for a tab, and the codename that opens it on another device.
 */
#ifndef HARK_STORAGE_TABLE_ROOM_H
#define HARK_STORAGE_TABLE_ROOM_H

#include "storage/store.h"

enum {
	ROOM_NAME_BYTES = 48,
	ROOM_PICTURE_BYTES = 24,
	ROOM_WISH_BYTES = 168, /* 40 code points and NUL, rounded up */
	ROOM_TOPICS_BYTES = 1000, /* 6 x 40 code points, separated by \n */
	TOKEN_HASH_BYTES = 32,
	CODENAME_HASH_BYTES = 32,
	CODENAME_INSIDE_BYTES = 16, /* of a fast hash: to notice the words inside a message */
};

struct room_row {
	int64_t id;
	int phase, audience, mood; /* the daemon's numbers; mood -1: not said */
	int64_t opened_ms, since_ms, last_ms; /* opened; in this phase since; newest event (UTC) */
	int64_t head_seq, n;
	int64_t supporter; /* account; 0: none */
	int64_t adult; /* account of the counselor who stepped in; 0: none */
	int64_t answered_n; /* n of the newest thing said by somebody else than the visitor; 0: none
			     */
	int64_t asked_n; /* n of the newest thing the visitor said */
	int64_t asked_ms; /* when the oldest unanswered thing of the visitor was said; 0: none */
	int64_t visitor_seen, supporter_seen; /* n */
	int alarm; /* the daemon's number; -1: none */
	int64_t alarm_ms;
	int64_t revealed_ms; /* sealed details were opened (UTC); 0: never. Saving never lowers it
			      */
	int64_t blocked_ms, blocked_until_ms; /* its key is blocked, from and to (UTC); 0: never */
	bool for_adults; /* opened to write to a counselor alone */
	bool has_codename;
	uint8_t codename_inside[CODENAME_INSIDE_BYTES]; /* with has_codename */
	char name[ROOM_NAME_BYTES], picture[ROOM_PICTURE_BYTES];
	char wish[ROOM_WISH_BYTES], topics[ROOM_TOPICS_BYTES];
};

/* Writes one row, new or not (never the codename's hash). free() it in done. */
struct room_save {
	struct store_job job;
	struct room_row row;
	void *owner;
};

struct room_save *room_save_create(const struct room_row *row);

/* Sets the seq up to which all rows are right; hand over behind the saves. free() it in done. */
struct room_applied {
	struct store_job job;
	int64_t seq;
	void *owner;
};

struct room_applied *room_applied_create(int64_t seq);

/* Rooms that need not be in memory; phases are the daemon's numbers. */
struct room_skip {
	int ended; /* phase: all of these */
	/* phase: those in it since before `rested_ms` (UTC) in which nothing waits: no words for an
	 * answer, no alarm for an adult, no flag for a look */
	int mailbox;
	int64_t rested_ms;
};

/* Calls each() with every other room. Start-up. */
enum store_status room_load_all(struct store_db *db, const struct room_skip *skip,
	bool (*each)(void *data, const struct room_row *row), void *data);
enum store_status room_load_applied(struct store_db *db, int64_t *seq);

/* One room by id, by token, or by codename; STORE_REFUSED when there is none. */
struct room_find {
	struct store_job job;
	int64_t id; /* 0: look by codename */
	uint8_t codename[CODENAME_HASH_BYTES]; /* when id is 0 */
	struct room_row row; /* the answer */
	void *owner;
};

void room_find_init(struct room_find *find);

/* Same, at once, over a given connection (start-up, replay). */
enum store_status room_find_now(struct store_db *db, int64_t id, struct room_row *row);

/* Sets a room's codename hash. STORE_REFUSED when another room has it (may_refuse is set). */
struct room_codename {
	struct store_job job;
	int64_t room;
	uint8_t codename[CODENAME_HASH_BYTES];
	uint8_t inside[CODENAME_INSIDE_BYTES];
	void *owner;
};

void room_codename_init(struct room_codename *set);

struct token_row {
	uint8_t hash[TOKEN_HASH_BYTES];
	int64_t room;
	int64_t seen_ms; /* last connected (UTC) */
};

/* Adds or touches (drop false), or removes, one token. free() it in done. */
struct token_write {
	struct store_job job;
	struct token_row row;
	bool drop;
	void *owner;
};

struct token_write *token_write_create(const struct token_row *row, bool drop);

enum store_status token_load_all(
	struct store_db *db, bool (*each)(void *data, const struct token_row *row), void *data);

#endif
