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
	CALM_US = 2000000, /* measured before it */
	SPEECHES_MAX = 100000,
};

static struct {
	int clients;
	int64_t missed; /* by each */
	int64_t *got; /* the newest n, by client */
	int64_t *due_us, *back_us; /* when it should have come, when it had everything */
	int back;
	int64_t spoken, answered;
	int64_t asked_us[SPEECHES_MAX], answered_us[SPEECHES_MAX];
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
		if (storm.got[client] != storm.missed + 1 || n != storm.got[client]) {
			die("client %d was told it has all at number %" PRId64, client,
				storm.got[client]);
		}
		storm.back_us[client] = now_us();
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
	if (text_begins(bytes, size, "{\"type\":\"ok\"") && ref >= SETUP_REF) {
		crowd.waiting_for--;
	} else if (text_begins(bytes, size, "{\"type\":\"ok\"")) {
		storm.answered_us[ref] = now_us();
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

/* The clients' tabs go; what is said to them from here on is missed. */
static void drop_clients(void)
{
	crowd.on_message = on_storm_message;
	for (int i = 0; i < storm.clients; i++) {
		storm.got[i] = 1; /* its own opening */
		ws_close(&crowd.tabs[i * TABS_PER_ROOM]);
	}
	uint64_t number = UINT64_C(1) << 40;
	for (int64_t k = 0; k < storm.missed; k++) {
		for (int i = 0; i < storm.clients; i++) {
			speak(i, SETUP_REF, number++);
			crowd.waiting_for++;
		}
		crowd_settle("what the clients miss");
	}
	for (int i = 0; i < storm.clients; i++) {
		ws_close(&crowd.tabs[i * TABS_PER_ROOM + 1]);
	}
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
		int64_t speech_due =
			start + (int64_t)((double)(storm.spoken - first) * 1e6 / per_s);
		if (speech_due <= now && storm.spoken < SPEECHES_MAX) {
			storm.asked_us[storm.spoken] = speech_due;
			speak(storm.clients + (int)(storm.spoken % TALKERS), storm.spoken,
				(uint64_t)storm.spoken);
			storm.spoken++;
			continue;
		}
		int64_t due = start + (int64_t)next * STORM_US / storm.clients;
		if (come && next < storm.clients && due <= now) {
			char token[65];
			crowd_token(next, token);
			storm.due_us[next] = due;
			crowd_visit(
				&crowd.tabs[next * TABS_PER_ROOM], next * TABS_PER_ROOM, token, 1);
			next++;
			continue;
		}
		int64_t until = speech_due < stop ? speech_due : stop;
		crowd_poll(come && next < storm.clients && due < until ? due : until);
	}
	for (int64_t deadline = now_us() + 30000000; storm.answered < storm.spoken;) {
		if (now_us() > deadline) {
			die("a talker was never answered");
		}
		crowd_poll(now_us() + 10000);
	}
}

static void print_answers(const char *name, int64_t from, int64_t to)
{
	int64_t *times = calloc((size_t)(to - from) + 1, sizeof(*times));
	for (int64_t i = from; i < to; i++) {
		times[i - from] = storm.answered_us[i] - storm.asked_us[i];
	}
	crowd_print(name, times, to - from);
	free(times);
}

void crowd_storm(int argc, char **argv)
{
	if (argc < 4) {
		die("storm CLIENTS OTHERS MISSED PER_SECOND");
	}
	storm.clients = atoi(argv[0]);
	int others = atoi(argv[1]);
	storm.missed = atoll(argv[2]);
	double per_s = atof(argv[3]);
	storm.got = calloc((size_t)storm.clients, sizeof(*storm.got));
	storm.due_us = calloc((size_t)storm.clients, sizeof(*storm.due_us));
	storm.back_us = calloc((size_t)storm.clients, sizeof(*storm.back_us));
	crowd_open_rooms(storm.clients + TALKERS, others);
	drop_clients();
	for (int64_t quiet = now_us() + 500000; now_us() < quiet;) {
		crowd_poll(quiet);
	}
	double cpu = crowd_cpu_us();
	int64_t start = now_us();
	go_on(start, start + CALM_US, per_s, false);
	double calm_cpu_per_us = (crowd_cpu_us() - cpu) / (double)(now_us() - start);
	int64_t calm = storm.spoken;
	cpu = crowd_cpu_us();
	start = now_us();
	go_on(start, start + STORM_US, per_s, true);
	double storm_cpu = crowd_cpu_us() - cpu - calm_cpu_per_us * (double)(now_us() - start);
	int64_t last = 0;
	for (int i = 0; i < storm.clients; i++) {
		last = storm.back_us[i] - start > last ? storm.back_us[i] - start : last;
		storm.back_us[i] -= storm.due_us[i];
	}
	printf("{\"clients\":%d,\"others\":%d,\"missed\":%" PRId64 ",\"last_ms\":%.1f,"
	       "\"cpu_us_per_connect\":%.1f,\"rss_kib\":%ld,",
		storm.clients, others, storm.missed, (double)last / 1000, storm_cpu / storm.clients,
		crowd_rss_kib());
	crowd_print("caught_up", storm.back_us, storm.clients);
	printf(",");
	print_answers("answers_before", 0, calm);
	printf(",");
	print_answers("answers_during", calm, storm.spoken);
	printf("}\n");
}

/* ---- the same of the bare relay: a handshake and one word ---- */

static void on_joined(struct ws *ws, const char *bytes, size_t size)
{
	(void)bytes;
	(void)size;
	storm.back_us[ws->index] = now_us() - storm.due_us[ws->index];
	storm.back++;
}

void crowd_handshakes(int argc, char **argv)
{
	int count = argc > 0 ? atoi(argv[0]) : 1000, next = 0;
	struct ws *all = calloc((size_t)count, sizeof(*all));
	storm.due_us = calloc((size_t)count, sizeof(*storm.due_us));
	storm.back_us = calloc((size_t)count, sizeof(*storm.back_us));
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
	crowd_print("joined", storm.back_us, count);
	printf("}\n");
	free(all);
}
