/*
 * Answers to HTTP requests: headers and first bytes in one write, the rest of a large one piece by
 * piece as the pipe takes it.
 */
#ifndef HARK_DAEMON_TRANSPORT_ANSWER_H
#define HARK_DAEMON_TRANSPORT_ANSWER_H

#include "daemon/transport_wire.h"

/* What is to be answered. Zero is a sensible default for every field but status and policy. */
struct answer {
	int status;
	const char *type; /* NULL: plain text */
	const void *body;
	size_t size; /* bytes of it */
	struct frame *owner; /* of the body, kept until it is sent; NULL: it outlives us */
	enum policy policy;
	bool immutable, gzip, varies;
	bool close; /* the connection, afterwards */
	bool open, chunked; /* no length is known; the body comes in chunks */
	bool clear_storage; /* what the page has kept in this browser */
	const char *location, *allow, *set_cookie;
};

/* Each returns what the library's callback is to return. */
int answer_send(struct connection *connection, const struct answer *answer);
/* The head of an answer whose end is not known yet. RFC 9112 7.1: what follows is in chunks, or
 * goes on until the connection is closed. */
int answer_open(struct connection *connection, const char *type, bool chunked);
int answer_text(struct connection *connection, int status, const char *text, bool close);
int answer_go_on(struct connection *connection); /* the pipe takes more */
void answer_gone(struct connection *connection); /* forgets what is still to be sent */

#endif
