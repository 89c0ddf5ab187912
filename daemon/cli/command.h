/*
 * The hark command: one row and one function for each subcommand, one small file for each group.
 * A function gets its arguments counted and returns what the process exits with.
 */
#ifndef HARK_DAEMON_CLI_COMMAND_H
#define HARK_DAEMON_CLI_COMMAND_H

#include <stdbool.h>
#include <stdio.h>

struct config;

enum {
	COMMAND_DONE = 0,
	COMMAND_FAILED = 1, /* refused, or it went wrong; a sentence was printed */
	COMMAND_UNSOUND = 2, /* looked at, and it is not as it should be */
	COMMAND_USAGE = 64, /* sysexits.h: EX_USAGE */
	COMMAND_CONFIG = 78, /* EX_CONFIG */
};

struct cli {
	const struct config *config;
	bool json; /* print the daemon's answers as they came */
	FILE *in, *out, *err;
};

struct command {
	const char *name; /* one or two words */
	const char *arguments; /* for people: "LOGIN DAYS FROM-UNTIL" */
	int min, max; /* how many */
	const char *text; /* for people: one line */
	int (*run)(struct cli *cli, int count, char **arguments);
};

extern const struct command commands[]; /* ended by a NULL name */

/* Runs the row that `arguments` begin with; --json and --help may stand among what follows. */
int commands_run(struct cli *cli, int count, char **arguments);

/* Prints "hark: sentence" to cli->err. Returns `code`. */
int cli_fail(struct cli *cli, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* What the process exits with: `code`, or a failure when cli->out did not take everything. */
int cli_end(struct cli *cli, int code);

int cli_verify(struct cli *cli, int count, char **arguments);
int cli_restore(struct cli *cli, int count, char **arguments);
int cli_rekey(struct cli *cli, int count, char **arguments);
int cli_setup_link(struct cli *cli, int count, char **arguments);
int cli_account_add(struct cli *cli, int count, char **arguments);
int cli_account_list(struct cli *cli, int count, char **arguments);
int cli_account_disable(struct cli *cli, int count, char **arguments);
int cli_account_enable(struct cli *cli, int count, char **arguments);
int cli_account_reach(struct cli *cli, int count, char **arguments);
int cli_account_reset(struct cli *cli, int count, char **arguments);
int cli_shift_add(struct cli *cli, int count, char **arguments);
int cli_shift_list(struct cli *cli, int count, char **arguments);
int cli_shift_remove(struct cli *cli, int count, char **arguments);
int cli_setting_get(struct cli *cli, int count, char **arguments);
int cli_setting_set(struct cli *cli, int count, char **arguments);
int cli_setting_import(struct cli *cli, int count, char **arguments);
int cli_audit_verify(struct cli *cli, int count, char **arguments);
int cli_audit_head(struct cli *cli, int count, char **arguments);
int cli_audit_list(struct cli *cli, int count, char **arguments);
/* Not a row: what hark init prints of a new file. */
int cli_audit_print_key(struct cli *cli);
int cli_phrase_list(struct cli *cli, int count, char **arguments);
int cli_phrase_add(struct cli *cli, int count, char **arguments);
int cli_phrase_remove(struct cli *cli, int count, char **arguments);
int cli_phrase_import(struct cli *cli, int count, char **arguments);
int cli_phrase_export(struct cli *cli, int count, char **arguments);
int cli_codes_print(struct cli *cli, int count, char **arguments);
int cli_codes_list(struct cli *cli, int count, char **arguments);
int cli_codes_revoke(struct cli *cli, int count, char **arguments);
int cli_escrow_status(struct cli *cli, int count, char **arguments);
int cli_escrow_recovery(struct cli *cli, int count, char **arguments);
int cli_escrow_grant(struct cli *cli, int count, char **arguments);
int cli_escrow_drill(struct cli *cli, int count, char **arguments);
int cli_backup(struct cli *cli, int count, char **arguments);
int cli_status(struct cli *cli, int count, char **arguments);
int cli_key_create(struct cli *cli, int count, char **arguments);
int cli_init(struct cli *cli, int count, char **arguments);
int cli_check(struct cli *cli, int count, char **arguments);
int cli_notify_test(struct cli *cli, int count, char **arguments);
int cli_notify_status(struct cli *cli, int count, char **arguments);

#endif
