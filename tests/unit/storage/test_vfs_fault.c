/*
 * Each method of the shim over a file of which each call fails, one after the other: no failure of
 * the disk below is ever told as success, and none in recovery passes for the end of a log.
 */
#include <unistd.h>

#include "storage/seal.h"
#include "tests/unit/storage/fault_disk.h"
#include "tests/unit/storage/vault_help.h"
#include "tests/unit/tap.h"

enum {
	COMMITS = 12, /* in the log */
};

static char path[600], log_path[610], pristine[600], pristine_log[610];

static uint8_t buffer[3 * SEAL_PAGE];

/* The file with its log, as a killed process left them; page 2 is free for writing. */
static void put_files(void)
{
	help_remove_vault(path);
	help_copy_file(pristine, path);
	help_copy_file(pristine_log, log_path);
}

static sqlite3_file *file_of(sqlite3 *db, int which)
{
	sqlite3_file *file = NULL;
	sqlite3_file_control(db, "main", which, &file);
	return file;
}

/* ---- calls of methods, each by itself ---- */

enum call_kind {
	CALL_READ,
	CALL_WRITE, /* of a header or a page */
	CALL_TRUNCATE,
	CALL_SYNC,
	CALL_SIZE,
};

struct call {
	enum call_kind kind;
	int bytes;
	sqlite3_int64 offset; /* of truncation: the size */
};

enum {
	HEADER = SEAL_FRAME_HEADER,
	FRAME_1 = SEAL_LOG_HEADER,
	FRAME_2 = FRAME_1 + SEAL_FRAME,
	FAR_FRAME = FRAME_1 + 400 * SEAL_FRAME,
};

static const struct call main_calls[] = {
	{CALL_READ, 16, 0},
	{CALL_READ, 100, 0},
	{CALL_READ, SEAL_PAGE, 0},
	{CALL_READ, 16, 24}, /* the change counter */
	{CALL_READ, 16, 48},
	{CALL_READ, 5000, 100},
	{CALL_READ, SEAL_PAGE, SEAL_PAGE},
	{CALL_WRITE, SEAL_PAGE, SEAL_PAGE},
	{CALL_WRITE, SEAL_PAGE, 40 * SEAL_PAGE},
	{CALL_TRUNCATE, 0, 50 * SEAL_PAGE},
	{CALL_TRUNCATE, 0, 2 * SEAL_PAGE},
	{CALL_SYNC, SQLITE_SYNC_NORMAL, 0},
	{CALL_SIZE, 0, 0},
};

static const struct call log_calls[] = {
	{CALL_READ, SEAL_FRAME, FRAME_1},
	{CALL_READ, SEAL_PAGE, FRAME_1 + HEADER},
	{CALL_READ, HEADER, FRAME_1},
	{CALL_READ, 8, FRAME_1 + 16},
	{CALL_READ, 8, 24},
	{CALL_READ, SEAL_LOG_HEADER, 0},
	{CALL_READ, SEAL_FRAME, FRAME_2}, /* in recovery, after the header */
	{CALL_WRITE, SEAL_PAGE, FRAME_1 + HEADER}, /* in place */
	{CALL_WRITE, HEADER, FAR_FRAME}, /* held back */
	{CALL_WRITE, HEADER, FAR_FRAME + SEAL_FRAME}, /* writes the one before */
	{CALL_WRITE, SEAL_PAGE, FAR_FRAME + SEAL_FRAME + HEADER},
	{CALL_WRITE, HEADER, FAR_FRAME},
	{CALL_READ, HEADER, FRAME_1}, /* writes it as well, and so do all that follow */
	{CALL_WRITE, HEADER, FAR_FRAME},
	{CALL_SYNC, SQLITE_SYNC_NORMAL, 0},
	{CALL_WRITE, HEADER, FAR_FRAME},
	{CALL_SIZE, 0, 0},
	{CALL_WRITE, HEADER, FAR_FRAME},
	{CALL_WRITE, SEAL_LOG_HEADER, 0},
	{CALL_WRITE, HEADER, FAR_FRAME},
	{CALL_TRUNCATE, 0, 0},
};

static int make_call(sqlite3_file *file, const struct call *call)
{
	sqlite3_int64 size;
	switch (call->kind) {
	case CALL_READ:
		return file->pMethods->xRead(file, buffer, call->bytes, call->offset);
	case CALL_WRITE:
		memset(buffer, 0, sizeof(buffer));
		buffer[3] = 9; /* a header: of page 9 */
		if (call->bytes == SEAL_PAGE) {
			buffer[3] = 0;
		}
		return file->pMethods->xWrite(file, buffer, call->bytes, call->offset);
	case CALL_TRUNCATE:
		return file->pMethods->xTruncate(file, call->offset);
	case CALL_SYNC:
		return file->pMethods->xSync(file, call->bytes);
	case CALL_SIZE:
		break;
	}
	return file->pMethods->xFileSize(file, &size);
}

/* Runs all calls; the `at`-th of the base's fails. True when it did. */
static bool fail_calls(int which, const struct call *calls, size_t count, int at)
{
	put_files();
	sqlite3 *db = help_open(path, "vault");
	sqlite3_file *file = file_of(db, which);
	bool hit = false;
	fault_arm(FAULT_EACH, at, SQLITE_IOERR_VNODE, 0, false);
	for (size_t i = 0; i < count && !hit; i++) {
		int rc = make_call(file, &calls[i]);
		hit = fault_hits() > 0;
		bool right =
			hit ? rc != SQLITE_OK : rc == SQLITE_OK || rc == SQLITE_IOERR_SHORT_READ;
		if (!right) {
			printf("# call %zu of %d, failing at %d: %d\n", i, which, at, rc);
		}
		CHECK(right);
	}
	fault_disarm();
	help_close_like_crash(db);
	return hit;
}

static void fail_each(int which, const struct call *calls, size_t count, int least)
{
	int at = 1;
	while (fail_calls(which, calls, count, at)) {
		at++;
	}
	CHECK(at > least);
}

static void test_methods_of_the_file(void)
{
	fail_each(SQLITE_FCNTL_FILE_POINTER, main_calls, sizeof(main_calls) / sizeof(main_calls[0]),
		50);
}

static void test_methods_of_the_log(void)
{
	fail_each(SQLITE_FCNTL_JOURNAL_POINTER, log_calls, sizeof(log_calls) / sizeof(log_calls[0]),
		20);
}

/* A header held back goes out when the file is closed, and its failure is told. */
static void test_header_held_until_the_end(void)
{
	put_files();
	sqlite3 *db = help_open(path, "vault");
	sqlite3_file *log = file_of(db, SQLITE_FCNTL_JOURNAL_POINTER);
	static const struct call header = {CALL_WRITE, HEADER, FAR_FRAME};
	CHECK_INT(make_call(log, &header), SQLITE_OK);
	/* Of no such shape, and the header that waited is given up. */
	CHECK_INT(log->pMethods->xWrite(log, buffer, 7, FAR_FRAME + HEADER), SQLITE_IOERR_WRITE);
	CHECK_INT(vault_last_reason("vault", NULL), VAULT_REASON_REFUSED_WRITE);
	fault_arm(FAULT_WRITE, 1, SQLITE_IOERR_WRITE, 0, true);
	CHECK_INT(log->pMethods->xSync(log, SQLITE_SYNC_NORMAL), SQLITE_OK);
	fault_disarm();
	CHECK_INT(make_call(log, &header), SQLITE_OK);
	/* Hints of size would make holes; everything else is the base's to answer. */
	sqlite3_int64 size = 1 << 20;
	CHECK_INT(log->pMethods->xFileControl(log, SQLITE_FCNTL_SIZE_HINT, &size), SQLITE_OK);
	CHECK_INT(log->pMethods->xFileControl(log, SQLITE_FCNTL_CHUNK_SIZE, &size), SQLITE_OK);
	int moved = 0;
	CHECK_INT(log->pMethods->xFileControl(log, SQLITE_FCNTL_HAS_MOVED, &moved), SQLITE_OK);
	CHECK_INT(moved, 0);
	help_close_like_crash(db);
	size_t bytes;
	free(help_read_file(log_path, &bytes));
	CHECK_INT(bytes, FAR_FRAME + HEADER);
}

/* ---- recovery ---- */

/* How many of the commits a vault has; -1: it does not open, or does not hold together. */
static int commits_in(bool relaxed, bool *opened)
{
	sqlite3 *db;
	struct vault_options options = {.relaxed = relaxed};
	*opened = vault_open(path, "vault", &options, &db) == VAULT_OK;
	if (!*opened) {
		return -1;
	}
	int count = (int)help_int(db, "SELECT count(*) FROM t");
	help_close_like_crash(db);
	return count;
}

enum damage {
	DAMAGE_NONE,
	DAMAGE_HEADER, /* a bit of the log's first bytes */
	DAMAGE_MAGIC, /* and its checksum made to fit */
	DAMAGE_MIDDLE, /* a bit of a page, with whole commits behind it */
	DAMAGE_SALTS, /* the same, and salts of another log behind it */
	DAMAGE_TAIL, /* a bit of the last page */
	DAMAGE_SHORT, /* less than one frame */
};

static void damage_log(enum damage damage)
{
	size_t bytes;
	uint8_t *log = help_read_file(pristine_log, &bytes);
	switch (damage) {
	case DAMAGE_NONE:
		break;
	case DAMAGE_HEADER:
		log[26] ^= 1;
		break;
	case DAMAGE_MAGIC:
		log[0] ^= 1;
		break;
	case DAMAGE_SALTS:
		log[FRAME_1 + 3 * SEAL_FRAME + 8] ^= 1;
		log[FRAME_1 + 2 * SEAL_FRAME + 900] ^= 1;
		break;
	case DAMAGE_MIDDLE:
		log[FRAME_1 + 2 * SEAL_FRAME + 900] ^= 1;
		break;
	case DAMAGE_TAIL:
		log[bytes - 900] ^= 1;
		break;
	case DAMAGE_SHORT:
		bytes = FRAME_1 + 900;
		log[26] ^= 1;
		break;
	}
	help_write_file(log_path, log, bytes);
	free(log);
}

/* What opens on a disk that works, and holds so many commits: the most that may be found. */
static const struct recovery {
	enum damage damage;
	bool relaxed;
	bool opens;
	int commits;
} recoveries[] = {
	{DAMAGE_NONE, false, true, COMMITS},
	{DAMAGE_NONE, true, true, COMMITS},
	{DAMAGE_HEADER, false, false, -1},
	{DAMAGE_HEADER, true, true, 0},
	{DAMAGE_MAGIC, false, false, -1},
	{DAMAGE_MIDDLE, false, false, -1},
	{DAMAGE_SALTS, false, false, -1},
	{DAMAGE_MIDDLE, true, true, 1},
	{DAMAGE_TAIL, false, true, COMMITS - 1},
	{DAMAGE_SHORT, false, true, 0},
};

/* The `at`-th call below fails while the vault opens: it says so, or finds just the same. */
static bool fail_recovery(const struct recovery *recovery, enum fault_kind kind, int at)
{
	bool opened;
	put_files();
	damage_log(recovery->damage);
	fault_arm(kind, at, SQLITE_IOERR_READ, 0, false);
	int commits = commits_in(recovery->relaxed, &opened);
	bool hit = fault_hits() > 0;
	fault_disarm();
	bool right =
		opened ? recovery->opens && (commits == recovery->commits || (hit && commits < 0))
		       : hit || !recovery->opens;
	if (!right) {
		printf("# damage %d, relaxed %d, failing at %d: %d of %d commits\n",
			recovery->damage, recovery->relaxed, at, commits, recovery->commits);
	}
	CHECK(right);
	/* And the next time, when the disk works, what was there is there. */
	if (hit && !recovery->relaxed) {
		CHECK_INT(commits_in(false, &opened), recovery->commits);
	}
	return hit;
}

static void test_recovery_on_a_failing_disk(void)
{
	static const enum fault_kind kinds[] = {FAULT_READ, FAULT_SIZE, FAULT_OPEN};
	for (size_t i = 0; i < sizeof(recoveries) / sizeof(recoveries[0]); i++) {
		for (size_t j = 0; j < sizeof(kinds) / sizeof(kinds[0]); j++) {
			int at = 1;
			while (fail_recovery(&recoveries[i], kinds[j], at)) {
				at++;
			}
			CHECK(at > 2);
		}
	}
}

/* Part of a first page, and part of another: damage, unless the disk cannot say how much. */
static void test_parts_of_pages(void)
{
	uint8_t bytes[SEAL_PAGE];
	put_files();
	sqlite3 *db = help_open(path, "vault");
	sqlite3_file *file = file_of(db, SQLITE_FCNTL_FILE_POINTER);
	sqlite3_int64 size;
	CHECK_INT(file->pMethods->xFileSize(file, &size), SQLITE_OK);
	REQUIRE(size > SEAL_PAGE);
	CHECK_INT(truncate(path, size - 100), 0); /* touches no lock */
	fault_arm(FAULT_SIZE, 1, SQLITE_IOERR_FSTAT, 0, false);
	CHECK_INT(file->pMethods->xRead(file, bytes, SEAL_PAGE, size - SEAL_PAGE),
		SQLITE_IOERR_FSTAT);
	CHECK_INT(
		file->pMethods->xRead(file, bytes, SEAL_PAGE, size - SEAL_PAGE), SQLITE_IOERR_DATA);
	fault_arm(FAULT_SIZE, 1, SQLITE_IOERR_FSTAT, 0, false);
	CHECK_INT(file->pMethods->xRead(file, bytes, SEAL_PAGE, 4 * size), SQLITE_IOERR_FSTAT);
	CHECK_INT(file->pMethods->xRead(file, bytes, SEAL_PAGE, 4 * size), SQLITE_IOERR_SHORT_READ);
	/* Frames beyond the end of the log. */
	sqlite3_file *log = file_of(db, SQLITE_FCNTL_JOURNAL_POINTER);
	CHECK_INT(
		log->pMethods->xRead(log, bytes, SEAL_PAGE, FAR_FRAME + HEADER), SQLITE_IOERR_DATA);
	CHECK_INT(vault_last_reason("vault", NULL), VAULT_REASON_DAMAGED_LOG);
	memset(bytes, 0, sizeof(bytes));
	CHECK_INT(log->pMethods->xWrite(log, bytes, SEAL_PAGE, FAR_FRAME + HEADER),
		SQLITE_IOERR_WRITE);
	help_close_like_crash(db);

	help_remove_vault(path);
	help_write_file(path, "Hark", 4);
	CHECK_INT(vault_open(path, "vault", NULL, &db), VAULT_REFUSED);
	CHECK_INT(vault_last_reason("vault", NULL), VAULT_REASON_NOT_HARK);
}

/* What an SQLite of another day may ask of the VFS. */
static void test_asked_of_the_vfs(void)
{
	sqlite3_vfs *vfs = sqlite3_vfs_find("vault");
	sqlite3_file *file = calloc(1, (size_t)vfs->szOsFile);
	int there = 1;
	REQUIRE(file != NULL);
	/* A database without a name is a temporary one. */
	CHECK_INT(vfs->xOpen(vfs, NULL, file,
			  SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL),
		SQLITE_CANTOPEN);
	CHECK_INT(vault_last_reason("vault", NULL), VAULT_REASON_REFUSED_TEMP);
	free(file);
	/* A journal that was never kept is gone when it is to go; any other file is not. */
	CHECK_INT(vfs->xDelete(vfs, help_path("none.db-journal"), 0), SQLITE_OK);
	CHECK_INT(vfs->xDelete(vfs, help_path("none.db-wal"), 0), SQLITE_IOERR_DELETE_NOENT);
	CHECK_INT(vfs->xDelete(vfs, "none", 0), SQLITE_IOERR_DELETE_NOENT);
	CHECK_INT(vfs->xAccess(vfs, help_path("none.db-journal"), SQLITE_ACCESS_EXISTS, &there),
		SQLITE_OK);
	CHECK_INT(there, 0);
	/* A journal may be refused, or fail, as long as the file has pages. */
	put_files();
	sqlite3 *db = help_open(path, "vault");
	sqlite3_file *journal = calloc(1, (size_t)vfs->szOsFile);
	REQUIRE(journal != NULL);
	const char *name = sqlite3_filename_journal(sqlite3_db_filename(db, "main"));
	fault_arm(FAULT_SIZE, 1, SQLITE_IOERR_FSTAT, 0, false);
	CHECK_INT(
		vfs->xOpen(vfs, name, journal, SQLITE_OPEN_MAIN_JOURNAL, NULL), SQLITE_IOERR_FSTAT);
	CHECK_INT(vfs->xOpen(vfs, name, journal, SQLITE_OPEN_MAIN_JOURNAL, NULL), SQLITE_CANTOPEN);
	CHECK_INT(vault_last_reason("vault", NULL), VAULT_REASON_REFUSED_JOURNAL);
	fault_disarm();
	free(journal);
	help_close_like_crash(db);
}

int main(void)
{
	fault_register();
	if (vault_register_over("vault", help_key_a, "fault") != VAULT_OK) {
		return EXIT_FAILURE;
	}
	snprintf(path, sizeof(path), "%s", help_path("vfs.db"));
	snprintf(log_path, sizeof(log_path), "%s-wal", path);
	snprintf(pristine, sizeof(pristine), "%s", help_path("pristine.db"));
	snprintf(pristine_log, sizeof(pristine_log), "%s", help_path("pristine.db-wal"));
	sqlite3 *db = help_create(path, "vault");
	help_exec(db, "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)");
	sqlite3_close(db);
	db = help_open(path, "vault");
	for (int i = 0; i < COMMITS; i++) {
		help_exec(db, "INSERT INTO t (v) VALUES (hex(randomblob(1700)))");
	}
	help_close_like_crash(db);
	help_copy_file(path, pristine);
	help_copy_file(log_path, pristine_log);

	RUN(test_methods_of_the_file);
	RUN(test_methods_of_the_log);
	RUN(test_header_held_until_the_end);
	RUN(test_parts_of_pages);
	RUN(test_asked_of_the_vfs);
	RUN(test_recovery_on_a_failing_disk);
	vault_unregister("vault");
	return tap_done();
}
