/* Who is told of a call for an adult by one step of the ladder, and what they are told. */
#include "daemon/escalation.h"

#include "daemon/clock.h"
#include "daemon/config.h"
#include "daemon/ladder.h"
#include "daemon/outbox.h"
#include "daemon/reach.h"
#include "daemon/room.h"
#include "daemon/server.h"
#include "daemon/settings.h"
#include "daemon/staff.h"
#include "daemon/xalloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum {
	TOLD_MAX = 200, /* people times channels, of one step */
};

/* What is being gathered for one step. */
struct gathering {
	struct server *server;
	const struct escalation *escalation;
	struct escalation_telling *out;
	unsigned channels;
	char part[24]; /* of the messages' keys: what step of what climb */
};

/* ---- words: what, where to look, since when; never a word of anybody in the room ---- */

static const char *what_of(const struct escalation *escalation)
{
	switch ((enum wire_escalation_source)escalation->row.source) {
	case WIRE_SOURCE_VISITOR:
		return "A student asks for an adult";
	case WIRE_SOURCE_SUPPORTER:
		return escalation->row.reason == WIRE_REASON_RUDE
			       ? "A peer ended a chat that was rude or hurtful"
		       : escalation->row.reason == WIRE_REASON_THREAT
			       ? "A peer ended a chat because of a threat"
			       : "A peer asks for an adult";
	case WIRE_SOURCE_COUNSELOR:
		return "A counselor asks for another adult";
	case WIRE_SOURCE_FLAG:
		return "Words to look at came up in a chat";
	case WIRE_SOURCE_SYSTEM:
		return "A student is waiting for an answer";
	}
	return "An adult is needed";
}

static void write_words(struct outbox_message *message, const struct gathering *gathering)
{
	const struct escalation *escalation = gathering->escalation;
	char url[CONFIG_PATH_MAX], since[40];
	config_public_url(gathering->server->config, url, sizeof(url));
	time_t at = (time_t)(escalation->row.raised_ms / 1000);
	struct tm local;
	localtime_r(&at, &local);
	strftime(since, sizeof(since), "%Y-%m-%d %H:%M", &local);
	snprintf(message->title, sizeof(message->title), "Hark: %s (%s)", what_of(escalation),
		escalation->room->name);
	snprintf(message->text, sizeof(message->text),
		"%s in the chat \"%s\".\nSince %s. Nobody has taken it yet.\n\n"
		"Sign in and take it, so that the others know:\n%s/oversight\n",
		what_of(escalation), escalation->room->name, since, url);
}

/* ---- gathering ---- */

static struct escalation_told_row *add_told(
	const struct gathering *gathering, enum wire_channel channel, const char *who)
{
	struct escalation_telling *out = gathering->out;
	if (out->told_count == TOLD_MAX) {
		return NULL;
	}
	out->told = xrealloc(out->told, (out->told_count + 1) * sizeof(*out->told));
	struct escalation_told_row *told = &out->told[out->told_count++];
	*told = (struct escalation_told_row){
		.escalation = gathering->escalation->row.id,
		.at_ms = clock_wall_ms(),
		.channel = (int)channel,
		.failed = channel != WIRE_CHANNEL_SCREEN, /* until it is delivered */
	};
	snprintf(told->who, sizeof(told->who), "%s", who);
	return told;
}

/* address NULL: the channel's own. number tells those of one channel apart. */
static void add_message(const struct gathering *gathering, enum wire_channel channel,
	const char *who, const char *address, const char *kind, int64_t number)
{
	struct escalation_telling *out = gathering->out;
	struct escalation_told_row *told = add_told(gathering, channel, who);
	if (told == NULL) {
		return;
	}
	const struct escalation *escalation = gathering->escalation;
	snprintf(told->message, sizeof(told->message), "esc-%lld-%s-%s-%s%lld",
		(long long)escalation->row.id, gathering->part, wire_channel_name(channel), kind,
		(long long)number);
	out->messages = xrealloc(out->messages, (out->messages_count + 1) * sizeof(*out->messages));
	struct outbox_message *message = &out->messages[out->messages_count++];
	*message = (struct outbox_message){
		.kind = OUTBOX_ESCALATION,
		.subject = escalation->row.id,
		.channel = channel,
		.since_ms = escalation->row.raised_ms,
		.urgent = true,
	};
	snprintf(message->key, sizeof(message->key), "%s", told->message);
	snprintf(message->who, sizeof(message->who), "%s", who);
	snprintf(message->address, sizeof(message->address), "%s", address != NULL ? address : "");
	write_words(message, gathering);
}

static bool uses(const struct gathering *gathering, enum wire_channel channel)
{
	bool on_rung = (gathering->channels & (1u << (unsigned)channel)) != 0;
	return on_rung &&
	       (channel == WIRE_CHANNEL_SCREEN || outbox_has(gathering->server, channel));
}

/* True: has a topic of their own, or needs none. */
static bool add_adult(const struct gathering *gathering, const struct account *adult)
{
	const char *alias = adult->row.alias;
	if (adult->overseers > 0 && uses(gathering, WIRE_CHANNEL_SCREEN)) {
		add_told(gathering, WIRE_CHANNEL_SCREEN, alias);
	}
	if (adult->reach.mail[0] != '\0' && uses(gathering, WIRE_CHANNEL_MAIL)) {
		add_message(
			gathering, WIRE_CHANNEL_MAIL, alias, adult->reach.mail, "a", adult->row.id);
	}
	if (!uses(gathering, WIRE_CHANNEL_NTFY)) {
		return true;
	}
	if (adult->reach.ntfy[0] != '\0') {
		add_message(
			gathering, WIRE_CHANNEL_NTFY, alias, adult->reach.ntfy, "a", adult->row.id);
	}
	return adult->reach.ntfy[0] != '\0';
}

static void add_office(const struct gathering *gathering)
{
	const struct settings *settings = gathering->server->settings;
	for (size_t i = 0; i < settings->office_mail_count && uses(gathering, WIRE_CHANNEL_MAIL);
		i++) {
		char address[OUTBOX_ADDRESS_BYTES];
		snprintf(address, sizeof(address), "%.*s", (int)settings->office_mail[i].size,
			settings->office_mail[i].bytes);
		add_message(
			gathering, WIRE_CHANNEL_MAIL, "the front office", address, "o", (int64_t)i);
	}
}

/* Those that lead to one place, whoever is meant. */
static void add_shared(const struct gathering *gathering, const char *label)
{
	static const enum wire_channel shared[] = {
		WIRE_CHANNEL_WEBHOOK, WIRE_CHANNEL_SLACK, WIRE_CHANNEL_TEAMS, WIRE_CHANNEL_PROGRAM};
	for (size_t i = 0; i < sizeof(shared) / sizeof(shared[0]); i++) {
		if (uses(gathering, shared[i])) {
			add_message(gathering, shared[i], label, NULL, "s", 0);
		}
	}
}

static const struct account *adult_by_login(const struct server *server, const char *login)
{
	const struct account *account = staff_by_login(server->staff, login, strlen(login));
	return account != NULL && reach_is_adult(account) ? account : NULL;
}

/* A rung for somebody who is not there is everybody's: nobody else may be left to hear of it. */
static bool is_meant(
	const struct server *server, const struct ladder_rung *rung, const struct account *account)
{
	if (!reach_is_adult(account)) {
		return false;
	}
	switch (rung->who) {
	case LADDER_OFFICE:
		return false;
	case LADDER_DUTY:
		return account->reach.on_duty || !reach_somebody_on_duty(server);
	case LADDER_EVERYONE:
		return true;
	case LADDER_LOGIN:
		return strcmp(account->row.login, rung->login) == 0 ||
		       adult_by_login(server, rung->login) == NULL;
	}
	return false;
}

void escalation_rung_label(
	const struct server *server, unsigned step, char label[ESCALATION_WHO_BYTES])
{
	const struct ladder_rung *rung = ladder_rung(&server->settings->ladder, step);
	const struct account *adult =
		rung->who == LADDER_LOGIN ? adult_by_login(server, rung->login) : NULL;
	bool duty = rung->who == LADDER_DUTY && reach_somebody_on_duty(server);
	snprintf(label, ESCALATION_WHO_BYTES, "%s",
		rung->who == LADDER_OFFICE ? "the front office"
		: duty                     ? "those on duty"
		: adult != NULL            ? adult->row.alias
					   : "everyone");
}

void escalation_gather_step(
	struct server *server, const struct escalation *escalation, struct escalation_telling *out)
{
	const struct escalation_state *state = &escalation->pending;
	const struct ladder_rung *rung = ladder_rung(&server->settings->ladder, state->steps);
	struct gathering gathering = {
		.server = server, .escalation = escalation, .out = out, .channels = rung->channels};
	if (escalation->row.reason == WIRE_REASON_TESTING) {
		/* Nobody is called away from elsewhere for a joke; who looks sees it. */
		gathering.channels &= 1u << WIRE_CHANNEL_SCREEN;
	}
	snprintf(gathering.part, sizeof(gathering.part), "%u-%u", state->climb, state->steps);
	escalation_rung_label(server, state->steps, out->label);
	bool all_have_topics = true;
	for (const struct account *a = server->staff->accounts; a != NULL; a = a->next) {
		if (is_meant(server, rung, a)) {
			all_have_topics &= add_adult(&gathering, a);
		}
	}
	if (!all_have_topics) {
		add_message(&gathering, WIRE_CHANNEL_NTFY, out->label, NULL, "s", 0);
	}
	if (rung->who == LADDER_OFFICE || rung->who == LADDER_EVERYONE) {
		add_office(&gathering);
	}
	add_shared(&gathering, out->label);
}

void escalation_gather_adult(struct server *server, const struct escalation *escalation,
	const struct account *adult, struct escalation_telling *out)
{
	struct gathering gathering = {
		.server = server,
		.escalation = escalation,
		.out = out,
		.channels = 1u << WIRE_CHANNEL_SCREEN | 1u << WIRE_CHANNEL_MAIL |
			    1u << WIRE_CHANNEL_NTFY,
	};
	snprintf(gathering.part, sizeof(gathering.part), "%u-h", escalation->pending.climb + 1);
	if (!add_adult(&gathering, adult)) {
		add_message(&gathering, WIRE_CHANNEL_NTFY, adult->row.alias, NULL, "s", 0);
	}
}

void escalation_telling_finish(struct escalation_telling *telling)
{
	free(telling->told);
	free(telling->messages);
	*telling = (struct escalation_telling){0};
}

/* ---- can anybody be told? ---- */

static bool mail_leads_somewhere(const struct server *server, const struct ladder_rung *rung)
{
	if (rung->who == LADDER_OFFICE || rung->who == LADDER_EVERYONE) {
		if (server->settings->office_mail_count > 0) {
			return true;
		}
	}
	for (const struct account *a = server->staff->accounts; a != NULL; a = a->next) {
		if (is_meant(server, rung, a) && a->reach.mail[0] != '\0') {
			return true;
		}
	}
	return false;
}

bool escalations_reach_somebody(const struct server *server)
{
	const struct ladder *ladder = &server->settings->ladder;
	for (size_t i = 0; i < ladder->count; i++) {
		const struct ladder_rung *rung = &ladder->rungs[i];
		for (unsigned channel = 0; channel < 32; channel++) {
			if ((rung->channels & (1u << channel)) == 0 ||
				channel == WIRE_CHANNEL_SCREEN ||
				!outbox_works(server, (enum wire_channel)channel)) {
				continue;
			}
			if (channel != WIRE_CHANNEL_MAIL || mail_leads_somewhere(server, rung)) {
				return true;
			}
		}
	}
	return false;
}
