/*
 * When is whose weekly shift: pure functions over shifts, a moment in UTC, and the school's zone.
 * The zone is the process's TZ (IANA name; the daemon sets it once from its configuration), so
 * daylight saving is the C library's. A shift given as 14:00 stays 14:00 on the wall clock; a time
 * that a change of clocks skips begins when the skipped hour ends; one that occurs twice is one
 * shift from its first start to its last end.
 */
#ifndef HARK_DAEMON_ROSTER_H
#define HARK_DAEMON_ROSTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct roster_shift {
	int64_t id, account;
	int weekday; /* 0 is Sunday, as struct tm */
	int from_min; /* 0..1439, local */
	int until_min; /* 1..1440, local, above from_min */
};

struct roster_span {
	int64_t from_ms, until_ms; /* UTC */
};

/*
 * The span of `account`'s shifts that holds at_ms, adjoining shifts (one ends when the next
 * begins) joined into one; account 0 means anybody's. False: nobody is rostered then. A roster
 * without any gap is cut at a midnight at least 7 days before and after at_ms.
 */
bool roster_now(const struct roster_shift *shifts, size_t count, int64_t account, int64_t at_ms,
	struct roster_span *span);

/* The next span that begins after at_ms, within 8 days. */
bool roster_next(const struct roster_shift *shifts, size_t count, int64_t account, int64_t at_ms,
	struct roster_span *span);

/*
 * The next moment after at_ms at which a roster_now() answer for any account changes; INT64_MAX:
 * never.
 */
int64_t roster_next_change(const struct roster_shift *shifts, size_t count, int64_t at_ms);

#endif
