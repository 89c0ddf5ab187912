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
		if (!room_is_waiting(room)) {
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

void offers_refresh(struct server *server)
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
