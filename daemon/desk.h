/*
 * What supporters and overseers see besides events: who waits, who is here, how rooms stand. These
 * are snapshots, not events: the newest replaces all before it, and at most one waits per page.
 */
#ifndef HARK_DAEMON_DESK_H
#define HARK_DAEMON_DESK_H

#include "protocol/message.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct account;
struct frame;
struct room;
struct server;
struct session;

/* Pairing, and after it everybody's lists: called once, soon after changes. */
void desk_refresh(struct server *server);

/* When this supporter's shift ends (UTC), from shift_warn before it on; 0: not near, or nobody. */
int64_t desk_warned_until(const struct server *server, const struct account *supporter);

/* The snapshots, encoded now. Each is the caller's reference. */
struct frame *desk_frame(struct server *server, const struct account *supporter);
struct frame *desk_staff_frame(struct server *server);
struct frame *desk_school_frame(struct server *server); /* shared until the school changes */
struct frame *desk_room_frame(struct server *server, const struct room *room, enum wire_role to);

/* How much of the wall an overseer was given. All-zero: nothing. */
struct wall_cursor {
	uint64_t version; /* newest wall_version */
	int64_t room; /* whose it was, to go on from it */
};

/* The rooms that changed on the wall after *cursor, as many as fit a frame; moves the cursor.
 * NULL: nothing has. */
struct frame *desk_wall_frame(struct server *server, struct wall_cursor *cursor);

/* The room has changed as far as the wall is concerned. */
void desk_wall_touch(struct server *server, struct room *room);
void desk_wall_remove(struct server *server, struct room *room);

enum {
	DESK_TOPICS_MAX = 6
};

/* A room's topics, borrowed from it; how many. */
size_t desk_topics(const struct room *room, struct text topics[DESK_TOPICS_MAX]);

/* state.school anew: everybody is told, if it reads differently now. */
void desk_refresh_school(struct server *server);

/* A message in a frame of its own. */
struct frame *desk_encode(struct server *server, enum message_type type, const void *message);

/* A visitor was answered after so long: what `wait_s` is made of. */
void desk_note_wait(struct server *server, int64_t waited_ms);

/* Words, hours or contacts have changed: everybody is told. */
void desk_school_changed(struct server *server);

#endif
