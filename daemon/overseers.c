/*
 * The turns of those who read the oversight feed. A commit is written to the people in the room at
 * once; hundreds of counselors' pages come after it, some in each turn of the loop, with the
 * sockets between, so that nobody's words wait for all of them. Everyone is come to once a round,
 * and pulls whatever there is by then.
 */
#include "daemon/overseers.h"

#include "daemon/feed.h"
#include "daemon/server.h"
#include "daemon/session.h"

enum {
	AT_ONCE = 16 /* a tenth of a millisecond */
};

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
	if (server->overseers_at == NULL && server->overseers_again) {
		server->overseers_again = false;
		server->overseers_at = server->oversight.subscribers;
	}
	if (server->overseers_at == NULL) {
		uv_idle_stop(turns);
	}
}

void overseers_wake(struct server *server)
{
	if (overseers_are_being_told(server)) {
		server->overseers_again = true;
	} else if (server->oversight.subscribers != NULL) {
		server->overseers_at = server->oversight.subscribers;
		uv_idle_start(&server->overseers_turns, on_turn);
	}
}

bool overseers_are_being_told(const struct server *server)
{
	return uv_is_active((const uv_handle_t *)&server->overseers_turns);
}

void overseers_forget(struct server *server, const struct subscription *subscription)
{
	if (server->overseers_at == subscription) {
		server->overseers_at = subscription->next;
	}
}
