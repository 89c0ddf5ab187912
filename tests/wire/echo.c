/*
 * The transport alone, under a session that echoes: what conformance, load and the library's bugs
 * are tested against (the real daemon speaks its own messages and nothing else).
 *
 * Every message comes back as it is, but for commands, whose answer is one message each:
 *	!close CODE     the session wants to be closed with CODE
 *	!refuse CODE    session_receive() answers CODE
 *	!flood N SIZE   N frames of SIZE bytes
 *	!all TEXT       TEXT to every session, this one too
 *	!cookie         the cookie that was handed over
 *	!bucket         the bucket, in hex
 *	!count          sessions now
 *	!chat           there is a chat in the session, which nobody may lose
 *	!over           there is none any more
 * There is one from the start, but with --hello 1: then the first message is the hello. The cookie
 * "staff" is that of somebody who is signed in.
 * SIGTERM drains, closes everybody with 1001 and stops; SIGHUP reloads the certificate.
 * At the end it says "stopped" and 0, or the loop's complaint.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "daemon/frame.h"
#include "daemon/http.h"
#include "daemon/pictures.h"
#include "daemon/session_wire.h"
#include "daemon/transport.h"
#include "daemon/xalloc.h"

enum {
	QUEUE_MAX = 4096,
	REPLY_DELAY_MS = 30,
	SLOW_REPLY_DELAY_MS = 1000,
};

struct session {
	struct session *next, **link; /* server::sessions */
	struct server *server;
	struct session_peer peer;
	struct frame **queue;
	unsigned queued, sent, queue_size;
	char *message;
	size_t message_size;
	int close_code;
	enum session_standing standing;
	char cookie[64];
};

struct server {
	uv_loop_t loop;
	struct transport *transport;
	struct session *sessions;
	unsigned session_count, session_max;
	uv_signal_t terminate, reload;
	uv_timer_t deadline;
	bool draining, writable, hello;
	uint64_t school_version;
	char school[256];
	const char *frame_ancestors;
	int pending_posts;
};

static void queue_frame(struct session *session, struct frame *frame)
{
	if (session->queued - session->sent >= QUEUE_MAX) {
		session->close_code = CLOSE_TRY_LATER;
		return;
	}
	if (session->sent == session->queued) {
		session->sent = session->queued = 0;
	}
	if (session->queued == session->queue_size) {
		session->queue_size = session->queue_size == 0 ? 4 : session->queue_size * 2;
		session->queue =
			xrealloc(session->queue, session->queue_size * sizeof *session->queue);
	}
	session->queue[session->queued++] = frame_ref(frame);
	session->peer.wake(session->peer.wire);
}

static void say(struct session *session, const char *bytes, size_t size)
{
	struct frame *frame = frame_create(size);

	if (size > 0) {
		memcpy(frame->bytes, bytes, size);
	}
	queue_frame(session, frame);
	frame_unref(frame);
}

static void say_number(struct session *session, const char *format, unsigned long long number)
{
	char text[32];

	snprintf(text, sizeof text, format, number);
	say(session, text, strlen(text));
}

static void say_all(struct server *server, const char *bytes, size_t size)
{
	struct frame *frame = frame_create(size + 1000);

	memcpy(frame->bytes, bytes, size);
	frame = frame_trim(frame, size);
	for (struct session *each = server->sessions; each != NULL; each = each->next) {
		queue_frame(each, frame);
	}
	frame_unref(frame);
}

static void flood(struct session *session, unsigned count, unsigned size)
{
	struct frame *frame = frame_create(size);

	memset(frame->bytes, 'x', size);
	for (unsigned i = 0; i < count; i++) {
		queue_frame(session, frame);
	}
	frame_unref(frame);
}

static int handle(struct session *session, const char *message, size_t size)
{
	unsigned count, length;
	int code;

	if (size == 0 || message[0] != '!') {
		say(session, message, size);
	} else if (sscanf(message, "!close %d", &code) == 1) {
		session->close_code = code;
		session->peer.wake(session->peer.wire);
	} else if (sscanf(message, "!refuse %d", &code) == 1) {
		return code;
	} else if (sscanf(message, "!flood %u %u", &count, &length) == 2) {
		flood(session, count, length);
	} else if (strncmp(message, "!all ", 5) == 0) {
		say_all(session->server, message + 5, size - 5);
	} else if (strcmp(message, "!cookie") == 0) {
		say(session, session->cookie, strlen(session->cookie));
	} else if (strcmp(message, "!bucket") == 0) {
		say_number(session, "%016llx", session->peer.bucket);
	} else if (strcmp(message, "!control") == 0) {
		say_number(session, "%llu", session->peer.control);
	} else if (strcmp(message, "!chat") == 0) {
		session->standing = SESSION_BUSY;
		say(session, "chat", 4);
	} else if (strcmp(message, "!over") == 0) {
		session->standing = SESSION_IDLE;
		say(session, "over", 4);
	} else if (strcmp(message, "!count") == 0) {
		say_number(session, "%llu", session->server->session_count);
	} else {
		say(session, "?", 1);
	}
	return 0;
}

struct session *session_create(struct server *server, const struct session_peer *peer, int *refusal)
{
	if (server->draining || server->session_count >= server->session_max) {
		*refusal = CLOSE_TRY_LATER;
		return NULL;
	}
	struct session *session = xcalloc(1, sizeof *session);
	session->server = server;
	session->peer = *peer;
	snprintf(session->cookie, sizeof session->cookie, "%s",
		peer->cookie == NULL ? "none" : peer->cookie);
	session->peer.cookie = NULL;
	session->standing =
		server->hello && strcmp(session->cookie, "staff") != 0 ? SESSION_NEW : SESSION_BUSY;
	session->next = server->sessions;
	session->link = &server->sessions;
	if (session->next != NULL) {
		session->next->link = &session->next;
	}
	server->sessions = session;
	server->session_count++;
	return session;
}

int session_receive(struct session *session, const void *chunk, size_t size, bool final)
{
	session->message = xrealloc(session->message, session->message_size + size + 1);
	if (size > 0) {
		memcpy(session->message + session->message_size, chunk, size);
	}
	session->message_size += size;
	session->message[session->message_size] = '\0';
	if (!final) {
		return 0;
	}
	char *message = session->message;
	size_t message_size = session->message_size;
	session->message = NULL;
	session->message_size = 0;
	if (session->standing == SESSION_NEW) {
		session->standing = SESSION_IDLE;
	}
	int code = handle(session, message, message_size);
	free(message);
	return code;
}

struct frame *session_next(struct session *session)
{
	return session->sent < session->queued ? session->queue[session->sent] : NULL;
}

void session_sent(struct session *session)
{
	frame_unref(session->queue[session->sent++]);
}

int session_close_wanted(const struct session *session)
{
	return session->close_code;
}

enum session_standing session_standing(const struct session *session)
{
	return session->standing;
}

bool session_is_staff(struct server *server, const char *cookie)
{
	(void)server;
	return strcmp(cookie, "staff") == 0;
}

void session_heard(struct session *session)
{
	(void)session;
}

static void stop(struct server *server);

void session_destroy(struct session *session)
{
	if (session == NULL) {
		return;
	}
	struct server *server = session->server;
	while (session_next(session) != NULL) {
		session_sent(session);
	}
	*session->link = session->next;
	if (session->next != NULL) {
		session->next->link = session->link;
	}
	free(session->queue);
	free(session->message);
	free(session);
	if (--server->session_count == 0 && server->draining) {
		stop(server);
	}
}

/* A post's answer comes a little later, as after Argon2. */
struct post {
	struct server *server;
	uv_timer_t timer;
	struct http_reply reply;
	uint64_t ticket;
	void (*answer)(void *data, uint64_t ticket, const struct http_reply *reply);
	void *data;
};

static void on_post_closed(uv_handle_t *timer)
{
	free(timer->data);
}

static void on_post_timer(uv_timer_t *timer)
{
	struct post *post = timer->data;

	post->answer(post->data, post->ticket, &post->reply);
	uv_close((uv_handle_t *)timer, on_post_closed);
}

void http_post(struct server *server, enum http_post kind, const char *body, size_t size,
	const char *cookie, uint64_t bucket, uint64_t ticket,
	void (*reply)(void *data, uint64_t ticket, const struct http_reply *reply), void *data)
{
	struct post *post = xcalloc(1, sizeof *post);
	bool good = kind == HTTP_POST_LOGOUT || (size == 4 && memcmp(body, "good", 4) == 0);

	(void)bucket;
	post->server = server;
	post->ticket = ticket;
	post->answer = reply;
	post->data = data;
	post->reply.status = good ? 204 : 401;
	if (good) {
		snprintf(post->reply.set_cookie, sizeof post->reply.set_cookie,
			"hark=%s; Path=/; HttpOnly; SameSite=Strict",
			kind == HTTP_POST_LOGOUT ? "" : "secret");
	} else {
		post->reply.body_size = (size_t)snprintf(post->reply.body, sizeof post->reply.body,
			"{\"type\":\"error\",\"size\":%zu,\"cookie\":\"%s\"}", size,
			cookie == NULL ? "none" : cookie);
	}
	if (kind == HTTP_POST_ENROL) {
		/* At once, from within the request. */
		reply(data, ticket, &post->reply);
		free(post);
		return;
	}
	uv_timer_init(&server->loop, &post->timer);
	post->timer.data = post;
	bool slow = size == 4 && memcmp(body, "slow", 4) == 0;
	uv_timer_start(&post->timer, on_post_timer, slow ? SLOW_REPLY_DELAY_MS : REPLY_DELAY_MS, 0);
}

const char *http_redirect(struct server *server, enum http_page page, const char *cookie)
{
	(void)server;
	return (page == HTTP_PAGE_CONSOLE || page == HTTP_PAGE_OVERSIGHT) && cookie == NULL
		       ? "/login"
		       : NULL;
}

const char *http_school_block(struct server *server, size_t *size, uint64_t *version)
{
	snprintf(server->school, sizeof server->school,
		"<script type=\"application/json\" id=\"hark-school\">{\"version\":%llu}</script>",
		(unsigned long long)server->school_version);
	*size = strlen(server->school);
	*version = server->school_version++;
	return server->school;
}

const char *http_frame_ancestors(struct server *server)
{
	return server->frame_ancestors;
}

/* ---- pictures: one that is sent is counted, the n-th has n bytes ---- */

struct picture_upload {
	struct server *server;
	uint64_t size;
};

struct picture_upload *pictures_begin(
	struct server *server, const struct picture_head *head, struct http_reply *reply)
{
	if (head->peer.bearer == NULL) {
		*reply = (struct http_reply){.status = 403};
		return NULL;
	}
	struct picture_upload *upload = xcalloc(1, sizeof *upload);
	upload->server = server;
	return upload;
}

void pictures_take(struct picture_upload *upload, const void *bytes, size_t size)
{
	(void)bytes;
	upload->size += size;
}

void pictures_end(struct picture_upload *upload,
	void (*reply)(void *data, const struct http_reply *reply), void *data)
{
	struct http_reply answer = {.status = 200};
	answer.body_size = (size_t)snprintf(answer.body, sizeof answer.body, "{\"size\":%llu}",
		(unsigned long long)upload->size);
	free(upload);
	reply(data, &answer);
}

void pictures_drop(struct picture_upload *upload)
{
	free(upload);
}

int pictures_fetch(struct server *server, const struct picture_peer *peer, int64_t picture,
	bool thumb, void (*found)(void *data, const struct picture_found *found), void *data,
	struct picture_fetch **fetch)
{
	(void)server, (void)peer;
	struct picture_found answer = {.status = 200, .type = thumb ? "image/png" : "image/jpeg"};
	answer.body = frame_create((size_t)picture);
	memset(answer.body->bytes, 'p', (size_t)picture);
	answer.body = frame_trim(answer.body, (size_t)picture);
	*fetch = NULL;
	found(data, &answer);
	frame_unref(answer.body);
	return 200;
}

void pictures_fetch_drop(struct picture_fetch *fetch)
{
	(void)fetch;
}

void http_unnamed_proxy(struct server *server)
{
	(void)server;
}

bool http_ready(struct server *server, bool *writable)
{
	*writable = server->writable;
	return true;
}

static void stop(struct server *server)
{
	if (uv_is_closing((uv_handle_t *)&server->deadline)) {
		return;
	}
	uv_close((uv_handle_t *)&server->terminate, NULL);
	uv_close((uv_handle_t *)&server->reload, NULL);
	uv_close((uv_handle_t *)&server->deadline, NULL);
	transport_stop(server->transport, NULL, NULL);
}

static void on_deadline(uv_timer_t *timer)
{
	stop(timer->data);
}

static void on_terminate(uv_signal_t *signal, int number)
{
	struct server *server = signal->data;

	(void)number;
	server->draining = true;
	transport_drain(server->transport);
	if (server->session_count == 0) {
		stop(server);
		return;
	}
	uv_timer_start(&server->deadline, on_deadline, 500, 0);
	for (struct session *each = server->sessions; each != NULL; each = each->next) {
		each->close_code = CLOSE_GOING_AWAY;
		each->peer.wake(each->peer.wire);
	}
}

static void on_reload(uv_signal_t *signal, int number)
{
	struct server *server = signal->data;
	char problem[512];

	(void)number;
	if (transport_reload(server->transport, problem, sizeof problem) == 0) {
		puts("reloaded");
	} else {
		printf("not reloaded: %s\n", problem);
	}
	fflush(stdout);
}

/* --name value ... into the options; a name that is not known ends the program. */
static void parse(struct transport_options *options, struct server *server, char **arguments)
{
	static const char *origins[8], *proxies[8];
	int origin_count = 0, proxy_count = 0;

	options->origins = origins;
	options->trusted_proxies = proxies;
	for (; arguments[0] != NULL && arguments[1] != NULL; arguments += 2) {
		const char *name = arguments[0], *value = arguments[1];
		if (strcmp(name, "--listen") == 0) {
			options->listen = value;
		} else if (strcmp(name, "--port") == 0) {
			options->port = atoi(value);
		} else if (strcmp(name, "--connections") == 0) {
			options->connections_max = (unsigned)atoi(value);
		} else if (strcmp(name, "--sessions") == 0) {
			server->session_max = (unsigned)atoi(value);
		} else if (strcmp(name, "--hello") == 0) {
			server->hello = atoi(value) != 0;
		} else if (strcmp(name, "--handshake-ms") == 0) {
			options->handshake_ms = (unsigned)atoi(value);
		} else if (strcmp(name, "--grace-ms") == 0) {
			options->stream_grace_ms = (unsigned)atoi(value);
		} else if (strcmp(name, "--ping-ms") == 0) {
			options->ping_ms = (unsigned)atoi(value);
		} else if (strcmp(name, "--dead-ms") == 0) {
			options->dead_ms = (unsigned)atoi(value);
		} else if (strcmp(name, "--origin") == 0) {
			origins[origin_count++] = value;
		} else if (strcmp(name, "--proxy") == 0) {
			proxies[proxy_count++] = value;
		} else if (strcmp(name, "--cert") == 0) {
			options->tls_cert = value;
		} else if (strcmp(name, "--key") == 0) {
			options->tls_key = value;
		} else if (strcmp(name, "--control") == 0) {
			options->control_path = value;
		} else if (strcmp(name, "--ancestors") == 0) {
			server->frame_ancestors = value;
		} else if (strcmp(name, "--writable") == 0) {
			server->writable = atoi(value) != 0;
		} else {
			fprintf(stderr, "echo: unknown option %s\n", name);
			exit(2);
		}
	}
}

static void open_signals(struct server *server)
{
	uv_signal_init(&server->loop, &server->terminate);
	uv_signal_init(&server->loop, &server->reload);
	uv_timer_init(&server->loop, &server->deadline);
	server->terminate.data = server->reload.data = server->deadline.data = server;
	uv_signal_start(&server->terminate, on_terminate, SIGTERM);
	uv_signal_start(&server->reload, on_reload, SIGHUP);
}

int main(int argc, char **argv)
{
	static struct server server = {
		.session_max = 100000, .writable = true, .frame_ancestors = "'none'"};
	struct transport_options options = {
		.loop = &server.loop,
		.server = &server,
		.listen = "127.0.0.1",
		.connections_max = 10000,
		.handshake_ms = 10000,
		.stream_grace_ms = 30000,
		.ping_ms = 30000,
		.dead_ms = 60000,
		.bucket_key = "0123456789abcde",
	};
	char problem[512] = "";

	(void)argc;
	parse(&options, &server, argv + 1);
	uv_loop_init(&server.loop);
	if (transport_start(&options, &server.transport, problem, sizeof problem) == 0) {
		open_signals(&server);
		printf("listening %d\n", transport_port(server.transport));
	} else {
		printf("failed: %s\n", problem);
	}
	fflush(stdout);
	uv_run(&server.loop, UV_RUN_DEFAULT);
	int result = uv_loop_close(&server.loop);
	printf("stopped %d\n", result);
	return result == 0 && problem[0] == '\0' ? 0 : 1;
}
