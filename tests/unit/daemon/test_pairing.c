/*
 * Who is offered which room: every rule of pairing.h by table, then random worlds in which the
 * rules must hold after every run.
 */
#include "daemon/pairing.h"

#include "tests/unit/daemon/random.h"
#include "tests/unit/tap.h"

enum {
	OFFER_MS = 45000
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Somebody who may take any room; tests change what they are about. */
static struct pairing_supporter ready(int64_t account)
{
	return (struct pairing_supporter){
		.account = account,
		.rostered = true,
		.cleared = true,
		.present = true,
		.taking = true,
		.cap = 3,
		.idle_since_ms = 100,
	};
}

static struct pairing_room waiting(int64_t id, int64_t since_ms)
{
	return (struct pairing_room){.id = id, .since_ms = since_ms};
}

/* Eligibility. */

static void test_each_reason(void)
{
	struct pairing_supporter s = ready(1);
	struct pairing_room room = waiting(1, 0);
	CHECK_INT(pairing_eligible(&s, &room, 1000), PAIRING_ELIGIBLE);
	CHECK_INT(pairing_eligible(&s, NULL, 1000), PAIRING_ELIGIBLE);

	room.excluded[0] = 9;
	room.excluded[1] = 1;
	CHECK_INT(pairing_eligible(&s, &room, 1000), PAIRING_EXCLUDED);
	CHECK_INT(pairing_eligible(&s, NULL, 1000), PAIRING_ELIGIBLE);
	room.excluded[0] = 0; /* ends the list */
	CHECK_INT(pairing_eligible(&s, &room, 1000), PAIRING_ELIGIBLE);
	for (int i = 0; i < PAIRING_EXCLUDED_MAX; i++) {
		room.excluded[i] = 2 + i; /* full, without an end */
	}
	CHECK_INT(pairing_eligible(&s, &room, 1000), PAIRING_ELIGIBLE);
	room.excluded[PAIRING_EXCLUDED_MAX - 1] = 1;
	CHECK_INT(pairing_eligible(&s, &room, 1000), PAIRING_EXCLUDED);

	/* Each hides the one before: the answer is the first thing that is in the way. */
	s.cooldown_until_ms = 1001;
	CHECK_INT(pairing_eligible(&s, &room, 1000), PAIRING_COOLING);
	CHECK_INT(pairing_eligible(&s, NULL, 1001), PAIRING_ELIGIBLE);
	s.load = 3;
	CHECK_INT(pairing_eligible(&s, &room, 1000), PAIRING_AT_CAP);
	s.load = 4;
	CHECK_INT(pairing_eligible(&s, &room, 1000), PAIRING_AT_CAP);
	s.taking = false;
	CHECK_INT(pairing_eligible(&s, &room, 1000), PAIRING_PAUSED);
	s.present = false;
	CHECK_INT(pairing_eligible(&s, &room, 1000), PAIRING_ABSENT);
	s.cleared = false;
	CHECK_INT(pairing_eligible(&s, &room, 1000), PAIRING_NOT_CLEARED);
	s.rostered = false;
	CHECK_INT(pairing_eligible(&s, &room, 1000), PAIRING_OFF_SHIFT);
}

static void test_cap_of_none(void)
{
	struct pairing_supporter s = ready(1);
	s.cap = 0;
	CHECK_INT(pairing_eligible(&s, NULL, 0), PAIRING_AT_CAP);
}

/* Who first. */

static void test_nobody(void)
{
	struct pairing_room room = waiting(1, 0);
	struct pairing_supporter absent = ready(1);
	absent.present = false;
	CHECK(pairing_run(&room, 1, NULL, 0, OFFER_MS, 1000) == INT64_MAX);
	CHECK_INT(room.offered_to, 0);
	CHECK(pairing_run(&room, 1, &absent, 1, OFFER_MS, 1000) == INT64_MAX);
	CHECK_INT(room.offered_to, 0);
	CHECK(pairing_run(NULL, 0, NULL, 0, OFFER_MS, 1000) == INT64_MAX);
}

static void test_one_of_each(void)
{
	struct pairing_room room = waiting(1, 0);
	struct pairing_supporter s = ready(7);
	CHECK_INT(pairing_run(&room, 1, &s, 1, OFFER_MS, 1000), 1000 + OFFER_MS);
	CHECK_INT(room.offered_to, 7);
	CHECK_INT(room.offered_ms, 1000);
	CHECK_INT(room.tried[0], 0); /* it is still his */
}

static void test_least_loaded_first(void)
{
	struct pairing_supporter s[] = {ready(1), ready(2), ready(3)};
	struct pairing_room room = waiting(1, 0);
	s[0].load = 2;
	s[1].load = 1;
	s[2].load = 2;
	s[0].idle_since_ms = 1; /* longest idle does not outweigh it */
	pairing_run(&room, 1, s, 3, OFFER_MS, 1000);
	CHECK_INT(room.offered_to, 2);
}

static void test_longest_idle_then_lower_account(void)
{
	struct pairing_supporter s[] = {ready(3), ready(1), ready(2)};
	struct pairing_room room = waiting(1, 0);
	s[2].idle_since_ms = 50;
	pairing_run(&room, 1, s, 3, OFFER_MS, 1000);
	CHECK_INT(room.offered_to, 2);

	room = waiting(1, 0);
	s[2].idle_since_ms = s[0].idle_since_ms;
	pairing_run(&room, 1, s, 3, OFFER_MS, 1000);
	CHECK_INT(room.offered_to, 1);
}

static void test_longest_wait_first(void)
{
	struct pairing_supporter s[] = {ready(1), ready(2)};
	struct pairing_room rooms[] = {waiting(1, 500), waiting(2, 400), waiting(3, 600)};
	s[1].idle_since_ms = 50; /* the better one */
	pairing_run(rooms, 3, s, 2, OFFER_MS, 1000);
	CHECK_INT(rooms[1].offered_to, 2);
	CHECK_INT(rooms[0].offered_to, 1);
}

static void test_flagged_before_longer_wait(void)
{
	struct pairing_supporter s[] = {ready(1), ready(2)};
	struct pairing_room rooms[] = {waiting(1, 400), waiting(2, 600), waiting(3, 500)};
	s[1].idle_since_ms = 50;
	rooms[1].flagged = true;
	pairing_run(rooms, 3, s, 2, OFFER_MS, 1000);
	CHECK_INT(rooms[1].offered_to, 2);
	CHECK_INT(rooms[0].offered_to, 1);
}

static void test_two_rooms_two_supporters(void)
{
	struct pairing_supporter s[] = {ready(1), ready(2)};
	struct pairing_room rooms[] = {waiting(1, 400), waiting(2, 500)};
	s[1].load = 2; /* free beats least loaded once the other holds an offer */
	CHECK_INT(pairing_run(rooms, 2, s, 2, OFFER_MS, 1000), 1000 + OFFER_MS);
	CHECK_INT(rooms[0].offered_to, 1);
	CHECK_INT(rooms[1].offered_to, 2);
}

static void test_one_supporter_many_rooms(void)
{
	struct pairing_supporter s = ready(1);
	struct pairing_room rooms[5];
	for (int i = 0; i < 5; i++) {
		rooms[i] = waiting(i + 1, i);
	}
	pairing_run(rooms, 5, &s, 1, OFFER_MS, 1000);
	for (int i = 0; i < 5; i++) {
		CHECK_INT(rooms[i].offered_to, 1);
	}
}

static void test_the_one_who_comes_relieves(void)
{
	struct pairing_supporter s[] = {ready(1), ready(2)};
	struct pairing_room rooms[] = {waiting(1, 400), waiting(2, 500), waiting(3, 600)};
	s[1].present = false;
	pairing_run(rooms, 3, s, 2, OFFER_MS, 1000);
	CHECK_INT(rooms[0].offered_to, 1);

	s[1].present = true;
	pairing_run(rooms, 3, s, 2, OFFER_MS, 3000);
	CHECK_INT(rooms[0].offered_to, 2); /* the longest wait moves */
	CHECK_INT(rooms[0].offered_ms, 3000);
	CHECK_INT(rooms[0].tried[0], 1);
	CHECK_INT(rooms[1].offered_to, 1);
	CHECK_INT(rooms[1].offered_ms, 1000);
	CHECK_INT(rooms[2].offered_to, 1);
}

static void test_relief_may_be_excluded(void)
{
	struct pairing_supporter s[] = {ready(1), ready(2)};
	struct pairing_room rooms[] = {waiting(1, 400), waiting(2, 500)};
	rooms[0].excluded[0] = 2;
	rooms[1].excluded[0] = 2;
	pairing_run(rooms, 2, s, 2, OFFER_MS, 1000);
	CHECK_INT(rooms[0].offered_to, 1);
	CHECK_INT(rooms[1].offered_to, 1);
}

static void test_a_new_room_leaves_standing_offers(void)
{
	struct pairing_supporter s[] = {ready(1), ready(2)};
	struct pairing_room rooms[] = {waiting(1, 400), waiting(2, 900)};
	pairing_run(rooms, 1, s, 2, OFFER_MS, 1000);
	rooms[1].flagged = true; /* even an urgent one */
	pairing_run(rooms, 2, s, 2, OFFER_MS, 2000);
	CHECK_INT(rooms[0].offered_to, 1);
	CHECK_INT(rooms[0].offered_ms, 1000);
	CHECK_INT(rooms[1].offered_to, 2);
}

/* Offers that end. */

static void test_stands_until_it_lapses(void)
{
	struct pairing_supporter s[] = {ready(1), ready(2)};
	struct pairing_room room = waiting(1, 0);
	pairing_run(&room, 1, s, 2, OFFER_MS, 1000);
	s[1].idle_since_ms = 1; /* better now, but it is 1's turn */
	CHECK_INT(pairing_run(&room, 1, s, 2, OFFER_MS, 1000 + OFFER_MS - 1), 1000 + OFFER_MS);
	CHECK_INT(room.offered_to, 1);
	CHECK_INT(pairing_run(&room, 1, s, 2, OFFER_MS, 1000 + OFFER_MS), 1000 + 2 * OFFER_MS);
	CHECK_INT(room.offered_to, 2);
	CHECK_INT(room.offered_ms, 1000 + OFFER_MS);
	CHECK_INT(room.tried[0], 1);
	CHECK_INT(room.tried[1], 0);
}

static void test_rounds(void)
{
	struct pairing_supporter s[] = {ready(1), ready(2), ready(3)};
	static const int64_t turns[] = {1, 2, 3, 1, 2, 3, 1};
	struct pairing_room room = waiting(1, 0);
	for (int64_t i = 0; i < (int64_t)COUNT(turns); i++) {
		CHECK_INT(pairing_run(&room, 1, s, 3, OFFER_MS, i * OFFER_MS), (i + 1) * OFFER_MS);
		CHECK_INT(room.offered_to, turns[i]);
	}
}

static void test_new_round_not_with_the_last(void)
{
	struct pairing_supporter s[] = {ready(1), ready(2)};
	struct pairing_room room = waiting(1, 0);
	pairing_run(&room, 1, s, 2, OFFER_MS, 0);
	pairing_run(&room, 1, s, 2, OFFER_MS, OFFER_MS);
	CHECK_INT(room.offered_to, 2);
	s[0].load = 1; /* 2 would be first now, but has just had it */
	pairing_run(&room, 1, s, 2, OFFER_MS, 2 * OFFER_MS);
	CHECK_INT(room.offered_to, 1);
	CHECK_INT(room.tried[0], 0); /* a new round */
	pairing_run(&room, 1, s, 2, OFFER_MS, 3 * OFFER_MS);
	CHECK_INT(room.offered_to, 2);
}

static void test_alone_it_comes_back(void)
{
	struct pairing_supporter s = ready(1);
	struct pairing_room room = waiting(1, 0);
	pairing_run(&room, 1, &s, 1, OFFER_MS, 0);
	CHECK_INT(pairing_run(&room, 1, &s, 1, OFFER_MS, OFFER_MS + 5), 2 * OFFER_MS + 5);
	CHECK_INT(room.offered_to, 1);
	CHECK_INT(room.offered_ms, OFFER_MS + 5);
}

static void test_holder_not_eligible_any_more(void)
{
	for (int reason = 0; reason < 8; reason++) {
		struct pairing_supporter s[] = {ready(1), ready(2)};
		struct pairing_room room = waiting(1, 0);
		pairing_run(&room, 1, s, 2, OFFER_MS, 1000);
		CHECK_INT(room.offered_to, 1);
		size_t count = 2;
		switch (reason) {
		case 0:
			s[0].rostered = false;
			break;
		case 1:
			s[0].cleared = false;
			break;
		case 2:
			s[0].present = false;
			break;
		case 3:
			s[0].taking = false;
			break;
		case 4:
			s[0].load = s[0].cap;
			break;
		case 5:
			s[0].cooldown_until_ms = 90000;
			break;
		case 6:
			room.excluded[0] = 1;
			break;
		default:
			s[0] = s[1]; /* signed out: not in the list at all */
			count = 1;
		}
		pairing_run(&room, 1, s, count, OFFER_MS, 2000);
		CHECK_INT(room.offered_to, 2);
		CHECK_INT(room.offered_ms, 2000);
		CHECK_INT(room.tried[0], 1); /* coming and going wins no second turn */
	}
}

static void test_holder_leaves_nobody_else(void)
{
	struct pairing_supporter s = ready(1);
	struct pairing_room room = waiting(1, 0);
	pairing_run(&room, 1, &s, 1, OFFER_MS, 1000);
	s.present = false;
	CHECK(pairing_run(&room, 1, &s, 1, OFFER_MS, 2000) == INT64_MAX);
	CHECK_INT(room.offered_to, 0);
	CHECK_INT(room.offered_ms, 0);
	s.present = true;
	CHECK_INT(pairing_run(&room, 1, &s, 1, OFFER_MS, 3000), 3000 + OFFER_MS);
	CHECK_INT(room.offered_to, 1);
}

static void test_lapsed_together_change_places(void)
{
	struct pairing_supporter s[] = {ready(1), ready(2)};
	struct pairing_room rooms[] = {waiting(1, 400), waiting(2, 500)};
	pairing_run(rooms, 2, s, 2, OFFER_MS, 1000);
	pairing_run(rooms, 2, s, 2, OFFER_MS, 1000 + OFFER_MS);
	CHECK_INT(rooms[0].offered_to, 2);
	CHECK_INT(rooms[1].offered_to, 1);
}

/* Rather a second turn than a second offer to somebody who holds one. */
static void test_free_again_before_busy(void)
{
	struct pairing_supporter s[] = {ready(1), ready(2)};
	struct pairing_room rooms[] = {waiting(1, 400), waiting(2, 500)};
	pairing_run(rooms, 1, s, 2, OFFER_MS, 1000);
	pairing_run(rooms, 2, s, 2, OFFER_MS, 2000);
	CHECK_INT(rooms[1].offered_to, 2);
	pairing_run(rooms, 2, s, 2, OFFER_MS, 1000 + OFFER_MS);
	CHECK_INT(rooms[0].offered_to, 1);
	CHECK_INT(rooms[0].tried[0], 0); /* a new round: it never was with 2 */
	CHECK_INT(rooms[1].offered_to, 2);
}

/* More supporters than a room remembers: one more than that take turns. */
static void test_more_than_remembered(void)
{
	enum {
		MANY = PAIRING_TRIED_MAX + 5
	};
	struct pairing_supporter s[MANY];
	struct pairing_room room = waiting(1, 0);
	for (int i = 0; i < MANY; i++) {
		s[i] = ready(i + 1);
	}
	for (int i = 0; i < 4 * MANY; i++) {
		pairing_run(&room, 1, s, MANY, OFFER_MS, i * INT64_C(45000));
		CHECK_INT(room.offered_to, i % (PAIRING_TRIED_MAX + 1) + 1);
	}
}

/* As many as are remembered: all of them have their turn in every round. */
static void test_as_many_as_remembered(void)
{
	struct pairing_supporter s[PAIRING_TRIED_MAX];
	struct pairing_room room = waiting(1, 0);
	for (int i = 0; i < PAIRING_TRIED_MAX; i++) {
		s[i] = ready(i + 1);
	}
	for (int i = 0; i < 3 * PAIRING_TRIED_MAX; i++) {
		pairing_run(&room, 1, s, PAIRING_TRIED_MAX, OFFER_MS, i * INT64_C(45000));
		CHECK_INT(room.offered_to, i % PAIRING_TRIED_MAX + 1);
	}
}

/* When to run again. */

static void test_next_run(void)
{
	struct pairing_supporter s[] = {ready(1), ready(2), ready(3)};
	struct pairing_room room = waiting(1, 0);
	s[1].cooldown_until_ms = 5000;
	s[2].cooldown_until_ms = 3000;
	s[2].rostered = false; /* its end changes nothing */
	CHECK_INT(pairing_run(&room, 1, s, 3, OFFER_MS, 1000), 5000);
	CHECK_INT(pairing_run(&room, 1, s, 3, OFFER_MS, 5000), 1000 + OFFER_MS);
}

static void test_far_future(void)
{
	struct pairing_supporter s = ready(1);
	struct pairing_room room = waiting(1, 0);
	CHECK(pairing_run(&room, 1, &s, 1, INT64_MAX, 1000) == INT64_MAX);
	CHECK_INT(room.offered_to, 1);
	CHECK(pairing_run(&room, 1, &s, 1, INT64_MAX, INT64_MAX - 1) == INT64_MAX);
	CHECK_INT(room.offered_ms, 1000);
}

/* Random worlds. */

enum {
	ROOMS_MAX = 24,
	SUPPORTERS_MAX = 12
};

struct world {
	struct pairing_room rooms[ROOMS_MAX];
	size_t rooms_count;
	struct pairing_supporter supporters[SUPPORTERS_MAX];
	size_t supporters_count;
	int64_t now_ms, next_id;
};

static void change_supporter(struct pairing_supporter *s, struct random *random, int64_t now_ms)
{
	s->rostered = random_chance(random, 85);
	s->cleared = random_chance(random, 95);
	s->present = random_chance(random, 85);
	s->taking = random_chance(random, 90);
	s->load = (unsigned)random_below(random, 4);
	s->cap = 1 + (unsigned)random_below(random, 4);
	s->idle_since_ms = random_below(random, 20);
	s->cooldown_until_ms = random_chance(random, 20) ? now_ms + random_below(random, 90000) : 0;
}

static void change_world(struct world *world, struct random *random)
{
	world->now_ms += random_below(random, 3) * random_below(random, OFFER_MS);
	for (size_t i = 0; i < world->supporters_count; i++) {
		if (random_chance(random, 15)) {
			change_supporter(&world->supporters[i], random, world->now_ms);
		}
	}
	for (size_t i = world->rooms_count; i-- > 0;) {
		if (random_chance(random, 8)) { /* taken */
			world->rooms[i] = world->rooms[--world->rooms_count];
		}
	}
	while (world->rooms_count < ROOMS_MAX && random_chance(random, 50)) {
		struct pairing_room *room = &world->rooms[world->rooms_count++];
		*room = waiting(++world->next_id, world->now_ms - random_below(random, 5));
		room->flagged = random_chance(random, 15);
		for (int i = 0; i < 3 && random_chance(random, 25); i++) {
			room->excluded[i] = 1 + random_below(random, SUPPORTERS_MAX);
		}
	}
}

static struct pairing_supporter *supporter_of(struct world *world, int64_t account)
{
	for (size_t i = 0; i < world->supporters_count; i++) {
		if (world->supporters[i].account == account) {
			return &world->supporters[i];
		}
	}
	return NULL;
}

static unsigned held_by(const struct world *world, int64_t account)
{
	unsigned held = 0;
	for (size_t i = 0; i < world->rooms_count; i++) {
		held += world->rooms[i].offered_to == account;
	}
	return held;
}

static bool better(const struct pairing_supporter *a, const struct pairing_supporter *b)
{
	if (a->load != b->load) {
		return a->load < b->load;
	}
	if (a->idle_since_ms != b->idle_since_ms) {
		return a->idle_since_ms < b->idle_since_ms;
	}
	return a->account < b->account;
}

static bool sooner(const struct pairing_room *a, const struct pairing_room *b)
{
	if (a->flagged != b->flagged) {
		return a->flagged;
	}
	return a->since_ms != b->since_ms ? a->since_ms < b->since_ms : a->id < b->id;
}

static bool plain(const struct pairing_room *room)
{
	return room->tried[0] == 0 && room->excluded[0] == 0;
}

static void check_rules(struct world *before, struct world *world, int64_t next_ms)
{
	for (size_t r = 0; r < world->rooms_count; r++) {
		struct pairing_room *room = &world->rooms[r];
		struct pairing_supporter *holder = supporter_of(world, room->offered_to);
		bool anybody = false, free_one = false;
		for (size_t i = 0; i < world->supporters_count; i++) {
			struct pairing_supporter *s = &world->supporters[i];
			if (pairing_eligible(s, room, world->now_ms) == PAIRING_ELIGIBLE) {
				anybody = true;
				free_one = free_one || held_by(world, s->account) == 0;
			}
		}
		/* An offer exactly when somebody may take the room, to one who may, in its time. */
		CHECK_INT(room->offered_to != 0, anybody);
		if (room->offered_to == 0) {
			continue;
		}
		REQUIRE(holder != NULL);
		CHECK_INT(pairing_eligible(holder, room, world->now_ms), PAIRING_ELIGIBLE);
		CHECK(room->offered_ms <= world->now_ms);
		CHECK(room->offered_ms + OFFER_MS > world->now_ms);
		CHECK(next_ms > world->now_ms && next_ms <= room->offered_ms + OFFER_MS);
		/* Nobody holds two while somebody else is free. */
		CHECK(!(held_by(world, room->offered_to) >= 2 && free_one));
		/* Not again to one who had it in this round. */
		for (int i = 0; i < PAIRING_TRIED_MAX && room->tried[i] != 0; i++) {
			CHECK(room->tried[i] != room->offered_to);
		}
		/* A standing offer is only taken away with a reason. */
		struct pairing_room *was = &before->rooms[r];
		struct pairing_supporter *had = supporter_of(before, was->offered_to);
		if (had != NULL && room->offered_to != was->offered_to &&
			was->offered_ms + OFFER_MS > world->now_ms &&
			pairing_eligible(had, room, world->now_ms) == PAIRING_ELIGIBLE) {
			CHECK(held_by(world, had->account) >= 1); /* it held two */
			CHECK_INT(held_by(world, room->offered_to), 1); /* it was free */
		}
		/* Longest wait first: of two rooms offered now for the first time, without
		 * exclusions, the sooner one has the better of two who held nothing. */
		for (size_t q = 0; q < world->rooms_count; q++) {
			struct pairing_room *other = &world->rooms[q];
			if (other->offered_to != 0 && other->offered_to != room->offered_to &&
				before->rooms[q].offered_to == 0 && was->offered_to == 0 &&
				held_by(world, room->offered_to) == 1 &&
				held_by(world, other->offered_to) == 1 && plain(room) &&
				plain(other) && sooner(room, other)) {
				CHECK(better(holder, supporter_of(world, other->offered_to)));
			}
		}
	}
}

static struct world make_world(struct random *random)
{
	struct world world = {
		.supporters_count = (size_t)random_below(random, SUPPORTERS_MAX + 1),
		.now_ms = 1000000,
	};
	for (size_t i = 0; i < world.supporters_count; i++) {
		world.supporters[i].account = (int64_t)i + 1;
		change_supporter(&world.supporters[i], random, world.now_ms);
	}
	return world;
}

static int64_t run(struct world *world)
{
	return pairing_run(world->rooms, world->rooms_count, world->supporters,
		world->supporters_count, OFFER_MS, world->now_ms);
}

static void test_rules_hold_in_random_worlds(void)
{
	struct random random = {.state = 33};
	for (int round = 0; round < 300 && !tap_this_failed; round++) {
		struct world world = make_world(&random);
		for (int step = 0; step < 60 && !tap_this_failed; step++) {
			change_world(&world, &random);
			struct world before = world;
			int64_t next_ms = run(&world);
			check_rules(&before, &world, next_ms);

			/* Nothing new: nothing changes. */
			struct world again = world;
			CHECK_INT(run(&again), next_ms);
			CHECK(memcmp(&again, &world, sizeof(world)) == 0);
		}
	}
}

static void shuffle(struct world *world, struct random *random)
{
	for (size_t i = world->rooms_count; i > 1; i--) {
		size_t j = (size_t)random_below(random, (int64_t)i);
		struct pairing_room room = world->rooms[i - 1];
		world->rooms[i - 1] = world->rooms[j];
		world->rooms[j] = room;
	}
	for (size_t i = world->supporters_count; i > 1; i--) {
		size_t j = (size_t)random_below(random, (int64_t)i);
		struct pairing_supporter supporter = world->supporters[i - 1];
		world->supporters[i - 1] = world->supporters[j];
		world->supporters[j] = supporter;
	}
}

static void test_order_of_arrays_does_not_matter(void)
{
	struct random random = {.state = 34};
	for (int round = 0; round < 100; round++) {
		struct world world = make_world(&random);
		for (int step = 0; step < 30; step++) {
			change_world(&world, &random);
			struct world other = world;
			shuffle(&other, &random);
			CHECK_INT(run(&world), run(&other));
			for (size_t i = 0; i < world.rooms_count; i++) {
				for (size_t j = 0; j < other.rooms_count; j++) {
					if (world.rooms[i].id == other.rooms[j].id) {
						CHECK(memcmp(&world.rooms[i], &other.rooms[j],
							      sizeof(other.rooms[j])) == 0);
					}
				}
			}
		}
	}
}

/* Nobody answers, nobody leaves: in every round each eligible supporter has one turn. */
static void test_everyone_has_a_turn(void)
{
	struct random random = {.state = 35};
	for (int attempt = 0; attempt < 500; attempt++) {
		struct world world = make_world(&random);
		do {
			change_world(&world, &random);
		} while (world.rooms_count == 0);
		world.rooms_count = 1;
		int64_t eligible = 0;
		for (size_t i = 0; i < world.supporters_count; i++) {
			world.supporters[i].cooldown_until_ms = 0;
			eligible += pairing_eligible(&world.supporters[i], &world.rooms[0],
					    world.now_ms) == PAIRING_ELIGIBLE;
		}
		for (int round = 0; round < 3; round++) {
			bool had[SUPPORTERS_MAX + 1] = {false};
			for (int64_t turn = 0; turn < eligible; turn++) {
				run(&world);
				CHECK(!had[world.rooms[0].offered_to]);
				had[world.rooms[0].offered_to] = true;
				world.now_ms += OFFER_MS;
			}
			CHECK(!had[0]);
		}
	}
}

/* Thousands: the size the contract names, checked for sense (and for time by whoever watches). */
static void test_thousands(void)
{
	enum {
		MANY = 4000
	};
	struct pairing_room *rooms = calloc(MANY, sizeof(*rooms));
	struct pairing_supporter *s = calloc(MANY, sizeof(*s));
	REQUIRE(rooms != NULL && s != NULL);
	for (int i = 0; i < MANY; i++) {
		rooms[i] = waiting(i + 1, (i * 7919) % MANY);
		s[i] = ready(i + 1);
		s[i].idle_since_ms = (i * 104729) % MANY;
	}
	CHECK_INT(pairing_run(rooms, MANY, s, MANY, OFFER_MS, 10000), 10000 + OFFER_MS);
	for (int i = 0; i < MANY; i++) { /* the k-th longest wait to the k-th longest idle */
		CHECK_INT(s[rooms[i].offered_to - 1].idle_since_ms, rooms[i].since_ms);
	}
	free(rooms);
	free(s);
}

int main(void)
{
	RUN(test_each_reason);
	RUN(test_cap_of_none);
	RUN(test_nobody);
	RUN(test_one_of_each);
	RUN(test_least_loaded_first);
	RUN(test_longest_idle_then_lower_account);
	RUN(test_longest_wait_first);
	RUN(test_flagged_before_longer_wait);
	RUN(test_two_rooms_two_supporters);
	RUN(test_one_supporter_many_rooms);
	RUN(test_the_one_who_comes_relieves);
	RUN(test_relief_may_be_excluded);
	RUN(test_a_new_room_leaves_standing_offers);
	RUN(test_stands_until_it_lapses);
	RUN(test_rounds);
	RUN(test_new_round_not_with_the_last);
	RUN(test_alone_it_comes_back);
	RUN(test_holder_not_eligible_any_more);
	RUN(test_holder_leaves_nobody_else);
	RUN(test_lapsed_together_change_places);
	RUN(test_free_again_before_busy);
	RUN(test_more_than_remembered);
	RUN(test_as_many_as_remembered);
	RUN(test_next_run);
	RUN(test_far_future);
	RUN(test_rules_hold_in_random_worlds);
	RUN(test_order_of_arrays_does_not_matter);
	RUN(test_everyone_has_a_turn);
	RUN(test_thousands);
	return tap_done();
}
