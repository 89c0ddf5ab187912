/* The turns of those who read the oversight feed; see overseers.c. */
#ifndef HARK_DAEMON_OVERSEERS_H
#define HARK_DAEMON_OVERSEERS_H

#include <stdbool.h>

struct server;
struct subscription;

/* Something was published to the oversight feed: wakes its subscribers, some a turn of the loop. */
void overseers_wake(struct server *server);

/* Some are still to be woken. */
bool overseers_are_being_told(const struct server *server);

/* It leaves the feed, in which it still is. */
void overseers_forget(struct server *server, const struct subscription *subscription);

#endif
