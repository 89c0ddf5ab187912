/* Hark's own protocol, and the part of it that the bare relays speak. */
#include "protocol/message.h"
#include "tests/bench/load.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	REF_SETUP = 1000000000 /* refs from here on are not messages */
};

static struct ws *supporters;

static void say(const struct pair *pair, struct ws *from, int64_t number)
{
	load_send(from,
		"{\"type\":\"chat.send\",\"ref\":%" PRId64 ",\"room\":%" PRId64
		",\"id\":\"%016" PRIx64 "%016" PRIx64 "\",\"body\":\"%s\"}",
		number, pair->room, load.run_id, (uint64_t)number, load.body);
}

static void on_ok(const char *bytes, size_t size, struct ws *ws)
{
	int64_t ref = text_number(bytes, size, "\"ref\":", 10);
	if (ref >= REF_SETUP) {
		int64_t room = text_number(bytes, size, "\"room\":", 10);
		if (room > 0 && ws->index >= 0 && ws->index < load.pairs_count &&
			load.pairs[ws->index].room == 0) {
			load.pairs[ws->index].room = room;
		}
		load_ready(ws);
		return;
	}
	load_answered(ref);
}

static void on_posted(const struct ws *ws, const char *bytes, size_t size)
{
	static const char key[] = "\"id\":\"";
	const char *at = memmem(bytes, size, key, sizeof(key) - 1);
	if (at == NULL || (size_t)(bytes + size - at) < sizeof(key) - 1 + 32) {
		die("a message without an id");
	}
	if (ws->index == FEED) {
		load.fed++;
		return;
	}
	char text[17] = {0};
	memcpy(text, at + sizeof(key) - 1 + 16, 16);
	load_delivered((int64_t)strtoull(text, NULL, 16));
}

static void take(struct ws *ws, const char *bytes, size_t size)
{
	if (text_begins(bytes, size, "{\"type\":\"ok\"") ||
		text_begins(bytes, size, "{\"type\":\"welcome\"")) {
		on_ok(bytes, size, ws);
	} else if (text_begins(bytes, size, "{\"type\":\"chat.posted\"") ||
		   text_begins(bytes, size, "{\"type\":\"chat.send\"")) {
		on_posted(ws, bytes, size); /* a relay hands it on as it came */
	} else if (text_begins(bytes, size, "{\"type\":\"error\"")) {
		die("refused: %.*s", (int)size, bytes);
	} else if (text_begins(bytes, size, "{\"type\":\"reload\"")) {
		die("the daemon was built with another schema than this client: build both");
	}
}

/* A `batch` is taken apart at the beginnings of its events; no text of ours looks like one. */
static void on_message(struct ws *ws, const char *bytes, size_t size)
{
	static const char event[] = "{\"type\":\"";
	const char *end = bytes + size;
	if (!text_begins(bytes, size, "{\"type\":\"batch\"")) {
		take(ws, bytes, size);
		return;
	}
	const char *at = memmem(bytes + 1, size - 1, event, sizeof(event) - 1);
	while (at != NULL) {
		const char *next = memmem(at + 1, (size_t)(end - at) - 1, event, sizeof(event) - 1);
		take(ws, at, (size_t)((next != NULL ? next : end) - at));
		at = next;
	}
}

/* ---- Hark ---- */

static const char *schema_text(void)
{
	static char text[17];
	uint8_t hash[8];
	protocol_schema_hash(hash);
	for (int i = 0; i < 8; i++) {
		sprintf(text + 2 * i, "%02x", hash[i]);
	}
	return text;
}

static void greet_visitor(struct ws *ws, int index)
{
	ws_connect(ws, index, "hark.v1", NULL);
	load_send(ws,
		"{\"type\":\"hello\",\"ref\":%d,\"page\":\"visitor\",\"schema\":\"%s\","
		"\"token\":\"%032" PRIx64 "%032x\"}",
		REF_SETUP, schema_text(), load.run_id, (unsigned)index);
	load.waiting_for++;
}

static void greet_staff(struct ws *ws, int index, const char *page, const char *cookie)
{
	ws_connect(ws, index, "hark.v1", cookie);
	load_send(ws, "{\"type\":\"hello\",\"ref\":%d,\"page\":\"%s\",\"schema\":\"%s\"}",
		REF_SETUP, page, schema_text());
	load.waiting_for++;
}

static void start_room(struct pair *pair)
{
	load_send(&pair->visitor,
		"{\"type\":\"room.start\",\"ref\":%d,\"topics\":[],\"to\":\"now\"}", REF_SETUP);
}

static void take_room(struct pair *pair)
{
	load_send(pair->peer, "{\"type\":\"room.take\",\"ref\":%d,\"room\":%" PRId64 "}", REF_SETUP,
		pair->room);
}

static void open_room(struct pair *pair)
{
	load_send(pair->peer,
		"{\"type\":\"room.open\",\"ref\":%d,\"room\":%" PRId64 ",\"after\":2}", REF_SETUP,
		pair->room);
}

/* The same for every room, so many at a time. */
static void all_rooms(void (*ask)(struct pair *pair), const char *what)
{
	for (int i = 0; i < load.pairs_count; i++) {
		ask(&load.pairs[i]);
		load.waiting_for++;
		if (i % (4 * OPEN_AT_ONCE) == 0) {
			load_settle(what);
		}
	}
	load_settle(what);
}

static void open_hark(void)
{
	if (load.cookies_count == 0 || (load.feeds_count > 0 && load.feed_cookies_count == 0)) {
		die("nobody to sign in as");
	}
	supporters = calloc((size_t)load.cookies_count, sizeof(*supporters));
	for (int i = 0; i < load.cookies_count; i++) {
		greet_staff(&supporters[i], load.pairs_count + i, "console", load.cookies[i]);
	}
	for (int i = 0; i < load.pairs_count; i++) {
		load.pairs[i].peer = &supporters[i % load.cookies_count];
		greet_visitor(&load.pairs[i].visitor, i);
		if (i % OPEN_AT_ONCE == 0) {
			load_settle("greetings");
		}
	}
	load_settle("greetings");
	all_rooms(start_room, "rooms");
	all_rooms(take_room, "rooms to be taken");
	all_rooms(open_room, "rooms to be open");
	for (int i = 0; i < load.feeds_count; i++) {
		greet_staff(&load.feeds[i], FEED, "oversight",
			load.feed_cookies[i % load.feed_cookies_count]);
		load_settle("feeds");
	}
}

const struct wire wire_hark = {
	.name = "hark",
	.path = "/ws",
	.open = open_hark,
	.say = say,
	.greet = greet_visitor,
	.on_message = on_message,
};

/* ---- the relays ---- */

static void join(struct ws *ws, int index)
{
	ws_connect(ws, index, "relay", NULL);
	if (index == FEED) {
		load_send(ws, "join feed");
	} else {
		load_send(ws, "join %d", index);
	}
	load.waiting_for++;
}

static void open_relay(void)
{
	for (int i = 0; i < load.pairs_count; i++) {
		struct pair *pair = &load.pairs[i];
		pair->peer = &pair->other;
		pair->room = i + 1;
		join(&pair->visitor, i);
		join(&pair->other, i);
		if (i % OPEN_AT_ONCE == 0) {
			load_settle("the relay");
		}
	}
	for (int i = 0; i < load.feeds_count; i++) {
		join(&load.feeds[i], FEED);
	}
	load_settle("the relay");
}

const struct wire wire_relay = {
	.name = "relay",
	.path = "/ws",
	.open = open_relay,
	.say = say,
	.greet = join,
	.on_message = on_message,
};
