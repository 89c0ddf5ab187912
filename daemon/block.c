/* Blocks; see block.h. */
#include "daemon/block.h"

#include "daemon/clock.h"
#include "daemon/escalation.h"
#include "daemon/room.h"

void block_take_over(struct room *room)
{
	const struct room_state *state = &room->durable;
	int64_t left_ms =
		block_left_of(state->blocked_ms, state->blocked_until_ms, clock_wall_ms());
	room->blocked_mono = left_ms > 0 ? clock_mono_ms() + left_ms : 0;
}

int64_t block_left_ms(const struct room *room)
{
	int64_t left_ms = room->blocked_mono > 0 ? room->blocked_mono - clock_mono_ms() : 0;
	return left_ms > 0 ? left_ms : 0;
}

bool block_silences(const struct room *room)
{
	return block_left_ms(room) > 0 && room->pending.adult == 0 &&
	       !escalation_visitor_calls(room);
}

enum outcome block_refuse(
	struct session *session, const struct room *room, const struct asker *asker)
{
	dispatch_refuse_until(session, asker, WIRE_CODE_BLOCKED, block_left_ms(room));
	return OUTCOME_ANSWERED;
}
