/* Reads standard input. */
#include "daemon/cli/input.h"

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
