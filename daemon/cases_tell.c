/* One case, told whole. Whoever looks into it, or prints it, is in the audit first. */
#include "daemon/audit.h"
#include "daemon/cases.h"
#include "daemon/notes.h"
#include "daemon/rooms.h"
#include "daemon/server.h"
#include "daemon/session.h"
#include "daemon/xalloc.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	TOLD_BYTES = 40000, /* of notes and reasons in one answer; in JSON up to twice that */
	PRINT_BYTES = CASE_NUMBER_BYTES + 200 * 4 + 8, /* number and reason */
};

struct telling {
	struct case_read read;
	struct server *server;
	struct asker asker;
	int64_t disclosure; /* the audit's entry; 0: not printed */
	bool printed;
};

struct told_lists {
	struct item_case_step steps[CASE_STEPS_MAX];
	struct item_case_note notes[CASE_NOTES_MAX];
	struct item_call_mark calls[CASE_CALLS_MAX];
	struct item_opening openings[CASE_OPENINGS_MAX];
};

static struct text name_of(const struct server *server, int64_t account)
{
	return account > 0 ? notes_alias(server, account) : text_of("");
}

struct text cases_room_name(const struct server *server, int64_t id, const char *in_file)
{
	const struct room *room = rooms_find(server, id);
	return text_of(room != NULL ? room->name : in_file[0] != '\0' ? in_file : "?");
}

static void fill_steps(const struct telling *telling, struct told_lists *lists)
{
	for (size_t i = 0; i < telling->read.steps_count; i++) {
		const struct case_step_row *row = &telling->read.steps[i];
		lists->steps[i] = (struct item_case_step){
			.step = row->step,
			.text = text_of(row->text),
			.state = (enum wire_step_state)row->state,
			.reason = text_of(row->reason),
			.by = name_of(telling->server, row->by),
			.has_at_ms = row->at_ms > 0,
			.at_ms = row->at_ms,
		};
	}
}

static void fill_notes(const struct telling *telling, struct told_lists *lists)
{
	size_t count = telling->read.notes_count;
	for (size_t i = 0; i < count; i++) {
		const struct case_note_row *row = &telling->read.notes[count - 1 - i];
		lists->notes[i] = (struct item_case_note){
			.note = row->id,
			.at_ms = row->at_ms,
			.by = notes_alias(telling->server, row->by),
			.body = {row->body, row->size},
		};
	}
}

static void fill_calls(const struct telling *telling, struct told_lists *lists)
{
	size_t count = telling->read.calls_count;
	for (size_t i = 0; i < count; i++) {
		const struct escalation_row *row = &telling->read.calls[count - 1 - i];
		lists->calls[i] = (struct item_call_mark){
			.escalation = row->id,
			.at_ms = row->raised_ms,
			.source = (enum wire_escalation_source)row->source,
			.reason = (enum wire_escalation_reason)row->reason,
			.stage = (enum wire_stage)row->stage,
			.by = name_of(telling->server, row->raised_by),
			.taken_by = name_of(telling->server, row->taken_by),
		};
	}
}

static void fill_openings(const struct telling *telling, struct text name, struct told_lists *lists)
{
	size_t count = telling->read.openings_count;
	for (size_t i = 0; i < count; i++) {
		const struct case_opening_row *row = &telling->read.openings[count - 1 - i];
		lists->openings[i] = (struct item_opening){
			.opening = row->id,
			.room = telling->read.row.room,
			.name = name,
			.step = (enum wire_identity_step)row->step,
			.why = (enum wire_danger)row->why,
			.reason = {row->reason, row->size},
			.by = row->by,
			.by_name = notes_alias(telling->server, row->by),
			.approved_by = name_of(telling->server, row->approved_by),
			.at_ms = row->at_ms,
			.has_until_ms = row->until_ms > 0,
			.until_ms = row->until_ms,
		};
	}
}

static void send_told(struct session *session, const struct telling *telling)
{
	const struct case_read *read = &telling->read;
	const struct case_row *row = &read->row;
	const struct case_file *file = cases_find(telling->server, row->id);
	struct told_lists *lists = xcalloc(1, sizeof(*lists));
	struct text name = cases_room_name(telling->server, row->room, read->room_name);
	char number[CASE_NUMBER_BYTES];
	case_number(file, number);
	fill_steps(telling, lists);
	fill_notes(telling, lists);
	fill_calls(telling, lists);
	fill_openings(telling, name, lists);
	const struct msg_case_told told = {
		.has_ref = telling->asker.has_ref,
		.ref = telling->asker.ref,
		.case_id = row->id,
		.number = text_of(number),
		.title = text_of(row->title),
		.room = row->room,
		.name = name,
		.state = (enum wire_case_state)row->state,
		.tier = row->tier,
		.owner = notes_alias(telling->server, row->owner),
		.opened_ms = row->opened_ms,
		.has_follow_ms = row->follow_ms > 0,
		.follow_ms = row->follow_ms,
		.outcome = text_of(row->outcome),
		.steps = lists->steps,
		.steps_count = read->steps_count,
		.notes = lists->notes,
		.notes_count = read->notes_count,
		.more = read->more,
		.calls = lists->calls,
		.calls_count = read->calls_count,
		.openings = lists->openings,
		.openings_count = read->openings_count,
		.has_disclosure = telling->printed,
		.disclosure = telling->disclosure,
	};
	session_send(session, TYPE_CASE_TOLD, &told);
	free(lists);
}

static void on_read(struct store_job *job, enum store_status status)
{
	struct telling *telling = (struct telling *)job;
	struct session *session = server_session(telling->server, telling->asker.session);
	if (status != STORE_OK) {
		dispatch_answer_error(telling->server, &telling->asker,
			status == STORE_REFUSED ? WIRE_CODE_NO_SUCH : WIRE_CODE_UNAVAILABLE);
	} else if (session != NULL) {
		send_told(session, telling);
	}
	case_read_finish(&telling->read);
	free(telling);
}

static void on_noted(struct server *server, void *data, int64_t number, enum store_status status)
{
	struct telling *telling = data;
	if (status != STORE_OK) {
		dispatch_answer_error(server, &telling->asker, WIRE_CODE_UNAVAILABLE);
		free(telling);
		return;
	}
	telling->disclosure = number;
	store_read(server->store, &telling->read.job);
}

void cases_tell(struct server *server, const struct case_file *file, int64_t account,
	const struct asker *asker, const struct text *print, int64_t before)
{
	struct telling *telling = xcalloc(1, sizeof(*telling));
	char number[CASE_NUMBER_BYTES], detail[PRINT_BYTES];
	case_read_init(&telling->read);
	telling->read.id = file->id;
	telling->read.before = before;
	telling->read.bytes_max = TOLD_BYTES;
	telling->read.job.done = on_read;
	telling->server = server;
	telling->asker = *asker;
	telling->printed = print != NULL;
	case_number(file, number);
	snprintf(detail, sizeof(detail), "%s%s%.*s", number, print != NULL ? ": " : "",
		print != NULL ? (int)print->size : 0, print != NULL ? print->bytes : "");
	const struct audit_entry entry = {
		.what = print != NULL ? WIRE_AUDIT_PRINT : WIRE_AUDIT_CASE,
		.account = account,
		.room = file->room,
		.detail = detail,
	};
	audit_add(server, &entry, on_noted, telling);
}
