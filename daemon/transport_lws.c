/*
 * libwebsockets, in one place: how it is set up, its one callback, and how a connection ends. It
 * is used as packaged, 4.1.6 and 4.3.5, whose faults shape this file:
 *
 *  - CVE-2025-11677: after an unknown Upgrade value the callback gets a pointer into freed headers.
 *    Nothing may look at `in` there, and headers only if there still are some (confirm_upgrade()).
 *  - A close code sent from a WRITEABLE callback is lost, as the debug build closes twice: sessions
 *    are closed from a timer (connection_end()).
 *  - CLOSED comes for upgrades that were refused too: whether there is a session decides, not the
 *    callback. What is freed is freed at WSI_DESTROY, which comes once for every connection.
 *  - permessage-deflate can abort the process: no extension is ever offered.
 *  - HTTP/2, also in clear text, and CONNECT are ways into code that we do not need: refused.
 *  - Content-Length may be negative, a missing one counts as 100 MiB: transport_http.c counts.
 *  - Of requests sent without waiting for answers, what follows the first is put by. A body in
 *    there is read from the wrong place, its own head, and what is behind it makes the library turn
 *    in a circle for ever: one packet from anybody, and nobody is served again. So no body is taken
 *    that was put by (http_body()); browsers send none so.
 *    Whoever is answered before the body is there is closed: bodies that it throws away by itself
 *    never come to http_body().
 *  - It spins where it waits to write and there is something to read: http_sweep(), ws_sweep().
 *  - The header pool must not be smaller than the number of connections, or half-sent requests
 *    make good ones wait; its memory is taken for the time of the request only.
 *  - tx_packet_size 0 cuts messages at the receive buffer's size and copies the rest.
 *  - Its own validity timers cost five times a connect: the sweep in transport.c does their work.
 *  - Its check of UTF-8 runs over pongs, too, in the middle of a text: a pong between two fragments
 *    of one character closes with 1007. So the check is ours (transport_utf8.c).
 *  - A header whose name begins like one it knows ("X", as in "X-Forwarded-For") runs on to the
 * next colon, and hides the line behind it. So a body is as long as its Content-Length says,
 * whatever else is there, and only what can be seen of it is refused (transport_http.c).
 *  - What makes no sense to it (a method, a path) it answers itself, with headers of its own but
 * for those that it is given (own_answers).
 *  - Unmasked frames from clients are accepted (RFC 6455 5.1 asks to close): the parser hides the
 *    mask, and no harm to the server is known in it.
 *  - What it logs may hold addresses: nothing it says is let out, except into the sentence about
 *    a failed start, when there is no peer yet.
 */
#include <libwebsockets.h>

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "daemon/frame.h"
#include "daemon/session_wire.h"
#include "daemon/transport_wire.h"
#include "daemon/xalloc.h"

enum {
	PROTOCOL_HTTP,
	PROTOCOL_HARK,
	RX_BUFFER =
		256, /* bytes a WebSocket holds: most messages in one piece, longer ones in some */
	TX_PACKET = 1 << 20, /* bytes; no frame is larger */
	KEEPALIVE_S = 5,
	BACKSTOP_S = 30,
};

_Static_assert((int)FRAME_HEADROOM >= LWS_PRE, "room for the library's header");
_Static_assert((int)SCRATCH_HEADROOM >= LWS_PRE, "room for the library's header");

static struct transport *starting; /* whose start_problem takes the library's words; else NULL */

static void on_log(int level, const char *line)
{
	if (starting == NULL || (level & LLL_ERR) == 0) {
		return;
	}
	free(starting->start_problem);
	starting->start_problem = xstrdup(line);
	starting->start_problem[strcspn(starting->start_problem, "\r\n")] = '\0';
}

struct connection *connection_of_link(struct link *all)
{
	return (struct connection *)(void *)((char *)all - offsetof(struct connection, all));
}

void connection_enter(struct connection *connection, enum phase phase)
{
	connection->phase = (uint8_t)phase;
	connection->since_ms = transport_now(connection->transport);
	place_note(connection);
}

void connection_due(struct connection *connection)
{
	if (link_alone(&connection->due)) {
		link_insert(&connection->transport->due, &connection->due);
		transport_due_start(connection->transport);
	}
}

void connection_kill(struct connection *connection)
{
	connection->transport->killed += !connection->kill;
	connection->kill = true;
	connection_due(connection);
}

/* Frees the connection, now or after the socket's handle is closed: nothing may follow. */
static void close_now(struct connection *connection)
{
	lws_set_timeout(connection->wsi, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_SYNC);
}

void connection_end(struct connection *connection)
{
	struct lws *wsi = connection->wsi;

	if (connection->kill) {
		/* With output pending the library would wait for it: let it find the pipe shut. */
		if (lws_partial_buffered(wsi)) {
			shutdown(lws_get_socket_fd(wsi), SHUT_RDWR);
		} else {
			close_now(connection);
		}
		return;
	}
	if (connection->close_sent) {
		return;
	}
	if (lws_partial_buffered(wsi)) {
		/* A close frame would be dropped: ws_writable() makes it due again. */
		connection->awaits_writable = true;
		lws_callback_on_writable(wsi);
		return;
	}
	connection->close_sent = true;
	lws_close_reason(wsi, (enum lws_close_status)connection->close_code, NULL, 0);
	close_now(connection);
}

static int connection_open(struct transport *transport, struct lws *wsi)
{
	struct connection *connection = xcalloc(1, sizeof *connection);

	connection->transport = transport;
	connection->wsi = wsi;
	link_init(&connection->due);
	link_init(&connection->waits);
	link_insert(&transport->connections, &connection->all);
	transport->connection_count++;
	connection_enter(connection, PHASE_REQUEST);
	lws_set_opaque_user_data(wsi, connection);
	return 0;
}

static void connection_free(struct connection *connection)
{
	struct transport *transport = connection->transport;

	ws_closed(connection);
	http_gone(connection);
	if (transport->sweep_at == &connection->all) {
		transport->sweep_at = connection->all.next;
	}
	link_remove(&connection->all);
	link_remove(&connection->due);
	link_remove(&connection->waits);
	transport->connection_count--;
	if (connection->kill) {
		transport->killed--;
		listen_resume(transport);
	}
	lws_set_opaque_user_data(connection->wsi, NULL);
	free(connection);
}

/* The callback's `in` may point into freed memory; connection_header() asks if there are headers.
 */
static int confirm_upgrade(struct connection *connection)
{
	char upgrade[32];

	if (!connection_header(connection, WSI_TOKEN_UPGRADE, upgrade, sizeof upgrade) ||
		strcasecmp(upgrade, "websocket") != 0) {
		return -1;
	}
	return gate_upgrade(connection);
}

static int on_connection(
	struct connection *connection, enum lws_callback_reasons reason, void *in, size_t size)
{
	switch (reason) {
	case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE:
		return confirm_upgrade(connection);
	case LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION:
		return lws_get_protocol(connection->wsi)->id == PROTOCOL_HARK ? 0 : -1;
	case LWS_CALLBACK_ESTABLISHED:
		return ws_established(connection);
	case LWS_CALLBACK_RECEIVE:
		return ws_receive(connection, in, size);
	case LWS_CALLBACK_RECEIVE_PONG:
		return ws_pong(connection);
	case LWS_CALLBACK_SERVER_WRITEABLE:
		return ws_writable(connection);
	case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE:
		return ws_peer_closes(connection, in, size);
	case LWS_CALLBACK_CLOSED:
		ws_closed(connection);
		return 0;
	case LWS_CALLBACK_HTTP:
		return http_request(connection, in, size);
	case LWS_CALLBACK_HTTP_BODY:
		return http_body(connection, in, size);
	case LWS_CALLBACK_HTTP_BODY_COMPLETION:
		return http_body_complete(connection);
	case LWS_CALLBACK_HTTP_WRITEABLE:
		return http_writable(connection);
	case LWS_CALLBACK_CLOSED_HTTP:
		http_gone(connection);
		return 0;
	case LWS_CALLBACK_WSI_DESTROY:
		connection_free(connection);
		return 0;
	default:
		return 0;
	}
}

static int on_event(
	struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t size)
{
	(void)user;
	switch (reason) {
	case LWS_CALLBACK_SERVER_NEW_CLIENT_INSTANTIATED:
		return connection_open(lws_context_user(lws_get_context(wsi)), wsi);
	case LWS_CALLBACK_RAW_ADOPT: /* CONNECT, but for what wipe_open() sends */
		return starting != NULL ? 0 : -1;
	case LWS_CALLBACK_RAW_RX:
		if (starting != NULL) {
			wipe_learn(in);
		}
		return -1;
	default:
		break;
	}
	struct connection *connection = wsi == NULL ? NULL : lws_get_opaque_user_data(wsi);
	return connection == NULL ? 0 : on_connection(connection, reason, in, size);
}

static const struct lws_protocols protocols[] = {
	[PROTOCOL_HTTP] = {.name = "http",
		.callback = on_event,
		.id = PROTOCOL_HTTP,
		.tx_packet_size = TX_PACKET},
	[PROTOCOL_HARK] = {.name = "hark.v1",
		.callback = on_event,
		.rx_buffer_size = RX_BUFFER,
		.id = PROTOCOL_HARK,
		.tx_packet_size = TX_PACKET},
	{0},
};

static const lws_retry_bo_t no_validity_timers = {0};

/* Mozilla's "intermediate" list without the suites that have no AEAD; 1.3 has only such. */
static const char tls12_ciphers[] = "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
				    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
				    "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";

/* The library's own limits come after ours: they are loose, and start again with every byte. */
static unsigned timeout_s(const struct transport *transport)
{
	return transport->options.handshake_ms / 1000 * 2 + BACKSTOP_S;
}

static unsigned short header_pool(const struct transport *transport)
{
	unsigned wanted = transport->options.connections_max + SPARE_CONNECTIONS;

	return (unsigned short)(wanted > UINT16_MAX ? UINT16_MAX : wanted);
}

static bool create_context(struct transport *transport)
{
	void *loops[1] = {transport->options.loop};
	struct lws_context_creation_info info = {
		.port = CONTEXT_PORT_NO_LISTEN_SERVER,
		.options = LWS_SERVER_OPTION_LIBUV | LWS_SERVER_OPTION_EXPLICIT_VHOSTS |
			   LWS_SERVER_OPTION_SKIP_SERVER_CANONICAL_NAME |
			   LWS_SERVER_OPTION_DISABLE_OS_CA_CERTS |
			   (transport->tls ? LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT : 0),
		.foreign_loops = loops,
		.pcontext = &transport->lws,
		.user = transport,
		.pt_serv_buf_size = READ_BUFFER,
		.max_http_header_pool = header_pool(transport),
		.max_http_header_data = REQUEST_HEADERS_MAX,
		.timeout_secs = timeout_s(transport),
		.retry_and_idle_policy = &no_validity_timers,
	};

	transport->lws = lws_create_context(&info);
	return transport->lws != NULL;
}

/* As policy_write() has them for what is no page; the library wants them one by one. */
static const struct lws_protocol_vhost_options own_answers[] = {
	{&own_answers[1], NULL,
		"content-security-policy:", "default-src 'none'; frame-ancestors 'none'"},
	{&own_answers[2], NULL, "x-content-type-options:", "nosniff"},
	{&own_answers[3], NULL, "referrer-policy:", "no-referrer"},
	{&own_answers[4], NULL, "cross-origin-resource-policy:", "same-origin"},
	{NULL, NULL, "cache-control:", "no-store"},
};

static bool create_vhost(struct transport *transport)
{
	struct lws_context_creation_info info = {
		.port = CONTEXT_PORT_NO_LISTEN_SERVER,
		.protocols = protocols,
		.headers = own_answers,
		.vhost_name = "hark",
		.options = LWS_SERVER_OPTION_SKIP_SERVER_CANONICAL_NAME |
			   LWS_SERVER_OPTION_DISABLE_OS_CA_CERTS,
		.keepalive_timeout = KEEPALIVE_S,
		.timeout_secs = timeout_s(transport),
		.retry_and_idle_policy = &no_validity_timers,
		.alpn = "http/1.1",
	};

	if (transport->tls) {
		info.options |= LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
		info.ssl_cert_filepath = transport->options.tls_cert;
		info.ssl_private_key_filepath = transport->options.tls_key;
		info.ssl_cipher_list = tls12_ciphers;
		info.ssl_options_set = SSL_OP_NO_TLSv1 | SSL_OP_NO_TLSv1_1 |
				       SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION;
	}
	transport->vhost = lws_create_vhost(transport->lws, &info);
	return transport->vhost != NULL;
}

int library_open(struct transport *transport, char *problem, size_t size)
{
	wipe_begin();
	lws_set_log_level(LLL_ERR, on_log);
	starting = transport;
	bool up = create_context(transport) && create_vhost(transport) && wipe_open(transport);
	starting = NULL;
	if (!up) {
		snprintf(problem, size, "the network library does not start: %s",
			transport->start_problem == NULL ? "it says nothing"
							 : transport->start_problem);
		return -1;
	}
	return 0;
}

void library_adopt(struct transport *transport, int fd)
{
	/* Closes fd itself when it fails. */
	(void)lws_adopt_socket_vhost(transport->vhost, fd);
}

void library_destroy(struct transport *transport)
{
	transport->destroy_calls++;
	lws_context_destroy(transport->lws);
}

int transport_reload(struct transport *transport, char *problem, size_t size)
{
	const char *cert = transport->options.tls_cert, *key = transport->options.tls_key;

	if (!transport->tls) {
		return 0;
	}
	/* The library would go on without a certificate: look first. */
	if (tls_check(cert, key, problem, size) != 0) {
		return -1;
	}
	if (lws_tls_cert_updated(transport->lws, cert, key, NULL, 0, NULL, 0) != 0) {
		snprintf(problem, size, "the network library refuses %s", cert);
		return -1;
	}
	return 0;
}
