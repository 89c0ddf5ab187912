/* Putting a copy in the place of the file; see restore.h. */
#include "storage/restore.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "storage/disk.h"
#include "storage/store_db.h"
#include "storage/vault.h"

struct restore {
	char *path, *log; /* the file that is replaced */
	char *owner; /* the directory both are in: who owns that owns the file */
	char *directory, *file, *file_log; /* the copy */
	int lock;
};

static bool exists(const char *path)
{
	struct stat found;
	return lstat(path, &found) == 0;
}

static enum store_status say(enum store_status status, const char *path, const char *sentence,
	char *problem, size_t size)
{
	if (status != STORE_OK) {
		snprintf(problem, size, "%s: %s", path, sentence);
	}
	return status;
}

static enum store_status say_errno(int failed, const char *path, char *problem, size_t size)
{
	return say(failed == 0        ? STORE_OK
		   : failed == ENOENT ? STORE_MISSING
		   : failed == ENOSPC ? STORE_FULL
				      : STORE_IO,
		path, strerror(failed), problem, size);
}

/* ---- the copy's directory ---- */

/* Files alone are in it. 0, or an errno value. */
static int remove_directory(const char *path)
{
	DIR *directory = opendir(path);
	if (directory == NULL) {
		return errno == ENOENT ? 0 : errno;
	}
	for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
			unlinkat(dirfd(directory), entry->d_name, 0);
		}
	}
	closedir(directory);
	return rmdir(path) == 0 ? 0 : errno;
}

static int copy_in(struct restore *restore, const char *from)
{
	int failed = remove_directory(restore->directory);
	if (failed == 0 && mkdir(restore->directory, 0700) != 0) {
		failed = errno;
	}
	if (failed == 0) {
		failed = disk_copy(from, restore->file);
	}
	if (failed != 0) {
		return failed;
	}
	char *log = disk_path_with(from, "-wal");
	failed = log == NULL ? ENOMEM : disk_copy(log, restore->file_log);
	free(log);
	return failed == ENOENT ? 0 : failed;
}

/* ---- beginning and end ---- */

static struct restore *create(const char *path)
{
	struct restore *restore = store_alloc(sizeof(*restore));
	restore->lock = -1;
	restore->path = strdup(path);
	restore->log = disk_path_with(path, "-wal");
	restore->owner = disk_path_beside(path, ".");
	restore->directory = disk_path_beside(path, "hark.restore");
	restore->file = disk_path_beside(path, "hark.restore/hark.db");
	restore->file_log = disk_path_beside(path, "hark.restore/hark.db-wal");
	if (restore->path == NULL || restore->log == NULL || restore->owner == NULL ||
		restore->directory == NULL || restore->file == NULL || restore->file_log == NULL) {
		store_no_memory();
	}
	return restore;
}

enum store_status restore_begin(const char *path, const char *from, bool replace,
	struct restore **out, char *problem, size_t size)
{
	struct restore *restore = create(path);
	enum store_status status = store_status_of_vault(vault_lock(path, &restore->lock), NULL);
	say(status, path, store_status_text(status), problem, size);
	if (status == STORE_OK && !replace && exists(path)) {
		status = say(STORE_REFUSED, path, "there is such a file already", problem, size);
	}
	if (status == STORE_OK) {
		status = say_errno(copy_in(restore, from), from, problem, size);
	}
	if (status != STORE_OK) {
		restore_finish(restore);
		return status;
	}
	*out = restore;
	return STORE_OK;
}

const char *restore_file(const struct restore *restore)
{
	return restore->file;
}

const char *restore_directory(const struct restore *restore)
{
	return restore->directory;
}

void restore_finish(struct restore *restore)
{
	if (restore == NULL) {
		return;
	}
	if (restore->lock >= 0) {
		remove_directory(restore->directory);
		vault_unlock(restore->lock);
	}
	free(restore->path);
	free(restore->log);
	free(restore->owner);
	free(restore->directory);
	free(restore->file);
	free(restore->file_log);
	free(restore);
}

/* ---- the file before ---- */

/* Whoever opens it last empties its log and removes that; a damaged one stays. */
static void empty_log(const char *path, const uint8_t *key)
{
	static const char vfs_name[] = "hark-replaced";
	struct store_db *db = NULL;
	if (vault_register(vfs_name, key) != VAULT_OK) {
		return;
	}
	const struct store_db_options options = {
		.path = path, .vfs_name = vfs_name, .cache_bytes = VAULT_CACHE_READER};
	if (store_db_open(&options, &db) == STORE_OK) {
		store_db_close(db);
	}
	vault_unregister(vfs_name);
}

/* Of a file that has gone, or goes now; `kept` is what that one is called, or NULL. */
static int move_log(const struct restore *restore, const char *kept)
{
	char *name = NULL;
	int failed = 0;
	if (kept == NULL) {
		failed = disk_keep(restore->log, ".replaced", &name);
		if (failed == 0) {
			failed = disk_remove(restore->log);
		}
	} else {
		name = disk_path_with(kept, "-wal");
		failed = name == NULL ? ENOMEM : rename(restore->log, name) == 0 ? 0 : errno;
	}
	free(name);
	return failed == 0 ? disk_sync_directory(restore->path) : failed;
}

static int keep_file(const struct restore *restore, const uint8_t *key, char **kept)
{
	if (exists(restore->log) && exists(restore->path)) {
		empty_log(restore->path, key);
	}
	if (!exists(restore->path)) {
		return exists(restore->log) ? move_log(restore, NULL) : 0;
	}
	int failed = disk_keep(restore->path, ".replaced", kept);
	if (failed == 0 && exists(restore->log)) {
		failed = disk_remove(restore->path); /* never without its log */
		if (failed == 0) {
			failed = disk_sync_directory(restore->path);
		}
		if (failed == 0) {
			failed = move_log(restore, *kept);
		}
	}
	return failed;
}

enum store_status restore_put_in_place(
	struct restore *restore, const uint8_t *key, char **kept, char *problem, size_t size)
{
	char *before = NULL;
	int failed = exists(restore->file_log) ? EBUSY : 0; /* it was not closed in order */
	if (failed == 0) {
		failed = disk_give_like(restore->file, restore->owner);
	}
	if (failed == 0) {
		failed = keep_file(restore, key, &before);
	}
	if (failed == 0) {
		failed = disk_put_in_place(restore->file, restore->path, true);
	}
	if (failed != 0) {
		free(before);
		return say_errno(failed, restore->path, problem, size);
	}
	*kept = before;
	return STORE_OK;
}
