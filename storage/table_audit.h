/*
 * The audit table and the keys that sign it. Each row carries the hash of the chain up to it, made
 * by whoever hands it over (the daemon's audit_chain.h); here it is seen to that a row follows the
 * one it was made for, or is not written at all.
 */
#ifndef HARK_STORAGE_TABLE_AUDIT_H
#define HARK_STORAGE_TABLE_AUDIT_H

#include "storage/store.h"

enum {
	AUDIT_ROW_HASH_BYTES = 32,
	AUDIT_ROW_SIGNATURE_BYTES = 64,
	AUDIT_ROW_KEY_BYTES = 32, /* public; and the seed of the secret */
	AUDIT_ROW_DETAIL_MAX = 8000, /* bytes */
	AUDIT_PAGE_MAX = 51, /* rows in one read */
};

struct audit_row {
	int64_t entry; /* from 1, without gaps */
	int64_t at_ms; /* UTC */
	int64_t what; /* the daemon's number of what was done; opaque here */
	int64_t account, room; /* 0: none */
	const char *detail; /* of detail_size bytes */
	size_t detail_size;
	uint8_t hash[AUDIT_ROW_HASH_BYTES];
	bool has_signature; /* a checkpoint */
	uint8_t signature[AUDIT_ROW_SIGNATURE_BYTES];
};

struct audit_key_row {
	int64_t epoch; /* from 1; 0: none */
	uint8_t public_key[AUDIT_ROW_KEY_BYTES];
	bool has_secret; /* of the newest alone: the others' are wiped */
	uint8_t secret[AUDIT_ROW_KEY_BYTES];
	int64_t first_entry; /* it signs from here on */
};

/* One row to write. Refused (the store's savepoint) unless it follows the newest one exactly. */
struct audit_append {
	struct store_job job;
	struct audit_row row; /* detail points behind this struct */
	uint8_t before[AUDIT_ROW_HASH_BYTES]; /* hash of the entry before; unused for the first */
	/* With epoch > 0: this key is kept, and the secrets of those before it are wiped. */
	struct audit_key_row key;
	void *owner; /* the caller's */
};

/* Copies row and its detail. job.done and owner are the caller's to set. Never NULL. */
struct audit_append *audit_append_create(const struct audit_row *row,
	const uint8_t before[AUDIT_ROW_HASH_BYTES], const struct audit_key_row *key);

/* Wipes the key and frees. */
void audit_append_destroy(struct audit_append *append);

/* Where the chain stands. */
struct audit_head {
	int64_t entry; /* newest; 0: there is none */
	uint8_t hash[AUDIT_ROW_HASH_BYTES];
	int64_t signed_ms; /* at_ms of the newest checkpoint; 0: none */
	struct audit_key_row key; /* newest; to be wiped by the caller */
};

struct audit_read_head {
	struct store_job job;
	struct audit_head head;
	void *owner;
};

void audit_read_head_init(struct audit_read_head *read);

/* Rows of a page, newest first. */
struct audit_read {
	struct store_job job;
	int64_t room; /* 0: of all */
	int64_t before; /* entries below this one */
	size_t limit; /* 1..AUDIT_PAGE_MAX */
	struct audit_row *rows; /* the answer */
	size_t count;
	void *owner;
};

void audit_read_init(struct audit_read *read);
void audit_read_finish(struct audit_read *read); /* frees the rows */

/* Calls each() with every row, ascending, or every key, until it returns false. */
enum store_status audit_each(
	struct store_db *db, bool (*each)(void *data, const struct audit_row *row), void *data);
enum store_status audit_each_key(
	struct store_db *db, bool (*each)(void *data, const struct audit_key_row *row), void *data);

#endif
