/*
 * How much more is asked of the daemon than it can give fairly, and what that costs each: bits of
 * proof of work. Pure; the clock is an argument.
 *
 * Pressure is the daemon's own, never somebody's: rooms opened in the last minute, rooms that wait,
 * wrong codes, guesses at codenames, the queue for Argon2. Without pressure nobody is asked for
 * anything. With it everybody is asked for the same, from 12 bits (a blink) to 17 (about a second
 * of a slow Chromebook, rarely five), a little more where one keyed bucket opens most of them.
 */
#ifndef HARK_DAEMON_PRESSURE_H
#define HARK_DAEMON_PRESSURE_H

#include <stdbool.h>
#include <stdint.h>

enum {
	PRESSURE_BITS_MIN = 12,
	PRESSURE_BITS_MAX = 17,
	PRESSURE_BITS_ADULT = 13, /* at most, of who writes to a counselor alone */
	PRESSURE_BITS_CODES = 14, /* at most, for wrong codes when nothing else is pressing */
	PRESSURE_BITS_SHARE = 1, /* more, where one bucket has most of it */
	PRESSURE_BITS_MOST = PRESSURE_BITS_MAX + PRESSURE_BITS_SHARE, /* ever asked for */
	PRESSURE_BITS_SLACK = 2, /* fewer than are asked for by now are still enough */
};

/* How often something happened in the last minute, as a sliding window of two. All-zero: never. */
struct pressure_count {
	int64_t minute; /* number of the newest */
	int64_t now, before; /* in it, and in the one before */
};

void pressure_note(struct pressure_count *count, int64_t now_ms);
int64_t pressure_in_last_minute(const struct pressure_count *count, int64_t now_ms);

/* One measure against what is usual; above 100 % there is pressure. */
struct pressure_load {
	int64_t is, usual; /* usual is above 0 */
};

/* The bits that the heaviest of these loads asks for: 0 up to 100 %, then 12, one more for each
 * further 25 %, 17 at most. */
unsigned pressure_bits(const struct pressure_load *loads, unsigned count);

#endif
