/*
 * XMPP over WebSocket (RFC 7395): everybody signs in anonymously (RFC 4505) and joins a group chat
 * (XEP-0045). A message's answer is its coming back to its sender, as group chats have it.
 */
#include "tests/bench/load.h"

#include <inttypes.h>
#include <string.h>

/* What a connection waits for: ws.step. */
enum {
	FEATURES,
	SIGNED_IN,
	FEATURES_AGAIN,
	BOUND,
	JOINED,
	READY,
};

static const char open_stream[] =
	"<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='localhost' version='1.0'/>";

static void send_text(struct ws *ws, const char *text)
{
	ws_send(ws, text, strlen(text));
}

static void join(struct ws *ws)
{
	bool visitor = ws->index < load.pairs_count && ws == &load.pairs[ws->index].visitor;
	load_send(ws,
		"<presence xmlns='jabber:client' to='r%d@muc.localhost/%s'>"
		"<x xmlns='http://jabber.org/protocol/muc'><history maxstanzas='0'/></x>"
		"</presence>",
		ws->index, visitor ? "v" : "s");
}

static bool is_presence(const char *bytes, size_t size)
{
	return text_begins(bytes, size, "<presence");
}

static void next_step(struct ws *ws)
{
	switch (++ws->step) {
	case SIGNED_IN:
		send_text(ws,
			"<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='ANONYMOUS'/>");
		break;
	case FEATURES_AGAIN:
		send_text(ws, open_stream);
		break;
	case BOUND:
		send_text(ws, "<iq xmlns='jabber:client' type='set' id='bind'>"
			      "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>");
		break;
	case JOINED:
		if (load.pairs == NULL) { /* idle: signed in is all */
			ws->step = READY;
			load_ready(ws);
		} else {
			join(ws);
		}
		break;
	default:
		load_ready(ws);
	}
}

static bool is_awaited(const struct ws *ws, const char *bytes, size_t size)
{
	switch (ws->step) {
	case FEATURES:
	case FEATURES_AGAIN:
		return text_has(bytes, size, "features");
	case SIGNED_IN:
		return text_begins(bytes, size, "<success");
	case BOUND:
		return text_has(bytes, size, "<jid>");
	case JOINED: /* the last presence of a join is one's own, marked so */
		return is_presence(bytes, size) &&
		       (text_has(bytes, size, "'110'") || text_has(bytes, size, "\"110\""));
	default:
		return false;
	}
}

static void on_message(struct ws *ws, const char *bytes, size_t size)
{
	if (text_has(bytes, size, "<failure") || text_has(bytes, size, "type='error'") ||
		text_has(bytes, size, "type=\"error\"") || text_begins(bytes, size, "<close")) {
		die("refused: %.*s", (int)(size < 400 ? size : 400), bytes);
	}
	if (ws->step != READY) {
		if (is_awaited(ws, bytes, size)) {
			next_step(ws);
		}
		return;
	}
	int64_t number = text_number(bytes, size, "<body>n", 16);
	if (text_begins(bytes, size, "<message") && number >= 0) {
		load_came(ws, number);
	}
}

static void greet(struct ws *ws, int index)
{
	ws_connect(ws, index, "xmpp", NULL);
	send_text(ws, open_stream);
	load.waiting_for++;
}

static void open_rooms(void)
{
	if (load.feeds_count > 0) {
		die("a group chat has no feed of all rooms");
	}
	for (int side = 0; side < 2; side++) { /* who comes first makes the room */
		for (int i = 0; i < load.pairs_count; i++) {
			struct pair *pair = &load.pairs[i];
			pair->peer = &pair->other;
			pair->room = i;
			greet(side == 0 ? &pair->visitor : pair->peer, i);
			if (i % OPEN_AT_ONCE == 0) {
				load_settle("rooms");
			}
		}
		load_settle("rooms");
	}
}

static void say(const struct pair *pair, struct ws *from, int64_t number)
{
	load_send(from,
		"<message xmlns='jabber:client' to='r%" PRId64
		"@muc.localhost' type='groupchat' id='%" PRIx64 "'>"
		"<body>n%016" PRIx64 " %s</body></message>",
		pair->room, (uint64_t)number, (uint64_t)number, load.body);
}

const struct wire wire_prosody = {
	.name = "prosody",
	.path = "/xmpp-websocket",
	.open = open_rooms,
	.say = say,
	.greet = greet,
	.on_message = on_message,
};

const struct wire wire_ejabberd = {
	.name = "ejabberd",
	.path = "/ws",
	.open = open_rooms,
	.say = say,
	.greet = greet,
	.on_message = on_message,
};
