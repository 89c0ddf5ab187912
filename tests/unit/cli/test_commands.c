/* Each subcommand: what it asks, what it prints, what it exits with. */
#include "tests/unit/cli/fake.h"
#include "tests/unit/tap.h"

#include <sys/stat.h>
#include <unistd.h>

#define SECRET "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define LINK                                                                                       \
	"{\"type\":\"account.link\",\"ref\":2,\"login\":\"juniper\",\"secret\":\"" SECRET          \
	"\",\"expires_ms\":1700000000000}"
#define AUDIT(entries)                                                                             \
	"{\"type\":\"audit.listed\",\"ref\":2,\"entries\":[" entries                               \
	"],\"head\":7,\"hash\":\"" SECRET "\",\"more\":false}"
#define ENTRY(entry, what, by, room, detail)                                                       \
	"{\"entry\":" entry ",\"at_ms\":1700000000000,\"what\":\"" what                            \
	"\",\"account\":0,\"by\":\"" by "\",\"room\":" room ",\"detail\":\"" detail                \
	"\",\"hash\":\"" SECRET "\"}"
#define FIRST_ENTRY AUDIT(ENTRY("1", "set_up", "", "0", "key " SECRET))
#define REFUSED(sentence)                                                                          \
	"{\"type\":\"error\",\"ref\":2,\"code\":\"no_such\",\"message\":\"" sentence "\"}"

static void write_file(const char *name, const char *text, char path[200])
{
	snprintf(path, 200, "%s/%s", fake_config.data_dir, name);
	FILE *file = fopen(path, "w");
	if (file == NULL || fputs(text, file) < 0 || fclose(file) != 0) {
		abort();
	}
}

#define PRINTED(codes) "{\"type\":\"code.printed\",\"ref\":2,\"batch\":7,\"codes\":[" codes "]}"

static void test_codes_print(void)
{
	fake_begin();
	setenv("TZ", "UTC", 1);
	fake_answer(PRINTED("\"BCDFG-HJKMN\",\"PQRST-VWXYZ\",\"23456-789BC\""));
	CHECK_INT(fake_run("codes print --count 3 --until 2033-05-18 --label Grade_9"), 0);
	CHECK_STR(fake_asked, "{\"type\":\"code.print\",\"ref\":2,\"count\":3,\"until_ms\":"
			      "2000073600000,\"label\":\"Grade 9\"}\n");
	CHECK_STR(fake_out, "  Grade 9                             Grade 9\n"
			    "  BCDFG-HJKMN                         PQRST-VWXYZ\n"
			    "  until 2033-05-18                    until 2033-05-18\n\n"
			    "  Grade 9                             \n"
			    "  23456-789BC                         \n"
			    "  until 2033-05-18                    \n\n");
	CHECK(strstr(fake_err, "3 codes, batch 7.") != NULL);
	fake_end();
}

/* A page holds thirty; more than the daemon makes at once are asked for in turn, of one batch. */
static void test_codes_pages(void)
{
	fake_begin();
	char answer[8192] = "{\"type\":\"code.printed\",\"ref\":2,\"batch\":7,\"codes\":[";
	for (int i = 0; i < 500; i++) {
		strcat(answer, i > 0 ? ",\"BCDFG-HJKMN\"" : "\"BCDFG-HJKMN\"");
	}
	fake_answer(strcat(answer, "]}"));
	fake_answer(PRINTED("\"PQRST-VWXYZ\""));
	CHECK_INT(fake_run("codes print --count 501 --until 2033-05-18"), 0);
	CHECK(strstr(fake_asked, "\"count\":500") != NULL);
	CHECK(strstr(fake_asked, "\"count\":1,") != NULL &&
		strstr(fake_asked, "\"batch\":7}") != NULL);
	int pages = 1;
	for (const char *at = fake_out; (at = strchr(at, '\f')) != NULL; at++) {
		pages++;
	}
	CHECK_INT(pages, 17);
	fake_end();
}

/* What is shown this once and went nowhere is not done, and says how to take it back. */
static void test_full_output(void)
{
	fake_begin();
	setenv("TZ", "UTC", 1);
	fake_answer(PRINTED("\"BCDFG-HJKMN\",\"PQRST-VWXYZ\""));
	CHECK_INT(fake_run_output("codes print --count 700 --until 2033-05-18", "/dev/full"), 1);
	CHECK(strstr(fake_err, "hark codes revoke 7") != NULL);
	CHECK(strchr(strchr(fake_asked, '\n'), '{') == NULL); /* and no more were made */
	fake_answer("{\"type\":\"account.link\",\"ref\":2,\"login\":\"sol\",\"secret\":"
		    "\"00000000000000000000000000000000"
		    "00000000000000000000000000000000\",\"expires_ms\":1}");
	CHECK_INT(fake_run_output("account reset sol", "/dev/full"), 1);
	CHECK(strstr(fake_err, "made anew") != NULL);
	CHECK_INT(fake_run_output("status --help", "/dev/full"), 1);
	CHECK_INT(fake_run_output("status --elp", "/dev/full"), 64);
	fake_end();
}

/* The first word of some rows alone: those rows. */
static void test_group(void)
{
	fake_begin();
	CHECK_INT(fake_run("codes"), 64);
	CHECK(strstr(fake_err, "usage: hark codes print") != NULL);
	CHECK(strstr(fake_err, "usage: hark codes revoke") != NULL);
	CHECK(strstr(fake_err, "usage: hark check") == NULL);
	CHECK_INT(fake_run("code"), 64);
	CHECK(strstr(fake_err, "there is no such command") != NULL);
	fake_end();
}

static void test_codes_wrong(void)
{
	static const char *const wrong[] = {"codes print", "codes print --count 3",
		"codes print --count 3 --count 4", "codes print --count 0 --until 2033-05-18",
		"codes print --count 50001 --until 2033-05-18",
		"codes print --count x --until 2033-05-18",
		"codes print --count 3 --until 18.5.2033",
		"codes print --count 3 --until 2033-02-29",
		"codes print --count 3 --until 2033-04-31",
		"codes print --count 3 --until 2033-05-18x",
		"codes print --count 3 --until 2033-05-18 --label",
		"codes print --count 3 --until 2033-05-18 --name x", "codes revoke",
		"codes revoke x", "codes revoke 0"};
	fake_begin();
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		CHECK_INT(fake_run(wrong[i]), 64);
	}
	CHECK_STR(fake_asked, "");
	fake_answer("{\"type\":\"ok\",\"ref\":2}"); /* an answer without codes */
	CHECK_INT(fake_run("codes print --count 1 --until 2033-05-18"), 1);
	fake_answer(REFUSED("There is no such batch."));
	CHECK_INT(fake_run("codes revoke 7"), 1);
	fake_end();
}

static void test_codes_list(void)
{
	fake_begin();
	setenv("TZ", "UTC", 1);
	fake_answer("{\"type\":\"code.listed\",\"ref\":2,\"batches\":["
		    "{\"batch\":7,\"label\":\"Grade 9\",\"made_ms\":1700000000000,"
		    "\"until_ms\":2000073600000,\"count\":60,\"used\":20,\"revoked\":false},"
		    "{\"batch\":5,\"label\":\"\",\"made_ms\":1700000000000,"
		    "\"until_ms\":2000073600000,\"count\":60,\"used\":0,\"revoked\":true}]}");
	CHECK_INT(fake_run("codes list"), 0);
	CHECK(strstr(fake_out, "2033-05-18") != NULL);
	CHECK(strstr(fake_out, "20 or more") != NULL);
	CHECK(strstr(fake_out, "revoked") != NULL);
	CHECK(strstr(fake_out, "fewer than 10") != NULL);
	fake_answer("{\"type\":\"ok\",\"ref\":2}");
	CHECK_INT(fake_run("codes revoke 7"), 0);
	CHECK(strstr(fake_asked, "{\"type\":\"code.revoke\",\"ref\":2,\"batch\":7}") != NULL);
	fake_end();
}

static void test_usage(void)
{
	static const char *const wrong[] = {"", "what", "account", "account fly", "account add",
		"account add supporter a", "account add supporter a b c", "shift remove",
		"account add operator a b", "account add nobody a b", "shift add a mon 25:00-26:00",
		"shift add a noday 11:00-12:00", "shift remove 0", "shift remove 1 x",
		"setting set key", "statuses"};
	fake_begin();
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		CHECK_INT(fake_run(wrong[i]), 64);
		CHECK(fake_err[0] != '\0');
		CHECK_STR(fake_out, "");
	}
	CHECK_STR(fake_asked, "");
	CHECK_INT(fake_run("shift add --help"), 0);
	CHECK(strstr(fake_out, "usage: hark shift add LOGIN DAYS FROM-UNTIL") != NULL);
	fake_end();
}

static void test_account_reach(void)
{
	fake_begin();
	fake_answer("{\"type\":\"ok\",\"ref\":2}");
	CHECK_INT(fake_run("account reach rivera --mail r@school.example --ntfy hark-r"), 0);
	CHECK_STR(fake_asked, "{\"type\":\"account.reach\",\"ref\":2,\"login\":\"rivera\",\"mail\":"
			      "\"r@school.example\",\"ntfy\":\"hark-r\"}\n");
	fake_end();
	static const char *const wrong[] = {"account reach rivera", "account reach rivera --mail",
		"account reach rivera --phone 5551234", "account reach rivera --ntfy a --mail"};
	fake_begin();
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		CHECK_INT(fake_run(wrong[i]), 64);
	}
	CHECK_STR(fake_asked, "");
	fake_end();
}

static void test_account_add(void)
{
	fake_begin();
	fake_answer(LINK);
	CHECK_INT(fake_run("account add supporter juniper Juniper_Lee"), 0);
	CHECK_STR(fake_asked, "{\"type\":\"account.add\",\"ref\":2,\"login\":\"juniper\",\"alias\":"
			      "\"Juniper Lee\",\"role\":\"supporter\"}\n");
	CHECK_STR(fake_out, "Link for juniper, to be used once, until 2023-11-14 22:13 UTC:\n\n"
			    "  http://127.0.0.1:8420/enrol#" SECRET "\n\n"
			    "Whoever opens it first sets the password: hand it to that person "
			    "alone.\n");
	fake_answer(LINK);
	CHECK_INT(fake_run_json("account add manager juniper J"), 0);
	CHECK_STR(fake_out, LINK "\n");
	fake_end();
}

static void test_account_add_with_password(void)
{
	fake_begin();
	CHECK_INT(fake_run_input("account add supporter sol Sol --password-stdin",
			  "a long password\n", 16),
		0);
	CHECK_STR(fake_asked, "{\"type\":\"account.add\",\"ref\":2,\"login\":\"sol\",\"alias\":"
			      "\"Sol\",\"role\":\"supporter\",\"password\":\"a long password\"}\n");
	CHECK_STR(fake_out, "sol is added, with a password.\n");
	CHECK_INT(fake_run("account add supporter sol Sol --no-password"), 64);
	fake_end();
}

static void test_refused(void)
{
	fake_begin();
	fake_answer(REFUSED("There is no such account."));
	CHECK_INT(fake_run("account reset nobody"), 1);
	CHECK_STR(fake_out, "");
	CHECK_STR(fake_err, "hark: There is no such account.\n");
	fake_answer(REFUSED("No."));
	CHECK_INT(fake_run("account disable nobody --json"), 1);
	CHECK_STR(fake_out, REFUSED("No.") "\n");
	fake_answer(NULL);
	CHECK_INT(fake_run("account list"), 1);
	CHECK_STR(fake_err, "hark: the file is away\n");
	fake_answer("nonsense");
	CHECK_INT(fake_run("account list"), 1);
	CHECK(strstr(fake_err, "the daemon's answer is not understood") != NULL);
	fake_end();
}

static void test_account_switch(void)
{
	fake_begin();
	CHECK_INT(fake_run("account disable sol"), 0);
	CHECK_STR(fake_out, "sol is closed, and signed out everywhere.\n");
	CHECK_INT(fake_run("account enable sol"), 0);
	CHECK_STR(fake_out, "sol is open again.\n");
	CHECK_STR(fake_asked,
		"{\"type\":\"account.disable\",\"ref\":2,\"login\":\"sol\",\"disabled\":true}\n"
		"{\"type\":\"account.disable\",\"ref\":2,\"login\":\"sol\",\"disabled\":false}\n");
	fake_end();
}

#define ACCOUNT(id, login, alias, role, enrolled, disabled)                                        \
	"{\"account\":" id ",\"login\":\"" login "\",\"alias\":\"" alias "\",\"role\":\"" role     \
	"\",\"enrolled\":" enrolled ",\"disabled\":" disabled "}"
#define ACCOUNTS(list, more)                                                                       \
	"{\"type\":\"account.listed\",\"ref\":2,\"accounts\":[" list "],\"more\":" more "}"

static void test_account_list(void)
{
	fake_begin();
	fake_answer(
		ACCOUNTS(ACCOUNT("1", "rivera", "Ms. Rivéra", "manager", "true", "false"), "true"));
	fake_answer(ACCOUNTS(ACCOUNT("7", "sol", "Sol", "supporter", "false", "false") "," ACCOUNT(
				     "9", "ash", "Ash", "counselor", "true", "true"),
		"false"));
	CHECK_INT(fake_run("account list"), 0);
	CHECK_STR(fake_out, "LOGIN   NAME        ROLE       STATE\n"
			    "rivera  Ms. Rivéra  manager    enrolled\n"
			    "sol     Sol         supporter  not enrolled yet\n"
			    "ash     Ash         counselor  closed\n");
	CHECK_STR(fake_asked, "{\"type\":\"account.list\",\"ref\":2}\n"
			      "{\"type\":\"account.list\",\"ref\":2,\"after\":1}\n");
	fake_end();
}

static uid_t owner_of(const char *name)
{
	char path[200];
	struct stat file = {0};
	snprintf(path, sizeof(path), "%s/%s", fake_config.data_dir, name);
	CHECK_INT(stat(path, &file), 0);
	return file.st_uid;
}

/* Only root can try: what root made in the daemon's directory becomes the daemon's. */
static void test_root_gives_files_away(void)
{
	char path[200];
	fake_begin();
	write_file("hark.lock", "", path);
	write_file("notes", "", path);
	if (geteuid() == 0) {
		CHECK_INT(chown(fake_config.data_dir, 12345, 12345), 0);
	}
	CHECK_INT(fake_run("account disable sol"), 0);
	CHECK_INT(owner_of("hark.lock"), geteuid() == 0 ? 12345 : geteuid());
	CHECK_INT(owner_of("notes"), geteuid());
	fake_end();
}

static void test_setup_link(void)
{
	fake_begin(); /* nobody yet: made */
	fake_answer(ACCOUNTS("", "false"));
	fake_answer(LINK);
	CHECK_INT(fake_run_json("setup-link"), 0);
	CHECK_STR(fake_out, LINK "\n");
	CHECK(strstr(fake_asked, "{\"type\":\"account.add\",\"ref\":2,\"login\":\"manager\","
				 "\"alias\":\"Manager\",\"role\":\"manager\"}\n") != NULL);
	fake_end();
	fake_begin(); /* made before, the link lost: another */
	fake_answer(ACCOUNTS(ACCOUNT("1", "rivera", "R", "manager", "false", "false"), "false"));
	fake_answer(LINK);
	CHECK_INT(fake_run("setup-link rivera"), 0);
	CHECK(strstr(fake_asked, "{\"type\":\"account.reset\",\"ref\":2,\"login\":\"rivera\"}\n") !=
		NULL);
	fake_end();
	fake_begin(); /* enrolled: not without being told of */
	fake_answer(ACCOUNTS(ACCOUNT("1", "rivera", "R", "manager", "true", "false"), "false"));
	CHECK_INT(fake_run("setup-link rivera"), 1);
	CHECK(strstr(fake_err, "hark account reset rivera") != NULL);
	CHECK(strstr(fake_asked, "account.reset") == NULL);
	fake_end();
}

static void test_shift_add(void)
{
	fake_begin();
	CHECK_INT(fake_run("shift add juniper sat-sun 11:30-13:00"), 0);
	CHECK_STR(fake_asked,
		"{\"type\":\"shift.add\",\"ref\":2,\"login\":\"juniper\",\"weekday\":0,"
		"\"from_min\":690,\"until_min\":780}\n"
		"{\"type\":\"shift.add\",\"ref\":2,\"login\":\"juniper\",\"weekday\":6,"
		"\"from_min\":690,\"until_min\":780}\n");
	CHECK_STR(fake_out, "juniper: Sun 11:30-13:00\njuniper: Sat 11:30-13:00\n");
	fake_answer(REFUSED("There is no such account."));
	CHECK_INT(fake_run("shift add nobody daily 11:30-13:00"), 1); /* and asks no second time */
	CHECK(strstr(fake_asked, "nobody\",\"weekday\":0") != NULL);
	CHECK(strstr(fake_asked, "nobody\",\"weekday\":1") == NULL);
	fake_end();
}

static void test_shift_list_remove(void)
{
	fake_begin();
	fake_answer("{\"type\":\"shift.listed\",\"ref\":2,\"shifts\":[{\"shift\":12,\"login\":"
		    "\"sol\",\"weekday\":5,\"from_min\":5,\"until_min\":1440}],\"more\":false}");
	CHECK_INT(fake_run("shift list"), 0);
	CHECK_STR(fake_out, "NUMBER  LOGIN  DAY  FROM   UNTIL\n"
			    "12      sol    Fri  00:05  24:00\n");
	CHECK_INT(fake_run("shift remove 12 13"), 0);
	CHECK_STR(fake_out, "Shift 12 is removed.\nShift 13 is removed.\n");
	CHECK(strstr(fake_asked, "{\"type\":\"shift.remove\",\"ref\":2,\"shift\":13}\n") != NULL);
	fake_end();
}

#define SETTINGS(list) "{\"type\":\"setting.listed\",\"ref\":2,\"settings\":[" list "]}"

static void test_setting_get(void)
{
	fake_begin();
	fake_answer(SETTINGS("{\"key\":\"school\",\"value\":\"Hill High\"},"
			     "{\"key\":\"topics\",\"value\":\"one\\ntwo\"}"));
	CHECK_INT(fake_run("setting get"), 0);
	CHECK_STR(fake_out, "school = Hill High\ntopics = \n  one\n  two\n");
	fake_answer(SETTINGS("{\"key\":\"topics\",\"value\":\"one\\ntwo\"}"));
	CHECK_INT(fake_run("setting get topics"), 0);
	CHECK_STR(fake_out, "one\ntwo\n");
	CHECK(strstr(fake_asked, "{\"type\":\"setting.get\",\"ref\":2,\"key\":\"topics\"}\n") !=
		NULL);
	fake_end();
}

static void test_setting_set(void)
{
	fake_begin();
	CHECK_INT(fake_run("setting set school Hill_High"), 0);
	CHECK_STR(fake_asked, "{\"type\":\"setting.set\",\"ref\":2,\"key\":\"school\",\"value\":"
			      "\"Hill High\"}\n");
	static char longest[16002];
	memset(longest, 'x', sizeof(longest));
	CHECK_INT(fake_run_input("setting set topics -", "one\ntwo\n", 8), 0);
	CHECK(strstr(fake_asked, "\"value\":\"one\\ntwo\"}\n") != NULL);
	fake_asked[0] = '\0';
	CHECK_INT(fake_run_input("setting set topics -", "a\0b", 3), 1);
	CHECK_INT(fake_run_input("setting set topics -", longest, 16001), 1);
	longest[16001] = '\n';
	CHECK_INT(fake_run_input("setting set topics -", longest, 16002), 1);
	CHECK_STR(fake_asked, "");
	longest[16000] = '\n';
	CHECK_INT(fake_run_input("setting set topics -", longest, 16001), 0);
	CHECK_INT(fake_run_input("setting set topics -", longest, 16000), 0);
	fake_end();
}

static void test_setting_import(void)
{
	char path[200], words[300];
	fake_begin();
	write_file("a",
		"# ours\nschool = Hill High\naway_text = A\\nB \\\\ C\ntopics =\n  one\n  two\n",
		path);
	snprintf(words, sizeof(words), "setting import %s", path);
	CHECK_INT(fake_run(words), 0);
	CHECK_STR(fake_out, "3 settings are set.\n");
	CHECK(strstr(fake_asked, "\"key\":\"away_text\",\"value\":\"A\\nB \\\\ C\"}") != NULL);
	CHECK(strstr(fake_asked, "\"key\":\"topics\",\"value\":\"one\\ntwo\"}") != NULL);
	fake_end();
}

static void test_setting_import_refused(void)
{
	static const struct {
		const char *text, *said;
	} cases[] = {
		{"school = x\n[server]\nport = 1\n", ":3: a file of settings has no [sections]"},
		{"school = x\n\nschool = y\n", ":3: this key stands in line 1 already"},
		{"school\n", ":1: this is neither [section] nor key = value"},
	};
	char path[200], words[300], wanted[400];
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		fake_begin();
		write_file("a", cases[i].text, path);
		snprintf(words, sizeof(words), "setting import %s", path);
		CHECK_INT(fake_run(words), 1);
		snprintf(wanted, sizeof(wanted), "hark: %s%s\n", path, cases[i].said);
		CHECK_STR(fake_err, wanted);
		CHECK_STR(fake_asked, ""); /* nothing is set before all of it was read */
		fake_end();
	}
	fake_begin();
	write_file("a", "school = x\n\nhuors = y\nwishes = z\n", path);
	snprintf(words, sizeof(words), "setting import %s", path);
	fake_answer("{\"type\":\"ok\",\"ref\":2}");
	fake_answer(REFUSED("There is no such setting."));
	CHECK_INT(fake_run(words), 1);
	snprintf(wanted, sizeof(wanted),
		"hark: %s:3: huors: There is no such setting. (1 settings before it are set)\n",
		path);
	CHECK_STR(fake_err, wanted);
	CHECK(strstr(fake_asked, "wishes") == NULL);
	CHECK_INT(fake_run("setting import /nonexistent"), 1);
	CHECK_STR(fake_err, "hark: /nonexistent: No such file or directory\n");
	fake_end();
}

static void test_backup(void)
{
	char here[200], wanted[400];
	fake_begin();
	REQUIRE(getcwd(here, sizeof(here)) != NULL);
	CHECK_INT(fake_run("backup copy.db"), 0);
	snprintf(wanted, sizeof(wanted),
		"{\"type\":\"backup\",\"ref\":2,\"path\":\"%s/copy.db\"}\n", here);
	CHECK_STR(fake_asked, wanted);
	fake_end();
}

static void test_status_needs_the_daemon(void)
{
	fake_begin();
	CHECK_INT(fake_run("status"), 1);
	CHECK(strstr(fake_err, "harkd is not running: nobody listens at ") != NULL);
	CHECK_STR(fake_asked, "");
	fake_end();
}

static void test_key_create(void)
{
	struct stat made;
	char path[200];
	fake_begin();
	CHECK_INT(fake_run("key create"), 0);
	CHECK(strstr(fake_out, "to a safe place now") != NULL);
	snprintf(path, sizeof(path), "%s/hark.key", fake_config.data_dir);
	CHECK_INT(stat(path, &made), 0);
	CHECK_INT(made.st_mode & 0777, 0400);
	CHECK_INT(fake_run("key create"), 1); /* one that is there is never replaced */
	fake_end();
}

static void test_init(void)
{
	char path[200];
	struct stat made;
	fake_begin();
	rmdir(fake_config.data_dir);
	fake_answer(ACCOUNTS("", "false"));
	fake_answer(LINK);
	fake_answer(FIRST_ENTRY);
	CHECK_INT(fake_run("init rivera Ms._Rivera"), 0);
	CHECK(strstr(fake_out, "/enrol#" SECRET) != NULL);
	CHECK(strstr(fake_out, "\nAudit key: " SECRET "\n") != NULL);
	CHECK(strstr(fake_out, "hark.key to a safe place now") != NULL);
	CHECK(strstr(fake_asked, "\"login\":\"rivera\",\"alias\":\"Ms. Rivera\",\"role\":"
				 "\"manager\"}") != NULL);
	CHECK_INT(stat(fake_config.data_dir, &made), 0);
	CHECK_INT(made.st_mode & 0777, 0700);
	snprintf(path, sizeof(path), "%s/hark.db", fake_config.data_dir);
	CHECK_INT(stat(path, &made), 0);
	CHECK_INT(made.st_mode & 0777, 0600);
	CHECK_INT(fake_run("init rivera Ms._Rivera"), 1);
	CHECK(strstr(fake_err, "is there already") != NULL);
	fake_end();
}

static void test_audit(void)
{
	fake_begin();
	fake_answer(AUDIT(""));
	CHECK_INT(fake_run("audit head"), 0);
	CHECK_STR(fake_out, "7:" SECRET "\n");
	fake_answer(AUDIT(ENTRY("6", "room", "Ms. R.", "40", "From number 3 on.") "," ENTRY(
		"5", "checkpoint", "", "0", "key")));
	CHECK_INT(fake_run("audit list 7"), 0);
	CHECK(strstr(fake_asked, "\"before\":7,\"limit\":50") != NULL);
	CHECK(strstr(fake_out,
		      "\n6      2023-11-14 22:13 UTC  room        Ms. R.  40    From number "
		      "3 on.\n") != NULL);
	CHECK_INT(fake_run("audit list x"), 64);
	CHECK_INT(fake_run("audit verify --head"), 64);
	CHECK_INT(fake_run("audit verify --head 5:00"), 64);
	CHECK_INT(fake_run("audit verify --head 0:" SECRET), 64);
	CHECK_INT(fake_run("audit verify --first-key 00"), 64);
	CHECK_INT(fake_run("audit verify --what " SECRET), 64);
	CHECK_INT(fake_run("audit verify"), 1); /* there is no file */
	CHECK(fake_err[0] != '\0');
	fake_answer(REFUSED("No."));
	CHECK_INT(fake_run("audit head"), 1);
	fake_end();
}

static void test_check(void)
{
	char path[200];
	fake_begin();
	fake_answer(ACCOUNTS("", "false"));
	fake_answer(LINK);
	fake_answer(FIRST_ENTRY);
	CHECK_INT(fake_run("init rivera Ms._Rivera"), 0);
	CHECK_INT(fake_run("check"), 1);
	CHECK(strstr(fake_out, "hark-picture: is not there to be run") != NULL);
	free(fake_config.picture_program);
	fake_config.picture_program = strdup("/bin/true");
	CHECK_INT(fake_run("check"), 0);
	CHECK(strstr(fake_out, "hark.db: opens with the key; harkd is not running\n") != NULL);
	CHECK(strstr(fake_out, "the key lies beside hark.db") != NULL);
	CHECK(strstr(fake_out, "\n0 wrong, ") != NULL);

	snprintf(path, sizeof(path), "%s/hark.key", fake_config.data_dir);
	chmod(path, 0644);
	chmod(fake_config.data_dir, 0755);
	CHECK_INT(fake_run("check"), 1);
	CHECK(strstr(fake_out, "(mode 755); chmod 700 it") != NULL);
	CHECK(strstr(fake_out, "\n2 wrong, ") != NULL);
	chmod(path, 0400);
	chmod(fake_config.data_dir, 0700);

	free(fake_config.public_url);
	fake_config.public_url = strdup("https://hark.school.example");
	CHECK_INT(fake_run("check"), 1);
	CHECK(strstr(fake_out, "server.trusted_proxies does not name it") != NULL);
	CHECK(strstr(fake_out, "\n1 wrong, ") != NULL);
	fake_config.trusted_proxies[0] = strdup("127.0.0.1");
	CHECK_INT(fake_run("check"), 0);

	free(fake_config.listen);
	fake_config.listen = strdup("0.0.0.0");
	fake_answer(NULL);
	CHECK_INT(fake_run("check"), 1);
	CHECK(strstr(fake_out, "WRONG  the file is away\n") != NULL);
	CHECK(strstr(fake_out, "0.0.0.0 can be reached from outside without TLS") != NULL);
	CHECK(strstr(fake_out, "\n2 wrong, ") != NULL);
	fake_end();
}

/* One line of what `hark check` says of a configuration, and whether it is there. */
static bool check_says(const char *line)
{
	fake_run("check");
	bool says = strstr(fake_out, line) != NULL;
	if (!says) {
		printf("# not \"%s\" but:\n# %s\n", line, fake_out);
	}
	return says;
}

static void set(char **option, const char *value)
{
	free(*option);
	*option = strdup(value);
}

static void test_check_reach(void)
{
	fake_begin();
	set(&fake_config.public_url, "http://hark.school.example");
	CHECK(check_says("WRONG  http://hark.school.example: browsers keep no staff sign-in"));
	set(&fake_config.public_url, "http://localhost:8420");
	CHECK_INT(fake_run("check"), 1);
	CHECK(strstr(fake_out, "browsers keep no") == NULL);
	set(&fake_config.listen, "unix:/run/hark/web");
	set(&fake_config.public_url, "https://hark.school.example");
	CHECK_INT(fake_run("check"), 1);
	CHECK(strstr(fake_out, "trusted_proxies") == NULL);
	set(&fake_config.listen, "0.0.0.0");
	set(&fake_config.tls_cert, "/etc/hark/cert.pem");
	CHECK_INT(fake_run("check"), 1);
	CHECK(strstr(fake_out, "without TLS") == NULL);
	set(&fake_config.listen, "::1");
	CHECK_INT(fake_run("check"), 1);
	CHECK(strstr(fake_out, "without TLS") == NULL);
	set(&fake_config.time_zone, "Europe/Nowhere");
	CHECK(check_says("WRONG  server.time_zone Europe/Nowhere"));
	set(&fake_config.time_zone, "Europe/Vienna");
	CHECK(check_says("server.time_zone Europe/Vienna"));
	CHECK(strstr(fake_out, "WRONG  server.time_zone") == NULL);
	set(&fake_config.mail_host, "mail.example");
	set(&fake_config.mail_user, "hark");
	set(&fake_config.mail_security, "none");
	CHECK(check_says("the password goes to mail.example for everybody to read"));
	static const char *const own[] = {"127.0.0.1", "::1", "localhost"};
	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
		set(&fake_config.mail_host, own[i]);
		CHECK_INT(fake_run("check"), 1);
		CHECK(strstr(fake_out, "for everybody to read") == NULL);
	}
	fake_config.connections = 1 << 30;
	CHECK(check_says("limits.connections is 1073741824, but this shell allows"));
	fake_config.pictures = false;
	CHECK(check_says("pictures are not taken (pictures.on)"));
	fake_end();
}

#define CHANNEL(name, more) "{\"channel\":\"" name "\"" more ",\"waiting\":0,\"dead\":0}"

static void test_check_answers(void)
{
	char path[200];
	fake_begin();
	write_file("hark.db", "", path);
	chmod(path, 0644);
	fake_answer("{\"type\":\"setting.listed\",\"ref\":2,\"settings\":[]}");
	fake_answer("{\"type\":\"phrase.listed\",\"ref\":2,\"phrases\":[],\"more\":false}");
	fake_answer("{\"type\":\"state.escrow\",\"ref\":2,\"approvals\":1,\"open_s\":600,"
		    "\"recovery\":false,\"holders\":[],\"openings\":[],\"warnings\":[\"Nobody "
		    "holds a key.\"]}");
	fake_answer("{\"type\":\"notify.told\",\"ref\":2,\"channels\":[" CHANNEL(
		"mail", ",\"sent_ms\":1700000000000,\"problem\":\"\"") "," CHANNEL("ntfy",
		",\"problem\":\"\"") "," CHANNEL("webhook", ",\"problem\":\"It was slow.\"") "]}");
	CHECK_INT(fake_run("check"), 1);
	CHECK(strstr(fake_out, "others may read it (mode 644); chmod 600 it") != NULL);
	CHECK(strstr(fake_out, "there are no watch phrases") != NULL);
	CHECK(strstr(fake_out, "Nobody holds a key.") != NULL);
	CHECK(strstr(fake_out, "mail: is set up; last success: 20") != NULL);
	CHECK(strstr(fake_out, "ntfy: is set up; last success: never; try hark notify test") !=
		NULL);
	CHECK(strstr(fake_out, "webhook: the newest message failed: It was slow. Last success: "
			       "never") != NULL);
	/* And each of the questions without an answer: said once. */
	for (int i = 0; i < 4; i++) {
		fake_answer(NULL);
	}
	CHECK_INT(fake_run("check"), 1);
	CHECK(strstr(fake_out, "WRONG  the file is away\n") != NULL);
	fake_answer("{\"type\":\"setting.listed\",\"ref\":2,\"settings\":[]}");
	fake_answer("{\"type\":\"ok\",\"ref\":2}");
	fake_answer("{\"type\":\"ok\",\"ref\":2}");
	fake_answer("{\"type\":\"notify.told\",\"ref\":2,\"channels\":[]}");
	CHECK_INT(fake_run("check"), 1);
	CHECK(strstr(fake_out, "no channel to adults is set up") != NULL);
	fake_end();
}

int main(void)
{
	RUN(test_usage);
	RUN(test_codes_print);
	RUN(test_codes_pages);
	RUN(test_codes_wrong);
	RUN(test_full_output);
	RUN(test_group);
	RUN(test_codes_list);
	RUN(test_account_add);
	RUN(test_account_reach);
	RUN(test_account_add_with_password);
	RUN(test_refused);
	RUN(test_account_switch);
	RUN(test_account_list);
	RUN(test_root_gives_files_away);
	RUN(test_setup_link);
	RUN(test_shift_add);
	RUN(test_shift_list_remove);
	RUN(test_setting_get);
	RUN(test_setting_set);
	RUN(test_setting_import);
	RUN(test_setting_import_refused);
	RUN(test_backup);
	RUN(test_status_needs_the_daemon);
	RUN(test_key_create);
	RUN(test_init);
	RUN(test_audit);
	RUN(test_check);
	RUN(test_check_reach);
	RUN(test_check_answers);
	return tap_done();
}
