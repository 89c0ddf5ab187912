/* What people give: a text from standard input, numbers on the command line. */
#ifndef HARK_DAEMON_CLI_INPUT_H
#define HARK_DAEMON_CLI_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* All of `in` without its last newline, up to `max` bytes, no NUL among them. False: not so. */
bool input_read(FILE *in, char *text, size_t max);

enum {
	INPUT_NUMBERS_MAX = 100, /* of one command */
};

/* A number as the lists print them, 1 to WIRE_INT_MAX. False: not so. */
bool input_number(const char *text, int64_t *number);

/*
 * Reads `count` of them, or none: false with the first that is none in *wrong. `count` is at most
 * INPUT_NUMBERS_MAX, which is also the room in `numbers`.
 */
bool input_numbers(int count, char **texts, int64_t *numbers, const char **wrong);

#endif
