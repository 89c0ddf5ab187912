/* Cells of CSV. */
#include "daemon/csv.h"

#include <stdbool.h>
#include <string.h>

/*
 * A formula begins with one of the first four, perhaps once a spreadsheet has dropped a tab or a
 * line's end in front; some take their wide forms for the same (OWASP, "CSV Injection").
 */
static bool is_formula(const char *bytes, size_t size)
{
	static const char wide[][4] = {"\uff1d", "\uff0b", "\uff0d", "\uff20"};

	for (size_t i = 0; i < sizeof(wide) / sizeof(wide[0]); i++) {
		if (size >= 3 && memcmp(bytes, wide[i], 3) == 0) {
			return true;
		}
	}
	return size > 0 && memchr("=+-@\t\r\n", bytes[0], 7) != NULL;
}

size_t csv_cell_bound(size_t size)
{
	return 2 * size + 3;
}

size_t csv_cell(char *out, const char *bytes, size_t size)
{
	char *at = out;

	*at++ = '"';
	if (is_formula(bytes, size)) {
		*at++ = '\'';
	}
	for (size_t i = 0; i < size; i++) {
		if (bytes[i] == '"') {
			*at++ = '"';
		}
		*at++ = bytes[i];
	}
	*at++ = '"';
	return (size_t)(at - out);
}
