/*
 * What was sent into a room already: the newest ids of the visitor, and of the supporters, so that
 * a resend gets the first answer again instead of a second message. Pure.
 */
#ifndef HARK_DAEMON_SENT_H
#define HARK_DAEMON_SENT_H

#include "storage/table_event.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	SENT_MAX = 256
}; /* ids remembered of either side */

struct sent;

struct sent_entry {
	int64_t author, n, at_ms;
	uint8_t id[EVENT_ID_BYTES];
	bool durable; /* on disk; otherwise on its way */
};

struct sent *sent_create(void);
void sent_destroy(struct sent *sent); /* NULL is fine */

/* The entry of an id, or NULL. Valid until the next sent_add(). */
struct sent_entry *sent_find(struct sent *sent, int64_t author, const uint8_t *id);

/* Remembers one more; forgets that side's oldest when there are SENT_MAX. */
void sent_add(struct sent *sent, const struct sent_entry *entry);

/* Forgets what never reached the disk. */
void sent_drop_in_flight(struct sent *sent);

/* As many ids of this side as are remembered at most: an older one can not be told from a new one.
 */
bool sent_is_full(struct sent *sent, int64_t author);

#endif
