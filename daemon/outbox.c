/* The outbox's front: rows in, rows out of the way, how the channels do; see outbox.h. */
#include "daemon/outbox_parts.h"

#include "daemon/channel.h"
#include "daemon/channel_text.h"
#include "daemon/clock.h"
#include "daemon/desk.h"
#include "daemon/frame.h"
#include "daemon/journal.h"
#include "daemon/log.h"
#include "daemon/reach.h"
#include "daemon/server.h"
#include "daemon/session.h"
#include "daemon/xalloc.h"
#include "storage/store.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum {
	DAY_MS = 24 * 60 * 60 * 1000,
	DEAD_DAYS = 7, /* given up so long ago is counted */
	KEPT_DAYS = 30, /* what a row said and where it went */
	SWEEP_MS = 60 * 60 * 1000,
	SWEEP_ROWS = 200, /* emptied by one job */
};

/* A message's key goes into headers as it is. */
static const char key_letters[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";

/* ---- rows in ---- */

enum store_status outbox_insert(
	struct store_db *db, const struct outbox_message *messages, size_t count, int64_t now_ms)
{
	enum store_status status = STORE_OK;
	for (size_t i = 0; i < count && status == STORE_OK; i++) {
		const struct outbox_message *message = &messages[i];
		assert(message->key[0] != '\0' && message->title[0] != '\0');
		assert(message->key[strspn(message->key, key_letters)] == '\0');
		assert(message->channel != WIRE_CHANNEL_SCREEN);
		struct outbox_row row = {
			.kind = (int)message->kind,
			.subject = message->subject,
			.channel = (int)message->channel,
			.urgent = message->urgent,
			.since_ms = message->since_ms > 0 ? message->since_ms : now_ms,
			.created_ms = now_ms,
		};
		memcpy(row.key, message->key, sizeof(row.key));
		memcpy(row.who, message->who, sizeof(row.who));
		memcpy(row.address, message->address, sizeof(row.address));
		memcpy(row.title, message->title, sizeof(row.title));
		memcpy(row.text, message->text, sizeof(row.text));
		text_end_whole(row.who);
		text_end_whole(row.title);
		text_end_whole(row.text);
		status = outbox_add(db, &row);
	}
	return status;
}

/* A write of the outbox by itself. */
struct outbox_write {
	struct store_job job;
	struct server *server;
	int64_t now_ms;
	size_t count;
	struct outbox_write *next; /* outbox::unposted */
	struct outbox_message messages[];
};

static enum store_status run_post(struct store_job *job, struct store_db *db)
{
	struct outbox_write *write = (struct outbox_write *)job;
	return outbox_insert(db, write->messages, write->count, write->now_ms);
}

static void on_posted(struct store_job *job, enum store_status status)
{
	struct outbox_write *write = (struct outbox_write *)job;
	struct outbox *outbox = write->server->outbox;
	if (status == STORE_OK) {
		outbox_wake(write->server);
		free(write);
		return;
	}
	log_warning("a message to adults could not be stored: %s", store_status_text(status));
	journal_note_failure(write->server, status);
	if (outbox == NULL || status == STORE_CLOSED) {
		free(write);
		return;
	}
	write->next = outbox->unposted; /* its keys make it the same one, however often */
	outbox->unposted = write;
}

static void post_again(struct outbox *outbox)
{
	struct outbox_write *write = outbox->unposted;
	outbox->unposted = NULL;
	while (write != NULL) {
		struct outbox_write *next = write->next;
		store_write(outbox->server->store, &write->job);
		write = next;
	}
}

void outbox_post(struct server *server, const struct outbox_message *messages, size_t count)
{
	if (count == 0 || server->store == NULL) {
		return;
	}
	struct outbox_write *write = xcalloc(1, sizeof(*write) + count * sizeof(*messages));
	write->job.run = run_post;
	write->job.done = on_posted;
	write->server = server;
	write->now_ms = clock_wall_ms();
	write->count = count;
	memcpy(write->messages, messages, count * sizeof(*messages));
	store_write(server->store, &write->job);
}

void outbox_wake(struct server *server)
{
	if (server->outbox != NULL) {
		send_pull(server->outbox);
		outbox_count(server->outbox);
	}
}

void outbox_drop(struct server *server, int64_t subject)
{
	if (subject != 0 && server->outbox != NULL && server->store != NULL) {
		send_drop(server->outbox, subject);
		outbox_count(server->outbox);
	}
}

/* ---- how the channels do ---- */

bool outbox_has(const struct server *server, enum wire_channel channel)
{
	return channel_is_set_up(server->config, channel);
}

bool outbox_works(const struct server *server, enum wire_channel channel)
{
	const struct outbox *outbox = server->outbox;
	return outbox != NULL && !server->closed && outbox_has(server, channel) &&
	       outbox->health[channel].problem[0] == '\0';
}

static void health_changed(struct outbox *outbox)
{
	outbox->version++;
	frame_unref(outbox->frame);
	outbox->frame = NULL;
	server_refresh_soon(outbox->server); /* state.school says whether somebody can be called */
}

struct health_read {
	struct store_job job;
	struct outbox *outbox;
	struct outbox_health health[OUTBOX_CHANNELS_MAX];
};

static enum store_status run_health(struct store_job *job, struct store_db *db)
{
	struct health_read *read = (struct health_read *)job;
	return outbox_read_health(db, clock_wall_ms() - (int64_t)DEAD_DAYS * DAY_MS, read->health);
}

static void on_counted(struct store_job *job, enum store_status status)
{
	struct health_read *read = (struct health_read *)job;
	struct outbox *outbox = read->outbox;
	outbox->counting = false;
	bool changed = false;
	/* The numbers alone: how the newest try went is known here sooner. */
	for (size_t i = 0; i < OUTBOX_CHANNELS_MAX && status == STORE_OK; i++) {
		struct outbox_health *health = &outbox->health[i];
		changed |= health->waiting != read->health[i].waiting ||
			   health->dead != read->health[i].dead;
		health->waiting = read->health[i].waiting;
		health->dead = read->health[i].dead;
	}
	free(read);
	if (changed) {
		health_changed(outbox);
	}
	if (outbox->count_again) {
		outbox_count(outbox);
	}
}

void outbox_count(struct outbox *outbox)
{
	outbox->count_again = outbox->counting;
	if (outbox->counting || !outbox->started) {
		return;
	}
	struct health_read *read = xcalloc(1, sizeof(*read));
	read->job.run = run_health;
	read->job.done = on_counted;
	read->outbox = outbox;
	outbox->counting = true;
	store_read(outbox->server->store, &read->job);
}

static void log_change(
	const struct outbox_health *health, const struct outbox_row *row, const char *channel)
{
	bool sent = row->state == OUTBOX_SENT;
	if (sent && health->problem[0] != '\0') {
		log_info("messages over %s are delivered again", channel);
	} else if (!sent && strcmp(health->problem, row->problem) != 0) {
		log_warning("a message over %s was not delivered: %s", channel, row->problem);
	}
	if (row->state == OUTBOX_DEAD) {
		log_error("a message over %s was given up after %lld tries: %s", channel,
			(long long)row->tries, row->problem);
	}
}

void outbox_noted(struct outbox *outbox, const struct outbox_row *row, int64_t at_ms)
{
	struct outbox_health *health = &outbox->health[row->channel];
	bool sent = row->state == OUTBOX_SENT;
	log_change(health, row, wire_channel_name((enum wire_channel)row->channel));
	*(sent ? &health->sent_ms : &health->failed_ms) = at_ms;
	memcpy(health->problem, row->problem, sizeof(health->problem));
	health_changed(outbox);
	outbox_count(outbox);
	trial_noted(outbox, row, at_ms);
	if (row->kind == OUTBOX_ESCALATION) {
		escalation_delivered(outbox->server, row->subject, row->key, sent);
	}
}

size_t outbox_states(
	const struct server *server, struct item_channel_state states[OUTBOX_CHANNELS_MAX])
{
	size_t count = 0;
	for (size_t i = 0; i < OUTBOX_CHANNELS_MAX; i++) {
		enum wire_channel channel = (enum wire_channel)i;
		if (server->outbox == NULL || i > WIRE_CHANNEL_PROGRAM ||
			!outbox_has(server, channel)) {
			continue;
		}
		const struct outbox_health *health = &server->outbox->health[i];
		states[count++] = (struct item_channel_state){
			.channel = channel,
			.has_sent_ms = health->sent_ms > 0,
			.sent_ms = health->sent_ms,
			.has_failed_ms = health->failed_ms > 0,
			.failed_ms = health->failed_ms,
			.problem = text_of(health->problem),
			.waiting = health->waiting,
			.dead = health->dead,
		};
	}
	return count;
}

uint64_t outbox_version(const struct server *server)
{
	return server->outbox != NULL ? server->outbox->version : 0;
}

struct frame *outbox_frame(struct server *server)
{
	struct outbox *outbox = server->outbox;
	if (outbox->frame == NULL) {
		struct item_channel_state states[OUTBOX_CHANNELS_MAX];
		outbox->told_duty = reach_somebody_on_duty(server);
		const struct msg_state_channels message = {
			.channels = states,
			.channels_count = outbox_states(server, states),
			.duty = outbox->told_duty,
		};
		outbox->frame = desk_encode(server, TYPE_STATE_CHANNELS, &message);
	}
	return frame_ref(outbox->frame);
}

/* ---- housekeeping ---- */

struct sweep {
	struct store_job job;
	struct outbox *outbox;
	int64_t count;
};

static enum store_status run_sweep(struct store_job *job, struct store_db *db)
{
	return outbox_empty_old(db, clock_wall_ms() - (int64_t)KEPT_DAYS * DAY_MS, SWEEP_ROWS,
		&((struct sweep *)job)->count);
}

static void on_swept(struct store_job *job, enum store_status status)
{
	struct sweep *sweep = (struct sweep *)job;
	if (status != STORE_OK) {
		journal_note_failure(sweep->outbox->server, status);
	} else if (sweep->count == SWEEP_ROWS) {
		sweep->outbox->swept_mono = 0; /* there are more */
	}
	free(sweep);
}

static void sweep(struct outbox *outbox)
{
	outbox->swept_mono = clock_mono_ms();
	struct sweep *sweep = xcalloc(1, sizeof(*sweep));
	sweep->job.run = run_sweep;
	sweep->job.done = on_swept;
	sweep->outbox = outbox;
	store_write(outbox->server->store, &sweep->job);
}

void outbox_tick(struct server *server)
{
	struct outbox *outbox = server->outbox;
	if (outbox == NULL || !outbox->started || server->draining) {
		return;
	}
	send_write_again(outbox);
	if (journal_writable(server)) {
		post_again(outbox);
	}
	trial_tick(outbox);
	if (outbox->frame != NULL && outbox->told_duty != reach_somebody_on_duty(server)) {
		health_changed(outbox);
	}
	bool due = outbox->swept_mono == 0 || clock_mono_ms() - outbox->swept_mono >= SWEEP_MS;
	if (due && journal_writable(server)) {
		sweep(outbox);
	}
}

/* ---- life ---- */

enum store_status outbox_load(struct server *server)
{
	struct outbox *outbox = xcalloc(1, sizeof(*outbox));
	outbox->server = server;
	outbox->version = 1;
	server->outbox = outbox;
	struct health_read read = {.job.run = run_health};
	enum store_status status = store_read_now(server->store, &read.job);
	if (status == STORE_OK) {
		memcpy(outbox->health, read.health, sizeof(outbox->health));
	}
	return status;
}

void outbox_start(struct server *server)
{
	send_start(server->outbox);
}

void outbox_reconfigure(struct server *server)
{
	struct outbox *outbox = server->outbox;
	if (outbox != NULL && outbox->started) {
		channels_reload(outbox->channels);
		health_changed(outbox);
		send_pull(outbox);
	}
}

void outbox_stop(struct server *server)
{
	if (server->outbox != NULL) {
		send_stop(server->outbox);
	}
}

void outbox_finish(struct server *server)
{
	struct outbox *outbox = server->outbox;
	if (outbox != NULL) {
		trial_finish(outbox);
		send_finish(outbox);
		while (outbox->unposted != NULL) {
			struct outbox_write *write = outbox->unposted;
			outbox->unposted = write->next;
			free(write);
		}
		frame_unref(outbox->frame);
		free(outbox);
		server->outbox = NULL;
	}
}
