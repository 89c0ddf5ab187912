/*
 * Messages to adults outside of the page: e-mail, webhook, ntfy, Slack, Teams, the school's own
 * program. Durable: a row each, tried again with back-off until it is delivered or given up; at
 * least once, each time with the same key. No message ever holds a word of a student.
 */
#ifndef HARK_DAEMON_OUTBOX_H
#define HARK_DAEMON_OUTBOX_H

#include "protocol/message.h"
#include "storage/table_outbox.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct account;
struct asker;
struct frame;
struct server;

enum outbox_kind { /* the numbers stand in the file */
	OUTBOX_ESCALATION = 1,
	OUTBOX_TEST = 2,
	OUTBOX_DIGEST = 3,
	OUTBOX_AUDIT_HEAD = 4,
	OUTBOX_IDENTITY = 5, /* sealed details were asked for or opened */
	OUTBOX_EXPORT = 6,
	OUTBOX_CASE = 7, /* a follow-up is due */
};

/* What is to be sent to one address over one channel. Bytes of the texts: table_outbox.h. */
struct outbox_message {
	char key[OUTBOX_KEY_BYTES]; /* unique for ever; the receiver's protection from doubles. Of
				       letters, digits, "-", "_" and "." */
	enum outbox_kind kind;
	int64_t subject; /* the escalation; 0 */
	enum wire_channel channel; /* not screen */
	char who[OUTBOX_WHO_BYTES]; /* a name, for people: "Ms. R." */
	char address[OUTBOX_ADDRESS_BYTES]; /* mail address or ntfy topic; empty: the channel's */
	char title[OUTBOX_TITLE_BYTES]; /* one line, not empty */
	char text[OUTBOX_TEXT_BYTES]; /* plain text; where to look, since when */
	int64_t since_ms; /* what it tells of began then (UTC); 0: now */
	bool urgent; /* tried again every minute at least */
};

/* Reads how the channels do; in a new file, nothing. */
enum store_status outbox_load(struct server *server);
/* Once the daemon is up: what waits is sent. A daemon that only answers one request never starts
 * this, and sends nothing. */
void outbox_start(struct server *server);
/* Ends what is under way; its rows are tried again after the next start. Before the loop runs out.
 */
void outbox_stop(struct server *server);
void outbox_finish(struct server *server);
void outbox_reconfigure(struct server *server); /* the options have changed (SIGHUP) */
void outbox_tick(struct server *server); /* once a second */

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

/*
 * Whatever waits for this subject is not sent any more (it was taken, or is closed): from this
 * call on no try begins, one that is under way comes to its end. outbox_drop_subject()
 * (table_outbox.h) does the same to the file within the caller's own transaction.
 */
void outbox_drop(struct server *server, int64_t subject);

/* ---- for pages and the hark command ---- */

/* How the channels that are set up do; texts are borrowed until the loop's next turn. */
size_t outbox_states(
	const struct server *server, struct item_channel_state states[OUTBOX_CHANNELS_MAX]);
/* state.channels: counts its changes, from 1; and the newest, the caller's reference. */
uint64_t outbox_version(const struct server *server);
struct frame *outbox_frame(struct server *server);

/*
 * Sends a test over one channel (NULL: all that are set up) to the account's own addresses, or
 * (account NULL) to the front office and every adult. asker gets notify.told when each was
 * delivered or has failed, within the limits of a try. False: too many tests are under way.
 */
bool outbox_test(struct server *server, const enum wire_channel *channel,
	const struct account *account, const struct asker *asker);

/* How delivery of a subject went, for state.escalation. Called on the loop when a row of an
 * escalation is delivered, fails or is given up. Implemented by escalation.c. */
void escalation_delivered(struct server *server, int64_t subject, const char *key, bool ok);

#endif
