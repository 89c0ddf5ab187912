/* What the headers of a picture say, and what is answered to it. */
#include "daemon/pictures_text.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum picture_type picture_type_of(const char *type)
{
	static const struct {
		const char *name;
		enum picture_type type;
	} types[] = {
		{"image/jpeg", PICTURE_JPEG},
		{"image/png", PICTURE_PNG},
		{"image/webp", PICTURE_WEBP},
	};
	for (size_t i = 0; type != NULL && i < sizeof(types) / sizeof(types[0]); i++) {
		if (strcasecmp(type, types[i].name) == 0) {
			return types[i].type;
		}
	}
	return PICTURE_UNKNOWN;
}

bool picture_read_room(const char *text, int64_t *room)
{
	if (text == NULL || text[0] == '\0' || strlen(text) > 16 ||
		text[strspn(text, "0123456789")] != '\0') {
		return false;
	}
	*room = strtoll(text, NULL, 10);
	return *room > 0;
}

bool picture_read_id(const char *text, uint8_t id[EVENT_ID_BYTES])
{
	size_t size = 0;
	return text != NULL && strlen(text) == (size_t)EVENT_ID_BYTES * 2 &&
	       sodium_hex2bin(id, EVENT_ID_BYTES, text, strlen(text), NULL, &size, NULL) == 0 &&
	       size == EVENT_ID_BYTES;
}

static int status_of(enum wire_code code)
{
	switch (code) {
	case WIRE_CODE_NOT_ALLOWED:
	case WIRE_CODE_OFF_SHIFT:
	case WIRE_CODE_BLOCKED:
		return 403;
	case WIRE_CODE_NO_SUCH_ROOM:
		return 404;
	case WIRE_CODE_TOO_LARGE:
		return 413;
	case WIRE_CODE_BAD_PICTURE:
		return 415;
	case WIRE_CODE_TOO_FAST:
		return 429;
	case WIRE_CODE_TOO_MANY:
	case WIRE_CODE_UNAVAILABLE:
	case WIRE_CODE_DRAINING:
		return 503;
	default:
		return 400;
	}
}

static void say_error(struct http_reply *reply, const struct msg_error *error)
{
	*reply = (struct http_reply){.status = status_of(error->code)};
	reply->body_size = message_encode(TYPE_ERROR, error, reply->body, sizeof(reply->body));
}

void picture_say_code(struct http_reply *reply, enum wire_code code)
{
	struct msg_error error = dispatch_error(code);
	say_error(reply, &error);
}

void picture_say_ok(struct http_reply *reply, int64_t room, int64_t n, int64_t at_ms)
{
	const struct msg_ok ok = {
		.has_room = true,
		.room = room,
		.has_n = true,
		.n = n,
		.has_at_ms = true,
		.at_ms = at_ms,
	};
	*reply = (struct http_reply){.status = 200};
	reply->body_size = message_encode(TYPE_OK, &ok, reply->body, sizeof(reply->body));
}

void picture_say_refusal(struct http_reply *reply, enum outcome outcome, int64_t retry_ms)
{
	struct msg_error error = dispatch_error(outcome_code(outcome));
	if (error.code == WIRE_CODE_TOO_FAST) {
		error.has_retry_ms = true;
		error.retry_ms = retry_ms;
	}
	say_error(reply, &error);
}
