/* The daily digest; see digest.h. */
#include "daemon/digest.h"

#include "daemon/audit.h"
#include "daemon/clock.h"
#include "daemon/config.h"
#include "daemon/outbox.h"
#include "daemon/rooms.h"
#include "daemon/server.h"
#include "daemon/settings.h"
#include "daemon/xalloc.h"
#include "storage/table_digest.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* ---- once a day ---- */

struct digest {
	struct digest_read read;
	struct server *server;
	char day[40], date[16]; /* "Thursday, 21 November", "2026-11-21" */
	struct digest_figures figures;
};

static int64_t count_unanswered(const struct server *server)
{
	int64_t count = 0;
	for (const struct room *room = server->rooms.list; room != NULL; room = room->next) {
		count += room->durable.phase != WIRE_PHASE_ENDED && room->durable.asked_ms > 0 &&
			 room->durable.asked_n > room->durable.answered_n;
	}
	return count;
}

static void write_key(char key[OUTBOX_KEY_BYTES], const char *date, size_t which)
{
	snprintf(key, OUTBOX_KEY_BYTES, "digest-%s-%zu", date, which);
}

static void post(const struct digest *digest)
{
	struct server *server = digest->server;
	const struct settings *settings = server->settings;
	struct text name = settings_value(settings, SETTING_SCHOOL);
	char school[330], where[400] = "";
	snprintf(school, sizeof(school), "%.*s", (int)name.size, name.bytes);
	if (server->config->public_url[0] != '\0') {
		snprintf(where, sizeof(where), "%s/oversight", server->config->public_url);
	}
	struct outbox_message *messages = xcalloc(settings->digest_to_count + 1, sizeof(*messages));
	for (size_t i = 0; i < settings->digest_to_count; i++) {
		struct outbox_message *message = &messages[i];
		struct text to = settings->digest_to[i];
		message->kind = OUTBOX_DIGEST;
		message->channel = WIRE_CHANNEL_MAIL;
		write_key(message->key, digest->date, i);
		snprintf(message->who, sizeof(message->who), "the daily digest");
		snprintf(
			message->address, sizeof(message->address), "%.*s", (int)to.size, to.bytes);
		snprintf(message->title, sizeof(message->title), "Hark: %s", digest->day);
		digest_write(&digest->figures, school, digest->day, where, message->text);
	}
	outbox_post(server, messages, settings->digest_to_count);
	free(messages);
}

static void on_noted(struct server *server, void *data, int64_t number, enum store_status status)
{
	(void)server;
	(void)number;
	struct digest *digest = data;
	if (status == STORE_OK) {
		post(digest);
	} else {
		server->digest_date = 0; /* later, once the file takes writes */
	}
	free(digest);
}

static void on_read(struct store_job *job, enum store_status status)
{
	struct digest *digest = (struct digest *)job;
	struct server *server = digest->server;
	if (status != STORE_OK) {
		if (status != STORE_CLOSED) {
			server->digest_date = 0;
		}
		free(digest);
		return;
	}
	if (digest->read.posted) { /* before a restart */
		free(digest);
		return;
	}
	const int64_t *events = digest->read.events;
	digest->figures = (struct digest_figures){
		.chats = events[EVENT_OPENED],
		.came_back = events[EVENT_RETURNED],
		.calls = events[EVENT_ESCALATION_RAISED],
		.flags = events[EVENT_FLAG_RAISED],
		.calls_open = digest->read.calls_open,
		.unanswered = count_unanswered(server),
		.cases_due = digest->read.cases_due,
	};
	struct audit_entry entry = {.what = WIRE_AUDIT_DIGEST, .detail = digest->date};
	audit_add(server, &entry, on_noted, digest);
}

void digest_tick(struct server *server)
{
	int64_t now_ms = clock_wall_ms();
	time_t now = (time_t)(now_ms / 1000);
	struct tm local;
	if (server->settings->digest_to_count == 0 || localtime_r(&now, &local) == NULL) {
		return;
	}
	int date = (local.tm_year + 1900) * 10000 + (local.tm_mon + 1) * 100 + local.tm_mday;
	if (server->digest_date == date || local.tm_hour * 60 + local.tm_min < DIGEST_MINUTE) {
		return;
	}
	server->digest_date = date;
	struct tm midnight = {.tm_year = local.tm_year,
		.tm_mon = local.tm_mon,
		.tm_mday = local.tm_mday,
		.tm_isdst = -1};
	struct tm before = midnight;
	before.tm_mday--;
	struct digest *digest = xcalloc(1, sizeof(*digest));
	digest_read_init(&digest->read);
	digest->read.job.done = on_read;
	digest->read.until_ms = (int64_t)mktime(&midnight) * 1000;
	digest->read.from_ms = (int64_t)mktime(&before) * 1000;
	digest->read.case_closed = WIRE_CASE_CLOSED;
	digest->read.now_ms = now_ms;
	digest->server = server;
	strftime(digest->day, sizeof(digest->day), "%A, %e %B", &before);
	strftime(digest->date, sizeof(digest->date), "%Y-%m-%d", &before);
	write_key(digest->read.key, digest->date, 0);
	store_read_slow(server->store, &digest->read.job);
}
