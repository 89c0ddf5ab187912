/*
 * The one way anything happens: an event gets its numbers on the loop, changes the pending state,
 * goes to the store, and when it is on disk changes the durable state and goes to the feeds and to
 * whoever asked. Nobody sees an event before.
 */
#ifndef HARK_DAEMON_JOURNAL_H
#define HARK_DAEMON_JOURNAL_H

#include "daemon/dispatch.h"
#include "daemon/event.h"
#include "daemon/room.h"
#include "storage/table_event.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct server;

/* False while the file takes no writes; asked before every act. */
bool journal_writable(const struct server *server);

/* The numbers the next event gets. room NULL: an event of no room. */
struct room_change journal_next(
	const struct server *server, const struct room *room, enum event_kind kind, int64_t author);

struct journal_said {
	const uint8_t *id; /* EVENT_ID_BYTES, the sender's; NULL: none */
	struct asker asker;
	uint64_t origin; /* session that has its answer; 0: nobody */
	/* Rows of other tables, written with the event in one transaction (table_event.h); NULL. */
	enum store_status (*also)(struct store_db *db, void *also_data);
	/* On the loop, once it is on disk and everybody is told, or (status not STORE_OK) is not:
	 * memory follows here, and also_data is freed. May be NULL. */
	void (*done)(struct server *server, void *also_data, enum store_status status);
	void *also_data;
};

/*
 * Hands the event over, which must be the very next one. body is copied. said may be NULL.
 */
void journal_append(struct server *server, struct room *room, const struct room_change *change,
	const char *body, size_t body_size, const struct journal_said *said);

/*
 * Answers `ok` to who asks for what is so already, once everything that makes it so is on disk: a
 * repeated request is no further ahead of the disk than the first.
 */
void journal_answer_as_it_stands(
	struct server *server, struct room *room, const struct asker *asker);

/* What overseers get of the commits since the last call, in as few frames as possible. */
void journal_publish_pack(struct server *server);

/*
 * Writes the rows of all rooms that changed, and how far they are right. `force`: whether or not
 * enough has happened.
 */
void journal_flush_rooms(struct server *server, bool force);

/* Writes one room's row now, whatever else: before something in the file refers to it. */
void journal_save_room(struct server *server, struct room *room);

/* A write came back with a failure: nothing more is taken until the file takes writes again. */
void journal_note_failure(struct server *server, enum store_status status);

/* Whatever was handed over and did not reach the disk never happened: pending is durable again. */
void journal_forget_pending(struct server *server);

/* Who an author is to others. Valid while the account is. */
struct event_author journal_author(const struct server *server, int64_t author);

/* Serves a subscriber that is behind: reads cursor + 1 .. to, or the first page of it. */
void journal_read_backlog(struct server *server, struct subscription *subscription, int64_t to);

/* ---- what was sent already (decisions: the newest 256 ids of an author) ---- */

enum sent_answer {
	SENT_NEW, /* go on */
	SENT_BEFORE, /* stored: *n and *at_ms are its */
	SENT_IN_FLIGHT, /* on its way: the asker is answered with the first */
	SENT_STALE, /* says it was sent before, and is older than what is remembered */
	SENT_UNKNOWN, /* not read yet: park; it is being read */
};

enum sent_answer journal_sent_before(struct server *server, struct room *room, int64_t author,
	const uint8_t id[EVENT_ID_BYTES], bool again, const struct asker *asker, int64_t *n,
	int64_t *at_ms);

/* Those who asked again for what row is: answered with it, or, when it failed, as unavailable. */
void journal_answer_echoes(struct server *server, struct room *room, const struct event_row *row,
	enum store_status status);

void journal_forget_sent(struct room *room); /* frees what it remembers */

#endif
