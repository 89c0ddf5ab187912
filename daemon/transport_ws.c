/*
 * A session on a WebSocket. Frames go out directly when a session wakes and the pipe is free,
 * which halves their cost; else one a WRITEABLE. Closing with a code happens in a timer alone:
 * see transport_lws.c.
 */
#include <libwebsockets.h>

#include <string.h>
#include <sys/ioctl.h>

#include "daemon/frame.h"
#include "daemon/session_wire.h"
#include "daemon/transport_wire.h"

enum {
	DIRECT_MAX = 16, /* frames written at one wake, so that others get their turn */
	EMPTY_FRAGMENTS_MAX = 64, /* of one message */
};

static void begin_close(struct connection *connection, int code)
{
	if (connection->phase != PHASE_OPEN) {
		return;
	}
	connection->close_code = (uint16_t)code;
	connection_enter(connection, PHASE_CLOSING);
	connection_due(connection);
}

static void ask_writable(struct connection *connection)
{
	if (!connection->awaits_writable) {
		connection->awaits_writable = true;
		lws_callback_on_writable(connection->wsi);
	}
}

/* False: nothing more can be written now. */
static bool write_next(struct connection *connection)
{
	if (lws_partial_buffered(connection->wsi)) {
		ask_writable(connection);
		return false;
	}
	struct frame *frame = session_next(connection->session);
	if (frame == NULL) {
		int code = session_close_wanted(connection->session);
		if (code != 0) {
			begin_close(connection, code);
		}
		return false;
	}
	int written = lws_write(
		connection->wsi, (unsigned char *)frame->bytes, frame->size, LWS_WRITE_TEXT);
	session_sent(connection->session);
	if (written < 0) {
		/* Within somebody's publishing: not the place to lose a session. */
		connection_kill(connection);
		return false;
	}
	return true;
}

static bool may_write(const struct connection *connection)
{
	return connection->phase == PHASE_OPEN && connection->session != NULL && !connection->kill;
}

static void on_wake(void *wire)
{
	struct connection *connection = wire;

	if (!may_write(connection) || connection->awaits_writable) {
		return;
	}
	for (int i = 0; i < DIRECT_MAX; i++) {
		if (!write_next(connection)) {
			return;
		}
	}
	ask_writable(connection);
}

int ws_writable(struct connection *connection)
{
	connection->awaits_writable = false;
	if (connection->phase == PHASE_CLOSING) {
		connection_due(connection);
		return 0;
	}
	if (may_write(connection) && write_next(connection)) {
		ask_writable(connection);
	}
	return 0;
}

int ws_established(struct connection *connection)
{
	struct transport *transport = connection->transport;
	int refusal = CLOSE_TRY_LATER;

	http_gone(connection);
	transport->session_count++;
	connection->counted = true;
	connection->heard_ms = transport_now(transport);
	connection_enter(connection, PHASE_OPEN);
	connection->session = gate_session(connection, connection, on_wake, &refusal);
	if (connection->session == NULL) {
		begin_close(connection, refusal);
		return 0;
	}
	place_note(connection);
	on_wake(connection);
	return 0;
}

static void heard(struct connection *connection)
{
	connection->heard_ms = transport_now(connection->transport);
	connection->pinged = connection->unread = false;
	session_heard(connection->session);
}

/* In RECEIVE, and only there, a code and -1 make the library say it and close. */
static int close_here(struct connection *connection, int code)
{
	connection->close_code = (uint16_t)code;
	connection->close_sent = true;
	connection_enter(connection, PHASE_CLOSING);
	lws_close_reason(connection->wsi, (enum lws_close_status)code, NULL, 0);
	return -1;
}

/* What one message may cost while it is not yet whole. 0, or the code to close with. */
static int judge_piece(struct connection *connection, const void *bytes, size_t size, bool final)
{
	size_t announced = lws_remaining_packet_payload(connection->wsi);

	if (lws_frame_is_binary(connection->wsi)) {
		return CLOSE_BAD_DATA;
	}
	if (announced > SESSION_MESSAGE_MAX ||
		connection->message_size + size + announced > SESSION_MESSAGE_MAX) {
		return CLOSE_TOO_BIG;
	}
	if (size == 0 && !final && ++connection->empty_fragments > EMPTY_FRAGMENTS_MAX) {
		return CLOSE_POLICY;
	}
	if (!utf8_feed(&connection->utf8, bytes, size) ||
		(final && !utf8_whole(&connection->utf8))) {
		return CLOSE_BAD_UTF8;
	}
	return 0;
}

int ws_receive(struct connection *connection, void *bytes, size_t size)
{
	if (connection->phase != PHASE_OPEN || connection->session == NULL) {
		return 0;
	}
	bool final = lws_is_final_fragment(connection->wsi) != 0;
	int code = judge_piece(connection, bytes, size, final);
	if (code != 0) {
		return close_here(connection, code);
	}
	heard(connection);
	if (final) {
		connection->message_size = 0;
		connection->empty_fragments = 0;
		connection->message_since_ms = 0;
	} else {
		connection->message_size += (uint32_t)size;
		if (connection->message_since_ms == 0) {
			connection->message_since_ms = connection->heard_ms;
		}
	}
	code = session_receive(connection->session, bytes, size, final);
	explicit_bzero(bytes, size); /* the library's copy; may be a password, or a name */
	return code == 0 ? 0 : close_here(connection, code);
}

int ws_pong(struct connection *connection)
{
	if (connection->session != NULL) {
		heard(connection);
	}
	return 0;
}

int ws_peer_closes(struct connection *connection, const void *payload, size_t size)
{
	struct utf8 reason = {0};

	/* A code has two bytes; the library would take half of one for none. */
	if (size == 1) {
		return close_here(connection, CLOSE_PROTOCOL);
	}
	/* After the code there may be a text. */
	if (size > 2 && (!utf8_feed(&reason, (const char *)payload + 2, size - 2) ||
				!utf8_whole(&reason))) {
		return close_here(connection, CLOSE_BAD_UTF8);
	}
	/* The library answers with the peer's own code. */
	connection->close_sent = true;
	connection_enter(connection, PHASE_CLOSING);
	return 0;
}

void ws_closed(struct connection *connection)
{
	struct session *session = connection->session;

	if (connection->counted) {
		connection->counted = false;
		connection->transport->session_count--;
	}
	connection->session = NULL;
	connection->close_sent = true;
	link_remove(&connection->due);
	session_destroy(session);
}

void ws_give_way(struct connection *connection)
{
	connection->counted = false;
	connection->transport->session_count--;
	if (connection->phase == PHASE_OPEN) {
		begin_close(connection, CLOSE_TRY_LATER);
	} else {
		place_note(connection);
	}
}

/* A pong without payload is hidden by the library, so there is one. */
static void ping(struct connection *connection)
{
	static const char text[] = "hark";
	unsigned char buffer[LWS_PRE + sizeof text - 1];

	memcpy(buffer + LWS_PRE, text, sizeof text - 1);
	connection->pinged = true;
	if (lws_write(connection->wsi, buffer + LWS_PRE, sizeof text - 1, LWS_WRITE_PING) < 0) {
		connection_kill(connection);
	}
}

/*
 * After a frame that breaks the protocol the library waits for its output to leave, and reads no
 * more, but is told by the loop again and again that it could. That something lies there and is not
 * heard is the sign: of who may still talk it reads on, also where nothing can leave.
 */
static bool is_stuck(struct connection *connection)
{
	bool before = connection->unread;
	int size = 0;

	connection->unread = lws_partial_buffered(connection->wsi) &&
			     ioctl(lws_get_socket_fd(connection->wsi), FIONREAD, &size) == 0 &&
			     size > 0;
	return before && connection->unread;
}

void ws_sweep(struct connection *connection, uint64_t now_ms)
{
	const struct transport_options *options = &connection->transport->options;
	uint64_t silent_ms = now_ms - connection->heard_ms;
	bool stalled = connection->message_since_ms != 0 &&
		       now_ms - connection->message_since_ms >= options->handshake_ms;

	if (silent_ms >= options->dead_ms || stalled || is_stuck(connection)) {
		connection_kill(connection);
	} else if (silent_ms >= options->ping_ms && !connection->pinged &&
		   connection->message_since_ms == 0 && !lws_partial_buffered(connection->wsi)) {
		ping(connection);
	}
}
