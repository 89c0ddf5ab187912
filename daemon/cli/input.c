/* Reads standard input, and numbers. */
#include "daemon/cli/input.h"

#include "protocol/message.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

bool input_read(FILE *in, char *text, size_t max)
{
	size_t size = fread(text, 1, max, in);
	int more = size == max ? getc(in) : EOF;
	if (size > 0 && more == EOF && text[size - 1] == '\n') {
		size--;
	} else if (more == '\n') {
		more = getc(in);
	}
	if (more != EOF || ferror(in) || memchr(text, '\0', size) != NULL) {
		return false;
	}
	text[size] = '\0';
	return true;
}

bool input_number(const char *text, int64_t *number)
{
	char *end;
	errno = 0;
	*number = strtoll(text, &end, 10);
	return errno == 0 && *end == '\0' && *number >= 1 && *number <= WIRE_INT_MAX;
}

bool input_numbers(int count, char **texts, int64_t *numbers, const char **wrong)
{
	for (int i = 0; i < count; i++) {
		if (!input_number(texts[i], &numbers[i])) {
			*wrong = texts[i];
			return false;
		}
	}
	return true;
}
