/*
 * The methods of the database file: pages are sealed on the way to the disk and opened on
 * the way back. The shim's purpose, threat and limits stand in vfs.c.
 */
#include "storage/vfs.h"

#include <string.h>

#include <sodium.h>

static const uint8_t zero_page[SEAL_PAGE];

/* ---- keys ---- */

static int keys_make(struct vfs_file *f, const uint8_t *header)
{
	struct seal_keys *keys = sodium_malloc(sizeof(*keys));
	if (keys == NULL) {
		return SQLITE_IOERR_NOMEM;
	}
	enum seal_header result = SEAL_HEADER_OK;
	if (header != NULL) {
		result = seal_derive_for(keys, f->vfs->master, header);
	} else {
		uint8_t id[SEAL_FILE_ID];
		randombytes_buf(id, sizeof(id));
		seal_derive(keys, f->vfs->master, id);
	}
	if (result != SEAL_HEADER_OK) {
		static const enum vault_reason reasons[] = {
			[SEAL_HEADER_FOREIGN] = VAULT_REASON_NOT_HARK,
			[SEAL_HEADER_NEWER] = VAULT_REASON_NEWER_FORMAT,
			[SEAL_HEADER_KEY] = VAULT_REASON_WRONG_KEY,
		};
		vfs_trouble(f->vfs, reasons[result], 0);
		sodium_free(keys);
		return SQLITE_NOTADB;
	}
	sodium_free(f->keys);
	f->keys = keys;
	f->fresh = header == NULL;
	return SQLITE_OK;
}

int vfs_load_keys(struct vfs_file *f)
{
	if (f->keys != NULL && !f->fresh) {
		return SQLITE_OK;
	}
	uint8_t header[SEAL_FILE_HEADER];
	int rc = f->real->pMethods->xRead(f->real, header, sizeof(header), 0);
	if (rc == SQLITE_IOERR_SHORT_READ) {
		sqlite3_int64 size;
		rc = f->real->pMethods->xFileSize(f->real, &size);
		if (rc == SQLITE_OK && size == 0) {
			return SQLITE_IOERR_SHORT_READ;
		}
		if (rc == SQLITE_OK) {
			vfs_trouble(f->vfs, VAULT_REASON_NOT_HARK, 0);
			rc = SQLITE_NOTADB;
		}
	}
	return rc == SQLITE_OK ? keys_make(f, header) : rc;
}

/* ---- reading ---- */

/*
 * SQLite reads the header when it opens the file, without a lock and before it looks at
 * the log. Page 1 may be half-written just then, or torn for good by a power cut while the
 * log holds it whole; so it is not opened here, and SQLite gets what every vault's header
 * says (trap 7). An empty file must read as empty: a header there would fix the page size
 * before VACUUM INTO sets it (trap 8).
 */
static int read_file_header(struct vfs_file *f, uint8_t *out, int bytes)
{
	uint8_t header[100] = "SQLite format 3";
	header[16] = SEAL_PAGE >> 8;
	header[18] = header[19] = 2; /* both versions: write-ahead log */
	header[20] = SEAL_RESERVED;
	header[21] = 64; /* these three are the same in every database */
	header[22] = header[23] = 32;

	memset(out, 0, (size_t)bytes);
	int rc = vfs_load_keys(f);
	if (rc == SQLITE_OK) {
		memcpy(out, header,
			(size_t)bytes < sizeof(header) ? (size_t)bytes : sizeof(header));
	}
	return rc;
}

static int read_page(struct vfs_file *f, uint32_t page, uint8_t *out)
{
	sqlite3_int64 offset = (sqlite3_int64)(page - 1) * SEAL_PAGE;
	int rc = f->real->pMethods->xRead(f->real, out, SEAL_PAGE, offset);
	if (rc == SQLITE_IOERR_SHORT_READ) {
		sqlite3_int64 size;
		rc = f->real->pMethods->xFileSize(f->real, &size);
		if (rc == SQLITE_OK && size <= offset) {
			memset(out, 0, SEAL_PAGE);
			return SQLITE_IOERR_SHORT_READ;
		}
		if (rc == SQLITE_OK) { /* part of a page */
			vfs_trouble(f->vfs, VAULT_REASON_DAMAGED_PAGE, page);
			rc = SQLITE_IOERR_DATA;
		}
	} else if (rc == SQLITE_OK) {
		rc = vfs_load_keys(f);
		if (rc == SQLITE_OK && !seal_open_page(f->keys, page, out)) {
			vfs_trouble(f->vfs, VAULT_REASON_DAMAGED_PAGE, page);
			rc = SQLITE_IOERR_DATA;
		}
	}
	if (rc != SQLITE_OK) {
		memset(out, 0, SEAL_PAGE);
	}
	return rc;
}

/* Newer SQLites read overflow pages at odd ranges. */
static int read_part(struct vfs_file *f, uint8_t *out, int bytes, sqlite3_int64 offset)
{
	int rc = SQLITE_OK;
	while (bytes > 0 && rc == SQLITE_OK) {
		int skip = (int)(offset % SEAL_PAGE);
		int take = SEAL_PAGE - skip < bytes ? SEAL_PAGE - skip : bytes;
		rc = read_page(f, (uint32_t)(offset / SEAL_PAGE) + 1, f->scratch);
		memcpy(out, f->scratch + skip, (size_t)take);
		out += take;
		bytes -= take;
		offset += take;
	}
	memset(out, 0, (size_t)bytes);
	sodium_memzero(f->scratch, SEAL_PAGE);
	return rc;
}

/*
 * The 16 bytes in which SQLite looks whether another process changed the file. If page 1
 * is torn, "changed" is the right answer: SQLite drops its cache and reads properly.
 */
static int read_change_counter(struct vfs_file *f, uint8_t *out)
{
	uint64_t before = atomic_load(&f->vfs->trouble);
	int rc = read_part(f, out, 16, 24);
	if (rc == SQLITE_IOERR_DATA) {
		atomic_store(&f->vfs->trouble, before);
		randombytes_buf(out, 16);
		rc = SQLITE_OK;
	}
	return rc;
}

static int main_read(sqlite3_file *file, void *out, int bytes, sqlite3_int64 offset)
{
	struct vfs_file *f = (struct vfs_file *)file;
	if (offset == 0 && bytes < SEAL_PAGE) {
		return read_file_header(f, out, bytes);
	}
	if (bytes == SEAL_PAGE && offset % SEAL_PAGE == 0) {
		return read_page(f, (uint32_t)(offset / SEAL_PAGE) + 1, out);
	}
	if (offset == 24 && bytes == 16) {
		return read_change_counter(f, out);
	}
	return read_part(f, out, bytes, offset);
}

/* ---- writing ---- */

/* The keys to write with, given the file's size. */
static int keys_for_write(struct vfs_file *f, sqlite3_int64 size)
{
	if (size > 0) {
		return vfs_load_keys(f);
	}
	return f->keys != NULL ? SQLITE_OK : keys_make(f, NULL);
}

static int write_sealed(struct vfs_file *f, uint32_t page, const uint8_t *clear)
{
	seal_page(f->keys, page, clear, f->scratch);
	return f->real->pMethods->xWrite(
		f->real, f->scratch, SEAL_PAGE, (sqlite3_int64)(page - 1) * SEAL_PAGE);
}

/*
 * SQLite never writes the page at its lock bytes and may jump over others; a hole would
 * read as a broken seal. So there are none: sealed pages of zeros stand there (trap 9).
 */
static int fill_up(struct vfs_file *f, sqlite3_int64 size, sqlite3_int64 until)
{
	int rc = SQLITE_OK;
	for (sqlite3_int64 at = size - size % SEAL_PAGE; at < until && rc == SQLITE_OK;
		at += SEAL_PAGE) {
		rc = write_sealed(f, (uint32_t)(at / SEAL_PAGE) + 1, zero_page);
	}
	return rc;
}

bool vfs_fits_format(uint32_t page, const uint8_t *clear)
{
	if (sodium_is_zero(clear + SEAL_USABLE, SEAL_RESERVED) != 1) {
		return false;
	}
	return page != 1 ||
	       (clear[16] == SEAL_PAGE >> 8 && clear[17] == 0 && clear[20] == SEAL_RESERVED &&
		       seal_get32(clear + 52) == 0 && seal_get32(clear + 64) == 0);
}

static int main_write(sqlite3_file *file, const void *clear, int bytes, sqlite3_int64 offset)
{
	struct vfs_file *f = (struct vfs_file *)file;
	uint32_t page = (uint32_t)(offset / SEAL_PAGE) + 1;
	if (bytes != SEAL_PAGE || offset % SEAL_PAGE != 0 || !vfs_fits_format(page, clear)) {
		vfs_trouble(f->vfs, VAULT_REASON_REFUSED_WRITE, page);
		return SQLITE_IOERR_WRITE;
	}
	sqlite3_int64 size;
	int rc = f->real->pMethods->xFileSize(f->real, &size);
	if (rc == SQLITE_OK) {
		rc = keys_for_write(f, size);
	}
	if (rc == SQLITE_OK && offset > size) {
		rc = fill_up(f, size, offset);
	}
	return rc == SQLITE_OK ? write_sealed(f, page, clear) : rc;
}

static int main_truncate(sqlite3_file *file, sqlite3_int64 to)
{
	struct vfs_file *f = (struct vfs_file *)file;
	sqlite3_int64 size;
	int rc = f->real->pMethods->xFileSize(f->real, &size);
	if (rc != SQLITE_OK || to <= size) {
		return rc == SQLITE_OK ? f->real->pMethods->xTruncate(f->real, to) : rc;
	}
	rc = keys_for_write(f, size);
	return rc == SQLITE_OK ? fill_up(f, size, to) : rc;
}

static int main_sync(sqlite3_file *file, int flags)
{
	struct vfs_file *f = (struct vfs_file *)file;
	return f->real->pMethods->xSync(f->real, flags);
}

static int main_size(sqlite3_file *file, sqlite3_int64 *size)
{
	struct vfs_file *f = (struct vfs_file *)file;
	return f->real->pMethods->xFileSize(f->real, size);
}

static int main_close(sqlite3_file *file)
{
	struct vfs_file *f = (struct vfs_file *)file;
	sodium_free(f->keys);
	f->keys = NULL;
	return vfs_close_real(file);
}

/* `argument` is SQLite's: [0] takes an error text, [1] is the name, [2] the value or NULL. */
static int on_pragma(char **argument)
{
	if (sqlite3_stricmp(argument[1], "journal_mode") != 0 || argument[2] == NULL ||
		sqlite3_stricmp(argument[2], "wal") == 0 ||
		sqlite3_stricmp(argument[2], "memory") == 0) {
		return SQLITE_NOTFOUND;
	}
	argument[0] = sqlite3_mprintf("a vault keeps no rollback journal");
	return SQLITE_ERROR;
}

static int main_control(sqlite3_file *file, int op, void *argument)
{
	struct vfs_file *f = (struct vfs_file *)file;
	int rc;
	switch (op) {
	case SQLITE_FCNTL_SIZE_HINT: /* would make a hole */
	case SQLITE_FCNTL_CHUNK_SIZE:
		return SQLITE_OK;
	case SQLITE_FCNTL_MMAP_SIZE: /* would hand out ciphertext (trap 10) */
		*(sqlite3_int64 *)argument = 0;
		return SQLITE_OK;
	case SQLITE_FCNTL_BEGIN_ATOMIC_WRITE:
	case SQLITE_FCNTL_COMMIT_ATOMIC_WRITE:
	case SQLITE_FCNTL_ROLLBACK_ATOMIC_WRITE:
		return SQLITE_NOTFOUND;
	case SQLITE_FCNTL_PRAGMA:
		rc = on_pragma(argument);
		break;
	default:
		rc = SQLITE_NOTFOUND;
		break;
	}
	if (rc != SQLITE_NOTFOUND) {
		return rc;
	}
	rc = f->real->pMethods->xFileControl(f->real, op, argument);
	if (rc == SQLITE_OK && op == SQLITE_FCNTL_VFSNAME) {
		char **name = argument;
		*name = sqlite3_mprintf("%s/%z", f->vfs->name, *name);
	}
	return rc;
}

static int main_shm_map(sqlite3_file *file, int region, int bytes, int extend, void volatile **out)
{
	struct vfs_file *f = (struct vfs_file *)file;
	return f->real->pMethods->xShmMap(f->real, region, bytes, extend, out);
}

static int main_shm_lock(sqlite3_file *file, int offset, int count, int flags)
{
	struct vfs_file *f = (struct vfs_file *)file;
	return f->real->pMethods->xShmLock(f->real, offset, count, flags);
}

static void main_shm_barrier(sqlite3_file *file)
{
	struct vfs_file *f = (struct vfs_file *)file;
	f->real->pMethods->xShmBarrier(f->real);
}

static int main_shm_unmap(sqlite3_file *file, int delete)
{
	struct vfs_file *f = (struct vfs_file *)file;
	return f->real->pMethods->xShmUnmap(f->real, delete);
}

/* Version 2: without xFetch nobody can turn mmap on (trap 10). */
const sqlite3_io_methods vfs_main_methods = {
	.iVersion = 2,
	.xClose = main_close,
	.xRead = main_read,
	.xWrite = main_write,
	.xTruncate = main_truncate,
	.xSync = main_sync,
	.xFileSize = main_size,
	.xLock = vfs_lock,
	.xUnlock = vfs_unlock,
	.xCheckReservedLock = vfs_check_reserved_lock,
	.xFileControl = main_control,
	.xSectorSize = vfs_sector_size,
	.xDeviceCharacteristics = vfs_device_characteristics,
	.xShmMap = main_shm_map,
	.xShmLock = main_shm_lock,
	.xShmBarrier = main_shm_barrier,
	.xShmUnmap = main_shm_unmap,
};
