/*
 * hark check: the configuration (which has been read by now), the key, the directory, the file,
 * and whether people can reach Hark as it is set up. Reads only. The file itself is asked through
 * the daemon, or through SQLite when none runs, never opened here.
 */
#include "daemon/cli/ask.h"
#include "daemon/config.h"
#include "daemon/decoder.h"
#include "daemon/keyfile.h"
#include "storage/key.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

enum finding {
	FINE,
	HINT, /* works, but think about it */
	WRONG,
};

struct report {
	FILE *out;
	unsigned hints, wrongs;
};

__attribute__((format(printf, 3, 4))) static void say(
	struct report *report, enum finding finding, const char *format, ...)
{
	static const char *const marks[] = {[FINE] = "ok   ", [HINT] = "hint ", [WRONG] = "WRONG"};
	report->hints += finding == HINT;
	report->wrongs += finding == WRONG;
	va_list arguments;
	va_start(arguments, format);
	fprintf(report->out, "%s  ", marks[finding]);
	vfprintf(report->out, format, arguments);
	fputc('\n', report->out);
	va_end(arguments);
}

static void check_directory(struct report *report, const char *path)
{
	struct stat there;
	struct statvfs disk;
	if (stat(path, &there) != 0 || !S_ISDIR(there.st_mode)) {
		say(report, WRONG, "%s: %s; hark init makes it", path,
			errno == ENOENT ? "is not there" : "is no directory to be read");
		return;
	}
	if ((there.st_mode & 077) != 0) {
		say(report, WRONG, "%s: others may look into it (mode %03o); chmod 700 it", path,
			there.st_mode & 0777);
	} else {
		say(report, FINE, "%s: for its owner alone", path);
	}
	if (statvfs(path, &disk) == 0) {
		unsigned long long free_mib =
			(unsigned long long)disk.f_bavail * disk.f_frsize >> 20;
		say(report, free_mib < 1024 ? HINT : FINE, "%llu MiB are free on its disk",
			free_mib);
	}
}

static void check_key(struct report *report, const char *path)
{
	struct key *key = NULL;
	enum key_status status = key_load(path, &key);
	key_free(key);
	say(report, status == KEY_OK ? FINE : WRONG, "%s: %s", path,
		status == KEY_OK ? "a key, and well kept" : key_status_text(status));
	const char *slash = strrchr(path, '/');
	char database[CONFIG_PATH_MAX + 16];
	snprintf(database, sizeof(database), "%.*s/hark.db",
		(int)(slash == NULL ? 0 : slash - path), path);
	if (status == KEY_OK && access(database, F_OK) == 0) {
		say(report, HINT,
			"the key lies beside hark.db: whoever takes the disk reads both; a systemd "
			"credential keeps them apart (see hark.service)");
	}
}

/* Whatever answers this has opened the file with the key. */
static void check_file(struct report *report, struct cli *cli)
{
	char path[CONFIG_PATH_MAX], problem[1500];
	config_file_path(cli->config, path, sizeof(path));
	struct stat there;
	if (stat(path, &there) != 0) {
		say(report, WRONG, "%s: %s; hark init makes it", path, strerror(errno));
		return;
	}
	if ((there.st_mode & 077) != 0) {
		say(report, WRONG, "%s: others may read it (mode %03o); chmod 600 it", path,
			there.st_mode & 0777);
	}
	struct reply reply = {0};
	const struct msg_status status = {.has_ref = true, .ref = CONTROL_REF};
	if (ask_raw(cli, ASK_RUNNING, TYPE_STATUS, &status, &reply, problem, sizeof(problem)) ==
		0) {
		const struct message *told = &reply.message;
		if (told->type == TYPE_ERROR) {
			say(report, WRONG, "%s: %.*s", path, (int)told->error.message.size,
				told->error.message.bytes);
		} else {
			bool writable =
				told->type == TYPE_STATUS_TOLD && told->status_told.writable;
			say(report, writable ? FINE : WRONG, "%s: harkd is running and %s it", path,
				writable ? "writes" : "cannot write");
		}
		reply_finish(&reply);
		return;
	}
	const struct msg_setting_get get = {.has_ref = true, .ref = CONTROL_REF};
	if (ask_raw(cli, ASK_ANY, TYPE_SETTING_GET, &get, &reply, problem, sizeof(problem)) != 0) {
		say(report, WRONG, "%s", problem);
		return;
	}
	say(report, FINE, "%s: opens with the key; harkd is not running", path);
	reply_finish(&reply);
}

/* The hand-over of a re-key outlives it only when it was cut off. */
static void check_rekey(struct report *report, const struct config *config)
{
	char path[CONFIG_PATH_MAX + 16];
	config_file_path(config, path, CONFIG_PATH_MAX);
	strcat(path, ".handover");
	if (access(path, F_OK) == 0) {
		say(report, WRONG,
			"%s: a re-key was cut off, and the key before still opens the file; stop "
			"harkd and call hark rekey again, which ends it",
			path);
	}
}

static bool is_loopback(const char *host)
{
	return strncmp(host, "127.", 4) == 0 || strcmp(host, "::1") == 0 ||
	       strcmp(host, "localhost") == 0 || strncmp(host, "unix:", 5) == 0;
}

/* Sealed details: whether somebody could open them when it matters. */
static void check_escrow(struct report *report, struct cli *cli)
{
	char problem[1500];
	struct reply reply = {0};
	const struct msg_escrow_status request = {.has_ref = true, .ref = CONTROL_REF};
	if (ask_raw(cli, ASK_ANY, TYPE_ESCROW_STATUS, &request, &reply, problem, sizeof(problem)) !=
		0) {
		return; /* check_file() has said why */
	}
	const struct msg_state_escrow *state = &reply.message.state_escrow;
	bool told = reply.message.type == TYPE_STATE_ESCROW;
	for (size_t i = 0; told && i < state->warnings_count; i++) {
		say(report, HINT, "sealed details: %.*s", (int)state->warnings[i].size,
			state->warnings[i].bytes);
	}
	if (told && state->warnings_count == 0) {
		say(report, FINE,
			"sealed details: enough people hold keys, and there is a "
			"recovery key");
	}
	reply_finish(&reply);
}

static void check_reach(struct report *report, const struct config *config)
{
	bool tls = config->tls_cert[0] != '\0';
	bool loopback = is_loopback(config->listen);
	bool https = strncmp(config->public_url, "https://", 8) == 0;
	if (!loopback && !tls) {
		say(report, WRONG,
			"%s can be reached from outside without TLS: set tls_cert and tls_key, or "
			"listen on 127.0.0.1 behind a proxy",
			config->listen);
	}
	if (config->public_url[0] == '\0') {
		say(report, HINT,
			"server.public_url is empty: links are printed for this machine only");
	} else if (strncmp(config->public_url, "http://", 7) == 0 &&
		   strstr(config->public_url, "://127.0.0.1") == NULL &&
		   strstr(config->public_url, "://localhost") == NULL) {
		say(report, WRONG,
			"%s: browsers keep no staff sign-in and phones open no chat without https",
			config->public_url);
	}
	bool trusts =
		config->trusted_proxies[0] != NULL || strncmp(config->listen, "unix:", 5) == 0;
	if (https && !tls && !trusts) {
		say(report, WRONG,
			"server.public_url is https, so a proxy does TLS, but "
			"server.trusted_proxies "
			"does not name it: staff cannot sign in, and everybody seems to be one "
			"address");
	} else if (!https && loopback && !trusts) {
		say(report, HINT,
			"if a proxy stands in front, server.trusted_proxies must name it: else "
			"everybody seems to be one address, and under pressure waits for whoever "
			"floods");
	}
	if (config->frame_ancestors[0] == NULL) {
		say(report, HINT,
			"server.frame_ancestors is empty: the school's pages cannot embed the "
			"chat, "
			"only link to it");
	}
	if (config->time_zone[0] != '\0') {
		char path[CONFIG_PATH_MAX + 32];
		snprintf(path, sizeof(path), "/usr/share/zoneinfo/%s", config->time_zone);
		bool known = access(path, R_OK) == 0;
		say(report, known ? FINE : WRONG, "server.time_zone %s%s", config->time_zone,
			known ? "" : " is not known here (package tzdata)");
	}
}

/* Whoever is to be called, is called over these. */
static void check_channels(struct report *report, struct cli *cli)
{
	const struct config *config = cli->config;
	bool open_mail = config->mail_host[0] != '\0' && config->mail_user[0] != '\0' &&
			 strcmp(config->mail_security, "none") == 0;
	if (open_mail && !is_loopback(config->mail_host)) {
		say(report, WRONG,
			"mail.security is none: the password goes to %s for everybody to read",
			config->mail_host);
	}
	char problem[1500];
	struct reply reply = {0};
	const struct msg_notify_status request = {.has_ref = true, .ref = CONTROL_REF};
	if (ask_raw(cli, ASK_ANY, TYPE_NOTIFY_STATUS, &request, &reply, problem, sizeof(problem)) !=
		0) {
		return; /* check_file() has said why */
	}
	const struct msg_notify_told *told = &reply.message.notify_told;
	if (reply.message.type == TYPE_NOTIFY_TOLD && told->channels_count == 0) {
		say(report, HINT,
			"no channel to adults is set up ([mail], [ntfy], ...): only a counselor "
			"with the page open is called");
	}
	for (size_t i = 0; reply.message.type == TYPE_NOTIFY_TOLD && i < told->channels_count;
		i++) {
		const struct item_channel_state *state = &told->channels[i];
		const char *name = wire_channel_name(state->channel);
		char at[40] = "never";
		time_t seconds = (time_t)(state->sent_ms / 1000);
		struct tm local;
		if (state->has_sent_ms && localtime_r(&seconds, &local) != NULL) {
			strftime(at, sizeof(at), "%Y-%m-%d %H:%M", &local);
		}
		if (state->problem.size > 0) {
			say(report, WRONG, "%s: the newest message failed: %.*s Last success: %s",
				name, (int)state->problem.size, state->problem.bytes, at);
		} else {
			say(report, state->has_sent_ms ? FINE : HINT,
				"%s: is set up; last success: %s%s", name, at,
				state->has_sent_ms ? "" : "; try hark notify test");
		}
	}
	reply_finish(&reply);
}

/* Without words to look at no message is ever flagged. */
static void check_phrases(struct report *report, struct cli *cli)
{
	char problem[1500];
	struct reply reply = {0};
	const struct msg_phrase_list request = {.has_ref = true, .ref = CONTROL_REF};
	if (ask_raw(cli, ASK_ANY, TYPE_PHRASE_LIST, &request, &reply, problem, sizeof(problem)) !=
		0) {
		return; /* check_file() has said why */
	}
	if (reply.message.type == TYPE_PHRASE_LISTED &&
		reply.message.phrase_listed.phrases_count == 0) {
		say(report, HINT,
			"there are no watch phrases: no message is ever flagged; hark phrase "
			"import takes one of the lists that came with Hark");
	}
	reply_finish(&reply);
}

static void check_limits(struct report *report, const struct config *config)
{
	struct rlimit files;
	if (getrlimit(RLIMIT_NOFILE, &files) == 0 &&
		files.rlim_max < (rlim_t)config->connections + 600) {
		say(report, HINT,
			"limits.connections is %lld, but this shell allows %llu open files; "
			"hark.service allows more",
			(long long)config->connections, (unsigned long long)files.rlim_max);
	}
}

static void check_pictures(struct report *report, const struct config *config)
{
	char path[DECODER_PATH_MAX];
	if (!config->pictures) {
		say(report, FINE, "pictures are not taken (pictures.on)");
		return;
	}
	bool found = decoder_find(config->picture_program, path, sizeof(path));
	say(report, found ? FINE : WRONG, "%s: %s", path,
		found ? "reads pictures" : "is not there to be run, so no picture can be sent");
}

int cli_check(struct cli *cli, int count, char **arguments)
{
	(void)count;
	(void)arguments;
	struct report report = {.out = cli->out};
	char *key_path = keyfile_path(cli->config);
	say(&report, FINE, "the configuration");
	check_directory(&report, cli->config->data_dir);
	check_key(&report, key_path);
	check_file(&report, cli);
	check_rekey(&report, cli->config);
	check_phrases(&report, cli);
	check_escrow(&report, cli);
	check_reach(&report, cli->config);
	check_channels(&report, cli);
	check_limits(&report, cli->config);
	check_pictures(&report, cli->config);
	free(key_path);
	fprintf(cli->out, "%u wrong, %u hints\n", report.wrongs, report.hints);
	return report.wrongs == 0 ? COMMAND_DONE : COMMAND_FAILED;
}
