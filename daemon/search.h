/*
 * The index of words, kept up in the background: a little behind what is said, never in its way.
 */
#ifndef HARK_DAEMON_SEARCH_H
#define HARK_DAEMON_SEARCH_H

#include "daemon/room.h"
#include "storage/table_search.h"

#include <stddef.h>
#include <stdint.h>

struct server;

/* Which events are what, for the index. */
#define SEARCH_KINDS ((struct search_kinds){EVENT_POSTED, {EVENT_JOINED, EVENT_STEPPED_IN}})

void search_start(struct server *server); /* once the rooms are loaded */
void search_finish(struct server *server); /* after the store is closed */

/* Every second: what has been on disk for so long is indexed. */
void search_tick(struct server *server);

/*
 * Rewrites a text so that equal words have equal bytes: compatibility forms (NFKC), case, marks
 * above and below letters, and characters nobody sees. Bytes that are no UTF-8 stay as they are.
 * At most `room` bytes into out; returns how many. Any thread.
 */
size_t search_fold(const char *bytes, size_t size, char *out, size_t room);

#endif
