/*
 * Printed codes as people see and type them: ten characters of 29 that cannot be taken for each
 * other (no 0 O 1 I L, nor A and U, so that no word comes out), the last a check. The check is the
 * weighted sum of the others modulo 29, a prime: it finds every single wrong character and every
 * two neighbours that changed places, before anybody is asked. Pure.
 */
#ifndef HARK_DAEMON_CODE_TEXT_H
#define HARK_DAEMON_CODE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	CODE_CHARACTERS = 10,
	CODE_TEXT_BYTES = CODE_CHARACTERS + 2, /* "XXXXX-XXXXX" and NUL */
};

/* Draws one; random(data, below) is uniform below `below`. About 2^43 are possible. */
void code_text_draw(
	char out[CODE_TEXT_BYTES], uint32_t (*random)(void *data, uint32_t below), void *data);

/* What was typed, as it was printed. Letter case, blanks and dashes do not matter. False: it is no
 * code at all. */
bool code_text_read(const char *typed, size_t size, char out[CODE_TEXT_BYTES]);

#endif
