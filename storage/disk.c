/* Making a file appear whole or not at all. */
#include "storage/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int disk_make_empty(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0) {
		return errno;
	}
	close(fd);
	return 0;
}

int disk_remove(const char *path)
{
	return unlink(path) == 0 || errno == ENOENT ? 0 : errno;
}

static int sync_path(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC);
	if (fd < 0) {
		return errno;
	}
	int failed = fsync(fd) == 0 ? 0 : errno;
	close(fd);
	return failed;
}

int disk_sync_directory(const char *path)
{
	char *directory = disk_path_beside(path, ".");
	if (directory == NULL) {
		return ENOMEM;
	}
	int failed = sync_path(directory, O_RDONLY | O_DIRECTORY);
	free(directory);
	return failed;
}

int disk_put_in_place(const char *from, const char *to, bool replace)
{
	int failed = sync_path(from, O_RDONLY);
	if (failed == 0 &&
		renameat2(AT_FDCWD, from, AT_FDCWD, to, replace ? 0 : RENAME_NOREPLACE) != 0) {
		failed = errno;
	}
	return failed == 0 ? disk_sync_directory(to) : failed;
}

char *disk_path_beside(const char *path, const char *name)
{
	const char *slash = strrchr(path, '/');
	size_t directory = slash == NULL ? 0 : (size_t)(slash - path) + 1;
	char *beside = malloc(directory + strlen(name) + 1);
	if (beside != NULL) {
		memcpy(beside, path, directory);
		strcpy(beside + directory, name);
	}
	return beside;
}

char *disk_path_with(const char *path, const char *suffix)
{
	size_t length = strlen(path);
	char *joined = malloc(length + strlen(suffix) + 1);
	if (joined != NULL) {
		memcpy(joined, path, length);
		strcpy(joined + length, suffix);
	}
	return joined;
}
