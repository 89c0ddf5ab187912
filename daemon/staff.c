/*
 * Accounts, sign-ins, links and shifts: memory in front of the file.
 *
 * Over 500 lines: four small tables that refer to each other, each loaded, changed and written
 * alike.
 */
#include "daemon/staff.h"

#include "daemon/clock.h"
#include "daemon/config.h"
#include "daemon/escrow.h"
#include "daemon/journal.h"
#include "daemon/secret_text.h"
#include "daemon/server.h"
#include "daemon/session.h"
#include "daemon/xalloc.h"
#include "storage/key.h"

#include <sodium.h>
#include <stdlib.h>

enum {
	LOGIN_WRITE_MS = 300000
}; /* how far behind a sign-in's `seen` in the file may be */

void staff_hash_secret(const struct server *server, const char context[8], const uint8_t secret[32],
	uint8_t hash[32])
{
	/* The context goes in as the first block: the same secret hashes apart for each use. */
	crypto_generichash_state state;
	crypto_generichash_init(&state, server->key->pepper, sizeof(server->key->pepper), 32);
	crypto_generichash_update(&state, (const unsigned char *)context, 8);
	crypto_generichash_update(&state, secret, 32);
	crypto_generichash_final(&state, hash, 32);
	sodium_memzero(&state, sizeof(state));
}

static uint64_t hash_key(const uint8_t hash[32])
{
	uint64_t key;
	memcpy(&key, hash, sizeof(key));
	return key;
}

/* ---- finding ---- */

struct account *staff_account(const struct staff *staff, int64_t id)
{
	return id > 0 ? idmap_find(&staff->by_id, (uint64_t)id) : NULL;
}

const struct account_row *staff_newest(const struct account *account)
{
	return account->updating > 0 ? &account->handed : &account->row;
}

struct staff_write *staff_update_create(const struct account *account)
{
	struct staff_write *write = staff_write_create(STAFF_ACCOUNT_UPDATE);
	write->account = *staff_newest(account);
	return write;
}

struct account *staff_by_login(const struct staff *staff, const char *bytes, size_t size)
{
	struct account *account = staff->accounts;
	while (account != NULL && (strlen(account->row.login) != size ||
					  memcmp(account->row.login, bytes, size) != 0)) {
		account = account->next;
	}
	return account;
}

/* ---- memory ---- */

static void add_account(struct staff *staff, const struct account_row *row)
{
	struct account *account = xcalloc(1, sizeof(*account));
	account->row = *row;
	account->gone_mono = clock_mono_ms();
	account->idle_mono = account->gone_mono;
	struct account **end = &staff->accounts;
	while (*end != NULL) {
		end = &(*end)->next;
	}
	*end = account;
	idmap_put(&staff->by_id, (uint64_t)row->id, account);
	if (row->id > staff->account_ids) {
		staff->account_ids = row->id;
	}
}

static void add_login(struct staff *staff, const struct login_row *row)
{
	struct account *account = staff_account(staff, row->account);
	if (account == NULL) {
		return;
	}
	int64_t now = clock_mono_ms(), wall = clock_wall_ms();
	struct login *login = xcalloc(1, sizeof(*login));
	login->row = *row;
	login->account = account;
	/* The ages go on where they stood; a clock that was set back makes nobody younger. */
	login->created_mono = now - (wall > row->created_ms ? wall - row->created_ms : 0);
	login->used_mono = now - (wall > row->seen_ms ? wall - row->seen_ms : 0);
	login->written_mono = now;
	login->next = staff->logins;
	staff->logins = login;
	idmap_put(&staff->logins_by_hash, hash_key(row->hash), login);
}

static void add_link(struct staff *staff, const struct link_row *row)
{
	staff->links = xrealloc(staff->links, (staff->links_count + 1) * sizeof(*staff->links));
	staff->links[staff->links_count++] = *row;
}

static void drop_links(struct staff *staff, int64_t account, const uint8_t *hash)
{
	size_t kept = 0;
	for (size_t i = 0; i < staff->links_count; i++) {
		const struct link_row *link = &staff->links[i];
		bool gone = hash != NULL ? memcmp(link->hash, hash, sizeof(link->hash)) == 0
					 : link->account == account;
		if (!gone) {
			staff->links[kept++] = *link;
		}
	}
	staff->links_count = kept;
}

static void add_shift(struct staff *staff, const struct shift_row *row)
{
	staff->shifts = xrealloc(staff->shifts, (staff->shifts_count + 1) * sizeof(*staff->shifts));
	staff->shifts[staff->shifts_count++] = (struct roster_shift){
		.id = row->id,
		.account = row->account,
		.weekday = row->weekday,
		.from_min = row->from_min,
		.until_min = row->until_min,
	};
	if (row->id > staff->shift_ids) {
		staff->shift_ids = row->id;
	}
}

static void drop_shift(struct staff *staff, int64_t id)
{
	size_t kept = 0;
	for (size_t i = 0; i < staff->shifts_count; i++) {
		if (staff->shifts[i].id != id) {
			staff->shifts[kept++] = staff->shifts[i];
		}
	}
	staff->shifts_count = kept;
}

/* Closes a sign-in's sockets and forgets it. */
static void drop_login(struct server *server, struct login *login)
{
	struct session *next;
	for (struct session *s = login->account->sessions; s != NULL; s = next) {
		next = s->next_of_account;
		if (s->login == login) {
			login->sockets--;
			s->login = NULL;
			session_close(s, CLOSE_SIGNED_OUT, true);
		}
	}
	struct login **link = &server->staff->logins;
	while (*link != login) {
		link = &(*link)->next;
	}
	*link = login->next;
	idmap_remove(&server->staff->logins_by_hash, hash_key(login->row.hash));
	sodium_memzero(login, sizeof(*login));
	free(login);
}

static void drop_logins(
	struct server *server, const struct account *account, const struct login *keep)
{
	struct login *next;
	for (struct login *login = server->staff->logins; login != NULL; login = next) {
		next = login->next;
		if (login->account == account && login != keep) {
			drop_login(server, login);
		}
	}
}

/* ---- changes ---- */

static void update_account(struct server *server, const struct account_row *row)
{
	struct account *account = staff_account(server->staff, row->id);
	if (account != NULL) {
		bool switched = account->row.disabled != row->disabled;
		account->row = *row;
		account->wait = (struct signin_wait){0};
		if (row->disabled) {
			drop_logins(server, account, NULL);
		}
		if (switched) {
			escrow_account_switched(server, account);
		}
	}
}

/* What a write that is on disk now means for memory. */
static void apply(struct server *server, const struct staff_write *write)
{
	struct staff *staff = server->staff;
	switch (write->change) {
	case STAFF_ACCOUNT_ADD:
		add_account(staff, &write->account);
		break;
	case STAFF_ACCOUNT_UPDATE:
		update_account(server, &write->account);
		break;
	case STAFF_LINK_ADD:
		drop_links(staff, write->link.account, NULL);
		add_link(staff, &write->link);
		break;
	case STAFF_LINK_USE:
		drop_links(staff, 0, write->link.hash);
		break;
	case STAFF_LOGIN_ADD:
		add_login(staff, &write->login);
		break;
	case STAFF_SHIFT_ADD:
		add_shift(staff, &write->shift);
		break;
	case STAFF_SHIFT_DROP:
		drop_shift(staff, write->shift.id);
		break;
	case STAFF_LOGIN_TOUCH:
	case STAFF_LOGIN_DROP:
	case STAFF_LOGIN_DROP_ALL:
		return; /* memory was ahead */
	}
	server->shift_change_ms = 0;
	server_refresh_soon(server);
}

/* The account an update is of; NULL: it is none. */
static struct account *updated_account(const struct server *server, const struct staff_write *write)
{
	return write->change == STAFF_ACCOUNT_UPDATE
		       ? staff_account(server->staff, write->account.id)
		       : NULL;
}

static void on_staff_written(struct store_job *job, enum store_status status)
{
	struct staff_write *write = (struct staff_write *)job;
	struct staff_job *staff_job = write->owner;
	struct account *account = updated_account(staff_job->server, write);
	if (account != NULL) {
		account->updating--;
	}
	if (status == STORE_OK) {
		apply(staff_job->server, write);
	} else if (status != STORE_REFUSED) {
		journal_note_failure(staff_job->server, status);
	}
	if (staff_job->done != NULL) {
		staff_job->done(staff_job, status);
	}
	sodium_memzero(write, sizeof(*write));
	free(write);
	free(staff_job);
}

void staff_change(struct server *server, struct staff_write *write, const struct asker *asker,
	void (*done)(struct staff_job *job, enum store_status status), void *user)
{
	struct staff_job *job = xcalloc(1, sizeof(*job));
	job->server = server;
	job->asker = asker != NULL ? *asker : (struct asker){0};
	job->done = done;
	job->write = write;
	job->user = user;
	write->owner = job;
	write->job.done = on_staff_written;
	struct account *account = updated_account(server, write);
	if (account != NULL) {
		account->handed = write->account;
		account->updating++;
	}
	store_write(server->store, &write->job);
}

/* ---- links ---- */

struct link_job {
	struct staff_link link;
	struct account *account;
};

static void on_link_written(struct staff_job *job, enum store_status status)
{
	struct link_job *made = job->user;
	made->link.done(job->server, &made->link, made->account, status);
	sodium_memzero(made, sizeof(*made));
	free(made);
}

void staff_make_link(struct server *server, struct account *account, const struct asker *asker,
	void (*done)(struct server *server, struct staff_link *link, struct account *account,
		enum store_status status))
{
	struct link_job *made = xcalloc(1, sizeof(*made));
	made->account = account;
	made->link.asker = *asker;
	made->link.done = done;
	made->link.expires_ms = clock_wall_ms() + server->config->link_ms;
	randombytes_buf(made->link.secret, sizeof(made->link.secret));
	struct staff_write *write = staff_write_create(STAFF_LINK_ADD);
	write->link.account = account->row.id;
	write->link.expires_ms = made->link.expires_ms;
	staff_hash_secret(server, "enrolmnt", made->link.secret, write->link.hash);
	staff_change(server, write, asker, on_link_written, made);
}

/* ---- sign-ins ---- */

struct login *staff_login_of_cookie(struct server *server, const char *cookie)
{
	uint8_t secret[SECRET_BYTES], hash[32];
	if (!secret_text_read(cookie, secret)) {
		sodium_memzero(secret, sizeof(secret));
		return NULL;
	}
	staff_hash_secret(server, "cookie--", secret, hash);
	sodium_memzero(secret, sizeof(secret));
	struct login *login = idmap_find(&server->staff->logins_by_hash, hash_key(hash));
	if (login == NULL || sodium_memcmp(login->row.hash, hash, sizeof(hash)) != 0 ||
		login->account->row.disabled) {
		return NULL;
	}
	login->used_mono = clock_mono_ms();
	return login;
}

static void write_login(struct server *server, enum staff_change change, const struct login *login)
{
	struct staff_write *write = staff_write_create(change);
	write->login = login->row;
	staff_change(server, write, NULL, NULL, NULL);
}

void staff_sign_out_one(struct server *server, struct login *login,
	void (*done)(struct staff_job *job, enum store_status status), void *user)
{
	struct staff_write *write = staff_write_create(STAFF_LOGIN_DROP);
	write->login = login->row;
	staff_change(server, write, NULL, done, user);
	drop_login(server, login);
}

void staff_sign_out(struct server *server, struct account *account, const struct login *keep)
{
	struct login *next;
	for (struct login *login = server->staff->logins; login != NULL; login = next) {
		next = login->next;
		if (login->account == account && login != keep) {
			staff_sign_out_one(server, login, NULL, NULL);
		}
	}
}

/* An open oversight page is being looked at, even when nothing is typed on it. */
static bool is_watching(const struct login *login)
{
	for (const struct session *s = login->account->sessions; s != NULL;
		s = s->next_of_account) {
		if (s->login == login && s->greeted) {
			return true;
		}
	}
	return false;
}

void staff_tick(struct server *server)
{
	if (!journal_writable(server)) {
		return;
	}
	const struct config *config = server->config;
	int64_t now = clock_mono_ms();
	struct login *next;
	for (struct login *login = server->staff->logins; login != NULL; login = next) {
		next = login->next;
		if (is_watching(login)) {
			login->used_mono = now;
		}
		if (now - login->created_mono >= config->session_max_ms ||
			now - login->used_mono >= config->session_idle_ms) {
			staff_sign_out_one(server, login, NULL, NULL);
		} else if (login->used_mono - login->written_mono >= LOGIN_WRITE_MS) {
			login->written_mono = now;
			login->row.seen_ms = clock_wall_ms();
			write_login(server, STAFF_LOGIN_TOUCH, login);
		}
	}
}

/* One with an open page is in use, whenever it was used. */
static bool is_staler(const struct login *login, const struct login *than)
{
	if ((login->sockets > 0) != (than->sockets > 0)) {
		return than->sockets > 0;
	}
	return login->used_mono < than->used_mono;
}

void staff_bound_logins(struct server *server, const struct account *account)
{
	unsigned count = 0;
	struct login *oldest = NULL;
	for (struct login *login = server->staff->logins; login != NULL; login = login->next) {
		if (login->account == account) {
			count++;
			oldest = oldest == NULL || is_staler(login, oldest) ? login : oldest;
		}
	}
	if (count > STAFF_LOGINS_MAX) {
		staff_sign_out_one(server, oldest, NULL, NULL);
	}
}

/* ---- the file ---- */

static bool load_account(void *data, const struct account_row *row)
{
	add_account(data, row);
	return true;
}

static bool load_login(void *data, const struct login_row *row)
{
	add_login(data, row);
	return true;
}

static bool load_link(void *data, const struct link_row *row)
{
	add_link(data, row);
	return true;
}

static bool load_shift(void *data, const struct shift_row *row)
{
	add_shift(data, row);
	return true;
}

struct load {
	struct store_job job;
	struct staff *staff;
};

static enum store_status load_all(struct store_job *job, struct store_db *db)
{
	struct staff *staff = ((struct load *)job)->staff;
	enum store_status status = account_load_all(db, load_account, staff);
	if (status == STORE_OK) {
		status = login_load_all(db, load_login, staff);
	}
	if (status == STORE_OK) {
		status = link_load_all(db, load_link, staff);
	}
	if (status == STORE_OK) {
		status = shift_load_all(db, load_shift, staff);
	}
	return status;
}

void staff_reset(struct server *server)
{
	staff_finish(server->staff);
	server->staff = xcalloc(1, sizeof(*server->staff));
	randombytes_buf(server->staff->strangers.key, sizeof(server->staff->strangers.key));
}

enum store_status staff_load(struct server *server)
{
	staff_reset(server);
	struct load load = {.job.run = load_all, .staff = server->staff};
	enum store_status status = store_read_now(server->store, &load.job);
	if (status != STORE_OK) {
		return status;
	}
	staff_refresh_roster(server);
	return STORE_OK;
}

void staff_finish(struct staff *staff)
{
	if (staff == NULL) {
		return;
	}
	while (staff->logins != NULL) {
		struct login *login = staff->logins;
		staff->logins = login->next;
		sodium_memzero(login, sizeof(*login));
		free(login);
	}
	while (staff->accounts != NULL) {
		struct account *account = staff->accounts;
		staff->accounts = account->next;
		sodium_memzero(account, sizeof(*account));
		free(account);
	}
	signin_strangers_finish(&staff->strangers);
	idmap_finish(&staff->by_id);
	idmap_finish(&staff->logins_by_hash);
	free(staff->links);
	free(staff->shifts);
	free(staff);
}
