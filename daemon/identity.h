/*
 * Opening sealed details. The order is the promise: the password is right, then the audit and the
 * event that every holder is told with (and the messages to those who are not at the page) are on
 * disk, then something is opened and shown.
 */
#ifndef HARK_DAEMON_IDENTITY_H
#define HARK_DAEMON_IDENTITY_H

#include "daemon/dispatch.h"

struct opening_row;
struct server;
struct session;

enum look_kind {
	LOOK_ASK,
	LOOK_APPROVE,
	LOOK_OPEN,
	LOOK_PICTURE, /* of an opening: one picture as it was sent */
};

struct look_request {
	enum look_kind kind;
	int64_t room; /* ask */
	enum wire_danger why; /* ask */
	struct text reason; /* ask */
	int64_t opening; /* approve, open */
	struct text password;
	struct asker asker;
};

/* identity_look.c: all that begins with a password. Answers by itself, or refuses now. */
enum outcome identity_look(struct session *session, const struct look_request *request);

/*
 * A picture as it was sent, of the room of an opening that is open and the account's own; in the
 * audit before it is handed over. NULL with a code: not that. The frame is handed over, and wiped
 * with its last reference; `type` is static. Called once, now or later, if this gives OUTCOME_OK;
 * a refusal calls nothing. *retry_ms is of too_fast.
 */
struct account;
struct frame;
typedef void (*look_file)(void *data, struct frame *file, const char *type, enum wire_code code);
enum outcome identity_picture(struct server *server, const struct account *account,
	const struct msg_identity_picture *request, look_file on_file, void *data,
	int64_t *retry_ms);

/*
 * identity.c: a step of an opening: into the audit, then the event with everything that comes true
 * with it. done may be NULL; it is called with what came of it, after memory has followed.
 */
struct opening_step {
	int64_t by; /* account; 0: its clock ran out */
	enum wire_identity_step step;
	const struct opening_row *row; /* as it will be; copied. Of a new one the whole */
	bool is_new;
	bool again; /* shown once more: the audit alone */
	const void *shares; /* copied; NULL: none any more */
	size_t shares_size;
	void (*done)(struct server *server, void *data, enum store_status status);
	void *data;
};

void identity_step(struct server *server, const struct opening_step *step);

#endif
