/*
 * Everybody comes back at once: clients drop, miss messages, and return within a second, while
 * others sit there and some go on talking. Each client must get exactly what it missed, once and in
 * order; the program ends with a sentence when one does not.
 */
#include "tests/bench/crowd.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	TALKERS = 50, /* rooms */
	STORM_US = 1000000, /* within so long all are back */
	CALM_US = 4000000, /* measured before it */
	IDLE_US = 1000000, /* and without a word before that */
	HEARTBEAT_US = 21000000, /* longer than the daemon lets silence be */
	SPEECHES_MAX = 100000,
};

static struct {
	int clients;
	int64_t missed; /* by each, before each storm */
	int64_t patience_us, idle_us; /* see rest(), measure_cpu() */
	bool restless; /* it never came to rest */
	int64_t *got; /* the newest n, by client */
	int64_t expected; /* and what it must be in the end */
	int64_t *due_us, *took_us; /* by storm and client: when it should have come; caught up */
	int64_t last_us; /* of all storms the latest, after its beginning */
	int back; /* of this storm */
	int64_t spoken, answered;
	int64_t asked_us[SPEECHES_MAX], answer_us[SPEECHES_MAX];
	bool in_storm[SPEECHES_MAX];
} storm;

static void on_client_event(struct ws *ws, const char *bytes, size_t size)
{
	int client = ws->index / TABS_PER_ROOM;
	int64_t n = text_number(bytes, size, "\"n\":");
	if (text_begins(bytes, size, "{\"type\":\"chat.posted\"")) {
		if (n != storm.got[client] + 1) {
			die("client %d got number %" PRId64 " after %" PRId64, client, n,
				storm.got[client]);
		}
		storm.got[client] = n;
	} else if (text_begins(bytes, size, "{\"type\":\"state.caught_up\"")) {
		if (storm.got[client] != storm.expected || n != storm.got[client]) {
			die("client %d was told it has all at number %" PRId64, client,
				storm.got[client]);
		}
		storm.took_us[client] = now_us() - storm.due_us[client];
		storm.back++;
	}
}

static void on_storm_message(struct ws *ws, const char *bytes, size_t size)
{
	if (text_begins(bytes, size, "{\"type\":\"error\"")) {
		die("refused: %.*s", (int)size, bytes);
	}
	if (ws->index < storm.clients * TABS_PER_ROOM && ws->index % TABS_PER_ROOM == 0) {
		on_client_event(ws, bytes, size);
		return;
	}
	int64_t ref = text_number(bytes, size, "\"ref\":");
	if (ref >= SETUP_REF) {
		crowd.waiting_for--;
	} else if (text_begins(bytes, size, "{\"type\":\"ok\"")) {
		storm.answer_us[ref] = now_us() - storm.asked_us[ref];
		storm.answered++;
	}
}

static void speak(int room, int64_t ref, uint64_t number)
{
	crowd_say(&crowd.tabs[room * TABS_PER_ROOM + 1],
		"{\"type\":\"chat.send\",\"ref\":%" PRId64 ",\"room\":%" PRId64
		",\"id\":\"%016" PRIx64 "%016" PRIx64 "\",\"body\":\"You missed this %0180d\"}",
		ref, crowd.room_ids[room], crowd.run_id, number, 7);
}

/* Their second tabs speak: what the clients miss. */
static void speak_to_clients(int64_t number)
{
	for (int64_t k = 0; k < storm.missed; k++) {
		for (int i = 0; i < storm.clients; i++) {
			speak(i, SETUP_REF, (uint64_t)(number++));
			crowd.waiting_for++;
		}
		crowd_settle("what the clients miss");
	}
}

/* All of their tabs are gone afterwards. */
static void drop_clients(int round)
{
	crowd.waiting_for = 0;
	for (int i = 0; i < storm.clients; i++) {
		struct ws *second = &crowd.tabs[i * TABS_PER_ROOM + 1];
		ws_close(&crowd.tabs[i * TABS_PER_ROOM]);
		if (round > 0) {
			char token[65];
			crowd_token(i, token);
			crowd_visit(second, i * TABS_PER_ROOM + 1, token, storm.expected);
		}
		if (i % OPEN_AT_ONCE == OPEN_AT_ONCE - 1) {
			crowd_settle("second tabs");
		}
	}
	crowd_settle("second tabs");
	speak_to_clients((round + INT64_C(1)) << 40);
	for (int i = 0; i < storm.clients; i++) {
		ws_close(&crowd.tabs[i * TABS_PER_ROOM + 1]);
	}
	storm.expected += storm.missed;
	storm.back = 0;
}

static void come_back(int client, int64_t due)
{
	char token[65];
	crowd_token(client, token);
	storm.due_us[client] = due;
	crowd_visit(&crowd.tabs[client * TABS_PER_ROOM], client * TABS_PER_ROOM, token,
		storm.got[client]);
}

/* Talks by the clock, and lets clients come by theirs, until both are through. */
static void go_on(int64_t start, int64_t stop, double per_s, bool come)
{
	int64_t first = storm.spoken;
	int next = 0;
	while (now_us() < stop || (come && storm.back < storm.clients)) {
		int64_t now = now_us();
		if (now > stop + 60000000) {
			die("%d of %d clients never caught up", storm.clients - storm.back,
				storm.clients);
		}
		int64_t speech_due = INT64_MAX; /* nobody talks */
		if (per_s > 0) {
			double after = (double)(storm.spoken - first) * 1e6 / per_s;
			speech_due = start + (int64_t)after;
		}
		if (speech_due <= now && storm.spoken < SPEECHES_MAX) {
			storm.asked_us[storm.spoken] = speech_due;
			speak(storm.clients + (int)(storm.spoken % TALKERS), storm.spoken,
				(uint64_t)storm.spoken);
			storm.spoken++;
			continue;
		}
		int64_t due = start + (int64_t)next * STORM_US / storm.clients;
		if (come && next < storm.clients && due <= now) {
			come_back(next++, due);
			continue;
		}
		int64_t until = now < stop ? stop : now + 1000;
		until = speech_due < until ? speech_due : until;
		crowd_poll(come && next < storm.clients && due < until ? due : until);
	}
	for (int i = 0; come && i < storm.clients; i++) {
		int64_t back = storm.due_us[i] + storm.took_us[i] - start;
		storm.last_us = back > storm.last_us ? back : storm.last_us;
	}
	for (int64_t deadline = now_us() + 30000000; storm.answered < storm.spoken;) {
		if (now_us() > deadline) {
			die("a talker was never answered");
		}
		crowd_poll(now_us() + 10000);
	}
}

static bool rest(void)
{
	bool rests = storm.patience_us > 0 && crowd_rest(storm.patience_us);
	storm.restless |= !rests;
	return rests;
}

/* From rest on, so that what came before is in nobody's way. */
static void talk(double per_s, bool come)
{
	rest();
	int64_t first = storm.spoken, start = now_us();
	go_on(start, start + (come ? STORM_US : CALM_US), per_s, come);
	for (int64_t i = first; i < storm.spoken; i++) {
		storm.in_storm[i] = come;
	}
}

/*
 * What one who comes back costs, from rest to rest and while nobody talks: messages are cheaper
 * the more of them one commit brings, so that what they cost in a storm is not known from before.
 */
static double measure_cpu(void)
{
	if (!rest()) {
		return 0;
	}
	struct crowd_idle idle = crowd_idle_cost(storm.idle_us);
	struct crowd_span span = crowd_span_begin();
	go_on(span.began_us, span.began_us + STORM_US, 0, true);
	rest();
	return crowd_span_end(&span, &idle) / storm.clients;
}

static void print_answers(const char *name, bool in_storm)
{
	int64_t *times = calloc((size_t)storm.spoken + 1, sizeof(*times)), count = 0;
	for (int64_t i = 0; i < storm.spoken; i++) {
		if (storm.in_storm[i] == in_storm) {
			times[count++] = storm.answer_us[i];
		}
	}
	crowd_print(name, times, count);
	free(times);
}

void crowd_storm(int argc, char **argv)
{
	if (argc < 4) {
		die("storm CLIENTS OTHERS MISSED PER_SECOND [STORMS PATIENCE_S]");
	}
	storm.clients = atoi(argv[0]);
	int others = atoi(argv[1]), storms = argc > 4 ? atoi(argv[4]) : 1;
	storm.missed = atoll(argv[2]);
	double per_s = atof(argv[3]);
	storm.patience_us = argc > 5 ? atoll(argv[5]) * 1000000 : 0;
	storm.idle_us = others > 0 ? HEARTBEAT_US : IDLE_US;
	size_t all = (size_t)storm.clients * (size_t)storms;
	storm.got = calloc((size_t)storm.clients, sizeof(*storm.got));
	int64_t *due = storm.due_us = calloc(all + (size_t)storm.clients, sizeof(*due));
	int64_t *took = storm.took_us = calloc(all + (size_t)storm.clients, sizeof(*took));
	crowd_open_rooms(storm.clients + TALKERS, others);
	crowd.on_message = on_storm_message;
	storm.expected = 1; /* their own opening */
	for (int i = 0; i < storm.clients; i++) {
		storm.got[i] = storm.expected;
	}
	for (int i = 0; i < storms; i++) {
		drop_clients(i);
		talk(per_s, false);
		talk(per_s, true);
		storm.due_us += storm.clients;
		storm.took_us += storm.clients;
	}
	double last_ms = (double)storm.last_us / 1000, cpu_us = 0;
	if (storm.patience_us > 0) {
		drop_clients(storms);
		cpu_us = measure_cpu();
	}
	printf("{\"clients\":%d,\"others\":%d,\"missed\":%" PRId64
	       ",\"storms\":%d,\"rested\":%s,\"last_ms\":%.1f,\"cpu_us_per_connect\":%.1f,"
	       "\"rss_kib\":%ld,",
		storm.clients, others, storm.missed, storms, storm.restless ? "false" : "true",
		last_ms, cpu_us, crowd_rss_kib());
	crowd_print("caught_up", took, (int64_t)all);
	printf(",");
	print_answers("answers_before", false);
	printf(",");
	print_answers("answers_during", true);
	printf("}\n");
	free(due);
	free(took);
}

/* ---- the same of the bare relay: a handshake and one word ---- */

static void on_joined(struct ws *ws, const char *bytes, size_t size)
{
	(void)bytes;
	(void)size;
	storm.took_us[ws->index] = now_us() - storm.due_us[ws->index];
	storm.back++;
}

void crowd_handshakes(int argc, char **argv)
{
	int count = argc > 0 ? atoi(argv[0]) : 1000, next = 0;
	struct ws *all = calloc((size_t)count, sizeof(*all));
	storm.due_us = calloc((size_t)count, sizeof(*storm.due_us));
	storm.took_us = calloc((size_t)count, sizeof(*storm.took_us));
	crowd.on_message = on_joined;
	double cpu = crowd_cpu_us();
	int64_t start = now_us();
	while (storm.back < count) {
		int64_t due = start + (int64_t)next * STORM_US / count;
		if (next < count && due <= now_us()) {
			storm.due_us[next] = due;
			ws_connect(&all[next], next, "relay", NULL);
			crowd_say(&all[next], "join %d", next);
			next++;
		} else {
			crowd_poll(next < count ? due : now_us() + 1000);
		}
		if (now_us() > start + 60000000) {
			die("the relay did not answer");
		}
	}
	printf("{\"clients\":%d,\"cpu_us_per_connect\":%.1f,", count,
		(crowd_cpu_us() - cpu) / count);
	crowd_print("joined", storm.took_us, count);
	printf("}\n");
	free(all);
}
