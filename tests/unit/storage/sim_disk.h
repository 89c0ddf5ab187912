/*
 * A disk that can lose power, fail and fill up: an SQLite VFS named "sim" to put the vault
 * on. Files are real (in the test's directory), read and written through "unix-excl", but
 * a sync is only noted: the simulation knows, for each file, what a disk must have kept
 * and which writes, truncations, creations and deletions since may or may not have
 * reached it. One process, one thread.
 */
#ifndef HARK_TESTS_UNIT_STORAGE_SIM_DISK_H
#define HARK_TESTS_UNIT_STORAGE_SIM_DISK_H

#include <stdbool.h>
#include <stdint.h>

#include "tests/unit/storage/vault_help.h"

enum sim_fault {
	SIM_NONE = 0,
	SIM_POWER, /* the operation may have happened in part, no later one does */
	SIM_WRITE_ERROR, /* SQLITE_IOERR_WRITE: writes, truncations, deletions */
	SIM_SYNC_ERROR, /* SQLITE_IOERR_FSYNC */
	SIM_READ_ERROR, /* SQLITE_IOERR_READ */
	SIM_FULL, /* SQLITE_FULL: writes */
};

struct sim_counts {
	long wal_headers, wal_frames, wal_pages, wal_frame_headers; /* writes by their shape */
	long wal_odd; /* any other shape */
	long kept, lost, torn; /* unsynced writes, in all power cuts so far */
};

/* Registers the VFS; once. */
void sim_register(void);

/* The `at`-th operation from now (from 1) that `fault` concerns fails; `sticky`: and all after. */
void sim_arm(enum sim_fault fault, int at, bool sticky);
void sim_disarm(void);

/* Whether the armed fault has happened. */
bool sim_fired(void);

/*
 * After SIM_POWER, with all handles closed: makes the files what the disk may have kept.
 * Of the unsynced writes to a file each is kept, lost, or torn at 512 bytes with each
 * piece kept or lost.
 */
void sim_power_cut(struct help_random *random);

/* Forgets all files; removes none. */
void sim_forget(void);

extern struct sim_counts sim_counts;

#endif
