/* Passwords, off the loop and back. */
#include "daemon/signin.h"

#include "daemon/argon.h"
#include "daemon/clock.h"
#include "daemon/config.h"
#include "daemon/escrow_follow.h"
#include "daemon/journal.h"
#include "daemon/server.h"
#include "daemon/session.h"
#include "daemon/staff.h"
#include "daemon/xalloc.h"

#include <assert.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

enum {
	ARGON_PASSES = 3, /* about 100 ms with 64 MiB */
	ARGON_BYTES = 64 * 1024 * 1024,
	PASSWORD_BYTES = 800, /* 200 code points */
};

/* One piece of work for Argon2, and what to do with its result. */
struct signin {
	struct argon_job job;
	struct server *server;
	int64_t account; /* 0: there is none; the work is done all the same */
	uint64_t stranger; /* signing in as no account: who waits for it; 0: not */
	struct signin_reply to; /* a post's; reply NULL: not a post */
	struct asker asker; /* a message's */
	char password[PASSWORD_BYTES + 1];
	char next[PASSWORD_BYTES + 1]; /* the new one, when changing */
	char stored[STAFF_PASSWORD_BYTES]; /* to verify against; empty: nothing to verify */
	char hashed[STAFF_PASSWORD_BYTES]; /* of the new one */
	uint8_t link_hash[STAFF_HASH_BYTES]; /* enrolling */
	uint8_t secret[32]; /* the cookie's */
	bool right; /* the password was */
	struct escrow_follow key; /* a holder's pair */
	void (*then)(struct signin *signin);
};

static void signin_free(struct signin *signin)
{
	sodium_memzero(signin, sizeof(*signin));
	free(signin);
}

static void copy_password(char *to, struct text text)
{
	snprintf(to, PASSWORD_BYTES + 1, "%.*s", (int)text.size, text.bytes);
}

static struct signin *signin_create(struct server *server, int64_t account, struct text password)
{
	struct signin *signin = xcalloc(1, sizeof(*signin));
	signin->server = server;
	signin->account = account;
	copy_password(signin->password, password);
	return signin;
}

/* ---- answers ---- */

void signin_refuse(const struct signin_reply *to, int status, const struct msg_error *error)
{
	struct http_reply reply = {.status = status};
	reply.body_size = message_encode(TYPE_ERROR, error, reply.body, sizeof(reply.body));
	to->reply(to->data, to->ticket, &reply);
}

/* Of who is not let in, and of what cannot be done now. */
static int status_of(enum wire_code code)
{
	return code == WIRE_CODE_WRONG_PASSWORD || code == WIRE_CODE_NO_SUCH ? 401 : 503;
}

static void refuse_signin(struct signin *signin, enum wire_code code)
{
	if (signin->to.reply != NULL) {
		struct msg_error error = dispatch_error(code);
		signin_refuse(&signin->to, status_of(code), &error);
	} else {
		dispatch_answer_error(signin->server, &signin->asker, code);
	}
	signin_free(signin);
}

static enum wire_code code_of(enum store_status status)
{
	return status == STORE_REFUSED ? WIRE_CODE_NO_SUCH : WIRE_CODE_UNAVAILABLE;
}

/* ---- the work ---- */

static void on_argon(struct argon_job *job)
{
	/* Without an account the work is the same, so that its absence cannot be timed. */
	static const char nobody[] = "$argon2id$v=19$m=65536,t=3,p=1$"
				     "AAAAAAAAAAAAAAAAAAAAAA$"
				     "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
	struct signin *signin = (struct signin *)job;
	const char *to_hash = signin->next[0] != '\0' ? signin->next : signin->password;
	bool verifies = signin->stored[0] != '\0' || signin->account == 0;
	/* What opens the key's wrap is the password: one Argon2 less. */
	bool kept = escrow_follow_keep(&signin->key, signin->password, signin->next);
	signin->right = !verifies || kept;
	if (!signin->right) {
		const char *stored = signin->stored[0] != '\0' ? signin->stored : nobody;
		signin->right = crypto_pwhash_str_verify(
					stored, signin->password, strlen(signin->password)) == 0 &&
				signin->account != 0;
	}
	bool hashes = !verifies || signin->next[0] != '\0';
	if (signin->right && hashes) {
		signin->right = crypto_pwhash_str(signin->hashed, to_hash, strlen(to_hash),
					ARGON_PASSES, ARGON_BYTES) == 0;
	}
	if (signin->right) {
		bool changed = verifies && signin->next[0] != '\0';
		escrow_follow_make(&signin->key, to_hash, changed);
	}
	sodium_memzero(signin->password, sizeof(signin->password));
	sodium_memzero(signin->next, sizeof(signin->next));
}

static void on_argon_done(struct argon_job *job)
{
	struct signin *signin = (struct signin *)job;
	signin->then(signin);
}

static void start(struct signin *signin, void (*then)(struct signin *signin))
{
	signin->job.run = on_argon;
	signin->job.done = on_argon_done;
	signin->then = then;
	if (!argon_run(&signin->server->staff_lane, &signin->job)) {
		refuse_signin(signin, WIRE_CODE_TOO_MANY);
	}
}

/* ---- signing in ---- */

static void on_login_written(struct staff_job *job, enum store_status status)
{
	struct signin *signin = job->user;
	if (status != STORE_OK) {
		refuse_signin(signin, code_of(status));
		return;
	}
	staff_bound_logins(signin->server, staff_account(signin->server->staff, signin->account));
	char value[65];
	struct http_reply reply = {.status = 204};
	sodium_bin2hex(value, sizeof(value), signin->secret, sizeof(signin->secret));
	snprintf(reply.set_cookie, sizeof(reply.set_cookie),
		"hark=%s; Path=/; HttpOnly; SameSite=Strict; Max-Age=%lld", value,
		(long long)(signin->server->config->session_max_ms / 1000));
	signin->to.reply(signin->to.data, signin->to.ticket, &reply);
	sodium_memzero(value, sizeof(value));
	sodium_memzero(&reply, sizeof(reply));
	signin_free(signin);
}

static void give_cookie(struct signin *signin)
{
	randombytes_buf(signin->secret, sizeof(signin->secret));
	struct staff_write *write = staff_write_create(STAFF_LOGIN_ADD);
	write->login.account = signin->account;
	write->login.created_ms = write->login.seen_ms = clock_wall_ms();
	staff_hash_secret(signin->server, "cookie--", signin->secret, write->login.hash);
	staff_change(signin->server, write, NULL, on_login_written, signin);
}

/* A wrong password, wherever it was asked for. */
void signin_note_failure(struct account *account)
{
	if (account != NULL) {
		signin_wait_note(&account->wait, clock_mono_ms());
	}
}

/*
 * Argon2 takes its time, and its queue too: meanwhile the account may have got another password,
 * which signs out whoever knew the old one, or may have been closed. A change that is only on its
 * way to the file counts: a sign-in behind it would outlive it.
 */
static bool is_still_right(const struct signin *signin, const struct account *account)
{
	if (!signin->right || account == NULL) {
		return false;
	}
	const struct account_row *newest = staff_newest(account);
	return !newest->disabled &&
	       sodium_memcmp(newest->password, signin->stored, sizeof(signin->stored)) == 0;
}

static void after_password(struct signin *signin)
{
	struct account *account = staff_account(signin->server->staff, signin->account);
	if (!is_still_right(signin, account)) {
		signin_note_failure(account);
		if (signin->stranger != 0) {
			signin_stranger_note(&signin->server->staff->strangers, signin->stranger,
				clock_mono_ms());
		}
		refuse_signin(signin, WIRE_CODE_WRONG_PASSWORD);
		return;
	}
	account->wait = (struct signin_wait){0};
	escrow_follow_write(signin->server, &signin->key);
	give_cookie(signin);
}

void signin_with_password(
	struct server *server, const struct msg_sign_in *request, const struct signin_reply *to)
{
	struct account *account =
		staff_by_login(server->staff, request->login.bytes, request->login.size);
	bool can = account != NULL && !account->row.disabled && account->row.password[0] != '\0';
	const struct signin_strangers *strangers = &server->staff->strangers;
	uint64_t stranger =
		can ? 0 : signin_stranger_of(strangers, request->login.bytes, request->login.size);
	int64_t now = clock_mono_ms();
	int64_t left_ms = can ? signin_wait_left_ms(&account->wait, now)
			      : signin_stranger_left_ms(strangers, stranger, now);
	if (left_ms > 0) {
		struct msg_error error = dispatch_error(WIRE_CODE_TOO_FAST);
		error.has_retry_ms = true;
		error.retry_ms = left_ms;
		signin_refuse(to, 429, &error);
		return;
	}
	struct signin *signin = signin_create(server, can ? account->row.id : 0, request->password);
	signin->to = *to;
	signin->stranger = stranger;
	if (can) {
		memcpy(signin->stored, account->row.password, sizeof(signin->stored));
		escrow_follow_plan(server, account, true, false, &signin->key);
	}
	start(signin, after_password);
}

/* ---- enrolling, and first passwords ---- */

static void on_password_written(struct staff_job *job, enum store_status status)
{
	struct signin *signin = job->user;
	if (status == STORE_OK) {
		escrow_follow_land(signin->server, &signin->key);
	}
	if (status != STORE_OK) {
		refuse_signin(signin, code_of(status));
	} else if (signin->to.reply != NULL) {
		/* A lost password may be a known one. Only now nobody can sign in with it. */
		staff_sign_out(signin->server,
			staff_account(signin->server->staff, signin->account), NULL);
		give_cookie(signin);
	} else {
		dispatch_answer_ok(signin->server, &signin->asker, 0, 0, 0);
		signin_free(signin);
	}
}

static void write_password(struct signin *signin)
{
	struct account *account = staff_account(signin->server->staff, signin->account);
	assert(account != NULL); /* accounts stay */
	if (staff_newest(account)->disabled) {
		refuse_signin(signin, WIRE_CODE_NO_SUCH);
		return;
	}
	struct staff_write *write = staff_update_create(account);
	memcpy(write->account.password, signin->hashed, sizeof(write->account.password));
	escrow_follow_add(&signin->key, write);
	staff_change(signin->server, write, NULL, on_password_written, signin);
}

static void on_link_used(struct staff_job *job, enum store_status status)
{
	struct signin *signin = job->user;
	if (status != STORE_OK) {
		refuse_signin(signin, code_of(status)); /* somebody was faster */
		return;
	}
	write_password(signin);
}

static void after_enrol_hash(struct signin *signin)
{
	if (!signin->right) {
		refuse_signin(signin, WIRE_CODE_UNAVAILABLE);
		return;
	}
	struct staff_write *write = staff_write_create(STAFF_LINK_USE);
	memcpy(write->link.hash, signin->link_hash, sizeof(write->link.hash));
	staff_change(signin->server, write, NULL, on_link_used, signin);
}

static const struct link_row *find_link(
	const struct server *server, const uint8_t hash[STAFF_HASH_BYTES])
{
	for (size_t i = 0; i < server->staff->links_count; i++) {
		const struct link_row *link = &server->staff->links[i];
		if (sodium_memcmp(link->hash, hash, STAFF_HASH_BYTES) == 0) {
			return link->expires_ms > clock_wall_ms() ? link : NULL;
		}
	}
	return NULL;
}

static bool equals(struct text text, const char *string)
{
	return text.size == strlen(string) && strncasecmp(text.bytes, string, text.size) == 0;
}

bool signin_is_weak(struct text password, const char *login, const char *alias)
{
	static const char *const common[] = {"1234567890", "password123", "password1234",
		"passwordpassword", "qwertyuiop", "qwertyuiop123", "iloveyou123", "0123456789"};
	bool weak = equals(password, login) || equals(password, alias);
	for (size_t i = 0; i < sizeof(common) / sizeof(common[0]); i++) {
		weak |= equals(password, common[i]);
	}
	size_t same = 1;
	while (same < password.size && password.bytes[same] == password.bytes[0]) {
		same++;
	}
	return weak || same == password.size;
}

void signin_enrol(
	struct server *server, const struct msg_sign_enrol *request, const struct signin_reply *to)
{
	uint8_t hash[STAFF_HASH_BYTES];
	staff_hash_secret(server, "enrolmnt", request->secret, hash);
	const struct link_row *link = find_link(server, hash);
	const struct account *account =
		link != NULL ? staff_account(server->staff, link->account) : NULL;
	if (account == NULL || account->row.disabled) {
		struct msg_error error = dispatch_error(WIRE_CODE_NO_SUCH);
		error.message = text_of("This link was used already, or is too old.");
		signin_refuse(to, 401, &error);
		return;
	}
	if (signin_is_weak(request->password, account->row.login, account->row.alias)) {
		struct msg_error error = dispatch_error(WIRE_CODE_WEAK_PASSWORD);
		signin_refuse(to, 400, &error);
		return;
	}
	struct signin *signin = signin_create(server, account->row.id, request->password);
	signin->to = *to;
	memcpy(signin->link_hash, hash, sizeof(hash));
	escrow_follow_plan(server, account, false, false, &signin->key);
	start(signin, after_enrol_hash);
}

static void after_first_hash(struct signin *signin)
{
	if (!signin->right) {
		refuse_signin(signin, WIRE_CODE_UNAVAILABLE);
		return;
	}
	write_password(signin);
}

enum outcome signin_set_password(
	struct server *server, int64_t account, struct text password, const struct asker *asker)
{
	struct signin *signin = signin_create(server, account, password);
	signin->asker = *asker;
	const struct account *to = staff_account(server->staff, account);
	assert(to != NULL); /* accounts stay */
	escrow_follow_plan(server, to, false, false, &signin->key);
	start(signin, after_first_hash);
	return OUTCOME_ANSWERED;
}

/* ---- changing ---- */

static void on_others_signed_out(struct staff_job *job, enum store_status status)
{
	if (status == STORE_OK || status == STORE_REFUSED) {
		dispatch_answer_ok(job->server, &job->asker, 0, 0, 0);
	} else {
		dispatch_answer_error(job->server, &job->asker, WIRE_CODE_UNAVAILABLE);
	}
}

static void on_change_written(struct staff_job *job, enum store_status status)
{
	struct signin *signin = job->user;
	if (status != STORE_OK) {
		refuse_signin(signin, code_of(status));
		return;
	}
	escrow_follow_land(signin->server, &signin->key);
	struct session *session = server_session(signin->server, signin->asker.session);
	struct account *account = staff_account(signin->server->staff, signin->account);
	const struct login *keep = session != NULL ? session->login : NULL;
	staff_sign_out(signin->server, account, keep);
	if (keep != NULL) {
		/* Behind the others' rows in the one queue: written means that they are gone. */
		struct staff_write *write = staff_write_create(STAFF_LOGIN_TOUCH);
		write->login = keep->row;
		staff_change(signin->server, write, &signin->asker, on_others_signed_out, NULL);
	}
	signin_free(signin);
}

static void after_change_hash(struct signin *signin)
{
	struct account *account = staff_account(signin->server->staff, signin->account);
	if (!is_still_right(signin, account)) {
		signin_note_failure(account);
		refuse_signin(signin, WIRE_CODE_WRONG_PASSWORD);
		return;
	}
	struct staff_write *write = staff_update_create(account);
	memcpy(write->account.password, signin->hashed, sizeof(write->account.password));
	escrow_follow_add(&signin->key, write);
	staff_change(signin->server, write, NULL, on_change_written, signin);
}

enum outcome signin_change(struct session *session, const struct msg_staff_password *request)
{
	const struct account *account = session->account;
	if (signin_is_weak(request->new, account->row.login, account->row.alias)) {
		return refuse(WIRE_CODE_WEAK_PASSWORD);
	}
	struct asker asker = dispatch_asker(session, request->has_ref, request->ref);
	int64_t now = clock_mono_ms();
	if (account->wait.until_ms > now) {
		dispatch_refuse_too_fast(session, &asker, account->wait.until_ms - now);
		return OUTCOME_ANSWERED;
	}
	struct signin *signin = signin_create(session->server, account->row.id, request->old);
	signin->asker = asker;
	copy_password(signin->next, request->new);
	memcpy(signin->stored, account->row.password, sizeof(signin->stored));
	escrow_follow_plan(session->server, account, true, true, &signin->key);
	start(signin, after_change_hash);
	return OUTCOME_ANSWERED;
}

/* ---- signing out ---- */

static void forget_cookie(const struct signin_reply *to)
{
	struct http_reply reply = {
		.status = 204,
		.set_cookie = "hark=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0",
	};
	to->reply(to->data, to->ticket, &reply);
}

static void on_left(struct staff_job *job, enum store_status status)
{
	struct signin_reply *to = job->user;
	if (status == STORE_OK || status == STORE_REFUSED) {
		forget_cookie(to);
	} else {
		struct msg_error error = dispatch_error(WIRE_CODE_UNAVAILABLE);
		signin_refuse(to, status_of(error.code), &error);
	}
	free(to);
}

void signin_sign_out(struct server *server, const char *cookie, const struct signin_reply *to)
{
	struct login *login = cookie != NULL ? staff_login_of_cookie(server, cookie) : NULL;
	if (login == NULL) {
		forget_cookie(to);
		return;
	}
	struct signin_reply *waiting = xmalloc(sizeof(*waiting));
	*waiting = *to;
	staff_sign_out_one(server, login, on_left, waiting);
}
