/*
 * The bare relay's disk: plain SQLite, WAL, synchronous=FULL, one row a message, one transaction
 * for all that came in one turn of the loop. Either on the loop's thread, or, with an index over
 * (room, id), on a writer thread that takes what has come meanwhile.
 */
#ifndef HARK_TESTS_BENCH_LIMIT_STORE_H
#define HARK_TESTS_BENCH_LIMIT_STORE_H

#include <stdbool.h>
#include <stddef.h>

struct uv_loop_s;

/* A message between its arrival and the disk; the store frees it after `written`. */
struct row {
	struct row *next;
	void *from; /* the caller's */
	int room;
	size_t size;
	char bytes[];
};

typedef void limit_written(struct row *row);

/* Ends the program when it cannot. `written` is called on the loop, in order. */
void limit_store_open(
	struct uv_loop_s *loop, const char *path, bool threaded, limit_written *written);
void limit_store_add(void *from, int room, const char *bytes, size_t size);
/* Nobody waits for these any more: their `from` becomes NULL. */
void limit_store_forget(const void *from);

#endif
