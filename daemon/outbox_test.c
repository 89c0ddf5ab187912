/*
 * Tests of the channels: a message that says it is one, to everybody whom a call for an adult may
 * reach, because somebody asks for it or because it is the time of day for it. Each is tried once.
 */
#include "daemon/outbox_parts.h"

#include "daemon/channel.h"
#include "daemon/channel_text.h"
#include "daemon/clock.h"
#include "daemon/config.h"
#include "daemon/dispatch.h"
#include "daemon/reach.h"
#include "daemon/server.h"
#include "daemon/session.h"
#include "daemon/settings.h"
#include "daemon/staff.h"
#include "daemon/xalloc.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
	TRIALS_MAX = 4, /* under way at once */
	MESSAGES_MAX = 100, /* of one test */
	PREFIX_BYTES = 40,
	WAIT_MORE_MS = 5000, /* beyond the limits of two tries */
};

/* How a test went over one channel. */
struct trial_result {
	bool wanted;
	size_t left; /* messages not over yet */
	int64_t sent_ms, failed_ms;
	char problem[OUTBOX_PROBLEM_BYTES];
};

/* A test somebody waits for. */
struct outbox_trial {
	char prefix[PREFIX_BYTES]; /* of its messages' keys */
	struct asker asker;
	int64_t until_mono; /* is answered then in any case */
	struct trial_result results[OUTBOX_CHANNELS_MAX];
	struct outbox_trial *next; /* outbox::trials */
};

/* What is being put together. */
struct batch {
	const struct server *server;
	const char *prefix;
	struct outbox_message *messages;
	size_t count;
};

/* ---- who is reached ---- */

static void add(struct batch *batch, enum wire_channel channel, const char *who, struct text to)
{
	if (batch->count == MESSAGES_MAX) {
		return;
	}
	struct outbox_message *message = &batch->messages[batch->count];
	*message = (struct outbox_message){.kind = OUTBOX_TEST, .channel = channel};
	snprintf(message->key, sizeof(message->key), "%s%s-%zu", batch->prefix,
		wire_channel_name(channel), batch->count);
	snprintf(message->who, sizeof(message->who), "%s", who);
	snprintf(message->address, sizeof(message->address), "%.*s", (int)to.size, to.bytes);
	snprintf(message->title, sizeof(message->title), "Hark: a test");
	snprintf(message->text, sizeof(message->text),
		"This is a test, so that it is known that messages from Hark reach you.\n"
		"Nothing has happened, and there is nothing to do.\n");
	batch->count++;
}

static void add_mails(struct batch *batch, const struct account *only)
{
	const struct server *server = batch->server;
	const struct settings *settings = server->settings;
	for (size_t i = 0; i < settings->office_mail_count && only == NULL; i++) {
		add(batch, WIRE_CHANNEL_MAIL, "the front office", settings->office_mail[i]);
	}
	for (const struct account *a = server->staff->accounts; a != NULL; a = a->next) {
		bool meant = only == NULL ? reach_is_adult(a) : a == only;
		if (meant && a->reach.mail[0] != '\0') {
			add(batch, WIRE_CHANNEL_MAIL, a->row.alias, text_of(a->reach.mail));
		}
	}
}

static void add_topics(struct batch *batch, const struct account *only)
{
	const struct server *server = batch->server;
	for (const struct account *a = server->staff->accounts; a != NULL; a = a->next) {
		bool meant = only == NULL ? reach_is_adult(a) : a == only;
		if (meant && a->reach.ntfy[0] != '\0') {
			add(batch, WIRE_CHANNEL_NTFY, a->row.alias, text_of(a->reach.ntfy));
		}
	}
	bool has_own = only != NULL && only->reach.ntfy[0] != '\0';
	if (server->config->ntfy_topic[0] != '\0' && !has_own) {
		add(batch, WIRE_CHANNEL_NTFY, "everyone", text_of(""));
	}
}

static void add_channel(struct batch *batch, enum wire_channel channel, const struct account *only)
{
	if (channel == WIRE_CHANNEL_MAIL) {
		add_mails(batch, only);
	} else if (channel == WIRE_CHANNEL_NTFY) {
		add_topics(batch, only);
	} else {
		add(batch, channel, only != NULL ? only->row.alias : "everyone", text_of(""));
	}
}

/* ---- asked for ---- */

static void answer(struct outbox *outbox, const struct outbox_trial *trial)
{
	struct session *session = server_session(outbox->server, trial->asker.session);
	struct item_channel_state states[OUTBOX_CHANNELS_MAX];
	size_t count = 0;
	for (size_t i = 0; i < OUTBOX_CHANNELS_MAX; i++) {
		const struct trial_result *result = &trial->results[i];
		if (!result->wanted) {
			continue;
		}
		bool waits = result->left > 0 && result->problem[0] == '\0';
		states[count++] = (struct item_channel_state){
			.channel = (enum wire_channel)i,
			.has_sent_ms = result->sent_ms > 0,
			.sent_ms = result->sent_ms,
			.has_failed_ms = result->failed_ms > 0,
			.failed_ms = result->failed_ms,
			.problem =
				text_of(waits ? "It has not been tried yet: others are before it."
					      : result->problem),
			.waiting = (int64_t)result->left,
		};
	}
	if (session != NULL) {
		const struct msg_notify_told told = {
			.has_ref = trial->asker.has_ref,
			.ref = trial->asker.ref,
			.channels = states,
			.channels_count = count,
		};
		session_send(session, TYPE_NOTIFY_TOLD, &told);
	}
}

static bool is_over(const struct outbox_trial *trial)
{
	for (size_t i = 0; i < OUTBOX_CHANNELS_MAX; i++) {
		if (trial->results[i].left > 0) {
			return false;
		}
	}
	return true;
}

/* Answers those that are over, or have waited for long enough. */
static void answer_those_over(struct outbox *outbox, int64_t now_mono)
{
	for (struct outbox_trial **link = &outbox->trials; *link != NULL;) {
		struct outbox_trial *trial = *link;
		if (is_over(trial) || now_mono >= trial->until_mono) {
			*link = trial->next;
			answer(outbox, trial);
			free(trial);
		} else {
			link = &trial->next;
		}
	}
}

void trial_noted(struct outbox *outbox, const struct outbox_row *row, int64_t at_ms)
{
	for (struct outbox_trial *trial = outbox->trials; trial != NULL; trial = trial->next) {
		struct trial_result *result = &trial->results[row->channel];
		if (strncmp(row->key, trial->prefix, strlen(trial->prefix)) != 0 ||
			result->left == 0) {
			continue;
		}
		result->left--;
		if (row->state == OUTBOX_SENT) {
			result->sent_ms = at_ms;
		} else {
			result->failed_ms = at_ms;
			memcpy(result->problem, row->problem, sizeof(result->problem));
		}
	}
	answer_those_over(outbox, clock_mono_ms());
}

static struct outbox_trial *trial_create(const struct server *server, const struct asker *asker)
{
	const struct config *config = server->config;
	struct outbox_trial *trial = xcalloc(1, sizeof(*trial));
	snprintf(trial->prefix, sizeof(trial->prefix), "test-%013" PRIx64 "-",
		(uint64_t)server_random_id());
	trial->asker = *asker;
	trial->until_mono = clock_mono_ms() + 2 * config->notify_timeout_ms +
			    config->program_timeout_ms + WAIT_MORE_MS;
	return trial;
}

static size_t count_trials(const struct outbox *outbox)
{
	size_t count = 0;
	for (const struct outbox_trial *t = outbox->trials; t != NULL; t = t->next) {
		count++;
	}
	return count;
}

bool outbox_test(struct server *server, const enum wire_channel *channel,
	const struct account *account, const struct asker *asker)
{
	struct outbox *outbox = server->outbox;
	if (count_trials(outbox) >= TRIALS_MAX) {
		return false;
	}
	struct outbox_trial *trial = trial_create(server, asker);
	struct batch batch = {.server = server, .prefix = trial->prefix};
	batch.messages = xcalloc(MESSAGES_MAX, sizeof(*batch.messages));
	for (enum wire_channel c = WIRE_CHANNEL_MAIL; c <= WIRE_CHANNEL_PROGRAM; c++) {
		struct trial_result *result = &trial->results[c];
		size_t before = batch.count;
		result->wanted = channel != NULL ? c == *channel : outbox_has(server, c);
		if (result->wanted && outbox_has(server, c)) {
			add_channel(&batch, c, account);
		}
		result->left = batch.count - before;
		if (result->wanted && result->left == 0) {
			snprintf(result->problem, sizeof(result->problem), "%s",
				!outbox_has(server, c) ? "This channel is not set up."
				: account != NULL      ? "You have no address here yet."
						       : "Nobody has an address here yet.");
		}
	}
	trial->next = outbox->trials;
	outbox->trials = trial;
	outbox_post(server, batch.messages, batch.count);
	free(batch.messages);
	answer_those_over(outbox, clock_mono_ms());
	return true;
}

/* ---- every day ---- */

/* Once a day, at that time or as soon after it as the daemon runs. */
static void test_daily(struct outbox *outbox)
{
	struct server *server = outbox->server;
	int minute;
	if (!time_of_day(server->config->notify_daily_test, &minute)) {
		return;
	}
	time_t now = (time_t)(clock_wall_ms() / 1000);
	struct tm local;
	localtime_r(&now, &local);
	int64_t day = (int64_t)local.tm_year * 1000 + local.tm_yday;
	if (day == outbox->daily_day || local.tm_hour * 60 + local.tm_min < minute) {
		return;
	}
	outbox->daily_day = day;
	char prefix[PREFIX_BYTES];
	/* The day's keys are the same whoever asks again: after a restart nothing is doubled. */
	snprintf(prefix, sizeof(prefix), "daily-%04d%02d%02d-", local.tm_year + 1900,
		local.tm_mon + 1, local.tm_mday);
	struct batch batch = {.server = server, .prefix = prefix};
	batch.messages = xcalloc(MESSAGES_MAX, sizeof(*batch.messages));
	for (enum wire_channel c = WIRE_CHANNEL_MAIL; c <= WIRE_CHANNEL_PROGRAM; c++) {
		if (outbox_has(server, c)) {
			add_channel(&batch, c, NULL);
		}
	}
	outbox_post(server, batch.messages, batch.count);
	free(batch.messages);
}

void trial_tick(struct outbox *outbox)
{
	answer_those_over(outbox, clock_mono_ms());
	test_daily(outbox);
}

void trial_finish(struct outbox *outbox)
{
	while (outbox->trials != NULL) {
		struct outbox_trial *trial = outbox->trials;
		outbox->trials = trial->next;
		free(trial);
	}
}
