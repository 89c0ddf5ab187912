/* A connected page: bytes in, frames out, subscriptions. */
#include "daemon/session.h"

#include "daemon/arrival.h"
#include "daemon/audit.h"
#include "daemon/clock.h"
#include "daemon/config.h"
#include "daemon/desk.h"
#include "daemon/dispatch.h"
#include "daemon/frame.h"
#include "daemon/journal.h"
#include "daemon/log.h"
#include "daemon/rooms.h"
#include "daemon/server.h"
#include "daemon/staff.h"
#include "daemon/xalloc.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

const struct rate_limit session_calm = {.capacity = 150, .per_s = 3};

/* ---- life ---- */

static void join_account(struct session *session, struct login *login)
{
	struct account *account = login->account;
	session->login = login;
	session->account = account;
	session->role = (uint8_t)account->row.role;
	login->sockets++;
	session->next_of_account = account->sessions;
	session->link_of_account = &account->sessions;
	if (account->sessions != NULL) {
		account->sessions->link_of_account = &session->next_of_account;
	}
	account->sessions = session;
}

struct session *session_create(struct server *server, const struct session_peer *peer, int *refusal)
{
	if (server->draining) {
		*refusal = CLOSE_GOING_AWAY;
		return NULL;
	}
	struct login *login =
		peer->cookie != NULL ? staff_login_of_cookie(server, peer->cookie) : NULL;
	if (login != NULL && login->sockets >= STAFF_SOCKETS_MAX) {
		*refusal = CLOSE_TRY_LATER;
		return NULL;
	}
	struct session *session = xcalloc(1, sizeof(*session));
	session->id = ++server->session_ids;
	session->server = server;
	session->wire = peer->wire;
	session->wake = peer->wake;
	session->control = peer->control;
	session->greeted = peer->control;
	session->role = peer->control ? WIRE_ROLE_OPERATOR : WIRE_ROLE_VISITOR;
	session->page = peer->control ? WIRE_PAGE_CONTROL : WIRE_PAGE_VISITOR;
	session->bucket = peer->bucket;
	session->arrival = peer->details != NULL ? arrival_hold(peer->details) : NULL;
	session->replies_end = &session->replies;
	session->ready_end = &session->ready;
	struct rate_limit limit = {server->config->credits, server->config->credits_per_s};
	session->created_mono = clock_mono_ms();
	rate_init(&session->rate, &limit, session->created_mono);
	rate_init(&session->calm, &session_calm, session->created_mono);
	session->next = server->sessions;
	session->link = &server->sessions;
	if (session->next != NULL) {
		session->next->link = &session->next;
	}
	server->sessions = session;
	server->session_count++;
	idmap_put(&server->sessions_by_id, session->id, session);
	if (login != NULL) {
		join_account(session, login);
	}
	return session;
}

/* What an overseer was shown since hello. */
static void note_sitting(const struct session *session)
{
	char detail[80];
	snprintf(detail, sizeof(detail), "Closed; events %" PRId64 " to %" PRId64 ".",
		session->sitting->from + 1, session->server->journal.durable_seq);
	const struct audit_entry entry = {
		.what = WIRE_AUDIT_WALL,
		.account = session->account->row.id,
		.detail = detail,
	};
	audit_add(session->server, &entry, NULL, NULL);
}

void session_leave_account(struct session *session)
{
	struct account *account = session->account;
	*session->link_of_account = session->next_of_account;
	if (session->next_of_account != NULL) {
		session->next_of_account->link_of_account = session->link_of_account;
	}
	if (session->greeted && session->page == WIRE_PAGE_CONSOLE) {
		account->consoles--;
		if (account->consoles == 0) {
			account->gone_mono = clock_mono_ms();
		}
	} else if (session->greeted && session->page == WIRE_PAGE_OVERSIGHT) {
		note_sitting(session);
		account->overseers--;
		if (account->overseers == 0) {
			account->gone_mono = clock_mono_ms();
		}
	}
	if (session->login != NULL) {
		session->login->sockets--;
	}
	session->account = NULL;
	session->login = NULL;
}

static void undefer(struct session *session)
{
	if (session->is_deferred) {
		struct session **link = &session->server->deferred;
		while (*link != session) {
			link = &(*link)->next_deferred;
		}
		*link = session->next_deferred;
		if (*link == NULL) {
			session->server->deferred_end = link;
		}
	}
}

void session_destroy(struct session *session)
{
	if (session == NULL) {
		return;
	}
	struct server *server = session->server;
	struct account *account = session->account;
	while (session->subscriptions != NULL) {
		subscription_drop(&session->subscriptions);
	}
	if (session->oversight != NULL) {
		subscription_drop(&session->oversight);
	}
	session_bind_token(session, NULL);
	if (account != NULL) {
		session_leave_account(session);
		for (struct room *room = server->rooms.list; room != NULL; room = room->next) {
			if (room_has(room, account->row.id)) {
				rooms_state_changed(server, room);
			}
		}
		server_refresh_soon(server);
	}
	session_drop_waiting(session);
	arrival_forget(session->arrival);
	escrow_arrival_drop(session->sealed);
	undefer(session);
	frame_unref(session->current);
	idmap_remove(&server->sessions_by_id, session->id);
	*session->link = session->next;
	if (session->next != NULL) {
		session->next->link = session->link;
	}
	server->session_count--;
	free(session->partial);
	free(session->sitting);
	free(session);
}

void session_wake(struct session *session)
{
	struct server *server = session->server;
	if (session->pulling || session->is_deferred) {
		return;
	}
	if (!server->defers_wakes) {
		session->wake(session->wire);
		return;
	}
	session->is_deferred = true;
	session->next_deferred = NULL;
	*server->deferred_end = session;
	server->deferred_end = &session->next_deferred;
}

void session_defer_wakes(struct server *server)
{
	server->defers_wakes = true;
	server->deferred_end = &server->deferred;
}

void session_wake_deferred(struct server *server)
{
	server->defers_wakes = false;
	while (server->deferred != NULL) {
		struct session *session = server->deferred;
		server->deferred = session->next_deferred;
		if (server->deferred == NULL) {
			server->deferred_end = &server->deferred;
		}
		session->is_deferred = false;
		session->wake(session->wire);
	}
}

void session_close(struct session *session, int code, bool hurried)
{
	if (session->close_code != 0) {
		return;
	}
	session->close_code = (uint16_t)code;
	if (hurried) {
		session_drop_waiting(session);
		while (session->subscriptions != NULL) {
			subscription_drop(&session->subscriptions);
		}
	}
	session_wake(session);
}

int session_close_wanted(const struct session *session)
{
	return session->close_code;
}

enum session_standing session_standing(const struct session *session)
{
	if (session->login != NULL || session->control) {
		return SESSION_BUSY;
	}
	if (session->token != NULL) {
		return room_keeps_place(session->token->room, session->id) ? SESSION_BUSY
									   : SESSION_IDLE;
	}
	return session->greeted ? SESSION_IDLE : SESSION_NEW;
}

bool session_is_staff(struct server *server, const char *cookie)
{
	const struct login *login = staff_login_of_cookie(server, cookie);
	return login != NULL && login->sockets < STAFF_SOCKETS_MAX;
}

void session_heard(struct session *session)
{
	if (session->login != NULL) {
		session->login->used_mono = clock_mono_ms();
	}
}

/* ---- bytes in ---- */

int session_receive(struct session *session, const void *chunk, size_t size, bool final)
{
	if (session->partial_size + size > SESSION_MESSAGE_MAX) {
		return CLOSE_TOO_BIG;
	}
	if (session->close_code != 0) {
		return 0; /* nothing more is taken from who is being closed */
	}
	if (final && session->partial_size == 0) {
		dispatch(session, chunk, size);
		return 0;
	}
	session->partial = xrealloc(session->partial, session->partial_size + size + 1);
	memcpy(session->partial + session->partial_size, chunk, size);
	session->partial_size += (uint32_t)size;
	if (final) {
		char *whole = session->partial;
		uint32_t whole_size = session->partial_size;
		session->partial = NULL;
		session->partial_size = 0;
		dispatch(session, whole, whole_size);
		explicit_bzero(whole, whole_size); /* may be a password */
		free(whole);
	}
	return 0;
}

/* ---- who it is ---- */

void session_bind_token(struct session *session, struct token *token)
{
	struct server *server = session->server;
	struct token *old = session->token;
	if (old == token) {
		return;
	}
	session->token = token;
	if (token != NULL) {
		token->sessions++;
		token->room->visitors_here++;
		room_note_visitor(token->room, session->id);
		escrow_arrival_enter(session->sealed, token->room->id);
		if (session->known_in != 0 && session->known_in != token->room->id) {
			/* What the connection said is gone, and this room has not got it: the page
			 * comes again, and says it again. */
			session_close(session, CLOSE_GOING_AWAY, false);
		}
		rooms_touch_token(server, token);
		rooms_state_changed(server, token->room);
	}
	if (old != NULL) {
		old->sessions--;
		old->room->visitors_here--;
		rooms_touch_token(server, old);
		rooms_state_changed(server, old->room);
	}
}

struct actor session_actor(const struct session *session)
{
	struct actor actor = {.role = (enum wire_role)session->role};
	if (session->token != NULL) {
		actor.room = session->token->room->id;
	}
	const struct account *account = session->account;
	if (account != NULL) {
		int64_t grace_ms = session->server->config->shift_grace_ms;
		actor.account = account->row.id;
		actor.rostered = account->rostered;
		actor.in_grace = account->span_ended_ms > 0 &&
				 clock_wall_ms() < account->span_ended_ms + grace_ms;
		actor.load = account->load;
		actor.cap = (unsigned)session->server->config->cap;
	}
	return actor;
}
