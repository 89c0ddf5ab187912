/*
 * What the files of the escrow share; nobody else includes this.
 *
 *	escrow.c          holders and their keys in memory; load, tick, finish
 *	escrow_arrival.c  sealing, beside the loop
 *	escrow_seen.c     what was sealed lately
 *	escrow_state.c    what overseers are shown
 *	escrow_grant.c    older items for another holder
 *	identity.c        openings: asked for, agreed to, open, closed
 *	identity_look.c   a password, then the audit and every holder, then what is shown
 *	escrow_recovery.c the recovery key; the drill
 *	escrow_follow.c   pairs follow passwords
 *	escrow_keys.c     pairs and wraps (pure)
 *	escrow_box.c      sealing and opening (pure)
 *	shamir.c          two of many (pure)
 */
#ifndef HARK_DAEMON_ESCROW_INSIDE_H
#define HARK_DAEMON_ESCROW_INSIDE_H

#include "daemon/argon.h"
#include "daemon/dispatch.h"
#include "daemon/escrow.h"
#include "daemon/escrow_box.h"
#include "daemon/idmap.h"

enum {
	OPENINGS_MAX = 20, /* asked for, agreed to or open at once */
	ESCROW_PASSWORD_BYTES = 801, /* 200 code points and the terminator */
	SEEN_DETAIL_BYTES = 16,
};

struct escrow_holder {
	struct escrow_holder *next; /* escrow::holders, by number */
	struct holder_row row;
	int64_t shares; /* items it opens */
};

/* Sealed details that were asked for, agreed to or are open. */
struct opening {
	struct opening *next; /* escrow::openings, the oldest first */
	struct opening_row row; /* the reason is owned */
	int64_t until_mono; /* its clock; runs out there */
	bool moving; /* a change is on its way to the file */
};

struct escrow {
	struct escrow_holder *holders; /* removed ones too */
	int64_t holder_ids; /* newest given out */
	int64_t items; /* on disk */

	struct opening *openings;
	size_t openings_count;
	size_t asking; /* and so many are on their way */

	/* What was sealed lately, by a keyed hash of the detail and its room. */
	struct idmap seen;
	uint8_t seen_key[16];
	int64_t seen_mono; /* the key's birth */

	struct argon_lane lane; /* public keys, beside the loop: one job at a time */
	struct argon_job sealing; /* the one that seals arrivals */
	bool seals; /* it is in the lane */
	struct escrow_arrival *arrivals, **arrivals_end; /* still to be sealed */
	struct escrow_arrival *in_work; /* those of the job */
	unsigned works; /* looks and grants under way */
};

/* In use: not removed, of the recovery key or of an account that may sign in. */
bool escrow_is_active(const struct server *server, const struct escrow_holder *holder);
struct escrow_holder *escrow_active_of(const struct server *server, int64_t account);
struct escrow_holder *escrow_holder_by_key(
	const struct server *server, const uint8_t public_key[ESCROW_KEY_BYTES]);
/* "Ms. R.", or "recovery key"; never empty. */
const char *escrow_holder_name(const struct server *server, const struct escrow_holder *holder);

/* escrow_arrival.c */
void arrivals_init(struct server *server);
void arrivals_finish(struct server *server);
void arrivals_tick(struct server *server);

/* escrow_seen.c. A detail's keyed hash; bytes NULL: a picture, which is another one each time; its
 * number says so. */
void seen_detail(const struct escrow *escrow, int64_t kind, int64_t subject, const void *bytes,
	size_t size, uint8_t hash[SEEN_DETAIL_BYTES]);
uint64_t seen_number(
	const struct escrow *escrow, const uint8_t detail[SEEN_DETAIL_BYTES], int64_t room);
/* Whether it was sealed; from now on it was. */
bool seen_before(struct escrow *escrow, uint64_t number);
void seen_forget(struct escrow *escrow); /* everything, with the key; also makes the first */

/* escrow_state.c: overseers' state.escrow is out of date. */
void escrow_changed(struct server *server);
struct item_opening opening_item(
	const struct server *server, const struct opening_row *row, int64_t until_ms);

/* identity.c */
enum store_status openings_load(struct server *server, struct store_db *db);
void openings_tick(struct server *server);
void openings_finish(struct server *server);
struct opening *opening_find(const struct server *server, int64_t id);

/* Where the time stands against the file's clock; [escrow] open at most. */
int64_t opening_mono_of(const struct server *server, int64_t until_ms);

#endif
