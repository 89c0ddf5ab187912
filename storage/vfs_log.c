/*
 * The methods of the write-ahead log. SQLite reads and writes it in few shapes: the file
 * header (0, 32), its checksum (24, 8), and of a frame the header (0, 24), the header's
 * checksum (16, 8), the page (24, 4096) or all of it (0, 4120). Anything else is refused.
 *
 * SQLite sums each log up over the plaintext, writes headers and pages apart, and after
 * rewriting a page in place leaves headers with empty salts until the commit (trap 4).
 * The shim holds a header back until its page comes, so that a frame is one write.
 *
 * In recovery a broken seal is either the tail that a power cut tore (the end of the log:
 * normal) or damage (commits would be lost without a word). log_goes_on() tells them apart.
 */
#include "storage/vfs.h"

#include <string.h>

#include <sodium.h>

enum {
	SALTS_AT = 16, /* in the log's header */
	HEADER_SUM_AT = 24, /* in the log's header */
	FRAME_SALTS_AT = 8, /* in a frame's header */
	FRAME_SUM_AT = 16, /* in a frame's header */
	LOG_MAGIC = 0x377f0682, /* the low bit: words are big-endian */
	LOG_VERSION = 3007000,
};

static sqlite3_int64 frame_offset(uint32_t frame)
{
	return SEAL_LOG_HEADER + (sqlite3_int64)(frame - 1) * SEAL_FRAME;
}

static int real_read(struct vfs_file *f, void *out, int bytes, sqlite3_int64 offset)
{
	return f->real->pMethods->xRead(f->real, out, bytes, offset);
}

static int real_write(struct vfs_file *f, const void *data, int bytes, sqlite3_int64 offset)
{
	return f->real->pMethods->xWrite(f->real, data, bytes, offset);
}

static const struct seal_keys *keys_of(struct vfs_file *f)
{
	return f->log.main->keys;
}

/* Where a read or write falls: returns the frame, 0 for the file header. */
static uint32_t locate(sqlite3_int64 offset, int *at)
{
	if (offset < SEAL_LOG_HEADER) {
		*at = (int)offset;
		return 0;
	}
	*at = (int)((offset - SEAL_LOG_HEADER) % SEAL_FRAME);
	return (uint32_t)((offset - SEAL_LOG_HEADER) / SEAL_FRAME) + 1;
}

static int damaged(struct vfs_file *f, uint32_t frame)
{
	vfs_trouble(f->vfs, VAULT_REASON_DAMAGED_LOG, frame);
	return SQLITE_IOERR_DATA;
}

/*
 * The salts that seal this frame: the log's. They are remembered, and looked up again
 * where the frame's own are others: another connection may have begun a new log, or
 * SQLite has not filled them in yet (trap 4).
 */
static int salts_for(struct vfs_file *f, const uint8_t *frame_header)
{
	if (memcmp(frame_header + FRAME_SALTS_AT, f->log.salts, SEAL_SALTS) == 0) {
		return SQLITE_OK;
	}
	return real_read(f, f->log.salts, SEAL_SALTS, SALTS_AT);
}

/* ---- writing ---- */

static int refused_write(struct vfs_file *f, uint32_t page)
{
	vfs_trouble(f->vfs, VAULT_REASON_REFUSED_WRITE, page);
	return SQLITE_IOERR_WRITE;
}

/* Writes the header that waits for a page, if there is one: no page came. */
static int flush_held(struct vfs_file *f)
{
	uint32_t frame = f->log.held_frame;
	if (frame == 0) {
		return SQLITE_OK;
	}
	f->log.held_frame = 0;
	seal_mask_checksum(keys_of(f), frame, f->log.held);
	return real_write(f, f->log.held, SEAL_FRAME_HEADER, frame_offset(frame));
}

static int write_frame_page(struct vfs_file *f, uint32_t frame, const uint8_t *clear)
{
	bool whole = f->log.held_frame == frame;
	uint8_t *header = f->scratch;
	int rc = SQLITE_OK;
	if (whole) {
		memcpy(header, f->log.held, SEAL_FRAME_HEADER);
		f->log.held_frame = 0;
	} else { /* a page rewritten in place (trap 5) */
		rc = flush_held(f);
		if (rc == SQLITE_OK) {
			rc = real_read(f, header, SEAL_FRAME_HEADER, frame_offset(frame));
		}
	}
	if (rc == SQLITE_OK && !vfs_fits_format(seal_get32(header), clear)) {
		rc = refused_write(f, seal_get32(header));
	}
	if (rc == SQLITE_OK) {
		rc = salts_for(f, header);
	}
	if (rc != SQLITE_OK) {
		return rc == SQLITE_IOERR_SHORT_READ ? SQLITE_IOERR_WRITE : rc;
	}
	seal_frame_page(keys_of(f), frame, header, f->log.salts, clear, header + SEAL_FRAME_HEADER);
	if (!whole) {
		return real_write(f, header + SEAL_FRAME_HEADER, SEAL_PAGE,
			frame_offset(frame) + SEAL_FRAME_HEADER);
	}
	seal_mask_checksum(keys_of(f), frame, header);
	return real_write(f, header, SEAL_FRAME, frame_offset(frame));
}

static int write_log_header(struct vfs_file *f, const uint8_t *header)
{
	int rc = flush_held(f);
	if (rc == SQLITE_OK) {
		rc = real_write(f, header, SEAL_LOG_HEADER, 0);
	}
	if (rc == SQLITE_OK) {
		memcpy(f->log.salts, header + SALTS_AT, SEAL_SALTS);
	}
	return rc;
}

static int log_write(sqlite3_file *file, const void *data, int bytes, sqlite3_int64 offset)
{
	struct vfs_file *f = (struct vfs_file *)file;
	int at;
	uint32_t frame = locate(offset, &at);
	int rc = vfs_load_keys(f->log.main);
	if (rc != SQLITE_OK) {
		return SQLITE_IOERR_WRITE;
	}
	if (offset == 0 && bytes == SEAL_LOG_HEADER) {
		return write_log_header(f, data);
	}
	if (frame > 0 && at == 0 && bytes == SEAL_FRAME_HEADER) {
		rc = flush_held(f);
		memcpy(f->log.held, data, SEAL_FRAME_HEADER);
		f->log.held_frame = rc == SQLITE_OK ? frame : 0;
		return rc;
	}
	if (frame > 0 && at == SEAL_FRAME_HEADER && bytes == SEAL_PAGE) {
		return write_frame_page(f, frame, data);
	}
	f->log.held_frame = 0;
	return refused_write(f, 0);
}

/* ---- SQLite's checksum ---- */

static uint32_t sum_word(const uint8_t *p, bool big_endian)
{
	return big_endian
		       ? seal_get32(p)
		       : (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

/* Continues the running checksum (SQLite's file format, 4.2); `bytes` is a multiple of 8. */
static void sum_add(uint32_t sum[static 2], bool big_endian, const uint8_t *data, size_t bytes)
{
	for (size_t i = 0; i < bytes; i += 8) {
		sum[0] += sum_word(data + i, big_endian) + sum[1];
		sum[1] += sum_word(data + i + 4, big_endian) + sum[0];
	}
}

static bool sum_equals(const uint32_t sum[static 2], const uint8_t *stored)
{
	return sum[0] == seal_get32(stored) && sum[1] == seal_get32(stored + 4);
}

/* An opened frame with its checksum unmasked: adds it to `sum`, true if they agree. */
static bool sum_frame(uint32_t sum[static 2], bool big_endian, const uint8_t *frame)
{
	sum_add(sum, big_endian, frame, 8);
	sum_add(sum, big_endian, frame + SEAL_FRAME_HEADER, SEAL_PAGE);
	return sum_equals(sum, frame + FRAME_SUM_AT);
}

/* ---- reading ---- */

/* Opens a whole frame in place. False: its seal is broken or not of this log. */
static bool open_frame(
	struct vfs_file *f, uint32_t frame, const uint8_t salts[static SEAL_SALTS], uint8_t *bytes)
{
	uint8_t *page = bytes + SEAL_FRAME_HEADER;
	if (!seal_open_frame_page(keys_of(f), frame, bytes, salts, page, page)) {
		return false;
	}
	seal_mask_checksum(keys_of(f), frame, bytes);
	return true;
}

/*
 * After a frame that does not open, does the log go on? With synchronous=FULL a commit is
 * on disk before the next one is begun. So two whole commits, the second of which goes on
 * from the first, prove that all before the first was once on disk: the hole is damage, not
 * a power cut. One commit proves nothing (its own frames may be the torn ones), nor do two
 * that do not continue each other: frames of a tail torn earlier stay behind in the log
 * and still open, but their checksums lead from something that is no longer there.
 */
static int log_goes_on(struct vfs_file *f, uint32_t hole, bool *goes_on)
{
	sqlite3_int64 size;
	int rc = f->real->pMethods->xFileSize(f->real, &size);
	int64_t frames = rc == SQLITE_OK ? (size - SEAL_LOG_HEADER) / SEAL_FRAME : 0;
	uint8_t *frame = f->scratch;
	uint32_t sum[2] = {0};
	bool after_commit = false; /* `sum` leads here from a whole commit */
	*goes_on = false;

	for (int64_t k = (int64_t)hole + 1; k <= frames && rc == SQLITE_OK && !*goes_on; k++) {
		rc = real_read(f, frame, SEAL_FRAME_HEADER, frame_offset((uint32_t)k));
		if (rc != SQLITE_OK ||
			memcmp(frame + FRAME_SALTS_AT, f->log.salts, SEAL_SALTS) != 0) {
			after_commit = false;
			continue;
		}
		rc = real_read(f, frame, SEAL_FRAME, frame_offset((uint32_t)k));
		if (rc != SQLITE_OK || !open_frame(f, (uint32_t)k, f->log.salts, frame)) {
			after_commit = false;
			continue;
		}
		after_commit = after_commit && sum_frame(sum, f->log.sum_big_endian, frame);
		if (seal_get32(frame + 4) != 0) { /* a commit */
			*goes_on = after_commit;
			after_commit = true;
			sum[0] = seal_get32(frame + FRAME_SUM_AT);
			sum[1] = seal_get32(frame + FRAME_SUM_AT + 4);
		}
	}
	sodium_memzero(frame, SEAL_FRAME);
	return rc;
}

/* Does frame 1 open, by the salts it bears itself? Then the header is damaged. */
static int first_frame_opens(struct vfs_file *f, bool *opens)
{
	uint8_t *frame = f->scratch;
	uint8_t salts[SEAL_SALTS];
	int rc = real_read(f, frame, SEAL_FRAME, SEAL_LOG_HEADER);
	*opens = false;
	if (rc == SQLITE_OK) {
		memcpy(salts, frame + FRAME_SALTS_AT, SEAL_SALTS);
		*opens = open_frame(f, 1, salts, frame);
	}
	sodium_memzero(frame, SEAL_FRAME);
	return rc == SQLITE_IOERR_SHORT_READ ? SQLITE_OK : rc;
}

/* The first read of every recovery. */
static int read_log_header(struct vfs_file *f, uint8_t *out)
{
	struct log *log = &f->log;
	int rc = real_read(f, out, SEAL_LOG_HEADER, 0);
	if (rc != SQLITE_OK) {
		return rc;
	}
	log->phase = LOG_RECOVERY;
	memcpy(log->salts, out + SALTS_AT, SEAL_SALTS);
	log->sum_big_endian = out[3] & 1;
	log->sum[0] = log->sum[1] = 0;
	sum_add(log->sum, log->sum_big_endian, out, HEADER_SUM_AT);
	log->sum_frame = 1;
	if (sum_equals(log->sum, out + HEADER_SUM_AT) &&
		(seal_get32(out) & ~UINT32_C(1)) == LOG_MAGIC &&
		seal_get32(out + 4) == LOG_VERSION && seal_get32(out + 8) == SEAL_PAGE) {
		return SQLITE_OK;
	}
	bool is_damage = false;
	if (!log->relaxed) {
		rc = first_frame_opens(f, &is_damage);
	}
	return is_damage ? damaged(f, 0) : rc;
}

/*
 * A whole frame. In recovery SQLite takes page number 0 for the end of the log, and must be
 * told so by a broken seal, or no vault would open after a power cut; but where SQLite sums
 * up frames it has just written, the same must be an error, or a commit is lost (trap 6).
 *
 * In recovery SQLite next looks at salts and checksum, which no seal covers, and ends the
 * log where they disagree. A flipped bit there must not pass for an end either, so the
 * shim looks first.
 */
static int read_frame(struct vfs_file *f, uint32_t frame, uint8_t *out)
{
	struct log *log = &f->log;
	int rc = real_read(f, out, SEAL_FRAME, frame_offset(frame));
	if (rc == SQLITE_OK && log->phase != LOG_RECOVERY) {
		rc = salts_for(f, out);
	}
	if (rc != SQLITE_OK) {
		return rc;
	}
	bool whole = open_frame(f, frame, log->salts, out);
	if (log->phase != LOG_RECOVERY) {
		return whole ? SQLITE_OK : damaged(f, frame);
	}
	if (whole && frame == log->sum_frame) {
		whole = memcmp(out + FRAME_SALTS_AT, log->salts, SEAL_SALTS) == 0 &&
			sum_frame(log->sum, log->sum_big_endian, out);
		log->sum_frame++;
	}
	if (whole) {
		return SQLITE_OK;
	}
	memset(out, 0, SEAL_FRAME);
	bool is_damage = false;
	if (!log->relaxed) {
		rc = log_goes_on(f, frame, &is_damage);
	}
	return is_damage ? damaged(f, frame) : rc;
}

static int read_frame_page(struct vfs_file *f, uint32_t frame, uint8_t *out)
{
	int rc = real_read(f, f->scratch, SEAL_FRAME, frame_offset(frame));
	if (rc == SQLITE_OK) {
		rc = salts_for(f, f->scratch);
	}
	if (rc == SQLITE_IOERR_SHORT_READ ||
		(rc == SQLITE_OK && !seal_open_frame_page(keys_of(f), frame, f->scratch,
					    f->log.salts, f->scratch + SEAL_FRAME_HEADER, out))) {
		rc = damaged(f, frame);
	}
	if (rc != SQLITE_OK) {
		memset(out, 0, SEAL_PAGE);
	}
	return rc;
}

static int read_frame_header(struct vfs_file *f, uint32_t frame, uint8_t *out)
{
	int rc = real_read(f, out, SEAL_FRAME_HEADER, frame_offset(frame));
	if (rc == SQLITE_OK) {
		seal_mask_checksum(keys_of(f), frame, out);
	}
	return rc;
}

static int read_frame_sum(struct vfs_file *f, uint32_t frame, uint8_t *out)
{
	uint8_t header[SEAL_FRAME_HEADER];
	int rc = read_frame_header(f, frame, header);
	f->log.phase = LOG_RESUM;
	memcpy(out, header + FRAME_SUM_AT, 8);
	return rc;
}

static int log_read(sqlite3_file *file, void *out, int bytes, sqlite3_int64 offset)
{
	struct vfs_file *f = (struct vfs_file *)file;
	int at;
	uint32_t frame = locate(offset, &at);
	int rc = flush_held(f);
	if (rc == SQLITE_OK) {
		rc = vfs_load_keys(f->log.main);
	}
	if (rc != SQLITE_OK) {
		return SQLITE_IOERR_READ;
	}
	if (frame == 0 && at == 0 && bytes == SEAL_LOG_HEADER) {
		return read_log_header(f, out);
	}
	if (frame == 0 && at == HEADER_SUM_AT && bytes == 8) {
		f->log.phase = LOG_RESUM;
		return real_read(f, out, bytes, offset);
	}
	if (frame > 0 && at == 0 && bytes == SEAL_FRAME) {
		return read_frame(f, frame, out);
	}
	if (frame > 0 && at == SEAL_FRAME_HEADER && bytes == SEAL_PAGE) {
		return read_frame_page(f, frame, out);
	}
	if (frame > 0 && at == 0 && bytes == SEAL_FRAME_HEADER) {
		f->log.phase = LOG_OTHER;
		return read_frame_header(f, frame, out);
	}
	if (frame > 0 && at == FRAME_SUM_AT && bytes == 8) {
		return read_frame_sum(f, frame, out);
	}
	return SQLITE_IOERR_READ;
}

/* ---- the rest ---- */

static int log_close(sqlite3_file *file)
{
	struct vfs_file *f = (struct vfs_file *)file;
	int flushed = flush_held(f);
	int rc = vfs_close_real(file);
	return flushed != SQLITE_OK ? flushed : rc;
}

static int log_truncate(sqlite3_file *file, sqlite3_int64 to)
{
	struct vfs_file *f = (struct vfs_file *)file;
	int rc = flush_held(f);
	return rc == SQLITE_OK ? f->real->pMethods->xTruncate(f->real, to) : rc;
}

static int log_sync(sqlite3_file *file, int flags)
{
	struct vfs_file *f = (struct vfs_file *)file;
	int rc = flush_held(f);
	return rc == SQLITE_OK ? f->real->pMethods->xSync(f->real, flags) : rc;
}

static int log_size(sqlite3_file *file, sqlite3_int64 *size)
{
	struct vfs_file *f = (struct vfs_file *)file;
	int rc = flush_held(f);
	return rc == SQLITE_OK ? f->real->pMethods->xFileSize(f->real, size) : rc;
}

/* In the pages that SQLite will write: in larger pieces the kernel would keep them as such, and
 * count each for every page that changes in it. */
static int log_widen(struct vfs_file *f, sqlite3_int64 to)
{
	static const uint8_t zeros[SEAL_PAGE];
	sqlite3_int64 size;
	int rc = flush_held(f);
	if (rc == SQLITE_OK) {
		rc = f->real->pMethods->xFileSize(f->real, &size);
	}
	if (rc != SQLITE_OK || size >= to) {
		return rc;
	}
	for (sqlite3_int64 at = size, bytes; at < to && rc == SQLITE_OK; at += bytes) {
		bytes = SEAL_PAGE - at % SEAL_PAGE;
		rc = real_write(f, zeros, (int)bytes, at);
	}
	if (rc == SQLITE_OK) {
		return f->real->pMethods->xSync(f->real, SQLITE_SYNC_NORMAL);
	}
	f->real->pMethods->xTruncate(f->real, size);
	return rc;
}

static int log_control(sqlite3_file *file, int op, void *argument)
{
	struct vfs_file *f = (struct vfs_file *)file;
	if (op == VFS_LOG_WIDEN) {
		return log_widen(f, *(const sqlite3_int64 *)argument);
	}
	if (op == SQLITE_FCNTL_SIZE_HINT || op == SQLITE_FCNTL_CHUNK_SIZE) {
		return SQLITE_OK;
	}
	return f->real->pMethods->xFileControl(f->real, op, argument);
}

const sqlite3_io_methods vfs_log_methods = {
	.iVersion = 1,
	.xClose = log_close,
	.xRead = log_read,
	.xWrite = log_write,
	.xTruncate = log_truncate,
	.xSync = log_sync,
	.xFileSize = log_size,
	.xLock = vfs_lock,
	.xUnlock = vfs_unlock,
	.xCheckReservedLock = vfs_check_reserved_lock,
	.xFileControl = log_control,
	.xSectorSize = vfs_sector_size,
	.xDeviceCharacteristics = vfs_device_characteristics,
};
