/* Making a file appear whole or not at all. */
#include "storage/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	NUMBERS_MAX = 1000,
	CHUNK_BYTES = 64 << 10,
};

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

int disk_give_like(const char *path, const char *like)
{
	struct stat found;
	if (geteuid() != 0) {
		return 0;
	}
	if (stat(like, &found) != 0) {
		return errno == ENOENT ? 0 : errno;
	}
	return chown(path, found.st_uid, found.st_gid) == 0 ? 0 : errno;
}

int disk_read_start(const char *path, void *bytes, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		return errno;
	}
	ssize_t got = pread(fd, bytes, size, 0);
	int failed = got < 0 ? errno : (size_t)got < size ? EIO : 0;
	close(fd);
	return failed;
}

/* Up to the end of `from`, and onto the disk. */
static int copy_bytes(int from, int to)
{
	char chunk[CHUNK_BYTES];
	ssize_t got;
	while ((got = read(from, chunk, sizeof chunk)) > 0) {
		for (ssize_t put = 0; put < got;) {
			ssize_t written = write(to, chunk + put, (size_t)(got - put));
			if (written < 0) {
				return errno;
			}
			put += written;
		}
	}
	return got < 0 || fsync(to) < 0 ? errno : 0;
}

int disk_copy(const char *from, const char *to)
{
	int source = open(from, O_RDONLY | O_CLOEXEC);
	if (source < 0) {
		return errno;
	}
	int copy = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	int failed = copy < 0 ? errno : copy_bytes(source, copy);
	if (copy >= 0 && close(copy) != 0 && failed == 0) {
		failed = errno;
	}
	if (copy >= 0 && failed != 0) {
		unlink(to); /* half a copy helps nobody */
	}
	close(source);
	return failed;
}

/* Tries each number until one is free. `make` gives 0, or an errno value. */
static int number(const char *path, const char *suffix,
	int (*make)(const char *path, const char *name), char **name)
{
	size_t size = strlen(path) + strlen(suffix) + sizeof "-1000";
	char *buffer = malloc(size);
	int failed = buffer == NULL ? ENOMEM : EEXIST;
	for (int i = 1; i < NUMBERS_MAX && failed == EEXIST; i++) {
		snprintf(buffer, size, "%s%s-%d", path, suffix, i);
		failed = make(path, buffer);
	}
	if (failed == 0) {
		failed = disk_sync_directory(buffer);
	}
	if (failed != 0) {
		free(buffer);
		return failed;
	}
	*name = buffer;
	return 0;
}

static int link_to(const char *path, const char *name)
{
	return link(path, name) == 0 ? 0 : errno;
}

int disk_keep(const char *path, const char *suffix, char **kept)
{
	return number(path, suffix, link_to, kept);
}

int disk_copy_aside(const char *path, const char *suffix, char **copy)
{
	return number(path, suffix, disk_copy, copy);
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
