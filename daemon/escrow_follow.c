/* Pairs made, wrapped again and replaced with the password. */
#include "daemon/escrow_follow.h"

#include "daemon/clock.h"
#include "daemon/escrow_keys.h"
#include "daemon/staff.h"

#include <sodium.h>
#include <string.h>

void escrow_follow_plan(struct server *server, const struct account *account, bool knows,
	bool changes, struct escrow_follow *follow)
{
	if (!escrow_may_hold(account)) {
		return;
	}
	bool has = escrow_holder_of(server, account->row.id, &follow->row);
	follow->account = account->row.id;
	follow->keeps = has && knows && changes;
	follow->makes = !has || !knows;
	follow->id = escrow_new_holder(server, account->row.id).id;
}

static bool wrap(struct holder_row *row, const uint8_t *secret, const char *password)
{
	struct escrow_wrap wrap;
	if (!escrow_wrap_make(secret, password, strlen(password), &wrap)) {
		return false;
	}
	memcpy(row->salt, wrap.salt, sizeof(row->salt));
	memcpy(row->wrapped, wrap.wrapped, sizeof(row->wrapped));
	return true;
}

bool escrow_follow_keep(struct escrow_follow *follow, const char *old, const char *new)
{
	struct escrow_wrap now;
	uint8_t secret[ESCROW_KEY_BYTES];
	if (!follow->keeps) {
		return false;
	}
	memcpy(now.salt, follow->row.salt, sizeof(now.salt));
	memcpy(now.wrapped, follow->row.wrapped, sizeof(now.wrapped));
	follow->done = follow->keeps =
		escrow_wrap_open(&now, old, strlen(old), secret) && wrap(&follow->row, secret, new);
	sodium_memzero(secret, sizeof(secret));
	return follow->done;
}

void escrow_follow_make(struct escrow_follow *follow, const char *password, bool changed)
{
	bool lost = changed && !follow->keeps; /* a pair that nobody can open any more is none */
	if (follow->account == 0 || !(follow->makes || lost)) {
		return;
	}
	struct escrow_pair pair;
	escrow_pair_make(&pair);
	follow->row = (struct holder_row){
		.id = follow->id,
		.account = follow->account,
		.created_ms = clock_wall_ms(),
	};
	memcpy(follow->row.public_key, pair.public_key, sizeof(follow->row.public_key));
	follow->done = wrap(&follow->row, pair.secret, password);
	sodium_memzero(&pair, sizeof(pair));
}

static enum store_status write_pair(struct store_db *db, void *data)
{
	const struct escrow_follow *follow = data;
	return follow->keeps ? holder_rewrap(db, &follow->row) : holder_insert(db, &follow->row);
}

void escrow_follow_add(struct escrow_follow *follow, struct staff_write *write)
{
	if (follow->done) {
		write->also = write_pair;
		write->also_data = follow;
	}
}

void escrow_follow_land(struct server *server, struct escrow_follow *follow)
{
	if (follow->done && follow->keeps) {
		escrow_holder_rewrapped(server, &follow->row);
	} else if (follow->done) {
		escrow_holder_added(server, &follow->row);
	}
	follow->done = false;
}

void escrow_follow_write(struct server *server, const struct escrow_follow *follow)
{
	if (follow->done) {
		escrow_holder_write(server, &follow->row);
	}
}
