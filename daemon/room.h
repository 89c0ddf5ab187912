/*
 * A room in memory: what its events amount to, who is connected, what was sent already.
 *
 * The numbers are kept twice. `pending` has every change that was handed to the store: policy looks
 * at it, so that a queued end is seen by the send behind it. `durable` has what is on disk: people
 * are shown it. After a failed commit, pending is durable again. Both are made by one pure
 * function, room_apply(), which also rebuilds them from the file at start.
 */
#ifndef HARK_DAEMON_ROOM_H
#define HARK_DAEMON_ROOM_H

#include "daemon/feed.h"
#include "daemon/pairing.h"
#include "daemon/rate.h"
#include "protocol/message.h"
#include "storage/table_room.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct echo;
struct escalation;
struct parked;
struct sent;

/* What can happen; the numbers stand in the file and never change. */
enum event_kind {
	EVENT_OPENED = 1,
	EVENT_JOINED = 2,
	EVENT_POSTED = 3,
	EVENT_REQUEUED = 4,
	EVENT_MAILBOXED = 5,
	EVENT_RETURNED = 6,
	EVENT_ENDED = 7,
	EVENT_ALARM_RAISED = 8, /* from here to 19: of the staff's feed alone */
	EVENT_ALARM_TAKEN = 9,
	EVENT_ACCOUNT_RESET = 10,
	EVENT_ESCALATION_RAISED = 11,
	EVENT_ESCALATION_MOVED = 12,
	EVENT_FLAG_RAISED = 13,
	EVENT_FLAG_CLEARED = 14,
	EVENT_NOTE_SENT = 15,
	EVENT_IDENTITY_MOVED = 16,
	EVENT_CASE_MOVED = 17,
	EVENT_EXPORTED = 18,
	EVENT_BLOCKED = 19,
	EVENT_PICTURED = 20, /* and these are seen in the room again */
	EVENT_STEPPED_IN = 21,
	EVENT_STEPPED_OUT = 22,
};

static inline bool event_is_staff_only(enum event_kind kind)
{
	return kind >= EVENT_ALARM_RAISED && kind < EVENT_PICTURED;
}

enum {
	AUTHOR_VISITOR = 0,
	AUTHOR_NOBODY = -1,

	ROOM_PLACES = 4, /* of a visitor's tabs and devices, see room_keeps_place() */
};

/* One event, as far as a room's state depends on it. */
struct room_change {
	enum event_kind kind;
	int64_t seq, n, at_ms; /* n 0: of the staff's feed alone */
	int64_t author;
	enum wire_audience audience; /* opened, mailboxed */
	enum wire_alarm alarm; /* alarm raised */
	bool revealed; /* identity moved: sealed details were opened */
	bool alone; /* stepped in: the supporter leaves */
	int64_t blocked_until_ms; /* blocked: until then (UTC); 0: lifted */
};

struct room_state {
	enum wire_phase phase;
	enum wire_audience audience;
	int64_t opened_ms; /* UTC, as all times here */
	int64_t since_ms; /* in this phase, or with this supporter, since */
	int64_t last_ms; /* newest event */
	int64_t head_seq, n; /* newest event that has an n */
	int64_t supporter; /* account; 0: none */
	int64_t adult; /* account of the counselor who stepped in; 0: none */
	int64_t asked_n; /* newest thing the visitor said; 0: none */
	int64_t answered_n; /* newest thing said to the visitor; 0: none */
	int64_t asked_ms; /* the oldest unanswered thing was said, or the wait began; 0: nothing */
	bool alarm; /* raised, and nobody has taken note */
	bool alarm_noted; /* somebody has; until the visitor says more */
	enum wire_alarm alarm_why;
	int64_t alarm_ms;
	int64_t revealed_ms; /* sealed details were opened (UTC); 0: never */
	int64_t blocked_ms, blocked_until_ms; /* its key is blocked, from and to; 0: it is not */
	bool for_adults; /* opened to write to a counselor alone: no code was asked for */
};

/* The gravest words of a room that no counselor has looked at. On disk; see watch.h. */
struct room_flag {
	bool up;
	bool clearing; /* somebody has looked; on its way to the file */
	bool uncalled; /* an adult was to be called for it, and the file did not take that */
	enum wire_severity severity;
	int64_t since_ms; /* the first of that severity was said (UTC) */
	char *category; /* of these; NULL: of none. Owned */
};

/* Pure. Changes of another room, or in the wrong order, are the caller's mistake (asserted). */
void room_apply(struct room_state *state, const struct room_change *change);

struct room {
	int64_t id;
	struct room *next, **link; /* rooms::list */
	struct room_state pending, durable;

	/* What the visitor chose on coming, made up or said; does not change. */
	char name[ROOM_NAME_BYTES], picture[ROOM_PICTURE_BYTES];
	char *topics; /* separated by \n; owned */
	char *wish; /* owned; empty: anyone */
	int mood; /* enum wire_mood, or -1 */
	unsigned in_flight; /* events handed to the store and not back */

	struct feed feed;
	unsigned visitors_here; /* sessions */
	uint64_t visitors[ROOM_PLACES]; /* ids of those that came last */
	unsigned visitors_at; /* in them, the oldest */
	unsigned tokens; /* tabs that may open it */
	unsigned saving; /* rows handed to the store and not back */
	bool seen_dirty, dirty; /* the row in the file is behind */
	bool row_due; /* and is to be written in this flush */
	bool sent_reading; /* of `sent` */
	bool came_back; /* with the words, or to wait again, since the daemon started */
	bool has_codename;
	uint8_t worked; /* bits of work known to be done for it; see door_ask_peers() */
	uint8_t codename_inside[CODENAME_INSIDE_BYTES]; /* codename_window_hash() of the words */
	int64_t visitor_seen, supporter_seen; /* n */
	int64_t warned_until_ms; /* desk_warned_until() as members were told */
	int64_t visitor_typing_until, supporter_typing_until; /* monotonic; 0: not */
	int64_t adult_typing_until;
	int64_t blocked_mono; /* the block ends then; 0: there is none */
	int64_t nudged_mono; /* a counselor last asked to look; 0: never */
	int64_t left_account; /* whose chat it was when its visitor ended it; 0: nobody's */
	int64_t left_mono; /* when that was */
	struct room_flag flag;

	/* Waiting and timeouts, monotonic. */
	int64_t asked_mono, since_mono; /* 0: not */
	int64_t offered_to, offered_mono;
	int64_t *tried; /* PAIRING_TRIED_MAX accounts that let this round's offer pass, or NULL */
	int64_t handing_to, handing_mono; /* account asked to take over; 0: nobody */

	struct sent *sent; /* ids already used; NULL: not read yet */
	struct escalation *calls; /* for an adult; escalation::next_of_room */
	struct echo *echoes; /* resends of what is in flight, to be answered with it */
	struct parked *parked; /* requests that wait for `sent`, in order */

	/* Codes tried to get to peers with, of a room for a counselor alone; all-zero: none yet. */
	struct rate_bucket codes;

	struct room *wall_next, *wall_prev; /* rooms::wall, by wall_version */
	uint64_t wall_version;
	struct frame *wall_frame; /* state.wall encoded at that version, or NULL */
};

/* On disk, and waiting for a peer now. */
static inline bool room_is_waiting(const struct room *room)
{
	return room->durable.phase == WIRE_PHASE_WAITING &&
	       room->durable.audience == WIRE_AUDIENCE_NOW && room->durable.n > 0;
}

/* Does it change for others when this account comes or goes? */
static inline bool room_has(const struct room *room, int64_t account)
{
	return room->durable.supporter == account || room->durable.adult == account;
}

/* A visitor's session came. Of many of one chat those that came last keep their places when places
 * are short; what has ended is read as well a moment later. */
void room_note_visitor(struct room *room, uint64_t session);
bool room_keeps_place(const struct room *room, uint64_t session);

/* Accounts that let the offer pass, 0-ended or full; copied, and forgotten when the first is 0. */
void room_set_tried(struct room *room, const int64_t tried[PAIRING_TRIED_MAX]);

/* Fills a row for the file from `durable`, and a room from its row. */
void room_to_row(const struct room *room, struct room_row *row);
void room_from_row(struct room *room, const struct room_row *row);

#endif
