/*
 * Somebody changes the files behind the vault's back. Either an error says so, or what is
 * read is exactly right; for the log, exactly what it was after some earlier commit, and
 * in strict mode no more than the last two commits may go that way.
 *
 * HARK_FLIPS=10000 for a long run.
 */
#include "storage/seal.h"
#include "tests/unit/storage/vault_help.h"
#include "tests/unit/tap.h"

enum {
	COMMITS = 40
};

/* A file without a log, and a file with one that holds COMMITS commits; as bytes. */
struct image {
	uint8_t *main, *log;
	size_t main_bytes, log_bytes;
};

static struct image settled;
static struct image busy;
static char path[600];
static char log_path[610];

static void put(const struct image *image)
{
	help_remove_vault(path);
	help_write_file(path, image->main, image->main_bytes);
	if (image->log != NULL) {
		help_write_file(log_path, image->log, image->log_bytes);
	}
}

static struct image take(void)
{
	struct image image = {0};
	image.main = help_read_file(path, &image.main_bytes);
	if (help_file_exists(log_path)) {
		image.log = help_read_file(log_path, &image.log_bytes);
	}
	return image;
}

static struct image copy_of(const struct image *image)
{
	struct image copy = *image;
	copy.main = malloc(image->main_bytes);
	memcpy(copy.main, image->main, image->main_bytes);
	if (image->log != NULL) {
		copy.log = malloc(image->log_bytes);
		memcpy(copy.log, image->log, image->log_bytes);
	}
	return copy;
}

static void image_free(struct image *image)
{
	free(image->main);
	free(image->log);
}

/* What commit `n` leaves: n rows whose text follows from their number. */
static void commit_row(sqlite3 *db, int n)
{
	char *sql = sqlite3_mprintf("INSERT INTO t VALUES (%d, printf('%%.*c', %d, char(64 + %d)))",
		n, 100 + n * 53, n % 26);
	help_exec(db, sql);
	sqlite3_free(sql);
}

/* The last commit of which the table holds exactly the rows, or -1. */
static int whole_prefix(sqlite3 *db)
{
	int64_t rows = help_int(db, "SELECT count(*) FROM t");
	int64_t wrong = help_int(db,
		"SELECT count(*) FROM t WHERE id <> rowid OR id > (SELECT count(*) FROM t)"
		" OR v <> printf('%.*c', 100 + id * 53, char(64 + id % 26))");
	return rows >= 0 && wrong == 0 ? (int)rows : -1;
}

static void make_images(void)
{
	sqlite3 *db = help_create(path, "vault");
	help_exec(db, "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT);"
		      "CREATE TABLE big (v); INSERT INTO big VALUES (hex(randomblob(20000)));"
		      "CREATE INDEX by_v ON t (v)");
	help_exec(db, "PRAGMA wal_checkpoint (TRUNCATE)");
	for (int n = 1; n <= COMMITS; n++) {
		commit_row(db, n);
	}
	help_close_like_crash(db);
	busy = take();
	db = help_open(path, "vault");
	help_exec(db, "CREATE TABLE gone AS SELECT hex(randomblob(8000)); DROP TABLE gone");
	sqlite3_close(db);
	settled = take();
}

static enum vault_status open_vault(bool relaxed, sqlite3 **db)
{
	struct vault_options options = {.relaxed = relaxed};
	return vault_open(path, "vault", &options, db);
}

/* Opens, reads and checks everything: true if an error was reported on the way. */
static bool noticed(void)
{
	sqlite3 *db;
	if (open_vault(false, &db) != VAULT_OK) {
		return true;
	}
	bool right =
		whole_prefix(db) == COMMITS && help_int(db, "SELECT length(v) FROM big") == 40000;
	bool sound = vault_check(db, "vault", NULL, 0) == VAULT_OK;
	CHECK(right || !sound);
	sqlite3_close(db);
	return !sound;
}

static void flip(uint8_t *data, size_t bytes, struct help_random *random, uint64_t *bit)
{
	*bit = ((uint64_t)help_random(random, UINT32_MAX) << 8 | help_random(random, 256)) %
	       (bytes * 8);
	data[*bit / 8] ^= (uint8_t)(1 << *bit % 8);
}

static int flips(void)
{
	return help_times("HARK_FLIPS", 2000, 400);
}

static void test_untouched_images_are_right(void)
{
	put(&settled);
	CHECK(!noticed());
	put(&busy);
	CHECK(!noticed());
}

static void test_flipped_bits_of_the_file(void)
{
	struct help_random random = {1};
	for (int i = 0; i < flips(); i++) {
		struct image image = copy_of(&settled);
		uint64_t bit;
		flip(image.main, image.main_bytes, &random, &bit);
		put(&image);
		if (!noticed()) {
			printf("# bit %llu of the file went unnoticed\n", (unsigned long long)bit);
			CHECK(false);
		}
		image_free(&image);
	}
}

static void test_flipped_bits_of_the_file_header(void)
{
	for (int bit = 0; bit < SEAL_FILE_HEADER * 8; bit++) {
		sqlite3 *db;
		struct image image = copy_of(&settled);
		image.main[bit / 8] ^= (uint8_t)(1 << bit % 8);
		put(&image);
		CHECK_INT(open_vault(false, &db), VAULT_REFUSED);
		image_free(&image);
	}
}

static void flip_log(bool relaxed)
{
	struct help_random random = {2};
	int refused = 0;
	int shortened = 0;
	for (int i = 0; i < flips(); i++) {
		sqlite3 *db;
		struct image image = copy_of(&busy);
		uint64_t bit;
		flip(image.log, image.log_bytes, &random, &bit);
		put(&image);
		image_free(&image);
		enum vault_status status = open_vault(relaxed, &db);
		if (status == VAULT_REFUSED && !relaxed) {
			uint32_t frame;
			CHECK_INT(vault_last_reason("vault", &frame), VAULT_REASON_DAMAGED_LOG);
			refused++;
			continue;
		}
		CHECK_INT(status, VAULT_OK);
		if (status != VAULT_OK) {
			continue;
		}
		int prefix = whole_prefix(db);
		if (prefix < (relaxed ? 0 : COMMITS - 2)) {
			printf("# bit %llu of the log: commits up to %d are left\n",
				(unsigned long long)bit, prefix);
			CHECK(false);
		}
		shortened += prefix < COMMITS;
		sqlite3_close(db);
	}
	printf("# %d refused, %d opened at an earlier commit\n", refused, shortened);
	CHECK(relaxed ? shortened > flips() / 2 : refused > flips() / 2);
}

static void test_flipped_bits_of_the_log_strict(void)
{
	flip_log(false);
}

static void test_flipped_bits_of_the_log_relaxed(void)
{
	flip_log(true);
}

/* No seal covers these: header of the log, salts and checksums of frames. */
static void test_clear_bytes_of_the_log(void)
{
	for (int byte = 0; byte < SEAL_LOG_HEADER + SEAL_FRAME_HEADER; byte++) {
		sqlite3 *db;
		struct image image = copy_of(&busy);
		image.log[byte] ^= 0x40;
		put(&image);
		image_free(&image);
		CHECK_INT(open_vault(false, &db), VAULT_REFUSED);
		CHECK_INT(vault_last_reason("vault", NULL), VAULT_REASON_DAMAGED_LOG);
	}
}

static void test_relaxed_then_strict(void)
{
	sqlite3 *db;
	struct image image = copy_of(&busy);
	size_t middle = SEAL_LOG_HEADER + (image.log_bytes / SEAL_FRAME / 2) * SEAL_FRAME;
	image.log[middle + 500] ^= 1;
	put(&image);
	CHECK_INT(open_vault(false, &db), VAULT_REFUSED);
	struct image refused = take(); /* what was refused is still there to be looked at */
	CHECK(refused.log_bytes == image.log_bytes &&
		memcmp(refused.log, image.log, image.log_bytes) == 0);
	CHECK(refused.main_bytes == image.main_bytes &&
		memcmp(refused.main, image.main, image.main_bytes) == 0);
	image_free(&refused);
	image_free(&image);
	uint32_t frame;
	CHECK_INT(vault_last_reason("vault", &frame), VAULT_REASON_DAMAGED_LOG);
	CHECK_INT(frame, (middle - SEAL_LOG_HEADER) / SEAL_FRAME + 1);
	REQUIRE(open_vault(true, &db) == VAULT_OK);
	int left = whole_prefix(db);
	CHECK(left > 0 && left < COMMITS);
	commit_row(db, left + 1);
	help_close_like_crash(db);
	REQUIRE(open_vault(false, &db) == VAULT_OK);
	CHECK_INT(whole_prefix(db), left + 1);
	sqlite3_close(db);
}

static void test_zeroed_pages(void)
{
	for (size_t at = 0; at < settled.main_bytes; at += SEAL_PAGE) {
		struct image image = copy_of(&settled);
		memset(image.main + at, 0, SEAL_PAGE);
		put(&image);
		CHECK(noticed());
		image_free(&image);
	}
}

static void test_pages_put_elsewhere(void)
{
	for (size_t at = SEAL_PAGE; at < settled.main_bytes; at += SEAL_PAGE) {
		struct image image = copy_of(&settled);
		memcpy(image.main + at - SEAL_PAGE, settled.main + at, SEAL_PAGE);
		put(&image);
		CHECK(noticed());
		memcpy(image.main + at, settled.main + at - SEAL_PAGE, SEAL_PAGE); /* exchanged */
		put(&image);
		CHECK(noticed());
		image_free(&image);
	}
}

static void test_file_cut_short(void)
{
	struct help_random random = {3};
	for (int i = 0; i < 100; i++) {
		struct image image = copy_of(&settled);
		image.main_bytes = i < 20 ? (size_t)i * 300
					  : help_random(&random, (uint32_t)settled.main_bytes);
		put(&image);
		CHECK(noticed());
		image_free(&image);
	}
}

/* A power cut leaves such tails; they are no damage. */
static void test_torn_tails_of_the_log(void)
{
	struct help_random random = {4};
	for (int i = 0; i < (HELP_SANITIZED ? 100 : 400); i++) {
		sqlite3 *db;
		struct image image = copy_of(&busy);
		size_t from = help_random(&random, (uint32_t)image.log_bytes);
		if (i % 3 == 0) {
			image.log_bytes = from;
		} else {
			for (size_t at = from; at < image.log_bytes; at++) {
				image.log[at] = i % 3 == 1 ? 0 : (uint8_t)help_random(&random, 256);
			}
		}
		put(&image);
		image_free(&image);
		CHECK_INT(open_vault(false, &db), VAULT_OK);
		if (from > SEAL_LOG_HEADER) {
			int64_t frames = (int64_t)(from - SEAL_LOG_HEADER) / SEAL_FRAME;
			int prefix = whole_prefix(db);
			CHECK(prefix >= 0 && prefix <= frames);
		}
		sqlite3_close(db);
	}
}

/*
 * Two power cuts, each of which tears the first frame of a commit of several and keeps the
 * rest. The rest of both still opens: two later commits, and yet no damage.
 */
static void test_tails_of_two_power_cuts(void)
{
	static const char *const commits[] = {
		"INSERT INTO t VALUES (1, hex(randomblob(9000)))", /* the longer one first */
		"INSERT INTO t VALUES (1, hex(randomblob(3000)))",
	};
	sqlite3 *db = help_create(path, "vault");
	help_exec(db, "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)");
	help_close_like_crash(db);
	struct image base = take();
	size_t torn = base.log_bytes + SEAL_FRAME_HEADER + 700;
	image_free(&base);

	for (int i = 0; i < 2; i++) {
		REQUIRE(open_vault(false, &db) == VAULT_OK);
		CHECK_INT(help_int(db, "SELECT count(*) FROM t"), 0);
		help_exec(db, commits[i]);
		help_close_like_crash(db);
		struct image image = take();
		memset(image.log + torn, 0x77, 512);
		put(&image);
		image_free(&image);
	}
	CHECK_INT(open_vault(false, &db), VAULT_OK);
	CHECK_INT(help_int(db, "SELECT count(*) FROM t"), 0);
	sqlite3_close(db);
}

/* The same key and the same place, but another file. */
static void test_page_of_another_file(void)
{
	struct image image = copy_of(&settled);
	image_free(&settled);
	image_free(&busy);
	make_images(); /* with another file id */
	memcpy(image.main + SEAL_PAGE, settled.main + SEAL_PAGE, SEAL_PAGE);
	put(&image);
	CHECK(noticed());
	image_free(&image);
}

static void test_log_of_another_file(void)
{
	struct image image = copy_of(&settled);
	sqlite3 *db = help_create(path, "vault");
	help_exec(db, "CREATE TABLE foreign_log (v)");
	help_exec(db, "INSERT INTO foreign_log VALUES (1)");
	help_exec(db, "INSERT INTO foreign_log VALUES (2)");
	help_close_like_crash(db);
	struct image other = take();
	image.log = other.log;
	image.log_bytes = other.log_bytes;
	other.log = NULL;
	put(&image);
	CHECK(!noticed());
	image_free(&image);
	image_free(&other);
}

/* Frames of an older log of this very file, in a newer one. */
static void test_frames_of_an_older_log(void)
{
	put(&settled);
	sqlite3 *db = help_open(path, "vault");
	help_exec(db, "CREATE TABLE n (v); INSERT INTO n VALUES (0)");
	for (int i = 0; i < 4; i++) {
		help_exec(db, "UPDATE n SET v = v + 1");
	}
	help_close_like_crash(db);
	struct image older = take();
	db = help_open(path, "vault");
	help_exec(db, "PRAGMA wal_checkpoint (TRUNCATE)");
	for (int i = 0; i < 12; i++) {
		help_exec(db, "UPDATE n SET v = v + 100");
	}
	help_close_like_crash(db);
	struct image newer = take();
	REQUIRE(newer.log_bytes > older.log_bytes);
	memcpy(newer.log + SEAL_LOG_HEADER, older.log + SEAL_LOG_HEADER,
		older.log_bytes - SEAL_LOG_HEADER);
	put(&newer);
	CHECK_INT(open_vault(false, &db), VAULT_REFUSED);
	CHECK_INT(vault_last_reason("vault", NULL), VAULT_REASON_DAMAGED_LOG);
	image_free(&older);
	image_free(&newer);
}

/* While a handle is open and knows the log: what it then reads must still be sealed right. */
static void test_log_changed_under_an_open_handle(void)
{
	put(&busy);
	sqlite3 *db;
	REQUIRE(open_vault(false, &db) == VAULT_OK);
	size_t bytes;
	uint8_t *log = help_read_file(log_path, &bytes); /* only the main file's lock matters */
	for (size_t at = SEAL_LOG_HEADER + 1000; at < bytes; at += SEAL_FRAME) {
		log[at] ^= 1;
	}
	help_write_file(log_path, log, bytes);
	help_exec(db, "PRAGMA shrink_memory");
	CHECK_INT(help_try(db, "SELECT sum(length(v)) FROM t"), SQLITE_IOERR_DATA);
	CHECK_INT(vault_last_reason("vault", NULL), VAULT_REASON_DAMAGED_LOG);
	/* One bad page does not poison the handle. */
	for (size_t at = SEAL_LOG_HEADER + 1000; at < bytes; at += SEAL_FRAME) {
		log[at] ^= 1;
	}
	help_write_file(log_path, log, bytes);
	CHECK_INT(whole_prefix(db), COMMITS);
	free(log);
	help_close_like_crash(db);
}

int main(void)
{
	if (vault_register("vault", help_key_a) != VAULT_OK) {
		return EXIT_FAILURE;
	}
	snprintf(path, sizeof(path), "%s", help_path("tamper.db"));
	snprintf(log_path, sizeof(log_path), "%s-wal", path);
	make_images();
	RUN(test_untouched_images_are_right);
	RUN(test_flipped_bits_of_the_file);
	RUN(test_flipped_bits_of_the_file_header);
	RUN(test_flipped_bits_of_the_log_strict);
	RUN(test_flipped_bits_of_the_log_relaxed);
	RUN(test_clear_bytes_of_the_log);
	RUN(test_relaxed_then_strict);
	RUN(test_zeroed_pages);
	RUN(test_pages_put_elsewhere);
	RUN(test_file_cut_short);
	RUN(test_torn_tails_of_the_log);
	RUN(test_tails_of_two_power_cuts);
	RUN(test_page_of_another_file);
	RUN(test_log_of_another_file);
	RUN(test_frames_of_an_older_log);
	RUN(test_log_changed_under_an_open_handle);
	image_free(&settled);
	image_free(&busy);
	vault_unregister("vault");
	return tap_done();
}
