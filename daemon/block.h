/*
 * A room's key blocked for a time. Nobody else's: not an address, not a device. Who holds it is
 * told so and until when, never silently limited; opens no chat, goes back to no peer and writes
 * nothing meanwhile, but to an adult: the own call for one is always taken, and while it is open,
 * or a counselor is in the room, so is what is written there.
 *
 * It stands in the file as wall-clock times and runs, as all timeouts, on monotonic time: a clock
 * that is set back does not make it longer than it was said to be.
 */
#ifndef HARK_DAEMON_BLOCK_H
#define HARK_DAEMON_BLOCK_H

#include "daemon/dispatch.h"

#include <stdbool.h>
#include <stdint.h>

struct room;
struct session;

/* Its durable state has a block, or none: the clock is set to what is left of it. */
void block_take_over(struct room *room);

/* Pure: what is left at now_ms of a block from from_ms to until_ms (all UTC); never more than all
 * of it. */
static inline int64_t block_left_of(int64_t from_ms, int64_t until_ms, int64_t now_ms)
{
	if (until_ms <= from_ms || until_ms <= now_ms) {
		return 0;
	}
	return until_ms - (now_ms > from_ms ? now_ms : from_ms);
}

int64_t block_left_ms(const struct room *room); /* 0: none */

/* Whether the visitor's words are not taken now. */
bool block_silences(const struct room *room);

/* Refused as blocked, with retry_ms. OUTCOME_ANSWERED. */
enum outcome block_refuse(
	struct session *session, const struct room *room, const struct asker *asker);

#endif
