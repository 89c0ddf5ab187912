/*
 * What a transport sees of a session, and all it sees: bytes in, frames out, one `wake` back.
 * WebSocket (transport_ws.c) and the control socket (transport_control.c) are two transports.
 *
 *	accepted     session_create()
 *	bytes in     session_receive(), as they come, `final` at a message's end
 *	wake         the session has a frame or wants to be closed; called on the loop, never from
 *	             within session_next()/session_sent(), possibly from within session_receive()
 *	bytes out    while the pipe takes it: session_next(), write, session_sent()
 *	             when session_next() says none: session_close_wanted()? close with that code
 *	gone         session_destroy(), exactly once, from the transport's closed callback
 */
#ifndef HARK_DAEMON_SESSION_WIRE_H
#define HARK_DAEMON_SESSION_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct frame;
struct server;
struct session;

enum {
	SESSION_MESSAGE_MAX = 65536, /* bytes of one message in */
	CLOSE_NORMAL = 1000, /* RFC 6455 7.4.1 */
	CLOSE_GOING_AWAY = 1001,
	CLOSE_PROTOCOL = 1002,
	CLOSE_BAD_DATA = 1003,
	CLOSE_BAD_UTF8 = 1007,
	CLOSE_POLICY = 1008,
	CLOSE_TOO_BIG = 1009,
	CLOSE_TRY_LATER = 1013,
	CLOSE_SIGNED_OUT = 4401,
};

/* What a connection says about its visitor; valid during session_create(). */
struct session_details {
	const char *address, *agent, *device; /* empty: not known */
};

struct session_peer {
	void *wire; /* the transport's, given back to wake */
	void (*wake)(void *wire);
	const char *cookie; /* value of the staff cookie, or NULL; valid during the call */
	const struct session_details *details; /* NULL: of nobody's browser */
	uint64_t bucket; /* keyed hash of the address; 0 for the control socket */
	bool control; /* from the control socket: the role is operator */
};

/*
 * NULL when an account has too many, or the server drains: *refusal is then the close code. How
 * many there may be in all is the transport's to see to.
 */
struct session *session_create(
	struct server *server, const struct session_peer *peer, int *refusal);

/*
 * A piece of a message. 0, or the code to close with now (1007, 1009, 1003): the transport closes
 * and session_destroy() follows.
 */
int session_receive(struct session *session, const void *chunk, size_t size, bool final);

/*
 * The next frame to write, or NULL. Valid until session_sent(), which must follow each frame
 * before the next call.
 */
struct frame *session_next(struct session *session);
void session_sent(struct session *session);

/* The code to close with once session_next() gives NULL; 0: stay open. */
int session_close_wanted(const struct session *session);

/* What would be lost with it. */
enum session_standing {
	SESSION_NEW, /* has not said hello */
	SESSION_IDLE, /* a visitor without a chat, or one too many of it: the page comes again */
	SESSION_BUSY, /* somebody's chat, or staff, before hello too */
};

enum session_standing session_standing(const struct session *session);

/* Whether a cookie is that of somebody who is signed in, and may have one more session. */
bool session_is_staff(struct server *server, const char *cookie);

/* A pong, or any byte, came: the peer is alive. */
void session_heard(struct session *session);

void session_destroy(struct session *session); /* NULL is fine */

#endif
