/*
 * The n-th operation of the disk fails, once or from then on, for every n and every kind
 * of failure; afterwards the disk works again. What was acknowledged is there, and
 * nothing else.
 *
 * HARK_FAULTS limits how far n goes.
 */
#include "tests/unit/storage/sim_disk.h"
#include "tests/unit/storage/sim_life.h"
#include "tests/unit/tap.h"

static struct life life = {.vfs_name = "vault on sim"};
static char path[600];
static char pristine[600];

/*
 * Some commits on a copy of the same vault; every error is carried on from. After a failed
 * read with a new handle: FTS5 of SQLite 3.40 otherwise remembers a wrong state of its index
 * over the rollback and writes that, in a plain file too.
 */
static void live_a_little(enum sim_fault fault, bool *failed_rightly, int expected)
{
	struct help_random random = {7};
	if (life_open(&life) != VAULT_OK) {
		life.db = NULL; /* it failed in opening */
		return;
	}
	for (int i = 0; i < 12; i++) {
		int rc = life_commit(&life);
		if (rc != SQLITE_OK && (rc & 0xff) != expected && (rc & 0xff) != SQLITE_IOERR) {
			printf("# a commit says %d\n", rc);
			*failed_rightly = false;
		}
		if (rc != SQLITE_OK && fault == SIM_READ_ERROR) {
			life_close(&life);
			if (life_open(&life) != VAULT_OK) {
				life.db = NULL;
				return;
			}
		}
		life_do_something_else(&life, &random);
		if (i % 4 == 3) {
			sqlite3_wal_checkpoint_v2(
				life.db, "main", SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
		}
	}
}

/* True while n is below the number of such operations in that life. */
static bool survive(enum sim_fault fault, int n, bool sticky, int expected)
{
	bool failed_rightly = true;
	help_remove_vault(path);
	sim_forget();
	help_copy_file(pristine, path);
	life.acknowledged = 0;

	sim_arm(fault, n, sticky);
	live_a_little(fault, &failed_rightly, expected);
	life_close(&life);
	bool fired = sim_fired();
	sim_disarm();

	CHECK(failed_rightly);
	enum vault_status status = life_open(&life);
	CHECK_INT(status, VAULT_OK);
	if (status == VAULT_OK) {
		bool whole = life_is_whole(&life) && (n % 3 != 0 || life_is_sound(&life));
		if (!whole) {
			printf("# fault %d at operation %d\n", fault, n);
		}
		CHECK(whole);
		/* And it goes on. */
		CHECK_INT(life_commit(&life), SQLITE_OK);
		life_close(&life);
	}
	return fired;
}

static void survive_each(enum sim_fault fault, int expected)
{
	int limit = help_times("HARK_FAULTS", 1000, 24);
	for (int spill = 0; spill <= 1; spill++) {
		life.spill = spill;
		int step = spill ? 16 : 1; /* a life with a spilling cache is long */
		for (int sticky = 0; sticky <= 1; sticky++) {
			int n = 1;
			while (n <= limit && survive(fault, n, sticky, expected)) {
				n += step;
			}
			CHECK(n > 10);
		}
	}
}

static void test_failing_writes(void)
{
	survive_each(SIM_WRITE_ERROR, SQLITE_IOERR);
}

static void test_failing_syncs(void)
{
	survive_each(SIM_SYNC_ERROR, SQLITE_IOERR);
}

static void test_failing_reads(void)
{
	survive_each(SIM_READ_ERROR, SQLITE_IOERR);
}

static void test_full_disk(void)
{
	survive_each(SIM_FULL, SQLITE_FULL);
}

/* ---- memory ---- */

static sqlite3_mem_methods real_memory;
static int allocations_left; /* until one fails; 0: none will */
static bool allocation_failed;

static bool allocation_fails(void)
{
	if (allocations_left == 0 || --allocations_left > 0) {
		return false;
	}
	allocation_failed = true;
	return true;
}

static void *failing_malloc(int bytes)
{
	return allocation_fails() ? NULL : real_memory.xMalloc(bytes);
}

static void *failing_realloc(void *old, int bytes)
{
	return allocation_fails() ? NULL : real_memory.xRealloc(old, bytes);
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
	memory.xRealloc = failing_realloc;
	return sqlite3_config(SQLITE_CONFIG_MALLOC, &memory) == SQLITE_OK;
}

/* One allocation of SQLite's fails; whoever meets that closes the handle. */
static void live_short_of_memory(void)
{
	for (int i = 0; i < 6; i++) {
		enum vault_status status = life.db == NULL ? life_open(&life) : VAULT_OK;
		if (status != VAULT_OK) {
			CHECK_INT(status, VAULT_NO_MEMORY);
			continue;
		}
		if (life_commit(&life) != SQLITE_OK ||
			sqlite3_wal_checkpoint_v2(life.db, "main", SQLITE_CHECKPOINT_PASSIVE, NULL,
				NULL) != SQLITE_OK) {
			life_close(&life);
		}
	}
	life_close(&life);
}

static void test_failing_allocations(void)
{
	struct help_random random = {11};
	int failures = 0;
	life.spill = false;
	for (int i = 0; i < (HELP_SANITIZED ? 100 : 300); i++) {
		help_remove_vault(path);
		sim_forget();
		help_copy_file(pristine, path);
		life.acknowledged = 0;
		allocation_failed = false;
		/* The first ones, which open the vault, and then some of the others. */
		allocations_left = i < 100 ? i + 1 : 1 + (int)help_random(&random, 3000);
		live_short_of_memory();
		allocations_left = 0;
		failures += allocation_failed;
		REQUIRE(life_open(&life) == VAULT_OK);
		CHECK(life_is_whole(&life) && life_is_sound(&life));
		life_close(&life);
	}
	printf("# %d of them failed\n", failures);
	CHECK(failures >= 100);
}

/* The status says what the matter is, not only that there is one. */
static void test_full_disk_has_its_status(void)
{
	help_remove_vault(path);
	sim_forget();
	sim_arm(SIM_FULL, 1, true);
	CHECK_INT(vault_create(path, life.vfs_name), VAULT_FULL);
	CHECK(!help_file_exists(path));
	sim_arm(SIM_WRITE_ERROR, 1, true);
	CHECK_INT(vault_create(path, life.vfs_name), VAULT_IO);
	CHECK(!help_file_exists(path));
	sim_disarm();
	CHECK_INT(vault_create(path, life.vfs_name), VAULT_OK);
	sim_forget();
}

/* A backup that fails leaves nothing behind. */
static void test_backup_on_a_failing_disk(void)
{
	struct vault_backup *backup;
	const char *copy = help_path("copy.db");
	help_remove_vault(path);
	sim_forget();
	help_copy_file(pristine, path);
	life.acknowledged = 0;
	REQUIRE(life_open(&life) == VAULT_OK);
	REQUIRE(vault_backup_start(life.db, copy, life.vfs_name, &backup) == VAULT_OK);
	sim_arm(SIM_FULL, 3, true);
	enum vault_status status;
	do {
		status = vault_backup_step(backup, 4);
	} while (status == VAULT_MORE);
	CHECK_INT(status, VAULT_FULL);
	CHECK_INT(vault_backup_finish(backup), VAULT_FAILED);
	sim_disarm();
	CHECK(!help_file_exists(copy));
	CHECK(!help_file_exists(help_path("copy.db.new")));
	CHECK_INT(life_commit(&life), SQLITE_OK);
	CHECK(life_is_whole(&life));
	life_close(&life);
}

/* A reason stays until it is cleared; a failure of the disk must not be taken for it. */
static void test_an_older_reason_explains_nothing_new(void)
{
	struct vault_backup *backup;
	const char *copy = help_path("plain-copy.db");
	help_remove_vault(path);
	sim_forget();
	help_copy_file(pristine, path);
	REQUIRE(life_open(&life) == VAULT_OK);
	help_exec(life.db, "PRAGMA temp_store = FILE; CREATE TEMP TABLE s (v);"
			   "PRAGMA temp.cache_size = 2; PRAGMA cache_spill = ON");
	CHECK_INT(help_try(life.db, "WITH RECURSIVE c (i) AS (SELECT 1 UNION ALL SELECT i + 1"
				    " FROM c WHERE i < 20000) INSERT INTO s"
				    " SELECT hex(randomblob(100)) FROM c") &
			  0xff,
		SQLITE_CANTOPEN);
	REQUIRE(vault_last_reason(life.vfs_name, NULL) == VAULT_REASON_REFUSED_TEMP);
	REQUIRE(vault_backup_start(life.db, copy, "sim", &backup) == VAULT_OK);
	sim_arm(SIM_WRITE_ERROR, 1, true);
	CHECK_INT(vault_backup_step(backup, 1000), VAULT_IO);
	vault_backup_finish(backup);
	sim_disarm();
	life_close(&life);
}

int main(void)
{
	if (!set_up_memory()) {
		return EXIT_FAILURE;
	}
	sim_register();
	if (vault_register_over(life.vfs_name, help_key_a, "sim") != VAULT_OK) {
		return EXIT_FAILURE;
	}
	snprintf(path, sizeof(path), "%s", help_path("fault.db"));
	snprintf(pristine, sizeof(pristine), "%s", help_path("pristine.db"));
	life.path = path;
	life_make(&life);
	help_copy_file(path, pristine);

	RUN(test_failing_writes);
	RUN(test_failing_syncs);
	RUN(test_failing_reads);
	RUN(test_full_disk);
	RUN(test_failing_allocations);
	RUN(test_full_disk_has_its_status);
	RUN(test_backup_on_a_failing_disk);
	RUN(test_an_older_reason_explains_nothing_new);
	vault_unregister(life.vfs_name);
	return tap_done();
}
