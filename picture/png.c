/* PNG, through libpng. */
#include "picture/formats.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>

enum {
	CHUNK_MAX = 4 * 1024 * 1024, /* bytes one chunk may take, also once it is inflated */
	CHUNKS_MAX = 64, /* that the library may keep */
};

struct reader {
	png_structp png;
	png_infop info;
	const uint8_t *bytes;
	size_t left; /* of bytes */
	uint8_t *pixels; /* one row; of an interlaced picture all of them */
	bool out_of_memory;
};

static void on_read(png_structp png, png_bytep to, size_t size)
{
	struct reader *reader = png_get_io_ptr(png);
	if (size > reader->left) {
		png_error(png, "cut off");
	}
	memcpy(to, reader->bytes, size);
	reader->bytes += size;
	reader->left -= size;
}

_Noreturn static void on_error(png_structp png, png_const_charp text)
{
	(void)text;
	png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp text)
{
	(void)png;
	(void)text;
}

/* What is neither pixels, palette nor transparency is thrown away unread: text, time, profiles. */
static void set_limits(png_structp png)
{
	static const png_byte skipped[] = "bKGD\0cHRM\0cICP\0eXIf\0gAMA\0hIST\0iCCP\0iTXt\0oFFs\0"
					  "pCAL\0pHYs\0sBIT\0sCAL\0sPLT\0sRGB\0sTER\0tEXt\0tIME\0"
					  "zTXt";
	png_set_user_limits(png, PICTURE_SIDE_MAX, PICTURE_SIDE_MAX);
	png_set_chunk_malloc_max(png, CHUNK_MAX);
	png_set_chunk_cache_max(png, CHUNKS_MAX);
	png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, 0);
	png_set_keep_unknown_chunks(
		png, PNG_HANDLE_CHUNK_NEVER, skipped, (int)(sizeof(skipped) / 5));
}

/* Whatever is stored comes as RGBA of eight bits. */
static void set_form(png_structp png)
{
	png_set_expand(png);
	png_set_scale_16(png);
	png_set_gray_to_rgb(png);
	png_set_add_alpha(png, 0xff, PNG_FILLER_AFTER);
}

/* The rows of an interlaced picture are complete only after the last of seven passes. */
static void read_rows(struct reader *reader, struct shrink *shrink, int passes)
{
	size_t across = (size_t)shrink->width * 4;
	for (int pass = 0; pass < passes; pass++) {
		for (unsigned y = 0; y < shrink->height; y++) {
			uint8_t *row = reader->pixels + (passes > 1 ? across * y : 0);
			png_read_row(reader->png, row, NULL);
			if (pass == passes - 1) {
				shrink_row(shrink, row);
			}
		}
	}
}

static enum picture_status read_picture(struct reader *reader, struct shrink *shrink)
{
	png_structp png = reader->png;
	set_limits(png);
	png_set_read_fn(png, reader, on_read);
	png_read_info(png, reader->info);
	unsigned width = png_get_image_width(png, reader->info);
	unsigned height = png_get_image_height(png, reader->info);
	enum picture_status status = raster_check_size(width, height);
	if (status != PICTURE_OK) {
		return status;
	}
	set_form(png);
	int passes = png_set_interlace_handling(png);
	png_read_update_info(png, reader->info);
	if (png_get_rowbytes(png, reader->info) != (size_t)width * 4) {
		return PICTURE_BAD;
	}
	status = shrink_begin(shrink, width, height, PICTURE_SHOWN_SIDE);
	reader->pixels = calloc(passes > 1 ? height : 1, (size_t)width * 4);
	if (status != PICTURE_OK || reader->pixels == NULL) {
		return PICTURE_NO_MEMORY;
	}
	read_rows(reader, shrink, passes);
	png_read_end(png, NULL);
	return PICTURE_OK;
}

/* The header's two numbers, before the library may find them too large and call that an error. */
static enum picture_status check_header(const uint8_t *bytes, size_t size)
{
	enum {
		SIZE_AT = 16
	}; /* RFC 2083 3.4: signature, length, IHDR */
	if (size < SIZE_AT + 8 || memcmp(bytes + 12, "IHDR", 4) != 0) {
		return PICTURE_BAD;
	}
	return raster_check_size(
		png_get_uint_32(bytes + SIZE_AT), png_get_uint_32(bytes + SIZE_AT + 4));
}

enum picture_status png_read(const uint8_t *bytes, size_t size, struct shrink *shrink)
{
	enum picture_status volatile status = check_header(bytes, size);
	if (status != PICTURE_OK) {
		return status;
	}
	struct reader *reader = calloc(1, sizeof(*reader));
	if (reader == NULL) {
		return PICTURE_NO_MEMORY;
	}
	reader->bytes = bytes;
	reader->left = size;
	reader->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, NULL, on_error, on_warning);
	reader->info = reader->png != NULL ? png_create_info_struct(reader->png) : NULL;
	status = reader->info != NULL ? PICTURE_BAD : PICTURE_NO_MEMORY;
	if (reader->info != NULL && setjmp(png_jmpbuf(reader->png)) == 0) {
		status = read_picture(reader, shrink);
	}
	png_destroy_read_struct(&reader->png, &reader->info, NULL);
	free(reader->pixels);
	free(reader);
	return status;
}

enum picture_status png_write(const struct raster *raster, size_t max, struct written *out)
{
	png_image image = {
		.version = PNG_IMAGE_VERSION,
		.width = raster->width,
		.height = raster->height,
		.format = PNG_FORMAT_RGBA,
	};
	uint8_t *bytes = malloc(max);
	if (bytes == NULL) {
		return PICTURE_NO_MEMORY;
	}
	png_alloc_size_t size = max; /* then: what it takes, also when that is more */
	int done = png_image_write_to_memory(&image, bytes, &size, 0, raster->rgba, 0, NULL);
	bool larger = size > max;
	png_image_free(&image);
	if (!done) {
		free(bytes);
		return larger ? PICTURE_TOO_LARGE : PICTURE_NO_MEMORY;
	}
	*out = (struct written){bytes, size};
	return PICTURE_OK;
}
