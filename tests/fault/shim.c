/*
 * A disk that fails on demand: preloaded into harkd, it answers for the system calls on the files
 * whose names end as told. What is to happen stands in the file $HARK_FAULT, which the test writes
 * anew whenever it likes, as one line:
 *
 *	NUMBER CALL ERROR TIMES SKIP SUFFIX...
 *
 * NUMBER counts the test's orders, so that an order given twice is two. CALL is write, sync,
 * truncate, open (for writing), read, name (rename, link, unlink, mkdir, rmdir), any (write, sync,
 * truncate), every (all but read) or none. ERROR is an errno's number; 0: the call waits until
 * another order comes, and is then carried out; -1: the process is killed before it; -2: it is
 * carried out, and counted alone. TIMES is how
 * often; 0: until another order comes. SKIP calls are carried out before. The suffix * is any file.
 * Each call that is answered here adds a byte to $HARK_FAULT.hits.
 *
 * A failing sync has written nothing back; a failing write has written half of what it was given,
 * as a disk does that becomes full in the middle.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

enum {
	ORDER_BYTES = 256,
	SUFFIXES_MAX = 4,
	LOOK_NS = 2000000, /* a call that waits looks again after so long */
};

struct order {
	int number, error, times, skip;
	char call[16];
	char suffixes[SUFFIXES_MAX][40];
	int suffixes_count;
};

static pthread_once_t once = PTHREAD_ONCE_INIT, opened = PTHREAD_ONCE_INIT;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static int orders = -1, hits = -1;
static int newest, used,
	skipped; /* under the mutex: order being carried out, and how often it was */

static ssize_t (*next_pread)(int, void *, size_t, off_t);
static ssize_t (*next_pwrite)(int, const void *, size_t, off_t);
static ssize_t (*next_write)(int, const void *, size_t);
static int (*next_sync)(int);
static int (*next_data_sync)(int);
static int (*next_truncate)(int, off_t);
static int (*next_open)(const char *, int, ...);
static int (*next_unlink)(const char *);
static int (*next_unlink_at)(int, const char *, int);
static int (*next_rmdir)(const char *);
static int (*next_mkdir)(const char *, mode_t);
static int (*next_link)(const char *, const char *);
static int (*next_rename)(const char *, const char *);
static int (*next_rename_at)(int, const char *, int, const char *, unsigned);

/* A function's address comes as a pointer to data (dlsym(3)). */
static void find(const char *name, void *function)
{
	void *found = dlsym(RTLD_NEXT, name);
	memcpy(function, &found, sizeof found);
}

static void begin(void)
{
	find("pread64", &next_pread);
	find("pwrite64", &next_pwrite);
	find("write", &next_write);
	find("fsync", &next_sync);
	find("fdatasync", &next_data_sync);
	find("ftruncate64", &next_truncate);
	find("open64", &next_open);
	find("unlink", &next_unlink);
	find("unlinkat", &next_unlink_at);
	find("rmdir", &next_rmdir);
	find("mkdir", &next_mkdir);
	find("link", &next_link);
	find("rename", &next_rename);
	find("renameat2", &next_rename_at);
}

static void open_orders(void)
{
	const char *path = getenv("HARK_FAULT");
	char beside[4096];
	snprintf(beside, sizeof beside, "%s.hits", path);
	orders = next_open(path, O_RDONLY | O_CLOEXEC);
	hits = next_open(beside, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
}

static bool has_orders(void)
{
	pthread_once(&once, begin);
	if (getenv("HARK_FAULT") == NULL) {
		return false; /* nor yet: a sanitizer makes calls before there is an environment */
	}
	pthread_once(&opened, open_orders);
	return orders >= 0;
}

static bool read_order(struct order *order)
{
	char line[ORDER_BYTES];
	ssize_t size = next_pread(orders, line, sizeof line - 1, 0);
	*order = (struct order){0};
	if (size <= 0 || line[size - 1] != '\n') {
		return false; /* being written just now, or none */
	}
	line[size] = '\0';
	int got = sscanf(line, "%d %15s %d %d %d %39s %39s %39s %39s", &order->number, order->call,
		&order->error, &order->times, &order->skip, order->suffixes[0], order->suffixes[1],
		order->suffixes[2], order->suffixes[3]);
	order->suffixes_count = got - 5;
	return got >= 5;
}

static bool is_any_file(const char *path)
{
	bool device = strncmp(path, "/dev/", 5) == 0 && strncmp(path, "/dev/shm/", 9) != 0;
	return path[0] == '/' && !device && strncmp(path, "/proc/", 6) != 0;
}

static bool is_meant(const struct order *order, const char *call, const char *path)
{
	bool reads = strcmp(call, "read") == 0;
	bool changes = !reads && strcmp(call, "open") != 0 && strcmp(call, "name") != 0;
	bool any = (strcmp(order->call, "any") == 0 && changes) ||
		   (strcmp(order->call, "every") == 0 && !reads);
	size_t length = strlen(path);
	for (int i = 0; i < order->suffixes_count; i++) {
		size_t suffix = strlen(order->suffixes[i]);
		bool fits = strcmp(order->suffixes[i], "*") == 0
				    ? is_any_file(path)
				    : length >= suffix && strcmp(path + length - suffix,
								  order->suffixes[i]) == 0;
		if (fits && (any || strcmp(order->call, call) == 0)) {
			return true;
		}
	}
	return false;
}

/* Takes one of the order's times. */
static bool take_turn(const struct order *order)
{
	pthread_mutex_lock(&mutex);
	if (newest != order->number) {
		newest = order->number;
		used = skipped = 0;
	}
	bool mine = false;
	if (skipped < order->skip) {
		skipped++;
	} else {
		mine = order->times == 0 || used < order->times;
		used += mine;
	}
	pthread_mutex_unlock(&mutex);
	return mine;
}

static void wait_for_another(int number)
{
	struct order order;
	do {
		nanosleep(&(struct timespec){0, LOOK_NS}, NULL);
	} while (!read_order(&order) || order.number == number);
}

/* The errno to fail with; 0: to be carried out. */
static int verdict(const char *call, const char *path)
{
	struct order order;
	if (!has_orders() || !read_order(&order) || !is_meant(&order, call, path) ||
		!take_turn(&order)) {
		return 0;
	}
	ssize_t noted = next_write(hits, "x", 1);
	(void)noted;
	if (order.error == 0) {
		wait_for_another(order.number);
	} else if (order.error == -1) {
		raise(SIGKILL);
	}
	return order.error > 0 ? order.error : 0;
}

static int verdict_of_file(const char *call, int fd)
{
	char link[64], path[4096];
	if (!has_orders()) {
		return 0;
	}
	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	ssize_t length = readlink(link, path, sizeof path - 1);
	path[length > 0 ? length : 0] = '\0';
	return verdict(call, path);
}

/* ---- the calls, under each of their names ---- */

ssize_t pwrite64(int fd, const void *bytes, size_t size, off_t offset)
{
	int error = verdict_of_file("write", fd);
	if (error == 0) {
		return next_pwrite(fd, bytes, size, offset);
	}
	ssize_t half = next_pwrite(fd, bytes, size / 2, offset);
	(void)half;
	errno = error;
	return -1;
}

ssize_t pwrite(int fd, const void *bytes, size_t size, off_t offset)
{
	return pwrite64(fd, bytes, size, offset);
}

ssize_t write(int fd, const void *bytes, size_t size)
{
	int error = verdict_of_file("write", fd);
	if (error == 0) {
		return next_write(fd, bytes, size);
	}
	errno = error;
	return -1;
}

ssize_t pread64(int fd, void *bytes, size_t size, off_t offset)
{
	int error = verdict_of_file("read", fd);
	if (error == 0) {
		return next_pread(fd, bytes, size, offset);
	}
	errno = error;
	return -1;
}

ssize_t pread(int fd, void *bytes, size_t size, off_t offset)
{
	return pread64(fd, bytes, size, offset);
}

int fsync(int fd)
{
	int error = verdict_of_file("sync", fd);
	if (error == 0) {
		return next_sync(fd);
	}
	errno = error;
	return -1;
}

int fdatasync(int fd)
{
	int error = verdict_of_file("sync", fd);
	if (error == 0) {
		return next_data_sync(fd);
	}
	errno = error;
	return -1;
}

int ftruncate64(int fd, off_t size)
{
	int error = verdict_of_file("truncate", fd);
	if (error == 0) {
		return next_truncate(fd, size);
	}
	errno = error;
	return -1;
}

int ftruncate(int fd, off_t size)
{
	return ftruncate64(fd, size);
}

static int open_or_fail(const char *path, int flags, mode_t mode)
{
	bool writes = (flags & O_ACCMODE) != O_RDONLY;
	int error = writes ? verdict("open", path) : 0;
	pthread_once(&once, begin);
	if (error == 0) {
		return next_open(path, flags, mode);
	}
	errno = error;
	return -1;
}

#define OPEN(name)                                                                                 \
	int name(const char *path, int flags, ...)                                                 \
	{                                                                                          \
		va_list arguments;                                                                 \
		va_start(arguments, flags);                                                        \
		mode_t mode =                                                                      \
			(flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(arguments, mode_t) : 0;      \
		va_end(arguments);                                                                 \
		return open_or_fail(path, flags, mode);                                            \
	}
OPEN(open)
OPEN(open64)
#undef OPEN

/* ---- names ---- */

/* Carries `call` out unless the order says that it fails. */
#define NAMED(path, call)                                                                          \
	do {                                                                                       \
		int error = verdict("name", path);                                                 \
		pthread_once(&once, begin);                                                        \
		if (error == 0) {                                                                  \
			return call;                                                               \
		}                                                                                  \
		errno = error;                                                                     \
		return -1;                                                                         \
	} while (0)

int unlink(const char *path)
{
	NAMED(path, next_unlink(path));
}

int unlinkat(int directory, const char *name, int flags)
{
	NAMED(name, next_unlink_at(directory, name, flags));
}

int rmdir(const char *path)
{
	NAMED(path, next_rmdir(path));
}

int mkdir(const char *path, mode_t mode)
{
	NAMED(path, next_mkdir(path, mode));
}

int link(const char *from, const char *to)
{
	NAMED(to, next_link(from, to));
}

int rename(const char *from, const char *to)
{
	NAMED(to, next_rename(from, to));
}

int renameat2(
	int from_directory, const char *from, int to_directory, const char *to, unsigned flags)
{
	NAMED(to, next_rename_at(from_directory, from, to_directory, to, flags));
}

#undef NAMED
