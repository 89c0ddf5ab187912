/* The calls in front of the real ones; see os_fault.h. */
#include "tests/unit/storage/os_fault.h"

#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>

#include <sodium.h>
#include <sqlite3.h>

static atomic_int armed; /* kinds */
static atomic_int until; /* calls until one fails */
static atomic_int failed;
static atomic_bool goes_on;
static atomic_int with;

void os_fault_arm(int kinds, int at, int code, bool sticky)
{
	failed = 0;
	until = at;
	with = code;
	goes_on = sticky;
	armed = kinds;
}

int os_fault_disarm(void)
{
	armed = 0;
	return failed;
}

static bool fails(enum os_fault kind)
{
	if ((armed & (int)kind) == 0) {
		return false;
	}
	int left = --until;
	if (left > 0 || (left < 0 && !goes_on)) {
		return false;
	}
	failed++;
	errno = with;
	return true;
}

/* The linker's names. */
#define REAL(type, name, ...)                                                                      \
	type __real_##name(__VA_ARGS__);                                                           \
	type __wrap_##name(__VA_ARGS__);                                                           \
	type __wrap_##name(__VA_ARGS__)

REAL(void *, malloc, size_t size)
{
	return fails(OS_MEMORY) ? NULL : __real_malloc(size);
}

REAL(void *, calloc, size_t count, size_t size)
{
	return fails(OS_MEMORY) ? NULL : __real_calloc(count, size);
}

REAL(char *, strdup, const char *text)
{
	return fails(OS_MEMORY) ? NULL : __real_strdup(text);
}

REAL(void *, sodium_malloc, size_t size)
{
	return fails(OS_MEMORY) ? NULL : __real_sodium_malloc(size);
}

REAL(int, open, const char *path, int flags, ...)
{
	va_list arguments;
	va_start(arguments, flags);
	mode_t mode = va_arg(arguments, mode_t); /* whatever stands there, when there is none */
	va_end(arguments);
	return fails(OS_FILE) ? -1 : __real_open(path, flags, mode);
}

REAL(int, fcntl, int fd, int command, ...)
{
	va_list arguments;
	va_start(arguments, command);
	void *argument = va_arg(arguments, void *);
	va_end(arguments);
	return fails(OS_FILE) ? -1 : __real_fcntl(fd, command, argument);
}

REAL(ssize_t, read, int fd, void *bytes, size_t size)
{
	if (fails(OS_SHORT) && size > 1) {
		size /= 2;
	}
	return fails(OS_FILE) ? -1 : __real_read(fd, bytes, size);
}

REAL(ssize_t, write, int fd, const void *bytes, size_t size)
{
	if (fails(OS_SHORT) && size > 1) {
		size /= 2;
	}
	return fails(OS_FILE) ? -1 : __real_write(fd, bytes, size);
}

REAL(ssize_t, pread, int fd, void *bytes, size_t size, off_t offset)
{
	return fails(OS_FILE) || fails(OS_DISK) ? -1 : __real_pread(fd, bytes, size, offset);
}

REAL(int, fsync, int fd)
{
	return fails(OS_FILE) || fails(OS_DISK) ? -1 : __real_fsync(fd);
}

REAL(int, fstat, int fd, struct stat *found)
{
	return fails(OS_FILE) ? -1 : __real_fstat(fd, found);
}

REAL(int, unlink, const char *path)
{
	return fails(OS_FILE) ? -1 : __real_unlink(path);
}

REAL(int, link, const char *path, const char *name)
{
	return fails(OS_FILE) ? -1 : __real_link(path, name);
}

REAL(int, mkdir, const char *path, mode_t mode)
{
	return fails(OS_FILE) ? -1 : __real_mkdir(path, mode);
}

REAL(int, rename, const char *from, const char *to)
{
	return fails(OS_FILE) ? -1 : __real_rename(from, to);
}

REAL(int, renameat2, int from_at, const char *from, int to_at, const char *to, unsigned flags)
{
	return fails(OS_FILE) ? -1 : __real_renameat2(from_at, from, to_at, to, flags);
}

REAL(int, close, int fd)
{
	bool failing = fails(OS_CLOSE);
	int closed = __real_close(fd);
	if (failing) {
		errno = with;
	}
	return failing ? -1 : closed;
}

REAL(int, sodium_init, void)
{
	return fails(OS_START) ? -1 : __real_sodium_init();
}

REAL(int, pthread_create, pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
	void *data)
{
	return fails(OS_START) ? EAGAIN : __real_pthread_create(thread, attributes, run, data);
}

REAL(int, sqlite3_vfs_register, sqlite3_vfs *vfs, int make_default)
{
	return fails(OS_START) ? SQLITE_NOMEM : __real_sqlite3_vfs_register(vfs, make_default);
}

/* ---- SQLite: what was asked for is not done ---- */

/* Rolling back does not fail: what it is for is over, whatever happens. */
static bool sql_fails(const char *sql)
{
	return strcmp(sql, "ROLLBACK") != 0 && fails(OS_SQLITE);
}

REAL(int, sqlite3_prepare_v2, sqlite3 *db, const char *sql, int bytes, sqlite3_stmt **out,
	const char **tail)
{
	*out = NULL;
	return sql_fails(sql) ? with : __real_sqlite3_prepare_v2(db, sql, bytes, out, tail);
}

REAL(int, sqlite3_prepare_v3, sqlite3 *db, const char *sql, int bytes, unsigned flags,
	sqlite3_stmt **out, const char **tail)
{
	*out = NULL;
	return sql_fails(sql) ? with : __real_sqlite3_prepare_v3(db, sql, bytes, flags, out, tail);
}

REAL(int, sqlite3_step, sqlite3_stmt *statement)
{
	return sql_fails(sqlite3_sql(statement)) ? with : __real_sqlite3_step(statement);
}

REAL(int, sqlite3_exec, sqlite3 *db, const char *sql, int (*each)(void *, int, char **, char **),
	void *data, char **problem)
{
	return fails(OS_SQLITE) ? with : __real_sqlite3_exec(db, sql, each, data, problem);
}

REAL(int, sqlite3_file_control, sqlite3 *db, const char *name, int op, void *argument)
{
	return fails(OS_SQLITE) ? with : __real_sqlite3_file_control(db, name, op, argument);
}

REAL(int, sqlite3_wal_checkpoint_v2, sqlite3 *db, const char *name, int mode, int *log, int *done)
{
	return fails(OS_SQLITE) ? with
				: __real_sqlite3_wal_checkpoint_v2(db, name, mode, log, done);
}

REAL(int, sqlite3_backup_step, sqlite3_backup *backup, int pages)
{
	return fails(OS_SQLITE) ? with : __real_sqlite3_backup_step(backup, pages);
}
#undef REAL
