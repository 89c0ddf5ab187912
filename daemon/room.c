/* What events do to a room, and the room's row. Pure. */
#include "daemon/room.h"

#include "daemon/pressure.h"
#include "daemon/xalloc.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

/* A row's alarm is its enum wire_alarm, or one of these. */
enum {
	ROW_ALARM_NONE = -1,
	ROW_ALARM_NOTED = -2,
};

static void wait_again(struct room_state *state, const struct room_change *change)
{
	state->phase = WIRE_PHASE_WAITING;
	state->since_ms = change->at_ms;
	state->supporter = 0;
	if (state->asked_ms == 0) {
		state->asked_ms = change->at_ms;
	}
}

/* Nobody is left to talk to: back to where it came from. */
static void wait_or_lie(struct room_state *state, const struct room_change *change)
{
	if (state->audience == WIRE_AUDIENCE_NOW) {
		wait_again(state, change);
		return;
	}
	state->phase = WIRE_PHASE_MAILBOX;
	state->since_ms = change->at_ms;
	state->supporter = 0;
}

/* A counselor beside the supporter changes nothing of the talk; alone, it begins anew. */
static void apply_stepped_in(struct room_state *state, const struct room_change *change)
{
	state->adult = change->author;
	if (state->phase != WIRE_PHASE_LIVE || change->alone) {
		state->phase = WIRE_PHASE_LIVE;
		state->since_ms = change->at_ms;
		state->supporter = 0;
	}
}

static void answered(struct room_state *state)
{
	state->asked_ms = 0;
	state->alarm = false;
	state->alarm_noted = false;
}

static void apply_posted(struct room_state *state, const struct room_change *change)
{
	if (change->author == AUTHOR_VISITOR) {
		state->asked_n = change->n;
		if (state->asked_ms == 0 || state->alarm_noted) {
			state->asked_ms = change->at_ms;
		}
		state->alarm_noted = false;
		return;
	}
	state->answered_n = change->n;
	answered(state);
}

void room_apply(struct room_state *state, const struct room_change *change)
{
	if (change->n > 0) {
		assert(change->n == state->n + 1 && change->seq > state->head_seq);
		state->n = change->n;
		state->head_seq = change->seq;
	}
	state->last_ms = change->at_ms;
	switch (change->kind) {
	case EVENT_OPENED:
		state->opened_ms = change->at_ms;
		state->audience = change->audience;
		state->since_ms = change->at_ms;
		state->phase = change->audience == WIRE_AUDIENCE_NOW ? WIRE_PHASE_WAITING
								     : WIRE_PHASE_MAILBOX;
		state->for_adults = change->audience == WIRE_AUDIENCE_COUNSELOR;
		/* Who waits in silence waits too; a mailbox asks nothing before its first words. */
		state->asked_ms = state->phase == WIRE_PHASE_WAITING ? change->at_ms : 0;
		break;
	case EVENT_JOINED:
		state->phase = WIRE_PHASE_LIVE;
		state->since_ms = change->at_ms;
		state->supporter = change->author;
		break;
	case EVENT_POSTED:
		apply_posted(state, change);
		break;
	case EVENT_REQUEUED:
		if (state->adult == 0) {
			wait_or_lie(state, change);
		} else { /* goes on with the counselor */
			state->supporter = 0;
			state->since_ms = change->at_ms;
		}
		break;
	case EVENT_MAILBOXED:
		state->phase = WIRE_PHASE_MAILBOX;
		state->audience = change->audience;
		state->since_ms = change->at_ms;
		state->supporter = 0;
		if (state->asked_n <= state->answered_n) {
			answered(state); /* nothing was said that waits for an answer */
		}
		break;
	case EVENT_RETURNED:
		state->audience = WIRE_AUDIENCE_NOW;
		wait_again(state, change);
		break;
	case EVENT_ENDED:
		state->phase = WIRE_PHASE_ENDED;
		state->since_ms = change->at_ms;
		state->supporter = 0;
		state->adult = 0;
		answered(state);
		break;
	case EVENT_ALARM_RAISED:
		state->alarm = true;
		state->alarm_why = change->alarm;
		state->alarm_ms = change->at_ms;
		break;
	case EVENT_ALARM_TAKEN:
		state->alarm = false;
		state->alarm_noted = true;
		break;
	case EVENT_PICTURED:
		apply_posted(state, change);
		break;
	case EVENT_STEPPED_IN:
		apply_stepped_in(state, change);
		break;
	case EVENT_STEPPED_OUT:
		state->adult = 0;
		if (state->supporter == 0) {
			wait_or_lie(state, change);
		}
		break;
	case EVENT_IDENTITY_MOVED:
		if (change->revealed) {
			state->revealed_ms = change->at_ms;
		}
		break;
	case EVENT_BLOCKED:
		state->blocked_ms = change->at_ms;
		state->blocked_until_ms = change->blocked_until_ms;
		break;
	case EVENT_ACCOUNT_RESET:
	case EVENT_ESCALATION_RAISED:
	case EVENT_ESCALATION_MOVED:
	case EVENT_FLAG_RAISED:
	case EVENT_FLAG_CLEARED:
	case EVENT_NOTE_SENT:
	case EVENT_CASE_MOVED:
	case EVENT_EXPORTED:
		break;
	}
}

void room_set_tried(struct room *room, const int64_t tried[PAIRING_TRIED_MAX])
{
	if (tried[0] == 0) { /* of nearly every room */
		free(room->tried);
		room->tried = NULL;
		return;
	}
	if (room->tried == NULL) {
		room->tried = xmalloc(PAIRING_TRIED_MAX * sizeof(*room->tried));
	}
	memcpy(room->tried, tried, PAIRING_TRIED_MAX * sizeof(*room->tried));
}

void room_note_visitor(struct room *room, uint64_t session)
{
	room->visitors[room->visitors_at] = session;
	room->visitors_at = (room->visitors_at + 1) % ROOM_PLACES;
}

bool room_keeps_place(const struct room *room, uint64_t session)
{
	bool keeps = room->visitors_here <= ROOM_PLACES;
	for (unsigned i = 0; i < ROOM_PLACES; i++) {
		keeps |= room->visitors[i] == session;
	}
	return keeps && room->pending.phase != WIRE_PHASE_ENDED;
}

void room_to_row(const struct room *room, struct room_row *row)
{
	const struct room_state *state = &room->durable;
	*row = (struct room_row){
		.id = room->id,
		.phase = (int)state->phase,
		.audience = (int)state->audience,
		.mood = room->mood,
		.opened_ms = state->opened_ms,
		.since_ms = state->since_ms,
		.last_ms = state->last_ms,
		.head_seq = state->head_seq,
		.n = state->n,
		.supporter = state->supporter,
		.adult = state->adult,
		.answered_n = state->answered_n,
		.asked_n = state->asked_n,
		.asked_ms = state->asked_ms,
		.visitor_seen = room->visitor_seen,
		.supporter_seen = room->supporter_seen,
		.alarm = state->alarm         ? (int)state->alarm_why
			 : state->alarm_noted ? ROW_ALARM_NOTED
					      : ROW_ALARM_NONE,
		.alarm_ms = state->alarm_ms,
		.revealed_ms = state->revealed_ms,
		.blocked_ms = state->blocked_ms,
		.blocked_until_ms = state->blocked_until_ms,
		.for_adults = state->for_adults,
		.has_codename = room->has_codename,
	};
	snprintf(row->name, sizeof(row->name), "%s", room->name);
	snprintf(row->picture, sizeof(row->picture), "%s", room->picture);
	snprintf(row->wish, sizeof(row->wish), "%s", room->wish);
	snprintf(row->topics, sizeof(row->topics), "%s", room->topics);
}

void room_from_row(struct room *room, const struct room_row *row)
{
	room->id = row->id;
	room->pending = room->durable = (struct room_state){
		.phase = (enum wire_phase)row->phase,
		.audience = (enum wire_audience)row->audience,
		.opened_ms = row->opened_ms,
		.since_ms = row->since_ms,
		.last_ms = row->last_ms,
		.head_seq = row->head_seq,
		.n = row->n,
		.supporter = row->supporter,
		.adult = row->adult,
		.asked_n = row->asked_n,
		.answered_n = row->answered_n,
		.asked_ms = row->asked_ms,
		.alarm = row->alarm >= 0,
		.alarm_noted = row->alarm == ROW_ALARM_NOTED,
		.alarm_why = row->alarm >= 0 ? (enum wire_alarm)row->alarm : WIRE_ALARM_UNANSWERED,
		.alarm_ms = row->alarm_ms,
		.revealed_ms = row->revealed_ms,
		.blocked_ms = row->blocked_ms,
		.blocked_until_ms = row->blocked_until_ms,
		.for_adults = row->for_adults,
	};
	room->mood = row->mood;
	room->visitor_seen = row->visitor_seen;
	room->supporter_seen = row->supporter_seen;
	room->has_codename = row->has_codename;
	room->worked = row->for_adults ? 0 : PRESSURE_BITS_MOST;
	memcpy(room->codename_inside, row->codename_inside, sizeof(room->codename_inside));
	snprintf(room->name, sizeof(room->name), "%s", row->name);
	snprintf(room->picture, sizeof(room->picture), "%s", row->picture);
	free(room->topics);
	free(room->wish);
	room->topics = xstrdup(row->topics);
	room->wish = xstrdup(row->wish);
}
