/* room.start and what a visitor does with the room; room.open, close, history for everybody. */
#include "daemon/acts.h"
#include "daemon/config.h"
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

#include <stdlib.h>

/* ---- visitors ---- */

static enum outcome open_room(struct session *session, const struct msg_room_start *request,
	struct room *room, const struct asker *asker)
{
	struct server *server = session->server;
	if (room == NULL) {
		room = rooms_create(server, request);
		/* Before the event: once that is on disk the token is too, and a lost answer opens
		 * no second room. */
		session_bind_token(session, rooms_add_token(server, session->token_hash, room));
	}
	act_open(server, room, request, asker);
	session_subscribe(session, room, 0);
	return OUTCOME_ANSWERED;
}

enum outcome handle_room_start(struct session *session, const struct msg_room_start *request)
{
	struct server *server = session->server;
	struct asker asker = dispatch_asker(session, request->has_ref, request->ref);
	struct room *room = session->token != NULL ? session->token->room : NULL;
	if (!journal_writable(server)) {
		return refuse(WIRE_CODE_UNAVAILABLE);
	}
	struct token *token = rooms_token(server, session->token_hash);
	if (room == NULL && token != NULL) {
		/* Another tab of the same token has opened it meanwhile. */
		if (rooms_is_crowded(token->room)) {
			return refuse(WIRE_CODE_TOO_MANY);
		}
		session_bind_token(session, token);
		room = token->room;
	}
	if (room == NULL && server->rooms.open >= (size_t)server->config->rooms) {
		return refuse(WIRE_CODE_TOO_MANY);
	}
	if (room == NULL || room->pending.n == 0) {
		return open_room(session, request, room, &asker);
	}
	if (room->pending.phase != WIRE_PHASE_ENDED) {
		journal_answer_as_it_stands(server, room, &asker);
	} else if (request->to == WIRE_AUDIENCE_NOW) {
		act_return(server, room, &asker);
	} else {
		act_mailbox(server, room, request->to, &asker);
	}
	if (session_subscription(session, room) == NULL) {
		session_subscribe(session, room, 0);
	}
	return OUTCOME_ANSWERED;
}

enum outcome handle_room_mailbox(struct session *session, const struct msg_room_mailbox *request)
{
	struct server *server = session->server;
	struct room *room = rooms_find(server, request->room);
	struct actor actor = session_actor(session);
	if (room == NULL) {
		return refuse(WIRE_CODE_NO_SUCH_ROOM);
	}
	if (request->to == WIRE_AUDIENCE_NOW) {
		return refuse(WIRE_CODE_OUT_OF_RANGE);
	}
	enum outcome may = policy_may_mailbox(&actor, room->id, &room->pending);
	if (may != OUTCOME_OK) {
		return may;
	}
	if (!journal_writable(server)) {
		return refuse(WIRE_CODE_UNAVAILABLE);
	}
	struct asker asker = dispatch_asker(session, request->has_ref, request->ref);
	if (room->pending.phase == WIRE_PHASE_MAILBOX && room->pending.audience == request->to) {
		journal_answer_as_it_stands(server, room, &asker);
		return OUTCOME_ANSWERED;
	}
	act_mailbox(server, room, request->to, &asker);
	return OUTCOME_ANSWERED;
}

enum outcome handle_room_wait(struct session *session, const struct msg_room_wait *request)
{
	struct server *server = session->server;
	struct room *room = rooms_find(server, request->room);
	struct actor actor = session_actor(session);
	if (room == NULL) {
		return refuse(WIRE_CODE_NO_SUCH_ROOM);
	}
	enum outcome may = policy_may_wait(&actor, room->id, &room->pending);
	if (may != OUTCOME_OK) {
		return may;
	}
	if (!journal_writable(server)) {
		return refuse(WIRE_CODE_UNAVAILABLE);
	}
	struct asker asker = dispatch_asker(session, request->has_ref, request->ref);
	if (room->pending.phase == WIRE_PHASE_WAITING) {
		journal_answer_as_it_stands(server, room, &asker); /* asked twice */
		return OUTCOME_ANSWERED;
	}
	act_return(server, room, &asker);
	return OUTCOME_ANSWERED;
}

enum outcome handle_room_end(struct session *session, const struct msg_room_end *request)
{
	struct server *server = session->server;
	struct room *room = rooms_find(server, request->room);
	struct actor actor = session_actor(session);
	if (room == NULL) {
		return refuse(WIRE_CODE_NO_SUCH_ROOM);
	}
	enum outcome may = policy_may_end(&actor, room->id, &room->pending);
	if (may != OUTCOME_OK) {
		return may;
	}
	if (!journal_writable(server)) {
		return refuse(WIRE_CODE_UNAVAILABLE);
	}
	struct asker asker = dispatch_asker(session, request->has_ref, request->ref);
	act_end(server, room, session->account, &asker);
	return OUTCOME_ANSWERED;
}

/* ---- reading ---- */

static bool is_adult(const struct session *session)
{
	return ((1u << session->role) & ROLES_ADULT) != 0;
}

/* A room an adult wants to read that is not in memory: found in the file first. */
struct fetch {
	struct room_find find;
	struct server *server;
	struct asker asker;
	int64_t after;
};

static void on_fetched(struct store_job *job, enum store_status status)
{
	struct fetch *fetch = (struct fetch *)job;
	struct server *server = fetch->server;
	struct session *session = server_session(server, fetch->asker.session);
	if (status == STORE_REFUSED) {
		dispatch_answer_error(server, &fetch->asker, WIRE_CODE_NO_SUCH_ROOM);
	} else if (status != STORE_OK) {
		dispatch_answer_error(server, &fetch->asker, WIRE_CODE_UNAVAILABLE);
	} else if (session != NULL) {
		struct room *room = rooms_adopt(server, &fetch->find.row);
		dispatch_answer_ok(server, &fetch->asker, room->id, 0, 0);
		session_subscribe(session, room, fetch->after);
	}
	free(fetch);
}

static void fetch_room(struct session *session, const struct msg_room_open *request)
{
	struct fetch *fetch = xcalloc(1, sizeof(*fetch));
	room_find_init(&fetch->find);
	fetch->find.id = request->room;
	fetch->find.job.done = on_fetched;
	fetch->server = session->server;
	fetch->asker = dispatch_asker(session, request->has_ref, request->ref);
	fetch->after = request->after;
	store_read(session->server->store, &fetch->find.job);
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

enum outcome handle_room_open(struct session *session, const struct msg_room_open *request)
{
	struct room *room = rooms_find(session->server, request->room);
	struct actor actor = session_actor(session);
	bool is_open = room != NULL && session_subscription(session, room) != NULL;
	if (!is_open && has_too_many(session)) {
		return refuse(WIRE_CODE_TOO_MANY);
	}
	if (room == NULL) {
		if (!is_adult(session)) {
			return refuse(WIRE_CODE_NO_SUCH_ROOM);
		}
		fetch_room(session, request);
		return OUTCOME_ANSWERED;
	}
	enum outcome may = policy_may_read(&actor, room->id, &room->durable);
	if (may != OUTCOME_OK) {
		return may;
	}
	/* The answer comes before what was asked for. */
	struct asker asker = dispatch_asker(session, request->has_ref, request->ref);
	dispatch_answer_ok(session->server, &asker, room->id, 0, 0);
	session_subscribe(session, room, request->after);
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

/* The same for a room that is not in memory: an adult's look back, which does not load it. */
struct history_fetch {
	struct room_find find;
	struct server *server;
	struct asker asker;
	struct msg_room_history request;
};

static void on_history_fetched(struct store_job *job, enum store_status status)
{
	struct history_fetch *fetch = (struct history_fetch *)job;
	const struct room_row *row = &fetch->find.row;
	if (status == STORE_OK) {
		read_history(fetch->server, &fetch->asker, row->id, row->head_seq, row->n,
			&fetch->request);
	} else {
		dispatch_answer_error(fetch->server, &fetch->asker,
			status == STORE_REFUSED ? WIRE_CODE_NO_SUCH_ROOM : WIRE_CODE_UNAVAILABLE);
	}
	free(fetch);
}

static void fetch_history(
	struct server *server, const struct asker *asker, const struct msg_room_history *request)
{
	struct history_fetch *fetch = xcalloc(1, sizeof(*fetch));
	room_find_init(&fetch->find);
	fetch->find.id = request->room;
	fetch->find.job.done = on_history_fetched;
	fetch->server = server;
	fetch->asker = *asker;
	fetch->request = *request; /* numbers alone */
	store_read(server->store, &fetch->find.job);
}

enum outcome handle_room_history(struct session *session, const struct msg_room_history *request)
{
	struct server *server = session->server;
	struct room *room = rooms_find(server, request->room);
	struct actor actor = session_actor(session);
	struct asker asker = dispatch_asker(session, request->has_ref, request->ref);
	if (room == NULL && is_adult(session)) {
		fetch_history(server, &asker, request);
		return OUTCOME_ANSWERED;
	}
	if (room == NULL) {
		return refuse(WIRE_CODE_NO_SUCH_ROOM);
	}
	enum outcome may = policy_may_read(&actor, room->id, &room->durable);
	if (may != OUTCOME_OK) {
		return may;
	}
	read_history(server, &asker, room->id, room->durable.head_seq, room->durable.n, request);
	return OUTCOME_ANSWERED;
}
