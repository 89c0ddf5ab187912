/* Keeping a copy of a damaged log; see put_aside.h. */
#include "storage/put_aside.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "storage/disk.h"

enum {
	NUMBERS_MAX = 1000,
	CHUNK_BYTES = 64 << 10,
};

static int copy_all(int from, int to)
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

/* A file that was not there. On success its name is for free(). */
static int make_numbered(const char *path, char **name, int *file)
{
	size_t size = strlen(path) + sizeof ".damaged-1000";
	char *buffer = malloc(size);
	if (buffer == NULL) {
		return ENOMEM;
	}
	int error = EEXIST;
	for (int number = 1; number < NUMBERS_MAX && error == EEXIST; number++) {
		snprintf(buffer, size, "%s.damaged-%d", path, number);
		*file = open(buffer, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		error = *file >= 0 ? 0 : errno;
	}
	if (error != 0) {
		free(buffer);
		return error;
	}
	*name = buffer;
	return 0;
}

static int copy_numbered(const char *path)
{
	int from = open(path, O_RDONLY | O_CLOEXEC);
	if (from < 0) {
		return errno == ENOENT ? 0 : errno;
	}
	char *name = NULL;
	int to = -1;
	int error = make_numbered(path, &name, &to);
	if (error == 0) {
		error = copy_all(from, to);
		close(to);
		if (error == 0) {
			error = disk_sync_directory(name);
		} else {
			unlink(name); /* half a copy helps nobody */
		}
		free(name);
	}
	close(from);
	return error;
}

enum store_status put_aside_log(const char *path)
{
	char *log = disk_path_with(path, "-wal");
	int error = log == NULL ? ENOMEM : copy_numbered(log);
	free(log);
	switch (error) {
	case 0:
		return STORE_OK;
	case ENOSPC:
	case EDQUOT:
		return STORE_FULL;
	case EROFS:
	case EACCES:
		return STORE_READ_ONLY;
	case ENOMEM:
		return STORE_NO_MEMORY;
	default:
		return STORE_IO;
	}
}
