/* Frames: headroom that may be overwritten, trimming that keeps the bytes, counting that frees. */
#include "daemon/frame.h"
#include "tests/unit/tap.h"

static void test_headroom_is_writable_and_apart(void)
{
	struct frame *frame = frame_create(10);

	memcpy(frame->bytes, "0123456789", 10);
	memset(frame->bytes - FRAME_HEADROOM, 0xff, FRAME_HEADROOM);
	CHECK_INT(frame->refs, 1);
	CHECK_INT(frame->size, 10);
	CHECK(memcmp(frame->bytes, "0123456789", 10) == 0);
	frame_unref(frame);
}

static void test_trim_keeps_the_bytes(void)
{
	for (size_t size = 0; size <= 2000; size += 100) {
		struct frame *frame = frame_create(2000);
		for (size_t i = 0; i < size; i++) {
			frame->bytes[i] = (char)('a' + i % 26);
		}
		frame = frame_trim(frame, size);
		CHECK_INT(frame->size, size);
		CHECK_INT(frame->refs, 1);
		size_t wrong = 0;
		for (size_t i = 0; i < size; i++) {
			wrong += frame->bytes[i] != (char)('a' + i % 26);
		}
		CHECK_INT(wrong, 0);
		memset(frame->bytes - FRAME_HEADROOM, 0, FRAME_HEADROOM);
		frame_unref(frame);
	}
}

static void test_the_last_reference_frees(void)
{
	struct frame *frame = frame_create(0);

	CHECK(frame_ref(frame) == frame);
	CHECK_INT(frame->refs, 2);
	frame_unref(frame);
	CHECK_INT(frame->refs, 1);
	frame_unref(frame);
	frame_unref(NULL);
}

int main(void)
{
	RUN(test_headroom_is_writable_and_apart);
	RUN(test_trim_keeps_the_bytes);
	RUN(test_the_last_reference_frees);
	return tap_done();
}
