/* The school's own program: started for one message, given JSON on its standard input. */
#ifndef HARK_DAEMON_CHANNEL_PROGRAM_H
#define HARK_DAEMON_CHANNEL_PROGRAM_H

#include <stddef.h>
#include <stdint.h>
#include <uv.h>

struct program;

/* problem: NULL when it ended with 0 in time, else a sentence. */
typedef void program_done(void *data, const char *problem);

/*
 * Starts `path` without a shell, in a process group of its own, with an environment and descriptors
 * of our making; what it prints is thrown away. body is taken over. done is called later, once.
 * After timeout_ms the group is asked to end, and soon after made to. NULL: it could not be
 * started, *problem (static) says why.
 */
struct program *program_start(uv_loop_t *loop, const char *path, int64_t timeout_ms, char *body,
	size_t size, program_done *done, void *data, const char **problem);

/* Ends the group at once; done is not called. */
void program_cancel(struct program *program);

#endif
