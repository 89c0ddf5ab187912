/*
 * How long a name has to wait after wrong passwords. The same for a name nobody has as for an
 * account: otherwise the sixth guess would tell which names are some. Names that are no account's
 * are kept as keyed hashes, in memory alone, bounded, and both are forgotten after the same time.
 * Pure; the clock (monotonic) and the key are the caller's.
 */
#ifndef HARK_DAEMON_SIGNIN_WAIT_H
#define HARK_DAEMON_SIGNIN_WAIT_H

#include "daemon/idmap.h"

#include <stddef.h>
#include <stdint.h>

enum {
	SIGNIN_FREE_FAILURES = 5, /* wrong passwords in a row before one has to wait */
	SIGNIN_WAIT_MAX_S = 60,
	SIGNIN_FORGET_MS = 15 * 60 * 1000, /* after the last wrong one */
	SIGNIN_KEY_BYTES = 16,
	/* More than one lane of Argon2 can try in SIGNIN_FORGET_MS: none is forgotten earlier. */
	SIGNIN_STRANGERS_MAX = 16384,
};

struct signin_wait {
	unsigned failures; /* in a row */
	int64_t failed_ms; /* the last; 0: none */
	int64_t until_ms; /* nothing is tried before */
};

void signin_wait_note(struct signin_wait *wait, int64_t now_ms); /* a wrong password */
int64_t signin_wait_left_ms(const struct signin_wait *wait, int64_t now_ms); /* 0: none */

/* Names that are no account's. */
struct signin_strangers {
	uint8_t key[SIGNIN_KEY_BYTES];
	struct idmap by_name;
	int64_t swept_ms;
};

uint64_t signin_stranger_of(
	const struct signin_strangers *strangers, const char *name, size_t size); /* never 0 */
int64_t signin_stranger_left_ms(
	const struct signin_strangers *strangers, uint64_t stranger, int64_t now_ms);
void signin_stranger_note(struct signin_strangers *strangers, uint64_t stranger, int64_t now_ms);
void signin_strangers_finish(struct signin_strangers *strangers);

#endif
