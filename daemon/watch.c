/* Watch phrases at work; see watch.h. */
#include "daemon/watch.h"

#include "daemon/acts.h"
#include "daemon/clock.h"
#include "daemon/desk.h"
#include "daemon/escalation.h"
#include "daemon/journal.h"
#include "daemon/phrases.h"
#include "daemon/rooms.h"
#include "daemon/server.h"
#include "daemon/settings.h"
#include "daemon/staff.h"
#include "daemon/xalloc.h"
#include "storage/table_event.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- the phrases ---- */

static size_t place_of(const struct watch_list *list, int64_t id)
{
	size_t low = 0, high = list->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (list->rows[middle].id < id) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low;
}

const struct phrase_row *watch_phrase(const struct watch_list *list, int64_t id)
{
	size_t at = place_of(list, id);
	return at < list->count && list->rows[at].id == id ? &list->rows[at] : NULL;
}

static void forget_compiled(struct watch_list *list)
{
	phrases_free(list->compiled);
	list->compiled = NULL;
}

void watch_keep(struct watch_list *list, const struct phrase_row *row)
{
	size_t at = place_of(list, row->id);
	bool is_new = at == list->count || list->rows[at].id != row->id;
	if (is_new && list->count == list->capacity) {
		list->capacity = list->capacity == 0 ? 64 : 2 * list->capacity;
		list->rows = xrealloc(list->rows, list->capacity * sizeof(*list->rows));
	}
	if (is_new) {
		memmove(list->rows + at + 1, list->rows + at,
			(list->count - at) * sizeof(*list->rows));
		list->count++;
	}
	list->rows[at] = *row;
	list->ids = row->id > list->ids ? row->id : list->ids;
	forget_compiled(list);
}

void watch_forget(struct watch_list *list, int64_t id)
{
	size_t at = place_of(list, id);
	if (at < list->count && list->rows[at].id == id) {
		list->count--;
		memmove(list->rows + at, list->rows + at + 1,
			(list->count - at) * sizeof(*list->rows));
		forget_compiled(list);
	}
}

/* Not with every change: a list of hundreds is put one by one. */
static const struct phrases *compiled(struct watch_list *list)
{
	if (list->compiled == NULL) {
		struct phrase_rule *rules = xcalloc(list->count + 1, sizeof(*rules));
		for (size_t i = 0; i < list->count; i++) {
			const struct phrase_row *row = &list->rows[i];
			rules[i] = (struct phrase_rule){
				.id = row->id,
				.severity = (enum wire_severity)row->severity,
				.match = (enum wire_match)row->match,
				.category = row->category,
				.text = row->text,
			};
		}
		list->compiled = phrases_compile(rules, list->count);
		free(rules);
	}
	return list->compiled;
}

/* ---- a flag ---- */

/* On its way to the file, and until then if that takes none. */
struct flagged {
	struct flagged *next; /* watch_list::lost */
	struct flag_row row; /* spans point behind this struct */
	struct flag_span spans[];
};

static enum store_status write_flag(struct store_db *db, void *data)
{
	return flag_insert(db, &((struct flagged *)data)->row);
}

static struct flagged *make_flagged(const struct room *room, const struct room_change *posted,
	const struct phrase_span *spans, size_t count)
{
	struct flagged *flagged = xcalloc(1, sizeof(*flagged) + count * sizeof(flagged->spans[0]));
	flagged->row = (struct flag_row){
		.seq = posted->seq,
		.room = room->id,
		.n = posted->n,
		.at_ms = posted->at_ms,
		.spans = flagged->spans,
		.spans_count = count,
	};
	for (size_t i = 0; i < count; i++) {
		struct flag_span *span = &flagged->spans[i];
		span->from = spans[i].from;
		span->size = spans[i].size;
		span->severity = (int)spans[i].rule->severity;
		snprintf(span->category, sizeof(span->category), "%s", spans[i].rule->category);
		if (span->severity > flagged->row.severity) {
			flagged->row.severity = span->severity;
		}
	}
	return flagged;
}

/* What of it is the room's: of the gravest that nobody has looked at, the first. */
static void show(
	struct server *server, struct room *room, int severity, int64_t at_ms, const char *category)
{
	struct room_flag *flag = &room->flag;
	if (flag->up && (int)flag->severity >= severity) {
		return;
	}
	flag->up = true;
	flag->severity = (enum wire_severity)severity;
	flag->since_ms = at_ms;
	free(flag->category);
	flag->category = xstrdup(category);
	desk_wall_touch(server, room);
	server_refresh_soon(server); /* who waits with a flag comes first */
}

static const char *gravest_category(const struct flag_row *row)
{
	size_t at = 0;
	while (row->spans[at].severity < row->severity) {
		at++;
	}
	return row->spans[at].category;
}

static void on_flag_written(struct server *server, void *data, enum store_status status)
{
	struct flagged *flagged = data;
	const struct flag_row *row = &flagged->row;
	struct room *room = rooms_find(server, row->room);
	if (status == STORE_OK && room != NULL) {
		show(server, room, row->severity, row->at_ms, gravest_category(row));
	}
	if (status != STORE_OK && row->seq <= server->journal.durable_seq) {
		flagged->next = server->watched->lost;
		server->watched->lost = flagged;
		return;
	}
	free(flagged); /* written, or of a message that never was */
}

static bool calls_an_adult(const struct server *server, int severity)
{
	return severity == WIRE_SEVERITY_HIGH &&
	       settings_is_on(server->settings, SETTING_FLAG_ESCALATES);
}

static void raise_flag(struct server *server, struct room *room, struct flagged *flagged)
{
	const struct flag_row *row = &flagged->row;
	struct item_span items[FLAG_SPANS_MAX];
	for (size_t i = 0; i < row->spans_count; i++) {
		items[i] = (struct item_span){
			.from = row->spans[i].from,
			.size = row->spans[i].size,
			.severity = (enum wire_severity)row->spans[i].severity,
			.category = text_of(row->spans[i].category),
		};
	}
	struct room_change change = journal_next(server, room, EVENT_FLAG_RAISED, AUTHOR_NOBODY);
	struct msg_flag_raised raised = {
		.seq = change.seq,
		.room = room->id,
		.at_ms = change.at_ms,
		.n = row->n,
		.severity = (enum wire_severity)row->severity,
		.spans = items,
		.spans_count = row->spans_count,
	};
	struct journal_said said = {
		.also = write_flag, .done = on_flag_written, .also_data = flagged};
	int severity = row->severity; /* the row is the writer's from here on */
	act_append(server, room, &change, TYPE_FLAG_RAISED, &raised, &said);
	if (calls_an_adult(server, severity)) {
		escalation_raise_flag(server, room);
	}
}

/* Visitors' and supporters' words. A counselor who asks about suicide is looking already. */
static bool is_watched(const struct server *server, int64_t author)
{
	const struct account *account = staff_account(server->staff, author);
	return author == AUTHOR_VISITOR ||
	       (account != NULL && account->row.role == WIRE_ROLE_SUPPORTER);
}

void watch_look(struct server *server, struct room *room, const struct room_change *posted,
	const char *body, size_t size)
{
	struct phrase_span spans[PHRASES_SPANS_MAX];
	struct watch_list *list = server->watched;
	if (list == NULL || list->count == 0 || !is_watched(server, posted->author)) {
		return;
	}
	size_t count = phrases_match(compiled(list), body, size, spans);
	if (count > 0) {
		raise_flag(server, room, make_flagged(room, posted, spans, count));
	}
}

/* ---- after a failure, and at start ---- */

void watch_again(struct server *server)
{
	struct watch_list *list = server->watched;
	while (list != NULL && list->lost != NULL) {
		struct flagged *flagged = list->lost;
		list->lost = flagged->next;
		struct room *room = rooms_find(server, flagged->row.room);
		if (room != NULL) { /* it is: one whose last event is a message has not ended */
			raise_flag(server, room, flagged);
		} else {
			free(flagged);
		}
	}
}

struct last_read {
	struct store_job job;
	struct server *server;
};

static bool look_at_last(void *data, const struct event_row *event)
{
	struct server *server = data;
	struct room *room = rooms_find(server, event->room);
	struct room_change change;
	if (room == NULL || !event_to_change(event, &change)) {
		return true;
	}
	if (event->kind == EVENT_POSTED) {
		watch_look(server, room, &change, event->body, event->body_size);
	} else if (event->kind == EVENT_FLAG_RAISED && room->flag.up &&
		   calls_an_adult(server, (int)room->flag.severity)) {
		escalation_raise_flag(server, room);
	}
	return true;
}

static enum store_status read_last(struct store_job *job, struct store_db *db)
{
	struct server *server = ((struct last_read *)job)->server;
	return event_tail(db, server->journal.durable_seq - 1, look_at_last, server);
}

void watch_start(struct server *server)
{
	/* What cannot be read now is not lost: it is the last event at the next start too. */
	struct last_read last = {.job.run = read_last, .server = server};
	if (server->journal.durable_seq > 0) {
		store_read_now(server->store, &last.job);
	}
}

/* ---- loading ---- */

struct load {
	struct store_job job;
	struct server *server;
};

static bool load_phrase(void *data, const struct phrase_row *row)
{
	watch_keep(data, row);
	return true;
}

static enum store_status load_all(struct store_job *job, struct store_db *db)
{
	struct server *server = ((struct load *)job)->server;
	enum store_status status = phrase_load_all(db, load_phrase, server->watched);
	for (struct room *room = server->rooms.list; status == STORE_OK && room != NULL;
		room = room->next) {
		struct flag_state state;
		status = flag_find_state(db, room->id, &state);
		if (status == STORE_OK && state.up) {
			show(server, room, state.severity, state.at_ms, state.category);
		}
	}
	return status;
}

enum store_status watch_load(struct server *server)
{
	server->watched = xcalloc(1, sizeof(*server->watched));
	struct load load = {.job.run = load_all, .server = server};
	return store_read_now(server->store, &load.job);
}

void watch_finish(struct server *server)
{
	struct watch_list *list = server->watched;
	if (list == NULL) {
		return;
	}
	while (list->lost != NULL) {
		struct flagged *flagged = list->lost;
		list->lost = flagged->next;
		free(flagged);
	}
	forget_compiled(list);
	free(list->rows);
	free(list);
	server->watched = NULL;
}

static void on_flag_read(struct store_job *job, enum store_status status)
{
	struct flag_read_state *read = (struct flag_read_state *)job;
	struct server *server = read->owner;
	struct room *room = rooms_find(server, read->room);
	if (status == STORE_OK && room != NULL && read->state.up) {
		show(server, room, read->state.severity, read->state.at_ms, read->state.category);
	}
	free(read);
}

void watch_read_flag(struct server *server, struct room *room)
{
	if (server->watched == NULL) {
		return; /* at start: watch_load() reads those of all */
	}
	struct flag_read_state *read = xcalloc(1, sizeof(*read));
	flag_read_state_init(read);
	read->room = room->id;
	read->job.done = on_flag_read;
	read->owner = server;
	store_read(server->store, &read->job);
}

/* ---- somebody has looked ---- */

struct clearing {
	int64_t room, at_ms;
};

static enum store_status write_clear(struct store_db *db, void *data)
{
	const struct clearing *clearing = data;
	return flag_clear(db, clearing->room, clearing->at_ms);
}

static void on_clear_written(struct server *server, void *data, enum store_status status)
{
	struct clearing *clearing = data;
	struct room *room = rooms_find(server, clearing->room);
	free(clearing);
	if (room == NULL) {
		return;
	}
	room->flag.clearing = false;
	if (status == STORE_OK) {
		room->flag.up = false;
		desk_wall_touch(server, room);
		server_refresh_soon(server);
	}
}

void watch_clear(struct server *server, struct room *room, int64_t account, const char *alias,
	const struct asker *asker)
{
	struct room_change change = journal_next(server, room, EVENT_FLAG_CLEARED, account);
	struct msg_flag_cleared cleared = {
		.seq = change.seq,
		.room = room->id,
		.at_ms = change.at_ms,
		.name = text_of(alias),
	};
	struct clearing *clearing = xmalloc(sizeof(*clearing));
	*clearing = (struct clearing){room->id, change.at_ms};
	struct journal_said said = {
		.asker = *asker,
		.also = write_clear,
		.done = on_clear_written,
		.also_data = clearing,
	};
	room->flag.clearing = true;
	act_append(server, room, &change, TYPE_FLAG_CLEARED, &cleared, &said);
}
