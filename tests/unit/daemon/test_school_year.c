/*
 * A school year: 200 school days of students who come when they like and supporters who come late,
 * stay away, lose the network, look elsewhere, fall silent in the middle of a chat. Pairing and
 * roster together decide, as in the daemon; time jumps from one event to the next, and what the two
 * answered is all that wakes them, so that a wrong answer leaves somebody waiting.
 *
 * After every event the rules must hold. One seed, so the year is always the same.
 */
#include "daemon/pairing.h"
#include "daemon/roster.h"

#include <time.h>

#include "tests/unit/daemon/random.h"
#include "tests/unit/tap.h"

#define SECOND_MS INT64_C(1000)
#define MINUTE_MS (60 * SECOND_MS)
#define HOUR_MS (60 * MINUTE_MS)
#define NEVER INT64_MAX

enum {
	SCHOOL_DAYS = 200,
	SUPPORTERS = 15,
	SHIFTS = 3 * SUPPORTERS,
	ROOMS_MAX = 256,
	ARRIVALS_MAX = 128, /* a day */
	CAP = 2,
	OFFER_MS = 45000,
	GONE_MS = 60000,
	SILENT_MS = 300000,
	GRACE_MS = 900000, /* rooms are kept so long after a shift */
	ANSWERED_WITHIN_MS = 600000, /* while somebody attentive may take it */
};

struct supporter {
	struct pairing_supporter in;
	bool inattentive; /* has the page open and takes nothing, all shift */
	int64_t comes_ms, drops_ms, back_ms, gone_ms; /* NEVER: does not */
	int64_t first_offers,
		taken; /* over the year; first: of a visit nobody was offered before */
};

struct visit {
	struct pairing_room in;
	bool live, was_offered;
	int64_t supporter; /* whose chat it is */
	int64_t reacts_ms, ends_ms, silent_ms; /* NEVER: does not */
	int64_t answerable_ms; /* somebody attentive may take it since; NEVER: nobody may */
};

static struct year {
	struct random random;
	int64_t now_ms; /* UTC; serves as the monotonic clock, too */
	struct roster_shift shifts[SHIFTS];
	struct supporter supporters[SUPPORTERS];
	struct visit visits[ROOMS_MAX]; /* waiting and live */
	size_t visits_count;
	int64_t arrivals[ARRIVALS_MAX];
	size_t arrivals_count, arrived;
	int64_t pairing_ms, roster_ms; /* when they asked to be called again */
	/* What happened. */
	int64_t visits_made, ended, offers, returned, events, longest_ms;
} year;

static int64_t between(int64_t low, int64_t high)
{
	return low + random_below(&year.random, high - low + 1);
}

static struct supporter *supporter_of(int64_t account)
{
	return &year.supporters[account - 1];
}

static bool may_take(const struct supporter *s, const struct visit *visit)
{
	return pairing_eligible(&s->in, visit == NULL ? NULL : &visit->in, year.now_ms) ==
	       PAIRING_ELIGIBLE;
}

/* Everybody has a morning, a midday and an afternoon in the week, each on another day. */
static void make_roster(void)
{
	static const int hours[3][2] = {
		{8 * 60, 11 * 60}, {11 * 60, 13 * 60 + 30}, {13 * 60 + 30, 16 * 60}};
	for (int i = 0; i < SUPPORTERS; i++) {
		for (int part = 0; part < 3; part++) {
			year.shifts[3 * i + part] = (struct roster_shift){
				.id = 3 * i + part,
				.account = i + 1,
				.weekday = 1 + (i + part) % 5,
				.from_min = hours[part][0],
				.until_min = hours[part][1],
			};
		}
		year.supporters[i] = (struct supporter){
			.in = {.account = i + 1, .cleared = true, .taking = true, .cap = CAP},
			.comes_ms = NEVER,
			.drops_ms = NEVER,
			.back_ms = NEVER,
			.gone_ms = NEVER,
		};
	}
}

/* What the wall says, without roster.c. */
static bool on_shift(int64_t account)
{
	time_t now = (time_t)(year.now_ms / 1000);
	struct tm local;
	localtime_r(&now, &local);
	int minute = local.tm_hour * 60 + local.tm_min;
	for (int i = 0; i < SHIFTS; i++) {
		const struct roster_shift *shift = &year.shifts[i];
		if (shift->account == account && shift->weekday == local.tm_wday &&
			minute >= shift->from_min && minute < shift->until_min) {
			return true;
		}
	}
	return false;
}

/* ---- what happens to visits ---- */

static void start_visit(void)
{
	REQUIRE(year.visits_count < ROOMS_MAX);
	struct visit *visit = &year.visits[year.visits_count++];
	*visit = (struct visit){
		.in = {.id = ++year.visits_made, .since_ms = year.now_ms},
		.reacts_ms = NEVER,
		.ends_ms = NEVER,
		.silent_ms = NEVER,
		.answerable_ms = NEVER,
	};
	visit->in.flagged = random_chance(&year.random, 3);
	if (random_chance(&year.random, 10)) {
		visit->in.excluded[0] = between(1, SUPPORTERS);
	}
}

static void leave(struct visit *visit)
{
	struct supporter *s = supporter_of(visit->supporter);
	CHECK(s->in.load > 0);
	s->in.load--;
	s->in.idle_since_ms = year.now_ms;
	visit->live = false;
	visit->ends_ms = visit->silent_ms = NEVER;
}

static void back_to_queue(struct visit *visit)
{
	leave(visit);
	visit->in = (struct pairing_room){
		.id = visit->in.id,
		.flagged = visit->in.flagged,
		.since_ms = visit->in.since_ms,
		.tried = {visit->supporter},
		.excluded = {visit->in.excluded[0]},
	};
	visit->answerable_ms = NEVER;
	year.returned++;
}

static void take(struct visit *visit, struct supporter *s)
{
	s->in.load++;
	s->in.idle_since_ms = year.now_ms;
	s->taken++;
	visit->live = true;
	visit->supporter = s->in.account;
	visit->in.offered_to = 0;
	visit->reacts_ms = NEVER;
	visit->ends_ms = year.now_ms + between(4 * MINUTE_MS, 35 * MINUTE_MS);
	if (random_chance(&year.random, 4)) {
		visit->silent_ms = year.now_ms + SILENT_MS;
	}
}

static void end_visit(size_t index)
{
	struct visit *visit = &year.visits[index];
	leave(visit);
	if (random_chance(&year.random, 8)) { /* that was a heavy one */
		supporter_of(visit->supporter)->in.cooldown_until_ms = year.now_ms + 10 * MINUTE_MS;
	}
	*visit = year.visits[--year.visits_count];
	year.ended++;
}

static void visits_happen(void)
{
	for (size_t i = year.visits_count; i-- > 0;) {
		struct visit *visit = &year.visits[i];
		if (visit->live && visit->ends_ms <= year.now_ms) {
			end_visit(i);
		} else if (visit->live && visit->silent_ms <= year.now_ms) {
			back_to_queue(visit);
		} else if (!visit->live && visit->reacts_ms <= year.now_ms) {
			visit->reacts_ms = NEVER;
			if (may_take(supporter_of(visit->in.offered_to), visit)) {
				take(visit, supporter_of(visit->in.offered_to));
			}
		}
	}
	while (year.arrived < year.arrivals_count && year.arrivals[year.arrived] <= year.now_ms) {
		year.arrived++;
		start_visit();
	}
	/* Now and then somebody takes one that is offered to somebody else. */
	if (year.visits_count > 0 && random_chance(&year.random, 2)) {
		struct visit *visit = &year.visits[between(0, (int64_t)year.visits_count - 1)];
		struct supporter *s = &year.supporters[between(0, SUPPORTERS - 1)];
		if (!visit->live && !s->inattentive && may_take(s, visit)) {
			take(visit, s);
		}
	}
}

/* ---- what supporters do ---- */

static void refresh_roster(void)
{
	for (int i = 0; i < SUPPORTERS; i++) {
		struct supporter *s = &year.supporters[i];
		struct roster_span span;
		bool was = s->in.rostered;
		s->in.rostered = roster_now(year.shifts, SHIFTS, s->in.account, year.now_ms, &span);
		if (!was && s->in.rostered) {
			s->in.present = false;
			s->inattentive = random_chance(&year.random, 8);
			s->comes_ms = random_chance(&year.random, 8)
					      ? NEVER
					      : year.now_ms + between(0, 12 * MINUTE_MS);
		} else if (was && !s->in.rostered) {
			s->comes_ms = s->drops_ms = s->back_ms = s->gone_ms = NEVER;
			for (size_t v = 0; v < year.visits_count; v++) {
				struct visit *visit = &year.visits[v];
				if (visit->live && visit->supporter == s->in.account &&
					visit->ends_ms > year.now_ms + GRACE_MS) {
					visit->ends_ms = year.now_ms + GRACE_MS;
				}
			}
		}
	}
	year.roster_ms = roster_next_change(year.shifts, SHIFTS, year.now_ms);
	CHECK(year.roster_ms > year.now_ms);
}

static void arrive(struct supporter *s)
{
	s->in.present = true;
	s->comes_ms = s->back_ms = s->gone_ms = NEVER;
	s->drops_ms = year.now_ms + between(5 * MINUTE_MS, 4 * HOUR_MS);
}

static void supporters_happen(void)
{
	for (int i = 0; i < SUPPORTERS; i++) {
		struct supporter *s = &year.supporters[i];
		if (s->gone_ms <= year.now_ms) { /* away too long: the chats go to others */
			s->gone_ms = NEVER;
			for (size_t v = 0; v < year.visits_count; v++) {
				if (year.visits[v].live &&
					year.visits[v].supporter == s->in.account) {
					back_to_queue(&year.visits[v]);
				}
			}
		}
		if (s->comes_ms <= year.now_ms || s->back_ms <= year.now_ms) {
			arrive(s);
		}
		if (s->drops_ms <= year.now_ms) {
			s->in.present = false;
			s->drops_ms = NEVER;
			s->back_ms = year.now_ms + between(2 * SECOND_MS, 5 * MINUTE_MS);
			s->gone_ms = year.now_ms + GONE_MS;
		}
	}
}

/* ---- pairing, as the daemon runs it ---- */

static void pair(void)
{
	static struct pairing_room rooms[ROOMS_MAX];
	struct pairing_supporter supporters[SUPPORTERS];
	size_t rooms_count = 0;
	for (size_t i = 0; i < year.visits_count; i++) {
		if (!year.visits[i].live) {
			rooms[rooms_count++] = year.visits[i].in;
		}
	}
	for (int i = 0; i < SUPPORTERS; i++) {
		supporters[i] = year.supporters[i].in;
	}
	year.pairing_ms =
		pairing_run(rooms, rooms_count, supporters, SUPPORTERS, OFFER_MS, year.now_ms);
	CHECK(year.pairing_ms > year.now_ms);

	size_t next = 0;
	for (size_t i = 0; i < year.visits_count; i++) {
		struct visit *visit = &year.visits[i];
		if (visit->live) {
			continue;
		}
		bool offered = rooms[next].offered_to != 0 &&
			       (rooms[next].offered_to != visit->in.offered_to ||
				       rooms[next].offered_ms != visit->in.offered_ms);
		visit->in = rooms[next++];
		if (offered) {
			struct supporter *s = supporter_of(visit->in.offered_to);
			s->first_offers += !visit->was_offered;
			visit->was_offered = true;
			year.offers++;
			bool looks = !s->inattentive && random_chance(&year.random, 80);
			visit->reacts_ms =
				looks ? year.now_ms + between(2 * SECOND_MS, 40 * SECOND_MS)
				      : NEVER;
		} else if (visit->in.offered_to == 0) {
			visit->reacts_ms = NEVER;
		}
	}
}

/* ---- the rules ---- */

static void check_supporters(unsigned held[SUPPORTERS + 1])
{
	unsigned load[SUPPORTERS + 1] = {0};
	for (size_t i = 0; i < year.visits_count; i++) {
		const struct visit *visit = &year.visits[i];
		if (visit->live) {
			load[visit->supporter]++;
			CHECK(visit->supporter != visit->in.excluded[0]);
		} else {
			held[visit->in.offered_to]++;
		}
	}
	for (int i = 0; i < SUPPORTERS; i++) {
		const struct supporter *s = &year.supporters[i];
		CHECK_INT(s->in.load, load[i + 1]);
		CHECK(load[i + 1] <= CAP);
		/* The roster asked to be called again in time. */
		CHECK_INT(s->in.rostered, on_shift(s->in.account));
	}
}

static void check_waiting(struct visit *visit, const unsigned held[SUPPORTERS + 1])
{
	bool anybody = false, attentive = false, free_one = false;
	for (int i = 0; i < SUPPORTERS; i++) {
		const struct supporter *s = &year.supporters[i];
		if (may_take(s, visit)) {
			anybody = true;
			attentive = attentive || !s->inattentive;
			free_one = free_one || held[i + 1] == 0;
		}
	}
	CHECK_INT(visit->in.offered_to != 0, anybody);
	if (anybody) {
		CHECK(may_take(supporter_of(visit->in.offered_to), visit));
		CHECK(year.now_ms < visit->in.offered_ms + OFFER_MS);
		CHECK(held[visit->in.offered_to] < 2 || !free_one);
	}
	if (!attentive) {
		visit->answerable_ms = NEVER;
		return;
	}
	if (visit->answerable_ms == NEVER) {
		visit->answerable_ms = year.now_ms;
	}
	int64_t waited_ms = year.now_ms - visit->answerable_ms;
	CHECK(waited_ms <= ANSWERED_WITHIN_MS);
	if (waited_ms > year.longest_ms) {
		year.longest_ms = waited_ms;
	}
}

static void check_rules(void)
{
	unsigned held[SUPPORTERS + 1] = {0};
	check_supporters(held);
	for (size_t i = 0; i < year.visits_count; i++) {
		if (!year.visits[i].live) {
			check_waiting(&year.visits[i], held);
		}
	}
}

/* ---- time ---- */

static void sooner(int64_t *next_ms, int64_t at_ms)
{
	if (at_ms < *next_ms) {
		*next_ms = at_ms;
	}
}

static int64_t next_event(void)
{
	int64_t next_ms = year.pairing_ms;
	sooner(&next_ms, year.roster_ms);
	if (year.arrived < year.arrivals_count) {
		sooner(&next_ms, year.arrivals[year.arrived]);
	}
	for (int i = 0; i < SUPPORTERS; i++) {
		const struct supporter *s = &year.supporters[i];
		sooner(&next_ms, s->comes_ms);
		sooner(&next_ms, s->drops_ms);
		sooner(&next_ms, s->back_ms);
		sooner(&next_ms, s->gone_ms);
	}
	for (size_t i = 0; i < year.visits_count; i++) {
		const struct visit *visit = &year.visits[i];
		sooner(&next_ms, visit->live ? visit->ends_ms : visit->reacts_ms);
		sooner(&next_ms, visit->silent_ms);
	}
	return next_ms;
}

static int compare_times(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

/* How many come in which hour of the wall; the last ones when nobody is there. */
static void plan_day(int64_t midnight_ms)
{
	static const struct {
		int hour, visits;
	} plan[] = {{7, 1}, {8, 4}, {9, 3}, {10, 5}, {11, 8}, {12, 12}, {13, 5}, {14, 4}, {15, 6},
		{16, 1}, {21, 2}};
	year.arrivals_count = year.arrived = 0;
	for (size_t i = 0; i < sizeof(plan) / sizeof(plan[0]); i++) {
		int64_t visits = between(0, 2 * plan[i].visits);
		for (int64_t v = 0; v < visits; v++) {
			year.arrivals[year.arrivals_count++] =
				midnight_ms + plan[i].hour * HOUR_MS + between(0, HOUR_MS - 1);
		}
	}
	qsort(year.arrivals, year.arrivals_count, sizeof(year.arrivals[0]), compare_times);
}

static void live_until(int64_t end_ms)
{
	while (!tap_this_failed) {
		int64_t next_ms = next_event();
		if (next_ms >= end_ms) {
			break;
		}
		CHECK(next_ms > year.now_ms || year.events == 0);
		year.now_ms = next_ms;
		year.events++;
		if (year.now_ms >= year.roster_ms) {
			refresh_roster();
		}
		supporters_happen();
		visits_happen();
		pair();
		check_rules();
	}
}

/* Local midnight, daylight saving or not. */
static int64_t midnight(int day)
{
	struct tm tm = {.tm_year = 126, .tm_mon = 7, .tm_mday = 24 + day, .tm_isdst = -1};
	return (int64_t)mktime(&tm) * 1000;
}

static void test_school_year(void)
{
	setenv("TZ", "America/New_York", 1);
	tzset();
	year = (struct year){.random = {.state = 2026}, .now_ms = midnight(0)};
	make_roster();
	refresh_roster();
	year.pairing_ms = NEVER;

	int school_days = 0;
	for (int day = 0; school_days < SCHOOL_DAYS; day++) {
		bool weekend = day % 7 >= 5; /* 2026-08-24 is a Monday */
		bool holiday = random_chance(&year.random, 5);
		if (!weekend && !holiday) {
			plan_day(midnight(day));
			school_days++;
		}
		live_until(midnight(day + 1));
		if (tap_this_failed) {
			printf("# on day %d, at %lld\n", day, (long long)year.now_ms);
			return;
		}
	}

	int64_t waiting = 0;
	for (size_t i = 0; i < year.visits_count; i++) {
		waiting += !year.visits[i].live;
	}
	/* Nobody was forgotten: all had an end, but who came after the last shift. */
	CHECK_INT(year.visits_made, year.ended + (int64_t)year.visits_count);
	CHECK(waiting < 12 && (int64_t)year.visits_count == waiting);
	printf("# %lld visits, %lld offers, %lld back in the queue, %lld events; longest wait %lld "
	       "s\n",
		(long long)year.visits_made, (long long)year.offers, (long long)year.returned,
		(long long)year.events, (long long)(year.longest_ms / 1000));
	CHECK(year.visits_made > 5000 && year.returned > 300);
}

/*
 * Of the same year: everybody has the same hours, so everybody should have had about as many first
 * offers and chats. (Later offers are not compared: who is alone with a queue and looks elsewhere
 * has hundreds.)
 */
static void test_fair(void)
{
	int64_t offers_least = INT64_MAX, offers_most = 0, taken_least = INT64_MAX, taken_most = 0;
	for (int i = 0; i < SUPPORTERS; i++) {
		const struct supporter *s = &year.supporters[i];
		offers_least = s->first_offers < offers_least ? s->first_offers : offers_least;
		offers_most = s->first_offers > offers_most ? s->first_offers : offers_most;
		taken_least = s->taken < taken_least ? s->taken : taken_least;
		taken_most = s->taken > taken_most ? s->taken : taken_most;
	}
	printf("# first offers from %lld to %lld, chats from %lld to %lld\n",
		(long long)offers_least, (long long)offers_most, (long long)taken_least,
		(long long)taken_most);
	CHECK(taken_least > 500);
	CHECK(offers_most * 2 < offers_least * 3);
	CHECK(taken_most * 4 < taken_least * 5);
}

int main(void)
{
	RUN(test_school_year);
	RUN(test_fair);
	return tap_done();
}
