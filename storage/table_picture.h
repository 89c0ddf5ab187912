/*
 * Pictures as they may be shown: made anew, without metadata. What was sent lies sealed elsewhere
 * (table_escrow.h).
 */
#ifndef HARK_STORAGE_TABLE_PICTURE_H
#define HARK_STORAGE_TABLE_PICTURE_H

#include "storage/store.h"

struct picture_row {
	int64_t id;
	int64_t room;
	int64_t at_ms; /* UTC */
	int type; /* the daemon's number; opaque here */
	int width, height; /* pixels */
	const void *body; /* the file */
	size_t body_size; /* bytes */
	const void *thumb; /* a small one, a JPEG */
	size_t thumb_size; /* bytes */
};

/* Within a transaction: with the event that tells of it. */
enum store_status picture_add(struct store_db *db, const struct picture_row *row);

/* Reads one picture, or its thumbnail. */
struct picture_read {
	struct store_job job;
	int64_t id;
	bool thumb;
	/* the answer */
	int64_t room; /* 0: there is no such picture */
	int type; /* of `body`; of a thumbnail too: the picture's */
	char *bytes; /* free() them; NULL: none */
	size_t size;
	void *owner;
};

void picture_read_init(struct picture_read *read);

#endif
