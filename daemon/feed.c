/* Rings of shared frames, read by cursors. */
#include "daemon/feed.h"

#include "daemon/frame.h"
#include "daemon/session.h"
#include "daemon/xalloc.h"

#include <assert.h>
#include <stdlib.h>

enum {
	SMALLEST = 4
};

struct feed_entry {
	struct frame *frame;
	int64_t from, to; /* numbers of the events in it */
	uint64_t origin;
};

void feed_init(struct feed *feed, uint32_t limit, bool keep, int64_t newest)
{
	assert(limit >= SMALLEST && (limit & (limit - 1)) == 0);
	*feed = (struct feed){.limit = limit, .keep = keep, .newest = newest};
}

static struct feed_entry *entry_at(const struct feed *feed, uint32_t index)
{
	return &feed->ring[(feed->first + index) & (feed->capacity - 1)];
}

static void drop_first(struct feed *feed)
{
	frame_unref(entry_at(feed, 0)->frame);
	feed->first = (feed->first + 1) & (feed->capacity - 1);
	feed->count--;
}

void feed_finish(struct feed *feed)
{
	assert(feed->subscribers == NULL);
	while (feed->count > 0) {
		drop_first(feed);
	}
	free(feed->ring);
	*feed = (struct feed){0};
}

static void grow(struct feed *feed)
{
	uint32_t capacity = feed->capacity > 0 ? feed->capacity * 2 : SMALLEST;
	struct feed_entry *ring = xcalloc(capacity, sizeof(*ring));
	for (uint32_t i = 0; i < feed->count; i++) {
		ring[i] = *entry_at(feed, i);
	}
	free(feed->ring);
	feed->ring = ring;
	feed->capacity = capacity;
	feed->first = 0;
}

static void append(struct feed *feed, const struct feed_entry *entry)
{
	if (feed->count == feed->limit) {
		drop_first(feed);
	} else if (feed->count == feed->capacity) {
		grow(feed);
	}
	feed->count++;
	*entry_at(feed, feed->count - 1) = *entry;
}

/* A room's ring need not hold what every member has; with few members that is seen at once. */
static void drop_given(struct feed *feed)
{
	int64_t slowest = feed->newest;
	for (struct subscription *s = feed->subscribers; s != NULL; s = s->next) {
		slowest = s->cursor < slowest ? s->cursor : slowest;
	}
	while (feed->count > 0 && entry_at(feed, 0)->to <= slowest) {
		drop_first(feed);
	}
}

/* The origin has its answer and needs no frame to go on. */
static void pass_origin(struct feed *feed, int64_t from, int64_t to, uint64_t origin)
{
	for (struct subscription *s = feed->subscribers; s != NULL; s = s->next) {
		if (origin != 0 && session_id(s->session) == origin && s->cursor == from - 1) {
			s->cursor = to;
		}
	}
}

void feed_publish(struct feed *feed, struct frame *frame, int64_t from, int64_t to, uint64_t origin)
{
	assert(from == feed->newest + 1 && to >= from);
	feed->newest = to;
	if (frame == NULL) {
		while (feed->count > 0) {
			drop_first(feed);
		}
		pass_origin(feed, from, to, origin);
	} else {
		append(feed, &(struct feed_entry){frame_ref(frame), from, to, origin});
	}
	if (feed->keep) {
		return;
	}
	struct subscription *next;
	for (struct subscription *s = feed->subscribers; s != NULL; s = next) {
		next = s->next;
		if (s->cursor < feed->newest) {
			subscription_wake(s);
		}
	}
	drop_given(feed);
}

void feed_subscribe(struct feed *feed, struct subscription *subscription)
{
	subscription->feed = feed;
	subscription->next = feed->subscribers;
	subscription->link = &feed->subscribers;
	if (subscription->next != NULL) {
		subscription->next->link = &subscription->next;
	}
	feed->subscribers = subscription;
}

void feed_unsubscribe(struct subscription *subscription)
{
	if (subscription->link != NULL) {
		*subscription->link = subscription->next;
		if (subscription->next != NULL) {
			subscription->next->link = subscription->link;
		}
		subscription->link = NULL;
	}
	while (subscription->backlog != NULL) {
		struct backlog *first = subscription->backlog;
		subscription->backlog = first->next;
		frame_unref(first->frame);
		free(first);
	}
}

/* The entry that holds `number`, by bisection; NULL when the ring does not. */
static struct feed_entry *entry_with(const struct feed *feed, int64_t number)
{
	uint32_t low = 0, high = feed->count;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (entry_at(feed, middle)->to < number) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	if (low == feed->count || entry_at(feed, low)->from > number) {
		return NULL;
	}
	return entry_at(feed, low);
}

enum feed_pull feed_pull(struct subscription *subscription, struct frame **frame, int64_t *read_to)
{
	const struct feed *feed = subscription->feed;
	int64_t newest = feed->newest < subscription->until ? feed->newest : subscription->until;
	while (subscription->cursor < newest) {
		if (subscription->cursor < subscription->replay_to) {
			/* The ring's frames are those of who was there. */
			bool all = subscription->replay_to < newest;
			*read_to = all ? subscription->replay_to : newest;
			return FEED_BEHIND;
		}
		int64_t wanted = subscription->cursor + 1;
		struct feed_entry *entry = entry_with(feed, wanted);
		if (entry == NULL || entry->from != wanted) {
			/* Up to where the ring begins, or to the end of the frame it is amid. */
			int64_t to = entry != NULL     ? entry->to
				     : feed->count > 0 ? entry_at(feed, 0)->from - 1
						       : feed->newest;
			*read_to = to < newest ? to : newest;
			return FEED_BEHIND;
		}
		subscription->cursor = entry->to;
		if (entry->origin == 0 || entry->origin != session_id(subscription->session)) {
			*frame = frame_ref(entry->frame);
			return FEED_FRAME;
		}
	}
	return FEED_NOTHING;
}
