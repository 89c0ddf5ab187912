/* Smaller and upright. */
#include "picture/raster.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum {
	CHANNELS = 4
};

void raster_finish(struct raster *raster)
{
	free(raster->rgba);
	*raster = (struct raster){0};
}

enum picture_status raster_check_size(uint64_t width, uint64_t height)
{
	if (width == 0 || height == 0) {
		return PICTURE_BAD;
	}
	bool fits = width <= PICTURE_SIDE_MAX && height <= PICTURE_SIDE_MAX &&
		    width * height <= PICTURE_PIXELS_MAX;
	return fits ? PICTURE_OK : PICTURE_TOO_LARGE;
}

static unsigned scaled(unsigned length, unsigned longest, unsigned side)
{
	unsigned to = (unsigned)(((uint64_t)length * side + longest / 2) / longest);
	return to > 0 ? to : 1;
}

enum picture_status shrink_begin(
	struct shrink *shrink, unsigned width, unsigned height, unsigned side)
{
	assert(raster_check_size(width, height) == PICTURE_OK);
	unsigned longest = width > height ? width : height;
	bool smaller = longest > side;
	*shrink = (struct shrink){
		.width = width,
		.height = height,
		.out.width = smaller ? scaled(width, longest, side) : width,
		.out.height = smaller ? scaled(height, longest, side) : height,
	};
	size_t across = (size_t)shrink->out.width * CHANNELS;
	shrink->line = malloc(across * sizeof(*shrink->line));
	shrink->sums = calloc(across, sizeof(*shrink->sums));
	shrink->out.rgba = malloc(across * shrink->out.height);
	bool got = shrink->line != NULL && shrink->sums != NULL && shrink->out.rgba != NULL;
	return got ? PICTURE_OK : PICTURE_NO_MEMORY;
}

void shrink_finish(struct shrink *shrink)
{
	free(shrink->line);
	free(shrink->sums);
	raster_finish(&shrink->out);
	*shrink = (struct shrink){0};
}

bool shrink_is_complete(const struct shrink *shrink)
{
	return shrink->row == shrink->height;
}

static void add(uint32_t *to, const uint8_t *pixel, uint32_t weight)
{
	uint32_t alpha = pixel[3] * weight;
	to[0] += pixel[0] * alpha;
	to[1] += pixel[1] * alpha;
	to[2] += pixel[2] * alpha;
	to[3] += alpha;
}

/*
 * A row's pixels laid over the narrower row's: with lengths in such units that an incoming pixel
 * is out.width long and an outgoing one `width`, all overlaps are whole numbers. Weights of one
 * outgoing pixel add up to `width`; 255 * 255 * PICTURE_SIDE_MAX fits into 32 bits.
 */
static void narrow(struct shrink *shrink, const uint8_t *rgba)
{
	uint32_t from = shrink->width, to = shrink->out.width;
	uint32_t *pixel = shrink->line;
	uint32_t left = from; /* of the outgoing pixel, not yet covered */
	memset(shrink->line, 0, (size_t)to * CHANNELS * sizeof(*shrink->line));
	for (uint32_t x = 0; x < from; x++, rgba += CHANNELS) {
		uint32_t here = to < left ? to : left;
		shrink->out.transparent |= rgba[3] != 255;
		add(pixel, rgba, here);
		left -= here;
		if (left == 0 && x + 1 < from) {
			pixel += CHANNELS;
			left = from;
		}
		if (here < to) {
			add(pixel, rgba, to - here);
			left -= to - here;
		}
	}
}

static void add_line(struct shrink *shrink, uint64_t weight)
{
	for (size_t i = 0; i < (size_t)shrink->out.width * CHANNELS; i++) {
		shrink->sums[i] += shrink->line[i] * weight;
	}
}

/* The sums are means, times the area; colours are weighted by alpha. */
static void emit_row(struct shrink *shrink, unsigned at)
{
	uint64_t area = (uint64_t)shrink->width * shrink->height;
	size_t across = (size_t)shrink->out.width * CHANNELS;
	uint8_t *to = shrink->out.rgba + across * at;
	for (size_t i = 0; i < across; i += CHANNELS) {
		uint64_t alpha = shrink->sums[i + 3];
		for (size_t c = 0; c < 3; c++) {
			uint64_t sum = shrink->sums[i + c];
			to[i + c] = (uint8_t)(alpha > 0 ? (sum + alpha / 2) / alpha : 0);
		}
		to[i + 3] = (uint8_t)((alpha + area / 2) / area);
	}
	memset(shrink->sums, 0, across * sizeof(*shrink->sums));
}

void shrink_row(struct shrink *shrink, const uint8_t *rgba)
{
	assert(!shrink_is_complete(shrink));
	uint64_t from = shrink->height, to = shrink->out.height;
	uint64_t begin = shrink->row * to, end = begin + to;
	unsigned first = (unsigned)(begin / from);
	uint64_t edge = (first + UINT64_C(1)) * from; /* of the outgoing row it begins in */
	narrow(shrink, rgba);
	shrink->row++;
	add_line(shrink, (end < edge ? end : edge) - begin);
	if (end >= edge) {
		emit_row(shrink, first);
		if (end > edge) {
			add_line(shrink, end - edge);
		}
	}
}

enum picture_status raster_shrink(const struct raster *raster, unsigned side, struct raster *out)
{
	struct shrink shrink;
	enum picture_status status = shrink_begin(&shrink, raster->width, raster->height, side);
	if (status == PICTURE_OK) {
		for (unsigned y = 0; y < raster->height; y++) {
			shrink_row(&shrink, raster->rgba + (size_t)y * raster->width * CHANNELS);
		}
		*out = shrink.out;
		shrink.out = (struct raster){0};
	}
	shrink_finish(&shrink);
	return status;
}

enum picture_status raster_turn(struct raster *raster, unsigned orientation)
{
	if (orientation < 2 || orientation > 8) {
		return PICTURE_OK;
	}
	bool turned = orientation >= 5; /* rows become columns */
	/* Where the stored picture's first row and column lie in the upright one. */
	bool from_right =
		orientation == 2 || orientation == 3 || orientation == 6 || orientation == 7;
	bool from_below =
		orientation == 3 || orientation == 4 || orientation == 7 || orientation == 8;
	struct raster out = *raster;
	out.width = turned ? raster->height : raster->width;
	out.height = turned ? raster->width : raster->height;
	out.rgba = malloc((size_t)out.width * out.height * CHANNELS);
	if (out.rgba == NULL) {
		return PICTURE_NO_MEMORY;
	}
	const uint8_t *from = raster->rgba;
	for (unsigned y = 0; y < raster->height; y++) {
		for (unsigned x = 0; x < raster->width; x++, from += CHANNELS) {
			unsigned across = turned ? y : x, down = turned ? x : y;
			across = from_right ? out.width - 1 - across : across;
			down = from_below ? out.height - 1 - down : down;
			size_t at = (size_t)down * out.width + across;
			memcpy(out.rgba + at * CHANNELS, from, CHANNELS);
		}
	}
	raster_finish(raster);
	*raster = out;
	return PICTURE_OK;
}
