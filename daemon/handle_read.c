/*
 * room.open, close and history, for everybody. What an adult reads is in the audit before it is
 * shown: an entry for each opening, and for each page of a room that is not open.
 */
#include "daemon/audit.h"
#include "daemon/dispatch.h"
#include "daemon/frame.h"
#include "daemon/journal.h"
#include "daemon/notes.h"
#include "daemon/rooms.h"
#include "daemon/server.h"
#include "daemon/session.h"
#include "daemon/staff.h"
#include "daemon/xalloc.h"
#include "storage/table_room.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	NOTE_BYTES = 80, /* of what the audit says besides the room */
};

static bool is_adult(const struct session *session)
{
	return ((1u << session->role) & ROLES_ADULT) != 0;
}

/* As many rooms as a page can show side by side. */
enum {
	SUBSCRIPTIONS_MAX = 64
};

static bool has_too_many(const struct session *session)
{
	const struct account *account = session->account;
	unsigned max = SUBSCRIPTIONS_MAX + (account != NULL ? account->load : 0), count = 0;
	for (const struct subscription *s = session->subscriptions; s != NULL;
		s = s->next_of_session) {
		count++;
	}
	return count >= max;
}

/* ---- room.open ---- */

/* The answer comes before what was asked for. */
static void open_now(
	struct session *session, struct room *room, const struct asker *asker, int64_t after)
{
	dispatch_answer_ok(session->server, asker, room->id, 0, 0);
	session_subscribe(session, room, after);
}

/* An adult's opening: is there such a room, then the audit, then the room as it is by then. */
struct opening {
	struct room_find find; /* of one that is not in memory */
	struct server *server;
	struct asker asker;
	int64_t room, account, after;
	bool noted;
};

static void go_on(struct opening *opening);

static void refuse_opening(struct opening *opening, enum wire_code code)
{
	dispatch_answer_error(opening->server, &opening->asker, code);
	free(opening);
}

static void on_opening_noted(
	struct server *server, void *data, int64_t number, enum store_status status)
{
	struct opening *opening = data;
	(void)server;
	(void)number;
	if (status != STORE_OK) {
		refuse_opening(opening, WIRE_CODE_UNAVAILABLE);
		return;
	}
	opening->noted = true;
	go_on(opening);
}

static void note_opening(struct opening *opening)
{
	char detail[NOTE_BYTES] = "";
	if (opening->after > 0) {
		snprintf(detail, sizeof(detail), "From number %" PRId64 " on.", opening->after + 1);
	}
	const struct audit_entry entry = {
		.what = WIRE_AUDIT_ROOM,
		.account = opening->account,
		.room = opening->room,
		.detail = detail,
	};
	audit_add(opening->server, &entry, on_opening_noted, opening);
}

static void show(struct opening *opening, struct room *room)
{
	struct session *session = server_session(opening->server, opening->asker.session);
	if (session != NULL && session->account != NULL) {
		if (session_subscription(session, room) == NULL && has_too_many(session)) {
			refuse_opening(opening, WIRE_CODE_TOO_MANY);
			return;
		}
		open_now(session, room, &opening->asker, opening->after);
	}
	free(opening);
}

static void on_found(struct store_job *job, enum store_status status)
{
	struct opening *opening = (struct opening *)job;
	if (status != STORE_OK) {
		refuse_opening(opening,
			status == STORE_REFUSED ? WIRE_CODE_NO_SUCH_ROOM : WIRE_CODE_UNAVAILABLE);
		return;
	}
	if (!opening->noted) {
		note_opening(opening);
		return;
	}
	struct room *room = rooms_find(opening->server, opening->room);
	bool wanted = server_session(opening->server, opening->asker.session) != NULL;
	if (room == NULL && wanted) {
		room = rooms_adopt(opening->server, &opening->find.row);
	}
	if (room == NULL) {
		free(opening);
		return;
	}
	show(opening, room);
}

static void go_on(struct opening *opening)
{
	struct room *room = rooms_find(opening->server, opening->room);
	if (room == NULL) {
		room_find_init(&opening->find);
		opening->find.id = opening->room;
		opening->find.job.done = on_found;
		store_read(opening->server->store, &opening->find.job);
	} else if (!opening->noted) {
		note_opening(opening);
	} else {
		show(opening, room);
	}
}

static enum outcome open_for_adult(struct session *session, const struct msg_room_open *request)
{
	struct opening *opening = xcalloc(1, sizeof(*opening));
	opening->server = session->server;
	opening->asker = dispatch_asker(session, request->has_ref, request->ref);
	opening->room = request->room;
	opening->account = session->account->row.id;
	opening->after = request->after;
	go_on(opening);
	return OUTCOME_ANSWERED;
}

enum outcome handle_room_open(struct session *session, const struct msg_room_open *request)
{
	struct room *room = rooms_find(session->server, request->room);
	struct actor actor = session_actor(session);
	bool is_open = room != NULL && session_subscription(session, room) != NULL;
	if (!is_open && has_too_many(session)) {
		return refuse(WIRE_CODE_TOO_MANY);
	}
	if (room == NULL && !is_adult(session)) {
		return refuse(WIRE_CODE_NO_SUCH_ROOM);
	}
	enum outcome may =
		room != NULL ? policy_may_read(&actor, room->id, &room->durable) : OUTCOME_OK;
	if (may != OUTCOME_OK) {
		return may;
	}
	if (is_adult(session)) {
		return open_for_adult(session, request);
	}
	struct asker asker = dispatch_asker(session, request->has_ref, request->ref);
	open_now(session, room, &asker, request->after);
	if (session->role == WIRE_ROLE_SUPPORTER) {
		notes_replay(session, room);
	}
	return OUTCOME_ANSWERED;
}

enum outcome handle_room_close(struct session *session, const struct msg_room_close *request)
{
	struct room *room = rooms_find(session->server, request->room);
	if (room != NULL) {
		session_unsubscribe(session, room);
		rooms_unload_if_idle(session->server, room);
	}
	return OUTCOME_OK;
}

/* One answer is bounded in bytes too: more would not fit into limits.queue, and the reader, who
 * cannot know how long what others wrote is, would be closed for asking. */
enum {
	HISTORY_BYTES = 30000, /* as they are stored; in JSON up to twice that */
	HISTORY_EVENT_BYTES = 256, /* around what was said */
};

struct history {
	struct event_read_room read;
	struct server *server;
	struct asker asker;
};

/* Rows are ordered by n; the newest that fit into one answer begin here. */
static size_t first_that_fits(const struct event_page *page)
{
	size_t first = page->count, size = 0;
	while (first > 0) {
		size += page->rows[first - 1].body_size + HISTORY_EVENT_BYTES;
		if (size > HISTORY_BYTES && first < page->count) {
			break;
		}
		first--;
	}
	return first;
}

static void send_history(struct session *session, const struct history *history)
{
	const struct event_page *page = &history->read.page;
	struct event_pack pack = {0};
	size_t first = first_that_fits(page);
	for (size_t i = first; i < page->count; i++) {
		struct event_author author = journal_author(session->server, page->rows[i].author);
		event_pack_add(&pack, &page->rows[i], &author, (struct event_view){false, true});
	}
	struct msg_batch batch = {
		.has_ref = history->asker.has_ref,
		.ref = history->asker.ref,
		.has_more = true,
		.more = page->count > 0 && page->rows[first].n > 1,
		.events = {pack.bytes != NULL ? pack.bytes : "", pack.size},
	};
	session_send(session, TYPE_BATCH, &batch);
	event_pack_finish(&pack);
}

static void on_history_read(struct store_job *job, enum store_status status)
{
	struct history *history = (struct history *)job;
	struct session *session = server_session(history->server, history->asker.session);
	if (status != STORE_OK) {
		dispatch_answer_error(history->server, &history->asker, WIRE_CODE_UNAVAILABLE);
	} else if (session != NULL) {
		send_history(session, history);
	}
	event_page_finish(&history->read.page);
	free(history);
}

static void read_history(struct server *server, const struct asker *asker, int64_t room,
	int64_t head_seq, int64_t head_n, const struct msg_room_history *request)
{
	struct history *history = xcalloc(1, sizeof(*history));
	event_read_room_init(&history->read);
	history->read.room = room;
	history->read.head_seq = head_seq;
	history->read.head_n = head_n;
	history->read.from_n = 1;
	history->read.until_n = request->before;
	history->read.limit = (size_t)request->limit;
	history->read.newest_first = true;
	history->read.job.done = on_history_read;
	history->server = server;
	history->asker = *asker;
	store_read(server->store, &history->read.job);
}

/*
 * An adult's look back into a room that is not open: found, then noted, then read. A room that is
 * not in memory is not loaded for it.
 */
struct look {
	struct room_find find;
	struct server *server;
	struct asker asker;
	int64_t account;
	struct msg_room_history request;
};

static void on_look_noted(
	struct server *server, void *data, int64_t number, enum store_status status)
{
	struct look *look = data;
	const struct room_row *row = &look->find.row;
	(void)number;
	if (status == STORE_OK) {
		read_history(server, &look->asker, row->id, row->head_seq, row->n, &look->request);
	} else {
		dispatch_answer_error(server, &look->asker, WIRE_CODE_UNAVAILABLE);
	}
	free(look);
}

static void note_look(struct look *look)
{
	char detail[NOTE_BYTES];
	snprintf(detail, sizeof(detail), "%" PRId64 " or fewer, before number %" PRId64 ".",
		look->request.limit, look->request.before);
	const struct audit_entry entry = {
		.what = WIRE_AUDIT_ROOM,
		.account = look->account,
		.room = look->find.row.id,
		.detail = detail,
	};
	audit_add(look->server, &entry, on_look_noted, look);
}

static void on_look_found(struct store_job *job, enum store_status status)
{
	struct look *look = (struct look *)job;
	if (status == STORE_OK) {
		note_look(look);
		return;
	}
	dispatch_answer_error(look->server, &look->asker,
		status == STORE_REFUSED ? WIRE_CODE_NO_SUCH_ROOM : WIRE_CODE_UNAVAILABLE);
	free(look);
}

static void look_back(struct session *session, const struct room *room, const struct asker *asker,
	const struct msg_room_history *request)
{
	struct look *look = xcalloc(1, sizeof(*look));
	room_find_init(&look->find);
	look->find.id = request->room;
	look->find.job.done = on_look_found;
	look->server = session->server;
	look->asker = *asker;
	look->account = session->account->row.id;
	look->request = *request; /* numbers alone */
	if (room == NULL) {
		store_read(session->server->store, &look->find.job);
		return;
	}
	room_to_row(room, &look->find.row);
	note_look(look);
}

enum outcome handle_room_history(struct session *session, const struct msg_room_history *request)
{
	struct server *server = session->server;
	struct room *room = rooms_find(server, request->room);
	struct actor actor = session_actor(session);
	struct asker asker = dispatch_asker(session, request->has_ref, request->ref);
	if (room == NULL && !is_adult(session)) {
		return refuse(WIRE_CODE_NO_SUCH_ROOM);
	}
	enum outcome may =
		room != NULL ? policy_may_read(&actor, room->id, &room->durable) : OUTCOME_OK;
	if (may != OUTCOME_OK) {
		return may;
	}
	if (is_adult(session) && (room == NULL || session_subscription(session, room) == NULL)) {
		look_back(session, room, &asker, request);
		return OUTCOME_ANSWERED;
	}
	read_history(server, &asker, room->id, room->durable.head_seq, room->durable.n, request);
	return OUTCOME_ANSWERED;
}
