/* A new key for a file: done, refused, and cut off at the places where two files disagree. */
#include "storage/rekey.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/storage/store_help.h"
#include "tests/unit/storage/vault_help.h"
#include "tests/unit/tap.h"

enum {
	NAMES = 999, /* that a kept key may have */
};

static struct scratch scratch;
static char key_path[120], handover[120], problem[400];

/* A file with one event, and its key beside it. */
static struct key *begin(void)
{
	struct key *key = NULL;
	struct store *store = NULL;
	scratch_make(&scratch);
	snprintf(key_path, sizeof(key_path), "%s/hark.key", scratch.directory);
	snprintf(handover, sizeof(handover), "%s.handover", scratch.path);
	if (key_make(&key) != KEY_OK || key_save(key_path, key) != KEY_OK ||
		store_open(
			&(struct store_options){
				.path = scratch.path, .key = key->file, .create = true},
			&store, problem, sizeof(problem)) != STORE_OK) {
		abort();
	}
	struct outcome outcome = {0};
	write_event(store, 1, 1, 1, 0, &outcome);
	store_flush(store);
	store_close(store);
	return key;
}

static void end(struct key *key)
{
	key_free(key);
	scratch_remove(&scratch);
}

static bool opens(const struct key *key)
{
	return store_verify(&(struct store_options){.path = scratch.path, .key = key->file},
		       problem, sizeof(problem)) == STORE_OK;
}

static struct key *load(void)
{
	struct key *key = NULL;
	return key_load(key_path, &key) == KEY_OK ? key : NULL;
}

static bool exists(const char *suffix)
{
	char path[160];
	snprintf(path, sizeof(path), "%s%s", scratch.path, suffix);
	return access(path, F_OK) == 0;
}

/* With every name taken that the key before could be kept under, the new one is not put in place.
 */
static void take_names(bool take)
{
	char path[160];
	for (int i = 1; i <= NAMES; i++) {
		snprintf(path, sizeof(path), "%s.before-%d", key_path, i);
		if (take) {
			help_write_file(path, "", 0);
		} else {
			unlink(path);
		}
	}
}

static void test_a_new_key(void)
{
	struct rekey_result result;
	struct key *old = begin();
	CHECK_INT(rekey(scratch.path, key_path, old, &result, problem, sizeof(problem)), STORE_OK);
	CHECK_INT(result.step, REKEY_DONE);
	CHECK(!result.finished_earlier);
	struct key *new = load();
	REQUIRE(new != NULL);
	CHECK(opens(new));
	CHECK(!opens(old));
	CHECK(memcmp(new->pepper, old->pepper, KEY_BYTES) == 0);
	CHECK(!rekey_follow(scratch.path, old)); /* nothing leads to the new one any more */
	struct key *kept = NULL;
	REQUIRE(result.kept_key != NULL && key_load(result.kept_key, &kept) == KEY_OK);
	CHECK(memcmp(kept, old, sizeof(*old)) == 0);
	CHECK(!exists(".handover") && !exists(".new") && !exists("-wal"));
	free(result.kept_key);
	key_free(kept);
	key_free(new);
	end(old);
}

static void test_a_key_that_is_none(void)
{
	struct rekey_result result;
	struct key *key = begin(), *other = NULL;
	REQUIRE(key_make(&other) == KEY_OK);
	CHECK_INT(rekey(scratch.path, key_path, other, &result, problem, sizeof(problem)),
		STORE_WRONG_KEY);
	CHECK_INT(result.step, REKEY_LOCK);
	CHECK(strstr(problem, "the key is the wrong one") != NULL);
	CHECK_INT(rekey(scratch.path, "/nowhere/hark.key", key, &result, problem, sizeof(problem)),
		STORE_IO);
	CHECK(opens(key));
	key_free(other);
	end(key);
}

static void test_a_file_in_use(void)
{
	struct rekey_result result;
	struct key *key = begin();
	struct store *store = NULL;
	REQUIRE(store_open(&(struct store_options){.path = scratch.path, .key = key->file}, &store,
			problem, sizeof(problem)) == STORE_OK);
	CHECK_INT(rekey(scratch.path, key_path, key, &result, problem, sizeof(problem)),
		STORE_LOCKED);
	store_close(store);
	CHECK(opens(key));
	end(key);
}

static void test_a_damaged_file_keeps_its_key(void)
{
	struct rekey_result result;
	struct key *key = begin();
	size_t bytes;
	uint8_t *file = help_read_file(scratch.path, &bytes);
	file[4096 * 3 + 50] ^= 1;
	help_write_file(scratch.path, file, bytes);
	CHECK_INT(rekey(scratch.path, key_path, key, &result, problem, sizeof(problem)),
		STORE_DAMAGED);
	CHECK_INT(result.step, REKEY_FILE);
	file[4096 * 3 + 50] ^= 1;
	help_write_file(scratch.path, file, bytes);
	free(file);
	CHECK(opens(key));
	CHECK(!exists(".handover") && !exists(".new"));
	struct key *kept = load();
	REQUIRE(kept != NULL);
	CHECK(memcmp(kept, key, sizeof(*key)) == 0);
	key_free(kept);
	end(key);
}

/* The file has its new key, the key file the one before: the state a kill between the two leaves.
 */
static void test_cut_off_between_file_and_key(void)
{
	struct rekey_result result;
	struct key *key = begin();
	take_names(true);
	CHECK(rekey(scratch.path, key_path, key, &result, problem, sizeof(problem)) != STORE_OK);
	CHECK_INT(result.step, REKEY_PUT_KEY);
	take_names(false);
	CHECK(!opens(key));
	size_t bytes;
	uint8_t *past = help_read_file(handover, &bytes);

	struct key *found = load();
	REQUIRE(found != NULL && rekey_follow(scratch.path, found));
	CHECK(memcmp(found->pepper, key->pepper, KEY_BYTES) == 0);
	CHECK(opens(found));
	CHECK(!rekey_follow(scratch.path, found)); /* it fits by itself */

	CHECK_INT(
		rekey(scratch.path, key_path, found, &result, problem, sizeof(problem)), STORE_OK);
	CHECK(result.finished_earlier);
	free(result.kept_key);
	struct key *written = load();
	REQUIRE(written != NULL);
	CHECK(memcmp(written, found, sizeof(*found)) == 0);
	CHECK(!exists(".handover"));

	/* And cut off at its very end: the hand-over is still there. */
	help_write_file(handover, past, bytes);
	CHECK_INT(
		rekey(scratch.path, key_path, found, &result, problem, sizeof(problem)), STORE_OK);
	CHECK(result.finished_earlier && result.kept_key == NULL);
	CHECK(!exists(".handover"));
	CHECK(opens(found));

	/* A changed one leads nowhere. */
	help_write_file(handover, past, bytes);
	past[bytes - 1] ^= 1;
	help_write_file(handover, past, bytes);
	CHECK(!rekey_follow(scratch.path, key));
	free(past);
	key_free(written);
	key_free(found);
	end(key);
}

static void test_leftovers_of_an_early_cut(void)
{
	struct rekey_result result;
	struct key *key = begin();
	char path[160];
	static const char *const suffixes[] = {".new", ".new-wal", ".handover.new"};
	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		snprintf(path, sizeof(path), "%s%s", scratch.path, suffixes[i]);
		help_write_file(path, "rest", 4);
	}
	snprintf(path, sizeof(path), "%s.new", key_path);
	help_write_file(path, "rest", 4);
	CHECK(opens(key));
	CHECK_INT(rekey(scratch.path, key_path, key, &result, problem, sizeof(problem)), STORE_OK);
	free(result.kept_key);
	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		CHECK(!exists(suffixes[i]));
	}
	CHECK(access(path, F_OK) != 0);
	end(key);
}

int main(void)
{
	RUN(test_a_new_key);
	RUN(test_a_key_that_is_none);
	RUN(test_a_file_in_use);
	RUN(test_a_damaged_file_keeps_its_key);
	RUN(test_cut_off_between_file_and_key);
	RUN(test_leftovers_of_an_early_cut);
	return tap_done();
}
