/* What a session is given, in which order: nothing twice, nothing lost, no snapshot before events.
 */
#include "daemon/cases.h"
#include "daemon/config.h"
#include "daemon/desk.h"
#include "daemon/escalation.h"
#include "daemon/escrow.h"
#include "daemon/event.h"
#include "daemon/frame.h"
#include "daemon/journal.h"
#include "daemon/outbox.h"
#include "daemon/server.h"
#include "daemon/session.h"
#include "tests/unit/tap.h"

#include <stdio.h>
#include <stdlib.h>

static struct server server;
static struct session session;
static struct sitting sitting;
static struct subscription oversight;

static int room_frames; /* of a room the overseer reads along, still to be given */
static int packed; /* events that are not published yet */
static size_t event_bytes;
static struct frame *published; /* the feed's, and not yet given */
static struct frame *in_ring; /* the feed's own reference */
static bool snapshot_due;
static int snapshots; /* made */

static struct frame *frame_of(const char *text)
{
	struct frame *frame = frame_create(strlen(text));
	memcpy(frame->bytes, text, strlen(text));
	return frame;
}

/* ---- instead of those whose frames these are ---- */

struct frame *subscriptions_next(struct session *of)
{
	(void)of;
	if (room_frames > 0) {
		room_frames--;
		return frame_of("{\"room\":1}");
	}
	struct frame *frame = published;
	published = NULL;
	return frame;
}

void journal_publish_pack(struct server *of)
{
	struct event_pack *pack = &of->journal.pack;
	if (packed == 0) {
		return;
	}
	char *event = calloc(1, event_bytes + 64);
	for (; packed > 0; packed--) {
		int size = sprintf(event, "{\"event\":%d,\"body\":\"", packed);
		memset(event + size, 'x', event_bytes);
		memcpy(event + (size_t)size + event_bytes, "\"}", 2);
		event_pack_add_bytes(pack, event, (size_t)size + event_bytes + 2);
	}
	free(event);
	published = event_pack_frame(pack);
	in_ring = frame_ref(published);
}

struct frame *desk_wall_frame(struct server *of, struct wall_cursor *cursor)
{
	(void)of, (void)cursor;
	if (!snapshot_due) {
		return NULL;
	}
	snapshot_due = false;
	snapshots++;
	return frame_of("{\"wall\":1}");
}

struct frame *desk_encode(struct server *of, enum message_type type, const void *message)
{
	(void)of, (void)type, (void)message;
	return frame_of("{\"answer\":1}");
}

struct frame *escalation_next_frame(struct server *of, struct escalation_cursor *cursor)
{
	(void)of, (void)cursor;
	return NULL;
}

struct frame *desk_school_frame(struct server *of)
{
	(void)of;
	return NULL;
}

struct frame *desk_frame(struct server *of, const struct account *supporter)
{
	(void)of, (void)supporter;
	return NULL;
}

struct frame *desk_staff_frame(struct server *of)
{
	(void)of;
	return NULL;
}

struct frame *escrow_frame(struct server *of)
{
	(void)of;
	return NULL;
}

uint64_t outbox_version(const struct server *of)
{
	(void)of;
	return 0;
}

struct frame *outbox_frame(struct server *of)
{
	(void)of;
	return NULL;
}

struct frame *cases_frame(struct server *of, uint64_t *version)
{
	(void)of, (void)version;
	return NULL;
}

void session_wake(struct session *of)
{
	(void)of;
}

void session_close(struct session *of, int code, bool hurried)
{
	(void)of, (void)code, (void)hurried;
}

/* ---- */

static char *text_of_all; /* everything that was given, one after the other */

static void pull_all(void)
{
	size_t size = 0;
	text_of_all = calloc(1, 1);
	for (struct frame *frame; (frame = session_next(&session)) != NULL;
		session_sent(&session)) {
		text_of_all = realloc(text_of_all, size + frame->size + 1);
		memcpy(text_of_all + size, frame->bytes, frame->size);
		size += frame->size;
		text_of_all[size] = '\0';
	}
}

static int count_of(const char *word)
{
	int count = 0;
	for (const char *at = text_of_all; (at = strstr(at, word)) != NULL; at++) {
		count++;
	}
	return count;
}

static bool comes_before(const char *one, const char *other)
{
	const char *first = strstr(text_of_all, one), *second = strstr(text_of_all, other);
	return first == NULL || second == NULL || first < second;
}

/* Each way that events which rest for their round can meet what else there is to give. */
static void test_no_snapshot_overtakes_and_none_is_lost(void)
{
	static const size_t sizes[] = {1, EVENT_PACK_BYTES};
	for (int round = 0; round < 2 * 3 * 4 * 2; round++) {
		int answers = round % 2, rooms = round / 2 % 3, events = round / 6 % 4;
		event_bytes = sizes[round / 24];
		struct config config = {.queue_bytes = 1 << 20};
		server = (struct server){.config = &config};
		sitting = (struct sitting){0};
		session = (struct session){.server = &server,
			.greeted = true,
			.oversight = &oversight,
			.sitting = &sitting,
			.replies_end = &session.replies};
		for (int i = 0; i < answers; i++) {
			session_send(&session, TYPE_OK, NULL);
		}
		room_frames = rooms;
		packed = events;
		snapshot_due = true;
		snapshots = 0;
		pull_all();
		CHECK_INT(count_of("\"answer\""), answers);
		CHECK_INT(count_of("\"room\""), rooms);
		CHECK_INT(count_of("\"event\""), events);
		CHECK_INT(count_of("\"wall\""), 1);
		CHECK_INT(snapshots, 1);
		CHECK(comes_before("\"answer\"", "\"room\""));
		CHECK(comes_before("\"room\"", "\"event\""));
		CHECK(comes_before("\"event\"", "\"wall\""));
		CHECK(session.held == NULL && session.held_next == NULL);
		free(text_of_all);
		frame_unref(in_ring);
		in_ring = NULL;
		event_pack_finish(&server.out_pack);
		event_pack_finish(&server.journal.pack);
	}
}

/* Who is signed out is given nothing more, whatever was put aside for them. */
static void test_what_waits_is_dropped_whole(void)
{
	struct config config = {.queue_bytes = 1 << 20};

	server = (struct server){.config = &config};
	sitting = (struct sitting){0};
	session = (struct session){.server = &server,
		.greeted = true,
		.oversight = &oversight,
		.sitting = &sitting,
		.replies_end = &session.replies};
	event_bytes = EVENT_PACK_BYTES;
	packed = 1;
	snapshot_due = true;
	CHECK(session_next(&session) != NULL); /* the events; the snapshot waits */
	session_sent(&session);
	CHECK(session.held != NULL);
	session_send(&session, TYPE_OK, NULL);
	session.close_code = 4001;
	session_drop_waiting(&session);
	CHECK(session_next(&session) == NULL);
	frame_unref(in_ring);
	in_ring = NULL;
	event_pack_finish(&server.out_pack);
	event_pack_finish(&server.journal.pack);
}

int main(void)
{
	RUN(test_what_waits_is_dropped_whole);
	RUN(test_no_snapshot_overtakes_and_none_is_lost);
	return tap_done();
}
