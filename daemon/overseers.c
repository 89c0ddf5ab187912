/*
 * The turns of those who read the oversight feed. A commit is written to the people in the room at
 * once; hundreds of counselors' pages come after it, some in each turn of the loop, with the
 * sockets between, so that nobody's words wait for all of them. Everyone is come to once a round,
 * and pulls whatever there is by then.
 *
 * What a round costs is its sends, more than what is in them. So one rests until the one before is
 * ROUND_MS old, BUSY_ROUND_MS where that one had much to tell, and what comes meanwhile is packed
 * once, in one frame for all. A page is drawn no sooner, and what comes after a silence waits for
 * nothing.
 */
#include "daemon/overseers.h"

#include "daemon/feed.h"
#include "daemon/journal.h"
#include "daemon/server.h"
#include "daemon/session.h"

enum {
	AT_ONCE = 16, /* a tenth of a millisecond */
	ROUND_MS = 4,
	BUSY_ROUND_MS = 16,
	BUSY_EVENTS = 4, /* of a round */
};

static void begin_round(struct server *server);

static void on_turn(uv_idle_t *turns)
{
	struct server *server = turns->data;
	unsigned woken = 0;
	while (server->overseers_at != NULL && woken < AT_ONCE) {
		struct subscription *at = server->overseers_at;
		server->overseers_at = at->next;
		if (at->cursor < server->oversight.newest) {
			woken++;
			subscription_wake(at);
		}
	}
	if (server->overseers_at == NULL) {
		uv_idle_stop(turns);
		if (server->overseers_again) {
			begin_round(server);
		}
	}
}

static void on_rested(uv_timer_t *rest)
{
	begin_round(rest->data);
}

/* Or rests first. */
static void begin_round(struct server *server)
{
	uint64_t now_ms = uv_now(server->loop);
	if (now_ms < server->overseers_rest_ms) {
		uv_timer_start(
			&server->overseers_rest, on_rested, server->overseers_rest_ms - now_ms, 0);
		return;
	}
	journal_publish_pack(server);
	server->overseers_again = false;
	server->overseers_at = server->oversight.subscribers;
	if (server->overseers_at != NULL) {
		bool busy = server->oversight.newest - server->overseers_newest >= BUSY_EVENTS;
		server->overseers_newest = server->oversight.newest;
		server->overseers_rest_ms = now_ms + (busy ? BUSY_ROUND_MS : ROUND_MS);
		uv_idle_start(&server->overseers_turns, on_turn);
	}
}

static bool is_round_under_way(const struct server *server)
{
	return uv_is_active((const uv_handle_t *)&server->overseers_turns);
}

void overseers_wake(struct server *server)
{
	if (server->oversight.subscribers == NULL) {
		journal_publish_pack(server); /* who comes later reads the file */
	} else if (server->journal.durable_seq == server->overseers_newest) {
		return;
	} else if (is_round_under_way(server)) {
		server->overseers_again = true;
	} else if (!overseers_are_being_told(server)) {
		begin_round(server);
	}
}

bool overseers_are_being_told(const struct server *server)
{
	return is_round_under_way(server) ||
	       uv_is_active((const uv_handle_t *)&server->overseers_rest);
}

void overseers_forget(struct server *server, const struct subscription *subscription)
{
	if (server->overseers_at == subscription) {
		server->overseers_at = subscription->next;
	}
}
