/* Events from the loop to the disk and from the disk to everybody. */
#include "daemon/journal.h"

#include "daemon/clock.h"
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

enum {
	FLUSH_EVENTS = 4096, /* rooms' rows are written at the latest after so many events */
	FLUSH_QUIET_MS = 5000, /* or when nothing has happened for so long */
	BACKLOG_EVENTS = 64, /* events read at once for a subscriber that is behind */
	RECOVER_MS = 1000,
};

/* An event between the loop and the disk. */
struct flight {
	struct server *server;
	struct room *room; /* NULL: of no room; a room in flight is not unloaded */
	struct room_change change;
	struct asker asker;
	uint64_t origin;
};

/* Somebody who asked again for what is still on its way. */
struct echo {
	struct asker asker;
	int64_t n; /* of the event that does it */
	struct echo *next; /* room::echoes */
};

bool journal_writable(const struct server *server)
{
	return !server->journal.failed && !server->draining;
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

/* ---- a file that takes no writes ---- */

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
	}
	free(applied);
}

/*
 * Whatever was handed over and did not reach the disk never happened; all of it has come back. At
 * once, not when the file takes writes again: meanwhile a sender would be told of a room that has
 * ended, and one who sends again would wait for an answer that nothing gives.
 */
static void forget_pending(struct server *server)
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
	if (journal->pack_to == 0) {
		journal->pack_from = row->seq;
	}
	journal->pack_to = row->seq;
	if (server->oversight.subscribers != NULL) {
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

static void answer_echoes(struct server *server, struct room *room, const struct event_row *row,
	enum store_status status)
{
	struct echo **link = &room->echoes;
	while (*link != NULL) {
		struct echo *echo = *link;
		if (row->n == 0 || echo->n != row->n) {
			link = &echo->next;
			continue;
		}
		*link = echo->next;
		if (status == STORE_OK) {
			dispatch_answer_ok(server, &echo->asker, room->id, row->n, row->at_ms);
		} else {
			dispatch_answer_error(server, &echo->asker, WIRE_CODE_UNAVAILABLE);
		}
		free(echo);
	}
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
		answer_echoes(server, room, row, STORE_OK);
		publish_to_room(server, flight, row, &author);
		write_mark(server, row);
	}
	pack_for_overseers(server, row, &author);
	if (room != NULL) {
		rooms_changed(server, room, &flight->change, &before);
	}
}

static void on_event_written(struct store_job *job, enum store_status status)
{
	struct event_append *append = (struct event_append *)job;
	struct flight *flight = append->owner;
	struct server *server = flight->server;
	server->journal.in_flight--;
	if (flight->room != NULL) {
		flight->room->in_flight--;
	}
	if (status == STORE_OK) {
		land(server, flight, &append->row);
	} else {
		journal_note_failure(server, status);
		dispatch_answer_error(server, &flight->asker, WIRE_CODE_UNAVAILABLE);
		if (flight->room != NULL) {
			answer_echoes(server, flight->room, &append->row, status);
		}
		if (server->journal.in_flight == 0) {
			forget_pending(server);
		}
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
	};
	struct event_append *append = event_append_create(&row);
	append->job.done = on_event_written;
	append->owner = flight;
	journal->pending_seq = change->seq;
	journal->in_flight++;
	if (room != NULL) {
		int64_t supporter_before = room->pending.supporter;
		room->in_flight++;
		room_apply(&room->pending, change);
		rooms_count_load(server, supporter_before, room->pending.supporter);
	}
	store_write(server->store, &append->job);
}

/* ---- the rooms' rows ---- */

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

/* ---- subscribers that are behind ---- */

/* A read for one subscription, by names that outlive it. */
struct backlog_read {
	union {
		struct event_read_room room;
		struct event_read_all all;
	} read;
	struct server *server;
	uint64_t session, subscription;
	bool of_room;
};

static struct subscription *reading_subscription(const struct backlog_read *read)
{
	struct session *session = server_session(read->server, read->session);
	if (session == NULL) {
		return NULL;
	}
	if (session->oversight != NULL && session->oversight->id == read->subscription) {
		return session->oversight;
	}
	struct subscription *s = session->subscriptions;
	while (s != NULL && s->id != read->subscription) {
		s = s->next_of_session;
	}
	return s;
}

static void queue_backlog(struct subscription *subscription, struct event_pack *pack, int64_t to)
{
	struct backlog **end = &subscription->backlog;
	while (*end != NULL) {
		end = &(*end)->next;
	}
	*end = xcalloc(1, sizeof(**end));
	(*end)->frame = event_pack_frame(pack);
	(*end)->to = to;
}

static void encode_backlog(
	struct server *server, struct subscription *subscription, const struct event_page *page)
{
	bool overseer = subscription->room == NULL;
	struct event_pack pack = {0};
	for (size_t i = 0; i < page->count; i++) {
		const struct event_row *row = &page->rows[i];
		struct event_author author = journal_author(server, row->author);
		event_pack_add(&pack, row, &author, (struct event_view){overseer, true});
		if (pack.size >= EVENT_PACK_BYTES || i + 1 == page->count) {
			queue_backlog(subscription, &pack, overseer ? row->seq : row->n);
		}
	}
	event_pack_finish(&pack);
}

static void on_backlog_read(struct store_job *job, enum store_status status)
{
	struct backlog_read *read = (struct backlog_read *)job;
	struct event_page *page = read->of_room ? &read->read.room.page : &read->read.all.page;
	struct subscription *subscription = reading_subscription(read);
	if (subscription != NULL) {
		subscription->reading = false;
		if (status == STORE_OK && page->count > 0) {
			encode_backlog(read->server, subscription, page);
			subscription_wake(subscription);
		} else {
			/* Whoever comes again asks again; a gap is never given. */
			log_warning(
				"older events could not be read: %s", store_status_text(status));
			session_close(subscription->session, CLOSE_TRY_LATER, true);
		}
	}
	event_page_finish(page);
	free(read);
}

void journal_read_backlog(struct server *server, struct subscription *subscription, int64_t to)
{
	struct backlog_read *read = xcalloc(1, sizeof(*read));
	read->server = server;
	read->session = session_id(subscription->session);
	read->subscription = subscription->id;
	read->of_room = subscription->room != NULL;
	subscription->reading = true;
	int64_t count = to - subscription->cursor;
	size_t limit = count < BACKLOG_EVENTS ? (size_t)count : BACKLOG_EVENTS;
	if (read->of_room) {
		struct event_read_room *of_room = &read->read.room;
		event_read_room_init(of_room);
		of_room->room = subscription->room->id;
		of_room->head_seq = subscription->room->durable.head_seq;
		of_room->head_n = subscription->room->durable.n;
		of_room->from_n = subscription->cursor + 1;
		of_room->until_n = to + 1;
		of_room->limit = limit;
		of_room->job.done = on_backlog_read;
		store_read(server->store, &of_room->job);
		return;
	}
	struct event_read_all *all = &read->read.all;
	event_read_all_init(all);
	all->after = subscription->cursor;
	all->limit = limit;
	all->job.done = on_backlog_read;
	store_read(server->store, &all->job);
}

/* ---- what was asked for already ---- */

static void add_echo(struct room *room, int64_t n, const struct asker *asker)
{
	struct echo *echo = xcalloc(1, sizeof(*echo));
	echo->asker = *asker;
	echo->n = n;
	echo->next = room->echoes;
	room->echoes = echo;
}

void journal_answer_as_it_stands(
	struct server *server, struct room *room, const struct asker *asker)
{
	if (room->durable.n == room->pending.n) {
		dispatch_answer_ok(server, asker, room->id, room->durable.n, room->durable.last_ms);
	} else if (server->journal.failed) {
		dispatch_answer_error(server, asker, WIRE_CODE_UNAVAILABLE);
	} else {
		add_echo(room, room->pending.n, asker);
	}
}

/* ---- what was sent already ---- */

struct ids_read {
	struct event_read_ids read;
	struct server *server;
	int64_t room;
};

static void on_ids_read(struct store_job *job, enum store_status status)
{
	struct ids_read *read = (struct ids_read *)job;
	struct room *room = rooms_find(read->server, read->room);
	if (room != NULL && status == STORE_OK) {
		room->sent = sent_create();
		for (size_t i = read->read.ids_count; i-- > 0;) { /* oldest first */
			const struct event_sent_id *id = &read->read.ids[i];
			struct sent_entry entry = {id->author, id->n, id->at_ms, {0}, true};
			memcpy(entry.id, id->id, sizeof(entry.id));
			sent_add(room->sent, &entry);
		}
	}
	if (room != NULL) {
		room->sent_reading = false;
		rooms_unpark(read->server, room, status == STORE_OK);
	}
	free(read->read.ids);
	free(read);
}

static void read_ids(struct server *server, struct room *room)
{
	if (room->sent_reading) {
		return;
	}
	struct ids_read *read = xcalloc(1, sizeof(*read));
	event_read_ids_init(&read->read);
	read->read.room = room->id;
	read->read.head_seq = room->durable.head_seq;
	read->read.count = SENT_MAX;
	read->read.walk_max = (size_t)SENT_MAX * 4;
	read->read.job.done = on_ids_read;
	read->server = server;
	read->room = room->id;
	room->sent_reading = true;
	store_read(server->store, &read->read.job);
}

enum sent_answer journal_sent_before(struct server *server, struct room *room, int64_t author,
	const uint8_t id[EVENT_ID_BYTES], bool again, const struct asker *asker, int64_t *n,
	int64_t *at_ms)
{
	if (room->sent == NULL) {
		read_ids(server, room);
		return SENT_UNKNOWN;
	}
	const struct sent_entry *entry = sent_find(room->sent, author, id);
	if (entry == NULL) {
		return again && sent_is_full(room->sent, author) ? SENT_STALE : SENT_NEW;
	}
	if (entry->durable) {
		*n = entry->n;
		*at_ms = entry->at_ms;
		return SENT_BEFORE;
	}
	if (server->journal.failed) {
		return SENT_NEW; /* it comes back as failed, or has: there is nothing to wait for */
	}
	add_echo(room, entry->n, asker);
	return SENT_IN_FLIGHT;
}

void journal_forget_sent(struct room *room)
{
	sent_destroy(room->sent);
	room->sent = NULL;
	while (room->echoes != NULL) {
		struct echo *echo = room->echoes;
		room->echoes = echo->next;
		free(echo);
	}
}
