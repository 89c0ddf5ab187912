/*
 * A life that a vault leads in the simulations: numbered commits whose content follows
 * from their number, so that after any accident the file can be held against what it must
 * be. Between commits: checkpoints, transactions rolled back, a reader.
 */
#ifndef HARK_TESTS_UNIT_STORAGE_SIM_LIFE_H
#define HARK_TESTS_UNIT_STORAGE_SIM_LIFE_H

#include <stdbool.h>

#include "tests/unit/storage/vault_help.h"

struct life {
	const char *path;
	const char *vfs_name;
	bool spill; /* pages leave the cache in mid-transaction and are rewritten in place */
	sqlite3 *db;
	sqlite3 *reader; /* NULL, or a handle in a read transaction */
	int acknowledged; /* the last commit that was reported done */
};

/* Makes the vault with commit 0; ends the program if it cannot. Leaves it closed. */
void life_make(struct life *life);

/* Opens it as the daemon would. */
enum vault_status life_open(struct life *life);

/* Commits number acknowledged + 1, counts it if SQLite says so, and returns what SQLite says. */
int life_commit(struct life *life);

/* Perhaps a checkpoint, a rollback or a reader. */
void life_do_something_else(struct life *life, struct help_random *random);

/* Closes all handles, as far as the disk lets it. */
void life_close(struct life *life);

/*
 * Whether the open file holds exactly the commits up to the acknowledged one, or one more (which
 * then counts as acknowledged). Prints what is wrong.
 */
bool life_is_whole(struct life *life);

/* Besides: integrity_check, every seal, the full-text index. */
bool life_is_sound(struct life *life);

#endif
