/* What the hark command asks for: accounts, shifts, settings, backup, status. */
#include "daemon/acts.h"
#include "daemon/clock.h"
#include "daemon/desk.h"
#include "daemon/dispatch.h"
#include "daemon/journal.h"
#include "daemon/server.h"
#include "daemon/session.h"
#include "daemon/settings.h"
#include "daemon/signin.h"
#include "daemon/staff.h"
#include "daemon/version.h"
#include "daemon/xalloc.h"
#include "storage/table_setting.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	PAGE = 100
}; /* accounts or shifts in one answer */

static struct asker asker_of(const struct session *session, bool has_ref, int64_t ref)
{
	return dispatch_asker(session, has_ref, ref);
}

/* A refusal with a sentence of its own. */
static enum outcome refuse_saying(struct session *session, const struct asker *asker,
	enum wire_code code, const char *sentence)
{
	struct msg_error error = dispatch_error(code);
	error.message = text_of(sentence);
	error.has_ref = asker->has_ref;
	error.ref = asker->ref;
	session_send(session, TYPE_ERROR, &error);
	return OUTCOME_ANSWERED;
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

enum outcome handle_account_add(struct session *session, const struct msg_account_add *request)
{
	struct server *server = session->server;
	struct asker asker = asker_of(session, request->has_ref, request->ref);
	if (!is_login(request->login)) {
		return refuse_saying(session, &asker, WIRE_CODE_BAD_TEXT,
			"A sign-in name has only a to z, 0 to 9, dot, dash and underscore.");
	}
	if (request->role == WIRE_ROLE_VISITOR || request->role == WIRE_ROLE_OPERATOR) {
		return refuse(WIRE_CODE_OUT_OF_RANGE);
	}
	if (staff_by_login(server->staff, request->login.bytes, request->login.size) != NULL) {
		return refuse_saying(session, &asker, WIRE_CODE_EXISTS,
			"There is an account with this sign-in name already.");
	}
	if (alias_is_taken(server->staff, request->alias)) {
		return refuse_saying(session, &asker, WIRE_CODE_EXISTS,
			"Somebody else is called that already; people must be told apart.");
	}
	if (request->has_password && is_weak(request)) {
		return refuse(WIRE_CODE_WEAK_PASSWORD);
	}
	if (!journal_writable(server)) {
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
	if (!journal_writable(server)) {
		return refuse(WIRE_CODE_UNAVAILABLE);
	}
	struct asker asker = asker_of(session, request->has_ref, request->ref);
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
	if (!journal_writable(server)) {
		return refuse(WIRE_CODE_UNAVAILABLE);
	}
	struct asker asker = asker_of(session, request->has_ref, request->ref);
	act_tell_reset(server, account->row.alias);
	staff_make_link(server, account, &asker, send_link);
	return OUTCOME_ANSWERED;
}

/* ---- shifts ---- */

enum outcome handle_shift_add(struct session *session, const struct msg_shift_add *request)
{
	struct server *server = session->server;
	struct asker asker = asker_of(session, request->has_ref, request->ref);
	const struct account *account =
		staff_by_login(server->staff, request->login.bytes, request->login.size);
	if (account == NULL) {
		return refuse_saying(
			session, &asker, WIRE_CODE_NO_SUCH, "There is no such account.");
	}
	if (account->row.role != WIRE_ROLE_SUPPORTER) {
		return refuse_saying(
			session, &asker, WIRE_CODE_NOT_ALLOWED, "Only supporters have shifts.");
	}
	if (request->until_min <= request->from_min) {
		return refuse_saying(session, &asker, WIRE_CODE_OUT_OF_RANGE,
			"A shift ends after it begins, and on the same day.");
	}
	if (!journal_writable(server)) {
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
	if (!journal_writable(server)) {
		return refuse(WIRE_CODE_UNAVAILABLE);
	}
	struct asker asker = asker_of(session, request->has_ref, request->ref);
	struct staff_write *write = staff_write_create(STAFF_SHIFT_DROP);
	write->shift.id = request->shift;
	staff_change(server, write, &asker, answer_changed, NULL);
	return OUTCOME_ANSWERED;
}

/* ---- settings ---- */

static const char no_such_setting[] = "There is no such setting. `hark setting get` lists them.";

enum outcome handle_setting_get(struct session *session, const struct msg_setting_get *request)
{
	const struct settings *settings = session->server->settings;
	struct asker asker = asker_of(session, request->has_ref, request->ref);
	enum {
		KEYS = sizeof(settings->values) / sizeof(settings->values[0])
	};
	struct item_setting items[KEYS];
	enum setting_key only = SETTING_SCHOOL;
	if (request->has_key && !settings_find(request->key.bytes, request->key.size, &only)) {
		return refuse_saying(session, &asker, WIRE_CODE_NO_SUCH, no_such_setting);
	}
	struct msg_setting_listed listed = {
		.has_ref = request->has_ref, .ref = request->ref, .settings = items};
	for (int key = 0; key < KEYS; key++) {
		if (!request->has_key || key == (int)only) {
			items[listed.settings_count++] = (struct item_setting){
				.key = text_of(settings_key_name((enum setting_key)key)),
				.value = settings_value(settings, (enum setting_key)key),
			};
		}
	}
	session_send(session, TYPE_SETTING_LISTED, &listed);
	return OUTCOME_ANSWERED;
}

struct setting_job {
	struct server *server;
	struct asker asker;
	enum setting_key key;
};

static void on_setting_written(struct store_job *job, enum store_status status)
{
	struct setting_write *write = (struct setting_write *)job;
	struct setting_job *owner = write->owner;
	if (status == STORE_OK) {
		settings_apply(
			owner->server->settings, owner->key, write->value, write->value_size);
		desk_school_changed(owner->server);
		dispatch_answer_ok(owner->server, &owner->asker, 0, 0, 0);
	} else {
		journal_note_failure(owner->server, status);
		dispatch_answer_error(owner->server, &owner->asker, WIRE_CODE_UNAVAILABLE);
	}
	free(owner);
	free(write);
}

enum outcome handle_setting_set(struct session *session, const struct msg_setting_set *request)
{
	struct server *server = session->server;
	struct asker asker = asker_of(session, request->has_ref, request->ref);
	enum setting_key key;
	char problem[160];
	if (!settings_find(request->key.bytes, request->key.size, &key)) {
		return refuse_saying(session, &asker, WIRE_CODE_NO_SUCH, no_such_setting);
	}
	if (!settings_check(
		    key, request->value.bytes, request->value.size, problem, sizeof(problem))) {
		return refuse_saying(session, &asker, WIRE_CODE_BAD_SETTING, problem);
	}
	if (!journal_writable(server)) {
		return refuse(WIRE_CODE_UNAVAILABLE);
	}
	struct setting_job *owner = xmalloc(sizeof(*owner));
	*owner = (struct setting_job){server, asker, key};
	struct setting_write *write = setting_write_create(
		settings_key_name(key), request->value.bytes, request->value.size);
	write->job.done = on_setting_written;
	write->owner = owner;
	store_write(server->store, &write->job);
	return OUTCOME_ANSWERED;
}

/* ---- the box ---- */

struct backup_job {
	struct store_job job;
	struct server *server;
	struct asker asker;
};

static void on_backed_up(struct store_job *job, enum store_status status)
{
	struct backup_job *backup = (struct backup_job *)job;
	struct session *session = server_session(backup->server, backup->asker.session);
	if (status == STORE_OK) {
		dispatch_answer_ok(backup->server, &backup->asker, 0, 0, 0);
	} else if (session != NULL) {
		refuse_saying(session, &backup->asker,
			status == STORE_REFUSED ? WIRE_CODE_EXISTS : WIRE_CODE_UNAVAILABLE,
			status == STORE_REFUSED ? "There is such a file already."
						: store_status_text(status));
	}
	free(backup);
}

enum outcome handle_backup(struct session *session, const struct msg_backup *request)
{
	struct asker asker = asker_of(session, request->has_ref, request->ref);
	if (request->path.bytes[0] != '/') {
		return refuse_saying(session, &asker, WIRE_CODE_BAD_TEXT,
			"The path must be absolute: the daemon has a directory of its own.");
	}
	struct backup_job *backup = xcalloc(1, sizeof(*backup));
	backup->server = session->server;
	backup->asker = asker;
	backup->job.done = on_backed_up;
	char *path = xmemdup(request->path.bytes, request->path.size);
	store_backup(session->server->store, path, &backup->job);
	free(path);
	return OUTCOME_ANSWERED;
}

enum outcome handle_status(struct session *session, const struct msg_status *request)
{
	const struct server *server = session->server;
	struct msg_status_told told = {
		.has_ref = request->has_ref,
		.ref = request->ref,
		.version = text_of(HARK_VERSION),
		.up_s = (clock_mono_ms() - server->started_mono) / 1000,
		.connections = server->session_count,
		.rooms = (int64_t)server->rooms.open,
		.seq = server->journal.durable_seq,
		.writable = journal_writable(server),
		.loop_block_max_ms = server->loop_block_max_ms,
	};
	session_send(session, TYPE_STATUS_TOLD, &told);
	return OUTCOME_ANSWERED;
}
