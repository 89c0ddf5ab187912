/*
 * The load client's inside: rooms with two sides each, messages by number, and the wires that it
 * speaks. A wire opens the rooms, says a message, and tells which messages were answered and which
 * reached the other side; the rest is the same for every server, so that the client costs alike.
 */
#ifndef HARK_TESTS_BENCH_LOAD_H
#define HARK_TESTS_BENCH_LOAD_H

#include "tests/bench/ws_client.h"

enum {
	BODY_BYTES = 200,
	FEED = -1, /* index of a connection that reads every room */
	OPEN_AT_ONCE = 64, /* connections that are being set up at a time */
};

struct pair {
	struct ws visitor;
	struct ws other; /* unused where one connection is the other side of many rooms */
	struct ws *peer; /* the other side */
	int64_t room; /* the server's number for it */
	bool visitor_next; /* whose turn it is to speak */
};

struct load {
	struct pair *pairs;
	int pairs_count;
	struct ws *feeds;
	int feeds_count;
	char **cookies; /* of the other sides that sign in */
	int cookies_count;
	char **feed_cookies;
	int feed_cookies_count;
	int64_t sent, acked, delivered, fed; /* fed: messages that came to feeds */
	int waiting_for; /* set-up answers still to come */
	uint64_t run_id; /* another one every run */
	char body[BODY_BYTES + 1];
};

extern struct load load;

struct wire {
	const char *name; /* as on the command line */
	const char *path, *protocol; /* of the WebSocket; protocol NULL: none */
	bool binary;
	/* Connects both sides of every room, and the feeds, and waits until all are there. */
	void (*open)(void);
	void (*say)(const struct pair *pair, struct ws *from, int64_t number);
	/* Connects one that has signed in or been greeted and then stays idle; one load_ready().
	 */
	void (*greet)(struct ws *ws, int index);
	ws_on_text *on_message;
};

extern const struct wire wire_hark, wire_relay, wire_mqtt, wire_prosody, wire_ejabberd,
	wire_socketio;

/* What a wire tells: the server has answered message `number`; it has reached the other side. */
void load_answered(int64_t number);
void load_delivered(int64_t number);
/* Of a server that sends a message to everyone in the room: which of the two it was. */
void load_came(const struct ws *ws, int64_t number);

/* What was asked of it while setting up is there: one less to wait for. */
void load_ready(const struct ws *ws);

/* Waits for everything that waiting_for counts; ends the program when it takes a minute. */
void load_settle(const char *what);

/* Text with a bound of 2 KiB. */
__attribute__((format(printf, 2, 3))) void load_send(struct ws *ws, const char *format, ...);

bool text_begins(const char *bytes, size_t size, const char *with);
bool text_has(const char *bytes, size_t size, const char *what);
/* The number behind `key`, -1 without. */
int64_t text_number(const char *bytes, size_t size, const char *key, int base);

#endif
