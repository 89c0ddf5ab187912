/*
 * The tables of the file, as an ordered list of steps. The file's user_version says how many of
 * them it has been through. A step, once released, is never changed; a new one is added behind.
 */
#ifndef HARK_STORAGE_SCHEMA_H
#define HARK_STORAGE_SCHEMA_H

#include <stddef.h>

#include "storage/store_db.h"

/* How many steps this program knows. */
int schema_version(void);

/*
 * Takes the file behind `db`, the only connection, through the steps it lacks: all of them in one
 * transaction, or none. A file that went through at least one step before is copied first, to
 * "<path>.v<its version>", replacing a copy an earlier attempt left there.
 *
 * STORE_NEWER: more steps than this program knows, nothing done. Else what copying or writing came
 * to.
 */
enum store_status schema_migrate(struct store_db *db, const char *path, const char *vfs_name);

/* The same with another list: tests. */
enum store_status schema_migrate_with(struct store_db *db, const char *path, const char *vfs_name,
	const char *const *steps, int count);

#endif
