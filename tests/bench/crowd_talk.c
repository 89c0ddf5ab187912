/*
 * Rooms that talk by the clock, with counselors at the wall: what a message costs the daemon, and
 * how long its sender and the other tab wait. A stalled counselor is one who never reads.
 */
#include "tests/bench/crowd.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

enum {
	BODY_BYTES = 200,
	SOCKETS_PER_COOKIE = 8,
	WARMUP_PERCENT = 20,
	STALLED_BYTES = 4096, /* what the system takes for one who does not read */
	REST_US = 60000000, /* for what came before, and what is put off, to be done */
	IDLE_US = 1000000, /* looked at without a word */
	HEARTBEAT_US = 21000000, /* longer than the daemon lets silence be */
	MANY_ROOMS = 1000, /* whose heartbeats are worth knowing */
};

static int64_t *intended_us, *acked_us, *heard_us;
static int64_t sent, acked, heard, seen, capacity;

static void on_posted(struct ws *ws, const char *bytes, size_t size)
{
	static const char key[] = "\"id\":\"";
	const char *at = memmem(bytes, size, key, sizeof(key) - 1);
	char text[17] = {0};
	if (at == NULL || (size_t)(bytes + size - at) < sizeof(key) - 1 + 32) {
		die("a message without an id");
	}
	if (ws->index >= crowd.rooms * TABS_PER_ROOM) {
		seen++; /* a counselor's */
		return;
	}
	memcpy(text, at + sizeof(key) - 1 + 16, 16);
	int64_t number = (int64_t)strtoull(text, NULL, 16);
	if (number >= sent || heard_us[number] != 0) {
		die("a message came twice, or was never sent");
	}
	heard_us[number] = now_us();
	heard++;
}

static void on_message(struct ws *ws, const char *bytes, size_t size)
{
	if (text_begins(bytes, size, "{\"type\":\"chat.posted\"")) {
		on_posted(ws, bytes, size);
	} else if (text_begins(bytes, size, "{\"type\":\"ok\"")) {
		int64_t ref = text_number(bytes, size, "\"ref\":");
		if (ref < 0 || ref >= sent || acked_us[ref] != 0) {
			die("an answer nobody asked for: %.*s", (int)size, bytes);
		}
		acked_us[ref] = now_us();
		acked++;
	} else if (text_begins(bytes, size, "{\"type\":\"welcome\"")) {
		crowd.waiting_for--;
	} else if (text_begins(bytes, size, "{\"type\":\"error\"")) {
		die("refused: %.*s", (int)size, bytes);
	}
}

static void say(int room, int64_t when_us)
{
	static char body[BODY_BYTES + 1];
	memset(body, 'a', BODY_BYTES);
	if (sent == capacity) {
		die("more messages than were planned for");
	}
	int64_t number = sent++;
	intended_us[number] = when_us;
	crowd_say(&crowd.tabs[room * TABS_PER_ROOM + (int)(number / crowd.rooms % TABS_PER_ROOM)],
		"{\"type\":\"chat.send\",\"ref\":%" PRId64 ",\"room\":%" PRId64
		",\"id\":\"%016" PRIx64 "%016" PRIx64 "\",\"body\":\"%s\"}",
		number, crowd.room_ids[room], crowd.run_id, (uint64_t)number, body);
}

/* In a process of its own, which sleeps from its welcome on until this one ends. */
static void stall(int index, const char *cookie, int port)
{
	int ready[2];
	char byte = 0;
	if (pipe(ready) != 0) {
		die("no pipe");
	}
	pid_t child = fork();
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		ws_init(port);
		ws_narrow(STALLED_BYTES);
		struct ws ws;
		crowd.waiting_for = 0;
		crowd_oversee(&ws, index, cookie);
		crowd_settle("a welcome");
		byte = write(ready[1], &byte, 1) == 1;
		for (;;) {
			pause();
		}
	}
	if (child < 0 || read(ready[0], &byte, 1) != 1) {
		die("no counselor to stall");
	}
}

static int64_t took(int64_t *into, const int64_t *when_us, int64_t from, int64_t to)
{
	for (int64_t i = from; i < to; i++) {
		into[i - from] = when_us[i] - intended_us[i];
	}
	return to - from;
}

/* Answered a second, of those counted: from when the first was to be sent until the last answer. */
static double reached_per_s(int64_t from, int64_t to)
{
	int64_t last_us = 0;
	for (int64_t i = from; i < to; i++) {
		last_us = acked_us[i] > last_us ? acked_us[i] : last_us;
	}
	return to > from ? (double)(to - from) * 1e6 / (double)(last_us - intended_us[from]) : 0;
}

/* By the clock, until all is answered and heard; counted are those from the end of the warm-up on.
 */
static void converse(double per_s, double seconds, int64_t *counted_from)
{
	int64_t start = now_us() + 10000;
	int64_t warm = start + (int64_t)(seconds * 1e4 * WARMUP_PERCENT);
	int64_t stop = warm + (int64_t)(seconds * 1e6);
	*counted_from = 0;
	for (int64_t k = 0;; k++) {
		int64_t due = start + (int64_t)((double)k * 1e6 / per_s);
		if (due >= stop) {
			break;
		}
		if (*counted_from == 0 && due >= warm) {
			*counted_from = k;
		}
		while (now_us() < due) {
			crowd_poll(due);
		}
		say((int)(k % crowd.rooms), due);
	}
	int64_t deadline = now_us() + 30000000;
	while (acked < sent || heard < sent) {
		if (now_us() > deadline) {
			die("%" PRId64 " of %" PRId64 " messages were lost", sent - heard, sent);
		}
		crowd_poll(now_us() + 100000);
	}
}

static void print_waits(int64_t counted_from)
{
	int64_t *times = calloc((size_t)sent, sizeof(*times));
	int64_t count = took(times, acked_us, counted_from, sent);
	printf("\"rooms\":%d,\"messages\":%" PRId64
	       ",\"per_s\":%.1f,\"seen_by_counselors\":%" PRId64 ",\"lost\":0,",
		crowd.rooms, count, reached_per_s(counted_from, sent), seen);
	crowd_print("answer", times, count);
	printf(",");
	crowd_print("delivery", times, took(times, heard_us, counted_from, sent));
	printf("}\n");
	free(times);
}

/* What a message costs is measured from rest to rest: no less than all, and nothing else. */
static void talk(double per_s, double seconds)
{
	int64_t counted_from;
	bool rested = crowd_rest(REST_US);
	struct crowd_idle idle = crowd_idle_cost(crowd.rooms > MANY_ROOMS ? HEARTBEAT_US : IDLE_US);
	struct crowd_span span = crowd_span_begin();
	converse(per_s, seconds, &counted_from);
	rested = crowd_rest(REST_US) && rested;
	double cpu = crowd_span_end(&span, &idle);
	printf("{\"rested\":%s,\"cpu_us_per_message\":%.2f,\"rss_kib\":%ld,",
		rested ? "true" : "false", cpu / (double)sent, crowd_rss_kib());
	print_waits(counted_from);
}

/* Only how long one waits: that needs rest before, and none after. */
static void talk_unpriced(double per_s, double seconds)
{
	int64_t counted_from;
	bool rested = crowd_rest(REST_US);
	converse(per_s, seconds, &counted_from);
	printf("{\"rested\":%s,", rested ? "true" : "false");
	print_waits(counted_from);
}

static void with_counselors(int argc, char **argv, void (*measure)(double per_s, double seconds))
{
	if (argc < 5) {
		die("talk|wait ROOMS PER_SECOND SECONDS OVERSEERS STALLED [COOKIE...]");
	}
	int rooms = atoi(argv[0]), overseers = atoi(argv[3]), stalled = atoi(argv[4]);
	double per_s = atof(argv[1]), seconds = atof(argv[2]);
	char **cookies = argv + 5;
	if ((overseers + stalled + SOCKETS_PER_COOKIE - 1) / SOCKETS_PER_COOKIE > argc - 5) {
		die("a cookie for eight counselors each");
	}
	capacity = (int64_t)(per_s * (seconds * 1.5 + 2));
	intended_us = calloc((size_t)capacity, sizeof(*intended_us));
	acked_us = calloc((size_t)capacity, sizeof(*acked_us));
	heard_us = calloc((size_t)capacity, sizeof(*heard_us));
	crowd_open_rooms(rooms, 0);
	crowd.on_message = on_message;
	struct ws *wall = calloc((size_t)overseers + 1, sizeof(*wall));
	int tabs = rooms * TABS_PER_ROOM;
	for (int i = 0; i < overseers; i++) {
		crowd_oversee(&wall[i], tabs + i, cookies[i / SOCKETS_PER_COOKIE]);
		crowd_settle("a counselor");
	}
	for (int i = overseers; i < overseers + stalled; i++) {
		stall(tabs + i, cookies[i / SOCKETS_PER_COOKIE], crowd.port);
	}
	measure(per_s, seconds);
	free(wall);
}

void crowd_talk(int argc, char **argv)
{
	with_counselors(argc, argv, talk);
}

void crowd_wait(int argc, char **argv)
{
	with_counselors(argc, argv, talk_unpriced);
}
