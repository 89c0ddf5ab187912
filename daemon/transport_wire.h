/*
 * What the transport's files share; nobody else includes this. A connection is one accepted
 * socket: first a speaker of HTTP, then perhaps a WebSocket with a session.
 *
 *	transport.c         start, drain, stop; the loop's timers
 *	transport_listen.c  the listening socket: accept, and hand over to the library
 *	transport_lws.c     the library: its settings, its callback, its end
 *	transport_headers.c what a request says of who asks
 *	transport_gate.c    who may upgrade to a WebSocket, and who asks
 *	transport_places.c  who gives way when it is full
 *	transport_ws.c      frames out, messages in, heartbeat, close codes
 *	transport_stream.c  the same over plain HTTP: sessions, and what is kept for them
 *	transport_reader.c  the GETs that read them
 *	transport_send.c    the posts that speak to them
 *	transport_hangup.c  who goes away while being answered
 *	transport_http.c    what is asked for: pages, files, posts
 *	transport_answer.c  and how it is answered
 *	transport_post.c    bodies, and replies that come later
 *	transport_picture.c pictures in and out
 *	transport_policy.c  the policy headers
 *	transport_control.c the command's Unix socket
 *	transport_tls.c     certificates
 *	transport_wipe.c    the library's memory, wiped
 *	transport_peer.c    addresses, origins, cookies (pure)
 *	transport_fields.c  the headers of streams (pure)
 *	transport_utf8.c    text as it arrives (pure)
 *	transport_socket.c  listening Unix sockets
 *
 * Longer than a header should be: it is the one place where the parts of the transport meet.
 */
#ifndef HARK_DAEMON_TRANSPORT_WIRE_H
#define HARK_DAEMON_TRANSPORT_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "daemon/http.h"
#include "daemon/transport.h"
#include "daemon/transport_peer.h"
#include "daemon/transport_utf8.h"

struct frame;
struct lws;
struct lws_context;
struct lws_vhost;
struct picture;
struct post;
struct post_desk;
struct reader;
struct send;
struct sending;
struct session;
struct streams;

enum {
	COOKIE_VALUE_MAX = 128, /* bytes of a session cookie's value, with its terminator */
	REQUEST_HEADERS_MAX = 8192, /* bytes; a school's other cookies come along */
	READ_BUFFER = 4096, /* bytes the library reads at once */
	SCRATCH_SIZE = 16384, /* bytes written at once of an answer: header and body */
	SCRATCH_HEADROOM = 16, /* bytes the library wants before what it writes */
	SPARE_CONNECTIONS = 512, /* sockets besides the WebSockets: pages, posts, handshakes */
};

/* A doubly linked list's link; an empty list's head points at itself. */
struct link {
	struct link *next, *prev;
};

enum phase {
	PHASE_REQUEST, /* a request is being received, or awaited */
	PHASE_WORKING, /* the daemon is thinking about a post */
	PHASE_SENDING, /* an answer too large for one write is on its way */
	PHASE_STREAM, /* a stream is read, or its end is on its way */
	PHASE_OPEN, /* a WebSocket with a session */
	PHASE_CLOSING, /* the close frame is to be sent or was; nothing else will be */
};

struct connection {
	struct link all; /* transport::connections */
	struct link due; /* transport::due; to itself when not in it */
	struct link waits; /* who gives way: in one of transport's lists; to itself when in none */
	struct transport *transport;
	struct lws *wsi;
	struct session *session; /* PHASE_OPEN, PHASE_CLOSING; else NULL */
	struct post *post; /* being received, or waiting for its reply; else NULL */
	struct picture *picture; /* being received, decoded, looked for or sent; else NULL */
	struct sending *sending; /* an answer under way; else NULL */
	struct reader *reader; /* PHASE_STREAM; else NULL */
	struct send *send; /* a message being received; else NULL */
	uint64_t since_ms; /* start of the phase, or last progress in it (loop time) */
	uint64_t heard_ms; /* last byte from a WebSocket (loop time) */
	uint64_t message_since_ms; /* first piece of the unfinished message; 0: none */
	uint32_t message_size; /* bytes of it */
	struct utf8 utf8; /* where it stands */
	uint16_t empty_fragments; /* of it */
	uint16_t close_code; /* PHASE_CLOSING */
	uint8_t phase; /* enum phase */
	bool pinged; /* and not heard since */
	bool unread; /* the last sweep found bytes of it, and none has been heard since */
	bool awaits_writable; /* the library will call back when the pipe takes more */
	bool kill; /* no close frame: the peer is dead or the write failed */
	bool close_sent; /* the library runs the closing handshake */
	bool counted; /* in transport::session_count */
};

struct transport {
	struct transport_options options; /* strings are copies */
	struct lws_context *lws; /* the library sets it to NULL when it is gone */
	struct lws_vhost *vhost;
	struct link connections; /* all of them */
	struct link due; /* to be closed from the loop, not from where they are */
	struct link requests, newcomers, greeted; /* who gives way first, see transport_places.c */
	struct link *sweep_at; /* the next one the sweep looks at, or the list's head */
	unsigned connection_count, session_count; /* sessions of streams, too */
	unsigned killed; /* of the connections: about to be closed */
	struct streams *streams; /* the sessions over plain HTTP */
	struct peer_address *trusted;
	size_t trusted_count;
	uv_poll_t listener;
	int listen_fd, spare_fd;
	uv_poll_t hangup;
	int hangup_fd;
	int port;
	uv_timer_t due_timer, sweep_timer, stop_timer;
	uv_pipe_t control;
	struct link controls; /* control.c's connections */
	unsigned control_count;
	unsigned handles; /* of ours that are open on the loop */
	uv_prepare_t wipe;
	bool wiping, listening, control_open, draining, stopping, tls, unix_socket;
	unsigned destroy_calls; /* of lws_context_destroy() */
	void (*stopped)(void *data);
	void *stopped_data;
	struct post_desk *desk; /* outlives the transport while answers are owed */
	struct frame *visitor_page; /* with the school's block, as of the version */
	uint64_t visitor_page_version;
	bool told_of_proxy; /* connection_note_proxy() */
	char *start_problem; /* the library's last words, while it starts */
	unsigned char *scratch; /* SCRATCH_HEADROOM + SCRATCH_SIZE bytes */
};

/* transport.c */
uint64_t transport_now(const struct transport *transport); /* loop time, ms */
void transport_handle_gone(struct transport *transport); /* a handle of ours was closed */
void transport_due_start(struct transport *transport); /* looks at transport::due next turn */
void link_init(struct link *link);
void link_insert(struct link *before, struct link *link);
void link_remove(struct link *link); /* and points it at itself */
bool link_alone(const struct link *link);

/* transport_listen.c: 0, or -1 with a sentence. */
int listen_open(struct transport *transport, char *problem, size_t size);
void listen_close(struct transport *transport);
void listen_resume(struct transport *transport); /* after there was no room */

/* transport_lws.c */
int library_open(struct transport *transport, char *problem, size_t size);
void library_adopt(struct transport *transport, int fd); /* takes fd */
void library_destroy(struct transport *transport);
struct connection *connection_of_link(struct link *all);
void connection_due(struct connection *connection); /* connection_end() from the loop, soon */
void connection_kill(struct connection *connection); /* the same, without a close frame */
void connection_end(struct connection *connection); /* from a timer only */
void connection_enter(struct connection *connection, enum phase phase);

/* transport_headers.c */
/* The peer's address, behind a trusted proxy the one it tells. */
struct peer_address connection_address(struct connection *connection);
/* Once: that somebody speaks for others whom server.trusted_proxies does not name. */
void connection_note_proxy(struct connection *connection);
bool connection_secure(struct connection *connection); /* https, as the browser sees it */
bool connection_staff_cookie(struct connection *connection, char out[COOKIE_VALUE_MAX]);
bool connection_origin_allowed(struct connection *connection);
/* The header in out[size]; false: absent, empty or too long. `token`: enum lws_token_indexes. */
bool connection_header(struct connection *connection, int token, char *out, size_t size);

/* What the connection says about who is there, in texts of the caller's, to be wiped. */
struct peer_texts {
	char address[64]; /* empty: none known */
	char agent[2048]; /* cut nowhere: a longer one counts as none */
	char device[256];
};

void connection_texts(struct connection *connection, struct peer_texts *texts);
/* A header by its name, for those that have no token. */
bool connection_custom(struct connection *connection, const char *name, char *out, size_t size);
bool connection_has_custom(struct connection *connection, const char *name);

/* transport_wipe.c */
void wipe_begin(void); /* before the library is used */
bool wipe_open(struct transport *transport); /* false: the read buffer was not found */
void wipe_close(struct transport *transport);
void wipe_learn(void *bytes); /* they are at the start of the library's read buffer */
bool wipe_is_read(const void *bytes); /* they lie in it */
void wipe_stack(void); /* what functions that have returned left below the caller's frame */

/* transport_gate.c: 0 lets the upgrade go on; -1: answered, close. */
int gate_upgrade(struct connection *connection);
/* The session of whoever has come; NULL: *refusal is the code to say. */
struct session *gate_session(
	struct connection *connection, void *wire, void (*wake)(void *wire), int *refusal);

/* transport_places.c */
void place_note(struct connection *connection); /* what it does has changed */
void place_keep(struct connection *connection); /* until then it gives way to nobody */
/* False: there is no place for a session of whoever asks, nor anybody who gives way to it. */
bool place_find(struct connection *connection);
bool place_find_socket(struct transport *transport); /* the same, for one more socket */
/* There is none, and some of those who have one are being closed: worth waiting for. */
bool place_comes_free(const struct transport *transport);

/* transport_hangup.c: 0, or -1 with a sentence. */
int hangup_open(struct transport *transport, char *problem, size_t size);
void hangup_close(struct transport *transport);
void hangup_watch(struct connection *connection);
void hangup_forget(struct connection *connection); /* before its socket closes */

/* transport_ws.c; what the library's callback is to return. */
int ws_established(struct connection *connection);
int ws_receive(struct connection *connection, void *bytes, size_t size);
int ws_pong(struct connection *connection);
int ws_writable(struct connection *connection);
int ws_peer_closes(struct connection *connection, const void *payload, size_t size);
void ws_closed(struct connection *connection);
void ws_give_way(struct connection *connection); /* no longer counts, and closes with 1013 */
void ws_sweep(struct connection *connection, uint64_t now_ms);

/* transport_http.c, and _post.c and _answer.c below it; likewise. */
int http_request(struct connection *connection, const char *path, size_t size);
int http_body(struct connection *connection, void *bytes, size_t size);
int http_body_complete(struct connection *connection);
int http_writable(struct connection *connection);
void http_gone(struct connection *connection);
void http_sweep(struct connection *connection, uint64_t waited_ms);
void http_start(struct transport *transport);
void http_finish(struct transport *transport);
/* A short text as the whole answer, after which the connection is closed. Always -1. */
int http_refuse(struct connection *connection, int status, const char *text);

/* transport_policy.c: writes the policy headers of one kind of answer. Returns bytes written. */
enum policy {
	POLICY_VISITOR, /* framable by the school's list */
	POLICY_STAFF,
	POLICY_ASSET, /* and every answer that is no page */
	POLICY_LAUNCHER, /* loaded by the school's own pages */
};
size_t policy_write(
	char *out, size_t size, enum policy policy, const char *frame_ancestors, bool secure);

/* transport_control.c */
int control_open(struct transport *transport, char *problem, size_t size);
void control_close(struct transport *transport);

/* transport_tls.c: 0, or -1 with a sentence: the two files fit each other and can be read. */
int tls_check(const char *cert, const char *key, char *problem, size_t size);

#endif
