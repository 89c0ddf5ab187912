/* Calls for an adult from the file, at start. */
#include "daemon/escalation.h"

#include "daemon/clock.h"
#include "daemon/ladder.h"
#include "daemon/rooms.h"
#include "daemon/server.h"
#include "daemon/settings.h"
#include "daemon/xalloc.h"
#include "storage/table_room.h"

#include <stdlib.h>

struct load {
	struct store_job job;
	struct server *server;
	struct store_db *db;
	struct escalation *escalation; /* whose told rows are read */
	enum store_status room_status; /* of the last room that was looked for in the file */
};

static bool load_told(void *data, const struct escalation_told_row *row)
{
	escalation_add_told(((struct load *)data)->escalation, row);
	return true;
}

/* NULL: a closed call whose room nobody looks at, or room_status says that it cannot be read. */
static struct room *load_room(struct load *load, const struct escalation_row *row)
{
	struct room *room = rooms_find(load->server, row->room);
	struct room_row found;
	if (room == NULL && row->closed_ms == 0) {
		load->room_status = room_find_now(load->db, row->room, &found);
		if (load->room_status == STORE_OK) {
			room = rooms_adopt(load->server, &found);
		}
	}
	return room;
}

static bool load_one(void *data, const struct escalation_row *row)
{
	struct load *load = data;
	struct server *server = load->server;
	struct room *room = load_room(load, row);
	if (room == NULL) {
		return load->room_status == STORE_OK; /* an open call is never passed over */
	}
	struct escalation *escalation = xcalloc(1, sizeof(*escalation));
	escalation->row = *row;
	escalation->on_disk = true;
	escalation->durable = (struct escalation_state){
		.stage = (enum wire_stage)row->stage,
		.steps = (unsigned)row->steps,
		.climb = (unsigned)row->climb,
		.since_ms = row->since_ms,
		.opened_by = row->opened_by,
		.opened_ms = row->opened_ms,
		.taken_by = row->taken_by,
		.taken_ms = row->taken_ms,
		.handed_to = row->handed_to,
		.closed_ms = row->closed_ms,
		.outcome = row->outcome,
	};
	escalation->pending = escalation->durable;
	escalation->since_mono = clock_mono_ms() - ladder_elapsed_ms(&server->settings->ladder,
							   escalation->durable.steps, row->since_ms,
							   clock_wall_ms());
	escalation_link_to_room(escalation, room);
	escalation_link(server, escalation);
	return true;
}

static enum store_status load_all(struct store_job *job, struct store_db *db)
{
	struct load *load = (struct load *)job;
	load->db = db;
	enum store_status status =
		escalation_load(db, clock_wall_ms() - ESCALATION_KEEP_CLOSED_MS, load_one, load);
	if (load->room_status != STORE_OK) {
		status = load->room_status == STORE_REFUSED ? STORE_DAMAGED : load->room_status;
	}
	for (struct escalation *e = load->server->escalations->oldest;
		e != NULL && status == STORE_OK; e = e->newer) {
		load->escalation = e;
		status = escalation_load_told(db, e->row.id, load_told, load);
	}
	return status;
}

enum store_status escalations_load(struct server *server)
{
	escalations_finish(server);
	server->escalations = xcalloc(1, sizeof(*server->escalations));
	memcpy(&server->escalations->ladder, &server->settings->ladder, sizeof(struct ladder));
	int64_t now = clock_mono_ms();
	rate_init(&server->escalations->outside_people, &escalation_outside_people, now);
	rate_init(&server->escalations->outside_system, &escalation_outside_system, now);
	struct load load = {.job.run = load_all, .server = server};
	return store_read_now(server->store, &load.job);
}

void escalations_finish(struct server *server)
{
	while (server->escalations != NULL && server->escalations->newest != NULL) {
		escalation_destroy(server, server->escalations->newest);
	}
	if (server->escalations != NULL) {
		idmap_finish(&server->escalations->by_id);
	}
	free(server->escalations);
	server->escalations = NULL;
}
