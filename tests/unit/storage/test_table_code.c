/* Printed codes in the file: batches, what was used, and that what is over is gone. */
#include "storage/table_code.h"

#include "storage/store_db.h"
#include "tests/unit/storage/store_help.h"
#include "tests/unit/tap.h"

static struct scratch scratch;
static struct store *store;

struct loaded {
	struct store_job job;
	int64_t now_ms;
	int batches, codes, used;
	int64_t newest_batch;
	size_t first_only;
};

static bool each_batch(void *data, const struct code_batch_row *row)
{
	struct loaded *loaded = data;
	loaded->batches++;
	loaded->newest_batch = row->id;
	return loaded->first_only == 0;
}

static bool each_code(void *data, const uint8_t hash[CODE_HASH_BYTES], int64_t batch, bool used)
{
	struct loaded *loaded = data;
	CHECK(batch > 0 && hash[0] != 0);
	loaded->codes++;
	loaded->used += used;
	return loaded->first_only == 0;
}

static enum store_status run_load(struct store_job *job, struct store_db *db)
{
	struct loaded *loaded = (struct loaded *)job;
	enum store_status status = code_load_batches(db, loaded->now_ms, each_batch, loaded);
	return status == STORE_OK ? code_load_codes(db, loaded->now_ms, each_code, loaded) : status;
}

static struct loaded load(int64_t now_ms, size_t first_only)
{
	struct loaded loaded = {.job.run = run_load, .now_ms = now_ms, .first_only = first_only};
	CHECK_INT(store_read_now(store, &loaded.job), STORE_OK);
	return loaded;
}

/* Codes number from..to - 1. */
static enum store_status add(int64_t batch, int64_t until_ms, unsigned from, unsigned to)
{
	struct code_add *add = code_add_create();
	add->batch = (struct code_batch_row){
		.id = batch, .label = "Grade 9", .made_ms = 100 + batch, .until_ms = until_ms};
	for (unsigned i = from; i < to; i++) {
		memset(add->hashes[add->count++], (int)(i + 1), CODE_HASH_BYTES);
	}
	enum store_status status = write_and_wait(store, &add->job);
	free(add);
	return status;
}

static void use(unsigned a, unsigned b)
{
	struct code_use *use = code_use_create(2);
	memset(use->hashes[0], (int)(a + 1), CODE_HASH_BYTES);
	memset(use->hashes[1], (int)(b + 1), CODE_HASH_BYTES);
	CHECK_INT(write_and_wait(store, &use->job), STORE_OK);
	free(use);
}

static enum store_status revoke(int64_t batch)
{
	struct code_revoke *revoke = code_revoke_create(batch);
	enum store_status status = write_and_wait(store, &revoke->job);
	free(revoke);
	return status;
}

static struct code_list *list(void)
{
	static struct code_list list;
	code_list_init(&list);
	CHECK_INT(read_and_wait(store, &list.job), STORE_OK);
	return &list;
}

static void test_batches(void)
{
	CHECK_INT(list()->count, 0);
	CHECK_INT(add(1, 5000, 0, 20), STORE_OK);
	CHECK_INT(add(1, 5000, 20, 30), STORE_OK); /* goes on */
	CHECK_INT(add(2, 9000, 30, 35), STORE_OK);
	struct loaded loaded = load(1000, 0);
	CHECK_INT(loaded.batches, 2);
	CHECK_INT(loaded.codes, 35);
	CHECK_INT(loaded.used, 0);
	CHECK_INT(load(1000, 1).codes, 1);
	const struct code_list *all = list();
	REQUIRE(all->count == 2);
	CHECK_INT(all->rows[0].id, 2);
	CHECK_INT(all->rows[1].count, 30);
	CHECK_INT(all->rows[1].until_ms, 5000);
	CHECK_STR(all->rows[1].label, "Grade 9");
}

/* The same code twice is refused, and nothing of it is written. */
static void test_twice(void)
{
	CHECK_INT(add(3, 5000, 34, 40), STORE_REFUSED);
	CHECK_INT(load(1000, 0).codes, 35);
	CHECK_INT(list()->count, 2);
}

static void test_used_counts_once(void)
{
	use(0, 1);
	use(1, 30);
	use(200, 0); /* there is none of that number */
	const struct code_list *all = list();
	CHECK_INT(all->rows[0].used, 1);
	CHECK_INT(all->rows[1].used, 2);
	CHECK_INT(load(1000, 0).used, 3);
}

static void test_over_and_revoked(void)
{
	CHECK_INT(load(5000, 0).codes, 5);
	CHECK_INT(revoke(2), STORE_OK);
	CHECK_INT(revoke(2), STORE_OK);
	CHECK_INT(revoke(77), STORE_REFUSED);
	CHECK_INT(load(1000, 0).codes, 30);
	CHECK_INT(add(2, 9000, 60, 65), STORE_REFUSED); /* drawn before, written after */
	CHECK_INT(load(1000, 0).codes, 30);
	const struct code_list *all = list();
	REQUIRE(all->count == 2);
	CHECK(all->rows[0].revoked && !all->rows[1].revoked);
	CHECK_INT(all->rows[0].used, 1); /* what it came to stays */
	CHECK_INT(add(4, 9000, 30, 35), STORE_OK); /* its codes are free again */
}

static enum store_status run_drop(struct store_job *job, struct store_db *db)
{
	(void)job;
	return code_drop_over(db, 5000);
}

static void test_drop_over(void)
{
	struct store_job job = {.run = run_drop};
	CHECK_INT(write_and_wait(store, &job), STORE_OK);
	CHECK_INT(load(1000, 0).codes, 5);
	CHECK_INT(list()->count, 3);
}

int main(void)
{
	scratch_make(&scratch);
	store = scratch_open(&scratch, true);
	if (store == NULL) {
		return EXIT_FAILURE;
	}
	RUN(test_batches);
	RUN(test_twice);
	RUN(test_used_counts_once);
	RUN(test_over_and_revoked);
	RUN(test_drop_over);
	store_close(store);
	scratch_remove(&scratch);
	return tap_done();
}
