/* Acts on rooms, each one event. */
#include "daemon/acts.h"

#include "daemon/journal.h"
#include "daemon/server.h"
#include "daemon/staff.h"
#include "daemon/watch.h"
#include "daemon/xalloc.h"

#include <assert.h>
#include <stdlib.h>

void act_append(struct server *server, struct room *room, const struct room_change *change,
	enum message_type type, const void *event, const struct journal_said *said)
{
	size_t capacity = message_encode_bound(type, event);
	char *body = xmalloc(capacity);
	size_t size = message_encode(type, event, body, capacity);
	assert(size > 0);
	if (room != NULL && !event_is_staff_only(change->kind)) {
		/* At once, not when it is on disk: who was asked must not take it over from whoever
		 * has it by then. */
		room->handing_to = 0;
	}
	journal_append(server, room, change, body, size, said);
	free(body);
}

static void append(struct server *server, struct room *room, const struct room_change *change,
	enum message_type type, const void *event, const struct asker *asker)
{
	struct journal_said said = {.asker = asker != NULL ? *asker : (struct asker){0}};
	act_append(server, room, change, type, event, &said);
}

static size_t split_lines(const char *joined, struct text *lines, size_t max)
{
	size_t count = 0;
	while (*joined != '\0' && count < max) {
		size_t size = strcspn(joined, "\n");
		if (size > 0) {
			lines[count++] = (struct text){joined, size};
		}
		joined += size + (joined[size] == '\n');
	}
	return count;
}

void act_open(struct server *server, struct room *room, const struct msg_room_start *start,
	const struct asker *asker)
{
	struct room_change change = journal_next(server, room, EVENT_OPENED, AUTHOR_VISITOR);
	change.audience = start->to;
	struct text topics[6];
	struct msg_room_opened opened = {
		.room = room->id,
		.n = change.n,
		.at_ms = change.at_ms,
		.name = text_of(room->name),
		.picture = text_of(room->picture),
		.topics = topics,
		.topics_count = split_lines(room->topics, topics, 6),
		.has_mood = room->mood >= 0,
		.mood = room->mood >= 0 ? (enum wire_mood)room->mood : WIRE_MOOD_OKAY,
		.has_wish = room->wish[0] != '\0',
		.wish = text_of(room->wish),
		.to = start->to,
	};
	append(server, room, &change, TYPE_ROOM_OPENED, &opened, asker);
}

void act_join(struct server *server, struct room *room, const struct account *supporter,
	bool handed, const struct asker *asker)
{
	struct room_change change = journal_next(server, room, EVENT_JOINED, supporter->row.id);
	struct msg_room_joined joined = {
		.room = room->id,
		.n = change.n,
		.at_ms = change.at_ms,
		.who = WIRE_WHO_PEER,
		.name = text_of(supporter->row.alias),
		.picture = text_of(supporter->row.picture),
		.handed = handed,
	};
	append(server, room, &change, TYPE_ROOM_JOINED, &joined, asker);
}

void act_step_in(struct server *server, struct room *room, const struct account *by, bool alone,
	const struct asker *asker)
{
	struct room_change change = journal_next(server, room, EVENT_STEPPED_IN, by->row.id);
	change.alone = alone && room->pending.supporter != 0;
	struct msg_room_joined joined = {
		.room = room->id,
		.n = change.n,
		.at_ms = change.at_ms,
		.who = WIRE_WHO_COUNSELOR,
		.name = text_of(by->row.alias),
		.picture = text_of(""),
		.handed = change.alone,
	};
	append(server, room, &change, TYPE_ROOM_JOINED, &joined, asker);
}

void act_step_out(struct server *server, struct room *room, const struct asker *asker)
{
	int64_t adult = room->pending.adult;
	const struct account *account = staff_account(server->staff, adult);
	struct room_change change = journal_next(server, room, EVENT_STEPPED_OUT, adult);
	struct msg_room_left left = {
		.room = room->id,
		.n = change.n,
		.at_ms = change.at_ms,
		.name = text_of(account != NULL ? account->row.alias : "?"),
	};
	append(server, room, &change, TYPE_ROOM_LEFT, &left, asker);
}

void act_post(struct server *server, struct room *room, int64_t author,
	const struct msg_chat_send *request, const struct asker *asker)
{
	struct room_change change = journal_next(server, room, EVENT_POSTED, author);
	struct journal_said said = {
		.id = request->id,
		.asker = *asker,
		.origin = asker->session,
	};
	journal_append(server, room, &change, request->body.bytes, request->body.size, &said);
	watch_look(server, room, &change, request->body.bytes, request->body.size);
}

/* The alias of the supporter who is being left; never empty. */
static struct text supporter_alias(const struct server *server, const struct room *room)
{
	const struct account *account = staff_account(server->staff, room->pending.supporter);
	return text_of(account != NULL ? account->row.alias : "?");
}

void act_requeue(
	struct server *server, struct room *room, enum wire_requeue why, const struct asker *asker)
{
	struct room_change change = journal_next(server, room, EVENT_REQUEUED, AUTHOR_NOBODY);
	struct msg_room_requeued requeued = {
		.room = room->id,
		.n = change.n,
		.at_ms = change.at_ms,
		.why = why,
		.name = supporter_alias(server, room),
	};
	append(server, room, &change, TYPE_ROOM_REQUEUED, &requeued, asker);
}

void act_mailbox(
	struct server *server, struct room *room, enum wire_audience to, const struct asker *asker)
{
	struct room_change change = journal_next(server, room, EVENT_MAILBOXED, AUTHOR_VISITOR);
	change.audience = to;
	struct msg_room_mailboxed mailboxed = {
		.room = room->id,
		.n = change.n,
		.at_ms = change.at_ms,
		.to = to,
	};
	append(server, room, &change, TYPE_ROOM_MAILBOXED, &mailboxed, asker);
}

void act_return(struct server *server, struct room *room, const struct asker *asker)
{
	struct room_change change = journal_next(server, room, EVENT_RETURNED, AUTHOR_VISITOR);
	struct msg_room_returned returned = {
		.room = room->id,
		.n = change.n,
		.at_ms = change.at_ms,
	};
	append(server, room, &change, TYPE_ROOM_RETURNED, &returned, asker);
}

void act_end(struct server *server, struct room *room, const struct account *by,
	const struct asker *asker)
{
	int64_t author = by != NULL ? by->row.id : AUTHOR_VISITOR;
	struct room_change change = journal_next(server, room, EVENT_ENDED, author);
	struct msg_room_ended ended = {
		.room = room->id,
		.n = change.n,
		.at_ms = change.at_ms,
		.who = by != NULL ? WIRE_WHO_PEER : WIRE_WHO_VISITOR,
		.name = text_of(by != NULL ? by->row.alias : ""),
	};
	append(server, room, &change, TYPE_ROOM_ENDED, &ended, asker);
}

void act_block(struct server *server, struct room *room, int64_t until_ms, const struct account *by,
	int what, const struct asker *asker)
{
	struct room_change change = journal_next(server, room, EVENT_BLOCKED, by->row.id);
	change.blocked_until_ms = until_ms;
	struct msg_room_blocked blocked = {
		.seq = change.seq,
		.room = room->id,
		.at_ms = change.at_ms,
		.until_ms = until_ms,
		.name = text_of(by->row.alias),
		.has_what = what >= 0,
		.what = what >= 0 ? (enum wire_report)what : WIRE_REPORT_TESTING,
	};
	append(server, room, &change, TYPE_ROOM_BLOCKED, &blocked, asker);
}

void act_raise_alarm(struct server *server, struct room *room, enum wire_alarm why)
{
	struct room_change change = journal_next(server, room, EVENT_ALARM_RAISED, AUTHOR_NOBODY);
	change.alarm = why;
	struct msg_alarm_raised raised = {
		.seq = change.seq,
		.room = room->id,
		.at_ms = change.at_ms,
		.why = why,
	};
	append(server, room, &change, TYPE_ALARM_RAISED, &raised, NULL);
}

void act_take_alarm(struct server *server, struct room *room, const struct account *by,
	const struct asker *asker)
{
	struct room_change change = journal_next(server, room, EVENT_ALARM_TAKEN, by->row.id);
	struct msg_alarm_taken taken = {
		.seq = change.seq,
		.room = room->id,
		.at_ms = change.at_ms,
		.name = text_of(by->row.alias),
	};
	append(server, room, &change, TYPE_ALARM_TAKEN, &taken, asker);
}

void act_tell_reset(struct server *server, const char *alias)
{
	struct room_change change = journal_next(server, NULL, EVENT_ACCOUNT_RESET, AUTHOR_NOBODY);
	struct msg_account_was_reset reset = {
		.seq = change.seq,
		.at_ms = change.at_ms,
		.name = text_of(alias),
	};
	append(server, NULL, &change, TYPE_ACCOUNT_WAS_RESET, &reset, NULL);
}
