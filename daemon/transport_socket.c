/* Listening Unix sockets. */
#include "daemon/transport_socket.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static int open_stream(void)
{
	return socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

/* A full backlog (EAGAIN) is an answer too. */
static bool somebody_answers(const struct sockaddr_un *address)
{
	int fd = open_stream();

	if (fd < 0) {
		return false;
	}
	int result = connect(fd, (const struct sockaddr *)address, sizeof *address);
	bool answers = result == 0 || errno == EAGAIN || errno == EINPROGRESS;
	close(fd);
	return answers;
}

static int clear_path(const struct sockaddr_un *address, char *problem, size_t size)
{
	struct stat info;

	if (lstat(address->sun_path, &info) != 0) {
		return 0;
	}
	if (!S_ISSOCK(info.st_mode)) {
		snprintf(problem, size, "%s exists and is not a socket", address->sun_path);
		return -1;
	}
	if (somebody_answers(address)) {
		snprintf(problem, size, "another process listens on %s", address->sun_path);
		return -1;
	}
	unlink(address->sun_path);
	return 0;
}

static int bind_with_mode(int fd, const struct sockaddr_un *address, mode_t mode)
{
	/* The umask is the process's, but nobody else makes files while the daemon starts. */
	mode_t before = umask(0777 & ~mode);
	int result = bind(fd, (const struct sockaddr *)address, sizeof *address);
	int error = errno;

	umask(before);
	errno = error;
	return result;
}

int socket_unix_listen(const char *path, mode_t mode, char *problem, size_t size)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	if (strlen(path) >= sizeof address.sun_path) {
		snprintf(problem, size, "the socket's path %s is longer than %zu bytes", path,
			sizeof address.sun_path - 1);
		return -1;
	}
	memcpy(address.sun_path, path, strlen(path) + 1);
	if (clear_path(&address, problem, size) != 0) {
		return -1;
	}
	int fd = open_stream();
	if (fd < 0 || bind_with_mode(fd, &address, mode) != 0 || listen(fd, 128) != 0) {
		snprintf(problem, size, "cannot listen on %s: %s", path, strerror(errno));
		if (fd >= 0) {
			close(fd);
		}
		return -1;
	}
	return fd;
}
