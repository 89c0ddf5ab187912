/* What the store's tests share: a scratch directory, a store in it, a writer of random rooms. */
#ifndef HARK_TESTS_UNIT_STORAGE_STORE_HELP_H
#define HARK_TESTS_UNIT_STORAGE_STORE_HELP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "storage/store.h"
#include "storage/table_event.h"

extern const uint8_t store_test_key[32];

struct scratch {
	char directory[64];
	char path[96]; /* of hark.db in it; there is none yet */
};

/* Ends the program when it cannot. */
void scratch_make(struct scratch *scratch);

/* Removes the directory with all that is in it. */
void scratch_remove(struct scratch *scratch);

/* "<directory>/<name>" in a static buffer of its own for each of four calls. */
const char *scratch_path(const struct scratch *scratch, const char *name);

/* Opens with the test's key; NULL when it fails. */
struct store *scratch_open(const struct scratch *scratch, bool create);

/* A job waiting to be looked at: what `done` brought. */
struct outcome {
	int calls;
	enum store_status status;
	int order; /* the how many-th `done` of the process this was, from 1 */
};

/* Hands an event with a short body to the writer; frees it itself. */
void write_event(struct store *store, int64_t seq, int64_t room, int64_t n, int64_t prev,
	struct outcome *outcome);

/* A done for jobs whose owner waits with store_flush(): notes the outcome behind `owner`. */
void append_done(struct store_job *job, enum store_status status);

/* For jobs with nothing to note: free()s them. */
void free_done(struct store_job *job, enum store_status status);

/* For jobs on the stack: does nothing. */
void keep_done(struct store_job *job, enum store_status status);

/*
 * Runs one job to its end, and what came of it. `job` is on the stack; done is set here. A write is
 * tried before with each call of SQLite failing, one after the other: it must say so, and what the
 * test finds afterwards shows whether something of it stayed.
 */
enum store_status write_and_wait(struct store *store, struct store_job *job);
enum store_status read_and_wait(struct store *store, struct store_job *job);

struct newest_read {
	struct store_job job;
	int64_t seq; /* the newest event's; -1: it could not be read */
};

void newest_read_init(struct newest_read *read);

/* The newest event's seq, by a job that waits its turn, and by one that does not; -1: none read. */
int64_t newest(struct store *store);
int64_t newest_now(struct store *store);
int64_t newest_of(const char *path); /* of a file; -1 also when it does not open */

/* A small pseudo-random generator: the same seed, the same test. */
uint32_t next_random(uint32_t *state);

#endif
