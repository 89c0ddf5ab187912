/*
 * Sessions over plain HTTP, where something on the way breaks WebSockets: the frames are the
 * events of a text/event-stream (WHATWG HTML 9.2), the messages are posts. Under the same sessions
 * as the WebSocket (session_wire.h).
 *
 *	GET /events     Authorization: Hark <64 hex>, the page's own random key: opens a session,
 *	                or goes on with it. 200, text/event-stream; at once, and after each 20 s of
 *	                silence, the comment ":". Each frame is an event, `id: <k>` and
 *	                `data: <JSON>`, k counting from 1 within the session.
 *	Last-Event-ID   k: what comes is k + 1 and later; up to k it is confirmed and forgotten.
 *	                k > 0 of a session that is not there, or k that cannot be: close 1001.
 *	Prefer: wait=N  (RFC 7240 4.3) a long poll: a whole answer with a Content-Length as soon as
 *	                there are frames, or empty after N s; the one that opens is answered at
 *	                once. The next poll confirms.
 *	POST /send      the same Authorization, application/json, one message: 204. Last-Event-ID
 *	                confirms here too. X-Hark-Number: the how many-eth message with a number it
 *	                is; one that was taken is not taken twice, one after a gap gets 409.
 *	                404: there is no such session.
 *	DELETE /events  ends the session; so does POST /leave with its Authorization.
 *
 * A code that would close a WebSocket comes as `event: close` with the code as data, and then the
 * end. Of two GETs with one key the newer counts; messages count as their posts are complete.
 *
 * What is given and not confirmed is kept, up to STREAM_KEPT_MAX frames or STREAM_KEPT_BYTES, so
 * that a GET that broke loses nothing. Beyond that nothing more is given until the page confirms,
 * and what waits is the session's: cursors, and answers up to limits.queue. A page therefore posts
 * a `ping` when it has half of that, and on whatever comes 15 s after its last post.
 *
 * A session without a GET ends after limits.stream_grace, one that has not said hello when it
 * should have; where places are short, at once, unless somebody has a chat in it. Without any
 * request it ends after the time that a silent WebSocket has. The key is kept as a keyed hash.
 */
#ifndef HARK_DAEMON_TRANSPORT_STREAM_H
#define HARK_DAEMON_TRANSPORT_STREAM_H

#include "daemon/transport_wire.h"

enum {
	STREAM_KEPT_MAX = 128, /* frames given, and not yet confirmed */
	STREAM_KEPT_BYTES = 65536, /* of them together; one more frame may be begun */
	STREAM_HASH_SIZE = 32, /* bytes */
	STREAM_HEADER_SIZE = 256, /* of one of our headers, with more than there should be */
};

struct kept;
struct reader;
struct send;
struct session;

/* A frame that was given and may have to be given again. */
struct kept {
	struct kept *next;
	struct frame *frame;
	uint64_t id;
};

struct stream {
	struct link all; /* streams::all */
	struct link due; /* streams::due; to itself when not in it */
	struct link unread; /* streams::unread; likewise */
	struct transport *transport;
	struct session *session;
	struct reader *reader; /* NULL: nobody listens just now */
	struct send *sending; /* posts under way, the newest first */
	struct kept *kept, **kept_end;
	size_t kept_count, kept_bytes;
	uint64_t newest; /* id given last */
	uint64_t taken; /* messages that had a number */
	uint64_t created_ms; /* loop time */
	uint64_t heard_ms, left_ms; /* the last request; the last GET's end */
	uint64_t closing_ms; /* when its closing was first seen; 0: it stays */
	uint16_t code; /* to close with at once; 0: what the session wants */
	bool polled; /* its newest GET was a poll */
	uint8_t hash[STREAM_HASH_SIZE];
};

/* A GET under way. */
struct reader {
	struct connection *connection;
	struct stream *stream; /* NULL: it has another reader, or has ended */
	struct kept *at; /* being written, or next; NULL: the stream's next */
	size_t offset; /* bytes of it written */
	uint64_t wrote_ms, until_ms; /* the last bytes; when a poll has waited enough */
	uint16_t code; /* of the stream, which has ended */
	bool begun; /* `at`'s head is written */
	bool poll, chunked;
	bool beat; /* something is to be said, whatever */
	bool ended; /* all is said */
};

void streams_start(struct transport *transport);
void streams_sweep(struct transport *transport, uint64_t now_ms);
void streams_end_due(struct transport *transport); /* from a timer only */
void streams_stop(struct transport *transport); /* ends all of them */
void streams_finish(struct transport *transport);
/* Ends the one that nobody has read for longest and nobody would miss. False: there is none. */
bool streams_give_way(struct transport *transport);

/* Under what a request's key is looked for. False: it names none. */
bool stream_hash(struct connection *connection, uint8_t hash[STREAM_HASH_SIZE]);
/* NULL: not there. */
struct stream *stream_find(const struct transport *transport, const uint8_t hash[STREAM_HASH_SIZE]);
struct stream *stream_of(struct connection *connection); /* both; NULL: no key, or not there */

/* A new one for whoever asks. NULL: *refusal is the code to say. */
struct stream *stream_create(
	struct connection *connection, const uint8_t hash[STREAM_HASH_SIZE], int *refusal);
void stream_end(
	struct stream *stream, int code); /* with its session, now; a reader says the code */
void stream_close(struct stream *stream, int code); /* soon: when a reader has said it */
int stream_code(const struct stream *stream); /* what it is to be closed with; 0: nothing */

void stream_joined(struct stream *stream, struct reader *reader); /* it has a GET */
void stream_left(struct stream *stream); /* and no more */
void stream_heard(struct stream *stream);
void stream_confirm(struct stream *stream, uint64_t id); /* what was given up to id has arrived */
bool stream_can_resume(const struct stream *stream, uint64_t id); /* from id + 1 on */
struct kept *stream_pull(struct stream *stream); /* the session's next; NULL: nothing, or full */

/* transport_reader.c. Those with int return what the library's callback is to return. */
int reader_request(struct connection *connection, int method); /* "/events" */
int reader_writable(struct connection *connection);
void reader_wake(struct reader *reader);
void reader_release(struct reader *reader, int code); /* it has no stream any more */
void reader_gone(struct connection *connection);
void reader_sweep(struct connection *connection, uint64_t now_ms);

/* transport_send.c; likewise. */
int send_begin(struct connection *connection);
int send_body(struct connection *connection, void *bytes, size_t size);
int send_complete(struct connection *connection);
void send_gone(struct connection *connection);
void send_orphans(struct stream *stream); /* it is no more */
void send_leave(struct connection *connection); /* POST /leave: ends the stream that it names */

#endif
