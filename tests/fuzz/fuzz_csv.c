/*
 * Fuzzes the export's CSV: whatever people write, a reader of RFC 4180 gets back the same cells,
 * no more and no fewer, and no cell begins as a formula. The data are cells, cut at NUL.
 */
#include "daemon/csv.h"
#include "tests/fuzz/drive.h"

#include <stdbool.h>
#include <string.h>

/* Reads one cell in quotes into out, which is as large as its line. */
static const char *read_cell(const char *at, const char *end, char *out, size_t *size)
{
	*size = 0;
	MUST(at < end && *at == '"');
	for (at++;; at++) {
		MUST(at < end);
		if (*at == '"') {
			at++;
			if (at == end || *at != '"') {
				return at;
			}
		}
		out[(*size)++] = *at;
	}
}

static void check_cell(const char *read, size_t read_size, const char *bytes, size_t size)
{
	static const char formula[] = "=+-@\t\r\n";
	MUST(read_size == 0 || memchr(formula, read[0], sizeof(formula) - 1) == NULL);
	MUST(read_size < 3 || (memcmp(read, "\uff1d", 3) != 0 && memcmp(read, "\uff20", 3) != 0));
	if (read_size == size + 1) {
		MUST(read[0] == '\'');
		read++;
		read_size--;
	}
	MUST(read_size == size && memcmp(read, bytes, size) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *cells = (const char *)data, *stop = cells + size;
	/* A comma between, and a cell more than there are NULs. */
	size_t bound = csv_cell_bound(size) + size * 4 + 4;
	char *line = malloc(bound), *read = malloc(bound), *end = line;
	MUST(line != NULL && read != NULL);
	for (const char *at = cells; at <= stop; at += strnlen(at, (size_t)(stop - at)) + 1) {
		size_t length = strnlen(at, (size_t)(stop - at));
		size_t written = csv_cell(end, at, length);
		MUST(written <= csv_cell_bound(length));
		end += written;
		*end++ = ',';
	}
	const char *next = line;
	for (const char *at = cells; at <= stop; at += strnlen(at, (size_t)(stop - at)) + 1) {
		size_t read_size;
		next = read_cell(next, end, read, &read_size);
		MUST(next < end && *next++ == ',');
		check_cell(read, read_size, at, strnlen(at, (size_t)(stop - at)));
	}
	MUST(next == end);
	free(read);
	free(line);
	return 0;
}
