/*
 * A re-key of which every call of the system, of memory and of SQLite fails, one after the other,
 * once and for good: the key file, or the hand-over with it, always opens the file, and the next
 * re-key goes through.
 */
#include "storage/rekey.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sqlite3.h>

#include "tests/unit/storage/os_fault.h"
#include "tests/unit/storage/store_help.h"
#include "tests/unit/storage/vault_help.h"
#include "tests/unit/tap.h"

static struct scratch scratch;
static char key_path[120], problem[400];

/* What a try begins with: a file and its key, or what a re-key that was cut off left. */
struct state {
	uint8_t *file, *key, *handover; /* NULL: there is none */
	size_t file_bytes, key_bytes, handover_bytes;
};

static struct key *first; /* that the key file begins with */
static struct state whole, cut_off;

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

static bool exists(const char *path, const char *suffix)
{
	char name[160];
	snprintf(name, sizeof(name), "%s%s", path, suffix);
	return access(name, F_OK) == 0;
}

static void make_directory(void)
{
	scratch_make(&scratch);
	snprintf(key_path, sizeof(key_path), "%s/hark.key", scratch.directory);
}

static void take(struct state *state)
{
	state->file = help_read_file(scratch.path, &state->file_bytes);
	state->key = help_read_file(key_path, &state->key_bytes);
	if (exists(scratch.path, ".handover")) {
		state->handover = help_read_file(
			scratch_path(&scratch, "hark.db.handover"), &state->handover_bytes);
	}
}

static void put(const struct state *state)
{
	make_directory();
	help_write_file(scratch.path, state->file, state->file_bytes);
	help_write_file(key_path, state->key, state->key_bytes);
	CHECK_INT(chmod(key_path, 0600), 0);
	if (state->handover != NULL) {
		help_write_file(scratch_path(&scratch, "hark.db.handover"), state->handover,
			state->handover_bytes);
	}
}

static void drop(struct state *state)
{
	free(state->file);
	free(state->key);
	free(state->handover);
}

static void test_a_file_to_begin_with(void)
{
	struct store *store = NULL;
	struct outcome outcome = {0};
	make_directory();
	REQUIRE(key_make(&first) == KEY_OK && key_save(key_path, first) == KEY_OK);
	REQUIRE(store_open(
			&(struct store_options){
				.path = scratch.path, .key = first->file, .create = true},
			&store, problem, sizeof(problem)) == STORE_OK);
	write_event(store, 1, 1, 1, 0, &outcome);
	store_flush(store);
	store_close(store);
	CHECK_INT(outcome.status, STORE_OK);
	take(&whole);
	scratch_remove(&scratch);
}

/* What whoever comes next finds; NULL: nothing that opens the file. */
static struct key *find_key(void)
{
	struct key *key = load();
	if (key != NULL && !opens(key) && !(rekey_follow(scratch.path, key) && opens(key))) {
		key_free(key);
		return NULL;
	}
	return key;
}

/* One more try, when everything works: it ends what the one before began, or does it all. */
static bool goes_on(void)
{
	struct rekey_result result;
	struct key *key = find_key(), *written = NULL;
	bool right = key != NULL && rekey(scratch.path, key_path, key, &result, problem,
					    sizeof(problem)) == STORE_OK;
	if (right) {
		free(result.kept_key);
		written = load();
		right = written != NULL && opens(written) && !opens(first) &&
			!exists(scratch.path, ".handover") && !exists(scratch.path, ".new") &&
			!exists(scratch.path, "-wal") && !exists(key_path, ".new");
	}
	key_free(key);
	key_free(written);
	return right;
}

static const struct failure {
	int kind, code;
	bool sticky;
} failures[] = {
	{OS_MEMORY, ENOMEM, false},
	{OS_FILE, EIO, false},
	{OS_FILE, ENOSPC, true},
	{OS_DISK, EIO, true},
	{OS_SQLITE, SQLITE_FULL, false},
	{OS_SQLITE, SQLITE_IOERR, true},
};

static enum store_status try(const struct key *key, struct rekey_result *result)
{
	snprintf(problem, sizeof(problem), "%s", "");
	enum store_status status =
		rekey(scratch.path, key_path, key, result, problem, sizeof(problem));
	free(result->kept_key);
	return status;
}

/* True when the `at`-th call was made, and failed. */
static bool fail_at(const struct state *state, const struct failure *failure, int at)
{
	struct rekey_result result = {0};
	put(state);
	struct key *key = find_key();
	if (key == NULL) {
		abort(); /* what was put there does not open */
	}
	os_fault_arm(failure->kind, at, failure->code, failure->sticky);
	enum store_status status = try(key, &result);
	bool failed = os_fault_disarm() > 0;
	bool right = status == STORE_OK ? result.step == REKEY_DONE
					: failed && problem[0] != '\0' && result.step != REKEY_DONE;
	if (!right || !goes_on()) {
		printf("# kind %d, code %d, call %d: status %d, step %d: %s\n", failure->kind,
			failure->code, at, status, result.step, problem);
		tap_this_failed = true;
	}
	key_free(key);
	scratch_remove(&scratch);
	return failed;
}

static void fail_each(const struct state *state, int least)
{
	for (size_t i = 0; i < sizeof(failures) / sizeof(failures[0]); i++) {
		int at = 1;
		while (at < 500 && fail_at(state, &failures[i], at)) {
			at++;
		}
		least -= at - 1;
	}
	CHECK(least <= 0);
}

static void test_every_call_fails(void)
{
	fail_each(&whole, 100);
}

/* The file has its new key and the key file has not: what a failing rename leaves. */
static void test_every_call_after_a_cut_fails(void)
{
	struct rekey_result result = {.step = REKEY_LOCK};
	for (int at = 1; at < 500 && result.step != REKEY_PUT_KEY; at++) {
		put(&whole);
		os_fault_arm(OS_FILE, at, EIO, false);
		try(first, &result);
		os_fault_disarm();
		if (result.step == REKEY_PUT_KEY) {
			take(&cut_off);
		}
		scratch_remove(&scratch);
	}
	REQUIRE(cut_off.handover != NULL);
	fail_each(&cut_off, 30);
}

int main(void)
{
	RUN(test_a_file_to_begin_with);
	RUN(test_every_call_fails);
	RUN(test_every_call_after_a_cut_fails);
	drop(&whole);
	drop(&cut_off);
	key_free(first);
	return tap_done();
}
