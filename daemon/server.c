/* The daemon: its loop, its timers, its start and its end. */
#include "daemon/server.h"

#include "daemon/audit.h"
#include "daemon/cases.h"
#include "daemon/clock.h"
#include "daemon/codes.h"
#include "daemon/config.h"
#include "daemon/desk.h"
#include "daemon/digest.h"
#include "daemon/door.h"
#include "daemon/escalation.h"
#include "daemon/escrow.h"
#include "daemon/frame.h"
#include "daemon/journal.h"
#include "daemon/log.h"
#include "daemon/notes.h"
#include "daemon/notify.h"
#include "daemon/outbox.h"
#include "daemon/overseers.h"
#include "daemon/pictures.h"
#include "daemon/reach.h"
#include "daemon/rooms.h"
#include "daemon/search.h"
#include "daemon/session.h"
#include "daemon/settings.h"
#include "daemon/shared.h"
#include "daemon/staff.h"
#include "daemon/transport.h"
#include "daemon/watch.h"
#include "daemon/xalloc.h"
#include "storage/key.h"
#include "storage/log_room.h"
#include "storage/store.h"

#include <assert.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	TICK_MS = 1000,
	REFRESH_MS = 20, /* changes within so long are one for lists and wall */
	STOP_POLL_MS = 10,
	STOP_WRITES_MS = 5000, /* what was accepted may take so long to reach the disk */
	STOP_GOODBYE_MS = 500, /* and the good-byes so long to reach their readers */
	GREETING_MS = 10000, /* who has not said hello by then is gone */
};

/* ---- small services ---- */

char *server_scratch(struct server *server, size_t size)
{
	if (size > server->scratch_capacity) {
		server->scratch_capacity = size * 2;
		free(server->scratch);
		server->scratch = xmalloc(server->scratch_capacity);
	}
	return server->scratch;
}

uint32_t server_random(void *data, uint32_t below)
{
	(void)data;
	return randombytes_uniform(below);
}

int64_t server_random_id(void)
{
	uint64_t id = 0;
	while (id == 0) {
		randombytes_buf(&id, sizeof(id));
		id &= (uint64_t)WIRE_INT_MAX;
	}
	return (int64_t)id;
}

struct session *server_session(const struct server *server, uint64_t id)
{
	return id != 0 ? idmap_find(&server->sessions_by_id, id) : NULL;
}

/* ---- the loop ---- */

static void on_store_notify(void *data)
{
	uv_async_send(&((struct server *)data)->drained);
}

static void on_drained(uv_async_t *async)
{
	struct server *server = async->data;
	if (server->store == NULL) {
		return; /* a last word of one that was closed */
	}
	session_defer_wakes(server);
	store_drain(server->store);
	overseers_wake(server);
	session_wake_deferred(server);
	if (server->journal.durable_seq > server->journal.applied_seq) {
		journal_flush_rooms(server, false);
	}
}

static void close_silent(struct server *server, int64_t now)
{
	struct session *next;
	for (struct session *s = server->sessions; s != NULL; s = next) {
		next = s->next;
		if (!s->greeted && now - s->created_mono >= GREETING_MS) {
			session_close(s, CLOSE_POLICY, true);
		}
	}
}

static void on_tick(uv_timer_t *timer)
{
	struct server *server = timer->data;
	int64_t now = clock_mono_ms();
	rooms_tick(server);
	staff_tick(server);
	shared_tick(server);
	outbox_tick(server);
	escalations_tick(server);
	audit_tick(server);
	escrow_tick(server);
	cases_tick(server);
	codes_tick(server);
	if (!server->closed) {
		search_tick(server);
		digest_tick(server);
	}
	close_silent(server, now);
	journal_flush_rooms(server, false);
	if (now >= server->pairing_due_mono || staff_roster_is_due(server)) {
		server_refresh_soon(server);
	}
	if (server->watchdog_ms > 0 && now - server->watchdog_mono >= server->watchdog_ms) {
		server->watchdog_mono = now;
		notify_watchdog();
	}
}

static void on_refresh(uv_timer_t *timer)
{
	struct server *server = timer->data;
	server->refresh_due = false;
	desk_refresh(server);
}

static void start_refresh(struct server *server)
{
	if (!server->refresh_due && !server->draining) {
		server->refresh_due = true;
		uv_timer_start(&server->refresh, on_refresh, REFRESH_MS, 0);
	}
}

void server_refresh_soon(struct server *server)
{
	server->lists_due = true;
	start_refresh(server);
}

void server_wall_soon(struct server *server)
{
	start_refresh(server);
}

/* The poll has set the loop's clock, then come the sockets, after them this, then the timers. */
static void on_turn_begun(uv_check_t *check)
{
	struct server *server = check->data;
	server->turn_began_mono = (int64_t)uv_now(server->loop);
}

static void on_turn_over(uv_prepare_t *prepare)
{
	struct server *server = prepare->data;
	int64_t took = clock_mono_ms() - server->turn_began_mono;
	if (server->turn_began_mono != 0 && took > server->loop_block_max_ms) {
		server->loop_block_max_ms = took;
	}
}

/* ---- start ---- */

static enum server_status status_of(enum store_status status)
{
	switch (status) {
	case STORE_OK:
		return SERVER_OK;
	case STORE_MISSING:
	case STORE_WRONG_KEY:
	case STORE_NOT_HARK:
	case STORE_NEWER:
		return SERVER_MISCONFIGURED;
	case STORE_DAMAGED:
		return SERVER_DAMAGED;
	default:
		return SERVER_FAILED;
	}
}

static enum store_status open_store(struct server *server, char *problem, size_t size)
{
	size_t path_size = strlen(server->config->data_dir) + sizeof("/hark.db");
	char *path = xmalloc(path_size);
	snprintf(path, path_size, "%s/hark.db", server->config->data_dir);
	struct store_options options = {
		.path = path,
		.key = server->key->file,
		.relaxed = server->config->relaxed,
		.notify = on_store_notify,
		.notify_data = server,
	};
	enum store_status status = store_open(&options, &server->store, problem, size);
	free(path);
	return status;
}

/* What the loop must know of the file. */
static enum store_status load_all(struct server *server, char *problem, size_t size)
{
	static const struct {
		const char *what;
		enum store_status (*load)(struct server *server);
	} parts[] = {
		{"settings", settings_load},
		{"audit", audit_load},
		{"accounts", staff_load},
		{"addresses of adults", reach_load},
		{"chats", rooms_load},
		{"sealed details", escrow_load},
		{"calls for an adult", escalations_load},
		{"cases", cases_load},
		{"outbox", outbox_load},
		{"watch phrases", watch_load},
		{"codes", codes_load},
	};
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		enum store_status status = parts[i].load(server);
		if (status != STORE_OK) {
			snprintf(problem, size, "%s/hark.db: the %s cannot be read: %s",
				server->config->data_dir, parts[i].what, store_status_text(status));
			return status;
		}
	}
	return STORE_OK;
}

static uv_timer_t *timer_at(struct server *server, size_t at)
{
	uv_timer_t *const timers[] = {&server->tick, &server->refresh, &server->recover,
		&server->search_rest, &server->overseers_rest, &server->stopping};
	return at < sizeof(timers) / sizeof(timers[0]) ? timers[at] : NULL;
}

static void init_handles(struct server *server)
{
	uv_async_init(server->loop, &server->drained, on_drained);
	server->drained.data = server;
	for (size_t i = 0; timer_at(server, i) != NULL; i++) {
		uv_timer_init(server->loop, timer_at(server, i));
		timer_at(server, i)->data = server;
	}
	uv_check_init(server->loop, &server->turn_begun);
	uv_prepare_init(server->loop, &server->turn_over);
	uv_idle_init(server->loop, &server->overseers_turns);
	server->turn_begun.data = server->turn_over.data = server->overseers_turns.data = server;
}

static uint32_t power_of_two(int64_t at_most)
{
	uint32_t power = 4;
	while ((int64_t)power * 2 <= at_most) {
		power *= 2;
	}
	return power;
}

static void on_room_made(struct store_job *job, enum store_status status)
{
	(void)status; /* without, the log grows as it must */
	free(job);
}

void server_make_log_room(struct server *server)
{
	struct store_job *room = log_room_create();
	room->done = on_room_made;
	store_background(server->store, room);
}

static void go(struct server *server)
{
	feed_init(&server->oversight, power_of_two(server->config->oversight_frames), true,
		server->journal.durable_seq);
	server->overseers_newest = server->journal.durable_seq;
	server->watchdog_ms = notify_watchdog_ms();
	uv_timer_start(&server->tick, on_tick, TICK_MS, TICK_MS);
	uv_check_start(&server->turn_begun, on_turn_begun);
	uv_prepare_start(&server->turn_over, on_turn_over);
	if (!server->closed) {
		search_start(server);
	}
	start_refresh(server);
}

enum server_status server_start(struct server *server, uv_loop_t *loop, struct config *config,
	struct key *key, char *problem, size_t size)
{
	*server = (struct server){
		.loop = loop,
		.config = config,
		.key = key,
		.started_mono = clock_mono_ms(),
		.pairing_due_mono = INT64_MAX,
		.lists_due = true,
	};
	init_handles(server);
	protocol_schema_hash(server->schema);
	pictures_init(server);
	argon_init(&server->staff_lane, loop);
	argon_init(&server->codename_lane, loop);
	server->shared_renewed_mono = server->started_mono; /* whose key is new */
	rate_init(&server->everybody,
		&(struct rate_limit){config->total_credits, config->total_credits_per_s},
		server->started_mono);
	door_create(server);
	enum store_status status = open_store(server, problem, size);
	if (status == STORE_OK) {
		status = load_all(server, problem, size);
	}
	if (status == STORE_OK) {
		go(server);
		watch_start(server);
	}
	return status_of(status);
}

void server_start_closed(struct server *server)
{
	rooms_finish(server);
	server->rooms = (struct rooms){0};
	staff_reset(server);
	if (server->settings == NULL) {
		settings_reset(server);
	}
	store_close(server->store);
	watch_finish(server);
	escrow_finish(server);
	server->store = NULL;
	audit_finish(server);
	cases_finish(server);
	codes_finish(server);
	server->journal = (struct journal){.failed = true};
	server->closed = true;
	go(server);
}

void server_reconfigure(struct server *server)
{
	enum log_level level;
	if (log_level_from_name(server->config->log_level, &level)) {
		log_set_level(level);
	}
	free(server->ancestors);
	server->ancestors = NULL;
	outbox_reconfigure(server);
	server_refresh_soon(server);
}

/* ---- end ---- */

static void on_transport_stopped(void *data)
{
	struct server *server = data;
	server_close_handles(server);
	if (server->stopped != NULL) {
		server->stopped(server->stopped_data);
	}
}

static void say_goodbye(struct server *server)
{
	struct session *next;
	for (struct session *s = server->sessions; s != NULL; s = next) {
		next = s->next;
		session_close(s, CLOSE_GOING_AWAY, false);
	}
}

/* First what was accepted reaches the disk and its senders, then everybody hears good-bye. */
static void on_stopping(uv_timer_t *timer)
{
	struct server *server = timer->data;
	int64_t waited = clock_mono_ms() - server->stopping_mono;
	bool argon_done = server->staff_lane.queued == 0 && server->codename_lane.queued == 0 &&
			  !escrow_is_busy(server);
	bool written = server->journal.in_flight == 0 || waited >= STOP_WRITES_MS;
	if (!argon_done || !written || overseers_are_being_told(server)) {
		return;
	}
	if (!server->said_goodbye) {
		server->said_goodbye = true;
		server->stopping_mono = clock_mono_ms();
		say_goodbye(server);
		return;
	}
	if (server->session_count > 0 && waited < STOP_GOODBYE_MS) {
		return;
	}
	uv_timer_stop(timer);
	transport_stop(server->transport, on_transport_stopped, server);
}

void server_stop(struct server *server, void (*stopped)(void *data), void *data)
{
	if (server->draining) {
		return;
	}
	server->draining = true;
	server->stopped = stopped;
	server->stopped_data = data;
	server->stopping_mono = clock_mono_ms();
	transport_drain(server->transport);
	uv_timer_start(&server->stopping, on_stopping, 0, STOP_POLL_MS);
}

void server_close_handles(struct server *server)
{
	if (!uv_is_closing((uv_handle_t *)&server->drained)) {
		pictures_close(server);
		outbox_stop(server);
		uv_close((uv_handle_t *)&server->drained, NULL);
		for (size_t i = 0; timer_at(server, i) != NULL; i++) {
			uv_close((uv_handle_t *)timer_at(server, i), NULL);
		}
		uv_close((uv_handle_t *)&server->turn_begun, NULL);
		uv_close((uv_handle_t *)&server->turn_over, NULL);
		uv_close((uv_handle_t *)&server->overseers_turns, NULL);
	}
}

void server_finish(struct server *server)
{
	if (server->store != NULL) {
		codes_flush(server);
		store_flush(server->store);
		journal_publish_pack(server);
		journal_flush_rooms(server, true);
		store_flush(server->store);
	}
	assert(server->sessions == NULL);
	pictures_finish(server);
	rooms_finish(server);
	store_close(server->store);
	escrow_finish(server);
	escalations_finish(server);
	search_finish(server);
	watch_finish(server);
	audit_finish(server);
	cases_finish(server);
	notes_finish(server);
	outbox_finish(server);
	staff_finish(server->staff);
	settings_finish(server->settings);
	shared_finish(server);
	door_destroy(server);
	codes_finish(server);
	if (server->oversight.limit > 0) {
		feed_finish(&server->oversight);
	}
	event_pack_finish(&server->journal.pack);
	event_pack_finish(&server->out_pack);
	frame_unref(server->school_frame);
	idmap_finish(&server->sessions_by_id);
	free(server->block);
	free(server->ancestors);
	free(server->scratch);
}
