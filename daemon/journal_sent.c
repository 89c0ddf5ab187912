/* What was sent or asked for already: answered again, never done again. */
#include "daemon/journal.h"

#include "daemon/rooms.h"
#include "daemon/sent.h"
#include "daemon/server.h"
#include "daemon/xalloc.h"

#include <stdlib.h>

/* Somebody who asked again for what is still on its way. */
struct echo {
	struct asker asker;
	int64_t n; /* of the event that does it */
	struct echo *next; /* room::echoes */
};

void journal_answer_echoes(struct server *server, struct room *room, const struct event_row *row,
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
