/* Where adults are reached, and who is on duty. Few rows, all loaded at start. */
#ifndef HARK_STORAGE_TABLE_REACH_H
#define HARK_STORAGE_TABLE_REACH_H

#include "storage/store.h"

enum {
	REACH_TEXT_BYTES = 801 /* 200 code points and the terminator */
};

struct reach_row {
	int64_t account;
	char mail[REACH_TEXT_BYTES]; /* an address; empty: none */
	char ntfy[REACH_TEXT_BYTES]; /* a topic; empty: the school's */
	bool on_duty;
};

/* Writes the row, new or not. free() it in done. */
struct reach_write {
	struct store_job job;
	struct reach_row row;
	void *owner;
};

struct reach_write *reach_write_create(const struct reach_row *row);

enum store_status reach_load_all(
	struct store_db *db, bool (*each)(void *data, const struct reach_row *row), void *data);

#endif
