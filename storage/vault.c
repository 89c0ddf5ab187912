/* Opening and making a vault, its lock, and what the statuses say. The shim is in vfs.c. */
#include "storage/vault.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "storage/disk.h"
#include "storage/seal.h"
#include "storage/vault_handle.h"
#include "storage/vfs.h"

const char *vault_status_text(enum vault_status status)
{
	switch (status) {
	case VAULT_OK:
		return "All is well.";
	case VAULT_MORE:
		return "There is more to copy.";
	case VAULT_REFUSED:
		return "The file was refused.";
	case VAULT_MISSING:
		return "There is no such file.";
	case VAULT_EXISTS:
		return "There is such a file already; it was left alone.";
	case VAULT_BUSY:
		return "The file is in use by another process.";
	case VAULT_READ_ONLY:
		return "This user may not read and write the file, or its disk is read-only.";
	case VAULT_FULL:
		return "The disk is full.";
	case VAULT_IO:
		return "The disk failed to read, write or sync.";
	case VAULT_NO_MEMORY:
		return "There is not enough memory.";
	case VAULT_INCONSISTENT:
		return "The file's seals are whole, but its tables contradict each other.";
	case VAULT_FAILED:
		break;
	}
	return "SQLite reports an error.";
}

const char *vault_reason_text(enum vault_reason reason)
{
	switch (reason) {
	case VAULT_REASON_NONE:
		break;
	case VAULT_REASON_WRONG_KEY:
		return "This is a Hark file, but the key is the wrong one for it.";
	case VAULT_REASON_NOT_HARK:
		return "This is not a Hark file, or it is empty.";
	case VAULT_REASON_NEWER_FORMAT:
		return "This Hark file was made by a newer version of Hark.";
	case VAULT_REASON_DAMAGED_PAGE:
		return "A page of the file is damaged or was changed.";
	case VAULT_REASON_DAMAGED_LOG:
		return "The log beside the file (-wal) is damaged or was changed.";
	case VAULT_REASON_REFUSED_TEMP:
		return "SQLite asked for a temporary file, which would not be sealed.";
	case VAULT_REASON_REFUSED_JOURNAL:
		return "SQLite asked for a rollback journal, which would not be sealed.";
	case VAULT_REASON_REFUSED_WRITE:
		return "SQLite wrote a page of a shape the file's format does not have.";
	}
	return "Nothing is wrong with the file.";
}

/* Whether the shim gave SQLite that code for that reason; an older reason may still stand. */
static bool explains(enum vault_reason reason, int rc)
{
	switch (reason) {
	case VAULT_REASON_NONE:
		break;
	case VAULT_REASON_WRONG_KEY:
	case VAULT_REASON_NOT_HARK:
	case VAULT_REASON_NEWER_FORMAT:
		return rc == SQLITE_NOTADB;
	case VAULT_REASON_DAMAGED_PAGE:
	case VAULT_REASON_DAMAGED_LOG:
		return rc == SQLITE_IOERR_DATA;
	case VAULT_REASON_REFUSED_TEMP:
	case VAULT_REASON_REFUSED_JOURNAL:
		return rc == SQLITE_CANTOPEN;
	case VAULT_REASON_REFUSED_WRITE:
		return rc == SQLITE_IOERR_WRITE;
	}
	return false;
}

enum vault_status vault_handle_status(int rc, const char *vfs_name)
{
	switch (rc & 0xff) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		return VAULT_OK;
	case SQLITE_NOTADB:
	case SQLITE_IOERR:
	case SQLITE_CANTOPEN:
		if (rc == SQLITE_IOERR_NOMEM) {
			return VAULT_NO_MEMORY;
		}
		return explains(vault_last_reason(vfs_name, NULL), rc) ? VAULT_REFUSED : VAULT_IO;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return VAULT_BUSY;
	case SQLITE_READONLY:
	case SQLITE_PERM:
		return VAULT_READ_ONLY;
	case SQLITE_FULL:
		return VAULT_FULL;
	case SQLITE_NOMEM:
		return VAULT_NO_MEMORY;
	case SQLITE_CORRUPT:
		return VAULT_INCONSISTENT;
	default:
		return VAULT_FAILED;
	}
}

enum vault_status vault_handle_status_of_errno(int failed)
{
	switch (failed) {
	case 0:
		return VAULT_OK;
	case ENOENT:
	case ENOTDIR:
		return VAULT_MISSING;
	case EEXIST:
		return VAULT_EXISTS;
	case EAGAIN:
		return VAULT_BUSY;
	case EACCES:
	case EPERM:
	case EROFS:
		return VAULT_READ_ONLY;
	case ENOSPC:
	case EDQUOT:
		return VAULT_FULL;
	case ENOMEM:
		return VAULT_NO_MEMORY;
	default:
		return VAULT_IO;
	}
}

char *vault_handle_uri(const char *path, const char *query)
{
	sqlite3_str *uri = sqlite3_str_new(NULL);
	sqlite3_str_appendall(uri, "file:");
	for (const char *p = path; *p != '\0'; p++) {
		if (strchr("%?#", *p) != NULL) {
			sqlite3_str_appendf(uri, "%%%02x", *p);
		} else {
			sqlite3_str_appendchar(uri, 1, *p);
		}
	}
	if (query != NULL) {
		sqlite3_str_appendf(uri, "?%s", query);
	}
	return sqlite3_str_finish(uri);
}

enum vault_status vault_handle_size(sqlite3 *db, int64_t *bytes)
{
	sqlite3_file *file;
	sqlite3_int64 size;
	int rc = sqlite3_file_control(db, "main", SQLITE_FCNTL_FILE_POINTER, &file);
	if (rc == SQLITE_OK) {
		rc = file->pMethods->xFileSize(file, &size);
	}
	if (rc != SQLITE_OK) {
		return vault_handle_status(rc, NULL);
	}
	*bytes = size;
	return VAULT_OK;
}

enum vault_status vault_handle_open(
	const char *path, const char *vfs_name, bool relaxed, sqlite3 **out)
{
	/* stat() opens nothing, so it drops no lock (trap 23). */
	struct stat found;
	if (stat(path, &found) != 0) {
		return vault_handle_status_of_errno(errno);
	}
	if (!S_ISREG(found.st_mode)) {
		vault_note_reason(vfs_name, VAULT_REASON_NOT_HARK);
		return VAULT_REFUSED;
	}
	char *uri = vault_handle_uri(path, relaxed ? "hark_wal_relaxed=1" : NULL);
	if (uri == NULL) {
		return VAULT_NO_MEMORY;
	}
	sqlite3 *db = NULL;
	int rc = sqlite3_open_v2(uri, &db,
		SQLITE_OPEN_READWRITE | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX |
			SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_EXRESCODE,
		vfs_name == NULL ? "unix-excl" : vfs_name);
	sqlite3_free(uri);
	if (rc == SQLITE_OK) {
		int reserved = SEAL_RESERVED;
		rc = sqlite3_file_control(db, "main", SQLITE_FCNTL_RESERVE_BYTES, &reserved);
	}
	enum vault_status status = vault_handle_status(rc, vfs_name);
	if (status == VAULT_IO && db != NULL && rc == SQLITE_CANTOPEN) {
		status = vault_handle_status_of_errno(sqlite3_system_errno(db));
	}
	if (status == VAULT_OK && sqlite3_db_readonly(db, "main") == 1) {
		status = VAULT_READ_ONLY;
	}
	if (status != VAULT_OK) {
		sqlite3_close(db);
		return status;
	}
	*out = db;
	return VAULT_OK;
}

/* journal_mode answers with the mode it arrived at, whatever was asked. */
static int set_wal(sqlite3 *db)
{
	sqlite3_stmt *statement = NULL;
	int rc = sqlite3_prepare_v2(db, "PRAGMA journal_mode = WAL", -1, &statement, NULL);
	if (rc == SQLITE_OK) {
		rc = sqlite3_step(statement);
	}
	const char *mode =
		rc == SQLITE_ROW ? (const char *)sqlite3_column_text(statement, 0) : NULL;
	bool is_wal = mode != NULL && strcmp(mode, "wal") == 0;
	int finalized = sqlite3_finalize(statement);
	if (rc != SQLITE_ROW) {
		return rc;
	}
	return is_wal ? finalized : SQLITE_ERROR;
}

enum vault_status vault_handle_set_up(
	sqlite3 *db, const char *vfs_name, const struct vault_options *options)
{
	static const char pragmas[] = "PRAGMA temp_store = MEMORY;"
				      "PRAGMA mmap_size = 0;"
				      "PRAGMA cache_spill = OFF;"
				      "PRAGMA secure_delete = ON;"
				      "PRAGMA trusted_schema = OFF;"
				      "PRAGMA foreign_keys = ON;"
				      "PRAGMA cell_size_check = ON;"
				      "PRAGMA wal_autocheckpoint = 0;"
				      "PRAGMA synchronous = FULL;"
				      "PRAGMA page_size = 4096;";
	int64_t cache = options->cache_bytes > 0 ? options->cache_bytes : VAULT_CACHE_READER;
	char cache_size[64];
	snprintf(cache_size, sizeof(cache_size), "PRAGMA cache_size = -%lld",
		(long long)cache >> 10);

	int rc = sqlite3_busy_timeout(db, options->busy_ms);
	if (rc == SQLITE_OK) {
		rc = sqlite3_exec(db, pragmas, NULL, NULL, NULL);
	}
	if (rc == SQLITE_OK) {
		rc = sqlite3_exec(db, cache_size, NULL, NULL, NULL);
	}
	if (rc == SQLITE_OK) {
		rc = set_wal(db);
	}
	if (rc == SQLITE_OK) { /* opens page 1, and the log if there is one */
		rc = sqlite3_exec(db, "SELECT 1 FROM sqlite_schema LIMIT 1", NULL, NULL, NULL);
	}
	/* Frames behind the damage would pass for the rest of a log that goes on from there. */
	if (rc == SQLITE_OK && options->relaxed) {
		rc = sqlite3_wal_checkpoint_v2(db, "main", SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	}
	if (rc == SQLITE_OK && options->read_only) {
		rc = sqlite3_exec(db, "PRAGMA query_only = ON", NULL, NULL, NULL);
	}
	return vault_handle_status(rc, vfs_name);
}

bool vault_widen_log(sqlite3 *db, int64_t bytes)
{
	sqlite3_file *log = NULL;
	sqlite3_int64 to = bytes;
	int rc = sqlite3_file_control(db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log);
	return rc == SQLITE_OK && log != NULL && log->pMethods != NULL &&
	       log->pMethods->xFileControl(log, VFS_LOG_WIDEN, &to) == SQLITE_OK;
}

enum vault_status vault_open(
	const char *path, const char *vfs_name, const struct vault_options *options, sqlite3 **out)
{
	static const struct vault_options defaults = {0};
	if (options == NULL) {
		options = &defaults;
	}
	vault_clear_reason(vfs_name);
	sqlite3 *db;
	enum vault_status status = vault_handle_open(path, vfs_name, options->relaxed, &db);
	if (status != VAULT_OK) {
		return status;
	}
	/* SQLite would make an empty file into a new vault, and throw its log away for that. */
	int64_t size = 0;
	status = vault_handle_size(db, &size);
	if (status == VAULT_OK && size == 0) {
		vault_note_reason(vfs_name, VAULT_REASON_NOT_HARK);
		status = VAULT_REFUSED;
	}
	if (status == VAULT_OK) {
		status = vault_handle_set_up(db, vfs_name, options);
	}
	if (status != VAULT_OK) {
		sqlite3_close(db);
		return status;
	}
	*out = db;
	return VAULT_OK;
}

/* Fills the empty file at `path` with page 1. */
static enum vault_status make_first_page(const char *path, const char *vfs_name)
{
	sqlite3 *db;
	enum vault_status status = vault_handle_open(path, vfs_name, false, &db);
	if (status != VAULT_OK) {
		return status;
	}
	status = vault_handle_set_up(db, vfs_name, &(struct vault_options){0});
	int64_t size = 0;
	if (status == VAULT_OK) {
		status = vault_handle_size(db, &size);
	}
	int rc = sqlite3_close(db);
	if (status == VAULT_OK) {
		status = vault_handle_status(rc, vfs_name);
	}
	return status == VAULT_OK && size != SEAL_PAGE ? VAULT_FAILED : status;
}

enum vault_status vault_create(const char *path, const char *vfs_name)
{
	struct stat found;
	if (stat(path, &found) == 0) {
		return VAULT_EXISTS;
	}
	char *draft = disk_path_with(path, ".new");
	if (draft == NULL) {
		return VAULT_NO_MEMORY;
	}
	vault_clear_reason(vfs_name);
	int failed = disk_remove(draft);
	if (failed == 0) {
		failed = disk_make_empty(draft);
	}
	enum vault_status status = vault_handle_status_of_errno(failed);
	if (status == VAULT_OK) {
		status = make_first_page(draft, vfs_name);
	}
	if (status == VAULT_OK) {
		status = vault_handle_status_of_errno(disk_put_in_place(draft, path, false));
	}
	if (status != VAULT_OK) {
		disk_remove(draft);
	}
	free(draft);
	return status;
}

/*
 * An open-file-description lock: unlike the POSIX locks on the vault itself it is not lost
 * when some other descriptor of this process is closed, so a second daemon or command is
 * kept out even if somebody breaks the rule of trap 23.
 */
enum vault_status vault_lock(const char *path, int *out)
{
	char *name = disk_path_beside(path, "hark.lock");
	if (name == NULL) {
		return VAULT_NO_MEMORY;
	}
	int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	free(name);
	if (fd < 0) {
		return vault_handle_status_of_errno(errno);
	}
	struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	if (fcntl(fd, F_OFD_SETLK, &whole) != 0) {
		int failed = errno == EACCES ? EAGAIN : errno;
		close(fd);
		return vault_handle_status_of_errno(failed);
	}
	*out = fd;
	return VAULT_OK;
}

void vault_unlock(int fd)
{
	close(fd);
}
