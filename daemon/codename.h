/*
 * The four words a visitor comes back with, and the made-up names and pictures of rooms.
 *
 * 4 of 2,048 words are 44 bits; guessed against Argon2id with a secret salt, throttled, that is
 * enough for a word list a 13-year-old can copy from a screen. The list is Hark's own: 3 to 7
 * letters, a to z, plain words of grade 5, no two alike in the first four letters and none the
 * beginning of another, nothing that hurts, names of nobody.
 */
#ifndef HARK_DAEMON_CODENAME_H
#define HARK_DAEMON_CODENAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	CODENAME_WORDS = 4,
	CODENAME_LIST = 2048,
	CODENAME_TEXT_MAX = 40, /* bytes with single spaces and NUL */
	CODENAME_SLOW_BYTES = 32, /* of the Argon2id hash */
	CODENAME_WINDOW_BYTES = 16, /* of a peppered hash over four list words */
};

/* Draws with `uniform(data, below)`; sodium's randombytes_uniform in the daemon. */
void codename_draw(
	char text[CODENAME_TEXT_MAX], uint32_t (*uniform)(void *data, uint32_t below), void *data);

/* Brings what a person typed into the form drawn: any case, and whatever is no letter (spaces,
 * commas, dashes, "1.") between the words. False: not four words of the list; text is untouched. */
bool codename_normalise(const char *typed, size_t size, char text[CODENAME_TEXT_MAX]);

/*
 * Argon2id (opslimit 2, 64 MiB) over the normalised text with salt = first 16 bytes of
 * BLAKE2b-512(key = pepper, "codename"), so that it can be looked up. About 80 ms: never on the
 * loop. False: no memory.
 */
bool codename_hash(const char text[CODENAME_TEXT_MAX], const uint8_t pepper[32],
	uint8_t hash[CODENAME_SLOW_BYTES]);

/* A fast peppered BLAKE2b of the normalised text: to notice the words inside a message, kept in
 * memory and in the file beside the slow hash only as this. */
void codename_window_hash(const char text[CODENAME_TEXT_MAX], const uint8_t pepper[32],
	uint8_t hash[CODENAME_WINDOW_BYTES]);

/* Does a message hold four list words in a row whose window hash equals `wanted`? At most a few
 * microseconds for an ordinary message. */
bool codename_inside(const char *body, size_t size, const uint8_t pepper[32],
	const uint8_t wanted[CODENAME_WINDOW_BYTES]);

/* A made-up room name ("Paper Lantern") and picture ("lantern-a"), unrelated to any codename. */
void room_name_draw(char *name, size_t name_size, char *picture, size_t picture_size,
	uint32_t (*uniform)(void *data, uint32_t below), void *data);

#endif
