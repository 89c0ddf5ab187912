/* A message as JSON, in the form each service takes; and the webhook's signature. */
#include "daemon/channel_message.h"
#include "daemon/xalloc.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* A body being written. Memory that is not there ends the process, as in xalloc.h. */
struct body {
	FILE *out;
	char *bytes;
	size_t size;
};

static void body_begin(struct body *body)
{
	*body = (struct body){0};
	body->out = open_memstream(&body->bytes, &body->size);
	if (body->out == NULL) {
		xalloc_failed();
	}
}

static char *body_end(struct body *body, size_t *size)
{
	if (fclose(body->out) != 0) {
		xalloc_failed();
	}
	*size = body->size;
	return body->bytes;
}

/* A string of JSON (RFC 8259 7). */
static void put_string(FILE *out, const char *text)
{
	putc('"', out);
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;
		if (c == '"' || c == '\\') {
			fprintf(out, "\\%c", c);
		} else if (c == '\n') {
			fputs("\\n", out);
		} else if (c < ' ' || c == 0x7f) {
			fprintf(out, "\\u%04x", c);
		} else {
			putc(c, out);
		}
	}
	putc('"', out);
}

static void put_member(FILE *out, const char *before, const char *name, const char *text)
{
	fprintf(out, "%s\"%s\":", before, name);
	put_string(out, text);
}

/* RFC 3339. */
static void put_time(FILE *out, const char *before, const char *name, int64_t at_ms)
{
	char text[40] = "";
	time_t seconds = (time_t)(at_ms / 1000);
	struct tm utc;
	if (gmtime_r(&seconds, &utc) != NULL) {
		strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &utc);
	}
	put_member(out, before, name, text);
}

char *body_of_hark(const struct channel_message *message, size_t *size)
{
	struct body body;
	body_begin(&body);
	put_member(body.out, "{", "key", message->key);
	put_member(body.out, ",", "kind", message->kind);
	put_member(body.out, ",", "to", message->who);
	put_member(body.out, ",", "title", message->title);
	put_member(body.out, ",", "text", message->text);
	put_time(body.out, ",", "since", message->since_ms);
	if (message->url[0] != '\0') {
		put_member(body.out, ",", "url", message->url);
	}
	fprintf(body.out, ",\"urgent\":%s}", message->urgent ? "true" : "false");
	return body_end(&body, size);
}

/* The JSON form (docs.ntfy.sh, "Publish as JSON"): headers could hold no UTF-8. */
char *body_of_ntfy(const struct channel_message *message, const char *topic, size_t *size)
{
	struct body body;
	body_begin(&body);
	put_member(body.out, "{", "topic", topic);
	put_member(body.out, ",", "title", message->title);
	put_member(body.out, ",", "message", message->text);
	fprintf(body.out, ",\"priority\":%d,\"tags\":[\"%s\"]", message->urgent ? 5 : 3,
		message->urgent ? "rotating_light" : "speech_balloon");
	if (message->url[0] != '\0') {
		put_member(body.out, ",", "click", message->url);
	}
	fputs("}", body.out);
	return body_end(&body, size);
}

/* Slack reads <...> as a link or a call to everybody, and &...; as a character. */
static void put_slack(FILE *out, const char *text)
{
	for (; *text != '\0'; text++) {
		switch (*text) {
		case '&':
			fputs("&amp;", out);
			break;
		case '<':
			fputs("&lt;", out);
			break;
		case '>':
			fputs("&gt;", out);
			break;
		default:
			putc(*text, out);
		}
	}
}

char *body_of_slack(const struct channel_message *message, size_t *size)
{
	struct body text, body;
	size_t text_size;
	body_begin(&text);
	put_slack(text.out, message->title);
	putc('\n', text.out);
	put_slack(text.out, message->text);
	char *marked = body_end(&text, &text_size);
	body_begin(&body);
	put_member(body.out, "{", "text", marked);
	fputs("}", body.out);
	free(marked);
	return body_end(&body, size);
}

/* An adaptive card in a message, as a Teams workflow's webhook takes it. */
char *body_of_teams(const struct channel_message *message, size_t *size)
{
	struct body body;
	body_begin(&body);
	fputs("{\"type\":\"message\",\"attachments\":[{\"contentType\":"
	      "\"application/vnd.microsoft.card.adaptive\",\"content\":{\"$schema\":"
	      "\"http://adaptivecards.io/schemas/adaptive-card.json\",\"type\":\"AdaptiveCard\","
	      "\"version\":\"1.4\",\"body\":[{\"type\":\"TextBlock\",\"weight\":\"Bolder\","
	      "\"size\":\"Medium\",\"wrap\":true",
		body.out);
	put_member(body.out, ",", "text", message->title);
	fputs("},{\"type\":\"TextBlock\",\"wrap\":true", body.out);
	put_member(body.out, ",", "text", message->text);
	fputs("}]", body.out);
	if (message->url[0] != '\0') {
		fputs(",\"actions\":[{\"type\":\"Action.OpenUrl\",\"title\":\"Hark\"", body.out);
		put_member(body.out, ",", "url", message->url);
		fputs("}]", body.out);
	}
	fputs("}}]}", body.out);
	return body_end(&body, size);
}

void channel_sign(const char *secret, const char *timestamp, const char *body, size_t size,
	char signature[CHANNEL_SIGNATURE_BYTES])
{
	uint8_t tag[crypto_auth_hmacsha256_BYTES];
	crypto_auth_hmacsha256_state state;
	crypto_auth_hmacsha256_init(&state, (const uint8_t *)secret, strlen(secret));
	crypto_auth_hmacsha256_update(&state, (const uint8_t *)timestamp, strlen(timestamp));
	crypto_auth_hmacsha256_update(&state, (const uint8_t *)".", 1);
	crypto_auth_hmacsha256_update(&state, (const uint8_t *)body, size);
	crypto_auth_hmacsha256_final(&state, tag);
	sodium_bin2hex(signature, CHANNEL_SIGNATURE_BYTES, tag, sizeof(tag));
	sodium_memzero(&state, sizeof(state));
}
