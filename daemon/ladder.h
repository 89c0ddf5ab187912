/*
 * The school's ladder: who is told of a call for an adult, when and how, until somebody takes it.
 * One rung a line, "MINUTES | WHO | HOW":
 *
 *	0 | duty | screen, mail, ntfy
 *	6 | everyone | mail, webhook
 *
 * MINUTES since the call, "10s" for seconds, "2m" the same as "2"; WHO is duty, office, everyone or
 * a sign-in name; HOW is a list of channels. After the last rung it is made again: after the time
 * between the last two, then twice that, and so on up to an hour, so that a weekend's calls are
 * neither dropped nor a thousand mails each.
 *
 * Pure. A ladder is climbed by steps: step k is rung k, and beyond the last rung a repetition of
 * it. Time is counted from the step before, so that a clock that was set, or a machine that was
 * off, makes at most one step due at once and puts none off for more than its own time.
 */
#ifndef HARK_DAEMON_LADDER_H
#define HARK_DAEMON_LADDER_H

#include "protocol/message.h"

#include <stddef.h>
#include <stdint.h>

enum {
	LADDER_RUNGS_MAX = 12,
	LADDER_LOGIN_BYTES = 41,
	LADDER_AFTER_MAX_MS = 24 * 60 * 60 * 1000,
};

enum ladder_who {
	LADDER_DUTY, /* adults on duty; when nobody is, every adult */
	LADDER_OFFICE, /* the front office's addresses */
	LADDER_EVERYONE,
	LADDER_LOGIN, /* one adult */
};

struct ladder_rung {
	int64_t after_ms; /* since the call */
	enum ladder_who who;
	char login[LADDER_LOGIN_BYTES]; /* LADDER_LOGIN */
	unsigned channels; /* 1u << enum wire_channel, of each */
};

struct ladder {
	struct ladder_rung rungs[LADDER_RUNGS_MAX];
	size_t count; /* at least 1 */
};

/* Reads one line (not terminated) into *rung, which must not be earlier than `before` (NULL: the
 * first). NULL, or what is wrong. */
const char *ladder_read_rung(
	const char *line, size_t size, const struct ladder_rung *before, struct ladder_rung *rung);

/* The rung that step number `step` (from 0) makes. */
const struct ladder_rung *ladder_rung(const struct ladder *ladder, unsigned step);

/* Between step - 1, or the call, and step. */
int64_t ladder_gap_ms(const struct ladder *ladder, unsigned step);

/* How long ago step - 1 was made, as far as the ladder is concerned: by wall-clock moments, which
 * may lie in any order; 0 to ladder_gap_ms(step). */
int64_t ladder_elapsed_ms(
	const struct ladder *ladder, unsigned step, int64_t since_ms, int64_t now_ms);

/* The first step that is not made at once: where the climb begins for what was handed on. */
unsigned ladder_first_later(const struct ladder *ladder);

#endif
