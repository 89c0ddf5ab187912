/*
 * Printed codes that admit: keyed hashes in batches. Nothing here, or anywhere, says which code
 * opened which room, or when one was used; that it ever was is one bit, written later and together
 * with others'.
 */
#ifndef HARK_STORAGE_TABLE_CODE_H
#define HARK_STORAGE_TABLE_CODE_H

#include "storage/store.h"

enum {
	CODE_HASH_BYTES = 16,
	CODE_LABEL_BYTES = 40 * 4 + 1,
	CODE_BATCH_CODES_MAX = 500, /* in one write */
	CODE_BATCHES_MAX = 50, /* in one read */
};

struct code_batch_row {
	int64_t id;
	char label[CODE_LABEL_BYTES];
	int64_t made_ms, until_ms; /* UTC */
	int64_t count, used; /* codes of it: all, and those ever used */
	bool revoked;
};

/* Adds codes to a batch, which is made when there is none of this id. free() it in done.
 * STORE_REFUSED: a code is there already, or the batch is revoked; nothing is written. */
struct code_add {
	struct store_job job;
	struct code_batch_row batch; /* count and used are the file's own */
	uint8_t hashes[CODE_BATCH_CODES_MAX][CODE_HASH_BYTES];
	size_t count;
	void *owner;
};

struct code_add *code_add_create(void);

/* These were used. free() it in done. */
struct code_use {
	struct store_job job;
	size_t count;
	void *owner;
	uint8_t hashes[][CODE_HASH_BYTES];
};

struct code_use *code_use_create(size_t count);

/* A batch opens nothing any more: its codes are gone, the batch itself stays to be listed.
 * STORE_REFUSED: there is none. free() it in done. */
struct code_revoke {
	struct store_job job;
	int64_t batch;
	void *owner;
};

struct code_revoke *code_revoke_create(int64_t batch);

/* Start-up: batches that are neither revoked nor over by now_ms, and their codes. */
enum store_status code_load_batches(struct store_db *db, int64_t now_ms,
	bool (*each)(void *data, const struct code_batch_row *row), void *data);
enum store_status code_load_codes(struct store_db *db, int64_t now_ms,
	bool (*each)(void *data, const uint8_t hash[CODE_HASH_BYTES], int64_t batch, bool used),
	void *data);

/* Removes the codes of batches that were over by now_ms. In whatever transaction db is in. */
enum store_status code_drop_over(struct store_db *db, int64_t now_ms);

/* The newest CODE_BATCHES_MAX batches, the newest first. */
struct code_list {
	struct store_job job;
	struct code_batch_row rows[CODE_BATCHES_MAX];
	size_t count;
	void *owner;
};

void code_list_init(struct code_list *list);

#endif
