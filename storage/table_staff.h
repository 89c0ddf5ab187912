/*
 * Accounts, their one-time enrolment links, their sign-ins, and the weekly shifts. Few rows, all
 * loaded at start and kept in memory by the daemon; these jobs write each change through.
 */
#ifndef HARK_STORAGE_TABLE_STAFF_H
#define HARK_STORAGE_TABLE_STAFF_H

#include "storage/store.h"

enum {
	STAFF_TEXT_BYTES = 168, /* 40 code points and NUL, rounded up */
	STAFF_PASSWORD_BYTES = 128, /* crypto_pwhash_STRBYTES */
	STAFF_HASH_BYTES = 32,
};

struct account_row {
	int64_t id;
	char login[STAFF_TEXT_BYTES], alias[STAFF_TEXT_BYTES], picture[24];
	int role; /* the daemon's number */
	char password[STAFF_PASSWORD_BYTES]; /* Argon2id string; empty: not enrolled */
	bool disabled;
	int64_t created_ms;
};

struct link_row {
	uint8_t hash[STAFF_HASH_BYTES]; /* of the link's secret */
	int64_t account, expires_ms;
};

struct login_row {
	uint8_t hash[STAFF_HASH_BYTES]; /* of the cookie */
	int64_t account, created_ms, seen_ms;
};

struct shift_row {
	int64_t id, account;
	int weekday, from_min, until_min;
};

/*
 * One write job for all of them; what happens is `change`. Ids are given by the caller.
 * ACCOUNT_ADD refuses a login or alias already there. free() it in done.
 */
enum staff_change {
	STAFF_ACCOUNT_ADD,
	STAFF_ACCOUNT_UPDATE, /* everything but id and login */
	STAFF_LINK_ADD, /* and removes the account's other links */
	STAFF_LINK_USE, /* removes the link; STORE_REFUSED when it is not there */
	STAFF_LOGIN_ADD,
	STAFF_LOGIN_TOUCH,
	STAFF_LOGIN_DROP,
	STAFF_LOGIN_DROP_ALL, /* of login.account */
	STAFF_SHIFT_ADD,
	STAFF_SHIFT_DROP,
};

struct staff_write {
	struct store_job job;
	enum staff_change change;
	struct account_row account;
	struct link_row link;
	struct login_row login;
	struct shift_row shift;
	/* Rows of other tables that come true with it or not at all (ACCOUNT_UPDATE). May be NULL.
	 */
	enum store_status (*also)(struct store_db *db, void *also_data);
	void *also_data; /* the caller's */
	void *owner;
};

struct staff_write *staff_write_create(enum staff_change change);

enum store_status account_load_all(
	struct store_db *db, bool (*each)(void *data, const struct account_row *row), void *data);
enum store_status link_load_all(
	struct store_db *db, bool (*each)(void *data, const struct link_row *row), void *data);
enum store_status login_load_all(
	struct store_db *db, bool (*each)(void *data, const struct login_row *row), void *data);
enum store_status shift_load_all(
	struct store_db *db, bool (*each)(void *data, const struct shift_row *row), void *data);

#endif
