/*
 * Pages, files and the three posts. Requests are matched whole against a short list; every answer
 * is written by one function, headers and first bytes in one write, the rest of a large one piece
 * by piece as the pipe takes it. Bodies are taken on the posts alone and counted here.
 */
#include <libwebsockets.h>

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>

#include "daemon/assets.h"
#include "daemon/frame.h"
#include "daemon/transport_wire.h"
#include "daemon/xalloc.h"

enum {
	BODY_SWALLOWED_MAX = 65536, /* bytes of a too large body still read, to be able to say so */
	PATH_MAX_BYTES = 256,
	ANSWER_HEADERS_MAX = 4096, /* bytes */
	GREEDY_MS = 250, /* may ask on while it takes nothing */
};

static const char school_marker[] = "<!--hark:school-->";

/* What is to be answered. Zero is a sensible default for every field but status. */
struct answer {
	int status;
	const char *type; /* NULL: plain text */
	const void *body;
	size_t size; /* bytes of it */
	struct frame
		*owner; /* kept until the body is sent; NULL: the body lives as long as we do */
	enum policy policy;
	bool immutable, gzip, varies;
	bool close; /* the connection, afterwards */
	const char *location, *allow, *set_cookie;
};

/* One request that is not answered within its own callback. */
struct exchange {
	struct link posts; /* post_desk::posts while the daemon thinks; else to itself */
	struct connection *connection;
	enum http_post post;
	uint64_t ticket;
	int refusal; /* status to answer when the body is through; 0: the body is good */
	const char *refusal_text;
	uint64_t announced, received; /* bytes of the body */
	size_t body_size;
	char *body; /* HTTP_BODY_MAX bytes; NULL while sending */
	struct http_reply *reply; /* has come, is to be sent */
	struct frame *owner; /* of rest */
	const unsigned char *rest; /* still to be sent */
	size_t rest_size;
	bool close; /* afterwards */
};

/*
 * Where replies to posts arrive. The daemon may owe one when the transport is long gone, so it
 * counts what is owed and stays until the last.
 */
struct post_desk {
	struct transport *transport; /* NULL: gone */
	struct link posts; /* exchanges whose reply is awaited */
	uint64_t next_ticket;
	unsigned owed;
};

void http_start(struct transport *transport)
{
	transport->desk = xcalloc(1, sizeof *transport->desk);
	transport->desk->transport = transport;
	link_init(&transport->desk->posts);
}

static void desk_release(struct post_desk *desk)
{
	if (desk->transport == NULL && desk->owed == 0) {
		free(desk);
	}
}

void http_finish(struct transport *transport)
{
	frame_unref(transport->visitor_page);
	transport->desk->transport = NULL;
	desk_release(transport->desk);
}

static struct exchange *exchange_begin(struct connection *connection)
{
	struct exchange *exchange = xcalloc(1, sizeof *exchange);

	assert(connection->exchange == NULL);
	exchange->connection = connection;
	link_init(&exchange->posts);
	connection->exchange = exchange;
	return exchange;
}

/* Bodies hold passwords. */
static void forget_body(struct exchange *exchange)
{
	if (exchange->body != NULL) {
		explicit_bzero(exchange->body, HTTP_BODY_MAX);
		free(exchange->body);
		exchange->body = NULL;
	}
	if (exchange->reply != NULL) {
		explicit_bzero(exchange->reply, sizeof *exchange->reply);
		free(exchange->reply);
		exchange->reply = NULL;
	}
}

void http_gone(struct connection *connection)
{
	struct exchange *exchange = connection->exchange;

	if (exchange == NULL) {
		return;
	}
	connection->exchange = NULL;
	link_remove(&exchange->posts);
	forget_body(exchange);
	frame_unref(exchange->owner);
	free(exchange);
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
		put(text, "Content-Type: %s\r\nContent-Length: %zu\r\n",
			answer->type == NULL ? "text/plain; charset=utf-8" : answer->type,
			answer->size);
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

static int answer_send(struct connection *connection, const struct answer *answer)
{
	unsigned char *scratch = connection->transport->scratch + SCRATCH_HEADROOM;
	struct text head = {.bytes = (char *)scratch, .size = ANSWER_HEADERS_MAX};
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
	struct exchange *exchange =
		connection->exchange == NULL ? exchange_begin(connection) : connection->exchange;
	exchange->rest = (const unsigned char *)answer->body + first;
	exchange->rest_size = body_size - first;
	exchange->owner = answer->owner == NULL ? NULL : frame_ref(answer->owner);
	exchange->close = answer->close;
	connection_enter(connection, PHASE_SENDING);
	lws_set_timeout(connection->wsi, NO_PENDING_TIMEOUT, 0);
	lws_callback_on_writable(connection->wsi);
	return 0;
}

static int answer_text(struct connection *connection, int status, const char *text, bool close)
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

/* The visitor's page with the school's block in the marker's place, made anew when it changes. */
static struct frame *visitor_page(struct transport *transport, const struct asset *asset)
{
	uint64_t version = 0;
	size_t block_size = 0;
	const char *block = http_school_block(transport->options.server, &block_size, &version);

	if (transport->visitor_page != NULL && transport->visitor_page_version == version) {
		return transport->visitor_page;
	}
	const char *marker =
		memmem(asset->bytes, asset->size, school_marker, sizeof school_marker - 1);
	size_t before =
		marker == NULL ? asset->size : (size_t)(marker - (const char *)asset->bytes);
	size_t skip = marker == NULL ? before : before + sizeof school_marker - 1;
	block_size = marker == NULL || block == NULL ? 0 : block_size;
	struct frame *page = frame_create(asset->size - (skip - before) + block_size);
	memcpy(page->bytes, asset->bytes, before);
	if (block_size > 0) {
		memcpy(page->bytes + before, block, block_size);
	}
	memcpy(page->bytes + before + block_size, asset->bytes + skip, asset->size - skip);
	frame_unref(transport->visitor_page);
	transport->visitor_page = page;
	transport->visitor_page_version = version;
	return page;
}

static int serve_visitor(struct connection *connection, const struct asset *asset)
{
	struct frame *page = visitor_page(connection->transport, asset);

	return answer_send(connection, &(struct answer){.status = 200,
					       .type = asset->type,
					       .body = page->bytes,
					       .size = page->size,
					       .owner = page,
					       .policy = POLICY_VISITOR});
}

static int serve_asset(struct connection *connection, const struct asset *asset, enum policy policy)
{
	char encodings[128];
	bool gzip = asset->gzip != NULL &&
		    connection_header(connection, WSI_TOKEN_HTTP_ACCEPT_ENCODING, encodings,
			    sizeof encodings) &&
		    peer_lists(encodings, "gzip");

	return answer_send(connection, &(struct answer){.status = 200,
					       .type = asset->type,
					       .body = gzip ? asset->gzip : asset->bytes,
					       .size = gzip ? asset->gzip_size : asset->size,
					       .policy = policy,
					       .immutable = asset->immutable,
					       .gzip = gzip,
					       .varies = asset->gzip != NULL});
}

static const struct {
	const char *path;
	enum http_page page;
} pages[] = {
	{"/", HTTP_PAGE_VISITOR},
	{"/console", HTTP_PAGE_CONSOLE},
	{"/oversight", HTTP_PAGE_OVERSIGHT},
	{"/login", HTTP_PAGE_LOGIN},
	{"/enrol", HTTP_PAGE_LOGIN},
};

static const struct {
	const char *path;
	enum http_post post;
} posts[] = {
	{"/login", HTTP_POST_LOGIN},
	{"/enrol", HTTP_POST_ENROL},
	{"/logout", HTTP_POST_LOGOUT},
};

/* An index into pages or posts; -1: not there. */
static int find_page(const char *path)
{
	for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++) {
		if (strcmp(path, pages[i].path) == 0) {
			return (int)i;
		}
	}
	return -1;
}

static int find_post(const char *path)
{
	for (size_t i = 0; i < sizeof posts / sizeof posts[0]; i++) {
		if (strcmp(path, posts[i].path) == 0) {
			return (int)i;
		}
	}
	return -1;
}

static bool is_file(const char *path)
{
	return strncmp(path, "/assets/", strlen("/assets/")) == 0 ||
	       strcmp(path, "/launcher.js") == 0;
}

static bool is_probe(const char *path)
{
	return strcmp(path, "/healthz") == 0 || strcmp(path, "/readyz") == 0;
}

static int serve_page(struct connection *connection, const char *path, enum http_page page)
{
	char cookie[COOKIE_VALUE_MAX];
	bool has_cookie = connection_staff_cookie(connection, cookie);
	const char *elsewhere = http_redirect(
		connection->transport->options.server, page, has_cookie ? cookie : NULL);
	const struct asset *asset = asset_find(path);

	explicit_bzero(cookie, sizeof cookie);
	if (elsewhere != NULL) {
		return answer_send(connection,
			&(struct answer){
				.status = 303, .location = elsewhere, .policy = POLICY_STAFF});
	}
	if (asset == NULL) {
		return answer_text(connection, 404, "There is no such page.\n", false);
	}
	return page == HTTP_PAGE_VISITOR ? serve_visitor(connection, asset)
					 : serve_asset(connection, asset, POLICY_STAFF);
}

static int serve_probe(struct connection *connection, const char *path)
{
	bool writable = false, up = http_ready(connection->transport->options.server, &writable);
	bool good = strcmp(path, "/healthz") == 0
			    ? up
			    : up && writable && !connection->transport->draining;

	return answer_text(connection, good ? 200 : 503, good ? "ok\n" : "not ready\n", false);
}

static int serve_file(struct connection *connection, const char *path)
{
	const struct asset *asset = asset_find(path);

	if (asset == NULL) {
		return answer_text(connection, 404, "There is no such file.\n", false);
	}
	return serve_asset(connection, asset,
		strcmp(path, "/launcher.js") == 0 ? POLICY_LAUNCHER : POLICY_ASSET);
}

static int serve_get(struct connection *connection, const char *path)
{
	int page = find_page(path);

	if (page >= 0) {
		return serve_page(connection, path, pages[page].page);
	}
	if (is_file(path)) {
		return serve_file(connection, path);
	}
	if (is_probe(path)) {
		return serve_probe(connection, path);
	}
	if (strcmp(path, "/ws") == 0) {
		return answer_text(connection, 400, "This is the WebSocket's address.\n", false);
	}
	if (find_post(path) >= 0) {
		return answer_send(connection,
			&(struct answer){.status = 405, .allow = "POST", .policy = POLICY_ASSET});
	}
	return answer_text(connection, 404, "There is nothing here.\n", false);
}

/* "application/json", with parameters or without. */
static bool is_json(struct connection *connection)
{
	static const char json[] = "application/json";
	char type[64];

	if (!connection_header(connection, WSI_TOKEN_HTTP_CONTENT_TYPE, type, sizeof type)) {
		return false;
	}
	type[strcspn(type, "; \t")] = '\0';
	return strcasecmp(type, json) == 0;
}

/* 0, or the status a post is refused with when its body is through. */
static int judge_post(
	struct connection *connection, const struct exchange *exchange, const char **text)
{
	if (connection->transport->draining) {
		*text = "About to stop. Come back soon.\n";
		return 503;
	}
	if (!connection_origin_allowed(connection)) {
		*text = "This origin may not post here.\n";
		return 403;
	}
	if (exchange->announced > HTTP_BODY_MAX) {
		*text = "The body is larger than 4096 bytes.\n";
		return 413;
	}
	if (!is_json(connection) &&
		!(exchange->post == HTTP_POST_LOGOUT && exchange->announced == 0)) {
		*text = "The body must be application/json.\n";
		return 415;
	}
	return 0;
}

static int begin_post(struct connection *connection, enum http_post post)
{
	char length[24];
	uint64_t announced = 0;

	if (!connection_header(connection, WSI_TOKEN_HTTP_CONTENT_LENGTH, length, sizeof length)) {
		return http_refuse(connection, 411, "A Content-Length is needed.\n");
	}
	if (!peer_content_length(length, &announced)) {
		return http_refuse(connection, 400, "The Content-Length is no number.\n");
	}
	if (announced > BODY_SWALLOWED_MAX) {
		return http_refuse(connection, 413, "The body is larger than 4096 bytes.\n");
	}
	connection_enter(connection, PHASE_REQUEST); /* the body's time begins */
	struct exchange *exchange = exchange_begin(connection);
	exchange->post = post;
	exchange->announced = announced;
	exchange->body = xmalloc(HTTP_BODY_MAX);
	exchange->refusal = judge_post(connection, exchange, &exchange->refusal_text);
	return 0;
}

/* RFC 9112 6: nothing but a post has a body here, and none is chunked; no guesses about where
 * such a request ends. */
static bool has_strange_body(struct connection *connection, int method)
{
	char length[24];
	uint64_t announced;

	if (lws_hdr_total_length(connection->wsi, WSI_TOKEN_HTTP_TRANSFER_ENCODING) > 0) {
		return true;
	}
	if (method == LWSHUMETH_POST ||
		lws_hdr_total_length(connection->wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH) <= 0) {
		return false;
	}
	return !connection_header(
		       connection, WSI_TOKEN_HTTP_CONTENT_LENGTH, length, sizeof length) ||
	       !peer_content_length(length, &announced) || announced != 0;
}

int http_request(struct connection *connection, const char *in, size_t size)
{
	char path[PATH_MAX_BYTES], *uri;
	int uri_size, method = lws_http_get_uri_and_method(connection->wsi, &uri, &uri_size);

	if (connection->exchange != NULL || has_strange_body(connection, method)) {
		return http_refuse(connection, 400, "This request makes no sense here.\n");
	}
	if (size >= sizeof path || memchr(in, '\0', size) != NULL) {
		return http_refuse(connection, 404, "There is nothing here.\n");
	}
	memcpy(path, in, size);
	path[size] = '\0';
	if (method == LWSHUMETH_GET || method == LWSHUMETH_HEAD) {
		return serve_get(connection, path);
	}
	int post = find_post(path);
	if (method == LWSHUMETH_POST && post >= 0) {
		return begin_post(connection, posts[post].post);
	}
	/* It may have a body that nobody reads: the connection ends here. */
	(void)answer_send(connection, &(struct answer){.status = 405,
					      .allow = post >= 0 ? "GET, HEAD, POST" : "GET, HEAD",
					      .policy = POLICY_ASSET,
					      .close = true});
	return -1;
}

int http_body(struct connection *connection, const void *bytes, size_t size)
{
	struct exchange *exchange = connection->exchange;

	if (exchange == NULL || exchange->body == NULL) {
		return -1;
	}
	exchange->received += size;
	if (exchange->received > exchange->announced) {
		return -1;
	}
	if (exchange->refusal == 0 && size > 0) {
		memcpy(exchange->body + exchange->body_size, bytes, size);
		exchange->body_size += size;
	}
	return 0;
}

static void on_reply(void *data, uint64_t ticket, const struct http_reply *reply)
{
	struct post_desk *desk = data;

	desk->owed--;
	for (struct link *at = desk->posts.next; at != &desk->posts; at = at->next) {
		struct exchange *exchange =
			(struct exchange *)(void *)((char *)at - offsetof(struct exchange, posts));
		if (exchange->ticket == ticket) {
			/* Written where the library can be told to close. */
			exchange->reply = (void *)xmemdup(reply, sizeof *reply);
			link_remove(&exchange->posts);
			lws_callback_on_writable(exchange->connection->wsi);
			break;
		}
	}
	desk_release(desk);
}

int http_body_complete(struct connection *connection)
{
	struct transport *transport = connection->transport;
	struct exchange *exchange = connection->exchange;
	char cookie[COOKIE_VALUE_MAX];

	if (exchange == NULL || exchange->ticket != 0) {
		return -1;
	}
	if (exchange->refusal != 0) {
		return answer_text(connection, exchange->refusal, exchange->refusal_text, false);
	}
	bool has_cookie = connection_staff_cookie(connection, cookie);
	struct peer_address address = connection_address(connection);
	exchange->ticket = ++transport->desk->next_ticket;
	link_insert(&transport->desk->posts, &exchange->posts);
	transport->desk->owed++;
	connection_enter(connection, PHASE_WORKING);
	lws_set_timeout(connection->wsi, NO_PENDING_TIMEOUT, 0);
	http_post(transport->options.server, exchange->post, exchange->body, exchange->body_size,
		has_cookie ? cookie : NULL, peer_bucket(&address, transport->options.bucket_key),
		exchange->ticket, on_reply, transport->desk);
	explicit_bzero(cookie, sizeof cookie);
	return 0;
}

static int send_reply(struct connection *connection)
{
	const struct http_reply *reply = connection->exchange->reply;

	return answer_send(connection,
		&(struct answer){.status = reply->status,
			.type = "application/json",
			.body = reply->body,
			.size = reply->body_size,
			.policy = POLICY_STAFF,
			.set_cookie = reply->set_cookie[0] == '\0' ? NULL : reply->set_cookie});
}

static int send_piece(struct connection *connection)
{
	struct exchange *exchange = connection->exchange;
	size_t size = exchange->rest_size < SCRATCH_SIZE ? exchange->rest_size : SCRATCH_SIZE;

	if (!send_rest(connection, exchange->rest, size, size == exchange->rest_size)) {
		return -1;
	}
	exchange->rest += size;
	exchange->rest_size -= size;
	if (exchange->rest_size == 0) {
		return complete(connection, exchange->close);
	}
	connection_enter(connection, PHASE_SENDING);
	lws_callback_on_writable(connection->wsi);
	return 0;
}

int http_writable(struct connection *connection)
{
	const struct exchange *exchange = connection->exchange;

	if (exchange == NULL) {
		return 0;
	}
	if (exchange->rest_size > 0) {
		return send_piece(connection);
	}
	return exchange->reply == NULL ? 0 : send_reply(connection);
}

static bool has_input(const struct connection *connection)
{
	char byte;

	return recv(lws_get_socket_fd(connection->wsi), &byte, 1, MSG_PEEK | MSG_DONTWAIT) >= 0;
}

/*
 * While an answer is on its way the library reads nothing, but is told by the loop again and again
 * that it could: who sends (or hangs up) and takes nothing would keep a processor busy.
 */
void http_sweep(struct connection *connection, uint64_t waited_ms)
{
	bool sending = connection->phase == PHASE_SENDING || lws_partial_buffered(connection->wsi);

	if (waited_ms >= connection->transport->options.handshake_ms ||
		(sending && waited_ms >= GREEDY_MS && has_input(connection))) {
		connection_kill(connection);
	}
}
