/* Cases; see cases.h. */
#include "daemon/cases.h"

#include "daemon/acts.h"
#include "daemon/clock.h"
#include "daemon/desk.h"
#include "daemon/idmap.h"
#include "daemon/journal.h"
#include "daemon/rooms.h"
#include "daemon/server.h"
#include "daemon/session.h"
#include "daemon/settings.h"
#include "daemon/staff.h"
#include "daemon/xalloc.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct cases {
	struct case_file *list;
	struct idmap by_id;
	int64_t id; /* newest given out */
	uint64_t version; /* of what state.cases says, from 1 */
	int64_t open, due; /* as told last */
};

struct case_file *cases_find(const struct server *server, int64_t id)
{
	return idmap_find(&server->cases->by_id, (uint64_t)id);
}

struct case_file *cases_of_room(const struct server *server, int64_t room)
{
	struct case_file *file = server->cases->list;
	while (file != NULL && (file->room != room || file->pending.state == WIRE_CASE_CLOSED)) {
		file = file->next;
	}
	return file;
}

void case_number(const struct case_file *file, char number[CASE_NUMBER_BYTES])
{
	snprintf(number, CASE_NUMBER_BYTES, "%02d-%03d", file->year % 100, file->number);
}

/* ---- how many ---- */

static void wake_overseers(struct server *server)
{
	for (struct subscription *s = server->oversight.subscribers; s != NULL; s = s->next) {
		session_wake(s->session);
	}
}

static bool is_due(const struct case_file *file, int64_t now_ms)
{
	return file->durable.state != WIRE_CASE_CLOSED && file->durable.follow_ms > 0 &&
	       file->durable.follow_ms <= now_ms;
}

static void count(struct server *server)
{
	struct cases *cases = server->cases;
	int64_t open = 0, due = 0, now_ms = clock_wall_ms();
	for (const struct case_file *file = cases->list; file != NULL; file = file->next) {
		open += file->made && file->durable.state != WIRE_CASE_CLOSED;
		due += is_due(file, now_ms);
	}
	if (open != cases->open || due != cases->due) {
		cases->open = open;
		cases->due = due;
		cases->version++;
		wake_overseers(server);
	}
}

struct frame *cases_frame(struct server *server, uint64_t *version)
{
	const struct cases *cases = server->cases;
	if (cases == NULL || *version == cases->version) {
		return NULL;
	}
	*version = cases->version;
	const struct msg_state_cases message = {.open = cases->open, .due = cases->due};
	return desk_encode(server, TYPE_STATE_CASES, &message);
}

/* ---- beginning ---- */

static void link_file(struct cases *cases, struct case_file *file)
{
	file->next = cases->list;
	cases->list = file;
	idmap_put(&cases->by_id, (uint64_t)file->id, file);
}

static void unlink_file(struct cases *cases, struct case_file *file)
{
	struct case_file **link = &cases->list;
	while (*link != file) {
		link = &(*link)->next;
	}
	*link = file->next;
	idmap_remove(&cases->by_id, (uint64_t)file->id);
	free(file);
}

/* The newest id that is given out: a gap where nothing came of one would look like a removed
 * case. */
static void count_ids(struct cases *cases)
{
	cases->id = 0;
	for (const struct case_file *file = cases->list; file != NULL; file = file->next) {
		cases->id = file->id > cases->id ? file->id : cases->id;
	}
}

/* Looked for, not counted on: a clock that was wrong over New Year must not give one out twice. */
static int next_number(const struct cases *cases, int year)
{
	int number = 0;
	for (const struct case_file *file = cases->list; file != NULL; file = file->next) {
		number = file->year == year && file->number > number ? file->number : number;
	}
	return number + 1;
}

static bool load_one(void *data, const struct case_summary *summary)
{
	struct cases *cases = data;
	struct case_file *file = xcalloc(1, sizeof(*file));
	*file = (struct case_file){
		.id = summary->id,
		.room = summary->room,
		.owner = summary->owner,
		.year = summary->year,
		.number = summary->number,
		.made = true,
		.durable = {(enum wire_case_state)summary->state, summary->follow_ms,
			summary->steps},
	};
	file->pending = file->durable;
	link_file(cases, file);
	return true;
}

struct load {
	struct store_job job;
	struct cases *cases;
};

static enum store_status load_all(struct store_job *job, struct store_db *db)
{
	return case_load_all(db, load_one, ((struct load *)job)->cases);
}

enum store_status cases_load(struct server *server)
{
	struct cases *cases = xcalloc(1, sizeof(*cases));
	server->cases = cases;
	cases->version = 1;
	struct load load = {.job.run = load_all, .cases = cases};
	enum store_status status = store_read_now(server->store, &load.job);
	count_ids(cases);
	count(server);
	return status;
}

void cases_finish(struct server *server)
{
	struct cases *cases = server->cases;
	if (cases == NULL) {
		return;
	}
	while (cases->list != NULL) {
		unlink_file(cases, cases->list);
	}
	idmap_finish(&cases->by_id);
	free(cases);
	server->cases = NULL;
}

/* ---- changing ---- */

static int this_year(int64_t now_ms)
{
	time_t now = (time_t)(now_ms / 1000);
	struct tm local;
	return localtime_r(&now, &local) != NULL ? local.tm_year + 1900 : 1970;
}

static void copy(char *to, size_t capacity, struct text text)
{
	snprintf(to, capacity, "%.*s", (int)text.size, text.bytes);
}

/* The school's list. */
static void add_steps(struct case_write *write, const struct settings *settings)
{
	for (size_t i = 0; i < settings->case_steps_count; i++) {
		struct text text = settings->case_steps[i];
		if (text.size > 0) {
			struct case_step_row *step = &write->steps[write->steps_count++];
			copy(step->text, sizeof(step->text), text);
			step->step = (int)write->steps_count;
			step->state = WIRE_STEP_TODO;
		}
	}
}
_Static_assert((int)SETTINGS_TEXTS_MAX <= (int)CASE_STEPS_MAX, "a case can have them all");

struct case_write *cases_make(
	struct server *server, int64_t room, const struct account *owner, struct text title)
{
	struct cases *cases = server->cases;
	struct case_file *file = xcalloc(1, sizeof(*file));
	struct case_write *write = xcalloc(1, sizeof(*write));
	write->kind = CASE_MADE;
	write->file = file;
	write->at_ms = clock_wall_ms();
	int year = this_year(write->at_ms);
	file->id = ++cases->id;
	file->room = room;
	file->owner = owner->row.id;
	file->year = year;
	file->number = next_number(cases, year);
	link_file(cases, file);
	add_steps(write, server->settings);
	file->pending = (struct case_state){WIRE_CASE_OPEN, 0, (int)write->steps_count};
	write->after = file->pending;
	write->row = (struct case_row){
		.id = file->id,
		.room = room,
		.year = file->year,
		.number = file->number,
		.state = WIRE_CASE_OPEN,
		.owner = file->owner,
		.opened_ms = write->at_ms,
	};
	copy(write->row.title, sizeof(write->row.title), title);
	return write;
}

struct case_write *cases_change(struct case_file *file, const struct account *by)
{
	struct case_write *write = xcalloc(1, sizeof(*write));
	write->kind = CASE_CHANGED;
	write->file = file;
	write->by = by->row.id;
	write->at_ms = clock_wall_ms();
	write->after = file->pending;
	write->change = (struct case_change){
		.id = file->id,
		.state = -1,
		.tier = -1,
		.follow_ms = -1,
	};
	return write;
}

static enum store_status run_write(struct store_db *db, void *data)
{
	const struct case_write *write = data;
	switch (write->kind) {
	case CASE_MADE:
		return case_insert(db, &write->row, write->steps, write->steps_count);
	case CASE_CHANGED:
		return case_update(db, &write->change);
	case CASE_STEPPED:
		return case_step_save(db, write->change.id, &write->steps[0]);
	case CASE_NOTED:
		return case_note_insert(
			db, write->change.id, write->note_id, write->by, write->at_ms, write->note);
	}
	return STORE_OK;
}

static void on_written(struct server *server, void *data, enum store_status status)
{
	struct case_write *write = data;
	struct case_file *file = write->file;
	file->in_flight--;
	if (status == STORE_OK) {
		file->made = true;
		file->durable = write->after;
	} else if (file->in_flight == 0) {
		file->pending = file->durable;
	}
	if (write->done != NULL) {
		write->done(server, write, status);
	}
	if (!file->made && file->in_flight == 0) {
		unlink_file(server->cases, file);
		count_ids(server->cases);
	}
	count(server);
	free(write->note);
	free(write);
}

void cases_write(struct server *server, struct case_write *write, const struct account *by)
{
	struct case_file *file = write->file;
	struct room *room = rooms_find(server, file->room);
	struct room_change change = journal_next(server, room, EVENT_CASE_MOVED, by->row.id);
	char number[CASE_NUMBER_BYTES];
	case_number(file, number);
	file->pending = write->after;
	file->in_flight++;
	const struct msg_case_moved moved = {
		.seq = change.seq,
		.room = file->room,
		.at_ms = change.at_ms,
		.case_id = file->id,
		.number = text_of(number),
		.state = file->pending.state,
		.name = text_of(by->row.alias),
	};
	const struct journal_said said = {
		.asker = write->kind == CASE_MADE ? (struct asker){0} : write->asker,
		.also = run_write,
		.done = on_written,
		.also_data = write,
	};
	act_append(server, room, &change, TYPE_CASE_MOVED, &moved, &said);
}

/* ---- every second ---- */

enum {
	REMIND_FROM_HOUR = 7, /* of the school's day */
};

void cases_tick(struct server *server)
{
	if (server->cases == NULL || server->draining) {
		return;
	}
	count(server);
	int64_t now_ms = clock_wall_ms();
	time_t now = (time_t)(now_ms / 1000);
	struct tm local;
	if (server->cases->due == 0 || localtime_r(&now, &local) == NULL ||
		local.tm_hour < REMIND_FROM_HOUR) {
		return;
	}
	int day = (local.tm_year + 1900) * 10000 + (local.tm_mon + 1) * 100 + local.tm_mday;
	for (struct case_file *file = server->cases->list; file != NULL; file = file->next) {
		if (is_due(file, now_ms) && file->reminded_day != day) {
			file->reminded_day = day;
			cases_remind(server, file, day);
		}
	}
}
