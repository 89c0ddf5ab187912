/* One request to the running daemon, over its control socket: a line of JSON each way. */
#ifndef HARK_DAEMON_CLI_CONTROL_H
#define HARK_DAEMON_CLI_CONTROL_H

#include <stddef.h>
#include <stdint.h>

enum {
	CONTROL_REF = 2, /* the ref that the request carries; 1 is the greeting's */
	CONTROL_ANSWER_MAX = 8 << 20, /* bytes of one line */
};

enum control_status {
	CONTROL_OK = 0,
	CONTROL_NOT_RUNNING, /* nobody listens at `path` */
	CONTROL_FAILED, /* with a sentence in problem */
};

/*
 * Says hello, sends the request, and waits for the answer that carries CONTROL_REF, at most
 * timeout_s (0: for as long as it takes). The caller frees *answer, which has no newline and a
 * terminator behind its answer_size bytes.
 */
enum control_status control_request(const char *path, const char *request, size_t size,
	unsigned timeout_s, char **answer, size_t *answer_size, char *problem, size_t problem_size);

#endif
