/* A connected page: bytes in, frames out, subscriptions. */
#include "daemon/session.h"

#include "daemon/clock.h"
#include "daemon/config.h"
#include "daemon/desk.h"
#include "daemon/dispatch.h"
#include "daemon/frame.h"
#include "daemon/journal.h"
#include "daemon/log.h"
#include "daemon/rooms.h"
#include "daemon/server.h"
#include "daemon/staff.h"
#include "daemon/xalloc.h"

#include <assert.h>
#include <stdlib.h>

/* A direct answer that waits. */
struct reply {
	struct frame *frame;
	struct reply *next; /* session::replies */
};

/* ---- life ---- */

static void join_account(struct session *session, struct login *login)
{
	struct account *account = login->account;
	session->login = login;
	session->account = account;
	session->role = (uint8_t)account->row.role;
	login->sockets++;
	session->next_of_account = account->sessions;
	session->link_of_account = &account->sessions;
	if (account->sessions != NULL) {
		account->sessions->link_of_account = &session->next_of_account;
	}
	account->sessions = session;
}

struct session *session_create(struct server *server, const struct session_peer *peer, int *refusal)
{
	if (server->draining) {
		*refusal = CLOSE_GOING_AWAY;
		return NULL;
	}
	if (!peer->control && server->session_count >= (unsigned)server->config->connections) {
		*refusal = CLOSE_TRY_LATER;
		return NULL;
	}
	struct login *login =
		peer->cookie != NULL ? staff_login_of_cookie(server, peer->cookie) : NULL;
	if (login != NULL && login->sockets >= STAFF_SOCKETS_MAX) {
		*refusal = CLOSE_TRY_LATER;
		return NULL;
	}
	struct session *session = xcalloc(1, sizeof(*session));
	session->id = ++server->session_ids;
	session->server = server;
	session->wire = peer->wire;
	session->wake = peer->wake;
	session->control = peer->control;
	session->greeted = peer->control;
	session->role = peer->control ? WIRE_ROLE_OPERATOR : WIRE_ROLE_VISITOR;
	session->page = peer->control ? WIRE_PAGE_CONTROL : WIRE_PAGE_VISITOR;
	session->bucket = peer->bucket;
	session->replies_end = &session->replies;
	session->ready_end = &session->ready;
	struct rate_limit limit = {server->config->credits, server->config->credits_per_s};
	session->created_mono = clock_mono_ms();
	rate_init(&session->rate, &limit, session->created_mono);
	session->next = server->sessions;
	session->link = &server->sessions;
	if (session->next != NULL) {
		session->next->link = &session->next;
	}
	server->sessions = session;
	server->session_count++;
	idmap_put(&server->sessions_by_id, session->id, session);
	if (login != NULL) {
		join_account(session, login);
	}
	return session;
}

static void drop_replies(struct session *session)
{
	while (session->replies != NULL) {
		struct reply *reply = session->replies;
		session->replies = reply->next;
		frame_unref(reply->frame);
		free(reply);
	}
	session->replies_end = &session->replies;
	session->reply_bytes = 0;
}

void session_leave_account(struct session *session)
{
	struct account *account = session->account;
	*session->link_of_account = session->next_of_account;
	if (session->next_of_account != NULL) {
		session->next_of_account->link_of_account = session->link_of_account;
	}
	if (session->greeted && session->page == WIRE_PAGE_CONSOLE) {
		account->consoles--;
		if (account->consoles == 0) {
			account->gone_mono = clock_mono_ms();
		}
	} else if (session->greeted && session->page == WIRE_PAGE_OVERSIGHT) {
		account->overseers--;
	}
	if (session->login != NULL) {
		session->login->sockets--;
	}
	session->account = NULL;
	session->login = NULL;
}

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

static void drop_subscription(struct subscription **link)
{
	struct subscription *subscription = *link;
	*link = subscription->next_of_session;
	unready(subscription);
	feed_unsubscribe(subscription);
	free(subscription);
}

static void undefer(struct session *session)
{
	if (session->is_deferred) {
		struct session **link = &session->server->deferred;
		while (*link != session) {
			link = &(*link)->next_deferred;
		}
		*link = session->next_deferred;
	}
}

void session_destroy(struct session *session)
{
	if (session == NULL) {
		return;
	}
	struct server *server = session->server;
	struct account *account = session->account;
	while (session->subscriptions != NULL) {
		drop_subscription(&session->subscriptions);
	}
	if (session->oversight != NULL) {
		drop_subscription(&session->oversight);
	}
	session_bind_token(session, NULL);
	if (account != NULL) {
		session_leave_account(session);
		for (struct room *room = server->rooms.list; room != NULL; room = room->next) {
			if (room->durable.supporter == account->row.id) {
				rooms_state_changed(server, room);
			}
		}
		server_refresh_soon(server);
	}
	drop_replies(session);
	undefer(session);
	frame_unref(session->held);
	frame_unref(session->current);
	idmap_remove(&server->sessions_by_id, session->id);
	*session->link = session->next;
	if (session->next != NULL) {
		session->next->link = session->link;
	}
	server->session_count--;
	free(session->partial);
	free(session);
}

void session_wake(struct session *session)
{
	struct server *server = session->server;
	if (session->pulling || session->is_deferred) {
		return;
	}
	if (!server->defers_wakes) {
		session->wake(session->wire);
		return;
	}
	session->is_deferred = true;
	session->next_deferred = server->deferred;
	server->deferred = session;
}

void subscription_wake(struct subscription *subscription)
{
	struct session *session = subscription->session;
	if (!subscription->is_ready) {
		subscription->is_ready = true;
		subscription->next_ready = NULL;
		*session->ready_end = subscription;
		session->ready_end = &subscription->next_ready;
	}
	session_wake(session);
}

void session_defer_wakes(struct server *server)
{
	server->defers_wakes = true;
}

void session_wake_deferred(struct server *server)
{
	server->defers_wakes = false;
	while (server->deferred != NULL) {
		struct session *session = server->deferred;
		server->deferred = session->next_deferred;
		session->is_deferred = false;
		session->wake(session->wire);
	}
}

void session_close(struct session *session, int code, bool hurried)
{
	if (session->close_code != 0) {
		return;
	}
	session->close_code = (uint16_t)code;
	if (hurried) {
		drop_replies(session);
		while (session->subscriptions != NULL) {
			drop_subscription(&session->subscriptions);
		}
	}
	session_wake(session);
}

int session_close_wanted(const struct session *session)
{
	return session->close_code;
}

void session_heard(struct session *session)
{
	if (session->login != NULL) {
		session->login->used_mono = clock_mono_ms();
	}
}

/* ---- bytes in ---- */

int session_receive(struct session *session, const void *chunk, size_t size, bool final)
{
	if (session->partial_size + size > SESSION_MESSAGE_MAX) {
		return CLOSE_TOO_BIG;
	}
	if (session->close_code != 0) {
		return 0; /* nothing more is taken from who is being closed */
	}
	if (final && session->partial_size == 0) {
		dispatch(session, chunk, size);
		return 0;
	}
	session->partial = xrealloc(session->partial, session->partial_size + size + 1);
	memcpy(session->partial + session->partial_size, chunk, size);
	session->partial_size += (uint32_t)size;
	if (final) {
		char *whole = session->partial;
		uint32_t whole_size = session->partial_size;
		session->partial = NULL;
		session->partial_size = 0;
		dispatch(session, whole, whole_size);
		free(whole);
	}
	return 0;
}

/* ---- frames out ---- */

void session_send(struct session *session, enum message_type type, const void *message)
{
	struct frame *frame = desk_encode(session->server, type, message);
	session->reply_bytes += frame->size;
	struct reply *reply = xmalloc(sizeof(*reply));
	*reply = (struct reply){frame, NULL};
	*session->replies_end = reply;
	session->replies_end = &reply->next;
	if (session->reply_bytes > (size_t)session->server->config->queue_bytes) {
		session_close(session, CLOSE_TRY_LATER, true);
		return;
	}
	session_wake(session);
}

static struct frame *next_reply(struct session *session)
{
	struct reply *reply = session->replies;
	if (reply == NULL) {
		return NULL;
	}
	session->replies = reply->next;
	if (session->replies == NULL) {
		session->replies_end = &session->replies;
	}
	struct frame *frame = reply->frame;
	session->reply_bytes -= frame->size;
	free(reply);
	return frame;
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
	drop_subscription(link);
}

static struct frame *next_of_subscriptions(struct session *session)
{
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

static struct frame *next_snapshot(struct session *session)
{
	struct server *server = session->server;
	if (session->school_due) {
		session->school_due = false;
		return desk_school_frame(server);
	}
	if (session->desk_due) {
		session->desk_due = false;
		return desk_frame(server, session->account);
	}
	if (session->staff_due) {
		session->staff_due = false;
		return desk_staff_frame(server);
	}
	if (session->oversight != NULL) {
		return desk_wall_frame(server, &session->wall_cursor);
	}
	return NULL;
}

static struct frame *next_frame(struct session *session)
{
	struct frame *frame = session->held;
	if (frame != NULL) {
		session->held = NULL;
		return frame;
	}
	frame = next_reply(session);
	if (frame != NULL || !session->greeted || session->close_code != 0) {
		return frame;
	}
	frame = next_of_subscriptions(session);
	return frame != NULL ? frame : next_snapshot(session);
}

/* Joins what is there into one `batch`; with a single frame nothing is copied. */
static struct frame *pack_frames(struct session *session, struct frame *first)
{
	struct event_pack *pack = &session->server->out_pack;
	struct frame *frame = first->whole ? NULL : next_frame(session);
	if (frame == NULL) {
		return first;
	}
	event_pack_add_bytes(pack, first->bytes, first->size);
	frame_unref(first);
	while (frame != NULL && !frame->whole && pack->size + frame->size < EVENT_PACK_BYTES) {
		event_pack_add_bytes(pack, frame->bytes, frame->size);
		frame_unref(frame);
		frame = next_frame(session);
	}
	session->held = frame;
	return event_pack_frame(pack);
}

struct frame *session_next(struct session *session)
{
	assert(session->current == NULL);
	session->pulling = true;
	struct frame *first = next_frame(session);
	session->current = first != NULL ? pack_frames(session, first) : NULL;
	session->pulling = false;
	return session->current;
}

void session_sent(struct session *session)
{
	frame_unref(session->current);
	session->current = NULL;
}

/* ---- subscriptions ---- */

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
	subscription->next_of_session = session->subscriptions;
	session->subscriptions = subscription;
	subscription_wake(subscription);
	return subscription;
}

void session_unsubscribe(struct session *session, struct room *room)
{
	for (struct subscription **link = &session->subscriptions; *link != NULL;
		link = &(*link)->next_of_session) {
		if ((*link)->room == room) {
			drop_subscription(link);
			return;
		}
	}
}

void session_subscribe_oversight(struct session *session, int64_t after)
{
	struct feed *feed = &session->server->oversight;
	session->oversight = subscription_create(session, feed);
	session->oversight->cursor = after < feed->newest ? after : feed->newest;
	session->staff_due = true;
	session->wall_cursor = 0;
	subscription_wake(session->oversight);
}

void session_bind_token(struct session *session, struct token *token)
{
	struct server *server = session->server;
	struct token *old = session->token;
	if (old == token) {
		return;
	}
	session->token = token;
	if (token != NULL) {
		token->sessions++;
		token->room->visitors_here++;
		rooms_touch_token(server, token);
		rooms_state_changed(server, token->room);
	}
	if (old != NULL) {
		old->sessions--;
		old->room->visitors_here--;
		rooms_touch_token(server, old);
		rooms_state_changed(server, old->room);
	}
}

struct actor session_actor(const struct session *session)
{
	struct actor actor = {.role = (enum wire_role)session->role};
	if (session->token != NULL) {
		actor.room = session->token->room->id;
	}
	const struct account *account = session->account;
	if (account != NULL) {
		int64_t grace_ms = session->server->config->shift_grace_ms;
		actor.account = account->row.id;
		actor.rostered = account->rostered;
		actor.in_grace = account->span_ended_ms > 0 &&
				 clock_wall_ms() < account->span_ended_ms + grace_ms;
		actor.load = account->load;
		actor.cap = (unsigned)session->server->config->cap;
	}
	return actor;
}
