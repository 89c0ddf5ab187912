/*
 * The buckets that everybody behind one address shares, found by a keyed hash of it: a flooder
 * among the students of one school is slowed, and nobody's address is known. In memory only.
 */
#ifndef HARK_DAEMON_SHARED_H
#define HARK_DAEMON_SHARED_H

#include <stdint.h>

struct rate_bucket;
struct server;

/* The bucket; made full when it is new. Valid until the next call. */
struct rate_bucket *shared_bucket(struct server *server, uint64_t hash, int64_t now_mono);

/* Forgets full ones, at most every minute. */
void shared_tick(struct server *server);
void shared_finish(struct server *server);

#endif
