/* What the hark command asks for: settings, backup, status. */
#include "daemon/audit.h"
#include "daemon/clock.h"
#include "daemon/desk.h"
#include "daemon/dispatch.h"
#include "daemon/journal.h"
#include "daemon/server.h"
#include "daemon/session.h"
#include "daemon/settings.h"
#include "daemon/setup.h"
#include "daemon/version.h"
#include "daemon/xalloc.h"
#include "storage/table_setting.h"

#include <stdlib.h>

/* ---- settings ---- */

static const char no_such_setting[] = "There is no such setting. `hark setting get` lists them.";

enum outcome handle_setting_get(struct session *session, const struct msg_setting_get *request)
{
	const struct settings *settings = session->server->settings;
	struct asker asker = dispatch_asker(session, request->has_ref, request->ref);
	enum {
		KEYS = sizeof(settings->values) / sizeof(settings->values[0])
	};
	struct item_setting items[KEYS];
	enum setting_key only = SETTING_SCHOOL;
	if (request->has_key && !settings_find(request->key.bytes, request->key.size, &only)) {
		return setup_refuse(session, &asker, WIRE_CODE_NO_SUCH, no_such_setting);
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
		if (owner->key == SETTING_AUDIT_HEAD_TO) {
			audit_tell_again(owner->server);
		}
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
	struct asker asker = dispatch_asker(session, request->has_ref, request->ref);
	enum setting_key key;
	char problem[160];
	if (!settings_find(request->key.bytes, request->key.size, &key)) {
		return setup_refuse(session, &asker, WIRE_CODE_NO_SUCH, no_such_setting);
	}
	if (!settings_check(
		    key, request->value.bytes, request->value.size, problem, sizeof(problem))) {
		return setup_refuse(session, &asker, WIRE_CODE_BAD_SETTING, problem);
	}
	if (!setup_may_change(server)) {
		return refuse(WIRE_CODE_UNAVAILABLE);
	}
	struct setting_job *owner = xmalloc(sizeof(*owner));
	*owner = (struct setting_job){server, asker, key};
	struct setting_write *write = setting_write_create(
		settings_key_name(key), request->value.bytes, request->value.size);
	write->job.done = on_setting_written;
	write->owner = owner;
	setup_note(session, WIRE_AUDIT_SETTING, "%s was changed.", settings_key_name(key));
	store_write(server->store, &write->job);
	return OUTCOME_ANSWERED;
}

/* ---- the box ---- */

struct backup_job {
	struct store_job job;
	struct server *server;
	struct asker asker;
	char *path;
};

static void on_backed_up(struct store_job *job, enum store_status status)
{
	struct backup_job *backup = (struct backup_job *)job;
	struct session *session = server_session(backup->server, backup->asker.session);
	if (status == STORE_OK) {
		dispatch_answer_ok(backup->server, &backup->asker, 0, 0, 0);
	} else if (session != NULL) {
		setup_refuse(session, &backup->asker,
			status == STORE_REFUSED ? WIRE_CODE_EXISTS : WIRE_CODE_UNAVAILABLE,
			status == STORE_REFUSED ? "There is such a file already."
						: store_status_text(status));
	}
	free(backup->path);
	free(backup);
}

static void on_backup_noted(
	struct server *server, void *data, int64_t number, enum store_status status)
{
	struct backup_job *backup = data;
	(void)number;
	if (status != STORE_OK) {
		on_backed_up(&backup->job, status);
		return;
	}
	store_backup(server->store, backup->path, &backup->job);
}

enum outcome handle_backup(struct session *session, const struct msg_backup *request)
{
	struct asker asker = dispatch_asker(session, request->has_ref, request->ref);
	if (request->path.bytes[0] != '/') {
		return setup_refuse(session, &asker, WIRE_CODE_BAD_TEXT,
			"The path must be absolute: the daemon has a directory of its own.");
	}
	struct backup_job *backup = xcalloc(1, sizeof(*backup));
	backup->server = session->server;
	backup->asker = asker;
	backup->job.done = on_backed_up;
	backup->path = xmemdup(request->path.bytes, request->path.size);
	const struct audit_entry entry = {.what = WIRE_AUDIT_BACKUP, .detail = backup->path};
	audit_add(session->server, &entry, on_backup_noted, backup);
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
