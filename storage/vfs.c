/*
 * The shim itself: a VFS that seals each page on its way to the disk. Registration and
 * opening are here, the database file in vfs_main.c, its log in vfs_log.c, the cipher in
 * seal.c.
 *
 * Purpose: a stolen disk gives nothing readable, a changed one is noticed. SQLite above is
 * unpatched, so the shim must answer exactly as it expects; the places where that is not
 * obvious are marked "trap" with the number that the tests name too.
 *
 * Threat: somebody reads or alters the file, its log, or a copy, without the key. Limits:
 * file size, which pages change and when are visible; an old version of a page or of the
 * whole file can be put back unseen; so can the log's last commit or two be cut off.
 *
 * Only the database and its log ever exist on disk. A temporary file or a rollback journal
 * would be in clear: they are refused (trap 14), except for a journal of an empty file,
 * which keeps nothing because there is nothing to roll back to.
 */
#include "storage/vfs.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "storage/vault_handle.h"

void vfs_trouble(struct vfs *vfs, enum vault_reason reason, uint32_t number)
{
	atomic_store(&vfs->trouble, (uint64_t)reason << 32 | number);
}

/* ---- what database and log share ---- */

int vfs_close_real(sqlite3_file *file)
{
	struct vfs_file *f = (struct vfs_file *)file;
	return f->real->pMethods->xClose(f->real);
}

int vfs_lock(sqlite3_file *file, int level)
{
	struct vfs_file *f = (struct vfs_file *)file;
	return f->real->pMethods->xLock(f->real, level);
}

int vfs_unlock(sqlite3_file *file, int level)
{
	struct vfs_file *f = (struct vfs_file *)file;
	return f->real->pMethods->xUnlock(f->real, level);
}

int vfs_check_reserved_lock(sqlite3_file *file, int *held)
{
	struct vfs_file *f = (struct vfs_file *)file;
	return f->real->pMethods->xCheckReservedLock(f->real, held);
}

int vfs_sector_size(sqlite3_file *file)
{
	struct vfs_file *f = (struct vfs_file *)file;
	return f->real->pMethods->xSectorSize(f->real);
}

/*
 * No atomic writes and no reads of part of a page (trap 11). Power-safe overwrite is
 * claimed always: without it SQLite splits writes to the log at sector bounds, and the shim
 * would see fragments of a page (trap 3). A torn page is a broken seal, so nothing is lost
 * by the claim.
 */
int vfs_device_characteristics(sqlite3_file *file)
{
	static const int passed_on = SQLITE_IOCAP_SAFE_APPEND | SQLITE_IOCAP_SEQUENTIAL |
				     SQLITE_IOCAP_UNDELETABLE_WHEN_OPEN | SQLITE_IOCAP_IMMUTABLE;
	struct vfs_file *f = (struct vfs_file *)file;
	return (f->real->pMethods->xDeviceCharacteristics(f->real) & passed_on) |
	       SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

/* ---- a journal that keeps nothing ---- */

/*
 * SQLite insists on a rollback journal to make a file, to VACUUM INTO it and to back up
 * into it. It journals no page of an empty file, so losing what it writes loses nothing.
 */
static int null_close(sqlite3_file *file)
{
	(void)file;
	return SQLITE_OK;
}

static int null_read(sqlite3_file *file, void *out, int bytes, sqlite3_int64 offset)
{
	(void)file;
	(void)offset;
	memset(out, 0, (size_t)bytes);
	return SQLITE_IOERR_SHORT_READ;
}

static int null_write(sqlite3_file *file, const void *clear, int bytes, sqlite3_int64 offset)
{
	(void)file;
	(void)clear;
	(void)bytes;
	(void)offset;
	return SQLITE_OK;
}

static int null_truncate(sqlite3_file *file, sqlite3_int64 to)
{
	(void)file;
	(void)to;
	return SQLITE_OK;
}

static int null_flag(sqlite3_file *file, int flag)
{
	(void)file;
	(void)flag;
	return SQLITE_OK;
}

static int null_size(sqlite3_file *file, sqlite3_int64 *size)
{
	(void)file;
	*size = 0;
	return SQLITE_OK;
}

static int null_check_reserved_lock(sqlite3_file *file, int *held)
{
	(void)file;
	*held = 0;
	return SQLITE_OK;
}

static int null_control(sqlite3_file *file, int op, void *argument)
{
	(void)file;
	(void)op;
	(void)argument;
	return SQLITE_NOTFOUND;
}

static int null_nothing(sqlite3_file *file)
{
	(void)file;
	return 0;
}

static const sqlite3_io_methods null_methods = {
	.iVersion = 1,
	.xClose = null_close,
	.xRead = null_read,
	.xWrite = null_write,
	.xTruncate = null_truncate,
	.xSync = null_flag,
	.xFileSize = null_size,
	.xLock = null_flag,
	.xUnlock = null_flag,
	.xCheckReservedLock = null_check_reserved_lock,
	.xFileControl = null_control,
	.xSectorSize = null_nothing,
	.xDeviceCharacteristics = null_nothing,
};

/* ---- the VFS ---- */

static bool is_journal_name(const char *name)
{
	static const char suffix[] = "-journal";
	size_t length = strlen(name);
	return length >= sizeof(suffix) - 1 &&
	       strcmp(name + length - (sizeof(suffix) - 1), suffix) == 0;
}

static int open_real(struct vfs_file *f, const char *name, int flags, int *out_flags,
	const sqlite3_io_methods *methods)
{
	sqlite3_file *real = (sqlite3_file *)(f + 1);
	int rc = f->vfs->base->xOpen(f->vfs->base, name, real, flags, out_flags);
	if (rc == SQLITE_OK) {
		f->real = real;
		f->file.pMethods = methods;
	} else if (real->pMethods != NULL) { /* a base may want closing even so */
		real->pMethods->xClose(real);
	}
	return rc;
}

static int open_null_journal(struct vfs_file *f, const char *name, int flags, int *out_flags)
{
	struct vfs_file *main = (struct vfs_file *)sqlite3_database_file_object(name);
	sqlite3_int64 size;
	int rc = main->real->pMethods->xFileSize(main->real, &size);
	if (rc != SQLITE_OK) {
		return rc;
	}
	if (size > 0) {
		vfs_trouble(f->vfs, VAULT_REASON_REFUSED_JOURNAL, 0);
		return SQLITE_CANTOPEN;
	}
	f->file.pMethods = &null_methods;
	if (out_flags != NULL) {
		*out_flags = flags;
	}
	return SQLITE_OK;
}

static int vfs_open(
	sqlite3_vfs *methods, const char *name, sqlite3_file *file, int flags, int *out_flags)
{
	struct vfs_file *f = (struct vfs_file *)file;
	*f = (struct vfs_file){.vfs = methods->pAppData};
	((sqlite3_file *)(f + 1))->pMethods = NULL;

	if (flags & SQLITE_OPEN_MAIN_DB && name != NULL) {
		return open_real(f, name, flags, out_flags, &vfs_main_methods);
	}
	if (flags & SQLITE_OPEN_WAL) {
		f->log.main = (struct vfs_file *)sqlite3_database_file_object(name);
		f->log.relaxed = sqlite3_uri_boolean(name, "hark_wal_relaxed", 0);
		return open_real(f, name, flags, out_flags, &vfs_log_methods);
	}
	if (flags & SQLITE_OPEN_MAIN_JOURNAL) {
		return open_null_journal(f, name, flags, out_flags);
	}
	vfs_trouble(f->vfs, VAULT_REASON_REFUSED_TEMP, 0);
	return SQLITE_CANTOPEN;
}

static int vfs_delete(sqlite3_vfs *methods, const char *name, int sync_directory)
{
	struct vfs *vfs = methods->pAppData;
	int rc = vfs->base->xDelete(vfs->base, name, sync_directory);
	return rc == SQLITE_IOERR_DELETE_NOENT && is_journal_name(name) ? SQLITE_OK : rc;
}

/* A journal that somebody put beside the file would be rolled back into it (trap 12). */
static int vfs_access(sqlite3_vfs *methods, const char *name, int flags, int *result)
{
	struct vfs *vfs = methods->pAppData;
	if (is_journal_name(name)) {
		*result = 0;
		return SQLITE_OK;
	}
	return vfs->base->xAccess(vfs->base, name, flags, result);
}

static int vfs_full_pathname(sqlite3_vfs *methods, const char *name, int bytes, char *out)
{
	struct vfs *vfs = methods->pAppData;
	return vfs->base->xFullPathname(vfs->base, name, bytes, out);
}

/* A process that holds this key loads no code at run time. */
static void *vfs_dlopen(sqlite3_vfs *methods, const char *name)
{
	(void)methods;
	(void)name;
	return NULL;
}

static void vfs_dlerror(sqlite3_vfs *methods, int bytes, char *out)
{
	(void)methods;
	sqlite3_snprintf(bytes, out, "a vault loads no extensions");
}

static int vfs_randomness(sqlite3_vfs *methods, int bytes, char *out)
{
	struct vfs *vfs = methods->pAppData;
	return vfs->base->xRandomness(vfs->base, bytes, out);
}

static int vfs_sleep(sqlite3_vfs *methods, int microseconds)
{
	struct vfs *vfs = methods->pAppData;
	return vfs->base->xSleep(vfs->base, microseconds);
}

static int vfs_current_time(sqlite3_vfs *methods, double *julian_day)
{
	struct vfs *vfs = methods->pAppData;
	return vfs->base->xCurrentTime(vfs->base, julian_day);
}

static int vfs_last_error(sqlite3_vfs *methods, int bytes, char *out)
{
	struct vfs *vfs = methods->pAppData;
	return vfs->base->xGetLastError(vfs->base, bytes, out);
}

static int vfs_current_time_ms(sqlite3_vfs *methods, sqlite3_int64 *julian_ms)
{
	struct vfs *vfs = methods->pAppData;
	return vfs->base->xCurrentTimeInt64(vfs->base, julian_ms);
}

/* ---- registration ---- */

static void vfs_free(struct vfs *vfs)
{
	sodium_free(vfs->master);
	free(vfs);
}

static struct vfs *vfs_find(const char *vfs_name)
{
	sqlite3_vfs *methods = vfs_name == NULL ? NULL : sqlite3_vfs_find(vfs_name);
	return methods != NULL && methods->xOpen == vfs_open ? methods->pAppData : NULL;
}

enum vault_status vault_register_over(const char *vfs_name,
	const uint8_t master_key[static VAULT_MASTER_BYTES], const char *base_vfs)
{
	sqlite3_vfs *base = sqlite3_vfs_find(base_vfs);
	if (sodium_init() < 0 || base == NULL || base->iVersion < 2) {
		return VAULT_FAILED;
	}
	if (sqlite3_vfs_find(vfs_name) != NULL) {
		return VAULT_EXISTS;
	}
	size_t name_bytes = strlen(vfs_name) + 1;
	struct vfs *vfs = calloc(1, sizeof(*vfs) + name_bytes);
	if (vfs == NULL) {
		return VAULT_NO_MEMORY;
	}
	vfs->base = base;
	memcpy(vfs->name, vfs_name, name_bytes);
	vfs->methods = (sqlite3_vfs){
		.iVersion = 2, /* no way to swap system calls */
		.szOsFile = (int)sizeof(struct vfs_file) + base->szOsFile,
		.mxPathname = base->mxPathname,
		.zName = vfs->name,
		.pAppData = vfs,
		.xOpen = vfs_open,
		.xDelete = vfs_delete,
		.xAccess = vfs_access,
		.xFullPathname = vfs_full_pathname,
		.xDlOpen = vfs_dlopen,
		.xDlError = vfs_dlerror,
		.xRandomness = vfs_randomness,
		.xSleep = vfs_sleep,
		.xCurrentTime = vfs_current_time,
		.xGetLastError = vfs_last_error,
		.xCurrentTimeInt64 = vfs_current_time_ms,
	};
	vfs->master = sodium_malloc(SEAL_MASTER);
	if (vfs->master == NULL) {
		vfs_free(vfs);
		return VAULT_NO_MEMORY;
	}
	memcpy(vfs->master, master_key, SEAL_MASTER);
	sodium_mprotect_readonly(vfs->master);
	if (sqlite3_vfs_register(&vfs->methods, 0) != SQLITE_OK) {
		vfs_free(vfs);
		return VAULT_FAILED;
	}
	return VAULT_OK;
}

enum vault_status vault_register(
	const char *vfs_name, const uint8_t master_key[static VAULT_MASTER_BYTES])
{
	/* SQLite would count each allocation of all its threads, under one lock, for nobody. */
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); /* refused once it is in use: no harm */
	return vault_register_over(vfs_name, master_key, "unix-excl");
}

void vault_unregister(const char *vfs_name)
{
	struct vfs *vfs = vfs_find(vfs_name);
	if (vfs != NULL) {
		sqlite3_vfs_unregister(&vfs->methods);
		vfs_free(vfs);
	}
}

enum vault_reason vault_last_reason(const char *vfs_name, uint32_t *number)
{
	struct vfs *vfs = vfs_find(vfs_name);
	uint64_t trouble = vfs == NULL ? 0 : atomic_load(&vfs->trouble);
	if (number != NULL) {
		*number = (uint32_t)trouble;
	}
	return (enum vault_reason)(trouble >> 32);
}

void vault_note_reason(const char *vfs_name, enum vault_reason reason)
{
	struct vfs *vfs = vfs_find(vfs_name);
	if (vfs != NULL) {
		vfs_trouble(vfs, reason, 0);
	}
}

void vault_clear_reason(const char *vfs_name)
{
	vault_note_reason(vfs_name, VAULT_REASON_NONE);
}
