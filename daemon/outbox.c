/* The outbox's front: rows in, rows out of the way, how the channels do; see outbox.h. */
#include "daemon/outbox.h"

#include "daemon/clock.h"
#include "daemon/config.h"
#include "daemon/journal.h"
#include "daemon/log.h"
#include "daemon/server.h"
#include "daemon/xalloc.h"
#include "storage/store.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum {
	DEAD_DAYS = 7, /* given up so long ago is counted */
};

struct outbox {
	struct outbox_health health[OUTBOX_CHANNELS_MAX]; /* by enum wire_channel; on disk */
};

/* ---- rows in ---- */

enum store_status outbox_insert(
	struct store_db *db, const struct outbox_message *messages, size_t count, int64_t now_ms)
{
	enum store_status status = STORE_OK;
	for (size_t i = 0; i < count && status == STORE_OK; i++) {
		const struct outbox_message *message = &messages[i];
		assert(message->key[0] != '\0' && message->title[0] != '\0');
		assert(message->channel != WIRE_CHANNEL_SCREEN);
		struct outbox_row row = {
			.kind = message->kind,
			.subject = message->subject,
			.channel = message->channel,
			.urgent = message->urgent,
			.since_ms = message->since_ms > 0 ? message->since_ms : now_ms,
			.created_ms = now_ms,
		};
		memcpy(row.key, message->key, sizeof(row.key));
		memcpy(row.who, message->who, sizeof(row.who));
		memcpy(row.address, message->address, sizeof(row.address));
		memcpy(row.title, message->title, sizeof(row.title));
		memcpy(row.text, message->text, sizeof(row.text));
		status = outbox_add(db, &row);
	}
	return status;
}

/* A write of the outbox by itself. */
struct outbox_write {
	struct store_job job;
	struct server *server;
	int64_t now_ms, subject;
	size_t count;
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
	if (status == STORE_OK) {
		outbox_wake(write->server);
	} else {
		log_error("a message to adults could not be stored: %s", store_status_text(status));
		journal_note_failure(write->server, status);
	}
	free(write);
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

/* ---- rows out of the way ---- */

static enum store_status run_drop(struct store_job *job, struct store_db *db)
{
	const struct outbox_write *write = (const struct outbox_write *)job;
	return outbox_drop_subject(db, write->subject, write->now_ms);
}

static void on_dropped(struct store_job *job, enum store_status status)
{
	struct outbox_write *write = (struct outbox_write *)job;
	if (status != STORE_OK) {
		journal_note_failure(write->server, status);
	}
	free(write);
}

void outbox_drop(struct server *server, int64_t subject)
{
	if (subject == 0 || server->store == NULL) {
		return;
	}
	struct outbox_write *write = xcalloc(1, sizeof(*write));
	write->job.run = run_drop;
	write->job.done = on_dropped;
	write->server = server;
	write->now_ms = clock_wall_ms();
	write->subject = subject;
	store_write(server->store, &write->job);
}

/* ---- how the channels do ---- */

bool outbox_has(const struct server *server, enum wire_channel channel)
{
	const struct config *config = server->config;
	switch (channel) {
	case WIRE_CHANNEL_SCREEN:
		return false;
	case WIRE_CHANNEL_MAIL:
		return config->mail_host[0] != '\0';
	case WIRE_CHANNEL_WEBHOOK:
		return config->webhook_url[0] != '\0';
	case WIRE_CHANNEL_NTFY:
		return config->ntfy_url[0] != '\0';
	case WIRE_CHANNEL_SLACK:
		return config->slack_url_file[0] != '\0';
	case WIRE_CHANNEL_TEAMS:
		return config->teams_url_file[0] != '\0';
	case WIRE_CHANNEL_PROGRAM:
		return config->program_path[0] != '\0';
	}
	return false;
}

bool outbox_works(const struct server *server, enum wire_channel channel)
{
	const struct outbox *outbox = server->outbox;
	return outbox != NULL && outbox_has(server, channel) &&
	       outbox->health[channel].problem[0] == '\0';
}

struct health_read {
	struct store_job job;
	struct outbox_health *health;
};

static enum store_status run_health(struct store_job *job, struct store_db *db)
{
	struct health_read *read = (struct health_read *)job;
	int64_t since_ms = clock_wall_ms() - (int64_t)DEAD_DAYS * 24 * 60 * 60 * 1000;
	return outbox_read_health(db, since_ms, read->health);
}

/* ---- life ---- */

enum store_status outbox_load(struct server *server)
{
	struct outbox *outbox = xcalloc(1, sizeof(*outbox));
	server->outbox = outbox;
	struct health_read read = {.job.run = run_health, .health = outbox->health};
	return store_read_now(server->store, &read.job);
}

void outbox_finish(struct server *server)
{
	free(server->outbox);
	server->outbox = NULL;
}

void outbox_wake(struct server *server)
{
	(void)server;
}

/* Until there are escalations: nobody to tell. */
__attribute__((weak)) void escalation_delivered(
	struct server *server, int64_t subject, const char *key, bool ok)
{
	(void)server;
	(void)subject;
	(void)key;
	(void)ok;
}
