/* A table for people: columns as wide as their widest cell, counted in code points. */
#ifndef HARK_DAEMON_CLI_TABLE_H
#define HARK_DAEMON_CLI_TABLE_H

#include "protocol/message.h"

#include <stdio.h>

enum {
	TABLE_COLUMNS_MAX = 8
};

struct table;

/* The cells of the first row are its names. Texts are copied. */
struct table *table_create(size_t columns);
void table_add(struct table *table, const struct text *cells);
void table_print(const struct table *table, FILE *out);
void table_destroy(struct table *table); /* NULL is fine */

#endif
