/* hark shift add|list|remove. */
#include "daemon/cli/ask.h"
#include "daemon/cli/input.h"
#include "daemon/cli/table.h"
#include "daemon/cli/week.h"

#include <inttypes.h>
#include <string.h>

int cli_shift_add(struct cli *cli, int count, char **arguments)
{
	(void)count;
	bool days[7];
	int from, until;
	if (!week_parse_days(arguments[1], days)) {
		return cli_fail(cli, COMMAND_USAGE,
			"\"%s\" are no days; mon-fri, mon,wed,fri, sat or daily are", arguments[1]);
	}
	if (!week_parse_hours(arguments[2], &from, &until)) {
		return cli_fail(cli, COMMAND_USAGE,
			"\"%s\" are no hours; 11:30-13:00 are, and 18:00-24:00; a night is two "
			"shifts",
			arguments[2]);
	}
	int code = COMMAND_DONE;
	for (int day = 0; day < 7 && code == COMMAND_DONE; day++) {
		if (!days[day]) {
			continue;
		}
		const struct msg_shift_add request = {
			.has_ref = true,
			.ref = CONTROL_REF,
			.login = text_of(arguments[0]),
			.weekday = day,
			.from_min = from,
			.until_min = until,
		};
		code = ask_done(cli, TYPE_SHIFT_ADD, &request, "%s: %s %s", arguments[0],
			week_day_names[day], arguments[2]);
	}
	return code;
}

static void add_row(struct table *table, const struct item_shift *shift)
{
	char number[24], from[8], until[8];
	snprintf(number, sizeof(number), "%" PRId64, shift->shift);
	snprintf(from, sizeof(from), "%02d:%02d", (int)(shift->from_min / 60),
		(int)(shift->from_min % 60));
	snprintf(until, sizeof(until), "%02d:%02d", (int)(shift->until_min / 60),
		(int)(shift->until_min % 60));
	const struct text cells[] = {text_of(number), shift->login,
		text_of(week_day_names[shift->weekday]), text_of(from), text_of(until)};
	table_add(table, cells);
}

static int fill(struct cli *cli, struct table *table)
{
	struct msg_shift_list request = {.has_ref = true, .ref = CONTROL_REF};
	for (bool more = true; more;) {
		struct reply reply;
		int code = ask(cli, ASK_ANY, TYPE_SHIFT_LIST, &request, &reply);
		if (code != COMMAND_DONE) {
			return code;
		}
		const struct msg_shift_listed *page = &reply.message.shift_listed;
		bool listed = reply.message.type == TYPE_SHIFT_LISTED;
		for (size_t i = 0; listed && i < page->shifts_count; i++) {
			add_row(table, &page->shifts[i]);
			request.has_after = true;
			request.after = page->shifts[i].shift;
		}
		more = listed && page->more && page->shifts_count > 0;
		reply_finish(&reply);
	}
	return COMMAND_DONE;
}

int cli_shift_list(struct cli *cli, int count, char **arguments)
{
	(void)count;
	(void)arguments;
	const struct text names[] = {text_of("NUMBER"), text_of("LOGIN"), text_of("DAY"),
		text_of("FROM"), text_of("UNTIL")};
	struct table *table = table_create(5);
	table_add(table, names);
	int code = fill(cli, table);
	if (code == COMMAND_DONE && !cli->json) {
		table_print(table, cli->out);
	}
	table_destroy(table);
	return code;
}

int cli_shift_remove(struct cli *cli, int count, char **arguments)
{
	int64_t numbers[INPUT_NUMBERS_MAX];
	const char *wrong;
	if (!input_numbers(count, arguments, numbers, &wrong)) {
		return cli_fail(cli, COMMAND_USAGE,
			"\"%s\" is no shift's number; hark shift list shows them", wrong);
	}
	int code = COMMAND_DONE;
	for (int i = 0; i < count && code == COMMAND_DONE; i++) {
		const struct msg_shift_remove request = {
			.has_ref = true, .ref = CONTROL_REF, .shift = numbers[i]};
		code = ask_done(cli, TYPE_SHIFT_REMOVE, &request, "Shift %" PRId64 " is removed.",
			numbers[i]);
	}
	return code;
}
