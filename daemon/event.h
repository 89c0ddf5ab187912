/*
 * Events as bytes. What was said is stored as it is and encoded for its audience; everything else
 * is stored as the JSON its room's members see, and what overseers and replays add is spliced in.
 */
#ifndef HARK_DAEMON_EVENT_H
#define HARK_DAEMON_EVENT_H

#include "daemon/room.h"

#include <stdbool.h>
#include <stddef.h>

struct event_row;
struct frame;

/* Who said it, as others may know. */
struct event_author {
	enum wire_who who;
	const char *name; /* alias; empty for the visitor */
};

struct event_view {
	bool overseer; /* with seq */
	bool replay;
};

/* An upper bound of what event_write() needs for this row. */
size_t event_write_bound(const struct event_row *row);

/* Writes the event as JSON; returns its bytes. The buffer holds event_write_bound(). */
size_t event_write(const struct event_row *row, const struct event_author *author,
	struct event_view view, char *buffer);

enum {
	EVENT_PACK_BYTES = 16384
}; /* a pack this large is due, whatever else comes */

/* Events on their way into one frame. All-zero is empty; the buffer is kept for the next. */
struct event_pack {
	char *bytes; /* events with commas between */
	size_t size, capacity;
	unsigned count;
};

void event_pack_add(struct event_pack *pack, const struct event_row *row,
	const struct event_author *author, struct event_view view);

/* A message that is JSON already. */
void event_pack_add_bytes(struct event_pack *pack, const char *bytes, size_t size);
/* A frame's message, or all of those in it. */
void event_pack_add_frame(struct event_pack *pack, const struct frame *frame);

/* The events as one frame: the event itself, or a `batch` of several. Empties the pack. */
struct frame *event_pack_frame(struct event_pack *pack);
void event_pack_finish(struct event_pack *pack);

/* What room_apply() needs to know of a stored event. False: the body is not what it should be. */
bool event_to_change(const struct event_row *row, struct room_change *change);

/* What a stored room.opened says of the room's face: name, picture, topics, wish, mood. */
bool event_open_room(const struct event_row *row, struct room *room);

#endif
