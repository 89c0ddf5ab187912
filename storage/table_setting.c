/* Settings; see table_setting.h. */
#include "storage/table_setting.h"

#include <assert.h>
#include <string.h>

#include "storage/store_db.h"

static const char SAVE_SETTING[] = "INSERT OR REPLACE INTO setting (key, value) VALUES (?1, ?2)";
static const char SELECT_SETTINGS[] = "SELECT key, value FROM setting ORDER BY key";

static enum store_status run_write(struct store_job *job, struct store_db *db)
{
	struct setting_write *write = (struct setting_write *)job;
	sqlite3_stmt *statement = store_db_statement(db, SAVE_SETTING);
	store_db_bind_text(statement, 1, write->key);
	store_db_bind_blob(statement, 2, write->value, write->value_size);
	return store_db_run(db, statement);
}

struct setting_write *setting_write_create(const char *key, const char *value, size_t value_size)
{
	assert(strlen(key) < SETTING_KEY_BYTES);
	struct setting_write *write = store_alloc(sizeof *write + value_size + 1);
	write->job.run = run_write;
	strcpy(write->key, key);
	char *copy = (char *)(write + 1);
	if (value_size > 0) {
		memcpy(copy, value, value_size);
	}
	write->value = copy;
	write->value_size = value_size;
	return write;
}

enum store_status setting_load_all(struct store_db *db,
	bool (*each)(void *data, const char *key, const char *value, size_t value_size), void *data)
{
	sqlite3_stmt *statement = store_db_statement(db, SELECT_SETTINGS);
	while (store_db_row(db, statement)) {
		char key[SETTING_KEY_BYTES];
		store_db_column_text(statement, 0, key, sizeof key);
		const char *value = sqlite3_column_blob(statement, 1);
		size_t size = (size_t)sqlite3_column_bytes(statement, 1);
		if (!each(data, key, size > 0 ? value : "", size)) {
			store_db_stop(statement);
			return STORE_OK;
		}
	}
	return store_db_status(db);
}
