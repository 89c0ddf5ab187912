/*
 * room.marks: what only counselors see beside a room. Flags, notes and calls for an adult are read
 * in one transaction, the newest of each that fit into one answer. That the room was opened is in
 * the audit; without that, this look is.
 */
#include "daemon/audit.h"
#include "daemon/block.h"
#include "daemon/dispatch.h"
#include "daemon/notes.h"
#include "daemon/rooms.h"
#include "daemon/server.h"
#include "daemon/session.h"
#include "daemon/staff.h"
#include "daemon/xalloc.h"
#include "storage/table_escalation.h"
#include "storage/table_note.h"
#include "storage/table_phrase.h"

#include <stdlib.h>

enum {
	NOTES_MAX = 100,
	NOTES_BYTES = 16000, /* in JSON up to twice that */
	CALLS_MAX = 50, /* of 250 bytes each */
	FLAGS_BYTES = 16000, /* all three together fit into the least limits.queue there may be */
	FLAG_BYTES = 64,
	SPAN_BYTES = 64, /* besides the category */
};

struct call {
	int64_t id, at_ms, by, taken_by;
	int source, reason, stage;
};

/* What is read for one answer. */
struct marks {
	struct store_job job;
	struct note_read notes;
	struct flag_read_room flags;
	struct call calls[CALLS_MAX]; /* the newest first */
	size_t calls_count;
	struct server *server;
	struct asker asker;
};

static bool keep_call(void *data, const struct escalation_row *row)
{
	struct marks *marks = data;
	marks->calls[marks->calls_count++] = (struct call){
		.id = row->id,
		.at_ms = row->raised_ms,
		.by = row->raised_by,
		.taken_by = row->taken_by,
		.source = row->source,
		.reason = row->reason,
		.stage = row->stage,
	};
	return marks->calls_count < CALLS_MAX;
}

static enum store_status read_marks(struct store_job *job, struct store_db *db)
{
	struct marks *marks = (struct marks *)job;
	int64_t room = marks->notes.room;
	enum store_status status = marks->notes.job.run(&marks->notes.job, db);
	if (status == STORE_OK) {
		status = marks->flags.job.run(&marks->flags.job, db);
	}
	return status == STORE_OK ? escalation_of_room(db, room, CALLS_MAX, keep_call, marks)
				  : status;
}

/* ---- as they are told ---- */

struct told {
	struct item_note_mark notes[NOTES_MAX];
	struct item_flag_mark flags[FLAG_PAGE_MAX];
	struct item_span spans[FLAG_PAGE_MAX * FLAG_SPANS_MAX];
	struct item_call_mark calls[CALLS_MAX];
	size_t flags_count;
};

static void tell_notes(const struct marks *marks, struct told *told)
{
	for (size_t i = 0; i < marks->notes.count; i++) {
		const struct note_row *row = &marks->notes.rows[i];
		told->notes[i] = (struct item_note_mark){
			.at_ms = row->at_ms,
			.from = notes_alias(marks->server, row->author),
			.to = notes_alias(marks->server, row->supporter),
			.body = {row->body, row->body_size},
		};
	}
}

/* Rows are ordered by n; the newest that fit begin here. */
static size_t first_flag_that_fits(const struct flag_read_room *read)
{
	size_t first = read->count, size = 0;
	while (first > 0) {
		const struct flag_row *row = &read->rows[first - 1];
		size += FLAG_BYTES;
		for (size_t i = 0; i < row->spans_count; i++) {
			size += SPAN_BYTES + strlen(row->spans[i].category);
		}
		if (size > FLAGS_BYTES && first < read->count) {
			break;
		}
		first--;
	}
	return first;
}

static void tell_flags(const struct marks *marks, struct told *told)
{
	struct item_span *span = told->spans;
	for (size_t i = first_flag_that_fits(&marks->flags); i < marks->flags.count; i++) {
		const struct flag_row *row = &marks->flags.rows[i];
		told->flags[told->flags_count++] = (struct item_flag_mark){
			.n = row->n,
			.severity = (enum wire_severity)row->severity,
			.spans = span,
			.spans_count = row->spans_count,
		};
		for (size_t j = 0; j < row->spans_count; j++) {
			*span++ = (struct item_span){
				.from = row->spans[j].from,
				.size = row->spans[j].size,
				.severity = (enum wire_severity)row->spans[j].severity,
				.category = text_of(row->spans[j].category),
			};
		}
	}
}

/* Nobody: the visitor, the daemon, or not yet. */
static struct text alias_or_none(const struct server *server, int64_t account)
{
	return account > 0 ? notes_alias(server, account) : text_of("");
}

static void tell_calls(const struct marks *marks, struct told *told)
{
	for (size_t i = 0; i < marks->calls_count; i++) {
		const struct call *call = &marks->calls[marks->calls_count - 1 - i];
		told->calls[i] = (struct item_call_mark){
			.escalation = call->id,
			.at_ms = call->at_ms,
			.source = (enum wire_escalation_source)call->source,
			.reason = (enum wire_escalation_reason)call->reason,
			.stage = (enum wire_stage)call->stage,
			.by = alias_or_none(marks->server, call->by),
			.taken_by = alias_or_none(marks->server, call->taken_by),
		};
	}
}

static void send_marks(struct session *session, const struct marks *marks)
{
	struct told *told = xcalloc(1, sizeof(*told));
	tell_notes(marks, told);
	tell_flags(marks, told);
	tell_calls(marks, told);
	struct msg_room_marked marked = {
		.has_ref = marks->asker.has_ref,
		.ref = marks->asker.ref,
		.room = marks->notes.room,
		.flags = told->flags,
		.flags_count = told->flags_count,
		.notes = told->notes,
		.notes_count = marks->notes.count,
		.calls = told->calls,
		.calls_count = marks->calls_count,
	};
	const struct room *room = rooms_find(marks->server, marks->notes.room);
	marked.has_blocked_until_ms = room != NULL && block_left_ms(room) > 0;
	marked.blocked_until_ms = room != NULL ? room->durable.blocked_until_ms : 0;
	session_send(session, TYPE_ROOM_MARKED, &marked);
	free(told);
}

static void finish(struct marks *marks, enum store_status status)
{
	struct session *session = server_session(marks->server, marks->asker.session);
	if (status != STORE_OK) {
		dispatch_answer_error(marks->server, &marks->asker, WIRE_CODE_UNAVAILABLE);
	} else if (session != NULL) {
		send_marks(session, marks);
	}
	note_read_finish(&marks->notes);
	flag_read_room_finish(&marks->flags);
	free(marks);
}

static void on_marks_read(struct store_job *job, enum store_status status)
{
	finish((struct marks *)job, status);
}

static void on_look_noted(
	struct server *server, void *data, int64_t number, enum store_status status)
{
	(void)number;
	struct marks *marks = data;
	if (status == STORE_OK) {
		store_read(server->store, &marks->job);
	} else {
		finish(marks, status);
	}
}

enum outcome handle_room_marks(struct session *session, const struct msg_room_marks *request)
{
	struct marks *marks = xcalloc(1, sizeof(*marks));
	marks->job.run = read_marks;
	marks->job.done = on_marks_read;
	note_read_init(&marks->notes);
	marks->notes.room = request->room;
	marks->notes.limit = NOTES_MAX;
	marks->notes.bytes = NOTES_BYTES;
	flag_read_room_init(&marks->flags, request->room);
	marks->server = session->server;
	marks->asker = dispatch_asker(session, request->has_ref, request->ref);
	const struct room *room = rooms_find(session->server, request->room);
	if (room != NULL && session_subscription(session, room) != NULL) {
		store_read(session->server->store, &marks->job);
		return OUTCOME_ANSWERED;
	}
	const struct audit_entry entry = {
		.what = WIRE_AUDIT_ROOM,
		.account = session->account->row.id,
		.room = request->room,
		.detail = "flags, notes and calls beside it",
	};
	audit_add(session->server, &entry, on_look_noted, marks);
	return OUTCOME_ANSWERED;
}
