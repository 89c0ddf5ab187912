/*
 * What is asked for: pages, files, probes and posts, matched whole against short lists, and
 * pictures. Only a post has a body.
 */
#include <libwebsockets.h>

#include <assert.h>
#include <string.h>

#include "daemon/assets.h"
#include "daemon/frame.h"
#include "daemon/transport_answer.h"
#include "daemon/transport_fields.h"
#include "daemon/transport_picture.h"
#include "daemon/transport_post.h"
#include "daemon/transport_stream.h"

enum {
	PATH_SIZE = 256, /* bytes, with the terminator */
};

static const char school_marker[] = "<!--hark:school-->";

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
	assert(marker != NULL); /* web/ builds it in */
	size_t before = (size_t)(marker - (const char *)asset->bytes);
	size_t skip = before + sizeof school_marker - 1;
	struct frame *page = frame_create(asset->size - (skip - before) + block_size);
	memcpy(page->bytes, asset->bytes, before);
	memcpy(page->bytes + before, block, block_size);
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
	{"/leave", HTTP_POST_LEAVE},
	{"/export", HTTP_POST_EXPORT},
	{"/original", HTTP_POST_ORIGINAL},
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
	if (find_post(path) >= 0 || strcmp(path, "/send") == 0) {
		return answer_send(connection,
			&(struct answer){.status = 405, .allow = "POST", .policy = POLICY_ASSET});
	}
	return answer_text(connection, 404, "There is nothing here.\n", false);
}

/* RFC 9112 5.1, 5.2: a blank before the colon, or a folded line, as far as the library shows one:
 * it takes either for a header of another name. Who stands before us may see the request end
 * elsewhere. */
static bool has_blank_name(struct connection *connection)
{
	static const char *const names[] = {
		"transfer-encoding ",
		"transfer-encoding\t",
		" transfer-encoding",
		"\ttransfer-encoding",
		"content-length ",
		"content-length\t",
		" content-length",
		"\tcontent-length",
	};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		if (connection_has_custom(connection, names[i])) {
			return true;
		}
	}
	return false;
}

/* RFC 9112 6: nothing but a post has a body here, and none is chunked; no guesses about where
 * such a request ends. */
static bool has_strange_body(struct connection *connection, int method)
{
	char length[24];
	uint64_t announced;

	if (lws_hdr_total_length(connection->wsi, WSI_TOKEN_HTTP_TRANSFER_ENCODING) > 0 ||
		has_blank_name(connection)) {
		return true;
	}
	if (method == LWSHUMETH_POST ||
		lws_hdr_total_length(connection->wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH) <= 0) {
		return false;
	}
	return !connection_header(
		       connection, WSI_TOKEN_HTTP_CONTENT_LENGTH, length, sizeof length) ||
	       !field_number(length, &announced) || announced != 0;
}

int http_request(struct connection *connection, const char *in, size_t size)
{
	char path[PATH_SIZE], *uri;
	int uri_size, method = lws_http_get_uri_and_method(connection->wsi, &uri, &uri_size);

	connection_note_proxy(connection);
	if (connection->post != NULL || connection->picture != NULL ||
		connection->sending != NULL || connection->reader != NULL ||
		connection->send != NULL || has_strange_body(connection, method)) {
		return http_refuse(connection, 400, "This request makes no sense here.\n");
	}
	if (size >= sizeof path || memchr(in, '\0', size) != NULL) {
		return http_refuse(connection, 404, "There is nothing here.\n");
	}
	memcpy(path, in, size);
	path[size] = '\0';
	if (picture_is_path(path)) {
		return picture_request(connection, path, method);
	}
	if (strcmp(path, "/events") == 0) {
		return reader_request(connection, method);
	}
	if (strcmp(path, "/send") == 0 && method == LWSHUMETH_POST) {
		return send_begin(connection);
	}
	if (method == LWSHUMETH_GET || method == LWSHUMETH_HEAD) {
		return serve_get(connection, path);
	}
	int post = find_post(path);
	if (method == LWSHUMETH_POST && post >= 0) {
		return post_begin(connection, posts[post].post);
	}
	/* It may have a body that nobody reads: the connection ends here. */
	(void)answer_send(connection, &(struct answer){.status = 405,
					      .allow = post >= 0 ? "GET, HEAD, POST" : "GET, HEAD",
					      .policy = POLICY_ASSET,
					      .close = true});
	return -1;
}

int http_writable(struct connection *connection)
{
	if (connection->sending != NULL) {
		return answer_go_on(connection);
	}
	if (connection->reader != NULL) {
		return reader_writable(connection);
	}
	return connection->picture != NULL ? picture_send_answer(connection)
					   : post_send_reply(connection);
}

void http_gone(struct connection *connection)
{
	post_gone(connection);
	send_gone(connection);
	reader_gone(connection);
	picture_gone(connection);
	answer_gone(connection);
}
