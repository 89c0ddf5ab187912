/*
 * Making a file appear whole or not at all: sync, rename, sync the directory. Never for a
 * vault that a connection is open on (vault.h says why).
 */
#ifndef HARK_STORAGE_DISK_H
#define HARK_STORAGE_DISK_H

#include <stdbool.h>
#include <stddef.h>

/* All return 0, or an errno value. */

/* Makes an empty file, mode 0600, that must not exist. */
int disk_make_empty(const char *path);

/* Removes the file; that there is none is fine. */
int disk_remove(const char *path);

/* Syncs `from`, renames it to `to` and syncs the directory. Unless `replace`, `to` must not exist.
 */
int disk_put_in_place(const char *from, const char *to, bool replace);

/* Syncs the directory `path` is in. */
int disk_sync_directory(const char *path);

/*
 * The directory part of `path` and `name` joined, or `path` and `suffix` joined, for free().
 * NULL if memory is short.
 */
char *disk_path_beside(const char *path, const char *name);
char *disk_path_with(const char *path, const char *suffix);

#endif
