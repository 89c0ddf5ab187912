/*
 * From bytes to a handler and from its outcome to an answer: the only place that makes `ok` and
 * `error`. Handlers are named after the rows of messages.def; a row without one does not link.
 */
#ifndef HARK_DAEMON_DISPATCH_H
#define HARK_DAEMON_DISPATCH_H

#include "daemon/policy.h"
#include "protocol/message.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct server;
struct session;

/* Who asked, across an asynchronous step. */
struct asker {
	uint64_t session; /* 0: nobody waits for an answer */
	bool has_ref;
	int64_t ref;
};

#define REQUEST(NAME, name, wire, roles, credits, doc, fields)                                     \
	enum outcome handle_##name(struct session *session, const struct msg_##name *request);
#include "protocol/messages.def"

/* One whole message from a session. */
void dispatch(struct session *session, const char *bytes, size_t size);

/* A message that was parked, once more: it has paid already. */
void dispatch_parked(struct session *session, const char *bytes, size_t size);

/* Or cannot be carried out after all: unavailable. */
void dispatch_refuse_parked(struct session *session, const char *bytes, size_t size);

struct asker dispatch_asker(const struct session *session, bool has_ref, int64_t ref);

/* Answers later. Without effect when the session is gone. room, n: 0 leaves them out. */
void dispatch_answer_ok(
	struct server *server, const struct asker *asker, int64_t room, int64_t n, int64_t at_ms);
void dispatch_answer_error(struct server *server, const struct asker *asker, enum wire_code code);

/* Refuses now; worth another try after wait_ms. */
void dispatch_refuse_until(
	struct session *session, const struct asker *asker, enum wire_code code, int64_t wait_ms);
void dispatch_refuse_too_fast(struct session *session, const struct asker *asker, int64_t wait_ms);

/* Refuses as work_needed: the page does this first (work.h). */
void dispatch_ask_work(struct session *session, const struct asker *asker,
	const uint8_t challenge[32], unsigned bits);

/* The `error` message for a code, with its sentence and where it helps `retry_ms`. */
struct msg_error dispatch_error(enum wire_code code);

#endif
