/* Calls for an adult that the daemon raises and ends by itself, and every call's clock. */
#include "daemon/escalation.h"

#include "daemon/clock.h"
#include "daemon/journal.h"
#include "daemon/ladder.h"
#include "daemon/room.h"
#include "daemon/server.h"
#include "daemon/settings.h"
#include "daemon/staff.h"

/* ---- what the daemon calls for by itself ---- */

static struct escalation *system_call(const struct room *room)
{
	struct escalation *escalation = room->calls;
	while (escalation != NULL && (escalation->row.source != WIRE_SOURCE_SYSTEM ||
					     escalation->pending.stage == WIRE_STAGE_CLOSED)) {
		escalation = escalation->next_of_room;
	}
	return escalation;
}

static void raise_for_alarm(struct server *server, struct room *room)
{
	static const enum wire_escalation_reason reasons[] = {
		[WIRE_ALARM_UNANSWERED] = WIRE_REASON_UNANSWERED,
		[WIRE_ALARM_LOST_SUPPORTER] = WIRE_REASON_LOST_SUPPORTER,
		[WIRE_ALARM_MAILBOX] = WIRE_REASON_MAILBOX,
	};
	escalation_raise(server, &(struct escalation_call){
					 .room = room,
					 .source = WIRE_SOURCE_SYSTEM,
					 .reason = reasons[room->durable.alarm_why],
				 });
}

void escalation_raise_flag(struct server *server, struct room *room)
{
	if (room->pending.phase == WIRE_PHASE_ENDED) {
		return;
	}
	if (!journal_writable(server)) {
		room->flag.uncalled = true;
		return;
	}
	escalation_raise(server, &(struct escalation_call){
					 .room = room,
					 .source = WIRE_SOURCE_FLAG,
					 .reason = WIRE_REASON_FLAGGED,
				 });
}

void escalation_room_changed(
	struct server *server, struct room *room, const struct room_change *change)
{
	struct escalation *called = system_call(room);
	if (!journal_writable(server)) {
		return; /* escalations_tick() looks again */
	}
	if (change->kind == EVENT_ALARM_RAISED) {
		if (called != NULL && called->pending.stage == WIRE_STAGE_TAKEN) {
			/* Whoever took note has not helped: all over again. */
			escalation_end(server, called);
		}
		raise_for_alarm(server, room);
	} else if (called != NULL && change->kind == EVENT_ALARM_TAKEN) {
		const struct account *by = staff_account(server->staff, change->author);
		if (by != NULL && called->pending.stage != WIRE_STAGE_TAKEN) {
			struct asker nobody = {0};
			(void)escalation_act_by(
				server, called, ESCALATION_TAKE, by, NULL, -1, &nobody);
		}
	} else if (called != NULL && room->durable.asked_ms == 0 && !room->durable.alarm) {
		escalation_end(server, called); /* answered, or over */
	}
}

/* ---- the clock ---- */

int64_t escalation_due_mono(const struct server *server, const struct escalation *escalation)
{
	const struct escalation_state *state = &escalation->durable;
	return escalation->since_mono + ladder_gap_ms(&server->settings->ladder, state->steps);
}

static bool has_lapsed(const struct server *server, const struct escalation *escalation)
{
	if (escalation->durable.stage != WIRE_STAGE_TAKEN) {
		return false;
	}
	const struct account *by = staff_account(server->staff, escalation->durable.taken_by);
	return by == NULL || by->row.disabled;
}

static bool is_moot(const struct escalation *escalation)
{
	const struct room_state *state = &escalation->room->durable;
	return escalation->row.source == WIRE_SOURCE_SYSTEM &&
	       escalation->durable.stage != WIRE_STAGE_CLOSED && !state->alarm &&
	       !state->alarm_noted && state->asked_ms == 0;
}

static void tick_one(struct server *server, struct escalation *escalation, int64_t now)
{
	if (escalation->in_flight > 0) {
		return;
	}
	if (escalation->durable.stage == WIRE_STAGE_CLOSED) {
		if (clock_wall_ms() - escalation->durable.closed_ms >= ESCALATION_KEEP_CLOSED_MS) {
			escalation_destroy(server, escalation);
		}
	} else if (is_moot(escalation)) {
		escalation_end(server, escalation);
	} else if (has_lapsed(server, escalation)) {
		escalation_lapse(server, escalation);
	} else if (escalation_climbs(&escalation->durable) &&
		   now >= escalation_due_mono(server, escalation)) {
		escalation_step(server, escalation);
	}
}

/* The school has another ladder: what is shown of the next step is out of date. */
static void note_ladder(struct server *server)
{
	struct escalations *all = server->escalations;
	const struct ladder *ladder = &server->settings->ladder;
	if (memcmp(&all->ladder, ladder, sizeof(*ladder)) == 0) {
		return;
	}
	memcpy(&all->ladder, ladder, sizeof(*ladder));
	uint64_t version = all->version;
	struct escalation *next;
	for (struct escalation *e = all->oldest; e != NULL && e->version <= version; e = next) {
		next = e->newer; /* each goes to the newest end */
		if (escalation_climbs(&e->durable)) {
			escalation_changed(server, e);
		}
	}
}

void escalations_tick(struct server *server)
{
	if (server->escalations == NULL) {
		return;
	}
	note_ladder(server);
	if (!journal_writable(server)) {
		return;
	}
	int64_t now = clock_mono_ms();
	struct escalation *next;
	/* The one that has waited longest first: what may be sent in a flood is not for ever the
	 * newest's. */
	for (struct escalation *e = server->escalations->oldest; e != NULL; e = next) {
		next = e->newer;
		tick_one(server, e, now);
	}
	for (struct room *room = server->rooms.list; room != NULL; room = room->next) {
		if (room->durable.alarm && room->pending.alarm && system_call(room) == NULL) {
			raise_for_alarm(server, room); /* the file took the alarm and no more */
		}
		if (room->flag.uncalled && room->in_flight == 0) {
			room->flag.uncalled = false;
			if (room->flag.up && room->flag.severity == WIRE_SEVERITY_HIGH) {
				escalation_raise_flag(server, room); /* the flag and no more */
			}
		}
	}
}
