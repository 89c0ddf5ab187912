/* Subscribers that are behind their feed's ring: served from the file, a page at a time. */
#include "daemon/journal.h"

#include "daemon/frame.h"
#include "daemon/log.h"
#include "daemon/server.h"
#include "daemon/session.h"
#include "daemon/xalloc.h"

#include <stdlib.h>

enum {
	BACKLOG_EVENTS = 64, /* events read at once for a subscriber that is behind */
	BACKLOG_BYTES = 49152, /* and given to it of them: what a slow reader costs at most */
}; /* read at once for one subscriber */

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
	size_t queued = 0;
	for (size_t i = 0; i < page->count && queued < BACKLOG_BYTES; i++) {
		const struct event_row *row = &page->rows[i];
		struct event_author author = journal_author(server, row->author);
		event_pack_add(&pack, row, &author, (struct event_view){overseer, true});
		if (pack.size >= EVENT_PACK_BYTES || i + 1 == page->count) {
			queued += pack.size;
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
