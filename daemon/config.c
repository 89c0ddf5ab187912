/* The places where values come from: files, variables, flags; and SIGHUP. */
#include "daemon/config.h"
#include "daemon/config_rows.h"
#include "daemon/ini.h"
#include "daemon/xalloc.h"

#include <ctype.h>
#include <errno.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern char **environ;

static const char default_path[] = "/etc/hark/hark.conf";

static const struct option *find(const char *section, const char *key)
{
	for (const struct option *option = config_options; option->section != NULL; option++) {
		if (strcmp(option->section, section) == 0 && strcmp(option->key, key) == 0) {
			return option;
		}
	}
	return NULL;
}

void config_init(struct config *config)
{
	*config = (struct config){0};
	for (const struct option *option = config_options; option->section != NULL; option++) {
		char sentence[INI_SENTENCE_MAX];
		if (option_set(option, config, option->initial, sentence, sizeof(sentence)) != 0) {
			abort();
		}
	}
}

void config_finish(struct config *config)
{
	for (const struct option *option = config_options; option->section != NULL; option++) {
		option_clear(option, config);
	}
}

/* ---- files ---- */

struct file {
	struct config *config;
	unsigned seen[CONFIG_OPTIONS]; /* line of each option, 0: not there */
};

/* Names that came from outside go into a sentence only if they look like names. */
static bool is_name(const char *text)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789_.-";
	return text[0] != '\0' && text[strspn(text, letters)] == '\0';
}

static int set_named(struct config *config, const struct option *option, const char *value,
	char *sentence, size_t size)
{
	int name = snprintf(sentence, size, "%s.%s ", option->section, option->key);
	return option_set(option, config, value, sentence + name, size - (size_t)name);
}

static int on_entry(void *data, const struct ini_entry *entry, char *sentence, size_t size)
{
	struct file *file = data;
	if (!is_name(entry->key)) {
		snprintf(sentence, size, "this is no option's name");
		return -1;
	}
	if (entry->section[0] == '\0') {
		snprintf(sentence, size, "%s stands before any section, such as [server]",
			entry->key);
		return -1;
	}
	const struct option *option = find(entry->section, entry->key);
	if (option == NULL) {
		snprintf(sentence, size, "there is no option %s.%s",
			is_name(entry->section) ? entry->section : "?", entry->key);
		return -1;
	}
	unsigned *seen = &file->seen[option - config_options];
	if (*seen != 0) {
		snprintf(sentence, size, "%s.%s stands in line %u already", option->section,
			option->key, *seen);
		return -1;
	}
	*seen = entry->line;
	return set_named(file->config, option, entry->value, sentence, size);
}

static int load_file(struct config *config, const char *path, char *problem, size_t size)
{
	FILE *stream = fopen(path, "re");
	if (stream == NULL) {
		snprintf(problem, size, "%s: %s", path, strerror(errno));
		return -1;
	}
	struct file file = {.config = config};
	unsigned line = 0;
	char sentence[INI_SENTENCE_MAX];
	int status = ini_read(stream, on_entry, &file, &line, sentence);
	if (status != 0 && line == 0) {
		snprintf(problem, size, "%s: %s", path, sentence);
	} else if (status != 0) {
		snprintf(problem, size, "%s:%u: %s", path, line, sentence);
	}
	fclose(stream);
	return status;
}

/* The directory conf.d beside the main file, in the order of names. */
static int load_directory(struct config *config, const char *main_path, char *problem, size_t size)
{
	const char *slash = strrchr(main_path, '/');
	char *pattern;
	int directory = slash == NULL ? 0 : (int)(slash - main_path + 1);
	if (asprintf(&pattern, "%.*sconf.d/*.conf", directory, main_path) < 0) {
		xalloc_failed();
	}
	glob_t found = {0};
	int status = 0;
	if (glob(pattern, 0, NULL, &found) == 0) {
		for (size_t i = 0; i < found.gl_pathc && status == 0; i++) {
			status = load_file(config, found.gl_pathv[i], problem, size);
		}
	}
	globfree(&found);
	free(pattern);
	return status;
}

/* ---- environment ---- */

static bool same_letter(char variable, char name)
{
	return variable == toupper((unsigned char)name);
}

/* Behind "HARK_": SECTION_KEY. `key` NULL: only whether it begins with the section. */
static bool variable_is(const char *variable, size_t length, const char *section, const char *key)
{
	size_t at = 0;
	for (; section[at] != '\0'; at++) {
		if (at == length || !same_letter(variable[at], section[at])) {
			return false;
		}
	}
	if (at == length || variable[at++] != '_') {
		return false;
	}
	if (key == NULL) {
		return true;
	}
	for (; *key != '\0'; key++, at++) {
		if (at == length || !same_letter(variable[at], *key)) {
			return false;
		}
	}
	return at == length;
}

static int load_variable(struct config *config, const char *entry, char *problem, size_t size)
{
	const char *name = entry + strlen("HARK_");
	size_t length = strcspn(name, "=");
	bool ours = false;
	for (const struct option *option = config_options; option->section != NULL; option++) {
		if (variable_is(name, length, option->section, option->key)) {
			char sentence[INI_SENTENCE_MAX];
			if (set_named(config, option, name + length + 1, sentence,
				    sizeof(sentence)) == 0) {
				return 0;
			}
			snprintf(problem, size, "%.*s: %s", (int)(length + strlen("HARK_")), entry,
				sentence);
			return -1;
		}
		ours = ours || variable_is(name, length, option->section, NULL);
	}
	if (ours) {
		snprintf(problem, size, "%.*s: there is no such option",
			(int)(length + strlen("HARK_")), entry);
		return -1;
	}
	return 0; /* a variable of something else */
}

static int load_environment(struct config *config, char *problem, size_t size)
{
	for (char **entry = environ; *entry != NULL; entry++) {
		if (strncmp(*entry, "HARK_", 5) == 0 && strchr(*entry, '=') != NULL &&
			load_variable(config, *entry, problem, size) != 0) {
			return -1;
		}
	}
	return 0;
}

/* ---- flags ---- */

static int load_flag(struct config *config, const char *flag, char *problem, size_t size)
{
	const char *name = flag + 2;
	const char *dot = strchr(name, '.');
	const char *value = strchr(name, '=');
	size_t length = value == NULL ? strlen(name) : (size_t)(value - name);
	char sentence[INI_SENTENCE_MAX] = "there is no such option";
	for (const struct option *option = config_options; option->section != NULL; option++) {
		size_t section = strlen(option->section), key = strlen(option->key);
		if (length != section + 1 + key || name + section != dot ||
			strncmp(name, option->section, section) != 0 ||
			strncmp(dot + 1, option->key, key) != 0) {
			continue;
		}
		if (value == NULL && option->type != OPTION_SWITCH) {
			snprintf(sentence, sizeof(sentence), "a value is missing: --%s.%s=%s",
				option->section, option->key, option->unit);
			break;
		}
		if (set_named(config, option, value == NULL ? "yes" : value + 1, sentence,
			    sizeof(sentence)) == 0) {
			return 0;
		}
		break;
	}
	snprintf(problem, size, "%.*s: %s", (int)length + 2, flag, sentence);
	return -1;
}

/* One of ours has a dot in its name: --server.port=8420. */
static bool is_option_flag(const char *flag)
{
	size_t name = strcspn(flag, "=");
	return memchr(flag, '.', name) != NULL;
}

/* "--config FILE" is two arguments, "--config=FILE" and all others are one. */
static bool takes_next(const char *flag)
{
	return strcmp(flag, "--config") == 0;
}

/* Finds where the flags end, and --config; *path stays if there is none. */
static int scan_flags(
	int argc, char **argv, const char **path, int *rest, char *problem, size_t size)
{
	int at = 1;
	for (; at < argc && strncmp(argv[at], "--", 2) == 0; at++) {
		if (strcmp(argv[at], "--") == 0) {
			at++;
			break;
		}
		if (strncmp(argv[at], "--config=", 9) == 0) {
			*path = argv[at] + 9;
		} else if (takes_next(argv[at])) {
			if (at + 1 == argc) {
				snprintf(problem, size, "--config: a file is missing");
				return -1;
			}
			*path = argv[++at];
		}
	}
	*rest = at;
	return 0;
}

static int load_flags(struct config *config, int end, char **argv, char *problem, size_t size)
{
	for (int at = 1; at < end && strcmp(argv[at], "--") != 0; at++) {
		if (takes_next(argv[at])) {
			at++;
		} else if (is_option_flag(argv[at]) &&
			   load_flag(config, argv[at], problem, size) != 0) {
			return -1;
		}
	}
	return 0;
}

const char *config_other_flag(int argc, char **argv, int *at)
{
	while (*at < argc && strncmp(argv[*at], "--", 2) == 0 && strcmp(argv[*at], "--") != 0) {
		const char *flag = argv[(*at)++];
		if (takes_next(flag)) {
			(*at)++;
		} else if (strncmp(flag, "--config=", 9) != 0 && !is_option_flag(flag)) {
			return flag;
		}
	}
	return NULL;
}

static int check_whole(const struct config *config, char *problem, size_t size)
{
	if ((config->tls_cert[0] == '\0') != (config->tls_key[0] == '\0')) {
		snprintf(problem, size,
			"server.tls_cert and server.tls_key go together: %s is not set",
			config->tls_cert[0] == '\0' ? "server.tls_cert" : "server.tls_key");
		return -1;
	}
	return 0;
}

int config_load(struct config *config, const char *path, int argc, char **argv, int *rest,
	char *problem, size_t size)
{
	int end;
	if (scan_flags(argc, argv, &path, &end, problem, size) != 0) {
		return -1;
	}
	const char *file = path == NULL ? default_path : path;
	bool wanted = path != NULL || access(file, F_OK) == 0;
	if ((wanted && load_file(config, file, problem, size) != 0) ||
		load_directory(config, file, problem, size) != 0 ||
		load_environment(config, problem, size) != 0 ||
		load_flags(config, end, argv, problem, size) != 0 ||
		check_whole(config, problem, size) != 0) {
		return -1;
	}
	if (rest != NULL) {
		*rest = end;
	}
	return 0;
}

/* ---- SIGHUP ---- */

void config_reload(struct config *config, struct config *fresh,
	void (*say)(void *data, const char *sentence), void *data)
{
	static char now[OPTION_VALUE_MAX], then[OPTION_VALUE_MAX];
	for (const struct option *option = config_options; option->section != NULL; option++) {
		option_get(option, config, now);
		option_get(option, fresh, then);
		if (strcmp(now, then) == 0) {
			continue;
		}
		char sentence[INI_SENTENCE_MAX];
		if (option->reloadable) {
			option_swap(option, config, fresh);
			snprintf(sentence, sizeof(sentence), "%s.%s is now \"%.300s\"",
				option->section, option->key, then);
		} else {
			snprintf(sentence, sizeof(sentence),
				"%s.%s stays \"%.300s\": a restart is needed to change it",
				option->section, option->key, now);
		}
		say(data, sentence);
	}
}

/* ---- where things are ---- */

static void join(const char *directory, const char *name, char *path, size_t size)
{
	snprintf(path, size, "%s/%s", directory, name);
}

void config_file_path(const struct config *config, char *path, size_t size)
{
	join(config->data_dir, "hark.db", path, size);
}

void config_control_path(const struct config *config, char *path, size_t size)
{
	if (config->control_socket[0] != '\0') {
		snprintf(path, size, "%s", config->control_socket);
	} else {
		join(config->data_dir, "control", path, size);
	}
}

void config_public_url(const struct config *config, char *url, size_t size)
{
	if (config->public_url[0] != '\0') {
		snprintf(url, size, "%s", config->public_url);
		return;
	}
	const char *host = config->listen;
	if (strncmp(host, "unix:", 5) == 0 || strcmp(host, "0.0.0.0") == 0 ||
		strcmp(host, "::") == 0) {
		host = "localhost";
	}
	bool six = strchr(host, ':') != NULL;
	snprintf(url, size, "%s://%s%s%s:%lld", config->tls_cert[0] != '\0' ? "https" : "http",
		six ? "[" : "", host, six ? "]" : "", (long long)config->port);
}
