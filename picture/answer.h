/*
 * What harkd and hark-picture say to each other, over two pipes: one picture in, one answer out,
 * and the process ends. Both are of one build on one machine: numbers are as they lie in memory.
 */
#ifndef HARK_PICTURE_ANSWER_H
#define HARK_PICTURE_ANSWER_H

#include <stdint.h>

enum {
	PICTURE_BYTES_MAX = 8 * 1024 * 1024, /* of an original */
	PICTURE_SIDE_MAX = 12000, /* pixels of an original's side */
	PICTURE_PIXELS_MAX = 40 * 1000 * 1000, /* of an original */
	PICTURE_SHOWN_SIDE = 2048, /* pixels of the longest side of what is shown */
	PICTURE_SHOWN_BYTES = 2 * 1024 * 1024, /* of what is shown */
	PICTURE_THUMB_SIDE = 320, /* pixels of the thumbnail's longest side */
	PICTURE_THUMB_BYTES = 128 * 1024, /* of the thumbnail */
};

enum picture_type {
	PICTURE_UNKNOWN = 0,
	PICTURE_JPEG = 1,
	PICTURE_PNG = 2,
	PICTURE_WEBP = 3,
};

enum picture_status {
	PICTURE_OK = 0,
	PICTURE_BAD, /* none of the three types, broken, cut off */
	PICTURE_MISLABELLED, /* of another type than was said */
	PICTURE_ANIMATED, /* moves */
	PICTURE_TOO_LARGE, /* bytes, sides or pixels */
	PICTURE_NO_MEMORY, /* within what this process may take */
	PICTURE_UNLOCKED, /* the process could not lock itself in, and read nothing */
};

/* In front of the original. */
struct picture_question {
	uint32_t declared; /* enum picture_type; PICTURE_UNKNOWN: whatever it is */
	uint32_t size; /* bytes that follow */
};

/* In front of the picture as it is shown, which is followed by the thumbnail (a JPEG). */
struct picture_answer {
	uint32_t status; /* enum picture_status; other than PICTURE_OK: the rest is 0 */
	uint32_t type; /* PICTURE_JPEG, or PICTURE_PNG where something is transparent */
	uint32_t width, height; /* pixels */
	uint32_t size, thumb_size; /* bytes */
};

#endif
