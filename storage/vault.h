/*
 * The vault: an SQLite file of which the disk never sees a byte in clear.
 *
 * A VFS shim seals every page of the database and of its write-ahead log with
 * XChaCha20-Poly1305; SQLite itself is the distribution's, unpatched. One VFS name
 * stands for one master key. The process holds the file alone ("unix-excl"), yet may
 * open any number of connections on it, each used by one thread at a time.
 *
 * Rule for every caller: while a connection is open, only SQLite touches the file.
 * One open() and close() of it elsewhere in the process drops SQLite's lock (POSIX
 * locks belong to the process and die with any descriptor), and a second process
 * could then overwrite rows unseen. stat() is harmless.
 *
 * After SQLITE_IOERR close the handle and open another: FTS5 of SQLite 3.40 remembers a
 * wrong state of its index over the rollback that a failed read brings about, in plain
 * files too, and goes on to write it.
 *
 * Nothing here logs. A call answers with a status; what the shim itself saw (a wrong
 * key, a damaged page) is kept a VFS name apart, for vault_last_reason().
 *
 * Longer than a header should be for its contracts: what each call leaves on the disk when it
 * fails is told here, and nowhere else.
 */
#ifndef HARK_STORAGE_VAULT_H
#define HARK_STORAGE_VAULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sqlite3.h>

#define VAULT_MASTER_BYTES 32

#define VAULT_CACHE_WRITER (INT64_C(64) << 20) /* bytes */
#define VAULT_CACHE_READER (INT64_C(8) << 20) /* bytes */

enum vault_status {
	VAULT_OK = 0,
	VAULT_MORE, /* vault_backup_step: there is more to copy */
	VAULT_REFUSED, /* the shim said no: vault_last_reason() knows why */
	VAULT_MISSING, /* there is no such file (or directory) */
	VAULT_EXISTS, /* there is one already, and it was left alone */
	VAULT_BUSY, /* another process, or another connection, holds it */
	VAULT_READ_ONLY, /* this user may not read and write the file, or its disk is read-only */
	VAULT_FULL, /* the disk is full */
	VAULT_IO, /* reading, writing or syncing failed */
	VAULT_NO_MEMORY,
	VAULT_INCONSISTENT, /* every seal is whole, but SQLite's integrity_check complains */
	VAULT_FAILED, /* anything else SQLite reports: sqlite3_errmsg() of the handle */
};

/* What the shim saw. The first three concern the whole file and come from its first 16 bytes. */
enum vault_reason {
	VAULT_REASON_NONE = 0,
	VAULT_REASON_WRONG_KEY, /* a Hark file, sealed under another key */
	VAULT_REASON_NOT_HARK, /* not a Hark file at all, or an empty one */
	VAULT_REASON_NEWER_FORMAT, /* a Hark file of a format this program does not know */
	VAULT_REASON_DAMAGED_PAGE, /* number: the page, from 1, at byte (number - 1) * 4096 */
	VAULT_REASON_DAMAGED_LOG, /* number: the frame of the -wal, from 1; 0 is its header */
	VAULT_REASON_REFUSED_TEMP, /* SQLite wanted a temporary file, which would be in clear */
	VAULT_REASON_REFUSED_JOURNAL, /* SQLite wanted a rollback journal, likewise */
	VAULT_REASON_REFUSED_WRITE, /* number: the page, whose shape format 1 does not have; 0: not
				       known */
};

/* One sentence for people, without a full path or a number. Never NULL. Static. */
const char *vault_status_text(enum vault_status status);
const char *vault_reason_text(enum vault_reason reason);

/*
 * Registers the VFS `vfs_name` for `master_key`, standing on SQLite's "unix-excl".
 * Name and key are copied; the key's copy lives in sodium_malloc memory. The caller
 * wipes its own. VAULT_EXISTS if the name is taken, VAULT_NO_MEMORY, VAULT_FAILED if
 * libsodium or the base VFS is missing. Not the default VFS.
 */
enum vault_status vault_register(
	const char *vfs_name, const uint8_t master_key[static VAULT_MASTER_BYTES]);

/* The same on another base VFS: a test's simulated disk. */
enum vault_status vault_register_over(const char *vfs_name,
	const uint8_t master_key[static VAULT_MASTER_BYTES], const char *base_vfs);

/* Every connection of that name is closed before. Wipes the key. An unknown name or NULL: nothing.
 */
void vault_unregister(const char *vfs_name);

/*
 * The newest thing any connection of that VFS name met, and with `number` not NULL its
 * page or frame (0 where it has none). VAULT_REASON_NONE if there was nothing, or the
 * name is unknown or NULL. From any thread. vault_open() and vault_check() begin by
 * clearing it; a torn tail after a power cut is no reason.
 */
enum vault_reason vault_last_reason(const char *vfs_name, uint32_t *number);
void vault_clear_reason(const char *vfs_name);

struct vault_options {
	int64_t cache_bytes; /* SQLite's page cache; 0 is VAULT_CACHE_READER */
	int busy_ms; /* how long to wait for another connection's lock; 0: not at all */
	bool read_only; /* query_only: statements that write fail with SQLITE_READONLY */
	bool relaxed; /* accept a damaged log up to the damage; needs to be the only
			 connection, and empties the log at once. Only on the operator's word,
			 after a copy of the -wal was put aside */
};

/*
 * Opens an existing vault as every connection of Hark is opened: temp_store=MEMORY,
 * journal_mode=WAL, synchronous=FULL, cache_spill=OFF, secure_delete=ON,
 * trusted_schema=OFF, foreign_keys=ON, cell_size_check=ON, wal_autocheckpoint=0 (the
 * caller checkpoints), no mmap, no checkpoint by a connection that closes unless it is
 * the last. Recovers the log if the last process died.
 *
 * `vfs_name` NULL opens a plain, unsealed file on "unix-excl" with the same pragmas: for
 * benchmarks. `options` NULL is all zero. `db` is set on VAULT_OK only; the caller closes
 * it with sqlite3_close(). The handle has no mutex: one thread at a time.
 *
 * VAULT_REFUSED (wrong key, not Hark, newer, damaged), VAULT_MISSING, VAULT_BUSY (another
 * process has it), VAULT_READ_ONLY, VAULT_FULL, VAULT_IO, VAULT_NO_MEMORY, VAULT_FAILED.
 */
enum vault_status vault_open(
	const char *path, const char *vfs_name, const struct vault_options *options, sqlite3 **db);

/*
 * Gives the log's file at least so many bytes, in zeros behind what is in it, and syncs it. Within
 * a write transaction on db. False: the disk did not take them, or the file is plain; all is as
 * before.
 */
bool vault_widen_log(sqlite3 *db, int64_t bytes);

/*
 * Makes an empty vault (no tables) at `path`, mode 0600: under `path`.new, synced, then
 * renamed, because the very first write of a file is the one SQLite cannot undo. A
 * `path`.new left by a crash is removed first. VAULT_EXISTS if `path` exists.
 * `vfs_name` NULL makes a plain file.
 */
enum vault_status vault_create(const char *path, const char *vfs_name);

/*
 * Writes the whole file afresh under the key of `new_vfs` (and a new file id), checks it,
 * and renames it over `path`. No connection to `path` is open in any process: hold
 * vault_lock(). Until the rename the old file is untouched, after it the new one is whole;
 * the caller keeps both keys until this returns. Needs as much free disk as the file has.
 */
enum vault_status vault_rekey(const char *path, const char *old_vfs, const char *new_vfs);

/*
 * A copy of a live vault, made in steps between other work of the handle's thread. `db` is
 * the writer's handle: from another connection each write would start the copy over. What
 * `db` commits between two steps is in the copy. `vfs_name` (any Hark key) seals the copy;
 * it appears at `path` (which must not exist) only when whole, synced and renamed.
 *
 *	vault_backup_start -> vault_backup_step until not VAULT_MORE -> vault_backup_finish
 */
struct vault_backup;

enum vault_status vault_backup_start(
	sqlite3 *db, const char *path, const char *vfs_name, struct vault_backup **backup);

/* Copies up to `pages` pages (> 0). VAULT_MORE, VAULT_OK when all are copied, or an error. */
enum vault_status vault_backup_step(struct vault_backup *backup, int pages);

/* Pages done and in all, as of the last step. */
void vault_backup_progress(const struct vault_backup *backup, uint32_t *done, uint32_t *total);

/*
 * Frees `backup` (NULL is fine) in any case. If the last step said VAULT_OK, puts the copy in
 * its place, else removes what there is of it and returns VAULT_FAILED.
 */
enum vault_status vault_backup_finish(struct vault_backup *backup);

/*
 * Opens the seal of every page, used or free, and runs integrity_check. On the handle whose
 * thread checkpoints, outside a transaction: it empties the log into the file first
 * (VAULT_BUSY if a reader does not let it). About 10 us a page. VAULT_REFUSED with
 * VAULT_REASON_DAMAGED_PAGE, or VAULT_INCONSISTENT with integrity_check's first line in
 * `complaint` (up to `size` bytes with the NUL; may be NULL with size 0; "" otherwise).
 * The line names tables and pages, no content.
 */
enum vault_status vault_check(sqlite3 *db, const char *vfs_name, char *complaint, size_t size);

/*
 * Opens the seals of up to `count` pages from `page` (from 1) as they stand in the file, beside
 * other connections; on the thread of `db`. `page` is then the next one, or the one that does not
 * open (VAULT_REFUSED): it is damaged only if no log holds it whole and nobody was writing it just
 * now. VAULT_MORE, or VAULT_OK behind the last one.
 */
enum vault_status vault_check_pages(
	sqlite3 *db, const char *vfs_name, uint32_t *page, uint32_t count);

/* Whether the file at `path` is sealed under `master_key`. No connection of this process is open.
 */
enum vault_status vault_key_fits(
	const char *path, const uint8_t master_key[static VAULT_MASTER_BYTES], bool *fits);

/*
 * Takes the OFD write lock on the file "hark.lock" in the directory of `path`, made with mode
 * 0600 if need be. Hold it before opening and until after closing. VAULT_BUSY if another
 * process (or another vault_lock of this one) has it, VAULT_MISSING without the directory,
 * VAULT_READ_ONLY, VAULT_IO. `fd` is set on VAULT_OK; vault_unlock() closes it, and so does
 * the end of the process. The file stays.
 */
enum vault_status vault_lock(const char *path, int *fd);
void vault_unlock(int fd);

#endif
