/*
 * A holder's key pair follows the password: made with the first one, wrapped again when the
 * password changes, replaced when it was reset, for then nobody knows what opens the old one.
 */
#ifndef HARK_DAEMON_ESCROW_FOLLOW_H
#define HARK_DAEMON_ESCROW_FOLLOW_H

#include "daemon/escrow.h"

struct staff_write;

/* Part of what sets or checks a password. All-zero: the account holds no key. */
struct escrow_follow {
	bool keeps; /* the pair in `row` is to be wrapped by the new password */
	bool makes; /* or a new one, with this number, to be made */
	bool done; /* `row` is to be written */
	int64_t id, account;
	struct holder_row row;
};

/* On the loop, before the work. knows: the old password comes along; changes: and a new one. */
void escrow_follow_plan(struct server *server, const struct account *account, bool knows,
	bool changes, struct escrow_follow *follow);

/* Off the loop. True: the old password opened the wrap, so it is right, and the new one wraps. */
bool escrow_follow_keep(struct escrow_follow *follow, const char *old, const char *new);
/* Off the loop, once the password is known to be right: makes a pair where that is to be done, or
 * where the old password should have opened one and did not. */
void escrow_follow_make(struct escrow_follow *follow, const char *password, bool changed);

/* Adds the pair to the account's row, in its transaction; follow lives until that is done. */
void escrow_follow_add(struct escrow_follow *follow, struct staff_write *write);
/* That is on disk: memory follows. */
void escrow_follow_land(struct server *server, struct escrow_follow *follow);
/* Writes the pair of somebody who had none and signed in. */
void escrow_follow_write(struct server *server, const struct escrow_follow *follow);

#endif
