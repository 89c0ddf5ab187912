/* Whole-file work on a vault: re-key, back up, check. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <sodium.h>

#include "storage/disk.h"
#include "storage/seal.h"
#include "storage/vault.h"
#include "storage/vault_handle.h"

/* ---- a draft beside the file it will become ---- */

struct draft {
	char *path;
	char *log; /* what a crash may have left beside it */
};

static void draft_free(struct draft *draft)
{
	free(draft->path);
	free(draft->log);
	*draft = (struct draft){0};
}

static void draft_discard(struct draft *draft)
{
	disk_remove(draft->path);
	disk_remove(draft->log);
	draft_free(draft);
}

/* An empty file `path`.new; on failure there is nothing to discard. */
static enum vault_status draft_make(const char *path, struct draft *out)
{
	struct draft draft = {
		.path = disk_path_with(path, ".new"),
		.log = disk_path_with(path, ".new-wal"),
	};
	int failed = draft.path == NULL || draft.log == NULL ? ENOMEM : 0;
	if (failed == 0) {
		failed = disk_remove(draft.path);
	}
	if (failed == 0) {
		failed = disk_remove(draft.log);
	}
	if (failed == 0) {
		failed = disk_make_empty(draft.path);
	}
	if (failed != 0) {
		draft_free(&draft);
		return vault_handle_status_of_errno(failed);
	}
	*out = draft;
	return VAULT_OK;
}

/* ---- check ---- */

/* A page that could not be read is a line of the answer too, with SQLite's result code in it. */
static enum vault_status status_of_line(const char *line, const char *vfs_name)
{
	static const char unread[] = "error code=";
	const char *code = strstr(line, unread);
	return code == NULL ? VAULT_INCONSISTENT
			    : vault_handle_status(atoi(code + sizeof(unread) - 1), vfs_name);
}

/* The first line of integrity_check; VAULT_INCONSISTENT unless it is "ok". */
static enum vault_status check_tables(
	sqlite3 *db, const char *vfs_name, char *complaint, size_t size)
{
	sqlite3_stmt *statement = NULL;
	int rc = sqlite3_prepare_v2(db, "PRAGMA integrity_check(1)", -1, &statement, NULL);
	if (rc == SQLITE_OK) {
		rc = sqlite3_step(statement);
	}
	enum vault_status status = vault_handle_status(rc, vfs_name);
	if (rc == SQLITE_ROW) {
		const char *line = (const char *)sqlite3_column_text(statement, 0);
		if (line == NULL) {
			status = VAULT_NO_MEMORY;
		} else if (strcmp(line, "ok") != 0) {
			status = status_of_line(line, vfs_name);
			sqlite3_snprintf((int)size, complaint, "%s", line);
		}
	}
	sqlite3_finalize(statement);
	return status;
}

/*
 * Every page, free ones too, which integrity_check passes over. Read through SQLite's own
 * file: a descriptor of ours would drop its lock (trap 23).
 */
enum vault_status vault_check_pages(
	sqlite3 *db, const char *vfs_name, uint32_t *page, uint32_t count)
{
	sqlite3_file *file;
	sqlite3_int64 size = 0;
	int rc = sqlite3_file_control(db, "main", SQLITE_FCNTL_FILE_POINTER, &file);
	if (rc == SQLITE_OK) {
		rc = file->pMethods->xFileSize(file, &size);
	}
	uint8_t *bytes = malloc(SEAL_PAGE);
	if (bytes == NULL) {
		return VAULT_NO_MEMORY;
	}
	sqlite3_int64 at = (sqlite3_int64)(*page - 1) * SEAL_PAGE;
	for (; rc == SQLITE_OK && at < size && count > 0; at += SEAL_PAGE, count--) {
		rc = file->pMethods->xRead(file, bytes, SEAL_PAGE, at);
		*page += rc == SQLITE_OK;
	}
	explicit_bzero(bytes, SEAL_PAGE);
	free(bytes);
	return rc == SQLITE_OK && at < size ? VAULT_MORE : vault_handle_status(rc, vfs_name);
}

enum vault_status vault_check(sqlite3 *db, const char *vfs_name, char *complaint, size_t size)
{
	if (size > 0) {
		complaint[0] = '\0';
	}
	vault_clear_reason(vfs_name);
	/* A page that a power cut tore during a checkpoint is whole in the log: move it first. */
	int rc = sqlite3_wal_checkpoint_v2(db, "main", SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	enum vault_status status = vault_handle_status(rc, vfs_name);
	if (status == VAULT_OK) {
		uint32_t page = 1;
		status = vault_check_pages(db, vfs_name, &page, UINT32_MAX);
	}
	if (status == VAULT_OK) {
		status = check_tables(db, vfs_name, complaint, size);
	}
	return status;
}

/* ---- re-key ---- */

static enum vault_status vacuum_into(
	const char *path, const char *old_vfs, const char *draft, const char *new_vfs)
{
	sqlite3 *db;
	enum vault_status status = vault_open(path, old_vfs, NULL, &db);
	if (status != VAULT_OK) {
		return status;
	}
	char *query = sqlite3_mprintf("vfs=%s", new_vfs);
	char *uri = query == NULL ? NULL : vault_handle_uri(draft, query);
	char *sql = uri == NULL ? NULL : sqlite3_mprintf("VACUUM INTO %Q", uri);
	int rc = sql == NULL ? SQLITE_NOMEM : sqlite3_exec(db, sql, NULL, NULL, NULL);
	status = vault_handle_status(rc, old_vfs);
	if (status == VAULT_IO) { /* or was it the other shim? */
		status = vault_handle_status(rc, new_vfs);
	}
	sqlite3_free(sql);
	sqlite3_free(uri);
	sqlite3_free(query);

	rc = sqlite3_close(db); /* empties the log and removes it */
	return status == VAULT_OK ? vault_handle_status(rc, old_vfs) : status;
}

/*
 * VACUUM INTO leaves the copy in the mode of a rollback journal, which the shim never gives
 * it; so by way of memory (trap 16).
 */
static enum vault_status finish_copy(const char *draft, const char *vfs_name)
{
	sqlite3 *db;
	enum vault_status status = vault_handle_open(draft, vfs_name, false, &db);
	if (status != VAULT_OK) {
		return status;
	}
	int rc = sqlite3_exec(db, "PRAGMA journal_mode = MEMORY", NULL, NULL, NULL);
	status = vault_handle_status(rc, vfs_name);
	if (status == VAULT_OK) {
		status = vault_handle_set_up(db, vfs_name, &(struct vault_options){0});
	}
	if (status == VAULT_OK) {
		status = vault_check(db, vfs_name, NULL, 0);
	}
	rc = sqlite3_close(db);
	return status == VAULT_OK ? vault_handle_status(rc, vfs_name) : status;
}

/* Root re-keys for the daemon's user, who must be able to open what a cut-off run leaves. */
static enum vault_status give_draft(const struct draft *draft, const char *path)
{
	return vault_handle_status_of_errno(disk_give_like(draft->path, path));
}

/* A log left beside `path` would be taken for the new file's. */
static enum vault_status check_no_log(const char *path)
{
	char *log = disk_path_with(path, "-wal");
	struct stat found;
	enum vault_status status = log == NULL              ? VAULT_NO_MEMORY
				   : stat(log, &found) == 0 ? VAULT_BUSY
							    : VAULT_OK;
	free(log);
	return status;
}

enum vault_status vault_key_fits(
	const char *path, const uint8_t master_key[static VAULT_MASTER_BYTES], bool *fits)
{
	uint8_t header[SEAL_FILE_HEADER];
	int failed = disk_read_start(path, header, sizeof(header));
	struct seal_keys *keys = failed == 0 ? sodium_malloc(sizeof(*keys)) : NULL;
	if (failed != 0 || keys == NULL) {
		return failed != 0 ? vault_handle_status_of_errno(failed) : VAULT_NO_MEMORY;
	}
	*fits = seal_derive_for(keys, master_key, header) == SEAL_HEADER_OK;
	sodium_free(keys);
	return VAULT_OK;
}

enum vault_status vault_rekey(const char *path, const char *old_vfs, const char *new_vfs)
{
	struct draft draft;
	enum vault_status status = draft_make(path, &draft);
	if (status != VAULT_OK) {
		return status;
	}
	vault_clear_reason(new_vfs);
	status = give_draft(&draft, path);
	if (status == VAULT_OK) {
		status = vacuum_into(path, old_vfs, draft.path, new_vfs);
	}
	if (status == VAULT_OK) {
		status = finish_copy(draft.path, new_vfs);
	}
	if (status == VAULT_OK) {
		status = check_no_log(path);
	}
	if (status == VAULT_OK) {
		status = vault_handle_status_of_errno(disk_put_in_place(draft.path, path, true));
	}
	if (status == VAULT_OK) {
		draft_free(&draft);
	} else {
		draft_discard(&draft);
	}
	return status;
}

/* ---- backup ---- */

struct vault_backup {
	sqlite3_backup *steps;
	sqlite3 *copy;
	struct draft draft;
	char *path;
	char *vfs_name; /* of the copy; NULL: plain */
	const char *source_vfs; /* the registered name, which outlives the handle */
	enum vault_status status; /* of the last step */
};

static void backup_free(struct vault_backup *backup)
{
	draft_free(&backup->draft);
	free(backup->path);
	free(backup->vfs_name);
	free(backup);
}

static const char *vfs_name_of(sqlite3 *db)
{
	sqlite3_vfs *vfs = NULL;
	sqlite3_file_control(db, "main", SQLITE_FCNTL_VFS_POINTER, &vfs);
	return vfs == NULL ? NULL : vfs->zName;
}

static enum vault_status backup_init(struct vault_backup *backup, sqlite3 *db)
{
	enum vault_status status =
		vault_handle_open(backup->draft.path, backup->vfs_name, false, &backup->copy);
	if (status != VAULT_OK) {
		return status;
	}
	backup->steps = sqlite3_backup_init(backup->copy, "main", db, "main");
	if (backup->steps == NULL) {
		return vault_handle_status(
			sqlite3_extended_errcode(backup->copy), backup->vfs_name);
	}
	return VAULT_OK;
}

enum vault_status vault_backup_start(
	sqlite3 *db, const char *path, const char *vfs_name, struct vault_backup **out)
{
	struct stat found;
	if (stat(path, &found) == 0) {
		return VAULT_EXISTS;
	}
	struct vault_backup *backup = calloc(1, sizeof(*backup));
	if (backup == NULL) {
		return VAULT_NO_MEMORY;
	}
	backup->status = VAULT_MORE;
	backup->source_vfs = vfs_name_of(db);
	backup->path = strdup(path);
	backup->vfs_name = vfs_name == NULL ? NULL : strdup(vfs_name);
	enum vault_status status = VAULT_NO_MEMORY;
	if (backup->path != NULL && (vfs_name == NULL || backup->vfs_name != NULL)) {
		vault_clear_reason(vfs_name);
		status = draft_make(path, &backup->draft);
	}
	if (status == VAULT_OK) {
		status = backup_init(backup, db);
		if (status != VAULT_OK) {
			sqlite3_close(backup->copy);
			draft_discard(&backup->draft);
		}
	}
	if (status != VAULT_OK) {
		backup_free(backup);
		return status;
	}
	*out = backup;
	return VAULT_OK;
}

enum vault_status vault_backup_step(struct vault_backup *backup, int pages)
{
	int rc = sqlite3_backup_step(backup->steps, pages);
	backup->status = rc == SQLITE_OK ? VAULT_MORE : vault_handle_status(rc, backup->vfs_name);
	if (backup->status == VAULT_IO) { /* or was it the shim that is read through? */
		backup->status = vault_handle_status(rc, backup->source_vfs);
	}
	return backup->status;
}

void vault_backup_progress(const struct vault_backup *backup, uint32_t *done, uint32_t *total)
{
	int pages = sqlite3_backup_pagecount(backup->steps);
	*total = (uint32_t)pages;
	*done = (uint32_t)(pages - sqlite3_backup_remaining(backup->steps));
}

enum vault_status vault_backup_finish(struct vault_backup *backup)
{
	if (backup == NULL) {
		return VAULT_OK;
	}
	enum vault_status status = backup->status == VAULT_OK ? VAULT_OK : VAULT_FAILED;
	int rc = sqlite3_backup_finish(backup->steps);
	int closed = sqlite3_close(backup->copy);
	if (status == VAULT_OK) {
		status = vault_handle_status(rc != SQLITE_OK ? rc : closed, backup->vfs_name);
	}
	if (status == VAULT_OK) {
		status = vault_handle_status_of_errno(
			disk_put_in_place(backup->draft.path, backup->path, false));
	}
	if (status != VAULT_OK) {
		draft_discard(&backup->draft);
	}
	backup_free(backup);
	return status;
}
