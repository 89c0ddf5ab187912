/* A copy in steps; see store_copy.h. */
#include "storage/store_copy.h"

#include <stdlib.h>
#include <string.h>

enum {
	STEP_PAGES = 64,
};

struct store_copy *store_copy_create(const char *path, struct store_job *job)
{
	struct store_copy *copy = store_alloc(sizeof *copy);
	size_t size = strlen(path) + 1;
	copy->path = store_alloc(size);
	memcpy(copy->path, path, size);
	copy->job = job;
	return copy;
}

bool store_copy_step(struct store_copy *copy, struct store_db *db, const char *vfs_name,
	enum store_status *status)
{
	enum vault_status answer = VAULT_OK;
	if (copy->backup == NULL) {
		answer = vault_backup_start(
			store_db_handle(db), copy->path, vfs_name, &copy->backup);
	}
	if (answer == VAULT_OK) {
		answer = vault_backup_step(copy->backup, STEP_PAGES);
	}
	if (answer == VAULT_MORE) {
		return false;
	}
	if (answer == VAULT_OK) {
		answer = vault_backup_finish(copy->backup);
		copy->backup = NULL;
	}
	*status = store_status_of_vault(answer, vfs_name);
	return true;
}

void store_copy_destroy(struct store_copy *copy)
{
	if (copy == NULL) {
		return;
	}
	vault_backup_finish(copy->backup);
	free(copy->path);
	free(copy);
}
