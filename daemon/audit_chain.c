/* Hashes, signatures, and finding what is wrong with them; see audit_chain.h. */
#include "daemon/audit_chain.h"

#include "daemon/xalloc.h"
#include "protocol/message.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

/* The numbers stand in files: rows of messages.def's audit_what are only ever added at the end. */
_Static_assert(WIRE_AUDIT_SET_UP == 0 && WIRE_AUDIT_CHECKPOINT == 1 && WIRE_AUDIT_ESCALATION == 27,
	"what is in the audits of schools cannot be numbered anew");

static const char first_words[] = "hark audit 1";
static const char signed_words[] = "hark checkpoint 1";
static const char key_words[] = "key ";

enum {
	KEY_WORDS_SIZE = sizeof(key_words) - 1,
	SIGNED_WORDS_SIZE = sizeof(signed_words) - 1,
	SIGNED_SIZE = SIGNED_WORDS_SIZE + AUDIT_ROW_HASH_BYTES + 8 + AUDIT_ROW_KEY_BYTES,
};
_Static_assert((int)AUDIT_ROW_KEY_BYTES == (int)crypto_sign_PUBLICKEYBYTES &&
		       (int)AUDIT_ROW_KEY_BYTES == (int)crypto_sign_SEEDBYTES &&
		       (int)AUDIT_ROW_SIGNATURE_BYTES == (int)crypto_sign_BYTES,
	"Ed25519");

static void put_number(uint8_t to[8], int64_t number)
{
	for (int i = 0; i < 8; i++) {
		to[i] = (uint8_t)((uint64_t)number >> 8 * i);
	}
}

void audit_chain_begin(uint8_t hash[AUDIT_ROW_HASH_BYTES])
{
	crypto_generichash(hash, AUDIT_ROW_HASH_BYTES, (const uint8_t *)first_words,
		sizeof(first_words) - 1, NULL, 0);
}

static void hash_of(const struct audit_row *row, const uint8_t before[AUDIT_ROW_HASH_BYTES],
	uint8_t hash[AUDIT_ROW_HASH_BYTES])
{
	const int64_t numbers[] = {row->entry, row->at_ms, row->what, row->account, row->room,
		(int64_t)row->detail_size};
	crypto_generichash_state state;
	crypto_generichash_init(&state, NULL, 0, AUDIT_ROW_HASH_BYTES);
	crypto_generichash_update(&state, before, AUDIT_ROW_HASH_BYTES);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		uint8_t bytes[8];
		put_number(bytes, numbers[i]);
		crypto_generichash_update(&state, bytes, sizeof(bytes));
	}
	crypto_generichash_update(&state, (const uint8_t *)row->detail, row->detail_size);
	crypto_generichash_final(&state, hash, AUDIT_ROW_HASH_BYTES);
}

void audit_chain_hash(struct audit_row *row, const uint8_t before[AUDIT_ROW_HASH_BYTES])
{
	hash_of(row, before, row->hash);
}

/* ---- keys ---- */

void audit_chain_make_key(
	uint8_t public_key[AUDIT_ROW_KEY_BYTES], uint8_t seed[AUDIT_ROW_KEY_BYTES])
{
	uint8_t secret[crypto_sign_SECRETKEYBYTES];
	randombytes_buf(seed, AUDIT_ROW_KEY_BYTES);
	crypto_sign_seed_keypair(public_key, secret, seed);
	sodium_memzero(secret, sizeof(secret));
}

bool audit_chain_key_fits(
	const uint8_t public_key[AUDIT_ROW_KEY_BYTES], const uint8_t seed[AUDIT_ROW_KEY_BYTES])
{
	uint8_t made[AUDIT_ROW_KEY_BYTES], secret[crypto_sign_SECRETKEYBYTES];
	crypto_sign_seed_keypair(made, secret, seed);
	sodium_memzero(secret, sizeof(secret));
	return memcmp(made, public_key, sizeof(made)) == 0;
}

void audit_chain_key_detail(
	const uint8_t public_key[AUDIT_ROW_KEY_BYTES], char detail[AUDIT_KEY_DETAIL_BYTES])
{
	memcpy(detail, key_words, KEY_WORDS_SIZE);
	sodium_bin2hex(detail + KEY_WORDS_SIZE, AUDIT_KEY_DETAIL_BYTES - KEY_WORDS_SIZE, public_key,
		AUDIT_ROW_KEY_BYTES);
}

bool audit_chain_read_key(const char *detail, size_t size, uint8_t public_key[AUDIT_ROW_KEY_BYTES])
{
	size_t length;
	return size == AUDIT_KEY_DETAIL_BYTES - 1 &&
	       memcmp(detail, key_words, KEY_WORDS_SIZE) == 0 &&
	       sodium_hex2bin(public_key, AUDIT_ROW_KEY_BYTES, detail + KEY_WORDS_SIZE,
		       size - KEY_WORDS_SIZE, NULL, &length, NULL) == 0 &&
	       length == AUDIT_ROW_KEY_BYTES;
}

static void words_to_sign(const struct audit_row *row, const uint8_t next[AUDIT_ROW_KEY_BYTES],
	uint8_t words[SIGNED_SIZE])
{
	memcpy(words, signed_words, SIGNED_WORDS_SIZE);
	words += SIGNED_WORDS_SIZE;
	memcpy(words, row->hash, AUDIT_ROW_HASH_BYTES);
	words += AUDIT_ROW_HASH_BYTES;
	put_number(words, row->entry);
	memcpy(words + 8, next, AUDIT_ROW_KEY_BYTES);
}

void audit_chain_sign(struct audit_row *row, const uint8_t seed[AUDIT_ROW_KEY_BYTES],
	const uint8_t next[AUDIT_ROW_KEY_BYTES])
{
	uint8_t words[SIGNED_SIZE];
	uint8_t public_key[AUDIT_ROW_KEY_BYTES], secret[crypto_sign_SECRETKEYBYTES];
	words_to_sign(row, next, words);
	crypto_sign_seed_keypair(public_key, secret, seed);
	crypto_sign_detached(row->signature, NULL, words, sizeof(words), secret);
	sodium_memzero(secret, sizeof(secret));
	row->has_signature = true;
}

/* ---- verifying ---- */

/* A key, as the chain says. */
struct audit_chain_epoch {
	uint8_t key[AUDIT_ROW_KEY_BYTES];
	int64_t first_entry;
};

const char *audit_fault_text(enum audit_fault fault)
{
	switch (fault) {
	case AUDIT_SOUND:
		return "nothing is wrong";
	case AUDIT_NO_SET_UP:
		return "the audit does not begin with the set-up: its beginning was removed or "
		       "changed";
	case AUDIT_OTHER_KEY:
		return "the audit begins with another key than the one printed at the set-up: it "
		       "was "
		       "written anew";
	case AUDIT_GAP:
		return "an entry is missing here, was put in, or stands in another order";
	case AUDIT_CHANGED:
		return "this entry was changed, or the one before it was, or it stands where it "
		       "does "
		       "not belong";
	case AUDIT_BAD_CHECKPOINT:
		return "this checkpoint has lost its signature or its key, or an entry that is no "
		       "checkpoint bears a signature";
	case AUDIT_BAD_SIGNATURE:
		return "this checkpoint was not signed with the key that was due: it, or what lies "
		       "between it and the one before, was written anew";
	case AUDIT_CUT:
		return "the entry that was kept elsewhere is not there: the end was cut off";
	case AUDIT_OTHER_HEAD:
		return "this entry is not the one that was kept elsewhere: what lies before it was "
		       "written anew";
	case AUDIT_KEYS_DIFFER:
		return "the kept keys are not those that the checkpoints name";
	case AUDIT_KEY_LOST:
		return "the newest key does not belong to the end of the audit: the end was cut "
		       "off, or "
		       "an older one was put in its place";
	case AUDIT_EMPTY:
		return "there is no audit in this file";
	}
	return "";
}

static bool find(struct audit_check *check, enum audit_fault fault, int64_t entry)
{
	check->fault = fault;
	check->fault_entry = entry;
	return false;
}

static void note_epoch(struct audit_check *check, int64_t first_entry)
{
	if (check->epochs_count == check->epochs_capacity) {
		check->epochs_capacity = check->epochs_capacity * 2 + 16;
		check->epochs =
			xrealloc(check->epochs, check->epochs_capacity * sizeof(*check->epochs));
	}
	struct audit_chain_epoch *epoch = &check->epochs[check->epochs_count++];
	memcpy(epoch->key, check->key, sizeof(epoch->key));
	epoch->first_entry = first_entry;
}

static bool check_set_up(struct audit_check *check, const struct audit_row *row)
{
	if (row->entry != 1 || row->what != WIRE_AUDIT_SET_UP ||
		!audit_chain_read_key(row->detail, row->detail_size, check->key)) {
		return find(check, AUDIT_NO_SET_UP, row->entry);
	}
	if (check->has_first_key && memcmp(check->first_key, check->key, sizeof(check->key)) != 0) {
		return find(check, AUDIT_OTHER_KEY, row->entry);
	}
	memcpy(check->first_key, check->key, sizeof(check->first_key));
	note_epoch(check, 1);
	return true;
}

static bool check_signature(struct audit_check *check, const struct audit_row *row)
{
	uint8_t next[AUDIT_ROW_KEY_BYTES], words[SIGNED_SIZE];
	bool checkpoint = row->what == WIRE_AUDIT_CHECKPOINT;
	if (checkpoint != row->has_signature) {
		return find(check, AUDIT_BAD_CHECKPOINT, row->entry);
	}
	if (!checkpoint) {
		return true;
	}
	if (!audit_chain_read_key(row->detail, row->detail_size, next)) {
		return find(check, AUDIT_BAD_CHECKPOINT, row->entry);
	}
	words_to_sign(row, next, words);
	if (crypto_sign_verify_detached(row->signature, words, sizeof(words), check->key) != 0) {
		return find(check, AUDIT_BAD_SIGNATURE, row->entry);
	}
	memcpy(check->key, next, sizeof(check->key));
	check->signed_entry = row->entry;
	check->checkpoints++;
	note_epoch(check, row->entry + 1);
	return true;
}

bool audit_check_entry(struct audit_check *check, const struct audit_row *row)
{
	uint8_t hash[AUDIT_ROW_HASH_BYTES];
	if (check->entry == 0) {
		audit_chain_begin(check->hash);
	}
	if (check->entry > 0 && row->entry != check->entry + 1) {
		return find(check, AUDIT_GAP, check->entry + 1);
	}
	hash_of(row, check->hash, hash);
	if (check->entry == 0 && !check_set_up(check, row)) {
		return false;
	}
	if (memcmp(hash, row->hash, sizeof(hash)) != 0) {
		return find(check, AUDIT_CHANGED, row->entry);
	}
	if (!check_signature(check, row)) {
		return false;
	}
	if (row->entry == check->kept_entry) {
		check->kept_seen = true;
		if (memcmp(hash, check->kept_hash, sizeof(hash)) != 0) {
			return find(check, AUDIT_OTHER_HEAD, row->entry);
		}
	}
	check->entry = row->entry;
	memcpy(check->hash, hash, sizeof(check->hash));
	return true;
}

bool audit_check_key(struct audit_check *check, const struct audit_key_row *key)
{
	if (check->fault != AUDIT_SOUND) {
		return false;
	}
	int64_t at = check->epochs_seen++;
	bool newest = at + 1 == (int64_t)check->epochs_count;
	if (at >= (int64_t)check->epochs_count) {
		/* A key more than checkpoints: the checkpoint that made it was cut off. */
		return find(check, AUDIT_KEY_LOST, check->entry);
	}
	const struct audit_chain_epoch *epoch = &check->epochs[at];
	if (key->epoch != at + 1 || key->first_entry != epoch->first_entry ||
		memcmp(key->public_key, epoch->key, sizeof(epoch->key)) != 0) {
		return find(check, AUDIT_KEYS_DIFFER, epoch->first_entry);
	}
	if (newest && (!key->has_secret || !audit_chain_key_fits(key->public_key, key->secret))) {
		return find(check, AUDIT_KEY_LOST, check->entry);
	}
	if (!newest && key->has_secret) {
		return find(check, AUDIT_KEYS_DIFFER, epoch->first_entry);
	}
	return true;
}

enum audit_fault audit_check_end(struct audit_check *check, bool keys)
{
	if (check->fault != AUDIT_SOUND) {
		return check->fault;
	}
	if (check->entry == 0) {
		find(check, AUDIT_EMPTY, 0);
	} else if (check->kept_entry > 0 && !check->kept_seen) {
		find(check, AUDIT_CUT, check->entry);
	} else if (keys && check->epochs_seen != (int64_t)check->epochs_count) {
		find(check, AUDIT_KEY_LOST, check->entry);
	}
	return check->fault;
}

void audit_check_finish(struct audit_check *check)
{
	free(check->epochs);
	check->epochs = NULL;
	check->epochs_count = check->epochs_capacity = 0;
}
