/*
 * hark audit verify|head|list. Verifying is done here, not by the daemon: over the file itself when
 * no daemon runs, or over a copy of it; else over what the daemon lists, which has all that the
 * hashes and signatures cover.
 */
#include "daemon/audit_chain.h"
#include "daemon/cli/ask.h"
#include "daemon/cli/input.h"
#include "daemon/cli/table.h"
#include "daemon/config.h"
#include "daemon/keyfile.h"
#include "daemon/xalloc.h"
#include "storage/key.h"
#include "storage/store.h"

#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
	PROBLEM_MAX = 1500, /* bytes of a sentence, with a path in it */
	PAGE = 50, /* entries in one answer */
};

struct verification {
	struct audit_check check;
	const char *path; /* of a copy; NULL: the school's own file */
	bool has_keys; /* the table of keys was read: straight from a file */
	int64_t newest_ms;
	char problem[PROBLEM_MAX];
};

/* ---- arguments ---- */

static bool read_hex(const char *hex, uint8_t out[32])
{
	size_t size;
	return strlen(hex) == 64 && sodium_hex2bin(out, 32, hex, 64, NULL, &size, NULL) == 0 &&
	       size == 32;
}

static bool read_head(const char *text, struct audit_check *check)
{
	char *end;
	errno = 0;
	check->kept_entry = strtoll(text, &end, 10);
	return errno == 0 && check->kept_entry > 0 && *end == ':' &&
	       read_hex(end + 1, check->kept_hash);
}

static bool read_argument(const char *name, const char *value, struct verification *verification)
{
	struct audit_check *check = &verification->check;
	if (strcmp(name, "--first-key") == 0) {
		check->has_first_key = read_hex(value, check->first_key);
		return check->has_first_key;
	}
	if (strcmp(name, "--head") == 0) {
		return read_head(value, check);
	}
	if (strcmp(name, "--file") == 0) {
		verification->path = value;
		return true;
	}
	return false;
}

/* ---- from a file ---- */

struct walk {
	struct store_job job;
	struct verification *verification;
};

static bool on_row(void *data, const struct audit_row *row)
{
	struct verification *verification = data;
	verification->newest_ms = row->at_ms;
	return audit_check_entry(&verification->check, row);
}

static bool on_key(void *data, const struct audit_key_row *key)
{
	return audit_check_key(&((struct verification *)data)->check, key);
}

/* In one transaction: entries and keys of one moment. */
static enum store_status run_walk(struct store_job *job, struct store_db *db)
{
	struct verification *verification = ((struct walk *)job)->verification;
	enum store_status status = audit_each(db, on_row, verification);
	return status == STORE_OK ? audit_each_key(db, on_key, verification) : status;
}

/* STORE_LOCKED: a daemon has it; nothing was read. */
static enum store_status walk_file(struct cli *cli, struct verification *verification)
{
	char own[CONFIG_PATH_MAX], *problem = verification->problem;
	config_file_path(cli->config, own, sizeof(own));
	struct key *key = NULL;
	if (keyfile_load(cli->config, &key, problem, PROBLEM_MAX) != 0) {
		return STORE_WRONG_KEY;
	}
	const struct store_options options = {
		.path = verification->path != NULL ? verification->path : own,
		.key = key->file,
	};
	struct store *store = NULL;
	/* All of it, not the audit's pages alone: a changed byte anywhere is worth knowing. */
	enum store_status status = store_verify(&options, problem, PROBLEM_MAX);
	if (status == STORE_OK) {
		status = store_open(&options, &store, problem, PROBLEM_MAX);
	}
	key_free(key);
	if (status == STORE_OK) {
		struct walk walk = {.job.run = run_walk, .verification = verification};
		status = store_read_now(store, &walk.job);
		snprintf(problem, PROBLEM_MAX, "%s: %s", options.path, store_status_text(status));
		store_close(store);
	}
	if (verification->path == NULL) {
		ask_give_to_owner(cli->config);
	}
	verification->has_keys = true;
	return status;
}

/* ---- from a running daemon ---- */

/* What was listed, the newest first; rows with details of their own. */
struct listed {
	struct audit_row *rows;
	size_t count, capacity;
};

static void keep(struct listed *listed, const struct item_audit_line *line)
{
	if (listed->count == listed->capacity) {
		listed->capacity = listed->capacity * 2 + PAGE;
		listed->rows = xrealloc(listed->rows, listed->capacity * sizeof(*listed->rows));
	}
	struct audit_row *row = &listed->rows[listed->count++];
	*row = (struct audit_row){
		.entry = line->entry,
		.at_ms = line->at_ms,
		.what = (int64_t)line->what,
		.account = line->account,
		.room = line->room,
		.detail = xmemdup(line->detail.bytes, line->detail.size),
		.detail_size = line->detail.size,
		.has_signature = line->has_signature,
	};
	memcpy(row->hash, line->hash, sizeof(row->hash));
	memcpy(row->signature, line->signature, sizeof(row->signature));
}

/* One page before `before`; 0: the newest. False: it was not answered as it should be. */
static bool ask_page(struct cli *cli, struct verification *verification, struct listed *listed,
	int64_t before, bool *more)
{
	const struct msg_audit_list request = {
		.has_ref = true,
		.ref = CONTROL_REF,
		.has_before = before > 0,
		.before = before,
		.limit = PAGE,
	};
	struct reply reply;
	if (ask_raw(cli, ASK_RUNNING, TYPE_AUDIT_LIST, &request, &reply, verification->problem,
		    PROBLEM_MAX) != 0) {
		return false;
	}
	const struct msg_audit_listed *page = &reply.message.audit_listed;
	bool answered = reply.message.type == TYPE_AUDIT_LISTED;
	for (size_t i = 0; answered && i < page->entries_count; i++) {
		keep(listed, &page->entries[i]);
	}
	*more = answered && page->more && page->entries_count > 0;
	if (!answered) {
		snprintf(verification->problem, PROBLEM_MAX, "the daemon does not list its audit");
	}
	reply_finish(&reply);
	return answered;
}

static bool walk_daemon(struct cli *cli, struct verification *verification)
{
	struct listed listed = {0};
	bool more = true, answered = true;
	while (answered && more) {
		int64_t before = listed.count > 0 ? listed.rows[listed.count - 1].entry : 0;
		answered = ask_page(cli, verification, &listed, before, &more);
	}
	bool sound = answered;
	for (size_t i = listed.count; i-- > 0;) {
		sound = sound && on_row(verification, &listed.rows[i]);
		free((char *)(uintptr_t)listed.rows[i].detail);
	}
	free(listed.rows);
	return answered;
}

/* ---- what is said ---- */

static void print_hex(FILE *out, const uint8_t bytes[32])
{
	char hex[65];
	fputs(sodium_bin2hex(hex, sizeof(hex), bytes, 32), out);
}

static void format_time(int64_t at_ms, char *text, size_t size)
{
	time_t seconds = (time_t)(at_ms / 1000);
	struct tm utc;
	text[0] = '\0';
	if (gmtime_r(&seconds, &utc) != NULL) {
		strftime(text, size, "%Y-%m-%d %H:%M UTC", &utc);
	}
}

static void print_sound(struct cli *cli, const struct verification *verification, bool key_given)
{
	const struct audit_check *check = &verification->check;
	char newest[40];
	format_time(verification->newest_ms, newest, sizeof(newest));
	fprintf(cli->out,
		"The audit is whole: %" PRId64 " entries, the newest of %s;\n"
		"%" PRId64 " signed checkpoints, the newest is entry %" PRId64 ".\n\nFirst key  ",
		check->entry, newest, check->checkpoints, check->signed_entry);
	print_hex(cli->out, check->first_key);
	fprintf(cli->out, "\nHead       %" PRId64 ":", check->entry);
	print_hex(cli->out, check->hash);
	fputs("\n\n", cli->out);
	if (!key_given) {
		fputs("The first key is the file's own word: compare it with the one that was "
		      "printed at\nthe set-up, or give that with --first-key.\n",
			cli->out);
	}
	if (check->kept_entry == 0) {
		fputs("Keep the head outside of this machine. What was cut off or changed behind "
		      "the\nnewest checkpoint is found only against a head kept earlier: --head "
		      "ENTRY:HASH.\n",
			cli->out);
	}
	if (!verification->has_keys) {
		fputs("The daemon is running and has listed this. To read the file itself, verify "
		      "a copy:\nhark backup PATH, then hark audit verify --file PATH.\n",
			cli->out);
	}
}

static int say(struct cli *cli, struct verification *verification, bool key_given)
{
	const struct audit_check *check = &verification->check;
	enum audit_fault fault = audit_check_end(&verification->check, verification->has_keys);
	if (cli->json) {
		fprintf(cli->out,
			"{\"sound\":%s,\"entry\":%" PRId64 ",\"checkpoints\":%" PRId64
			",\"sentence\":\"%s\"}\n",
			fault == AUDIT_SOUND ? "true" : "false",
			fault == AUDIT_SOUND ? check->entry : check->fault_entry,
			check->checkpoints, audit_fault_text(fault));
	} else if (fault == AUDIT_SOUND) {
		print_sound(cli, verification, key_given);
	}
	if (fault == AUDIT_SOUND) {
		return COMMAND_DONE;
	}
	if (check->fault_entry == 0) {
		return cli_fail(cli, COMMAND_UNSOUND, "%s", audit_fault_text(fault));
	}
	return cli_fail(cli, COMMAND_UNSOUND,
		"entry %" PRId64 ": %s; the %" PRId64 " entries before it are as they were written",
		check->fault_entry, audit_fault_text(fault),
		check->entry < check->fault_entry ? check->entry : check->fault_entry - 1);
}

int cli_audit_verify(struct cli *cli, int count, char **arguments)
{
	struct verification verification = {0};
	for (int i = 0; i < count; i += 2) {
		if (i + 1 == count ||
			!read_argument(arguments[i], arguments[i + 1], &verification)) {
			return cli_fail(cli, COMMAND_USAGE,
				"\"%s\" is to be --file PATH, --first-key and 64 hexadecimal "
				"digits, or --head ENTRY:HASH",
				arguments[i]);
		}
	}
	bool key_given = verification.check.has_first_key;
	enum store_status status = walk_file(cli, &verification);
	if (status == STORE_LOCKED && verification.path == NULL) {
		verification.has_keys = false;
		status = walk_daemon(cli, &verification) ? STORE_OK : STORE_IO;
	}
	if (status == STORE_LOCKED && verification.path != NULL) {
		return cli_fail(cli, COMMAND_FAILED, "%s; put the copy into a directory of its own",
			verification.problem);
	}
	int code =
		status == STORE_OK
			? say(cli, &verification, key_given)
			: cli_fail(cli, status == STORE_DAMAGED ? COMMAND_UNSOUND : COMMAND_FAILED,
				  "%s", verification.problem);
	audit_check_finish(&verification.check);
	return code;
}

/* ---- head, list, and the first key ---- */

static int list(struct cli *cli, int64_t before, int64_t limit, struct reply *reply)
{
	const struct msg_audit_list request = {
		.has_ref = true,
		.ref = CONTROL_REF,
		.has_before = before > 0,
		.before = before,
		.limit = limit,
	};
	int code = ask(cli, ASK_ANY, TYPE_AUDIT_LIST, &request, reply);
	if (code == COMMAND_DONE && reply->message.type != TYPE_AUDIT_LISTED) {
		reply_finish(reply);
		return cli_fail(cli, COMMAND_FAILED, "this daemon has no audit");
	}
	return code;
}

int cli_audit_head(struct cli *cli, int count, char **arguments)
{
	(void)count;
	(void)arguments;
	struct reply reply;
	int code = list(cli, 0, 1, &reply);
	if (code == COMMAND_DONE) {
		if (!cli->json) {
			fprintf(cli->out, "%" PRId64 ":", reply.message.audit_listed.head);
			print_hex(cli->out, reply.message.audit_listed.hash);
			fputc('\n', cli->out);
		}
		reply_finish(&reply);
	}
	return code;
}

static void add_line(struct table *table, const struct item_audit_line *line)
{
	char entry[24], at[40], room[24] = "";
	snprintf(entry, sizeof(entry), "%" PRId64, line->entry);
	format_time(line->at_ms, at, sizeof(at));
	if (line->room > 0) {
		snprintf(room, sizeof(room), "%" PRId64, line->room);
	}
	const struct text cells[] = {text_of(entry), text_of(at),
		text_of(wire_audit_what_name(line->what)), line->by, text_of(room), line->detail};
	table_add(table, cells);
}

int cli_audit_list(struct cli *cli, int count, char **arguments)
{
	int64_t before = 0;
	if (count == 1 && !input_number(arguments[0], &before)) {
		return cli_fail(
			cli, COMMAND_USAGE, "\"%s\" is no number of an entry", arguments[0]);
	}
	struct reply reply;
	int code = list(cli, before, PAGE, &reply);
	if (code != COMMAND_DONE) {
		return code;
	}
	const struct msg_audit_listed *page = &reply.message.audit_listed;
	if (!cli->json) {
		struct table *table = table_create(6);
		const struct text names[] = {text_of("ENTRY"), text_of("WHEN"), text_of("WHAT"),
			text_of("WHO"), text_of("ROOM"), text_of("MORE")};
		table_add(table, names);
		for (size_t i = 0; i < page->entries_count; i++) {
			add_line(table, &page->entries[i]);
		}
		table_print(table, cli->out);
		table_destroy(table);
	}
	reply_finish(&reply);
	return COMMAND_DONE;
}

int cli_audit_print_key(struct cli *cli)
{
	struct reply reply;
	uint8_t key[AUDIT_ROW_KEY_BYTES];
	int code = list(cli, 2, 1, &reply);
	if (code != COMMAND_DONE) {
		return code;
	}
	const struct msg_audit_listed *page = &reply.message.audit_listed;
	if (page->entries_count == 1 && audit_chain_read_key(page->entries[0].detail.bytes,
						page->entries[0].detail.size, key)) {
		fputs("\nAudit key: ", cli->out);
		print_hex(cli->out, key);
		fputs("\nWrite it down and keep it outside of IT: with it `hark audit verify` "
		      "proves that\nnobody has rewritten who looked at what.\n",
			cli->out);
	}
	reply_finish(&reply);
	return COMMAND_DONE;
}
