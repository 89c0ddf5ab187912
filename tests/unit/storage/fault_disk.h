/*
 * A disk that fails when told, for tests with threads: an SQLite VFS named "fault" on "unix-excl".
 * Everything is passed on, until the n-th write or sync from the order is answered with an error
 * instead. (sim_disk.h has power cuts, for one thread.)
 */
#ifndef HARK_TESTS_UNIT_STORAGE_FAULT_DISK_H
#define HARK_TESTS_UNIT_STORAGE_FAULT_DISK_H

#include <stdbool.h>

enum fault_kind {
	FAULT_WRITE, /* xWrite and xTruncate */
	FAULT_SYNC,
	FAULT_READ,
	FAULT_MAIN_WRITE, /* FAULT_WRITE, but only to the database file, not to its log */
	FAULT_MAIN_SYNC,
	FAULT_SIZE, /* xFileSize */
	FAULT_OPEN, /* xOpen */
	FAULT_EACH, /* any of these */
};

/* Registers the VFS; again is fine. */
void fault_register(void);

/*
 * The `at`-th operation of that kind from now (from 1) answers `code`, an SQLite result code, with
 * errno `error_number`; with `sticky` all later ones as well.
 */
void fault_arm(enum fault_kind kind, int at, int code, int error_number, bool sticky);
void fault_disarm(void);

/* Operations that failed since fault_arm(). */
int fault_hits(void);

#endif
