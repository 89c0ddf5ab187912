/* hark key create, hark init: what a new school needs before the daemon can start. */
#include "daemon/cli/ask.h"
#include "daemon/config.h"
#include "daemon/keyfile.h"
#include "daemon/xalloc.h"
#include "storage/key.h"
#include "storage/store.h"

#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void say_copy(struct cli *cli, const char *path)
{
	fprintf(cli->out,
		"\nCopy %s to a safe place now: on paper or a stick in a locked drawer, never\n"
		"beside a copy of hark.db. Without it nobody can read the file again, not even "
		"we.\n",
		path);
}

/* Makes a key where there is none. */
static int create_key(struct cli *cli, const char *path)
{
	struct key *key = NULL;
	enum key_status status = key_make(&key);
	if (status == KEY_OK) {
		status = key_save(path, key);
	}
	key_free(key);
	if (status != KEY_OK) {
		return cli_fail(cli, COMMAND_FAILED, "%s: %s", path, key_status_text(status));
	}
	return COMMAND_DONE;
}

int cli_key_create(struct cli *cli, int count, char **arguments)
{
	char *path = count == 1 ? xstrdup(arguments[0]) : keyfile_path(cli->config);
	int code = create_key(cli, path);
	if (code == COMMAND_DONE) {
		fprintf(cli->out, "Made %s.\n", path);
		say_copy(cli, path);
	}
	free(path);
	return code;
}

/* Root sets up for the daemon's user, where there is one. */
static int give_to_daemon(struct cli *cli, const char *path)
{
	const struct passwd *user = getpwnam("hark");
	if (geteuid() != 0 || user == NULL || lchown(path, user->pw_uid, user->pw_gid) == 0) {
		return COMMAND_DONE;
	}
	return cli_fail(cli, COMMAND_FAILED, "%s: %s", path, strerror(errno));
}

static int create_directory(struct cli *cli, const char *path)
{
	if (mkdir(path, 0700) == 0) {
		return give_to_daemon(cli, path);
	}
	struct stat there;
	if (errno != EEXIST || stat(path, &there) != 0 || !S_ISDIR(there.st_mode)) {
		return cli_fail(cli, COMMAND_FAILED, "%s: %s", path,
			errno == EEXIST ? "is no directory" : strerror(errno));
	}
	return COMMAND_DONE;
}

static int create_file(struct cli *cli, const char *path)
{
	struct key *key = NULL;
	char problem[CONFIG_PATH_MAX + 400];
	if (keyfile_load(cli->config, &key, problem, sizeof(problem)) != 0) {
		return cli_fail(cli, COMMAND_FAILED, "%s", problem);
	}
	const struct store_options options = {.path = path, .key = key->file, .create = true};
	struct store *store = NULL;
	enum store_status opened = store_open(&options, &store, problem, sizeof(problem));
	key_free(key);
	if (opened != STORE_OK) {
		return cli_fail(cli, COMMAND_FAILED, "%s", problem);
	}
	store_close(store);
	return give_to_daemon(cli, path);
}

/* The key is the daemon's to read only where it lies in the daemon's own directory. */
static int prepare_key(struct cli *cli, const char *path)
{
	const char *directory = cli->config->data_dir;
	size_t length = strlen(directory);
	if (access(path, F_OK) == 0) {
		fprintf(cli->out, "%s is there already and stays.\n", path);
		return COMMAND_DONE;
	}
	int code = create_key(cli, path);
	if (code == COMMAND_DONE && strncmp(path, directory, length) == 0 && path[length] == '/') {
		code = give_to_daemon(cli, path);
	}
	return code;
}

/* Directory, key and file, each only if the one before it is there. */
static int prepare(struct cli *cli, const char *key_path, const char *file_path)
{
	int code = create_directory(cli, cli->config->data_dir);
	if (code == COMMAND_DONE) {
		code = prepare_key(cli, key_path);
	}
	return code == COMMAND_DONE ? create_file(cli, file_path) : code;
}

int cli_init(struct cli *cli, int count, char **arguments)
{
	(void)count;
	char file_path[CONFIG_PATH_MAX];
	config_file_path(cli->config, file_path, sizeof(file_path));
	if (access(file_path, F_OK) == 0) {
		return cli_fail(cli, COMMAND_FAILED,
			"%s is there already: this school is set up; hark setup-link makes a link",
			file_path);
	}
	char *key_path = keyfile_path(cli->config);
	int code = prepare(cli, key_path, file_path);
	if (code == COMMAND_DONE && !cli->json) {
		fprintf(cli->out, "%s is made, sealed under %s.\n\n", file_path, key_path);
	}
	if (code == COMMAND_DONE) {
		char *link_arguments[] = {arguments[0], arguments[1], NULL};
		code = cli_setup_link(cli, 2, link_arguments);
	}
	if (code == COMMAND_DONE && !cli->json) {
		say_copy(cli, key_path);
		code = cli_audit_print_key(cli);
	}
	free(key_path);
	return code;
}
