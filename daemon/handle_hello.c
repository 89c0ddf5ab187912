/* hello, ping, token.forget: who a session is. */
#include "daemon/arrival.h"
#include "daemon/audit.h"
#include "daemon/clock.h"
#include "daemon/config.h"
#include "daemon/dispatch.h"
#include "daemon/journal.h"
#include "daemon/rooms.h"
#include "daemon/server.h"
#include "daemon/session.h"
#include "daemon/staff.h"
#include "daemon/xalloc.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* Overseers who come without a cursor get so much of what was before. */
enum {
	OVERSIGHT_TAIL = 200,
	NOTE_BYTES = 80, /* of what the audit says */
};

static void welcome(struct session *session, const struct msg_hello *hello)
{
	const struct account *account = session->account;
	const struct room *room = session->token != NULL ? session->token->room : NULL;
	const struct login *login = session->login;
	int64_t left_ms = login != NULL
				  ? login->created_mono + session->server->config->session_max_ms -
					    clock_mono_ms()
				  : 0;
	struct msg_welcome welcome = {
		.has_ref = hello->has_ref,
		.ref = hello->ref,
		.role = (enum wire_role)session->role,
		.server_ms = clock_wall_ms(),
		.has_room = room != NULL && room->durable.n > 0,
		.room = room != NULL ? room->id : 0,
		.has_account = account != NULL,
		.account = account != NULL ? account->row.id : 0,
		.has_name = account != NULL || room != NULL,
		.name = text_of(account != NULL ? account->row.alias
				: room != NULL  ? room->name
						: ""),
		.has_picture = account != NULL && account->row.picture[0] != '\0',
		.picture = text_of(account != NULL ? account->row.picture : ""),
		.has_until_ms = login != NULL,
		.until_ms = clock_wall_ms() + left_ms,
	};
	session_send(session, TYPE_WELCOME, &welcome);
}

static enum outcome refuse_without_token(struct session *session, const struct msg_hello *hello)
{
	struct msg_error error = dispatch_error(WIRE_CODE_MISSING_FIELD);
	error.has_ref = hello->has_ref;
	error.ref = hello->ref;
	error.has_field = true;
	error.field = text_of("token");
	session_send(session, TYPE_ERROR, &error);
	return OUTCOME_ANSWERED;
}

static enum outcome greet_visitor(struct session *session, const struct msg_hello *hello)
{
	struct server *server = session->server;
	if (!hello->has_token) {
		return refuse_without_token(session, hello);
	}
	staff_hash_secret(server, "tabtoken", hello->token, session->token_hash);
	struct token *token = rooms_token(server, session->token_hash);
	if (token != NULL && rooms_is_crowded(token->room)) {
		struct asker asker = dispatch_asker(session, hello->has_ref, hello->ref);
		dispatch_answer_error(server, &asker, WIRE_CODE_TOO_MANY);
		session_close(session, CLOSE_TRY_LATER, false);
		return OUTCOME_ANSWERED;
	}
	if (session->account != NULL) {
		session_leave_account(session); /* a counselor's browser looks at the chat page */
	}
	session->role = WIRE_ROLE_VISITOR;
	session->greeted = true;
	if (token != NULL && arrival_is_known(server, session->arrival, token->room->id)) {
		session->known_in = token->room->id;
	} else {
		session->sealed = arrival_seal(server, session->arrival);
	}
	arrival_forget(session->arrival);
	session->arrival = NULL;
	if (token != NULL) {
		session_bind_token(session, token);
	}
	session->school_due = true;
	welcome(session, hello);
	if (token != NULL) {
		session_subscribe(session, token->room, hello->has_after ? hello->after : 0);
	}
	return OUTCOME_ANSWERED;
}

static void greet(struct session *session, const struct msg_hello *hello)
{
	struct server *server = session->server;
	struct account *account = session->account;
	session->greeted = true;
	arrival_forget(session->arrival);
	session->arrival = NULL;
	session->school_due = true;
	account->gone_mono = 0;
	for (struct room *room = server->rooms.list; room != NULL; room = room->next) {
		if (room_has(room, account->row.id)) {
			rooms_state_changed(server, room);
		}
	}
	welcome(session, hello);
	server_refresh_soon(server);
}

/* An overseer's sitting at the wall: greeted once the audit says that it begins. */
struct seating {
	struct asker asker;
	struct msg_hello hello; /* numbers alone are looked at */
	int64_t from;
};

static void on_sitting_noted(
	struct server *server, void *data, int64_t number, enum store_status status)
{
	struct seating *seating = data;
	struct session *session = server_session(server, seating->asker.session);
	(void)number;
	if (session == NULL) {
		free(seating);
		return;
	}
	session->greeting = false;
	if (status != STORE_OK || session->account == NULL) {
		dispatch_answer_error(server, &seating->asker, WIRE_CODE_UNAVAILABLE);
		session_close(session, CLOSE_TRY_LATER, false);
	} else {
		session->account->overseers++;
		session->sitting = xcalloc(1, sizeof(*session->sitting));
		session->sitting->from = seating->from;
		greet(session, &seating->hello);
		session->escrow_due = server->escrow != NULL;
		session_subscribe_oversight(session, seating->from);
	}
	free(seating);
}

static void seat_overseer(struct session *session, const struct msg_hello *hello)
{
	struct server *server = session->server;
	int64_t newest = server->oversight.newest;
	int64_t tail = newest > OVERSIGHT_TAIL ? newest - OVERSIGHT_TAIL : 0;
	struct seating *seating = xmalloc(sizeof(*seating));
	*seating = (struct seating){
		.asker = dispatch_asker(session, hello->has_ref, hello->ref),
		.hello = *hello,
		.from = hello->has_after ? hello->after : tail,
	};
	char detail[NOTE_BYTES];
	snprintf(detail, sizeof(detail), "Opened, from event %" PRId64 " on.", seating->from + 1);
	const struct audit_entry entry = {
		.what = WIRE_AUDIT_WALL,
		.account = session->account->row.id,
		.detail = detail,
	};
	session->greeting = true;
	audit_add(server, &entry, on_sitting_noted, seating);
}

static enum outcome greet_staff(struct session *session, const struct msg_hello *hello)
{
	struct account *account = session->account;
	bool supporter = account != NULL && account->row.role == WIRE_ROLE_SUPPORTER;
	bool fits = account != NULL && supporter == (hello->page == WIRE_PAGE_CONSOLE);
	if (!fits || session->login == NULL) {
		struct asker asker = dispatch_asker(session, hello->has_ref, hello->ref);
		dispatch_answer_error(session->server, &asker, WIRE_CODE_NOT_ALLOWED);
		session_close(session, CLOSE_SIGNED_OUT, false);
	} else if (supporter) {
		account->consoles++;
		session->desk_due = true;
		greet(session, hello);
	} else {
		seat_overseer(session, hello);
	}
	return OUTCOME_ANSWERED;
}

enum outcome handle_hello(struct session *session, const struct msg_hello *request)
{
	if ((session->greeted || session->greeting) && !session->control) {
		return refuse(WIRE_CODE_HELLO_AGAIN);
	}
	if (memcmp(session->server->schema, request->schema, sizeof(request->schema)) != 0) {
		session_send(session, TYPE_RELOAD, NULL);
		session_close(session, CLOSE_NORMAL, false);
		return OUTCOME_ANSWERED;
	}
	if (session->control != (request->page == WIRE_PAGE_CONTROL)) {
		return refuse(WIRE_CODE_NOT_ALLOWED);
	}
	session->page = (uint8_t)request->page;
	switch (request->page) {
	case WIRE_PAGE_VISITOR:
		return greet_visitor(session, request);
	case WIRE_PAGE_CONSOLE:
	case WIRE_PAGE_OVERSIGHT:
		return greet_staff(session, request);
	case WIRE_PAGE_CONTROL:
		welcome(session, request);
		return OUTCOME_ANSWERED;
	}
	return refuse(WIRE_CODE_NOT_ALLOWED);
}

enum outcome handle_ping(struct session *session, const struct msg_ping *request)
{
	(void)session;
	(void)request;
	return OUTCOME_OK;
}

enum outcome handle_token_forget(struct session *session, const struct msg_token_forget *request)
{
	if (!journal_writable(session->server)) {
		return refuse(
			WIRE_CODE_UNAVAILABLE); /* it may be forgotten here and not in the file */
	}
	if (session->token == NULL) {
		return OUTCOME_OK;
	}
	struct asker asker = dispatch_asker(session, request->has_ref, request->ref);
	rooms_drop_token(session->server, session->token, session, &asker);
	return OUTCOME_ANSWERED;
}
