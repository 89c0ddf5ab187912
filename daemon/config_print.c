/* The configuration as text: the values in force, the example file, the flags of --help. */
#include "daemon/config.h"
#include "daemon/config_rows.h"

#include <string.h>

/* `text` in lines of at most 100 columns, each behind `indent`. */
static void print_wrapped(FILE *out, const char *indent, const char *text)
{
	size_t width = 98 - strlen(indent);
	while (*text != '\0') {
		size_t length = strlen(text);
		if (length > width) {
			for (length = width; length > 0 && text[length] != ' '; length--) {
			}
		}
		fprintf(out, "%s%.*s\n", indent, (int)length, text);
		text += length;
		text += *text == ' ';
	}
}

/* Prints the section's name if `option` is the first of it, else `between`. */
static void print_section(FILE *out, const struct option *option, const char *between)
{
	if (option == config_options) {
		fprintf(out, "[%s]\n", option->section);
	} else if (strcmp(option[-1].section, option->section) != 0) {
		fprintf(out, "\n[%s]\n", option->section);
	} else {
		fputs(between, out);
	}
}

void config_print(const struct config *config, FILE *out)
{
	static char value[OPTION_VALUE_MAX];
	for (const struct option *option = config_options; option->section != NULL; option++) {
		print_section(out, option, "");
		option_get(option, config, value);
		fprintf(out, "%s =%s%s\n", option->key, value[0] == '\0' ? "" : " ", value);
	}
}

void config_example(FILE *out)
{
	fputs("# Hark's configuration, with every option at its default. Made from the option rows "
	      "in\n"
	      "# daemon/config_rows.c by `make generated-config`.\n"
	      "#\n"
	      "# It is read from /etc/hark/hark.conf, then from conf.d/*.conf beside it; then "
	      "come\n"
	      "# variables (HARK_SERVER_PORT=8420) and flags (--server.port=8420). Times: 500ms, "
	      "90s, 10m,\n"
	      "# 12h, 7d. Sizes: 256KiB, 1MiB. Lists: blanks or commas between the entries. A "
	      "comment is a\n"
	      "# line of its own. What is marked (reload) changes with `systemctl reload hark`, "
	      "the rest\n"
	      "# with a restart. `harkd --print-config` shows what is in force.\n\n",
		out);
	for (const struct option *option = config_options; option->section != NULL; option++) {
		print_section(out, option, "\n");
		print_wrapped(out, "# ", option->text);
		if (option->reloadable) {
			fputs("# (reload)\n", out);
		}
		fprintf(out, "#%s =%s%s\n", option->key, option->initial[0] == '\0' ? "" : " ",
			option->initial);
	}
}

void config_flags(FILE *out)
{
	for (const struct option *option = config_options; option->section != NULL; option++) {
		fprintf(out, "  --%s.%s=%s%s%s%s\n", option->section, option->key, option->unit,
			option->initial[0] == '\0' ? "" : "  (", option->initial,
			option->initial[0] == '\0' ? "" : ")");
		print_wrapped(out, "        ", option->text);
	}
}
