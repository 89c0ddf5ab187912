/*
 * The audit's chain, as arithmetic: what an entry hashes to, what a checkpoint signs, and whether
 * a row of entries is what was once written. Pure; the same code makes the chain and verifies it.
 *
 * hash(i) = BLAKE2b-256(hash(i - 1) | entry, at_ms, what, account, room, size of detail | detail),
 * numbers as 8 bytes, little-endian; hash(0) = BLAKE2b-256("hark audit 1").
 *
 * Entry 1 (set_up) names the public half of the first key: "key HEX". A checkpoint names that of
 * the next one in the same way, and is signed with the key before it (Ed25519, RFC 8032) over
 * "hark checkpoint 1" | hash of the checkpoint | entry | next public key. Then the old secret is
 * wiped. So who breaks in finds only the newest secret, and can rewrite nothing that a checkpoint
 * covers; and who puts an older, shorter chain in place does not have the secret that belongs to
 * its end. What was written since the newest checkpoint is found missing or changed against a head
 * that is kept elsewhere.
 */
#ifndef HARK_DAEMON_AUDIT_CHAIN_H
#define HARK_DAEMON_AUDIT_CHAIN_H

#include "storage/table_audit.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	AUDIT_KEY_DETAIL_BYTES = 4 + 64 + 1, /* "key HEX", with the terminator */
};

/* hash(0). */
void audit_chain_begin(uint8_t hash[AUDIT_ROW_HASH_BYTES]);

/* Sets row->hash, which follows `before`. */
void audit_chain_hash(struct audit_row *row, const uint8_t before[AUDIT_ROW_HASH_BYTES]);

/* A new pair. seed is what is kept of the secret. */
void audit_chain_make_key(
	uint8_t public_key[AUDIT_ROW_KEY_BYTES], uint8_t seed[AUDIT_ROW_KEY_BYTES]);

/* Whether the seed is that of the public key. */
bool audit_chain_key_fits(
	const uint8_t public_key[AUDIT_ROW_KEY_BYTES], const uint8_t seed[AUDIT_ROW_KEY_BYTES]);

/* The detail of set_up and of checkpoints, written and read. */
void audit_chain_key_detail(
	const uint8_t public_key[AUDIT_ROW_KEY_BYTES], char detail[AUDIT_KEY_DETAIL_BYTES]);
bool audit_chain_read_key(const char *detail, size_t size, uint8_t public_key[AUDIT_ROW_KEY_BYTES]);

/* Signs a hashed checkpoint with the key before `next`. */
void audit_chain_sign(struct audit_row *row, const uint8_t seed[AUDIT_ROW_KEY_BYTES],
	const uint8_t next[AUDIT_ROW_KEY_BYTES]);

/* ---- verifying ---- */

enum audit_fault {
	AUDIT_SOUND = 0,
	AUDIT_NO_SET_UP, /* the first entry is not that of the set-up */
	AUDIT_OTHER_KEY, /* it names another key than the one that was kept */
	AUDIT_GAP, /* an entry is missing, is there twice, or out of order */
	AUDIT_CHANGED, /* the entry is not what its hash says */
	AUDIT_BAD_CHECKPOINT, /* a checkpoint without signature or next key, or a signature where
				 none belongs */
	AUDIT_BAD_SIGNATURE, /* the checkpoint was not signed with the key that was due */
	AUDIT_CUT, /* the entry that was kept elsewhere is missing: the end was cut off */
	AUDIT_OTHER_HEAD, /* that entry is there, and another one than was kept */
	AUDIT_KEYS_DIFFER, /* the table of keys is not what the chain says */
	AUDIT_KEY_LOST, /* the newest key does not belong to the end of the chain: cut, or put back
			 */
	AUDIT_EMPTY, /* nothing there */
};

/* A sentence; static. */
const char *audit_fault_text(enum audit_fault fault);

struct audit_check {
	/* To be set by the caller: */
	bool has_first_key; /* known from the set-up */
	uint8_t first_key[AUDIT_ROW_KEY_BYTES]; /* else: what the chain itself says */
	int64_t kept_entry; /* a head that was kept elsewhere; 0: none */
	uint8_t kept_hash[AUDIT_ROW_HASH_BYTES];
	/* The answer so far: */
	enum audit_fault fault; /* the first; nothing is looked at behind it */
	int64_t fault_entry; /* where; 0: nowhere in particular */
	int64_t entry; /* newest that was looked at */
	uint8_t hash[AUDIT_ROW_HASH_BYTES]; /* its */
	int64_t signed_entry; /* newest checkpoint; 0: none */
	int64_t checkpoints;
	uint8_t key[AUDIT_ROW_KEY_BYTES]; /* public key due to sign the next checkpoint */
	bool kept_seen;
	/* For the table of keys: */
	int64_t epochs_seen;
	struct audit_chain_epoch *epochs; /* as the chain says */
	size_t epochs_count, epochs_capacity;
};

/* Every entry, ascending. False: something is wrong, the rest is not worth reading. */
bool audit_check_entry(struct audit_check *check, const struct audit_row *row);
/* After the entries: every key of the table, ascending. Left out where it cannot be read. */
bool audit_check_key(struct audit_check *check, const struct audit_key_row *key);
/* At the end. keys: audit_check_key() was called for the whole table. */
enum audit_fault audit_check_end(struct audit_check *check, bool keys);
void audit_check_finish(struct audit_check *check);

#endif
