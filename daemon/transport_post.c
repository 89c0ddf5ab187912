/*
 * The posts. A body is counted here, whatever the library believes about its length, and one
 * that is refused is read to its end, within bounds, so that the client can hear why.
 */
#include <libwebsockets.h>

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "daemon/frame.h"
#include "daemon/transport_answer.h"
#include "daemon/transport_fields.h"
#include "daemon/transport_picture.h"
#include "daemon/transport_post.h"
#include "daemon/transport_stream.h"
#include "daemon/xalloc.h"

enum {
	BODY_SWALLOWED_MAX = 65536, /* bytes of a too large body still read */
};

struct post {
	struct link all; /* post_desk::posts while the daemon thinks; else to itself */
	struct connection *connection;
	enum http_post kind;
	uint64_t ticket; /* 0: not yet with the daemon */
	int refusal; /* status to answer when the body is through; 0: the body is good */
	const char *refusal_text;
	uint64_t announced, received; /* bytes of the body */
	struct http_reply *reply; /* has come, is to be sent */
	size_t body_size;
	char body[HTTP_BODY_MAX];
};

/*
 * Where replies to posts arrive. The daemon may owe one when the transport is long gone, so it
 * counts what is owed and stays until the last.
 */
struct post_desk {
	struct transport *transport; /* NULL: gone */
	struct link posts; /* those whose reply is awaited */
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

/* Bodies hold passwords, replies cookies. */
void post_gone(struct connection *connection)
{
	struct post *post = connection->post;

	if (post == NULL) {
		return;
	}
	connection->post = NULL;
	link_remove(&post->all);
	if (post->reply != NULL) {
		frame_unref(post->reply->file);
		explicit_bzero(post->reply, sizeof *post->reply);
		free(post->reply);
	}
	explicit_bzero(post, sizeof *post);
	free(post);
}

/* "application/json", with parameters or without. */
bool post_is_json(struct connection *connection)
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
static int judge_post(struct connection *connection, const struct post *post, const char **text)
{
	if (connection->transport->draining) {
		*text = "About to stop. Come back soon.\n";
		return 503;
	}
	if (!connection_origin_allowed(connection)) {
		*text = "This origin may not post here.\n";
		return 403;
	}
	if (post->announced > HTTP_BODY_MAX) {
		*text = "The body is larger than 4096 bytes.\n";
		return 413;
	}
	bool bare = post->kind == HTTP_POST_LOGOUT || post->kind == HTTP_POST_LEAVE;
	if (!post_is_json(connection) && !(bare && post->announced == 0)) {
		*text = "The body must be application/json.\n";
		return 415;
	}
	return 0;
}

bool post_length(struct connection *connection, uint64_t *announced)
{
	char length[24];

	if (!connection_header(connection, WSI_TOKEN_HTTP_CONTENT_LENGTH, length, sizeof length)) {
		(void)http_refuse(connection, 411, "A Content-Length is needed.\n");
		return false;
	}
	if (!field_number(length, announced)) {
		(void)http_refuse(connection, 400, "The Content-Length is no number.\n");
		return false;
	}
	return true;
}

int post_begin(struct connection *connection, enum http_post kind)
{
	uint64_t announced = 0;

	if (!post_length(connection, &announced)) {
		return -1;
	}
	if (announced > BODY_SWALLOWED_MAX) {
		return http_refuse(connection, 413, "The body is larger than 4096 bytes.\n");
	}
	connection_enter(connection, PHASE_REQUEST); /* the body's time begins */
	struct post *post = xcalloc(1, sizeof *post);
	post->connection = connection;
	link_init(&post->all);
	connection->post = post;
	post->kind = kind;
	post->announced = announced;
	post->refusal = judge_post(connection, post, &post->refusal_text);
	return 0;
}

int http_body(struct connection *connection, void *bytes, size_t size)
{
	struct post *post = connection->post;

	/* Put by, as it came together with the request before it: see transport_lws.c. */
	if (size > 0 && !wipe_is_read(bytes)) {
		return -1;
	}
	if (connection->send != NULL) {
		return send_body(connection, bytes, size);
	}
	if (connection->picture != NULL) {
		return picture_body(connection, bytes, size);
	}
	if (post == NULL) {
		return -1;
	}
	post->received += size;
	if (post->received > post->announced) {
		return -1;
	}
	if (post->refusal == 0 && size > 0) {
		memcpy(post->body + post->body_size, bytes, size);
		post->body_size += size;
	}
	return 0;
}

static void on_reply(void *data, uint64_t ticket, const struct http_reply *reply)
{
	struct post_desk *desk = data;

	bool wanted = false;

	desk->owed--;
	for (struct link *at = desk->posts.next; at != &desk->posts; at = at->next) {
		struct post *post =
			(struct post *)(void *)((char *)at - offsetof(struct post, all));
		if (post->ticket == ticket) {
			/* Written where the library can be told to close. */
			post->reply = (void *)xmemdup(reply, sizeof *reply);
			link_remove(&post->all);
			wanted = true;
			lws_callback_on_writable(post->connection->wsi);
			break;
		}
	}
	if (!wanted) {
		frame_unref(reply->file);
	}
	desk_release(desk);
}

int http_body_complete(struct connection *connection)
{
	struct transport *transport = connection->transport;
	struct post *post = connection->post;
	char cookie[COOKIE_VALUE_MAX];

	if (connection->send != NULL) {
		return send_complete(connection);
	}
	if (connection->picture != NULL) {
		return picture_body_complete(connection);
	}
	if (post == NULL || post->ticket != 0) {
		return -1;
	}
	if (post->refusal != 0) {
		return answer_text(connection, post->refusal, post->refusal_text, false);
	}
	if (post->kind == HTTP_POST_LEAVE) {
		send_leave(connection);
	}
	bool has_cookie = connection_staff_cookie(connection, cookie);
	struct peer_address address = connection_address(connection);
	post->ticket = ++transport->desk->next_ticket;
	link_insert(&transport->desk->posts, &post->all);
	transport->desk->owed++;
	connection_enter(connection, PHASE_WORKING);
	lws_set_timeout(connection->wsi, NO_PENDING_TIMEOUT, 0);
	http_post(transport->options.server, post->kind, post->body, post->body_size,
		has_cookie ? cookie : NULL, peer_bucket(&address, transport->options.bucket_key),
		post->ticket, on_reply, transport->desk);
	explicit_bzero(cookie, sizeof cookie);
	return 0;
}

int post_send_reply(struct connection *connection)
{
	const struct http_reply *reply = connection->post == NULL ? NULL : connection->post->reply;

	if (reply == NULL) {
		return 0;
	}
	bool file = reply->file != NULL;
	return answer_send(connection,
		&(struct answer){.status = reply->status,
			.type = file ? reply->file_type : "application/json",
			.body = file ? reply->file->bytes : reply->body,
			.size = file ? reply->file->size : reply->body_size,
			.owner = reply->file,
			.policy = POLICY_STAFF,
			.clear_storage = reply->clear_storage,
			.set_cookie = reply->set_cookie[0] == '\0' ? NULL : reply->set_cookie});
}
