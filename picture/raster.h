/*
 * Pixels: RGBA, eight bits each, alpha not multiplied in; and the ways from one size or direction
 * to another. Pure.
 */
#ifndef HARK_PICTURE_RASTER_H
#define HARK_PICTURE_RASTER_H

#include "picture/answer.h"

#include <stdbool.h>
#include <stdint.h>

struct raster {
	unsigned width, height; /* pixels */
	bool transparent; /* some pixel is not opaque */
	uint8_t *rgba; /* width * height * 4 bytes; owned */
};

void raster_finish(struct raster *raster);

/*
 * Takes rows from above, one by one, and makes the picture smaller on the way, each pixel the mean
 * of the area it stands for: whatever the original's size, only the small picture is in memory.
 */
struct shrink {
	unsigned width, height; /* pixels that come in */
	unsigned row; /* next to come in */
	uint32_t *line; /* one row, made narrower: per pixel r*a, g*a, b*a, a, times width */
	uint64_t *sums; /* of the rows of the pixels under way */
	struct raster out; /* complete once `height` rows have come */
};

/* PICTURE_OK, or PICTURE_TOO_LARGE where a side or the area is above what is taken. */
enum picture_status raster_check_size(uint64_t width, uint64_t height);

/* Sides are at most `side`, the proportions stay. PICTURE_OK or PICTURE_NO_MEMORY; to be finished
 * either way. */
enum picture_status shrink_begin(
	struct shrink *shrink, unsigned width, unsigned height, unsigned side);
void shrink_row(struct shrink *shrink, const uint8_t *rgba);
bool shrink_is_complete(const struct shrink *shrink);
void shrink_finish(struct shrink *shrink); /* also the raster, if it was not taken */

/* *out is the same picture with sides of at most `side`. */
enum picture_status raster_shrink(const struct raster *raster, unsigned side, struct raster *out);

/* Turns and mirrors in place, so that a picture stored in that direction (TIFF 6.0, Orientation,
 * 1..8) stands upright. PICTURE_OK or PICTURE_NO_MEMORY. */
enum picture_status raster_turn(struct raster *raster, unsigned orientation);

#endif
