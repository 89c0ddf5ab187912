/*
 * What the parts of the shim share: vfs.c (registration, opening), vfs_main.c (the
 * database file) and vfs_log.c (the write-ahead log). Nothing else includes this.
 */
#ifndef HARK_STORAGE_VFS_H
#define HARK_STORAGE_VFS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <sqlite3.h>

#include "storage/seal.h"
#include "storage/vault.h"

/* One registered name, which is one master key. */
struct vfs {
	sqlite3_vfs methods; /* what SQLite sees; methods.pAppData points back here */
	sqlite3_vfs *base; /* who does the real work */
	uint8_t *master; /* SEAL_MASTER bytes of sodium_malloc memory */
	_Atomic uint64_t trouble; /* enum vault_reason << 32 | page or frame */
	char name[];
};

/* What SQLite last asked a log for, which tells recovery from the rest. */
enum log_phase {
	LOG_OTHER = 0,
	LOG_RECOVERY, /* the whole file header was the last small read */
	LOG_RESUM, /* a checksum alone: SQLite sums up frames it rewrote */
};

/* State of a log only. */
struct log {
	struct vfs_file *main; /* the database it belongs to; outlives it */
	bool relaxed; /* take damage for the end of the log */
	uint32_t held_frame; /* frame whose header waits for its page; 0: none */
	uint8_t held[SEAL_FRAME_HEADER]; /* that header, not masked yet */
	uint8_t salts[SEAL_SALTS]; /* of the log, as last seen; checked against the file
				      wherever a frame disagrees */
	enum log_phase phase;
	uint32_t sum_frame; /* recovery: the frame that `sum` leads up to; 0: not known */
	uint32_t sum[2]; /* recovery: SQLite's running checksum before it */
	bool sum_big_endian; /* how SQLite reads words for it: a bit of the log's magic */
};

/* One open file, in memory SQLite allocates; the base's own file follows it. */
struct vfs_file {
	sqlite3_file file; /* must be first */
	struct vfs *vfs;
	sqlite3_file *real; /* the base's; NULL for a journal that keeps nothing */
	struct seal_keys *keys; /* database: sodium_malloc memory, NULL until the id is known */
	bool fresh; /* database: the id was made here and may not be on disk yet */
	struct log log;
	uint8_t scratch[SEAL_FRAME]; /* ciphertext, or plaintext that is wiped after use */
};

enum {
	/* xFileControl() of a log, argument sqlite3_int64 *: its file shall have so many bytes. */
	VFS_LOG_WIDEN = 0x4861726b,
};

extern const sqlite3_io_methods vfs_main_methods;
extern const sqlite3_io_methods vfs_log_methods;

/* Remembers a reason for vault_last_reason(). */
void vfs_trouble(struct vfs *vfs, enum vault_reason reason, uint32_t number);

/*
 * Learns the file id and the keys from the file's first bytes, once. SQLITE_OK,
 * SQLITE_IOERR_SHORT_READ if the file is empty, SQLITE_NOTADB, an I/O error.
 */
int vfs_load_keys(struct vfs_file *main);

/*
 * Whether format 1 has such a page: nothing in the reserved bytes (SQLite's sums over a log
 * take them in, and they read back as zero: trap 1), and in page 1 the one page size, the one
 * reserve and no auto-vacuum (trap 13). Asked for the log as well: a page that could enter
 * there but not the file would stop every checkpoint from then on.
 */
bool vfs_fits_format(uint32_t page, const uint8_t *clear);

/* The methods that database and log share. */
int vfs_close_real(sqlite3_file *file);
int vfs_lock(sqlite3_file *file, int level);
int vfs_unlock(sqlite3_file *file, int level);
int vfs_check_reserved_lock(sqlite3_file *file, int *held);
int vfs_sector_size(sqlite3_file *file);
int vfs_device_characteristics(sqlite3_file *file);

#endif
