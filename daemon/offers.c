/* Whose turn is it: gathers who waits and who is here, and keeps what pairing says of them. */
#include "daemon/offers.h"

#include "daemon/clock.h"
#include "daemon/config.h"
#include "daemon/pairing.h"
#include "daemon/room.h"
#include "daemon/server.h"
#include "daemon/staff.h"
#include "daemon/xalloc.h"

#include <stdlib.h>

enum {
	/* Rooms that are paired at once, those that wait longest or have a flag. There are never so
	 * many peers; a flood of visitors must not hold the loop. */
	PAIRED_MAX = 1000,
};

static int64_t waits_since(const struct room *room)
{
	return room->asked_mono > 0 ? room->asked_mono : room->since_mono;
}

static void pairing_input(const struct room *room, struct pairing_room *input)
{
	*input = (struct pairing_room){
		.id = room->id,
		.flagged = room->flag.up,
		.since_ms = waits_since(room),
		.offered_to = room->offered_to,
		.offered_ms = room->offered_mono,
	};
	if (room->tried != NULL) {
		memcpy(input->tried, room->tried, sizeof(input->tried));
	}
}

static size_t gather_supporters(const struct server *server, struct pairing_supporter *out)
{
	size_t count = 0;
	for (const struct account *a = server->staff->accounts; a != NULL; a = a->next) {
		if (!staff_is_supporter(a)) {
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
			.cooldown_until_ms = a->cooling_until_mono,
		};
		if (out != NULL) {
			out[count] = supporter;
		}
		count++;
	}
	return count;
}

static void swap(struct room **a, struct room **b)
{
	struct room *other = *a;
	*a = *b;
	*b = other;
}

/* The lower, the sooner: flagged ones, then the longest wait. */
static int64_t turn_of(const struct room *room)
{
	return room->flag.up ? waits_since(room) - INT64_MAX / 2 : waits_since(room);
}

/* Moves the `wanted` rooms whose turn is soonest to the front, in no order among themselves. */
static void select_soonest(struct room **rooms, size_t count, size_t wanted)
{
	size_t low = 0, high = count;
	while (high - low > 1) {
		int64_t pivot = turn_of(rooms[low + (high - low) / 2]);
		size_t same = low, above = high;
		for (size_t i = low; i < above;) {
			int64_t turn = turn_of(rooms[i]);
			if (turn < pivot) {
				swap(&rooms[same++], &rooms[i++]);
			} else if (turn > pivot) {
				swap(&rooms[i], &rooms[--above]);
			} else {
				i++;
			}
		}
		if (wanted < same) {
			high = same;
		} else if (wanted <= above) {
			return;
		} else {
			low = above;
		}
	}
}

/* The rooms that wait, those first that are paired now. *out is the caller's. */
static size_t gather_waiting(struct server *server, struct room ***out)
{
	size_t count = 0;
	for (struct room *room = server->rooms.list; room != NULL; room = room->next) {
		count += room_is_waiting(room);
	}
	struct room **rooms = xcalloc(count + 1, sizeof(struct room *));
	size_t at = 0;
	for (struct room *room = server->rooms.list; room != NULL; room = room->next) {
		if (room_is_waiting(room)) {
			rooms[at++] = room;
		}
	}
	if (count > PAIRED_MAX) {
		select_soonest(rooms, count, PAIRED_MAX);
		for (size_t i = PAIRED_MAX; i < count; i++) {
			rooms[i]->offered_to = 0; /* somebody came back who waits longer */
		}
	}
	server->rooms.waiting = count;
	*out = rooms;
	return count < PAIRED_MAX ? count : PAIRED_MAX;
}

void offers_refresh(struct server *server)
{
	struct room **rooms;
	size_t rooms_count = gather_waiting(server, &rooms);
	if (rooms_count == 0) {
		server->pairing_due_mono = INT64_MAX;
		free(rooms);
		return;
	}
	size_t supporters_count = gather_supporters(server, NULL);
	struct pairing_room *inputs = xcalloc(rooms_count, sizeof(*inputs));
	struct pairing_supporter *supporters = xcalloc(supporters_count + 1, sizeof(*supporters));
	for (size_t i = 0; i < rooms_count; i++) {
		pairing_input(rooms[i], &inputs[i]);
	}
	gather_supporters(server, supporters);
	server->pairing_due_mono = pairing_run(inputs, rooms_count, supporters, supporters_count,
		server->config->offer_ms, clock_mono_ms());
	for (size_t i = 0; i < rooms_count; i++) {
		rooms[i]->offered_to = inputs[i].offered_to;
		rooms[i]->offered_mono = inputs[i].offered_ms;
		room_set_tried(rooms[i], inputs[i].tried);
	}
	free(supporters);
	free(rooms);
	free(inputs);
}
