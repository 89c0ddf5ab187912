/* Keeps the rows until the widths are known. */
#include "daemon/cli/table.h"
#include "daemon/xalloc.h"

#include <assert.h>
#include <stdlib.h>

struct table {
	size_t columns, rows, capacity;
	char **cells; /* rows * columns */
	size_t widths[TABLE_COLUMNS_MAX]; /* code points */
};

static size_t width_of(const char *text)
{
	size_t width = 0;
	for (; *text != '\0'; text++) {
		width += ((unsigned char)*text & 0xc0) != 0x80;
	}
	return width;
}

struct table *table_create(size_t columns)
{
	assert(columns > 0 && columns <= TABLE_COLUMNS_MAX);
	struct table *table = xcalloc(1, sizeof(*table));
	table->columns = columns;
	return table;
}

void table_add(struct table *table, const struct text *cells)
{
	if (table->rows == table->capacity) {
		table->capacity = table->capacity == 0 ? 16 : 2 * table->capacity;
		table->cells = xrealloc(
			table->cells, table->capacity * table->columns * sizeof(*table->cells));
	}
	char **row = table->cells + table->rows++ * table->columns;
	for (size_t i = 0; i < table->columns; i++) {
		row[i] = xmemdup(cells[i].bytes, cells[i].size);
		size_t width = width_of(row[i]);
		if (width > table->widths[i]) {
			table->widths[i] = width;
		}
	}
}

void table_print(const struct table *table, FILE *out)
{
	for (size_t row = 0; row < table->rows; row++) {
		char *const *cells = table->cells + row * table->columns;
		for (size_t i = 0; i + 1 < table->columns; i++) {
			fputs(cells[i], out);
			fprintf(out, "%*s", (int)(table->widths[i] - width_of(cells[i]) + 2), "");
		}
		fprintf(out, "%s\n", cells[table->columns - 1]);
	}
}

void table_destroy(struct table *table)
{
	if (table == NULL) {
		return;
	}
	for (size_t i = 0; i < table->rows * table->columns; i++) {
		free(table->cells[i]);
	}
	free(table->cells);
	free(table);
}
