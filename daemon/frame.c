/* Frames: one allocation each, header room in front, counted by those who still have to send it. */
#include "daemon/frame.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/xalloc.h"

enum {
	TRIM_WORTH = 256 /* bytes; less is not worth a realloc */
};

static size_t allocation_of(size_t capacity)
{
	return sizeof(struct frame) + FRAME_HEADROOM + capacity;
}

static struct frame *frame_point(struct frame *frame)
{
	frame->bytes = (char *)(frame + 1) + FRAME_HEADROOM;
	return frame;
}

struct frame *frame_create(size_t capacity)
{
	struct frame *frame = xmalloc(allocation_of(capacity));

	frame->refs = 1;
	frame->whole = false;
	frame->several = false;
	frame->secret = false;
	frame->size = (uint32_t)capacity;
	return frame_point(frame);
}

struct frame *frame_trim(struct frame *frame, size_t size)
{
	size_t unused = frame->size - size;

	frame->size = (uint32_t)size;
	if (unused < TRIM_WORTH) {
		return frame;
	}
	return frame_point(xrealloc(frame, allocation_of(size)));
}

struct frame *frame_ref(struct frame *frame)
{
	frame->refs++;
	return frame;
}

void frame_unref(struct frame *frame)
{
	if (frame != NULL && --frame->refs == 0) {
		if (frame->secret) {
			explicit_bzero(frame->bytes, frame->size);
		}
		free(frame);
	}
}
