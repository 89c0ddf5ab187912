/* The vault's own interface: every call's success and each of its refusals. */
#include "storage/vault.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "storage/seal.h"
#include "tests/unit/storage/vault_help.h"
#include "tests/unit/tap.h"

static char path[600];

static void fill(sqlite3 *db)
{
	help_exec(db,
		"CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT);"
		"WITH RECURSIVE c (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 500)"
		" INSERT INTO t SELECT i, hex(randomblob(200)) FROM c;"
		"CREATE VIRTUAL TABLE ft USING fts5 (v);"
		"INSERT INTO ft SELECT 'word' || id FROM t");
}

static bool is_filled(sqlite3 *db)
{
	return help_int(db, "SELECT count(*) FROM t WHERE length(v) = 400") == 500 &&
	       help_int(db, "SELECT count(*) FROM ft WHERE ft MATCH 'word77'") == 1 &&
	       strcmp(help_text(db, "PRAGMA integrity_check"), "ok") == 0;
}

/* Then every allocation of any thread would wait for the same lock. */
static void test_sqlite_counts_no_memory(void)
{
	void *some = sqlite3_malloc(100);
	CHECK(some != NULL);
	CHECK_INT(sqlite3_memory_used(), 0);
	sqlite3_free(some);
}

static void test_names(void)
{
	CHECK_INT(vault_register("vault", help_key_a), VAULT_EXISTS);
	CHECK_INT(vault_register("unix", help_key_a), VAULT_EXISTS);
	CHECK_INT(vault_register_over("third", help_key_a, "no such base"), VAULT_FAILED);
	CHECK(strcmp(sqlite3_vfs_find(NULL)->zName, "vault") != 0);
	vault_unregister("unix"); /* not ours: nothing */
	vault_unregister("unknown");
	vault_unregister(NULL);
	CHECK(sqlite3_vfs_find("unix") != NULL);
	CHECK_INT(vault_last_reason("unix", NULL), VAULT_REASON_NONE);
	CHECK_INT(vault_last_reason(NULL, NULL), VAULT_REASON_NONE);
	REQUIRE(vault_register("third", help_key_a) == VAULT_OK);
	vault_unregister("third");
	CHECK(sqlite3_vfs_find("third") == NULL);
}

static void test_every_sentence_is_its_own(void)
{
	for (int a = VAULT_OK; a <= VAULT_FAILED; a++) {
		for (int b = VAULT_OK; b < a; b++) {
			CHECK(strcmp(vault_status_text((enum vault_status)a),
				      vault_status_text((enum vault_status)b)) != 0);
		}
	}
	for (int a = VAULT_REASON_NONE; a <= VAULT_REASON_REFUSED_WRITE; a++) {
		for (int b = VAULT_REASON_NONE; b < a; b++) {
			CHECK(strcmp(vault_reason_text((enum vault_reason)a),
				      vault_reason_text((enum vault_reason)b)) != 0);
		}
	}
}

static void test_create(void)
{
	struct stat found;
	sqlite3 *db;
	help_remove_vault(path);
	help_write_file(help_path("vault.db.new"), "left by a crash", 15);
	REQUIRE(vault_create(path, "vault") == VAULT_OK);
	CHECK_INT(stat(path, &found), 0);
	CHECK_INT(found.st_mode & 07777, 0600);
	CHECK_INT(found.st_size, SEAL_PAGE);
	CHECK(!help_file_exists(help_path("vault.db.new")));
	CHECK(!help_file_exists(help_path("vault.db.new-wal")));
	CHECK(!help_file_exists(help_path("vault.db-wal")));
	CHECK_INT(vault_create(path, "vault"), VAULT_EXISTS);
	CHECK_INT(vault_create(help_path("nowhere/vault.db"), "vault"), VAULT_MISSING);
	REQUIRE(vault_open(path, "vault", NULL, &db) == VAULT_OK);
	fill(db);
	sqlite3_close(db);
	db = help_open(path, "vault");
	CHECK(is_filled(db));
	sqlite3_close(db);
}

static void test_pragmas(void)
{
	static const struct {
		const char *sql;
		const char *value;
	} pragmas[] = {
		{"PRAGMA journal_mode", "wal"},
		{"PRAGMA synchronous", "2"},
		{"PRAGMA temp_store", "2"},
		{"PRAGMA cache_spill", "0"},
		{"PRAGMA secure_delete", "1"},
		{"PRAGMA trusted_schema", "0"},
		{"PRAGMA foreign_keys", "1"},
		{"PRAGMA cell_size_check", "1"},
		{"PRAGMA wal_autocheckpoint", "0"},
		{"PRAGMA page_size", "4096"},
		{"PRAGMA auto_vacuum", "0"},
		{"PRAGMA cache_size", "-8192"},
		{"PRAGMA query_only", "0"},
		{"PRAGMA busy_timeout", "0"},
	};
	static const char *const files[] = {"vault", NULL}; /* sealed, and plain for benchmarks */
	for (int f = 0; f < 2; f++) {
		sqlite3 *db;
		help_remove_vault(path);
		REQUIRE(vault_create(path, files[f]) == VAULT_OK);
		REQUIRE(vault_open(path, files[f], NULL, &db) == VAULT_OK);
		for (size_t i = 0; i < sizeof(pragmas) / sizeof(pragmas[0]); i++) {
			CHECK_STR(help_text(db, pragmas[i].sql), pragmas[i].value);
		}
		fill(db);
		CHECK(is_filled(db));
		CHECK(!help_file_exists(help_path("vault.db-shm")));
		sqlite3_close(db);
	}
}

static void test_options(void)
{
	sqlite3 *db;
	sqlite3_close(help_create(path, "vault"));
	struct vault_options options = {
		.cache_bytes = VAULT_CACHE_WRITER, .busy_ms = 123, .read_only = true};
	REQUIRE(vault_open(path, "vault", &options, &db) == VAULT_OK);
	CHECK_STR(help_text(db, "PRAGMA cache_size"), "-65536");
	CHECK_STR(help_text(db, "PRAGMA busy_timeout"), "123");
	CHECK_INT(help_try(db, "CREATE TABLE t (v)"), SQLITE_READONLY);
	sqlite3_close(db);
}

static void test_path_with_odd_characters(void)
{
	char odd[600];
	snprintf(odd, sizeof(odd), "%s", help_path("a %41?vfs=unix#b&c=d'e.db"));
	sqlite3 *db = help_create(odd, "vault");
	fill(db);
	sqlite3_close(db);
	CHECK(help_file_exists(odd));
	CHECK_INT(vault_rekey(odd, "vault", "other"), VAULT_OK);
	db = help_open(odd, "other");
	CHECK(is_filled(db));
	sqlite3_close(db);
	help_remove_vault(odd);
}

static void test_refusals_of_open(void)
{
	sqlite3 *db = NULL;
	help_remove_vault(path);
	CHECK_INT(vault_open(path, "vault", NULL, &db), VAULT_MISSING);
	CHECK(!help_file_exists(path));
	help_write_file(path, "", 0);
	CHECK_INT(vault_open(path, "vault", NULL, &db), VAULT_REFUSED);
	CHECK_INT(vault_last_reason("vault", NULL), VAULT_REASON_NOT_HARK);
	struct stat found;
	CHECK_INT(stat(path, &found), 0);
	CHECK_INT(found.st_size, 0); /* not made into a vault by the way */
	vault_clear_reason("vault");
	CHECK_INT(vault_open(help_directory(), "vault", NULL, &db), VAULT_REFUSED);
	CHECK_INT(vault_last_reason("vault", NULL), VAULT_REASON_NOT_HARK);
	CHECK(db == NULL);
}

/* In a child that gives root up, if there is root to give up. */
static void test_file_of_another_user(void)
{
	static const mode_t modes[] = {0, 0400, 0444};
	sqlite3_close(help_create(path, "vault"));
	chmod(help_directory(), 0755);
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		chmod(path, modes[i]);
		pid_t child = fork();
		if (child == 0) {
			sqlite3 *db;
			bool is_root = geteuid() == 0;
			_exit((!is_root || setuid(65534) == 0) && vault_open(path, "vault", NULL,
									  &db) == VAULT_READ_ONLY
					? 0
					: 1);
		}
		int status = -1;
		waitpid(child, &status, 0);
		CHECK_INT(status, 0);
	}
	chmod(path, 0600);
}

/* Emptied by an accident, the file must not take its log along. */
static void test_empty_file_keeps_its_log(void)
{
	sqlite3 *db = help_create(path, "vault");
	fill(db);
	help_close_like_crash(db);
	help_write_file(path, "", 0);
	CHECK_INT(vault_open(path, "vault", NULL, &db), VAULT_REFUSED);
	CHECK(help_file_exists(help_path("vault.db-wal")));
}

/* The wal-index is in memory, and yet connections of one process read while one writes. */
static void test_reader_beside_writer(void)
{
	sqlite3 *db = help_create(path, "vault");
	help_exec(db, "CREATE TABLE t (v); INSERT INTO t VALUES (1)");
	sqlite3 *reader = help_open(path, "vault");
	help_exec(reader, "BEGIN");
	CHECK_INT(help_int(reader, "SELECT count(*) FROM t"), 1);
	help_exec(db, "BEGIN; INSERT INTO t VALUES (2)");
	CHECK_INT(help_int(reader, "SELECT count(*) FROM t"), 1);
	help_exec(db, "COMMIT");
	CHECK_INT(help_int(reader, "SELECT count(*) FROM t"), 1);
	help_exec(reader, "COMMIT");
	CHECK_INT(help_int(reader, "SELECT count(*) FROM t"), 2);
	/* The log begins anew behind the reader's back: its idea of the salts is old then. */
	for (int i = 3; i < 10; i++) {
		help_exec(db, "PRAGMA wal_checkpoint (TRUNCATE); INSERT INTO t VALUES (0)");
		CHECK_INT(help_int(reader, "SELECT count(*) FROM t"), i);
	}
	help_exec(reader, "INSERT INTO t VALUES (0)"); /* and now it writes, in the other's log */
	CHECK_INT(help_int(db, "SELECT count(*) FROM t"), 10);
	sqlite3_close(reader);
	help_close_like_crash(db);
	db = help_open(path, "vault");
	CHECK_INT(help_int(db, "SELECT count(*) FROM t"), 10);
	sqlite3_close(db);
}

static void test_backup_in_steps(void)
{
	char copy[600];
	snprintf(copy, sizeof(copy), "%s", help_path("copy.db"));
	help_remove_vault(copy);
	sqlite3 *db = help_create(path, "vault");
	fill(db);
	struct vault_backup *backup;
	REQUIRE(vault_backup_start(db, copy, "other", &backup) == VAULT_OK);
	int steps = 0;
	enum vault_status status;
	uint32_t done;
	uint32_t total;
	while ((status = vault_backup_step(backup, 10)) == VAULT_MORE) {
		help_exec(db, "INSERT INTO t (v) VALUES ('meanwhile')");
		CHECK(!help_file_exists(copy));
		vault_backup_progress(backup, &done, &total);
		CHECK(done == 10u * (unsigned)++steps && total > done);
	}
	CHECK_INT(status, VAULT_OK);
	CHECK(steps > 3);
	CHECK_INT(vault_backup_finish(backup), VAULT_OK);
	CHECK(!help_file_exists(help_path("copy.db.new")));
	CHECK_INT(vault_backup_start(db, copy, "other", &backup), VAULT_EXISTS);
	sqlite3_close(db);

	db = help_open(copy, "other");
	CHECK_INT(help_int(db, "SELECT count(*) FROM t WHERE v = 'meanwhile'"), steps);
	CHECK(is_filled(db));
	CHECK_STR(help_text(db, "PRAGMA journal_mode"), "wal");
	CHECK_INT(vault_check(db, "other", NULL, 0), VAULT_OK);
	sqlite3_close(db);
	CHECK_INT(vault_open(copy, "vault", NULL, &db), VAULT_REFUSED);
	CHECK_INT(vault_last_reason("vault", NULL), VAULT_REASON_WRONG_KEY);
}

struct reading {
	atomic_bool *stop;
	atomic_int snapshots;
	bool went_wrong;
};

/* Each snapshot holds n rows that add up to what n rows must; n never falls. */
static void *read_until_stopped(void *data)
{
	struct reading *reading = data;
	sqlite3 *db;
	struct vault_options options = {.read_only = true, .busy_ms = 2000};
	if (vault_open(path, "vault", &options, &db) != VAULT_OK) {
		reading->went_wrong = true;
		return NULL;
	}
	int64_t last = 0;
	while (!atomic_load(reading->stop)) {
		help_exec(db, "PRAGMA shrink_memory"); /* so that pages are read again */
		int64_t rows =
			help_int(db, "SELECT CASE WHEN count(*) * (count(*) + 1) / 2 = sum(id) AND"
				     " min(length(v)) = 3000 THEN count(*) END FROM t");
		reading->went_wrong = reading->went_wrong || rows < last || rows < 1;
		last = rows;
		atomic_fetch_add(&reading->snapshots, 1);
	}
	sqlite3_close(db);
	return NULL;
}

static void test_readers_in_other_threads(void)
{
	enum {
		READERS = 2,
		COMMITS = 150
	};
	sqlite3 *db = help_create(path, "vault");
	help_exec(db, "CREATE TABLE t (id INTEGER PRIMARY KEY, v BLOB);"
		      "INSERT INTO t (v) VALUES (randomblob(3000))");
	pthread_t threads[READERS];
	struct reading readings[READERS];
	atomic_bool stop = false;
	for (int i = 0; i < READERS; i++) {
		readings[i] = (struct reading){.stop = &stop, .snapshots = 0};
		REQUIRE(pthread_create(&threads[i], NULL, read_until_stopped, &readings[i]) == 0);
	}
	int commits = 0;
	while (commits < COMMITS ||
		(commits < 20 * COMMITS && (atomic_load(&readings[0].snapshots) < 20 ||
						   atomic_load(&readings[1].snapshots) < 20))) {
		if (commits >= COMMITS) { /* the readers are behind: leave them time */
			nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
		}
		int i = commits++;
		help_exec(db, "INSERT INTO t (v) VALUES (randomblob(3000))");
		if (i % 4 == 3) {
			sqlite3_wal_checkpoint_v2(db, "main",
				i % 8 == 3 ? SQLITE_CHECKPOINT_PASSIVE : SQLITE_CHECKPOINT_TRUNCATE,
				NULL, NULL);
		}
	}
	atomic_store(&stop, true);
	for (int i = 0; i < READERS; i++) {
		pthread_join(threads[i], NULL);
		CHECK(!readings[i].went_wrong);
		CHECK(atomic_load(&readings[i].snapshots) >= 20);
	}
	CHECK_INT(vault_last_reason("vault", NULL), VAULT_REASON_NONE);
	CHECK_INT(vault_check(db, "vault", NULL, 0), VAULT_OK);
	CHECK_INT(help_int(db, "SELECT count(*) FROM t"), commits + 1);
	sqlite3_close(db);
}

/* Larger than the copy's page cache: pages reach the copy before its commit. */
static void test_large_backup_and_rekey(void)
{
	char copy[600];
	snprintf(copy, sizeof(copy), "%s", help_path("large.db"));
	help_remove_vault(copy);
	sqlite3 *db = help_create(path, "vault");
	fill(db);
	help_exec(db, "INSERT INTO t (v) SELECT randomblob(10000) FROM t");
	struct vault_backup *backup;
	REQUIRE(vault_backup_start(db, copy, "other", &backup) == VAULT_OK);
	enum vault_status status;
	while ((status = vault_backup_step(backup, 100)) == VAULT_MORE) {
	}
	CHECK_INT(status, VAULT_OK);
	CHECK_INT(vault_backup_finish(backup), VAULT_OK);
	sqlite3_close(db);
	CHECK_INT(vault_rekey(copy, "other", "vault"), VAULT_OK);
	db = help_open(copy, "vault");
	CHECK(is_filled(db));
	CHECK_INT(help_int(db, "SELECT count(*) FROM t WHERE length(v) = 10000"), 500);
	CHECK_INT(vault_check(db, "vault", NULL, 0), VAULT_OK);
	sqlite3_close(db);
	help_remove_vault(copy);
}

static void test_backup_given_up(void)
{
	char copy[600];
	snprintf(copy, sizeof(copy), "%s", help_path("given-up.db"));
	sqlite3 *db = help_create(path, "vault");
	fill(db);
	struct vault_backup *backup;
	REQUIRE(vault_backup_start(db, copy, "vault", &backup) == VAULT_OK);
	CHECK_INT(vault_backup_step(backup, 1), VAULT_MORE);
	CHECK_INT(vault_backup_finish(backup), VAULT_FAILED);
	CHECK(!help_file_exists(copy));
	CHECK(!help_file_exists(help_path("given-up.db.new")));
	CHECK_INT(
		vault_backup_start(db, help_path("nowhere/x.db"), "vault", &backup), VAULT_MISSING);
	CHECK_INT(vault_backup_finish(NULL), VAULT_OK);
	sqlite3_close(db);
}

static void damage_page(const char *file, uint32_t page)
{
	size_t bytes;
	uint8_t *data = help_read_file(file, &bytes);
	data[(size_t)(page - 1) * SEAL_PAGE + 2000] ^= 1;
	help_write_file(file, data, bytes);
	free(data);
}

static void test_backup_of_a_damaged_vault(void)
{
	sqlite3 *db = help_create(path, "vault");
	fill(db);
	sqlite3_close(db);
	damage_page(path, 9);
	db = help_open(path, "vault");
	struct vault_backup *backup;
	REQUIRE(vault_backup_start(db, help_path("bad-copy.db"), "other", &backup) == VAULT_OK);
	enum vault_status status;
	do {
		status = vault_backup_step(backup, 4);
	} while (status == VAULT_MORE);
	CHECK_INT(status, VAULT_REFUSED);
	uint32_t page;
	CHECK_INT(vault_last_reason("vault", &page), VAULT_REASON_DAMAGED_PAGE);
	CHECK_INT(page, 9);
	vault_backup_finish(backup);
	CHECK(!help_file_exists(help_path("bad-copy.db")));
	sqlite3_close(db);
}

/* integrity_check reads no free page; vault_check does. */
static void test_check_finds_a_damaged_free_page(void)
{
	sqlite3 *db = help_create(path, "vault");
	fill(db);
	help_exec(db, "CREATE TABLE gone AS SELECT hex(randomblob(20000)) AS v; DROP TABLE gone");
	char complaint[100] = "x";
	CHECK_INT(vault_check(db, "vault", complaint, sizeof(complaint)), VAULT_OK);
	CHECK_STR(complaint, "");
	uint32_t last = (uint32_t)help_int(db, "PRAGMA page_count");
	sqlite3_close(db);

	damage_page(path, last);
	db = help_open(path, "vault");
	CHECK(is_filled(db));
	CHECK_INT(vault_check(db, "vault", complaint, sizeof(complaint)), VAULT_REFUSED);
	uint32_t page;
	CHECK_INT(vault_last_reason("vault", &page), VAULT_REASON_DAMAGED_PAGE);
	CHECK_INT(page, last);
	sqlite3_close(db);
}

/* Seals whole, content wrong: what a bug in SQLite or bad memory would leave. */
static void test_check_finds_contradicting_tables(void)
{
	sqlite3 *db = help_create(path, "vault");
	help_exec(db, "CREATE TABLE t (a); CREATE INDEX i ON t (a); INSERT INTO t VALUES (1), (2);"
		      "PRAGMA writable_schema = ON;"
		      "UPDATE sqlite_schema SET rootpage = (SELECT rootpage FROM sqlite_schema"
		      " WHERE name = 't') WHERE name = 'i'");
	sqlite3_close(db);
	db = help_open(path, "vault");
	char complaint[100];
	CHECK_INT(vault_check(db, "vault", complaint, sizeof(complaint)), VAULT_INCONSISTENT);
	CHECK_INT(vault_last_reason("vault", NULL), VAULT_REASON_NONE);
	sqlite3_close(db);
}

static void test_check_waits_for_no_reader(void)
{
	sqlite3 *db = help_create(path, "vault");
	fill(db);
	sqlite3 *reader = help_open(path, "vault");
	help_exec(reader, "BEGIN");
	CHECK(is_filled(reader));
	help_exec(db, "INSERT INTO t (v) VALUES ('x')");
	CHECK_INT(vault_check(db, "vault", NULL, 0), VAULT_BUSY);
	help_exec(reader, "COMMIT");
	CHECK_INT(vault_check(db, "vault", NULL, 0), VAULT_OK);
	sqlite3_close(reader);
	sqlite3_close(db);
}

static void test_rekey(void)
{
	sqlite3 *db = help_create(path, "vault");
	fill(db);
	help_close_like_crash(db); /* what is still in the log comes along */
	CHECK_INT(vault_rekey(path, "vault", "other"), VAULT_OK);
	CHECK(!help_file_exists(help_path("vault.db.new")));
	CHECK(!help_file_exists(help_path("vault.db-wal")));
	struct stat found;
	CHECK_INT(stat(path, &found), 0);
	CHECK_INT(found.st_mode & 07777, 0600);

	CHECK_INT(vault_open(path, "vault", NULL, &db), VAULT_REFUSED);
	CHECK_INT(vault_last_reason("vault", NULL), VAULT_REASON_WRONG_KEY);
	db = help_open(path, "other");
	CHECK(is_filled(db));
	CHECK_STR(help_text(db, "PRAGMA journal_mode"), "wal");
	sqlite3_close(db);
}

static void test_rekey_with_the_wrong_key(void)
{
	sqlite3 *db = help_create(path, "vault");
	fill(db);
	sqlite3_close(db);
	CHECK_INT(vault_rekey(path, "other", "vault"), VAULT_REFUSED);
	CHECK_INT(vault_last_reason("other", NULL), VAULT_REASON_WRONG_KEY);
	CHECK(!help_file_exists(help_path("vault.db.new")));
	CHECK_INT(vault_rekey(help_path("none.db"), "vault", "other"), VAULT_MISSING);
	CHECK(!help_file_exists(help_path("none.db.new")));
	db = help_open(path, "vault");
	CHECK(is_filled(db));
	sqlite3_close(db);
}

static void test_rekey_of_a_damaged_vault(void)
{
	sqlite3 *db = help_create(path, "vault");
	fill(db);
	sqlite3_close(db);
	damage_page(path, 9);
	CHECK_INT(vault_rekey(path, "vault", "other"), VAULT_REFUSED);
	CHECK_INT(vault_last_reason("vault", NULL), VAULT_REASON_DAMAGED_PAGE);
	CHECK(!help_file_exists(help_path("vault.db.new")));
	db = help_open(path, "vault");
	sqlite3_close(db);
}

static void test_lock(void)
{
	int first;
	int second;
	REQUIRE(vault_lock(path, &first) == VAULT_OK);
	CHECK(help_file_exists(help_path("hark.lock")));
	CHECK_INT(vault_lock(path, &second), VAULT_BUSY);
	/* Unlike SQLite's own it survives another descriptor of the file being closed. */
	help_copy_file(help_path("hark.lock"), help_path("lock-copy"));
	CHECK_INT(vault_lock(path, &second), VAULT_BUSY);
	pid_t child = fork();
	if (child == 0) {
		_exit(vault_lock(path, &second) == VAULT_BUSY ? 0 : 1);
	}
	int status = -1;
	waitpid(child, &status, 0);
	CHECK_INT(status, 0);
	vault_unlock(first);
	REQUIRE(vault_lock(path, &first) == VAULT_OK);
	vault_unlock(first);
	CHECK_INT(vault_lock(help_path("nowhere/vault.db"), &first), VAULT_MISSING);
}

int main(void)
{
	if (vault_register("vault", help_key_a) != VAULT_OK ||
		vault_register("other", help_key_b) != VAULT_OK) {
		return EXIT_FAILURE;
	}
	snprintf(path, sizeof(path), "%s", help_path("vault.db"));
	RUN(test_sqlite_counts_no_memory);
	RUN(test_names);
	RUN(test_every_sentence_is_its_own);
	RUN(test_create);
	RUN(test_pragmas);
	RUN(test_options);
	RUN(test_path_with_odd_characters);
	RUN(test_refusals_of_open);
	RUN(test_file_of_another_user);
	RUN(test_empty_file_keeps_its_log);
	RUN(test_reader_beside_writer);
	RUN(test_readers_in_other_threads);
	RUN(test_backup_in_steps);
	RUN(test_large_backup_and_rekey);
	RUN(test_backup_given_up);
	RUN(test_backup_of_a_damaged_vault);
	RUN(test_check_finds_a_damaged_free_page);
	RUN(test_check_finds_contradicting_tables);
	RUN(test_check_waits_for_no_reader);
	RUN(test_rekey);
	RUN(test_rekey_with_the_wrong_key);
	RUN(test_rekey_of_a_damaged_vault);
	RUN(test_lock);
	vault_unregister("other");
	vault_unregister("vault");
	return tap_done();
}
