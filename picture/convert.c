/* Which format, and what becomes of it. */
#include "picture/convert.h"

#include <stdlib.h>
#include <string.h>

enum {
	QUALITY = 82,
	QUALITY_LEAST = 50, /* rather smaller than worse */
	QUALITY_STEP = 16,
	SIDE_LEAST = 16, /* pixels; no picture of that size is too large in bytes */
	THUMB_QUALITY = 76,
};

enum picture_type format_of(const uint8_t *bytes, size_t size)
{
	if (size >= 3 && memcmp(bytes, "\xff\xd8\xff", 3) == 0) {
		return PICTURE_JPEG;
	}
	if (size >= 8 && memcmp(bytes, "\x89PNG\r\n\x1a\n", 8) == 0) {
		return PICTURE_PNG;
	}
	if (size >= 12 && memcmp(bytes, "RIFF", 4) == 0 && memcmp(bytes + 8, "WEBP", 4) == 0) {
		return PICTURE_WEBP;
	}
	return PICTURE_UNKNOWN;
}

static enum picture_status read_any(enum picture_type type, const uint8_t *bytes, size_t size,
	struct shrink *shrink, unsigned *orientation)
{
	*orientation = 1;
	switch (type) {
	case PICTURE_JPEG:
		return jpeg_read(bytes, size, shrink, orientation);
	case PICTURE_PNG:
		return png_read(bytes, size, shrink);
	case PICTURE_WEBP:
		return webp_read(bytes, size, shrink);
	case PICTURE_UNKNOWN:
		break;
	}
	return PICTURE_BAD;
}

static enum picture_status read_upright(
	enum picture_type type, const uint8_t *bytes, size_t size, struct raster *out)
{
	struct shrink shrink = {0};
	unsigned orientation;
	enum picture_status status = read_any(type, bytes, size, &shrink, &orientation);
	if (status == PICTURE_OK) {
		*out = shrink.out;
		shrink.out = (struct raster){0};
		status = raster_turn(out, orientation);
	}
	shrink_finish(&shrink);
	return status;
}

/* One try: PICTURE_TOO_LARGE where it takes more than `max` bytes. */
static enum picture_status write_within(
	const struct raster *raster, int quality, size_t max, struct written *out)
{
	if (raster->transparent) {
		return png_write(raster, max, out);
	}
	struct written jpeg;
	enum picture_status status = jpeg_write(raster, quality, &jpeg);
	if (status == PICTURE_OK && jpeg.size > max) {
		free(jpeg.bytes);
		return PICTURE_TOO_LARGE;
	}
	if (status == PICTURE_OK) {
		*out = jpeg;
	}
	return status;
}

/* Until it fits: first worse, where the format can be, then smaller. Changes the raster. */
static enum picture_status write_shown(struct raster *raster, struct written *out)
{
	for (int quality = QUALITY;;) {
		enum picture_status status =
			write_within(raster, quality, PICTURE_SHOWN_BYTES, out);
		if (status != PICTURE_TOO_LARGE) {
			return status;
		}
		if (!raster->transparent && quality - QUALITY_STEP >= QUALITY_LEAST) {
			quality -= QUALITY_STEP;
			continue;
		}
		unsigned longest = raster->width > raster->height ? raster->width : raster->height;
		if (longest <= SIDE_LEAST) {
			return status;
		}
		struct raster smaller;
		status = raster_shrink(raster, longest * 3 / 4, &smaller);
		if (status != PICTURE_OK) {
			return status;
		}
		raster_finish(raster);
		*raster = smaller;
	}
}

static enum picture_status write_thumb(const struct raster *raster, struct written *out)
{
	struct raster small;
	enum picture_status status = raster_shrink(raster, PICTURE_THUMB_SIDE, &small);
	if (status == PICTURE_OK) {
		small.transparent = false; /* put on white */
		status = write_within(&small, THUMB_QUALITY, PICTURE_THUMB_BYTES, out);
		raster_finish(&small);
	}
	return status;
}

enum picture_status convert(
	const uint8_t *bytes, size_t size, enum picture_type declared, struct converted *out)
{
	enum picture_type type = format_of(bytes, size);
	if (type == PICTURE_UNKNOWN) {
		return PICTURE_BAD;
	}
	if (declared != PICTURE_UNKNOWN && declared != type) {
		return PICTURE_MISLABELLED;
	}
	struct raster raster = {0};
	struct converted made = {0};
	enum picture_status status = read_upright(type, bytes, size, &raster);
	if (status == PICTURE_OK) {
		status = write_thumb(&raster, &made.thumb);
	}
	if (status == PICTURE_OK) {
		status = write_shown(&raster, &made.shown);
	}
	if (status == PICTURE_OK) {
		made.type = raster.transparent ? PICTURE_PNG : PICTURE_JPEG;
		made.width = raster.width;
		made.height = raster.height;
		*out = made;
	} else {
		converted_finish(&made);
	}
	raster_finish(&raster);
	return status;
}

void converted_finish(struct converted *converted)
{
	free(converted->shown.bytes);
	free(converted->thumb.bytes);
	*converted = (struct converted){0};
}
