/*
 * Messages to adults outside of the page: e-mail, webhook, ntfy, Slack, Teams, the school's own
 * program. Durable: a row each, tried again with back-off until it is delivered or given up; at
 * least once, each time with the same key. No message ever holds a word of a student.
 */
#ifndef HARK_DAEMON_OUTBOX_H
#define HARK_DAEMON_OUTBOX_H

#include "protocol/message.h"
#include "storage/store.h"

#include <stdbool.h>
#include <stdint.h>

struct server;
struct store_db;

enum outbox_kind { /* the numbers stand in the file */
	OUTBOX_ESCALATION = 1,
	OUTBOX_TEST = 2,
	OUTBOX_DIGEST = 3,
	OUTBOX_AUDIT_HEAD = 4,
	OUTBOX_IDENTITY = 5, /* sealed details were asked for or opened */
	OUTBOX_EXPORT = 6,
	OUTBOX_CASE = 7, /* a follow-up is due */
};

enum {
	OUTBOX_KEY_BYTES = 80, /* with the terminator */
	OUTBOX_WHO_BYTES = 80 * 4 + 1,
	OUTBOX_ADDRESS_BYTES = 201 * 4,
	OUTBOX_TITLE_BYTES = 200,
	OUTBOX_TEXT_BYTES = 2000,
};

/* What is to be sent to one address over one channel. */
struct outbox_message {
	char key[OUTBOX_KEY_BYTES]; /* unique for ever; the receiver's protection from doubles */
	enum outbox_kind kind;
	int64_t subject; /* the escalation; 0 */
	enum wire_channel channel; /* not screen */
	char who[OUTBOX_WHO_BYTES]; /* a name, for people: "Ms. R." */
	char address[OUTBOX_ADDRESS_BYTES]; /* mail address or ntfy topic; empty: the channel's */
	char title[OUTBOX_TITLE_BYTES]; /* one line */
	char text[OUTBOX_TEXT_BYTES]; /* plain text; where to look, since when */
	bool urgent;
};

/* Reads what waits and how the channels do. */
enum store_status outbox_load(struct server *server);
void outbox_finish(struct server *server);

/* Whether a channel is set up in the configuration. */
bool outbox_has(const struct server *server, enum wire_channel channel);
/* Set up, and its newest attempt did not fail: somebody can be called. */
bool outbox_works(const struct server *server, enum wire_channel channel);

/*
 * Inserts rows, in whatever transaction db is in (journal_said::also); a key that is there already
 * changes nothing. The loop is then told with outbox_wake() once the transaction is on disk.
 */
enum store_status outbox_insert(
	struct store_db *db, const struct outbox_message *messages, size_t count, int64_t now_ms);
void outbox_wake(struct server *server);

/* The same as a job of its own. */
void outbox_post(struct server *server, const struct outbox_message *messages, size_t count);

/* Whatever waits for this subject is not sent any more (it was taken, or is closed). */
void outbox_drop(struct server *server, int64_t subject);

/* How delivery of a subject went, for state.escalation. Called on the loop when a row of an
 * escalation is delivered, fails or is given up. Implemented by escalation.c. */
void escalation_delivered(struct server *server, int64_t subject, const char *key, bool ok);

#endif
