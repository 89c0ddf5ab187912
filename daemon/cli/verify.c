/*
 * hark verify: every page of the file, every table, and the audit's chain. A running daemon opens
 * the pages itself, between its other work; else the file is opened here.
 */
#include "daemon/cli/ask.h"

#include <inttypes.h>
#include <string.h>

enum {
	PROBLEM_MAX = 1500, /* bytes of a sentence, with a path in it */
};

/* The pages of a file that is in use. */
static int say_running(struct cli *cli, const struct reply *reply)
{
	const struct msg_verify_told *told = &reply->message.verify_told;
	if (cli->json) {
		fprintf(cli->out, "%s\n", reply->text);
	}
	if (reply->message.type == TYPE_ERROR) {
		return cli_fail(cli, COMMAND_FAILED, "%.*s", (int)reply->message.error.message.size,
			reply->message.error.message.bytes);
	}
	if (reply->message.type != TYPE_VERIFY_TOLD) {
		return cli_fail(cli, COMMAND_FAILED, "this daemon cannot verify its file");
	}
	if (!told->sound) {
		return cli_fail(
			cli, COMMAND_UNSOUND, "%.*s", (int)told->problem.size, told->problem.bytes);
	}
	if (!cli->json) {
		fprintf(cli->out,
			"The file is whole: %" PRId64 " pages open, and every table is sound.\n",
			told->pages);
	}
	return COMMAND_DONE;
}

/* A file that nobody has open, and its audit. */
static int verify_here(struct cli *cli, int count, char **arguments)
{
	int code = cli_audit_verify(cli, count, arguments); /* which opens all of it first */
	if (code == COMMAND_DONE && !cli->json) {
		fputs("The file is whole: every page opens, and every table is sound.\n", cli->out);
	}
	return code;
}

int cli_verify(struct cli *cli, int count, char **arguments)
{
	char problem[PROBLEM_MAX];
	struct reply reply = {0};
	const struct msg_verify request = {.has_ref = true, .ref = CONTROL_REF};
	for (int i = 0; i < count; i++) {
		if (strcmp(arguments[i], "--file") == 0) { /* another one than the daemon's */
			return verify_here(cli, count, arguments);
		}
	}
	int asked = ask_raw(
		cli, ASK_RUNNING_SLOW, TYPE_VERIFY, &request, &reply, problem, sizeof(problem));
	if (asked == ASK_NOBODY) {
		return verify_here(cli, count, arguments);
	}
	if (asked != 0) {
		return cli_fail(cli, COMMAND_FAILED, "%s", problem);
	}
	int code = say_running(cli, &reply);
	reply_finish(&reply);
	return code == COMMAND_DONE ? cli_audit_verify(cli, count, arguments) : code;
}
