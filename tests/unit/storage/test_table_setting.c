/* Settings: any bytes under a name, replaced by the next. */
#include "storage/table_setting.h"

#include "storage/store_db.h"
#include "tests/unit/storage/store_help.h"
#include "tests/unit/tap.h"

static struct scratch scratch;
static struct store *store;

struct loaded {
	struct store_job job;
	int count;
	char keys[4][SETTING_KEY_BYTES];
	char values[4][32];
	size_t sizes[4];
	bool stop;
};

static bool each(void *data, const char *key, const char *value, size_t size)
{
	struct loaded *loaded = data;
	strcpy(loaded->keys[loaded->count], key);
	memcpy(loaded->values[loaded->count], value, size);
	loaded->sizes[loaded->count++] = size;
	return !loaded->stop;
}

static enum store_status run_load(struct store_job *job, struct store_db *db)
{
	return setting_load_all(db, each, job);
}

static void set(const char *key, const char *value, size_t size)
{
	struct setting_write *write = setting_write_create(key, value, size);
	CHECK_INT(write_and_wait(store, &write->job), STORE_OK);
	free(write);
}

static void test_settings(void)
{
	set("words.greeting", "hello", 5);
	set("hours", "a\0b", 3);
	set("empty", NULL, 0);
	set("words.greeting", "hi", 2);
	struct loaded loaded = {.job.run = run_load};
	CHECK_INT(store_read_now(store, &loaded.job), STORE_OK);
	REQUIRE(loaded.count == 3);
	CHECK_STR(loaded.keys[0], "empty");
	CHECK_INT(loaded.sizes[0], 0);
	CHECK_STR(loaded.keys[1], "hours");
	CHECK_INT(loaded.sizes[1], 3);
	CHECK(memcmp(loaded.values[1], "a\0b", 3) == 0);
	CHECK_STR(loaded.keys[2], "words.greeting");
	CHECK_INT(loaded.sizes[2], 2);
	CHECK(memcmp(loaded.values[2], "hi", 2) == 0);
	loaded = (struct loaded){.job.run = run_load, .stop = true};
	CHECK_INT(store_read_now(store, &loaded.job), STORE_OK);
	CHECK_INT(loaded.count, 1);
}

int main(void)
{
	scratch_make(&scratch);
	store = scratch_open(&scratch, true);
	if (store == NULL) {
		return EXIT_FAILURE;
	}
	RUN(test_settings);
	store_close(store);
	scratch_remove(&scratch);
	return tap_done();
}
