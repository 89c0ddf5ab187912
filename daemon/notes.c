/* Private notes: sent once, kept apart, given to one supporter. */
#include "daemon/notes.h"

#include "daemon/acts.h"
#include "daemon/journal.h"
#include "daemon/log.h"
#include "daemon/rooms.h"
#include "daemon/server.h"
#include "daemon/session.h"
#include "daemon/staff.h"
#include "daemon/xalloc.h"
#include "storage/table_note.h"

#include <assert.h>
#include <stdlib.h>

enum {
	SENDING_MAX = 256, /* notes between their request and the disk */
	ASKERS_MAX = 8, /* of one of them: its sender's repeats */
	REPLAY_MAX = 50, /* given again to a page that opens its room */
	REPLAY_BYTES = 24000, /* in JSON up to twice that */
};

/* A note from its request until it is on disk, or is not. */
struct sending {
	struct note_find find; /* was it sent before? */
	struct server *server;
	struct note_row row;
	struct asker askers[ASKERS_MAX];
	size_t askers_count;
	struct sending *next, **link; /* notes::sending */
	char body[];
};

struct notes {
	struct sending *sending;
	unsigned count;
};

struct text notes_alias(const struct server *server, int64_t account)
{
	const struct account *found = staff_account(server->staff, account);
	return text_of(found != NULL ? found->row.alias : "?");
}

/* ---- to the supporter ---- */

static void give(struct session *session, const struct note_row *row, bool replay)
{
	assert(session->role == WIRE_ROLE_SUPPORTER && session->page == WIRE_PAGE_CONSOLE &&
		session->account != NULL && session->account->row.id == row->supporter);
	struct msg_note_posted posted = {
		.room = row->room,
		.at_ms = row->at_ms,
		.from = notes_alias(session->server, row->author),
		.body = {row->body, row->body_size},
		.has_replay = replay,
		.replay = replay,
	};
	memcpy(posted.id, row->page_id, sizeof(posted.id));
	session_send(session, TYPE_NOTE_POSTED, &posted);
}

static void give_to_all_pages(struct server *server, const struct note_row *row)
{
	const struct account *supporter = staff_account(server->staff, row->supporter);
	if (supporter == NULL) {
		return;
	}
	for (struct session *s = supporter->sessions; s != NULL; s = s->next_of_account) {
		if (s->greeted && s->page == WIRE_PAGE_CONSOLE) {
			give(s, row, false);
		}
	}
}

/* ---- from the counselor ---- */

static struct sending *find_sending(
	const struct notes *notes, int64_t author, const uint8_t id[NOTE_ID_BYTES])
{
	struct sending *sending = notes->sending;
	while (sending != NULL && (sending->row.author != author ||
					  memcmp(sending->row.page_id, id, NOTE_ID_BYTES) != 0)) {
		sending = sending->next;
	}
	return sending;
}

static void forget(struct sending *sending)
{
	*sending->link = sending->next;
	if (sending->next != NULL) {
		sending->next->link = sending->link;
	}
	sending->server->notes->count--;
	free(sending);
}

static void fail(struct sending *sending, enum wire_code code)
{
	for (size_t i = 0; i < sending->askers_count; i++) {
		dispatch_answer_error(sending->server, &sending->askers[i], code);
	}
	forget(sending);
}

static void succeed(struct sending *sending)
{
	for (size_t i = 0; i < sending->askers_count; i++) {
		dispatch_answer_ok(sending->server, &sending->askers[i], sending->row.room, 0, 0);
	}
	forget(sending);
}

static enum store_status insert(struct store_db *db, void *data)
{
	return note_insert(db, &((struct sending *)data)->row);
}

static void on_written(struct server *server, void *data, enum store_status status)
{
	struct sending *sending = data;
	if (status != STORE_OK) {
		fail(sending, WIRE_CODE_UNAVAILABLE);
		return;
	}
	give_to_all_pages(server, &sending->row);
	succeed(sending);
}

static void write_note(struct sending *sending)
{
	struct server *server = sending->server;
	struct note_row *row = &sending->row;
	struct room *room = rooms_find(server, row->room);
	if (room == NULL || room->pending.supporter == 0) {
		fail(sending, WIRE_CODE_NO_SUCH);
		return;
	}
	if (!journal_writable(server)) {
		fail(sending, WIRE_CODE_UNAVAILABLE);
		return;
	}
	struct room_change change = journal_next(server, room, EVENT_NOTE_SENT, row->author);
	row->at_ms = change.at_ms;
	row->supporter = room->pending.supporter;
	struct msg_note_sent sent = {
		.seq = change.seq,
		.room = row->room,
		.at_ms = row->at_ms,
		.from = notes_alias(server, row->author),
		.to = notes_alias(server, row->supporter),
	};
	struct journal_said said = {.also = insert, .done = on_written, .also_data = sending};
	act_append(server, room, &change, TYPE_NOTE_SENT, &sent, &said);
}

static void on_looked_up(struct store_job *job, enum store_status status)
{
	struct sending *sending = (struct sending *)job;
	if (status == STORE_OK) {
		sending->row.room = sending->find.room;
		succeed(sending);
	} else if (status == STORE_REFUSED) {
		write_note(sending);
	} else {
		fail(sending, WIRE_CODE_UNAVAILABLE);
	}
}

static void begin(struct server *server, int64_t author, const struct msg_note_send *request,
	const struct asker *asker)
{
	struct notes *notes = server->notes;
	struct sending *sending = xcalloc(1, sizeof(*sending) + request->body.size);
	memcpy(sending->body, request->body.bytes, request->body.size);
	note_find_init(&sending->find);
	sending->find.author = author;
	memcpy(sending->find.page_id, request->id, NOTE_ID_BYTES);
	sending->find.job.done = on_looked_up;
	sending->server = server;
	sending->row = (struct note_row){
		.room = request->room,
		.author = author,
		.body = sending->body,
		.body_size = request->body.size,
	};
	memcpy(sending->row.page_id, request->id, NOTE_ID_BYTES);
	sending->askers[sending->askers_count++] = *asker;
	sending->next = notes->sending;
	sending->link = &notes->sending;
	if (sending->next != NULL) {
		sending->next->link = &sending->next;
	}
	notes->sending = sending;
	notes->count++;
	store_read(server->store, &sending->find.job);
}

enum outcome notes_send(struct session *session, const struct msg_note_send *request)
{
	struct server *server = session->server;
	struct asker asker = dispatch_asker(session, request->has_ref, request->ref);
	int64_t author = session->account->row.id;
	if (server->notes == NULL) {
		server->notes = xcalloc(1, sizeof(*server->notes));
	}
	struct sending *sending = find_sending(server->notes, author, request->id);
	if (sending != NULL) {
		if (sending->askers_count == ASKERS_MAX) {
			return refuse(WIRE_CODE_TOO_MANY);
		}
		sending->askers[sending->askers_count++] = asker;
		return OUTCOME_ANSWERED;
	}
	if (server->notes->count >= SENDING_MAX) {
		return refuse(WIRE_CODE_TOO_MANY);
	}
	begin(server, author, request, &asker);
	return OUTCOME_ANSWERED;
}

/* ---- again ---- */

struct replay {
	struct note_read read;
	struct server *server;
	uint64_t session;
};

static void on_replay_read(struct store_job *job, enum store_status status)
{
	struct replay *replay = (struct replay *)job;
	struct session *session = server_session(replay->server, replay->session);
	bool is_theirs = session != NULL && session->account != NULL &&
			 session->account->row.id == replay->read.supporter;
	if (status != STORE_OK) {
		log_warning("private notes could not be read: %s", store_status_text(status));
	}
	for (size_t i = 0; status == STORE_OK && is_theirs && i < replay->read.count; i++) {
		give(session, &replay->read.rows[i], true);
	}
	note_read_finish(&replay->read);
	free(replay);
}

void notes_replay(struct session *session, const struct room *room)
{
	struct replay *replay = xcalloc(1, sizeof(*replay));
	note_read_init(&replay->read);
	replay->read.room = room->id;
	replay->read.supporter = session->account->row.id;
	replay->read.limit = REPLAY_MAX;
	replay->read.bytes = REPLAY_BYTES;
	replay->read.job.done = on_replay_read;
	replay->server = session->server;
	replay->session = session_id(session);
	store_read(session->server->store, &replay->read.job);
}

void notes_finish(struct server *server)
{
	assert(server->notes == NULL || server->notes->count == 0);
	free(server->notes);
	server->notes = NULL;
}
