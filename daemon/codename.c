/* Codenames: drawing, reading what was typed, the slow hash, the fast one, and finding one. */
#include "daemon/codename.h"

#include <assert.h>
#include <string.h>

#include <sodium.h>

#include "daemon/words.h"

_Static_assert((int)CODENAME_LIST == (int)WORDS_COUNT, "one list");
_Static_assert(CODENAME_WORDS *WORDS_BYTES <= CODENAME_TEXT_MAX, "text holds the longest words");

enum {
	ARGON2_PASSES = 2,
	ARGON2_BYTES = 64 << 20,
};

/* Sets the fast hash apart from all else that is keyed with the pepper. */
static const uint8_t window_personal[crypto_generichash_blake2b_PERSONALBYTES] = "hark window";

/* A walk through the words of a text: runs of letters, whatever stands between. */
struct walk {
	const char *at, *end;
};

/* The next run of letters as an index into the list, -1 when it is not in it. False: no more. */
static bool next_word(struct walk *walk, int *index)
{
	char letters[WORDS_BYTES];
	size_t size = 0; /* also counts letters that are not kept */

	for (; walk->at < walk->end; walk->at++) {
		char c = *walk->at;
		if (c >= 'A' && c <= 'Z') {
			c = (char)(c - 'A' + 'a');
		}
		if (c >= 'a' && c <= 'z') {
			if (size < sizeof(letters)) {
				letters[size] = c;
			}
			size++;
		} else if (size > 0) {
			break;
		}
	}
	if (size == 0) {
		return false;
	}
	*index = words_find(letters, size);
	return true;
}

static void write_words(const int words[CODENAME_WORDS], char text[CODENAME_TEXT_MAX])
{
	size_t used = 0;
	for (int i = 0; i < CODENAME_WORDS; i++) {
		size_t size = strlen(words_list[words[i]]);
		memcpy(text + used, words_list[words[i]], size);
		used += size;
		text[used++] = i + 1 < CODENAME_WORDS ? ' ' : '\0';
	}
	memset(text + used, 0, CODENAME_TEXT_MAX - used);
}

void codename_draw(
	char text[CODENAME_TEXT_MAX], uint32_t (*uniform)(void *data, uint32_t below), void *data)
{
	int words[CODENAME_WORDS];
	for (int i = 0; i < CODENAME_WORDS; i++) {
		words[i] = (int)uniform(data, WORDS_COUNT);
		assert(words[i] >= 0 && words[i] < WORDS_COUNT);
	}
	write_words(words, text);
	sodium_memzero(words, sizeof(words));
}

bool codename_normalise(const char *typed, size_t size, char text[CODENAME_TEXT_MAX])
{
	struct walk walk = {.at = typed, .end = typed + size};
	int words[CODENAME_WORDS];
	int count = 0, index;
	bool good = true;

	while (good && next_word(&walk, &index)) {
		if (count < CODENAME_WORDS && index >= 0) {
			words[count] = index;
		} else {
			good = false;
		}
		count++;
	}
	good = good && count == CODENAME_WORDS;
	if (good) {
		write_words(words, text);
	}
	sodium_memzero(words, sizeof(words));
	return good;
}

bool codename_hash(const char text[CODENAME_TEXT_MAX], const uint8_t pepper[32],
	uint8_t hash[CODENAME_SLOW_BYTES])
{
	static const uint8_t purpose[] = "codename";
	uint8_t salt[crypto_generichash_blake2b_BYTES_MAX]; /* pwhash reads the first 16 */
	_Static_assert(sizeof(salt) >= crypto_pwhash_SALTBYTES, "enough for a salt");

	crypto_generichash(salt, sizeof(salt), purpose, sizeof(purpose) - 1, pepper, 32);
	bool good = crypto_pwhash(hash, CODENAME_SLOW_BYTES, text, strlen(text), salt,
			    ARGON2_PASSES, ARGON2_BYTES, crypto_pwhash_ALG_ARGON2ID13) == 0;
	sodium_memzero(salt, sizeof(salt));
	return good;
}

void codename_window_hash(const char text[CODENAME_TEXT_MAX], const uint8_t pepper[32],
	uint8_t hash[CODENAME_WINDOW_BYTES])
{
	crypto_generichash_blake2b_salt_personal(hash, CODENAME_WINDOW_BYTES, (const uint8_t *)text,
		strlen(text), pepper, 32, NULL, window_personal);
}

bool codename_inside(const char *body, size_t size, const uint8_t pepper[32],
	const uint8_t wanted[CODENAME_WINDOW_BYTES])
{
	struct walk walk = {.at = body, .end = body + size};
	int words[CODENAME_WORDS];
	int count = 0, index; /* list words in a row, at most CODENAME_WORDS */
	char text[CODENAME_TEXT_MAX];
	uint8_t hash[CODENAME_WINDOW_BYTES];
	bool found = false;

	while (!found && next_word(&walk, &index)) {
		if (index < 0) {
			count = 0;
			continue;
		}
		if (count == CODENAME_WORDS) {
			memmove(words, words + 1, (CODENAME_WORDS - 1) * sizeof(words[0]));
			count--;
		}
		words[count++] = index;
		if (count == CODENAME_WORDS) {
			write_words(words, text);
			codename_window_hash(text, pepper, hash);
			found = sodium_memcmp(hash, wanted, sizeof(hash)) == 0;
		}
	}
	sodium_memzero(words, sizeof(words));
	sodium_memzero(text, sizeof(text));
	sodium_memzero(hash, sizeof(hash));
	return found;
}
