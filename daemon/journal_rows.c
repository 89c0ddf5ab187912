/*
 * The rooms' rows: snapshots of what their events amount to, so that a start reads few events. All
 * that are behind are written in one go, but a few at a time: thousands of them would stand in a
 * message's way.
 */
#include "daemon/journal.h"

#include "daemon/clock.h"
#include "daemon/rooms.h"
#include "daemon/server.h"
#include "storage/table_room.h"

#include <stdlib.h>

enum {
	FLUSH_EVENTS = 4096, /* rows are written at the latest after so many events, */
	FLUSH_EVENTS_A_ROOM = 8, /* or so many a room, so that a row stands for several events, */
	FLUSH_EVENTS_MAX = 32768, /* up to here: a start after a crash reads them in 0.1 s */
	ROWS_AT_ONCE = 64, /* in one turn of the loop */
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
	if (--server->journal.rows_saving == 0 && server->journal.rows_due) {
		journal_flush_rooms(server, false);
	}
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
	room->dirty = room->seen_dirty = room->row_due = false;
	room->saving++;
	server->journal.rows_saving++;
	store_write(server->store, &save->job);
}

static int64_t events_for_flush(const struct server *server)
{
	int64_t events = (int64_t)server->rooms.open * FLUSH_EVENTS_A_ROOM;
	events = events > FLUSH_EVENTS ? events : FLUSH_EVENTS;
	return events < FLUSH_EVENTS_MAX ? events : FLUSH_EVENTS_MAX;
}

/* Whether there is anything to write now. Marks what is. */
static bool begin_flush(struct server *server, bool force)
{
	struct journal *journal = &server->journal;
	bool much = journal->durable_seq - journal->applied_seq >= events_for_flush(server);
	bool quiet = clock_mono_ms() - journal->newest_mono >= FLUSH_QUIET_MS;
	if (!force && !much && !quiet) {
		return false;
	}
	bool any = false;
	for (struct room *room = server->rooms.list; room != NULL; room = room->next) {
		room->row_due = room->dirty || (room->seen_dirty && !much);
		any |= room->row_due;
	}
	if (!any && journal->applied_seq == journal->durable_seq) {
		return false;
	}
	journal->flushing_seq = journal->durable_seq;
	journal->rows_due = any;
	return true;
}

/* False: rows are left for the next turn. */
static bool save_some(struct server *server, bool all)
{
	unsigned saved = 0;
	for (struct room *room = server->rooms.list; room != NULL; room = room->next) {
		if (room->row_due) {
			if (!all && saved++ == ROWS_AT_ONCE) {
				return false;
			}
			journal_save_room(server, room);
		}
	}
	return true;
}

void journal_flush_rooms(struct server *server, bool force)
{
	struct journal *journal = &server->journal;
	bool under_way = journal->flushing_seq != 0;
	if (journal->failed || (under_way && !journal->rows_due)) {
		return;
	}
	if (under_way && !force && journal->rows_saving > 0) {
		return; /* goes on when these are back */
	}
	if ((!under_way || force) && !begin_flush(server, force)) {
		return;
	}
	if (!save_some(server, force)) {
		return;
	}
	journal->rows_due = false;
	struct room_applied *applied = room_applied_create(journal->flushing_seq);
	applied->job.done = on_applied_saved;
	applied->owner = server;
	store_write(server->store, &applied->job);
}
