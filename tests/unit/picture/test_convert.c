/* Pictures of every kind, whole and broken, through the converter. */
#include "picture/convert.h"
#include "picture/raster.h"
#include "tests/picture/make.h"
#include "tests/unit/tap.h"

static enum picture_status try(
	const struct made *made, enum picture_type declared, struct converted *out)
{
	/* In memory of exactly that size, so that a sanitizer sees a byte too far. */
	uint8_t *copy = malloc(made->size);
	memcpy(copy, made->bytes, made->size);
	enum picture_status status = convert(copy, made->size, declared, out);
	free(copy);
	return status;
}

static bool holds(const struct written *file, const char *words)
{
	return memmem(file->bytes, file->size, words, strlen(words)) != NULL;
}

static void check_kind(const char *kind, enum picture_type type, enum picture_type becomes)
{
	struct made made = make_picture(kind, 2500, 500);
	struct converted converted;
	enum picture_status status = try(&made, type, &converted);
	CHECK_INT(status, PICTURE_OK);
	if (status == PICTURE_OK) {
		CHECK_INT(converted.type, becomes);
		CHECK_INT(converted.width, 2048);
		CHECK_INT(converted.height, 410);
		CHECK_INT(format_of(converted.shown.bytes, converted.shown.size), becomes);
		CHECK_INT(format_of(converted.thumb.bytes, converted.thumb.size), PICTURE_JPEG);
		CHECK(converted.shown.size <= PICTURE_SHOWN_BYTES);
		CHECK(converted.thumb.size <= PICTURE_THUMB_BYTES);
		CHECK(!holds(&converted.shown, "WHERE"));
		CHECK(!holds(&converted.thumb, "WHERE"));
		struct shrink shrink = {0};
		unsigned orientation;
		CHECK_INT(jpeg_read(converted.thumb.bytes, converted.thumb.size, &shrink,
				  &orientation),
			PICTURE_OK);
		CHECK_INT(shrink.out.width, 320);
		CHECK_INT(shrink.out.height, 64);
		converted_finish(&converted);
		shrink_finish(&shrink);
	}
	free(made.bytes);
}

static void test_every_kind(void)
{
	check_kind("jpeg", PICTURE_JPEG, PICTURE_JPEG);
	check_kind("progressive", PICTURE_JPEG, PICTURE_JPEG);
	check_kind("gray", PICTURE_JPEG, PICTURE_JPEG);
	check_kind("cmyk", PICTURE_JPEG, PICTURE_JPEG);
	check_kind("png", PICTURE_PNG, PICTURE_JPEG);
	check_kind("png-interlaced", PICTURE_PNG, PICTURE_JPEG);
	check_kind("png-alpha", PICTURE_PNG, PICTURE_PNG);
	check_kind("webp", PICTURE_WEBP, PICTURE_JPEG);
	check_kind("webp-alpha", PICTURE_WEBP, PICTURE_PNG);
	check_kind("webp-lossless", PICTURE_WEBP, PICTURE_JPEG);
}

/* Red grows to the right and green downward: so it does on the thumbnail. */
static void test_the_picture_is_the_same(void)
{
	static const char *const kinds[] = {"jpeg", "progressive", "png", "png-interlaced", "webp"};
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct made made = make_picture(kinds[i], 640, 640);
		struct converted converted;
		REQUIRE(try(&made, PICTURE_UNKNOWN, &converted) == PICTURE_OK);
		struct shrink shrink = {0};
		unsigned orientation;
		REQUIRE(jpeg_read(converted.thumb.bytes, converted.thumb.size, &shrink,
				&orientation) == PICTURE_OK);
		const uint8_t *pixel = shrink.out.rgba + ((size_t)80 * 320 + 240) * 4;
		CHECK(abs(pixel[0] - 191) < 12);
		CHECK(abs(pixel[1] - 64) < 12);
		CHECK(abs(pixel[2] - 128) < 12);
		shrink_finish(&shrink);
		converted_finish(&converted);
		free(made.bytes);
	}
}

static void test_noise_is_made_to_fit(void)
{
	struct made made = make_picture("noise", 2048, 2048);
	CHECK(made.size > PICTURE_SHOWN_BYTES);
	struct converted converted;
	REQUIRE(try(&made, PICTURE_JPEG, &converted) == PICTURE_OK);
	CHECK(converted.shown.size <= PICTURE_SHOWN_BYTES);
	CHECK(converted.width >= 1024);
	converted_finish(&converted);
	free(made.bytes);
}

static void test_cut_off_anywhere(void)
{
	static const char *const kinds[] = {
		"jpeg", "progressive", "png", "png-interlaced", "webp", "webp-lossless"};
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct made made = make_picture(kinds[i], 90, 60);
		size_t size = made.size;
		for (made.size = 0; made.size < size; made.size += made.size + 47 < size ? 47 : 1) {
			struct converted converted;
			enum picture_status status =
				made.size > 0 ? try(&made, PICTURE_UNKNOWN, &converted)
					      : PICTURE_BAD;
			if (status != PICTURE_BAD) {
				printf("# %s of %zu bytes cut to %zu: %d\n", kinds[i], size,
					made.size, status);
			}
			CHECK_INT(status, PICTURE_BAD);
		}
		free(made.bytes);
	}
}

static void test_refused(void)
{
	struct converted converted;
	struct made jpeg = make_picture("jpeg", 30, 30),
		    moves = make_picture("webp-animated", 30, 30);
	CHECK_INT(try(&jpeg, PICTURE_PNG, &converted), PICTURE_MISLABELLED);
	CHECK_INT(try(&jpeg, PICTURE_WEBP, &converted), PICTURE_MISLABELLED);
	CHECK_INT(try(&moves, PICTURE_WEBP, &converted), PICTURE_ANIMATED);
	free(jpeg.bytes);
	free(moves.bytes);
	static const char *const others[] = {"GIF89a\1\0\1\0",
		"<svg xmlns='http://www.w3.org/2000/svg'/>", "\xff\xd8\xff", "\x89PNG\r\n\x1a\n",
		"RIFF\xff\xff\xff\xffWEBPVP8 ", "BM", "x"};
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		struct made other = {(uint8_t *)(uintptr_t)others[i], strlen(others[i])};
		CHECK_INT(try(&other, PICTURE_UNKNOWN, &converted), PICTURE_BAD);
	}
}

/* A few bytes that promise more pixels than anybody has memory for. */
static void test_bombs(void)
{
	struct converted converted;
	struct made png = make_picture("png", 30, 30);
	memcpy(png.bytes + 16, "\0\1\0\0\0\1\0\0", 8); /* 65536 x 65536 */
	CHECK_INT(try(&png, PICTURE_PNG, &converted), PICTURE_TOO_LARGE);
	memcpy(png.bytes + 16, "\0\0\x2e\xe0\0\0\x0d\x05",
		8); /* 12000 x 3333, but for its checksum */
	CHECK_INT(try(&png, PICTURE_PNG, &converted), PICTURE_BAD);
	free(png.bytes);
	struct made jpeg = make_picture("jpeg", 30, 30);
	uint8_t *frame = memmem(jpeg.bytes, jpeg.size, "\xff\xc0", 2);
	REQUIRE(frame != NULL);
	memset(frame + 5, 0xff, 4); /* 65535 x 65535 */
	enum picture_status status = try(&jpeg, PICTURE_JPEG, &converted);
	CHECK(status == PICTURE_TOO_LARGE || status == PICTURE_BAD);
	memcpy(frame + 5, "\x2e\xe0\x2e\xe0", 4); /* 12000 x 12000 */
	CHECK_INT(try(&jpeg, PICTURE_JPEG, &converted), PICTURE_TOO_LARGE);
	free(jpeg.bytes);
	struct made webp = make_picture("webp", 30, 30);
	memcpy(webp.bytes + 26, "\xff\x3f\xff\x3f", 4); /* 16383 x 16383 */
	CHECK_INT(try(&webp, PICTURE_WEBP, &converted), PICTURE_TOO_LARGE);
	free(webp.bytes);
}

/* One bit wrong anywhere: a picture or a refusal, and never more than that. */
static void test_broken_anywhere(void)
{
	static const char *const kinds[] = {"jpeg", "progressive", "png-alpha", "webp-alpha"};
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct made made = make_picture(kinds[i], 40, 40);
		for (size_t at = 0; at < made.size; at += 3) {
			struct converted converted;
			made.bytes[at] ^= (uint8_t)(1 << at % 8);
			if (try(&made, PICTURE_UNKNOWN, &converted) == PICTURE_OK) {
				CHECK(converted.shown.size > 0 && converted.thumb.size > 0);
				converted_finish(&converted);
			}
			made.bytes[at] ^= (uint8_t)(1 << at % 8);
		}
		free(made.bytes);
	}
}

int main(void)
{
	RUN(test_every_kind);
	RUN(test_the_picture_is_the_same);
	RUN(test_noise_is_made_to_fit);
	RUN(test_cut_off_anywhere);
	RUN(test_refused);
	RUN(test_bombs);
	RUN(test_broken_anywhere);
	return tap_done();
}
