/* What arrives at a real datagram socket, by path and by abstract name. */
#include "daemon/notify.h"
#include "tests/unit/tap.h"

#include <errno.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* A bound socket, its name in $NOTIFY_SOCKET; '@' stands for the NUL of an abstract one. */
static int listen_at(const char *name)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	size_t length = strlen(name);
	memcpy(address.sun_path, name, length);
	if (name[0] == '@') {
		address.sun_path[0] = '\0';
	}
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
	if (fd < 0 || bind(fd, (const struct sockaddr *)&address, size) != 0) {
		abort();
	}
	setenv("NOTIFY_SOCKET", name, 1);
	return fd;
}

static const char *received(int fd)
{
	static char text[200];
	ssize_t size = recv(fd, text, sizeof(text) - 1, MSG_DONTWAIT);
	text[size < 0 ? 0 : size] = '\0';
	return text;
}

static void check_all(int fd)
{
	CHECK_INT(notify_ready(), 0);
	CHECK_STR(received(fd), "READY=1");
	CHECK_INT(notify_watchdog(), 0);
	CHECK_STR(received(fd), "WATCHDOG=1");
	CHECK_INT(notify_stopping(), 0);
	CHECK_STR(received(fd), "STOPPING=1");
	CHECK_INT(notify_reloading(), 0);
	CHECK(strncmp(received(fd), "RELOADING=1\nMONOTONIC_USEC=", 27) == 0);
	CHECK_STR(received(fd), "");
}

static void test_path(void)
{
	char directory[] = "/tmp/hark-notify-XXXXXX", name[64];
	REQUIRE(mkdtemp(directory) != NULL);
	snprintf(name, sizeof(name), "%s/socket", directory);
	int fd = listen_at(name);
	check_all(fd);
	close(fd);
	CHECK_INT(notify_ready(), -1);
	CHECK_INT(errno, ECONNREFUSED);
	unlink(name);
	rmdir(directory);
}

static void test_abstract(void)
{
	char name[64];
	snprintf(name, sizeof(name), "@hark-notify-%ld", (long)getpid());
	int fd = listen_at(name);
	check_all(fd);
	close(fd);
}

static void test_nobody(void)
{
	char name[200];
	unsetenv("NOTIFY_SOCKET");
	CHECK_INT(notify_ready(), 0);
	setenv("NOTIFY_SOCKET", "", 1);
	CHECK_INT(notify_ready(), 0);
	setenv("NOTIFY_SOCKET", "relative", 1);
	CHECK_INT(notify_ready(), -1);
	CHECK_INT(errno, EINVAL);
	memset(name, '/', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	setenv("NOTIFY_SOCKET", name, 1);
	CHECK_INT(notify_ready(), -1);
	CHECK_INT(errno, EINVAL);
}

static void test_watchdog(void)
{
	char pid[24];
	unsetenv("WATCHDOG_USEC");
	unsetenv("WATCHDOG_PID");
	CHECK_INT(notify_watchdog_ms(), 0);
	setenv("WATCHDOG_USEC", "30000000", 1);
	CHECK_INT(notify_watchdog_ms(), 15000);
	snprintf(pid, sizeof(pid), "%ld", (long)getpid());
	setenv("WATCHDOG_PID", pid, 1);
	CHECK_INT(notify_watchdog_ms(), 15000);
	setenv("WATCHDOG_PID", "1", 1);
	CHECK_INT(notify_watchdog_ms(), 0);
	unsetenv("WATCHDOG_PID");
	setenv("WATCHDOG_USEC", "junk", 1);
	CHECK_INT(notify_watchdog_ms(), 0);
	setenv("WATCHDOG_USEC", "-1", 1);
	CHECK_INT(notify_watchdog_ms(), 0);
}

int main(void)
{
	RUN(test_path);
	RUN(test_abstract);
	RUN(test_nobody);
	RUN(test_watchdog);
	return tap_done();
}
