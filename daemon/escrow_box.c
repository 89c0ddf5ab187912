/* Boxes, shares, marks; see escrow_box.h. */
#include "daemon/escrow_box.h"

#include "daemon/shamir.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

enum {
	NONCE_BYTES = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
	SMALL_MAX = 2048, /* up to here a power of two */
	SMALL_MIN = 128,
	LARGE_STEP = 65536,
};

_Static_assert(ESCROW_SHARE_BYTES == crypto_box_SEALBYTES + ESCROW_PART_BYTES, "sealed box");
_Static_assert(ESCROW_BOX_EXTRA == NONCE_BYTES + crypto_aead_xchacha20poly1305_ietf_ABYTES, "AEAD");
_Static_assert((int)ESCROW_RECIPIENTS_MAX <= (int)SHAMIR_PARTS_MAX, "a number for everybody");

static void derive(
	const uint8_t master[ESCROW_MASTER_BYTES], uint64_t number, uint8_t key[ESCROW_BIND_BYTES])
{
	crypto_kdf_derive_from_key(key, ESCROW_BIND_BYTES, number, "harkseal", master);
}

void escrow_sealing_begin(struct escrow_sealing *sealing)
{
	randombytes_buf(sealing->master, sizeof(sealing->master));
	derive(sealing->master, 2, sealing->bind);
}

/* With at least one byte of padding (ISO/IEC 7816-4). */
static size_t padded_bytes(size_t size)
{
	size_t padded = SMALL_MIN;
	while (padded <= size && padded < SMALL_MAX) {
		padded *= 2;
	}
	return padded > size ? padded : (size / LARGE_STEP + 1) * LARGE_STEP;
}

size_t escrow_box_bytes(size_t size)
{
	return padded_bytes(size) + ESCROW_BOX_EXTRA;
}

void escrow_box_seal(
	const uint8_t master[ESCROW_MASTER_BYTES], const void *bytes, size_t size, uint8_t *box)
{
	uint8_t key[crypto_aead_xchacha20poly1305_ietf_KEYBYTES];
	uint8_t *text = box + NONCE_BYTES;
	size_t padded = padded_bytes(size);
	derive(master, 1, key);
	randombytes_buf(box, NONCE_BYTES);
	if (size > 0) {
		memcpy(text, bytes, size);
	}
	memset(text + size, 0, padded - size);
	text[size] = 0x80;
	crypto_aead_xchacha20poly1305_ietf_encrypt(
		text, NULL, text, padded, NULL, 0, NULL, box, key); /* in place */
	sodium_memzero(key, sizeof(key));
}

void escrow_share_seal(const struct escrow_part *part, const uint8_t public_key[ESCROW_KEY_BYTES],
	uint8_t share[ESCROW_SHARE_BYTES])
{
	uint8_t bytes[ESCROW_PART_BYTES];
	bytes[0] = part->x;
	memcpy(bytes + 1, part->bytes, sizeof(part->bytes));
	int failed = crypto_box_seal(share, bytes, sizeof(bytes), public_key);
	sodium_memzero(bytes, sizeof(bytes));
	if (failed != 0) {
		/* A public key of small order, which no pair of ours has: nobody opens zeros. */
		memset(share, 0, ESCROW_SHARE_BYTES);
	}
}

void escrow_box_share(const uint8_t master[ESCROW_MASTER_BYTES], int approvals,
	const uint8_t (*public_keys)[ESCROW_KEY_BYTES], size_t count,
	uint8_t (*shares)[ESCROW_SHARE_BYTES], uint8_t *numbers)
{
	assert(count <= ESCROW_RECIPIENTS_MAX);
	uint8_t slope[ESCROW_MASTER_BYTES];
	struct escrow_part part;
	randombytes_buf(slope, sizeof(slope));
	for (size_t i = 0; i < count; i++) {
		part.x = approvals > 1 ? (uint8_t)(i + 1) : 0;
		shamir_part(master, slope, sizeof(slope), part.x, part.bytes);
		escrow_share_seal(&part, public_keys[i], shares[i]);
		numbers[i] = part.x;
	}
	sodium_memzero(slope, sizeof(slope));
	sodium_memzero(&part, sizeof(part));
}

static void put_number(crypto_generichash_state *state, int64_t number)
{
	uint8_t bytes[8];
	for (int i = 0; i < 8; i++) {
		bytes[i] = (uint8_t)((uint64_t)number >> (8 * i));
	}
	crypto_generichash_update(state, bytes, sizeof(bytes));
}

void escrow_box_bind(const uint8_t bind[ESCROW_BIND_BYTES], const struct escrow_place *place,
	const uint8_t *box, size_t size, uint8_t mark[ESCROW_MARK_BYTES])
{
	crypto_generichash_state state;
	crypto_generichash_init(&state, bind, ESCROW_BIND_BYTES, ESCROW_MARK_BYTES);
	put_number(&state, place->id);
	put_number(&state, place->room);
	put_number(&state, place->kind);
	put_number(&state, place->subject);
	put_number(&state, place->at_ms);
	put_number(&state, place->approvals);
	crypto_generichash_update(&state, box, size);
	crypto_generichash_final(&state, mark, ESCROW_MARK_BYTES);
	sodium_memzero(&state, sizeof(state));
}

bool escrow_share_open(const uint8_t share[ESCROW_SHARE_BYTES], const struct escrow_pair *pair,
	struct escrow_part *part)
{
	uint8_t bytes[ESCROW_PART_BYTES];
	if (crypto_box_seal_open(
		    bytes, share, ESCROW_SHARE_BYTES, pair->public_key, pair->secret) != 0) {
		return false;
	}
	part->x = bytes[0];
	memcpy(part->bytes, bytes + 1, sizeof(part->bytes));
	sodium_memzero(bytes, sizeof(bytes));
	return true;
}

bool escrow_parts_join(const struct escrow_part *first, const struct escrow_part *second,
	uint8_t master[ESCROW_MASTER_BYTES])
{
	if (first->x == 0) {
		memcpy(master, first->bytes, ESCROW_MASTER_BYTES);
		return true;
	}
	return second != NULL && shamir_join(first->x, first->bytes, second->x, second->bytes,
					 ESCROW_MASTER_BYTES, master);
}

static bool is_in_place(const uint8_t master[ESCROW_MASTER_BYTES], const struct escrow_place *place,
	const uint8_t mark[ESCROW_MARK_BYTES], const uint8_t *box, size_t size)
{
	uint8_t bind[ESCROW_BIND_BYTES], expected[ESCROW_MARK_BYTES];
	derive(master, 2, bind);
	escrow_box_bind(bind, place, box, size, expected);
	bool same = sodium_memcmp(expected, mark, sizeof(expected)) == 0;
	sodium_memzero(bind, sizeof(bind));
	return same;
}

bool escrow_box_open(const uint8_t master[ESCROW_MASTER_BYTES], const struct escrow_place *place,
	const uint8_t mark[ESCROW_MARK_BYTES], const uint8_t *box, size_t size, uint8_t *out,
	size_t *out_size)
{
	if (size <= ESCROW_BOX_EXTRA || !is_in_place(master, place, mark, box, size)) {
		return false;
	}
	uint8_t key[crypto_aead_xchacha20poly1305_ietf_KEYBYTES];
	derive(master, 1, key);
	bool opened = crypto_aead_xchacha20poly1305_ietf_decrypt(out, NULL, NULL, box + NONCE_BYTES,
			      size - NONCE_BYTES, NULL, 0, box, key) == 0;
	sodium_memzero(key, sizeof(key));
	size_t end = opened ? size - ESCROW_BOX_EXTRA : 0;
	while (end > 0 && out[end - 1] == 0) {
		end--;
	}
	if (end == 0 || out[end - 1] != 0x80) {
		sodium_memzero(out, size - ESCROW_BOX_EXTRA);
		return false;
	}
	*out_size = end - 1;
	return true;
}
