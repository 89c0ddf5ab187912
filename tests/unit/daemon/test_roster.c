/*
 * Shifts against the clocks of real zones. The tables are written by hand from the zones' rules;
 * the property test compares with a walk through every minute.
 */
#include "daemon/roster.h"

#include <time.h>

#include "tests/unit/daemon/random.h"
#include "tests/unit/tap.h"

enum {
	SUN,
	MON,
	TUE,
	WED,
	THU,
	FRI,
	SAT
};

enum {
	MINUTE_MS = 60000,
	HOUR_MS = 3600000
};

#define AT(hours, minutes) ((hours)*60 + (minutes))

static void use_zone(const char *zone)
{
	setenv("TZ", zone, 1);
	tzset();
}

static int64_t utc(int year, int month, int day, int hour, int minute)
{
	struct tm tm = {
		.tm_year = year - 1900,
		.tm_mon = month - 1,
		.tm_mday = day,
		.tm_hour = hour,
		.tm_min = minute,
	};
	return (int64_t)timegm(&tm) * 1000;
}

static bool has_zone(const char *zone)
{
	char path[128];
	snprintf(path, sizeof(path), "/usr/share/zoneinfo/%s", zone);
	FILE *file = fopen(path, "r");
	if (file != NULL) {
		fclose(file);
	}
	return file != NULL;
}

/* One shift, one date around it, the span it must give in UTC (all as minutes past `base`). */
struct row {
	const char *zone;
	struct roster_shift shift;
	int year, month, day; /* UTC date; the hours below count from its beginning */
	int from_min, until_min; /* UTC; equal: no span that day */
};

static const struct row rows[] = {
	/* A plain day, winter and summer time. */
	{"America/New_York", {1, 1, WED, AT(14, 0), AT(16, 0)}, 2026, 1, 14, AT(19, 0), AT(21, 0)},
	{"America/New_York", {1, 1, WED, AT(14, 0), AT(16, 0)}, 2026, 7, 15, AT(18, 0), AT(20, 0)},
	/* New York 2026-03-08: 2:00 EST (7:00 UTC) becomes 3:00 EDT. */
	{"America/New_York", {1, 1, SUN, AT(1, 0), AT(4, 0)}, 2026, 3, 8, AT(6, 0), AT(8, 0)},
	{"America/New_York", {1, 1, SUN, AT(2, 30), AT(4, 0)}, 2026, 3, 8, AT(7, 0), AT(8, 0)},
	{"America/New_York", {1, 1, SUN, AT(1, 0), AT(2, 30)}, 2026, 3, 8, AT(6, 0), AT(7, 0)},
	{"America/New_York", {1, 1, SUN, AT(2, 0), AT(3, 0)}, 2026, 3, 8, 0, 0},
	{"America/New_York", {1, 1, SUN, AT(2, 10), AT(2, 50)}, 2026, 3, 8, 0, 0},
	{"America/New_York", {1, 1, SUN, AT(14, 0), AT(16, 0)}, 2026, 3, 8, AT(18, 0), AT(20, 0)},
	{"America/New_York", {1, 1, SAT, AT(14, 0), AT(16, 0)}, 2026, 3, 7, AT(19, 0), AT(21, 0)},
	/* New York 2026-11-01: 2:00 EDT (6:00 UTC) becomes 1:00 EST. */
	{"America/New_York", {1, 1, SUN, AT(0, 30), AT(3, 0)}, 2026, 11, 1, AT(4, 30), AT(8, 0)},
	{"America/New_York", {1, 1, SUN, AT(1, 0), AT(1, 30)}, 2026, 11, 1, AT(5, 0), AT(6, 30)},
	{"America/New_York", {1, 1, SUN, AT(1, 30), AT(2, 30)}, 2026, 11, 1, AT(5, 30), AT(7, 30)},
	{"America/New_York", {1, 1, SUN, AT(0, 0), AT(1, 0)}, 2026, 11, 1, AT(4, 0), AT(5, 0)},
	{"America/New_York", {1, 1, SUN, AT(2, 0), AT(3, 0)}, 2026, 11, 1, AT(7, 0), AT(8, 0)},
	{"America/New_York", {1, 1, SUN, AT(0, 0), AT(24, 0)}, 2026, 11, 1, AT(4, 0), AT(29, 0)},
	/* Berlin 2026-03-29 and 2026-10-25, both at 1:00 UTC. */
	{"Europe/Berlin", {1, 1, SUN, AT(1, 30), AT(3, 30)}, 2026, 3, 29, AT(0, 30), AT(1, 30)},
	{"Europe/Berlin", {1, 1, SUN, AT(2, 15), AT(5, 0)}, 2026, 3, 29, AT(1, 0), AT(3, 0)},
	{"Europe/Berlin", {1, 1, SUN, AT(2, 15), AT(2, 45)}, 2026, 10, 25, AT(0, 15), AT(1, 45)},
	{"Europe/Berlin", {1, 1, SUN, AT(14, 0), AT(15, 0)}, 2026, 10, 25, AT(13, 0), AT(14, 0)},
	/* Lord Howe changes by half an hour: 2026-04-05 2:00 +11 (4th, 15:00 UTC) becomes 1:30;
	 * 2026-10-04 2:00 +10:30 (3rd, 15:30 UTC) becomes 2:30. */
	{"Australia/Lord_Howe", {1, 1, SUN, AT(1, 30), AT(2, 0)}, 2026, 4, 4, AT(14, 30),
		AT(15, 30)},
	{"Australia/Lord_Howe", {1, 1, SUN, AT(1, 0), AT(1, 45)}, 2026, 4, 4, AT(14, 0),
		AT(15, 15)},
	{"Australia/Lord_Howe", {1, 1, SUN, AT(2, 15), AT(3, 0)}, 2026, 10, 3, AT(15, 30),
		AT(16, 0)},
	{"Australia/Lord_Howe", {1, 1, SUN, AT(1, 30), AT(3, 0)}, 2026, 10, 3, AT(15, 0),
		AT(16, 0)},
	/* Sydney, the southern half: out of summer time on 2026-04-05, into it on 2026-10-04. */
	{"Australia/Sydney", {1, 1, MON, AT(9, 0), AT(10, 0)}, 2026, 1, 11, AT(22, 0), AT(23, 0)},
	{"Australia/Sydney", {1, 1, MON, AT(9, 0), AT(10, 0)}, 2026, 7, 12, AT(23, 0), AT(24, 0)},
	{"Australia/Sydney", {1, 1, SUN, AT(2, 0), AT(3, 0)}, 2026, 4, 4, AT(15, 0), AT(17, 0)},
	{"Australia/Sydney", {1, 1, SUN, AT(2, 0), AT(3, 0)}, 2026, 10, 3, 0, 0},
	/* No change of clocks at all; a zone with minutes. */
	{"America/Phoenix", {1, 1, SUN, AT(2, 0), AT(3, 0)}, 2026, 3, 8, AT(9, 0), AT(10, 0)},
	{"Asia/Kathmandu", {1, 1, FRI, AT(12, 0), AT(13, 0)}, 2026, 5, 1, AT(6, 15), AT(7, 15)},
	/* Midnight itself: Santiago skips 0:00 to 1:00 on 2026-09-06 (4:00 UTC) and has the hour
	 * before midnight of 2026-04-04 twice (until 4:00 UTC). */
	{"America/Santiago", {1, 1, SUN, AT(0, 0), AT(2, 0)}, 2026, 9, 6, AT(4, 0), AT(5, 0)},
	{"America/Santiago", {1, 1, SAT, AT(23, 30), AT(24, 0)}, 2026, 4, 5, AT(2, 30), AT(4, 0)},
	/* The far ends: +14, and a local date a day from that of UTC. */
	{"Pacific/Kiritimati", {1, 1, MON, AT(0, 0), AT(24, 0)}, 2026, 5, 3, AT(10, 0), AT(34, 0)},
	{"Etc/GMT+12", {1, 1, MON, AT(0, 0), AT(24, 0)}, 2026, 5, 4, AT(12, 0), AT(36, 0)},
};

static void test_table(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *row = &rows[i];
		REQUIRE(has_zone(row->zone));
		use_zone(row->zone);
		int64_t base_ms = utc(row->year, row->month, row->day, 0, 0);
		int64_t from_ms = base_ms + row->from_min * INT64_C(60000);
		int64_t until_ms = base_ms + row->until_min * INT64_C(60000);
		struct roster_span span = {-1, -1};

		if (from_ms == until_ms) {
			for (int64_t at_ms = base_ms; at_ms < base_ms + 30 * HOUR_MS;
				at_ms += MINUTE_MS) {
				CHECK(!roster_now(&row->shift, 1, 1, at_ms, &span));
			}
			continue;
		}
		CHECK(!roster_now(&row->shift, 1, 1, from_ms - 1, &span));
		CHECK_INT(span.from_ms, -1); /* set only when found */
		CHECK(roster_now(&row->shift, 1, 1, from_ms, &span));
		CHECK_INT(span.from_ms, from_ms);
		CHECK_INT(span.until_ms, until_ms);
		CHECK(roster_now(&row->shift, 1, 1, until_ms - 1, &span));
		CHECK_INT(span.from_ms, from_ms);
		CHECK(!roster_now(&row->shift, 1, 1, until_ms, &span));

		CHECK(roster_next(&row->shift, 1, 1, from_ms - 1, &span));
		CHECK_INT(span.from_ms, from_ms);
		CHECK_INT(span.until_ms, until_ms);
		CHECK_INT(roster_next_change(&row->shift, 1, from_ms - 1), from_ms);
		CHECK_INT(roster_next_change(&row->shift, 1, from_ms), until_ms);
		CHECK(roster_next_change(&row->shift, 1, until_ms) > until_ms);
		if (tap_this_failed) {
			printf("# in row %zu, %s\n", i, row->zone);
			return;
		}
	}
}

static void test_nobody(void)
{
	use_zone("UTC");
	struct roster_span span;
	CHECK(!roster_now(NULL, 0, 0, utc(2026, 5, 4, 12, 0), &span));
	CHECK(!roster_next(NULL, 0, 0, utc(2026, 5, 4, 12, 0), &span));
	CHECK(roster_next_change(NULL, 0, utc(2026, 5, 4, 12, 0)) == INT64_MAX);
	struct roster_shift other = {1, 7, MON, AT(9, 0), AT(17, 0)};
	CHECK(!roster_now(&other, 1, 8, utc(2026, 5, 4, 12, 0), &span));
	CHECK(!roster_next(&other, 1, 8, utc(2026, 5, 4, 12, 0), &span));
	CHECK(roster_now(&other, 1, 7, utc(2026, 5, 4, 12, 0), &span));
	CHECK(roster_now(&other, 1, 0, utc(2026, 5, 4, 12, 0), &span));
}

static void test_adjoining_joined(void)
{
	use_zone("America/New_York");
	const struct roster_shift shifts[] = {
		{1, 1, TUE, AT(12, 0), AT(13, 0)}, {2, 1, TUE, AT(10, 0), AT(11, 0)},
		{3, 1, TUE, AT(11, 0), AT(12, 0)},
		{4, 1, TUE, AT(13, 1), AT(14, 0)}, /* a minute later: not joined */
	};
	struct roster_span span;
	int64_t day_ms = utc(2026, 5, 5, 4, 0); /* midnight EDT */
	CHECK(roster_now(shifts, 4, 1, day_ms + 11 * HOUR_MS + 1, &span));
	CHECK_INT(span.from_ms, day_ms + 10 * HOUR_MS);
	CHECK_INT(span.until_ms, day_ms + 13 * HOUR_MS);
	CHECK(!roster_now(shifts, 4, 1, day_ms + 13 * HOUR_MS, &span));
	CHECK(roster_next(shifts, 4, 1, day_ms + 10 * HOUR_MS, &span));
	CHECK_INT(span.from_ms, day_ms + 13 * HOUR_MS + MINUTE_MS);
	CHECK_INT(roster_next_change(shifts, 4, day_ms + 10 * HOUR_MS), day_ms + 13 * HOUR_MS);
}

static void test_overlapping_and_nested_joined(void)
{
	use_zone("UTC");
	const struct roster_shift shifts[] = {
		{1, 1, TUE, AT(10, 0), AT(14, 0)},
		{2, 1, TUE, AT(11, 0), AT(12, 0)},
		{3, 1, TUE, AT(13, 0), AT(15, 0)},
	};
	struct roster_span span;
	CHECK(roster_now(shifts, 3, 1, utc(2026, 5, 5, 12, 30), &span));
	CHECK_INT(span.from_ms, utc(2026, 5, 5, 10, 0));
	CHECK_INT(span.until_ms, utc(2026, 5, 5, 15, 0));
}

static void test_joined_over_midnight_and_week(void)
{
	use_zone("Europe/Berlin");
	const struct roster_shift shifts[] = {
		{1, 1, SAT, AT(22, 0), AT(24, 0)},
		{2, 1, SUN, AT(0, 0), AT(2, 0)},
		{3, 2, SUN, AT(2, 0), AT(3, 0)},
	};
	struct roster_span span;
	CHECK(roster_now(shifts, 3, 1, utc(2026, 5, 9, 23, 0), &span)); /* Sunday 1:00 */
	CHECK_INT(span.from_ms, utc(2026, 5, 9, 20, 0));
	CHECK_INT(span.until_ms, utc(2026, 5, 10, 0, 0));
	/* Together with the other account one hour more. */
	CHECK(roster_now(shifts, 3, 0, utc(2026, 5, 9, 23, 0), &span));
	CHECK_INT(span.until_ms, utc(2026, 5, 10, 1, 0));
	/* For each of them, midnight of the first is a change; the school sees none there. */
	CHECK_INT(roster_next_change(shifts, 3, utc(2026, 5, 9, 23, 0)), utc(2026, 5, 10, 0, 0));
	CHECK(roster_next(shifts, 3, 1, utc(2026, 5, 10, 0, 0), &span));
	CHECK_INT(span.from_ms, utc(2026, 5, 16, 20, 0));
}

static void test_two_accounts_apart(void)
{
	use_zone("UTC");
	const struct roster_shift shifts[] = {
		{1, 1, MON, AT(9, 0), AT(10, 0)},
		{2, 2, MON, AT(10, 0), AT(11, 0)},
	};
	struct roster_span span;
	CHECK(roster_now(shifts, 2, 1, utc(2026, 5, 4, 9, 30), &span));
	CHECK_INT(span.until_ms, utc(2026, 5, 4, 10, 0));
	CHECK(!roster_now(shifts, 2, 2, utc(2026, 5, 4, 9, 30), &span));
	CHECK_INT(roster_next_change(shifts, 2, utc(2026, 5, 4, 9, 0)), utc(2026, 5, 4, 10, 0));
	CHECK_INT(roster_next_change(shifts, 2, utc(2026, 5, 4, 10, 0)), utc(2026, 5, 4, 11, 0));
}

static void test_round_the_clock(void)
{
	use_zone("America/New_York");
	struct roster_shift shifts[7];
	for (int i = 0; i < 7; i++) {
		shifts[i] = (struct roster_shift){i, 1, i, 0, AT(24, 0)};
	}
	struct roster_span span;
	for (int day = 1; day <= 30; day++) { /* over the change of clocks */
		int64_t at_ms = utc(2026, 3, day, 17, 0);
		REQUIRE(roster_now(shifts, 7, 1, at_ms, &span));
		CHECK(span.from_ms <= at_ms - 7 * 24 * (int64_t)HOUR_MS);
		CHECK(span.until_ms >= at_ms + 7 * 24 * (int64_t)HOUR_MS);
		CHECK(!roster_next(shifts, 7, 1, at_ms, &span));
		CHECK(roster_next_change(shifts, 7, at_ms) == INT64_MAX);
	}
}

/* Its only hour of the week is skipped: the next change is two weeks on, not never. */
static void test_skipped_week(void)
{
	use_zone("America/New_York");
	struct roster_shift shift = {1, 1, SUN, AT(2, 0), AT(3, 0)};
	struct roster_span span;
	int64_t after_ms = utc(2026, 3, 1, 8, 0); /* end of the one before */
	CHECK(!roster_next(&shift, 1, 1, after_ms, &span));
	CHECK_INT(roster_next_change(&shift, 1, after_ms), utc(2026, 3, 15, 6, 0));
}

static void test_next_within_eight_days(void)
{
	use_zone("UTC");
	struct roster_shift shift = {1, 1, MON, AT(9, 0), AT(10, 0)};
	struct roster_span span;
	CHECK(roster_next(
		&shift, 1, 1, utc(2026, 5, 4, 9, 0), &span)); /* not the one that begins */
	CHECK_INT(span.from_ms, utc(2026, 5, 11, 9, 0));
	CHECK(roster_next(&shift, 1, 1, utc(2026, 5, 4, 9, 0) - 1, &span));
	CHECK_INT(span.from_ms, utc(2026, 5, 4, 9, 0));
}

static void test_before_1970(void)
{
	use_zone("UTC");
	struct roster_shift shift = {1, 1, WED, AT(9, 0), AT(10, 0)};
	struct roster_span span;
	CHECK(roster_now(&shift, 1, 1, utc(1969, 12, 31, 9, 59) + 59999, &span));
	CHECK_INT(span.from_ms, utc(1969, 12, 31, 9, 0));
}

/*
 * The oracle walks every minute of some weeks. A shift's span on a local date reaches from the
 * first to the last minute of that date on which the wall shows a time of the shift; a minute on
 * which a clock was set back into another date belongs to the span around it.
 */
enum {
	ORACLE_DAYS = 42,
	ORACLE_MINUTES = ORACLE_DAYS * 1440
};

static bool oracle[ORACLE_MINUTES];

/* What the wall shows in each minute. */
static struct {
	int weekday, yday, minute;
} wall[ORACLE_MINUTES];

static void read_wall(int64_t start_ms)
{
	for (int m = 0; m < ORACLE_MINUTES; m++) {
		time_t at = (time_t)(start_ms / 1000 + m * 60);
		struct tm local;
		localtime_r(&at, &local);
		wall[m].weekday = local.tm_wday;
		wall[m].yday = local.tm_yday;
		wall[m].minute = local.tm_hour * 60 + local.tm_min;
	}
}

static void mark(const struct roster_shift *shifts, size_t count, int64_t account)
{
	memset(oracle, 0, sizeof(oracle));
	for (size_t s = 0; s < count; s++) {
		if (account != 0 && shifts[s].account != account) {
			continue;
		}
		/* By day of the year: first and last minute. */
		static int first[366], last[366];
		memset(first, -1, sizeof(first));
		for (int m = 0; m < ORACLE_MINUTES; m++) {
			if (wall[m].weekday == shifts[s].weekday &&
				wall[m].minute >= shifts[s].from_min &&
				wall[m].minute < shifts[s].until_min) {
				if (first[wall[m].yday] < 0) {
					first[wall[m].yday] = m;
				}
				last[wall[m].yday] = m;
			}
		}
		for (int d = 0; d < 366; d++) {
			for (int m = first[d]; m >= 0 && m <= last[d]; m++) {
				oracle[m] = true;
			}
		}
	}
}

static void compare_with_oracle(struct random *random, const char *zone, int64_t start_ms)
{
	struct roster_shift shifts[6];
	size_t count = 1 + (size_t)random_below(random, 6);
	for (size_t i = 0; i < count; i++) {
		/* Near midnight, near the change, on quarter hours, at random. */
		static const int edges[] = {
			0, 30, 60, 90, 105, 120, 135, 150, 180, 240, 1380, 1410, 1440};
		int from = random_chance(random, 60) ? edges[random_below(random, 12)]
						     : (int)random_below(random, 1440);
		int until = random_chance(random, 60) ? edges[random_below(random, 13)]
						      : 1 + (int)random_below(random, 1440);
		shifts[i] = (struct roster_shift){
			.id = (int64_t)i,
			.account = 1 + random_below(random, 2),
			.weekday = random_chance(random, 60) ? SUN : (int)random_below(random, 7),
			.from_min = from < until ? from : until - (until > 0),
			.until_min = from < until ? until : from + 1,
		};
		if (shifts[i].from_min >= shifts[i].until_min) {
			shifts[i].from_min = shifts[i].until_min - 1;
		}
	}
	int64_t account = random_below(random, 3);
	mark(shifts, count, account);

	/* Away from the ends, as the oracle's spans are cut there. */
	for (int m = 10 * 1440; m < 30 * 1440; m += 1 + (int)random_below(random, 200)) {
		int64_t at_ms = start_ms + m * (int64_t)MINUTE_MS + random_below(random, MINUTE_MS);
		struct roster_span span;
		bool found = roster_now(shifts, count, account, at_ms, &span);
		CHECK_INT(found, oracle[m]);
		if (found && oracle[m]) {
			int from = m, until = m;
			while (from > 0 && oracle[from - 1]) {
				from--;
			}
			while (until < ORACLE_MINUTES && oracle[until]) {
				until++;
			}
			CHECK_INT(span.from_ms, start_ms + from * (int64_t)MINUTE_MS);
			CHECK_INT(span.until_ms, start_ms + until * (int64_t)MINUTE_MS);
		}

		int next = m + 1;
		while (next < ORACLE_MINUTES && (oracle[next - 1] || !oracle[next])) {
			next++;
		}
		int64_t next_ms = start_ms + next * (int64_t)MINUTE_MS;
		bool expected =
			next < ORACLE_MINUTES && next_ms - at_ms <= 8 * 24 * (int64_t)HOUR_MS;
		CHECK_INT(roster_next(shifts, count, account, at_ms, &span), expected);
		if (expected) {
			CHECK_INT(span.from_ms, next_ms);
		}
		if (tap_this_failed) {
			printf("# zone %s, minute %d, account %lld, shifts:\n", zone, m,
				(long long)account);
			for (size_t i = 0; i < count; i++) {
				printf("#   account %lld day %d %d-%d\n",
					(long long)shifts[i].account, shifts[i].weekday,
					shifts[i].from_min, shifts[i].until_min);
			}
			return;
		}
	}

	/* Walking from change to change meets exactly the minutes at which an answer differs. */
	static bool answers[3][ORACLE_MINUTES];
	for (int64_t a = 1; a <= 2; a++) {
		mark(shifts, count, a);
		memcpy(answers[a], oracle, sizeof(oracle));
	}
	int64_t at_ms = start_ms + 10 * 1440 * (int64_t)MINUTE_MS;
	for (int m = 10 * 1440 + 1; m < 25 * 1440; m++) {
		if (answers[1][m] != answers[1][m - 1] || answers[2][m] != answers[2][m - 1]) {
			int64_t change_ms = roster_next_change(shifts, count, at_ms);
			CHECK_INT(change_ms, start_ms + m * (int64_t)MINUTE_MS);
			at_ms = start_ms + m * (int64_t)MINUTE_MS;
		}
	}
}

static void test_oracle(void)
{
	static const struct {
		const char *zone;
		int month, day; /* start; the change of clocks is about three weeks later */
	} starts[] = {
		{"America/New_York", 2, 16},
		{"America/New_York", 10, 11},
		{"Europe/Berlin", 3, 8},
		{"Europe/Berlin", 10, 4},
		{"Australia/Lord_Howe", 3, 15},
		{"Australia/Lord_Howe", 9, 13},
		{"America/Santiago", 3, 15},
		{"America/Santiago", 8, 16},
		{"America/Havana", 2, 15},
		{"America/Havana", 10, 11},
		{"Asia/Kolkata", 5, 1},
		{"UTC", 5, 1},
	};
	struct random random = {.state = 31};
	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]) && !tap_this_failed; i++) {
		REQUIRE(has_zone(starts[i].zone));
		use_zone(starts[i].zone);
		int64_t start_ms = utc(2026, starts[i].month, starts[i].day, 0, 0);
		read_wall(start_ms);
		for (int round = 0; round < 10 && !tap_this_failed; round++) {
			compare_with_oracle(&random, starts[i].zone, start_ms);
		}
	}
}

int main(void)
{
	RUN(test_table);
	RUN(test_nobody);
	RUN(test_adjoining_joined);
	RUN(test_overlapping_and_nested_joined);
	RUN(test_joined_over_midnight_and_week);
	RUN(test_two_accounts_apart);
	RUN(test_round_the_clock);
	RUN(test_skipped_week);
	RUN(test_next_within_eight_days);
	RUN(test_before_1970);
	RUN(test_oracle);
	return tap_done();
}
