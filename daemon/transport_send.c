/*
 * POST /send: one message of a session over plain HTTP. As with other posts the body is counted
 * here, and one that is refused is read to its end, within bounds, so that the client can hear why.
 */
#include "daemon/transport_stream.h"

#include <libwebsockets.h>

#include <stdlib.h>
#include <string.h>

#include "daemon/session_wire.h"
#include "daemon/transport_answer.h"
#include "daemon/transport_fields.h"
#include "daemon/transport_post.h"
#include "daemon/xalloc.h"

/* A message that is coming. */
struct send {
	struct connection *connection;
	struct stream *stream; /* NULL: refused, or its stream is no more */
	struct send *next; /* stream::sending, an older one */
	int refusal; /* status to answer when the body is through; 0: the body is good */
	const char *refusal_text;
	uint64_t number; /* the page's, from 1; 0: it does not count */
	uint64_t confirmed; /* the newest event the page has; 0: it does not say */
	size_t announced, received; /* bytes of the body */
	char body[]; /* announced of them, when it is good */
};

static const char no_session[] = "There is no such session.\n";

enum {
	SENDING_MAX = 4, /* messages of one stream under way at once */
};

void send_orphans(struct stream *stream)
{
	for (struct send *send = stream->sending; send != NULL; send = send->next) {
		send->stream = NULL;
	}
	stream->sending = NULL;
}

static void abandon(struct send *send)
{
	struct send **link = &send->stream->sending;

	while (*link != send) {
		link = &(*link)->next;
	}
	*link = send->next;
	send->stream = NULL;
}

void send_gone(struct connection *connection)
{
	struct send *send = connection->send;

	if (send == NULL) {
		return;
	}
	connection->send = NULL;
	if (send->stream != NULL) {
		abandon(send);
	}
	if (send->refusal == 0) {
		explicit_bzero(send->body, send->received); /* may be a password */
	}
	free(send);
}

/* An optional number of ours. False: it is there and is none. */
static bool read_number(struct connection *connection, const char *name, uint64_t *out)
{
	char header[STREAM_HEADER_SIZE];

	*out = 0;
	return !connection_has_custom(connection, name) ||
	       (connection_custom(connection, name, header, sizeof header) &&
		       field_number(header, out));
}

struct judgement {
	int status; /* 0: good */
	const char *text;
};

static struct judgement judge(struct connection *connection, struct send *head)
{
	if (!connection_origin_allowed(connection)) {
		return (struct judgement){403, "This origin may not post here.\n"};
	}
	if (!post_is_json(connection)) {
		return (struct judgement){415, "The body must be application/json.\n"};
	}
	if (!read_number(connection, "last-event-id", &head->confirmed) ||
		!read_number(connection, "x-hark-number", &head->number)) {
		return (struct judgement){400, "A number in the headers is none.\n"};
	}
	uint8_t hash[STREAM_HASH_SIZE];
	if (!stream_hash(connection, hash)) {
		return (struct judgement){
			400, "Authorization: Hark and 64 hex digits are needed.\n"};
	}
	head->stream = stream_find(connection->transport, hash);
	return (struct judgement){head->stream == NULL ? 404 : 0, no_session};
}

/* Of too many the oldest is given up: its page has done so, or knows no bounds. */
static void adopt(struct stream *stream, struct send *send)
{
	size_t count = 1;

	send->next = stream->sending;
	stream->sending = send;
	for (; send->next != NULL; send = send->next) {
		count++;
	}
	if (count > SENDING_MAX) {
		connection_kill(send->connection);
		abandon(send);
	}
}

int send_begin(struct connection *connection)
{
	uint64_t announced = 0;
	struct send head = {.connection = connection};

	if (!post_length(connection, &announced)) {
		return -1;
	}
	struct judgement judgement = judge(connection, &head);
	if (announced > SESSION_MESSAGE_MAX) {
		if (judgement.status == 0) {
			stream_close(head.stream, CLOSE_TOO_BIG);
		}
		return http_refuse(connection, 413, "The body is larger than 65536 bytes.\n");
	}
	connection_enter(connection, PHASE_REQUEST); /* the body's time begins */
	bool good = judgement.status == 0;
	struct send *send = xcalloc(1, sizeof *send + (good ? announced : 0));
	*send = head;
	send->announced = announced;
	send->refusal = judgement.status;
	send->refusal_text = judgement.text;
	connection->send = send;
	if (good) {
		adopt(send->stream, send);
	}
	return 0;
}

int send_body(struct connection *connection, void *bytes, size_t size)
{
	struct send *send = connection->send;

	if (size == 0) {
		return 0; /* an announced length of 0 is told with no bytes at all */
	}
	if (size > send->announced - send->received) {
		return -1;
	}
	if (send->refusal == 0) {
		memcpy(send->body + send->received, bytes, size);
	}
	send->received += size;
	explicit_bzero(bytes, size); /* the library's copy */
	return 0;
}

/* 0, or the code that the stream is closed with. */
static int take(struct stream *stream, const struct send *send)
{
	struct utf8 utf8 = {0};

	if (!utf8_feed(&utf8, send->body, send->received) || !utf8_whole(&utf8)) {
		return CLOSE_BAD_UTF8;
	}
	/* One without a number, which may have overtaken others, is none of those that have one. */
	stream->taken += send->number != 0;
	return session_receive(stream->session, send->body, send->received, true);
}

static int answer_taken(struct connection *connection)
{
	return answer_send(connection, &(struct answer){.status = 204, .policy = POLICY_ASSET});
}

int send_complete(struct connection *connection)
{
	struct send *send = connection->send;
	struct stream *stream = send->stream;

	if (connection->kill || send->received != send->announced) {
		return -1;
	}
	if (send->refusal != 0) {
		return answer_text(connection, send->refusal, send->refusal_text, false);
	}
	if (stream == NULL) {
		return answer_text(connection, 404, no_session, false);
	}
	stream_heard(stream);
	stream_confirm(stream, send->confirmed);
	if (send->number > stream->taken + 1) {
		return answer_text(
			connection, 409, "A message before this one is missing.\n", false);
	}
	if (send->number != 0 && send->number <= stream->taken) {
		return answer_taken(connection); /* it came before, and only its answer was lost */
	}
	int code = take(stream, send);
	if (code != 0) {
		stream_close(stream, code);
		return answer_text(connection, 400, "This ends the session.\n", false);
	}
	return answer_taken(connection);
}

void send_leave(struct connection *connection)
{
	struct stream *stream = stream_of(connection);

	if (stream != NULL) {
		stream_end(stream, CLOSE_NORMAL);
	}
}
