/*
 * Transcripts as a file; see export.h. One at a time: noted, told, then read a page of events at a
 * time and written behind what there is, so that the loop is never long at it.
 */
#include "daemon/export.h"

#include "daemon/acts.h"
#include "daemon/audit.h"
#include "daemon/clock.h"
#include "daemon/csv.h"
#include "daemon/frame.h"
#include "daemon/journal.h"
#include "daemon/rooms.h"
#include "daemon/server.h"
#include "daemon/staff.h"
#include "daemon/xalloc.h"
#include "storage/table_search.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum {
	PAGE_EVENTS = 128,
	REASON_BYTES = 500 * 4 + 1,
	LINE_BYTES = 1024, /* of a CSV line, besides the text */
};

struct export
{
	union {
		struct search_span span;
		struct room_find find;
		struct event_read_all all;
		struct event_read_room room;
	} job;
	struct server *server;
	int64_t account, seq, at_ms; /* who; of the event that tells of it */
	enum wire_export_format format;
	int64_t room; /* 0: all */
	int64_t from_ms, until_ms;
	int64_t next, until; /* seq, or the room's n */
	int64_t head_seq, head_n; /* the room's */
	char reason[REASON_BYTES];
	char name[ROOM_NAME_BYTES]; /* the room's, where it is one */
	char *bytes;
	size_t size, capacity;
	export_done done;
	void *data;
};

/* good: there is a file, and code means nothing. */
static void finish(struct export *export, enum wire_code code, bool good)
{
	struct frame *file = NULL;
	if (good) {
		file = frame_create(export->size);
		memcpy(file->bytes, export->bytes, export->size);
	}
	export->server->exporting = false;
	export->done(export->data, file, export->format, code);
	free(export->bytes);
	free(export);
}

static char *reserve(struct export *export, size_t size)
{
	if (export->size + size > export->capacity) {
		export->capacity = (export->size + size) * 2;
		export->bytes = xrealloc(export->bytes, export->capacity);
	}
	return export->bytes + export->size;
}

static void put(struct export *export, const char *bytes, size_t size)
{
	memcpy(reserve(export, size), bytes, size);
	export->size += size;
}

static void put_string(struct export *export, const char *string)
{
	put(export, string, strlen(string));
}

/* ---- CSV ---- */

static void put_cell(struct export *export, const char *bytes, size_t size)
{
	char *out = reserve(export, csv_cell_bound(size));
	export->size += csv_cell(out, bytes, size);
}

static void format_time(int64_t at_ms, char *out, size_t size)
{
	time_t seconds = (time_t)(at_ms / 1000);
	struct tm utc;
	gmtime_r(&seconds, &utc);
	strftime(out, size, "%Y-%m-%dT%H:%M:%SZ", &utc);
}

static void put_line(struct export *export, const struct event_row *row, const char *event,
	const struct event_author *author, const char *text, size_t text_size)
{
	char time_text[32], numbers[LINE_BYTES];
	format_time(row->at_ms, time_text, sizeof(time_text));
	const struct room *room = rooms_find(export->server, row->room);
	snprintf(numbers, sizeof(numbers), "%lld,%lld,%lld,%s,", (long long)row->seq,
		(long long)row->room, (long long)row->n, time_text);
	put_string(export, numbers);
	const char *name = room != NULL ? room->name : export->name;
	put_cell(export, name, strlen(name));
	put_string(export, ",");
	put_string(export, event);
	put_string(export, ",");
	put_string(export, wire_who_name(author->who));
	put_string(export, ",");
	put_cell(export, author->name, strlen(author->name));
	put_string(export, ",");
	put_cell(export, text, text_size);
	put_string(export, "\r\n");
}

static const char *event_name(int kind)
{
	static const char *const names[] = {
		[EVENT_OPENED] = "opened",
		[EVENT_JOINED] = "joined",
		[EVENT_POSTED] = "said",
		[EVENT_REQUEUED] = "requeued",
		[EVENT_MAILBOXED] = "mailboxed",
		[EVENT_RETURNED] = "returned",
		[EVENT_ENDED] = "ended",
		[EVENT_PICTURED] = "picture",
		[EVENT_STEPPED_IN] = "stepped_in",
		[EVENT_STEPPED_OUT] = "stepped_out",
	};
	bool known = kind >= 0 && (size_t)kind < sizeof(names) / sizeof(names[0]);
	return known ? names[kind] : NULL;
}

/* ---- both ---- */

static void put_event(struct export *export, const struct event_row *row)
{
	struct event_author author = journal_author(export->server, row->author);
	if (export->format == WIRE_EXPORT_CSV) {
		const char *name = event_name(row->kind);
		bool said = row->kind == EVENT_POSTED;
		if (name != NULL) {
			put_line(export, row, name, &author, said ? row->body : "",
				said ? row->body_size : 0);
		}
		return;
	}
	put_string(export, ",\n");
	char *end = reserve(export, event_write_bound(row));
	export->size += event_write(row, &author, (struct event_view){.overseer = true}, end);
}

/* Who exported it and why comes first, as the other counselors were told. */
static struct msg_exported exported_message(const struct export *export, const char *alias)
{
	return (struct msg_exported){
		.seq = export->seq,
		.at_ms = export->at_ms,
		.name = text_of(alias),
		.reason = text_of(export->reason),
		.has_room = export->room != 0,
		.room = export->room,
	};
}

static const char *alias_of(const struct export *export)
{
	const struct account *account = staff_account(export->server->staff, export->account);
	return account != NULL ? account->row.alias : "?";
}

static void put_beginning(struct export *export)
{
	const char *alias = alias_of(export);
	if (export->format == WIRE_EXPORT_CSV) {
		struct event_row row = {.seq = export->seq, .at_ms = export->at_ms};
		struct event_author author = {WIRE_WHO_COUNSELOR, alias};
		put_string(export, "seq,room,n,time_utc,room_name,event,who,name,text\r\n");
		put_line(export, &row, "exported", &author, export->reason, strlen(export->reason));
		return;
	}
	struct msg_exported exported = exported_message(export, alias);
	put_string(export, "[\n");
	size_t bound = message_encode_bound(TYPE_EXPORTED, &exported);
	export->size += message_encode(TYPE_EXPORTED, &exported, reserve(export, bound), bound);
}

static void put_end(struct export *export)
{
	if (export->format == WIRE_EXPORT_JSON) {
		put_string(export, "\n]\n");
	}
}

/* ---- reading ---- */

static void read_page(struct export *export);

static void on_page(struct export *export, struct event_page *page, enum store_status status)
{
	bool good = status == STORE_OK;
	for (size_t i = 0; good && i < page->count; i++) {
		const struct event_row *row = &page->rows[i];
		export->next = (export->room != 0 ? row->n : row->seq) + 1;
		if (export->next > export->until) {
			break;
		}
		bool in_time = row->at_ms >= export->from_ms &&
			       (export->until_ms == 0 || row->at_ms < export->until_ms);
		if (row->n > 0 && in_time) {
			put_event(export, row);
		}
	}
	bool more = good && page->more && export->next < export->until;
	if (good) {
		event_page_finish(page);
	}
	if (!good) {
		finish(export, WIRE_CODE_UNAVAILABLE, false);
	} else if (export->size > EXPORT_BYTES_MAX) {
		finish(export, WIRE_CODE_TOO_LARGE, false);
	} else if (more) {
		read_page(export);
	} else {
		put_end(export);
		finish(export, WIRE_CODE_UNAVAILABLE, true);
	}
}

static void on_all_read(struct store_job *job, enum store_status status)
{
	struct event_read_all *read = (struct event_read_all *)job;
	on_page(read->owner, &read->page, status);
}

static void on_room_read(struct store_job *job, enum store_status status)
{
	struct event_read_room *read = (struct event_read_room *)job;
	on_page(read->owner, &read->page, status);
}

static void read_page(struct export *export)
{
	struct store_job *job;
	if (export->room != 0) {
		struct event_read_room *read = &export->job.room;
		event_read_room_init(read);
		read->room = export->room;
		read->head_seq = export->head_seq;
		read->head_n = export->head_n;
		read->from_n = export->next;
		read->until_n = export->until;
		read->limit = PAGE_EVENTS;
		read->owner = export;
		read->job.done = on_room_read;
		job = &read->job;
	} else {
		struct event_read_all *read = &export->job.all;
		event_read_all_init(read);
		read->after = export->next - 1;
		read->limit = PAGE_EVENTS;
		read->owner = export;
		read->job.done = on_all_read;
		job = &read->job;
	}
	store_read(export->server->store, job);
}

static void begin_room(struct export *export, const char *name, int64_t head_seq, int64_t head_n)
{
	snprintf(export->name, sizeof(export->name), "%s", name);
	export->head_seq = head_seq;
	export->head_n = head_n;
	export->next = 1;
	export->until = head_n + 1;
	put_beginning(export);
	read_page(export);
}

static void on_room_found(struct store_job *job, enum store_status status)
{
	struct room_find *find = (struct room_find *)job;
	struct export *export = find->owner;
	if (status == STORE_OK && find->row.n > 0) {
		struct room_row row = find->row; /* its place in the union is needed again */
		begin_room(export, row.name, row.head_seq, row.n);
	} else {
		finish(export,
			status == STORE_REFUSED ? WIRE_CODE_NO_SUCH_ROOM : WIRE_CODE_UNAVAILABLE,
			false);
	}
}

static void on_span(struct store_job *job, enum store_status status)
{
	struct search_span *span = (struct search_span *)job;
	struct export *export = span->owner;
	if (status != STORE_OK) {
		finish(export, WIRE_CODE_UNAVAILABLE, false);
		return;
	}
	export->next = span->from_seq;
	export->until = span->until_seq;
	put_beginning(export);
	read_page(export);
}

/* It is on disk that it was done, and everybody knows: now it may be done. */
static void on_told(struct server *server, void *data, enum store_status status)
{
	struct export *export = data;
	if (status != STORE_OK) {
		finish(export, WIRE_CODE_UNAVAILABLE, false);
		return;
	}
	if (export->room == 0) {
		struct search_span *span = &export->job.span;
		search_span_init(span);
		span->from_ms = export->from_ms;
		span->until_ms = export->until_ms;
		span->owner = export;
		span->job.done = on_span;
		store_read(server->store, &span->job);
		return;
	}
	const struct room *room = rooms_find(server, export->room);
	if (room != NULL && room->durable.n > 0) {
		begin_room(export, room->name, room->durable.head_seq, room->durable.n);
		return;
	}
	struct room_find *find = &export->job.find;
	room_find_init(find);
	find->id = export->room;
	find->owner = export;
	find->job.done = on_room_found;
	store_read(server->store, &find->job);
}

static void on_noted(struct server *server, void *data, int64_t number, enum store_status status)
{
	(void)number;
	struct export *export = data;
	if (status != STORE_OK || !journal_writable(server)) {
		finish(export, WIRE_CODE_UNAVAILABLE, false);
		return;
	}
	struct room_change change = journal_next(server, NULL, EVENT_EXPORTED, export->account);
	export->seq = change.seq;
	export->at_ms = change.at_ms;
	struct msg_exported exported = exported_message(export, alias_of(export));
	struct journal_said said = {.done = on_told, .also_data = export};
	act_append(server, NULL, &change, TYPE_EXPORTED, &exported, &said);
}

bool export_begin(struct server *server, const struct account *account,
	const struct msg_export *request, export_done done, void *data)
{
	if (server->exporting) {
		return false;
	}
	server->exporting = true;
	struct export *export = xcalloc(1, sizeof(*export));
	export->server = server;
	export->account = account->row.id;
	export->format = request->format;
	export->room = request->has_room ? request->room : 0;
	export->from_ms = request->has_from_ms ? request->from_ms : 0;
	export->until_ms = request->has_until_ms ? request->until_ms : 0;
	export->done = done;
	export->data = data;
	snprintf(export->reason, sizeof(export->reason), "%.*s", (int)request->reason.size,
		request->reason.bytes);
	struct audit_entry entry = {
		.what = WIRE_AUDIT_EXPORT,
		.account = export->account,
		.room = export->room,
		.detail = export->reason,
	};
	audit_add(server, &entry, on_noted, export);
	return true;
}
