/*
 * Format 1, byte by byte: the test seals with libsodium directly, as the format says, and
 * the code must open it; and what the code seals must have that form. If one of the
 * digests below changes, files in the field no longer open.
 */
#include "storage/seal.h"

#include <sys/wait.h>
#include <unistd.h>

#include <sodium.h>

#include "tests/unit/storage/vault_help.h"
#include "tests/unit/tap.h"

static const uint8_t file_id[SEAL_FILE_ID] = {1, 2, 3, 4, 5, 6, 7, 8};
static const uint8_t frame_header[SEAL_FRAME_HEADER] = {0, 0, 0, 7, 0, 0, 0, 9, 0xa1, 0xa2, 0xa3,
	0xa4, 0xb1, 0xb2, 0xb3, 0xb4, 0xc1, 0xc2, 0xc3, 0xc4, 0xd1, 0xd2, 0xd3, 0xd4};
static const uint8_t salts[SEAL_SALTS] = {0xa1, 0xa2, 0xa3, 0xa4, 0xb1, 0xb2, 0xb3, 0xb4};

static struct seal_keys keys;

static void fill(uint8_t *page)
{
	for (int i = 0; i < SEAL_USABLE; i++) {
		page[i] = (uint8_t)(i * 7 + i / 256);
	}
	memset(page + SEAL_USABLE, 0, SEAL_RESERVED);
}

/* The format's own words, with a nonce of our choice. */
static void seal_by_the_book(size_t skip, const uint8_t *aad, size_t aad_bytes, uint8_t *page)
{
	uint8_t okm[64];
	uint8_t input[14 + SEAL_FILE_ID] = "hark-sqlite-v1";
	memcpy(input + 14, file_id, SEAL_FILE_ID);
	crypto_generichash(okm, 64, input, sizeof(input), help_key_a, 32);
	memset(page + 4056, 0x5e, 24);
	crypto_aead_xchacha20poly1305_ietf_encrypt_detached(page + skip, page + 4080, NULL,
		page + skip, 4056 - skip, aad, aad_bytes, NULL, page + 4056, okm);
}

static const char *digest(const void *data, size_t bytes)
{
	static char hex[33];
	uint8_t hash[16];
	crypto_generichash(hash, sizeof(hash), data, bytes, NULL, 0);
	return sodium_bin2hex(hex, sizeof(hex), hash, sizeof(hash));
}

static void test_keys_and_header(void)
{
	CHECK_STR(digest(keys.page, sizeof(keys.page)), "322784c19ac513dcb19ca672fbc9ba6b");
	CHECK_STR(digest(keys.mask, sizeof(keys.mask)), "a003713fcb55fce7d965ef46240a7245");
	CHECK_STR(digest(keys.header, sizeof(keys.header)), "654d71eca91758cc04639ae85ff91f0e");
	CHECK(memcmp(keys.header, "HRK1", 4) == 0);
	CHECK(memcmp(keys.header + 8, file_id, 8) == 0);
}

static void test_each_kind_of_header(void)
{
	struct seal_keys other;
	uint8_t header[SEAL_FILE_HEADER];
	memcpy(header, keys.header, sizeof(header));
	CHECK_INT(seal_derive_for(&other, help_key_a, header), SEAL_HEADER_OK);
	CHECK(memcmp(&other, &keys, sizeof(keys)) == 0);
	CHECK_INT(seal_derive_for(&other, help_key_b, header), SEAL_HEADER_KEY);
	for (size_t at = 4; at < sizeof(header); at++) {
		header[at] ^= 0x10;
		CHECK_INT(seal_derive_for(&other, help_key_a, header), SEAL_HEADER_KEY);
		header[at] ^= 0x10;
	}
	header[3] = '2';
	CHECK_INT(seal_derive_for(&other, help_key_a, header), SEAL_HEADER_NEWER);
	header[3] = 'x';
	CHECK_INT(seal_derive_for(&other, help_key_a, header), SEAL_HEADER_FOREIGN);
	memcpy(header, "SQLite format 3", 16);
	CHECK_INT(seal_derive_for(&other, help_key_a, header), SEAL_HEADER_FOREIGN);
}

static void test_page_of_format_1_opens(void)
{
	uint8_t clear[SEAL_PAGE];
	uint8_t page[SEAL_PAGE];
	fill(clear);
	memcpy(page, clear, SEAL_PAGE);
	seal_by_the_book(0, (const uint8_t *)"D\0\0\1\2", 5, page);
	CHECK_STR(digest(page, SEAL_PAGE), "90c0af9b14fcc87e60b4c9d63a44deed");
	CHECK(seal_open_page(&keys, 258, page));
	CHECK(memcmp(page, clear, SEAL_PAGE) == 0);
}

static void test_first_page_of_format_1_opens(void)
{
	uint8_t clear[SEAL_PAGE];
	uint8_t page[SEAL_PAGE];
	uint8_t aad[5 + SEAL_FILE_HEADER] = {'D', 0, 0, 0, 1};
	fill(clear);
	memcpy(clear, "SQLite format 3", 16);
	memcpy(page, clear, SEAL_PAGE);
	memcpy(aad + 5, keys.header, SEAL_FILE_HEADER);
	seal_by_the_book(16, aad, sizeof(aad), page);
	memcpy(page, keys.header, SEAL_FILE_HEADER);
	CHECK_STR(digest(page, SEAL_PAGE), "d699882baa534bad467326000ff8cf28");
	CHECK(seal_open_page(&keys, 1, page));
	CHECK(memcmp(page, clear, SEAL_PAGE) == 0);
}

static void test_frame_of_format_1_opens(void)
{
	uint8_t clear[SEAL_PAGE];
	uint8_t page[SEAL_PAGE];
	uint8_t aad[21] = {'W', 0, 1, 0, 2};
	memcpy(aad + 5, frame_header, 8);
	memcpy(aad + 13, salts, 8);
	fill(clear);
	memcpy(page, clear, SEAL_PAGE);
	seal_by_the_book(0, aad, sizeof(aad), page);
	CHECK_STR(digest(page, SEAL_PAGE), "793c0100fbbfccfe74724490bc4d2570");
	CHECK(seal_open_frame_page(&keys, 0x10002, frame_header, salts, page, page));
	CHECK(memcmp(page, clear, SEAL_PAGE) == 0);
}

static void test_checksum_mask(void)
{
	uint8_t header[SEAL_FRAME_HEADER];
	uint8_t input[24] = {0};
	uint8_t mask[8];
	memcpy(input, frame_header, 16);
	input[23] = 5;
	crypto_shorthash(mask, input, sizeof(input), keys.mask);
	memcpy(header, frame_header, sizeof(header));
	seal_mask_checksum(&keys, 5, header);
	CHECK_STR(digest(header, sizeof(header)), "731f1ae565e82627b6921341b5a0ef3d");
	CHECK(memcmp(header, frame_header, 16) == 0);
	for (size_t i = 0; i < 8; i++) {
		CHECK_INT(header[16 + i], frame_header[16 + i] ^ mask[i]);
	}
	seal_mask_checksum(&keys, 5, header);
	CHECK(memcmp(header, frame_header, sizeof(header)) == 0);
}

static void test_what_is_sealed_opens(void)
{
	uint8_t clear[SEAL_PAGE];
	uint8_t sealed[SEAL_PAGE];
	fill(clear);
	for (uint32_t page = 1; page < 300; page += 13) {
		memcpy(clear, page == 1 ? "SQLite format 3" : "sixteen bytes...", 16);
		seal_page(&keys, page, clear, sealed);
		CHECK(memcmp(sealed + 100, clear + 100, 16) != 0);
		CHECK(seal_open_page(&keys, page, sealed));
		CHECK(memcmp(sealed, clear, SEAL_PAGE) == 0);
		seal_frame_page(&keys, page, frame_header, salts, clear, sealed);
		CHECK(memcmp(sealed, clear, 16) != 0);
		CHECK(seal_open_frame_page(&keys, page, frame_header, salts, sealed, sealed));
		CHECK(memcmp(sealed, clear, SEAL_PAGE) == 0);
	}
}

/* Trap 1: SQLite sums up the reserved bytes too, so whatever was there reads as zero. */
static void test_reserved_bytes_read_as_zero(void)
{
	uint8_t clear[SEAL_PAGE];
	uint8_t sealed[SEAL_PAGE];
	fill(clear);
	memset(clear + SEAL_USABLE, 0xff, SEAL_RESERVED);
	seal_page(&keys, 2, clear, sealed);
	CHECK(seal_open_page(&keys, 2, sealed));
	CHECK(sodium_is_zero(sealed + SEAL_USABLE, SEAL_RESERVED));
	seal_frame_page(&keys, 2, frame_header, salts, clear, sealed);
	CHECK(seal_open_frame_page(&keys, 2, frame_header, salts, sealed, sealed));
	CHECK(sodium_is_zero(sealed + SEAL_USABLE, SEAL_RESERVED));
}

static void test_every_flipped_bit_breaks_the_seal(void)
{
	uint8_t clear[SEAL_PAGE];
	uint8_t sealed[SEAL_PAGE];
	uint8_t bytes[SEAL_PAGE];
	fill(clear);
	int step =
		HELP_SANITIZED ? 37 : 5; /* coprime to 8: every bit of every region has its turn */
	for (uint32_t page = 1; page <= 2; page++) {
		seal_page(&keys, page, clear, sealed);
		for (int bit = 0; bit < SEAL_PAGE * 8; bit += step) {
			memcpy(bytes, sealed, SEAL_PAGE);
			bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
			CHECK(!seal_open_page(&keys, page, bytes));
		}
	}
}

static void test_a_page_opens_only_in_its_place(void)
{
	struct seal_keys other_file;
	uint8_t clear[SEAL_PAGE];
	uint8_t sealed[SEAL_PAGE];
	uint8_t bytes[SEAL_PAGE];
	uint8_t other_id[SEAL_FILE_ID] = {1, 2, 3, 4, 5, 6, 7, 9};
	seal_derive(&other_file, help_key_a, other_id);
	fill(clear);
	seal_page(&keys, 2, clear, sealed);
	memcpy(bytes, sealed, SEAL_PAGE);
	CHECK(!seal_open_page(&keys, 3, bytes));
	memcpy(bytes, sealed, SEAL_PAGE);
	CHECK(!seal_open_page(&other_file, 2, bytes));

	uint8_t header[SEAL_FRAME_HEADER];
	uint8_t other_salts[SEAL_SALTS] = {1};
	seal_frame_page(&keys, 2, frame_header, salts, clear, sealed);
	CHECK(!seal_open_frame_page(&keys, 3, frame_header, salts, sealed, bytes));
	CHECK(!seal_open_frame_page(&keys, 2, frame_header, other_salts, sealed, bytes));
	CHECK(!seal_open_frame_page(&other_file, 2, frame_header, salts, sealed, bytes));
	for (int at = 0; at < 8; at++) { /* page number and size are sealed in */
		memcpy(header, frame_header, sizeof(header));
		header[at] ^= 1;
		CHECK(!seal_open_frame_page(&keys, 2, header, salts, sealed, bytes));
	}
	CHECK(seal_open_frame_page(&keys, 2, frame_header, salts, sealed, bytes));
	memcpy(bytes, sealed, SEAL_PAGE);
	CHECK(!seal_open_page(&keys, 7, bytes)); /* a frame is no page of the file */
}

/* Trap 19: a generator with a buffer in this process would repeat itself in the child. */
static void test_nonces_differ_after_fork(void)
{
	enum {
		ROUNDS = 16
	};
	uint8_t clear[SEAL_PAGE] = {0};
	uint8_t sealed[SEAL_PAGE];
	uint8_t ours[ROUNDS][24];
	uint8_t theirs[ROUNDS][24];
	int ends[2];
	REQUIRE(pipe(ends) == 0);
	seal_page(&keys, 2, clear, sealed); /* whatever is set up once is set up before the fork */
	pid_t child = fork();
	for (int i = 0; i < ROUNDS; i++) {
		seal_page(&keys, 2, clear, sealed);
		memcpy(ours[i], sealed + SEAL_USABLE, 24);
	}
	if (child == 0) {
		_exit(write(ends[1], ours, sizeof(ours)) == (ssize_t)sizeof(ours) ? 0 : 1);
	}
	int status = -1;
	CHECK_INT(read(ends[0], theirs, sizeof(theirs)), sizeof(theirs));
	waitpid(child, &status, 0);
	CHECK_INT(status, 0);
	close(ends[0]);
	close(ends[1]);
	for (int i = 0; i < ROUNDS; i++) {
		for (int j = 0; j < ROUNDS; j++) {
			CHECK(memcmp(ours[i], theirs[j], 24) != 0);
			CHECK(i == j || memcmp(ours[i], ours[j], 24) != 0);
		}
	}
}

int main(void)
{
	if (sodium_init() < 0) {
		return EXIT_FAILURE;
	}
	seal_derive(&keys, help_key_a, file_id);
	RUN(test_keys_and_header);
	RUN(test_each_kind_of_header);
	RUN(test_page_of_format_1_opens);
	RUN(test_first_page_of_format_1_opens);
	RUN(test_frame_of_format_1_opens);
	RUN(test_checksum_mask);
	RUN(test_what_is_sealed_opens);
	RUN(test_reserved_bytes_read_as_zero);
	RUN(test_every_flipped_bit_breaks_the_seal);
	RUN(test_a_page_opens_only_in_its_place);
	RUN(test_nonces_differ_after_fork);
	return tap_done();
}
