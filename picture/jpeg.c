/* JPEG, through libjpeg. */
#include "picture/exif.h"
#include "picture/formats.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jerror.h>
#include <jpeglib.h>

enum {
	SCANS_MAX = 200, /* of a progressive file; each goes over the whole picture */
	SEGMENT_MAX = 0xffff, /* bytes of a marker's data that are kept */
};

/* The library leaves through here. */
struct trouble {
	struct jpeg_error_mgr manager; /* first, as the library knows it */
	jmp_buf out;
	enum picture_status status;
};

_Noreturn static void on_error(j_common_ptr common)
{
	struct trouble *trouble = (struct trouble *)common->err;
	bool memory = trouble->manager.msg_code == JERR_OUT_OF_MEMORY;
	trouble->status = memory ? PICTURE_NO_MEMORY : PICTURE_BAD;
	longjmp(trouble->out, 1);
}

/* The library would paint what is missing grey and go on. */
static void on_message(j_common_ptr common, int level)
{
	int code = common->err->msg_code;
	if (level < 0 && (code == JWRN_HIT_MARKER || code == JWRN_JPEG_EOF)) {
		on_error(common);
	}
}

static void on_output(j_common_ptr common)
{
	(void)common; /* there is nobody to read it */
}

static struct jpeg_error_mgr *trouble_init(struct trouble *trouble)
{
	struct jpeg_error_mgr *manager = jpeg_std_error(&trouble->manager);
	manager->error_exit = on_error;
	manager->emit_message = on_message;
	manager->output_message = on_output;
	trouble->status = PICTURE_BAD;
	return manager;
}

/* ---- reading ---- */

struct reader {
	struct jpeg_decompress_struct jpeg;
	struct trouble trouble;
	struct jpeg_progress_mgr progress;
	uint8_t *row, *rgba; /* one row as it comes; the same as pixels */
	struct shrink *shrink;
	unsigned orientation;
};

/* A few bytes a scan make the decoder go over all of the picture again. */
static void on_progress(j_common_ptr common)
{
	const struct jpeg_decompress_struct *jpeg = (const struct jpeg_decompress_struct *)common;
	if (jpeg->input_scan_number > SCANS_MAX) {
		on_error(common);
	}
}

static void read_orientation(struct reader *reader)
{
	reader->orientation = 1;
	for (jpeg_saved_marker_ptr at = reader->jpeg.marker_list; at != NULL; at = at->next) {
		unsigned orientation = exif_orientation(at->data, at->data_length);
		if (orientation != 1) {
			reader->orientation = orientation;
			return;
		}
	}
}

/* A large picture is decoded at an eighth to seven eighths of its size where that is enough. */
static void choose_scale(struct jpeg_decompress_struct *jpeg)
{
	unsigned width = jpeg->image_width, height = jpeg->image_height;
	unsigned longest = width > height ? width : height;
	jpeg->scale_denom = 8;
	jpeg->scale_num = 1;
	while (jpeg->scale_num < 8 && longest * jpeg->scale_num / 8 < PICTURE_SHOWN_SIDE) {
		jpeg->scale_num++;
	}
}

static void choose_colours(struct jpeg_decompress_struct *jpeg)
{
	bool inks = jpeg->jpeg_color_space == JCS_CMYK || jpeg->jpeg_color_space == JCS_YCCK;
	jpeg->out_color_space = inks ? JCS_CMYK : JCS_EXT_RGBA;
}

/* Adobe's inks are stored inverted, and nobody else writes four: 255 is no ink. */
static void paint_inks(uint8_t *rgba, const uint8_t *inks, unsigned width)
{
	for (unsigned x = 0; x < width; x++, rgba += 4, inks += 4) {
		for (int c = 0; c < 3; c++) {
			rgba[c] = (uint8_t)(inks[c] * inks[3] / 255);
		}
		rgba[3] = 255;
	}
}

static void read_rows(struct reader *reader)
{
	struct jpeg_decompress_struct *jpeg = &reader->jpeg;
	bool inks = jpeg->out_color_space == JCS_CMYK;
	while (jpeg->output_scanline < jpeg->output_height) {
		jpeg_read_scanlines(jpeg, &reader->row, 1);
		if (inks) {
			paint_inks(reader->rgba, reader->row, jpeg->output_width);
		}
		shrink_row(reader->shrink, inks ? reader->rgba : reader->row);
	}
}

static enum picture_status read_picture(struct reader *reader, const uint8_t *bytes, size_t size)
{
	struct jpeg_decompress_struct *jpeg = &reader->jpeg;
	jpeg_mem_src(jpeg, bytes, (unsigned long)size);
	jpeg_save_markers(jpeg, JPEG_APP0 + 1, SEGMENT_MAX);
	jpeg_read_header(jpeg, TRUE);
	enum picture_status status = raster_check_size(jpeg->image_width, jpeg->image_height);
	if (status != PICTURE_OK) {
		return status;
	}
	read_orientation(reader);
	choose_scale(jpeg);
	choose_colours(jpeg);
	reader->progress.progress_monitor = on_progress;
	jpeg->progress = &reader->progress;
	jpeg_start_decompress(jpeg);
	status = shrink_begin(
		reader->shrink, jpeg->output_width, jpeg->output_height, PICTURE_SHOWN_SIDE);
	reader->row = malloc((size_t)jpeg->output_width * 4);
	reader->rgba = malloc((size_t)jpeg->output_width * 4);
	if (status != PICTURE_OK || reader->row == NULL || reader->rgba == NULL) {
		return PICTURE_NO_MEMORY;
	}
	read_rows(reader);
	jpeg_finish_decompress(jpeg);
	return PICTURE_OK;
}

enum picture_status jpeg_read(
	const uint8_t *bytes, size_t size, struct shrink *shrink, unsigned *orientation)
{
	/* On the heap: what is changed between setjmp and longjmp must be there after it. */
	struct reader *reader = calloc(1, sizeof(*reader));
	if (reader == NULL) {
		return PICTURE_NO_MEMORY;
	}
	reader->shrink = shrink;
	reader->jpeg.err = trouble_init(&reader->trouble);
	if (setjmp(reader->trouble.out) == 0) {
		jpeg_create_decompress(&reader->jpeg);
		reader->trouble.status = read_picture(reader, bytes, size);
	}
	enum picture_status status = reader->trouble.status;
	*orientation = reader->orientation;
	jpeg_destroy_decompress(&reader->jpeg);
	free(reader->row);
	free(reader->rgba);
	free(reader);
	return status;
}

/* ---- writing ---- */

struct writer {
	struct jpeg_compress_struct jpeg;
	struct trouble trouble;
	uint8_t *row;
	unsigned char *bytes;
	unsigned long size;
};

static void put_on_white(uint8_t *rgb, const uint8_t *rgba, unsigned width)
{
	for (unsigned x = 0; x < width; x++, rgb += 3, rgba += 4) {
		for (int c = 0; c < 3; c++) {
			int over = rgba[c] * rgba[3] + 255 * (255 - rgba[3]);
			rgb[c] = (uint8_t)((over + 127) / 255);
		}
	}
}

static void write_picture(struct writer *writer, const struct raster *raster, int quality)
{
	struct jpeg_compress_struct *jpeg = &writer->jpeg;
	jpeg_mem_dest(jpeg, &writer->bytes, &writer->size);
	jpeg->image_width = raster->width;
	jpeg->image_height = raster->height;
	jpeg->input_components = 3;
	jpeg->in_color_space = JCS_RGB;
	jpeg_set_defaults(jpeg);
	jpeg_set_quality(jpeg, quality, TRUE);
	jpeg_start_compress(jpeg, TRUE);
	while (jpeg->next_scanline < jpeg->image_height) {
		const uint8_t *from =
			raster->rgba + (size_t)jpeg->next_scanline * raster->width * 4;
		put_on_white(writer->row, from, raster->width);
		jpeg_write_scanlines(jpeg, &writer->row, 1);
	}
	jpeg_finish_compress(jpeg);
}

enum picture_status jpeg_write(const struct raster *raster, int quality, struct written *out)
{
	struct writer *writer = calloc(1, sizeof(*writer));
	uint8_t *row = malloc((size_t)raster->width * 3);
	if (writer == NULL || row == NULL) {
		free(writer);
		free(row);
		return PICTURE_NO_MEMORY;
	}
	writer->row = row;
	writer->jpeg.err = trouble_init(&writer->trouble);
	if (setjmp(writer->trouble.out) == 0) {
		jpeg_create_compress(&writer->jpeg);
		write_picture(writer, raster, quality);
		*out = (struct written){writer->bytes, writer->size};
		writer->bytes = NULL;
		writer->trouble.status = PICTURE_OK;
	}
	bool done = writer->trouble.status == PICTURE_OK;
	jpeg_destroy_compress(&writer->jpeg);
	free(writer->bytes);
	free(writer->row);
	free(writer);
	return done ? PICTURE_OK : PICTURE_NO_MEMORY; /* nothing else can go wrong */
}
