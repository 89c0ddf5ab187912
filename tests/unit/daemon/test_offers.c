/* Whose turn it is when far more wait than can be paired at once. */
#include "daemon/assets.h"
#include "daemon/clock.h"
#include "daemon/config.h"
#include "daemon/offers.h"
#include "daemon/room.h"
#include "daemon/server.h"
#include "daemon/staff.h"
#include "tests/unit/tap.h"

enum {
	ROOMS = 5003, /* a prime: the walk below meets every one */
	STEP = 1709,
	PEERS = 3,
};

/* The library asks for files to serve; here are none. */
const struct asset assets_table[1];
const size_t assets_count = 0;

static struct config config = {.offer_ms = 30000, .cap = 3};
static struct staff staff;
static struct server server = {.config = &config, .staff = &staff};
static struct room rooms[ROOMS];
static struct account peers[PEERS];

/* rooms[i] waits since the i-th moment; the list is in no order. */
static void set_up(void)
{
	server.rooms.list = NULL;
	int64_t first = clock_mono_ms() - ROOMS - 10;
	for (size_t i = 0, at = 0; i < ROOMS; i++, at = (at + STEP) % ROOMS) {
		rooms[at] = (struct room){
			.id = (int64_t)at + 1,
			.next = server.rooms.list,
			.asked_mono = (first > 0 ? first : 1) + (int64_t)at,
			.durable = {.phase = WIRE_PHASE_WAITING,
				.audience = WIRE_AUDIENCE_NOW,
				.n = 1},
		};
		server.rooms.list = &rooms[at];
	}
	staff.accounts = NULL;
	for (size_t i = 0; i < PEERS; i++) {
		peers[i] = (struct account){
			.row = {.id = (int64_t)i + 1, .role = WIRE_ROLE_SUPPORTER},
			.next = staff.accounts,
			.rostered = true,
			.consoles = 1,
		};
		staff.accounts = &peers[i];
	}
}

static void test_longest_wait_first(void)
{
	set_up();
	offers_refresh(&server);
	size_t first_without = 0, offered = 0;
	for (size_t i = 0; i < ROOMS; i++) {
		offered += rooms[i].offered_to != 0;
		first_without += rooms[i].offered_to != 0 && first_without == i;
	}
	CHECK(offered >= 50); /* as many as a list shows */
	CHECK(offered < ROOMS);
	CHECK_INT(first_without, offered); /* none but those that wait longest */
}

static void test_no_offer_stays_out_of_turn(void)
{
	set_up();
	rooms[ROOMS - 1].offered_to = 1;
	rooms[ROOMS - 1].offered_mono = clock_mono_ms();
	offers_refresh(&server);
	CHECK_INT(rooms[ROOMS - 1].offered_to, 0);
}

static void test_flagged_before_a_longer_wait(void)
{
	set_up();
	rooms[ROOMS - 1].flag.up = true;
	rooms[ROOMS - 3].flag.up = true;
	offers_refresh(&server);
	CHECK(rooms[ROOMS - 1].offered_to != 0);
	CHECK(rooms[ROOMS - 3].offered_to != 0);
	CHECK_INT(rooms[ROOMS - 2].offered_to, 0);
}

int main(void)
{
	RUN(test_longest_wait_first);
	RUN(test_no_offer_stays_out_of_turn);
	RUN(test_flagged_before_a_longer_wait);
	return tap_done();
}
