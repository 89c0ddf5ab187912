/* The stand-in for the daemon. */
#include "tests/unit/cli/fake.h"
#include "daemon/cli/command.h"
#include "daemon/offline.h"
#include "daemon/xalloc.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	TEXT = 1 << 16
};

struct config fake_config;
char fake_asked[TEXT], fake_out[TEXT], fake_err[TEXT];

static const char *answers[16];
static size_t answers_given, answers_count;
static char directory[40];

void fake_begin(void)
{
	strcpy(directory, "/tmp/hark-cli-XXXXXX");
	if (mkdtemp(directory) == NULL) {
		abort();
	}
	config_init(&fake_config);
	free(fake_config.data_dir);
	fake_config.data_dir = xstrdup(directory);
	answers_given = answers_count = 0;
	fake_asked[0] = '\0';
}

static int on_entry(const char *path, const struct stat *info, int kind, struct FTW *walk)
{
	(void)info;
	(void)kind;
	(void)walk;
	return remove(path);
}

void fake_end(void)
{
	nftw(directory, on_entry, 8, FTW_DEPTH | FTW_PHYS);
	config_finish(&fake_config);
}

void fake_answer(const char *json)
{
	answers[answers_count++] = json;
}

int offline_request(const struct config *config, const char *request, size_t size, char **answer,
	size_t *answer_size, char *problem, size_t problem_size)
{
	(void)config;
	size_t length = strlen(fake_asked);
	snprintf(fake_asked + length, TEXT - length, "%.*s\n", (int)size, request);
	const char *given = "{\"type\":\"ok\",\"ref\":2}";
	if (answers_given < answers_count) {
		given = answers[answers_given++];
	}
	if (given == NULL) {
		snprintf(problem, problem_size, "the file is away");
		return -1;
	}
	*answer = xstrdup(given);
	*answer_size = strlen(given);
	return 0;
}

int offline_note(const struct config *config, const struct audit_entry *entry, char *problem,
	size_t problem_size)
{
	(void)config;
	(void)entry;
	(void)problem;
	(void)problem_size;
	strncat(fake_asked, "noted\n", TEXT - strlen(fake_asked) - 1);
	return 0;
}

static int run(const char *words, bool json, const char *input, size_t size, const char *output)
{
	char *text = xstrdup(words), *arguments[16];
	int count = 0;
	for (char *word = strtok(text, " "); word != NULL; word = strtok(NULL, " ")) {
		for (char *at = word; (at = strchr(at, '_')) != NULL;) {
			*at = ' ';
		}
		arguments[count++] = word;
	}
	memset(fake_out, 0, TEXT);
	memset(fake_err, 0, TEXT);
	FILE *in = tmpfile();
	if (in == NULL || fwrite(input, 1, size, in) != size) {
		abort();
	}
	rewind(in);
	struct cli cli = {.config = &fake_config,
		.json = json,
		.in = in,
		.out = output != NULL ? fopen(output, "w") : fmemopen(fake_out, TEXT, "w"),
		.err = fmemopen(fake_err, TEXT, "w")};
	int code = commands_run(&cli, count, arguments);
	fclose(cli.in);
	fclose(cli.out);
	fclose(cli.err);
	free(text);
	return code;
}

int fake_run(const char *words)
{
	return run(words, false, "", 0, NULL);
}

int fake_run_json(const char *words)
{
	return run(words, true, "", 0, NULL);
}

int fake_run_input(const char *words, const char *input, size_t size)
{
	return run(words, false, input, size, NULL);
}

int fake_run_output(const char *words, const char *output)
{
	return run(words, false, "", 0, output);
}
