/*
 * Keeping the write-ahead log short without anybody waiting for it.
 *
 * Writing the log back into the file means: every page once, then a sync, which takes longer than
 * a commit. Done inside a commit, all its messages wait; done between two commits, the next ones
 * do. And whoever does it beside a busy writer never comes to the end, which the log needs to
 * begin anew. So it is done in two parts: a thread of its own writes back and syncs what is in the
 * log while the writer goes on; then the writer, between two batches, does what has come in
 * meanwhile, a few pages. (At 10,000 rows a second, each a commit, p99.9 was 2 to 3 ms so, against
 * 12 to 13 with the writer doing all of it.)
 *
 * When a sync of the file fails, the kernel may have dropped pages it was given, and a later sync
 * would not tell. Then the log is all there is: it is left to grow until the process starts again
 * and reads it from its beginning.
 */
#ifndef HARK_STORAGE_STORE_LOG_H
#define HARK_STORAGE_STORE_LOG_H

#include <stdbool.h>
#include <stdint.h>

#include "storage/store_db.h"

struct store_log;

/*
 * `writer` is borrowed until store_log_stop(), `helper` a second connection that may write, owned
 * from a success on. wake(data) is called on the helper's thread: the writer, if it waits, shall
 * call store_log_tend(). STORE_NO_MEMORY: no thread.
 */
enum store_status store_log_start(struct store_db *writer, struct store_db *helper,
	void (*wake)(void *data), void *data, struct store_log **out);

/* The writer's connection has a new handle. On the writer's thread. */
void store_log_attach(struct store_log *log);

/* On the writer's thread, outside a transaction, when nobody waits for what it did. */
void store_log_tend(struct store_log *log);

/* Nobody is writing into the file itself, nor will before the writer tends the log again. On the
 * writer's thread. */
bool store_log_rests(struct store_log *log);

/* Writes all of the log back now. False: a reader or the helper is in the way, or it must not be.
 * On the writer's thread, outside a transaction, while the log rests. */
bool store_log_write_back(struct store_log *log);

/*
 * Joins the thread, and empties the log into the file when no reader needs it; if the disk does not
 * let it, the next open finds the log as after a crash. The writer has ended. NULL is fine.
 */
void store_log_stop(struct store_log *log);

/* Pages in the log as of the last commit. On the writer's thread. */
uint64_t store_log_pages(const struct store_log *log);

/* How often the log was written back to its end. On the writer's thread. */
uint64_t store_log_checkpoints(const struct store_log *log);

#endif
