/* sd_notify(3), as much of it as Hark says. */
#include "daemon/notify.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static int send_state(const char *state)
{
	const char *path = getenv("NOTIFY_SOCKET");
	if (path == NULL || path[0] == '\0') {
		return 0;
	}
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	size_t length = strlen(path);
	if ((path[0] != '/' && path[0] != '@') || length >= sizeof(address.sun_path)) {
		errno = EINVAL;
		return -1;
	}
	memcpy(address.sun_path, path, length);
	if (path[0] == '@') {
		address.sun_path[0] = '\0'; /* abstract: unix(7) */
	}
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0) {
		return -1;
	}
	socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
	ssize_t sent = sendto(
		fd, state, strlen(state), MSG_NOSIGNAL, (const struct sockaddr *)&address, size);
	int problem = errno;
	close(fd);
	errno = problem;
	return sent < 0 ? -1 : 0;
}

int notify_ready(void)
{
	return send_state("READY=1");
}

int notify_reloading(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	char state[80]; /* the time is for Type=notify-reload, of systemd 253 and later */
	snprintf(state, sizeof(state), "RELOADING=1\nMONOTONIC_USEC=%lld",
		(long long)now.tv_sec * 1000000 + now.tv_nsec / 1000);
	return send_state(state);
}

int notify_stopping(void)
{
	return send_state("STOPPING=1");
}

int notify_watchdog(void)
{
	return send_state("WATCHDOG=1");
}

int64_t notify_watchdog_ms(void)
{
	const char *usec = getenv("WATCHDOG_USEC"), *pid = getenv("WATCHDOG_PID");
	if (usec == NULL || (pid != NULL && strtoll(pid, NULL, 10) != getpid())) {
		return 0;
	}
	long long limit_us = strtoll(usec, NULL, 10);
	return limit_us > 0 ? limit_us / 2000 : 0;
}
