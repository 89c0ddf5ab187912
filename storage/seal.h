/*
 * Format 1 of the vault: how one page or one log frame is sealed. No file is touched
 * here. Big-endian integers throughout.
 *
 *	database page N	at byte (N - 1) * 4096
 *	    0..4055	ciphertext (page 1: only 16..4055, after the clear file header)
 *	 4056..4079	nonce, 24 fresh random bytes at every write
 *	 4080..4095	Poly1305 tag
 *	    AAD		'D' | N (4) | page 1: the 16 bytes of the file header
 *	file header	"HRK1" | key check (4) | file id (8): clear, and the same for the life of
 *			the file, so that a torn write of page 1 cannot hurt it
 *	log frame K	(from 1) at byte 32 + (K - 1) * 4120
 *	    0..15	page number, size after commit, two salts: clear, as SQLite wrote them
 *	   16..23	SQLite's checksum, masked: SipHash-2-4 of bytes 0..15 | K (8)
 *	   24..4119	the page, sealed as above but whole even for page 1
 *	    AAD		'W' | K (4) | page number (4) | size after commit (4) | salts (8)
 *	keys		BLAKE2b-512(key: master, input: "hark-sqlite-v1" | file id)
 *			= page key (32) | mask key (16) | key check (4) | unused (12)
 *
 * Why so: random 192-bit nonces need no counter that a restored backup would repeat.
 * Page and frame numbers in the AAD stop a page from being moved within the file, the
 * file id in the keys between files of one master key, the log's salts the replay of an
 * older log. The checksum is masked because it is linear in the plaintext.
 *
 * Format 1, once shipped, can be read for ever.
 */
#ifndef HARK_STORAGE_SEAL_H
#define HARK_STORAGE_SEAL_H

#include <stdbool.h>
#include <stdint.h>

enum {
	SEAL_MASTER = 32,
	SEAL_PAGE = 4096,
	SEAL_RESERVED = 40, /* nonce and tag, at the end of each page */
	SEAL_USABLE = SEAL_PAGE - SEAL_RESERVED,
	SEAL_FILE_HEADER = 16, /* in clear at the start of page 1 */
	SEAL_FILE_ID = 8,
	SEAL_LOG_HEADER = 32,
	SEAL_SALTS = 8,
	SEAL_FRAME_HEADER = 24,
	SEAL_FRAME = SEAL_FRAME_HEADER + SEAL_PAGE,
};

/* One file's keys. Keep it in sodium_malloc memory. */
struct seal_keys {
	uint8_t page[32];
	uint8_t mask[16];
	uint8_t header[SEAL_FILE_HEADER]; /* the file header that goes with them */
};

enum seal_header {
	SEAL_HEADER_OK = 0,
	SEAL_HEADER_FOREIGN, /* not ours at all */
	SEAL_HEADER_NEWER, /* ours, of another format */
	SEAL_HEADER_KEY, /* ours, of another key */
};

/* The keys of the file with that id. */
void seal_derive(struct seal_keys *keys, const uint8_t master[static SEAL_MASTER],
	const uint8_t file_id[static SEAL_FILE_ID]);

/* The keys of the file that starts with `header`; `keys` is only of use on SEAL_HEADER_OK. */
enum seal_header seal_derive_for(struct seal_keys *keys, const uint8_t master[static SEAL_MASTER],
	const uint8_t header[static SEAL_FILE_HEADER]);

/* `clear` and `sealed` are SEAL_PAGE bytes and do not overlap; the reserved bytes are ignored. */
void seal_page(const struct seal_keys *keys, uint32_t page, const uint8_t *clear, uint8_t *sealed);

/*
 * Opens a page in place, restores SQLite's magic in page 1 and zeroes the reserved bytes
 * (SQLite's log checksums run over them, so they must always read the same). False if the
 * seal is broken; the bytes are then of no use.
 */
bool seal_open_page(const struct seal_keys *keys, uint32_t page, uint8_t *bytes);

/*
 * Seals the page of a log frame. `header` gives page number and size after commit, `salts`
 * are the log's: those in `header` may be zero for a while (SQLite fills them in at commit).
 */
void seal_frame_page(const struct seal_keys *keys, uint32_t frame,
	const uint8_t header[static SEAL_FRAME_HEADER], const uint8_t salts[static SEAL_SALTS],
	const uint8_t *clear, uint8_t *sealed);

/* The inverse; `sealed` and `clear` may be the same. Reserved bytes become zero. */
bool seal_open_frame_page(const struct seal_keys *keys, uint32_t frame,
	const uint8_t header[static SEAL_FRAME_HEADER], const uint8_t salts[static SEAL_SALTS],
	const uint8_t *sealed, uint8_t *clear);

/* Masks or unmasks (the same act) the checksum in bytes 16..23 of a frame header, in place. */
void seal_mask_checksum(
	const struct seal_keys *keys, uint32_t frame, uint8_t header[static SEAL_FRAME_HEADER]);

/* Big-endian integers, as everything in the file. */
static inline uint32_t seal_get32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static inline void seal_put32(uint8_t *p, uint32_t value)
{
	p[0] = (uint8_t)(value >> 24);
	p[1] = (uint8_t)(value >> 16);
	p[2] = (uint8_t)(value >> 8);
	p[3] = (uint8_t)value;
}

#endif
