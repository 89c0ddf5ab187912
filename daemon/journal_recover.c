/*
 * When the file takes no writes: nothing is accepted, and every second it is tried whether memory
 * and file still agree and writes are taken again.
 */
#include "daemon/journal.h"

#include "daemon/audit.h"
#include "daemon/log.h"
#include "daemon/rooms.h"
#include "daemon/sent.h"
#include "daemon/server.h"
#include "daemon/watch.h"
#include "daemon/xalloc.h"
#include "storage/table_room.h"

#include <stdlib.h>

enum {
	RECOVER_MS = 1000
};

struct probe {
	struct store_job job;
	struct server *server;
	int64_t newest;
};

static enum store_status probe_run(struct store_job *job, struct store_db *db)
{
	return event_newest(db, &((struct probe *)job)->newest);
}

static void on_probe_written(struct store_job *job, enum store_status status)
{
	struct room_applied *applied = (struct room_applied *)job;
	struct journal *journal = &((struct server *)applied->owner)->journal;
	journal->probing = false;
	if (status == STORE_OK) {
		journal->failed = false;
		uv_timer_stop(&((struct server *)applied->owner)->recover);
		log_info("the file takes writes again");
		audit_recover(applied->owner);
		watch_again(applied->owner);
	}
	free(applied);
}

/*
 * Whatever was handed over and did not reach the disk never happened; all of it has come back. At
 * once, not when the file takes writes again: meanwhile a sender would be told of a room that has
 * ended, and one who sends again would wait for an answer that nothing gives.
 */
void journal_forget_pending(struct server *server)
{
	server->journal.pending_seq = server->journal.durable_seq;
	for (struct room *room = server->rooms.list; room != NULL; room = room->next) {
		rooms_count_load(server, room->pending.supporter, room->durable.supporter);
		room->pending = room->durable;
		if (room->sent != NULL) {
			sent_drop_in_flight(room->sent);
		}
	}
}

static void on_probe_read(struct store_job *job, enum store_status status)
{
	struct probe *probe = (struct probe *)job;
	struct server *server = probe->server;
	int64_t newest = probe->newest;
	free(probe);
	if (status != STORE_OK) {
		server->journal.probing = false;
		return;
	}
	if (newest != server->journal.durable_seq) {
		/* A commit that was reported as failed is on disk after all: only the file knows
		 * the truth, so begin again from it. */
		log_error("memory and file differ after a failed write; starting again");
		exit(EXIT_FAILURE);
	}
	store_recover(server->store);
	rooms_write_again(server); /* before the probe: when that is there, they are */
	struct room_applied *applied = room_applied_create(server->journal.applied_seq);
	applied->job.done = on_probe_written;
	applied->owner = server;
	store_write(server->store, &applied->job);
}

static void on_recover(uv_timer_t *timer)
{
	struct server *server = timer->data;
	if (server->journal.probing || server->journal.in_flight > 0) {
		return; /* not everything has come back yet */
	}
	server->journal.probing = true;
	struct probe *probe = xcalloc(1, sizeof(*probe));
	probe->job.run = probe_run;
	probe->job.done = on_probe_read;
	probe->server = server;
	store_read(server->store, &probe->job);
}

void journal_note_failure(struct server *server, enum store_status status)
{
	if (server->journal.failed || status == STORE_CLOSED) {
		return;
	}
	server->journal.failed = true;
	server->journal.flushing_seq = 0;
	log_error("the file takes no writes: %s; nothing is accepted until it does",
		store_status_text(status));
	uv_timer_start(&server->recover, on_recover, RECOVER_MS, RECOVER_MS);
}
