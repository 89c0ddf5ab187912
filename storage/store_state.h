/*
 * What the store's files share, and nobody else sees: store.c (jobs on their way in and out),
 * store_threads.c (what runs them), store_open.c.
 *
 * A failed batch. The numbers in the jobs behind it (seq, prev) build upon it, so they fail as
 * well, and so does whatever the loop hands over until it has heard of the failure and calls
 * store_recover(). `failed` is set in the same critical section that hands the batch back;
 * therefore no job slips through between.
 */
#ifndef HARK_STORAGE_STORE_STATE_H
#define HARK_STORAGE_STORE_STATE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "storage/store.h"
#include "storage/store_check.h"
#include "storage/store_copy.h"
#include "storage/store_db.h"
#include "storage/store_jobs.h"
#include "storage/store_log.h"

enum {
	STORE_READERS_MAX = 8,
};

struct store_reader {
	struct store *store;
	struct store_db *db;
	pthread_t thread;
	bool running;
	bool slow; /* runs slow_reads */
};

struct store {
	char vfs_name[32]; /* "": not encrypted */
	int lock_fd;
	void (*notify)(void *data);
	void *notify_data;

	struct store_db *writer_db; /* the writer thread's, from its start to its end */
	struct store_db *direct_db; /* store_read_now()'s */
	struct store_log *log;
	pthread_t writer;
	bool writer_running;
	struct store_reader readers[STORE_READERS_MAX + 1]; /* the last one is slow */
	size_t readers_count; /* with that one */

	pthread_mutex_t mutex; /* all below */
	pthread_cond_t writer_wake, reader_wake, slow_wake, finished;
	bool writer_waits; /* on writer_wake, and nobody is about to signal it */
	bool log_waits; /* for store_log_tend() */
	bool flush_waits; /* on finished */
	struct job_list writes, reads, slow_reads, background, done;
	struct store_copy *copies; /* waiting ones, oldest first */
	struct store_check *check; /* under way; NULL: none */
	size_t outstanding; /* handed over, and not yet in the done list */
	bool failed; /* until store_recover() */
	bool closing;
	struct store_figures figures;

	/* The writer thread's alone. */
	struct store_copy *copy; /* under way */
	bool background_failed; /* the handle is opened anew before the next one runs */
};

/* NULL: not encrypted. */
const char *store_vfs_name(const struct store *store);

/* Under the mutex: the jobs are done. True: store_tell() the loop, once the mutex is free. */
bool store_add_done(struct store *store, struct job_list *list);
void store_tell(struct store *store, bool wanted);

/* Both, for one job. */
void store_finish_job(struct store *store, struct store_job *job, enum store_status status);

/* Gives up a copy, or ends it. */
void store_end_copy(struct store *store, enum store_status status);

void store_end_check(struct store *store, enum store_status status);

/* One job in a transaction of its own: it sees the file at one moment. */
enum store_status store_read_once(struct store_db *db, struct store_job *job);

/* The threads' functions; data is a struct store, or a struct store_reader. */
void *store_writer_main(void *data);
void *store_reader_main(void *data);

/* store_log_start()'s. */
void store_wake_for_log(void *data);

#endif
