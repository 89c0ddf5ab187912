/* The three posts: a body is taken, counted and handed to the daemon, whose reply comes later. */
#ifndef HARK_DAEMON_TRANSPORT_POST_H
#define HARK_DAEMON_TRANSPORT_POST_H

#include "daemon/transport_wire.h"

/* Each returns what the library's callback is to return. */
int post_begin(struct connection *connection, enum http_post kind);
int post_send_reply(struct connection *connection); /* if it has come */
void post_gone(struct connection *connection);
/* The Content-Length of a body that is to come. False: there is none, and that was answered; close.
 */
bool post_length(struct connection *connection, uint64_t *announced);
bool post_is_json(struct connection *connection); /* by its Content-Type */

#endif
