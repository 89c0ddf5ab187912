/*
 * Every second: the supporter who is silent or gone, the counselor who is, the visitor nobody has
 * answered, the shift that is over, the typing that stopped, the tab nobody came back to. On
 * monotonic time.
 */
#include "daemon/acts.h"
#include "daemon/clock.h"
#include "daemon/config.h"
#include "daemon/desk.h"
#include "daemon/journal.h"
#include "daemon/rooms.h"
#include "daemon/server.h"
#include "daemon/staff.h"

enum {
	TOKENS_A_TICK = 64, /* forgotten at once; the others' turn comes in a second */
	ROWS_A_TICK = 64, /* the same of rows written for rooms that could go */
};

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static bool is_due(int64_t since_mono, int64_t after_ms, int64_t now)
{
	return since_mono > 0 && now - since_mono >= after_ms;
}

/* Why the supporter of a live room loses it now. False: does not. */
static bool loses_room(const struct server *server, const struct room *room,
	const struct account *supporter, int64_t now, enum wire_requeue *why)
{
	const struct config *config = server->config;
	if (supporter == NULL || is_due(supporter->gone_mono, config->gone_ms, now)) {
		*why = WIRE_REQUEUE_GONE;
		return true;
	}
	/* While a counselor is in the room, a supporter may well be silent. */
	bool asked = room->pending.asked_ms > 0 && room->asked_mono > 0 && room->pending.adult == 0;
	if (asked && is_due(later(room->asked_mono, room->since_mono), config->silent_ms, now)) {
		*why = WIRE_REQUEUE_SILENT;
		return true;
	}
	bool over = !supporter->rostered &&
		    clock_wall_ms() >= supporter->span_ended_ms + config->shift_grace_ms;
	*why = WIRE_REQUEUE_SHIFT_OVER;
	return over;
}

static void check_unanswered(struct server *server, struct room *room, int64_t now)
{
	const struct room_state *state = &room->pending;
	if (state->asked_ms == 0 || state->alarm || state->alarm_noted ||
		!is_due(room->asked_mono, server->config->unanswered_ms, now)) {
		return;
	}
	act_raise_alarm(server, room,
		state->phase == WIRE_PHASE_MAILBOX ? WIRE_ALARM_MAILBOX : WIRE_ALARM_UNANSWERED);
}

static void check_live(struct server *server, struct room *room, int64_t now)
{
	enum wire_requeue why;
	if (room->pending.supporter == 0) {
		check_unanswered(server, room, now); /* a counselor is there alone */
		return;
	}
	struct account *supporter = staff_account(server->staff, room->pending.supporter);
	if (!loses_room(server, room, supporter, now, &why)) {
		if (room->pending.adult != 0) {
			check_unanswered(server, room, now); /* each may think the other answers */
		}
		return;
	}
	act_requeue(server, room, why, NULL);
	bool lost = (why == WIRE_REQUEUE_GONE || why == WIRE_REQUEUE_SILENT) &&
		    room->pending.adult == 0;
	if (lost && !room->pending.alarm && room->pending.asked_ms > 0) {
		act_raise_alarm(server, room, WIRE_ALARM_LOST_SUPPORTER);
	}
}

/* Who stepped in and has closed the page is not there: nobody should go on waiting for them. */
static bool adult_is_gone(const struct server *server, const struct room *room, int64_t now)
{
	const struct account *adult = staff_account(server->staff, room->pending.adult);
	return room->pending.adult != 0 &&
	       (adult == NULL || is_due(adult->gone_mono, server->config->gone_ms, now));
}

static void check_volatile(struct server *server, struct room *room, int64_t now)
{
	bool changed = false;
	if (room->visitor_typing_until > 0 && now >= room->visitor_typing_until) {
		room->visitor_typing_until = 0;
		changed = true;
	}
	if (room->supporter_typing_until > 0 && now >= room->supporter_typing_until) {
		room->supporter_typing_until = 0;
		changed = true;
	}
	if (room->adult_typing_until > 0 && now >= room->adult_typing_until) {
		room->adult_typing_until = 0;
		changed = true;
	}
	int64_t until_ms =
		desk_warned_until(server, staff_account(server->staff, room->durable.supporter));
	if (until_ms != room->warned_until_ms) {
		room->warned_until_ms = until_ms;
		changed = true;
	}
	if (room->blocked_mono > 0 && now >= room->blocked_mono) {
		room->blocked_mono = 0;
		changed = true;
	}
	if (changed) {
		rooms_marks_changed(server, room);
	}
	if (room->handing_to != 0 && is_due(room->handing_mono, server->config->offer_ms, now)) {
		room->handing_to = 0;
		rooms_state_changed(server, room);
	}
}

static void check_tokens(struct server *server, int64_t now)
{
	size_t at = 0;
	unsigned dropped = 0;
	struct token *token;
	while (dropped < TOKENS_A_TICK &&
		(token = idmap_next(&server->rooms.tokens, &at)) != NULL) {
		if (is_due(token->idle_mono, server->config->token_grace_ms, now)) {
			rooms_drop_token(server, token, NULL, NULL);
			dropped++;
			at--; /* what came after it may have moved into its place */
		}
	}
}

/*
 * Nothing was said, no tab opens it and no words do: nobody can ever come back to it. Left open, a
 * flood of such rooms would fill limits.rooms for good.
 */
static bool is_abandoned(const struct room *room)
{
	return room->pending.asked_n == 0 && room->pending.answered_n == 0 && room->tokens == 0 &&
	       !room->has_codename;
}

/* Its last reader may have gone, or it was quiet for long enough. Where something always happens
 * somewhere, a mark of what was seen would keep its row behind for ever. */
static void let_go(struct server *server, struct room *room)
{
	bool behind = room->dirty || room->seen_dirty;
	if (behind && rooms_may_rest(server, room) && server->journal.rows_saving < ROWS_A_TICK) {
		journal_save_room(server, room);
	}
	rooms_unload_if_idle(server, room);
}

void rooms_tick(struct server *server)
{
	int64_t now = clock_mono_ms();
	struct room *next;
	for (struct room *room = server->rooms.list; room != NULL; room = next) {
		next = room->next;
		check_volatile(server, room, now);
		if (!journal_writable(server) || room->in_flight > 0) {
			continue; /* looked at again when what is on its way has landed */
		}
		if (adult_is_gone(server, room, now)) {
			act_step_out(server, room, NULL);
		} else if (room->pending.phase == WIRE_PHASE_LIVE) {
			check_live(server, room, now);
		} else if (room->pending.phase != WIRE_PHASE_ENDED && is_abandoned(room)) {
			act_end(server, room, NULL, NULL);
		} else {
			if (room->pending.phase != WIRE_PHASE_ENDED) {
				check_unanswered(server, room, now);
			}
			let_go(server, room);
		}
	}
	if (journal_writable(server)) {
		check_tokens(server, now);
	}
}
