/* Sessions over plain HTTP: their table, what is kept for them, and their end. */
#include "daemon/transport_stream.h"

#include <libwebsockets.h>

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/frame.h"
#include "daemon/idmap.h"
#include "daemon/session_wire.h"
#include "daemon/transport_fields.h"
#include "daemon/xalloc.h"

enum {
	SWEEP_PARTS = 8, /* sweeps until every stream was looked at */
	PULLED_AT_ONCE = 16, /* frames at one wake, so that others get their turn */
	UNREAD_LOOKED_AT = 64, /* for one that gives way */
};

struct streams {
	struct link all, due;
	struct link unread; /* those that nobody reads, the longest so first */
	struct link *sweep_at; /* the next one the sweep looks at, or the list's head */
	size_t count;
	struct idmap by_hash; /* the first 8 bytes of it */
	uint8_t key[STREAM_HASH_SIZE]; /* of the hash; random, memory only */
};

static struct stream *of_all(struct link *link)
{
	return (struct stream *)(void *)((char *)link - offsetof(struct stream, all));
}

void streams_start(struct transport *transport)
{
	struct streams *streams = xcalloc(1, sizeof *streams);

	link_init(&streams->all);
	link_init(&streams->due);
	link_init(&streams->unread);
	streams->sweep_at = &streams->all;
	randombytes_buf(streams->key, sizeof streams->key);
	transport->streams = streams;
}

void streams_finish(struct transport *transport)
{
	struct streams *streams = transport->streams;

	assert(link_alone(&streams->all));
	idmap_finish(&streams->by_hash);
	sodium_memzero(streams, sizeof *streams);
	free(streams);
}

/* ---- which ---- */

static uint64_t map_id(const uint8_t hash[STREAM_HASH_SIZE])
{
	uint64_t id;

	memcpy(&id, hash, sizeof id);
	return id;
}

bool stream_hash(struct connection *connection, uint8_t hash[STREAM_HASH_SIZE])
{
	const struct streams *streams = connection->transport->streams;
	char header[STREAM_HEADER_SIZE];
	uint8_t key[STREAM_KEY_SIZE];
	bool good = connection_header(
			    connection, WSI_TOKEN_HTTP_AUTHORIZATION, header, sizeof header) &&
		    field_stream_key(header, key);

	if (good) {
		crypto_generichash(
			hash, STREAM_HASH_SIZE, key, sizeof key, streams->key, sizeof streams->key);
	}
	sodium_memzero(header, sizeof header);
	sodium_memzero(key, sizeof key);
	return good;
}

struct stream *stream_find(const struct transport *transport, const uint8_t hash[STREAM_HASH_SIZE])
{
	struct stream *stream = idmap_find(&transport->streams->by_hash, map_id(hash));
	bool same = stream != NULL && sodium_memcmp(stream->hash, hash, STREAM_HASH_SIZE) == 0;

	return same ? stream : NULL;
}

struct stream *stream_of(struct connection *connection)
{
	uint8_t hash[STREAM_HASH_SIZE];

	return stream_hash(connection, hash) ? stream_find(connection->transport, hash) : NULL;
}

/* ---- what is kept ---- */

static void drop_oldest(struct stream *stream)
{
	struct kept *kept = stream->kept;

	stream->kept = kept->next;
	if (stream->kept == NULL) {
		stream->kept_end = &stream->kept;
	}
	stream->kept_count--;
	stream->kept_bytes -= kept->frame->size;
	frame_unref(kept->frame);
	free(kept);
}

void stream_confirm(struct stream *stream, uint64_t id)
{
	const struct kept *writing = stream->reader == NULL ? NULL : stream->reader->at;
	bool fewer = false;

	while (stream->kept != NULL && stream->kept->id <= id && stream->kept != writing) {
		drop_oldest(stream);
		fewer = true;
	}
	if (fewer && stream->reader != NULL) {
		reader_wake(stream->reader); /* there may be room again */
	}
}

bool stream_can_resume(const struct stream *stream, uint64_t id)
{
	return stream->kept == NULL ? id == stream->newest : id + 1 == stream->kept->id;
}

struct kept *stream_pull(struct stream *stream)
{
	if (stream->code != 0 || stream->kept_count >= STREAM_KEPT_MAX ||
		stream->kept_bytes >= STREAM_KEPT_BYTES) {
		return NULL;
	}
	struct frame *frame = session_next(stream->session);
	if (frame == NULL) {
		return NULL;
	}
	struct kept *kept = xmalloc(sizeof *kept);
	*kept = (struct kept){.frame = frame_ref(frame), .id = ++stream->newest};
	*stream->kept_end = kept;
	stream->kept_end = &kept->next;
	stream->kept_count++;
	stream->kept_bytes += frame->size;
	session_sent(stream->session);
	if (stream->reader != NULL && stream->reader->at == NULL) {
		stream->reader->at = kept; /* all before it were written */
	}
	return kept;
}

/* ---- life ---- */

static void on_wake(void *wire)
{
	struct stream *stream = wire;
	struct streams *streams = stream->transport->streams;

	if (stream->session == NULL) {
		return; /* it is being made, or ended */
	}
	/* At once, as to a WebSocket: later, an answer would have overtaken what came before it. */
	for (int i = 0; i < PULLED_AT_ONCE && stream_pull(stream) != NULL; i++) {
	}
	if (stream->reader != NULL) {
		reader_wake(stream->reader);
	} else if (stream->transport->draining && stream_code(stream) != 0 && !stream->polled &&
		   link_alone(&stream->due)) {
		/* Nobody will come for the code, but who polls may in a moment. */
		link_insert(&streams->due, &stream->due);
		transport_due_start(stream->transport);
	}
}

struct stream *stream_create(
	struct connection *connection, const uint8_t hash[STREAM_HASH_SIZE], int *refusal)
{
	struct transport *transport = connection->transport;
	struct streams *streams = transport->streams;

	if (transport->draining || !place_find(connection)) {
		*refusal = transport->draining ? CLOSE_GOING_AWAY : CLOSE_TRY_LATER;
		return NULL;
	}
	struct stream *stream = xcalloc(1, sizeof *stream);
	stream->transport = transport;
	stream->kept_end = &stream->kept;
	link_init(&stream->due);
	link_init(&stream->unread);
	stream->created_ms = transport_now(transport);
	stream->session = gate_session(connection, stream, on_wake, refusal);
	if (stream->session == NULL) {
		free(stream);
		return NULL;
	}
	memcpy(stream->hash, hash, STREAM_HASH_SIZE);
	link_insert(&streams->all, &stream->all);
	streams->count++;
	transport->session_count++;
	idmap_put(&streams->by_hash, map_id(hash), stream);
	return stream;
}

void stream_end(struct stream *stream, int code)
{
	struct transport *transport = stream->transport;
	struct streams *streams = transport->streams;
	struct session *session = stream->session;

	if (stream->reader != NULL) {
		reader_release(stream->reader, code);
	}
	send_orphans(stream);
	while (stream->kept != NULL) {
		drop_oldest(stream);
	}
	if (streams->sweep_at == &stream->all) {
		streams->sweep_at = stream->all.next;
	}
	link_remove(&stream->all);
	link_remove(&stream->due);
	link_remove(&stream->unread);
	streams->count--;
	idmap_remove(&streams->by_hash, map_id(stream->hash));
	transport->session_count--;
	stream->session = NULL;
	session_destroy(session);
	sodium_memzero(stream, sizeof *stream);
	free(stream);
}

int stream_code(const struct stream *stream)
{
	return stream->code != 0 ? stream->code : session_close_wanted(stream->session);
}

void stream_close(struct stream *stream, int code)
{
	stream->code = (uint16_t)code;
	if (stream->reader != NULL) {
		reader_wake(stream->reader);
	}
}

void streams_end_due(struct transport *transport)
{
	struct link *due = &transport->streams->due;

	while (!link_alone(due)) {
		struct stream *stream = (void *)((char *)due->next - offsetof(struct stream, due));
		stream_end(stream, CLOSE_GOING_AWAY);
	}
}

void streams_stop(struct transport *transport)
{
	struct link *all = &transport->streams->all;

	while (!link_alone(all)) {
		stream_end(of_all(all->next), CLOSE_GOING_AWAY);
	}
}

void stream_left(struct stream *stream)
{
	stream->reader = NULL;
	stream->left_ms = transport_now(stream->transport);
	link_insert(&stream->transport->streams->unread, &stream->unread);
}

void stream_joined(struct stream *stream, struct reader *reader)
{
	stream->reader = reader;
	stream->polled = reader->poll;
	link_remove(&stream->unread);
}

bool streams_give_way(struct transport *transport)
{
	struct link *unread = &transport->streams->unread;

	for (unsigned i = 0; i < UNREAD_LOOKED_AT && !link_alone(unread); i++) {
		struct stream *stream =
			(void *)((char *)unread->next - offsetof(struct stream, unread));
		if (session_standing(stream->session) != SESSION_BUSY) {
			stream_end(stream, CLOSE_TRY_LATER);
			return true;
		}
		link_remove(&stream->unread); /* a chat may end: to the end of the list */
		link_insert(unread, &stream->unread);
	}
	return false;
}

void stream_heard(struct stream *stream)
{
	stream->heard_ms = transport_now(stream->transport);
	session_heard(stream->session);
}

static void sweep_one(struct stream *stream, uint64_t now_ms)
{
	const struct transport_options *options = &stream->transport->options;

	if (stream->closing_ms == 0 && stream_code(stream) != 0) {
		stream->closing_ms = now_ms;
	}
	bool left = stream->reader == NULL && now_ms - stream->left_ms >= options->stream_grace_ms;
	bool silent = stream->reader == NULL &&
		      now_ms - stream->created_ms >= options->handshake_ms &&
		      session_standing(stream->session) == SESSION_NEW;
	bool stuck = stream->reader != NULL && stream->closing_ms != 0 &&
		     now_ms - stream->closing_ms >= options->handshake_ms;
	if (left || silent || stuck || now_ms - stream->heard_ms >= options->dead_ms) {
		stream_end(stream, CLOSE_GOING_AWAY);
	}
}

void streams_sweep(struct transport *transport, uint64_t now_ms)
{
	struct streams *streams = transport->streams;
	size_t left = streams->count / SWEEP_PARTS + 1;

	while (left-- > 0 && streams->count > 0) {
		if (streams->sweep_at == &streams->all) {
			streams->sweep_at = streams->all.next;
		}
		struct link *at = streams->sweep_at;
		streams->sweep_at = at->next;
		sweep_one(of_all(at), now_ms);
	}
}
