/*
 * A holder's key pair, and its secret wrapped by a password. The password is worth Argon2id; the
 * wrap is an authenticated box, so a wrong password is known by its failing. Pure but for
 * libsodium.
 */
#ifndef HARK_DAEMON_ESCROW_KEYS_H
#define HARK_DAEMON_ESCROW_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	ESCROW_KEY_BYTES = 32, /* X25519, public and secret (crypto_box) */
	ESCROW_SALT_BYTES = 16, /* crypto_pwhash */
	ESCROW_WRAPPED_BYTES = 24 + 16 + ESCROW_KEY_BYTES, /* nonce, tag, secret */
};

struct escrow_pair {
	uint8_t public_key[ESCROW_KEY_BYTES];
	uint8_t secret[ESCROW_KEY_BYTES]; /* to be wiped */
};

struct escrow_wrap {
	uint8_t salt[ESCROW_SALT_BYTES];
	uint8_t wrapped[ESCROW_WRAPPED_BYTES];
};

void escrow_pair_make(struct escrow_pair *pair);

/* The public half of a secret: how a recovery key is known again. */
void escrow_pair_public(
	const uint8_t secret[ESCROW_KEY_BYTES], uint8_t public_key[ESCROW_KEY_BYTES]);

/* Takes about 100 ms and 64 MiB: off the loop. A new salt each time. False: no memory. */
bool escrow_wrap_make(const uint8_t secret[ESCROW_KEY_BYTES], const char *password, size_t size,
	struct escrow_wrap *wrap);

/* As long. False: another password, or no memory; secret is then zero. */
bool escrow_wrap_open(const struct escrow_wrap *wrap, const char *password, size_t size,
	uint8_t secret[ESCROW_KEY_BYTES]);

#endif
