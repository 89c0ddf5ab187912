/*
 * Proof of work: what a page has to find before it is let on while many come at once. Pure; the
 * clock (monotonic) and the key are the caller's.
 *
 * A challenge is 32 bytes that nothing is kept of: when it ends, what for, how hard, six random
 * bytes, and a keyed BLAKE2b of those and of the tab's token hash. So it cannot be made up, used
 * for something else, made easier, or handed to somebody else's tab. A solution is the challenge
 * and 8 bytes such that SHA-256 of all 40 begins with so many zero bits: one block of a hash that
 * a page can do in a worker without crypto.subtle, which plain http on a LAN does not have. Each
 * opens once: what was taken is remembered until it would have ended, for each purpose by itself,
 * so that whoever fills one memory keeps nobody from another.
 */
#ifndef HARK_DAEMON_WORK_H
#define HARK_DAEMON_WORK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	WORK_KEY_BYTES = 32,
	WORK_TOKEN_BYTES = 32,
	WORK_SALT_BYTES = 6,
	WORK_CHALLENGE_BYTES = 32,
	WORK_BYTES = 40, /* of a solution */
	WORK_LIFE_MS = 120000, /* a challenge's */
	WORK_SPENT_MAX =
		6144, /* taken in one life for one purpose; more are CROWDED until the next */
};

enum work_purpose {
	WORK_ROOM = 1, /* room.start, room.wait */
	WORK_CODENAME = 2, /* codename.open */
	WORK_ADULT = 3, /* room.start, to a counselor alone: easier, so good for nothing else */
};

enum work_status {
	WORK_OK = 0,
	WORK_FORGED, /* not of this key, this purpose or this token */
	WORK_ENDED, /* its time is over */
	WORK_EASY, /* not as many zero bits as it asks for, or it asks for too few */
	WORK_SPENT, /* taken before */
	WORK_CROWDED, /* good, but more were taken than can be remembered */
};

struct work;

/* Made with xalloc; key is copied. */
struct work *work_create(const uint8_t key[WORK_KEY_BYTES], int64_t now_ms);
void work_destroy(struct work *work); /* wipes the key; NULL is fine */

/* A challenge of 1 to 32 bits; salt: random. */
void work_ask(const struct work *work, enum work_purpose purpose, unsigned bits,
	const uint8_t token[WORK_TOKEN_BYTES], const uint8_t salt[WORK_SALT_BYTES], int64_t now_ms,
	uint8_t challenge[WORK_CHALLENGE_BYTES]);

/* Takes a solution, once, of a challenge that asked for at least so many bits. Nothing is
 * remembered of what is refused. */
enum work_status work_take(struct work *work, enum work_purpose purpose, unsigned least_bits,
	const uint8_t token[WORK_TOKEN_BYTES], const uint8_t solution[WORK_BYTES], int64_t now_ms);

/* Whether that opens the door. Nobody who asks for a chat is turned away for want of memory: a tab
 * has one at a time, so the same solution twice gains little. A codename is guessed with each. */
bool work_opens(enum work_status status, enum work_purpose purpose);

/* What the challenge of a solution that was taken asked for. */
unsigned work_bits(const uint8_t solution[WORK_BYTES]);

#endif
