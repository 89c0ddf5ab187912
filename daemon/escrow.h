/*
 * What could identify a visitor, sealed on arrival to keys that only counselors can open
 * (decisions.md 27). Nothing of it is kept anywhere else, and nothing here can open it alone.
 */
#ifndef HARK_DAEMON_ESCROW_H
#define HARK_DAEMON_ESCROW_H

#include "protocol/message.h"
#include "storage/store.h"
#include "storage/table_escrow.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct account;
struct escrow_arrival;
struct frame;
struct room;
struct server;

enum {
	ESCROW_TEXT_MAX = 512, /* bytes of one detail; longer ones are cut */
	ESCROW_PICTURE_MAX = 8 * 1024 * 1024,
	ESCROW_DETAILS_MAX = 4, /* in one arrival */
};

/* Reads holders and what is asked for or open. */
enum store_status escrow_load(struct server *server);
void escrow_finish(struct server *server);
void escrow_tick(struct server *server); /* clocks that run out */
/* Something is being sealed or opened beside the loop: stopping waits for it. */
bool escrow_is_busy(const struct server *server);

/*
 * Seals one detail of a room's visitor and hands it to the store. The plaintext stays the caller's,
 * to be wiped. The same detail of the same room is sealed once a day at most. Without any holder
 * nothing is kept.
 */
void escrow_seal(struct server *server, int64_t room, enum wire_sealed_kind kind, const void *bytes,
	size_t size);

/* A picture's original: like escrow_seal(), of any size up to 8 MiB. */
void escrow_seal_picture(
	struct server *server, int64_t room, int64_t picture, const void *bytes, size_t size);

/* ---- a visitor comes ---- */

struct escrow_detail {
	enum wire_sealed_kind kind;
	const void *bytes;
	size_t size;
};

/*
 * Seals what is known of a page before it has a room; the plaintext is not needed after the call.
 * NULL: nothing to seal, or nobody to seal it to.
 */
struct escrow_arrival *escrow_arrive(
	struct server *server, const struct escrow_detail *details, size_t count);
/* The page is this room's now; may be called for several. NULL is fine. */
void escrow_arrival_enter(struct escrow_arrival *arrival, int64_t room);

/*
 * Tells, once, when all that was entered is on disk, or will not be: the status of the first write
 * that failed; STORE_REFUSED when the room has as many items as it may have.
 */
typedef void (*escrow_settled)(struct server *server, void *data, enum store_status status);
void escrow_arrival_settle(struct escrow_arrival *arrival, escrow_settled settled, void *data);

/* Whether the room was given all of these within a day: then they need not be sealed again, which
 * takes 90 us for each holder. */
bool escrow_is_known(
	struct server *server, const struct escrow_detail *details, size_t count, int64_t room);
void escrow_arrival_drop(struct escrow_arrival *arrival); /* the page is gone; NULL is fine */

/* ---- holders ---- */

/* Counselors and managers hold keys. */
bool escrow_may_hold(const struct account *account);
/* The account's pair in use; false: none. */
bool escrow_holder_of(const struct server *server, int64_t account, struct holder_row *row);
/* A row for a new pair of the account, with its number and time; keys and wrap are the caller's. */
struct holder_row escrow_new_holder(struct server *server, int64_t account);
/* The row is on disk, as a new pair or under a new password: memory follows. */
void escrow_holder_added(struct server *server, const struct holder_row *row);
void escrow_holder_rewrapped(struct server *server, const struct holder_row *row);
/* Writes a new pair of its own, made when somebody without one signed in. Does nothing if the
 * account has got one meanwhile. */
void escrow_holder_write(struct server *server, const struct holder_row *row);
/* The account was disabled, or enabled again. */
void escrow_account_switched(struct server *server, const struct account *account);

/* ---- what overseers are shown ---- */

struct frame *escrow_frame(struct server *server);
/* Answers `escrow.status`. */
struct session;
void escrow_tell(struct session *session, bool has_ref, int64_t ref);

#endif
