/* hark setup-link, hark account add|list|disable|enable|reset|reach. */
#include "daemon/cli/ask.h"
#include "daemon/cli/input.h"
#include "daemon/cli/table.h"

#include <string.h>

enum {
	PASSWORD_MAX = 800 /* bytes of 200 code points: messages.def */
};

/* Asks for something that is answered by a link, and prints it. */
static int ask_link(struct cli *cli, enum message_type type, const void *request)
{
	struct reply reply;
	int code = ask(cli, ASK_ANY, type, request, &reply);
	if (code != COMMAND_DONE) {
		return code;
	}
	if (reply.message.type != TYPE_ACCOUNT_LINK) {
		code = cli_fail(cli, COMMAND_FAILED, "the daemon answered without a link");
	} else if (!cli->json) {
		print_link(cli, &reply.message.account_link);
	}
	reply_finish(&reply);
	return code;
}

static int add(struct cli *cli, enum wire_role role, const char *login, const char *alias)
{
	const struct msg_account_add request = {
		.has_ref = true,
		.ref = CONTROL_REF,
		.login = text_of(login),
		.alias = text_of(alias),
		.role = role,
	};
	return ask_link(cli, TYPE_ACCOUNT_ADD, &request);
}

/* For scripts: no link to open, the password is set at once. */
static int add_with_password(
	struct cli *cli, enum wire_role role, const char *login, const char *alias)
{
	char password[PASSWORD_MAX + 1];
	if (!input_read(cli->in, password, PASSWORD_MAX)) {
		return cli_fail(cli, COMMAND_FAILED,
			"standard input is no password of at most %d bytes", PASSWORD_MAX);
	}
	const struct msg_account_add request = {
		.has_ref = true,
		.ref = CONTROL_REF,
		.login = text_of(login),
		.alias = text_of(alias),
		.role = role,
		.has_password = true,
		.password = text_of(password),
	};
	int code =
		ask_done(cli, TYPE_ACCOUNT_ADD, &request, "%s is added, with a password.", login);
	explicit_bzero(password, sizeof(password));
	return code;
}

int cli_account_add(struct cli *cli, int count, char **arguments)
{
	enum wire_role role;
	const char *name = arguments[0];
	if (!wire_role_from_text(name, strlen(name), &role) ||
		!(ROLES_STAFF & (1u << (unsigned)role))) {
		return cli_fail(cli, COMMAND_USAGE,
			"the role is supporter, counselor or manager: hark account add supporter "
			"juniper Juniper");
	}
	if (count == 3) {
		return add(cli, role, arguments[1], arguments[2]);
	}
	if (strcmp(arguments[3], "--password-stdin") != 0) {
		return cli_fail(
			cli, COMMAND_USAGE, "\"%s\" is one argument too many", arguments[3]);
	}
	return add_with_password(cli, role, arguments[1], arguments[2]);
}

static int reset(struct cli *cli, const char *login)
{
	const struct msg_account_reset request = {
		.has_ref = true,
		.ref = CONTROL_REF,
		.login = text_of(login),
	};
	return ask_link(cli, TYPE_ACCOUNT_RESET, &request);
}

int cli_account_reset(struct cli *cli, int count, char **arguments)
{
	(void)count;
	return reset(cli, arguments[0]);
}

static int set_disabled(struct cli *cli, const char *login, bool disabled)
{
	const struct msg_account_disable request = {
		.has_ref = true,
		.ref = CONTROL_REF,
		.login = text_of(login),
		.disabled = disabled,
	};
	return ask_done(cli, TYPE_ACCOUNT_DISABLE, &request, "%s is %s.", login,
		disabled ? "closed, and signed out everywhere" : "open again");
}

int cli_account_disable(struct cli *cli, int count, char **arguments)
{
	(void)count;
	return set_disabled(cli, arguments[0], true);
}

int cli_account_enable(struct cli *cli, int count, char **arguments)
{
	(void)count;
	return set_disabled(cli, arguments[0], false);
}

int cli_account_reach(struct cli *cli, int count, char **arguments)
{
	struct msg_account_reach request = {
		.has_ref = true,
		.ref = CONTROL_REF,
		.has_login = true,
		.login = text_of(arguments[0]),
	};
	for (int i = 1; i < count; i += 2) {
		bool mail = strcmp(arguments[i], "--mail") == 0;
		bool ntfy = strcmp(arguments[i], "--ntfy") == 0;
		if ((!mail && !ntfy) || i + 1 == count) {
			return cli_fail(cli, COMMAND_USAGE,
				"say where: hark account reach rivera --mail "
				"rivera@school.example");
		}
		if (mail) {
			request.has_mail = true;
			request.mail = text_of(arguments[i + 1]);
		} else {
			request.has_ntfy = true;
			request.ntfy = text_of(arguments[i + 1]);
		}
	}
	return ask_done(cli, TYPE_ACCOUNT_REACH, &request, "%s is reached there from now on.",
		arguments[0]);
}

/* Calls `each` for every account, in pages. */
static int for_each(
	struct cli *cli, void (*each)(void *data, const struct item_account *account), void *data)
{
	struct msg_account_list request = {.has_ref = true, .ref = CONTROL_REF};
	for (bool more = true; more;) {
		struct reply reply;
		int code = ask(cli, ASK_ANY, TYPE_ACCOUNT_LIST, &request, &reply);
		if (code != COMMAND_DONE) {
			return code;
		}
		const struct msg_account_listed *page = &reply.message.account_listed;
		bool listed = reply.message.type == TYPE_ACCOUNT_LISTED;
		for (size_t i = 0; listed && i < page->accounts_count; i++) {
			each(data, &page->accounts[i]);
			request.has_after = true;
			request.after = page->accounts[i].account;
		}
		more = listed && page->more && page->accounts_count > 0;
		reply_finish(&reply);
	}
	return COMMAND_DONE;
}

static void add_row(void *data, const struct item_account *account)
{
	const char *state = account->enrolled ? "enrolled" : "not enrolled yet";
	const struct text cells[] = {account->login, account->alias,
		text_of(wire_role_name(account->role)),
		text_of(account->disabled ? "closed" : state)};
	table_add(data, cells);
}

int cli_account_list(struct cli *cli, int count, char **arguments)
{
	(void)count;
	(void)arguments;
	const struct text names[] = {
		text_of("LOGIN"), text_of("NAME"), text_of("ROLE"), text_of("STATE")};
	struct table *table = table_create(4);
	table_add(table, names);
	int code = for_each(cli, add_row, table);
	if (code == COMMAND_DONE && !cli->json) {
		table_print(table, cli->out);
	}
	table_destroy(table);
	return code;
}

struct wanted {
	const char *login;
	bool found, enrolled;
};

static void look_for(void *data, const struct item_account *account)
{
	struct wanted *wanted = data;
	if (account->login.size == strlen(wanted->login) &&
		memcmp(account->login.bytes, wanted->login, account->login.size) == 0) {
		wanted->found = true;
		wanted->enrolled = account->enrolled;
	}
}

int cli_setup_link(struct cli *cli, int count, char **arguments)
{
	struct wanted wanted = {.login = count > 0 ? arguments[0] : "manager"};
	struct cli quiet = *cli;
	quiet.json = false; /* of the looking, nothing is printed */
	int code = for_each(&quiet, look_for, &wanted);
	if (code != COMMAND_DONE) {
		return code;
	}
	if (wanted.enrolled) {
		return cli_fail(cli, COMMAND_FAILED,
			"%s has set a password already; hark account reset %s replaces it",
			wanted.login, wanted.login);
	}
	return wanted.found ? reset(cli, wanted.login)
			    : add(cli, WIRE_ROLE_MANAGER, wanted.login,
				      count > 1 ? arguments[1] : "Manager");
}
