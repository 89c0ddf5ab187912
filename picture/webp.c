/* WebP, through libwebp. */
#include "picture/formats.h"

#include <stdlib.h>

#include <webp/decode.h>

/* What the RIFF header says there is (RFC 9649 2.3), all of it and nothing cut off. */
static bool is_whole(const uint8_t *bytes, size_t size)
{
	uint64_t said = (uint64_t)bytes[4] | (uint64_t)bytes[5] << 8 | (uint64_t)bytes[6] << 16 |
			(uint64_t)bytes[7] << 24;
	return said + 8 <= size;
}

enum picture_status webp_read(const uint8_t *bytes, size_t size, struct shrink *shrink)
{
	WebPBitstreamFeatures features;
	if (!is_whole(bytes, size) || WebPGetFeatures(bytes, size, &features) != VP8_STATUS_OK) {
		return PICTURE_BAD;
	}
	if (features.has_animation) {
		return PICTURE_ANIMATED;
	}
	unsigned width = (unsigned)features.width, height = (unsigned)features.height;
	enum picture_status status = raster_check_size(width, height);
	if (status != PICTURE_OK) {
		return status;
	}
	WebPDecoderConfig config;
	if (!WebPInitDecoderConfig(&config)) {
		return PICTURE_BAD;
	}
	config.output.colorspace = MODE_RGBA;
	VP8StatusCode decoded = WebPDecode(bytes, size, &config);
	status = decoded == VP8_STATUS_OK              ? PICTURE_OK
		 : decoded == VP8_STATUS_OUT_OF_MEMORY ? PICTURE_NO_MEMORY
						       : PICTURE_BAD;
	if (status == PICTURE_OK) {
		status = shrink_begin(shrink, width, height, PICTURE_SHOWN_SIDE);
	}
	if (status == PICTURE_OK) {
		const WebPRGBABuffer *pixels = &config.output.u.RGBA;
		for (unsigned y = 0; y < height; y++) {
			shrink_row(shrink, pixels->rgba + (size_t)y * (size_t)pixels->stride);
		}
	}
	WebPFreeDecBuffer(&config.output);
	return status;
}
