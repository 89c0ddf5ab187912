/* The 2,048 words codenames are made of. */
#ifndef HARK_DAEMON_WORDS_H
#define HARK_DAEMON_WORDS_H

#include <stddef.h>

enum {
	WORDS_COUNT = 2048,
	WORDS_BYTES = 8, /* of the longest, with NUL */
};

extern const char words_list[WORDS_COUNT][WORDS_BYTES]; /* sorted */

/* The index of a word given in lower-case letters, size bytes of them; -1: not in the list. */
int words_find(const char *letters, size_t size);

#endif
