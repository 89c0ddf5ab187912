/*
 * A copy of the file, made in steps on the writer's connection: from any other one each commit
 * would start it over.
 */
#ifndef HARK_STORAGE_STORE_COPY_H
#define HARK_STORAGE_STORE_COPY_H

#include <stdbool.h>

#include "storage/store_db.h"

struct store_copy {
	struct store_copy *next; /* store::copies */
	struct store_job *job; /* the caller's; done when the copy is */
	char *path; /* where to */
	struct vault_backup *backup; /* NULL: not begun */
};

struct store_copy *store_copy_create(const char *path, struct store_job *job);

/* One step, below a millisecond. True: it ended, with *status. */
bool store_copy_step(struct store_copy *copy, struct store_db *db, const char *vfs_name,
	enum store_status *status);

/* Leaves nothing of a copy that did not end. NULL is fine. */
void store_copy_destroy(struct store_copy *copy);

#endif
