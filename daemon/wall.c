/* The oversight wall: the newest snapshot of each room, given by version to every cursor. */
#include "daemon/desk.h"

#include "daemon/event.h"
#include "daemon/frame.h"
#include "daemon/rooms.h"
#include "daemon/server.h"
#include "daemon/staff.h"

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
	const struct account *adult = staff_account(server->staff, state->adult);
	struct text topics[DESK_TOPICS_MAX];
	struct msg_state_wall wall = {
		.room = room->id,
		.name = text_of(room->name),
		.picture = text_of(room->picture),
		.phase = state->phase,
		.to = state->audience,
		.topics = topics,
		.topics_count = desk_topics(room, topics),
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
		.has_flag = room->flag.up,
		.flag = room->flag.severity,
		.has_flag_ms = room->flag.up,
		.flag_ms = room->flag.since_ms,
		.has_category = room->flag.up,
		.category = text_of(room->flag.up ? room->flag.category : ""),
		.has_blocked_until_ms = room->blocked_mono > 0,
		.blocked_until_ms = state->blocked_until_ms,
		.has_adult_name = adult != NULL,
		.adult_name = text_of(adult != NULL ? adult->row.alias : ""),
	};
	room->wall_frame = desk_encode(server, TYPE_STATE_WALL, &wall);
	return room->wall_frame;
}

/* The oldest room above the cursor; there is one. */
static struct room *first_above(const struct server *server, const struct wall_cursor *cursor)
{
	struct room *room = rooms_find(server, cursor->room);
	if (room != NULL && room->wall_version == cursor->version && room->wall_next != NULL) {
		return room->wall_next;
	}
	if (server->rooms.wall_oldest->wall_version > cursor->version) {
		return server->rooms.wall_oldest; /* who has just come needs no walk either */
	}
	room = server->rooms.wall_newest;
	while (room->wall_prev != NULL && room->wall_prev->wall_version > cursor->version) {
		room = room->wall_prev;
	}
	return room;
}

struct frame *desk_wall_frame(struct server *server, struct wall_cursor *cursor)
{
	struct room *room = server->rooms.wall_newest;
	if (room == NULL || room->wall_version <= cursor->version) {
		return NULL;
	}
	room = first_above(server, cursor);
	struct event_pack pack = {0};
	for (; room != NULL && pack.size < EVENT_PACK_BYTES; room = room->wall_next) {
		const struct frame *frame = wall_frame_of(server, room);
		event_pack_add_bytes(&pack, frame->bytes, frame->size);
		*cursor = (struct wall_cursor){room->wall_version, room->id};
	}
	struct frame *packed = event_pack_frame(&pack);
	event_pack_finish(&pack);
	return packed;
}
