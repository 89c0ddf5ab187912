/*
 * Who gives way when it is full. Nobody is counted by address: a school is one. So nothing that
 * costs nobody anything may keep out who has something to say.
 *
 * Sessions: of limits.connections some places are left to staff who are signed in. When there is
 * none, the session ends that nobody has read for longest and that has no chat; else the oldest
 * WebSocket or reader that has not said hello, or is closing; else the oldest that has, but has no
 * chat, or of one chat is one too many: its page comes again as if nothing was. To say hello costs
 * nothing either, and neither does a chat's fifth socket.
 *
 * Sockets: besides the sessions there are SPARE_CONNECTIONS, for pages, posts and handshakes. When
 * they run out, the one that has waited longest in the midst of a request, between two, or before
 * an answer that it does not take, is closed; else, as above, a session.
 *
 * There is no lower bound for those without a hello: after a restart the whole school is without,
 * for a moment, and as long as there are places nobody need hurry.
 */
#include <string.h>

#include "daemon/session_wire.h"
#include "daemon/transport_stream.h"

enum {
	STAFF_PLACES = 64, /* sessions, but never more than a part of all: */
	STAFF_PART = 8, /* one in so many */
	SOCKETS_AHEAD =
		64, /* closed so long before the last, as closing takes a turn of the loop */
	LOOKED_AT = 64, /* of those that have said hello, the oldest, for one that gives way */
};

static struct connection *of_waits(struct link *link)
{
	return (struct connection *)(void *)((char *)link - offsetof(struct connection, waits));
}

static enum session_standing standing_of(const struct connection *connection)
{
	const struct session *session =
		connection->reader != NULL && connection->reader->stream != NULL
			? connection->reader->stream->session
			: connection->session;

	return session != NULL ? session_standing(session) : SESSION_BUSY;
}

static struct link *list_by_hello(const struct connection *connection)
{
	struct transport *transport = connection->transport;

	return standing_of(connection) == SESSION_NEW ? &transport->newcomers : &transport->greeted;
}

/* Where it waits; NULL: nowhere, it gives way to nobody. */
static struct link *list_of(const struct connection *connection)
{
	struct transport *transport = connection->transport;
	const struct reader *reader = connection->reader;

	switch ((enum phase)connection->phase) {
	case PHASE_REQUEST:
	case PHASE_SENDING:
		return &transport->requests;
	case PHASE_WORKING:
		return NULL;
	case PHASE_STREAM:
		if (reader == NULL || reader->stream == NULL) {
			return &transport->requests;
		}
		return list_by_hello(connection);
	case PHASE_OPEN:
		return list_by_hello(connection);
	case PHASE_CLOSING:
		return connection->counted ? &transport->newcomers : &transport->requests;
	}
	return NULL;
}

void place_note(struct connection *connection)
{
	struct link *list = list_of(connection);

	link_remove(&connection->waits);
	if (list != NULL) {
		link_insert(list, &connection->waits);
	}
}

void place_keep(struct connection *connection)
{
	link_remove(&connection->waits);
}

/* The oldest that may still be ended, taken from its list; NULL: none. Who has said hello since is
 * passed on here, and once. */
static struct connection *take_newcomer(struct transport *transport)
{
	while (!link_alone(&transport->newcomers)) {
		struct connection *connection = of_waits(transport->newcomers.next);
		link_remove(&connection->waits);
		struct link *list = list_of(connection);
		if (list == &transport->newcomers) {
			return connection;
		}
		if (list != NULL) {
			link_insert(list, &connection->waits);
		}
	}
	return NULL;
}

/* Of those that have. A chat begins and ends, so who stays goes to the end of the list. */
static struct connection *take_idle(struct transport *transport)
{
	for (unsigned i = 0; i < LOOKED_AT && !link_alone(&transport->greeted); i++) {
		struct connection *connection = of_waits(transport->greeted.next);
		struct link *list = list_of(connection);
		link_remove(&connection->waits);
		if (list == &transport->greeted && standing_of(connection) == SESSION_IDLE) {
			return connection;
		}
		if (list != NULL) {
			link_insert(list, &connection->waits);
		}
	}
	return NULL;
}

/* Whose session may end. */
static struct connection *take_session(struct transport *transport)
{
	struct connection *connection = take_newcomer(transport);

	return connection != NULL ? connection : take_idle(transport);
}

/* One session fewer. False: nobody gives way. */
static bool give_way(struct transport *transport)
{
	if (streams_give_way(transport)) {
		return true;
	}
	struct connection *connection = take_session(transport);
	if (connection == NULL) {
		return false;
	}
	if (connection->reader != NULL) {
		stream_end(connection->reader->stream, CLOSE_TRY_LATER);
	} else {
		ws_give_way(connection);
	}
	return true;
}

static bool is_staff(struct connection *connection)
{
	char cookie[COOKIE_VALUE_MAX];
	bool staff = connection_staff_cookie(connection, cookie) &&
		     session_is_staff(connection->transport->options.server, cookie);

	explicit_bzero(cookie, sizeof cookie);
	return staff;
}

bool place_find(struct connection *connection)
{
	struct transport *transport = connection->transport;
	unsigned all = transport->options.connections_max, part = all / STAFF_PART;
	unsigned places = all - (part < STAFF_PLACES ? part : STAFF_PLACES);

	if (transport->session_count >= places && is_staff(connection)) {
		places = all;
	}
	while (transport->session_count >= places) {
		if (!give_way(transport)) {
			return false;
		}
	}
	return true;
}

static unsigned sockets_max(const struct transport *transport)
{
	return transport->options.connections_max + SPARE_CONNECTIONS;
}

bool place_comes_free(const struct transport *transport)
{
	return transport->connection_count >= sockets_max(transport) && transport->killed > 0;
}

bool place_find_socket(struct transport *transport)
{
	unsigned all = sockets_max(transport);

	if (transport->connection_count >= all) {
		return false;
	}
	if (transport->connection_count < all - SOCKETS_AHEAD) {
		return true;
	}
	struct connection *connection = link_alone(&transport->requests)
						? take_session(transport)
						: of_waits(transport->requests.next);
	if (connection != NULL) {
		link_remove(&connection->waits);
		connection_kill(connection);
	}
	return true;
}
