/*
 * Printed codes that admit, in memory: those in force by their keyed hash. A code is a term's, not
 * a person's: it opens any number of chats until its batch is over or revoked. Which code opened
 * which chat is written nowhere; that one was ever used is written at most once an hour, with all
 * the others of that hour, in the order of their hashes.
 */
#ifndef HARK_DAEMON_CODES_H
#define HARK_DAEMON_CODES_H

#include "daemon/code_text.h"
#include "daemon/dispatch.h"
#include "storage/store.h"
#include "storage/table_code.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct codes;
struct server;

enum {
	CODES_MAX = 50000, /* in force at once */
	CODES_BATCHES_MAX = 1000,
	CODES_USED_STEP = 10, /* what is told of uses is rounded down to this */
};

enum store_status codes_load(struct server *server);
void codes_finish(struct server *server); /* NULL is fine */

/* Whether what was typed is a code in force; it counts as used then. */
bool codes_admit(struct server *server, struct text typed);

/* A batch in force; NULL: none of this number. Borrowed until the next change. */
const struct code_batch_row *codes_batch(const struct server *server, int64_t id);
size_t codes_count(const struct server *server);
size_t codes_batches(const struct server *server);

/* Draws codes that are not in force, and what is to be written of them. */
struct code_add *codes_draw(struct server *server, const struct code_batch_row *batch, size_t count,
	char (*out)[CODE_TEXT_BYTES]);

/* They are on disk; or a batch is not in force any more there. */
void codes_keep(struct server *server, const struct code_add *add);
void codes_forget(struct server *server, int64_t batch);

/* Once a second: what was used, once an hour, and what is over. */
void codes_tick(struct server *server);

/* Going down: what was used is written now. */
void codes_flush(struct server *server);

#endif
