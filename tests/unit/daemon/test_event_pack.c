/* Messages joined into one frame, and a frame of several opened again for more. */
#include "daemon/event.h"
#include "daemon/frame.h"
#include "tests/unit/tap.h"

static void add(struct event_pack *pack, const char *text)
{
	event_pack_add_bytes(pack, text, strlen(text));
}

static bool is(const struct frame *frame, const char *text)
{
	return frame->size == strlen(text) && memcmp(frame->bytes, text, frame->size) == 0;
}

static void test_one_goes_as_it_is(void)
{
	struct event_pack pack = {0};
	add(&pack, "{\"n\":1}");
	struct frame *frame = event_pack_frame(&pack);
	CHECK(is(frame, "{\"n\":1}"));
	CHECK(!frame->whole && !frame->several);
	frame_unref(frame);
	event_pack_finish(&pack);
}

static void test_several_are_a_batch(void)
{
	struct event_pack pack = {0};
	add(&pack, "{\"n\":1}");
	add(&pack, "{\"n\":2}");
	struct frame *frame = event_pack_frame(&pack);
	CHECK(is(frame, "{\"type\":\"batch\",\"events\":[{\"n\":1},{\"n\":2}]}"));
	CHECK(frame->whole && frame->several);
	CHECK_INT(pack.count, 0);
	frame_unref(frame);
	event_pack_finish(&pack);
}

static void test_a_batch_is_opened_for_more(void)
{
	struct event_pack pack = {0};
	add(&pack, "{\"n\":1}");
	add(&pack, "{\"n\":2}");
	struct frame *batch = event_pack_frame(&pack);
	event_pack_add_frame(&pack, batch);
	struct frame *again = event_pack_frame(&pack);
	CHECK(is(again, "{\"type\":\"batch\",\"events\":[{\"n\":1},{\"n\":2}]}"));
	add(&pack, "{\"n\":3}");
	struct frame *single = event_pack_frame(&pack);
	event_pack_add_frame(&pack, batch);
	event_pack_add_frame(&pack, single);
	event_pack_add_frame(&pack, batch);
	struct frame *all = event_pack_frame(&pack);
	CHECK(is(all, "{\"type\":\"batch\",\"events\":["
		      "{\"n\":1},{\"n\":2},{\"n\":3},{\"n\":1},{\"n\":2}]}"));
	frame_unref(batch);
	frame_unref(again);
	frame_unref(single);
	frame_unref(all);
	event_pack_finish(&pack);
}

int main(void)
{
	RUN(test_one_goes_as_it_is);
	RUN(test_several_are_a_batch);
	RUN(test_a_batch_is_opened_for_more);
	return tap_done();
}
