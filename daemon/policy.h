/*
 * Who may do what to a room: pure yes or no with a reason. No I/O, no clock, no session; the
 * caller gathers the facts. The roles that may send a message at all stand in messages.def.
 */
#ifndef HARK_DAEMON_POLICY_H
#define HARK_DAEMON_POLICY_H

#include "daemon/room.h"

#include <stdbool.h>
#include <stdint.h>

/* OUTCOME_OK, or OUTCOME_REFUSED + enum wire_code; see dispatch.h. */
enum outcome {
	OUTCOME_OK = 0, /* done: dispatch answers `ok` */
	OUTCOME_ANSWERED, /* the handler has answered, or will, through dispatch_answer_... */
	OUTCOME_PARKED, /* the handler named what it waits for; dispatch keeps the message */
	OUTCOME_REFUSED = 1000,
};

static inline enum outcome refuse(enum wire_code code)
{
	return (enum outcome)(OUTCOME_REFUSED + (int)code);
}

/* Of a refusal. */
static inline enum wire_code outcome_code(enum outcome outcome)
{
	return (enum wire_code)((int)outcome - OUTCOME_REFUSED);
}

/* Who asks, as far as a room is concerned. */
struct actor {
	enum wire_role role;
	int64_t account; /* staff */
	int64_t room; /* the visitor's own; 0: none */
	bool rostered; /* a supporter on shift now */
	bool in_grace; /* or whose shift ended so short ago that rooms may be kept */
	unsigned load, cap; /* a supporter's rooms */
};

enum outcome policy_may_read(
	const struct actor *actor, int64_t room, const struct room_state *state);
enum outcome policy_may_send(
	const struct actor *actor, int64_t room, const struct room_state *state);
/* Moving the mark of what was on screen: who only oversees leaves none. */
enum outcome policy_may_see(
	const struct actor *actor, int64_t room, const struct room_state *state);
/* Calling an adult: one's own room in any state but over, also when a shift has ended, and also
 * while a counselor is in it, who may be the one that needs help. */
enum outcome policy_may_call(
	const struct actor *actor, int64_t room, const struct room_state *state);
enum outcome policy_may_end(
	const struct actor *actor, int64_t room, const struct room_state *state);
enum outcome policy_may_take(const struct actor *actor, const struct room_state *state);
/* The supporter's own live room: give back, hand over. */
enum outcome policy_may_leave(const struct actor *actor, const struct room_state *state);
/* A counselor, seen by both sides. other_is_here: whoever stepped in before is connected. */
enum outcome policy_may_step_in(
	const struct actor *actor, const struct room_state *state, bool other_is_here);
/* The visitor's own room: from or to a mailbox. */
enum outcome policy_may_mailbox(
	const struct actor *actor, int64_t room, const struct room_state *state);
enum outcome policy_may_wait(
	const struct actor *actor, int64_t room, const struct room_state *state);

#endif
