/* Loaded rooms and the tokens that open them. */
#include "daemon/rooms.h"

#include "daemon/acts.h"
#include "daemon/block.h"
#include "daemon/clock.h"
#include "daemon/codename.h"
#include "daemon/config.h"
#include "daemon/desk.h"
#include "daemon/escalation.h"
#include "daemon/frame.h"
#include "daemon/journal.h"
#include "daemon/sent.h"
#include "daemon/server.h"
#include "daemon/session.h"
#include "daemon/staff.h"
#include "daemon/watch.h"
#include "daemon/xalloc.h"
#include "storage/table_room.h"

#include <assert.h>
#include <stdlib.h>

enum {
	ROOM_FEED_FRAMES_MIN = 4,
	NAME_TRIES = 20, /* before two loaded rooms may share a name after all */
	VISITORS_MAX = 64, /* sessions: tabs, and those that are gone and not yet missed */
	PARKED_MAX = 64, /* requests that wait on one room */
	LEFT_MS = 60000, /* for which its supporter may tell of whoever has ended it */
};

struct parked {
	uint64_t session;
	size_t size;
	struct parked *next; /* room::parked */
	char bytes[];
};

/* ---- one room ---- */

static uint32_t feed_frames(const struct server *server)
{
	uint32_t frames = ROOM_FEED_FRAMES_MIN;
	while (frames * 2 <= (uint32_t)server->config->feed_frames) {
		frames *= 2;
	}
	return frames;
}

/* FNV-1a. Names are our own, so nobody can make them collide. */
static uint64_t name_key(const char *name)
{
	uint64_t key = UINT64_C(0xcbf29ce484222325);
	for (; *name != '\0'; name++) {
		key = (key ^ (unsigned char)*name) * UINT64_C(0x100000001b3);
	}
	return key;
}

/* Two chats of one name side by side would be mixed up. */
static bool name_is_used(const struct server *server, const char *name)
{
	return idmap_find(&server->rooms.names, name_key(name)) != NULL;
}

void rooms_link(struct server *server, struct room *room)
{
	struct rooms *rooms = &server->rooms;
	room->next = rooms->list;
	room->link = &rooms->list;
	if (room->next != NULL) {
		room->next->link = &room->next;
	}
	rooms->list = room;
	idmap_put(&rooms->by_id, (uint64_t)room->id, room);
	if (!name_is_used(server, room->name)) {
		idmap_put(&rooms->names, name_key(room->name), room);
	}
	feed_init(&room->feed, feed_frames(server), false, room->durable.n);
	room->asked_mono = clock_mono_of(room->durable.asked_ms);
	room->since_mono = clock_mono_of(room->durable.since_ms);
	block_take_over(room);
	rooms->open += room->durable.phase != WIRE_PHASE_ENDED && room->durable.n > 0;
	rooms_count_load(server, 0, room->pending.supporter);
}

static void unlink_room(struct server *server, struct room *room)
{
	desk_wall_remove(server, room);
	server->rooms.open -= room->durable.phase != WIRE_PHASE_ENDED && room->durable.n > 0;
	*room->link = room->next;
	if (room->next != NULL) {
		room->next->link = room->link;
	}
	idmap_remove(&server->rooms.by_id, (uint64_t)room->id);
	if (idmap_find(&server->rooms.names, name_key(room->name)) == room) {
		idmap_remove(&server->rooms.names, name_key(room->name));
	}
	feed_finish(&room->feed);
	journal_forget_sent(room);
	escalation_forget_room(server, room);
	while (room->parked != NULL) {
		struct parked *parked = room->parked;
		room->parked = parked->next;
		free(parked);
	}
	frame_unref(room->wall_frame);
	free(room->topics);
	free(room->wish);
	free(room->tried);
	free(room->flag.category);
	free(room);
}

struct room *rooms_find(const struct server *server, int64_t id)
{
	return idmap_find(&server->rooms.by_id, (uint64_t)id);
}

bool rooms_is_crowded(const struct room *room)
{
	return room->visitors_here >= VISITORS_MAX;
}

static char *join_topics(const struct msg_room_start *start)
{
	size_t size = 1;
	for (size_t i = 0; i < start->topics_count; i++) {
		size += start->topics[i].size + 1;
	}
	char *joined = xmalloc(size), *end = joined;
	for (size_t i = 0; i < start->topics_count; i++) {
		if (i > 0) {
			*end++ = '\n';
		}
		memcpy(end, start->topics[i].bytes, start->topics[i].size);
		end += start->topics[i].size;
	}
	*end = '\0';
	return joined;
}

struct room *rooms_create(struct server *server, const struct msg_room_start *start)
{
	struct room *room = xcalloc(1, sizeof(*room));
	do {
		room->id = server_random_id();
	} while (rooms_find(server, room->id) != NULL);
	for (int tries = 0; tries < NAME_TRIES; tries++) {
		room_name_draw(room->name, sizeof(room->name), room->picture, sizeof(room->picture),
			server_random, NULL);
		if (!name_is_used(server, room->name)) {
			break;
		}
	}
	room->topics = join_topics(start);
	room->wish = start->has_wish ? xmemdup(start->wish.bytes, start->wish.size) : xstrdup("");
	room->mood = start->has_mood ? (int)start->mood : -1;
	room->sent = sent_create();
	rooms_link(server, room);
	return room;
}

struct room *rooms_adopt(struct server *server, const struct room_row *row)
{
	struct room *room = rooms_find(server, row->id);
	if (room == NULL) {
		room = xcalloc(1, sizeof(*room));
		room_from_row(room, row);
		rooms_link(server, room);
		desk_wall_touch(server, room);
		watch_read_flag(server, room);
	}
	return room;
}

size_t rooms_usual(const struct server *server)
{
	return (size_t)(server->config->rooms - server->config->rooms / 4);
}

/* Nobody waits in it: not for an answer, not for an adult, not for a look at what was said. Words
 * that nobody can come back to wait until a counselor has taken note of them. */
static bool is_settled(const struct room *room)
{
	const struct room_state *state = &room->durable;
	bool waits = state->asked_ms > 0 && (room->has_codename || !state->alarm_noted);
	bool flagged = room->flag.up || room->flag.clearing || room->flag.uncalled;
	return state->phase == WIRE_PHASE_MAILBOX && room->pending.phase == WIRE_PHASE_MAILBOX &&
	       !waits && !state->alarm && !flagged;
}

static bool is_just_left(const struct room *room)
{
	return room->left_account != 0 && clock_mono_ms() - room->left_mono < LEFT_MS;
}

bool rooms_was_just_left(const struct room *room, int64_t account)
{
	const struct room_state *state = &room->pending;
	bool others = state->supporter != 0 || state->adult != 0;
	return is_just_left(room) && room->left_account == account && !others;
}

static bool is_used(const struct room *room)
{
	return is_just_left(room) || room->in_flight > 0 || room->visitors_here > 0 ||
	       room->tokens > 0 || room->feed.subscribers != NULL || room->parked != NULL ||
	       room->sent_reading || escalation_holds_room(room);
}

bool rooms_may_rest(const struct server *server, const struct room *room)
{
	int64_t for_ms = clock_mono_ms() - room->since_mono;
	bool long_enough = for_ms >= server->config->mailbox_rest_ms ||
			   server->rooms.open >= rooms_usual(server);
	return long_enough && is_settled(room) && !is_used(room);
}

void rooms_unload_if_idle(struct server *server, struct room *room)
{
	bool over =
		room->durable.phase == WIRE_PHASE_ENDED && room->pending.phase == WIRE_PHASE_ENDED;
	bool never_was = room->pending.n == 0 && room->durable.n == 0;
	bool behind = room->dirty || room->seen_dirty || room->row_due || room->saving > 0;
	bool idle = (over || never_was) && !is_used(room);
	if ((idle || rooms_may_rest(server, room)) && !behind) {
		unlink_room(server, room);
	}
}

/* ---- what follows from a change ---- */

void rooms_count_load(struct server *server, int64_t supporter_before, int64_t supporter_after)
{
	if (supporter_before == supporter_after) {
		return;
	}
	struct account *before = staff_account(server->staff, supporter_before);
	struct account *after = staff_account(server->staff, supporter_after);
	if (before != NULL) {
		before->load--;
	}
	if (after != NULL) {
		after->load++;
	}
}

void rooms_state_changed(struct server *server, struct room *room)
{
	server_refresh_soon(server);
	rooms_marks_changed(server, room);
}

void rooms_marks_changed(struct server *server, struct room *room)
{
	desk_wall_touch(server, room);
	struct subscription *next;
	for (struct subscription *s = room->feed.subscribers; s != NULL; s = next) {
		next = s->next;
		s->state_due = true;
		subscription_wake(s);
	}
}

/* A supporter who no longer has the room is given what happened up to now, and nothing more. */
static void limit_former(struct room *room, int64_t former)
{
	for (struct subscription *s = room->feed.subscribers; s != NULL; s = s->next) {
		const struct session *session = s->session;
		if (session->role == WIRE_ROLE_SUPPORTER && session->account != NULL &&
			session->account->row.id == former && former != room->durable.supporter) {
			s->until = room->durable.n;
		}
	}
}

int64_t *rooms_typing_of(struct room *room, int64_t author)
{
	if (author == AUTHOR_VISITOR) {
		return &room->visitor_typing_until;
	}
	return author == room->durable.adult ? &room->adult_typing_until
					     : &room->supporter_typing_until;
}

void rooms_readers_changed(struct room *room)
{
	struct subscription *next;
	for (struct subscription *s = room->feed.subscribers; s != NULL; s = next) {
		next = s->next;
		if (s->session->role == WIRE_ROLE_SUPPORTER) {
			s->state_due = true;
			subscription_wake(s);
		}
	}
}

static void reset_offer(struct room *room, int64_t tried_already)
{
	room->handing_to = 0;
	room->offered_to = 0;
	room->offered_mono = 0;
	room_set_tried(room, (const int64_t[PAIRING_TRIED_MAX]){tried_already});
}

static void note_work(struct server *server, int64_t account_id)
{
	struct account *account = staff_account(server->staff, account_id);
	if (account != NULL) {
		account->idle_mono = clock_mono_ms();
	}
}

void rooms_changed(struct server *server, struct room *room, const struct room_change *change,
	const struct room_state *before)
{
	const struct room_state *now = &room->durable;
	if (now->asked_ms != before->asked_ms) {
		room->asked_mono = now->asked_ms > 0 ? clock_mono_ms() : 0;
	}
	/* A supporter who was silent beside a counselor has the room alone again from here on. */
	if (now->since_ms != before->since_ms || now->phase != before->phase ||
		change->kind == EVENT_STEPPED_OUT) {
		room->since_mono = clock_mono_ms();
	}
	if (change->kind == EVENT_POSTED) {
		int64_t *typing = rooms_typing_of(room, change->author);
		bool was_typing = *typing > 0;
		*typing = 0;
		note_work(server, change->author);
		frame_unref(room->wall_frame); /* its n; overseers hear of it by the event */
		room->wall_frame = NULL;
		bool wait_changed = (now->asked_ms == 0) != (before->asked_ms == 0);
		if (now->alarm != before->alarm ||
			(wait_changed && now->phase != WIRE_PHASE_LIVE)) {
			rooms_state_changed(server, room);
		} else if (was_typing) {
			rooms_marks_changed(server, room);
		}
		return;
	}
	if (change->kind == EVENT_FLAG_RAISED || change->kind == EVENT_FLAG_CLEARED) {
		return; /* watch.c's, and nothing that members could notice */
	}
	if (change->kind == EVENT_BLOCKED) {
		block_take_over(room);
	}
	if (change->kind == EVENT_ENDED) {
		bool left = change->author == AUTHOR_VISITOR && before->adult == 0;
		room->left_account = left ? before->supporter : 0;
		room->left_mono = clock_mono_ms();
	}
	if (change->kind == EVENT_JOINED && before->phase == WIRE_PHASE_WAITING) {
		desk_note_wait(server, now->since_ms - before->since_ms);
	}
	room->came_back |= change->kind == EVENT_RETURNED;
	bool was_open = before->n > 0 && before->phase != WIRE_PHASE_ENDED;
	bool is_open = now->phase != WIRE_PHASE_ENDED;
	server->rooms.open = server->rooms.open + is_open - was_open;
	if (!event_is_staff_only(change->kind)) {
		bool lost = change->kind == EVENT_REQUEUED;
		reset_offer(room, lost ? before->supporter : 0);
		limit_former(room, before->supporter);
		note_work(server, before->supporter);
		note_work(server, now->supporter);
		room->visitor_typing_until = room->supporter_typing_until = 0;
		room->adult_typing_until = 0;
	}
	rooms_state_changed(server, room);
}

/* ---- parked requests ---- */

void rooms_park(struct room *room, uint64_t session, const char *bytes, size_t size)
{
	struct parked **end = &room->parked;
	while (*end != NULL) {
		end = &(*end)->next;
	}
	*end = xmalloc(sizeof(**end) + size);
	**end = (struct parked){.session = session, .size = size};
	memcpy((*end)->bytes, bytes, size);
}

bool rooms_can_park(const struct room *room)
{
	unsigned count = 0;
	for (const struct parked *p = room->parked; p != NULL; p = p->next) {
		count++;
	}
	return count < PARKED_MAX;
}

void rooms_unpark(struct server *server, struct room *room, bool ok)
{
	struct parked *parked = room->parked;
	room->parked = NULL;
	while (parked != NULL) {
		struct parked *next = parked->next;
		struct session *session = server_session(server, parked->session);
		if (session != NULL && session->close_code == 0) {
			if (ok) {
				dispatch_parked(session, parked->bytes, parked->size);
			} else {
				dispatch_refuse_parked(session, parked->bytes, parked->size);
			}
		}
		free(parked);
		parked = next;
	}
}

void rooms_finish(struct server *server)
{
	rooms_finish_tokens(server);
	while (server->rooms.list != NULL) {
		unlink_room(server, server->rooms.list);
	}
	idmap_finish(&server->rooms.by_id);
	idmap_finish(&server->rooms.names);
}
