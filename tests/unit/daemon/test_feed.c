/* Rings and cursors: whoever pulls gets everything once, in order, from the ring or told to read.
 */
#include "daemon/feed.h"
#include "daemon/frame.h"
#include "daemon/session.h"
#include "tests/unit/tap.h"

enum {
	RING = 8
};

static int wakes;

/* Instead of session.c's: only counts. */
void subscription_wake(struct subscription *subscription)
{
	(void)subscription;
	wakes++;
}

static struct session sessions[3] = {{.id = 1}, {.id = 2}, {.id = 3}};

static struct subscription subscribe(struct feed *feed, int who, int64_t cursor)
{
	(void)feed;
	return (struct subscription){
		.session = &sessions[who], .cursor = cursor, .until = INT64_MAX};
}

/* A frame whose bytes are the number of its last event. */
static void publish(struct feed *feed, int64_t from, int64_t to, uint64_t origin)
{
	struct frame *frame = frame_create(sizeof(to));
	memcpy(frame->bytes, &to, sizeof(to));
	feed_publish(feed, frame, from, to, origin);
	frame_unref(frame);
}

static int64_t pull(struct subscription *subscription)
{
	struct frame *frame = NULL;
	int64_t number = -1, read_to = 0;
	switch (feed_pull(subscription, &frame, &read_to)) {
	case FEED_FRAME:
		memcpy(&number, frame->bytes, sizeof(number));
		frame_unref(frame);
		return number;
	case FEED_BEHIND:
		return -1000 - read_to;
	case FEED_NOTHING:
		break;
	}
	return 0;
}

static void test_in_order_once(void)
{
	struct feed feed;
	feed_init(&feed, RING, false, 0);
	struct subscription a = subscribe(&feed, 0, 0);
	feed_subscribe(&feed, &a);
	wakes = 0;
	for (int64_t n = 1; n <= 5; n++) {
		publish(&feed, n, n, 0);
	}
	CHECK_INT(wakes, 5);
	for (int64_t n = 1; n <= 5; n++) {
		CHECK_INT(pull(&a), n);
	}
	CHECK_INT(pull(&a), 0);
	publish(&feed, 6, 6, 0);
	CHECK_INT(feed.count, 1); /* what everybody has is not kept */
	CHECK_INT(pull(&a), 6);
	feed_unsubscribe(&a);
	feed_finish(&feed);
}

static void test_behind_the_ring(void)
{
	struct feed feed;
	feed_init(&feed, RING, false, 0);
	struct subscription slow = subscribe(&feed, 0, 0);
	feed_subscribe(&feed, &slow);
	for (int64_t n = 1; n <= 20; n++) {
		publish(&feed, n, n, 0);
	}
	CHECK_INT(feed.count, RING); /* however slow it is */
	CHECK_INT(pull(&slow), -1012); /* 1 to 12 from the file: the ring begins at 13 */
	slow.cursor = 12;
	CHECK_INT(pull(&slow), 13);
	feed_unsubscribe(&slow);
	feed_finish(&feed);
}

static void test_amid_a_frame(void)
{
	struct feed feed;
	feed_init(&feed, RING, true, 100);
	struct subscription a = subscribe(&feed, 0, 100);
	feed_subscribe(&feed, &a);
	publish(&feed, 101, 105, 0);
	publish(&feed, 106, 106, 0);
	struct subscription back = subscribe(&feed, 1, 102);
	feed_subscribe(&feed, &back);
	CHECK_INT(pull(&back), -1105); /* the rest of that frame from the file */
	back.cursor = 105;
	CHECK_INT(pull(&back), 106);
	CHECK_INT(pull(&a), 105);
	CHECK_INT(pull(&a), 106);
	CHECK_INT(feed.count, 2); /* kept for who comes back */
	feed_unsubscribe(&a);
	feed_unsubscribe(&back);
	feed_finish(&feed);
}

static void test_origin_is_not_told_twice(void)
{
	struct feed feed;
	feed_init(&feed, RING, false, 0);
	struct subscription author = subscribe(&feed, 0, 0), reader = subscribe(&feed, 1, 0);
	feed_subscribe(&feed, &author);
	feed_subscribe(&feed, &reader);
	publish(&feed, 1, 1, 1);
	publish(&feed, 2, 2, 2);
	CHECK_INT(pull(&author), 2);
	CHECK_INT(pull(&reader), 1);
	CHECK_INT(pull(&reader), 0);
	CHECK_INT(reader.cursor, 2);
	feed_unsubscribe(&reader);
	feed_publish(&feed, NULL, 3, 3, 1); /* nobody else was there to encode it for */
	CHECK_INT(pull(&author), 0);
	CHECK_INT(author.cursor, 3);
	feed_unsubscribe(&author);
	feed_finish(&feed);
}

static void test_nothing_after_until(void)
{
	struct feed feed;
	feed_init(&feed, RING, false, 0);
	struct subscription former = subscribe(&feed, 0, 0);
	feed_subscribe(&feed, &former);
	publish(&feed, 1, 1, 0);
	publish(&feed, 2, 2, 0);
	former.until = 1;
	publish(&feed, 3, 3, 0);
	CHECK_INT(pull(&former), 1);
	CHECK_INT(pull(&former), 0);
	former.cursor = 0;
	feed_unsubscribe(&former);
	feed_finish(&feed);
}

static void test_without_a_frame_the_file_is_read(void)
{
	struct feed feed;
	feed_init(&feed, RING, true, 0);
	feed_publish(&feed, NULL, 1, 7, 0);
	struct subscription late = subscribe(&feed, 0, 0);
	feed_subscribe(&feed, &late);
	CHECK_INT(pull(&late), -1007);
	publish(&feed, 8, 8, 0);
	CHECK_INT(pull(&late), -1007);
	feed_unsubscribe(&late);
	feed_finish(&feed);
}

int main(void)
{
	RUN(test_in_order_once);
	RUN(test_behind_the_ring);
	RUN(test_amid_a_frame);
	RUN(test_origin_is_not_told_twice);
	RUN(test_nothing_after_until);
	RUN(test_without_a_frame_the_file_is_read);
	return tap_done();
}
