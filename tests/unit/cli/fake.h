/*
 * Stands in for the daemon in tests of the hark command: takes the place of offline_request(),
 * keeps what was asked, and answers from a list. And the command run as from a shell.
 */
#ifndef HARK_TESTS_UNIT_CLI_FAKE_H
#define HARK_TESTS_UNIT_CLI_FAKE_H

#include "daemon/config.h"

#include <stdbool.h>
#include <stddef.h>

/* A fresh directory with nothing in it, in config.data_dir; no question asked yet. */
void fake_begin(void);
void fake_end(void);

extern struct config fake_config;

/* The next answer; after the last one the answer is `ok`. NULL: the file cannot be opened. */
void fake_answer(const char *json);

extern char fake_asked[]; /* every request, one a line; "noted" for each entry of the audit */
extern char fake_out[], fake_err[]; /* what the command printed */

/* Runs "account add x y": words separated by single blanks, '_' within a word stands for one. */
int fake_run(const char *words);
int fake_run_json(const char *words);
int fake_run_input(const char *words, const char *input, size_t size);
int fake_run_output(const char *words, const char *output); /* what is printed goes to that file */

#endif
