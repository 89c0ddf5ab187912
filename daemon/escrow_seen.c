/* What was sealed lately, so that a page that comes again is not sealed again. */
#include "daemon/clock.h"
#include "daemon/escrow_inside.h"

#include <sodium.h>
#include <string.h>

enum {
	SEEN_MAX = 200000,
};

void seen_detail(const struct escrow *escrow, int64_t kind, int64_t subject, const void *bytes,
	size_t size, uint8_t hash[SEEN_DETAIL_BYTES])
{
	crypto_generichash_state state;
	crypto_generichash_init(
		&state, escrow->seen_key, sizeof(escrow->seen_key), SEEN_DETAIL_BYTES);
	crypto_generichash_update(&state, (const uint8_t *)&kind, sizeof(kind));
	crypto_generichash_update(&state, (const uint8_t *)&subject, sizeof(subject));
	if (bytes != NULL) {
		crypto_generichash_update(&state, bytes, size);
	}
	crypto_generichash_final(&state, hash, SEEN_DETAIL_BYTES);
	sodium_memzero(&state, sizeof(state));
}

uint64_t seen_number(
	const struct escrow *escrow, const uint8_t detail[SEEN_DETAIL_BYTES], int64_t room)
{
	uint8_t input[SEEN_DETAIL_BYTES + sizeof(room)], hash[crypto_shorthash_BYTES];
	uint64_t number;
	memcpy(input, detail, SEEN_DETAIL_BYTES);
	memcpy(input + SEEN_DETAIL_BYTES, &room, sizeof(room));
	crypto_shorthash(hash, input, sizeof(input), escrow->seen_key);
	memcpy(&number, hash, sizeof(number));
	return number;
}

void seen_forget(struct escrow *escrow)
{
	idmap_finish(&escrow->seen);
	escrow->seen = (struct idmap){0};
	randombytes_buf(escrow->seen_key, sizeof(escrow->seen_key));
	escrow->seen_mono = clock_mono_ms();
}

bool seen_before(struct escrow *escrow, uint64_t number)
{
	static char yes;
	if (idmap_find(&escrow->seen, number) != NULL) {
		return true;
	}
	if (escrow->seen.count >= SEEN_MAX) {
		seen_forget(escrow);
	}
	idmap_put(&escrow->seen, number, &yes);
	return false;
}
