/*
 * hark codes print|list|revoke. A sheet is plain text to be cut: 30 slips a page, in two columns,
 * a form feed between pages; what is on it is nowhere else.
 */
#include "daemon/cli/ask.h"
#include "daemon/cli/input.h"
#include "daemon/cli/table.h"
#include "daemon/config.h"

#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
	CODES_A_REQUEST = 500, /* messages.def */
	CODES_AT_ONCE_MAX = 50000,
	SLIPS_A_PAGE = 30,
	COLUMNS = 2,
	SLIP_WIDTH = 36,
};

struct printing {
	long count;
	int64_t until_ms; /* first moment they open nothing any more */
	char until[16]; /* last day, for people */
	const char *label;
	int64_t batch; /* 0: not made yet */
	long printed;
	char left[16]; /* a code that waits for its neighbour */
};

/* ---- arguments ---- */

static bool read_count(const char *text, long *count)
{
	char *end;
	errno = 0;
	*count = strtol(text, &end, 10);
	return errno == 0 && end != text && *end == '\0' && *count >= 1 &&
	       *count <= CODES_AT_ONCE_MAX;
}

/* "2027-01-31": until the end of that day, in the school's time zone. */
static bool read_date(const struct config *config, const char *text, int64_t *until_ms)
{
	struct tm day = {0};
	const char *end = strptime(text, "%Y-%m-%d", &day);
	if (end == NULL || *end != '\0') {
		return false;
	}
	if (config->time_zone[0] != '\0') {
		setenv("TZ", config->time_zone, 1);
	}
	tzset();
	const struct tm said = day;
	day.tm_isdst = -1;
	if (mktime(&day) <= 0 || day.tm_mon != said.tm_mon || day.tm_mday != said.tm_mday) {
		return false; /* mktime() makes a day of March of "02-31" */
	}
	day.tm_mday++;
	day.tm_isdst = -1;
	time_t at = mktime(&day);
	*until_ms = (int64_t)at * 1000;
	return at > 0;
}

/* NULL: it is understood; else what would be. */
static const char *read_argument(
	const struct config *config, const char *name, const char *value, struct printing *printing)
{
	if (strcmp(name, "--count") == 0) {
		return read_count(value, &printing->count) ? NULL : "it takes 1 to 50000";
	}
	if (strcmp(name, "--until") == 0) {
		snprintf(printing->until, sizeof(printing->until), "%s", value);
		return read_date(config, value, &printing->until_ms) ? NULL
								     : "it takes a day: 2027-01-31";
	}
	if (strcmp(name, "--label") == 0) {
		printing->label = value;
		return value[0] != '\0' ? NULL : "it takes a few words";
	}
	return "there are --count, --until and --label";
}

/* ---- the sheet ---- */

static void print_pair(struct cli *cli, const struct printing *printing, const char *right)
{
	char until[SLIP_WIDTH];
	snprintf(until, sizeof(until), "until %s", printing->until);
	fprintf(cli->out, "  %-*s%s\n", SLIP_WIDTH, printing->label, right ? printing->label : "");
	fprintf(cli->out, "  %-*s%s\n", SLIP_WIDTH, printing->left, right ? right : "");
	fprintf(cli->out, "  %-*s%s\n\n", SLIP_WIDTH, until, right ? until : "");
}

static void print_code(struct cli *cli, struct printing *printing, struct text code)
{
	long on_page = printing->printed % SLIPS_A_PAGE;
	if (on_page == 0 && printing->printed > 0) {
		fputc('\f', cli->out);
	}
	char text[sizeof(printing->left)];
	snprintf(text, sizeof(text), "%.*s", (int)code.size, code.bytes);
	if (on_page % COLUMNS == 0) {
		memcpy(printing->left, text, sizeof(text));
	} else {
		print_pair(cli, printing, text);
		printing->left[0] = '\0';
	}
	printing->printed++;
	sodium_memzero(text, sizeof(text));
}

static int print_some(struct cli *cli, struct printing *printing)
{
	long left = printing->count - printing->printed;
	const struct msg_code_print request = {
		.has_ref = true,
		.ref = CONTROL_REF,
		.count = left < CODES_A_REQUEST ? left : CODES_A_REQUEST,
		.until_ms = printing->until_ms,
		.has_label = printing->label[0] != '\0',
		.label = text_of(printing->label),
		.has_batch = printing->batch != 0,
		.batch = printing->batch,
	};
	struct reply reply;
	int code = ask(cli, ASK_ANY, TYPE_CODE_PRINT, &request, &reply);
	if (code != COMMAND_DONE) {
		return code;
	}
	const struct msg_code_printed *answer = &reply.message.code_printed;
	bool is_it = reply.message.type == TYPE_CODE_PRINTED && answer->codes_count > 0;
	for (size_t i = 0; is_it && i < answer->codes_count; i++) {
		if (cli->json) {
			printing->printed++; /* printed as it came */
		} else {
			print_code(cli, printing, answer->codes[i]);
		}
	}
	printing->batch = is_it ? answer->batch : 0;
	reply_finish(&reply);
	return is_it ? COMMAND_DONE
		     : cli_fail(cli, COMMAND_FAILED, "the daemon answered without codes");
}

int cli_codes_print(struct cli *cli, int count, char **arguments)
{
	struct printing printing = {.label = ""};
	for (int i = 0; i + 1 < count; i += 2) {
		const char *wrong =
			read_argument(cli->config, arguments[i], arguments[i + 1], &printing);
		if (wrong != NULL) {
			return cli_fail(cli, COMMAND_USAGE, "%s %s is not understood; %s",
				arguments[i], arguments[i + 1], wrong);
		}
	}
	if (count % 2 != 0 || printing.count == 0 || printing.until_ms == 0) {
		return cli_fail(cli, COMMAND_USAGE,
			"say how many and until when: hark codes print --count 60 --until "
			"2027-01-31 --label \"Grade 9\"");
	}
	int code = COMMAND_DONE;
	while (code == COMMAND_DONE && printing.printed < printing.count) {
		code = print_some(cli, &printing);
		if (code == COMMAND_DONE && fflush(cli->out) != 0) {
			code = cli_fail(cli, COMMAND_FAILED,
				"not all codes were printed; hark codes revoke %" PRId64
				" takes them back",
				printing.batch);
		}
	}
	if (printing.left[0] != '\0') {
		print_pair(cli, &printing, NULL);
	}
	if (code == COMMAND_DONE && !cli->json) {
		fprintf(cli->err,
			"%ld codes, batch %" PRId64 ". They are shown this once. To ask for one: "
			"hark setting set codes_required yes\n",
			printing.printed, printing.batch);
	}
	sodium_memzero(&printing, sizeof(printing));
	return code;
}

/* ---- what was printed ---- */

static void write_day(int64_t at_ms, char *out, size_t size)
{
	time_t at = (time_t)(at_ms / 1000);
	struct tm local;
	localtime_r(&at, &local);
	strftime(out, size, "%Y-%m-%d", &local);
}

static void add_row(struct table *table, const struct item_code_batch *batch)
{
	char number[24], made[16], last[16], count[24], used[24];
	snprintf(number, sizeof(number), "%" PRId64, batch->batch);
	snprintf(count, sizeof(count), "%" PRId64, batch->count);
	/* Told in tens: of a few nobody is to be known by it. */
	snprintf(used, sizeof(used), batch->used > 0 ? "%" PRId64 " or more" : "fewer than 10",
		batch->used);
	write_day(batch->made_ms, made, sizeof(made));
	write_day(batch->until_ms - 1, last, sizeof(last));
	const struct text cells[] = {text_of(number), batch->label, text_of(made),
		text_of(batch->revoked ? "revoked" : last), text_of(count), text_of(used)};
	table_add(table, cells);
}

int cli_codes_list(struct cli *cli, int count, char **arguments)
{
	(void)count;
	(void)arguments;
	const struct msg_code_list request = {.has_ref = true, .ref = CONTROL_REF};
	struct reply reply;
	int code = ask(cli, ASK_ANY, TYPE_CODE_LIST, &request, &reply);
	if (code != COMMAND_DONE) {
		return code;
	}
	if (!cli->json && reply.message.type == TYPE_CODE_LISTED) {
		const struct text names[] = {text_of("BATCH"), text_of("LABEL"), text_of("PRINTED"),
			text_of("UNTIL"), text_of("CODES"), text_of("USED")};
		struct table *table = table_create(6);
		table_add(table, names);
		for (size_t i = 0; i < reply.message.code_listed.batches_count; i++) {
			add_row(table, &reply.message.code_listed.batches[i]);
		}
		table_print(table, cli->out);
		table_destroy(table);
	}
	reply_finish(&reply);
	return COMMAND_DONE;
}

int cli_codes_revoke(struct cli *cli, int count, char **arguments)
{
	(void)count;
	struct msg_code_revoke request = {.has_ref = true, .ref = CONTROL_REF};
	if (!input_number(arguments[0], &request.batch)) {
		return cli_fail(cli, COMMAND_USAGE, "\"%s\" is no batch; hark codes list has them",
			arguments[0]);
	}
	return ask_done(cli, TYPE_CODE_REVOKE, &request,
		"Batch %s opens no chat any more; chats that are open go on.", arguments[0]);
}
