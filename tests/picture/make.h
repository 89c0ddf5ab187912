/* Pictures of every kind a test needs, made by the formats' own libraries. */
#ifndef HARK_TESTS_PICTURE_MAKE_H
#define HARK_TESTS_PICTURE_MAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct made {
	uint8_t *bytes; /* free() them; NULL: no such kind */
	size_t size;
};

/* Kinds: see make.c. */
struct made make_picture(const char *kind, unsigned width, unsigned height);

#endif
