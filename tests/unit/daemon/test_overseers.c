/* The turns of the oversight feed's readers: some at once, all of them, nobody twice in a round. */
#include "daemon/feed.h"
#include "daemon/journal.h"
#include "daemon/overseers.h"
#include "daemon/server.h"
#include "daemon/session.h"
#include "tests/unit/tap.h"

#include <uv.h>

enum {
	READERS = 100,
	FEW = 32 /* more than this in one turn, and a message waits too long */
};

static struct server server;
static uv_loop_t loop;
static struct subscription readers[READERS];
static int woken[READERS];
static int woken_in_all;
static bool pulls; /* whoever is woken takes what there is */
static struct subscription *leaves; /* when the next one is woken; NULL: nobody */

/* Instead of subscription.c's. */
void subscription_wake(struct subscription *subscription)
{
	woken[subscription - readers]++;
	woken_in_all++;
	if (pulls) {
		subscription->cursor = server.oversight.newest;
	}
	if (leaves != NULL) {
		overseers_forget(&server, leaves);
		feed_unsubscribe(leaves);
		leaves = NULL;
	}
}

/* Instead of journal.c's: what was committed and not yet published. */
void journal_publish_pack(struct server *for_server)
{
	struct journal *journal = &for_server->journal;
	if (journal->pack_to != 0) {
		int64_t to = journal->pack_to;
		journal->pack_to = 0;
		feed_publish(&for_server->oversight, NULL, for_server->oversight.newest + 1, to, 0);
	}
}

static void set_up(void)
{
	server = (struct server){.loop = &loop};
	uv_loop_init(&loop);
	uv_idle_init(&loop, &server.overseers_turns);
	uv_timer_init(&loop, &server.overseers_rest);
	server.overseers_turns.data = server.overseers_rest.data = &server;
	feed_init(&server.oversight, 8, true, 0);
	for (int i = 0; i < READERS; i++) {
		readers[i] = (struct subscription){.until = INT64_MAX};
		feed_subscribe(&server.oversight, &readers[i]);
		woken[i] = 0;
	}
	woken_in_all = 0;
	pulls = true;
}

static void tear_down(void)
{
	for (int i = 0; i < READERS; i++) {
		feed_unsubscribe(&readers[i]);
	}
	feed_finish(&server.oversight);
	uv_close((uv_handle_t *)&server.overseers_turns, NULL);
	uv_close((uv_handle_t *)&server.overseers_rest, NULL);
	uv_run(&loop, UV_RUN_DEFAULT);
	CHECK_INT(uv_loop_close(&loop), 0);
}

static void commit(int events)
{
	server.journal.durable_seq += events;
	server.journal.pack_to = server.journal.durable_seq;
	overseers_wake(&server);
}

/* How many one turn of the loop wakes. */
static int take_turn(void)
{
	int before = woken_in_all;
	uv_run(&loop, UV_RUN_NOWAIT);
	return woken_in_all - before;
}

static bool each_was_woken(int times)
{
	for (int i = 0; i < READERS; i++) {
		if (woken[i] != times) {
			return false;
		}
	}
	return true;
}

static void test_a_few_a_turn_and_all_of_them(void)
{
	set_up();
	commit(1);
	CHECK_INT(woken_in_all, 0); /* who is in the room comes first */
	while (overseers_are_being_told(&server)) {
		int now = take_turn();
		CHECK(now > 0 && now <= FEW);
	}
	CHECK(each_was_woken(1));
	CHECK_INT(take_turn(), 0);
	tear_down();
}

static void test_what_comes_meanwhile_reaches_all(void)
{
	set_up();
	commit(1);
	take_turn();
	commit(1);
	while (overseers_are_being_told(&server)) {
		take_turn();
	}
	for (int i = 0; i < READERS; i++) {
		CHECK_INT(readers[i].cursor, 2);
	}
	CHECK(each_was_woken(2));
	tear_down();
}

/* A round that follows another rests, and brings all that came meanwhile. */
static void test_between_rounds_is_a_rest(void)
{
	enum {
		MESSAGES = 5
	};
	set_up();
	commit(1);
	while (woken_in_all < READERS) {
		take_turn();
	}
	server.overseers_rest_ms = uv_now(&loop) + 1; /* however long those turns took */
	for (int i = 0; i < MESSAGES; i++) {
		commit(1);
		CHECK(overseers_are_being_told(&server));
		CHECK_INT(server.oversight.newest, 1); /* it is packed on */
	}
	/* The loop's clock stands still: nothing is due. */
	uv_timer_t *rest = &server.overseers_rest;
	CHECK(uv_is_active((uv_handle_t *)rest));
	CHECK(uv_timer_get_due_in(rest) > 0);
	CHECK_INT(uv_timer_get_repeat(rest), 0);
	CHECK_INT(woken_in_all, READERS);
	while (overseers_are_being_told(&server)) {
		take_turn();
	}
	CHECK(each_was_woken(2));
	CHECK_INT(readers[0].cursor, 1 + MESSAGES);
	tear_down();
}

/* The rest after a round is longer where there was much to tell, and short again after little. */
static void test_much_to_tell_is_told_more_rarely(void)
{
	enum {
		QUIET_MS = 4,
		BUSY_MS = 16,
		MUCH = 4
	};
	set_up();
	for (int busy = 1; busy >= 0; busy--) {
		server.overseers_rest_ms = 0;
		commit(busy ? MUCH : MUCH - 1);
		CHECK_INT(server.overseers_rest_ms - uv_now(&loop), busy ? BUSY_MS : QUIET_MS);
		while (overseers_are_being_told(&server)) {
			take_turn();
		}
	}
	CHECK(each_was_woken(2));
	tear_down();
}

/* Something new before every turn, and nobody who takes it: still everyone is come to. */
static void test_nobody_starves(void)
{
	set_up();
	pulls = false;
	for (int i = 0; i < READERS; i++) {
		commit(1);
		take_turn();
	}
	for (int i = 0; i < READERS; i++) {
		CHECK(woken[i] >= woken_in_all / READERS - 1);
	}
	tear_down();
}

static void test_who_leaves_amid_a_round(void)
{
	set_up();
	struct subscription *first = server.oversight.subscribers;
	leaves = first->next; /* whose turn it is then */
	int left = (int)(leaves - readers);
	commit(1);
	while (overseers_are_being_told(&server)) {
		take_turn();
	}
	CHECK_INT(woken[left], 0);
	CHECK_INT(woken_in_all, READERS - 1);
	tear_down();
}

static void test_without_readers_the_loop_rests(void)
{
	set_up();
	for (int i = 0; i < READERS; i++) {
		feed_unsubscribe(&readers[i]);
	}
	commit(1);
	CHECK(!overseers_are_being_told(&server));
	CHECK_INT(server.oversight.newest, 1);
	tear_down();
}

int main(void)
{
	RUN(test_a_few_a_turn_and_all_of_them);
	RUN(test_what_comes_meanwhile_reaches_all);
	RUN(test_between_rounds_is_a_rest);
	RUN(test_much_to_tell_is_told_more_rarely);
	RUN(test_nobody_starves);
	RUN(test_who_leaves_amid_a_round);
	RUN(test_without_readers_the_loop_rests);
	return tap_done();
}
