/* Exif's first directory, looked through for one entry. */
#include "picture/exif.h"

#include <stdbool.h>
#include <string.h>

enum {
	TIFF_AT = 6, /* behind "Exif\0\0"; offsets count from here */
	ENTRY_BYTES = 12,
	TAG_ORIENTATION = 0x0112,
	TYPE_SHORT = 3,
};

struct tiff {
	const uint8_t *bytes;
	size_t size;
	bool big_endian;
};

static bool fits(const struct tiff *tiff, size_t at, size_t size)
{
	return at <= tiff->size && size <= tiff->size - at;
}

static unsigned read_16(const struct tiff *tiff, size_t at)
{
	const uint8_t *b = tiff->bytes + at;
	return tiff->big_endian ? (unsigned)b[0] << 8 | b[1] : (unsigned)b[1] << 8 | b[0];
}

static uint32_t read_32(const struct tiff *tiff, size_t at)
{
	uint32_t first = read_16(tiff, at), second = read_16(tiff, at + 2);
	return tiff->big_endian ? first << 16 | second : second << 16 | first;
}

static unsigned orientation_of(const struct tiff *tiff, size_t directory)
{
	if (!fits(tiff, directory, 2)) {
		return 1;
	}
	unsigned count = read_16(tiff, directory);
	for (size_t i = 0, at = directory + 2; i < count; i++, at += ENTRY_BYTES) {
		if (!fits(tiff, at, ENTRY_BYTES)) {
			return 1;
		}
		if (read_16(tiff, at) == TAG_ORIENTATION) {
			bool right =
				read_16(tiff, at + 2) == TYPE_SHORT && read_32(tiff, at + 4) == 1;
			unsigned value = read_16(tiff, at + 8);
			return right && value >= 1 && value <= 8 ? value : 1;
		}
	}
	return 1;
}

unsigned exif_orientation(const uint8_t *bytes, size_t size)
{
	if (size < TIFF_AT + 8 || memcmp(bytes, "Exif\0\0", TIFF_AT) != 0) {
		return 1;
	}
	struct tiff tiff = {.bytes = bytes + TIFF_AT, .size = size - TIFF_AT};
	if (memcmp(tiff.bytes, "MM\0*", 4) == 0) {
		tiff.big_endian = true;
	} else if (memcmp(tiff.bytes, "II*\0", 4) != 0) {
		return 1;
	}
	return orientation_of(&tiff, read_32(&tiff, 4));
}
