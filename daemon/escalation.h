/*
 * Calls for an adult. Each climbs the school's ladder until a named adult takes it, survives the
 * end of the daemon in any form, and is shown to every overseer and to the supporter of its room
 * as a snapshot. Each move is one event of the staff's feed, written in one transaction with the
 * call's row and with the messages that leave the box; memory follows when it is on disk.
 *
 * Where it stands is decided in escalation_state.c, when it climbs in escalation_clock.c, who is
 * told in escalation_tell.c, what pages are shown in escalation_show.c.
 *
 * Longer than a header should be: its parts share what is below the line.
 */
#ifndef HARK_DAEMON_ESCALATION_H
#define HARK_DAEMON_ESCALATION_H

#include "daemon/dispatch.h"
#include "daemon/escalation_state.h"
#include "daemon/idmap.h"
#include "daemon/ladder.h"
#include "daemon/outbox.h"
#include "daemon/rate.h"
#include "storage/store.h"
#include "storage/table_escalation.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct account;
struct frame;
struct room;
struct room_change;
struct room_state;
struct server;

/* Somebody who called again for what is still on its way. */
struct escalation_echo {
	struct asker asker;
	struct escalation_echo *next; /* escalation::echoes */
};

struct escalation {
	struct escalation_row row; /* of it, what was raised; how it stands is below */
	struct escalation_state pending, durable; /* as in room.h */
	struct room *room;
	struct escalation *next_of_room; /* room::calls */
	struct escalation *newer, *older; /* escalations::newest, by version */
	uint64_t version;
	bool on_disk; /* it was raised; before, nobody is shown it */
	unsigned in_flight; /* moves handed to the store and not back */
	int64_t since_mono; /* durable.since_ms, for the ladder */
	struct escalation_told_row *told; /* the newest ESCALATION_TOLD_MAX, oldest first */
	size_t told_count;
	struct frame *staff_frame, *supporter_frame; /* NULL: to be made */
	struct escalation_echo *echoes;
};

enum store_status escalations_load(struct server *server); /* after rooms and accounts */
void escalations_finish(struct server *server);

/* Once a second: what is due on the ladder, and what was missed. */
void escalations_tick(struct server *server);

/* ---- raising ---- */

struct escalation_call {
	struct room *room;
	enum wire_escalation_source source;
	enum wire_escalation_reason reason;
	const struct account *by; /* NULL: the visitor or the daemon */
	const uint8_t *page_id; /* ESCALATION_PAGE_ID_BYTES; NULL: none */
	struct text note; /* at most 500 code points */
	bool tell; /* the visitor may see it */
	struct asker asker;
};

/* Raises, or answers like the first time. The caller has asked policy and journal_writable(). */
void escalation_raise(struct server *server, const struct escalation_call *call);

/*
 * What a supporter has just ended a chat for, as a call of its own whatever else is open; of one
 * tap, so asked for twice it is the first. True: it was there already.
 */
bool escalation_report(struct server *server, const struct escalation_call *call);

/* The visitor's own call for an adult is open. */
bool escalation_visitor_calls(const struct room *room);

/* A message of the highest severity was flagged, and the school wants to be called. */
void escalation_raise_flag(struct server *server, struct room *room);

/* A room's event is on disk: an alarm raises a call, and its end ends it. */
void escalation_room_changed(
	struct server *server, struct room *room, const struct room_change *change);

/* ---- moving ---- */

struct escalation *escalation_find(const struct server *server, int64_t id); /* NULL: none */

/* One of OPEN, TAKE, HAND, CLOSE by an adult; `to` for HAND, `outcome` for CLOSE or -1. */
enum outcome escalation_act_by(struct server *server, struct escalation *escalation,
	enum escalation_act act, const struct account *by, const struct account *to, int outcome,
	const struct asker *asker);

/* Whether the room may not be unloaded; and that it is. */
bool escalation_holds_room(const struct room *room);
void escalation_forget_room(struct server *server, struct room *room);

/* ---- for escalation.c and its parts ---- */

enum {
	ESCALATION_KEEP_CLOSED_MS = 24 * 60 * 60 * 1000, /* whose page had no answer asks again */
};

/* See escalation.c. */
extern const struct rate_limit escalation_outside_people, escalation_outside_system;

/* The next step of the ladder; what it was raised for is over; who had it cannot any more. The
 * caller has asked journal_writable(). */
void escalation_step(struct server *server, struct escalation *escalation);
void escalation_end(struct server *server, struct escalation *escalation);
void escalation_lapse(struct server *server, struct escalation *escalation);

void escalation_add_told(struct escalation *escalation, const struct escalation_told_row *told);
void escalation_link_to_room(struct escalation *escalation, struct room *room);
void escalation_destroy(struct server *server, struct escalation *escalation);

struct escalations {
	struct escalation *newest, *oldest; /* by version; on disk */
	struct idmap by_id; /* of them */
	struct ladder ladder; /* the school's, as pages were last told of the next step */
	uint64_t version; /* newest given out */
	/* Messages that leave the box, against floods of rooms: see escalation.c. */
	struct rate_bucket outside_people, outside_system;
};

/* Who is told by one step, and the messages that do it. */
struct escalation_telling {
	char label[ESCALATION_WHO_BYTES]; /* "those on duty" */
	struct escalation_told_row *told;
	size_t told_count;
	struct outbox_message *messages;
	size_t messages_count;
};

void escalation_gather_step(
	struct server *server, const struct escalation *escalation, struct escalation_telling *out);
/* The adult it is handed to, alone. */
void escalation_gather_adult(struct server *server, const struct escalation *escalation,
	const struct account *adult, struct escalation_telling *out);
void escalation_telling_finish(struct escalation_telling *telling);

/* Whether some rung leads to an adult over a channel that works. */
bool escalations_reach_somebody(const struct server *server);

/* "those on duty", as pages and adults are told. */
void escalation_rung_label(
	const struct server *server, unsigned step, char label[ESCALATION_WHO_BYTES]);

/* ---- what pages are shown ---- */

struct escalation_cursor escalation_cursor_new(const struct server *server);

/* The next call that changed after the cursor, which moves; NULL: none. */
struct frame *escalation_next_frame(struct server *server, struct escalation_cursor *cursor);
/* The same for the supporter of a room: its calls alone, without notes. */
struct frame *escalation_next_of_room(
	struct server *server, const struct room *room, struct escalation_cursor *cursor);

/* It is on disk, and known from here on. */
void escalation_link(struct server *server, struct escalation *escalation);
void escalation_unlink(struct escalations *all, struct escalation *escalation);
/* It has changed: pages are told. */
void escalation_changed(struct server *server, struct escalation *escalation);
void escalation_forget_frames(struct escalation *escalation);
int64_t escalation_due_mono(const struct server *server, const struct escalation *escalation);

/* What the visitor of the room may know: help_name and since when; false: nothing. */
bool escalation_help(const struct server *server, const struct room *room, enum wire_help *help,
	const struct account **taken_by, int64_t *since_ms);

#endif
