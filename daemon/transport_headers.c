/* What a request's headers say: who asks, from where, by which way. */
#include <libwebsockets.h>

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "daemon/transport_wire.h"

enum {
	FORWARDED_MAX = 1024, /* bytes */
	CUSTOM_NAME_SIZE = 72, /* bytes of a header's name */
};

bool connection_header(struct connection *connection, int token, char *out, size_t size)
{
	enum lws_token_indexes index = (enum lws_token_indexes)token;

	return lws_hdr_total_length(connection->wsi, index) > 0 &&
	       lws_hdr_copy(connection->wsi, out, (int)size, index) > 0;
}

static struct peer_address direct_address(struct connection *connection)
{
	struct sockaddr_storage address = {0};
	socklen_t size = sizeof address;

	(void)getpeername(lws_get_socket_fd(connection->wsi), (struct sockaddr *)&address, &size);
	return peer_address_of(&address);
}

/* Who can reach the Unix socket was chosen by its file's group: a proxy on this machine. */
static bool is_proxy(const struct transport *transport, const struct peer_address *direct)
{
	if (transport->unix_socket) {
		return true;
	}
	for (size_t i = 0; i < transport->trusted_count; i++) {
		if (peer_address_equal(direct, &transport->trusted[i])) {
			return true;
		}
	}
	return false;
}

struct peer_address connection_address(struct connection *connection)
{
	const struct transport *transport = connection->transport;
	struct peer_address direct = direct_address(connection);
	char header[FORWARDED_MAX];

	if (!is_proxy(transport, &direct) ||
		!connection_header(connection, WSI_TOKEN_X_FORWARDED_FOR, header, sizeof header)) {
		return direct;
	}
	struct peer_address client =
		peer_forwarded_for(header, transport->trusted, transport->trusted_count, &direct);
	explicit_bzero(header, sizeof header);
	return client;
}

void connection_note_proxy(struct connection *connection)
{
	struct transport *transport = connection->transport;

	if (transport->told_of_proxy ||
		lws_hdr_total_length(connection->wsi, WSI_TOKEN_X_FORWARDED_FOR) <= 0) {
		return;
	}
	struct peer_address direct = direct_address(connection);
	if (!is_proxy(transport, &direct)) {
		transport->told_of_proxy = true;
		http_unnamed_proxy(transport->options.server);
	}
}

bool connection_secure(struct connection *connection)
{
	static const char name[] = "x-forwarded-proto:";
	char proto[16];

	if (connection->transport->tls) {
		return true;
	}
	struct peer_address direct = direct_address(connection);
	return is_proxy(connection->transport, &direct) &&
	       lws_hdr_custom_copy(
		       connection->wsi, proto, sizeof proto, name, (int)sizeof name - 1) > 0 &&
	       strcmp(proto, "https") == 0;
}

/* The library wants a header's name in lower case with a colon. */
static int custom_name(const char *name, char wanted[CUSTOM_NAME_SIZE])
{
	int length = snprintf(wanted, CUSTOM_NAME_SIZE, "%s:", name);

	for (char *at = wanted; *at != '\0'; at++) {
		*at = (char)tolower((unsigned char)*at);
	}
	return length;
}

bool connection_custom(struct connection *connection, const char *name, char *out, size_t size)
{
	char wanted[CUSTOM_NAME_SIZE];
	int length = custom_name(name, wanted);

	return lws_hdr_custom_copy(connection->wsi, out, (int)size, wanted, length) > 0;
}

bool connection_has_custom(struct connection *connection, const char *name)
{
	char wanted[CUSTOM_NAME_SIZE];
	int length = custom_name(name, wanted);

	return lws_hdr_custom_length(connection->wsi, wanted, length) >= 0;
}

/* The library's 4.1 points behind the name, its 4.3 has taken it away. */
static void copy_argument(struct connection *connection, const char *name, char *out, size_t size)
{
	const char *value = lws_get_urlarg_by_name(connection->wsi, name, out, (int)size);

	if (value == NULL) {
		out[0] = '\0';
	} else if (value != out) {
		memmove(out, value, strlen(value) + 1);
	}
}

void connection_texts(struct connection *connection, struct peer_texts *texts)
{
	const struct transport *transport = connection->transport;
	const char *name = transport->options.device_header;
	struct peer_address address = connection_address(connection);
	struct peer_address direct = direct_address(connection);

	memset(texts, 0, sizeof *texts);
	peer_address_write(&address, texts->address, sizeof texts->address);
	if (!connection_header(
		    connection, WSI_TOKEN_HTTP_USER_AGENT, texts->agent, sizeof texts->agent)) {
		texts->agent[0] = '\0';
	}
	bool named = name != NULL && name[0] != '\0' && is_proxy(transport, &direct) &&
		     connection_custom(connection, name, texts->device, sizeof texts->device);
	if (!named) {
		copy_argument(connection, "device=", texts->device, sizeof texts->device);
	}
}

bool connection_staff_cookie(struct connection *connection, char out[COOKIE_VALUE_MAX])
{
	char header[REQUEST_HEADERS_MAX];

	if (!connection_header(connection, WSI_TOKEN_HTTP_COOKIE, header, sizeof header)) {
		return false;
	}
	return peer_cookie(header, connection_secure(connection) ? "__Host-hark" : "hark", out,
		COOKIE_VALUE_MAX);
}

bool connection_origin_allowed(struct connection *connection)
{
	char origin[512], host[256];

	if (!connection_header(connection, WSI_TOKEN_ORIGIN, origin, sizeof origin)) {
		return false;
	}
	bool has_host = connection_header(connection, WSI_TOKEN_HOST, host, sizeof host);
	return peer_origin_allowed(origin, connection_secure(connection), has_host ? host : NULL,
		connection->transport->options.origins);
}
