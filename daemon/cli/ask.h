/* A subcommand's question to the daemon, or without one to the file, and what is said about it. */
#ifndef HARK_DAEMON_CLI_ASK_H
#define HARK_DAEMON_CLI_ASK_H

#include "daemon/cli/command.h"
#include "daemon/cli/control.h"
#include "protocol/message.h"

/* The answer as it came, whatever it says. 0, or -1 with a sentence in problem. */
struct reply {
	struct message message; /* ok, error, or what the request's row promises */
	char *text;
	size_t size;
};

enum ask_how {
	ASK_ANY, /* the running daemon, else the file */
	ASK_RUNNING, /* only a running daemon: 1 when there is none */
	ASK_SLOW, /* as ASK_ANY, and it may take its time */
	ASK_RUNNING_SLOW, /* as ASK_RUNNING, and it may */
};

enum {
	ASK_NOBODY = 1, /* ask_raw() with ASK_RUNNING: no daemon runs */
};

/*
 * `request` is the type's struct msg_, with has_ref and CONTROL_REF. 0: reply_finish is due; else a
 * sentence is in problem.
 */
int ask_raw(struct cli *cli, enum ask_how how, enum message_type type, const void *request,
	struct reply *reply, char *problem, size_t size);

/*
 * The same for a subcommand that has nothing to say to a refusal itself: prints a failure or the
 * `error` answer, and with --json the answer. COMMAND_DONE: reply_finish is due.
 */
int ask(struct cli *cli, enum ask_how how, enum message_type type, const void *request,
	struct reply *reply);

/* For requests that are answered by `ok`: asks, and prints `done` unless --json. */
int ask_done(struct cli *cli, enum message_type type, const void *request, const char *done, ...)
	__attribute__((format(printf, 4, 5)));

/*
 * Root may run the command while the daemon is down; what that made new in the directory must
 * belong to the daemon's user, or it could not open its own file.
 */
void ask_give_to_owner(const struct config *config);

void reply_finish(struct reply *reply);

/* Prints the enrolment link of an account.link. */
void print_link(struct cli *cli, const struct msg_account_link *link);

#endif
