/* Calls for an adult: raised and moved; see escalation.h. */
#include "daemon/escalation.h"

#include "daemon/acts.h"
#include "daemon/audit.h"
#include "daemon/clock.h"
#include "daemon/journal.h"
#include "daemon/ladder.h"
#include "daemon/outbox.h"
#include "daemon/rooms.h"
#include "daemon/server.h"
#include "daemon/settings.h"
#include "daemon/staff.h"
#include "daemon/xalloc.h"
#include "storage/table_outbox.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

/*
 * A flood of rooms must not become a flood of mail that nobody reads: steps that send something are
 * put off, never dropped, beyond 60 at once and one in 10 s, and those that the daemon raises by
 * itself beyond 10 at once and one a minute. Adults who look see all of them.
 */
const struct rate_limit escalation_outside_people = {600, 1}, escalation_outside_system = {600, 1};
enum {
	OUTSIDE_PEOPLE_COST = 10,
	OUTSIDE_SYSTEM_COST = 60,
};

/* ---- one move, between the loop and the disk ---- */

struct move {
	struct escalation *escalation;
	struct escalation_row row; /* as it is after it */
	struct escalation_change change;
	bool raises;
	struct escalation_telling telling;
};

static struct escalation_row row_of(const struct escalation *escalation)
{
	const struct escalation_state *state = &escalation->pending;
	struct escalation_row row = escalation->row;
	row.stage = (int)state->stage;
	row.steps = state->steps;
	row.climb = state->climb;
	row.since_ms = state->since_ms;
	row.opened_by = state->opened_by;
	row.opened_ms = state->opened_ms;
	row.taken_by = state->taken_by;
	row.taken_ms = state->taken_ms;
	row.handed_to = state->handed_to;
	row.closed_ms = state->closed_ms;
	row.outcome = state->outcome;
	return row;
}

/* Nobody is to be called any more: what waits to be sent is not sent. */
static bool calls_off(const struct move *move)
{
	return !move->raises && !escalation_climbs(&(struct escalation_state){
					.stage = (enum wire_stage)move->row.stage});
}

/* On the writer's thread, after the event and in its transaction. */
static enum store_status write_move(struct store_db *db, void *data)
{
	const struct move *move = data;
	const struct escalation_telling *telling = &move->telling;
	enum store_status status =
		escalation_save(db, &move->row, telling->told, telling->told_count);
	if (status == STORE_OK && calls_off(move)) {
		status = outbox_drop_subject(db, move->row.id, move->change.at_ms);
	}
	if (status == STORE_OK) {
		status = outbox_insert(
			db, telling->messages, telling->messages_count, move->change.at_ms);
	}
	return status;
}

void escalation_add_told(struct escalation *escalation, const struct escalation_told_row *told)
{
	if (escalation->told == NULL) {
		escalation->told = xcalloc(ESCALATION_TOLD_MAX, sizeof(*escalation->told));
	}
	if (escalation->told_count == ESCALATION_TOLD_MAX) {
		escalation->told_count--;
		memmove(escalation->told, escalation->told + 1,
			escalation->told_count * sizeof(*escalation->told));
	}
	escalation->told[escalation->told_count++] = *told;
}

static void answer_echoes(struct server *server, struct escalation *escalation, bool ok)
{
	while (escalation->echoes != NULL) {
		struct escalation_echo *echo = escalation->echoes;
		escalation->echoes = echo->next;
		if (ok) {
			dispatch_answer_ok(server, &echo->asker, escalation->row.room, 0,
				escalation->row.raised_ms);
		} else {
			dispatch_answer_error(server, &echo->asker, WIRE_CODE_UNAVAILABLE);
		}
		free(echo);
	}
}

void escalation_link_to_room(struct escalation *escalation, struct room *room)
{
	escalation->room = room;
	escalation->next_of_room = room->calls;
	room->calls = escalation;
}

void escalation_destroy(struct server *server, struct escalation *escalation)
{
	struct escalations *all = server->escalations;
	if (escalation->on_disk) {
		escalation_unlink(all, escalation);
	}
	if (escalation->room != NULL) {
		struct escalation **link = &escalation->room->calls;
		while (*link != escalation) {
			link = &(*link)->next_of_room;
		}
		*link = escalation->next_of_room;
	}
	answer_echoes(server, escalation, false);
	escalation_forget_frames(escalation);
	free(escalation->told);
	free(escalation);
}

/* Which adult had it when, beside the staff's feed: in the chain nobody can mend. */
static void note_in_audit(struct server *server, const struct move *move)
{
	const struct escalation_change *change = &move->change;
	const char *did = change->act == ESCALATION_TAKE    ? "Took a call for an adult."
			  : change->act == ESCALATION_HAND  ? "Handed a call for an adult on."
			  : change->act == ESCALATION_CLOSE ? "Closed a call for an adult."
							    : NULL;
	if (change->by != 0 && did != NULL) {
		audit_add(server,
			&(struct audit_entry){
				.what = WIRE_AUDIT_ESCALATION,
				.account = change->by,
				.room = move->row.room,
				.detail = did,
			},
			NULL, NULL);
	}
}

/* What memory makes of a move that is on disk. */
static void land(struct server *server, const struct move *move)
{
	struct escalation *escalation = move->escalation;
	bool begins = move->change.act == ESCALATION_TELL || move->change.act == ESCALATION_HAND ||
		      move->change.act == ESCALATION_LAPSE;
	if (move->raises) {
		escalation->on_disk = true;
		escalation_link(server, escalation);
	} else {
		escalation_apply(&escalation->durable, &move->change);
	}
	for (size_t i = 0; i < move->telling.told_count; i++) {
		escalation_add_told(escalation, &move->telling.told[i]);
	}
	if (begins) {
		escalation->since_mono = clock_mono_ms();
	}
	if (move->raises || escalation->in_flight == 0) {
		answer_echoes(server, escalation, true);
	}
	if (calls_off(move) && !escalation_climbs(&escalation->pending)) {
		/* Not when it was handed on meanwhile: those messages are to be sent. */
		outbox_drop(server, escalation->row.id);
	}
	note_in_audit(server, move);
	if (move->telling.messages_count > 0) {
		outbox_wake(server);
	}
	escalation_changed(server, escalation);
}

static void on_moved(struct server *server, void *data, enum store_status status)
{
	struct move *move = data;
	struct escalation *escalation = move->escalation;
	escalation->in_flight--;
	if (status == STORE_OK) {
		land(server, move);
	} else {
		escalation->pending = escalation->durable;
		/* Nobody else asks again: escalations_tick() does. */
		escalation->room->flag.uncalled |=
			move->raises && escalation->row.source == WIRE_SOURCE_FLAG;
		answer_echoes(server, escalation, false);
		if (!escalation->on_disk && escalation->in_flight == 0) {
			escalation_destroy(server, escalation);
		}
	}
	escalation_telling_finish(&move->telling);
	free(move);
}

/* Takes over what `telling` holds; it may be NULL. */
static struct journal_said said_by(struct escalation *escalation,
	const struct escalation_change *change, struct escalation_telling *telling,
	const struct asker *asker)
{
	struct move *move = xcalloc(1, sizeof(*move));
	move->escalation = escalation;
	move->change = *change;
	move->row = row_of(escalation);
	if (telling != NULL) {
		move->telling = *telling;
	}
	escalation->in_flight++;
	return (struct journal_said){
		.asker = asker != NULL ? *asker : (struct asker){0},
		.also = write_move,
		.done = on_moved,
		.also_data = move,
	};
}

/* ---- moves ---- */

static int64_t shown_rung(const struct server *server, const struct escalation_state *state)
{
	size_t count = server->settings->ladder.count;
	unsigned step = state->steps > 0 ? state->steps - 1 : 0;
	return step < count ? step : (int64_t)count - 1;
}

/* The change must have been judged to GO; its time is given here. */
static void move(struct server *server, struct escalation *escalation,
	struct escalation_change *change, struct escalation_telling *telling, const char *name,
	const struct asker *asker)
{
	int64_t author = change->by != 0 ? change->by : AUTHOR_NOBODY;
	struct room_change event =
		journal_next(server, escalation->room, EVENT_ESCALATION_MOVED, author);
	change->at_ms = event.at_ms;
	escalation_apply(&escalation->pending, change);
	struct msg_escalation_moved moved = {
		.seq = event.seq,
		.room = escalation->row.room,
		.at_ms = event.at_ms,
		.escalation = escalation->row.id,
		.stage = escalation->pending.stage,
		.rung = shown_rung(server, &escalation->pending),
		.name = text_of(name),
		.has_outcome = change->outcome >= 0,
		.outcome = change->outcome >= 0 ? (enum wire_outcome)change->outcome
						: WIRE_OUTCOME_SAFE,
	};
	struct journal_said said = said_by(escalation, change, telling, asker);
	for (size_t i = 0; telling != NULL && i < telling->told_count; i++) {
		telling->told[i].at_ms = event.at_ms;
	}
	act_append(server, escalation->room, &event, TYPE_ESCALATION_MOVED, &moved, &said);
}

static bool may_send(struct server *server, const struct escalation *escalation)
{
	struct escalations *all = server->escalations;
	int64_t now = clock_mono_ms(), retry_ms;
	return escalation->row.source == WIRE_SOURCE_SYSTEM
		       ? rate_take(&all->outside_system, &escalation_outside_system,
				 OUTSIDE_SYSTEM_COST, now, &retry_ms)
		       : rate_take(&all->outside_people, &escalation_outside_people,
				 OUTSIDE_PEOPLE_COST, now, &retry_ms);
}

/* The next step of the ladder. */
void escalation_step(struct server *server, struct escalation *escalation)
{
	struct escalation_telling telling = {0};
	escalation_gather_step(server, escalation, &telling);
	bool reached = telling.told_count > 0;
	bool repeats = escalation->pending.steps >= server->settings->ladder.count;
	if (!reached && repeats) {
		/* Nobody can be told, again: nothing has happened, and the file need not say so. */
		escalation->since_mono = clock_mono_ms();
	} else if (telling.messages_count == 0 || may_send(server, escalation)) {
		struct escalation_change change = {
			.act = ESCALATION_TELL, .outcome = -1, .reached = reached};
		move(server, escalation, &change, &telling, reached ? telling.label : "", NULL);
		return; /* the move has what was gathered */
	}
	escalation_telling_finish(&telling);
}

void escalation_lapse(struct server *server, struct escalation *escalation)
{
	struct escalation_change change = {.act = ESCALATION_LAPSE, .outcome = -1};
	move(server, escalation, &change, NULL, "", NULL);
}

void escalation_end(struct server *server, struct escalation *escalation)
{
	struct escalation_answer answer =
		escalation_judge(escalation->pending.stage, ESCALATION_END, false);
	if (answer.verdict == ESCALATION_GO) {
		struct escalation_change change = {.act = ESCALATION_END, .outcome = -1};
		move(server, escalation, &change, NULL, "", NULL);
	}
}

enum outcome escalation_act_by(struct server *server, struct escalation *escalation,
	enum escalation_act act, const struct account *by, const struct account *to, int outcome,
	const struct asker *asker)
{
	bool holds = escalation_is_held_by(&escalation->pending, by->row.id);
	struct escalation_answer answer = escalation_judge(escalation->pending.stage, act, holds);
	if (answer.verdict == ESCALATION_REFUSED) {
		return refuse(answer.code);
	}
	if (!journal_writable(server)) {
		return refuse(WIRE_CODE_UNAVAILABLE);
	}
	if (answer.verdict == ESCALATION_STAYS && escalation->in_flight == 0) {
		return OUTCOME_OK;
	}
	if (answer.verdict == ESCALATION_STAYS) {
		/* What makes it so is on its way: no repetition is further ahead of the disk. */
		struct escalation_echo *echo = xmalloc(sizeof(*echo));
		*echo = (struct escalation_echo){*asker, escalation->echoes};
		escalation->echoes = echo;
		return OUTCOME_ANSWERED;
	}
	struct escalation_change change = {
		.act = act,
		.by = by->row.id,
		.to = to != NULL ? to->row.id : 0,
		.outcome = outcome,
		.steps = act == ESCALATION_HAND ? ladder_first_later(&server->settings->ladder) : 0,
	};
	struct escalation_telling telling = {0};
	if (act == ESCALATION_HAND) {
		escalation_gather_adult(server, escalation, to, &telling);
	}
	move(server, escalation, &change, &telling,
		act == ESCALATION_HAND ? to->row.alias : by->row.alias, asker);
	return OUTCOME_ANSWERED;
}

/* ---- raising ---- */

/* The same call again: by its id, or the same person's while the first is open. Another person's is
 * another one: who took the first may be the one who calls. by_id: of its id alone. */
static struct escalation *find_same(const struct escalation_call *call, bool by_id)
{
	int64_t by = call->by != NULL ? call->by->row.id : 0;
	for (struct escalation *e = call->room->calls; e != NULL; e = e->next_of_room) {
		if (e->row.source != (int)call->source || e->row.raised_by != by) {
			continue;
		}
		bool same_id = call->page_id != NULL && e->row.has_page_id &&
			       memcmp(e->row.page_id, call->page_id, sizeof(e->row.page_id)) == 0;
		if (same_id || (!by_id && e->pending.stage != WIRE_STAGE_CLOSED)) {
			return e;
		}
	}
	return NULL;
}

static void answer_as_first(
	struct server *server, struct escalation *escalation, const struct asker *asker)
{
	if (escalation->on_disk) {
		dispatch_answer_ok(
			server, asker, escalation->row.room, 0, escalation->row.raised_ms);
		return;
	}
	struct escalation_echo *echo = xmalloc(sizeof(*echo));
	*echo = (struct escalation_echo){*asker, escalation->echoes};
	escalation->echoes = echo;
}

static struct escalation *create(const struct escalation_call *call, int64_t at_ms)
{
	struct escalation *escalation = xcalloc(1, sizeof(*escalation));
	escalation->row = (struct escalation_row){
		.id = server_random_id(),
		.room = call->room->id,
		.source = (int)call->source,
		.reason = (int)call->reason,
		.raised_by = call->by != NULL ? call->by->row.id : 0,
		.raised_ms = at_ms,
		.has_page_id = call->page_id != NULL,
		.tell = call->tell || call->source == WIRE_SOURCE_VISITOR,
	};
	if (call->page_id != NULL) {
		memcpy(escalation->row.page_id, call->page_id, sizeof(escalation->row.page_id));
	}
	snprintf(escalation->row.note, sizeof(escalation->row.note), "%.*s", (int)call->note.size,
		call->note.bytes != NULL ? call->note.bytes : "");
	escalation->pending = escalation->durable = (struct escalation_state){
		.stage = WIRE_STAGE_RAISED, .since_ms = at_ms, .outcome = -1};
	escalation->since_mono = clock_mono_ms();
	escalation_link_to_room(escalation, call->room);
	return escalation;
}

static void raise_new(struct server *server, const struct escalation_call *call)
{
	int64_t author = call->by != NULL                      ? call->by->row.id
			 : call->source == WIRE_SOURCE_VISITOR ? AUTHOR_VISITOR
							       : AUTHOR_NOBODY;
	struct room_change event =
		journal_next(server, call->room, EVENT_ESCALATION_RAISED, author);
	struct escalation *escalation = create(call, event.at_ms);
	struct msg_escalation_raised raised = {
		.seq = event.seq,
		.room = call->room->id,
		.at_ms = event.at_ms,
		.escalation = escalation->row.id,
		.source = call->source,
		.reason = call->reason,
		.by = text_of(call->by != NULL ? call->by->row.alias : ""),
	};
	struct escalation_change change = {.at_ms = event.at_ms, .outcome = -1};
	struct journal_said said = said_by(escalation, &change, NULL, &call->asker);
	((struct move *)said.also_data)->raises = true;
	act_append(server, call->room, &event, TYPE_ESCALATION_RAISED, &raised, &said);
	if (ladder_gap_ms(&server->settings->ladder, 0) == 0) {
		escalation_step(server, escalation); /* in the same commit, most often */
	}
}

void escalation_raise(struct server *server, const struct escalation_call *call)
{
	struct escalation *escalation = find_same(call, false);
	if (escalation != NULL) {
		answer_as_first(server, escalation, &call->asker);
		return;
	}
	raise_new(server, call);
}

bool escalation_report(struct server *server, const struct escalation_call *call)
{
	bool again = find_same(call, true) != NULL;
	if (!again) {
		raise_new(server, call);
	}
	return again;
}

bool escalation_visitor_calls(const struct room *room)
{
	for (const struct escalation *e = room->calls; e != NULL; e = e->next_of_room) {
		if (e->row.source == WIRE_SOURCE_VISITOR && e->pending.stage != WIRE_STAGE_CLOSED) {
			return true;
		}
	}
	return false;
}

/* ---- finding, and rooms that go ---- */

struct escalation *escalation_find(const struct server *server, int64_t id)
{
	return idmap_find(&server->escalations->by_id, (uint64_t)id);
}

static void on_told_written(struct store_job *job, enum store_status status)
{
	struct escalation_told_write *write = (struct escalation_told_write *)job;
	if (status != STORE_OK) {
		journal_note_failure(write->owner, status);
	}
	free(write);
}

void escalation_delivered(struct server *server, int64_t subject, const char *key, bool ok)
{
	struct escalation *escalation = escalation_find(server, subject);
	struct escalation_told_write *write = escalation_told_write_create(subject, key, !ok);
	write->job.done = on_told_written;
	write->owner = server;
	store_write(server->store, &write->job);
	for (size_t i = 0; escalation != NULL && i < escalation->told_count; i++) {
		struct escalation_told_row *told = &escalation->told[i];
		if (strcmp(told->message, key) == 0 && told->failed == ok) {
			told->failed = !ok;
			escalation_changed(server, escalation);
		}
	}
}

bool escalation_holds_room(const struct room *room)
{
	for (const struct escalation *e = room->calls; e != NULL; e = e->next_of_room) {
		if (e->in_flight > 0 || e->durable.stage != WIRE_STAGE_CLOSED) {
			return true;
		}
	}
	return false;
}

void escalation_forget_room(struct server *server, struct room *room)
{
	while (room->calls != NULL) {
		escalation_destroy(server, room->calls);
	}
}
