/* What the hark command and managers ask for: accounts and shifts. */
#include "daemon/setup.h"

#include "daemon/acts.h"
#include "daemon/audit.h"
#include "daemon/clock.h"
#include "daemon/dispatch.h"
#include "daemon/journal.h"
#include "daemon/server.h"
#include "daemon/session.h"
#include "daemon/signin.h"
#include "daemon/staff.h"
#include "daemon/xalloc.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	PAGE = 100, /* accounts or shifts in one answer */
	NOTE_BYTES = 400, /* of what the audit says about a change */
};

enum outcome setup_refuse(struct session *session, const struct asker *asker, enum wire_code code,
	const char *sentence)
{
	struct msg_error error = dispatch_error(code);
	error.message = text_of(sentence);
	error.has_ref = asker->has_ref;
	error.ref = asker->ref;
	session_send(session, TYPE_ERROR, &error);
	return OUTCOME_ANSWERED;
}

void setup_note(struct session *session, enum wire_audit_what what, const char *format, ...)
{
	char detail[NOTE_BYTES];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(detail, sizeof(detail), format, arguments);
	va_end(arguments);
	const struct audit_entry entry = {
		.what = what,
		.account = session->account != NULL ? session->account->row.id : 0,
		.detail = detail,
	};
	audit_add(session->server, &entry, NULL, NULL);
}

bool setup_may_change(const struct server *server)
{
	return journal_writable(server) && audit_writable(server);
}

/* For changes that have nothing to say but that they are made. */
static void answer_changed(struct staff_job *job, enum store_status status)
{
	if (status == STORE_OK) {
		dispatch_answer_ok(job->server, &job->asker, 0, 0, 0);
	} else {
		dispatch_answer_error(job->server, &job->asker,
			status == STORE_REFUSED ? WIRE_CODE_EXISTS : WIRE_CODE_UNAVAILABLE);
	}
}

/* ---- accounts ---- */

static void send_link(struct server *server, struct staff_link *link, struct account *account,
	enum store_status status)
{
	struct session *session = server_session(server, link->asker.session);
	if (status != STORE_OK) {
		dispatch_answer_error(server, &link->asker, WIRE_CODE_UNAVAILABLE);
		return;
	}
	if (session == NULL) {
		return;
	}
	struct msg_account_link message = {
		.has_ref = link->asker.has_ref,
		.ref = link->asker.ref,
		.login = text_of(account->row.login),
		.expires_ms = link->expires_ms,
	};
	memcpy(message.secret, link->secret, sizeof(message.secret));
	session_send(session, TYPE_ACCOUNT_LINK, &message);
}

static bool is_login(struct text login)
{
	for (size_t i = 0; i < login.size; i++) {
		if (strchr("abcdefghijklmnopqrstuvwxyz0123456789.-_", login.bytes[i]) == NULL ||
			login.bytes[i] == '\0') {
			return false;
		}
	}
	return login.size > 0;
}

static bool alias_is_taken(const struct staff *staff, struct text alias)
{
	for (const struct account *a = staff->accounts; a != NULL; a = a->next) {
		if (strlen(a->row.alias) == alias.size &&
			memcmp(a->row.alias, alias.bytes, alias.size) == 0) {
			return true;
		}
	}
	return false;
}

/* After the account itself: its link, or its first password. */
struct adding {
	int64_t account;
	char *password; /* NULL: a link */
};

static void on_account_added(struct staff_job *job, enum store_status status)
{
	struct adding *adding = job->user;
	struct account *account = staff_account(job->server->staff, adding->account);
	if (status != STORE_OK || account == NULL) {
		answer_changed(job, status);
	} else if (adding->password != NULL) {
		enum outcome outcome = signin_set_password(
			job->server, adding->account, text_of(adding->password), &job->asker);
		(void)outcome; /* answers by itself */
	} else {
		staff_make_link(job->server, account, &job->asker, send_link);
	}
	if (adding->password != NULL) {
		explicit_bzero(adding->password, strlen(adding->password));
	}
	free(adding->password);
	free(adding);
}

static void copy(char *to, size_t capacity, struct text text)
{
	snprintf(to, capacity, "%.*s", (int)text.size, text.bytes);
}

static void choose_picture(struct account_row *row)
{
	static const char *const pictures[] = {
		"moss", "field", "harbor", "river", "window", "gate", "bell", "lantern"};
	if (row->role == WIRE_ROLE_SUPPORTER) {
		snprintf(row->picture, sizeof(row->picture), "%s-%c", pictures[row->id % 8],
			row->id / 8 % 2 == 0 ? 'a' : 'b');
	}
}

static bool is_weak(const struct msg_account_add *request)
{
	struct account_row row;
	copy(row.login, sizeof(row.login), request->login);
	copy(row.alias, sizeof(row.alias), request->alias);
	return signin_is_weak(request->password, row.login, row.alias);
}

static const char *role_name(enum wire_role role)
{
	switch (role) {
	case WIRE_ROLE_SUPPORTER:
		return "supporter";
	case WIRE_ROLE_COUNSELOR:
		return "counselor";
	default:
		return "manager";
	}
}

enum outcome handle_account_add(struct session *session, const struct msg_account_add *request)
{
	struct server *server = session->server;
	struct asker asker = dispatch_asker(session, request->has_ref, request->ref);
	if (!is_login(request->login)) {
		return setup_refuse(session, &asker, WIRE_CODE_BAD_TEXT,
			"A sign-in name has only a to z, 0 to 9, dot, dash and underscore.");
	}
	if (request->role == WIRE_ROLE_VISITOR || request->role == WIRE_ROLE_OPERATOR) {
		return refuse(WIRE_CODE_OUT_OF_RANGE);
	}
	if (staff_by_login(server->staff, request->login.bytes, request->login.size) != NULL) {
		return setup_refuse(session, &asker, WIRE_CODE_EXISTS,
			"There is an account with this sign-in name already.");
	}
	if (alias_is_taken(server->staff, request->alias)) {
		return setup_refuse(session, &asker, WIRE_CODE_EXISTS,
			"Somebody else is called that already; people must be told apart.");
	}
	if (request->has_password && is_weak(request)) {
		return refuse(WIRE_CODE_WEAK_PASSWORD);
	}
	if (!setup_may_change(server)) {
		return refuse(WIRE_CODE_UNAVAILABLE);
	}
	struct staff_write *write = staff_write_create(STAFF_ACCOUNT_ADD);
	struct account_row *row = &write->account;
	row->id = ++server->staff->account_ids;
	row->role = (int)request->role;
	row->created_ms = clock_wall_ms();
	copy(row->login, sizeof(row->login), request->login);
	copy(row->alias, sizeof(row->alias), request->alias);
	choose_picture(row);
	struct adding *adding = xcalloc(1, sizeof(*adding));
	adding->account = row->id;
	if (request->has_password) {
		adding->password = xmemdup(request->password.bytes, request->password.size);
	}
	setup_note(session, WIRE_AUDIT_ACCOUNT, "%s was added: %s, %s.", row->login, row->alias,
		role_name(request->role));
	staff_change(server, write, &asker, on_account_added, adding);
	return OUTCOME_ANSWERED;
}

enum outcome handle_account_list(struct session *session, const struct msg_account_list *request)
{
	struct item_account items[PAGE];
	struct msg_account_listed listed = {
		.has_ref = request->has_ref, .ref = request->ref, .accounts = items};
	const struct account *account = session->server->staff->accounts;
	for (; account != NULL; account = account->next) {
		if (request->has_after && account->row.id <= request->after) {
			continue;
		}
		if (listed.accounts_count == PAGE) {
			listed.more = true;
			break;
		}
		items[listed.accounts_count++] = (struct item_account){
			.account = account->row.id,
			.login = text_of(account->row.login),
			.alias = text_of(account->row.alias),
			.role = (enum wire_role)account->row.role,
			.enrolled = account->row.password[0] != '\0',
			.disabled = account->row.disabled,
		};
	}
	session_send(session, TYPE_ACCOUNT_LISTED, &listed);
	return OUTCOME_ANSWERED;
}

enum outcome handle_account_disable(
	struct session *session, const struct msg_account_disable *request)
{
	struct server *server = session->server;
	struct account *account =
		staff_by_login(server->staff, request->login.bytes, request->login.size);
	if (account == NULL) {
		return refuse(WIRE_CODE_NO_SUCH);
	}
	if (!setup_may_change(server)) {
		return refuse(WIRE_CODE_UNAVAILABLE);
	}
	struct asker asker = dispatch_asker(session, request->has_ref, request->ref);
	setup_note(session, WIRE_AUDIT_ACCOUNT, "%s was %s.", account->row.login,
		request->disabled ? "closed" : "opened again");
	if (request->disabled) {
		staff_sign_out(server, account, NULL);
	}
	struct staff_write *write = staff_update_create(account);
	write->account.disabled = request->disabled;
	staff_change(server, write, &asker, answer_changed, NULL);
	return OUTCOME_ANSWERED;
}

enum outcome handle_account_reset(struct session *session, const struct msg_account_reset *request)
{
	struct server *server = session->server;
	struct account *account =
		staff_by_login(server->staff, request->login.bytes, request->login.size);
	if (account == NULL) {
		return refuse(WIRE_CODE_NO_SUCH);
	}
	if (!setup_may_change(server)) {
		return refuse(WIRE_CODE_UNAVAILABLE);
	}
	struct asker asker = dispatch_asker(session, request->has_ref, request->ref);
	setup_note(session, WIRE_AUDIT_ACCOUNT, "%s got a new link to set a password.",
		account->row.login);
	act_tell_reset(server, account->row.alias);
	staff_make_link(server, account, &asker, send_link);
	return OUTCOME_ANSWERED;
}

/* ---- shifts ---- */

static const char *day_name(int weekday)
{
	static const char *const names[] = {
		"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
	return names[weekday];
}

enum outcome handle_shift_add(struct session *session, const struct msg_shift_add *request)
{
	struct server *server = session->server;
	struct asker asker = dispatch_asker(session, request->has_ref, request->ref);
	const struct account *account =
		staff_by_login(server->staff, request->login.bytes, request->login.size);
	if (account == NULL) {
		return setup_refuse(
			session, &asker, WIRE_CODE_NO_SUCH, "There is no such account.");
	}
	if (account->row.role != WIRE_ROLE_SUPPORTER) {
		return setup_refuse(
			session, &asker, WIRE_CODE_NOT_ALLOWED, "Only supporters have shifts.");
	}
	if (request->until_min <= request->from_min) {
		return setup_refuse(session, &asker, WIRE_CODE_OUT_OF_RANGE,
			"A shift ends after it begins, and on the same day.");
	}
	if (!setup_may_change(server)) {
		return refuse(WIRE_CODE_UNAVAILABLE);
	}
	struct staff_write *write = staff_write_create(STAFF_SHIFT_ADD);
	write->shift = (struct shift_row){
		.id = ++server->staff->shift_ids,
		.account = account->row.id,
		.weekday = (int)request->weekday,
		.from_min = (int)request->from_min,
		.until_min = (int)request->until_min,
	};
	setup_note(session, WIRE_AUDIT_SHIFT,
		"A shift of %s was added: %s, %02d:%02d to %02d:%02d.", account->row.login,
		day_name(write->shift.weekday), write->shift.from_min / 60,
		write->shift.from_min % 60, write->shift.until_min / 60,
		write->shift.until_min % 60);
	staff_change(server, write, &asker, answer_changed, NULL);
	return OUTCOME_ANSWERED;
}

enum outcome handle_shift_list(struct session *session, const struct msg_shift_list *request)
{
	const struct staff *staff = session->server->staff;
	struct item_shift items[PAGE];
	struct msg_shift_listed listed = {
		.has_ref = request->has_ref, .ref = request->ref, .shifts = items};
	for (size_t i = 0; i < staff->shifts_count; i++) {
		const struct roster_shift *shift = &staff->shifts[i];
		const struct account *account = staff_account(staff, shift->account);
		if (account == NULL || (request->has_after && shift->id <= request->after)) {
			continue;
		}
		if (listed.shifts_count == PAGE) {
			listed.more = true;
			break;
		}
		items[listed.shifts_count++] = (struct item_shift){
			.shift = shift->id,
			.login = text_of(account->row.login),
			.weekday = shift->weekday,
			.from_min = shift->from_min,
			.until_min = shift->until_min,
		};
	}
	session_send(session, TYPE_SHIFT_LISTED, &listed);
	return OUTCOME_ANSWERED;
}

enum outcome handle_shift_remove(struct session *session, const struct msg_shift_remove *request)
{
	struct server *server = session->server;
	const struct staff *staff = server->staff;
	size_t at = 0;
	while (at < staff->shifts_count && staff->shifts[at].id != request->shift) {
		at++;
	}
	if (at == staff->shifts_count) {
		return refuse(WIRE_CODE_NO_SUCH);
	}
	if (!setup_may_change(server)) {
		return refuse(WIRE_CODE_UNAVAILABLE);
	}
	struct asker asker = dispatch_asker(session, request->has_ref, request->ref);
	struct staff_write *write = staff_write_create(STAFF_SHIFT_DROP);
	write->shift.id = request->shift;
	const struct account *whose = staff_account(staff, staff->shifts[at].account);
	setup_note(session, WIRE_AUDIT_SHIFT,
		"A shift of %s was removed: %s, %02d:%02d to %02d:%02d.",
		whose != NULL ? whose->row.login : "nobody", day_name(staff->shifts[at].weekday),
		staff->shifts[at].from_min / 60, staff->shifts[at].from_min % 60,
		staff->shifts[at].until_min / 60, staff->shifts[at].until_min % 60);
	staff_change(server, write, &asker, answer_changed, NULL);
	return OUTCOME_ANSWERED;
}
