/*
 * Sealed details: the holders of keys, the items with a share for each holder, and who asked to
 * open them. Nothing in these tables says what was sealed without a holder's secret.
 */
#ifndef HARK_STORAGE_TABLE_ESCROW_H
#define HARK_STORAGE_TABLE_ESCROW_H

#include "storage/store.h"

enum {
	ESCROW_ROW_KEY_BYTES = 32,
	ESCROW_ROW_SALT_BYTES = 16,
	ESCROW_ROW_WRAPPED_BYTES = 72,
	ESCROW_ROW_SHARE_BYTES = 81,
	ESCROW_ROW_MARK_BYTES = 32,
	SEALED_ROOM_MAX = 64, /* items of one room; further ones are not kept */
	SEALED_PAGE = 40, /* items in one read */
	SEALED_GRANT_PAGE = 64,
	OPENING_PAGE = 20,
	OPENING_NAME_BYTES = 168, /* 40 code points and NUL, rounded up */
};

/* ---- holders ---- */

struct holder_row {
	int64_t id; /* given by the caller */
	int64_t account; /* 0: a recovery key */
	uint8_t public_key[ESCROW_ROW_KEY_BYTES];
	/* The secret, wrapped by the account's password; zeros for a recovery key. */
	uint8_t salt[ESCROW_ROW_SALT_BYTES], wrapped[ESCROW_ROW_WRAPPED_BYTES];
	int64_t created_ms;
	int64_t removed_ms; /* 0: in use. Nothing is sealed to a removed one any more */
};

/* Adds one and marks the account's others removed; within a transaction of the caller's. */
enum store_status holder_insert(struct store_db *db, const struct holder_row *row);
/* The same pair under another password. STORE_REFUSED: it is not in use any more. */
enum store_status holder_rewrap(struct store_db *db, const struct holder_row *row);

/* Every holder, removed ones too, and how many items have a share of it. */
enum store_status holder_load_all(struct store_db *db,
	bool (*each)(void *data, const struct holder_row *row, int64_t shares), void *data);

/* A holder to write as a job of its own. free() it in done. */
struct holder_write {
	struct store_job job;
	struct holder_row row;
	void *owner;
};

struct holder_write *holder_write_create(const struct holder_row *row);

/* ---- sealed items ---- */

struct share_row {
	int64_t sealed, holder;
	int64_t part; /* its number; 0: the whole */
	uint8_t box[ESCROW_ROW_SHARE_BYTES];
};

struct sealed_row {
	int64_t id; /* random, given by the caller */
	int64_t room, kind, subject, at_ms, approvals;
	uint8_t mark[ESCROW_ROW_MARK_BYTES];
	const uint8_t *box; /* NULL where it was not asked for */
	size_t box_size; /* bytes */
};

/* One item with its shares, whose `sealed` is set here. */
struct sealed_write {
	struct store_job job; /* STORE_REFUSED: the room has as many as it may have */
	struct sealed_row row; /* box is the caller's, valid until done */
	struct share_row *shares; /* the caller's */
	size_t shares_count;
	void *owner;
};

void sealed_write_init(struct sealed_write *write);

enum store_status sealed_count(struct store_db *db, int64_t *count);

/* The newest items of a room, the oldest of them first, and a holder's share of each. */
struct sealed_read {
	struct store_job job;
	int64_t room, holder;
	bool with_boxes; /* but of no picture: those are large */
	int64_t large_kind; /* the daemon's number of a picture */
	int64_t subject; /* not 0: only the one of large_kind with this subject, with its box */
	struct sealed_row rows[SEALED_PAGE]; /* the answer; sealed_read_finish() it */
	struct share_row shares[SEALED_PAGE]; /* sealed 0: the holder has none */
	size_t count;
	void *owner;
};

void sealed_read_init(struct sealed_read *read);
void sealed_read_finish(struct sealed_read *read);

/* ---- granting ---- */

/* Shares of one holder for items that another has none of, by item. */
struct grant_read {
	struct store_job job;
	int64_t from, to; /* holders */
	int64_t after; /* items above this one */
	/* Items that need two: only those a third holder has a different part of, for two equal
	 * parts open nothing. */
	bool needs_third;
	struct share_row shares[SEALED_GRANT_PAGE]; /* the answer */
	size_t count;
	void *owner;
};

void grant_read_init(struct grant_read *read);

/* Adds shares; those that are there already stay. */
struct grant_write {
	struct store_job job;
	struct share_row shares[SEALED_GRANT_PAGE];
	size_t count;
	int64_t added; /* the answer */
	void *owner;
};

void grant_write_init(struct grant_write *write);

/* ---- openings ---- */

struct opening_row {
	int64_t id, room, by_account, why, step, approved_by, asked_ms, at_ms, until_ms;
	const char *reason; /* terminated */
	char name[OPENING_NAME_BYTES]; /* of the room, when read */
};

/* Within a transaction of the caller's. shares: see opening_shares; NULL: none any more. */
enum store_status opening_insert(struct store_db *db, const struct opening_row *row);
enum store_status opening_update(
	struct store_db *db, const struct opening_row *row, const void *shares, size_t shares_size);

/* Those at one of three steps, the oldest first: what a start goes on with. */
enum store_status opening_load_open(struct store_db *db, const int64_t steps[3],
	bool (*each)(void *data, const struct opening_row *row), void *data);

/* The newest of a room, the newest first. */
struct opening_read {
	struct store_job job;
	int64_t room;
	struct opening_row rows[OPENING_PAGE]; /* the answer; opening_read_finish() it */
	size_t count;
	void *owner;
};

void opening_read_init(struct opening_read *read);
void opening_read_finish(struct opening_read *read);

/* What the second holder gave to the first. free() shares. */
enum store_status opening_shares(struct store_db *db, int64_t id, uint8_t **shares, size_t *size);

#endif
