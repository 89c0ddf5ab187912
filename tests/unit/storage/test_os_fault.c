/*
 * Every call that the vault, its copies and the key file make of the system, of memory and of
 * SQLite fails, one after the other: the failure is told by its own status, and what was on the
 * disk is there whole, the old or the new, or is not there at all.
 */
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "storage/key.h"
#include "storage/put_aside.h"
#include "storage/vault_handle.h"
#include "tests/unit/storage/os_fault.h"
#include "tests/unit/storage/sim_disk.h"
#include "tests/unit/storage/vault_help.h"
#include "tests/unit/tap.h"

static char path[600], copy[600], pristine[600], key_path[600];

/* A vault with ten rows, as it was made. */
static void put_vault(void)
{
	help_remove_vault(path);
	sim_forget();
	help_copy_file(pristine, path);
}

static bool is_filled(sqlite3 *db)
{
	return help_int(db, "SELECT count(*) FROM t WHERE v = i * 3") == 10;
}

/* Whether the file opens under that key, with all that is in it. */
static bool holds(const char *file, const char *vfs_name)
{
	sqlite3 *db;
	if (vault_open(file, vfs_name, NULL, &db) != VAULT_OK) {
		return false;
	}
	bool filled = is_filled(db);
	sqlite3_close(db);
	return filled;
}

/* ---- what is done while something fails; vault_status, or what key_status would be ---- */

static enum vault_status do_create(void)
{
	return vault_create(copy, "vault");
}

static enum vault_status do_open(void)
{
	sqlite3 *db;
	struct vault_options options = {.read_only = true, .relaxed = true, .busy_ms = 1};
	enum vault_status status = vault_open(path, "vault", &options, &db);
	if (status == VAULT_OK) {
		sqlite3_close(db);
	}
	return status;
}

static enum vault_status do_rekey(void)
{
	return vault_rekey(path, "vault", "other");
}

static sqlite3 *source; /* of a backup, or what is checked */

static enum vault_status do_backup(void)
{
	struct vault_backup *backup;
	enum vault_status status = vault_backup_start(source, copy, "other", &backup);
	if (status != VAULT_OK) {
		return status;
	}
	do {
		status = vault_backup_step(backup, 1);
	} while (status == VAULT_MORE);
	enum vault_status finished = vault_backup_finish(backup);
	return status == VAULT_OK ? finished : status;
}

static enum vault_status do_check(void)
{
	char complaint[80];
	return vault_check(source, "vault", complaint, sizeof(complaint));
}

static enum vault_status do_lock(void)
{
	int fd;
	enum vault_status status = vault_lock(path, &fd);
	if (status == VAULT_OK) {
		vault_unlock(fd);
	}
	return status;
}

static enum vault_status do_register(void)
{
	enum vault_status status = vault_register("third", help_key_a);
	if (status == VAULT_OK) {
		vault_unregister("third");
	}
	return status;
}

static enum vault_status of_key(enum key_status status)
{
	switch (status) {
	case KEY_OK:
		return VAULT_OK;
	case KEY_IO:
		return VAULT_IO;
	case KEY_NO_MEMORY:
		return VAULT_NO_MEMORY;
	case KEY_NO_ACCESS:
		return VAULT_READ_ONLY;
	default:
		return VAULT_FAILED;
	}
}

static enum vault_status do_key_save(void)
{
	struct key *key;
	enum key_status status = key_make(&key);
	if (status == KEY_OK) {
		status = key_save(key_path, key);
		key_free(key);
	}
	return of_key(status);
}

static enum vault_status do_key_load(void)
{
	struct key *key, *newer;
	enum key_status status = key_load(key_path, &key);
	if (status == KEY_OK) {
		status = key_renew(key, &newer);
		key_free(key);
	}
	if (status == KEY_OK) {
		key_free(newer);
	}
	return of_key(status);
}

static enum vault_status do_put_aside(void)
{
	switch (put_aside_log(path)) {
	case STORE_OK:
		return VAULT_OK;
	case STORE_FULL:
		return VAULT_FULL;
	case STORE_READ_ONLY:
		return VAULT_READ_ONLY;
	case STORE_NO_MEMORY:
		return VAULT_NO_MEMORY;
	case STORE_IO:
		return VAULT_IO;
	default:
		return VAULT_FAILED;
	}
}

/* ---- before and after ---- */

static void begin_copy(void)
{
	help_remove_vault(copy);
	sim_forget();
}

static bool made_whole_or_not(bool done)
{
	bool there = help_file_exists(copy);
	return (!done || there) && (!there || vault_open(copy, "vault", NULL, &source) == VAULT_OK);
}

static bool end_create(bool done)
{
	source = NULL;
	bool whole = made_whole_or_not(done);
	sqlite3_close(source);
	return whole && !help_file_exists(help_path("copy.db.new"));
}

static bool end_rekey(bool done)
{
	return (holds(path, "other") || (!done && holds(path, "vault"))) &&
	       !help_file_exists(help_path("fault.db.new"));
}

static void begin_backup(void)
{
	begin_copy();
	put_vault();
	source = help_open(path, "vault");
}

static bool end_backup(bool done)
{
	bool right = is_filled(source);
	sqlite3_close(source);
	bool there = help_file_exists(copy);
	return right && (!done || there) && (!there || holds(copy, "other")) &&
	       !help_file_exists(help_path("copy.db.new"));
}

/* Without a seal: for whoever shall read it with SQLite alone. */
static enum vault_status do_backup_plain(void)
{
	struct vault_backup *backup;
	enum vault_status status = vault_backup_start(source, copy, NULL, &backup);
	if (status != VAULT_OK) {
		return status;
	}
	while ((status = vault_backup_step(backup, 1)) == VAULT_MORE) {
	}
	enum vault_status finished = vault_backup_finish(backup);
	return status == VAULT_OK ? finished : status;
}

static bool end_backup_plain(bool done)
{
	bool right = is_filled(source);
	sqlite3_close(source);
	bool there = help_file_exists(copy);
	if (there) {
		sqlite3 *db = NULL;
		right = right &&
			sqlite3_open_v2(copy, &db, SQLITE_OPEN_READONLY, "unix") == SQLITE_OK &&
			is_filled(db);
		sqlite3_close(db);
	}
	return right && (!done || there) && !help_file_exists(help_path("copy.db.new"));
}

static bool end_check(bool done)
{
	(void)done;
	sqlite3_close(source);
	return holds(path, "vault");
}

static bool end_open(bool done)
{
	(void)done;
	return holds(path, "vault");
}

static void begin_key(void)
{
	unlink(key_path);
}

static bool end_key(bool done)
{
	return help_file_exists(key_path) == done;
}

static void begin_key_load(void)
{
	begin_key();
	do_key_save();
}

static bool key_is_there(bool done)
{
	(void)done;
	return help_file_exists(key_path);
}

/* A log to put aside; copies of it made before are gone. */
static void begin_put_aside(void)
{
	put_vault();
	sqlite3 *db = help_open(path, "vault");
	help_exec(db, "INSERT INTO t VALUES (11, 0); DELETE FROM t WHERE i = 11");
	help_close_like_crash(db);
	unlink(help_path("fault.db-wal.damaged-1"));
	unlink(help_path("fault.db-wal.damaged-2"));
}

static bool end_put_aside(bool done)
{
	const char *aside = help_path("fault.db-wal.damaged-1");
	if (!help_file_exists(aside)) {
		return !done;
	}
	size_t bytes, log_bytes;
	uint8_t *data = help_read_file(aside, &bytes);
	uint8_t *log = help_read_file(help_path("fault.db-wal"), &log_bytes);
	bool same = bytes > 0 && bytes == log_bytes && memcmp(data, log, bytes) == 0;
	free(data);
	free(log);
	return same && holds(path, "vault");
}

static void begin_nothing(void)
{
}

static bool end_nothing(bool done)
{
	(void)done;
	return true;
}

static const struct operation {
	const char *name;
	void (*begin)(void);
	enum vault_status (*run)(void);
	bool (*end)(bool done);
	int calls; /* at least so many fail, over all kinds: this many were found */
	int harmless; /* the call of SQLite that may fail unseen; 0: none */
} operations[] = {
	{"create", begin_copy, do_create, end_create, 20, 0},
	{"open", put_vault, do_open, end_open, 8, 0},
	{"rekey", put_vault, do_rekey, end_rekey, 30, 0},
	{"backup", begin_backup, do_backup, end_backup, 12, 1},
	{"backup_plain", begin_backup, do_backup_plain, end_backup_plain, 12, 1},
	{"check", begin_backup, do_check, end_check, 4, 0},
	{"lock", begin_nothing, do_lock, end_nothing, 3, 0},
	{"register", begin_nothing, do_register, end_nothing, 2, 0},
	{"key_save", begin_key, do_key_save, end_key, 5, 0},
	{"key_load", begin_key_load, do_key_load, key_is_there, 4, 0},
	{"put_aside", begin_put_aside, do_put_aside, end_put_aside, 10, 0},
};

static const struct failure {
	int kind, code;
	enum vault_status told;
} failures[] = {
	{OS_MEMORY, ENOMEM, VAULT_NO_MEMORY},
	{OS_FILE, EIO, VAULT_IO},
	{OS_FILE, EROFS, VAULT_READ_ONLY},
	{OS_SQLITE, SQLITE_FULL, VAULT_FULL},
	{OS_SQLITE, SQLITE_NOMEM, VAULT_NO_MEMORY},
	{OS_SQLITE, SQLITE_READONLY, VAULT_READ_ONLY},
	{OS_SQLITE, SQLITE_MISUSE, VAULT_FAILED},
};

/* True when the `at`-th call was made, and failed. */
static bool fail_at(const struct operation *operation, const struct failure *failure, int at)
{
	operation->begin();
	os_fault_arm(failure->kind, at, failure->code, false);
	enum vault_status status = operation->run();
	bool failed = os_fault_disarm() > 0;
	bool told = status == failure->told || (failure->kind == OS_FILE && status == VAULT_IO);
	bool unseen = failure->kind == OS_SQLITE && at == operation->harmless;
	bool right = operation->end(status == VAULT_OK) &&
		     ((failed && told) || (status == VAULT_OK && (!failed || unseen)));
	if (!right) {
		printf("# %s, kind %d, code %d, call %d: status %d\n", operation->name,
			failure->kind, failure->code, at, status);
	}
	CHECK(right);
	return failed;
}

static void test_every_call_fails(void)
{
	for (size_t i = 0; i < sizeof(operations) / sizeof(operations[0]); i++) {
		int calls = 0;
		for (size_t j = 0; j < sizeof(failures) / sizeof(failures[0]); j++) {
			for (int at = 1; fail_at(&operations[i], &failures[j], at); at++) {
				calls++;
			}
		}
		if (calls < operations[i].calls) {
			printf("# %s: %d calls failed\n", operations[i].name, calls);
		}
		CHECK(calls >= operations[i].calls);
	}
}

/* A signal, or half of a read or write: no failure, and the rest is done. */
static void test_interrupted_and_short(void)
{
	for (size_t i = 0; i < sizeof(operations) / sizeof(operations[0]); i++) {
		const struct operation *operation = &operations[i];
		operation->begin();
		os_fault_arm(OS_SHORT, 1, 0, true);
		CHECK_INT(operation->run(), VAULT_OK);
		os_fault_disarm();
		CHECK(operation->end(true));
	}
	/* The third call of each: open, fstat, then read; open, then write. */
	begin_key();
	os_fault_arm(OS_FILE, 2, EINTR, false);
	CHECK_INT(do_key_save(), VAULT_OK);
	CHECK_INT(os_fault_disarm(), 1);
	os_fault_arm(OS_FILE, 3, EINTR, false);
	CHECK_INT(do_key_load(), VAULT_OK);
	CHECK_INT(os_fault_disarm(), 1);
}

/* What close() says of a file that was written counts: a full disk may be told there. */
static void test_key_whose_close_fails(void)
{
	begin_key();
	os_fault_arm(OS_CLOSE, 1, EIO, false);
	CHECK_INT(do_key_save(), VAULT_IO);
	CHECK_INT(os_fault_disarm(), 1);
	CHECK(!help_file_exists(key_path));
	/* What failed before is what is told. */
	os_fault_arm(OS_DISK | OS_CLOSE, 1, EIO, true);
	CHECK_INT(do_key_save(), VAULT_IO);
	CHECK(os_fault_disarm() >= 2);
	CHECK(!help_file_exists(key_path));
}

/* An older reason of the shim explains nothing but what it was told for. */
static void test_what_codes_mean(void)
{
	static const struct {
		int code;
		enum vault_reason reason;
		enum vault_status told;
	} meant[] = {
		{SQLITE_PERM, VAULT_REASON_NONE, VAULT_READ_ONLY},
		{SQLITE_LOCKED, VAULT_REASON_NONE, VAULT_BUSY},
		{SQLITE_CORRUPT, VAULT_REASON_NONE, VAULT_INCONSISTENT},
		{SQLITE_IOERR_NOMEM, VAULT_REASON_NONE, VAULT_NO_MEMORY},
		{SQLITE_IOERR_WRITE, VAULT_REASON_NONE, VAULT_IO},
		{SQLITE_IOERR_WRITE, VAULT_REASON_REFUSED_WRITE, VAULT_REFUSED},
		{SQLITE_IOERR_WRITE, VAULT_REASON_DAMAGED_LOG, VAULT_IO},
		{SQLITE_IOERR_DATA, VAULT_REASON_DAMAGED_LOG, VAULT_REFUSED},
		{SQLITE_CANTOPEN, VAULT_REASON_REFUSED_JOURNAL, VAULT_REFUSED},
		{SQLITE_CANTOPEN, VAULT_REASON_WRONG_KEY, VAULT_IO},
		{SQLITE_NOTADB, VAULT_REASON_WRONG_KEY, VAULT_REFUSED},
	};
	for (size_t i = 0; i < sizeof(meant) / sizeof(meant[0]); i++) {
		vault_clear_reason("vault");
		vault_note_reason("vault", meant[i].reason);
		CHECK_INT(vault_handle_status(meant[i].code, "vault"), meant[i].told);
	}
	vault_clear_reason("vault");
}

/* Another user's lock, a full directory of copies, a place that is none. */
static void test_what_is_in_the_way(void)
{
	int fd;
	os_fault_arm(OS_FILE, 2, EACCES, false);
	CHECK_INT(vault_lock(path, &fd), VAULT_BUSY);
	CHECK_INT(os_fault_disarm(), 1);

	begin_put_aside();
	os_fault_arm(OS_FILE, 2, EEXIST, true);
	CHECK_INT(put_aside_log(path), STORE_IO);
	CHECK(os_fault_disarm() > 900);
	static const struct {
		int code;
		enum store_status told;
	} told[] = {{ENOSPC, STORE_FULL}, {EDQUOT, STORE_FULL}, {EACCES, STORE_READ_ONLY}};
	for (size_t i = 0; i < sizeof(told) / sizeof(told[0]); i++) {
		os_fault_arm(OS_FILE, 2, told[i].code, false);
		CHECK_INT(put_aside_log(path), told[i].told);
		CHECK_INT(os_fault_disarm(), 1);
	}
	CHECK_INT(put_aside_log(help_path("none.db")), STORE_OK);
	os_fault_arm(OS_FILE, 1, EIO, false);
	CHECK_INT(put_aside_log(help_path("none.db")), STORE_IO);
	CHECK_INT(os_fault_disarm(), 1);
	CHECK_INT(key_save("no-such-directory/hark.key", NULL), KEY_MISSING);
	CHECK_INT(key_save("/dev/null/hark.key", NULL), KEY_MISSING);

	static const struct {
		int code;
		enum vault_status told;
	} of_lock[] = {{ENOENT, VAULT_MISSING}, {EEXIST, VAULT_EXISTS}, {EAGAIN, VAULT_BUSY},
		{EPERM, VAULT_READ_ONLY}, {ENOSPC, VAULT_FULL}, {EDQUOT, VAULT_FULL},
		{ENOTDIR, VAULT_MISSING}, {ENOMEM, VAULT_NO_MEMORY}, {EMFILE, VAULT_IO}};
	for (size_t i = 0; i < sizeof(of_lock) / sizeof(of_lock[0]); i++) {
		os_fault_arm(OS_FILE, 1, of_lock[i].code, false);
		CHECK_INT(vault_lock(path, &fd), of_lock[i].told);
		CHECK_INT(os_fault_disarm(), 1);
	}
}

static void test_start_that_fails(void)
{
	os_fault_arm(OS_START, 1, 0, false);
	CHECK_INT(vault_register("third", help_key_a), VAULT_FAILED);
	os_fault_arm(OS_START, 2, 0, false);
	CHECK_INT(vault_register("third", help_key_a), VAULT_FAILED);
	os_fault_arm(OS_START, 1, 0, false);
	CHECK_INT(do_key_save(), VAULT_NO_MEMORY);
	CHECK_INT(os_fault_disarm(), 1);
	CHECK_INT(vault_register_over("third", help_key_a, "no such base"), VAULT_FAILED);
	/* Nothing of it stays behind. */
	CHECK_INT(vault_register("third", help_key_a), VAULT_OK);
	vault_unregister("third");
}

/* ---- memory under SQLite ---- */

static sqlite3_mem_methods real_memory;
static int allocations_left; /* until one fails; 0: none will */

static void *failing_malloc(int bytes)
{
	bool fails = allocations_left > 0 && --allocations_left == 0;
	return fails ? NULL : real_memory.xMalloc(bytes);
}

/* Before anything else of SQLite is used. */
static bool set_up_memory(void)
{
	sqlite3_mem_methods memory;
	if (sqlite3_config(SQLITE_CONFIG_GETMALLOC, &real_memory) != SQLITE_OK) {
		return false;
	}
	memory = real_memory;
	memory.xMalloc = failing_malloc;
	return sqlite3_config(SQLITE_CONFIG_MALLOC, &memory) == SQLITE_OK &&
	       sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0) == SQLITE_OK;
}

/* Some allocations SQLite can do without; what it could not do is told as what it is. */
static void test_short_of_memory(void)
{
	for (size_t i = 0; i < sizeof(operations) / sizeof(operations[0]); i++) {
		const struct operation *operation = &operations[i];
		bool failing = true;
		for (int at = 1; failing && at < 2000; at += at < 400 ? 1 : 7) {
			operation->begin();
			allocations_left = at;
			enum vault_status status = operation->run();
			failing = allocations_left == 0;
			allocations_left = 0;
			bool right = operation->end(status == VAULT_OK) &&
				     (status == VAULT_OK || (failing && status == VAULT_NO_MEMORY));
			if (!right) {
				printf("# %s, allocation %d: %d\n", operation->name, at, status);
			}
			CHECK(right);
		}
	}
}

/* ---- the disk under SQLite ---- */

static enum vault_status do_open_and_write(void)
{
	sqlite3 *db;
	enum vault_status status = vault_open(path, "vault", NULL, &db);
	if (status == VAULT_OK) {
		int rc = help_try(db, "BEGIN; INSERT INTO t VALUES (11, 0);"
				      "DELETE FROM t WHERE i = 11; COMMIT");
		if (rc == SQLITE_OK) {
			rc = sqlite3_wal_checkpoint_v2(
				db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
		}
		status = vault_handle_status(rc, "vault");
		sqlite3_close(db);
	}
	return status;
}

static const struct operation on_disk[] = {
	{"create", begin_copy, do_create, end_create, 8, 0},
	{"rekey", put_vault, do_rekey, end_rekey, 20, 0},
	{"backup", begin_backup, do_backup, end_backup, 8, 0},
	{"check", begin_backup, do_check, end_check, 2, 0},
	{"write", put_vault, do_open_and_write, end_open, 6, 0},
};

/* Reads and syncs may be tried again by SQLite, or not needed: told only when it mattered. */
static bool fail_on_disk(const struct operation *operation, enum sim_fault fault, int at)
{
	operation->begin();
	sim_arm(fault, at, false);
	enum vault_status status = operation->run();
	bool failed = sim_fired();
	sim_disarm();
	/* What could not be deleted may be in somebody's use; a deletion may fail without harm. */
	bool told = status == VAULT_IO || status == (fault == SIM_FULL ? VAULT_FULL : VAULT_BUSY);
	bool right = operation->end(status == VAULT_OK) && (status == VAULT_OK || (failed && told));
	if (!right) {
		printf("# %s, fault %d at %d: status %d\n", operation->name, fault, at, status);
	}
	CHECK(right);
	return failed;
}

static void test_every_access_fails(void)
{
	static const enum sim_fault faults[] = {
		SIM_WRITE_ERROR, SIM_SYNC_ERROR, SIM_READ_ERROR, SIM_FULL};
	for (size_t i = 0; i < sizeof(on_disk) / sizeof(on_disk[0]); i++) {
		int accesses = 0;
		for (size_t j = 0; j < sizeof(faults) / sizeof(faults[0]); j++) {
			for (int at = 1; at < 60 && fail_on_disk(&on_disk[i], faults[j], at);
				at++) {
				accesses++;
			}
		}
		if (accesses < on_disk[i].calls) {
			printf("# %s: %d accesses failed\n", on_disk[i].name, accesses);
		}
		CHECK(accesses >= on_disk[i].calls);
	}
}

static bool stand_on(const char *base)
{
	vault_unregister("vault");
	vault_unregister("other");
	return vault_register_over("vault", help_key_a, base) == VAULT_OK &&
	       vault_register_over("other", help_key_b, base) == VAULT_OK;
}

int main(void)
{
	if (!set_up_memory()) {
		return EXIT_FAILURE;
	}
	sim_register();
	if (!stand_on("unix-excl")) {
		return EXIT_FAILURE;
	}
	snprintf(path, sizeof(path), "%s", help_path("fault.db"));
	snprintf(copy, sizeof(copy), "%s", help_path("copy.db"));
	snprintf(pristine, sizeof(pristine), "%s", help_path("pristine.db"));
	snprintf(key_path, sizeof(key_path), "%s", help_path("hark.key"));
	sqlite3 *db = help_create(path, "vault");
	help_exec(db, "CREATE TABLE t (i INTEGER PRIMARY KEY, v);"
		      "WITH RECURSIVE c (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE"
		      " i < 10) INSERT INTO t SELECT i, i * 3 FROM c");
	sqlite3_close(db);
	help_copy_file(path, pristine);

	RUN(test_every_call_fails);
	RUN(test_interrupted_and_short);
	RUN(test_key_whose_close_fails);
	RUN(test_what_codes_mean);
	RUN(test_start_that_fails);
	RUN(test_short_of_memory);
	RUN(test_what_is_in_the_way);
	if (!stand_on("sim")) {
		return EXIT_FAILURE;
	}
	RUN(test_every_access_fails);
	vault_unregister("vault");
	vault_unregister("other");
	return tap_done();
}
