/*
 * Putting a copy in the place of the file, so that either the one or the other is there.
 *
 * The copy is copied once more, into "hark.restore/" beside the file, where whoever calls looks it
 * over, notes the restore in its audit, and re-keys it if need be. Only then is it renamed over the
 * file, which keeps another name. A log that belongs to the file before is emptied into that one
 * first: found beside another file of the same id it would be taken for that one's. If it cannot
 * be, because it is damaged, both are moved away, and until the rename there is no file: the daemon
 * then says so and does not start.
 */
#ifndef HARK_STORAGE_RESTORE_H
#define HARK_STORAGE_RESTORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "storage/store.h"

struct restore;

/*
 * Takes the lock of `path`, and copies `from` (with its log, should it have one). STORE_REFUSED:
 * there is a file at `path`, and not `replace`. On failure a sentence is in `problem`.
 */
enum store_status restore_begin(const char *path, const char *from, bool replace,
	struct restore **restore, char *problem, size_t size);

/* The copy, which nobody has open, and its directory. Valid until restore_finish(). */
const char *restore_file(const struct restore *restore);
const char *restore_directory(const struct restore *restore);

/*
 * Puts the copy in place, once its connections are closed. `key` is the one of the file before,
 * whose name is then in *kept, for free(); NULL: there was none.
 */
enum store_status restore_put_in_place(
	struct restore *restore, const uint8_t *key, char **kept, char *problem, size_t size);

/* Removes what is left of the copy, and gives up the lock. NULL is fine. */
void restore_finish(struct restore *restore);

#endif
