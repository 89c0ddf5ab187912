/* What every page shows of the school: its words, whether somebody is there, how long one waits. */
#include "daemon/desk.h"

#include "daemon/clock.h"
#include "daemon/config.h"
#include "daemon/escalation.h"
#include "daemon/frame.h"
#include "daemon/roster.h"
#include "daemon/server.h"
#include "daemon/session.h"
#include "daemon/settings.h"
#include "daemon/staff.h"

#include <stdlib.h>

enum {
	WAITS_KEPT = sizeof(((struct server *)0)->waits_ms) / sizeof(int64_t),
	WAITS_ENOUGH = 3, /* before that many, no usual wait is claimed */
};

void desk_note_wait(struct server *server, int64_t waited_ms)
{
	server->waits_ms[server->waits_count++ % WAITS_KEPT] = waited_ms > 0 ? waited_ms : 0;
}

static int compare_ms(const void *left, const void *right)
{
	int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
	return (a > b) - (a < b);
}

/* The median of the newest waits, seconds; 0 when there were too few to say. */
static int64_t usual_wait_s(const struct server *server)
{
	unsigned count = server->waits_count < WAITS_KEPT ? server->waits_count : WAITS_KEPT;
	if (count < WAITS_ENOUGH) {
		return 0;
	}
	int64_t sorted[WAITS_KEPT];
	memcpy(sorted, server->waits_ms, count * sizeof(*sorted));
	qsort(sorted, count, sizeof(*sorted), compare_ms);
	int64_t wait_s = sorted[count / 2] / 1000;
	return wait_s > 86400 ? 86400 : wait_s > 0 ? wait_s : 1;
}

static void count_people(const struct server *server, int64_t *peers, bool *watched)
{
	*peers = 0;
	*watched = false;
	for (const struct account *a = server->staff->accounts; a != NULL; a = a->next) {
		*peers += staff_is_supporter(a) && a->rostered && a->consoles > 0 && !a->paused;
		*watched |= a->overseers > 0;
	}
	*peers = *peers < 1000 ? *peers : 1000;
}

static struct frame *encode_school(struct server *server)
{
	const struct settings *settings = server->settings;
	int64_t peers;
	bool watched;
	count_people(server, &peers, &watched);
	struct roster_span next = {0};
	bool has_next = roster_next(
		server->staff->shifts, server->staff->shifts_count, 0, clock_wall_ms(), &next);
	int64_t wait_s = usual_wait_s(server);
	struct msg_state_school school = {
		.school = settings_value(settings, SETTING_SCHOOL),
		.peer_word = settings_value(settings, SETTING_PEER_WORD),
		.exit_url = settings_value(settings, SETTING_EXIT_URL),
		.away_text = settings_value(settings, SETTING_AWAY_TEXT),
		.topics = settings->topics,
		.topics_count = settings->topics_count,
		.wishes = settings->wishes,
		.wishes_count = settings->wishes_count,
		.contacts = settings->contacts,
		.contacts_count = settings->contacts_count,
		.hours = settings->hours,
		.hours_count = settings->hours_count,
		.open = peers > 0,
		.peers = peers,
		.has_wait_s = wait_s > 0,
		.wait_s = wait_s,
		.has_next_open_ms = has_next,
		.next_open_ms = next.from_ms,
		.watched = watched,
		.reachable = watched || escalations_reach_somebody(server),
		.idle_forget_s = server->config->token_grace_ms / 1000,
		.code_needed = settings_is_on(settings, SETTING_CODES_REQUIRED),
	};
	return desk_encode(server, TYPE_STATE_SCHOOL, &school);
}

struct frame *desk_school_frame(struct server *server)
{
	if (server->school_frame == NULL) {
		server->school_frame = encode_school(server);
		server->school_version++;
	}
	return frame_ref(server->school_frame);
}

/* Encodes it anew and tells everybody, if it reads differently now. */
void desk_refresh_school(struct server *server)
{
	struct frame *fresh = encode_school(server);
	const struct frame *told = server->school_frame;
	if (told != NULL && told->size == fresh->size &&
		memcmp(told->bytes, fresh->bytes, fresh->size) == 0) {
		frame_unref(fresh);
		return;
	}
	frame_unref(server->school_frame);
	server->school_frame = fresh;
	server->school_version++;
	for (struct session *s = server->sessions; s != NULL; s = s->next) {
		s->school_due = s->greeted && !s->control;
	}
}

void desk_school_changed(struct server *server)
{
	server_refresh_soon(server);
}
