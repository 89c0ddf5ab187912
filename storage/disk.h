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

/* Root gives `path` the owner of `like`, where there is one; for others nothing is to be done. */
int disk_give_like(const char *path, const char *like);

/* The first `size` bytes of a file. EIO: it has fewer. */
int disk_read_start(const char *path, void *bytes, size_t size);

/* Copies `from` to `to`, which must not exist, mode 0600, and syncs it. On failure there is no
 * `to`. */
int disk_copy(const char *from, const char *to);

/*
 * Gives `path` a second name, "<path><suffix>-1" or the first such number that is free, which is
 * for free(), and syncs the directory.
 */
int disk_keep(const char *path, const char *suffix, char **kept);

/* The same with a copy in place of a second name. */
int disk_copy_aside(const char *path, const char *suffix, char **copy);

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
