/* What pages are shown of calls for an adult: snapshots, by version, encoded once a change. */
#include "daemon/escalation.h"

#include "daemon/clock.h"
#include "daemon/desk.h"
#include "daemon/feed.h"
#include "daemon/frame.h"
#include "daemon/ladder.h"
#include "daemon/room.h"
#include "daemon/rooms.h"
#include "daemon/server.h"
#include "daemon/session.h"
#include "daemon/settings.h"
#include "daemon/staff.h"

#include <stdlib.h>

enum {
	RUNG_MAX = 100
};

/* ---- order ---- */

void escalation_unlink(struct escalations *all, struct escalation *escalation)
{
	idmap_remove(&all->by_id, (uint64_t)escalation->row.id);
	*(escalation->newer != NULL ? &escalation->newer->older : &all->newest) = escalation->older;
	*(escalation->older != NULL ? &escalation->older->newer : &all->oldest) = escalation->newer;
	escalation->newer = escalation->older = NULL;
}

void escalation_link(struct server *server, struct escalation *escalation)
{
	struct escalations *all = server->escalations;
	escalation->version = ++all->version;
	escalation->newer = NULL;
	escalation->older = all->newest;
	*(all->newest != NULL ? &all->newest->newer : &all->oldest) = escalation;
	all->newest = escalation;
	idmap_put(&all->by_id, (uint64_t)escalation->row.id, escalation);
}

void escalation_forget_frames(struct escalation *escalation)
{
	frame_unref(escalation->staff_frame);
	frame_unref(escalation->supporter_frame);
	escalation->staff_frame = escalation->supporter_frame = NULL;
}

void escalation_changed(struct server *server, struct escalation *escalation)
{
	escalation_unlink(server->escalations, escalation);
	escalation_link(server, escalation);
	escalation_forget_frames(escalation);
	struct subscription *next;
	for (struct subscription *s = server->oversight.subscribers; s != NULL; s = next) {
		next = s->next;
		session_wake(s->session); /* at once: lists and wall may wait, this may not */
	}
	rooms_marks_changed(server, escalation->room);
}

/* ---- frames ---- */

static struct text alias_of(const struct server *server, int64_t account_id)
{
	const struct account *account = staff_account(server->staff, account_id);
	return text_of(account != NULL ? account->row.alias : "?");
}

static size_t list_told(
	const struct escalation *escalation, struct item_told told[ESCALATION_TOLD_MAX])
{
	for (size_t i = 0; i < escalation->told_count; i++) {
		const struct escalation_told_row *row = &escalation->told[i];
		told[i] = (struct item_told){
			.channel = (enum wire_channel)row->channel,
			.who = text_of(row->who),
			.at_ms = row->at_ms,
			.failed = row->failed,
		};
	}
	return escalation->told_count;
}

static void add_people(const struct server *server, const struct escalation_state *state,
	struct msg_state_escalation *message)
{
	message->has_opened_by = message->has_opened_ms = state->opened_by != 0;
	message->opened_by = alias_of(server, state->opened_by);
	message->opened_ms = state->opened_ms;
	bool taken = state->taken_by != 0;
	message->has_taken_by = message->has_taken_ms = message->has_taken_account = taken;
	message->taken_by = alias_of(server, state->taken_by);
	message->taken_ms = state->taken_ms;
	message->taken_account = state->taken_by;
	message->has_handed_to = message->has_handed_account = state->handed_to != 0;
	message->handed_to = alias_of(server, state->handed_to);
	message->handed_account = state->handed_to;
}

static struct frame *encode(
	struct server *server, const struct escalation *escalation, bool for_staff)
{
	const struct escalation_state *state = &escalation->durable;
	const struct escalation_row *row = &escalation->row;
	const struct ladder *ladder = &server->settings->ladder;
	struct item_told told[ESCALATION_TOLD_MAX];
	char next_who[ESCALATION_WHO_BYTES];
	bool climbs = escalation_climbs(state);
	int64_t rung = state->steps > 0 ? (int64_t)state->steps - 1 : 0;
	rung = rung < (int64_t)ladder->count ? rung : (int64_t)ladder->count - 1;
	escalation_rung_label(server, state->steps, next_who);
	struct msg_state_escalation message = {
		.escalation = row->id,
		.room = row->room,
		.name = text_of(escalation->room->name),
		.picture = text_of(escalation->room->picture),
		.source = (enum wire_escalation_source)row->source,
		.reason = (enum wire_escalation_reason)row->reason,
		.by = row->raised_by != 0 ? alias_of(server, row->raised_by) : text_of(""),
		.at_ms = row->raised_ms,
		.stage = state->stage,
		.has_note = for_staff && row->note[0] != '\0',
		.note = text_of(row->note),
		.rung = rung < RUNG_MAX ? rung : RUNG_MAX,
		.has_next_ms = climbs,
		.next_ms =
			clock_wall_ms() + escalation_due_mono(server, escalation) - clock_mono_ms(),
		.has_next_who = climbs,
		.next_who = text_of(next_who),
		.told = told,
		.told_count = list_told(escalation, told),
		.has_outcome = state->stage == WIRE_STAGE_CLOSED && state->outcome >= 0,
		.outcome =
			state->outcome >= 0 ? (enum wire_outcome)state->outcome : WIRE_OUTCOME_SAFE,
	};
	add_people(server, state, &message);
	return desk_encode(server, TYPE_STATE_ESCALATION, &message);
}

/* ---- cursors ---- */

struct escalation_cursor escalation_cursor_new(const struct server *server)
{
	return (struct escalation_cursor){.born = server->escalations->version};
}

static bool is_news(const struct escalation *escalation, const struct escalation_cursor *cursor)
{
	bool old = escalation->durable.stage == WIRE_STAGE_CLOSED &&
		   escalation->version <= cursor->born;
	return escalation->version > cursor->version && !old;
}

/* The oldest above the cursor, without a walk for who has just come or goes on where they were. */
static struct escalation *first_above(
	const struct server *server, const struct escalation_cursor *cursor)
{
	struct escalation *e = escalation_find(server, cursor->id);
	if (e != NULL && e->version == cursor->version) {
		return e->newer;
	}
	if (cursor->version == 0) {
		return server->escalations->oldest;
	}
	for (e = server->escalations->newest;
		e != NULL && e->older != NULL && e->older->version > cursor->version;
		e = e->older) {
	}
	return e != NULL && e->version > cursor->version ? e : NULL;
}

struct frame *escalation_next_frame(struct server *server, struct escalation_cursor *cursor)
{
	struct escalation *next = first_above(server, cursor);
	while (next != NULL && !is_news(next, cursor)) {
		next = next->newer;
	}
	if (next == NULL) {
		cursor->version = server->escalations->version;
		return NULL;
	}
	cursor->version = next->version;
	cursor->id = next->row.id;
	if (next->staff_frame == NULL) {
		next->staff_frame = encode(server, next, true);
	}
	return frame_ref(next->staff_frame);
}

struct frame *escalation_next_of_room(
	struct server *server, const struct room *room, struct escalation_cursor *cursor)
{
	struct escalation *next = NULL;
	for (struct escalation *e = room->calls; e != NULL; e = e->next_of_room) {
		if (e->on_disk && is_news(e, cursor) &&
			(next == NULL || e->version < next->version)) {
			next = e;
		}
	}
	if (next == NULL) {
		return NULL;
	}
	cursor->version = next->version;
	if (next->supporter_frame == NULL) {
		next->supporter_frame = encode(server, next, false);
	}
	return frame_ref(next->supporter_frame);
}

/* ---- the visitor ---- */

bool escalation_help(const struct server *server, const struct room *room, enum wire_help *help,
	const struct account **taken_by, int64_t *since_ms)
{
	bool found = false;
	for (const struct escalation *e = room->calls; e != NULL; e = e->next_of_room) {
		const struct escalation_state *state = &e->durable;
		if (!e->on_disk || !e->row.tell || state->stage == WIRE_STAGE_CLOSED) {
			continue;
		}
		bool taken = state->stage == WIRE_STAGE_TAKEN;
		bool seen = state->opened_by != 0 || state->taken_by != 0;
		enum wire_help one = taken  ? WIRE_HELP_TAKEN
				     : seen ? WIRE_HELP_SEEN
					    : WIRE_HELP_ASKED;
		if (found && one <= *help) {
			continue;
		}
		found = true;
		*help = one;
		*taken_by = taken ? staff_account(server->staff, state->taken_by) : NULL;
		*since_ms = taken                   ? state->taken_ms
			    : state->opened_by != 0 ? state->opened_ms
			    : seen                  ? state->taken_ms
						    : e->row.raised_ms;
	}
	return found;
}
