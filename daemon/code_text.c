/* Printed codes; see code_text.h. */
#include "daemon/code_text.h"

#include <string.h>

static const char alphabet[] = "23456789BCDEFGHJKMNPQRSTVWXYZ";
enum {
	LETTERS = sizeof(alphabet) - 1,
	DASH_AT = CODE_CHARACTERS / 2,
};
_Static_assert(LETTERS == 29, "a prime");

/* Weights 2 to 10: none is 0 modulo 29, no two are the same. */
static unsigned check_of(const unsigned values[CODE_CHARACTERS - 1])
{
	unsigned sum = 0;
	for (unsigned i = 0; i < CODE_CHARACTERS - 1; i++) {
		sum += (CODE_CHARACTERS - i) * values[i];
	}
	return (LETTERS - sum % LETTERS) % LETTERS;
}

static void write_text(const unsigned values[CODE_CHARACTERS], char out[CODE_TEXT_BYTES])
{
	char *end = out;
	for (unsigned i = 0; i < CODE_CHARACTERS; i++) {
		if (i == DASH_AT) {
			*end++ = '-';
		}
		*end++ = alphabet[values[i]];
	}
	*end = '\0';
}

void code_text_draw(
	char out[CODE_TEXT_BYTES], uint32_t (*random)(void *data, uint32_t below), void *data)
{
	unsigned values[CODE_CHARACTERS];
	for (unsigned i = 0; i < CODE_CHARACTERS - 1; i++) {
		values[i] = random(data, LETTERS);
	}
	values[CODE_CHARACTERS - 1] = check_of(values);
	write_text(values, out);
}

bool code_text_read(const char *typed, size_t size, char out[CODE_TEXT_BYTES])
{
	unsigned values[CODE_CHARACTERS], count = 0;
	for (size_t i = 0; i < size; i++) {
		char letter = typed[i];
		if (letter == ' ' || letter == '-') {
			continue;
		}
		if (letter >= 'a' && letter <= 'z') {
			letter = (char)(letter - 'a' + 'A');
		}
		const char *at = letter != '\0' ? strchr(alphabet, letter) : NULL;
		if (at == NULL || count == CODE_CHARACTERS) {
			return false;
		}
		values[count++] = (unsigned)(at - alphabet);
	}
	if (count != CODE_CHARACTERS || values[CODE_CHARACTERS - 1] != check_of(values)) {
		return false;
	}
	write_text(values, out);
	return true;
}
