/*
 * A lane for Argon2: one at a time, off the loop, with a bounded queue, so that a flood of one kind
 * (staff sign-ins, codenames) never holds up the other.
 */
#ifndef HARK_DAEMON_ARGON_H
#define HARK_DAEMON_ARGON_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

enum {
	ARGON_QUEUE_MAX = 32
};

/* Embedded in what the caller allocates and frees in `done`. */
struct argon_job {
	void (*run)(struct argon_job *job); /* on a worker thread: touches nothing but the job */
	void (*done)(struct argon_job *job); /* on the loop */
	struct argon_job *next;
};

struct argon_lane {
	uv_loop_t *loop;
	uv_work_t work;
	struct argon_job *queue, **queue_end; /* the first is running, when busy */
	unsigned queued;
	bool busy;
};

void argon_init(struct argon_lane *lane, uv_loop_t *loop);

/* False: the queue is full, and the job was not taken. */
bool argon_run(struct argon_lane *lane, struct argon_job *job);

#endif
