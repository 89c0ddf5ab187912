/* A disk that fails when told; see fault_disk.h. */
#include "tests/unit/storage/fault_disk.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

struct fault_file {
	sqlite3_file base;
	sqlite3_file *real; /* behind this struct */
	bool main; /* the database, not its log */
};

static struct {
	pthread_mutex_t mutex;
	bool armed, sticky;
	enum fault_kind kind;
	int left; /* operations until it fails */
	int code, error_number;
	int hits;
} fault = {.mutex = PTHREAD_MUTEX_INITIALIZER};

void fault_arm(enum fault_kind kind, int at, int code, int error_number, bool sticky)
{
	pthread_mutex_lock(&fault.mutex);
	fault.armed = true;
	fault.sticky = sticky;
	fault.kind = kind;
	fault.left = at;
	fault.code = code;
	fault.error_number = error_number;
	fault.hits = 0;
	pthread_mutex_unlock(&fault.mutex);
}

void fault_disarm(void)
{
	pthread_mutex_lock(&fault.mutex);
	fault.armed = false;
	pthread_mutex_unlock(&fault.mutex);
}

int fault_hits(void)
{
	pthread_mutex_lock(&fault.mutex);
	int hits = fault.hits;
	pthread_mutex_unlock(&fault.mutex);
	return hits;
}

static bool concerns(const struct fault_file *file, enum fault_kind kind)
{
	switch (fault.kind) {
	case FAULT_MAIN_WRITE:
		return file->main && kind == FAULT_WRITE;
	case FAULT_MAIN_SYNC:
		return file->main && kind == FAULT_SYNC;
	case FAULT_EACH:
		return true;
	default:
		return fault.kind == kind;
	}
}

/* SQLITE_OK: go on. */
static int check(sqlite3_file *file, enum fault_kind kind)
{
	int code = SQLITE_OK;
	pthread_mutex_lock(&fault.mutex);
	if (fault.armed && concerns((struct fault_file *)file, kind) && --fault.left <= 0) {
		code = fault.code;
		errno = fault.error_number;
		fault.hits++;
		fault.armed = fault.sticky;
	}
	pthread_mutex_unlock(&fault.mutex);
	return code;
}

static sqlite3_file *real_of(sqlite3_file *file)
{
	return ((struct fault_file *)file)->real;
}

static int on_close(sqlite3_file *file)
{
	return real_of(file)->pMethods->xClose(real_of(file));
}

static int on_read(sqlite3_file *file, void *out, int bytes, sqlite3_int64 at)
{
	int code = check(file, FAULT_READ);
	return code != SQLITE_OK ? code
				 : real_of(file)->pMethods->xRead(real_of(file), out, bytes, at);
}

static int on_write(sqlite3_file *file, const void *data, int bytes, sqlite3_int64 at)
{
	int code = check(file, FAULT_WRITE);
	return code != SQLITE_OK ? code
				 : real_of(file)->pMethods->xWrite(real_of(file), data, bytes, at);
}

static int on_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	int code = check(file, FAULT_WRITE);
	return code != SQLITE_OK ? code : real_of(file)->pMethods->xTruncate(real_of(file), size);
}

static int on_sync(sqlite3_file *file, int flags)
{
	int code = check(file, FAULT_SYNC);
	return code != SQLITE_OK ? code : real_of(file)->pMethods->xSync(real_of(file), flags);
}

static int on_file_size(sqlite3_file *file, sqlite3_int64 *size)
{
	int code = check(file, FAULT_SIZE);
	return code != SQLITE_OK ? code : real_of(file)->pMethods->xFileSize(real_of(file), size);
}

static int on_lock(sqlite3_file *file, int level)
{
	return real_of(file)->pMethods->xLock(real_of(file), level);
}

static int on_unlock(sqlite3_file *file, int level)
{
	return real_of(file)->pMethods->xUnlock(real_of(file), level);
}

static int on_check_lock(sqlite3_file *file, int *out)
{
	return real_of(file)->pMethods->xCheckReservedLock(real_of(file), out);
}

static int on_control(sqlite3_file *file, int operation, void *argument)
{
	return real_of(file)->pMethods->xFileControl(real_of(file), operation, argument);
}

static int on_sector_size(sqlite3_file *file)
{
	return real_of(file)->pMethods->xSectorSize(real_of(file));
}

static int on_characteristics(sqlite3_file *file)
{
	return real_of(file)->pMethods->xDeviceCharacteristics(real_of(file));
}

static int on_shm_map(sqlite3_file *file, int region, int bytes, int extend, void volatile **out)
{
	return real_of(file)->pMethods->xShmMap(real_of(file), region, bytes, extend, out);
}

static int on_shm_lock(sqlite3_file *file, int offset, int count, int flags)
{
	return real_of(file)->pMethods->xShmLock(real_of(file), offset, count, flags);
}

static void on_shm_barrier(sqlite3_file *file)
{
	real_of(file)->pMethods->xShmBarrier(real_of(file));
}

static int on_shm_unmap(sqlite3_file *file, int remove)
{
	return real_of(file)->pMethods->xShmUnmap(real_of(file), remove);
}

static const sqlite3_io_methods methods = {
	.iVersion = 2,
	.xClose = on_close,
	.xRead = on_read,
	.xWrite = on_write,
	.xTruncate = on_truncate,
	.xSync = on_sync,
	.xFileSize = on_file_size,
	.xLock = on_lock,
	.xUnlock = on_unlock,
	.xCheckReservedLock = on_check_lock,
	.xFileControl = on_control,
	.xSectorSize = on_sector_size,
	.xDeviceCharacteristics = on_characteristics,
	.xShmMap = on_shm_map,
	.xShmLock = on_shm_lock,
	.xShmBarrier = on_shm_barrier,
	.xShmUnmap = on_shm_unmap,
};

static sqlite3_vfs *real_vfs;

static int on_open(
	sqlite3_vfs *vfs, sqlite3_filename name, sqlite3_file *file, int flags, int *out_flags)
{
	(void)vfs;
	struct fault_file *fault_file = (struct fault_file *)file;
	fault_file->real = (sqlite3_file *)(fault_file + 1);
	fault_file->main = (flags & SQLITE_OPEN_MAIN_DB) != 0;
	int code = real_vfs->xOpen(real_vfs, name, fault_file->real, flags, out_flags);
	file->pMethods = fault_file->real->pMethods != NULL ? &methods : NULL;
	/* Open, and yet failed: whoever opened it has to close it. */
	return code == SQLITE_OK ? check(file, FAULT_OPEN) : code;
}

void fault_register(void)
{
	static sqlite3_vfs vfs;
	if (real_vfs != NULL) {
		return;
	}
	real_vfs = sqlite3_vfs_find("unix-excl");
	if (real_vfs == NULL) {
		abort();
	}
	vfs = *real_vfs; /* all else is passed on: those methods take no file */
	vfs.pNext = NULL;
	vfs.zName = "fault";
	vfs.szOsFile = (int)sizeof(struct fault_file) + real_vfs->szOsFile;
	vfs.xOpen = on_open;
	if (sqlite3_vfs_register(&vfs, 0) != SQLITE_OK) {
		abort();
	}
}
