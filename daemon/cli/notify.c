/* hark notify: the ways to adults outside of the page, tried and looked at. */
#include "daemon/cli/ask.h"
#include "daemon/cli/table.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum {
	TIME_BYTES = 40,
	COUNT_BYTES = 24,
};

static struct text time_text(bool has, int64_t at_ms, char out[TIME_BYTES])
{
	time_t seconds = (time_t)(at_ms / 1000);
	struct tm local;
	if (!has || localtime_r(&seconds, &local) == NULL) {
		return text_of("never");
	}
	strftime(out, TIME_BYTES, "%Y-%m-%d %H:%M:%S", &local);
	return text_of(out);
}

static void print_states(struct cli *cli, const struct msg_notify_told *told)
{
	static const char *const names[] = {
		"channel", "last success", "last failure", "waiting", "given up", "problem"};
	struct text cells[6];
	for (size_t i = 0; i < 6; i++) {
		cells[i] = text_of(names[i]);
	}
	struct table *table = table_create(6);
	table_add(table, cells);
	for (size_t i = 0; i < told->channels_count; i++) {
		const struct item_channel_state *state = &told->channels[i];
		char sent[TIME_BYTES], failed[TIME_BYTES], waiting[COUNT_BYTES], dead[COUNT_BYTES];
		snprintf(waiting, sizeof(waiting), "%" PRId64, state->waiting);
		snprintf(dead, sizeof(dead), "%" PRId64, state->dead);
		cells[0] = text_of(wire_channel_name(state->channel));
		cells[1] = time_text(state->has_sent_ms, state->sent_ms, sent);
		cells[2] = time_text(state->has_failed_ms, state->failed_ms, failed);
		cells[3] = text_of(waiting);
		cells[4] = text_of(dead);
		cells[5] = state->problem;
		table_add(table, cells);
	}
	table_print(table, cli->out);
	table_destroy(table);
}

/* How many of them did not do it. */
static unsigned print_results(struct cli *cli, const struct msg_notify_told *told)
{
	unsigned failed = 0;
	for (size_t i = 0; i < told->channels_count; i++) {
		const struct item_channel_state *state = &told->channels[i];
		bool well = state->problem.size == 0 && state->waiting == 0;
		failed += !well;
		fprintf(cli->out, "%-8s %s%.*s\n", wire_channel_name(state->channel),
			well ? "delivered" : "", (int)(well ? 0 : state->problem.size),
			state->problem.bytes);
	}
	return failed;
}

static int nothing_set_up(struct cli *cli)
{
	return cli_fail(cli, COMMAND_FAILED,
		"no channel is set up: see [mail], [webhook], [ntfy], [slack], [teams] and "
		"[program] in hark.conf");
}

int cli_notify_test(struct cli *cli, int count, char **arguments)
{
	struct msg_notify_test request = {.has_ref = true, .ref = CONTROL_REF};
	if (count > 0) {
		request.has_channel = wire_channel_from_text(
			arguments[0], strlen(arguments[0]), &request.channel);
		if (!request.has_channel || request.channel == WIRE_CHANNEL_SCREEN) {
			return cli_fail(cli, COMMAND_USAGE,
				"%s: the channels are mail, webhook, ntfy, slack, teams and "
				"program",
				arguments[0]);
		}
	}
	struct reply reply;
	int code = ask(cli, ASK_RUNNING_SLOW, TYPE_NOTIFY_TEST, &request, &reply);
	if (code != COMMAND_DONE) {
		return code;
	}
	const struct msg_notify_told *told = &reply.message.notify_told;
	if (reply.message.type == TYPE_NOTIFY_TOLD && told->channels_count == 0) {
		code = nothing_set_up(cli);
	} else if (reply.message.type == TYPE_NOTIFY_TOLD && !cli->json) {
		code = print_results(cli, told) == 0 ? COMMAND_DONE : COMMAND_FAILED;
	}
	reply_finish(&reply);
	return code;
}

int cli_notify_status(struct cli *cli, int count, char **arguments)
{
	(void)count;
	(void)arguments;
	const struct msg_notify_status request = {.has_ref = true, .ref = CONTROL_REF};
	struct reply reply;
	int code = ask(cli, ASK_ANY, TYPE_NOTIFY_STATUS, &request, &reply);
	if (code != COMMAND_DONE) {
		return code;
	}
	const struct msg_notify_told *told = &reply.message.notify_told;
	if (reply.message.type == TYPE_NOTIFY_TOLD && told->channels_count == 0) {
		code = nothing_set_up(cli);
	} else if (reply.message.type == TYPE_NOTIFY_TOLD && !cli->json) {
		print_states(cli, told);
	}
	reply_finish(&reply);
	return code;
}
