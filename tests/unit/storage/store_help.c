/* Shared parts of the store's tests; see store_help.h. */
#include "tests/unit/storage/store_help.h"

#include "tests/unit/storage/os_fault.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sqlite3.h>

const uint8_t store_test_key[32] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18,
	19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32};

static int done_count;

void scratch_make(struct scratch *scratch)
{
	snprintf(
		scratch->directory, sizeof scratch->directory, "%s", "/tmp/hark-test-store-XXXXXX");
	if (mkdtemp(scratch->directory) == NULL) {
		perror("mkdtemp");
		exit(EXIT_FAILURE);
	}
	snprintf(scratch->path, sizeof scratch->path, "%s/hark.db", scratch->directory);
}

void scratch_remove(struct scratch *scratch)
{
	DIR *directory = opendir(scratch->directory);
	if (directory == NULL) {
		return;
	}
	for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
		if (entry->d_name[0] != '.') {
			unlinkat(dirfd(directory), entry->d_name, 0);
		}
	}
	closedir(directory);
	rmdir(scratch->directory);
}

const char *scratch_path(const struct scratch *scratch, const char *name)
{
	static char paths[4][128];
	static unsigned turn;
	char *path = paths[turn++ % 4];
	snprintf(path, sizeof paths[0], "%s/%s", scratch->directory, name);
	return path;
}

struct store *scratch_open(const struct scratch *scratch, bool create)
{
	struct store_options options = {
		.path = scratch->path,
		.key = store_test_key,
		.create = create,
	};
	struct store *store = NULL;
	char problem[256] = "";
	if (store_open(&options, &store, problem, sizeof problem) != STORE_OK) {
		printf("# %s\n", problem);
	}
	return store;
}

void append_done(struct store_job *job, enum store_status status)
{
	struct event_append *append = (struct event_append *)job;
	struct outcome *outcome = append->owner;
	if (outcome != NULL) {
		outcome->calls++;
		outcome->status = status;
		outcome->order = ++done_count;
	}
	free(append);
}

void free_done(struct store_job *job, enum store_status status)
{
	(void)status;
	free(job);
}

void keep_done(struct store_job *job, enum store_status status)
{
	(void)job, (void)status;
}

void write_event(struct store *store, int64_t seq, int64_t room, int64_t n, int64_t prev,
	struct outcome *outcome)
{
	char body[64];
	int size = snprintf(
		body, sizeof body, "event %lld of room %lld", (long long)seq, (long long)room);
	const struct event_row row = {
		.seq = seq,
		.room = room,
		.n = n,
		.prev = prev,
		.at_ms = 1700000000000 + seq,
		.body = body,
		.body_size = (size_t)size,
	};
	struct event_append *append = event_append_create(&row);
	append->job.done = append_done;
	append->owner = outcome;
	store_write(store, &append->job);
}

/* The store wrote the status into the job before it called done. */
enum store_status write_and_wait(struct store *store, struct store_job *job)
{
	job->done = keep_done;
	store_flush(store); /* what was there before is not to fail */
	for (int at = 1;; at++) {
		os_fault_arm(OS_SQLITE, at, SQLITE_FULL, false);
		store_write(store, job);
		store_flush(store);
		if (os_fault_disarm() == 0) {
			return job->status;
		}
		if (job->status != STORE_FULL) {
			printf("# call %d of SQLite failed: status %d\n", at, job->status);
			exit(EXIT_FAILURE);
		}
		store_recover(store);
	}
}

enum store_status read_and_wait(struct store *store, struct store_job *job)
{
	job->done = keep_done;
	store_read(store, job);
	store_flush(store);
	return job->status;
}

static enum store_status run_newest(struct store_job *job, struct store_db *db)
{
	return event_newest(db, &((struct newest_read *)job)->seq);
}

void newest_read_init(struct newest_read *read)
{
	*read = (struct newest_read){.job.run = run_newest, .seq = -1};
}

int64_t newest(struct store *store)
{
	struct newest_read read;
	newest_read_init(&read);
	read_and_wait(store, &read.job);
	return read.seq;
}

int64_t newest_now(struct store *store)
{
	struct newest_read read;
	newest_read_init(&read);
	store_read_now(store, &read.job);
	return read.seq;
}

int64_t newest_of(const char *path)
{
	struct store *store = NULL;
	struct store_options options = {.path = path, .key = store_test_key};
	char problem[400];
	if (store_open(&options, &store, problem, sizeof problem) != STORE_OK) {
		return -1;
	}
	int64_t seq = newest_now(store);
	store_close(store);
	return seq;
}

uint32_t next_random(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}
