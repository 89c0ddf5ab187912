/*
 * One request of the hark command without a running daemon: opens the file, carries the request
 * out through the daemon's own dispatch with the role operator, and closes the file again.
 */
#ifndef HARK_DAEMON_OFFLINE_H
#define HARK_DAEMON_OFFLINE_H

#include <stddef.h>

struct config;

/*
 * `request` is one JSON message of `size` bytes. 0: its answer, ok, error or a typed one, is in
 * *answer, which the caller frees; -1: the file could not be opened, or another process holds it,
 * with a sentence in problem.
 */
int offline_request(const struct config *config, const char *request, size_t size, char **answer,
	size_t *answer_size, char *problem, size_t problem_size);

/*
 * Adds an entry of the hark command to the audit of the file, which nobody has open. 0, once it is
 * on disk, or -1 with a sentence in problem.
 */
struct audit_entry;
int offline_note(const struct config *config, const struct audit_entry *entry, char *problem,
	size_t problem_size);

#endif
