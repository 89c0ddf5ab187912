/*
 * Who may become a WebSocket. Everything is asked before the library sees an upgrade in it, while
 * a plain HTTP answer can still say why not; once accepted, the session decides about the rest.
 * And who it is that has come, by WebSocket or otherwise.
 */
#include <libwebsockets.h>

#include <string.h>

#include "daemon/session_wire.h"
#include "daemon/transport_wire.h"

static bool asks_for_ws(struct connection *connection)
{
	char path[8], version[4];

	return connection_header(connection, WSI_TOKEN_GET_URI, path, sizeof path) &&
	       strcmp(path, "/ws") == 0 &&
	       connection_header(connection, WSI_TOKEN_VERSION, version, sizeof version) &&
	       strcmp(version, "13") == 0;
}

static bool speaks_hark(struct connection *connection)
{
	char protocols[64];

	return connection_header(connection, WSI_TOKEN_PROTOCOL, protocols, sizeof protocols) &&
	       peer_lists(protocols, "hark.v1");
}

int gate_upgrade(struct connection *connection)
{
	if (!asks_for_ws(connection)) {
		return http_refuse(connection, 400, "The WebSocket is at /ws, version 13.\n");
	}
	if (!speaks_hark(connection)) {
		return http_refuse(connection, 400, "The subprotocol is hark.v1.\n");
	}
	if (!connection_origin_allowed(connection)) {
		return http_refuse(connection, 403, "This origin may not connect.\n");
	}
	if (connection->transport->draining || !place_find(connection)) {
		return http_refuse(connection, 503, "Full, or about to stop. Come back soon.\n");
	}
	return 0;
}

struct session *gate_session(
	struct connection *connection, void *wire, void (*wake)(void *wire), int *refusal)
{
	const struct transport *transport = connection->transport;
	char cookie[COOKIE_VALUE_MAX];
	bool has_cookie = connection_staff_cookie(connection, cookie);
	struct peer_address address = connection_address(connection);
	struct peer_texts texts;
	struct session_details details = {texts.address, texts.agent, texts.device};
	struct session_peer peer = {
		.wire = wire,
		.details = &details,
		.wake = wake,
		.cookie = has_cookie ? cookie : NULL,
		.bucket = peer_bucket(&address, transport->options.bucket_key),
	};

	connection_texts(connection, &texts);
	struct session *session = session_create(transport->options.server, &peer, refusal);
	explicit_bzero(&texts, sizeof texts);
	wipe_stack();
	return session;
}
