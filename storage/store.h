/*
 * The store: one encrypted file, one writer thread, a few reader threads.
 *
 * The loop hands over jobs and goes on. The writer takes every job that waits, runs them in one
 * transaction, commits once (one fsync) and hands all of them back; `notify` tells the loop, which
 * calls store_drain() and gets each job's `done`, in the order of store_write(). So "done with
 * STORE_OK" means: on disk. Reads run on reader connections, in short transactions.
 *
 * The store knows neither libuv nor the protocol. Numbers (seq, n, prev) are given by the loop
 * before it hands a job over; therefore a batch fails as a whole, and after a failure everything
 * queued behind it fails too, until the loop has read its numbers again from the file and calls
 * store_recover().
 */
#ifndef HARK_STORAGE_STORE_H
#define HARK_STORAGE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct store;
struct store_db; /* one connection with its prepared statements; see store_db.h */
struct store_job;

enum store_status {
	STORE_OK = 0,
	STORE_REFUSED, /* the data says no (a name taken, a link used); nothing written */
	STORE_MISSING, /* no such file */
	STORE_WRONG_KEY, /* a Hark file of another key */
	STORE_NOT_HARK, /* not a Hark file */
	STORE_NEWER, /* written by a newer Hark */
	STORE_DAMAGED, /* a page or the log does not authenticate */
	STORE_LOCKED, /* another process holds the file */
	STORE_FULL, /* no space left, or quota */
	STORE_READ_ONLY, /* the file or its file system cannot be written */
	STORE_IO, /* any other failing read, write or sync */
	STORE_NO_MEMORY,
	STORE_CLOSED, /* handed over after, or still queued at, store_close() */
	STORE_NOT_RECOVERED, /* queued behind a failed batch */
};

/* A sentence for the operator; static. */
const char *store_status_text(enum store_status status);

/*
 * Embedded in what the caller allocates. The store neither frees nor looks at anything but this;
 * the memory belongs to the store from store_write()/store_read() until `done` is called, which
 * may free it.
 */
struct store_job {
	/* On the writer's or a reader's thread. STORE_OK, STORE_REFUSED (only with may_refuse), or
	 * what db reported (store_db_status()). */
	enum store_status (*run)(struct store_job *job, struct store_db *db);
	/* On the thread that calls store_drain(). */
	void (*done)(struct store_job *job, enum store_status status);
	bool may_refuse; /* runs in its own savepoint and fails alone */
	struct store_job *next; /* store's queues */
	enum store_status status; /* the store's, until done */
};

struct store_options {
	const char *path; /* of hark.db */
	const uint8_t *key; /* 32 bytes; NULL: not encrypted (benchmarks only) */
	bool create; /* make a new file; STORE_REFUSED when there is one */
	bool relaxed; /* open although the log is damaged: the operator's word. What lies behind the
			 damage is lost; the log is copied to "<path>-wal.damaged-1" before */
	unsigned readers; /* reader threads, 1..8; 0 means 2 */
	size_t writer_cache_bytes; /* 0 means 64 MiB */
	size_t reader_cache_bytes; /* 0 means 8 MiB each */
	void (*notify)(void *data); /* from any store thread: call store_drain() soon */
	void *notify_data;
	const char *base_vfs; /* beneath the vault; NULL: the system's (a test's disk otherwise) */
};

/*
 * Opens (locks, checks the key, migrates, starts the threads). On failure *out is untouched and,
 * where problem is given, a sentence with the file's name is written there (at most size bytes).
 */
enum store_status store_open(
	const struct store_options *options, struct store **out, char *problem, size_t size);

/*
 * Opens the seal of every page of a file that nobody has open, and checks its structure: for
 * commands. STORE_DAMAGED: a byte is not what was written. About 10 us a page.
 */
enum store_status store_verify(const struct store_options *options, char *problem, size_t size);

/* Finishes what is queued, checkpoints, joins the threads, drains a last time, frees. NULL is fine.
 */
void store_close(struct store *store);

/* Hands a job to the writer, or to any reader. Reads run at once beside writes, in no order. */
void store_write(struct store *store, struct store_job *job);
void store_read(struct store *store, struct store_job *job);

/* The same for a search or a report, which may take seconds: on a reader of its own, so that no
 * page of a chat waits behind it. (Not of low priority: it would hold SQLite's locks while it
 * waits for the processor, and the writer with it.) */
void store_read_slow(struct store *store, struct store_job *job);

/*
 * Hands over a job that nobody waits for: it runs on the writer's thread between two batches, alone
 * in a transaction of its own, so that no message's commit carries it. Short: a message may come
 * in meanwhile. Its failure is its own, and no number of the loop's may depend on it.
 */
void store_background(struct store *store, struct store_job *job);

/* Calls `done` of every finished job: writes in order, all of a commit in one call. Returns how
 * many. */
size_t store_drain(struct store *store);

/* After a failed write and once the loop has read its numbers again: writes are taken again. */
void store_recover(struct store *store);

/* Waits until no job is left, draining, also those that `done` hands over. For start-up, shutdown,
 * tests. */
void store_flush(struct store *store);

/* Runs `run` of one job on the calling thread over a reader connection: start-up only. */
enum store_status store_read_now(struct store *store, struct store_job *job);

struct store_figures {
	uint64_t commits; /* transactions committed */
	uint64_t jobs; /* write jobs in them */
	uint64_t checkpoints;
	uint64_t wal_pages; /* pages written to the log since open */
	uint64_t wal_bytes_max; /* largest the log has been */
};

void store_figures(struct store *store, struct store_figures *out);

/*
 * Copies the file, in steps on the writer's handle between batches, while everything goes on.
 * dest must not exist; done is called from store_drain() like any other job's.
 */
void store_backup(struct store *store, const char *dest_path, struct store_job *job);

/* Opening the seal of every page, likewise; one at a time, another one is STORE_REFUSED. */
struct store_check {
	struct store_job job; /* STORE_DAMAGED: page `pages` + 1 is not as it was written */
	uint32_t pages; /* opened so far; begins at 0 */
	bool written_back; /* the store's */
	unsigned tries; /* the store's */
};

void store_check(struct store *store, struct store_check *check);

/*
 * SQLite's own check of the table whose name follows `table` ("" for the first): a job for
 * store_read_slow(), handed over again until `ended`. Table by table, because a read keeps the log
 * from being emptied. STORE_DAMAGED, STORE_IO: `complaint` names tables and pages, no content.
 */
enum {
	STORE_TABLE_NAME_MAX = 80,
};

struct store_table_check {
	struct store_job job; /* run is store_table_check_run */
	char table[STORE_TABLE_NAME_MAX]; /* the one that was looked at */
	char complaint[200];
	bool ended; /* there was none behind it */
	void *owner; /* the caller's */
};

enum store_status store_table_check_run(struct store_job *job, struct store_db *db);

#endif
