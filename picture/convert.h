/*
 * From an original to what may be shown: the same picture, smaller, upright, and without anything
 * that was not pixels. Pure; what makes it safe to run on a stranger's bytes is sandbox.h.
 */
#ifndef HARK_PICTURE_CONVERT_H
#define HARK_PICTURE_CONVERT_H

#include "picture/formats.h"

struct converted {
	enum picture_type type;
	unsigned width, height; /* pixels */
	struct written shown, thumb; /* at most PICTURE_SHOWN_BYTES and PICTURE_THUMB_BYTES */
};

/* PICTURE_OK and *out, to be finished; or why not, *out untouched. */
enum picture_status convert(
	const uint8_t *bytes, size_t size, enum picture_type declared, struct converted *out);
void converted_finish(struct converted *converted);

#endif
