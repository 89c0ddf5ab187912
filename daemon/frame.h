/*
 * A frame: the bytes of one message to clients, encoded once, shared by everybody it goes to.
 * In front of the bytes lies room for the transport's header, so that sending copies nothing.
 */
#ifndef HARK_DAEMON_FRAME_H
#define HARK_DAEMON_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	FRAME_HEADROOM = 16
}; /* bytes the transport may overwrite before `bytes` */

struct frame {
	unsigned refs;
	bool secret; /* wiped when it is freed */
	bool whole; /* goes by itself: not to be packed into a `batch` with others */
	bool several; /* is a `batch` of event_pack_frame()'s, which can be opened again */
	uint32_t size; /* bytes of the message */
	char *bytes; /* not terminated; FRAME_HEADROOM writable bytes lie before it */
};

/* Room for `capacity` bytes, one reference. Never NULL. */
struct frame *frame_create(size_t capacity);
/* Gives unused capacity back, if that is worth it, and sets the size. Returns the frame to use. */
struct frame *frame_trim(struct frame *frame, size_t size);
struct frame *frame_ref(struct frame *frame);
void frame_unref(struct frame *frame); /* NULL is fine; the last one frees */

#endif
