/* Challenges, made and taken; see work.h. */
#include "daemon/work.h"

#include "daemon/xalloc.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum {
	AT_ENDS = 0, /* 8 bytes, big-endian */
	AT_PURPOSE = 8,
	AT_BITS = 9,
	AT_SALT = 10,
	SAID_BYTES = 16, /* what stands before the mark */
	MARK_BYTES = 16,
	SLOTS = 8192, /* WORK_SPENT_MAX and then some: open addressing */
	PURPOSES = 3,
};

/* Marks that were taken; 0 is a free slot. */
struct spent {
	uint64_t slots[SLOTS];
	unsigned count;
};

/* Two lives' worth: a mark is remembered at least one life after it was taken. */
struct memory {
	struct spent spent[2];
	unsigned now; /* which of them; the other is from before */
	int64_t turned_ms;
};

struct work {
	uint8_t key[WORK_KEY_BYTES];
	struct memory memories[PURPOSES];
};

struct work *work_create(const uint8_t key[WORK_KEY_BYTES], int64_t now_ms)
{
	struct work *work = xcalloc(1, sizeof(*work));
	memcpy(work->key, key, sizeof(work->key));
	for (unsigned i = 0; i < PURPOSES; i++) {
		work->memories[i].turned_ms = now_ms;
	}
	return work;
}

void work_destroy(struct work *work)
{
	if (work == NULL) {
		return;
	}
	sodium_memzero(work->key, sizeof(work->key));
	free(work);
}

static void mark(const struct work *work, const uint8_t said[SAID_BYTES],
	const uint8_t token[WORK_TOKEN_BYTES], uint8_t out[MARK_BYTES])
{
	crypto_generichash_state state;
	crypto_generichash_init(&state, work->key, sizeof(work->key), MARK_BYTES);
	crypto_generichash_update(&state, said, SAID_BYTES);
	crypto_generichash_update(&state, token, WORK_TOKEN_BYTES);
	crypto_generichash_final(&state, out, MARK_BYTES);
	sodium_memzero(&state, sizeof(state));
}

void work_ask(const struct work *work, enum work_purpose purpose, unsigned bits,
	const uint8_t token[WORK_TOKEN_BYTES], const uint8_t salt[WORK_SALT_BYTES], int64_t now_ms,
	uint8_t challenge[WORK_CHALLENGE_BYTES])
{
	assert(bits >= 1 && bits <= 32 && now_ms >= 0);
	uint64_t ends = (uint64_t)now_ms + WORK_LIFE_MS;
	for (int i = 0; i < 8; i++) {
		challenge[AT_ENDS + i] = (uint8_t)(ends >> (56 - 8 * i));
	}
	challenge[AT_PURPOSE] = (uint8_t)purpose;
	challenge[AT_BITS] = (uint8_t)bits;
	memcpy(challenge + AT_SALT, salt, WORK_SALT_BYTES);
	mark(work, challenge, token, challenge + SAID_BYTES);
}

static unsigned zero_bits(const uint8_t *hash, size_t size)
{
	unsigned bits = 0;
	for (size_t i = 0; i < size; i++) {
		for (unsigned bit = 0x80; bit != 0; bit >>= 1) {
			if ((hash[i] & bit) != 0) {
				return bits;
			}
			bits++;
		}
	}
	return bits;
}

/* ---- what was taken ---- */

static void forget(struct spent *spent)
{
	memset(spent, 0, sizeof(*spent));
}

static void turn(struct memory *memory, int64_t now_ms)
{
	int64_t passed = now_ms - memory->turned_ms;
	if (passed < WORK_LIFE_MS) {
		return; /* nor when the clock stepped back: too long remembered is harmless */
	}
	if (passed >= 2 * WORK_LIFE_MS) {
		forget(&memory->spent[memory->now]);
	}
	memory->now = !memory->now;
	forget(&memory->spent[memory->now]);
	memory->turned_ms = now_ms;
}

/* The slot that holds the mark, or the free one where it would stand. */
static uint64_t *slot_of(struct spent *spent, uint64_t key)
{
	size_t at = (size_t)key % SLOTS; /* a keyed hash: nobody can make them collide */
	while (spent->slots[at] != 0 && spent->slots[at] != key) {
		at = (at + 1) % SLOTS;
	}
	return &spent->slots[at];
}

static enum work_status spend(struct memory *memory, const uint8_t taken[MARK_BYTES])
{
	struct spent *now = &memory->spent[memory->now], *before = &memory->spent[!memory->now];
	uint64_t key;
	memcpy(&key, taken, sizeof(key));
	key |= key == 0;
	if (*slot_of(now, key) == key || *slot_of(before, key) == key) {
		return WORK_SPENT;
	}
	if (now->count >= WORK_SPENT_MAX) {
		return WORK_CROWDED;
	}
	*slot_of(now, key) = key;
	now->count++;
	return WORK_OK;
}

bool work_opens(enum work_status status, enum work_purpose purpose)
{
	return status == WORK_OK || (status == WORK_CROWDED && purpose != WORK_CODENAME);
}

unsigned work_bits(const uint8_t solution[WORK_BYTES])
{
	return solution[AT_BITS];
}

enum work_status work_take(struct work *work, enum work_purpose purpose, unsigned least_bits,
	const uint8_t token[WORK_TOKEN_BYTES], const uint8_t solution[WORK_BYTES], int64_t now_ms)
{
	uint8_t expected[MARK_BYTES], hash[crypto_hash_sha256_BYTES];
	mark(work, solution, token, expected);
	if (sodium_memcmp(expected, solution + SAID_BYTES, MARK_BYTES) != 0 ||
		solution[AT_PURPOSE] != (uint8_t)purpose) {
		return WORK_FORGED;
	}
	uint64_t ends = 0;
	for (int i = 0; i < 8; i++) {
		ends = ends << 8 | solution[AT_ENDS + i];
	}
	/* One that ends later than any made now was made before the clock stepped back. */
	int64_t left_ms = (int64_t)ends - now_ms;
	if (left_ms <= 0 || left_ms > WORK_LIFE_MS) {
		return WORK_ENDED;
	}
	crypto_hash_sha256(hash, solution, WORK_BYTES);
	if (work_bits(solution) < least_bits ||
		zero_bits(hash, sizeof(hash)) < work_bits(solution)) {
		return WORK_EASY;
	}
	struct memory *memory = &work->memories[purpose - WORK_ROOM];
	turn(memory, now_ms);
	return spend(memory, expected);
}
