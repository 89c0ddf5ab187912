/* Entries of the audit follow each other or are not written; secrets are wiped; pages are read. */
#include "storage/table_audit.h"

#include "storage/store_db.h"
#include "tests/unit/storage/store_help.h"
#include "tests/unit/tap.h"

static struct scratch scratch;
static struct store *store;
static uint8_t last[AUDIT_ROW_HASH_BYTES];

static enum store_status append(
	int64_t entry, int64_t room, const uint8_t *before, const struct audit_key_row *key)
{
	struct audit_row row = {
		.entry = entry,
		.at_ms = 1000 + entry,
		.what = 3,
		.account = 7,
		.room = room,
		.detail = "why",
		.detail_size = 3,
		.has_signature = key != NULL,
	};
	memset(row.hash, (int)entry, sizeof row.hash);
	memset(row.signature, 0x5a, sizeof row.signature);
	struct audit_append *job = audit_append_create(&row, before, key);
	enum store_status status = write_and_wait(store, &job->job);
	if (status == STORE_OK) {
		memcpy(last, row.hash, sizeof last);
	}
	audit_append_destroy(job);
	return status;
}

static struct audit_head read_head(void)
{
	struct audit_read_head read;
	audit_read_head_init(&read);
	CHECK_INT(store_read_now(store, &read.job), STORE_OK);
	return read.head;
}

static void test_empty(void)
{
	struct audit_head head = read_head();
	CHECK_INT(head.entry, 0);
	CHECK_INT(head.key.epoch, 0);
}

static void test_follows(void)
{
	struct audit_key_row key = {.epoch = 1, .has_secret = true, .first_entry = 1};
	memset(key.secret, 1, sizeof key.secret);
	CHECK_INT(append(2, 0, last, NULL), STORE_REFUSED); /* not the first */
	CHECK_INT(append(1, 0, last, &key), STORE_OK);
	CHECK_INT(append(1, 0, last, NULL), STORE_REFUSED); /* twice */
	CHECK_INT(append(3, 0, last, NULL), STORE_REFUSED); /* a gap */
	const uint8_t other[AUDIT_ROW_HASH_BYTES] = {9};
	CHECK_INT(append(2, 0, other, NULL), STORE_REFUSED); /* on top of something else */
	CHECK_INT(append(2, 40, last, NULL), STORE_OK);
	struct audit_head head = read_head();
	CHECK_INT(head.entry, 2);
	CHECK(memcmp(head.hash, last, sizeof last) == 0);
	CHECK_INT(head.signed_ms, 0);
}

struct keys {
	struct store_job job;
	struct audit_key_row rows[4];
	int count;
};

static bool each_key(void *data, const struct audit_key_row *row)
{
	struct keys *keys = data;
	keys->rows[keys->count++] = *row;
	return keys->count < 4;
}

static enum store_status run_keys(struct store_job *job, struct store_db *db)
{
	return audit_each_key(db, each_key, job);
}

static void test_keys(void)
{
	struct audit_key_row key = {.epoch = 2, .has_secret = true, .first_entry = 4};
	memset(key.public_key, 3, sizeof key.public_key);
	memset(key.secret, 2, sizeof key.secret);
	CHECK_INT(append(9, 0, last, &key), STORE_REFUSED);
	CHECK_INT(read_head().key.epoch, 1); /* the row and its key come true together */
	CHECK_INT(append(3, 0, last, &key), STORE_OK);
	struct audit_head head = read_head();
	CHECK_INT(head.key.epoch, 2);
	CHECK(head.key.has_secret && head.key.secret[31] == 2 && head.key.public_key[0] == 3);
	CHECK_INT(head.signed_ms, 1003);
	struct keys keys = {.job.run = run_keys};
	CHECK_INT(store_read_now(store, &keys.job), STORE_OK);
	REQUIRE(keys.count == 2);
	CHECK(!keys.rows[0].has_secret && keys.rows[0].secret[0] == 0);
	CHECK(keys.rows[1].has_secret);
	CHECK_INT(keys.rows[1].first_entry, 4);
}

static void read_page(struct audit_read *read, int64_t room, int64_t before, size_t limit)
{
	audit_read_init(read);
	read->room = room;
	read->before = before;
	read->limit = limit;
	CHECK_INT(read_and_wait(store, &read->job), STORE_OK);
}

static void test_pages(void)
{
	for (int64_t entry = 4; entry <= 20; entry++) {
		CHECK_INT(append(entry, entry % 2 == 0 ? 40 : 0, last, NULL), STORE_OK);
	}
	struct audit_read read;
	read_page(&read, 0, INT64_MAX, 3);
	REQUIRE(read.count == 3);
	CHECK_INT(read.rows[0].entry, 20);
	CHECK_INT(read.rows[2].entry, 18);
	CHECK_STR(read.rows[0].detail, "why");
	CHECK(!read.rows[0].has_signature);
	audit_read_finish(&read);
	read_page(&read, 0, 4, 50);
	REQUIRE(read.count == 3);
	CHECK(read.rows[0].has_signature && read.rows[0].signature[63] == 0x5a);
	audit_read_finish(&read);
	read_page(&read, 40, 10, 2);
	REQUIRE(read.count == 2);
	CHECK_INT(read.rows[0].entry, 8);
	CHECK_INT(read.rows[1].entry, 6);
	audit_read_finish(&read);
	read_page(&read, 41, INT64_MAX, 50);
	CHECK_INT(read.count, 0);
	audit_read_finish(&read);
}

struct all {
	struct store_job job;
	int64_t next;
	int64_t stop_at;
};

static bool each_row(void *data, const struct audit_row *row)
{
	struct all *all = data;
	CHECK_INT(row->entry, all->next);
	CHECK_INT(row->hash[5], row->entry);
	return ++all->next != all->stop_at;
}

static enum store_status run_all(struct store_job *job, struct store_db *db)
{
	return audit_each(db, each_row, job);
}

static void test_each(void)
{
	struct all all = {.job.run = run_all, .next = 1};
	CHECK_INT(store_read_now(store, &all.job), STORE_OK);
	CHECK_INT(all.next, 21);
	all = (struct all){.job.run = run_all, .next = 1, .stop_at = 5};
	CHECK_INT(store_read_now(store, &all.job), STORE_OK);
	CHECK_INT(all.next, 5);
}

int main(void)
{
	scratch_make(&scratch);
	store = scratch_open(&scratch, true);
	if (store == NULL) {
		return EXIT_FAILURE;
	}
	RUN(test_empty);
	RUN(test_follows);
	RUN(test_keys);
	RUN(test_pages);
	RUN(test_each);
	store_close(store);
	scratch_remove(&scratch);
	return tap_done();
}
