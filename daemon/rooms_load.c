/* Rooms from the file, at start: the rows, and what happened after they were written. */
#include "daemon/rooms.h"

#include "daemon/block.h"
#include "daemon/clock.h"
#include "daemon/config.h"
#include "daemon/desk.h"
#include "daemon/event.h"
#include "daemon/server.h"
#include "daemon/xalloc.h"
#include "storage/table_event.h"
#include "storage/table_room.h"

#include <stdlib.h>

struct load {
	struct store_job job;
	struct server *server;
	struct store_db *db;
	bool damaged;
};

static bool load_room(void *data, const struct room_row *row)
{
	struct load *load = data;
	rooms_adopt(load->server, row);
	return true;
}

static struct room *load_room_of(struct load *load, const struct event_row *event)
{
	struct room *room = rooms_find(load->server, event->room);
	if (room != NULL) {
		return room;
	}
	struct room_row row;
	if (room_find_now(load->db, event->room, &row) == STORE_OK) {
		return rooms_adopt(load->server, &row);
	}
	room = xcalloc(1, sizeof(*room));
	if (!event_open_room(event, room)) {
		free(room);
		return NULL;
	}
	rooms_link(load->server, room);
	return room;
}

/* An event behind the rows: applied again, unless its room's row has it already. */
static bool apply_again(void *data, const struct event_row *event)
{
	struct load *load = data;
	struct room_change change;
	if (!event_to_change(event, &change)) {
		load->damaged = true;
		return false;
	}
	load->server->journal.durable_seq = event->seq;
	if (event->room == 0) {
		return true;
	}
	struct room *room = load_room_of(load, event);
	if (room == NULL) {
		load->damaged = true;
		return false;
	}
	bool is_new =
		event->n > 0 ? event->n > room->durable.n : event->seq > room->durable.head_seq;
	if (event->n > room->durable.n + 1) {
		load->damaged = true; /* a room's numbers have no gaps */
		return false;
	}
	if (is_new) {
		int64_t supporter = room->durable.supporter;
		room_apply(&room->durable, &change);
		room->pending = room->durable;
		room->dirty = true;
		rooms_count_load(load->server, supporter, room->durable.supporter);
	}
	return true;
}

static bool load_token(void *data, const struct token_row *row)
{
	struct load *load = data;
	struct room *room = rooms_find(load->server, row->room);
	struct room_row found;
	if (room == NULL && room_find_now(load->db, row->room, &found) == STORE_OK) {
		room = rooms_adopt(load->server, &found);
	}
	if (room != NULL) { /* a room that never came to be has no token either */
		rooms_hold_token(load->server, row->hash, room, clock_mono_of(row->seen_ms));
	}
	return true;
}

static enum store_status load_all(struct store_job *job, struct store_db *db)
{
	struct load *load = (struct load *)job;
	struct journal *journal = &load->server->journal;
	load->db = db;
	const struct room_skip skip = {
		.ended = WIRE_PHASE_ENDED,
		.mailbox = WIRE_PHASE_MAILBOX,
		.rested_ms = clock_wall_ms() - load->server->config->mailbox_rest_ms,
	};
	enum store_status status = room_load_applied(db, &journal->applied_seq);
	if (status == STORE_OK) {
		status = room_load_all(db, &skip, load_room, load);
	}
	if (status == STORE_OK) {
		journal->durable_seq = journal->applied_seq;
		status = event_tail(db, journal->applied_seq, apply_again, load);
	}
	if (status == STORE_OK) {
		status = token_load_all(db, load_token, load);
	}
	return status == STORE_OK && load->damaged ? STORE_DAMAGED : status;
}

/* Rooms were linked before the events behind their rows were applied. */
static void settle_after_load(struct server *server)
{
	server->rooms.open = 0;
	for (struct room *room = server->rooms.list; room != NULL; room = room->next) {
		room->feed.newest = room->durable.n;
		room->asked_mono = clock_mono_of(room->durable.asked_ms);
		room->since_mono = clock_mono_of(room->durable.since_ms);
		block_take_over(room);
		server->rooms.open += room->durable.phase != WIRE_PHASE_ENDED;
		desk_wall_touch(server, room);
	}
}

enum store_status rooms_load(struct server *server)
{
	struct load load = {.job.run = load_all, .server = server};
	enum store_status status = store_read_now(server->store, &load.job);
	if (status != STORE_OK) {
		return status;
	}
	server->journal.pending_seq = server->journal.durable_seq;
	settle_after_load(server);
	return STORE_OK;
}
