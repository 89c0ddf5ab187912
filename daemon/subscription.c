/* Cursors: what a session reads of rooms and of the oversight feed. */
#include "daemon/session.h"

#include "daemon/desk.h"
#include "daemon/escalation.h"
#include "daemon/frame.h"
#include "daemon/journal.h"
#include "daemon/overseers.h"
#include "daemon/rooms.h"
#include "daemon/server.h"
#include "daemon/staff.h"
#include "daemon/xalloc.h"

#include <stdlib.h>

static void unready(struct subscription *subscription)
{
	struct session *session = subscription->session;
	if (!subscription->is_ready) {
		return;
	}
	struct subscription **link = &session->ready;
	while (*link != subscription) {
		link = &(*link)->next_ready;
	}
	*link = subscription->next_ready;
	if (*link == NULL) {
		session->ready_end = link;
	}
	subscription->is_ready = false;
}

/* The room a counselor has open by it; NULL: none. */
static struct room *read_along(const struct subscription *subscription)
{
	return subscription->session->page == WIRE_PAGE_OVERSIGHT ? subscription->room : NULL;
}

void subscription_drop(struct subscription **link)
{
	struct subscription *subscription = *link;
	struct room *read = read_along(subscription);
	*link = subscription->next_of_session;
	unready(subscription);
	overseers_forget(subscription->session->server, subscription);
	feed_unsubscribe(subscription);
	free(subscription);
	if (read != NULL) {
		rooms_readers_changed(read);
	}
}

static void ready(struct subscription *subscription)
{
	struct session *session = subscription->session;
	if (!subscription->is_ready) {
		subscription->is_ready = true;
		subscription->next_ready = NULL;
		*session->ready_end = subscription;
		session->ready_end = &subscription->next_ready;
	}
}

void subscription_wake(struct subscription *subscription)
{
	ready(subscription);
	session_wake(subscription->session);
}

static struct frame *caught_up(struct session *session, struct subscription *subscription)
{
	subscription->told = true;
	bool of_room = subscription->room != NULL;
	struct msg_state_caught_up caught_up = {
		.has_seq = !of_room,
		.seq = of_room ? 0 : subscription->cursor,
		.has_room = of_room,
		.room = of_room ? subscription->room->id : 0,
		.has_n = of_room,
		.n = of_room ? subscription->cursor : 0,
	};
	return desk_encode(session->server, TYPE_STATE_CAUGHT_UP, &caught_up);
}

static struct frame *next_of_subscription(
	struct session *session, struct subscription *subscription)
{
	struct backlog *backlog = subscription->backlog;
	if (backlog != NULL) {
		struct frame *frame = backlog->frame;
		subscription->backlog = backlog->next;
		subscription->cursor = backlog->to;
		free(backlog);
		return frame;
	}
	if (subscription->reading) {
		return NULL;
	}
	struct frame *frame = NULL;
	int64_t read_to = 0;
	switch (feed_pull(subscription, &frame, &read_to)) {
	case FEED_FRAME:
		return frame;
	case FEED_BEHIND:
		journal_read_backlog(session->server, subscription, read_to);
		return NULL;
	case FEED_NOTHING:
		break;
	}
	struct room *room = subscription->room;
	if (room != NULL && room->feed.newest == 0) {
		return NULL; /* its opening has not been published yet */
	}
	if (!subscription->told) {
		return caught_up(session, subscription);
	}
	if (subscription->state_due && room != NULL) {
		subscription->state_due = false;
		return desk_room_frame(session->server, room, (enum wire_role)session->role);
	}
	bool has_it = room != NULL && session->role == WIRE_ROLE_SUPPORTER &&
		      session->account->row.id == room->durable.supporter;
	if (has_it) {
		return escalation_next_of_room(session->server, room, &subscription->calls);
	}
	return NULL;
}

/* Nothing more may be given: no longer a member, and everything until then was. */
static void drop_if_over(struct session *session, struct subscription *subscription)
{
	if (subscription->cursor < subscription->until || subscription->reading) {
		return;
	}
	struct subscription **link = &session->subscriptions;
	while (*link != subscription) {
		link = &(*link)->next_of_session;
	}
	subscription_drop(link);
}

struct frame *subscriptions_next(struct session *session)
{
	struct subscription *oversight = session->oversight;
	if (oversight != NULL && oversight->cursor < oversight->feed->newest) {
		ready(oversight); /* before its turn: no snapshot overtakes what it has in it */
	}
	while (session->ready != NULL) {
		struct subscription *subscription = session->ready;
		struct frame *frame = next_of_subscription(session, subscription);
		if (frame != NULL) {
			return frame;
		}
		unready(subscription); /* until something wakes it again */
		drop_if_over(session, subscription);
	}
	return NULL;
}

struct subscription *session_subscription(const struct session *session, const struct room *room)
{
	struct subscription *s = session->subscriptions;
	while (s != NULL && s->room != room) {
		s = s->next_of_session;
	}
	return s;
}

static struct subscription *subscription_create(struct session *session, struct feed *feed)
{
	struct subscription *subscription = xcalloc(1, sizeof(*subscription));
	subscription->session = session;
	subscription->id = ++session->server->subscription_ids;
	subscription->until = INT64_MAX;
	subscription->replay_to = feed->newest;
	feed_subscribe(feed, subscription);
	return subscription;
}

struct subscription *session_subscribe(struct session *session, struct room *room, int64_t after)
{
	session_unsubscribe(session, room); /* a read on its way belongs to the old cursor */
	struct subscription *subscription = subscription_create(session, &room->feed);
	subscription->room = room;
	subscription->cursor = after < room->feed.newest ? after : room->feed.newest;
	subscription->state_due = true;
	subscription->calls = escalation_cursor_new(session->server);
	subscription->next_of_session = session->subscriptions;
	session->subscriptions = subscription;
	subscription_wake(subscription);
	if (read_along(subscription) != NULL) {
		rooms_readers_changed(room);
	}
	return subscription;
}

void session_unsubscribe(struct session *session, struct room *room)
{
	for (struct subscription **link = &session->subscriptions; *link != NULL;
		link = &(*link)->next_of_session) {
		if ((*link)->room == room) {
			subscription_drop(link);
			return;
		}
	}
}

void session_subscribe_oversight(struct session *session, int64_t after)
{
	struct feed *feed = &session->server->oversight;
	/* What landed before in this drain was packed for who was there by then. */
	journal_publish_pack(session->server);
	session->oversight = subscription_create(session, feed);
	session->oversight->cursor = after < feed->newest ? after : feed->newest;
	session->staff_due = true;
	session->sitting->wall = (struct wall_cursor){0};
	session->sitting->calls = escalation_cursor_new(session->server);
	subscription_wake(session->oversight);
}
