/* The log's room: there from the start, without a byte of the log changed, or not at all. */
#include "storage/log_room.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "storage/table_event.h"
#include "tests/unit/storage/store_help.h"
#include "tests/unit/tap.h"

enum {
	ROOM = 6 << 20,
	EVENTS = 20,
};

static int64_t log_bytes(const struct scratch *scratch)
{
	struct stat found;
	return stat(scratch_path(scratch, "hark.db-wal"), &found) == 0 ? (int64_t)found.st_size
								       : -1;
}

static void make_room(struct store *store)
{
	struct store_job *room = log_room_create();
	room->done = free_done;
	store_background(store, room);
	store_flush(store);
}

static void write_events(struct store *store, int from, int to)
{
	for (int i = from; i <= to; i++) {
		struct outcome outcome = {0};
		write_event(store, i, 1, i, i - 1, &outcome);
		store_flush(store);
	}
}

/* In a process that dies with its log as it is; room is made after so many events. */
static void write_and_die(const struct scratch *scratch, int before_room, int events)
{
	pid_t child = fork();
	if (child == 0) {
		struct store *store = scratch_open(scratch, true);
		if (store == NULL) {
			_exit(EXIT_FAILURE);
		}
		write_events(store, 1, before_room);
		make_room(store);
		write_events(store, before_room + 1, events);
		_exit(log_bytes(scratch) == ROOM ? EXIT_SUCCESS : EXIT_FAILURE);
	}
	int status = -1;
	REQUIRE(child > 0 && waitpid(child, &status, 0) == child);
	CHECK_INT(status, 0);
}

static void check_after_death(int before_room, int events)
{
	struct scratch scratch;
	scratch_make(&scratch);
	write_and_die(&scratch, before_room, events);
	struct store *store = scratch_open(&scratch, false);
	REQUIRE(store != NULL);
	CHECK_INT(newest(store), events);
	/* And it goes on from there, the room being there already. */
	make_room(store);
	CHECK_INT(log_bytes(&scratch), ROOM);
	write_events(store, events + 1, events + 2);
	CHECK_INT(newest(store), events + 2);
	CHECK_INT(log_bytes(&scratch), ROOM);
	store_close(store);
	CHECK_INT(log_bytes(&scratch), -1);
	scratch_remove(&scratch);
}

/* First: forking wants no other thread. */
static void test_what_is_in_the_log_stays(void)
{
	check_after_death(0, 0);
	check_after_death(0, EVENTS);
	check_after_death(EVENTS, EVENTS);
	check_after_death(EVENTS / 2, EVENTS);
}

int main(void)
{
	RUN(test_what_is_in_the_log_stays);
	return tap_done();
}
