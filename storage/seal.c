/* Sealing and opening of single pages and frames: format 1, described in seal.h. */
#include "storage/seal.h"

#include <assert.h>
#include <string.h>

#include <sodium.h>

enum {
	NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
	TAG = crypto_aead_xchacha20poly1305_ietf_ABYTES,
	PAGE_AAD = 1 + 4,
	FRAME_AAD = 1 + 4 + 4 + 4 + SEAL_SALTS,
};

static_assert(NONCE + TAG == SEAL_RESERVED, "nonce and tag fill the reserved bytes");

static const uint8_t magic[4] = {'H', 'R', 'K', '1'};
static const uint8_t sqlite_magic[SEAL_FILE_HEADER] = "SQLite format 3";

void seal_derive(struct seal_keys *keys, const uint8_t master[static SEAL_MASTER],
	const uint8_t file_id[static SEAL_FILE_ID])
{
	static const char context[] = "hark-sqlite-v1";
	uint8_t input[sizeof(context) - 1 + SEAL_FILE_ID];
	memcpy(input, context, sizeof(context) - 1);
	memcpy(input + sizeof(context) - 1, file_id, SEAL_FILE_ID);

	uint8_t okm[64];
	int rc = crypto_generichash(okm, sizeof(okm), input, sizeof(input), master, SEAL_MASTER);
	assert(rc == 0);
	(void)rc;

	memcpy(keys->page, okm, sizeof(keys->page));
	memcpy(keys->mask, okm + 32, sizeof(keys->mask));
	memcpy(keys->header, magic, sizeof(magic));
	memcpy(keys->header + 4, okm + 48, 4);
	memcpy(keys->header + 8, file_id, SEAL_FILE_ID);
	sodium_memzero(okm, sizeof(okm));
}

enum seal_header seal_derive_for(struct seal_keys *keys, const uint8_t master[static SEAL_MASTER],
	const uint8_t header[static SEAL_FILE_HEADER])
{
	if (memcmp(header, magic, 3) != 0) {
		return SEAL_HEADER_FOREIGN;
	}
	if (header[3] != magic[3]) {
		return header[3] > magic[3] && header[3] <= '9' ? SEAL_HEADER_NEWER
								: SEAL_HEADER_FOREIGN;
	}
	seal_derive(keys, master, header + 8);
	return memcmp(keys->header, header, SEAL_FILE_HEADER) == 0 ? SEAL_HEADER_OK
								   : SEAL_HEADER_KEY;
}

/*
 * `skip` bytes at the start of the page stay outside the seal. A fresh nonce from the
 * kernel each time (0.4 of the 6 us a page costs): a generator with a buffer in this
 * process would give the same nonces again after a fork.
 */
static void seal(const struct seal_keys *keys, size_t skip, const uint8_t *aad, size_t aad_bytes,
	const uint8_t *clear, uint8_t *sealed)
{
	uint8_t *nonce = sealed + SEAL_USABLE;
	uint8_t *tag = nonce + NONCE;
	randombytes_buf(nonce, NONCE);
	crypto_aead_xchacha20poly1305_ietf_encrypt_detached(sealed + skip, tag, NULL, clear + skip,
		SEAL_USABLE - skip, aad, aad_bytes, NULL, nonce, keys->page);
}

static bool unseal(const struct seal_keys *keys, size_t skip, const uint8_t *aad, size_t aad_bytes,
	const uint8_t *sealed, uint8_t *clear)
{
	const uint8_t *nonce = sealed + SEAL_USABLE;
	const uint8_t *tag = nonce + NONCE;
	if (crypto_aead_xchacha20poly1305_ietf_decrypt_detached(clear + skip, NULL, sealed + skip,
		    SEAL_USABLE - skip, tag, aad, aad_bytes, nonce, keys->page) != 0) {
		return false;
	}
	memset(clear + SEAL_USABLE, 0, SEAL_RESERVED);
	return true;
}

/* Returns the length of the AAD, which for page 1 takes in the file header. */
static size_t page_aad(
	uint8_t aad[static PAGE_AAD + SEAL_FILE_HEADER], uint32_t page, const uint8_t *file_header)
{
	aad[0] = 'D';
	seal_put32(aad + 1, page);
	if (page != 1) {
		return PAGE_AAD;
	}
	memcpy(aad + PAGE_AAD, file_header, SEAL_FILE_HEADER);
	return PAGE_AAD + SEAL_FILE_HEADER;
}

void seal_page(const struct seal_keys *keys, uint32_t page, const uint8_t *clear, uint8_t *sealed)
{
	uint8_t aad[PAGE_AAD + SEAL_FILE_HEADER];
	size_t aad_bytes = page_aad(aad, page, keys->header);
	size_t skip = page == 1 ? SEAL_FILE_HEADER : 0;
	memcpy(sealed, keys->header, skip);
	seal(keys, skip, aad, aad_bytes, clear, sealed);
}

bool seal_open_page(const struct seal_keys *keys, uint32_t page, uint8_t *bytes)
{
	uint8_t aad[PAGE_AAD + SEAL_FILE_HEADER];
	size_t aad_bytes = page_aad(aad, page, bytes);
	size_t skip = page == 1 ? SEAL_FILE_HEADER : 0;
	if (!unseal(keys, skip, aad, aad_bytes, bytes, bytes)) {
		return false;
	}
	memcpy(bytes, sqlite_magic, skip);
	return true;
}

static void frame_aad(uint8_t aad[static FRAME_AAD], uint32_t frame,
	const uint8_t header[static SEAL_FRAME_HEADER], const uint8_t salts[static SEAL_SALTS])
{
	aad[0] = 'W';
	seal_put32(aad + 1, frame);
	memcpy(aad + 5, header, 8); /* page number, size after commit */
	memcpy(aad + 13, salts, SEAL_SALTS);
}

void seal_frame_page(const struct seal_keys *keys, uint32_t frame,
	const uint8_t header[static SEAL_FRAME_HEADER], const uint8_t salts[static SEAL_SALTS],
	const uint8_t *clear, uint8_t *sealed)
{
	uint8_t aad[FRAME_AAD];
	frame_aad(aad, frame, header, salts);
	seal(keys, 0, aad, sizeof(aad), clear, sealed);
}

bool seal_open_frame_page(const struct seal_keys *keys, uint32_t frame,
	const uint8_t header[static SEAL_FRAME_HEADER], const uint8_t salts[static SEAL_SALTS],
	const uint8_t *sealed, uint8_t *clear)
{
	uint8_t aad[FRAME_AAD];
	frame_aad(aad, frame, header, salts);
	return unseal(keys, 0, aad, sizeof(aad), sealed, clear);
}

void seal_mask_checksum(
	const struct seal_keys *keys, uint32_t frame, uint8_t header[static SEAL_FRAME_HEADER])
{
	uint8_t input[16 + 8] = {0};
	memcpy(input, header, 16);
	seal_put32(input + 20, frame);

	uint8_t mask[crypto_shorthash_BYTES];
	crypto_shorthash(mask, input, sizeof(input), keys->mask);
	for (size_t i = 0; i < sizeof(mask); i++) {
		header[16 + i] ^= mask[i];
	}
}
