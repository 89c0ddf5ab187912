/*
 * The traps of putting a cipher under an unpatched SQLite, by number. Not here: 17 (the
 * wal-index is in memory now), 20 and 21 (no behaviour of ours); 19 is in test_seal.c.
 */
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sodium.h>

#include "storage/seal.h"
#include "tests/unit/storage/sim_disk.h"
#include "tests/unit/storage/vault_help.h"
#include "tests/unit/tap.h"

#define ROWS_500                                                                                   \
	"WITH RECURSIVE c (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 500) "          \
	"INSERT INTO t SELECT i, hex(randomblob(200)) FROM c;"

static char path[600];
static char log_path[610];

static sqlite3 *create_with_rows(void)
{
	sqlite3 *db = help_create(path, "vault");
	help_exec(db, "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT);" ROWS_500);
	return db;
}

static bool has_rows(sqlite3 *db)
{
	return help_int(db, "SELECT count(*) FROM t WHERE length(v) = 400") == 500 &&
	       strcmp(help_text(db, "PRAGMA integrity_check"), "ok") == 0;
}

static sqlite3_file *file_of(sqlite3 *db)
{
	sqlite3_file *file = NULL;
	sqlite3_file_control(db, "main", SQLITE_FCNTL_FILE_POINTER, &file);
	return file;
}

static sqlite3_file *log_of(sqlite3 *db)
{
	sqlite3_file *file = NULL;
	sqlite3_file_control(db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &file);
	return file;
}

/* The file's keys, from its first bytes; sodium_free() them. Only while no handle is open. */
static struct seal_keys *keys_of_file(void)
{
	size_t bytes;
	uint8_t *data = help_read_file(path, &bytes);
	struct seal_keys *keys = sodium_malloc(sizeof(*keys));
	CHECK_INT(seal_derive_for(keys, help_key_a, data), SEAL_HEADER_OK);
	free(data);
	return keys;
}

/* A transaction that outgrows the cache: pages are written to the log, then again in place. */
static void begin_and_spill(sqlite3 *db)
{
	help_exec(db, "PRAGMA cache_spill = ON; PRAGMA cache_size = 5; BEGIN;"
		      "UPDATE t SET v = v || 'a'; UPDATE t SET v = v || 'b'; UPDATE t SET v = v || "
		      "'c'");
}

static void test_trap_1_reserved_bytes_read_as_zero(void)
{
	sqlite3 *db = create_with_rows();
	uint8_t page[SEAL_PAGE];
	sqlite3_file *log = log_of(db);
	CHECK_INT(log->pMethods->xRead(log, page, SEAL_PAGE, 32 + 24), SQLITE_OK);
	CHECK(sodium_is_zero(page + SEAL_USABLE, SEAL_RESERVED));
	/* SQLite never writes anything else there; if it did, recovery would lose the log. */
	uint8_t frame_header[24] = {0, 0, 0, 9};
	page[SEAL_PAGE - 1] = 1;
	CHECK_INT(log->pMethods->xWrite(log, frame_header, 24, 32 + 9000 * 4120), SQLITE_OK);
	CHECK_INT(log->pMethods->xWrite(log, page, SEAL_PAGE, 32 + 9000 * 4120 + 24),
		SQLITE_IOERR_WRITE);
	CHECK_INT(vault_last_reason("vault", NULL), VAULT_REASON_REFUSED_WRITE);
	sqlite3_file *file = file_of(db);
	CHECK_INT(file->pMethods->xWrite(file, page, SEAL_PAGE, 4096), SQLITE_IOERR_WRITE);
	help_close_like_crash(db);
	db = help_open(path, "vault"); /* sums up the whole log */
	CHECK(has_rows(db));
	sqlite3_close(db);
}

static uint32_t word(const uint8_t *p) /* of a log whose magic says little-endian */
{
	return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

static void add_up(uint32_t sum[2], const uint8_t *data, size_t bytes)
{
	for (size_t i = 0; i < bytes; i += 8) {
		sum[0] += word(data + i) + sum[1];
		sum[1] += word(data + i + 4) + sum[0];
	}
}

/* 64 bits that are linear in the plaintext must not stand in clear beside its ciphertext. */
static void test_trap_2_checksum_is_masked(void)
{
	sqlite3 *db = create_with_rows();
	help_close_like_crash(db);
	struct seal_keys *keys = keys_of_file();
	size_t bytes;
	uint8_t *log = help_read_file(log_path, &bytes);
	REQUIRE(seal_get32(log) == 0x377f0682); /* this machine is little-endian */
	uint32_t sum[2] = {0};
	add_up(sum, log, 24);
	CHECK(seal_get32(log + 24) == sum[0] && seal_get32(log + 28) == sum[1]);
	uint32_t frames = 0;
	for (size_t at = 32; at + SEAL_FRAME <= bytes; at += SEAL_FRAME) {
		uint8_t *frame = log + at;
		frames++;
		CHECK(seal_open_frame_page(keys, frames, frame, log + 16, frame + 24, frame + 24));
		add_up(sum, frame, 8);
		add_up(sum, frame + 24, SEAL_PAGE);
		CHECK(seal_get32(frame + 16) != sum[0] && seal_get32(frame + 20) != sum[1]);
		seal_mask_checksum(keys, frames, frame);
		CHECK(seal_get32(frame + 16) == sum[0] && seal_get32(frame + 20) == sum[1]);
	}
	CHECK(frames > 20);
	free(log);
	sodium_free(keys);
}

static void add_up_big_endian(uint32_t sum[2], const uint8_t *data, size_t bytes)
{
	for (size_t i = 0; i < bytes; i += 8) {
		sum[0] += seal_get32(data + i) + sum[1];
		sum[1] += seal_get32(data + i + 4) + sum[0];
	}
}

/* A log that was begun on a big-endian machine, made from one of this machine. */
static void test_trap_2_log_of_another_machine(void)
{
	sqlite3 *db = create_with_rows();
	help_close_like_crash(db);
	struct seal_keys *keys = keys_of_file();
	size_t bytes;
	uint8_t page[SEAL_PAGE];
	uint8_t *log = help_read_file(log_path, &bytes);
	uint32_t sum[2] = {0};
	log[3] |= 1;
	add_up_big_endian(sum, log, 24);
	seal_put32(log + 24, sum[0]);
	seal_put32(log + 28, sum[1]);
	uint32_t frame = 0;
	for (size_t at = 32; at + SEAL_FRAME <= bytes; at += SEAL_FRAME) {
		frame++;
		CHECK(seal_open_frame_page(keys, frame, log + at, log + 16, log + at + 24, page));
		add_up_big_endian(sum, log + at, 8);
		add_up_big_endian(sum, page, SEAL_PAGE);
		seal_put32(log + at + 16, sum[0]);
		seal_put32(log + at + 20, sum[1]);
		seal_mask_checksum(keys, frame, log + at);
	}
	sodium_free(keys);
	help_write_file(log_path, log, bytes);
	free(log);
	db = help_open(path, "vault");
	CHECK(has_rows(db));
	sqlite3_close(db);
}

/* SQLite knows no others; a newer one that does must not get a wrong answer. */
static void test_trap_5_other_shapes_are_refused(void)
{
	sqlite3 *db = create_with_rows();
	sqlite3_file *log = log_of(db);
	uint8_t bytes[2 * SEAL_FRAME] = {0};
	uint8_t header[24];
	static const int shapes[][2] = {
		{0, 16}, {32, 100}, {32 + 24, 4000}, {32 + 16, 16}, {40, 24}, {32, 2 * SEAL_FRAME}};
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		CHECK_INT(log->pMethods->xRead(log, bytes, shapes[i][1], shapes[i][0]),
			SQLITE_IOERR_READ);
		CHECK_INT(log->pMethods->xWrite(log, bytes, shapes[i][1], shapes[i][0]),
			SQLITE_IOERR_WRITE);
	}
	CHECK_INT(log->pMethods->xRead(log, bytes, SEAL_FRAME, 32), SQLITE_OK);
	CHECK_INT(log->pMethods->xRead(log, header, 24, 32), SQLITE_OK);
	CHECK(memcmp(header, bytes, 24) == 0);
	CHECK_INT(log->pMethods->xRead(log, header, 8, 32 + 16), SQLITE_OK);
	CHECK(memcmp(header, bytes + 16, 8) == 0);
	CHECK(has_rows(db));
	sqlite3_close(db);
}

static void test_vfs_names_itself(void)
{
	char *name = NULL;
	sqlite3 *db = create_with_rows();
	CHECK_INT(sqlite3_file_control(db, "main", SQLITE_FCNTL_VFSNAME, &name), SQLITE_OK);
	CHECK_STR(name, "vault/unix-excl");
	sqlite3_free(name);
	sqlite3_close(db);
}

/* The base says that neighbours of a write are not safe; the shim must deny it. */
static void test_trap_3_frames_are_written_whole(void)
{
	sqlite3 *db;
	char uri[700];
	help_remove_vault(path);
	REQUIRE(vault_create(path, "vault on sim") == VAULT_OK);
	sim_forget();
	struct sim_counts before = sim_counts;
	snprintf(uri, sizeof(uri), "file:%s?psow=0", path);
	REQUIRE(sqlite3_open_v2(uri, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_URI,
			"vault on sim") == SQLITE_OK);
	int safe = -1;
	CHECK_INT(sqlite3_file_control(db, "main", SQLITE_FCNTL_POWERSAFE_OVERWRITE, &safe),
		SQLITE_OK);
	CHECK_INT(safe, 0);
	help_exec(db, "PRAGMA synchronous = FULL; CREATE TABLE t (id INTEGER PRIMARY KEY, v "
		      "TEXT);" ROWS_500);
	help_close_like_crash(db);
	CHECK_INT(sim_counts.wal_odd, before.wal_odd);
	CHECK_INT(sim_counts.wal_pages, before.wal_pages);
	CHECK(sim_counts.wal_frames > before.wal_frames + 20);
	sim_forget();
	db = help_open(path, "vault");
	CHECK(has_rows(db));
	sqlite3_close(db);
}

static void test_trap_4_and_5_pages_rewritten_in_place(void)
{
	help_remove_vault(path);
	REQUIRE(vault_create(path, "vault on sim") == VAULT_OK);
	sim_forget();
	sqlite3 *db = help_open(path, "vault on sim");
	help_exec(db, "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT);" ROWS_500);
	struct sim_counts before = sim_counts;
	begin_and_spill(db);
	CHECK(help_int(db, "SELECT count(*) FROM t WHERE v LIKE '%abc'") == 500); /* reads them */
	help_exec(db, "SAVEPOINT s; UPDATE t SET v = 'lost'; ROLLBACK TO s; COMMIT");
	CHECK(sim_counts.wal_pages > before.wal_pages + 20);
	CHECK(sim_counts.wal_frame_headers > before.wal_frame_headers + 20);
	CHECK_INT(sim_counts.wal_odd, before.wal_odd);
	CHECK_INT(help_int(db, "SELECT count(*) FROM t WHERE v LIKE '%abc'"), 500);
	help_close_like_crash(db);
	sim_forget();
	db = help_open(path, "vault"); /* by recovery: were salts and sums put in right? */
	CHECK_INT(help_int(db, "SELECT count(*) FROM t WHERE v LIKE '%abc'"), 500);
	CHECK_INT(vault_check(db, "vault", NULL, 0), VAULT_OK);
	sqlite3_close(db);
}

/* A rolled-back transaction's frames stay behind in the log, with empty salts. */
static void test_trap_5_spilled_and_rolled_back(void)
{
	sqlite3 *db = create_with_rows();
	begin_and_spill(db);
	help_exec(db, "ROLLBACK");
	CHECK(has_rows(db));
	help_exec(db, "UPDATE t SET v = v || 'x' WHERE id = 7");
	help_close_like_crash(db);
	db = help_open(path, "vault");
	CHECK_INT(help_int(db, "SELECT count(*) FROM t WHERE v LIKE '%x'"), 1);
	CHECK_INT(help_int(db, "SELECT count(*) FROM t WHERE length(v) = 400"), 499);
	sqlite3_close(db);
}

static void append(const char *file, const void *data, size_t bytes)
{
	FILE *out = fopen(file, "ab");
	CHECK(out != NULL && fwrite(data, 1, bytes, out) == bytes && fclose(out) == 0);
}

static void test_trap_6_a_broken_tail_ends_the_log(void)
{
	uint8_t garbage[2 * SEAL_FRAME + 100];
	sqlite3 *db = create_with_rows();
	help_close_like_crash(db);
	randombytes_buf(garbage, sizeof(garbage));
	append(log_path, garbage, sizeof(garbage));
	db = help_open(path, "vault");
	CHECK(has_rows(db));
	sqlite3_close(db);
}

/* But where SQLite sums up frames of its own, the same is an error, or a commit is lost. */
static void test_trap_6_a_broken_frame_fails_the_commit(void)
{
	sqlite3 *db = create_with_rows();
	struct stat before;
	CHECK_INT(stat(log_path, &before), 0);
	begin_and_spill(db);
	int log = open(log_path, O_RDWR); /* SQLite's locks are on the database, not on this */
	uint8_t byte;
	off_t at = before.st_size + SEAL_FRAME + 1000;
	CHECK_INT(pread(log, &byte, 1, at), 1);
	byte ^= 1;
	CHECK_INT(pwrite(log, &byte, 1, at), 1);
	close(log);
	CHECK_INT(help_try(db, "COMMIT"), SQLITE_IOERR_DATA);
	CHECK_INT(vault_last_reason("vault", NULL), VAULT_REASON_DAMAGED_LOG);
	help_try(db, "ROLLBACK");
	help_close_like_crash(db);
	db = help_open(path, "vault");
	CHECK(has_rows(db));
	sqlite3_close(db);
}

/* A checkpoint that a power cut ended: page 1 is torn in the file and whole in the log. */
static void test_trap_7_page_1_torn_but_in_the_log(void)
{
	sqlite3 *db = create_with_rows();
	help_close_like_crash(db);
	size_t bytes;
	uint8_t *data = help_read_file(path, &bytes);
	memset(data + 1024, 0x55, 512);
	help_write_file(path, data, bytes);
	free(data);
	REQUIRE(vault_open(path, "vault", NULL, &db) == VAULT_OK);
	CHECK(has_rows(db));
	CHECK_INT(vault_check(db, "vault", NULL, 0), VAULT_OK);
	sqlite3_close(db);
}

static void test_trap_7_torn_page_1_changes_the_change_counter(void)
{
	sqlite3 *db = create_with_rows();
	sqlite3_close(db);
	db = help_open(path, "vault");
	sqlite3_file *file = file_of(db);
	uint8_t once[16];
	uint8_t again[16];
	CHECK_INT(file->pMethods->xRead(file, once, 16, 24), SQLITE_OK);
	CHECK_INT(file->pMethods->xRead(file, again, 16, 24), SQLITE_OK);
	CHECK(memcmp(once, again, 16) == 0);
	uint8_t page[SEAL_PAGE];
	CHECK_INT(file->pMethods->xRead(file, page, SEAL_PAGE, 0), SQLITE_OK);
	CHECK(memcmp(once, page + 24, 16) == 0);
	CHECK(memcmp(page, "SQLite format 3", 16) == 0);
	sqlite3_close(db);

	size_t bytes;
	uint8_t *data = help_read_file(path, &bytes);
	data[2000] ^= 1;
	help_write_file(path, data, bytes);
	free(data);
	char uri[700];
	snprintf(uri, sizeof(uri), "file:%s", path);
	vault_clear_reason("vault");
	REQUIRE(sqlite3_open_v2(uri, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_URI, "vault") ==
		SQLITE_OK); /* not opened yet: the header is not page 1 */
	file = file_of(db);
	CHECK_INT(file->pMethods->xRead(file, once, 16, 24), SQLITE_OK);
	CHECK_INT(file->pMethods->xRead(file, again, 16, 24), SQLITE_OK);
	CHECK(memcmp(once, again, 16) != 0);
	CHECK_INT(vault_last_reason("vault", NULL), VAULT_REASON_NONE);
	CHECK_INT(file->pMethods->xRead(file, page, SEAL_PAGE, 0), SQLITE_IOERR_DATA);
	CHECK_INT(vault_last_reason("vault", NULL), VAULT_REASON_DAMAGED_PAGE);
	sqlite3_close(db);
}

static void test_trap_8_an_empty_file_reads_as_empty(void)
{
	sqlite3 *db;
	uint8_t header[100];
	help_remove_vault(path);
	help_write_file(path, "", 0);
	REQUIRE(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, "vault") == SQLITE_OK);
	sqlite3_file *file = file_of(db);
	CHECK_INT(file->pMethods->xRead(file, header, 100, 0), SQLITE_IOERR_SHORT_READ);
	CHECK(sodium_is_zero(header, 100));
	sqlite3_close(db);
}

/* Moves SQLite's lock bytes into the file, so that it skips a page there. */
static void test_trap_9_no_holes(void)
{
	unsigned int usual = (unsigned int)sqlite3_test_control(SQLITE_TESTCTRL_PENDING_BYTE, 0);
	sqlite3_test_control(SQLITE_TESTCTRL_PENDING_BYTE, 0x10000);
	sqlite3 *db = create_with_rows();
	help_exec(db, "PRAGMA wal_checkpoint (TRUNCATE)");
	CHECK(help_int(db, "PRAGMA page_count") > 40); /* the lock page is number 17 */
	CHECK_INT(vault_check(db, "vault", NULL, 0), VAULT_OK);
	struct vault_backup *backup;
	char copy[600];
	snprintf(copy, sizeof(copy), "%s", help_path("pending.db"));
	REQUIRE(vault_backup_start(db, copy, "vault", &backup) == VAULT_OK);
	CHECK_INT(vault_backup_step(backup, 1000), VAULT_OK);
	CHECK_INT(vault_backup_finish(backup), VAULT_OK);
	sqlite3_close(db);
	db = help_open(copy, "vault");
	CHECK(has_rows(db));
	CHECK_INT(vault_check(db, "vault", NULL, 0), VAULT_OK);
	sqlite3_close(db);
	CHECK_INT(vault_rekey(path, "vault", "other"), VAULT_OK);
	db = help_open(path, "other");
	CHECK(has_rows(db));
	CHECK_INT(vault_check(db, "other", NULL, 0), VAULT_OK);
	sqlite3_close(db);
	sqlite3_test_control(SQLITE_TESTCTRL_PENDING_BYTE, usual);
	help_remove_vault(copy);
}

static void test_trap_9_a_write_past_the_end_leaves_no_hole(void)
{
	sqlite3 *db = help_create(path, "vault");
	uint8_t page[SEAL_PAGE] = {42};
	sqlite3_file *file = file_of(db);
	CHECK_INT(file->pMethods->xWrite(file, page, SEAL_PAGE, 9 * SEAL_PAGE), SQLITE_OK);
	CHECK_INT(file->pMethods->xTruncate(file, 12 * SEAL_PAGE), SQLITE_OK);
	for (int i = 1; i < 12; i++) {
		CHECK_INT(file->pMethods->xRead(file, page, SEAL_PAGE, i * SEAL_PAGE), SQLITE_OK);
		CHECK_INT(page[0], i == 9 ? 42 : 0);
		CHECK(sodium_is_zero(page + 1, SEAL_PAGE - 1));
	}
	CHECK_INT(file->pMethods->xRead(file, page, SEAL_PAGE, 12 * SEAL_PAGE),
		SQLITE_IOERR_SHORT_READ);
	sqlite3_close(db);
}

static void test_trap_10_no_mmap(void)
{
	sqlite3 *db = create_with_rows();
	CHECK_STR(help_text(db, "PRAGMA mmap_size = 1000000"), "0");
	CHECK_INT(file_of(db)->pMethods->iVersion, 2);
	CHECK(has_rows(db));
	sqlite3_close(db);
}

/* The simulated disk claims all atomic writes there are. */
static void test_trap_11_no_atomic_writes(void)
{
	help_remove_vault(path);
	REQUIRE(vault_create(path, "vault on sim") == VAULT_OK);
	sim_forget();
	sqlite3 *db = help_open(path, "vault on sim");
	sqlite3_file *file = file_of(db);
	int allowed = SQLITE_IOCAP_SAFE_APPEND | SQLITE_IOCAP_SEQUENTIAL | SQLITE_IOCAP_IMMUTABLE |
		      SQLITE_IOCAP_UNDELETABLE_WHEN_OPEN | SQLITE_IOCAP_POWERSAFE_OVERWRITE;
	int claimed = file->pMethods->xDeviceCharacteristics(file);
	CHECK_INT(claimed & ~allowed, 0);
	CHECK(claimed & SQLITE_IOCAP_POWERSAFE_OVERWRITE);
	CHECK_INT(file->pMethods->xFileControl(file, SQLITE_FCNTL_BEGIN_ATOMIC_WRITE, NULL),
		SQLITE_NOTFOUND);
	sqlite3_close(db);
	sim_forget();
}

/* SQLite 3.46 reads overflow pages by such ranges. */
static void test_trap_11_reads_of_any_range(void)
{
	sqlite3 *db = create_with_rows();
	sqlite3_close(db);
	db = help_open(path, "vault");
	sqlite3_file *file = file_of(db);
	uint8_t whole[4 * SEAL_PAGE];
	uint8_t part[4 * SEAL_PAGE];
	for (int i = 0; i < 4; i++) {
		CHECK_INT(file->pMethods->xRead(
				  file, whole + i * SEAL_PAGE, SEAL_PAGE, i * SEAL_PAGE),
			SQLITE_OK);
	}
	static const int ranges[][2] = {{4096, 4000}, {4100, 8}, {5000, 4096}, {1, 9000}, {8191, 2},
		{4096, 8192}, {12287, 1}, {100, 4096}};
	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
		int offset = ranges[i][0];
		int bytes = ranges[i][1];
		CHECK_INT(file->pMethods->xRead(file, part, bytes, offset), SQLITE_OK);
		CHECK(memcmp(part, whole + offset, (size_t)bytes) == 0);
	}
	sqlite3_int64 size;
	CHECK_INT(file->pMethods->xFileSize(file, &size), SQLITE_OK);
	memset(part, 0xff, sizeof(part));
	CHECK_INT(file->pMethods->xRead(file, part, 9000, size - 100), SQLITE_IOERR_SHORT_READ);
	CHECK(sodium_is_zero(part + 100, 8900));
	sqlite3_close(db);
}

static void put32(uint8_t *p, uint32_t value)
{
	seal_put32(p, value);
}

/* A rollback journal that puts `page` 2 of a file of `pages` pages back. */
static void plant_journal(const char *database, uint32_t pages, const uint8_t *page)
{
	static const uint8_t magic[8] = {0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7};
	uint8_t journal[512 + 4 + SEAL_PAGE + 4] = {0};
	memcpy(journal, magic, 8);
	put32(journal + 8, 1); /* records */
	put32(journal + 16, pages);
	put32(journal + 20, 512);
	put32(journal + 24, SEAL_PAGE);
	put32(journal + 512, 2);
	memcpy(journal + 516, page, SEAL_PAGE);
	uint32_t sum = 0;
	for (int at = SEAL_PAGE - 200; at > 0; at -= 200) {
		sum += page[at];
	}
	put32(journal + 516 + SEAL_PAGE, sum);
	char name[620];
	snprintf(name, sizeof(name), "%s-journal", database);
	help_write_file(name, journal, sizeof(journal));
}

static void test_trap_12_planted_journal(void)
{
	/* First that such a journal works at all, on a plain file. */
	static const char content[] = "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT);"
				      "INSERT INTO t VALUES (1, 'first')";
	sqlite3 *db;
	char plain[600];
	uint8_t old[SEAL_PAGE];
	snprintf(plain, sizeof(plain), "%s", help_path("plain.db"));
	help_remove_vault(plain);
	REQUIRE(sqlite3_open(plain, &db) == SQLITE_OK);
	help_exec(db, content);
	sqlite3_file *file = file_of(db);
	CHECK_INT(file->pMethods->xRead(file, old, SEAL_PAGE, SEAL_PAGE), SQLITE_OK);
	help_exec(db, "UPDATE t SET v = 'second'");
	sqlite3_close(db);
	plant_journal(plain, 2, old);
	REQUIRE(sqlite3_open(plain, &db) == SQLITE_OK);
	CHECK_STR(help_text(db, "SELECT v FROM t"), "first");
	sqlite3_close(db);

	db = help_create(path, "vault");
	help_exec(db, content);
	help_exec(db, "UPDATE t SET v = 'second'");
	sqlite3_close(db);
	plant_journal(path, 2, old);
	db = help_open(path, "vault");
	CHECK_STR(help_text(db, "SELECT v FROM t"), "second");
	CHECK_INT(vault_check(db, "vault", NULL, 0), VAULT_OK);
	sqlite3_close(db);
	help_remove_vault(plain);
	help_remove_vault(path);
}

static void test_trap_13_form_of_the_file_is_fixed(void)
{
	sqlite3 *db = create_with_rows();
	help_exec(db, "PRAGMA page_size = 1024; VACUUM");
	CHECK_STR(help_text(db, "PRAGMA page_size"), "4096");
	help_exec(db, "PRAGMA wal_checkpoint (TRUNCATE); PRAGMA auto_vacuum = 1");
	/* At once, not at the next checkpoint: that would then fail for ever. */
	CHECK_INT(help_try(db, "VACUUM"), SQLITE_IOERR_WRITE);
	CHECK_INT(vault_last_reason("vault", NULL), VAULT_REASON_REFUSED_WRITE);
	help_exec(db, "UPDATE t SET v = v; PRAGMA wal_checkpoint (TRUNCATE)");
	help_close_like_crash(db);
	REQUIRE(vault_open(path, "vault", NULL, &db) == VAULT_OK);
	CHECK(has_rows(db));
	sqlite3_close(db);
}

static void test_trap_13_other_page_1_is_refused(void)
{
	sqlite3 *db = create_with_rows();
	sqlite3_close(db);
	db = help_open(path, "vault");
	sqlite3_file *file = file_of(db);
	static const int fields[] = {16, 17, 20, 55, 67};
	uint8_t page[SEAL_PAGE];
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		CHECK_INT(file->pMethods->xRead(file, page, SEAL_PAGE, 0), SQLITE_OK);
		page[fields[i]] ^= 4;
		CHECK_INT(file->pMethods->xWrite(file, page, SEAL_PAGE, 0), SQLITE_IOERR_WRITE);
	}
	CHECK_INT(file->pMethods->xWrite(file, page, 512, SEAL_PAGE), SQLITE_IOERR_WRITE);
	CHECK_INT(file->pMethods->xWrite(file, page, SEAL_PAGE, SEAL_PAGE + 1), SQLITE_IOERR_WRITE);
	CHECK(has_rows(db));
	sqlite3_close(db);
}

/* Names in the directory that are not the vault's own. */
static int strange_files(void)
{
	static const char *const known[] = {".", "..", "trap.db", "trap.db-wal"};
	int strange = 0;
	DIR *entries = opendir(help_directory());
	for (struct dirent *entry; (entry = readdir(entries)) != NULL;) {
		bool is_known = false;
		for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
			is_known = is_known || strcmp(entry->d_name, known[i]) == 0;
		}
		if (!is_known) {
			printf("# %s\n", entry->d_name);
		}
		strange += !is_known;
	}
	closedir(entries);
	return strange;
}

static void test_trap_14_no_temporary_file(void)
{
	sqlite3 *db = create_with_rows();
	int before = strange_files();
	help_exec(db, "PRAGMA temp_store = FILE; PRAGMA cache_size = 5; PRAGMA cache_spill = ON");
	help_exec(db, "CREATE TEMP TABLE s (v)");
	help_exec(db, "PRAGMA temp.cache_size = 2; PRAGMA temp.cache_spill = ON");
	vault_clear_reason("vault");
	int rc = help_try(db, "WITH RECURSIVE c (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c"
			      " WHERE i < 20000) INSERT INTO s SELECT hex(randomblob(100)) FROM c");
	CHECK_INT(rc & 0xff, SQLITE_CANTOPEN);
	CHECK_INT(vault_last_reason("vault", NULL), VAULT_REASON_REFUSED_TEMP);
	CHECK_INT(strange_files(), before);
	CHECK(has_rows(db));
	sqlite3_close(db);
}

static void test_trap_15_a_file_cut_in_its_first_write(void)
{
	sqlite3_close(help_create(path, "vault"));
	size_t bytes;
	uint8_t *data = help_read_file(path, &bytes);
	REQUIRE(bytes == SEAL_PAGE);
	for (size_t left = 0; left < SEAL_PAGE; left += 13) {
		sqlite3 *db;
		help_write_file(path, data, left);
		CHECK_INT(vault_open(path, "vault", NULL, &db), VAULT_REFUSED);
		CHECK_INT(vault_last_reason("vault", NULL),
			left < 16 ? VAULT_REASON_NOT_HARK : VAULT_REASON_DAMAGED_PAGE);
	}
	free(data);
}

static void test_trap_16_vacuum_into_needs_two_steps(void)
{
	char copy[600];
	char sql[800];
	char error[200] = "";
	snprintf(copy, sizeof(copy), "%s", help_path("into.db"));
	help_remove_vault(copy);
	sqlite3 *db = create_with_rows();
	snprintf(sql, sizeof(sql), "VACUUM INTO 'file:%s?vfs=other'", copy);
	help_exec(db, sql);
	sqlite3_close(db);
	REQUIRE(sqlite3_open_v2(copy, &db, SQLITE_OPEN_READWRITE, "other") == SQLITE_OK);
	snprintf(error, sizeof(error), "%s", help_text(db, "PRAGMA journal_mode = WAL"));
	CHECK_STR(error, "error 14"); /* SQLITE_CANTOPEN */
	CHECK_INT(vault_last_reason("other", NULL), VAULT_REASON_REFUSED_JOURNAL);
	CHECK_STR(help_text(db, "PRAGMA journal_mode = MEMORY"), "memory");
	CHECK_STR(help_text(db, "PRAGMA journal_mode = WAL"), "wal");
	CHECK(has_rows(db));
	CHECK_INT(help_try(db, "PRAGMA journal_mode = DELETE"), SQLITE_ERROR);
	CHECK_INT(help_try(db, "PRAGMA journal_mode = OFF"), SQLITE_ERROR);
	sqlite3_close(db);
	help_remove_vault(copy);
}

static void test_trap_18_three_sentences(void)
{
	sqlite3 *db = create_with_rows();
	sqlite3_close(db);
	CHECK_INT(vault_open(path, "other", NULL, &db), VAULT_REFUSED);
	CHECK_STR(vault_reason_text(vault_last_reason("other", NULL)),
		"This is a Hark file, but the key is the wrong one for it.");

	size_t bytes;
	uint8_t *data = help_read_file(path, &bytes);
	data[3] = '2';
	help_write_file(path, data, bytes);
	CHECK_INT(vault_open(path, "vault", NULL, &db), VAULT_REFUSED);
	CHECK_STR(vault_reason_text(vault_last_reason("vault", NULL)),
		"This Hark file was made by a newer version of Hark.");
	data[3] = '1';
	data[1000] ^= 1;
	help_write_file(path, data, bytes);
	CHECK_INT(vault_open(path, "vault", NULL, &db), VAULT_REFUSED);
	CHECK_STR(vault_reason_text(vault_last_reason("vault", NULL)),
		"A page of the file is damaged or was changed.");
	memcpy(data, "SQLite format 3", 16);
	help_write_file(path, data, bytes);
	CHECK_INT(vault_open(path, "vault", NULL, &db), VAULT_REFUSED);
	CHECK_STR(vault_reason_text(vault_last_reason("vault", NULL)),
		"This is not a Hark file, or it is empty.");
	free(data);
}

static bool contains(const uint8_t *data, size_t bytes, const char *text)
{
	return memmem(data, bytes, text, strlen(text)) != NULL;
}

/* log2(x) of 0 < x <= 1, to 2^-24: no need for libm for one test. */
static double log_2(double x)
{
	double log = 0;
	while (x < 1) {
		x *= 2;
		log -= 1;
	}
	for (double bit = 0.5; bit > 6e-8; bit /= 2) {
		x *= x;
		if (x >= 2) {
			x /= 2;
			log += bit;
		}
	}
	return log;
}

static double entropy(const uint8_t *data, size_t bytes)
{
	size_t counts[256] = {0};
	double bits = 0;
	for (size_t i = 0; i < bytes; i++) {
		counts[data[i]]++;
	}
	for (int i = 0; i < 256; i++) {
		double share = (double)counts[i] / (double)bytes;
		bits -= counts[i] > 0 ? share * log_2(share) : 0;
	}
	return bits;
}

static void check_file_tells_nothing(const char *name)
{
	static const char *const markers[] = {"xyzzymarker", "XYZZYMARKER", "plughtable", "CREATE",
		"create table", "SQLite format 3", "USING fts5"};
	size_t bytes;
	uint8_t *data = help_read_file(name, &bytes);
	CHECK(bytes > 100000);
	for (size_t i = 0; i < sizeof(markers) / sizeof(markers[0]); i++) {
		CHECK(!contains(data, bytes, markers[i]));
	}
	CHECK(memmem(data, bytes, "x\0y\0z\0z\0y", 9) == NULL); /* UTF-16 */
	CHECK(entropy(data, bytes) > 7.99);
	free(data);
}

static void test_no_plaintext_on_disk(void)
{
	sqlite3 *db = help_create(path, "vault");
	help_exec(db,
		"CREATE TABLE plughtable (v); CREATE VIRTUAL TABLE ft USING fts5 (v);"
		"WITH RECURSIVE c (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 4000)"
		" INSERT INTO plughtable SELECT 'xyzzymarker ' || i || ' said aloud' FROM c;"
		"INSERT INTO ft SELECT v FROM plughtable;"
		"CREATE INDEX by_v ON plughtable (v)");
	help_exec(db, "PRAGMA wal_checkpoint (PASSIVE)");
	help_exec(db, "UPDATE plughtable SET v = v || ' xyzzymarker'");
	CHECK_INT(help_int(db, "SELECT count(*) FROM ft WHERE ft MATCH 'xyzzymarker'"), 4000);
	help_close_like_crash(db);
	CHECK(!help_file_exists(help_path("trap.db-shm")));
	check_file_tells_nothing(path);
	check_file_tells_nothing(log_path);
}

static void test_same_content_never_looks_the_same(void)
{
	sqlite3 *db = create_with_rows();
	help_exec(db, "PRAGMA wal_checkpoint (TRUNCATE)");
	sqlite3_file *file = file_of(db);
	uint8_t page[SEAL_PAGE];
	CHECK_INT(file->pMethods->xRead(file, page, SEAL_PAGE, 8192), SQLITE_OK);
	uint8_t before[SEAL_PAGE];
	memcpy(before, page, SEAL_PAGE);
	CHECK_INT(file->pMethods->xWrite(file, page, SEAL_PAGE, 8192), SQLITE_OK);
	CHECK(memcmp(before, page, SEAL_PAGE) == 0); /* the caller's buffer is not touched */
	sqlite3_close(db);
	size_t bytes;
	uint8_t *first = help_read_file(path, &bytes);
	db = help_open(path, "vault");
	file = file_of(db);
	CHECK_INT(file->pMethods->xWrite(file, page, SEAL_PAGE, 8192), SQLITE_OK);
	sqlite3_close(db);
	uint8_t *second = help_read_file(path, &bytes);
	int same = 0;
	for (size_t i = 8192; i < 8192 + SEAL_PAGE; i++) {
		same += first[i] == second[i];
	}
	CHECK(same < 64); /* 16 by chance */
	free(first);
	free(second);
}

/* Whether a word is in any page of the file, opened. */
static bool word_is_left(sqlite3 *db, const char *text)
{
	sqlite3_file *file = file_of(db);
	sqlite3_int64 size = 0;
	uint8_t page[SEAL_PAGE];
	bool left = false;
	CHECK_INT(file->pMethods->xFileSize(file, &size), SQLITE_OK);
	for (sqlite3_int64 at = 0; at < size; at += SEAL_PAGE) {
		CHECK_INT(file->pMethods->xRead(file, page, SEAL_PAGE, at), SQLITE_OK);
		left = left || contains(page, SEAL_PAGE, text);
	}
	return left;
}

static void test_trap_22_purged_words_are_gone(void)
{
	sqlite3 *db = help_create(path, "vault");
	help_exec(db, "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT);"
		      "CREATE VIRTUAL TABLE ft USING fts5 (v);"
		      "INSERT INTO t VALUES (1, 'quixotic zephyrword'), (2, 'staying');"
		      "INSERT INTO ft (rowid, v) SELECT id, v FROM t;"
		      "PRAGMA wal_checkpoint (TRUNCATE)");
	CHECK(word_is_left(db, "zephyrword"));
	help_exec(db, "DELETE FROM t WHERE id = 1; DELETE FROM ft WHERE rowid = 1;"
		      "PRAGMA wal_checkpoint (TRUNCATE)");
	CHECK(word_is_left(db, "zephyrword")); /* the trap itself */
	help_exec(db, "INSERT INTO ft (ft) VALUES ('optimize'); PRAGMA wal_checkpoint (TRUNCATE)");
	CHECK(!word_is_left(db, "zephyrword"));
	CHECK(!word_is_left(db, "quixotic"));
	CHECK(word_is_left(db, "staying"));
	struct stat log;
	CHECK_INT(stat(log_path, &log), 0);
	CHECK_INT(log.st_size, 0);
	sqlite3_close(db);
}

/* Runs this program as another process; 0 if it finds SQLite's lock on the file. */
static int probe_lock(void)
{
	pid_t child = fork();
	if (child == 0) {
		execl("/proc/self/exe", "probe", path, (char *)NULL);
		_exit(99);
	}
	int status = -1;
	waitpid(child, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int run_probe(const char *file)
{
	struct flock shared_bytes = {
		.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0x40000002, .l_len = 510};
	int fd = open(file, O_RDWR);
	int rc = fd < 0 ? -1 : fcntl(fd, F_GETLK, &shared_bytes);
	return rc != 0 ? 2 : shared_bytes.l_type == F_WRLCK ? 0 : 1;
}

static void test_trap_23_only_sqlite_touches_the_file(void)
{
	int lock;
	sqlite3 *reader;
	char copy[600];
	snprintf(copy, sizeof(copy), "%s", help_path("twenty-three.db"));
	help_remove_vault(copy);
	sqlite3 *db = create_with_rows();
	CHECK_INT(probe_lock(), 0);
	REQUIRE(vault_lock(path, &lock) == VAULT_OK);
	CHECK_INT(probe_lock(), 0);
	CHECK_INT(vault_check(db, "vault", NULL, 0), VAULT_OK);
	CHECK_INT(probe_lock(), 0);
	reader = help_open(path, "vault");
	CHECK(has_rows(reader));
	sqlite3_close(reader);
	CHECK_INT(probe_lock(), 0);
	struct vault_backup *backup;
	REQUIRE(vault_backup_start(db, copy, "vault", &backup) == VAULT_OK);
	CHECK_INT(vault_backup_step(backup, 1000), VAULT_OK);
	CHECK_INT(vault_backup_finish(backup), VAULT_OK);
	CHECK_INT(probe_lock(), 0);
	CHECK_INT(vault_create(path, "vault"), VAULT_EXISTS);
	CHECK_INT(vault_backup_start(db, path, "vault", &backup), VAULT_EXISTS);
	CHECK_INT(probe_lock(), 0);
	CHECK_INT(vault_open(path, "other", NULL, &reader), VAULT_REFUSED);
	CHECK_INT(probe_lock(), 0);
	vault_unlock(lock);
	CHECK_INT(probe_lock(), 0);
	/* And the trap itself, or the probe would prove nothing. */
	close(open(path, O_RDONLY));
	CHECK_INT(probe_lock(), 1);
	help_close_like_crash(db);
}

static void test_plain_database_comes_in_by_vacuum_into(void)
{
	sqlite3 *db;
	char plain[600];
	char sql[800];
	int reserved = SEAL_RESERVED;
	snprintf(plain, sizeof(plain), "%s", help_path("import.db"));
	help_remove_vault(plain);
	help_remove_vault(path);
	REQUIRE(sqlite3_open_v2(plain, &db,
			SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_URI,
			NULL) == SQLITE_OK);
	help_exec(db, "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT);" ROWS_500);
	sqlite3_file_control(db, "main", SQLITE_FCNTL_RESERVE_BYTES, &reserved);
	snprintf(sql, sizeof(sql), "VACUUM INTO 'file:%s?vfs=vault'", path);
	help_exec(db, sql);
	sqlite3_close(db);
	REQUIRE(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, "vault") == SQLITE_OK);
	help_exec(db, "PRAGMA journal_mode = MEMORY; PRAGMA journal_mode = WAL");
	CHECK(has_rows(db));
	sqlite3_close(db);
	help_remove_vault(plain);
}

static int backup_all(sqlite3 *from, sqlite3 *to)
{
	sqlite3_backup *backup = sqlite3_backup_init(to, "main", from, "main");
	sqlite3_backup_step(backup, -1);
	return sqlite3_backup_finish(backup);
}

static void test_plain_database_is_not_backed_up_into_a_vault(void)
{
	sqlite3 *from;
	sqlite3 *to;
	REQUIRE(sqlite3_open(":memory:", &from) == SQLITE_OK);
	help_exec(from, "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT);" ROWS_500);
	help_remove_vault(path);
	REQUIRE(sqlite3_open_v2(path, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, "vault") ==
		SQLITE_OK);
	CHECK_INT(backup_all(from, to), SQLITE_IOERR_WRITE);
	sqlite3_close(to);
	sqlite3_close(from);
	struct stat found;
	CHECK_INT(stat(path, &found), 0);
	CHECK_INT(found.st_size, 0);
}

static void test_export_in_clear_is_possible(void)
{
	sqlite3 *to;
	sqlite3 *db = create_with_rows();
	REQUIRE(sqlite3_open(":memory:", &to) == SQLITE_OK);
	CHECK_INT(backup_all(db, to), SQLITE_OK);
	CHECK(has_rows(to));
	sqlite3_close(to);
	sqlite3_close(db);
}

static void test_no_extension_is_loaded(void)
{
	sqlite3 *db = create_with_rows();
	sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 1, NULL);
	char *error = NULL;
	CHECK_INT(sqlite3_load_extension(db, "anything.so", NULL, &error), SQLITE_ERROR);
	CHECK_STR(error, "a vault loads no extensions");
	sqlite3_free(error);
	sqlite3_close(db);
}

int main(int count, char **arguments)
{
	if (count == 2 && strcmp(arguments[0], "probe") == 0) {
		return run_probe(arguments[1]);
	}
	sim_register();
	if (vault_register("vault", help_key_a) != VAULT_OK ||
		vault_register("other", help_key_b) != VAULT_OK ||
		vault_register_over("vault on sim", help_key_a, "sim") != VAULT_OK) {
		return EXIT_FAILURE;
	}
	snprintf(path, sizeof(path), "%s", help_path("trap.db"));
	snprintf(log_path, sizeof(log_path), "%s-wal", path);
	RUN(test_trap_1_reserved_bytes_read_as_zero);
	RUN(test_trap_2_checksum_is_masked);
	RUN(test_trap_2_log_of_another_machine);
	RUN(test_trap_3_frames_are_written_whole);
	RUN(test_trap_4_and_5_pages_rewritten_in_place);
	RUN(test_trap_5_spilled_and_rolled_back);
	RUN(test_trap_5_other_shapes_are_refused);
	RUN(test_trap_6_a_broken_tail_ends_the_log);
	RUN(test_trap_6_a_broken_frame_fails_the_commit);
	RUN(test_trap_7_page_1_torn_but_in_the_log);
	RUN(test_trap_7_torn_page_1_changes_the_change_counter);
	RUN(test_trap_8_an_empty_file_reads_as_empty);
	RUN(test_trap_9_no_holes);
	RUN(test_trap_9_a_write_past_the_end_leaves_no_hole);
	RUN(test_trap_10_no_mmap);
	RUN(test_trap_11_no_atomic_writes);
	RUN(test_trap_11_reads_of_any_range);
	RUN(test_trap_12_planted_journal);
	RUN(test_trap_13_form_of_the_file_is_fixed);
	RUN(test_trap_13_other_page_1_is_refused);
	RUN(test_trap_14_no_temporary_file);
	RUN(test_trap_15_a_file_cut_in_its_first_write);
	RUN(test_trap_16_vacuum_into_needs_two_steps);
	RUN(test_trap_18_three_sentences);
	RUN(test_trap_22_purged_words_are_gone);
	RUN(test_trap_23_only_sqlite_touches_the_file);
	RUN(test_no_plaintext_on_disk);
	RUN(test_same_content_never_looks_the_same);
	RUN(test_plain_database_comes_in_by_vacuum_into);
	RUN(test_plain_database_is_not_backed_up_into_a_vault);
	RUN(test_export_in_clear_is_possible);
	RUN(test_no_extension_is_loaded);
	RUN(test_vfs_names_itself);
	vault_unregister("vault on sim");
	vault_unregister("other");
	vault_unregister("vault");
	return tap_done();
}
