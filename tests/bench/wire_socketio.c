/*
 * Socket.IO's protocol, version 5 over Engine.IO's 4, straight over WebSocket: packets begin with
 * their type as a digit. The server is tests/bench/peers/chat.mjs.
 */
#include "tests/bench/load.h"

#include <inttypes.h>
#include <string.h>

enum {
	ACK_SETUP = 1000000000 /* acknowledgements from here on are not messages */
};

static void on_message(struct ws *ws, const char *bytes, size_t size)
{
	if (text_begins(bytes, size, "2")) { /* a ping */
		ws_send(ws, "3", 1);
	} else if (text_begins(bytes, size, "0")) { /* Engine.IO is open: into the namespace */
		ws_send(ws, "40", 2);
	} else if (text_begins(bytes, size, "40")) {
		if (ws->index == FEED) {
			load_send(ws, "42%d[\"feed\"]", ACK_SETUP);
		} else {
			load_send(ws, "42%d[\"join\",%d]", ACK_SETUP, ws->index);
		}
	} else if (text_begins(bytes, size, "43")) {
		int64_t number = text_number(bytes, size, "43", 10);
		if (number >= ACK_SETUP) {
			load_ready(ws);
		} else {
			load_answered(number);
		}
	} else if (text_begins(bytes, size, "42")) {
		if (ws->index == FEED) {
			load.fed++;
		} else {
			load_delivered(text_number(bytes, size, "\"id\":\"", 16));
		}
	} else {
		die("unexpected: %.*s", (int)(size < 200 ? size : 200), bytes);
	}
}

static void greet(struct ws *ws, int index)
{
	ws_connect(ws, index, NULL, NULL);
	load.waiting_for++;
}

static void open_rooms(void)
{
	for (int i = 0; i < load.pairs_count; i++) {
		struct pair *pair = &load.pairs[i];
		pair->peer = &pair->other;
		pair->room = i;
		greet(&pair->visitor, i);
		greet(pair->peer, i);
		if (i % OPEN_AT_ONCE == 0) {
			load_settle("rooms");
		}
	}
	for (int i = 0; i < load.feeds_count; i++) {
		greet(&load.feeds[i], FEED);
	}
	load_settle("rooms");
}

static void say(const struct pair *pair, struct ws *from, int64_t number)
{
	load_send(from,
		"42%" PRId64 "[\"say\",{\"room\":%" PRId64 ",\"id\":\"%016" PRIx64
		"\",\"body\":\"%s\"}]",
		number, pair->room, (uint64_t)number, load.body);
}

const struct wire wire_socketio = {
	.name = "socketio",
	.path = "/socket.io/?EIO=4&transport=websocket",
	.open = open_rooms,
	.say = say,
	.greet = greet,
	.on_message = on_message,
};
