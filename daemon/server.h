/*
 * The daemon itself: everything that lives as long as the process. One loop, one thread; only the
 * store's threads and the Argon2 lanes run beside it and come back as messages to the loop.
 *
 * Longer than a header should be: whoever reads Hark begins here, and finds in one place what there
 * is, every field with its meaning.
 */
#ifndef HARK_DAEMON_SERVER_H
#define HARK_DAEMON_SERVER_H

#include "daemon/argon.h"
#include "daemon/event.h"
#include "daemon/feed.h"
#include "daemon/idmap.h"
#include "daemon/rate.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

struct audit;
struct cases;
struct codes;
struct config;
struct door;
struct escalations;
struct escrow;
struct frame;
struct key;
struct notes;
struct outbox;
struct pictures;
struct room;
struct searcher;
struct session;
struct settings;
struct staff;
struct store;
struct transport;
struct watch_list;

/* Rooms that are loaded: those in which somebody is, something waits, or just did. */
struct rooms {
	struct idmap by_id;
	struct room *list; /* room::next */
	struct idmap names; /* one room of each name, by name_key() */
	struct idmap tokens; /* struct token by the first 8 bytes of its hash */
	struct token_job *unwritten; /* rooms.c's: whose writing failed */
	struct room *wall_oldest, *wall_newest; /* by wall_version, for overseers' cursors */
	uint64_t wall_version; /* newest given out */
	size_t open; /* of these, not ended */
	size_t waiting; /* for a peer, as of the last refresh */
};

/* The school's one order of events. */
struct journal {
	int64_t pending_seq; /* newest handed to the store */
	int64_t durable_seq; /* newest on disk */
	int64_t applied_seq; /* the rooms' rows are right up to here */
	int64_t flushing_seq; /* they will be, once what is on its way is written; 0: nothing is */
	bool rows_due; /* some of their rows were not even handed over: room::row_due */
	unsigned rows_saving; /* handed over and not back */
	bool probing; /* after a failure: the file is being tried */
	bool failed; /* a commit failed: nothing is taken until the file takes writes again */
	unsigned in_flight; /* events handed to the store and not back */
	size_t in_flight_bytes; /* and what they hold in memory */
	int64_t newest_mono; /* when the newest event became durable */
	struct event_pack pack; /* for overseers, until they are told */
	int64_t pack_from, pack_to; /* seq of the events in it */
};

struct server {
	uv_loop_t *loop;
	struct config *config;
	struct key *key;
	struct store *store;
	struct transport *transport; /* NULL: offline, for one request of the hark command */

	uv_async_t drained; /* the store has finished jobs */
	uv_timer_t tick; /* every second: timeouts */
	uv_timer_t refresh; /* soon after a change: pairing, lists, wall */
	uv_check_t turn_begun; /* how long does a turn of the loop take? */
	uv_prepare_t turn_over;
	uv_idle_t overseers_turns; /* while some are still to be told */
	uv_timer_t overseers_rest; /* before all are told again */
	uv_timer_t recover; /* after a failed write: try again */
	uv_timer_t search_rest; /* before the index goes on */
	bool refresh_due; /* the timer runs */
	uint64_t refresh_below; /* sessions of lower ids are still to be told; 0: all were */
	bool lists_due; /* and more than the wall is out of date */
	int64_t turn_began_mono; /* uv_now() of its poll; 0: before the first */
	int64_t loop_block_max_ms; /* the longest turn */

	struct session *sessions; /* session::next */
	/* session::next_deferred: to be woken after this drain, in this order */
	struct session *deferred, **deferred_end;
	bool defers_wakes;
	struct event_pack out_pack; /* what one session is given, being packed */
	struct idmap sessions_by_id;
	unsigned session_count;
	uint64_t session_ids; /* given out */
	uint64_t subscription_ids;
	struct rate_bucket everybody; /* what all sessions want together */
	int64_t pressed_until_mono; /* they want more than that, and shares count */
	struct idmap shared; /* struct shared_bucket by the hash of an address */
	int64_t shared_swept_mono, shared_renewed_mono;
	struct door *door; /* door.c's */
	struct codes *codes; /* codes.c's */

	struct rooms rooms;
	struct journal journal;
	struct feed oversight;
	struct subscription *overseers_at; /* overseers.c's: whose turn is next; NULL: nobody's */
	bool overseers_again; /* and then from the beginning: there is more */
	uint64_t overseers_rest_ms; /* uv_now(): until then they are not told again */
	int64_t overseers_newest; /* seq: what was there when they were told */
	struct staff *staff;
	struct settings *settings;
	struct audit *audit; /* audit.c's */
	struct outbox *outbox; /* outbox.c's */
	struct escalations *escalations; /* escalation.c's */
	struct watch_list *watched; /* the watch phrases; watch.c's */
	struct escrow *escrow; /* escrow.c's */
	struct notes *notes; /* notes.c's */
	struct cases *cases; /* cases.c's */
	struct pictures *pictures; /* pictures.c's */
	struct searcher *searcher; /* search.c's */
	int digest_date; /* digest.c's: the day it was last looked after, 20261122 */
	bool exporting; /* export.c's: one file at a time */
	struct argon_lane staff_lane, codename_lane;
	struct frame *school_frame; /* state.school as last told; NULL: to be made */
	uint64_t school_version; /* counts changes of it */
	uint64_t school_walked; /* the one that everybody there was woken for */
	int64_t waits_ms[16]; /* how long the newest visitors waited; a ring */
	unsigned waits_count; /* ever noted */
	int64_t pairing_due_mono; /* when an offer lapses */

	char *block; /* http_school_block() as last made, at block_version */
	size_t block_size;
	uint64_t block_version;
	char *ancestors; /* http_frame_ancestors() as last made */

	uint8_t schema[8]; /* protocol_schema_hash() */
	uv_timer_t stopping; /* while going down: are they all gone? */
	int64_t stopping_mono;
	bool said_goodbye;
	int64_t watchdog_ms, watchdog_mono; /* systemd's; 0: none */
	int64_t started_mono;
	int64_t rostered_ms; /* when the roster was looked at (UTC) */
	int64_t shift_change_ms; /* next moment it changes (UTC) */
	bool draining; /* going down: nothing new is taken */
	/* The file is damaged and stays shut: there is no store, no room and no account, and every
	 * request but ping is refused before it reaches a handler. */
	bool closed;
	void (*stopped)(void *data); /* called when server_stop() is through */
	void *stopped_data;
	char *scratch; /* for encoding one message on the loop */
	size_t scratch_capacity;
};

enum server_status {
	SERVER_OK = 0,
	SERVER_FAILED, /* trying again may help */
	SERVER_MISCONFIGURED, /* it will not */
	SERVER_DAMAGED, /* nor here; server_start_closed() is left */
};

/*
 * Opens the file, loads what is open, starts the timers. The transport is started by the caller,
 * who owns it, the config and the key. On failure a sentence is in problem.
 */
enum server_status server_start(struct server *server, uv_loop_t *loop, struct config *config,
	struct key *key, char *problem, size_t size);

/*
 * After SERVER_DAMAGED: lets go of the file and goes on without, for the sake of the crisis
 * contacts, which are the school's where they could be read.
 */
void server_start_closed(struct server *server);

/* Gives the log its usual size in the background: for who goes on to serve. */
void server_make_log_room(struct server *server);

/* Refuses new work, says 1001 to everybody, writes what waits. Then `stopped`. */
void server_stop(struct server *server, void (*stopped)(void *data), void *data);

/* After the loop has run out: closes the file and frees. */
void server_finish(struct server *server);

/* Closes the timers, so that the loop can run out; without a transport, or after it has stopped. */
void server_close_handles(struct server *server);

/* The options in force have changed (SIGHUP). */
void server_reconfigure(struct server *server);

/* Lists, pairing or the wall are out of date: brought up to date once, within 20 ms. */
void server_refresh_soon(struct server *server);
void server_wall_soon(struct server *server); /* the wall alone */

/* A buffer of at least `size` bytes for encoding, valid until the next call. */
char *server_scratch(struct server *server, size_t size);

/* sodium's generator, in the form the pure parts take. */
uint32_t server_random(void *data, uint32_t below);

/* A random id on the wire: 1 to 2^53 - 1. */
int64_t server_random_id(void);

struct session *server_session(const struct server *server, uint64_t id); /* NULL: gone */

#endif
