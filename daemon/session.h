/*
 * One connected page, as the daemon sees it: who it is, what it has subscribed to, what waits to
 * be sent. The transport's view is session_wire.h. Across an asynchronous step a session is named
 * by its id, never by a pointer: it may be gone.
 */
#ifndef HARK_DAEMON_SESSION_H
#define HARK_DAEMON_SESSION_H

#include "daemon/desk.h"
#include "daemon/escalation_state.h"
#include "daemon/feed.h"
#include "daemon/policy.h"
#include "daemon/rate.h"
#include "daemon/session_wire.h"
#include "protocol/message.h"

#include <stdbool.h>
#include <stdint.h>

struct account;
struct arrival;
struct escrow_arrival;
struct login;
struct reply;
struct token;

/* What an overseer was given; apart, as there are few of them among thousands of sessions. */
struct sitting {
	int64_t from; /* seq from which on the wall was shown */
	struct wall_cursor wall;
	uint64_t cases_told; /* newest version of state.cases; 0: none */
	uint64_t channels_given; /* outbox_version() of the newest state.channels */
	struct escalation_cursor calls; /* of the calls for an adult */
};

struct session {
	uint64_t id; /* never used again */
	struct server *server;
	void *wire; /* the transport's */
	void (*wake)(void *wire);
	struct session *next, **link; /* server::sessions */
	int64_t created_mono;
	bool greeted; /* hello was accepted */
	bool greeting; /* it will be, once the audit has it: an overseer's */
	bool control;
	bool pulling; /* within session_next() */
	bool is_deferred; /* in server::deferred */
	bool school_due, desk_due, staff_due, escrow_due; /* a newer snapshot waits */
	uint8_t role, page; /* enum wire_role, enum wire_page */
	uint16_t close_code; /* 0: stays */

	struct rate_bucket rate;
	struct rate_bucket calm; /* under pressure: what a person needs, beside the fair share */
	uint64_t bucket; /* of the address; see server::shared */

	struct account *account; /* staff; NULL: a visitor */
	struct login *login; /* the cookie's; NULL: signed out, or a visitor */
	struct session *next_of_account, **link_of_account; /* account::sessions */
	struct token *token; /* a visitor's; NULL before hello */
	struct arrival *arrival; /* until hello; NULL afterwards */
	struct escrow_arrival *sealed; /* a visitor's, for each room it enters; NULL: nothing */
	int64_t known_in; /* nothing, because this room has it from lately; 0: none has */
	uint8_t token_hash[32]; /* also of a token that opens nothing yet */

	struct subscription *subscriptions; /* rooms */
	struct subscription *ready, **ready_end; /* which of them may have something to give */
	struct session *next_deferred; /* server::deferred */
	struct subscription *oversight; /* NULL: none */
	struct sitting *sitting; /* of a greeted overseer, so beside `oversight`; else NULL */

	struct room *parking; /* what the handler that returned OUTCOME_PARKED waits for */

	struct frame *held, *held_next; /* taken, and to be given after `current`, in this order */
	struct frame *current; /* given by session_next(), not yet sent */
	struct reply *replies, **replies_end; /* direct answers, in order */
	char *partial; /* pieces of a message so far */
	uint32_t partial_size;
	uint32_t reply_bytes; /* limits.queue and one answer at most */
};

/* Of session::calm: a chat opened with its work, then a message every few seconds. */
extern const struct rate_limit session_calm;

static inline uint64_t session_id(const struct session *session)
{
	return session->id;
}

/* Something may be pullable: tells the transport. Cheap, may be called often. */
void session_wake(struct session *session);

/* The same for one subscription. */
void subscription_wake(struct subscription *subscription);

/*
 * Between these two, wakes are put off: a commit's events and answers then leave for each session
 * in as few frames, and so as few system calls, as they fit in.
 */
void session_defer_wakes(struct server *server);
void session_wake_deferred(struct server *server);

/* Queues a direct answer: any message of protocol/, encoded now. Over limits.queue_bytes the
 * session is closed with 1013. */
void session_send(struct session *session, enum message_type type, const void *message);

/* The same for what must be nowhere once it is sent: goes alone, and its bytes are wiped. */
void session_send_secret(struct session *session, enum message_type type, const void *message);

/* Closes with a code once what waits is sent (hurried: at once, dropping it). */
void session_close(struct session *session, int code, bool hurried);

/* Subscribes to a room from `after` on (its newest n when higher); again: moves the cursor. */
struct subscription *session_subscribe(struct session *session, struct room *room, int64_t after);
void session_unsubscribe(struct session *session, struct room *room);
struct subscription *session_subscription(const struct session *session, const struct room *room);

/* Subscribes to everything after seq `after`. */
void session_subscribe_oversight(struct session *session, int64_t after);

/* As a visitor: this session is the token's now, and its room's. token NULL: of none any more. */
void session_bind_token(struct session *session, struct token *token);

/* Forgets whose cookie came with it: the page is a visitor's, or the sign-in has ended. */
void session_leave_account(struct session *session);

/* The parts of session.c, session_out.c and subscription.c that call each other. */
void session_drop_waiting(struct session *session);
void subscription_drop(struct subscription **link); /* of session::subscriptions, or ::oversight */
struct frame *subscriptions_next(struct session *session); /* NULL: nothing */

/* The facts policy wants. */
struct actor session_actor(const struct session *session);

#endif
