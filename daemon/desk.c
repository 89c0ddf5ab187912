/* Lists, presence, pairing and the wall, as snapshots. */
#include "daemon/desk.h"

#include "daemon/clock.h"
#include "daemon/config.h"
#include "daemon/escalation.h"
#include "daemon/event.h"
#include "daemon/frame.h"
#include "daemon/offers.h"
#include "daemon/outbox.h"
#include "daemon/room.h"
#include "daemon/server.h"
#include "daemon/session.h"
#include "daemon/settings.h"
#include "daemon/staff.h"
#include "daemon/xalloc.h"

#include <assert.h>
#include <stdlib.h>

enum {
	WAKES_AT_ONCE = 500, /* sessions told in one turn of the loop, about 5 ms */
	LIST_MAX = 50, /* rooms or people in one list of a page */
	STAFF_LIST_MAX = 200,
	ASKS_MAX = 10,
	READERS_MAX = 8,
};

struct frame *desk_encode(struct server *server, enum message_type type, const void *message)
{
	size_t capacity = message_encode_bound(type, message);
	char *scratch = server_scratch(server, capacity);
	size_t size = message_encode(type, message, scratch, capacity);
	assert(size > 0);
	struct frame *frame = frame_create(size);
	memcpy(frame->bytes, scratch, size);
	frame->whole = type == TYPE_BATCH;
	return frame_trim(frame, size);
}

size_t desk_topics(const struct room *room, struct text topics[DESK_TOPICS_MAX])
{
	size_t count = 0;
	const char *at = room->topics;
	while (*at != '\0' && count < DESK_TOPICS_MAX) {
		size_t size = strcspn(at, "\n");
		topics[count++] = (struct text){at, size};
		at += size + (at[size] == '\n');
	}
	return count;
}

/* ---- people ---- */

static bool is_free(const struct server *server, const struct account *account)
{
	return account->rostered && account->consoles > 0 && !account->paused &&
	       account->load < (unsigned)server->config->cap;
}

static struct item_person person_of(const struct server *server, const struct account *account)
{
	bool supporter = account->row.role == WIRE_ROLE_SUPPORTER;
	return (struct item_person){
		.account = account->row.id,
		.name = text_of(account->row.alias),
		.picture = text_of(account->row.picture),
		.here = supporter ? account->consoles > 0 : account->overseers > 0,
		.free = supporter ? is_free(server, account) : account->reach.on_duty,
		.load = account->load,
		.cap = supporter ? server->config->cap : 0,
	};
}

static size_t list_people(const struct server *server, bool supporters, const struct account *but,
	struct item_person *people, size_t max)
{
	size_t count = 0;
	for (const struct account *a = server->staff->accounts; a != NULL && count < max;
		a = a->next) {
		bool listed = supporters ? staff_is_supporter(a) && (a->rostered || a->consoles > 0)
					 : a->overseers > 0;
		if (listed && a != but) {
			people[count++] = person_of(server, a);
		}
	}
	return count;
}

/* ---- a supporter's lists ---- */

struct room_list {
	const struct room *rooms[LIST_MAX + 1];
	size_t count;
	struct item_desk_room items[LIST_MAX];
	struct text topics[LIST_MAX][DESK_TOPICS_MAX];
};

/* Who waits with a flag comes first, then who has been there longest. */
static bool is_listed_before(const struct room *room, const struct room *other)
{
	bool urgent = room->flag.up && room_is_waiting(room);
	bool other_urgent = other->flag.up && room_is_waiting(other);
	return urgent != other_urgent ? urgent : room->durable.since_ms < other->durable.since_ms;
}

/* Keeps the LIST_MAX first, in order. */
static void list_room(struct room_list *list, const struct room *room)
{
	size_t at = list->count;
	while (at > 0 && is_listed_before(room, list->rooms[at - 1])) {
		list->rooms[at] = list->rooms[at - 1];
		at--;
	}
	list->rooms[at] = room;
	list->count += list->count < LIST_MAX;
}

static void fill_list(struct room_list *list, const struct account *reader)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct room *room = list->rooms[i];
		list->items[i] = (struct item_desk_room){
			.room = room->id,
			.name = text_of(room->name),
			.picture = text_of(room->picture),
			.topics = list->topics[i],
			.topics_count = desk_topics(room, list->topics[i]),
			.wish = text_of(room->wish),
			.phase = room->durable.phase,
			.since_ms = room->durable.since_ms,
			.n = room->durable.n,
			.seen = room->supporter_seen,
			.present = room->visitors_here > 0,
			.offered = room->offered_to == reader->row.id,
			.returned = room->came_back,
		};
	}
}

static bool is_left(const struct room *room)
{
	return room->durable.phase == WIRE_PHASE_MAILBOX &&
	       room->durable.audience == WIRE_AUDIENCE_PEER && room->durable.asked_ms > 0;
}

struct desk_lists {
	struct room_list waiting, mine, left;
	struct item_person peers[LIST_MAX], adults[LIST_MAX];
	struct text adult_names[LIST_MAX];
	struct item_hand_ask asks[ASKS_MAX];
	size_t asks_count;
};

static void list_ask(struct server *server, struct desk_lists *lists, const struct room *room)
{
	const struct account *from = staff_account(server->staff, room->durable.supporter);
	if (from != NULL && lists->asks_count < ASKS_MAX) {
		lists->asks[lists->asks_count++] = (struct item_hand_ask){
			.room = room->id,
			.name = text_of(room->name),
			.picture = text_of(room->picture),
			.from = text_of(from->row.alias),
		};
	}
}

struct frame *desk_frame(struct server *server, const struct account *supporter)
{
	struct desk_lists *lists = xcalloc(1, sizeof(*lists));
	for (const struct room *room = server->rooms.list; room != NULL; room = room->next) {
		if (room_is_waiting(room) && supporter->rostered) {
			list_room(&lists->waiting, room);
		} else if (is_left(room) && supporter->rostered) {
			list_room(&lists->left, room);
		} else if (room->durable.phase == WIRE_PHASE_LIVE &&
			   room->durable.supporter == supporter->row.id) {
			list_room(&lists->mine, room);
		}
		if (room->handing_to == supporter->row.id) {
			list_ask(server, lists, room);
		}
	}
	fill_list(&lists->waiting, supporter);
	fill_list(&lists->mine, supporter);
	fill_list(&lists->left, supporter);
	size_t adults = list_people(server, false, NULL, lists->adults, 20);
	for (size_t i = 0; i < adults; i++) {
		lists->adult_names[i] = lists->adults[i].name;
	}
	struct msg_state_desk desk = {
		.on_shift = supporter->rostered,
		.taking = !supporter->paused,
		.cap = server->config->cap,
		.has_shift_from_ms = supporter->span.until_ms > 0,
		.shift_from_ms = supporter->span.from_ms,
		.has_shift_until_ms = supporter->span.until_ms > 0,
		.shift_until_ms = supporter->span.until_ms,
		.waiting = lists->waiting.items,
		.waiting_count = lists->waiting.count,
		.mine = lists->mine.items,
		.mine_count = lists->mine.count,
		.left = lists->left.items,
		.left_count = lists->left.count,
		.peers = lists->peers,
		.peers_count = list_people(server, true, supporter, lists->peers, LIST_MAX),
		.adults = lists->adult_names,
		.adults_count = adults,
		.asks = lists->asks,
		.asks_count = lists->asks_count,
	};
	struct frame *frame = desk_encode(server, TYPE_STATE_DESK, &desk);
	free(lists);
	return frame;
}

/* ---- one room, for its members ---- */

int64_t desk_warned_until(const struct server *server, const struct account *supporter)
{
	if (supporter == NULL || supporter->span_ended_ms == 0) {
		bool near_end =
			supporter != NULL && supporter->rostered &&
			supporter->span.until_ms - clock_wall_ms() <= server->config->shift_warn_ms;
		return near_end ? supporter->span.until_ms : 0;
	}
	return supporter->span_ended_ms;
}

/* Counselors who have the room open, but for the one who is in it. */
static size_t list_readers(const struct room *room, struct text readers[READERS_MAX])
{
	size_t count = 0;
	for (const struct subscription *s = room->feed.subscribers; s != NULL; s = s->next) {
		const struct account *account = s->session->account;
		if (s->session->page != WIRE_PAGE_OVERSIGHT || account == NULL ||
			account->row.id == room->durable.adult) {
			continue;
		}
		struct text name = text_of(account->row.alias);
		size_t at = 0;
		while (at < count && readers[at].bytes != name.bytes) {
			at++; /* two pages of one counselor are one reader */
		}
		if (at == count && count < READERS_MAX) {
			readers[count++] = name;
		}
	}
	return count;
}

/* What the visitor alone may see. */
static void add_for_visitor(
	const struct server *server, const struct room *room, struct msg_state_room *message)
{
	const struct account *taken_by = NULL;
	message->has_help = message->has_help_ms =
		escalation_help(server, room, &message->help, &taken_by, &message->help_ms);
	message->has_help_name = taken_by != NULL;
	message->help_name = text_of(taken_by != NULL ? taken_by->row.alias : "");
	message->has_revealed_ms = room->durable.revealed_ms > 0;
	message->revealed_ms = room->durable.revealed_ms;
}

/* What the supporter and counselors may see, and the visitor never does. */
static void add_for_staff(
	const struct server *server, const struct room *room, struct msg_state_room *message)
{
	const struct account *asked = staff_account(server->staff, room->handing_to);
	if (asked != NULL) {
		message->has_handing_to = true;
		message->handing_to = text_of(asked->row.alias);
	}
}

/* What all members see; what one side alone may is added apart from it. */
struct frame *desk_room_frame(struct server *server, const struct room *room, enum wire_role to)
{
	const struct room_state *state = &room->durable;
	const struct account *supporter = staff_account(server->staff, state->supporter);
	const struct account *adult = staff_account(server->staff, state->adult);
	int64_t until_ms = desk_warned_until(server, supporter);
	struct text readers[READERS_MAX];
	struct msg_state_room message = {
		.room = room->id,
		.phase = state->phase,
		.to = state->audience,
		.n = state->n,
		.name = text_of(room->name),
		.picture = text_of(room->picture),
		.has_peer_name = supporter != NULL,
		.peer_name = text_of(supporter != NULL ? supporter->row.alias : ""),
		.has_peer_picture = supporter != NULL,
		.peer_picture = text_of(supporter != NULL ? supporter->row.picture : ""),
		.peer_here = supporter != NULL && supporter->consoles > 0,
		.visitor_here = room->visitors_here > 0,
		.has_blocked_until_ms = room->blocked_mono > 0,
		.blocked_until_ms = state->blocked_until_ms,
		.peer_seen = room->supporter_seen,
		.visitor_seen = room->visitor_seen,
		.peer_typing = room->supporter_typing_until > 0,
		.visitor_typing = room->visitor_typing_until > 0,
		.has_codename = room->has_codename,
		.has_peer_until_ms = until_ms > 0,
		.peer_until_ms = until_ms,
		.has_adult_name = adult != NULL,
		.adult_name = text_of(adult != NULL ? adult->row.alias : ""),
		.has_adult_here = adult != NULL,
		.adult_here = adult != NULL && adult->overseers > 0,
		.has_adult_typing = adult != NULL,
		.adult_typing = room->adult_typing_until > 0,
	};
	if (to == WIRE_ROLE_VISITOR) {
		add_for_visitor(server, room, &message);
	} else {
		add_for_staff(server, room, &message);
	}
	if (to == WIRE_ROLE_SUPPORTER) {
		message.has_readers = true;
		message.readers = readers;
		message.readers_count = list_readers(room, readers);
	}
	return desk_encode(server, TYPE_STATE_ROOM, &message);
}

struct frame *desk_staff_frame(struct server *server)
{
	struct item_person *people = xcalloc(STAFF_LIST_MAX + LIST_MAX, sizeof(*people));
	struct msg_state_staff staff = {
		.supporters = people,
		.supporters_count = list_people(server, true, NULL, people, STAFF_LIST_MAX),
		.counselors = people + STAFF_LIST_MAX,
		.counselors_count =
			list_people(server, false, NULL, people + STAFF_LIST_MAX, LIST_MAX),
	};
	struct frame *frame = desk_encode(server, TYPE_STATE_STAFF, &staff);
	free(people);
	return frame;
}

static void refresh_lists(struct server *server)
{
	server->lists_due = false;
	if (staff_roster_is_due(server)) {
		staff_refresh_roster(server);
	}
	offers_refresh(server);
	desk_refresh_school(server);
	for (const struct account *a = server->staff->accounts; a != NULL; a = a->next) {
		for (struct session *s = a->sessions; s != NULL; s = s->next_of_account) {
			s->desk_due |= s->greeted && s->page == WIRE_PAGE_CONSOLE;
			s->staff_due |= s->greeted && s->page == WIRE_PAGE_OVERSIGHT;
		}
	}
}

static bool is_due(const struct server *server, const struct session *session)
{
	bool wall_due = session->oversight != NULL &&
			session->sitting->wall.version < server->rooms.wall_version;
	bool channels_due = session->oversight != NULL &&
			    session->sitting->channels_given < outbox_version(server);
	return session->desk_due || session->staff_due || session->school_due || wall_due ||
	       channels_due;
}

static void wake_staff(struct server *server)
{
	for (const struct account *a = server->staff->accounts; a != NULL; a = a->next) {
		struct session *next;
		for (struct session *s = a->sessions; s != NULL; s = next) {
			next = s->next_of_account;
			if (is_due(server, s)) {
				session_wake(s);
			}
		}
	}
}

/*
 * When the school's frame changes thousands are due: they have their turns, so that the loop has
 * its own between them. The list is ordered by id, the newest first.
 */
static void wake_everybody(struct server *server)
{
	uint64_t below = server->refresh_below;
	server->refresh_below = 0;
	unsigned woken = 0;
	struct session *next;
	for (struct session *s = server->sessions; s != NULL; s = next) {
		next = s->next;
		if ((below != 0 && session_id(s) >= below) || !is_due(server, s)) {
			continue;
		}
		if (woken++ == WAKES_AT_ONCE) {
			server->refresh_below = session_id(s) + 1;
			break;
		}
		session_wake(s);
	}
	if (below != 0 || server->refresh_below != 0) {
		server_wall_soon(server);
	}
}

void desk_refresh(struct server *server)
{
	if (server->lists_due) {
		refresh_lists(server);
	}
	/* Visitors are told of the school alone: nobody walks past thousands of them else. */
	if (server->refresh_below != 0 || server->school_walked != server->school_version) {
		server->school_walked = server->school_version;
		wake_everybody(server);
	} else {
		wake_staff(server);
	}
}
