/* hark restore: a copy in the place of the file, with the daemon stopped. */
#include "storage/restore.h"

#include "daemon/audit.h"
#include "daemon/cli/ask.h"
#include "daemon/config.h"
#include "daemon/keyfile.h"
#include "daemon/offline.h"
#include "storage/key.h"
#include "storage/rekey.h"
#include "storage/store.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum {
	PROBLEM_MAX = 1500, /* bytes of a sentence, with a path in it */
};

struct request {
	const char *from;
	const char *key_path; /* of the key the copy was made under; NULL: the school's */
	bool replace;
};

static bool read_arguments(struct request *request, int count, char **arguments)
{
	for (int i = 0; i < count; i++) {
		if (strcmp(arguments[i], "--replace") == 0) {
			request->replace = true;
		} else if (strcmp(arguments[i], "--key") == 0 && i + 1 < count) {
			request->key_path = arguments[++i];
		} else if (arguments[i][0] != '-' && request->from == NULL) {
			request->from = arguments[i];
		} else {
			return false;
		}
	}
	return request->from != NULL;
}

/* A copy made under an older key of this school. */
static int change_key(
	const char *file, const char *key_path, const struct key *key, char *problem, size_t size)
{
	struct key *older = NULL;
	enum key_status read = key_load(key_path, &older);
	enum store_status status = STORE_OK;
	if (read != KEY_OK) {
		snprintf(problem, size, "%s: %s", key_path, key_status_text(read));
	} else if (memcmp(older->pepper, key->pepper, sizeof(key->pepper)) != 0) {
		snprintf(problem, size, "%s: this is another school's key", key_path);
		read = KEY_GARBAGE;
	} else if (memcmp(older->file, key->file, sizeof(key->file)) != 0) {
		status = rekey_copy(file, older, key);
		snprintf(problem, size, "the copy, under that key: %s", store_status_text(status));
	}
	key_free(older);
	return read == KEY_OK && status == STORE_OK ? 0 : -1;
}

/* Every page, every table, and a word in its audit: all before anything is replaced. */
static int look_over(struct cli *cli, struct restore *restore, const struct request *request,
	const struct key *key, char *problem, size_t size)
{
	const struct store_options options = {.path = restore_file(restore), .key = key->file};
	if (request->key_path != NULL &&
		change_key(options.path, request->key_path, key, problem, size) != 0) {
		return -1;
	}
	enum store_status status = store_verify(&options, problem, size);
	if (status != STORE_OK) {
		snprintf(problem, size, "%s: %s", request->from,
			status == STORE_DAMAGED ? "the copy is damaged"
						: store_status_text(status));
		return -1;
	}
	char whole[PATH_MAX];
	struct config there = *cli->config;
	there.data_dir = (char *)(uintptr_t)restore_directory(restore);
	there.key_file = keyfile_path(cli->config);
	const struct audit_entry entry = {
		.what = WIRE_AUDIT_RESTORE,
		.detail = realpath(request->from, whole) != NULL ? whole : request->from,
	};
	int noted = offline_note(&there, &entry, problem, size);
	free(there.key_file);
	return noted;
}

static int put_in_place(struct cli *cli, struct restore *restore, const char *path,
	const struct request *request, const struct key *key, char *problem, size_t size)
{
	char *kept = NULL;
	if (restore_put_in_place(restore, key->file, &kept, problem, size) != STORE_OK) {
		return -1;
	}
	if (!cli->json) {
		fprintf(cli->out, "%s is whole, and is %s now.\n", request->from, path);
	}
	if (!cli->json && kept != NULL) {
		fprintf(cli->out,
			"The file before is kept as %s: it holds what was said\nsince the copy, "
			"and "
			"is to be removed as soon as nobody needs it.\n",
			kept);
	}
	free(kept);
	return 0;
}

int cli_restore(struct cli *cli, int count, char **arguments)
{
	struct request request = {0};
	char path[CONFIG_PATH_MAX], problem[PROBLEM_MAX];
	struct restore *restore = NULL;
	struct key *key = NULL;
	if (!read_arguments(&request, count, arguments)) {
		return cli_fail(cli, COMMAND_USAGE,
			"what is to be restored? hark restore FILE [--replace] [--key OLDER-KEY]");
	}
	config_file_path(cli->config, path, sizeof(path));
	if (keyfile_load(cli->config, &key, problem, sizeof(problem)) != 0) {
		return cli_fail(cli, COMMAND_FAILED, "%s", problem);
	}
	enum store_status begun = restore_begin(
		path, request.from, request.replace, &restore, problem, sizeof(problem));
	int code = COMMAND_DONE;
	if (begun != STORE_OK) {
		code = cli_fail(cli, COMMAND_FAILED, "%s%s", problem,
			begun == STORE_LOCKED    ? "; stop harkd first"
			: begun == STORE_REFUSED ? "; --replace keeps it under another name"
						 : "");
	} else if (look_over(cli, restore, &request, key, problem, sizeof(problem)) != 0 ||
		   put_in_place(cli, restore, path, &request, key, problem, sizeof(problem)) != 0) {
		code = cli_fail(cli, COMMAND_FAILED, "%s; nothing was replaced", problem);
	}
	restore_finish(restore);
	ask_give_to_owner(cli->config);
	key_free(key);
	return code;
}
