/*
 * Fuzzes what is typed where a printed code is asked for. What is taken for one is what was typed,
 * without blanks and dashes and in capitals; it stays one, and is none with any other last
 * character.
 */
#include "daemon/code_text.h"
#include "tests/fuzz/drive.h"

#include <ctype.h>
#include <string.h>

static void check_written(const char *typed, size_t size, const char *text)
{
	size_t at = 0;
	for (size_t i = 0; i < size; i++) {
		if (typed[i] == ' ' || typed[i] == '-') {
			continue;
		}
		at += text[at] == '-';
		MUST(text[at++] == (char)toupper((unsigned char)typed[i]));
	}
	MUST(at == CODE_TEXT_BYTES - 1 && text[at] == '\0');
	MUST(text[CODE_CHARACTERS / 2] == '-');
}

static void check_last(const char *text)
{
	static const char alphabet[] = "23456789BCDEFGHJKMNPQRSTVWXYZ";
	char other[CODE_TEXT_BYTES], out[CODE_TEXT_BYTES];
	memcpy(other, text, sizeof(other));
	for (const char *last = alphabet; *last != '\0'; last++) {
		other[CODE_TEXT_BYTES - 2] = *last;
		bool same = *last == text[CODE_TEXT_BYTES - 2];
		MUST(code_text_read(other, CODE_TEXT_BYTES - 1, out) == same);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *typed = (const char *)data;
	char text[CODE_TEXT_BYTES] = "untouched", again[CODE_TEXT_BYTES];
	if (!code_text_read(typed, size, text)) {
		MUST(strcmp(text, "untouched") == 0);
		return 0;
	}
	check_written(typed, size, text);
	MUST(code_text_read(text, CODE_TEXT_BYTES - 1, again) && strcmp(text, again) == 0);
	check_last(text);
	return 0;
}
