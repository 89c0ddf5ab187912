/* Events to bytes and back. */
#include "daemon/event.h"

#include "daemon/frame.h"

#include "daemon/xalloc.h"
#include "storage/table_event.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	SPLICE_BYTES = 48
}; /* ,"seq":9007199254740991,"replay":true */

static struct msg_chat_posted posted_of(
	const struct event_row *row, const struct event_author *author, struct event_view view)
{
	struct msg_chat_posted posted = {
		.has_seq = view.overseer,
		.seq = row->seq,
		.room = row->room,
		.n = row->n,
		.at_ms = row->at_ms,
		.who = author->who,
		.name = text_of(author->name),
		.body = {row->body, row->body_size},
		.has_replay = view.replay,
		.replay = view.replay,
	};
	memcpy(posted.id, row->id, sizeof(posted.id));
	return posted;
}

size_t event_write_bound(const struct event_row *row)
{
	if (row->kind == EVENT_POSTED) {
		/* Every byte of the text may become \u00XX; the rest is names, numbers, an alias.
		 */
		return row->body_size * 6 + 40 * 6 * 4 + 256;
	}
	return row->body_size + SPLICE_BYTES;
}

size_t event_write(const struct event_row *row, const struct event_author *author,
	struct event_view view, char *buffer)
{
	if (row->kind == EVENT_POSTED) {
		struct msg_chat_posted posted = posted_of(row, author, view);
		size_t size =
			message_encode(TYPE_CHAT_POSTED, &posted, buffer, event_write_bound(row));
		assert(size > 0);
		return size;
	}
	assert(row->body_size > 2 && row->body[row->body_size - 1] == '}');
	memcpy(buffer, row->body, row->body_size - 1);
	char *end = buffer + row->body_size - 1;
	bool has_seq = event_is_staff_only((enum event_kind)row->kind); /* stored with it */
	if (view.overseer && !has_seq) {
		end += sprintf(end, ",\"seq\":%lld", (long long)row->seq);
	}
	if (view.replay) {
		end += sprintf(end, ",\"replay\":true");
	}
	*end++ = '}';
	return (size_t)(end - buffer);
}

/* Room for `size` more bytes, behind a comma where one is needed. */
static char *pack_reserve(struct event_pack *pack, size_t size)
{
	size_t needed = pack->size + 1 + size;
	if (needed > pack->capacity) {
		pack->capacity = needed > 2 * pack->capacity ? needed : 2 * pack->capacity;
		pack->bytes = xrealloc(pack->bytes, pack->capacity);
	}
	if (pack->count++ > 0) {
		pack->bytes[pack->size++] = ',';
	}
	return pack->bytes + pack->size;
}

void event_pack_add(struct event_pack *pack, const struct event_row *row,
	const struct event_author *author, struct event_view view)
{
	char *end = pack_reserve(pack, event_write_bound(row));
	pack->size += event_write(row, author, view, end);
}

void event_pack_add_bytes(struct event_pack *pack, const char *bytes, size_t size)
{
	memcpy(pack_reserve(pack, size), bytes, size);
	pack->size += size;
}

/* Around several. */
static const char before[] = "{\"type\":\"batch\",\"events\":[", after[] = "]}";

void event_pack_add_frame(struct event_pack *pack, const struct frame *frame)
{
	size_t before_size = frame->several ? sizeof(before) - 1 : 0;
	size_t after_size = frame->several ? sizeof(after) - 1 : 0;
	event_pack_add_bytes(
		pack, frame->bytes + before_size, frame->size - before_size - after_size);
	pack->count += frame->several; /* two at least */
}

struct frame *event_pack_frame(struct event_pack *pack)
{
	assert(pack->count > 0);
	bool several = pack->count > 1;
	size_t before_size = several ? sizeof(before) - 1 : 0;
	size_t after_size = several ? sizeof(after) - 1 : 0;
	struct frame *frame = frame_create(before_size + pack->size + after_size);
	memcpy(frame->bytes, before, before_size);
	memcpy(frame->bytes + before_size, pack->bytes, pack->size);
	memcpy(frame->bytes + before_size + pack->size, after, after_size);
	frame = frame_trim(frame, before_size + pack->size + after_size);
	frame->whole = frame->several = several;
	pack->size = 0;
	pack->count = 0;
	return frame;
}

void event_pack_finish(struct event_pack *pack)
{
	free(pack->bytes);
	*pack = (struct event_pack){0};
}

/* The wire type an event of this kind is stored as; TYPE_COUNT for what is not stored as JSON. */
static enum message_type type_of(enum event_kind kind)
{
	switch (kind) {
	case EVENT_OPENED:
		return TYPE_ROOM_OPENED;
	case EVENT_JOINED:
		return TYPE_ROOM_JOINED;
	case EVENT_REQUEUED:
		return TYPE_ROOM_REQUEUED;
	case EVENT_MAILBOXED:
		return TYPE_ROOM_MAILBOXED;
	case EVENT_RETURNED:
		return TYPE_ROOM_RETURNED;
	case EVENT_ENDED:
		return TYPE_ROOM_ENDED;
	case EVENT_ALARM_RAISED:
		return TYPE_ALARM_RAISED;
	case EVENT_ALARM_TAKEN:
		return TYPE_ALARM_TAKEN;
	case EVENT_ACCOUNT_RESET:
		return TYPE_ACCOUNT_WAS_RESET;
	case EVENT_ESCALATION_RAISED:
		return TYPE_ESCALATION_RAISED;
	case EVENT_ESCALATION_MOVED:
		return TYPE_ESCALATION_MOVED;
	case EVENT_FLAG_RAISED:
		return TYPE_FLAG_RAISED;
	case EVENT_FLAG_CLEARED:
		return TYPE_FLAG_CLEARED;
	case EVENT_NOTE_SENT:
		return TYPE_NOTE_SENT;
	case EVENT_IDENTITY_MOVED:
		return TYPE_IDENTITY_MOVED;
	case EVENT_CASE_MOVED:
		return TYPE_CASE_MOVED;
	case EVENT_EXPORTED:
		return TYPE_EXPORTED;
	case EVENT_BLOCKED:
		return TYPE_ROOM_BLOCKED;
	case EVENT_PICTURED:
		return TYPE_CHAT_PICTURED;
	case EVENT_STEPPED_IN:
		return TYPE_ROOM_JOINED;
	case EVENT_STEPPED_OUT:
		return TYPE_ROOM_LEFT;
	case EVENT_POSTED:
		break;
	}
	return TYPE_COUNT;
}

static bool body_decode(const struct event_row *row, struct message *message)
{
	struct decode_problem problem;
	if (message_decode(row->body, row->body_size, message, &problem) != DECODE_OK) {
		return false;
	}
	if (message->type != type_of((enum event_kind)row->kind)) {
		message_finish(message);
		return false;
	}
	return true;
}

static bool is_kind(int kind)
{
	return (kind >= EVENT_OPENED && kind <= EVENT_BLOCKED) ||
	       (kind >= EVENT_PICTURED && kind <= EVENT_STEPPED_OUT);
}

bool event_to_change(const struct event_row *row, struct room_change *change)
{
	*change = (struct room_change){
		.kind = (enum event_kind)row->kind,
		.seq = row->seq,
		.n = row->n,
		.at_ms = row->at_ms,
		.author = row->author,
	};
	if (row->kind != EVENT_OPENED && row->kind != EVENT_MAILBOXED &&
		row->kind != EVENT_ALARM_RAISED && row->kind != EVENT_STEPPED_IN &&
		row->kind != EVENT_IDENTITY_MOVED && row->kind != EVENT_BLOCKED) {
		return is_kind(row->kind);
	}
	struct message message;
	if (!body_decode(row, &message)) {
		return false;
	}
	if (row->kind == EVENT_OPENED) {
		change->audience = message.room_opened.to;
	} else if (row->kind == EVENT_MAILBOXED) {
		change->audience = message.room_mailboxed.to;
	} else if (row->kind == EVENT_STEPPED_IN) {
		change->alone = message.room_joined.handed;
	} else if (row->kind == EVENT_IDENTITY_MOVED) {
		change->revealed = message.identity_moved.step == WIRE_IDENTITY_OPENED;
	} else if (row->kind == EVENT_BLOCKED) {
		change->blocked_until_ms = message.room_blocked.until_ms;
	} else {
		change->alarm = message.alarm_raised.why;
	}
	message_finish(&message);
	return true;
}

static void copy_text(char *to, size_t capacity, struct text text)
{
	snprintf(to, capacity, "%.*s", (int)text.size, text.bytes);
}

static char *join_lines(const struct text *texts, size_t count)
{
	size_t size = 1;
	for (size_t i = 0; i < count; i++) {
		size += texts[i].size + 1;
	}
	char *joined = xcalloc(size, 1);
	for (size_t i = 0; i < count; i++) {
		strncat(joined, texts[i].bytes, texts[i].size);
		if (i + 1 < count) {
			strcat(joined, "\n");
		}
	}
	return joined;
}

bool event_open_room(const struct event_row *row, struct room *room)
{
	struct message message;
	if (row->kind != EVENT_OPENED || !body_decode(row, &message)) {
		return false;
	}
	const struct msg_room_opened *opened = &message.room_opened;
	room->id = row->room;
	copy_text(room->name, sizeof(room->name), opened->name);
	copy_text(room->picture, sizeof(room->picture), opened->picture);
	free(room->topics);
	free(room->wish);
	room->topics = join_lines(opened->topics, opened->topics_count);
	room->wish =
		opened->has_wish ? xmemdup(opened->wish.bytes, opened->wish.size) : xstrdup("");
	room->mood = opened->has_mood ? (int)opened->mood : -1;
	message_finish(&message);
	return true;
}
