/*
 * Answers to HTTP requests. All of their headers are ours: the library's would differ from version
 * to version and cannot differ from page to page.
 */
#include <libwebsockets.h>

#include <assert.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "daemon/frame.h"
#include "daemon/transport_answer.h"
#include "daemon/transport_picture.h"
#include "daemon/xalloc.h"

enum {
	HEADERS_MAX = 4096, /* bytes of an answer's */
	GREEDY_MS = 250, /* so long may a client ask on while it takes nothing */
};

/* The rest of an answer that did not fit into one write. */
struct sending {
	struct frame *owner; /* of rest, or NULL */
	const unsigned char *rest;
	size_t size; /* bytes of it */
	bool close; /* afterwards */
};

void answer_gone(struct connection *connection)
{
	if (connection->sending != NULL) {
		frame_unref(connection->sending->owner);
		free(connection->sending);
		connection->sending = NULL;
	}
}

/* The end of an answer: the connection waits for another request, or is closed with -1. */
static int complete(struct connection *connection, bool close)
{
	http_gone(connection);
	connection_enter(connection, PHASE_REQUEST);
	if (close) {
		return -1;
	}
	return lws_http_transaction_completed(connection->wsi) != 0 ? -1 : 0;
}

static const char *reason_of(int status)
{
	switch (status) {
	case 200:
		return "OK";
	case 204:
		return "No Content";
	case 303:
		return "See Other";
	case 400:
		return "Bad Request";
	case 401:
		return "Unauthorized";
	case 403:
		return "Forbidden";
	case 404:
		return "Not Found";
	case 405:
		return "Method Not Allowed";
	case 409:
		return "Conflict";
	case 411:
		return "Length Required";
	case 413:
		return "Content Too Large";
	case 415:
		return "Unsupported Media Type";
	case 429:
		return "Too Many Requests";
	case 503:
		return "Service Unavailable";
	default:
		return "Answer";
	}
}

/* Bytes being put together; `used` stays below `size`, what does not fit is cut. */
struct text {
	char *bytes;
	size_t size, used;
};

__attribute__((format(printf, 2, 3))) static void put(struct text *text, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	int written =
		vsnprintf(text->bytes + text->used, text->size - text->used, format, arguments);
	va_end(arguments);
	assert(written >= 0 && (size_t)written < text->size - text->used);
	text->used += (size_t)written;
}

static void put_date(struct text *text)
{
	char date[64];
	time_t now = time(NULL);
	struct tm tm;

	gmtime_r(&now, &tm);
	strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", &tm);
	put(text, "Date: %s\r\n", date);
}

/*
 * The daemon names its cookie "hark" and leaves Secure to us, who know whether the browser came by
 * https: there it becomes "__Host-hark".
 */
static void put_cookie(struct text *text, const char *cookie, bool secure)
{
	put(text, "Set-Cookie: %s%s%s\r\n", secure ? "__Host-" : "", cookie,
		secure ? "; Secure" : "");
}

static void put_headers(
	struct text *text, struct connection *connection, const struct answer *answer)
{
	struct transport *transport = connection->transport;
	const char *ancestors = NULL;
	bool secure = connection_secure(connection);

	put(text, "HTTP/1.1 %d %s\r\n", answer->status, reason_of(answer->status));
	put_date(text);
	if (answer->status != 204) {
		put(text, "Content-Type: %s\r\n",
			answer->type == NULL ? "text/plain; charset=utf-8" : answer->type);
	}
	if (answer->open) {
		put(text, "X-Accel-Buffering: no\r\n%s",
			answer->chunked ? "Transfer-Encoding: chunked\r\n" : "");
	} else if (answer->status != 204) {
		put(text, "Content-Length: %zu\r\n", answer->size);
	}
	put(text, "Cache-Control: %s\r\n",
		answer->immutable ? "public, max-age=31536000, immutable" : "no-store");
	if (answer->gzip) {
		put(text, "Content-Encoding: gzip\r\n");
	}
	if (answer->varies) {
		put(text, "Vary: Accept-Encoding\r\n");
	}
	if (answer->location != NULL) {
		put(text, "Location: %s\r\n", answer->location);
	}
	if (answer->allow != NULL) {
		put(text, "Allow: %s\r\n", answer->allow);
	}
	if (answer->clear_storage) {
		put(text, "Clear-Site-Data: \"storage\"\r\n");
	}
	if (answer->set_cookie != NULL) {
		put_cookie(text, answer->set_cookie, secure);
	}
	if (answer->close) {
		put(text, "Connection: close\r\n");
	}
	if (answer->policy == POLICY_VISITOR) {
		ancestors = http_frame_ancestors(transport->options.server);
	}
	text->used += policy_write(text->bytes + text->used, text->size - text->used,
		answer->policy, ancestors, secure);
	put(text, "\r\n");
}

static bool is_head(struct connection *connection)
{
	return lws_hdr_total_length(connection->wsi, WSI_TOKEN_HEAD_URI) > 0;
}

/* Also true where the client speaks HTTP/1.0 or asked for it: the library decides alike. */
static bool send_rest(
	struct connection *connection, const unsigned char *bytes, size_t size, bool last)
{
	return lws_write(connection->wsi, (unsigned char *)(uintptr_t)bytes, size,
		       last ? LWS_WRITE_HTTP_FINAL : LWS_WRITE_HTTP) >= 0;
}

int answer_send(struct connection *connection, const struct answer *answer)
{
	unsigned char *scratch = connection->transport->scratch + SCRATCH_HEADROOM;
	struct text head = {.bytes = (char *)scratch, .size = HEADERS_MAX};
	bool bodiless = answer->status == 204 || is_head(connection);
	size_t body_size = bodiless ? 0 : answer->size;

	put_headers(&head, connection, answer);
	size_t first = SCRATCH_SIZE - head.used;
	if (first > body_size) {
		first = body_size;
	}
	if (first > 0) {
		memcpy(scratch + head.used, answer->body, first);
	}
	if (!send_rest(connection, scratch, head.used + first, first == body_size)) {
		return -1;
	}
	if (first == body_size) {
		return complete(connection, answer->close);
	}
	struct sending *sending = xcalloc(1, sizeof *sending);
	sending->rest = (const unsigned char *)answer->body + first;
	sending->size = body_size - first;
	sending->owner = answer->owner == NULL ? NULL : frame_ref(answer->owner);
	sending->close = answer->close;
	connection->sending = sending;
	connection_enter(connection, PHASE_SENDING);
	lws_set_timeout(connection->wsi, NO_PENDING_TIMEOUT, 0);
	lws_callback_on_writable(connection->wsi);
	return 0;
}

int answer_open(struct connection *connection, const char *type, bool chunked)
{
	unsigned char *scratch = connection->transport->scratch + SCRATCH_HEADROOM;
	struct text head = {.bytes = (char *)scratch, .size = HEADERS_MAX};
	const struct answer answer = {
		.status = 200,
		.type = type,
		.policy = POLICY_ASSET,
		.close = true,
		.open = true,
		.chunked = chunked,
	};

	put_headers(&head, connection, &answer);
	return send_rest(connection, scratch, head.used, false) ? 0 : -1;
}

int answer_text(struct connection *connection, int status, const char *text, bool close)
{
	return answer_send(connection, &(struct answer){.status = status,
					       .body = text,
					       .size = strlen(text),
					       .policy = POLICY_ASSET,
					       .close = close});
}

int http_refuse(struct connection *connection, int status, const char *text)
{
	(void)answer_text(connection, status, text, true);
	return -1;
}

int answer_go_on(struct connection *connection)
{
	struct sending *sending = connection->sending;

	if (sending == NULL) {
		return 0;
	}
	size_t size = sending->size < SCRATCH_SIZE ? sending->size : SCRATCH_SIZE;
	if (!send_rest(connection, sending->rest, size, size == sending->size)) {
		return -1;
	}
	sending->rest += size;
	sending->size -= size;
	if (sending->size == 0) {
		return complete(connection, sending->close);
	}
	connection_enter(connection, PHASE_SENDING);
	lws_callback_on_writable(connection->wsi);
	return 0;
}

/*
 * While an answer is on its way, or the pipe takes no other one, the library reads nothing, but is
 * told by the loop again and again that it could: who sends (or hangs up) and takes nothing would
 * keep a processor busy.
 */
static bool is_greedy(const struct connection *connection)
{
	struct pollfd socket = {
		.fd = lws_get_socket_fd(connection->wsi), .events = POLLIN | POLLOUT};
	bool sending = connection->phase == PHASE_SENDING || lws_partial_buffered(connection->wsi);

	return poll(&socket, 1, 0) > 0 && (socket.revents & POLLIN) != 0 &&
	       (sending || (socket.revents & POLLOUT) == 0);
}

void http_sweep(struct connection *connection, uint64_t waited_ms)
{
	bool comes = connection->phase == PHASE_REQUEST && connection->picture != NULL;
	uint64_t limit_ms = comes ? PICTURE_BODY_MS : connection->transport->options.handshake_ms;

	if (waited_ms >= limit_ms || (waited_ms >= GREEDY_MS && is_greedy(connection))) {
		connection_kill(connection);
	}
}
