/* Token buckets. One credit a second is one milli-credit a millisecond: refilling is exact. */
#include "daemon/rate.h"

#include <assert.h>

/* What the bucket holds when full, in milli-credits. */
static int64_t full(const struct rate_limit *limit)
{
	assert(limit->capacity >= 0 && limit->per_s >= 0);
	return limit->capacity > INT64_MAX / 1000 ? INT64_MAX : limit->capacity * 1000;
}

static void refill(struct rate_bucket *bucket, const struct rate_limit *limit, int64_t now_ms)
{
	int64_t most = full(limit);
	if (bucket->milli_credits > most) {
		bucket->milli_credits = most; /* the limit was lowered meanwhile */
	}
	if (now_ms > bucket->at_ms && limit->per_s > 0) {
		/* Unsigned, as the distance of two int64_t need not fit into one. */
		uint64_t elapsed_ms = (uint64_t)now_ms - (uint64_t)bucket->at_ms;
		int64_t missing = most - bucket->milli_credits;
		if (elapsed_ms > (uint64_t)(missing / limit->per_s)) {
			bucket->milli_credits = most;
		} else {
			bucket->milli_credits += (int64_t)elapsed_ms * limit->per_s;
		}
	}
	/* Also when the clock stepped back: otherwise nothing came in until it has caught up. */
	bucket->at_ms = now_ms;
}

void rate_init(struct rate_bucket *bucket, const struct rate_limit *limit, int64_t now_ms)
{
	*bucket = (struct rate_bucket){.milli_credits = full(limit), .at_ms = now_ms};
}

bool rate_take(struct rate_bucket *bucket, const struct rate_limit *limit, int64_t credits,
	int64_t now_ms, int64_t *retry_ms)
{
	assert(credits >= 0);
	refill(bucket, limit, now_ms);

	if (credits > limit->capacity || credits > INT64_MAX / 1000) {
		*retry_ms = INT64_MAX; /* never that much at once */
		return false;
	}
	int64_t short_by = credits * 1000 - bucket->milli_credits;
	if (short_by <= 0) {
		bucket->milli_credits -= credits * 1000;
		return true;
	}
	if (limit->per_s == 0) {
		*retry_ms = INT64_MAX;
	} else {
		*retry_ms = short_by / limit->per_s + (short_by % limit->per_s != 0);
	}
	return false;
}
