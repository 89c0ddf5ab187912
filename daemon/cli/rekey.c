/* hark rekey: a new file key, the same pepper, with the daemon stopped. */
#include "storage/rekey.h"

#include "daemon/audit.h"
#include "daemon/cli/ask.h"
#include "daemon/config.h"
#include "daemon/keyfile.h"
#include "daemon/offline.h"
#include "storage/key.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
	PROBLEM_MAX = 1500, /* bytes of a sentence, with a path in it */
};

static void print_done(
	struct cli *cli, const char *path, const char *key_path, const struct rekey_result *result)
{
	if (cli->json) {
		fprintf(cli->out, "{\"finished_earlier\":%s}\n",
			result->finished_earlier ? "true" : "false");
		return;
	}
	fprintf(cli->out,
		result->finished_earlier
			? "An earlier re-key of %s was cut off. It is at its end now; for another "
			  "one, ask\nagain.\n"
			: "%s is sealed under a new key.\n",
		path);
	if (result->kept_key != NULL) {
		fprintf(cli->out,
			"\nThe key before is kept as %s.\nCopies made until now open with that one "
			"alone: destroy it, here and in the safe place,\nonce none of them is "
			"wanted any more.\n",
			result->kept_key);
	}
	fprintf(cli->out,
		"\nCopy %s to a safe place now, in place of the one before, and make\na new copy "
		"of "
		"the file: hark backup PATH.\n",
		key_path);
}

static int run(struct cli *cli, const char *path, const char *key_path, struct key *key)
{
	char problem[PROBLEM_MAX];
	struct rekey_result result;
	enum store_status status = rekey(path, key_path, key, &result, problem, sizeof(problem));
	ask_give_to_owner(cli->config);
	if (status == STORE_OK) {
		print_done(cli, path, key_path, &result);
	} else {
		cli_fail(cli, COMMAND_FAILED, "%s%s", problem,
			status == STORE_LOCKED         ? "; stop harkd first: no other way is safe"
			: result.step == REKEY_PUT_KEY ? "; the file has its new key, and opens "
							 "with the old one too until "
							 "hark rekey has been called again"
						       : "; the file keeps its key");
	}
	free(result.kept_key);
	return status == STORE_OK ? COMMAND_DONE : COMMAND_FAILED;
}

int cli_rekey(struct cli *cli, int count, char **arguments)
{
	(void)count;
	(void)arguments;
	char path[CONFIG_PATH_MAX], problem[PROBLEM_MAX];
	config_file_path(cli->config, path, sizeof(path));
	struct key *key = NULL;
	/* Beforehand: whatever happens, it is known that somebody began. */
	const struct audit_entry entry = {.what = WIRE_AUDIT_REKEY, .detail = "With hark rekey."};
	if (keyfile_load(cli->config, &key, problem, sizeof(problem)) != 0 ||
		offline_note(cli->config, &entry, problem, sizeof(problem)) != 0) {
		key_free(key);
		return cli_fail(cli, COMMAND_FAILED,
			"%s; harkd must be stopped, and its file whole", problem);
	}
	char *key_path = keyfile_path(cli->config);
	int code = run(cli, path, key_path, key);
	free(key_path);
	key_free(key);
	return code;
}
