/* Events from the loop to the disk and from the disk to everybody. */
#include "daemon/journal.h"

#include "daemon/clock.h"
#include "daemon/escalation.h"
#include "daemon/frame.h"
#include "daemon/log.h"
#include "daemon/rooms.h"
#include "daemon/sent.h"
#include "daemon/server.h"
#include "daemon/session.h"
#include "daemon/staff.h"
#include "daemon/xalloc.h"
#include "storage/table_room.h"

#include <assert.h>
#include <stdlib.h>

/* An event between the loop and the disk. */
struct flight {
	struct server *server;
	struct room *room; /* NULL: of no room; a room in flight is not unloaded */
	struct room_change change;
	struct asker asker;
	uint64_t origin;
	void (*done)(struct server *server, void *data, enum store_status status);
	void *data;
};

enum {
	/* Handed to the store and not back: above this nothing is taken until the disk has caught
	 * up, so that one that stands still does not fill the memory. */
	IN_FLIGHT_BYTES_MAX = 64 * 1024 * 1024,
	FLIGHT_BYTES = 512, /* of an event, besides what was said */
};

bool journal_writable(const struct server *server)
{
	const struct journal *journal = &server->journal;
	return !journal->failed && !server->draining &&
	       journal->in_flight_bytes < IN_FLIGHT_BYTES_MAX;
}

struct room_change journal_next(
	const struct server *server, const struct room *room, enum event_kind kind, int64_t author)
{
	return (struct room_change){
		.kind = kind,
		.seq = server->journal.pending_seq + 1,
		.n = event_is_staff_only(kind) ? 0 : room->pending.n + 1,
		.at_ms = clock_wall_ms(),
		.author = author,
	};
}

struct event_author journal_author(const struct server *server, int64_t author)
{
	if (author == AUTHOR_VISITOR) {
		return (struct event_author){WIRE_WHO_VISITOR, ""};
	}
	const struct account *account = staff_account(server->staff, author);
	if (account == NULL) {
		return (struct event_author){WIRE_WHO_SYSTEM, ""};
	}
	bool peer = account->row.role == WIRE_ROLE_SUPPORTER;
	return (struct event_author){peer ? WIRE_WHO_PEER : WIRE_WHO_COUNSELOR, account->row.alias};
}

/* ---- after the commit ---- */

static bool is_wanted(const struct feed *feed, uint64_t origin)
{
	for (const struct subscription *s = feed->subscribers; s != NULL; s = s->next) {
		if (origin == 0 || session_id(s->session) != origin) {
			return true;
		}
	}
	return false;
}

static void publish_to_room(struct server *server, const struct flight *flight,
	const struct event_row *row, const struct event_author *author)
{
	struct feed *feed = &flight->room->feed;
	if (row->n == 0) {
		return; /* the staff's alone */
	}
	struct frame *frame = NULL;
	if (is_wanted(feed, flight->origin)) {
		char *scratch = server_scratch(server, event_write_bound(row));
		size_t size = event_write(row, author, (struct event_view){0}, scratch);
		frame = frame_create(size);
		memcpy(frame->bytes, scratch, size);
		frame = frame_trim(frame, size);
	}
	feed_publish(feed, frame, row->n, row->n, flight->origin);
	frame_unref(frame);
}

void journal_publish_pack(struct server *server)
{
	struct journal *journal = &server->journal;
	if (journal->pack_to == 0) {
		return;
	}
	struct frame *frame = journal->pack.count > 0 ? event_pack_frame(&journal->pack) : NULL;
	int64_t from = journal->pack_from, to = journal->pack_to;
	journal->pack_from = journal->pack_to = 0;
	feed_publish(&server->oversight, frame, from, to, 0);
	frame_unref(frame);
}

static void pack_for_overseers(
	struct server *server, const struct event_row *row, const struct event_author *author)
{
	struct journal *journal = &server->journal;
	bool read = server->oversight.subscribers != NULL;
	if (!read) {
		journal_publish_pack(server); /* what the last reader was still there for */
	}
	if (journal->pack_to == 0) {
		journal->pack_from = row->seq;
	}
	journal->pack_to = row->seq;
	if (read) {
		event_pack_add(&journal->pack, row, author, (struct event_view){.overseer = true});
	}
	if (journal->pack.size >= EVENT_PACK_BYTES) {
		journal_publish_pack(server);
	}
}

static void on_mark_written(struct store_job *job, enum store_status status)
{
	struct event_mark *mark = (struct event_mark *)job;
	if (status != STORE_OK) {
		journal_note_failure(mark->owner, status);
	}
	free(mark);
}

static void write_mark(struct server *server, const struct event_row *row)
{
	if (row->n == 0 || row->n % EVENT_MARK_EVERY != 0) {
		return;
	}
	struct event_mark *mark = event_mark_create(row->room, row->n, row->seq);
	mark->job.done = on_mark_written;
	mark->owner = server;
	store_write(server->store, &mark->job);
}

static void land(struct server *server, const struct flight *flight, const struct event_row *row)
{
	struct room *room = flight->room;
	struct event_author author = journal_author(server, row->author);
	server->journal.durable_seq = row->seq;
	server->journal.newest_mono = clock_mono_ms();
	struct room_state before = {0};
	if (room != NULL) {
		before = room->durable;
		room_apply(&room->durable, &flight->change);
		room->dirty = true;
		if (row->has_id) {
			struct sent_entry *entry = sent_find(room->sent, row->author, row->id);
			if (entry != NULL) {
				entry->durable = true;
			}
		}
	}
	dispatch_answer_ok(server, &flight->asker, row->room, row->n, row->at_ms);
	if (room != NULL) {
		journal_answer_echoes(server, room, row, STORE_OK);
		publish_to_room(server, flight, row, &author);
		write_mark(server, row);
	}
	pack_for_overseers(server, row, &author);
	if (room != NULL) {
		rooms_changed(server, room, &flight->change, &before);
		escalation_room_changed(server, room, &flight->change);
	}
}

static void on_event_written(struct store_job *job, enum store_status status)
{
	struct event_append *append = (struct event_append *)job;
	struct flight *flight = append->owner;
	struct server *server = flight->server;
	server->journal.in_flight--;
	server->journal.in_flight_bytes -= append->row.body_size + FLIGHT_BYTES;
	if (flight->room != NULL) {
		flight->room->in_flight--;
	}
	if (status == STORE_OK) {
		land(server, flight, &append->row);
	} else {
		journal_note_failure(server, status);
		dispatch_answer_error(server, &flight->asker, WIRE_CODE_UNAVAILABLE);
		if (flight->room != NULL) {
			journal_answer_echoes(server, flight->room, &append->row, status);
		}
		if (server->journal.in_flight == 0) {
			journal_forget_pending(server);
		}
	}
	if (flight->done != NULL) {
		flight->done(server, flight->data, status);
	}
	free(flight);
	free(append);
}

void journal_append(struct server *server, struct room *room, const struct room_change *change,
	const char *body, size_t body_size, const struct journal_said *said)
{
	struct journal *journal = &server->journal;
	assert(change->seq == journal->pending_seq + 1);
	struct event_row row = {
		.seq = change->seq,
		.room = room != NULL ? room->id : 0,
		.n = change->n,
		.prev = change->n > 0 ? room->pending.head_seq : 0,
		.at_ms = change->at_ms,
		.kind = (int)change->kind,
		.author = change->author,
		.has_id = said != NULL && said->id != NULL,
		.body = body,
		.body_size = body_size,
	};
	if (row.has_id) {
		memcpy(row.id, said->id, sizeof(row.id));
		struct sent_entry entry = {row.author, row.n, row.at_ms, {0}, false};
		memcpy(entry.id, row.id, sizeof(entry.id));
		sent_add(room->sent, &entry);
	}
	struct flight *flight = xmalloc(sizeof(*flight));
	*flight = (struct flight){
		.server = server,
		.room = room,
		.change = *change,
		.asker = said != NULL ? said->asker : (struct asker){0},
		.origin = said != NULL ? said->origin : 0,
		.done = said != NULL ? said->done : NULL,
		.data = said != NULL ? said->also_data : NULL,
	};
	struct event_append *append = event_append_create(&row);
	append->also = said != NULL ? said->also : NULL;
	append->also_data = flight->data;
	append->job.done = on_event_written;
	append->owner = flight;
	journal->pending_seq = change->seq;
	journal->in_flight++;
	journal->in_flight_bytes += body_size + FLIGHT_BYTES;
	if (room != NULL) {
		int64_t supporter_before = room->pending.supporter;
		room->in_flight++;
		room_apply(&room->pending, change);
		rooms_count_load(server, supporter_before, room->pending.supporter);
	}
	store_write(server->store, &append->job);
}
