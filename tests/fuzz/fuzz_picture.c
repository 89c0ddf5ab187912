/*
 * Anything, taken for a picture: it becomes one that may be shown, or is refused; within bounds
 * either way.
 */
#include "picture/convert.h"
#include "tests/fuzz/drive.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct converted converted;
	if (convert(data, size, PICTURE_UNKNOWN, &converted) != PICTURE_OK) {
		return 0;
	}
	const struct written *shown = &converted.shown, *thumb = &converted.thumb;
	assert(converted.width > 0 && converted.width <= PICTURE_SHOWN_SIDE);
	assert(converted.height > 0 && converted.height <= PICTURE_SHOWN_SIDE);
	assert(shown->size <= PICTURE_SHOWN_BYTES && thumb->size <= PICTURE_THUMB_BYTES);
	assert(format_of(shown->bytes, shown->size) == converted.type);
	assert(format_of(thumb->bytes, thumb->size) == PICTURE_JPEG);
	converted_finish(&converted);
	return 0;
}
