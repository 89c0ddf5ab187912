/* hark backup, hark status. */
#include "daemon/cli/ask.h"
#include "daemon/xalloc.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The daemon runs in another directory. The caller frees; NULL with errno. */
static char *absolute(const char *path)
{
	if (path[0] == '/') {
		return xstrdup(path);
	}
	char *here = getcwd(NULL, 0);
	if (here == NULL) {
		return NULL;
	}
	char *whole;
	if (asprintf(&whole, "%s/%s", here, path) < 0) {
		xalloc_failed();
	}
	free(here);
	return whole;
}

int cli_backup(struct cli *cli, int count, char **arguments)
{
	(void)count;
	char *path = absolute(arguments[0]);
	if (path == NULL) {
		return cli_fail(cli, COMMAND_FAILED, "%s: %s", arguments[0], strerror(errno));
	}
	const struct msg_backup request = {
		.has_ref = true, .ref = CONTROL_REF, .path = text_of(path)};
	struct reply reply;
	int code = ask(cli, ASK_SLOW, TYPE_BACKUP, &request, &reply);
	if (code == COMMAND_DONE) {
		if (!cli->json) {
			fprintf(cli->out,
				"%s is written, sealed under the same key.\nKeep it, but not "
				"beside "
				"hark.key.\n",
				path);
		}
		reply_finish(&reply);
	}
	free(path);
	return code;
}

int cli_status(struct cli *cli, int count, char **arguments)
{
	(void)count;
	(void)arguments;
	const struct msg_status request = {.has_ref = true, .ref = CONTROL_REF};
	struct reply reply;
	int code = ask(cli, ASK_RUNNING, TYPE_STATUS, &request, &reply);
	if (code != COMMAND_DONE) {
		return code;
	}
	const struct msg_status_told *told = &reply.message.status_told;
	if (!cli->json && reply.message.type == TYPE_STATUS_TOLD) {
		fprintf(cli->out,
			"version      %.*s\n"
			"running for  %" PRId64 " d %02" PRId64 ":%02" PRId64 ":%02" PRId64 "\n"
			"connections  %" PRId64 "\n"
			"open rooms   %" PRId64 "\n"
			"events       %" PRId64 "\n"
			"file         %s\n"
			"loop late    %" PRId64 " ms at most\n",
			(int)told->version.size, told->version.bytes, told->up_s / 86400,
			told->up_s / 3600 % 24, told->up_s / 60 % 60, told->up_s % 60,
			told->connections, told->rooms, told->seq,
			told->writable ? "can be written" : "CANNOT BE WRITTEN",
			told->loop_block_max_ms);
	}
	reply_finish(&reply);
	return COMMAND_DONE;
}
