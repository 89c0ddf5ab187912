/* A GET of a stream: events as they come, or a long poll. Written from WRITEABLE alone. */
#include "daemon/transport_stream.h"

#include <libwebsockets.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/frame.h"
#include "daemon/session_wire.h"
#include "daemon/transport_answer.h"
#include "daemon/transport_fields.h"
#include "daemon/xalloc.h"

enum {
	EVENT_HEAD_MAX = 40, /* bytes of "id: ...\ndata: " */
	CLOSE_EVENT_MAX = 40, /* bytes of a whole close event */
	CHUNK_ROOM = 8, /* bytes before a chunk's text, and after it */
	CHUNK_MAX = SCRATCH_SIZE - 3 * CHUNK_ROOM, /* bytes of text */
};

static const char beat[] = ":\n\n", event_end[] = "\n\n";

void reader_wake(struct reader *reader)
{
	lws_callback_on_writable(reader->connection->wsi);
}

void reader_release(struct reader *reader, int code)
{
	reader->stream->reader = NULL;
	reader->stream = NULL;
	reader->at = NULL;
	reader->code = (uint16_t)code;
	reader->beat = true;
	connection_enter(reader->connection, PHASE_STREAM);
	if (reader->begun) {
		connection_kill(reader->connection); /* in the midst of an event */
	}
	reader_wake(reader);
}

/* ---- what is said ---- */

/* A piece of `at`, up to its end. Returns bytes written; 0: there is no room. */
static size_t put_piece(struct reader *reader, char *out, size_t room)
{
	const struct kept *at = reader->at;
	size_t used = 0;

	if (!reader->begun) {
		if (room < EVENT_HEAD_MAX) {
			return 0;
		}
		used = (size_t)snprintf(out, room, "id: %llu\ndata: ", (unsigned long long)at->id);
		reader->begun = true;
		reader->offset = 0;
	}
	size_t piece = at->frame->size - reader->offset;
	if (piece > room - used) {
		piece = room - used;
	}
	memcpy(out + used, at->frame->bytes + reader->offset, piece);
	used += piece;
	reader->offset += piece;
	if (reader->offset == at->frame->size && room - used >= sizeof event_end - 1) {
		memcpy(out + used, event_end, sizeof event_end - 1);
		used += sizeof event_end - 1;
		reader->begun = false;
		reader->at = at->next;
	}
	return used;
}

/* Frames, as many as there are and there is room for. */
static size_t put_frames(struct reader *reader, char *out, size_t room)
{
	size_t used = 0;

	for (;;) {
		if (reader->at == NULL && reader->stream != NULL) {
			(void)stream_pull(reader->stream);
		}
		size_t put = reader->at == NULL ? 0 : put_piece(reader, out + used, room - used);
		used += put;
		if (put == 0 || reader->begun) {
			return used;
		}
	}
}

/* All that can be said now; sets `ended` when that was all there will be. */
static size_t fill(struct reader *reader, char *out, size_t room)
{
	size_t used = put_frames(reader, out, room);
	int code = reader->stream == NULL ? reader->code : stream_code(reader->stream);

	if (reader->at != NULL || room - used < CLOSE_EVENT_MAX) {
		return used;
	}
	if (code != 0) {
		used += (size_t)snprintf(
			out + used, room - used, "event: close\ndata: %d\n\n", code);
	}
	reader->ended = code != 0 || reader->stream == NULL;
	if (used == 0 && reader->beat) {
		memcpy(out, beat, sizeof beat - 1);
		used = sizeof beat - 1;
	}
	reader->beat = false;
	return used;
}

/* The session ends with what was said last. */
static void end_said(struct reader *reader)
{
	struct stream *stream = reader->stream;

	connection_enter(reader->connection, PHASE_STREAM);
	if (stream != NULL) {
		stream->reader = NULL;
		reader->stream = NULL;
		stream_end(stream, 0);
	}
}

/* The text has CHUNK_ROOM before it and as much again behind it, twice. RFC 9112 7.1. */
static bool write_text(struct reader *reader, unsigned char *text, size_t size)
{
	size_t head = 0, end = size;
	char line[CHUNK_ROOM + 1];

	if (reader->chunked && size > 0) {
		head = (size_t)snprintf(line, sizeof line, "%zx\r\n", size);
		memcpy(text - head, line, head);
		memcpy(text + end, "\r\n", 2);
		end += 2;
	}
	if (reader->chunked && reader->ended) {
		memcpy(text + end, "0\r\n\r\n", 5);
		end += 5;
	}
	if (head + end == 0) {
		return true;
	}
	reader->wrote_ms = transport_now(reader->connection->transport);
	int written = lws_write(reader->connection->wsi, text - head, head + end,
		reader->ended ? LWS_WRITE_HTTP_FINAL : LWS_WRITE_HTTP);
	explicit_bzero(text, end); /* may be somebody's name */
	return written >= 0;
}

static int write_stream(struct connection *connection)
{
	struct reader *reader = connection->reader;
	unsigned char *text = connection->transport->scratch + SCRATCH_HEADROOM + CHUNK_ROOM;

	if (reader->ended || connection->kill) {
		return -1; /* all that was written has been taken */
	}
	size_t size = fill(reader, (char *)text, CHUNK_MAX);
	if (reader->ended) {
		end_said(reader);
	}
	if (!write_text(reader, text, size)) {
		return -1;
	}
	if (size > 0 || reader->ended) {
		reader_wake(reader);
	}
	return 0;
}

/* Bytes of all that can be said now. */
static size_t poll_size(struct reader *reader)
{
	size_t size = CLOSE_EVENT_MAX;

	if (reader->stream == NULL) {
		return size;
	}
	while (stream_pull(reader->stream) != NULL) {
	}
	reader->at = reader->stream->kept;
	for (const struct kept *kept = reader->at; kept != NULL; kept = kept->next) {
		size += EVENT_HEAD_MAX + kept->frame->size + sizeof event_end - 1;
	}
	return size;
}

static int answer_poll(struct connection *connection)
{
	struct reader *reader = connection->reader;
	size_t room = poll_size(reader);
	struct frame *body = frame_create(room);
	size_t size = fill(reader, body->bytes, room);

	if (size == 0) {
		frame_unref(body);
		return 0;
	}
	body->secret = true;
	body->size = (uint32_t)size;
	if (reader->ended) {
		end_said(reader);
	}
	reader_gone(connection);
	int result = answer_send(connection, &(struct answer){.status = 200,
						     .type = "text/event-stream",
						     .body = body->bytes,
						     .size = body->size,
						     .owner = body,
						     .policy = POLICY_ASSET});
	frame_unref(body);
	return result;
}

int reader_writable(struct connection *connection)
{
	return connection->reader->poll ? answer_poll(connection) : write_stream(connection);
}

/* ---- who asks ---- */

static void reader_create(struct connection *connection)
{
	struct reader *reader = xcalloc(1, sizeof *reader);
	char version[16], prefer[STREAM_HEADER_SIZE];
	unsigned wait_s = 0;

	reader->connection = connection;
	reader->wrote_ms = transport_now(connection->transport);
	reader->poll = connection_custom(connection, "prefer", prefer, sizeof prefer) &&
		       field_wait(prefer, &wait_s);
	reader->until_ms = reader->wrote_ms + 1000 * (uint64_t)wait_s;
	reader->beat = !reader->poll || wait_s == 0;
	reader->chunked = !reader->poll &&
			  connection_header(connection, WSI_TOKEN_HTTP, version, sizeof version) &&
			  strcmp(version, "HTTP/1.1") == 0;
	connection->reader = reader;
	hangup_watch(connection);
}

void reader_gone(struct connection *connection)
{
	struct reader *reader = connection->reader;

	if (reader == NULL) {
		return;
	}
	connection->reader = NULL;
	connection_enter(connection, PHASE_REQUEST);
	hangup_forget(connection);
	if (reader->stream != NULL) {
		stream_left(reader->stream);
	}
	free(reader);
}

void reader_sweep(struct connection *connection, uint64_t now_ms)
{
	const struct transport_options *options = &connection->transport->options;
	struct reader *reader = connection->reader;
	bool quiet = reader->poll ? now_ms >= reader->until_ms
				  : now_ms - reader->wrote_ms >= options->ping_ms;

	if (reader->stream == NULL && now_ms - connection->since_ms >= options->handshake_ms) {
		connection_kill(connection);
	} else if (quiet) {
		reader->beat = true;
		reader_wake(reader);
	}
}

/* The newest GET of a stream is the one that is answered. */
static void attach(struct reader *reader, struct stream *stream, uint64_t id)
{
	if (stream->reader != NULL) {
		reader_release(stream->reader, 0);
	}
	stream_confirm(stream, id);
	stream_heard(stream);
	if (!stream_can_resume(stream, id)) {
		reader->code = CLOSE_GOING_AWAY;
		stream_end(stream, 0);
		return;
	}
	reader->stream = stream;
	reader->at = stream->kept;
	stream_joined(stream, reader);
}

/* False: a Last-Event-ID that is none. */
static bool read_event_id(struct connection *connection, uint64_t *id)
{
	char header[STREAM_HEADER_SIZE];

	*id = 0;
	return !connection_has_custom(connection, "last-event-id") ||
	       (connection_custom(connection, "last-event-id", header, sizeof header) &&
		       field_number(header, id));
}

/* Finds what is to be read, or makes it; else the reader has a code to say. */
static void join(struct connection *connection, const uint8_t hash[STREAM_HASH_SIZE], uint64_t id)
{
	struct reader *reader = connection->reader;
	struct stream *stream = stream_find(connection->transport, hash);
	int refusal = CLOSE_TRY_LATER;

	if (stream == NULL && id > 0) {
		reader->code = CLOSE_GOING_AWAY;
		return;
	}
	if (stream == NULL) {
		stream = stream_create(connection, hash, &refusal);
		reader->beat = true; /* so that the page knows */
	}
	if (stream == NULL) {
		reader->code = (uint16_t)refusal;
		return;
	}
	attach(reader, stream, id);
}

static int begin(struct connection *connection)
{
	uint8_t hash[STREAM_HASH_SIZE];
	uint64_t id;

	if (lws_hdr_total_length(connection->wsi, WSI_TOKEN_ORIGIN) > 0 &&
		!connection_origin_allowed(connection)) {
		return answer_text(connection, 403, "This origin may not connect.\n", false);
	}
	if (!stream_hash(connection, hash)) {
		return answer_text(connection, 400,
			"Authorization: Hark and 64 hex digits are needed.\n", false);
	}
	if (!read_event_id(connection, &id)) {
		return answer_text(connection, 400, "The Last-Event-ID is no number.\n", false);
	}
	reader_create(connection);
	join(connection, hash, id);
	connection_enter(connection, PHASE_STREAM);
	lws_set_timeout(connection->wsi, NO_PENDING_TIMEOUT, 0);
	struct reader *reader = connection->reader;
	if (!reader->poll && answer_open(connection, "text/event-stream", reader->chunked) != 0) {
		return -1;
	}
	reader_wake(reader);
	return 0;
}

static int end(struct connection *connection)
{
	if (!connection_origin_allowed(connection)) {
		return answer_text(connection, 403, "This origin may not end it.\n", false);
	}
	struct stream *stream = stream_of(connection);
	if (stream == NULL) {
		return answer_text(connection, 404, "There is no such session.\n", false);
	}
	stream_end(stream, CLOSE_NORMAL);
	return answer_send(connection, &(struct answer){.status = 204, .policy = POLICY_ASSET});
}

int reader_request(struct connection *connection, int method)
{
	if (method == LWSHUMETH_GET) {
		return begin(connection);
	}
	if (method == LWSHUMETH_DELETE) {
		return end(connection);
	}
	/* It may have a body that nobody reads: the connection ends here. */
	(void)answer_send(connection, &(struct answer){.status = 405,
					      .allow = "GET, DELETE",
					      .policy = POLICY_ASSET,
					      .close = true});
	return -1;
}
