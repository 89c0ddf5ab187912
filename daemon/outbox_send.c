/*
 * Sending what waits. The file is the queue: what is due is read, so many of a channel at once;
 * each is tried, and how it went is written. Until that is on disk the row stays in memory, and is
 * neither read nor sent again; after a crash in between it is sent again, with the same key.
 */
#include "daemon/outbox_parts.h"

#include "daemon/channel.h"
#include "daemon/clock.h"
#include "daemon/config.h"
#include "daemon/journal.h"
#include "daemon/log.h"
#include "daemon/outbox_plan.h"
#include "daemon/server.h"
#include "daemon/xalloc.h"
#include "storage/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	MAILS_AT_ONCE = 2, /* each has a thread of libuv's, which Argon2 needs too */
	OTHERS_AT_ONCE = 4,
	LOOK_AGAIN_MS = 60 * 1000, /* whatever the clock says */
};

/* A message under way. */
struct flight {
	struct outbox *outbox;
	struct outbox_row row;
	struct attempt *attempt; /* NULL: it is over, and being written */
	int64_t at_ms; /* it was over (UTC) */
	bool unwritten; /* the file did not take it */
	bool over; /* on disk; remembered until what was read before that has been looked at */
	struct flight *next; /* lane::flights */
};

/* A subject whose rows are being dropped: what was read before is not tried. */
struct drop {
	int64_t subject;
	enum {
		DROP_WRITING,
		DROP_WRITTEN, /* and goes once no older reading is under way */
		DROP_FAILED, /* the file did not take it: to be tried again */
	} state;
	struct drop *next; /* outbox::drops */
};

static size_t at_once(size_t channel)
{
	return channel == WIRE_CHANNEL_MAIL ? MAILS_AT_ONCE : OTHERS_AT_ONCE;
}

static const char *kind_name(int kind)
{
	static const char *const names[] = {
		[OUTBOX_ESCALATION] = "escalation",
		[OUTBOX_TEST] = "test",
		[OUTBOX_DIGEST] = "digest",
		[OUTBOX_AUDIT_HEAD] = "audit_head",
		[OUTBOX_IDENTITY] = "identity",
		[OUTBOX_EXPORT] = "export",
		[OUTBOX_CASE] = "case",
	};
	bool known = kind > 0 && (size_t)kind < sizeof(names) / sizeof(names[0]);
	return known ? names[kind] : "other";
}

/* ---- a try is over ---- */

static void remove_flight(struct flight *flight)
{
	struct lane *lane = &flight->outbox->lanes[flight->row.channel];
	struct flight **link = &lane->flights;
	while (*link != flight) {
		link = &(*link)->next;
	}
	*link = flight->next;
	lane->count--;
	free(flight);
}

struct note_job {
	struct store_job job;
	struct flight *flight;
};

static enum store_status run_note(struct store_job *job, struct store_db *db)
{
	const struct flight *flight = ((struct note_job *)job)->flight;
	return outbox_note_try(db, &flight->row, flight->at_ms);
}

static void on_noted(struct store_job *job, enum store_status status)
{
	struct flight *flight = ((struct note_job *)job)->flight;
	struct outbox *outbox = flight->outbox;
	free(job);
	if (status != STORE_OK) {
		flight->unwritten = true;
		journal_note_failure(outbox->server, status);
		return;
	}
	outbox_noted(outbox, &flight->row, flight->at_ms);
	if (outbox->pulling) {
		flight->over = true;
	} else {
		remove_flight(flight);
	}
	send_pull(outbox);
}

static void write_note(struct flight *flight)
{
	struct note_job *job = xcalloc(1, sizeof(*job));
	job->job.run = run_note;
	job->job.done = on_noted;
	job->flight = flight;
	flight->unwritten = false;
	store_write(flight->outbox->server->store, &job->job);
}

static void fail(struct flight *flight, const char *problem)
{
	const struct config *config = flight->outbox->server->config;
	struct outbox_row *row = &flight->row;
	snprintf(row->problem, sizeof(row->problem), "%s", problem);
	if (row->kind == OUTBOX_TEST) {
		row->state = OUTBOX_DROPPED; /* it has done its work */
	} else if (outbox_is_over(
			   config->notify_give_up_ms, row->created_ms, flight->at_ms, row->tries)) {
		row->state = OUTBOX_DEAD;
	} else {
		row->next_ms = flight->at_ms + outbox_wait_ms(config->notify_retry_ms, row->tries,
						       row->urgent, server_random, NULL);
		return;
	}
	row->done_ms = flight->at_ms;
}

static void on_tried(void *data, const char *problem)
{
	struct flight *flight = data;
	struct outbox_row *row = &flight->row;
	flight->attempt = NULL;
	flight->at_ms = clock_wall_ms();
	row->tries++;
	if (problem != NULL) {
		fail(flight, problem);
	} else {
		row->state = OUTBOX_SENT;
		row->done_ms = flight->at_ms;
		row->problem[0] = '\0';
	}
	write_note(flight);
}

static void try_flight(struct flight *flight)
{
	struct outbox *outbox = flight->outbox;
	const struct outbox_row *row = &flight->row;
	const struct config *config = outbox->server->config;
	char url[CONFIG_PATH_MAX + 16] = "";
	if (config->public_url[0] != '\0') {
		snprintf(url, sizeof(url), "%s/oversight", config->public_url);
	}
	const struct channel_message message = {
		.key = row->key,
		.kind = kind_name(row->kind),
		.who = row->who,
		.address = row->address,
		.title = row->title,
		.text = row->text,
		.url = url,
		.since_ms = row->since_ms,
		.created_ms = row->created_ms,
		.urgent = row->urgent,
	};
	const char *problem = NULL;
	flight->attempt = channel_try(outbox->channels, (enum wire_channel)row->channel, &message,
		on_tried, flight, &problem);
	if (flight->attempt == NULL) {
		on_tried(flight, problem);
	}
}

void send_write_again(struct outbox *outbox)
{
	if (!journal_writable(outbox->server)) {
		return;
	}
	for (size_t channel = 0; channel < OUTBOX_CHANNELS_MAX; channel++) {
		for (struct flight *f = outbox->lanes[channel].flights; f != NULL; f = f->next) {
			if (f->unwritten) {
				write_note(f);
			}
		}
	}
	for (struct drop *drop = outbox->drops; drop != NULL; drop = drop->next) {
		if (drop->state == DROP_FAILED) {
			drop->state = DROP_WRITTEN; /* goes; a new one takes its place */
			send_drop(outbox, drop->subject);
			return; /* the list has changed; the next one's turn comes */
		}
	}
}

/* ---- reading what is due ---- */

struct pull {
	struct store_job job;
	struct outbox *outbox;
	struct outbox_due due[OUTBOX_CHANNELS_MAX];
	struct flight *found, **end; /* flight::next, in order */
	int64_t next_ms;
};

static bool take_row(void *data, const struct outbox_row *row)
{
	struct pull *pull = data;
	struct flight *flight = xcalloc(1, sizeof(*flight));
	flight->outbox = pull->outbox;
	flight->row = *row;
	*pull->end = flight;
	pull->end = &flight->next;
	return true;
}

static enum store_status run_pull(struct store_job *job, struct store_db *db)
{
	struct pull *pull = (struct pull *)job;
	for (size_t i = 0; i < OUTBOX_CHANNELS_MAX; i++) {
		int64_t next_ms = INT64_MAX;
		enum store_status status =
			pull->due[i].limit > 0
				? outbox_read_due(db, &pull->due[i], take_row, pull, &next_ms)
				: STORE_OK;
		if (status != STORE_OK) {
			return status;
		}
		pull->next_ms = next_ms < pull->next_ms ? next_ms : pull->next_ms;
	}
	return STORE_OK;
}

static bool is_under_way(const struct lane *lane, int64_t id)
{
	for (const struct flight *f = lane->flights; f != NULL; f = f->next) {
		if (f->row.id == id) {
			return true;
		}
	}
	return false;
}

static bool is_dropped(const struct outbox *outbox, int64_t subject)
{
	const struct drop *drop = outbox->drops;
	while (drop != NULL && drop->subject != subject) {
		drop = drop->next;
	}
	return subject != 0 && drop != NULL;
}

/* What was read before these were written has been looked at. */
static void forget_drops(struct outbox *outbox)
{
	for (struct drop **link = &outbox->drops; *link != NULL;) {
		struct drop *drop = *link;
		if (drop->state == DROP_WRITTEN) {
			*link = drop->next;
			free(drop);
		} else {
			link = &drop->next;
		}
	}
}

static void forget_flights(struct outbox *outbox)
{
	for (size_t channel = 0; channel < OUTBOX_CHANNELS_MAX; channel++) {
		struct flight *next;
		for (struct flight *f = outbox->lanes[channel].flights; f != NULL; f = next) {
			next = f->next;
			if (f->over) {
				remove_flight(f);
			}
		}
	}
}

static void on_due(uv_timer_t *timer)
{
	send_pull(timer->data);
}

static void on_pulled(struct store_job *job, enum store_status status)
{
	struct pull *pull = (struct pull *)job;
	struct outbox *outbox = pull->outbox;
	struct flight *next;
	bool going_on = outbox->started && !outbox->server->draining;
	outbox->pulling = false;
	for (struct flight *flight = pull->found; flight != NULL; flight = next) {
		next = flight->next;
		size_t channel = (size_t)flight->row.channel;
		struct lane *lane = &outbox->lanes[channel];
		if (!going_on || lane->count >= at_once(channel) ||
			is_under_way(lane, flight->row.id) ||
			is_dropped(outbox, flight->row.subject)) {
			free(flight);
			continue;
		}
		flight->next = lane->flights;
		lane->flights = flight;
		lane->count++;
		try_flight(flight);
	}
	forget_drops(outbox);
	forget_flights(outbox);
	if (going_on) {
		int64_t wait_ms =
			status == STORE_OK ? pull->next_ms - clock_wall_ms() : LOOK_AGAIN_MS;
		wait_ms = wait_ms < 1 ? 1 : wait_ms > LOOK_AGAIN_MS ? LOOK_AGAIN_MS : wait_ms;
		uv_timer_start(&outbox->due, on_due, (uint64_t)wait_ms, 0);
	}
	free(pull);
	if (outbox->pull_again) {
		send_pull(outbox);
	}
}

void send_pull(struct outbox *outbox)
{
	struct server *server = outbox->server;
	outbox->pull_again = outbox->pulling;
	if (!outbox->started || outbox->pulling || server->draining || server->store == NULL) {
		return;
	}
	const struct config *config = server->config;
	struct pull *pull = xcalloc(1, sizeof(*pull));
	pull->job.run = run_pull;
	pull->job.done = on_pulled;
	pull->outbox = outbox;
	pull->end = &pull->found;
	pull->next_ms = INT64_MAX;
	for (size_t i = 0; i < OUTBOX_CHANNELS_MAX; i++) {
		size_t count = outbox->lanes[i].count;
		pull->due[i] = (struct outbox_due){
			.channel = (int)i,
			.now_ms = clock_wall_ms(),
			.calm_max_ms = outbox_wait_max_ms(config->notify_retry_ms, false),
			.urgent_max_ms = outbox_wait_max_ms(config->notify_retry_ms, true),
			/* Those under way may be among the first. */
			.limit = count < at_once(i) ? at_once(i) + count : 0,
		};
	}
	outbox->pulling = true;
	store_read(server->store, &pull->job);
}

/* ---- dropping ---- */

struct drop_job {
	struct store_job job;
	struct outbox *outbox;
	struct drop *drop;
	int64_t now_ms;
};

static enum store_status run_drop(struct store_job *job, struct store_db *db)
{
	const struct drop_job *drop_job = (const struct drop_job *)job;
	return outbox_drop_subject(db, drop_job->drop->subject, drop_job->now_ms);
}

static void on_dropped(struct store_job *job, enum store_status status)
{
	struct drop_job *drop_job = (struct drop_job *)job;
	struct outbox *outbox = drop_job->outbox;
	drop_job->drop->state = status == STORE_OK ? DROP_WRITTEN : DROP_FAILED;
	if (status != STORE_OK) {
		journal_note_failure(outbox->server, status);
	} else if (!outbox->pulling) {
		forget_drops(outbox);
	}
	free(drop_job);
}

void send_drop(struct outbox *outbox, int64_t subject)
{
	struct drop *drop = xcalloc(1, sizeof(*drop));
	drop->subject = subject;
	drop->next = outbox->drops;
	outbox->drops = drop;
	struct drop_job *job = xcalloc(1, sizeof(*job));
	job->job.run = run_drop;
	job->job.done = on_dropped;
	job->outbox = outbox;
	job->drop = drop;
	job->now_ms = clock_wall_ms();
	store_write(outbox->server->store, &job->job);
}

/* ---- life ---- */

void send_start(struct outbox *outbox)
{
	struct server *server = outbox->server;
	outbox->channels = channels_create(server->loop, server->config);
	uv_timer_init(server->loop, &outbox->due);
	outbox->due.data = outbox;
	outbox->started = true;
	send_pull(outbox);
}

void send_stop(struct outbox *outbox)
{
	if (!outbox->started) {
		return;
	}
	outbox->started = false;
	for (size_t channel = 0; channel < OUTBOX_CHANNELS_MAX; channel++) {
		struct flight *next;
		for (struct flight *f = outbox->lanes[channel].flights; f != NULL; f = next) {
			next = f->next;
			if (f->attempt != NULL) {
				attempt_cancel(f->attempt);
				remove_flight(f);
			}
		}
	}
	channels_stop(outbox->channels);
	uv_close((uv_handle_t *)&outbox->due, NULL);
}

void send_finish(struct outbox *outbox)
{
	for (size_t channel = 0; channel < OUTBOX_CHANNELS_MAX; channel++) {
		while (outbox->lanes[channel].flights != NULL) {
			remove_flight(outbox->lanes[channel].flights);
		}
	}
	while (outbox->drops != NULL) {
		struct drop *drop = outbox->drops;
		outbox->drops = drop->next;
		free(drop);
	}
	channels_destroy(outbox->channels);
}
