/* What events do to a room. */
#include "daemon/pressure.h"
#include "daemon/room.h"
#include "daemon/xalloc.h"
#include "storage/table_room.h"
#include "tests/unit/tap.h"

static struct room_state state;
static int64_t seq;

static void apply_with(enum event_kind kind, int64_t author, enum wire_audience audience)
{
	seq++;
	struct room_change change = {
		.kind = kind,
		.seq = seq,
		.n = event_is_staff_only(kind) ? 0 : state.n + 1,
		.at_ms = 1000 * seq,
		.author = author,
		.audience = audience,
		.alarm = WIRE_ALARM_UNANSWERED,
	};
	room_apply(&state, &change);
}

static void apply(enum event_kind kind, int64_t author)
{
	apply_with(kind, author, WIRE_AUDIENCE_NOW);
}

static void begin(enum wire_audience audience)
{
	state = (struct room_state){0};
	seq = 0;
	apply_with(EVENT_OPENED, AUTHOR_VISITOR, audience);
}

static void test_talk(void)
{
	begin(WIRE_AUDIENCE_NOW);
	CHECK_INT(state.phase, WIRE_PHASE_WAITING);
	CHECK_INT(state.asked_ms, 1000); /* who waits in silence waits too */
	apply(EVENT_POSTED, AUTHOR_VISITOR);
	CHECK_INT(state.asked_n, 2);
	CHECK_INT(state.asked_ms, 1000); /* the oldest counts */
	apply(EVENT_JOINED, 7);
	CHECK_INT(state.phase, WIRE_PHASE_LIVE);
	CHECK_INT(state.supporter, 7);
	CHECK(state.asked_ms > 0); /* coming is not answering */
	apply(EVENT_POSTED, 7);
	CHECK_INT(state.answered_n, 4);
	CHECK_INT(state.asked_ms, 0);
	apply(EVENT_ENDED, AUTHOR_VISITOR);
	CHECK_INT(state.phase, WIRE_PHASE_ENDED);
	CHECK_INT(state.supporter, 0);
	CHECK_INT(state.n, 5);
	CHECK_INT(state.head_seq, 5);
}

static void test_mailbox(void)
{
	begin(WIRE_AUDIENCE_PEER);
	CHECK_INT(state.phase, WIRE_PHASE_MAILBOX);
	CHECK_INT(state.asked_ms, 0); /* nothing was said yet */
	apply(EVENT_POSTED, AUTHOR_VISITOR);
	CHECK_INT(state.asked_ms, 2000);
	apply(EVENT_JOINED, 7);
	apply(EVENT_REQUEUED, AUTHOR_NOBODY);
	CHECK_INT(state.phase, WIRE_PHASE_MAILBOX); /* back to where it was, still unanswered */
	CHECK_INT(state.asked_ms, 2000);
	CHECK_INT(state.supporter, 0);
	apply(EVENT_RETURNED, AUTHOR_VISITOR);
	CHECK_INT(state.phase, WIRE_PHASE_WAITING);
	CHECK_INT(state.audience, WIRE_AUDIENCE_NOW);
}

static void test_leaving_a_message_instead(void)
{
	begin(WIRE_AUDIENCE_NOW);
	apply_with(EVENT_MAILBOXED, AUTHOR_VISITOR, WIRE_AUDIENCE_COUNSELOR);
	CHECK_INT(state.phase, WIRE_PHASE_MAILBOX);
	CHECK_INT(state.audience, WIRE_AUDIENCE_COUNSELOR);
	CHECK_INT(state.asked_ms, 0); /* nothing said: nobody needs to answer */
	begin(WIRE_AUDIENCE_NOW);
	apply(EVENT_POSTED, AUTHOR_VISITOR);
	apply_with(EVENT_MAILBOXED, AUTHOR_VISITOR, WIRE_AUDIENCE_PEER);
	CHECK_INT(state.asked_ms, 1000);
}

static void test_requeue_waits_again(void)
{
	begin(WIRE_AUDIENCE_NOW);
	apply(EVENT_JOINED, 7);
	apply(EVENT_POSTED, 7);
	CHECK_INT(state.asked_ms, 0);
	apply(EVENT_REQUEUED, AUTHOR_NOBODY);
	CHECK_INT(state.phase, WIRE_PHASE_WAITING);
	CHECK_INT(state.asked_ms, 4000); /* a new wait */
}

static void test_alarm(void)
{
	begin(WIRE_AUDIENCE_NOW);
	apply(EVENT_POSTED, AUTHOR_VISITOR);
	int64_t n = state.n;
	apply(EVENT_ALARM_RAISED, AUTHOR_NOBODY);
	CHECK(state.alarm && !state.alarm_noted);
	CHECK_INT(state.n, n); /* members never see it */
	apply(EVENT_ALARM_TAKEN, 9);
	CHECK(!state.alarm && state.alarm_noted);
	CHECK(state.asked_ms > 0); /* taking note is not answering */
	apply(EVENT_POSTED, AUTHOR_VISITOR);
	CHECK(!state.alarm_noted);
	CHECK_INT(state.asked_ms, 5000); /* the clock starts again */
	apply(EVENT_ALARM_RAISED, AUTHOR_NOBODY);
	apply(EVENT_JOINED, 7);
	CHECK(state.alarm);
	apply(EVENT_POSTED, 7);
	CHECK(!state.alarm);
}

static void step_in(int64_t adult, bool alone)
{
	seq++;
	struct room_change change = {
		.kind = EVENT_STEPPED_IN,
		.seq = seq,
		.n = state.n + 1,
		.at_ms = 1000 * seq,
		.author = adult,
		.alone = alone,
	};
	room_apply(&state, &change);
}

static void test_adult_beside_the_supporter(void)
{
	begin(WIRE_AUDIENCE_NOW);
	apply(EVENT_JOINED, 7);
	int64_t since_ms = state.since_ms;
	apply(EVENT_POSTED, AUTHOR_VISITOR);
	step_in(9, false);
	CHECK_INT(state.phase, WIRE_PHASE_LIVE);
	CHECK_INT(state.supporter, 7);
	CHECK_INT(state.adult, 9);
	CHECK_INT(state.since_ms, since_ms); /* the talk goes on */
	CHECK(state.asked_ms > 0); /* coming is not answering */
	apply(EVENT_POSTED, 9);
	CHECK_INT(state.asked_ms, 0);
	apply(EVENT_STEPPED_OUT, 9);
	CHECK_INT(state.phase, WIRE_PHASE_LIVE);
	CHECK_INT(state.supporter, 7);
	CHECK_INT(state.adult, 0);
	step_in(9, true); /* the supporter rests */
	CHECK_INT(state.supporter, 0);
	CHECK_INT(state.adult, 9);
	CHECK(state.since_ms > since_ms);
}

static void test_adult_alone(void)
{
	begin(WIRE_AUDIENCE_NOW);
	apply(EVENT_POSTED, AUTHOR_VISITOR);
	step_in(9, false);
	CHECK_INT(state.phase, WIRE_PHASE_LIVE);
	CHECK_INT(state.supporter, 0);
	CHECK_INT(state.asked_ms, 1000);
	apply(EVENT_STEPPED_OUT, 9);
	CHECK_INT(state.phase, WIRE_PHASE_WAITING); /* nobody is left */
	CHECK_INT(state.asked_ms, 1000); /* and still nobody has answered */
	begin(WIRE_AUDIENCE_COUNSELOR);
	apply(EVENT_POSTED, AUTHOR_VISITOR);
	step_in(9, false);
	CHECK_INT(state.phase, WIRE_PHASE_LIVE);
	apply(EVENT_POSTED, 9);
	apply(EVENT_STEPPED_OUT, 9);
	CHECK_INT(state.phase, WIRE_PHASE_MAILBOX);
	CHECK_INT(state.audience, WIRE_AUDIENCE_COUNSELOR);
	CHECK_INT(state.asked_ms, 0);
}

static void test_supporter_leaves_the_adult(void)
{
	begin(WIRE_AUDIENCE_NOW);
	apply(EVENT_JOINED, 7);
	step_in(9, false);
	apply(EVENT_REQUEUED, AUTHOR_NOBODY);
	CHECK_INT(state.phase, WIRE_PHASE_LIVE); /* does not wait: somebody is there */
	CHECK_INT(state.supporter, 0);
	CHECK_INT(state.adult, 9);
	apply(EVENT_ENDED, AUTHOR_VISITOR);
	CHECK_INT(state.adult, 0);
}

/* A block is no part of the talk: no number in the room, and nobody is sent away by it. */
static void test_block(void)
{
	begin(WIRE_AUDIENCE_NOW);
	CHECK(!state.for_adults);
	apply(EVENT_JOINED, 7);
	int64_t n = state.n;
	struct room_change change = {.kind = EVENT_BLOCKED,
		.seq = state.head_seq + 1,
		.at_ms = 5000,
		.author = 9,
		.blocked_until_ms = 8000};
	room_apply(&state, &change);
	CHECK_INT(state.n, n);
	CHECK_INT(state.supporter, 7);
	CHECK_INT(state.blocked_ms, 5000);
	CHECK_INT(state.blocked_until_ms, 8000);
	change.blocked_until_ms = 0;
	room_apply(&state, &change);
	CHECK_INT(state.blocked_until_ms, 0);
	begin(WIRE_AUDIENCE_COUNSELOR);
	CHECK(state.for_adults);
	apply(EVENT_RETURNED, AUTHOR_VISITOR);
	CHECK(state.for_adults); /* what it was opened for does not change */
}

static void test_row(void)
{
	struct room room = {.id = 42, .mood = 3, .visitor_seen = 4, .supporter_seen = 5};
	struct room again = {0};
	begin(WIRE_AUDIENCE_NOW);
	apply(EVENT_POSTED, AUTHOR_VISITOR);
	apply(EVENT_ALARM_RAISED, AUTHOR_NOBODY);
	step_in(9, false);
	state.revealed_ms = 77;
	state.blocked_ms = 78;
	state.blocked_until_ms = 79;
	state.for_adults = true;
	room.durable = state;
	room.topics = xstrdup("Friends\nFamily");
	room.wish = xstrdup("A girl");
	strcpy(room.name, "Paper Lantern");
	strcpy(room.picture, "lantern-a");
	for (int noted = 0; noted < 2; noted++) {
		struct room_row row;
		room_to_row(&room, &row);
		room_from_row(&again, &row);
		CHECK(memcmp(&again.durable, &room.durable, sizeof(state)) == 0 ||
			(again.durable.alarm == room.durable.alarm &&
				again.durable.alarm_noted == room.durable.alarm_noted &&
				again.durable.n == room.durable.n &&
				again.durable.asked_ms == room.durable.asked_ms));
		CHECK_INT(again.pending.head_seq, room.durable.head_seq);
		CHECK_STR(again.topics, "Friends\nFamily");
		CHECK_STR(again.wish, "A girl");
		CHECK_STR(again.name, "Paper Lantern");
		CHECK_INT(again.supporter_seen, 5);
		CHECK_INT(again.durable.adult, 9);
		CHECK_INT(again.durable.revealed_ms, 77);
		CHECK_INT(again.durable.blocked_ms, 78);
		CHECK_INT(again.durable.blocked_until_ms, 79);
		CHECK(again.durable.for_adults);
		CHECK_INT(again.worked, 0); /* nothing is known that was done for peers */
		apply(EVENT_ALARM_TAKEN, 9);
		room.durable = state;
	}
	CHECK(again.durable.alarm || again.durable.alarm_noted);
	struct room_row row;
	room.durable.for_adults = false;
	room_to_row(&room, &row);
	room_from_row(&again, &row);
	CHECK_INT(again.worked, PRESSURE_BITS_MOST);
	free(room.topics);
	free(room.wish);
	free(again.topics);
	free(again.wish);
}

static void test_places(void)
{
	begin(WIRE_AUDIENCE_NOW);
	struct room room = {.pending = state};
	for (uint64_t session = 1; session <= 6; session++) {
		room.visitors_here++;
		room_note_visitor(&room, session);
		CHECK(room_keeps_place(&room, session));
		CHECK(room_keeps_place(&room, 1) == (session <= 4));
		CHECK(room_keeps_place(&room, 2) == (session <= 5));
	}
	room.visitors_here = 2; /* 1 and 2 are left */
	CHECK(room_keeps_place(&room, 1));
	CHECK(room_keeps_place(&room, 2));
	apply(EVENT_ENDED, AUTHOR_VISITOR);
	room.pending = state;
	CHECK(!room_keeps_place(&room, 1));
}

int main(void)
{
	RUN(test_talk);
	RUN(test_mailbox);
	RUN(test_leaving_a_message_instead);
	RUN(test_requeue_waits_again);
	RUN(test_alarm);
	RUN(test_adult_beside_the_supporter);
	RUN(test_adult_alone);
	RUN(test_supporter_leaves_the_adult);
	RUN(test_block);
	RUN(test_row);
	RUN(test_places);
	return tap_done();
}
