/*
 * Fuzzes what is typed where four words are asked for, and messages that may hold them. What is
 * taken for words is four words of the list, and stays so; and words that a message holds are
 * found in it, wherever they stand.
 */
#include "daemon/codename.h"
#include "tests/fuzz/drive.h"

#include <ctype.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t pepper[32] = "a pepper of no use";
	static const uint8_t nobody[CODENAME_WINDOW_BYTES] = {0};
	const char *typed = (const char *)data;
	char text[CODENAME_TEXT_MAX] = "untouched", again[CODENAME_TEXT_MAX];
	MUST(!codename_inside(typed, size, pepper, nobody));
	if (!codename_normalise(typed, size, text)) {
		MUST(strcmp(text, "untouched") == 0);
		return 0;
	}
	size_t length = strlen(text), spaces = 0;
	for (size_t i = 0; i < length; i++) {
		MUST(text[i] == ' ' || (text[i] >= 'a' && text[i] <= 'z'));
		spaces += text[i] == ' ';
	}
	MUST(spaces == CODENAME_WORDS - 1);
	MUST(codename_normalise(text, length, again) && strcmp(text, again) == 0);
	char loud[CODENAME_TEXT_MAX];
	for (size_t i = 0; i <= length; i++) {
		loud[i] = (char)toupper((unsigned char)text[i]);
	}
	MUST(codename_normalise(loud, length, again) && strcmp(text, again) == 0);
	uint8_t window[CODENAME_WINDOW_BYTES];
	codename_window_hash(text, pepper, window);
	MUST(codename_inside(typed, size, pepper, window));
	return 0;
}
