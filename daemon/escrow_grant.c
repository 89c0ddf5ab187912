/*
 * Granting: each share of the granter for an item that the other has none of is opened and sealed
 * again to the other's key, a page of them at a time, beside the loop. Where two must agree, the
 * other gets the granter's own part, which opens with everybody's but the granter's; such an item
 * is granted only while a third holder has another part (grant_read::needs_third).
 */
#include "daemon/escrow_grant.h"

#include "daemon/audit.h"
#include "daemon/clock.h"
#include "daemon/escrow_inside.h"
#include "daemon/journal.h"
#include "daemon/server.h"
#include "daemon/session.h"
#include "daemon/signin.h"
#include "daemon/staff.h"
#include "daemon/xalloc.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Locked, and wiped when freed. */
struct secret {
	char password[ESCROW_PASSWORD_BYTES];
	struct escrow_pair pair;
};

struct grant {
	struct argon_job job;
	struct grant_read read;
	struct grant_write write;
	struct server *server;
	struct asker asker;
	int64_t account; /* granter; 0: the recovery key */
	struct secret *secret;
	struct holder_row from, to;
	bool has_password, right, is_drill;
	int64_t added;
};

static void end(struct grant *grant)
{
	grant->server->escrow->works--;
	sodium_free(grant->secret);
	free(grant);
}

static void refuse_grant(struct grant *grant, enum wire_code code)
{
	dispatch_answer_error(grant->server, &grant->asker, code);
	end(grant);
}

static void run_in(struct grant *grant, struct argon_lane *lane, void (*run)(struct argon_job *job),
	void (*done)(struct argon_job *job))
{
	grant->job.run = run;
	grant->job.done = done;
	if (!argon_run(lane, &grant->job)) {
		refuse_grant(grant, WIRE_CODE_TOO_MANY);
	}
}

/* NULL: no locked memory. */
static struct grant *begin(struct session *session, const struct asker *asker)
{
	struct secret *secret = sodium_malloc(sizeof(*secret));
	if (secret == NULL) {
		return NULL;
	}
	sodium_memzero(secret, sizeof(*secret));
	struct grant *grant = xcalloc(1, sizeof(*grant));
	grant->server = session->server;
	grant->asker = *asker;
	grant->secret = secret;
	session->server->escrow->works++;
	return grant;
}

/* ---- page by page ---- */

static void read_page(struct grant *grant);

static void on_page_written(struct store_job *job, enum store_status status)
{
	struct grant *grant = (struct grant *)((char *)job - offsetof(struct grant, write));
	struct server *server = grant->server;
	if (status != STORE_OK) {
		if (status != STORE_REFUSED) {
			journal_note_failure(server, status);
		}
		refuse_grant(grant, WIRE_CODE_UNAVAILABLE);
		return;
	}
	grant->added += grant->write.added;
	struct escrow_holder *to = escrow_active_of(server, grant->to.account);
	if (to != NULL && to->row.id == grant->to.id) {
		to->shares += grant->write.added;
	}
	escrow_changed(server);
	read_page(grant);
}

static void on_reseal(struct argon_job *job)
{
	struct grant *grant = (struct grant *)job;
	struct grant_write *write = &grant->write;
	write->count = 0;
	for (size_t i = 0; i < grant->read.count; i++) {
		struct escrow_part part;
		const struct share_row *share = &grant->read.shares[i];
		if (!escrow_share_open(share->box, &grant->secret->pair, &part)) {
			continue;
		}
		struct share_row *to = &write->shares[write->count++];
		*to = *share;
		escrow_share_seal(&part, grant->to.public_key, to->box);
		sodium_memzero(&part, sizeof(part));
	}
}

static void on_resealed(struct argon_job *job)
{
	struct grant *grant = (struct grant *)job;
	if (!journal_writable(grant->server)) {
		refuse_grant(grant, WIRE_CODE_UNAVAILABLE);
		return;
	}
	grant->write.job.done = on_page_written;
	store_write(grant->server->store, &grant->write.job);
}

static void finish(struct grant *grant)
{
	const struct escrow_holder *to = escrow_active_of(grant->server, grant->to.account);
	bool misses = to != NULL && to->row.id == grant->to.id &&
		      to->shares < grant->server->escrow->items;
	if (grant->added == 0 && misses) {
		/* The granter has none of them either, or a second key is needed. */
		refuse_grant(grant, WIRE_CODE_NOT_GRANTED);
		return;
	}
	dispatch_answer_ok(grant->server, &grant->asker, 0, 0, 0);
	end(grant);
}

static void on_page_read(struct store_job *job, enum store_status status)
{
	struct grant *grant = (struct grant *)((char *)job - offsetof(struct grant, read));
	if (status != STORE_OK) {
		refuse_grant(grant, WIRE_CODE_UNAVAILABLE);
	} else if (grant->read.count == 0) {
		finish(grant);
	} else {
		run_in(grant, &grant->server->escrow->lane, on_reseal, on_resealed);
	}
}

static void read_page(struct grant *grant)
{
	int64_t after = grant->read.count > 0 ? grant->read.shares[grant->read.count - 1].sealed
					      : INT64_MIN;
	grant_read_init(&grant->read);
	grant_write_init(&grant->write);
	grant->read.from = grant->from.id;
	grant->read.to = grant->to.id;
	grant->read.after = after;
	grant->read.needs_third = grant->account > 0;
	grant->read.job.done = on_page_read;
	store_read(grant->server->store, &grant->read.job);
}

/* ---- who may ---- */

static void on_audited(struct server *server, void *data, int64_t number, enum store_status status)
{
	(void)server;
	(void)number;
	struct grant *grant = data;
	if (status != STORE_OK) {
		refuse_grant(grant, WIRE_CODE_UNAVAILABLE);
	} else {
		read_page(grant);
	}
}

static void audit_grant(struct grant *grant)
{
	const struct account *to = staff_account(grant->server->staff, grant->to.account);
	audit_add(grant->server,
		&(struct audit_entry){
			.what = grant->account > 0 ? WIRE_AUDIT_HOLDER_GRANTED
						   : WIRE_AUDIT_RECOVERY_USED,
			.account = grant->account,
			.detail = to != NULL ? to->row.alias : "?",
		},
		on_audited, grant);
}

static void on_password(struct argon_job *job)
{
	struct grant *grant = (struct grant *)job;
	struct secret *secret = grant->secret;
	struct escrow_wrap wrap;
	memcpy(wrap.salt, grant->from.salt, sizeof(wrap.salt));
	memcpy(wrap.wrapped, grant->from.wrapped, sizeof(wrap.wrapped));
	grant->right = escrow_wrap_open(
		&wrap, secret->password, strlen(secret->password), secret->pair.secret);
	memcpy(secret->pair.public_key, grant->from.public_key, ESCROW_KEY_BYTES);
	sodium_memzero(secret->password, sizeof(secret->password));
}

static void on_password_done(struct argon_job *job)
{
	struct grant *grant = (struct grant *)job;
	struct account *account = staff_account(grant->server->staff, grant->account);
	const struct escrow_holder *now = escrow_active_of(grant->server, grant->account);
	bool current =
		now != NULL && now->row.id == grant->from.id &&
		sodium_memcmp(now->row.wrapped, grant->from.wrapped, sizeof(now->row.wrapped)) == 0;
	if (!grant->right || !current || account == NULL) {
		if (account != NULL) {
			signin_note_failure(account);
		}
		refuse_grant(grant, WIRE_CODE_WRONG_PASSWORD);
		return;
	}
	account->wait = (struct signin_wait){0};
	audit_grant(grant);
}

enum outcome grant_by_holder(struct session *session, const struct msg_identity_grant *request)
{
	struct server *server = session->server;
	const struct account *account = session->account;
	const struct escrow_holder *from = escrow_active_of(server, account->row.id);
	const struct escrow_holder *to = escrow_active_of(server, request->account);
	if (to == NULL || to == from) {
		return refuse(WIRE_CODE_NO_SUCH);
	}
	if (from == NULL) {
		return refuse(WIRE_CODE_NOT_GRANTED);
	}
	if (!journal_writable(server)) {
		return refuse(WIRE_CODE_UNAVAILABLE);
	}
	struct asker asker = dispatch_asker(session, request->has_ref, request->ref);
	int64_t now = clock_mono_ms();
	if (account->wait.until_ms > now) {
		dispatch_refuse_too_fast(session, &asker, account->wait.until_ms - now);
		return OUTCOME_ANSWERED;
	}
	struct grant *grant = begin(session, &asker);
	if (grant == NULL) {
		return refuse(WIRE_CODE_TOO_MANY);
	}
	snprintf(grant->secret->password, sizeof(grant->secret->password), "%.*s",
		(int)request->password.size, request->password.bytes);
	grant->account = account->row.id;
	grant->from = from->row;
	grant->to = to->row;
	run_in(grant, &server->staff_lane, on_password, on_password_done);
	return OUTCOME_ANSWERED;
}

enum outcome grant_by_recovery(struct session *session, const struct msg_escrow_grant *request)
{
	struct server *server = session->server;
	const struct account *account =
		staff_by_login(server->staff, request->login.bytes, request->login.size);
	const struct escrow_holder *to =
		account != NULL ? escrow_active_of(server, account->row.id) : NULL;
	if (to == NULL) {
		return refuse(WIRE_CODE_NO_SUCH);
	}
	uint8_t public_key[ESCROW_KEY_BYTES];
	escrow_pair_public(request->key, public_key);
	const struct escrow_holder *from = escrow_holder_by_key(server, public_key);
	if (from == NULL || from->row.account != 0) {
		return refuse(WIRE_CODE_WRONG_PASSWORD);
	}
	if (!journal_writable(server)) {
		return refuse(WIRE_CODE_UNAVAILABLE);
	}
	struct asker asker = dispatch_asker(session, request->has_ref, request->ref);
	struct grant *grant = begin(session, &asker);
	if (grant == NULL) {
		return refuse(WIRE_CODE_TOO_MANY);
	}
	memcpy(grant->secret->pair.secret, request->key, ESCROW_KEY_BYTES);
	memcpy(grant->secret->pair.public_key, public_key, ESCROW_KEY_BYTES);
	grant->from = from->row;
	grant->to = to->row;
	audit_grant(grant);
	return OUTCOME_ANSWERED;
}
