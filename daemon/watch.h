/*
 * Watching what is said for words to look at: the school's phrases in memory, each message matched
 * on its way to the file, and what follows from a match.
 *
 * A flag is the event right behind its message, handed over in the same turn of the loop. The file
 * holds what was handed over up to some event and nothing behind it; so only its very last event
 * can be a message whose flag is missing, and that one is looked at again on start (watch_start)
 * and when the file takes writes again after a failure (watch_again). No flag is lost, and a
 * message that matches nothing costs the match alone.
 */
#ifndef HARK_DAEMON_WATCH_H
#define HARK_DAEMON_WATCH_H

#include "daemon/room.h"
#include "storage/store.h"
#include "storage/table_phrase.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct asker;
struct flagged;
struct phrases;
struct server;

enum {
	WATCH_PHRASES_MAX = 5000
};

struct watch_list {
	struct phrase_row *rows; /* by id; as on disk */
	size_t count, capacity;
	int64_t ids; /* newest given out */
	size_t adding; /* new ones handed over and not back */
	struct phrases *compiled; /* of the rows; NULL: to be made, before the next match */
	struct flagged *lost; /* of messages on disk, whose flags could not be written; a list */
};

/* Reads phrases, and the flags of the rooms that are loaded. */
enum store_status watch_load(struct server *server);
void watch_finish(struct server *server);

/* Once everything is loaded: was the last thing to happen a message without its flag? */
void watch_start(struct server *server);

/* A message was handed over: nothing else has been since. */
void watch_look(struct server *server, struct room *room, const struct room_change *posted,
	const char *body, size_t size);

/* The file takes writes again. */
void watch_again(struct server *server);

/* A room of the past was loaded: is there a flag in it that nobody has looked at? */
void watch_read_flag(struct server *server, struct room *room);

/* A counselor has looked; the asker is answered when that is on disk. */
void watch_clear(struct server *server, struct room *room, int64_t account, const char *alias,
	const struct asker *asker);

/* Rows in memory, for handle_phrase.c. In force with the next message. */
const struct phrase_row *watch_phrase(const struct watch_list *list, int64_t id); /* NULL: none */
void watch_keep(struct watch_list *list, const struct phrase_row *row); /* replaces its id's */
void watch_forget(struct watch_list *list, int64_t id);

#endif
