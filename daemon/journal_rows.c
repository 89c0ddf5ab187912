/* The rooms' rows: snapshots of what their events amount to, so that a start reads few events. */
#include "daemon/journal.h"

#include "daemon/clock.h"
#include "daemon/rooms.h"
#include "daemon/server.h"
#include "storage/table_room.h"

#include <stdlib.h>

enum {
	FLUSH_EVENTS = 4096, /* rows are written at the latest after so many events */
	FLUSH_QUIET_MS = 5000, /* or when nothing has happened for so long */
};

static void on_room_saved(struct store_job *job, enum store_status status)
{
	struct room_save *save = (struct room_save *)job;
	struct server *server = save->owner;
	struct room *room = rooms_find(server, save->row.id);
	if (room != NULL) { /* NULL: everything is being taken down */
		room->saving--;
		room->dirty |= status != STORE_OK;
	}
	if (status != STORE_OK) {
		journal_note_failure(server, status);
	}
	free(save);
}

static void on_applied_saved(struct store_job *job, enum store_status status)
{
	struct room_applied *applied = (struct room_applied *)job;
	struct server *server = applied->owner;
	if (status == STORE_OK) {
		server->journal.applied_seq = applied->seq;
	} else {
		journal_note_failure(server, status);
	}
	server->journal.flushing_seq = 0;
	free(applied);
	struct room *next;
	for (struct room *room = server->rooms.list; room != NULL; room = next) {
		next = room->next;
		rooms_unload_if_idle(server, room);
	}
}

void journal_save_room(struct server *server, struct room *room)
{
	struct room_row row;
	room_to_row(room, &row);
	struct room_save *save = room_save_create(&row);
	save->job.done = on_room_saved;
	save->owner = server;
	room->dirty = room->seen_dirty = false;
	room->saving++;
	store_write(server->store, &save->job);
}

void journal_flush_rooms(struct server *server, bool force)
{
	struct journal *journal = &server->journal;
	if (journal->failed || journal->flushing_seq != 0) {
		return;
	}
	bool much = journal->durable_seq - journal->applied_seq >= FLUSH_EVENTS;
	bool quiet = clock_mono_ms() - journal->newest_mono >= FLUSH_QUIET_MS;
	if (!force && !much && !quiet) {
		return;
	}
	bool saved = false;
	for (struct room *room = server->rooms.list; room != NULL; room = room->next) {
		if (room->dirty || (room->seen_dirty && !much)) {
			journal_save_room(server, room);
			saved = true;
		}
	}
	if (!saved && journal->applied_seq == journal->durable_seq) {
		return;
	}
	journal->flushing_seq = journal->durable_seq;
	struct room_applied *applied = room_applied_create(journal->durable_seq);
	applied->job.done = on_applied_saved;
	applied->owner = server;
	store_write(server->store, &applied->job);
}
