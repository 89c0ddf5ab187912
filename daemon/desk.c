/* Lists, presence, pairing and the wall, as snapshots. */
#include "daemon/desk.h"

#include "daemon/clock.h"
#include "daemon/config.h"
#include "daemon/event.h"
#include "daemon/frame.h"
#include "daemon/pairing.h"
#include "daemon/room.h"
#include "daemon/server.h"
#include "daemon/session.h"
#include "daemon/settings.h"
#include "daemon/staff.h"
#include "daemon/xalloc.h"

#include <assert.h>
#include <stdlib.h>

enum {
	LIST_MAX = 50, /* rooms or people in one list of a page */
	STAFF_LIST_MAX = 200,
	ASKS_MAX = 10,
	TOPICS_MAX = 6,
	WAITS_KEPT = 16,
	WAITS_ENOUGH = 3, /* before that many, no usual wait is claimed */
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

static size_t split_topics(const struct room *room, struct text topics[TOPICS_MAX])
{
	size_t count = 0;
	const char *at = room->topics;
	while (*at != '\0' && count < TOPICS_MAX) {
		size_t size = strcspn(at, "\n");
		topics[count++] = (struct text){at, size};
		at += size + (at[size] == '\n');
	}
	return count;
}

/* ---- people ---- */

static bool is_supporter(const struct account *account)
{
	return account->row.role == WIRE_ROLE_SUPPORTER && !account->row.disabled;
}

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
		.free = supporter && is_free(server, account),
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
		bool listed = supporters ? is_supporter(a) && (a->rostered || a->consoles > 0)
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
	struct text topics[LIST_MAX][TOPICS_MAX];
};

/* Keeps the LIST_MAX that have been there longest, in order. */
static void list_room(struct room_list *list, const struct room *room)
{
	size_t at = list->count;
	while (at > 0 && list->rooms[at - 1]->durable.since_ms > room->durable.since_ms) {
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
			.topics_count = split_topics(room, list->topics[i]),
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

static bool is_waiting(const struct room *room)
{
	return room->durable.phase == WIRE_PHASE_WAITING &&
	       room->durable.audience == WIRE_AUDIENCE_NOW && room->durable.n > 0;
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
		if (is_waiting(room) && supporter->rostered) {
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

struct frame *desk_room_frame(struct server *server, const struct room *room, enum wire_role to)
{
	const struct room_state *state = &room->durable;
	const struct account *supporter = staff_account(server->staff, state->supporter);
	const struct account *asked = staff_account(server->staff, room->handing_to);
	bool for_staff = to != WIRE_ROLE_VISITOR;
	int64_t until_ms = desk_warned_until(server, supporter);
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
		.peer_seen = room->supporter_seen,
		.visitor_seen = room->visitor_seen,
		.peer_typing = room->supporter_typing_until > 0,
		.visitor_typing = room->visitor_typing_until > 0,
		.has_codename = room->has_codename,
		.has_peer_until_ms = until_ms > 0,
		.peer_until_ms = until_ms,
		.has_handing_to = for_staff && asked != NULL,
		.handing_to = text_of(asked != NULL ? asked->row.alias : ""),
	};
	return desk_encode(server, TYPE_STATE_ROOM, &message);
}

/* ---- the wall ---- */

void desk_wall_remove(struct server *server, struct room *room)
{
	struct rooms *rooms = &server->rooms;
	if (room->wall_version == 0) {
		return;
	}
	*(room->wall_prev != NULL ? &room->wall_prev->wall_next : &rooms->wall_oldest) =
		room->wall_next;
	*(room->wall_next != NULL ? &room->wall_next->wall_prev : &rooms->wall_newest) =
		room->wall_prev;
	room->wall_version = 0;
	room->wall_next = room->wall_prev = NULL;
}

void desk_wall_touch(struct server *server, struct room *room)
{
	if (room->durable.n == 0) {
		return; /* its opening is not on disk yet */
	}
	struct rooms *rooms = &server->rooms;
	desk_wall_remove(server, room);
	frame_unref(room->wall_frame);
	room->wall_frame = NULL;
	room->wall_version = ++rooms->wall_version;
	room->wall_prev = rooms->wall_newest;
	*(rooms->wall_newest != NULL ? &rooms->wall_newest->wall_next : &rooms->wall_oldest) = room;
	rooms->wall_newest = room;
	if (server->oversight.subscribers != NULL) {
		server_wall_soon(server);
	}
}

static struct frame *wall_frame_of(struct server *server, struct room *room)
{
	if (room->wall_frame != NULL) {
		return room->wall_frame;
	}
	const struct room_state *state = &room->durable;
	const struct account *supporter = staff_account(server->staff, state->supporter);
	struct text topics[TOPICS_MAX];
	struct msg_state_wall wall = {
		.room = room->id,
		.name = text_of(room->name),
		.picture = text_of(room->picture),
		.phase = state->phase,
		.to = state->audience,
		.topics = topics,
		.topics_count = split_topics(room, topics),
		.has_mood = room->mood >= 0,
		.mood = room->mood >= 0 ? (enum wire_mood)room->mood : WIRE_MOOD_OKAY,
		.has_wish = room->wish[0] != '\0',
		.wish = text_of(room->wish),
		.since_ms = state->since_ms,
		.opened_ms = state->opened_ms,
		.n = state->n,
		.has_peer_name = supporter != NULL,
		.peer_name = text_of(supporter != NULL ? supporter->row.alias : ""),
		.visitor_here = room->visitors_here > 0,
		.peer_here = supporter != NULL && supporter->consoles > 0,
		.visitor_typing = room->visitor_typing_until > 0,
		.peer_typing = room->supporter_typing_until > 0,
		.has_alarm = state->alarm,
		.alarm = state->alarm_why,
		.has_alarm_ms = state->alarm,
		.alarm_ms = state->alarm_ms,
	};
	room->wall_frame = desk_encode(server, TYPE_STATE_WALL, &wall);
	return room->wall_frame;
}

struct frame *desk_wall_frame(struct server *server, uint64_t *cursor)
{
	struct room *room = server->rooms.wall_newest;
	if (room == NULL || room->wall_version <= *cursor) {
		return NULL;
	}
	while (room->wall_prev != NULL && room->wall_prev->wall_version > *cursor) {
		room = room->wall_prev;
	}
	struct event_pack pack = {0};
	for (; room != NULL && pack.size < EVENT_PACK_BYTES; room = room->wall_next) {
		const struct frame *frame = wall_frame_of(server, room);
		event_pack_add_bytes(&pack, frame->bytes, frame->size);
		*cursor = room->wall_version;
	}
	struct frame *packed = event_pack_frame(&pack);
	event_pack_finish(&pack);
	return packed;
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

/* ---- the school ---- */

void desk_note_wait(struct server *server, int64_t waited_ms)
{
	server->waits_ms[server->waits_count++ % WAITS_KEPT] = waited_ms > 0 ? waited_ms : 0;
}

static int compare_ms(const void *left, const void *right)
{
	int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
	return (a > b) - (a < b);
}

/* The median of the newest waits, seconds; 0 when there were too few to say. */
static int64_t usual_wait_s(const struct server *server)
{
	unsigned count = server->waits_count < WAITS_KEPT ? server->waits_count : WAITS_KEPT;
	if (count < WAITS_ENOUGH) {
		return 0;
	}
	int64_t sorted[WAITS_KEPT];
	memcpy(sorted, server->waits_ms, count * sizeof(*sorted));
	qsort(sorted, count, sizeof(*sorted), compare_ms);
	int64_t wait_s = sorted[count / 2] / 1000;
	return wait_s > 86400 ? 86400 : wait_s > 0 ? wait_s : 1;
}

static void count_people(const struct server *server, int64_t *peers, bool *watched)
{
	*peers = 0;
	*watched = false;
	for (const struct account *a = server->staff->accounts; a != NULL; a = a->next) {
		*peers += is_supporter(a) && a->rostered && a->consoles > 0 && !a->paused;
		*watched |= a->overseers > 0;
	}
	*peers = *peers < 1000 ? *peers : 1000;
}

static struct frame *encode_school(struct server *server)
{
	const struct settings *settings = server->settings;
	int64_t peers;
	bool watched;
	count_people(server, &peers, &watched);
	struct roster_span next = {0};
	bool has_next = roster_next(
		server->staff->shifts, server->staff->shifts_count, 0, clock_wall_ms(), &next);
	int64_t wait_s = usual_wait_s(server);
	struct msg_state_school school = {
		.school = settings_value(settings, SETTING_SCHOOL),
		.peer_word = settings_value(settings, SETTING_PEER_WORD),
		.exit_url = settings_value(settings, SETTING_EXIT_URL),
		.away_text = settings_value(settings, SETTING_AWAY_TEXT),
		.topics = settings->topics,
		.topics_count = settings->topics_count,
		.wishes = settings->wishes,
		.wishes_count = settings->wishes_count,
		.contacts = settings->contacts,
		.contacts_count = settings->contacts_count,
		.hours = settings->hours,
		.hours_count = settings->hours_count,
		.open = peers > 0,
		.peers = peers,
		.has_wait_s = wait_s > 0,
		.wait_s = wait_s,
		.has_next_open_ms = has_next,
		.next_open_ms = next.from_ms,
		.watched = watched,
		.idle_forget_s = server->config->token_grace_ms / 1000,
	};
	return desk_encode(server, TYPE_STATE_SCHOOL, &school);
}

struct frame *desk_school_frame(struct server *server)
{
	if (server->school_frame == NULL) {
		server->school_frame = encode_school(server);
		server->school_version++;
	}
	return frame_ref(server->school_frame);
}

/* Encodes it anew and tells everybody, if it reads differently now. */
static void refresh_school(struct server *server)
{
	struct frame *fresh = encode_school(server);
	const struct frame *told = server->school_frame;
	if (told != NULL && told->size == fresh->size &&
		memcmp(told->bytes, fresh->bytes, fresh->size) == 0) {
		frame_unref(fresh);
		return;
	}
	frame_unref(server->school_frame);
	server->school_frame = fresh;
	server->school_version++;
	for (struct session *s = server->sessions; s != NULL; s = s->next) {
		s->school_due = s->greeted && !s->control;
	}
}

void desk_school_changed(struct server *server)
{
	server_refresh_soon(server);
}

/* ---- pairing ---- */

static void pairing_input(
	const struct server *server, const struct room *room, struct pairing_room *input)
{
	(void)server;
	*input = (struct pairing_room){
		.id = room->id,
		.since_ms = room->asked_mono > 0 ? room->asked_mono : room->since_mono,
		.offered_to = room->offered_to,
		.offered_ms = room->offered_mono,
	};
	memcpy(input->tried, room->tried, sizeof(input->tried));
}

static size_t gather_supporters(const struct server *server, struct pairing_supporter *out)
{
	size_t count = 0;
	for (const struct account *a = server->staff->accounts; a != NULL; a = a->next) {
		if (!is_supporter(a)) {
			continue;
		}
		struct pairing_supporter supporter = {
			.account = a->row.id,
			.rostered = a->rostered,
			.cleared = true, /* clearance has no conditions yet: an account is it */
			.present = a->consoles > 0,
			.taking = !a->paused,
			.load = a->load,
			.cap = (unsigned)server->config->cap,
			.idle_since_ms = a->idle_mono,
		};
		if (out != NULL) {
			out[count] = supporter;
		}
		count++;
	}
	return count;
}

static size_t gather_waiting(
	struct server *server, struct pairing_room *inputs, struct room **rooms)
{
	size_t count = 0;
	for (struct room *room = server->rooms.list; room != NULL; room = room->next) {
		if (!is_waiting(room)) {
			continue;
		}
		if (inputs != NULL) {
			pairing_input(server, room, &inputs[count]);
			rooms[count] = room;
		}
		count++;
	}
	return count;
}

static void pair(struct server *server)
{
	size_t rooms_count = gather_waiting(server, NULL, NULL);
	if (rooms_count == 0) {
		server->pairing_due_mono = INT64_MAX;
		return;
	}
	size_t supporters_count = gather_supporters(server, NULL);
	struct pairing_room *inputs = xcalloc(rooms_count, sizeof(*inputs));
	struct room **rooms = xcalloc(rooms_count, sizeof(struct room *));
	struct pairing_supporter *supporters = xcalloc(supporters_count + 1, sizeof(*supporters));
	gather_waiting(server, inputs, rooms);
	gather_supporters(server, supporters);
	server->pairing_due_mono = pairing_run(inputs, rooms_count, supporters, supporters_count,
		server->config->offer_ms, clock_mono_ms());
	for (size_t i = 0; i < rooms_count; i++) {
		rooms[i]->offered_to = inputs[i].offered_to;
		rooms[i]->offered_mono = inputs[i].offered_ms;
		memcpy(rooms[i]->tried, inputs[i].tried, sizeof(rooms[i]->tried));
	}
	free(supporters);
	free(rooms);
	free(inputs);
}

static void refresh_lists(struct server *server)
{
	server->lists_due = false;
	if (clock_wall_ms() >= server->shift_change_ms) {
		staff_refresh_roster(server);
	}
	pair(server);
	refresh_school(server);
	for (struct session *s = server->sessions; s != NULL; s = s->next) {
		s->desk_due |= s->greeted && s->page == WIRE_PAGE_CONSOLE;
		s->staff_due |= s->greeted && s->page == WIRE_PAGE_OVERSIGHT;
	}
}

void desk_refresh(struct server *server)
{
	if (server->lists_due) {
		refresh_lists(server);
	}
	struct session *next;
	for (struct session *s = server->sessions; s != NULL; s = next) {
		next = s->next;
		bool wall_due = s->oversight != NULL && s->wall_cursor < server->rooms.wall_version;
		if (s->desk_due || s->staff_due || s->school_due || wall_due) {
			session_wake(s);
		}
	}
}
