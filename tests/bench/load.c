/*
 * The load client: opens rooms, has both sides of each talk, and times every message from the
 * moment it was meant to be sent, so that a server that stalls is charged for the wait of those
 * behind (no coordinated omission). Prints one JSON object.
 *
 *	load OPTIONS PORT WIRE saturate ROOMS IN_FLIGHT SECONDS PID COOKIES
 *	load OPTIONS PORT WIRE rate ROOMS PER_SECOND SECONDS PID COOKIES
 *	load PORT WIRE idle|storm CONNECTIONS 0 0 PID
 *
 * WIRE is hark, relay, mqtt, prosody, ejabberd or socketio: what is spoken over the WebSocket. PID
 * is the server's, for its processor time, memory and writing. COOKIES are supporters' sign-ins;
 * with more than one, rooms are spread over them. A storm is that many who connect within one
 * second; each is timed until the server has greeted it. Options: -f FEEDS, connections that read
 * every room; -c COOKIE, the sign-in of feeds, more than once.
 */
#include "tests/bench/load.h"
#include "tests/bench/proc.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum {
	WARMUP_PERCENT = 20, /* of the time, before anything is counted */
	PATIENCE_US = 60000000, /* for setting up */
	DRAIN_US = 15000000, /* for what is still on its way at the end */
	MOST_PER_S = 250000, /* messages that are planned for */
	FEED_COOKIES_MAX = 64,
};

struct message {
	int64_t intended_us, acked_us, delivered_us;
	int pair;
	bool by_visitor;
};

struct load load;
static const struct wire *wire;
static struct message *messages;
static int64_t capacity;
static int in_flight_goal; /* saturating: messages on their way at a time; 0: by the clock */
static bool stopping;
static bool storming; /* messages are connections */

/* ---- for the wires ---- */

void load_send(struct ws *ws, const char *format, ...)
{
	char line[2048];
	va_list arguments;
	va_start(arguments, format);
	int size = vsnprintf(line, sizeof(line), format, arguments);
	va_end(arguments);
	ws_send(ws, line, (size_t)size);
}

bool text_begins(const char *bytes, size_t size, const char *with)
{
	return size >= strlen(with) && memcmp(bytes, with, strlen(with)) == 0;
}

bool text_has(const char *bytes, size_t size, const char *what)
{
	return memmem(bytes, size, what, strlen(what)) != NULL;
}

int64_t text_number(const char *bytes, size_t size, const char *key, int base)
{
	const char *at = memmem(bytes, size, key, strlen(key));
	if (at == NULL) {
		return -1;
	}
	char digits[32] = {0};
	size_t left = (size_t)(bytes + size - at) - strlen(key);
	memcpy(digits, at + strlen(key), left < sizeof(digits) - 1 ? left : sizeof(digits) - 1);
	return (int64_t)strtoull(digits, NULL, base);
}

void load_settle(const char *what)
{
	int64_t deadline = now_us() + PATIENCE_US;
	while (load.waiting_for > 0) {
		if (now_us() > deadline) {
			die("waited in vain for %s", what);
		}
		ws_poll(100000, wire->on_message);
	}
}

void load_ready(const struct ws *ws)
{
	load.waiting_for--;
	if (storming) {
		messages[ws->index].delivered_us = now_us();
	}
}

/* ---- messages ---- */

static void say(int at, int64_t when_us)
{
	if (load.sent == capacity) {
		die("more messages than were planned for");
	}
	struct pair *pair = &load.pairs[at];
	int64_t number = load.sent++;
	messages[number] = (struct message){
		.intended_us = when_us, .pair = at, .by_visitor = pair->visitor_next};
	struct ws *from = pair->visitor_next ? &pair->visitor : pair->peer;
	pair->visitor_next = !pair->visitor_next;
	wire->say(pair, from, number);
}

static struct message *sent_message(int64_t number)
{
	if (number < 0 || number >= load.sent) {
		die("a message that was never sent: %" PRId64, number);
	}
	return &messages[number];
}

void load_answered(int64_t number)
{
	struct message *message = sent_message(number);
	if (message->acked_us != 0) {
		die("message %" PRId64 " was answered twice", number);
	}
	message->acked_us = now_us();
	load.acked++;
	if (in_flight_goal > 0 && !stopping) {
		say(message->pair, now_us());
	}
}

void load_delivered(int64_t number)
{
	struct message *message = sent_message(number);
	if (message->delivered_us != 0) {
		die("message %" PRId64 " came twice", number);
	}
	message->delivered_us = now_us();
	load.delivered++;
}

void load_came(const struct ws *ws, int64_t number)
{
	const struct message *message = sent_message(number);
	const struct pair *pair = &load.pairs[message->pair];
	if (ws == (message->by_visitor ? &pair->visitor : pair->peer)) {
		load_answered(number);
	} else {
		load_delivered(number);
	}
}

/* ---- figures ---- */

static int compare(const void *left, const void *right)
{
	int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
	return (a > b) - (a < b);
}

static void print_latency(const char *name, bool delivery, int64_t from, int64_t to)
{
	int64_t count = 0;
	int64_t *took = calloc((size_t)(to - from) + 1, sizeof(*took));
	for (int64_t i = from; i < to; i++) {
		int64_t when_us = delivery ? messages[i].delivered_us : messages[i].acked_us;
		if (when_us != 0) {
			took[count++] = when_us - messages[i].intended_us;
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
	printf("},");
	free(took);
}

struct marks {
	int64_t at_us, sent, delivered, written;
	double cpu, own_cpu;
};

static struct marks mark(int pid)
{
	struct rusage own;
	getrusage(RUSAGE_SELF, &own);
	return (struct marks){
		.at_us = now_us(),
		.sent = load.sent,
		.delivered = load.delivered,
		.written = proc_written_bytes(pid),
		.cpu = proc_cpu_s(pid),
		.own_cpu = (double)(own.ru_utime.tv_sec + own.ru_stime.tv_sec) +
			   (double)(own.ru_utime.tv_usec + own.ru_stime.tv_usec) / 1e6,
	};
}

static void drain(void)
{
	stopping = true;
	int64_t deadline = now_us() + DRAIN_US;
	while (load.acked < load.sent || load.delivered < load.sent ||
		load.fed < load.sent * load.feeds_count) {
		if (now_us() > deadline) {
			die("of %" PRId64 " messages %" PRId64 " were never answered, %" PRId64
			    " never delivered, %" PRId64 " never came to feeds",
				load.sent, load.sent - load.acked, load.sent - load.delivered,
				load.sent * load.feeds_count - load.fed);
		}
		ws_poll(100000, wire->on_message);
	}
}

static void report(const struct marks *begin, const struct marks *end, int pid)
{
	double seconds = (double)(end->at_us - begin->at_us) / 1e6;
	int64_t count = end->delivered - begin->delivered;
	if (count == 0) {
		die("no message was delivered in %.1f s", seconds);
	}
	double per_message = 1 / (double)count;
	printf("{\"messages\":%" PRId64 ",\"seconds\":%.3f,\"per_s\":%.0f,", count, seconds,
		(double)count / seconds);
	print_latency("delivery", true, begin->sent, end->sent);
	print_latency("answer", false, begin->sent, end->sent);
	printf("\"cpu_us_per_message\":%.2f,\"load_cpu_us_per_message\":%.2f,"
	       "\"written_bytes_per_message\":%.1f,\"rss_kib\":%ld,\"sent\":%" PRId64
	       ",\"lost\":%" PRId64 "}\n",
		(end->cpu - begin->cpu) * 1e6 * per_message,
		(end->own_cpu - begin->own_cpu) * 1e6 * per_message,
		(double)(end->written - begin->written) * per_message, proc_rss_kib(pid), load.sent,
		load.sent - load.delivered);
}

/* ---- loads ---- */

static void saturate(int in_flight, double seconds, int pid)
{
	in_flight_goal = in_flight;
	for (int i = 0; i < in_flight; i++) {
		say(i % load.pairs_count, now_us());
	}
	int64_t start = now_us();
	int64_t warm = start + (int64_t)(seconds * 1e4 * WARMUP_PERCENT);
	int64_t stop = warm + (int64_t)(seconds * 1e6);
	while (now_us() < warm) {
		ws_poll(1000, wire->on_message);
	}
	struct marks begin = mark(pid);
	while (now_us() < stop) {
		ws_poll(1000, wire->on_message);
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
			ws_poll(due - now, wire->on_message);
		}
		if (begin.at_us == 0 && due >= warm) {
			begin = mark(pid);
		}
		say((int)(k % load.pairs_count), due);
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
	long before = 0;
	for (int i = 0; i < connections; i++) {
		if (i == first) {
			load_settle("the first greetings");
			before = proc_rss_kib(pid);
		}
		wire->greet(&all[i], i);
		if (i % OPEN_AT_ONCE == 0) {
			load_settle("greetings");
		}
	}
	load_settle("greetings");
	int64_t quiet = now_us() + 500000;
	while (now_us() < quiet) {
		ws_poll(100000, wire->on_message);
	}
	long after = proc_rss_kib(pid);
	printf("{\"connections\":%d,\"rss_kib\":%ld,\"kib_per_connection\":%.2f}\n", connections,
		after, (double)(after - before) / (connections - first));
	free(all);
}

static void storm(int connections, int pid)
{
	struct ws *all = calloc((size_t)connections, sizeof(*all));
	messages = calloc((size_t)connections, sizeof(*messages));
	storming = true;
	struct marks begin = mark(pid);
	int64_t start = now_us() + 10000;
	for (int i = 0; i < connections; i++) {
		int64_t due = start + (int64_t)i * 1000000 / connections;
		for (int64_t now = now_us(); now < due; now = now_us()) {
			ws_poll(due - now, wire->on_message);
		}
		messages[i].intended_us = due;
		wire->greet(&all[i], i);
	}
	load_settle("greetings");
	struct marks end = mark(pid);
	printf("{\"connections\":%d,", connections);
	print_latency("connect", true, 0, connections);
	printf("\"cpu_us_per_connect\":%.1f}\n", (end.cpu - begin.cpu) * 1e6 / connections);
	free(all);
}

static const struct wire *wire_by_name(const char *name)
{
	static const struct wire *const wires[] = {
		&wire_hark, &wire_relay, &wire_mqtt, &wire_prosody, &wire_ejabberd, &wire_socketio};
	for (size_t i = 0; i < sizeof(wires) / sizeof(*wires); i++) {
		if (strcmp(wires[i]->name, name) == 0) {
			return wires[i];
		}
	}
	die("no such wire: %s", name);
}

int main(int argc, char **argv)
{
	static char *feed_cookies[FEED_COOKIES_MAX];
	load.feed_cookies = feed_cookies;
	for (int option; (option = getopt(argc, argv, "f:c:")) != -1;) {
		if (option == 'f') {
			load.feeds_count = atoi(optarg);
		} else if (option == 'c' && load.feed_cookies_count < FEED_COOKIES_MAX) {
			feed_cookies[load.feed_cookies_count++] = optarg;
		}
	}
	argv += optind - 1;
	argc -= optind - 1;
	if (argc < 8) {
		die("usage: load [-f FEEDS] [-c FEED_COOKIE]... PORT WIRE saturate|rate|idle|storm "
		    "ROOMS AMOUNT SECONDS PID [COOKIE...]");
	}
	wire = wire_by_name(argv[2]);
	const char *mode = argv[3];
	int rooms = atoi(argv[4]), pid = atoi(argv[7]);
	double amount = atof(argv[5]), seconds = atof(argv[6]);
	load.run_id = (uint64_t)now_us() << 16 | (uint64_t)(getpid() & 0xffff);
	memset(load.body, 'a', BODY_BYTES);
	ws_init(atoi(argv[1]));
	ws_dialect(wire->path, wire->binary);
	if (strcmp(mode, "idle") == 0) {
		idle(rooms, pid);
		return EXIT_SUCCESS;
	}
	if (strcmp(mode, "storm") == 0) {
		storm(rooms, pid);
		return EXIT_SUCCESS;
	}
	load.pairs_count = rooms;
	load.pairs = calloc((size_t)rooms, sizeof(*load.pairs));
	load.feeds = calloc((size_t)load.feeds_count + 1, sizeof(*load.feeds));
	load.cookies = argv + 8;
	load.cookies_count = argc - 8;
	double most_per_s = strcmp(mode, "rate") == 0 ? amount : MOST_PER_S;
	capacity = (int64_t)(most_per_s * (seconds * 1.5 + 2));
	messages = calloc((size_t)capacity, sizeof(*messages));
	wire->open();
	if (strcmp(mode, "rate") == 0) {
		by_the_clock(amount, seconds, pid);
	} else {
		saturate((int)amount, seconds, pid);
	}
	return EXIT_SUCCESS;
}
