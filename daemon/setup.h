/* What requests that change the school have in common: who may, what is said, what is noted. */
#ifndef HARK_DAEMON_SETUP_H
#define HARK_DAEMON_SETUP_H

#include "daemon/dispatch.h"

#include <stdbool.h>

/* A refusal with a sentence of its own. */
enum outcome setup_refuse(struct session *session, const struct asker *asker, enum wire_code code,
	const char *sentence);

/* Whether a change would reach the file, and the audit. */
bool setup_may_change(const struct server *server);

/*
 * Says in the audit what is changed. Before the change is handed over: both go one way to the disk,
 * so whatever is changed is in the audit, whatever happens between them.
 */
void setup_note(struct session *session, enum wire_audit_what what, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
