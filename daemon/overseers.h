/* The turns of those who read the oversight feed; see overseers.c. */
#ifndef HARK_DAEMON_OVERSEERS_H
#define HARK_DAEMON_OVERSEERS_H

#include <stdbool.h>

struct server;
struct subscription;

/*
 * After store_drain(): what became durable is published to the oversight feed and its subscribers
 * are woken, some a turn of the loop; each every 4 ms at most, on a busy day every 16 ms.
 */
void overseers_wake(struct server *server);

/* Some are still to be woken. */
bool overseers_are_being_told(const struct server *server);

/* It leaves the feed, in which it still is. */
void overseers_forget(struct server *server, const struct subscription *subscription);

#endif
