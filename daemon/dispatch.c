/* The gate, the handlers' table, and the answers. */
#include "daemon/dispatch.h"

#include "daemon/clock.h"
#include "daemon/config.h"
#include "daemon/rooms.h"
#include "daemon/server.h"
#include "daemon/session.h"
#include "daemon/shared.h"

#include <assert.h>

enum {
	BAD_MESSAGE_CREDITS = 5
};

/* ---- from type to handler ---- */

#define REQUEST(NAME, name, wire, roles, credits, doc, fields)                                     \
	static enum outcome call_##name(struct session *session, const struct message *message)    \
	{                                                                                          \
		return handle_##name(session, &message->name);                                     \
	}
#include "protocol/messages.def"

static enum outcome (*const handlers[])(struct session *, const struct message *) = {
#define REQUEST(NAME, name, wire, roles, credits, doc, fields) [TYPE_##NAME] = call_##name,
#include "protocol/messages.def"
};

/* ---- answers ---- */

static const char *const sentences[] = {
	[WIRE_CODE_BAD_JSON] = "The message is not JSON as it should be.",
	[WIRE_CODE_UNKNOWN_TYPE] = "There is no message of this type.",
	[WIRE_CODE_MISSING_FIELD] = "A field is missing.",
	[WIRE_CODE_EXTRA_FIELD] = "A field does not belong there.",
	[WIRE_CODE_DUPLICATE_FIELD] = "A field is there twice.",
	[WIRE_CODE_WRONG_TYPE] = "A field is of the wrong kind.",
	[WIRE_CODE_OUT_OF_RANGE] = "A field is out of its bounds.",
	[WIRE_CODE_BAD_TEXT] = "A text holds what no text may hold.",
	[WIRE_CODE_HELLO_FIRST] = "Say hello first.",
	[WIRE_CODE_HELLO_AGAIN] = "Hello was said already.",
	[WIRE_CODE_NOT_ALLOWED] = "This is not for you to do.",
	[WIRE_CODE_NO_SUCH_ROOM] = "There is no such chat for you.",
	[WIRE_CODE_ROOM_ENDED] = "This chat has ended.",
	[WIRE_CODE_TAKEN] = "Somebody else has taken this chat.",
	[WIRE_CODE_AT_CAP] = "You have as many chats as you may have.",
	[WIRE_CODE_OFF_SHIFT] = "You are not on shift now.",
	[WIRE_CODE_TOO_FAST] = "That was too fast. Try again in a moment.",
	[WIRE_CODE_TOO_MANY] = "There is no room for more right now.",
	[WIRE_CODE_DRAINING] = "The service restarts. Try again in a moment.",
	[WIRE_CODE_UNAVAILABLE] =
		"This could not be saved. Nothing was sent. Try again in a moment.",
	[WIRE_CODE_STALE_ID] = "This message is too old to tell whether it was sent.",
	[WIRE_CODE_WRONG_WORDS] = "These words do not open a chat.",
	[WIRE_CODE_WRONG_PASSWORD] = "Name and password do not fit.",
	[WIRE_CODE_WEAK_PASSWORD] = "This password is too easy to guess.",
	[WIRE_CODE_CODENAME_INSIDE] = "Keep your four words to yourself. They were not sent.",
	[WIRE_CODE_EXISTS] = "There is one already.",
	[WIRE_CODE_NO_SUCH] = "There is none.",
	[WIRE_CODE_BAD_SETTING] = "The setting is not as it should be.",
	[WIRE_CODE_NOT_GRANTED] = "Your key does not open this. Another counselor can grant it.",
	[WIRE_CODE_NEEDS_APPROVAL] = "A second counselor has to agree first.",
	[WIRE_CODE_TOO_LARGE] = "This is too large.",
	[WIRE_CODE_BAD_PICTURE] = "This is not a JPEG, PNG or WebP picture that can be shown.",
	[WIRE_CODE_WORK_NEEDED] =
		"Many people come at once. Your page has to do a small sum first.",
	[WIRE_CODE_CODE_NEEDED] = "A code from your school is needed to start a chat.",
	[WIRE_CODE_CODE_WRONG] = "This code does not open a chat. Check it, or ask for a new one.",
	[WIRE_CODE_BLOCKED] = "This chat is paused for a while. You can still ask for an adult.",
};

/* The same to the operator, who can do something about it. */
static const char closed_sentence[] =
	"The file is damaged and stays shut; only the crisis contacts are served. The daemon's "
	"log says what is wrong with it.";

static int64_t retry_ms(enum wire_code code)
{
	switch (code) {
	case WIRE_CODE_UNAVAILABLE:
	case WIRE_CODE_DRAINING:
		return 2000;
	case WIRE_CODE_TOO_MANY:
		return 5000;
	default:
		return 0;
	}
}

struct msg_error dispatch_error(enum wire_code code)
{
	int64_t retry = retry_ms(code);
	return (struct msg_error){
		.code = code,
		.message = text_of(sentences[code]),
		.has_retry_ms = retry > 0,
		.retry_ms = retry,
	};
}

struct asker dispatch_asker(const struct session *session, bool has_ref, int64_t ref)
{
	return (struct asker){session_id(session), has_ref, ref};
}

void dispatch_answer_ok(
	struct server *server, const struct asker *asker, int64_t room, int64_t n, int64_t at_ms)
{
	struct session *session = server_session(server, asker->session);
	if (session == NULL) {
		return;
	}
	struct msg_ok ok = {
		.has_ref = asker->has_ref,
		.ref = asker->ref,
		.has_room = room > 0,
		.room = room,
		.has_n = n > 0,
		.n = n,
		.has_at_ms = n > 0,
		.at_ms = at_ms,
	};
	session_send(session, TYPE_OK, &ok);
}

static void send_error(struct session *session, const struct asker *asker, struct msg_error error)
{
	error.has_ref = asker->has_ref;
	error.ref = asker->ref;
	session_send(session, TYPE_ERROR, &error);
}

void dispatch_answer_error(struct server *server, const struct asker *asker, enum wire_code code)
{
	struct session *session = server_session(server, asker->session);
	if (session != NULL) {
		send_error(session, asker, dispatch_error(code));
	}
}

void dispatch_refuse_until(
	struct session *session, const struct asker *asker, enum wire_code code, int64_t wait_ms)
{
	struct msg_error error = dispatch_error(code);
	error.has_retry_ms = true;
	error.retry_ms = wait_ms;
	send_error(session, asker, error);
}

void dispatch_refuse_too_fast(struct session *session, const struct asker *asker, int64_t wait_ms)
{
	dispatch_refuse_until(session, asker, WIRE_CODE_TOO_FAST, wait_ms);
}

void dispatch_ask_work(struct session *session, const struct asker *asker,
	const uint8_t challenge[32], unsigned bits)
{
	struct msg_error error = dispatch_error(WIRE_CODE_WORK_NEEDED);
	error.has_challenge = true;
	memcpy(error.challenge, challenge, sizeof(error.challenge));
	error.has_bits = true;
	error.bits = bits;
	send_error(session, asker, error);
}

static void refuse_problem(struct session *session, const struct decode_problem *problem)
{
	struct msg_error error = dispatch_error(problem->code);
	error.message = text_of(problem->sentence);
	error.has_field = problem->field[0] != '\0';
	error.field = text_of(problem->field);
	struct asker asker = dispatch_asker(session, problem->has_ref, problem->ref);
	send_error(session, &asker, error);
}

/* ---- the gate ---- */

/*
 * Takes the credits from the session's bucket and from the one it shares with its address. The
 * latter only ever limits under pressure, and then neither staff, nor a call for an adult, nor who
 * asks for no more than a person does.
 */
static bool pay(struct session *session, const struct asker *asker, enum message_type type,
	unsigned credits)
{
	struct server *server = session->server;
	if (session->control) {
		return true;
	}
	struct rate_limit own = {server->config->credits, server->config->credits_per_s};
	int64_t now = clock_mono_ms(), wait_ms = 0, calm_wait_ms;
	if (!rate_take(&session->rate, &own, credits, now, &wait_ms)) {
		dispatch_refuse_too_fast(session, asker, wait_ms);
		return false;
	}
	bool fair = shared_take(server, session->bucket, credits, now, &wait_ms);
	if (fair || session->account != NULL || type == TYPE_ESCALATION_RAISE ||
		rate_take(&session->calm, &session_calm, credits, now, &calm_wait_ms)) {
		return true;
	}
	dispatch_refuse_too_fast(session, asker, wait_ms);
	return false;
}

/* What needs no look at the fields. WIRE_CODE_... in *code when refused. */
static bool may_pass(
	const struct session *session, const struct message_head *head, enum wire_code *code)
{
	const struct message_rule *rule = message_rule(head->type);
	if (rule->kind != MESSAGE_REQUEST) {
		*code = WIRE_CODE_UNKNOWN_TYPE;
	} else if (session->server->closed && head->type != TYPE_PING) {
		*code = WIRE_CODE_UNAVAILABLE;
	} else if (!session->greeted && head->type != TYPE_HELLO) {
		*code = WIRE_CODE_HELLO_FIRST;
	} else if (session->greeted && (rule->roles & (1u << session->role)) == 0) {
		*code = WIRE_CODE_NOT_ALLOWED;
	} else if (session->server->draining && head->type != TYPE_PING) {
		*code = WIRE_CODE_DRAINING;
	} else {
		return true;
	}
	return false;
}

static void settle(struct session *session, const struct asker *asker, enum outcome outcome,
	const char *bytes, size_t size)
{
	switch (outcome) {
	case OUTCOME_OK:
		dispatch_answer_ok(session->server, asker, 0, 0, 0);
		return;
	case OUTCOME_ANSWERED:
		return;
	case OUTCOME_PARKED:
		if (!rooms_can_park(session->parking)) {
			send_error(session, asker, dispatch_error(WIRE_CODE_TOO_MANY));
			return;
		}
		rooms_park(session->parking, session_id(session), bytes, size);
		return;
	case OUTCOME_REFUSED:
		break;
	}
	enum wire_code code = outcome_code(outcome);
	send_error(session, asker, dispatch_error(code));
}

static void handle(
	struct session *session, const struct message_head *head, const char *bytes, size_t size)
{
	struct message message;
	struct decode_problem problem;
	if (message_decode_peeked(bytes, size, head, &message, &problem) != DECODE_OK) {
		refuse_problem(session, &problem);
		return;
	}
	struct asker asker = dispatch_asker(session, head->has_ref, head->ref);
	enum outcome outcome = handlers[message.type](session, &message);
	settle(session, &asker, outcome, bytes, size);
	message_finish(&message);
}

void dispatch(struct session *session, const char *bytes, size_t size)
{
	struct message_head head;
	struct decode_problem problem;
	if (message_peek(bytes, size, &head, &problem) != DECODE_OK) {
		struct asker asker = dispatch_asker(session, problem.has_ref, problem.ref);
		if (pay(session, &asker, TYPE_COUNT, BAD_MESSAGE_CREDITS)) {
			refuse_problem(session, &problem);
		}
		return;
	}
	struct asker asker = dispatch_asker(session, head.has_ref, head.ref);
	const struct message_rule *rule = message_rule(head.type);
	bool is_request = rule->kind == MESSAGE_REQUEST;
	if (!pay(session, &asker, head.type, is_request ? rule->credits : BAD_MESSAGE_CREDITS)) {
		return;
	}
	enum wire_code code;
	if (!may_pass(session, &head, &code)) {
		struct msg_error error = dispatch_error(code);
		if (session->control && code == WIRE_CODE_UNAVAILABLE) {
			error.message = text_of(closed_sentence);
		}
		send_error(session, &asker, error);
		return;
	}
	handle(session, &head, bytes, size);
}

static struct message_head parked_head(const char *bytes, size_t size)
{
	struct message_head head;
	struct decode_problem problem;
	enum decode_status status = message_peek(bytes, size, &head, &problem);
	assert(status == DECODE_OK); /* it passed before */
	(void)status;
	return head;
}

void dispatch_parked(struct session *session, const char *bytes, size_t size)
{
	struct message_head head = parked_head(bytes, size);
	handle(session, &head, bytes, size);
}

void dispatch_refuse_parked(struct session *session, const char *bytes, size_t size)
{
	struct message_head head = parked_head(bytes, size);
	struct asker asker = dispatch_asker(session, head.has_ref, head.ref);
	send_error(session, &asker, dispatch_error(WIRE_CODE_UNAVAILABLE));
}
