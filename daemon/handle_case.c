/* case.*: what is asked of cases. */
#include "daemon/cases.h"
#include "daemon/dispatch.h"
#include "daemon/journal.h"
#include "daemon/notes.h"
#include "daemon/rooms.h"
#include "daemon/server.h"
#include "daemon/session.h"
#include "daemon/staff.h"
#include "daemon/xalloc.h"
#include "storage/table_room.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	LIST_MAX = 50,
};

static enum outcome refuse_field(
	struct session *session, bool has_ref, int64_t ref, enum wire_code code, const char *field)
{
	struct msg_error error = dispatch_error(code);
	error.has_ref = has_ref;
	error.ref = ref;
	error.has_field = true;
	error.field = text_of(field);
	session_send(session, TYPE_ERROR, &error);
	return OUTCOME_ANSWERED;
}

enum outcome handle_case_get(struct session *session, const struct msg_case_get *request)
{
	const struct case_file *file = cases_find(session->server, request->case_id);
	if (file == NULL || !file->made) {
		return refuse(WIRE_CODE_NO_SUCH);
	}
	struct asker asker = dispatch_asker(session, request->has_ref, request->ref);
	cases_tell(session->server, file, session->account->row.id, &asker,
		request->has_print ? &request->print : NULL,
		request->has_before ? request->before : INT64_MAX);
	return OUTCOME_ANSWERED;
}

/* ---- opening one ---- */

static void on_made(struct server *server, struct case_write *write, enum store_status status)
{
	if (status == STORE_OK) {
		cases_tell(server, write->file, write->file->owner, &write->asker, NULL, INT64_MAX);
	} else {
		dispatch_answer_error(server, &write->asker, WIRE_CODE_UNAVAILABLE);
	}
}

static enum outcome make(
	struct session *session, int64_t room, struct text title, const struct asker *asker)
{
	struct server *server = session->server;
	struct case_file *there = cases_of_room(server, room);
	if (there != NULL && there->made) {
		cases_tell(server, there, session->account->row.id, asker, NULL, INT64_MAX);
		return OUTCOME_ANSWERED;
	}
	if (there != NULL || !journal_writable(server)) {
		return refuse(WIRE_CODE_UNAVAILABLE); /* somebody is just opening one */
	}
	struct case_write *write = cases_make(server, room, session->account, title);
	write->asker = *asker;
	write->done = on_made;
	cases_write(server, write, session->account);
	return OUTCOME_ANSWERED;
}

/* A room that is not in memory: is it there? */
struct opening {
	struct room_find find;
	struct server *server;
	struct asker asker;
	char title[CASE_TITLE_BYTES]; /* empty: the room's name */
};

static void on_room_found(struct store_job *job, enum store_status status)
{
	struct opening *opening = (struct opening *)job;
	struct session *session = server_session(opening->server, opening->asker.session);
	if (status == STORE_OK && session != NULL && session->account != NULL) {
		const char *title =
			opening->title[0] != '\0' ? opening->title : opening->find.row.name;
		enum outcome outcome =
			make(session, opening->find.id, text_of(title), &opening->asker);
		if (outcome != OUTCOME_ANSWERED) {
			dispatch_answer_error(
				opening->server, &opening->asker, WIRE_CODE_UNAVAILABLE);
		}
	} else if (status != STORE_OK) {
		dispatch_answer_error(opening->server, &opening->asker,
			status == STORE_REFUSED ? WIRE_CODE_NO_SUCH_ROOM : WIRE_CODE_UNAVAILABLE);
	}
	free(opening);
}

enum outcome handle_case_open(struct session *session, const struct msg_case_open *request)
{
	struct server *server = session->server;
	struct room *room = rooms_find(server, request->room);
	struct asker asker = dispatch_asker(session, request->has_ref, request->ref);
	if (room != NULL && room->durable.n > 0) {
		journal_save_room(server, room); /* a case refers to it */
		return make(session, room->id,
			request->has_title ? request->title : text_of(room->name), &asker);
	}
	struct opening *opening = xcalloc(1, sizeof(*opening));
	room_find_init(&opening->find);
	opening->find.id = request->room;
	opening->find.job.done = on_room_found;
	opening->server = server;
	opening->asker = asker;
	if (request->has_title) {
		snprintf(opening->title, sizeof(opening->title), "%.*s", (int)request->title.size,
			request->title.bytes);
	}
	store_read(server->store, &opening->find.job);
	return OUTCOME_ANSWERED;
}

/* ---- changing one ---- */

/* NULL, and *outcome says why: it cannot be changed now. */
static struct case_write *begin(
	struct session *session, int64_t id, const struct asker *asker, enum outcome *outcome)
{
	struct server *server = session->server;
	struct case_file *file = cases_find(server, id);
	if (file == NULL || !file->made) {
		*outcome = refuse(WIRE_CODE_NO_SUCH);
		return NULL;
	}
	if (!journal_writable(server)) {
		*outcome = refuse(WIRE_CODE_UNAVAILABLE);
		return NULL;
	}
	struct case_write *write = cases_change(file, session->account);
	write->asker = *asker;
	*outcome = OUTCOME_ANSWERED;
	return write;
}

static void copy(char *to, size_t capacity, struct text text)
{
	snprintf(to, capacity, "%.*s", (int)text.size, text.bytes);
}

static void take_change(struct case_write *write, const struct msg_case_change *request)
{
	struct case_change *change = &write->change;
	if (request->has_title) {
		copy(write->row.title, sizeof(write->row.title), request->title);
		change->title = write->row.title;
	}
	if (request->has_outcome) {
		copy(write->row.outcome, sizeof(write->row.outcome), request->outcome);
		change->outcome = write->row.outcome;
	}
	if (request->has_state) {
		change->state = (int)request->state;
		write->after.state = request->state;
	}
	if (request->has_tier) {
		change->tier = (int)request->tier;
	}
	if (request->has_follow_ms) {
		change->follow_ms = request->follow_ms;
		write->after.follow_ms = request->follow_ms;
	}
}

enum outcome handle_case_change(struct session *session, const struct msg_case_change *request)
{
	struct asker asker = dispatch_asker(session, request->has_ref, request->ref);
	const struct case_file *file = cases_find(session->server, request->case_id);
	bool reopens = file != NULL && request->has_state && request->state != WIRE_CASE_CLOSED &&
		       file->pending.state == WIRE_CASE_CLOSED;
	if (reopens && cases_of_room(session->server, file->room) != NULL) {
		return refuse(WIRE_CODE_EXISTS); /* another one of this room is open */
	}
	enum outcome outcome;
	struct case_write *write = begin(session, request->case_id, &asker, &outcome);
	if (write == NULL) {
		return outcome;
	}
	take_change(write, request);
	cases_write(session->server, write, session->account);
	return OUTCOME_ANSWERED;
}

/* WIRE_CODE of what is wrong with the fields, and which; false: nothing. */
static bool is_wrong_step(
	const struct msg_case_step *request, enum wire_code *code, const char **field)
{
	bool held = request->state == WIRE_STEP_HELD;
	if (request->has_step == request->has_text) {
		*code = request->has_step ? WIRE_CODE_EXTRA_FIELD : WIRE_CODE_MISSING_FIELD;
		*field = "text";
		return true;
	}
	if (held != request->has_reason) {
		*code = held ? WIRE_CODE_MISSING_FIELD : WIRE_CODE_EXTRA_FIELD;
		*field = "reason";
		return true;
	}
	return false;
}

enum outcome handle_case_step(struct session *session, const struct msg_case_step *request)
{
	struct asker asker = dispatch_asker(session, request->has_ref, request->ref);
	const struct case_file *file = cases_find(session->server, request->case_id);
	enum wire_code code;
	const char *field;
	if (is_wrong_step(request, &code, &field)) {
		return refuse_field(session, request->has_ref, request->ref, code, field);
	}
	if (file != NULL && request->has_step && request->step > file->pending.steps) {
		return refuse(WIRE_CODE_NO_SUCH);
	}
	if (file != NULL && !request->has_step && file->pending.steps == CASE_STEPS_MAX) {
		return refuse(WIRE_CODE_TOO_MANY);
	}
	enum outcome outcome;
	struct case_write *write = begin(session, request->case_id, &asker, &outcome);
	if (write == NULL) {
		return outcome;
	}
	struct case_step_row *step = &write->steps[0];
	write->kind = CASE_STEPPED;
	step->step = request->has_step ? (int)request->step : ++write->after.steps;
	step->state = (int)request->state;
	step->by = write->by;
	step->at_ms = write->at_ms;
	copy(step->text, sizeof(step->text), request->has_text ? request->text : text_of(""));
	copy(step->reason, sizeof(step->reason),
		request->has_reason ? request->reason : text_of(""));
	cases_write(session->server, write, session->account);
	return OUTCOME_ANSWERED;
}

/* A note is looked for first: sent again it changes nothing, and nobody is told twice. */
struct noting {
	struct case_find_note find;
	struct server *server;
	struct asker asker;
	char *body;
};

static void on_note_looked_for(struct store_job *job, enum store_status status)
{
	struct noting *noting = (struct noting *)job;
	struct server *server = noting->server;
	struct session *session = server_session(server, noting->asker.session);
	enum outcome outcome = OUTCOME_ANSWERED;
	if (status != STORE_OK) {
		dispatch_answer_error(server, &noting->asker, WIRE_CODE_UNAVAILABLE);
	} else if (noting->find.found) {
		dispatch_answer_ok(server, &noting->asker, 0, 0, 0);
	} else if (session != NULL && session->account != NULL) {
		struct case_write *write =
			begin(session, noting->find.case_id, &noting->asker, &outcome);
		if (write != NULL) {
			write->kind = CASE_NOTED;
			memcpy(write->note_id, noting->find.id, sizeof(write->note_id));
			write->note = noting->body;
			noting->body = NULL;
			cases_write(server, write, session->account);
		} else {
			dispatch_answer_error(server, &noting->asker, WIRE_CODE_UNAVAILABLE);
		}
	}
	free(noting->body);
	free(noting);
}

enum outcome handle_case_note(struct session *session, const struct msg_case_note *request)
{
	const struct case_file *file = cases_find(session->server, request->case_id);
	if (file == NULL || !file->made) {
		return refuse(WIRE_CODE_NO_SUCH);
	}
	struct noting *noting = xcalloc(1, sizeof(*noting));
	case_find_note_init(&noting->find);
	noting->find.case_id = request->case_id;
	memcpy(noting->find.id, request->id, sizeof(noting->find.id));
	noting->find.job.done = on_note_looked_for;
	noting->server = session->server;
	noting->asker = dispatch_asker(session, request->has_ref, request->ref);
	noting->body = xmemdup(request->body.bytes, request->body.size);
	store_read(session->server->store, &noting->find.job);
	return OUTCOME_ANSWERED;
}

/* ---- the list ---- */

struct listing {
	struct case_read_list read;
	struct server *server;
	struct asker asker;
};

static void send_list(struct session *session, const struct listing *listing)
{
	struct item_case_line items[LIST_MAX];
	char numbers[LIST_MAX][CASE_NUMBER_BYTES];
	struct msg_case_listed listed = {
		.has_ref = listing->asker.has_ref,
		.ref = listing->asker.ref,
		.cases = items,
		.more = listing->read.count > LIST_MAX,
	};
	for (size_t i = 0; i < listing->read.count && i < LIST_MAX; i++) {
		const struct case_line_row *line = &listing->read.lines[i];
		const struct case_row *row = &line->row;
		case_number(cases_find(listing->server, row->id), numbers[i]);
		items[listed.cases_count++] = (struct item_case_line){
			.case_id = row->id,
			.number = text_of(numbers[i]),
			.title = text_of(row->title),
			.room = row->room,
			.name = cases_room_name(listing->server, row->room, line->room_name),
			.state = (enum wire_case_state)row->state,
			.tier = row->tier,
			.done = line->done,
			.steps = line->steps,
			.owner = notes_alias(listing->server, row->owner),
			.opened_ms = row->opened_ms,
			.has_follow_ms = row->follow_ms > 0,
			.follow_ms = row->follow_ms,
		};
	}
	session_send(session, TYPE_CASE_LISTED, &listed);
}

static void on_listed(struct store_job *job, enum store_status status)
{
	struct listing *listing = (struct listing *)job;
	struct session *session = server_session(listing->server, listing->asker.session);
	if (status != STORE_OK) {
		dispatch_answer_error(listing->server, &listing->asker, WIRE_CODE_UNAVAILABLE);
	} else if (session != NULL) {
		send_list(session, listing);
	}
	case_read_list_finish(&listing->read);
	free(listing);
}

enum outcome handle_case_list(struct session *session, const struct msg_case_list *request)
{
	struct listing *listing = xcalloc(1, sizeof(*listing));
	case_read_list_init(&listing->read);
	listing->read.state = request->has_state ? (int)request->state : -1;
	listing->read.step_done = WIRE_STEP_DONE;
	listing->read.before = request->has_before ? request->before : INT64_MAX;
	listing->read.job.done = on_listed;
	listing->server = session->server;
	listing->asker = dispatch_asker(session, request->has_ref, request->ref);
	store_read(session->server->store, &listing->read.job);
	return OUTCOME_ANSWERED;
}
