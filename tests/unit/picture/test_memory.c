/* Every allocation of the converter fails once: it says so, and leaves nothing behind. */
#include "picture/convert.h"
#include "picture/raster.h"
#include "tests/picture/make.h"
#include "tests/unit/tap.h"

#include <png.h>

static int left; /* allocations until one fails; 0: none will */

static bool fails(void)
{
	return left > 0 && --left == 0;
}

/* The linker's names: -Wl,--wrap puts these in front of what picture/ calls, not the libraries. */
void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);
png_infop __real_png_create_info_struct(png_const_structrp png);
png_infop __wrap_png_create_info_struct(png_const_structrp png);
png_structp __real_png_create_read_struct(
	png_const_charp version, png_voidp data, png_error_ptr error, png_error_ptr warning);
png_structp __wrap_png_create_read_struct(
	png_const_charp version, png_voidp data, png_error_ptr error, png_error_ptr warning);

void *__wrap_malloc(size_t size)
{
	return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
	return fails() ? NULL : __real_calloc(count, size);
}

png_infop __wrap_png_create_info_struct(png_const_structrp png)
{
	return fails() ? NULL : __real_png_create_info_struct(png);
}

png_structp __wrap_png_create_read_struct(
	png_const_charp version, png_voidp data, png_error_ptr error, png_error_ptr warning)
{
	return fails() ? NULL : __real_png_create_read_struct(version, data, error, warning);
}

static void fail_each(const char *kind, unsigned width, unsigned height, int least)
{
	struct made made = make_picture(kind, width, height);
	int at = 1;
	for (bool failed = true; failed; at += failed) {
		struct converted converted = {0};
		left = at;
		enum picture_status status =
			convert(made.bytes, made.size, PICTURE_UNKNOWN, &converted);
		failed = left == 0;
		left = 0;
		if (status != (failed ? PICTURE_NO_MEMORY : PICTURE_OK)) {
			printf("# %s, allocation %d: %d\n", kind, at, status);
		}
		CHECK_INT(status, failed ? PICTURE_NO_MEMORY : PICTURE_OK);
		CHECK((status == PICTURE_OK) == (converted.shown.bytes != NULL));
		converted_finish(&converted);
	}
	CHECK(at > least);
	free(made.bytes);
}

static void test_converting(void)
{
	fail_each("jpeg", 60, 40, 10);
	fail_each("png", 60, 40, 10);
	fail_each("png-interlaced", 60, 40, 10);
	fail_each("png-alpha", 60, 40, 10);
	fail_each("webp", 60, 40, 8);
}

/* What is made smaller once more, because it does not fit. */
static void test_making_it_fit(void)
{
	struct made made = make_picture("png-noise-alpha", 860, 860);
	struct converted converted;
	CHECK_INT(convert(made.bytes, made.size, PICTURE_PNG, &converted), PICTURE_OK);
	CHECK_INT(converted.type, PICTURE_PNG);
	CHECK(converted.shown.size <= PICTURE_SHOWN_BYTES);
	CHECK(converted.width < 860 && converted.width >= 320);
	converted_finish(&converted);
	free(made.bytes);
	fail_each("png-noise-alpha", 860, 860, 14);
}

static void test_turning(void)
{
	for (unsigned orientation = 0; orientation <= 9; orientation++) {
		struct raster raster = {.width = 3, .height = 2, .rgba = calloc(6, 4)};
		raster.rgba[0] = 7;
		left = 1;
		bool turns = orientation >= 2 && orientation <= 8;
		CHECK_INT(
			raster_turn(&raster, orientation), turns ? PICTURE_NO_MEMORY : PICTURE_OK);
		left = 0;
		CHECK(raster.width == 3 && raster.rgba[0] == 7); /* as it was */
		raster_finish(&raster);
	}
}

int main(void)
{
	RUN(test_converting);
	RUN(test_making_it_fit);
	RUN(test_turning);
	return tap_done();
}
