/* From a message to what is sent over which channel; see channel.h. */
#include "daemon/channel.h"

#include "daemon/channel_curl.h"
#include "daemon/channel_program.h"
#include "daemon/channel_secret.h"
#include "daemon/channel_text.h"
#include "daemon/clock.h"
#include "daemon/config.h"
#include "daemon/log.h"
#include "daemon/xalloc.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	URL_BYTES = 1200,
	HEADER_BYTES = 1200,
	HEADERS_MAX = 8,
	MAIL_ADDRESS_BYTES = 300,
};

enum secret {
	SECRET_MAIL,
	SECRET_WEBHOOK,
	SECRET_NTFY,
	SECRET_SLACK,
	SECRET_TEAMS,
	SECRETS
};

struct channels {
	uv_loop_t *loop;
	const struct config *config;
	const struct transfer_functions *network; /* NULL: nothing that needs it was set up */
	struct transfers *transfers; /* beside it */
	struct channel_secret secrets[SECRETS];
	char problem[200]; /* of the newest that could not begin */
};

struct attempt {
	struct channels *channels;
	struct transfer *transfer; /* or */
	struct program *program;
	attempt_done *done;
	void *data;
};

static const char *const secret_options[SECRETS] = {
	[SECRET_MAIL] = "mail.password_file",
	[SECRET_WEBHOOK] = "webhook.secret_file",
	[SECRET_NTFY] = "ntfy.token_file",
	[SECRET_SLACK] = "slack.url_file",
	[SECRET_TEAMS] = "teams.url_file",
};

/* ---- life ---- */

static bool needs_network(const struct config *config)
{
	static const enum wire_channel these[] = {WIRE_CHANNEL_MAIL, WIRE_CHANNEL_WEBHOOK,
		WIRE_CHANNEL_NTFY, WIRE_CHANNEL_SLACK, WIRE_CHANNEL_TEAMS};
	for (size_t i = 0; i < sizeof(these) / sizeof(these[0]); i++) {
		if (channel_is_set_up(config, these[i])) {
			return true;
		}
	}
	return false;
}

/* At the start, not with the first call for an adult: what is missing is said in time. */
static void load_network(struct channels *channels)
{
	const char *problem = "libcurl cannot be used";
	const struct transfer_functions *network = transfers_load(&problem);
	channels->transfers = network != NULL ? network->create(channels->loop) : NULL;
	if (channels->transfers == NULL) {
		log_error("no mail and no web service can be reached: %s", problem);
		return;
	}
	channels->network = network;
}

void channels_reload(struct channels *channels)
{
	const struct config *config = channels->config;
	if (channels->network == NULL && needs_network(config)) {
		load_network(channels);
	}
	const char *const paths[SECRETS] = {
		[SECRET_MAIL] = config->mail_password_file,
		[SECRET_WEBHOOK] = config->webhook_secret_file,
		[SECRET_NTFY] = config->ntfy_token_file,
		[SECRET_SLACK] = config->slack_url_file,
		[SECRET_TEAMS] = config->teams_url_file,
	};
	for (size_t i = 0; i < SECRETS; i++) {
		channel_secret_read(paths[i], &channels->secrets[i]);
		if (channels->secrets[i].problem != NULL) {
			log_error("%s: %s %s", secret_options[i], paths[i],
				channels->secrets[i].problem);
		}
	}
}

struct channels *channels_create(uv_loop_t *loop, const struct config *config)
{
	struct channels *channels = xcalloc(1, sizeof(*channels));
	channels->loop = loop;
	channels->config = config;
	sodium_mlock(channels->secrets, sizeof(channels->secrets));
	channels_reload(channels);
	return channels;
}

void channels_stop(struct channels *channels)
{
	if (channels->network != NULL) {
		channels->network->stop(channels->transfers);
	}
}

void channels_destroy(struct channels *channels)
{
	if (channels != NULL) {
		if (channels->network != NULL) {
			channels->network->destroy(channels->transfers);
		}
		sodium_munlock(channels->secrets, sizeof(channels->secrets));
		free(channels);
	}
}

bool channel_is_set_up(const struct config *config, enum wire_channel channel)
{
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

/* ---- ends ---- */

static void on_done(void *data, const char *problem)
{
	struct attempt *attempt = data;
	attempt_done *done = attempt->done;
	void *its_data = attempt->data;
	free(attempt);
	done(its_data, problem);
}

void attempt_cancel(struct attempt *attempt)
{
	if (attempt->transfer != NULL) {
		attempt->channels->network->cancel(attempt->transfer);
	} else {
		program_cancel(attempt->program);
	}
	free(attempt);
}

/* ---- beginnings: each returns NULL, or why it cannot be ---- */

static const char *say(struct channels *channels, const char *what, const char *problem)
{
	snprintf(channels->problem, sizeof(channels->problem), "The file of %s %s.", what, problem);
	return channels->problem;
}

/* Whether a secret that is wanted is there. */
static const char *want(struct channels *channels, enum secret which)
{
	const struct channel_secret *secret = &channels->secrets[which];
	return secret->problem != NULL ? say(channels, secret_options[which], secret->problem)
				       : NULL;
}

static struct transfer_request new_request(const struct channels *channels)
{
	const struct config *config = channels->config;
	return (struct transfer_request){
		.ca_file = config->notify_ca_file,
		.connect_ms = config->notify_connect_ms,
		.timeout_ms = config->notify_timeout_ms,
		.user = "",
		.password = "",
	};
}

static void start_transfer(
	struct channels *channels, struct attempt *attempt, const struct transfer_request *request)
{
	attempt->transfer =
		channels->network->start(channels->transfers, request, on_done, attempt);
}

static const char *try_mail(
	struct channels *channels, const struct channel_message *message, struct attempt *attempt)
{
	const struct config *config = channels->config;
	if (!mail_address_ok(message->address)) {
		return "This is no address for mail.";
	}
	const char *problem = want(channels, SECRET_MAIL);
	if (problem != NULL) {
		return problem;
	}
	char from[MAIL_ADDRESS_BYTES], url[URL_BYTES], envelope_from[MAIL_ADDRESS_BYTES + 2];
	snprintf(from, sizeof(from), config->mail_from[0] != '\0' ? "%s" : "hark@%s",
		config->mail_from[0] != '\0' ? config->mail_from : config->mail_host);
	if (!mail_address_ok(from)) {
		return "mail.from is not set.";
	}
	bool six = strchr(config->mail_host, ':') != NULL;
	bool tls = strcmp(config->mail_security, "tls") == 0;
	snprintf(url, sizeof(url), "%s://%s%s%s:%" PRId64, tls ? "smtps" : "smtp", six ? "[" : "",
		config->mail_host, six ? "]" : "", config->mail_port);
	snprintf(envelope_from, sizeof(envelope_from), "<%s>", from);
	struct transfer_request request = new_request(channels);
	request.url = url;
	request.mail_from = envelope_from;
	request.mail_to = message->address;
	request.starttls = strcmp(config->mail_security, "starttls") == 0;
	request.user = config->mail_user;
	request.password = channels->secrets[SECRET_MAIL].text;
	request.body = body_of_mail(message, from, &request.size);
	start_transfer(channels, attempt, &request);
	return NULL;
}

/* The headers of every web request, with room for more. */
struct headers {
	const char *list[HEADERS_MAX];
	size_t count;
	char key[HEADER_BYTES], again[HEADER_BYTES];
};

static void headers_begin(struct headers *headers, const char *key)
{
	*headers = (struct headers){.count = 0};
	snprintf(headers->key, sizeof(headers->key), "X-Hark-Id: %s", key);
	snprintf(headers->again, sizeof(headers->again), "Idempotency-Key: \"%s\"", key);
	headers->list[headers->count++] = "Content-Type: application/json";
	headers->list[headers->count++] = "Expect:"; /* no 100-continue */
	headers->list[headers->count++] = headers->key;
	headers->list[headers->count++] = headers->again;
}

static void post(struct channels *channels, struct attempt *attempt, const char *url,
	const struct headers *headers, char *body, size_t size)
{
	struct transfer_request request = new_request(channels);
	request.url = url;
	request.headers = headers->list;
	request.body = body;
	request.size = size;
	start_transfer(channels, attempt, &request);
}

static const char *try_webhook(
	struct channels *channels, const struct channel_message *message, struct attempt *attempt)
{
	const char *problem = want(channels, SECRET_WEBHOOK);
	if (problem != NULL) {
		return problem;
	}
	struct headers headers;
	headers_begin(&headers, message->key);
	size_t size;
	char *body = body_of_hark(message, &size);
	const char *secret = channels->secrets[SECRET_WEBHOOK].text;
	char stamp[32], time_header[64], signature[CHANNEL_SIGNATURE_BYTES], sign_header[128];
	/* Of this try, not of the message: a receiver refuses what is older than some minutes. */
	snprintf(stamp, sizeof(stamp), "%" PRId64, clock_wall_ms() / 1000);
	snprintf(time_header, sizeof(time_header), "X-Hark-Timestamp: %s", stamp);
	headers.list[headers.count++] = time_header;
	if (secret[0] != '\0') {
		channel_sign(secret, stamp, body, size, signature);
		snprintf(
			sign_header, sizeof(sign_header), "X-Hark-Signature: sha256=%s", signature);
		headers.list[headers.count++] = sign_header;
	}
	post(channels, attempt, channels->config->webhook_url, &headers, body, size);
	return NULL;
}

static const char *try_ntfy(
	struct channels *channels, const struct channel_message *message, struct attempt *attempt)
{
	const struct config *config = channels->config;
	const char *topic = message->address[0] != '\0' ? message->address : config->ntfy_topic;
	if (!ntfy_topic_ok(topic)) {
		return "There is no ntfy topic: ntfy.topic is not set.";
	}
	const char *problem = want(channels, SECRET_NTFY);
	if (problem != NULL) {
		return problem;
	}
	struct headers headers;
	headers_begin(&headers, message->key);
	char token[HEADER_BYTES];
	if (channels->secrets[SECRET_NTFY].text[0] != '\0') {
		snprintf(token, sizeof(token), "Authorization: Bearer %.*s",
			CHANNEL_SECRET_BYTES - 1, channels->secrets[SECRET_NTFY].text);
		headers.list[headers.count++] = token;
	}
	size_t size;
	char *body = body_of_ntfy(message, topic, &size);
	post(channels, attempt, config->ntfy_url, &headers, body, size);
	sodium_memzero(token, sizeof(token));
	return NULL;
}

/* Slack and Teams: the address is the secret. */
static const char *try_hook(struct channels *channels, const struct channel_message *message,
	struct attempt *attempt, enum secret which)
{
	const char *url = channels->secrets[which].text;
	const char *problem = want(channels, which);
	if (problem != NULL) {
		return problem;
	}
	if (strncmp(url, "https://", 8) != 0 && strncmp(url, "http://", 7) != 0) {
		return say(channels, secret_options[which], "does not hold a web address");
	}
	struct headers headers;
	headers_begin(&headers, message->key);
	size_t size;
	char *body = which == SECRET_SLACK ? body_of_slack(message, &size)
					   : body_of_teams(message, &size);
	post(channels, attempt, url, &headers, body, size);
	return NULL;
}

static const char *try_program(
	struct channels *channels, const struct channel_message *message, struct attempt *attempt)
{
	const struct config *config = channels->config;
	const char *problem = NULL;
	size_t size;
	char *body = body_of_hark(message, &size);
	body[size++] = '\n'; /* in place of its terminator: `read` in a shell wants a line */
	attempt->program = program_start(channels->loop, config->program_path,
		config->program_timeout_ms, body, size, on_done, attempt, &problem);
	return problem;
}

static const char *begin(struct channels *channels, enum wire_channel channel,
	const struct channel_message *message, struct attempt *attempt)
{
	if (!channel_is_set_up(channels->config, channel)) {
		return "This channel is not set up any more.";
	}
	if (channel != WIRE_CHANNEL_PROGRAM && channels->network == NULL) {
		return "hark-curl.so cannot be loaded.";
	}
	switch (channel) {
	case WIRE_CHANNEL_MAIL:
		return try_mail(channels, message, attempt);
	case WIRE_CHANNEL_WEBHOOK:
		return try_webhook(channels, message, attempt);
	case WIRE_CHANNEL_NTFY:
		return try_ntfy(channels, message, attempt);
	case WIRE_CHANNEL_SLACK:
		return try_hook(channels, message, attempt, SECRET_SLACK);
	case WIRE_CHANNEL_TEAMS:
		return try_hook(channels, message, attempt, SECRET_TEAMS);
	case WIRE_CHANNEL_PROGRAM:
		return try_program(channels, message, attempt);
	case WIRE_CHANNEL_SCREEN:
		break;
	}
	return "There is no such channel.";
}

struct attempt *channel_try(struct channels *channels, enum wire_channel channel,
	const struct channel_message *message, attempt_done *done, void *data, const char **problem)
{
	struct attempt *attempt = xcalloc(1, sizeof(*attempt));
	attempt->channels = channels;
	attempt->done = done;
	attempt->data = data;
	const char *why = begin(channels, channel, message, attempt);
	if (why != NULL) {
		free(attempt);
		*problem = why;
		return NULL;
	}
	return attempt;
}
