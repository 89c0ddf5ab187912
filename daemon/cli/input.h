/* A text from standard input: what should not stand on a command line. */
#ifndef HARK_DAEMON_CLI_INPUT_H
#define HARK_DAEMON_CLI_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* All of `in` without its last newline, up to `max` bytes, no NUL among them. False: not so. */
bool input_read(FILE *in, char *text, size_t max);

#endif
