/* The kinds of pictures tests want. */
#include "tests/picture/make.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
#include <png.h>
#include <webp/encode.h>

/* Red grows to the right, green downward; alpha to the right where it is wanted. */
static uint8_t *slope(unsigned width, unsigned height, bool alpha, bool noise)
{
	uint8_t *rgba = malloc((size_t)width * height * 4), *at = rgba;
	uint32_t state = 1;
	for (unsigned y = 0; y < height; y++) {
		for (unsigned x = 0; x < width; x++, at += 4) {
			state = state * 1664525 + 1013904223;
			at[0] = (uint8_t)(noise ? state >> 24 : x * 255 / width);
			at[1] = (uint8_t)(noise ? state >> 16 : y * 255 / height);
			at[2] = (uint8_t)(noise ? state >> 8 : 128);
			at[3] = (uint8_t)(alpha ? x * 255 / width : 255);
		}
	}
	return rgba;
}

static struct made make_jpeg(
	const uint8_t *rgba, unsigned width, unsigned height, J_COLOR_SPACE space, bool scans)
{
	struct jpeg_error_mgr manager;
	struct jpeg_compress_struct jpeg = {.err = jpeg_std_error(&manager)};
	unsigned char *bytes = NULL;
	unsigned long size = 0;
	int channels = space == JCS_CMYK ? 4 : space == JCS_GRAYSCALE ? 1 : 3;
	jpeg_create_compress(&jpeg);
	jpeg_mem_dest(&jpeg, &bytes, &size);
	jpeg.image_width = width;
	jpeg.image_height = height;
	jpeg.input_components = channels;
	jpeg.in_color_space = space;
	jpeg_set_defaults(&jpeg);
	jpeg_set_quality(&jpeg, 95, TRUE);
	if (scans) {
		jpeg_simple_progression(&jpeg);
	}
	jpeg_start_compress(&jpeg, TRUE);
	uint8_t *row = malloc((size_t)width * 4);
	while (jpeg.next_scanline < height) {
		const uint8_t *from = rgba + (size_t)jpeg.next_scanline * width * 4;
		for (unsigned x = 0; x < width; x++) {
			memcpy(row + (size_t)x * (size_t)channels, from + (size_t)x * 4,
				(size_t)channels);
		}
		jpeg_write_scanlines(&jpeg, &row, 1);
	}
	free(row);
	jpeg_finish_compress(&jpeg);
	jpeg_destroy_compress(&jpeg);
	return (struct made){bytes, size};
}

static void on_write(png_structp png, png_bytep bytes, size_t size)
{
	fwrite(bytes, 1, size, png_get_io_ptr(png));
}

static void on_flush(png_structp png)
{
	(void)png;
}

/* With words in it, which nobody else shall read. */
static struct made make_png(
	uint8_t *rgba, unsigned width, unsigned height, bool alpha, bool interlaced)
{
	char *bytes = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&bytes, &size);
	png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
	png_infop info = png_create_info_struct(png);
	png_set_write_fn(png, out, on_write, on_flush);
	png_set_IHDR(png, info, width, height, 8, alpha ? PNG_COLOR_TYPE_RGBA : PNG_COLOR_TYPE_RGB,
		interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
		PNG_FILTER_TYPE_DEFAULT);
	png_text text = {.compression = PNG_TEXT_COMPRESSION_NONE,
		.key = (char *)(uintptr_t) "Comment",
		.text = (char *)(uintptr_t) "WHERE-IT-WAS-TAKEN"};
	png_set_text(png, info, &text, 1);
	png_write_info(png, info);
	if (!alpha) {
		png_set_filler(png, 0, PNG_FILLER_AFTER);
	}
	int passes = png_set_interlace_handling(png);
	for (int pass = 0; pass < passes; pass++) {
		for (unsigned y = 0; y < height; y++) {
			png_write_row(png, rgba + (size_t)y * width * 4);
		}
	}
	png_write_end(png, info);
	png_destroy_write_struct(&png, &info);
	fclose(out);
	return (struct made){(uint8_t *)bytes, size};
}

static struct made make_webp(const uint8_t *rgba, unsigned width, unsigned height, bool lossless)
{
	uint8_t *bytes = NULL, *copy;
	int stride = (int)width * 4;
	size_t size;
	if (lossless) {
		size = WebPEncodeLosslessRGBA(rgba, (int)width, (int)height, stride, &bytes);
	} else {
		size = WebPEncodeRGBA(rgba, (int)width, (int)height, stride, 80, &bytes);
	}
	copy = malloc(size + 1);
	memcpy(copy, bytes, size);
	WebPFree(bytes);
	return (struct made){copy, size};
}

/* A header that says the picture moves, and one frame: as far as anybody here looks. */
static struct made make_animated(const uint8_t *rgba, unsigned width, unsigned height)
{
	struct made still = make_webp(rgba, width, height, false);
	size_t frame = still.size - 12, size = 12 + 18 + 14 + 8 + 16 + frame;
	uint8_t *bytes = calloc(1, size), *at = bytes;
	uint32_t riff = (uint32_t)(size - 8), chunk = (uint32_t)(16 + frame);
	memcpy(at, "RIFF", 4);
	memcpy(at + 4, &riff, 4);
	memcpy(at + 8, "WEBPVP8X\x0a\0\0\0\x02\0\0\0", 16);
	at[24] = (uint8_t)(width - 1);
	at[25] = (uint8_t)((width - 1) >> 8);
	at[27] = (uint8_t)(height - 1);
	at[28] = (uint8_t)((height - 1) >> 8);
	memcpy(at + 30, "ANIM\x06\0\0\0\0\0\0\0\0\0", 14);
	memcpy(at + 44, "ANMF", 4);
	memcpy(at + 48, &chunk, 4);
	memcpy(at + 58, at + 24, 6);
	memcpy(at + 68, still.bytes + 12, frame);
	free(still.bytes);
	return (struct made){bytes, size};
}

struct made make_picture(const char *kind, unsigned width, unsigned height)
{
	bool alpha = strstr(kind, "alpha") != NULL, noise = strstr(kind, "noise") != NULL;
	uint8_t *rgba = slope(width, height, alpha, noise);
	struct made made = {0};
	if (strcmp(kind, "jpeg") == 0 || strcmp(kind, "noise") == 0) {
		made = make_jpeg(rgba, width, height, JCS_RGB, false);
	} else if (strcmp(kind, "progressive") == 0) {
		made = make_jpeg(rgba, width, height, JCS_RGB, true);
	} else if (strcmp(kind, "gray") == 0) {
		made = make_jpeg(rgba, width, height, JCS_GRAYSCALE, false);
	} else if (strcmp(kind, "cmyk") == 0) {
		made = make_jpeg(rgba, width, height, JCS_CMYK, false);
	} else if (strncmp(kind, "png", 3) == 0) {
		made = make_png(rgba, width, height, alpha, strcmp(kind, "png-interlaced") == 0);
	} else if (strcmp(kind, "webp-animated") == 0) {
		made = make_animated(rgba, width, height);
	} else if (strncmp(kind, "webp", 4) == 0) {
		made = make_webp(rgba, width, height, strcmp(kind, "webp-lossless") == 0);
	}
	free(rgba);
	return made;
}
