/*
 * The rooms that are loaded, and the tokens that open them: loading, finding, unloading, and what
 * follows from a change that has become durable.
 */
#ifndef HARK_DAEMON_ROOMS_H
#define HARK_DAEMON_ROOMS_H

#include "daemon/dispatch.h"
#include "daemon/rate.h"
#include "daemon/room.h"
#include "storage/store.h"

#include <stdbool.h>
#include <stdint.h>

struct server;
struct session;

/* What opens a room for a tab. The secret itself is the page's alone. */
struct token {
	uint8_t hash[32];
	struct room *room;
	unsigned sessions;
	int64_t idle_mono; /* without a session since; 0: there is one */
	int64_t written_mono; /* when `seen` was last written */
	struct rate_bucket pictures; /* sent by it; all-zero is full */
};

/* Reads rooms, tokens and what happened after the rows were written. STORE_DAMAGED also when the
 * events do not fit together. */
enum store_status rooms_load(struct server *server);
void rooms_finish(struct server *server);

/* As many pages of its visitor as a room needs to be told at once: each event is written to every
 * one of them, so without a bound one visitor could make everybody wait. */
bool rooms_is_crowded(const struct room *room);

struct room *rooms_find(const struct server *server, int64_t id); /* NULL: not loaded */

/* A new room with made-up name and picture, known by nobody yet. */
struct room *rooms_create(struct server *server, const struct msg_room_start *start);

/* The room of this row, loaded now if it was not. */
struct room *rooms_adopt(struct server *server, const struct room_row *row);

/* Up to here anybody may open one (door.h); above it, what may leave memory does so at once. */
size_t rooms_usual(const struct server *server);

/*
 * Whether a room that was left for later may leave memory: nothing waits in it, nobody looks at it
 * and no tab opens it, for as long as talk.mailbox_rest says. It never ends by itself: it stands
 * among the rooms of the past, and is loaded again by whoever comes back to it or reads it.
 */
bool rooms_may_rest(const struct server *server, const struct room *room);

/*
 * Its visitor has just ended it, with this supporter in it, who may still tell a counselor of it:
 * who was rude leaves fast.
 */
bool rooms_was_just_left(const struct room *room, int64_t account);

/* Lets it go, or an ended room that nobody looks at and that no tab opens; once it is written. */
void rooms_unload_if_idle(struct server *server, struct room *room);

/* For rooms_load.c: a room that has its numbers is known from here on; a token read from the file.
 */
void rooms_link(struct server *server, struct room *room);
void rooms_finish_tokens(struct server *server);
struct token *rooms_hold_token(
	struct server *server, const uint8_t hash[32], struct room *room, int64_t idle_mono);

struct token *rooms_token(const struct server *server, const uint8_t hash[32]);
struct token *rooms_add_token(struct server *server, const uint8_t hash[32], struct room *room);
/* Closes the tabs that use it with 4401, but for `keep`, and forgets it. The asker, if there is
 * one, is answered once the file has forgotten it too. */
void rooms_drop_token(struct server *server, struct token *token, const struct session *keep,
	const struct asker *asker);

/* The file takes writes again: the tokens whose writing failed. */
void rooms_write_again(struct server *server);
/* A tab has come, or the last one has gone. */
void rooms_touch_token(struct server *server, struct token *token);

/* After room_apply() on the durable state: whom it concerns is told. before: the state until now.
 */
void rooms_changed(struct server *server, struct room *room, const struct room_change *change,
	const struct room_state *before);

/* Presence and phase: members' state.room, the wall and everybody's lists are out of date. */
void rooms_state_changed(struct server *server, struct room *room);
/* Typing and seen marks: only members' state.room and the wall are. */
void rooms_marks_changed(struct server *server, struct room *room);

/* Who reads along: the supporter alone is told, nobody else learns of it. */
void rooms_readers_changed(struct room *room);

/* Until when this author types; a visitor's, the supporter's or the adult's. */
int64_t *rooms_typing_of(struct room *room, int64_t author);

/* The supporter's load follows the pending state. */
void rooms_count_load(struct server *server, int64_t supporter_before, int64_t supporter_after);

/* Every second: silent and gone supporters, unanswered rooms, ended shifts, idle tokens. */
void rooms_tick(struct server *server);

/* Requests that wait for the room's ids: through dispatch again, or, when the ids could not be
 * read, answered as unavailable. */
void rooms_unpark(struct server *server, struct room *room, bool ok);
bool rooms_can_park(const struct room *room); /* bounded */
void rooms_park(struct room *room, uint64_t session, const char *bytes, size_t size);

#endif
