/*
 * Looking into a long past, over the wire: what must not take longer because there is more of it.
 * ROOMS_FILE has a line "ended ROOM N" or "open ROOM N TOKEN" for each room (see history.c).
 */
#include "tests/bench/crowd.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	ROOMS_MAX = 200,
	SITTINGS = 20,
	RETURNS = 5, /* of each visitor */
	PAGES = 20, /* likewise */
	BACK = 200, /* events a visitor who returns has missed */
	PAGE = 50, /* events in one look */
	TALK_PER_S = 200,
	TALK_S = 5,
	TIMES_MAX = 4096,
};

struct past_room {
	int64_t room, n;
	char token[65];
};

static struct {
	struct past_room ended[ROOMS_MAX], open[ROOMS_MAX];
	int ended_count, open_count;
	int64_t ref; /* of the answer that is waited for */
	bool caught_up, answered;
	int64_t walls; /* snapshots of rooms that came */
	int64_t events; /* that came */
	int64_t asked_us[TALK_PER_S * TALK_S];
	int64_t times[TIMES_MAX], count;
	int64_t answers; /* to what was said */
} look;

static void read_rooms(const char *path)
{
	FILE *file = fopen(path, "r");
	char line[256], kind[16];
	if (file == NULL) {
		die("cannot read %s", path);
	}
	while (fgets(line, sizeof(line), file) != NULL) {
		struct past_room room = {0};
		if (sscanf(line, "%15s %" SCNd64 " %" SCNd64 " %64s", kind, &room.room, &room.n,
			    room.token) < 3 ||
			look.ended_count == ROOMS_MAX || look.open_count == ROOMS_MAX) {
			die("a line too many, or not as it should be: %s", line);
		}
		if (kind[0] == 'e') {
			look.ended[look.ended_count++] = room;
		} else {
			look.open[look.open_count++] = room;
		}
	}
	fclose(file);
}

static void on_look_message(struct ws *ws, const char *bytes, size_t size)
{
	(void)ws;
	if (text_begins(bytes, size, "{\"type\":\"error\"")) {
		die("refused: %.*s", (int)size, bytes);
	}
	if (text_begins(bytes, size, "{\"type\":\"state.caught_up\"")) {
		look.caught_up = true;
	} else if (text_begins(bytes, size, "{\"type\":\"state.wall\"")) {
		look.walls++;
	} else if (text_begins(bytes, size, "{\"type\":\"batch\"") ||
		   text_begins(bytes, size, "{\"type\":\"ok\"")) {
		int64_t ref = text_number(bytes, size, "\"ref\":");
		if (ref < TALK_PER_S * TALK_S && look.asked_us[ref] != 0) {
			look.times[ref] = now_us() - look.asked_us[ref];
			look.answers++;
		}
		look.answered |= ref == look.ref;
	} else if (memmem(bytes, size, "\"replay\":true", 13) != NULL) {
		look.events++;
	}
}

static void wait_for(const bool *what)
{
	for (int64_t deadline = now_us() + 30000000; !*what;) {
		if (now_us() > deadline) {
			die("waited in vain");
		}
		crowd_poll(now_us() + 100000);
	}
}

static void note(int64_t began_us)
{
	if (look.count < TIMES_MAX) {
		look.times[look.count++] = now_us() - began_us;
	}
}

static void print(const char *name, bool last)
{
	crowd_print(name, look.times, look.count);
	printf("%s", last ? "}\n" : ",");
	look.count = 0;
}

/* A counselor comes: the newest events, and the wall. */
static void sit_down(const char *cookie)
{
	for (int i = 0; i < SITTINGS; i++) {
		struct ws ws;
		int64_t began = now_us();
		look.caught_up = false;
		look.walls = 0;
		crowd_oversee(&ws, 0, cookie);
		while (!look.caught_up || look.walls < look.open_count) {
			wait_for(&look.caught_up);
			crowd_poll(now_us() + 1000);
			if (now_us() > began + 30000000) {
				die("the wall shows %" PRId64 " rooms", look.walls);
			}
		}
		note(began);
		ws_close(&ws);
	}
}

/*
 * So that the next opening comes from the disk. Before each of them, or the short past lies in
 * memory after the first few, whole, and what is called cold is warm there alone. The daemon's own
 * readers forget by themselves: an opening is audited, and a commit ends what they had cached.
 */
static void forget(const char *path)
{
	int file = open(path, O_RDONLY | O_CLOEXEC);
	if (file < 0 || fdatasync(file) != 0 || /* what is not written yet stays */
		posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED) != 0) {
		die("%s cannot be forgotten", path);
	}
	close(file);
}

/* A counselor opens chats of the past; from the disk, if a path is given. */
static void open_rooms(struct ws *ws, const char *path)
{
	for (int i = 0; i < look.ended_count; i++) {
		const struct past_room *room = &look.ended[i];
		if (path != NULL) {
			forget(path);
		}
		int64_t began = now_us();
		look.caught_up = false;
		look.events = 0;
		crowd_say(ws,
			"{\"type\":\"room.open\",\"ref\":%" PRId64 ",\"room\":%" PRId64
			",\"after\":%" PRId64 "}",
			++look.ref, room->room, room->n > PAGE ? room->n - PAGE : 0);
		wait_for(&look.caught_up);
		note(began);
		if (look.events != (room->n > PAGE ? PAGE : room->n)) {
			die("%" PRId64 " events came of room %" PRId64, look.events, room->room);
		}
		look.answered = false;
		crowd_say(ws, "{\"type\":\"room.close\",\"ref\":%" PRId64 ",\"room\":%" PRId64 "}",
			++look.ref, room->room);
		wait_for(&look.answered);
	}
}

/* A visitor comes back to a room after so many events. */
static void come_back(void)
{
	for (int i = 0; i < RETURNS * look.open_count; i++) {
		const struct past_room *room = &look.open[i % look.open_count];
		struct ws ws;
		int64_t began = now_us();
		look.caught_up = false;
		look.events = 0;
		crowd_visit(&ws, 0, room->token, room->n - BACK);
		wait_for(&look.caught_up);
		note(began);
		if (look.events != BACK) {
			die("%" PRId64 " events came of %d", look.events, BACK);
		}
		ws_close(&ws);
	}
}

/* A visitor looks at the newest events again. */
static void look_back(struct ws *visitors)
{
	for (int i = 0; i < PAGES * look.open_count; i++) {
		const struct past_room *room = &look.open[i % look.open_count];
		int64_t began = now_us();
		look.answered = false;
		crowd_say(&visitors[i % look.open_count],
			"{\"type\":\"room.history\",\"ref\":%" PRId64 ",\"room\":%" PRId64
			",\"before\":%" PRId64 ",\"limit\":%d}",
			++look.ref, room->room, room->n + 1, PAGE);
		wait_for(&look.answered);
		note(began);
	}
}

static void talk(struct ws *visitors)
{
	int64_t start = now_us();
	for (int64_t k = 0; k < TALK_PER_S * TALK_S; k++) {
		int64_t due = start + k * 1000000 / TALK_PER_S;
		while (now_us() < due) {
			crowd_poll(due);
		}
		look.asked_us[k] = due;
		crowd_say(&visitors[k % look.open_count],
			"{\"type\":\"chat.send\",\"ref\":%" PRId64 ",\"room\":%" PRId64
			",\"id\":\"%016" PRIx64 "%016" PRIx64
			"\",\"body\":\"And one more %0180d\"}",
			k, look.open[k % look.open_count].room, crowd.run_id, (uint64_t)k, 7);
	}
	for (int64_t deadline = now_us() + 30000000; look.answers < TALK_PER_S * TALK_S;) {
		if (now_us() > deadline) {
			die("a message was never answered");
		}
		crowd_poll(now_us() + 10000);
	}
	look.count = look.answers;
}

void crowd_look(int argc, char **argv)
{
	if (argc < 3) {
		die("look ROOMS_FILE DATABASE COOKIE");
	}
	read_rooms(argv[0]);
	crowd.on_message = on_look_message;
	look.ref = SETUP_REF;
	printf("{\"said\":%d,", TALK_PER_S * TALK_S);
	sit_down(argv[2]);
	print("wall", false);
	struct ws counselor;
	look.caught_up = false;
	crowd_oversee(&counselor, 0, argv[2]);
	wait_for(&look.caught_up);
	open_rooms(&counselor, argv[1]);
	print("open_cold", false);
	open_rooms(&counselor, NULL);
	look.count = 0; /* these came from the disk: before the last cold one all were dropped */
	open_rooms(&counselor, NULL);
	print("open_warm", false);
	come_back();
	look.count = 0; /* the first came from the disk */
	come_back();
	print("catch_up", false);
	struct ws *visitors = calloc((size_t)look.open_count, sizeof(*visitors));
	for (int i = 0; i < look.open_count; i++) {
		look.caught_up = false;
		crowd_visit(&visitors[i], i, look.open[i].token, look.open[i].n);
		wait_for(&look.caught_up);
	}
	look_back(visitors);
	print("page", false);
	talk(visitors);
	print("commit", true);
	free(visitors);
}
