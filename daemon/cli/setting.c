/* hark setting get|set|import. What a key means, and whether a value fits, the daemon decides. */
#include "daemon/cli/ask.h"
#include "daemon/cli/input.h"
#include "daemon/ini.h"
#include "daemon/xalloc.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	VALUE_MAX = 16000 /* bytes: messages.def */
};

/* `key = value` as `setting import` reads it: further lines are indented. */
static void print_setting(FILE *out, const struct item_setting *setting)
{
	fprintf(out, "%.*s = ", (int)setting->key.size, setting->key.bytes);
	bool lines = memchr(setting->value.bytes, '\n', setting->value.size) != NULL;
	fputs(lines ? "\n  " : "", out);
	for (size_t i = 0; i < setting->value.size; i++) {
		char byte = setting->value.bytes[i];
		fputc(byte, out);
		fputs(byte == '\n' ? "  " : "", out);
	}
	fputc('\n', out);
}

int cli_setting_get(struct cli *cli, int count, char **arguments)
{
	struct msg_setting_get request = {.has_ref = true, .ref = CONTROL_REF};
	if (count == 1) {
		request.has_key = true;
		request.key = text_of(arguments[0]);
	}
	struct reply reply;
	int code = ask(cli, ASK_ANY, TYPE_SETTING_GET, &request, &reply);
	if (code != COMMAND_DONE) {
		return code;
	}
	const struct msg_setting_listed *listed = &reply.message.setting_listed;
	bool all = count == 0;
	for (size_t i = 0; reply.message.type == TYPE_SETTING_LISTED && !cli->json &&
			   i < listed->settings_count;
		i++) {
		struct text value = listed->settings[i].value;
		if (all) {
			print_setting(cli->out, &listed->settings[i]);
		} else {
			fprintf(cli->out, "%.*s\n", (int)value.size, value.bytes);
		}
	}
	reply_finish(&reply);
	return COMMAND_DONE;
}

static struct msg_setting_set set_request(const char *key, const char *value)
{
	return (struct msg_setting_set){
		.has_ref = true,
		.ref = CONTROL_REF,
		.key = text_of(key),
		.value = text_of(value),
	};
}

int cli_setting_set(struct cli *cli, int count, char **arguments)
{
	(void)count;
	char input[VALUE_MAX + 1];
	const char *value = arguments[1];
	if (strcmp(value, "-") == 0) {
		if (!input_read(cli->in, input, VALUE_MAX)) {
			return cli_fail(cli, COMMAND_FAILED,
				"standard input is no text of at most %d bytes", VALUE_MAX);
		}
		value = input;
	}
	const struct msg_setting_set request = set_request(arguments[0], value);
	return ask_done(cli, TYPE_SETTING_SET, &request, "%s is set.", arguments[0]);
}

struct entry {
	struct entry *next;
	char *key, *value;
	unsigned line;
};

struct entries {
	struct entry *first, **end;
};

/* "\n" is a line's end, "\\" a backslash; in place. */
static void unescape(char *text)
{
	char *to = text;
	for (const char *from = text; *from != '\0'; from++) {
		if (from[0] == '\\' && (from[1] == 'n' || from[1] == '\\')) {
			from++;
			*to++ = *from == 'n' ? '\n' : '\\';
		} else {
			*to++ = *from;
		}
	}
	*to = '\0';
}

static int on_entry(void *data, const struct ini_entry *read, char *sentence, size_t size)
{
	struct entries *entries = data;
	if (read->section[0] != '\0') {
		snprintf(sentence, size, "a file of settings has no [sections]");
		return -1;
	}
	for (const struct entry *other = entries->first; other != NULL; other = other->next) {
		if (strcmp(other->key, read->key) == 0) {
			snprintf(sentence, size, "this key stands in line %u already", other->line);
			return -1;
		}
	}
	struct entry *entry = xcalloc(1, sizeof(*entry));
	entry->key = xstrdup(read->key);
	entry->value = xstrdup(read->value);
	entry->line = read->line;
	unescape(entry->value);
	*entries->end = entry;
	entries->end = &entry->next;
	return 0;
}

static void free_entries(struct entry *entry)
{
	while (entry != NULL) {
		struct entry *next = entry->next;
		free(entry->key);
		free(entry->value);
		free(entry);
		entry = next;
	}
}

/* One after another; the first that is refused ends it, with its line. */
static int set_all(struct cli *cli, const char *path, const struct entry *entry)
{
	unsigned set = 0;
	for (; entry != NULL; entry = entry->next, set++) {
		const struct msg_setting_set request = set_request(entry->key, entry->value);
		struct reply reply = {0};
		char problem[1500];
		int status = ask_raw(
			cli, ASK_ANY, TYPE_SETTING_SET, &request, &reply, problem, sizeof(problem));
		if (status == 0 && reply.message.type == TYPE_ERROR) {
			struct text why = reply.message.error.message;
			snprintf(problem, sizeof(problem), "%.*s", (int)why.size, why.bytes);
			status = -1;
		}
		if (status == 0 && cli->json) {
			fprintf(cli->out, "%s\n", reply.text);
		}
		reply_finish(&reply);
		if (status != 0) {
			return cli_fail(cli, COMMAND_FAILED,
				"%s:%u: %s: %s (%u settings before it are set)", path, entry->line,
				entry->key, problem, set);
		}
	}
	if (!cli->json) {
		fprintf(cli->out, "%u settings are set.\n", set);
	}
	return COMMAND_DONE;
}

int cli_setting_import(struct cli *cli, int count, char **arguments)
{
	(void)count;
	const char *path = arguments[0];
	bool input = strcmp(path, "-") == 0;
	FILE *file = input ? cli->in : fopen(path, "re");
	if (file == NULL) {
		return cli_fail(cli, COMMAND_FAILED, "%s: %s", path, strerror(errno));
	}
	struct entries entries = {.end = &entries.first};
	unsigned line;
	char sentence[INI_SENTENCE_MAX];
	int code;
	if (ini_read(file, on_entry, &entries, &line, sentence) == 0) {
		code = set_all(cli, path, entries.first);
	} else {
		code = cli_fail(cli, COMMAND_FAILED, "%s:%u: %s", path, line, sentence);
	}
	free_entries(entries.first);
	if (!input) {
		fclose(file);
	}
	return code;
}
