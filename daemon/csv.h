/*
 * Cells of CSV (RFC 4180), for people who open the file in a spreadsheet. Pure; Hark writes CSV
 * and reads none.
 */
#ifndef HARK_DAEMON_CSV_H
#define HARK_DAEMON_CSV_H

#include <stddef.h>

/* Bytes that csv_cell() needs for a text of `size` bytes. */
size_t csv_cell_bound(size_t size);

/*
 * Writes a text as a cell: in quotes, which are doubled within. A text that a spreadsheet would
 * take for a formula gets a ' in front: what a student wrote must not run on a counselor's machine.
 * Bytes written, no terminator.
 */
size_t csv_cell(char *out, const char *bytes, size_t size);

#endif
