/* The school's settings: words, hours, contacts, limits. Text by name, all loaded at start. */
#ifndef HARK_STORAGE_TABLE_SETTING_H
#define HARK_STORAGE_TABLE_SETTING_H

#include "storage/store.h"

enum {
	SETTING_KEY_BYTES = 64
};

/* Sets one. Allocated with the value behind it; free() it in done. */
struct setting_write {
	struct store_job job;
	char key[SETTING_KEY_BYTES];
	const char *value; /* behind this struct */
	size_t value_size; /* bytes */
	void *owner;
};

struct setting_write *setting_write_create(const char *key, const char *value, size_t value_size);

enum store_status setting_load_all(struct store_db *db,
	bool (*each)(void *data, const char *key, const char *value, size_t value_size),
	void *data);

#endif
