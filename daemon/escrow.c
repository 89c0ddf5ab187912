/* Holders of keys: who they are, who is one now, and how many items each opens. */
#include "daemon/escrow.h"

#include "daemon/audit.h"
#include "daemon/clock.h"
#include "daemon/escrow_inside.h"
#include "daemon/journal.h"
#include "daemon/server.h"
#include "daemon/staff.h"
#include "daemon/xalloc.h"

#include <stdlib.h>
#include <string.h>

_Static_assert((int)ESCROW_ROW_KEY_BYTES == (int)ESCROW_KEY_BYTES &&
		       (int)ESCROW_ROW_SALT_BYTES == (int)ESCROW_SALT_BYTES &&
		       (int)ESCROW_ROW_WRAPPED_BYTES == (int)ESCROW_WRAPPED_BYTES &&
		       (int)ESCROW_ROW_SHARE_BYTES == (int)ESCROW_SHARE_BYTES &&
		       (int)ESCROW_ROW_MARK_BYTES == (int)ESCROW_MARK_BYTES,
	"the file has room for exactly this");

/* ---- who ---- */

bool escrow_may_hold(const struct account *account)
{
	return account->row.role == WIRE_ROLE_COUNSELOR || account->row.role == WIRE_ROLE_MANAGER;
}

bool escrow_is_active(const struct server *server, const struct escrow_holder *holder)
{
	if (holder->row.removed_ms > 0) {
		return false;
	}
	const struct account *account = staff_account(server->staff, holder->row.account);
	return holder->row.account == 0 || (account != NULL && !account->row.disabled);
}

/* The pair in use of an account, disabled or not; 0: the recovery key. */
static struct escrow_holder *find_used(const struct server *server, int64_t account)
{
	struct escrow_holder *holder = server->escrow != NULL ? server->escrow->holders : NULL;
	while (holder != NULL && (holder->row.account != account || holder->row.removed_ms > 0)) {
		holder = holder->next;
	}
	return holder;
}

struct escrow_holder *escrow_active_of(const struct server *server, int64_t account)
{
	struct escrow_holder *holder = find_used(server, account);
	return holder != NULL && escrow_is_active(server, holder) ? holder : NULL;
}

struct escrow_holder *escrow_holder_by_key(
	const struct server *server, const uint8_t public_key[ESCROW_KEY_BYTES])
{
	struct escrow_holder *holder = server->escrow->holders;
	while (holder != NULL &&
		memcmp(holder->row.public_key, public_key, ESCROW_KEY_BYTES) != 0) {
		holder = holder->next;
	}
	return holder;
}

const char *escrow_holder_name(const struct server *server, const struct escrow_holder *holder)
{
	const struct account *account = staff_account(server->staff, holder->row.account);
	return holder->row.account == 0 ? "Recovery key"
	       : account != NULL        ? account->row.alias
					: "?";
}

bool escrow_holder_of(const struct server *server, int64_t account, struct holder_row *row)
{
	const struct escrow_holder *holder = find_used(server, account);
	if (holder != NULL) {
		*row = holder->row;
	}
	return holder != NULL;
}

/* ---- changes ---- */

struct holder_row escrow_new_holder(struct server *server, int64_t account)
{
	return (struct holder_row){
		.id = ++server->escrow->holder_ids,
		.account = account,
		.created_ms = clock_wall_ms(),
	};
}

static void note(struct server *server, enum wire_audit_what what, const char *who)
{
	audit_add(server, &(struct audit_entry){.what = what, .detail = who}, NULL, NULL);
}

static void append_holder(struct escrow *escrow, const struct holder_row *row, int64_t shares)
{
	struct escrow_holder *holder = xcalloc(1, sizeof(*holder));
	holder->row = *row;
	holder->shares = shares;
	struct escrow_holder **end = &escrow->holders;
	while (*end != NULL) {
		end = &(*end)->next;
	}
	*end = holder;
	if (row->id > escrow->holder_ids) {
		escrow->holder_ids = row->id;
	}
}

void escrow_holder_added(struct server *server, const struct holder_row *row)
{
	struct escrow_holder *old = find_used(server, row->account);
	if (old != NULL) {
		old->row.removed_ms = row->created_ms;
		note(server, WIRE_AUDIT_HOLDER_REMOVED, escrow_holder_name(server, old));
	}
	append_holder(server->escrow, row, 0);
	const struct escrow_holder *added = find_used(server, row->account);
	note(server, WIRE_AUDIT_HOLDER_ADDED, escrow_holder_name(server, added));
	escrow_changed(server);
}

void escrow_holder_rewrapped(struct server *server, const struct holder_row *row)
{
	struct escrow_holder *holder = find_used(server, row->account);
	if (holder != NULL && holder->row.id == row->id) {
		holder->row = *row;
	}
}

static void on_holder_written(struct store_job *job, enum store_status status)
{
	struct holder_write *write = (struct holder_write *)job;
	struct server *server = write->owner;
	server->escrow->works--;
	if (status == STORE_OK) {
		escrow_holder_added(server, &write->row);
	} else if (status != STORE_REFUSED) {
		journal_note_failure(server, status);
	}
	free(write);
}

void escrow_holder_write(struct server *server, const struct holder_row *row)
{
	if (find_used(server, row->account) != NULL || !journal_writable(server)) {
		return; /* or the next time */
	}
	struct holder_write *write = holder_write_create(row);
	write->job.done = on_holder_written;
	write->owner = server;
	server->escrow->works++;
	store_write(server->store, &write->job);
}

void escrow_account_switched(struct server *server, const struct account *account)
{
	const struct escrow_holder *holder = find_used(server, account->row.id);
	if (holder != NULL) {
		note(server,
			account->row.disabled ? WIRE_AUDIT_HOLDER_REMOVED : WIRE_AUDIT_HOLDER_ADDED,
			account->row.alias);
	}
	escrow_changed(server);
}

/* ---- beginning and end ---- */

struct load {
	struct store_job job;
	struct server *server;
};

static bool load_holder(void *data, const struct holder_row *row, int64_t shares)
{
	append_holder(data, row, shares);
	return true;
}

static enum store_status load_all(struct store_job *job, struct store_db *db)
{
	struct server *server = ((struct load *)job)->server;
	enum store_status status = holder_load_all(db, load_holder, server->escrow);
	if (status == STORE_OK) {
		status = sealed_count(db, &server->escrow->items);
	}
	if (status == STORE_OK) {
		status = openings_load(server, db);
	}
	return status;
}

enum store_status escrow_load(struct server *server)
{
	server->escrow = xcalloc(1, sizeof(*server->escrow));
	argon_init(&server->escrow->lane, server->loop);
	arrivals_init(server);
	struct load load = {.job.run = load_all, .server = server};
	return store_read_now(server->store, &load.job);
}

void escrow_tick(struct server *server)
{
	if (server->escrow != NULL) {
		arrivals_tick(server);
		openings_tick(server);
	}
}

bool escrow_is_busy(const struct server *server)
{
	const struct escrow *escrow = server->escrow;
	return escrow != NULL &&
	       (escrow->lane.queued > 0 || escrow->arrivals != NULL || escrow->works > 0);
}

void escrow_finish(struct server *server)
{
	struct escrow *escrow = server->escrow;
	if (escrow == NULL) {
		return;
	}
	openings_finish(server);
	arrivals_finish(server);
	while (escrow->holders != NULL) {
		struct escrow_holder *holder = escrow->holders;
		escrow->holders = holder->next;
		free(holder);
	}
	free(escrow);
	server->escrow = NULL;
}
