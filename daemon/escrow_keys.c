/* Key pairs and their wraps. */
#include "daemon/escrow_keys.h"

#include <sodium.h>

enum {
	ARGON_PASSES = 3, /* as signing in: about 100 ms with 64 MiB */
	ARGON_BYTES = 64 * 1024 * 1024,
};

_Static_assert(ESCROW_KEY_BYTES == crypto_box_PUBLICKEYBYTES &&
		       ESCROW_KEY_BYTES == crypto_box_SECRETKEYBYTES,
	"X25519");
_Static_assert(ESCROW_SALT_BYTES == crypto_pwhash_SALTBYTES, "Argon2id");
_Static_assert(ESCROW_WRAPPED_BYTES ==
		       crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES + ESCROW_KEY_BYTES,
	"secretbox");

void escrow_pair_make(struct escrow_pair *pair)
{
	crypto_box_keypair(pair->public_key, pair->secret);
}

void escrow_pair_public(
	const uint8_t secret[ESCROW_KEY_BYTES], uint8_t public_key[ESCROW_KEY_BYTES])
{
	crypto_scalarmult_base(public_key, secret);
}

static bool derive(const struct escrow_wrap *wrap, const char *password, size_t size,
	uint8_t key[crypto_secretbox_KEYBYTES])
{
	return crypto_pwhash(key, crypto_secretbox_KEYBYTES, password, size, wrap->salt,
		       ARGON_PASSES, ARGON_BYTES, crypto_pwhash_ALG_ARGON2ID13) == 0;
}

bool escrow_wrap_make(const uint8_t secret[ESCROW_KEY_BYTES], const char *password, size_t size,
	struct escrow_wrap *wrap)
{
	uint8_t key[crypto_secretbox_KEYBYTES];
	struct escrow_wrap made;
	randombytes_buf(&made, sizeof(made)); /* salt and nonce */
	if (!derive(&made, password, size, key)) {
		return false;
	}
	crypto_secretbox_easy(made.wrapped + crypto_secretbox_NONCEBYTES, secret, ESCROW_KEY_BYTES,
		made.wrapped, key);
	sodium_memzero(key, sizeof(key));
	*wrap = made;
	return true;
}

bool escrow_wrap_open(const struct escrow_wrap *wrap, const char *password, size_t size,
	uint8_t secret[ESCROW_KEY_BYTES])
{
	uint8_t key[crypto_secretbox_KEYBYTES];
	bool opened =
		derive(wrap, password, size, key) &&
		crypto_secretbox_open_easy(secret, wrap->wrapped + crypto_secretbox_NONCEBYTES,
			ESCROW_WRAPPED_BYTES - crypto_secretbox_NONCEBYTES, wrap->wrapped,
			key) == 0;
	sodium_memzero(key, sizeof(key));
	if (!opened) {
		sodium_memzero(secret, ESCROW_KEY_BYTES);
	}
	return opened;
}
