/* Fair shares by bucket: what is counted for whom, also for more addresses than have their own. */
#include "daemon/shared.h"

#include "daemon/config.h"
#include "daemon/server.h"
#include "daemon/transport.h"
#include "tests/unit/tap.h"

enum {
	SHARES = 65536, /* SHARED_MAX */
	NOW = 600000,
	CREDITS = 100,
};

static struct server server;
static struct config config;

/* Instead of transport.c's. */
void transport_set_bucket_key(struct transport *transport, const uint8_t key[16])
{
	(void)transport;
	(void)key;
}

static void set_up(void)
{
	config = (struct config){.shared_credits = CREDITS,
		.shared_credits_per_s = 1,
		.total_credits = 1,
		.total_credits_per_s = 1};
	server = (struct server){.config = &config};
}

static bool takes(uint64_t bucket, unsigned credits)
{
	int64_t wait_ms;
	return shared_take(&server, bucket, credits, NOW, &wait_ms);
}

static void test_who_has_had_its_share_waits(void)
{
	set_up();
	CHECK(takes(1, CREDITS));
	CHECK(!takes(1, 1));
	CHECK(takes(2, CREDITS)); /* others have theirs */
	int64_t wait_ms = 0;
	CHECK(shared_take_form(&server, 1, CREDITS, NOW, &wait_ms)); /* and forms are apart */
	CHECK(!shared_take_form(&server, 1, 1, NOW, &wait_ms));
	CHECK_INT(wait_ms, 1000);
	shared_finish(&server);
}

static void test_rooms_of_each(void)
{
	set_up();
	CHECK_INT(shared_rooms(&server, 1, NOW), 0);
	shared_note_room(&server, 1, NOW);
	shared_note_room(&server, 1, NOW);
	shared_note_room(&server, 2, NOW);
	CHECK_INT(shared_rooms(&server, 1, NOW), 2);
	CHECK_INT(shared_rooms(&server, 2, NOW), 1);
	CHECK_INT(shared_rooms(&server, 3, NOW), 0);
	shared_finish(&server);
}

/* More than that share one, and what is counted for them is found there too. */
static void test_more_addresses_than_shares(void)
{
	set_up();
	for (uint64_t bucket = 1; bucket <= SHARES; bucket++) {
		takes(bucket, 1);
	}
	CHECK_INT(shared_rooms(&server, SHARES + 1, NOW), 0);
	shared_note_room(&server, SHARES + 1, NOW);
	shared_note_room(&server, SHARES + 2, NOW);
	CHECK_INT(shared_rooms(&server, SHARES + 1, NOW), 2);
	CHECK_INT(shared_rooms(&server, SHARES + 3, NOW), 2);
	CHECK_INT(shared_rooms(&server, 1, NOW), 0);
	CHECK_INT((long long)server.shared.count, SHARES + 1);
	shared_finish(&server);
}

int main(void)
{
	RUN(test_who_has_had_its_share_waits);
	RUN(test_rooms_of_each);
	RUN(test_more_addresses_than_shares);
	return tap_done();
}
