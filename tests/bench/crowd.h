/*
 * Many people at one daemon, and what they wait for. Parts of the program crowd.c, one a
 * measurement.
 */
#ifndef HARK_TESTS_BENCH_CROWD_H
#define HARK_TESTS_BENCH_CROWD_H

#include "tests/bench/ws_client.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	TABS_PER_ROOM = 2, /* of one token: one speaks, the other hears it */
	OPEN_AT_ONCE = 64,
	SETUP_REF = 1000000000, /* refs from here on are not messages */
};

struct crowd {
	int port, pid; /* the daemon's */
	struct ws *tabs; /* TABS_PER_ROOM of each room, side by side; then others */
	int64_t *room_ids; /* by room */
	int rooms;
	int waiting_for; /* answers that are still to come */
	uint64_t run_id;
	/* One message, taken out of its batch. */
	void (*on_message)(struct ws *ws, const char *bytes, size_t size);
};

extern struct crowd crowd;

/* ---- asking ---- */

__attribute__((format(printf, 2, 3))) void crowd_say(struct ws *ws, const char *format, ...);

/* Connects and says hello as the visitor with this token; one answer more is waited for. */
void crowd_visit(struct ws *ws, int index, const char *token, int64_t after);
void crowd_token(int number, char token[65]); /* of a visitor of this run */
/* The same with a counselor's sign-in, eight connections of which may be open. */
void crowd_oversee(struct ws *ws, int index, const char *cookie);

/* Takes in what comes until nothing is waited for; ends the program after a minute. */
void crowd_settle(const char *what);
void crowd_poll(int64_t until_us);

/* Rooms of visitors that wait for nobody, with TABS_PER_ROOM tabs each. */
void crowd_open_rooms(int rooms, int others);

/* ---- reading ---- */

bool text_begins(const char *bytes, size_t size, const char *with);
int64_t text_number(const char *bytes, size_t size, const char *key); /* -1: none */

/* ---- figures ---- */

double crowd_cpu_us(void); /* the daemon's, all threads */
long crowd_rss_kib(void);

/* What the daemon does by itself: timers, and a heartbeat now and then for who is silent. */
struct crowd_idle {
	double us_per_s, us_per_heartbeat; /* processor time */
};

/* Of the daemon, from some moment on. */
struct crowd_span {
	double cpu_us;
	int64_t began_us, heartbeats;
};

/* Takes in what comes until the daemon has nothing left to do: what was put off is done, too
 * (rows, marks, the index of words). False: it still had after so long. */
bool crowd_rest(int64_t patience_us);
struct crowd_idle crowd_idle_cost(int64_t over_us);
struct crowd_span crowd_span_begin(void);
/* Processor time since then that is not the idle daemon's. */
double crowd_span_end(const struct crowd_span *span, const struct crowd_idle *idle);

/* Sorts; prints "name":{"count":...,"p50_ms":...,"p99_ms":...,"p999_ms":...,"max_ms":...} */
void crowd_print(const char *name, int64_t *took_us, int64_t count);

/* ---- the measurements; argv from behind the mode ---- */

void crowd_talk(int argc, char **argv);
void crowd_wait(int argc, char **argv);
void crowd_storm(int argc, char **argv);
void crowd_handshakes(int argc, char **argv);
void crowd_look(int argc, char **argv);

#endif
