/*
 * Shifts on the wall clock to spans in UTC.
 *
 * Asking the C library for each shift would cost thousands of look-ups, and mktime() answers badly
 * for hours that occur twice or not at all. So the offset is read once for each UTC midnight
 * around; a local day between two equal ones has no change of clocks, otherwise the moment of the
 * change is searched. That no zone changes its clocks twice within three days is relied upon.
 */
#include "daemon/roster.h"

#include "daemon/xalloc.h"

#include <stdlib.h>
#include <time.h>

enum {
	DAY_S = 86400,
	DAYS_BACK = 8,
	/* A weekly shift may fall into a skipped hour once: its next time is two weeks away. */
	DAYS_AHEAD = 16,
	DAYS = DAYS_BACK + 1 + DAYS_AHEAD,
	SPANS_PER_SHIFT = DAYS / 7 + 1,
	NEXT_WITHIN_MS = 8 * DAY_S * 1000,
};

/* Farther edges may be where the days looked at end. */
#define EDGE_WITHIN_MS ((DAYS_AHEAD - 1) * INT64_C(86400000))

/* A local day. Its clock runs `before` ahead of UTC until `change`, then `after`. */
struct day {
	int64_t number; /* days since 1970-01-01 on the wall */
	int64_t before_s, after_s;
	int64_t change_s; /* UTC; INT64_MAX: none */
};

struct entry {
	int64_t account;
	struct roster_span span;
};

/* Seconds local time is ahead of UTC at that moment. */
static int64_t offset_at(int64_t at_s)
{
	time_t at = (time_t)at_s;
	struct tm local;
	return localtime_r(&at, &local) == NULL ? 0 : local.tm_gmtoff;
}

/* The first moment in (from, until] with the offset that holds at `until`. */
static int64_t find_change(int64_t from_s, int64_t until_s)
{
	int64_t after_s = offset_at(until_s);
	while (until_s - from_s > 1) {
		int64_t middle_s = from_s + (until_s - from_s) / 2;
		if (offset_at(middle_s) == after_s) {
			until_s = middle_s;
		} else {
			from_s = middle_s;
		}
	}
	return until_s;
}

/* Offsets reach from -12 to +14 hours: local day n lies between UTC midnights n - 1 and n + 2. */
static void days_around(int64_t at_s, struct day days[DAYS])
{
	int64_t first = (at_s + offset_at(at_s)) / DAY_S - DAYS_BACK;
	int64_t offsets_s[DAYS + 3];
	for (int i = 0; i < DAYS + 3; i++) {
		offsets_s[i] = offset_at((first - 1 + i) * DAY_S);
	}
	for (int i = 0; i < DAYS; i++) {
		int64_t number = first + i;
		days[i] = (struct day){
			.number = number,
			.before_s = offsets_s[i],
			.after_s = offsets_s[i + 3],
			.change_s = INT64_MAX,
		};
		if (days[i].before_s != days[i].after_s) {
			days[i].change_s = find_change((number - 1) * DAY_S, (number + 2) * DAY_S);
		}
	}
}

/* The first time the wall shows `minute`, or the end of the hour in which it is skipped. */
static int64_t first_start(const struct day *day, int minute)
{
	int64_t wall_s = day->number * DAY_S + minute * 60;
	int64_t by_old_s = wall_s - day->before_s;
	int64_t by_new_s = wall_s - day->after_s;
	if (by_old_s < day->change_s) {
		return by_old_s;
	}
	return by_new_s > day->change_s ? by_new_s : day->change_s;
}

/* The end of the last time the wall shows the minute before `minute`. */
static int64_t last_end(const struct day *day, int minute)
{
	int64_t wall_s = day->number * DAY_S + minute * 60;
	int64_t by_old_s = wall_s - day->before_s;
	int64_t by_new_s = wall_s - day->after_s;
	if (by_new_s > day->change_s) {
		return by_new_s;
	}
	return by_old_s < day->change_s ? by_old_s : day->change_s;
}

static int compare_entries(const void *a, const void *b)
{
	const struct entry *x = a;
	const struct entry *y = b;
	if (x->account != y->account) {
		return x->account < y->account ? -1 : 1;
	}
	if (x->span.from_ms != y->span.from_ms) {
		return x->span.from_ms < y->span.from_ms ? -1 : 1;
	}
	return 0;
}

/* Sorts, and joins what overlaps or adjoins within one account; returns how many are left. */
static size_t join(struct entry *entries, size_t count)
{
	size_t joined = 0;
	qsort(entries, count, sizeof(entries[0]), compare_entries);
	for (size_t i = 0; i < count; i++) {
		struct entry *last = joined > 0 ? &entries[joined - 1] : NULL;
		if (last == NULL || last->account != entries[i].account ||
			last->span.until_ms < entries[i].span.from_ms) {
			entries[joined++] = entries[i];
		} else if (last->span.until_ms < entries[i].span.until_ms) {
			last->span.until_ms = entries[i].span.until_ms;
		}
	}
	return joined;
}

/*
 * All spans around at_ms, by account and beginning, to be freed; of one account, or, with `each`,
 * of everybody and kept apart; account 0 without `each` joins everybody's.
 */
static struct entry *spans_around(const struct roster_shift *shifts, size_t count, int64_t account,
	bool each, int64_t at_ms, size_t *spans_count)
{
	struct day days[DAYS];
	days_around(at_ms / 1000, days);

	struct entry *entries = xcalloc(count * SPANS_PER_SHIFT + 1, sizeof(*entries));
	size_t used = 0;
	for (size_t i = 0; i < count; i++) {
		if (account != 0 && shifts[i].account != account) {
			continue;
		}
		/* 1970-01-01 was a Thursday. */
		int64_t weekday = ((days[0].number + 4) % 7 + 7) % 7;
		for (int64_t d = (shifts[i].weekday - weekday + 7) % 7; d < DAYS; d += 7) {
			int64_t from_s = first_start(&days[d], shifts[i].from_min);
			int64_t until_s = last_end(&days[d], shifts[i].until_min);
			if (from_s < until_s) { /* else all of it is skipped */
				entries[used++] = (struct entry){
					.account = each ? shifts[i].account : 0,
					.span = {from_s * 1000, until_s * 1000},
				};
			}
		}
	}
	*spans_count = join(entries, used);
	return entries;
}

bool roster_now(const struct roster_shift *shifts, size_t count, int64_t account, int64_t at_ms,
	struct roster_span *span)
{
	size_t spans_count;
	struct entry *entries = spans_around(shifts, count, account, false, at_ms, &spans_count);
	bool found = false;
	for (size_t i = 0; i < spans_count && !found; i++) {
		if (entries[i].span.from_ms <= at_ms && at_ms < entries[i].span.until_ms) {
			*span = entries[i].span;
			found = true;
		}
	}
	free(entries);
	return found;
}

bool roster_next(const struct roster_shift *shifts, size_t count, int64_t account, int64_t at_ms,
	struct roster_span *span)
{
	size_t spans_count;
	struct entry *entries = spans_around(shifts, count, account, false, at_ms, &spans_count);
	bool found = false;
	for (size_t i = 0; i < spans_count && !found; i++) {
		int64_t from_ms = entries[i].span.from_ms;
		if (from_ms > at_ms && from_ms - at_ms <= NEXT_WITHIN_MS) {
			*span = entries[i].span;
			found = true;
		}
	}
	free(entries);
	return found;
}

int64_t roster_next_change(const struct roster_shift *shifts, size_t count, int64_t at_ms)
{
	size_t spans_count;
	struct entry *entries = spans_around(shifts, count, 0, true, at_ms, &spans_count);
	int64_t next_ms = at_ms + EDGE_WITHIN_MS;
	bool found = false;
	for (size_t i = 0; i < 2 * spans_count; i++) {
		const struct roster_span *span = &entries[i / 2].span;
		int64_t edge_ms = i % 2 == 0 ? span->from_ms : span->until_ms;
		if (edge_ms > at_ms && edge_ms < next_ms) {
			next_ms = edge_ms;
			found = true;
		}
	}
	free(entries);
	return found ? next_ms : INT64_MAX;
}
