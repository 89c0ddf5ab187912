/* Pictures: bodies larger than a post's, and answers that come from the file. */
#ifndef HARK_DAEMON_TRANSPORT_PICTURE_H
#define HARK_DAEMON_TRANSPORT_PICTURE_H

#include "daemon/transport_wire.h"

enum {
	PICTURE_BODY_MS =
		120000, /* a picture's body may take so long: a phone at the edge of Wi-Fi */
};

bool picture_is_path(const char *path); /* "/picture", or below it */

/* Each returns what the library's callback is to return. */
int picture_request(struct connection *connection, const char *path, int method);
int picture_body(struct connection *connection, const void *bytes, size_t size);
int picture_body_complete(struct connection *connection);
int picture_send_answer(struct connection *connection); /* if it has come */
void picture_gone(struct connection *connection);

#endif
