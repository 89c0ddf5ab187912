/* The hark command: flags, configuration, and the row of what was asked for. */
#include "daemon/cli/command.h"
#include "daemon/config.h"
#include "daemon/version.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void print_help(FILE *out)
{
	fputs("usage: hark [--config FILE] [--json] COMMAND [ARGUMENTS]\n\n", out);
	for (const struct command *command = commands; command->name != NULL; command++) {
		fprintf(out, "  %s %s\n        %s\n", command->name, command->arguments,
			command->text);
	}
	fputs("\n"
	      "  --config FILE     instead of /etc/hark/hark.conf\n"
	      "  --json            print the daemon's answers, one a line\n"
	      "  --print-config    print the options in force\n"
	      "  --example-config  print a file with every option and what it means\n"
	      "  --version\n\n"
	      "Any option may be given as a flag too: --storage.data_dir=/srv/hark.\n"
	      "Exit status: 0 done, 1 refused or failed, 2 not sound, 64 wrong usage, 78 wrong "
	      "configuration.\n",
		out);
}

/* What the flags without a dot ask for. -1: go on with the command. */
static int take_main_flags(struct cli *cli, int argc, char **argv, bool *print)
{
	int at = 1;
	for (const char *flag; (flag = config_other_flag(argc, argv, &at)) != NULL;) {
		if (strcmp(flag, "--help") == 0) {
			print_help(cli->out);
			return COMMAND_DONE;
		}
		if (strcmp(flag, "--version") == 0) {
			fprintf(cli->out, "hark %s\n", HARK_VERSION);
			return COMMAND_DONE;
		}
		if (strcmp(flag, "--example-config") == 0) {
			config_example(cli->out);
			return COMMAND_DONE;
		}
		if (strcmp(flag, "--print-config") == 0) {
			*print = true;
		} else if (strcmp(flag, "--json") == 0) {
			cli->json = true;
		} else {
			return cli_fail(cli, COMMAND_USAGE,
				"%s: there is no such flag; hark --help lists them", flag);
		}
	}
	return -1;
}

/* Where systemd finds the daemon's credential, root finds it for a command without the daemon. */
static void find_credential(void)
{
	if (geteuid() == 0 && access("/etc/credstore/hark.key", F_OK) == 0) {
		setenv("CREDENTIALS_DIRECTORY", "/etc/credstore", 0);
	}
}

int main(int argc, char **argv)
{
	struct config config;
	struct cli cli = {.config = &config, .in = stdin, .out = stdout, .err = stderr};
	char problem[CONFIG_PATH_MAX + 500];
	int rest;
	bool print = false;
	int code = take_main_flags(&cli, argc, argv, &print);
	if (code >= 0) {
		return cli_end(&cli, code);
	}
	umask(077);
	find_credential();
	config_init(&config);
	if (config_load(&config, NULL, argc, argv, &rest, problem, sizeof(problem)) != 0) {
		code = cli_fail(&cli, COMMAND_CONFIG, "%s", problem);
	} else if (print) {
		config_print(&config, cli.out);
		code = cli_end(&cli, COMMAND_DONE);
	} else {
		code = commands_run(&cli, argc - rest, argv + rest);
	}
	config_finish(&config);
	return code;
}
