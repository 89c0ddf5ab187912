/*
 * Sealing a detail to holders' public keys, and opening it. Pure but for libsodium.
 *
 * Each sealing draws a master of 32 random bytes and gives it away: to every holder in a sealed box
 * of its own; where two must agree, as Shamir parts, one each. Two keys come of the master. With
 * one the detail is encrypted (XChaCha20-Poly1305), padded to few sizes so that its length tells
 * little. The other binds the box to its row: number, room, kind, time. It opens nothing, so it may
 * wait in memory for the room that a visitor has not begun yet, when the detail itself has long
 * been sealed and wiped; and whoever writes to the file cannot give one visitor's details to
 * another, because opening checks the binding.
 */
#ifndef HARK_DAEMON_ESCROW_BOX_H
#define HARK_DAEMON_ESCROW_BOX_H

#include "daemon/escrow_keys.h"

enum {
	ESCROW_MASTER_BYTES = 32,
	ESCROW_PART_BYTES = 1 + ESCROW_MASTER_BYTES, /* number, then the part; 0: the whole */
	ESCROW_SHARE_BYTES = 48 + ESCROW_PART_BYTES, /* crypto_box_seal */
	ESCROW_MARK_BYTES = 32,
	ESCROW_BIND_BYTES = 32,
	ESCROW_BOX_EXTRA = 24 + 16, /* nonce and tag */
	ESCROW_RECIPIENTS_MAX = 128,
};

/* Where a box belongs: what its mark says. */
struct escrow_place {
	int64_t id, room, kind, subject, at_ms, approvals;
};

struct escrow_sealing {
	uint8_t master[ESCROW_MASTER_BYTES]; /* to be wiped once the shares are made */
	uint8_t bind[ESCROW_BIND_BYTES]; /* to be wiped once the box is bound */
};

/* A part of a master. */
struct escrow_part {
	uint8_t x; /* 0: it is the master itself */
	uint8_t bytes[ESCROW_MASTER_BYTES]; /* to be wiped */
};

void escrow_sealing_begin(struct escrow_sealing *sealing);

/* Bytes of the box of a detail of so many bytes. */
size_t escrow_box_bytes(size_t size);

/* Writes escrow_box_bytes(size) bytes; the same plaintext never gives the same box. */
void escrow_box_seal(
	const uint8_t master[ESCROW_MASTER_BYTES], const void *bytes, size_t size, uint8_t *box);

/*
 * The master for each of `count` public keys, one share each (about 0.1 ms each). approvals 1: each
 * opens alone; 2: any two do. numbers[i] tells the number of the part.
 */
void escrow_box_share(const uint8_t master[ESCROW_MASTER_BYTES], int approvals,
	const uint8_t (*public_keys)[ESCROW_KEY_BYTES], size_t count,
	uint8_t (*shares)[ESCROW_SHARE_BYTES], uint8_t *numbers);

void escrow_box_bind(const uint8_t bind[ESCROW_BIND_BYTES], const struct escrow_place *place,
	const uint8_t *box, size_t size, uint8_t mark[ESCROW_MARK_BYTES]);

/* Opens a share; false: it is another key's. */
bool escrow_share_open(const uint8_t share[ESCROW_SHARE_BYTES], const struct escrow_pair *pair,
	struct escrow_part *part);
/* Seals a part to somebody else: a grant, or an approval. */
void escrow_share_seal(const struct escrow_part *part, const uint8_t public_key[ESCROW_KEY_BYTES],
	uint8_t share[ESCROW_SHARE_BYTES]);

/* The master of one part that is the whole, or of two (second NULL: there is none). False: that is
 * not enough, or both are the same part. */
bool escrow_parts_join(const struct escrow_part *first, const struct escrow_part *second,
	uint8_t master[ESCROW_MASTER_BYTES]);

/*
 * Opens a box into out, of at least `size` bytes, and says how many the detail has. False: another
 * master, another place than it was bound to, or changed bytes; out is then zero.
 */
bool escrow_box_open(const uint8_t master[ESCROW_MASTER_BYTES], const struct escrow_place *place,
	const uint8_t mark[ESCROW_MARK_BYTES], const uint8_t *box, size_t size, uint8_t *out,
	size_t *out_size);

#endif
