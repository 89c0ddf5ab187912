/* The simulated disk; see sim_disk.h. */
#include "tests/unit/storage/sim_disk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	SECTOR = 512,
	MAX_FILES = 16,
	NAME_BYTES = 600
};

/* Something a file went through since its last sync. */
struct change {
	struct change *next;
	bool is_truncate;
	int64_t offset; /* or the new size */
	size_t bytes;
	uint8_t data[];
};

struct disk_file {
	char name[NAME_BYTES]; /* empty: a free slot */
	uint8_t *kept; /* what a power cut leaves in any case */
	size_t kept_bytes;
	bool entry_kept; /* the directory entry is on disk for sure */
	bool deleted; /* deleted, but perhaps not on disk */
	struct change *first, *last;
};

struct sim_file {
	sqlite3_file file;
	sqlite3_file *real;
	struct disk_file *disk; /* NULL: not simulated (no file of the vault) */
	bool is_wal;
};

struct sim_counts sim_counts;

static struct disk_file files[MAX_FILES];
static sqlite3_vfs *base;
static sqlite3_vfs sim_vfs;

static enum sim_fault armed;
static int countdown;
static bool sticky_fault;
static bool fired;

/* ---- faults ---- */

void sim_arm(enum sim_fault fault, int at, bool sticky)
{
	armed = fault;
	countdown = at;
	sticky_fault = sticky;
	fired = false;
}

void sim_disarm(void)
{
	armed = SIM_NONE;
}

bool sim_fired(void)
{
	return fired;
}

/* Whether this operation fails; `concerns` is the fault that this kind of operation is prey to. */
static bool fails(enum sim_fault concerns)
{
	if (armed != concerns) {
		return false;
	}
	if (fired) {
		return sticky_fault;
	}
	if (--countdown > 0) {
		return false;
	}
	fired = true;
	return true;
}

static bool power_is_off(void)
{
	return armed == SIM_POWER && fired;
}

/* ---- what the disk knows ---- */

static void changes_drop(struct disk_file *disk)
{
	while (disk->first != NULL) {
		struct change *next = disk->first->next;
		free(disk->first);
		disk->first = next;
	}
	disk->last = NULL;
}

static void kept_resize(struct disk_file *disk, size_t bytes)
{
	uint8_t *kept = realloc(disk->kept, bytes + 1);
	if (kept == NULL) {
		abort();
	}
	if (bytes > disk->kept_bytes) {
		memset(kept + disk->kept_bytes, 0, bytes - disk->kept_bytes);
	}
	disk->kept = kept;
	disk->kept_bytes = bytes;
}

static void keep_bytes(struct disk_file *disk, const uint8_t *data, size_t bytes, int64_t offset)
{
	size_t end = (size_t)offset + bytes;
	if (end > disk->kept_bytes) {
		kept_resize(disk, end);
	}
	if (bytes > 0) {
		memcpy(disk->kept + offset, data, bytes);
	}
}

static void keep_change(struct disk_file *disk, const struct change *change)
{
	if (change->is_truncate) {
		kept_resize(disk, (size_t)change->offset);
	} else {
		keep_bytes(disk, change->data, change->bytes, change->offset);
	}
}

/* Each sector of a torn write is kept or lost by itself. */
static void tear_change(
	struct disk_file *disk, const struct change *change, struct help_random *random)
{
	size_t at = 0;
	while (at < change->bytes) {
		size_t to_edge = SECTOR - ((size_t)change->offset + at) % SECTOR;
		size_t piece = change->bytes - at < to_edge ? change->bytes - at : to_edge;
		if (help_random(random, 2) == 0) {
			keep_bytes(disk, change->data + at, piece, change->offset + (int64_t)at);
		}
		at += piece;
	}
}

static void record(
	struct disk_file *disk, bool is_truncate, int64_t offset, const void *data, size_t bytes)
{
	struct change *change = malloc(sizeof(*change) + bytes);
	if (change == NULL) {
		abort();
	}
	*change = (struct change){.is_truncate = is_truncate, .offset = offset, .bytes = bytes};
	if (bytes > 0) {
		memcpy(change->data, data, bytes);
	}
	if (disk->last == NULL) {
		disk->first = change;
	} else {
		disk->last->next = change;
	}
	disk->last = change;
}

static void synced(struct disk_file *disk)
{
	for (struct change *change = disk->first; change != NULL; change = change->next) {
		keep_change(disk, change);
	}
	changes_drop(disk);
	disk->entry_kept = true;
}

static struct disk_file *find(const char *name)
{
	struct disk_file *unused = NULL;
	for (int i = 0; i < MAX_FILES; i++) {
		if (strcmp(files[i].name, name) == 0) {
			return &files[i];
		}
		if (files[i].name[0] == '\0') {
			unused = &files[i];
		}
	}
	if (unused == NULL || strlen(name) >= NAME_BYTES) {
		abort();
	}
	strcpy(unused->name, name);
	if (help_file_exists(name)) { /* was here before: on disk */
		size_t bytes;
		uint8_t *data = help_read_file(name, &bytes);
		keep_bytes(unused, data, bytes, 0);
		free(data);
		unused->entry_kept = true;
	}
	return unused;
}

static void forget(struct disk_file *disk)
{
	changes_drop(disk);
	free(disk->kept);
	*disk = (struct disk_file){0};
}

void sim_forget(void)
{
	for (int i = 0; i < MAX_FILES; i++) {
		forget(&files[i]);
	}
}

static void settle(struct disk_file *disk, struct help_random *random)
{
	uint32_t mood = help_random(random, 4); /* most kept, most lost, or a mixture */
	for (struct change *change = disk->first; change != NULL; change = change->next) {
		uint32_t lot = help_random(random, 8);
		if (lot < (mood == 0 ? 1 : mood == 1 ? 6 : 3)) {
			sim_counts.lost++;
		} else if (lot < 6 && !change->is_truncate) {
			tear_change(disk, change, random);
			sim_counts.torn++;
		} else {
			keep_change(disk, change);
			sim_counts.kept++;
		}
	}
	changes_drop(disk);
}

void sim_power_cut(struct help_random *random)
{
	for (int i = 0; i < MAX_FILES; i++) {
		struct disk_file *disk = &files[i];
		if (disk->name[0] == '\0') {
			continue;
		}
		settle(disk, random);
		bool gone = disk->deleted || !disk->entry_kept;
		if (gone && help_random(random, 2) == 0) {
			unlink(disk->name);
			forget(disk);
			continue;
		}
		help_write_file(disk->name, disk->kept, disk->kept_bytes);
		disk->entry_kept = true;
		disk->deleted = false;
	}
	sim_disarm();
}

/* ---- file methods ---- */

static void count_wal_write(int bytes, sqlite3_int64 offset)
{
	sqlite3_int64 at = (offset - 32) % 4120;
	if (offset == 0 && bytes == 32) {
		sim_counts.wal_headers++;
	} else if (at == 0 && bytes == 4120) {
		sim_counts.wal_frames++;
	} else if (at == 24 && bytes == 4096) {
		sim_counts.wal_pages++;
	} else if (at == 0 && bytes == 24) {
		sim_counts.wal_frame_headers++;
	} else {
		sim_counts.wal_odd++;
	}
}

static int sim_close(sqlite3_file *file)
{
	struct sim_file *f = (struct sim_file *)file;
	return f->real->pMethods->xClose(f->real);
}

static int sim_read(sqlite3_file *file, void *out, int bytes, sqlite3_int64 offset)
{
	struct sim_file *f = (struct sim_file *)file;
	if (power_is_off() || fails(SIM_READ_ERROR)) {
		return SQLITE_IOERR_READ;
	}
	return f->real->pMethods->xRead(f->real, out, bytes, offset);
}

static int sim_write(sqlite3_file *file, const void *data, int bytes, sqlite3_int64 offset)
{
	struct sim_file *f = (struct sim_file *)file;
	if (power_is_off() || fails(SIM_WRITE_ERROR)) {
		return SQLITE_IOERR_WRITE;
	}
	if (fails(SIM_FULL)) {
		return SQLITE_FULL;
	}
	if (f->is_wal) {
		count_wal_write(bytes, offset);
	}
	record(f->disk, false, offset, data, (size_t)bytes);
	if (fails(SIM_POWER)) {
		return SQLITE_IOERR_WRITE;
	}
	return f->real->pMethods->xWrite(f->real, data, bytes, offset);
}

static int sim_truncate(sqlite3_file *file, sqlite3_int64 to)
{
	struct sim_file *f = (struct sim_file *)file;
	if (power_is_off() || fails(SIM_WRITE_ERROR)) {
		return SQLITE_IOERR_TRUNCATE;
	}
	record(f->disk, true, to, NULL, 0);
	if (fails(SIM_POWER)) {
		return SQLITE_IOERR_TRUNCATE;
	}
	return f->real->pMethods->xTruncate(f->real, to);
}

static int sim_sync(sqlite3_file *file, int flags)
{
	struct sim_file *f = (struct sim_file *)file;
	(void)flags;
	if (power_is_off() || fails(SIM_SYNC_ERROR) || fails(SIM_POWER)) {
		return SQLITE_IOERR_FSYNC;
	}
	synced(f->disk);
	return SQLITE_OK;
}

static int sim_size(sqlite3_file *file, sqlite3_int64 *size)
{
	struct sim_file *f = (struct sim_file *)file;
	return f->real->pMethods->xFileSize(f->real, size);
}

static int sim_lock(sqlite3_file *file, int level)
{
	struct sim_file *f = (struct sim_file *)file;
	return f->real->pMethods->xLock(f->real, level);
}

static int sim_unlock(sqlite3_file *file, int level)
{
	struct sim_file *f = (struct sim_file *)file;
	return f->real->pMethods->xUnlock(f->real, level);
}

static int sim_check_reserved_lock(sqlite3_file *file, int *held)
{
	struct sim_file *f = (struct sim_file *)file;
	return f->real->pMethods->xCheckReservedLock(f->real, held);
}

static int sim_control(sqlite3_file *file, int op, void *argument)
{
	struct sim_file *f = (struct sim_file *)file;
	return f->real->pMethods->xFileControl(f->real, op, argument);
}

static int sim_sector_size(sqlite3_file *file)
{
	struct sim_file *f = (struct sim_file *)file;
	return f->real->pMethods->xSectorSize(f->real);
}

/* Everything a disk can claim: the vault must not believe it (trap 11). */
static int sim_device_characteristics(sqlite3_file *file)
{
	struct sim_file *f = (struct sim_file *)file;
	return f->real->pMethods->xDeviceCharacteristics(f->real) | SQLITE_IOCAP_ATOMIC |
	       SQLITE_IOCAP_ATOMIC4K | SQLITE_IOCAP_BATCH_ATOMIC;
}

static int sim_shm_map(sqlite3_file *file, int region, int bytes, int extend, void volatile **out)
{
	struct sim_file *f = (struct sim_file *)file;
	return f->real->pMethods->xShmMap(f->real, region, bytes, extend, out);
}

static int sim_shm_lock(sqlite3_file *file, int offset, int count, int flags)
{
	struct sim_file *f = (struct sim_file *)file;
	return f->real->pMethods->xShmLock(f->real, offset, count, flags);
}

static void sim_shm_barrier(sqlite3_file *file)
{
	struct sim_file *f = (struct sim_file *)file;
	f->real->pMethods->xShmBarrier(f->real);
}

static int sim_shm_unmap(sqlite3_file *file, int delete)
{
	struct sim_file *f = (struct sim_file *)file;
	return f->real->pMethods->xShmUnmap(f->real, delete);
}

static const sqlite3_io_methods sim_methods = {
	.iVersion = 2,
	.xClose = sim_close,
	.xRead = sim_read,
	.xWrite = sim_write,
	.xTruncate = sim_truncate,
	.xSync = sim_sync,
	.xFileSize = sim_size,
	.xLock = sim_lock,
	.xUnlock = sim_unlock,
	.xCheckReservedLock = sim_check_reserved_lock,
	.xFileControl = sim_control,
	.xSectorSize = sim_sector_size,
	.xDeviceCharacteristics = sim_device_characteristics,
	.xShmMap = sim_shm_map,
	.xShmLock = sim_shm_lock,
	.xShmBarrier = sim_shm_barrier,
	.xShmUnmap = sim_shm_unmap,
};

/* ---- the VFS ---- */

static int sim_open(
	sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out_flags)
{
	struct sim_file *f = (struct sim_file *)file;
	(void)vfs;
	*f = (struct sim_file){.real = (sqlite3_file *)(f + 1)};
	if (power_is_off() || name == NULL) {
		return SQLITE_CANTOPEN;
	}
	struct disk_file *disk = find(name);
	if (disk->deleted) { /* a new file under the name: the old one is gone */
		forget(disk);
		disk = find(name);
	}
	int rc = base->xOpen(base, name, f->real, flags, out_flags);
	if (rc == SQLITE_OK) {
		f->disk = disk;
		f->is_wal = (flags & SQLITE_OPEN_WAL) != 0;
		f->file.pMethods = &sim_methods;
	}
	return rc;
}

static int sim_delete(sqlite3_vfs *vfs, const char *name, int sync_directory)
{
	(void)vfs;
	if (power_is_off() || fails(SIM_WRITE_ERROR) || fails(SIM_POWER)) {
		return SQLITE_IOERR_DELETE;
	}
	int rc = base->xDelete(base, name, 0);
	if (rc == SQLITE_OK) {
		struct disk_file *disk = find(name);
		disk->deleted = true;
		if (sync_directory) {
			forget(disk);
		}
	}
	return rc;
}

static int sim_access(sqlite3_vfs *vfs, const char *name, int flags, int *result)
{
	(void)vfs;
	return base->xAccess(base, name, flags, result);
}

static int sim_full_pathname(sqlite3_vfs *vfs, const char *name, int bytes, char *out)
{
	(void)vfs;
	return base->xFullPathname(base, name, bytes, out);
}

static int sim_randomness(sqlite3_vfs *vfs, int bytes, char *out)
{
	(void)vfs;
	return base->xRandomness(base, bytes, out);
}

static int sim_sleep(sqlite3_vfs *vfs, int microseconds)
{
	(void)vfs;
	return base->xSleep(base, microseconds);
}

static int sim_current_time(sqlite3_vfs *vfs, double *julian_day)
{
	(void)vfs;
	return base->xCurrentTime(base, julian_day);
}

static int sim_last_error(sqlite3_vfs *vfs, int bytes, char *out)
{
	(void)vfs;
	return base->xGetLastError(base, bytes, out);
}

static int sim_current_time_ms(sqlite3_vfs *vfs, sqlite3_int64 *julian_ms)
{
	(void)vfs;
	return base->xCurrentTimeInt64(base, julian_ms);
}

void sim_register(void)
{
	base = sqlite3_vfs_find("unix-excl");
	if (base == NULL) {
		abort();
	}
	sim_vfs = (sqlite3_vfs){
		.iVersion = 2,
		.szOsFile = (int)sizeof(struct sim_file) + base->szOsFile,
		.mxPathname = base->mxPathname,
		.zName = "sim",
		.xOpen = sim_open,
		.xDelete = sim_delete,
		.xAccess = sim_access,
		.xFullPathname = sim_full_pathname,
		.xRandomness = sim_randomness,
		.xSleep = sim_sleep,
		.xCurrentTime = sim_current_time,
		.xGetLastError = sim_last_error,
		.xCurrentTimeInt64 = sim_current_time_ms,
	};
	if (sqlite3_vfs_register(&sim_vfs, 0) != SQLITE_OK) {
		abort();
	}
}
