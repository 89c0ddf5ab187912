/*
 * The daily digest: yesterday in numbers and what waits today, mailed each morning to those whom
 * the school's setting digest_to names. Not a word of a student; numbers of students under 5 are
 * not told, because in a small school they tell who.
 */
#ifndef HARK_DAEMON_DIGEST_H
#define HARK_DAEMON_DIGEST_H

#include <stddef.h>
#include <stdint.h>

struct server;

enum {
	DIGEST_MINUTE = 6 * 60 + 30, /* of the school's day: it is sent then, or soon after */
	DIGEST_TEXT_BYTES = 2000,
};

struct digest_figures {
	int64_t chats, came_back, calls, flags; /* of yesterday */
	int64_t calls_open, unanswered, cases_due; /* now: something is to be done */
};

/* Once a second. */
void digest_tick(struct server *server);

/* The mail's text. Pure. */
void digest_write(const struct digest_figures *figures, const char *school, const char *day,
	const char *where, char out[DIGEST_TEXT_BYTES]);

#endif
