/*
 * The three formats: how each is known, read and, two of them, written. Readers look at the size
 * before they decode anything, refuse what is cut off or broken, and give the pixels on row by row
 * to a `shrink`, which they begin.
 */
#ifndef HARK_PICTURE_FORMATS_H
#define HARK_PICTURE_FORMATS_H

#include "picture/raster.h"

#include <stddef.h>

/* By its first bytes, whatever it was said to be. */
enum picture_type format_of(const uint8_t *bytes, size_t size);

/* Each: PICTURE_OK and a complete shrink (begun with PICTURE_SHOWN_SIDE), or why not; the shrink,
 * all-zero before, is to be finished either way. */
enum picture_status jpeg_read(
	const uint8_t *bytes, size_t size, struct shrink *shrink, unsigned *orientation);
enum picture_status png_read(const uint8_t *bytes, size_t size, struct shrink *shrink);
enum picture_status webp_read(const uint8_t *bytes, size_t size, struct shrink *shrink);

/* Bytes of a file, free()d by the caller. */
struct written {
	uint8_t *bytes;
	size_t size;
};

/* Transparent parts become white. PICTURE_OK, or PICTURE_NO_MEMORY. */
enum picture_status jpeg_write(const struct raster *raster, int quality, struct written *out);

/* PICTURE_OK; PICTURE_TOO_LARGE: more than `max` bytes; PICTURE_NO_MEMORY. */
enum picture_status png_write(const struct raster *raster, size_t max, struct written *out);

#endif
