/* The rows of the hark command, and finding the one that is meant. */
#include "daemon/cli/command.h"
#include "daemon/cli/input.h"

#include <stdarg.h>
#include <stddef.h>
#include <string.h>

const struct command commands[] = {
	{"init", "LOGIN NAME", 2, 2,
		"set up a new school: directory, key, file, and the first manager's enrolment link",
		cli_init},
	{"setup-link", "[LOGIN [NAME]]", 0, 2,
		"a link for a manager who has not enrolled yet (made if need be; LOGIN: manager)",
		cli_setup_link},
	{"account add", "ROLE LOGIN NAME [--password-stdin]", 3, 4,
		"add a supporter, counselor or manager; prints a one-time enrolment link, or takes "
		"a "
		"first password",
		cli_account_add},
	{"account list", "", 0, 0, "list all accounts", cli_account_list},
	{"account disable", "LOGIN", 1, 1, "close an account and sign it out", cli_account_disable},
	{"account enable", "LOGIN", 1, 1, "open a closed account again", cli_account_enable},
	{"account reset", "LOGIN", 1, 1,
		"a new enrolment link for a lost password; counselors are told", cli_account_reset},
	{"account reach", "LOGIN [--mail ADDRESS] [--ntfy TOPIC]", 3, 5,
		"where an adult is reached when a student needs one; \"\" for none",
		cli_account_reach},
	{"shift add", "LOGIN DAYS FROM-UNTIL", 3, 3,
		"add weekly shifts: hark shift add juniper mon-fri 11:30-13:00", cli_shift_add},
	{"shift list", "", 0, 0, "list all weekly shifts", cli_shift_list},
	{"shift remove", "NUMBER...", 1, INPUT_NUMBERS_MAX,
		"remove shifts, by the numbers of shift list", cli_shift_remove},
	{"setting get", "[KEY]", 0, 1, "show the school's settings, or one", cli_setting_get},
	{"setting set", "KEY VALUE", 2, 2, "change one; VALUE - reads standard input",
		cli_setting_set},
	{"setting import", "FILE", 1, 1,
		"change many from a file of KEY = VALUE; indented lines go on with a value",
		cli_setting_import},
	{"audit verify", "[--file COPY] [--first-key HEX] [--head ENTRY:HASH]", 0, 6,
		"whether anything in the audit was changed, removed or cut off; exit code 2: so it "
		"is",
		cli_audit_verify},
	{"audit head", "", 0, 0, "the newest entry and its hash, to be kept outside",
		cli_audit_head},
	{"audit list", "[BEFORE]", 0, 1, "the newest entries, or those before an entry",
		cli_audit_list},
	{"phrase list", "", 0, 0, "list the watch phrases", cli_phrase_list},
	{"phrase add", "LANGUAGE SEVERITY CATEGORY MATCH TEXT", 5, 5,
		"watch for words: hark phrase add en high Suicide word \"kill myself\"",
		cli_phrase_add},
	{"phrase remove", "NUMBER...", 1, INPUT_NUMBERS_MAX,
		"remove phrases, by the numbers of phrase list", cli_phrase_remove},
	{"phrase import", "FILE [--dry-run]", 1, 2,
		"add those of a list that are not there yet, as in examples/phrases",
		cli_phrase_import},
	{"phrase export", "LANGUAGE", 1, 1, "print a language's phrases as such a list",
		cli_phrase_export},
	{"codes print", "--count N --until YYYY-MM-DD [--label TEXT]", 4, 6,
		"print codes that let students of the school in, as a sheet to cut; shown once",
		cli_codes_print},
	{"codes list", "", 0, 0, "list what was printed, and roughly how many were ever used",
		cli_codes_list},
	{"codes revoke", "BATCH", 1, 1, "no code of this batch opens a chat any more",
		cli_codes_revoke},
	{"escrow status", "", 0, 0, "who can open sealed details, and what is wrong",
		cli_escrow_status},
	{"escrow recovery", "", 0, 0, "make a recovery key, to be printed and locked away",
		cli_escrow_recovery},
	{"escrow grant", "LOGIN", 1, 1,
		"give a holder what the recovery key opens; asks for the key", cli_escrow_grant},
	{"escrow drill", "LOGIN|--recovery", 1, 1,
		"prove that a holder's password, or the recovery key, still opens",
		cli_escrow_drill},
	{"backup", "PATH", 1, 1, "write a sealed copy of the file while everything goes on",
		cli_backup},
	{"verify", "[--file COPY] [--first-key HEX] [--head ENTRY:HASH]", 0, 6,
		"open every page of the file, check every table and the audit; exit code 2: not "
		"sound",
		cli_verify},
	{"restore", "COPY [--replace] [--key OLDER-KEY]", 1, 4,
		"put a copy in the place of the file, which keeps another name; harkd is stopped",
		cli_restore},
	{"rekey", "", 0, 0,
		"seal the file afresh under a new key, which hark.key then holds; harkd is stopped",
		cli_rekey},
	{"status", "", 0, 0, "how the running daemon is", cli_status},
	{"key create", "[PATH]", 0, 1, "make a new hark.key where there is none", cli_key_create},
	{"notify test", "[CHANNEL]", 0, 1,
		"send a test over one channel (mail, webhook, ntfy, slack, teams, program) or all",
		cli_notify_test},
	{"notify status", "", 0, 0, "how the channels to adults do", cli_notify_status},
	{"check", "", 0, 0, "look over configuration, key, file, and how Hark is reached",
		cli_check},
	{NULL, NULL, 0, 0, NULL, NULL},
};

int cli_fail(struct cli *cli, int code, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	fputs("hark: ", cli->err);
	vfprintf(cli->err, format, arguments);
	fputc('\n', cli->err);
	va_end(arguments);
	return code;
}

/* The row whose name the arguments begin with, and how many words that is. */
static const struct command *find(int count, char **arguments, int *words)
{
	for (const struct command *command = commands; command->name != NULL; command++) {
		size_t first = strcspn(command->name, " ");
		bool two = command->name[first] == ' ';
		if (count < (two ? 2 : 1) || strlen(arguments[0]) != first ||
			strncmp(arguments[0], command->name, first) != 0 ||
			(two && strcmp(arguments[1], command->name + first + 1) != 0)) {
			continue;
		}
		*words = two ? 2 : 1;
		return command;
	}
	return NULL;
}

/* Takes --json out of a subcommand's arguments, up to "--". Returns how many are left. */
static int take_flags(struct cli *cli, int count, char **arguments, bool *help)
{
	int kept = 0;
	bool open = true;
	for (int i = 0; i < count; i++) {
		if (open && strcmp(arguments[i], "--") == 0) {
			open = false;
		} else if (open && strcmp(arguments[i], "--json") == 0) {
			cli->json = true;
		} else if (open && strcmp(arguments[i], "--help") == 0) {
			*help = true;
		} else {
			arguments[kept++] = arguments[i];
		}
	}
	return kept;
}

static void print_usage(const struct command *command, FILE *out)
{
	fprintf(out, "usage: hark %s %s\n       %s\n", command->name, command->arguments,
		command->text);
}

/* No row is meant: says those that begin with the same word, if there are any. */
static int fail_to_find(struct cli *cli, int count, char **arguments)
{
	if (count == 0) {
		return cli_fail(
			cli, COMMAND_USAGE, "what is to be done? hark --help lists the commands");
	}
	bool any = false;
	size_t size = strlen(arguments[0]);
	for (const struct command *command = commands; command->name != NULL; command++) {
		if (strncmp(command->name, arguments[0], size) == 0 && command->name[size] == ' ') {
			print_usage(command, cli->err);
			any = true;
		}
	}
	return any ? COMMAND_USAGE
		   : cli_fail(cli, COMMAND_USAGE,
			     "there is no such command; hark --help lists them");
}

int cli_end(struct cli *cli, int code)
{
	if (fflush(cli->out) == 0 && !ferror(cli->out)) {
		return code;
	}
	return cli_fail(cli, code == COMMAND_DONE ? COMMAND_FAILED : code,
		"not all of it could be printed; what is shown only once has to be made anew");
}

int commands_run(struct cli *cli, int count, char **arguments)
{
	int words;
	const struct command *command = find(count, arguments, &words);
	if (command == NULL) {
		return fail_to_find(cli, count, arguments);
	}
	bool help = false;
	arguments += words;
	count = take_flags(cli, count - words, arguments, &help);
	if (help || count < command->min || count > command->max) {
		print_usage(command, help ? cli->out : cli->err);
		return help ? cli_end(cli, COMMAND_DONE) : COMMAND_USAGE;
	}
	return cli_end(cli, command->run(cli, count, arguments));
}
