/* hark escrow status|recovery|grant|drill. */
#include "daemon/cli/ask.h"
#include "daemon/cli/input.h"

#include <ctype.h>
#include <sodium.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

enum {
	PASSWORD_MAX = 800, /* bytes of 200 code points: messages.def */
	TYPED_MAX = 200, /* a recovery key with blanks between its groups */
	KEY_BYTES = 32,
	CHECK_BYTES = 2,
	GROUP = 8, /* digits */
};

/* ---- the recovery key on paper: eight groups of eight digits, and four to check them ---- */

static void check_of(const uint8_t key[KEY_BYTES], uint8_t check[CHECK_BYTES])
{
	uint8_t hash[crypto_generichash_BYTES_MIN];
	crypto_generichash(hash, sizeof(hash), key, KEY_BYTES, NULL, 0);
	memcpy(check, hash, CHECK_BYTES);
}

static void print_key(FILE *out, const uint8_t key[KEY_BYTES])
{
	uint8_t check[CHECK_BYTES];
	check_of(key, check);
	fputs("\n  ", out);
	for (size_t i = 0; i < KEY_BYTES; i++) {
		bool ends = (i + 1) % (GROUP / 2) == 0;
		fprintf(out, "%02x%s", key[i],
			i == 15                     ? "\n  "
			: ends && i + 1 < KEY_BYTES ? " "
						    : "");
	}
	fprintf(out, "\n  %02x%02x\n\n", check[0], check[1]);
}

/* Digits in groups or not, blanks and dashes apart. False: not a key, or a slip in it. */
static bool parse_key(const char *text, uint8_t key[KEY_BYTES])
{
	char digits[2 * (KEY_BYTES + CHECK_BYTES) + 1];
	uint8_t bytes[KEY_BYTES + CHECK_BYTES], check[CHECK_BYTES];
	size_t count = 0, size = 0;
	for (; *text != '\0'; text++) {
		if (isspace((unsigned char)*text) || *text == '-') {
			continue;
		}
		if (count + 1 == sizeof(digits)) {
			return false;
		}
		digits[count++] = *text;
	}
	bool whole = sodium_hex2bin(bytes, sizeof(bytes), digits, count, NULL, &size, NULL) == 0 &&
		     size == sizeof(bytes);
	if (whole) {
		check_of(bytes, check);
		whole = memcmp(check, bytes + KEY_BYTES, sizeof(check)) == 0;
		memcpy(key, bytes, KEY_BYTES);
	}
	sodium_memzero(digits, sizeof(digits));
	sodium_memzero(bytes, sizeof(bytes));
	return whole;
}

/* Reads a secret: from a terminal without showing it, else as it comes. */
static bool read_secret(struct cli *cli, const char *prompt, char *text, size_t max)
{
	struct termios before, quiet;
	bool terminal = isatty(fileno(cli->in)) && tcgetattr(fileno(cli->in), &before) == 0;
	if (!terminal) {
		return input_read(cli->in, text, max);
	}
	fputs(prompt, cli->err);
	fflush(cli->err);
	quiet = before;
	quiet.c_lflag &= ~(tcflag_t)ECHO;
	tcsetattr(fileno(cli->in), TCSAFLUSH, &quiet);
	bool read = fgets(text, (int)max + 1, cli->in) != NULL;
	tcsetattr(fileno(cli->in), TCSAFLUSH, &before);
	fputc('\n', cli->err);
	if (read) {
		text[strcspn(text, "\n")] = '\0';
	}
	return read;
}

static bool read_key(struct cli *cli, uint8_t key[KEY_BYTES])
{
	char typed[TYPED_MAX + 1];
	bool right = read_secret(cli, "Recovery key: ", typed, TYPED_MAX) && parse_key(typed, key);
	sodium_memzero(typed, sizeof(typed));
	return right;
}

static const char no_key[] = "this is no recovery key: eight groups of eight digits, and the four "
			     "below them";

/* ---- subcommands ---- */

int cli_escrow_status(struct cli *cli, int count, char **arguments)
{
	(void)count;
	(void)arguments;
	const struct msg_escrow_status request = {.has_ref = true, .ref = CONTROL_REF};
	struct reply reply;
	int code = ask(cli, ASK_ANY, TYPE_ESCROW_STATUS, &request, &reply);
	if (code != COMMAND_DONE) {
		return code;
	}
	if (reply.message.type != TYPE_STATE_ESCROW) {
		reply_finish(&reply);
		return cli_fail(cli, COMMAND_FAILED, "this daemon does not say who holds keys");
	}
	const struct msg_state_escrow *state = &reply.message.state_escrow;
	if (!cli->json) {
		fprintf(cli->out, "approvals     %d\nrecovery key  %s\n", (int)state->approvals,
			state->recovery ? "made" : "NONE");
		for (size_t i = 0; i < state->holders_count; i++) {
			const struct item_holder *holder = &state->holders[i];
			fprintf(cli->out, "holder        %.*s", (int)holder->name.size,
				holder->name.bytes);
			if (holder->missing > 0) {
				fprintf(cli->out, ", cannot open %lld older items",
					(long long)holder->missing);
			}
			fputc('\n', cli->out);
		}
		for (size_t i = 0; i < state->warnings_count; i++) {
			fprintf(cli->out, "WARNING: %.*s\n", (int)state->warnings[i].size,
				state->warnings[i].bytes);
		}
	}
	code = state->warnings_count > 0 ? COMMAND_UNSOUND : COMMAND_DONE;
	reply_finish(&reply);
	return code;
}

int cli_escrow_recovery(struct cli *cli, int count, char **arguments)
{
	(void)count;
	(void)arguments;
	const struct msg_escrow_recovery request = {.has_ref = true, .ref = CONTROL_REF};
	struct reply reply;
	int code = ask(cli, ASK_ANY, TYPE_ESCROW_RECOVERY, &request, &reply);
	if (code != COMMAND_DONE) {
		return code;
	}
	if (!cli->json && reply.message.type == TYPE_ESCROW_KEY) {
		fputs("The recovery key. It is shown this once and kept nowhere:\n", cli->out);
		print_key(cli->out, reply.message.escrow_key.key);
		fputs("Print it or write it down, and lock it away outside of IT. With it, "
		      "counselors who\nlost their keys can be given sealed details again; "
		      "whoever has it and the file can\nopen them. Try it: hark escrow drill "
		      "--recovery\n",
			cli->out);
	}
	reply_finish(&reply);
	return COMMAND_DONE;
}

int cli_escrow_grant(struct cli *cli, int count, char **arguments)
{
	(void)count;
	struct msg_escrow_grant request = {
		.has_ref = true, .ref = CONTROL_REF, .login = text_of(arguments[0])};
	if (!read_key(cli, request.key)) {
		return cli_fail(cli, COMMAND_FAILED, "%s", no_key);
	}
	int code = ask_done(cli, TYPE_ESCROW_GRANT, &request,
		"%s can open what the recovery key opens.", arguments[0]);
	sodium_memzero(&request, sizeof(request));
	return code;
}

int cli_escrow_drill(struct cli *cli, int count, char **arguments)
{
	(void)count;
	struct msg_escrow_drill request = {.has_ref = true, .ref = CONTROL_REF};
	char password[PASSWORD_MAX + 1];
	if (strcmp(arguments[0], "--recovery") == 0) {
		request.has_key = true;
		if (!read_key(cli, request.key)) {
			return cli_fail(cli, COMMAND_FAILED, "%s", no_key);
		}
	} else {
		if (!read_secret(cli, "Password: ", password, PASSWORD_MAX)) {
			return cli_fail(cli, COMMAND_FAILED, "there is no password to try");
		}
		request.has_login = request.has_password = true;
		request.login = text_of(arguments[0]);
		request.password = text_of(password);
	}
	int code = ask_done(cli, TYPE_ESCROW_DRILL, &request,
		"It works: an item was sealed to this key and opened with it.");
	sodium_memzero(password, sizeof(password));
	sodium_memzero(&request, sizeof(request));
	return code;
}
