/*
 * Transcripts as a file, for a counselor with a reason: in the audit and told to every other
 * counselor before a byte of it is made.
 */
#ifndef HARK_DAEMON_EXPORT_H
#define HARK_DAEMON_EXPORT_H

#include "protocol/message.h"

struct account;
struct frame;
struct server;

enum {
	EXPORT_BYTES_MAX = 32 * 1024 * 1024, /* of one file */
};

/*
 * Called once, on the loop. file NULL: code says why (unavailable, no_such_room, too_large: a
 * shorter stretch of time would do). Otherwise a reference of the callee's own; code is nothing.
 */
typedef void (*export_done)(
	void *data, struct frame *file, enum wire_export_format format, enum wire_code code);

/* too_many: another one is being made. Otherwise true, and done will be called. */
bool export_begin(struct server *server, const struct account *account,
	const struct msg_export *request, export_done done, void *data);

#endif
