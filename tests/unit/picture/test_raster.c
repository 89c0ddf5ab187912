/* Pixels made smaller and turned. */
#include "picture/raster.h"
#include "tests/unit/tap.h"

static struct raster filled(unsigned width, unsigned height)
{
	struct raster raster = {.width = width, .height = height};
	raster.rgba = malloc((size_t)width * height * 4);
	for (size_t i = 0; i < (size_t)width * height; i++) {
		uint8_t pixel[4] = {(uint8_t)i, (uint8_t)(i >> 8), 7, 255};
		memcpy(raster.rgba + i * 4, pixel, 4);
	}
	return raster;
}

static uint8_t at(const struct raster *raster, unsigned x, unsigned y, unsigned channel)
{
	return raster->rgba[((size_t)y * raster->width + x) * 4 + channel];
}

static void test_same_size_is_the_same_picture(void)
{
	struct raster raster = filled(31, 17), out;
	REQUIRE(raster_shrink(&raster, 31, &out) == PICTURE_OK);
	CHECK_INT(out.width, 31);
	CHECK_INT(out.height, 17);
	CHECK(memcmp(out.rgba, raster.rgba, 31 * 17 * 4) == 0);
	CHECK(!out.transparent);
	raster_finish(&out);
	raster_finish(&raster);
}

static void test_pixels_are_means_of_what_they_stand_for(void)
{
	struct raster raster = filled(4, 2), out; /* 0 1 2 3 / 4 5 6 7 */
	REQUIRE(raster_shrink(&raster, 2, &out) == PICTURE_OK);
	CHECK_INT(out.width, 2);
	CHECK_INT(out.height, 1);
	CHECK_INT(at(&out, 0, 0, 0), 3); /* (0 + 1 + 4 + 5) / 4, rounded */
	CHECK_INT(at(&out, 1, 0, 0), 5);
	CHECK_INT(at(&out, 1, 0, 3), 255);
	raster_finish(&out);
	raster_finish(&raster);
}

static void test_parts_of_pixels_count_in_part(void)
{
	struct raster raster = filled(3, 1), out;
	raster.rgba[0] = 90, raster.rgba[4] = 30, raster.rgba[8] = 0;
	REQUIRE(raster_shrink(&raster, 2, &out) == PICTURE_OK);
	CHECK_INT(at(&out, 0, 0, 0), 70); /* 90 and half of 30 */
	CHECK_INT(at(&out, 1, 0, 0), 10);
	raster_finish(&out);
	raster_finish(&raster);
}

static void test_what_is_not_seen_has_no_colour(void)
{
	struct raster raster = filled(2, 1), out;
	memcpy(raster.rgba, (uint8_t[]){200, 100, 50, 255, 0, 255, 255, 0}, 8);
	REQUIRE(raster_shrink(&raster, 1, &out) == PICTURE_OK);
	CHECK(out.transparent);
	CHECK_INT(at(&out, 0, 0, 0), 200);
	CHECK_INT(at(&out, 0, 0, 1), 100);
	CHECK_INT(at(&out, 0, 0, 3), 128);
	raster_finish(&out);
	raster_finish(&raster);
}

static void test_extreme_proportions(void)
{
	struct shrink shrink;
	uint8_t *row = calloc(PICTURE_SIDE_MAX, 4);
	memset(row, 255, (size_t)PICTURE_SIDE_MAX * 4);
	REQUIRE(shrink_begin(&shrink, PICTURE_SIDE_MAX, 1, 2048) == PICTURE_OK);
	shrink_row(&shrink, row);
	CHECK(shrink_is_complete(&shrink));
	CHECK_INT(shrink.out.width, 2048);
	CHECK_INT(shrink.out.height, 1);
	for (unsigned x = 0; x < 2048; x++) {
		CHECK_INT(at(&shrink.out, x, 0, 0), 255);
		CHECK_INT(at(&shrink.out, x, 0, 3), 255);
	}
	shrink_finish(&shrink);
	REQUIRE(shrink_begin(&shrink, 1, PICTURE_SIDE_MAX, 320) == PICTURE_OK);
	for (unsigned y = 0; y < PICTURE_SIDE_MAX; y++) {
		shrink_row(&shrink, row);
	}
	CHECK_INT(shrink.out.width, 1);
	CHECK_INT(shrink.out.height, 320);
	CHECK_INT(at(&shrink.out, 0, 319, 1), 255);
	shrink_finish(&shrink);
	free(row);
}

static void test_sizes_that_are_taken(void)
{
	CHECK_INT(raster_check_size(8000, 5000), PICTURE_OK);
	CHECK_INT(raster_check_size(8000, 5001), PICTURE_TOO_LARGE);
	CHECK_INT(raster_check_size(12000, 1), PICTURE_OK);
	CHECK_INT(raster_check_size(12001, 1), PICTURE_TOO_LARGE);
	CHECK_INT(raster_check_size(UINT32_MAX, UINT32_MAX), PICTURE_TOO_LARGE);
	CHECK_INT(raster_check_size(0, 5), PICTURE_BAD);
}

/* 0 1 2 / 3 4 5, stored so that it is upright once turned by each of the eight. */
static void test_orientations(void)
{
	static const uint8_t upright[9][6] = {
		[1] = {0, 1, 2, 3, 4, 5},
		[2] = {2, 1, 0, 5, 4, 3}, /* mirrored */
		[3] = {5, 4, 3, 2, 1, 0}, /* upside down */
		[4] = {3, 4, 5, 0, 1, 2},
		[5] = {0, 3, 1, 4, 2, 5}, /* rows are columns */
		[6] = {3, 0, 4, 1, 5, 2}, /* a quarter to the right */
		[7] = {5, 2, 4, 1, 3, 0},
		[8] = {2, 5, 1, 4, 0, 3}, /* a quarter to the left */
	};
	for (unsigned orientation = 1; orientation <= 8; orientation++) {
		struct raster raster = filled(3, 2);
		REQUIRE(raster_turn(&raster, orientation) == PICTURE_OK);
		CHECK_INT(raster.width, orientation >= 5 ? 2 : 3);
		for (unsigned i = 0; i < 6; i++) {
			CHECK_INT(raster.rgba[i * 4], upright[orientation][i]);
		}
		raster_finish(&raster);
	}
}

int main(void)
{
	RUN(test_same_size_is_the_same_picture);
	RUN(test_pixels_are_means_of_what_they_stand_for);
	RUN(test_parts_of_pixels_count_in_part);
	RUN(test_what_is_not_seen_has_no_colour);
	RUN(test_extreme_proportions);
	RUN(test_sizes_that_are_taken);
	RUN(test_orientations);
	return tap_done();
}
