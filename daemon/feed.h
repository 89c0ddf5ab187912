/*
 * A feed: the newest frames of one audience (a room's members, the overseers), encoded once.
 *
 * A subscriber is a cursor, not a queue: it holds the number up to which everything was given to
 * it, and pulls the next frame when its pipe takes one. However slow it is, it costs the feed
 * nothing; once the ring has moved past it, it is served from the file in pages until it is back
 * in the ring. A reconnect is the same thing with an older cursor.
 */
#ifndef HARK_DAEMON_FEED_H
#define HARK_DAEMON_FEED_H

#include "daemon/escalation_state.h"

#include <stdbool.h>
#include <stdint.h>

struct feed_entry;
struct frame;
struct room;
struct session;

struct feed {
	struct feed_entry *ring; /* `capacity` of them, from `first` on `count` in use */
	uint32_t capacity, first, count;
	uint32_t limit; /* frames kept at most; a power of two */
	/* Of many readers: frames that all of them have are kept, for those who come back, and who
	 * publishes has them woken (overseers.c). */
	bool keep;
	int64_t newest; /* number of the newest event published */
	struct subscription *subscribers; /* feed::subscribers */
};

/* A page of older events on its way to one subscriber. */
struct backlog {
	struct frame *frame;
	int64_t to; /* the cursor after it */
	struct backlog *next;
};

struct subscription {
	struct feed *feed;
	struct session *session;
	struct room *room; /* NULL: the oversight feed */
	struct subscription *next, **link; /* feed::subscribers */
	struct subscription *next_of_session; /* session::subscriptions */
	struct subscription *next_ready; /* session::ready */
	bool is_ready; /* in that list: may have something to give */
	uint64_t id; /* names it across a read from the file */
	int64_t cursor; /* everything up to here was given */
	int64_t replay_to; /* up to here nothing is live: marked so, and read from the file */
	int64_t until; /* nothing after this may be given; INT64_MAX: all */
	struct backlog *backlog;
	bool reading; /* a page is being read */
	bool told; /* state.caught_up was said */
	bool state_due; /* a newer state.room waits to be said */
	struct escalation_cursor calls; /* given of the room's calls for an adult */
};

enum feed_pull {
	FEED_NOTHING, /* up to date */
	FEED_FRAME, /* *frame is the next one, with a reference of the caller's own */
	FEED_BEHIND, /* numbers cursor + 1 to *read_to must come from the file */
};

void feed_init(struct feed *feed, uint32_t limit, bool keep, int64_t newest);
void feed_finish(struct feed *feed); /* without subscribers */

/*
 * Publishes a frame that holds the events from..to, which follow the newest one, and wakes the
 * subscribers, unless the feed is one of `keep`. `origin` is the session that said it and has its
 * answer already; 0: nobody. frame NULL: nobody was there to encode it for; who comes later reads
 * the file.
 */
void feed_publish(
	struct feed *feed, struct frame *frame, int64_t from, int64_t to, uint64_t origin);

void feed_subscribe(struct feed *feed, struct subscription *subscription);
void feed_unsubscribe(struct subscription *subscription); /* and drops its backlog */

/* What comes next for a subscriber; moves its cursor when it gives a frame. */
enum feed_pull feed_pull(struct subscription *subscription, struct frame **frame, int64_t *read_to);

#endif
