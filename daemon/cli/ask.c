/* Asks over the control socket, or of the file itself when no daemon runs. */
#include "daemon/cli/ask.h"
#include "daemon/config.h"
#include "daemon/offline.h"
#include "daemon/xalloc.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
	TIMEOUT_S = 30,
	PROBLEM_MAX = 1500, /* bytes of a sentence, with a path in it */
};

void ask_give_to_owner(const struct config *config)
{
	struct stat owner, file;
	if (geteuid() != 0 || stat(config->data_dir, &owner) != 0 || owner.st_uid == 0) {
		return;
	}
	DIR *directory = opendir(config->data_dir);
	for (struct dirent *entry; directory != NULL && (entry = readdir(directory)) != NULL;) {
		int at = dirfd(directory);
		if (strncmp(entry->d_name, "hark.", 5) == 0 &&
			fstatat(at, entry->d_name, &file, AT_SYMLINK_NOFOLLOW) == 0 &&
			S_ISREG(file.st_mode) && file.st_nlink == 1 && file.st_uid == 0 &&
			fchownat(at, entry->d_name, owner.st_uid, owner.st_gid,
				AT_SYMLINK_NOFOLLOW) != 0) {
			fprintf(stderr, "hark: %s/%s: %s\n", config->data_dir, entry->d_name,
				strerror(errno));
		}
	}
	if (directory != NULL) {
		closedir(directory);
	}
}

static int send_request(struct cli *cli, enum ask_how how, const char *request, size_t size,
	struct reply *reply, char *problem, size_t problem_size)
{
	char path[CONFIG_PATH_MAX];
	config_control_path(cli->config, path, sizeof(path));
	enum control_status status = control_request(path, request, size,
		how == ASK_SLOW || how == ASK_RUNNING_SLOW ? 0 : TIMEOUT_S, &reply->text,
		&reply->size, problem, problem_size);
	if (status != CONTROL_NOT_RUNNING) {
		return status == CONTROL_OK ? 0 : -1;
	}
	if (how == ASK_RUNNING || how == ASK_RUNNING_SLOW) {
		snprintf(problem, problem_size, "harkd is not running: nobody listens at %s", path);
		return ASK_NOBODY;
	}
	int offline = offline_request(
		cli->config, request, size, &reply->text, &reply->size, problem, problem_size);
	ask_give_to_owner(cli->config);
	return offline;
}

int ask_raw(struct cli *cli, enum ask_how how, enum message_type type, const void *request,
	struct reply *reply, char *problem, size_t size)
{
	size_t bound = message_encode_bound(type, request);
	char *bytes = xmalloc(bound);
	size_t length = message_encode(type, request, bytes, bound);
	struct reply got = {0};
	int status = -1;
	if (length > WIRE_FRAME_MAX) {
		snprintf(problem, size, "this is too long: %zu bytes, at most %d", length,
			WIRE_FRAME_MAX);
	} else {
		status = send_request(cli, how, bytes, length, &got, problem, size);
	}
	explicit_bzero(bytes, bound); /* there may be a password in it */
	free(bytes);
	if (status != 0) {
		return status;
	}
	struct decode_problem why;
	if (message_decode(got.text, got.size, &got.message, &why) != DECODE_OK) {
		snprintf(problem, size, "the daemon's answer is not understood: %s", why.sentence);
		free(got.text);
		return -1;
	}
	*reply = got;
	return 0;
}

void reply_finish(struct reply *reply)
{
	message_finish(&reply->message);
	free(reply->text);
	*reply = (struct reply){0};
}

int ask(struct cli *cli, enum ask_how how, enum message_type type, const void *request,
	struct reply *reply)
{
	char problem[PROBLEM_MAX];
	struct reply got = {0};
	if (ask_raw(cli, how, type, request, &got, problem, sizeof(problem)) != 0) {
		return cli_fail(cli, COMMAND_FAILED, "%s", problem);
	}
	if (cli->json) {
		fprintf(cli->out, "%s\n", got.text);
	}
	if (got.message.type == TYPE_ERROR) {
		struct text sentence = got.message.error.message;
		cli_fail(cli, COMMAND_FAILED, "%.*s", (int)sentence.size, sentence.bytes);
		reply_finish(&got);
		return COMMAND_FAILED;
	}
	*reply = got;
	return COMMAND_DONE;
}

int ask_done(struct cli *cli, enum message_type type, const void *request, const char *done, ...)
{
	struct reply reply;
	int code = ask(cli, ASK_ANY, type, request, &reply);
	if (code != COMMAND_DONE) {
		return code;
	}
	reply_finish(&reply);
	if (!cli->json) {
		va_list arguments;
		va_start(arguments, done);
		vfprintf(cli->out, done, arguments);
		va_end(arguments);
		fputc('\n', cli->out);
	}
	return COMMAND_DONE;
}

void print_link(struct cli *cli, const struct msg_account_link *link)
{
	char url[CONFIG_PATH_MAX], until[40] = "";
	config_public_url(cli->config, url, sizeof(url));
	time_t expires = (time_t)(link->expires_ms / 1000);
	struct tm utc;
	if (gmtime_r(&expires, &utc) != NULL) {
		strftime(until, sizeof(until), "%Y-%m-%d %H:%M UTC", &utc);
	}
	fprintf(cli->out, "Link for %.*s, to be used once, until %s:\n\n  %s/enrol#",
		(int)link->login.size, link->login.bytes, until, url);
	for (size_t i = 0; i < sizeof(link->secret); i++) {
		fprintf(cli->out, "%02x", link->secret[i]);
	}
	fputs("\n\nWhoever opens it first sets the password: hand it to that person alone.\n",
		cli->out);
}
