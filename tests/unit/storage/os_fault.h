/*
 * What the storage code itself asks of the system, of libsodium and of SQLite, failing when told:
 * the linker puts these in front of the real ones (-Wl,--wrap, see storage/build.mk). SQLite's own
 * calls are not among them: sim_disk.h and fault_disk.h are its failing disks.
 */
#ifndef HARK_TESTS_UNIT_STORAGE_OS_FAULT_H
#define HARK_TESTS_UNIT_STORAGE_OS_FAULT_H

#include <stdbool.h>

enum os_fault {
	OS_MEMORY = 1, /* malloc, calloc, strdup, sodium_malloc: NULL */
	OS_FILE = 2, /* open, read, pread, write, fsync, fstat, unlink, link, mkdir, rename,
			renameat2, fcntl: -1 with errno */
	OS_CLOSE = 4, /* close: it is closed, and says that it could not */
	OS_SHORT = 8, /* read, write: half of what was asked for, which is no error */
	OS_SQLITE = 16, /* prepare, step, exec, checkpoints, backups: a result code */
	OS_START = 32, /* sodium_init, sqlite3_vfs_register, pthread_create */
	OS_DISK = 64, /* of OS_FILE those that a cache does not answer: pread, fsync */
};

/*
 * The `at`-th call of those kinds from now (from 1), by this thread or another, fails with `code`:
 * an errno value or an SQLite result code. With `sticky` all later ones as well.
 */
void os_fault_arm(int kinds, int at, int code, bool sticky);

/* From now on everything works. How many calls failed. */
int os_fault_disarm(void);

#endif
