/* Where adults are reached: memory in front of the file. */
#include "daemon/reach.h"

#include "daemon/journal.h"
#include "daemon/server.h"
#include "daemon/staff.h"
#include "daemon/xalloc.h"

#include <stdlib.h>

/* ---- people ---- */

bool reach_is_adult(const struct account *account)
{
	return ((1u << (unsigned)account->row.role) & ROLES_ADULT) != 0 && !account->row.disabled;
}

bool reach_somebody_on_duty(const struct server *server)
{
	for (const struct account *a = server->staff->accounts; a != NULL; a = a->next) {
		if (reach_is_adult(a) && a->reach.on_duty) {
			return true;
		}
	}
	return false;
}

/* ---- changes ---- */

struct reach_row reach_newest(const struct account *account)
{
	struct reach_row row = account->reaching > 0 ? account->reach_handed : account->reach;
	row.account = account->row.id;
	return row;
}

struct reach_job {
	struct server *server;
	struct asker asker;
};

static void on_written(struct store_job *job, enum store_status status)
{
	struct reach_write *write = (struct reach_write *)job;
	struct reach_job *owner = write->owner;
	struct server *server = owner->server;
	struct account *account = staff_account(server->staff, write->row.account);
	account->reaching--;
	if (status == STORE_OK) {
		account->reach = write->row;
		server_refresh_soon(server);
		dispatch_answer_ok(server, &owner->asker, 0, 0, 0);
	} else {
		journal_note_failure(server, status);
		dispatch_answer_error(server, &owner->asker, WIRE_CODE_UNAVAILABLE);
	}
	free(owner);
	free(write);
}

void reach_change(struct server *server, struct account *account, const struct reach_row *row,
	const struct asker *asker)
{
	struct reach_job *owner = xmalloc(sizeof(*owner));
	*owner = (struct reach_job){server, *asker};
	struct reach_write *write = reach_write_create(row);
	write->owner = owner;
	write->job.done = on_written;
	account->reach_handed = *row;
	account->reaching++;
	store_write(server->store, &write->job);
}

/* ---- the file ---- */

static bool load_one(void *data, const struct reach_row *row)
{
	struct account *account = staff_account(data, row->account);
	if (account != NULL) {
		account->reach = *row;
	}
	return true;
}

struct load {
	struct store_job job;
	struct staff *staff;
};

static enum store_status load_all(struct store_job *job, struct store_db *db)
{
	return reach_load_all(db, load_one, ((struct load *)job)->staff);
}

enum store_status reach_load(struct server *server)
{
	struct load load = {.job.run = load_all, .staff = server->staff};
	return store_read_now(server->store, &load.job);
}
