/* What a session is given next: answers first, then events, then snapshots, packed. */
#include "daemon/session.h"

#include "daemon/cases.h"
#include "daemon/config.h"
#include "daemon/desk.h"
#include "daemon/escalation.h"
#include "daemon/escrow.h"
#include "daemon/event.h"
#include "daemon/frame.h"
#include "daemon/journal.h"
#include "daemon/outbox.h"
#include "daemon/server.h"
#include "daemon/xalloc.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* A direct answer that waits. */
struct reply {
	struct frame *frame;
	struct reply *next; /* session::replies */
};

void session_drop_waiting(struct session *session)
{
	while (session->replies != NULL) {
		struct reply *reply = session->replies;
		session->replies = reply->next;
		frame_unref(reply->frame);
		free(reply);
	}
	session->replies_end = &session->replies;
	session->reply_bytes = 0;
	frame_unref(session->held);
	frame_unref(session->held_next);
	session->held = session->held_next = NULL;
}

static void send_frame(struct session *session, enum message_type type, struct frame *frame)
{
	/* A private note, whoever gets it wrong, comes to no visitor. */
	assert(type != TYPE_NOTE_POSTED || session->role == WIRE_ROLE_SUPPORTER);
	/* The limit is for who does not read. One answer alone, which the protocol bounds, always
	 * goes out: who asked cannot know how long what others wrote is. */
	bool waits = session->replies != NULL;
	session->reply_bytes += (uint32_t)frame->size;
	struct reply *reply = xmalloc(sizeof(*reply));
	*reply = (struct reply){frame, NULL};
	*session->replies_end = reply;
	session->replies_end = &reply->next;
	if (waits && session->reply_bytes > (size_t)session->server->config->queue_bytes) {
		session_close(session, CLOSE_TRY_LATER, true);
		return;
	}
	session_wake(session);
}

void session_send(struct session *session, enum message_type type, const void *message)
{
	send_frame(session, type, desk_encode(session->server, type, message));
}

void session_send_secret(struct session *session, enum message_type type, const void *message)
{
	struct frame *frame = desk_encode(session->server, type, message);
	explicit_bzero(session->server->scratch, frame->size); /* it was encoded there */
	frame->secret = true;
	frame->whole = true;
	send_frame(session, type, frame);
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
	session->reply_bytes -= (uint32_t)frame->size;
	free(reply);
	return frame;
}

static struct frame *next_snapshot(struct session *session)
{
	struct server *server = session->server;
	if (session->oversight != NULL) {
		struct frame *call = escalation_next_frame(server, &session->sitting->calls);
		if (call != NULL) {
			return call;
		}
	}
	if (session->school_due) {
		session->school_due = false;
		return desk_school_frame(server);
	}
	if (session->desk_due) {
		session->desk_due = false;
		return desk_frame(server, session->account);
	}
	if (session->escrow_due) {
		session->escrow_due = false;
		return escrow_frame(server);
	}
	if (session->staff_due) {
		session->staff_due = false;
		return desk_staff_frame(server);
	}
	if (session->oversight != NULL &&
		session->sitting->channels_given < outbox_version(server)) {
		session->sitting->channels_given = outbox_version(server);
		return outbox_frame(server);
	}
	struct frame *cases = session->oversight != NULL
				      ? cases_frame(server, &session->sitting->cases_told)
				      : NULL;
	if (cases != NULL) {
		return cases;
	}
	if (session->oversight != NULL) {
		return desk_wall_frame(server, &session->sitting->wall);
	}
	return NULL;
}

/* No snapshot overtakes, on an overseer's page, what it has in it. */
static struct frame *next_snapshot_in_turn(struct session *session)
{
	struct frame *snapshot = next_snapshot(session);
	if (snapshot == NULL || session->oversight == NULL) {
		return snapshot;
	}
	journal_publish_pack(session->server);
	struct frame *events = subscriptions_next(session);
	if (events == NULL) {
		return snapshot;
	}
	session->held = snapshot;
	return events;
}

static struct frame *next_frame(struct session *session)
{
	struct frame *frame = session->held;
	if (frame != NULL) {
		session->held = session->held_next;
		session->held_next = NULL;
		return frame;
	}
	frame = next_reply(session);
	if (frame != NULL || !session->greeted || session->close_code != 0) {
		return frame;
	}
	frame = subscriptions_next(session);
	return frame != NULL ? frame : next_snapshot_in_turn(session);
}

/* What next_frame() gave last comes next once more, before what it may have put aside itself. */
static void give_back(struct session *session, struct frame *frame)
{
	if (frame != NULL) {
		assert(session->held_next == NULL);
		session->held_next = session->held;
		session->held = frame;
	}
}

/* A feed's batch goes to many as it is; what was read for one session alone is opened for more. */
static bool may_join(const struct frame *frame)
{
	return !frame->whole || (frame->several && frame->refs == 1);
}

/* Joins what is there into one `batch`; with a single frame nothing is copied. */
static struct frame *pack_frames(struct session *session, struct frame *first)
{
	struct event_pack *pack = &session->server->out_pack;
	if (!may_join(first)) {
		return first;
	}
	struct frame *frame = next_frame(session);
	if (frame == NULL || !may_join(frame) || first->size + frame->size >= EVENT_PACK_BYTES) {
		give_back(session, frame);
		return first;
	}
	event_pack_add_frame(pack, first);
	frame_unref(first);
	while (frame != NULL && may_join(frame) && pack->size + frame->size < EVENT_PACK_BYTES) {
		event_pack_add_frame(pack, frame);
		frame_unref(frame);
		frame = next_frame(session);
	}
	give_back(session, frame);
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
