/*
 * Crowds at one daemon; prints one JSON object.
 *
 *	crowd PORT PID idle CONNECTIONS
 *	crowd PORT PID talk|wait ROOMS PER_SECOND SECONDS OVERSEERS STALLED [COOKIE...]
 *	crowd PORT PID storm CLIENTS OTHERS MISSED PER_SECOND [STORMS PATIENCE_S]
 *	crowd PORT PID handshakes COUNT                        (of the bare relay)
 *	crowd PORT PID look ROOMS_FILE DATABASE COOKIE         (see history.c)
 *
 * PID is the server's, for its processor time and memory. A room is a visitor's who wrote to peers;
 * two tabs of its token are there. COOKIEs are counselors' sign-ins.
 */
#include "tests/bench/crowd.h"

#include "protocol/message.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct crowd crowd;

/* ---- asking ---- */

void crowd_say(struct ws *ws, const char *format, ...)
{
	char line[2048];
	va_list arguments;
	va_start(arguments, format);
	int size = vsnprintf(line, sizeof(line), format, arguments);
	va_end(arguments);
	ws_send(ws, line, (size_t)size);
}

static const char *schema(void)
{
	static char text[17];
	uint8_t hash[8];
	if (text[0] == '\0') {
		protocol_schema_hash(hash);
		for (int i = 0; i < 8; i++) {
			sprintf(text + 2 * i, "%02x", hash[i]);
		}
	}
	return text;
}

void crowd_token(int number, char token[65])
{
	snprintf(token, 65, "%032" PRIx64 "%032x", crowd.run_id, (unsigned)number);
}

void crowd_visit(struct ws *ws, int index, const char *token, int64_t after)
{
	ws_connect(ws, index, WIRE_PROTOCOL, NULL);
	crowd_say(ws,
		"{\"type\":\"hello\",\"ref\":%d,\"page\":\"visitor\",\"schema\":\"%s\","
		"\"token\":\"%s\",\"after\":%" PRId64 "}",
		SETUP_REF, schema(), token, after);
	crowd.waiting_for++;
}

void crowd_oversee(struct ws *ws, int index, const char *cookie)
{
	ws_connect(ws, index, WIRE_PROTOCOL, cookie);
	crowd_say(ws, "{\"type\":\"hello\",\"ref\":%d,\"page\":\"oversight\",\"schema\":\"%s\"}",
		SETUP_REF, schema());
	crowd.waiting_for++;
}

/* ---- reading ---- */

bool text_begins(const char *bytes, size_t size, const char *with)
{
	return size >= strlen(with) && memcmp(bytes, with, strlen(with)) == 0;
}

int64_t text_number(const char *bytes, size_t size, const char *key)
{
	const char *at = memmem(bytes, size, key, strlen(key));
	return at != NULL ? strtoll(at + strlen(key), NULL, 10) : -1;
}

/* A `batch` is taken apart at the beginnings of its events; no text of ours looks like one. */
static void on_text(struct ws *ws, const char *bytes, size_t size)
{
	static const char event[] = "{\"type\":\"";
	const char *end = bytes + size, *at = bytes;
	if (text_begins(bytes, size, "{\"type\":\"batch\"")) {
		if (memmem(bytes, 40, "\"ref\":", 6) != NULL) {
			crowd.on_message(ws, bytes, size); /* an answer */
		}
		at = memmem(bytes + 1, size - 1, event, sizeof(event) - 1);
	}
	while (at != NULL) {
		const char *next = memmem(at + 1, (size_t)(end - at) - 1, event, sizeof(event) - 1);
		crowd.on_message(ws, at, (size_t)((next != NULL ? next : end) - at));
		at = next;
	}
}

void crowd_poll(int64_t until_us)
{
	int64_t left = until_us - now_us();
	ws_poll(left > 0 ? left : 0, on_text);
}

void crowd_settle(const char *what)
{
	int64_t deadline = now_us() + 60000000;
	while (crowd.waiting_for > 0) {
		if (now_us() > deadline) {
			die("waited in vain for %s", what);
		}
		crowd_poll(now_us() + 100000);
	}
}

static void on_setup(struct ws *ws, const char *bytes, size_t size)
{
	if (text_begins(bytes, size, "{\"type\":\"error\"")) {
		die("refused: %.*s", (int)size, bytes);
	}
	if (text_number(bytes, size, "\"ref\":") < SETUP_REF) {
		return;
	}
	crowd.waiting_for--;
	int64_t room = text_number(bytes, size, "\"room\":");
	if (room > 0 && ws->index < crowd.rooms * TABS_PER_ROOM) {
		crowd.room_ids[ws->index / TABS_PER_ROOM] = room;
	}
}

void crowd_open_rooms(int rooms, int others)
{
	int tabs = rooms * TABS_PER_ROOM;
	crowd.rooms = rooms;
	crowd.tabs = calloc((size_t)(tabs + others), sizeof(*crowd.tabs));
	crowd.room_ids = calloc((size_t)rooms, sizeof(*crowd.room_ids));
	crowd.on_message = on_setup;
	for (int side = 0; side < TABS_PER_ROOM; side++) {
		for (int i = 0; i < rooms; i++) {
			int index = i * TABS_PER_ROOM + side;
			char token[65];
			crowd_token(i, token);
			crowd_visit(&crowd.tabs[index], index, token, 0);
			if (i % OPEN_AT_ONCE == OPEN_AT_ONCE - 1) {
				crowd_settle("greetings");
			}
		}
		crowd_settle("greetings");
		for (int i = 0; side == 0 && i < rooms; i++) {
			crowd_say(&crowd.tabs[i * TABS_PER_ROOM],
				"{\"type\":\"room.start\",\"ref\":%d,\"topics\":[],\"to\":"
				"\"peer\"}",
				SETUP_REF);
			crowd.waiting_for++;
			if (i % OPEN_AT_ONCE == OPEN_AT_ONCE - 1) {
				crowd_settle("rooms");
			}
		}
		crowd_settle("rooms");
	}
	for (int i = 0; i < others; i++) {
		char token[65];
		crowd_token(rooms + i, token);
		crowd_visit(&crowd.tabs[tabs + i], tabs + i, token, 0);
		if (i % OPEN_AT_ONCE == OPEN_AT_ONCE - 1) {
			crowd_settle("others");
		}
	}
	crowd_settle("others");
}

/* ---- figures ---- */

/* Nanoseconds, where /proc/PID/stat has hundredths of a second. */
double crowd_cpu_us(void)
{
	char path[300];
	snprintf(path, sizeof(path), "/proc/%d/task", crowd.pid);
	DIR *tasks = opendir(path);
	if (tasks == NULL) {
		die("there is no process %d", crowd.pid);
	}
	double us = 0;
	for (struct dirent *task = readdir(tasks); task != NULL; task = readdir(tasks)) {
		unsigned long long ns = 0;
		snprintf(path, sizeof(path), "/proc/%d/task/%.20s/schedstat", crowd.pid,
			task->d_name);
		FILE *file = fopen(path, "r");
		if (file != NULL && fscanf(file, "%llu", &ns) == 1) {
			us += (double)ns / 1000;
		}
		if (file != NULL) {
			fclose(file);
		}
	}
	closedir(tasks);
	return us;
}

long crowd_rss_kib(void)
{
	char path[64], line[256];
	long kib = 0;
	snprintf(path, sizeof(path), "/proc/%d/status", crowd.pid);
	FILE *file = fopen(path, "r");
	while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
		sscanf(line, "VmRSS: %ld", &kib);
	}
	if (file != NULL) {
		fclose(file);
	}
	return kib;
}

static int compare(const void *left, const void *right)
{
	int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
	return (a > b) - (a < b);
}

void crowd_print(const char *name, int64_t *took_us, int64_t count)
{
	static const double at[] = {0.5, 0.99, 0.999, 1};
	static const char *const label[] = {"p50_ms", "p99_ms", "p999_ms", "max_ms"};
	qsort(took_us, (size_t)count, sizeof(*took_us), compare);
	printf("\"%s\":{\"count\":%" PRId64, name, count);
	for (int i = 0; i < 4; i++) {
		double us = count > 0 ? (double)took_us[(int64_t)((double)(count - 1) * at[i])] : 0;
		printf(",\"%s\":%.3f", label[i], us / 1000);
	}
	printf("}");
}

/* ---- people who are only there ---- */

static void crowd_idle(int argc, char **argv)
{
	int connections = argc > 0 ? atoi(argv[0]) : 1000, first = connections / 10;
	crowd_open_rooms(0, first); /* these pay for what is made once */
	long before = crowd_rss_kib();
	struct ws *rest = calloc((size_t)(connections - first), sizeof(*rest));
	for (int i = first; i < connections; i++) {
		char token[65];
		crowd_token(i, token);
		crowd_visit(&rest[i - first], i, token, 0);
		if (i % OPEN_AT_ONCE == OPEN_AT_ONCE - 1) {
			crowd_settle("greetings");
		}
	}
	crowd_settle("greetings");
	for (int64_t quiet = now_us() + 500000; now_us() < quiet;) {
		crowd_poll(quiet);
	}
	long after = crowd_rss_kib();
	printf("{\"connections\":%d,\"rss_kib\":%ld,\"bytes_per_connection\":%.0f}\n", connections,
		after, (double)(after - before) * 1024 / (connections - first));
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(int argc, char **argv);
	} modes[] = {{"idle", crowd_idle}, {"talk", crowd_talk}, {"wait", crowd_wait},
		{"storm", crowd_storm}, {"handshakes", crowd_handshakes}, {"look", crowd_look}};
	for (size_t i = 0; argc > 3 && i < sizeof(modes) / sizeof(modes[0]); i++) {
		if (strcmp(argv[3], modes[i].name) == 0) {
			crowd.pid = atoi(argv[2]);
			crowd.run_id = (uint64_t)now_us() << 16 | (uint64_t)(getpid() & 0xffff);
			crowd.port = atoi(argv[1]);
			ws_init(crowd.port);
			modes[i].run(argc - 4, argv + 4);
			return EXIT_SUCCESS;
		}
	}
	die("usage: crowd PORT PID idle|talk|wait|storm|handshakes|look ...");
}
