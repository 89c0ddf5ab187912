/*
 * The load client: opens rooms, has both sides of each talk, and times every message from the
 * moment it was meant to be sent, so that a server that stalls is charged for the wait of those
 * behind (no coordinated omission). Prints one JSON object.
 *
 *	load PORT hark|relay saturate ROOMS IN_FLIGHT SECONDS PID [COOKIE...]
 *	load PORT hark|relay rate     ROOMS PER_SECOND SECONDS PID [COOKIE...]
 *	load PORT hark       idle     CONNECTIONS 0 0 PID
 *
 * PID is the server's, for its processor time and memory. COOKIEs are supporters' sign-ins; with
 * more than one, rooms are spread over them.
 */
#include "protocol/message.h"
#include "tests/bench/ws_client.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	BODY_BYTES = 200,
	WARMUP_PERCENT = 20, /* of the time, before anything is counted */
	REF_SETUP = 1000000000, /* refs from here on are not messages */
};

struct pair {
	struct ws visitor;
	struct ws *peer; /* a supporter's connection, or the relay's other end */
	struct ws other; /* that other end */
	int64_t room;
	bool visitor_next; /* whose turn it is to speak */
};

static bool relay;
static struct pair *pairs;
static int pairs_count;
static struct ws *supporters;
static int supporters_count;

/* By message number. */
static int64_t *intended_us, *acked_us, *delivered_us;
static int *room_of;
static int64_t sent, acked, delivered, capacity;
static int waiting_for; /* set-up answers still to come */
static int in_flight_goal; /* saturating: messages on their way at a time; 0: by the clock */
static bool stopping;
static uint64_t run_id;

/* ---- the messages ---- */

__attribute__((format(printf, 2, 3))) static void send_line(struct ws *ws, const char *format, ...)
{
	char line[2048];
	va_list arguments;
	va_start(arguments, format);
	int size = vsnprintf(line, sizeof(line), format, arguments);
	va_end(arguments);
	ws_send(ws, line, (size_t)size);
}

static void say(int at, int64_t when_us)
{
	static char body[BODY_BYTES + 1];
	if (body[0] == '\0') {
		memset(body, 'a', BODY_BYTES);
	}
	if (sent == capacity) {
		die("more messages than were planned for");
	}
	struct pair *pair = &pairs[at];
	int64_t number = sent++;
	intended_us[number] = when_us;
	room_of[number] = at;
	struct ws *from = pair->visitor_next ? &pair->visitor : pair->peer;
	pair->visitor_next = !pair->visitor_next;
	send_line(from,
		"{\"type\":\"chat.send\",\"ref\":%" PRId64 ",\"room\":%" PRId64
		",\"id\":\"%016" PRIx64 "%016" PRIx64 "\",\"body\":\"%s\"}",
		number, pair->room, run_id, (uint64_t)number, body);
}

static int64_t number_after(const char *bytes, size_t size, const char *key, int base)
{
	const char *at = memmem(bytes, size, key, strlen(key));
	return at != NULL ? (int64_t)strtoull(at + strlen(key), NULL, base) : -1;
}

static void on_ok(const char *bytes, size_t size, struct ws *ws)
{
	int64_t ref = number_after(bytes, size, "\"ref\":", 10);
	if (ref >= REF_SETUP) {
		int64_t room = number_after(bytes, size, "\"room\":", 10);
		if (room > 0 && ws->index < pairs_count && pairs[ws->index].room == 0) {
			pairs[ws->index].room = room;
		}
		waiting_for--;
		return;
	}
	if (ref < 0 || ref >= sent || acked_us[ref] != 0) {
		die("an answer nobody asked for: %.*s", (int)size, bytes);
	}
	acked_us[ref] = now_us();
	acked++;
	if (in_flight_goal > 0 && !stopping) {
		say(room_of[ref], now_us());
	}
}

static void on_posted(const char *bytes, size_t size)
{
	static const char key[] = "\"id\":\"";
	const char *at = memmem(bytes, size, key, sizeof(key) - 1);
	if (at == NULL || (size_t)(bytes + size - at) < sizeof(key) - 1 + 32) {
		die("a message without an id");
	}
	char text[17] = {0};
	memcpy(text, at + sizeof(key) - 1 + 16, 16);
	int64_t number = (int64_t)strtoull(text, NULL, 16);
	if (number >= sent || delivered_us[number] != 0) {
		die("a message came twice, or was never sent");
	}
	delivered_us[number] = now_us();
	delivered++;
}

static bool begins(const char *bytes, size_t size, const char *with)
{
	return size >= strlen(with) && memcmp(bytes, with, strlen(with)) == 0;
}

static void on_message(struct ws *ws, const char *bytes, size_t size)
{
	if (begins(bytes, size, "{\"type\":\"ok\"") ||
		begins(bytes, size, "{\"type\":\"welcome\"")) {
		on_ok(bytes, size, ws);
	} else if (begins(bytes, size, "{\"type\":\"chat.posted\"") ||
		   (relay && begins(bytes, size, "{\"type\":\"chat.send\""))) {
		on_posted(bytes, size);
	} else if (begins(bytes, size, "{\"type\":\"error\"")) {
		die("refused: %.*s", (int)size, bytes);
	}
}

/* A `batch` is taken apart at the beginnings of its events; no text of ours looks like one. */
static void on_text(struct ws *ws, const char *bytes, size_t size)
{
	static const char event[] = "{\"type\":\"";
	const char *end = bytes + size;
	if (!begins(bytes, size, "{\"type\":\"batch\"")) {
		on_message(ws, bytes, size);
		return;
	}
	const char *at = memmem(bytes + 1, size - 1, event, sizeof(event) - 1);
	while (at != NULL) {
		const char *next = memmem(at + 1, (size_t)(end - at) - 1, event, sizeof(event) - 1);
		on_message(ws, at, (size_t)((next != NULL ? next : end) - at));
		at = next;
	}
}

static void settle(const char *what)
{
	int64_t deadline = now_us() + 60000000;
	while (waiting_for > 0) {
		if (now_us() > deadline) {
			die("waited in vain for %s", what);
		}
		ws_poll(100000, on_text);
	}
}

/* ---- set-up ---- */

static void schema_text(char text[17])
{
	uint8_t hash[8];
	protocol_schema_hash(hash);
	for (int i = 0; i < 8; i++) {
		sprintf(text + 2 * i, "%02x", hash[i]);
	}
}

static void greet_visitor(struct ws *ws, int index)
{
	char schema[17];
	schema_text(schema);
	ws_connect(ws, index, "hark.v1", NULL);
	send_line(ws,
		"{\"type\":\"hello\",\"ref\":%d,\"page\":\"visitor\",\"schema\":\"%s\","
		"\"token\":\"%032" PRIx64 "%032x\"}",
		REF_SETUP, schema, run_id, (unsigned)index);
	waiting_for++;
}

static void open_hark(int rooms, char **cookies, int cookies_count)
{
	char schema[17];
	schema_text(schema);
	supporters_count = cookies_count;
	supporters = calloc((size_t)cookies_count, sizeof(*supporters));
	for (int i = 0; i < cookies_count; i++) {
		ws_connect(&supporters[i], rooms + i, "hark.v1", cookies[i]);
		send_line(&supporters[i],
			"{\"type\":\"hello\",\"ref\":%d,\"page\":\"console\",\"schema\":\"%s\"}",
			REF_SETUP, schema);
		waiting_for++;
	}
	for (int i = 0; i < rooms; i++) {
		greet_visitor(&pairs[i].visitor, i);
		if (i % 64 == 63) {
			settle("greetings");
		}
	}
	settle("greetings");
	for (int i = 0; i < rooms; i++) {
		send_line(&pairs[i].visitor,
			"{\"type\":\"room.start\",\"ref\":%d,\"topics\":[],\"to\":\"now\"}",
			REF_SETUP);
		waiting_for++;
	}
	settle("rooms");
	for (int i = 0; i < rooms; i++) {
		pairs[i].peer = &supporters[i % cookies_count];
		send_line(pairs[i].peer, "{\"type\":\"room.take\",\"ref\":%d,\"room\":%" PRId64 "}",
			REF_SETUP, pairs[i].room);
		waiting_for++;
	}
	settle("rooms to be taken");
	for (int i = 0; i < rooms; i++) {
		send_line(pairs[i].peer,
			"{\"type\":\"room.open\",\"ref\":%d,\"room\":%" PRId64 ",\"after\":2}",
			REF_SETUP, pairs[i].room);
		waiting_for++;
	}
	settle("rooms to be open");
}

static void open_relay(int rooms)
{
	for (int i = 0; i < rooms; i++) {
		ws_connect(&pairs[i].visitor, i, "relay", NULL);
		ws_connect(&pairs[i].other, i, "relay", NULL);
		pairs[i].peer = &pairs[i].other;
		pairs[i].room = i + 1;
		send_line(&pairs[i].visitor, "join %d", i);
		send_line(&pairs[i].other, "join %d", i);
		waiting_for += 2;
	}
	settle("the relay");
}

/* ---- the server's side ---- */

static double cpu_s(int pid)
{
	char path[64], line[1024];
	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	FILE *file = fopen(path, "r");
	if (file == NULL || fgets(line, sizeof(line), file) == NULL) {
		die("there is no process %d", pid);
	}
	fclose(file);
	unsigned long user = 0, system = 0;
	const char *after_name = strrchr(line, ')');
	if (sscanf(after_name + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user,
		    &system) != 2) {
		die("cannot read %s", path);
	}
	return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

static long rss_kib(int pid)
{
	char path[64], line[256];
	long kib = 0;
	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	FILE *file = fopen(path, "r");
	while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
		sscanf(line, "VmRSS: %ld", &kib);
	}
	if (file != NULL) {
		fclose(file);
	}
	return kib;
}

/* ---- figures ---- */

static int compare(const void *left, const void *right)
{
	int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
	return (a > b) - (a < b);
}

static void print_latency(
	const char *name, const int64_t *when_us, int64_t from, int64_t to, const char *end)
{
	int64_t count = 0;
	int64_t *took = calloc((size_t)(to - from) + 1, sizeof(*took));
	for (int64_t i = from; i < to; i++) {
		if (when_us[i] != 0) {
			took[count++] = when_us[i] - intended_us[i];
		}
	}
	qsort(took, (size_t)count, sizeof(*took), compare);
	const double at[] = {0.5, 0.99, 0.999, 1};
	const char *const label[] = {"p50_ms", "p99_ms", "p999_ms", "max_ms"};
	printf("\"%s\":{", name);
	for (int i = 0; i < 4; i++) {
		int64_t index = count > 0 ? (int64_t)((double)(count - 1) * at[i]) : 0;
		printf("%s\"%s\":%.3f", i > 0 ? "," : "", label[i],
			count > 0 ? (double)took[index] / 1000 : 0.0);
	}
	printf("}%s", end);
	free(took);
}

struct marks {
	int64_t at_us, sent, delivered;
	double cpu;
};

static struct marks mark(int pid)
{
	return (struct marks){now_us(), sent, delivered, cpu_s(pid)};
}

static void drain(void)
{
	stopping = true;
	int64_t deadline = now_us() + 30000000;
	while (acked < sent || delivered < sent) {
		if (now_us() > deadline) {
			die("%" PRId64 " of %" PRId64 " messages were never answered, %" PRId64
			    " never delivered",
				sent - acked, sent, sent - delivered);
		}
		ws_poll(100000, on_text);
	}
}

static void report(const struct marks *begin, const struct marks *end, int pid)
{
	double seconds = (double)(end->at_us - begin->at_us) / 1e6;
	int64_t count = end->delivered - begin->delivered;
	printf("{\"messages\":%" PRId64 ",\"seconds\":%.3f,\"per_s\":%.0f,", count, seconds,
		(double)count / seconds);
	print_latency("delivery", delivered_us, begin->sent, end->sent, ",");
	print_latency("answer", acked_us, begin->sent, end->sent, ",");
	printf("\"cpu_us_per_message\":%.2f,\"rss_kib\":%ld,\"lost\":%" PRId64 "}\n",
		(end->cpu - begin->cpu) * 1e6 / (double)(count > 0 ? count : 1), rss_kib(pid),
		sent - delivered);
}

static void saturate(int in_flight, double seconds, int pid)
{
	in_flight_goal = in_flight;
	for (int i = 0; i < in_flight; i++) {
		say(i % pairs_count, now_us());
	}
	int64_t start = now_us();
	int64_t warm = start + (int64_t)(seconds * 1e4 * WARMUP_PERCENT);
	int64_t stop = warm + (int64_t)(seconds * 1e6);
	while (now_us() < warm) {
		ws_poll(1000, on_text);
	}
	struct marks begin = mark(pid);
	while (now_us() < stop) {
		ws_poll(1000, on_text);
	}
	struct marks end = mark(pid);
	drain();
	report(&begin, &end, pid);
}

static void by_the_clock(double per_second, double seconds, int pid)
{
	int64_t start = now_us() + 10000;
	int64_t warm = start + (int64_t)(seconds * 1e4 * WARMUP_PERCENT);
	int64_t stop = warm + (int64_t)(seconds * 1e6);
	struct marks begin = {0};
	for (int64_t k = 0;; k++) {
		int64_t due = start + (int64_t)((double)k * 1e6 / per_second);
		if (due >= stop) {
			break;
		}
		for (int64_t now = now_us(); now < due; now = now_us()) {
			ws_poll(due - now, on_text);
		}
		if (begin.at_us == 0 && due >= warm) {
			begin = mark(pid);
		}
		say((int)(k % pairs_count), due);
	}
	struct marks end = mark(pid);
	drain();
	report(&begin, &end, pid);
}

static void idle(int connections, int pid)
{
	struct ws *all = calloc((size_t)connections, sizeof(*all));
	/* The first few pay for what is made once. */
	int first = connections / 10;
	for (int i = 0; i < first; i++) {
		greet_visitor(&all[i], i);
		settle("greetings");
	}
	long before = rss_kib(pid);
	for (int i = first; i < connections; i++) {
		greet_visitor(&all[i], i);
		if (i % 64 == 0) {
			settle("greetings");
		}
	}
	settle("greetings");
	int64_t quiet = now_us() + 500000;
	while (now_us() < quiet) {
		ws_poll(100000, on_text);
	}
	long after = rss_kib(pid);
	printf("{\"connections\":%d,\"rss_kib\":%ld,\"kib_per_connection\":%.2f}\n", connections,
		after, (double)(after - before) / (connections - first));
	free(all);
}

int main(int argc, char **argv)
{
	if (argc < 8) {
		die("usage: load PORT hark|relay saturate|rate|idle ROOMS AMOUNT SECONDS PID "
		    "[COOKIE...]");
	}
	const char *mode = argv[3];
	int rooms = atoi(argv[4]), pid = atoi(argv[7]);
	double amount = atof(argv[5]), seconds = atof(argv[6]);
	relay = strcmp(argv[2], "relay") == 0;
	run_id = (uint64_t)now_us() << 16 | (uint64_t)(getpid() & 0xffff);
	ws_init(atoi(argv[1]));
	if (strcmp(mode, "idle") == 0) {
		idle(rooms, pid);
		return EXIT_SUCCESS;
	}
	pairs_count = rooms;
	pairs = calloc((size_t)rooms, sizeof(*pairs));
	double most_per_s = strcmp(mode, "rate") == 0 ? amount : 250000;
	capacity = (int64_t)(most_per_s * (seconds * 1.5 + 2));
	intended_us = calloc((size_t)capacity, sizeof(*intended_us));
	acked_us = calloc((size_t)capacity, sizeof(*acked_us));
	delivered_us = calloc((size_t)capacity, sizeof(*delivered_us));
	room_of = calloc((size_t)capacity, sizeof(*room_of));
	if (relay) {
		open_relay(rooms);
	} else {
		open_hark(rooms, argv + 8, argc - 8);
	}
	if (strcmp(mode, "rate") == 0) {
		by_the_clock(amount, seconds, pid);
	} else {
		saturate((int)amount, seconds, pid);
	}
	return EXIT_SUCCESS;
}
