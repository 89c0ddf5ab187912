/*
 * Accounts, sign-ins and shifts in memory, written through to the file. A change is in memory once
 * it is on disk, not before.
 */
#ifndef HARK_DAEMON_STAFF_H
#define HARK_DAEMON_STAFF_H

#include "daemon/dispatch.h"
#include "daemon/idmap.h"
#include "daemon/rate.h"
#include "daemon/roster.h"
#include "daemon/signin_wait.h"
#include "storage/table_reach.h"
#include "storage/table_staff.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct server;
struct session;
struct staff_job;

enum {
	STAFF_SOCKETS_MAX = 8, /* sessions of one sign-in */
	STAFF_LOGINS_MAX = 16, /* sign-ins of one account; the one unused for longest ends */
};

struct account {
	struct account_row row;
	struct account_row handed; /* the newest on its way to the file, while updating > 0 */
	unsigned updating;
	struct account *next; /* staff::accounts, by id */
	struct session *sessions; /* session::next_of_account */
	unsigned consoles; /* sessions of the console page */
	unsigned overseers; /* sessions of the oversight page */
	bool paused; /* "taking new chats" is off */
	unsigned load; /* live rooms (pending) */
	bool rostered; /* as of the last refresh */
	struct roster_span span; /* this shift, or the next one (UTC); 0: none */
	int64_t span_ended_ms; /* the last shift ended (UTC); 0: not known */
	int64_t gone_mono; /* without a page of their own since; 0: here */
	int64_t idle_mono; /* had something to do last */
	int64_t cooling_until_mono; /* no offers: has just ended a chat that hurt; 0: not */
	struct signin_wait wait; /* after wrong passwords */
	struct reach_row reach; /* an adult's: where, and whether on duty */
	struct reach_row reach_handed; /* the newest on its way to the file, while reaching > 0 */
	unsigned reaching;
	struct rate_bucket pictures; /* sent by it; all-zero is full */
};

struct login {
	struct login_row row;
	struct account *account;
	struct login *next; /* staff::logins */
	unsigned sockets;
	int64_t used_mono, written_mono;
	int64_t created_mono;
};

struct staff {
	struct account *accounts;
	struct idmap by_id; /* struct account */
	struct login *logins;
	struct idmap logins_by_hash; /* by the first 8 bytes */
	struct signin_strangers strangers; /* who tried to sign in as nobody */
	struct link_row *links;
	size_t links_count;
	struct roster_shift *shifts;
	size_t shifts_count;
	int64_t account_ids, shift_ids; /* newest given out */
};

void staff_reset(struct server *server); /* nobody works here */
/* Reads all of it. Not STORE_OK: the file cannot be read. */
enum store_status staff_load(struct server *server);
void staff_finish(struct staff *staff); /* NULL is fine */

/* Somebody who has shifts and takes rooms. */
static inline bool staff_is_supporter(const struct account *account)
{
	return account->row.role == WIRE_ROLE_SUPPORTER && !account->row.disabled;
}

struct account *staff_account(const struct staff *staff, int64_t id); /* NULL: none */
struct account *staff_by_login(const struct staff *staff, const char *bytes, size_t size);

/* The account as it is once all that is on its way to the file has arrived. */
const struct account_row *staff_newest(const struct account *account);

/* A write of the whole account, to be changed by the caller and given to staff_change(). It builds
 * on what is on its way: two changes at once must not undo each other. */
struct staff_write *staff_update_create(const struct account *account);

/* Brings rostered, span and span_ended of every account up to date. */
void staff_refresh_roster(struct server *server);

/* Whether it is time to: somebody's shift has begun or ended, or the clock was set back. */
bool staff_roster_is_due(const struct server *server);

/* The sign-in that a cookie's value opens, still valid; NULL. */
struct login *staff_login_of_cookie(struct server *server, const char *cookie);

/* Every second: ends sign-ins that are too old or idle. */
void staff_tick(struct server *server);

/* Signs out: closes the sockets with 4401 and forgets the cookie. keep: not this one. */
void staff_sign_out(struct server *server, struct account *account, const struct login *keep);
/* One sign-in alone. done may be NULL: called once the file has forgotten it. */
void staff_sign_out_one(struct server *server, struct login *login,
	void (*done)(struct staff_job *job, enum store_status status), void *user);

/* There is one more sign-in of the account: too old ones end. */
void staff_bound_logins(struct server *server, const struct account *account);

/* A new enrolment link; done is called with the secret once it is on disk, or with status != OK. */
struct staff_link {
	struct asker asker;
	uint8_t secret[32];
	int64_t expires_ms;
	void (*done)(struct server *server, struct staff_link *link, struct account *account,
		enum store_status status); /* then link is freed */
};

void staff_make_link(struct server *server, struct account *account, const struct asker *asker,
	void (*done)(struct server *server, struct staff_link *link, struct account *account,
		enum store_status status));

/* A handed-over write of staff, with its change applied to memory when it is on disk. */
struct staff_job {
	struct server *server;
	struct asker asker;
	/* After memory has changed; with a status other than OK nothing has. May be NULL. */
	void (*done)(struct staff_job *job, enum store_status status);
	struct staff_write *write; /* freed afterwards */
	void *user; /* the caller's */
};

void staff_change(struct server *server, struct staff_write *write, const struct asker *asker,
	void (*done)(struct staff_job *job, enum store_status status), void *user);

/* BLAKE2b of a secret under the pepper, for cookies, links and tabs' tokens. */
void staff_hash_secret(const struct server *server, const char context[8], const uint8_t secret[32],
	uint8_t hash[32]);

#endif
