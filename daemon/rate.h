/*
 * Token buckets in credits: how much a session, or everybody behind one address together, may ask
 * for. Pure: the clock is an argument. An address is only ever seen as a keyed hash.
 */
#ifndef HARK_DAEMON_RATE_H
#define HARK_DAEMON_RATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rate_bucket {
	int64_t milli_credits; /* left, in thousandths */
	int64_t at_ms; /* when that was (monotonic) */
};

struct rate_limit {
	int64_t capacity; /* credits at most */
	int64_t per_s; /* credits a second */
};

void rate_init(struct rate_bucket *bucket, const struct rate_limit *limit, int64_t now_ms);

/* Takes `credits`; true, or false with *retry_ms until there would be enough (nothing is taken). A
 * clock that steps back refills nothing and breaks nothing. */
bool rate_take(struct rate_bucket *bucket, const struct rate_limit *limit, int64_t credits,
	int64_t now_ms, int64_t *retry_ms);

#endif
