/* A room's key blocked for a time, by a counselor or by a supporter's one tap, and lifted. */
#include "daemon/acts.h"
#include "daemon/audit.h"
#include "daemon/block.h"
#include "daemon/clock.h"
#include "daemon/dispatch.h"
#include "daemon/escalation.h"
#include "daemon/journal.h"
#include "daemon/rooms.h"
#include "daemon/server.h"
#include "daemon/session.h"
#include "daemon/settings.h"
#include "daemon/setup.h"
#include "daemon/staff.h"
#include "daemon/xalloc.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	REASON_BYTES = 200 * 4 + 1,
	DETAIL_BYTES = REASON_BYTES + 80,
	COOL_MS = 3 * 60 * 1000, /* a supporter who has just ended such a chat gets no offer */
};

/* ---- by a counselor ---- */

/* A block, or its end, of a room that may have to be read first. */
struct blocking {
	struct room_find find; /* first: the job */
	struct server *server;
	struct asker asker;
	int64_t for_s; /* 0: lifts it */
	char reason[REASON_BYTES];
};

static void note(struct server *server, const struct room *room, int64_t account,
	const struct blocking *blocking)
{
	char detail[DETAIL_BYTES];
	if (blocking->for_s > 0) {
		snprintf(detail, sizeof(detail), "Blocked for %lld s: %s",
			(long long)blocking->for_s, blocking->reason);
	} else {
		snprintf(detail, sizeof(detail), "The block was lifted.");
	}
	audit_add(server,
		&(struct audit_entry){
			.what = WIRE_AUDIT_BLOCK,
			.account = account,
			.room = room->id,
			.detail = detail,
		},
		NULL, NULL);
}

static enum outcome carry_out(
	struct session *session, struct room *room, const struct blocking *blocking)
{
	struct server *server = session->server;
	bool lifts = blocking->for_s == 0;
	if (lifts && room->pending.blocked_until_ms == 0) {
		journal_answer_as_it_stands(server, room, &blocking->asker);
		return OUTCOME_ANSWERED;
	}
	if (!setup_may_change(server)) {
		return refuse(WIRE_CODE_UNAVAILABLE);
	}
	/* Handed over first, so on disk no later than what it tells of. */
	note(server, room, session->account->row.id, blocking);
	int64_t until_ms = lifts ? 0 : clock_wall_ms() + blocking->for_s * 1000;
	act_block(server, room, until_ms, session->account, -1, &blocking->asker);
	return OUTCOME_ANSWERED;
}

static void on_room_found(struct store_job *job, enum store_status status)
{
	struct blocking *blocking = (struct blocking *)job;
	struct server *server = blocking->server;
	struct session *session = server_session(server, blocking->asker.session);
	enum outcome outcome = OUTCOME_ANSWERED;
	if (status != STORE_OK) {
		outcome = refuse(
			status == STORE_REFUSED ? WIRE_CODE_NO_SUCH_ROOM : WIRE_CODE_UNAVAILABLE);
	} else if (session != NULL && session->account != NULL) {
		struct room *room = rooms_adopt(server, &blocking->find.row);
		outcome = carry_out(session, room, blocking);
		rooms_unload_if_idle(server, room);
	}
	if (outcome != OUTCOME_ANSWERED) {
		dispatch_answer_error(server, &blocking->asker, outcome_code(outcome));
	}
	free(blocking);
}

static enum outcome begin(struct session *session, int64_t id, const struct asker *asker,
	int64_t for_s, struct text reason)
{
	struct server *server = session->server;
	struct room *room = rooms_find(server, id);
	struct blocking *blocking = xcalloc(1, sizeof(*blocking));
	blocking->server = server;
	blocking->asker = *asker;
	blocking->for_s = for_s;
	snprintf(
		blocking->reason, sizeof(blocking->reason), "%.*s", (int)reason.size, reason.bytes);
	if (room != NULL) {
		enum outcome outcome = room->pending.n > 0 ? carry_out(session, room, blocking)
							   : refuse(WIRE_CODE_NO_SUCH_ROOM);
		free(blocking);
		return outcome;
	}
	room_find_init(&blocking->find);
	blocking->find.id = id;
	blocking->find.job.done = on_room_found;
	store_read(server->store, &blocking->find.job);
	return OUTCOME_ANSWERED;
}

enum outcome handle_room_block(struct session *session, const struct msg_room_block *request)
{
	struct asker asker = dispatch_asker(session, request->has_ref, request->ref);
	return begin(session, request->room, &asker, request->for_s, request->reason);
}

enum outcome handle_room_unblock(struct session *session, const struct msg_room_unblock *request)
{
	struct asker asker = dispatch_asker(session, request->has_ref, request->ref);
	return begin(session, request->room, &asker, 0, text_of(""));
}

/* ---- by a supporter's one tap ---- */

static enum wire_escalation_reason reason_of(enum wire_report what)
{
	switch (what) {
	case WIRE_REPORT_TESTING:
		return WIRE_REASON_TESTING;
	case WIRE_REPORT_RUDE:
		return WIRE_REASON_RUDE;
	case WIRE_REPORT_THREAT:
		break;
	}
	return WIRE_REASON_THREAT;
}

/* What was reported before the power failed goes on where it stopped. */
static bool was_reported(
	const struct room *room, const struct msg_room_report *request, const struct account *by)
{
	for (const struct escalation *e = room->calls; e != NULL; e = e->next_of_room) {
		if (e->row.source == WIRE_SOURCE_SUPPORTER && e->row.raised_by == by->row.id &&
			e->row.has_page_id &&
			memcmp(e->row.page_id, request->id, sizeof(e->row.page_id)) == 0) {
			return true;
		}
	}
	return false;
}

enum outcome handle_room_report(struct session *session, const struct msg_room_report *request)
{
	struct server *server = session->server;
	struct room *room = rooms_find(server, request->room);
	struct actor actor = session_actor(session);
	struct account *by = session->account;
	if (room == NULL || room->pending.n == 0) {
		return refuse(WIRE_CODE_NO_SUCH_ROOM);
	}
	struct asker asker = dispatch_asker(session, request->has_ref, request->ref);
	enum outcome may = policy_may_end(&actor, room->id, &room->pending);
	if (may != OUTCOME_OK && was_reported(room, request, by)) {
		journal_answer_as_it_stands(server, room, &asker); /* asked twice */
		return OUTCOME_ANSWERED;
	}
	if (may != OUTCOME_OK && !rooms_was_just_left(room, by->row.id)) {
		return may;
	}
	if (!setup_may_change(server)) {
		return refuse(WIRE_CODE_UNAVAILABLE); /* the page keeps it and asks again */
	}
	room->left_account = 0; /* once */
	bool ends = room->pending.phase != WIRE_PHASE_ENDED;
	escalation_report(server, &(struct escalation_call){
					  .room = room,
					  .source = WIRE_SOURCE_SUPPORTER,
					  .reason = reason_of(request->what),
					  .by = by,
					  .page_id = request->id,
					  .asker = ends ? (struct asker){0} : asker,
				  });
	int64_t minutes = settings_number(server->settings, SETTING_REPORT_BLOCK);
	if (minutes > 0) {
		struct blocking blocking = {.for_s = minutes * 60};
		snprintf(blocking.reason, sizeof(blocking.reason), "one tap, %s",
			wire_report_name(request->what));
		note(server, room, by->row.id, &blocking);
		act_block(server, room, clock_wall_ms() + minutes * 60000, by, (int)request->what,
			NULL);
	}
	if (ends) {
		act_end(server, room, by, &asker);
	}
	by->cooling_until_mono = clock_mono_ms() + COOL_MS;
	server_refresh_soon(server);
	return OUTCOME_ANSWERED;
}
