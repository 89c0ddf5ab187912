/*
 * What a page's connection says about its visitor, from the handshake until hello tells whether
 * there is a visitor at all: in memory of its own that is never swapped, never in a core and wiped
 * when it is given back. A page has ten seconds for its hello; from then on there is only what
 * escrow.h has sealed.
 */
#ifndef HARK_DAEMON_ARRIVAL_H
#define HARK_DAEMON_ARRIVAL_H

#include "daemon/escrow.h"

#include <stdbool.h>
#include <stdint.h>

struct arrival;
struct session_details;

/* Copies. NULL: there is nothing to hold, or no memory to hold it in. */
struct arrival *arrival_hold(const struct session_details *details);

/* Seals what is held; see escrow_arrive(). NULL is fine. */
struct escrow_arrival *arrival_seal(struct server *server, const struct arrival *arrival);

/* Whether this room has all of it, as of today: see escrow_is_known(). NULL is known nowhere. */
bool arrival_is_known(struct server *server, const struct arrival *arrival, int64_t room);

void arrival_forget(struct arrival *arrival); /* wipes; NULL is fine */

#endif
