/*
 * Each subcommand when the daemon's answer is not the one hoped for: none, a refusal, nonsense, the
 * plain `ok` of a daemon that does not know better, pages that go on without an entry; and each
 * with --json, where what is printed is the answer and nothing else.
 */
#include "tests/unit/cli/fake.h"
#include "tests/unit/tap.h"

#include <sys/stat.h>
#include <unistd.h>

#define OK "{\"type\":\"ok\",\"ref\":2}"
#define REFUSED "{\"type\":\"error\",\"ref\":2,\"code\":\"no_such\",\"message\":\"Not so.\"}"
#define KEY "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

/* What each says to `ok`: done where that is the answer, else whatever it makes of nothing. */
static const struct {
	const char *words, *input;
	int of_ok;
} asking[] = {
	{"account add supporter sol Sol", "", 1},
	{"account list", "", 0},
	{"account disable sol", "", 0},
	{"account enable sol", "", 0},
	{"account reset sol", "", 1},
	{"account reach sol --mail a@b.example", "", 0},
	{"setup-link rivera", "", 1},
	{"shift add sol mon 10:00-11:00", "", 0},
	{"shift list", "", 0},
	{"shift remove 1", "", 0},
	{"setting get", "", 0},
	{"setting set school Hill", "", 0},
	{"setting import -", "school = Hill\n", 0},
	{"audit head", "", 1},
	{"audit list", "", 1},
	{"phrase list", "", 0},
	{"phrase add en low Category word text", "", 0},
	{"phrase remove 1", "", 0},
	{"phrase import -", "language = en\nlow | a | word | text\n", 0},
	{"phrase export en", "", 0},
	{"escrow status", "", 1},
	{"escrow recovery", "", 0},
	{"escrow drill sol", "a password\n", 0},
	{"backup copy.db", "", 0},
	{"notify status", "", 0},
};

static int run(size_t i, bool json)
{
	char words[120];
	snprintf(words, sizeof(words), "%s%s", asking[i].words, json ? " --json" : "");
	return fake_run_input(words, asking[i].input, strlen(asking[i].input));
}

static int answered(size_t i, const char *answer, bool json)
{
	fake_begin();
	for (int times = 0; times < 4; times++) {
		fake_answer(answer);
	}
	int code = run(i, json);
	if (fake_asked[0] == '\0') {
		printf("# %s asked nothing\n", asking[i].words);
	}
	CHECK(fake_asked[0] != '\0');
	fake_end();
	return code;
}

static void test_no_answer(void)
{
	for (size_t i = 0; i < sizeof(asking) / sizeof(asking[0]); i++) {
		for (int json = 0; json <= 1; json++) {
			CHECK_INT(answered(i, NULL, json), 1);
			CHECK(strchr(fake_out, '{') == NULL);
			CHECK(strstr(fake_err, "the file is away") != NULL);
			CHECK_INT(answered(i, "nonsense", json), 1);
			CHECK(strstr(fake_out, "nonsense") == NULL);
			CHECK(strstr(fake_err, "not understood") != NULL);
		}
	}
}

static void test_refusal(void)
{
	for (size_t i = 0; i < sizeof(asking) / sizeof(asking[0]); i++) {
		CHECK_INT(answered(i, REFUSED, false), 1);
		CHECK(strstr(fake_out, "Not so.") == NULL);
		CHECK(strstr(fake_err, "Not so.") != NULL);
		CHECK_INT(answered(i, REFUSED, true), 1);
		/* Those that ask for more than one thing print no answer of it. */
		bool many = strchr(asking[i].input, '=') != NULL ||
			    strncmp(asking[i].words, "setup", 5) == 0;
		CHECK_STR(fake_out, many ? "" : REFUSED "\n");
	}
}

static void test_plain_ok(void)
{
	for (size_t i = 0; i < sizeof(asking) / sizeof(asking[0]); i++) {
		for (int json = 0; json <= 1; json++) {
			int code = answered(i, OK, json);
			if (code != asking[i].of_ok) {
				printf("# %s: %d %s\n", asking[i].words, code, fake_err);
			}
			CHECK_INT(code, asking[i].of_ok);
			CHECK((code == 0) == (fake_err[0] == '\0'));
		}
	}
}

/* A page that says there is more, and has nothing: the end, not the same question for ever. */
static void test_empty_pages_end(void)
{
	static const struct {
		const char *words, *page;
	} lists[] = {
		{"account list", "{\"type\":\"account.listed\",\"ref\":2,\"accounts\":[],\"more\":"
				 "true}"},
		{"shift list", "{\"type\":\"shift.listed\",\"ref\":2,\"shifts\":[],\"more\":true}"},
		{"phrase list",
			"{\"type\":\"phrase.listed\",\"ref\":2,\"phrases\":[],\"more\":true}"},
		{"phrase export en",
			"{\"type\":\"phrase.listed\",\"ref\":2,\"phrases\":[],\"more\":true}"},
	};
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		fake_begin();
		fake_answer(lists[i].page);
		CHECK_INT(fake_run(lists[i].words), 0);
		char *first = strchr(fake_asked, '\n');
		CHECK(first != NULL && first[1] == '\0');
		fake_end();
	}
}

/* ---- escrow ---- */

#define STATE(holders, warnings)                                                                   \
	"{\"type\":\"state.escrow\",\"ref\":2,\"approvals\":2,\"open_s\":600,\"recovery\":true,"   \
	"\"holders\":[" holders "],\"openings\":[],\"warnings\":[" warnings "]}"

static void test_escrow_status(void)
{
	fake_begin();
	fake_answer(STATE("{\"account\":1,\"name\":\"Ms. Rivera\",\"missing\":0},"
			  "{\"account\":2,\"name\":\"Mr. Okafor\",\"missing\":3}",
		""));
	CHECK_INT(fake_run("escrow status"), 0);
	CHECK_STR(fake_out, "approvals     2\nrecovery key  made\nholder        Ms. Rivera\n"
			    "holder        Mr. Okafor, cannot open 3 older items\n");
	fake_answer(STATE("", "\"Nobody can open what is sealed.\""));
	CHECK_INT(fake_run("escrow status"), 2); /* for a script: something is wrong */
	CHECK(strstr(fake_out, "WARNING: Nobody can open what is sealed.\n") != NULL);
	fake_answer("{\"type\":\"state.escrow\",\"ref\":2,\"approvals\":1,\"open_s\":600,"
		    "\"recovery\":false,\"holders\":[],\"openings\":[],\"warnings\":[]}");
	CHECK_INT(fake_run("escrow status"), 0);
	CHECK_STR(fake_out, "approvals     1\nrecovery key  NONE\n");
	fake_end();
}

/* The paper's digits, as they were printed, without the blanks and lines between them. */
static void take_digits(const char *printed, char digits[69])
{
	size_t count = 0;
	const char *at = strstr(printed, "\n  ");
	for (; at != NULL && *at != '\0' && count < 68; at++) {
		if (strchr("0123456789abcdef", *at) != NULL) {
			digits[count++] = *at;
		}
	}
	digits[count] = '\0';
}

static void test_recovery_key_on_paper(void)
{
	char digits[69];
	fake_begin();
	fake_answer("{\"type\":\"escrow.key\",\"ref\":2,\"key\":\"" KEY "\"}");
	CHECK_INT(fake_run("escrow recovery"), 0);
	CHECK(strstr(fake_out, "\n  00112233 44556677 8899aabb ccddeeff\n"
			       "  00112233 44556677 8899aabb ccddeeff\n  ") != NULL);
	take_digits(fake_out, digits);
	CHECK_INT(strlen(digits), 68);
	CHECK(strncmp(digits, KEY, 64) == 0);

	/* Typed in any shape it is the same key. */
	char typed[200];
	snprintf(typed, sizeof(typed), "%.32s-%.32s  %s", digits, digits + 32, digits + 64);
	fake_asked[0] = '\0';
	CHECK_INT(fake_run_input("escrow drill --recovery", typed, strlen(typed)), 0);
	CHECK_STR(fake_asked, "{\"type\":\"escrow.drill\",\"ref\":2,\"key\":\"" KEY "\"}\n");
	CHECK(strstr(fake_out, "It works") != NULL);
	fake_asked[0] = '\0';
	CHECK_INT(fake_run_input("escrow grant rivera", typed, strlen(typed)), 0);
	CHECK_STR(fake_asked, "{\"type\":\"escrow.grant\",\"ref\":2,\"login\":\"rivera\",\"key\":"
			      "\"" KEY "\"}\n");
	CHECK_STR(fake_out, "rivera can open what the recovery key opens.\n");
	fake_asked[0] = '\0';
	CHECK_INT(fake_run_input("escrow drill rivera", "her password\n", 13), 0);
	CHECK_STR(fake_asked, "{\"type\":\"escrow.drill\",\"ref\":2,\"login\":\"rivera\","
			      "\"password\":\"her password\"}\n");
	fake_end();
}

/* A slip is found here, before anything is asked. */
static void test_no_recovery_key(void)
{
	static const char *const wrong[] = {
		"", "00112233", KEY, KEY "0000", KEY "00000", KEY "zzzz", KEY KEY};
	fake_begin();
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		CHECK_INT(fake_run_input("escrow grant rivera", wrong[i], strlen(wrong[i])), 1);
		CHECK(strstr(fake_err, "this is no recovery key") != NULL);
		CHECK_INT(fake_run_input("escrow drill --recovery", wrong[i], strlen(wrong[i])), 1);
		CHECK(strstr(fake_err, "this is no recovery key") != NULL);
	}
	char longest[900];
	memset(longest, 'x', sizeof(longest));
	CHECK_INT(fake_run_input("escrow drill rivera", longest, sizeof(longest)), 1);
	CHECK_STR(fake_err, "hark: there is no password to try\n");
	CHECK_STR(fake_asked, "");
	fake_end();
}

/* ---- what else a shell may give ---- */

static void test_inputs(void)
{
	char longest[900];
	memset(longest, 'x', sizeof(longest));
	fake_begin();
	/* A password that is too long, or is not there as text. */
	CHECK_INT(fake_run_input("account add supporter sol Sol --password-stdin", longest,
			  sizeof(longest)),
		1);
	CHECK_INT(fake_run_input("account add supporter sol Sol --password-stdin", "a\0b", 3), 1);
	CHECK_STR(fake_asked, "");
	CHECK_INT(fake_run_input("setting set topics -", "", 0), 0);
	CHECK(strstr(fake_asked, "\"value\":\"\"") != NULL);
	/* More than one message may be long. */
	static char much[70000];
	fake_asked[0] = '\0';
	memset(much, 'x', sizeof(much) - 1);
	memcpy(much, "setting set school ", 19);
	CHECK_INT(fake_run(much), 1);
	CHECK(strstr(fake_err, "too long") != NULL);
	CHECK_STR(fake_asked, "");
	fake_end();
}

static void test_flags_end(void)
{
	fake_begin();
	CHECK_INT(fake_run("setting set school -- --json"), 0);
	CHECK(strstr(fake_asked, "\"value\":\"--json\"") != NULL);
	CHECK_INT(fake_run("phrase remove 0"), 64);
	CHECK_INT(fake_run("phrase remove 99999999999999999999"), 64);
	CHECK_INT(fake_run("shift remove 99999999999999999999"), 64);
	CHECK_INT(fake_run("audit list 99999999999999999999"), 64);
	CHECK_INT(fake_run("audit list 0"), 64);
	CHECK_INT(fake_run("audit list 9007199254740993"), 64); /* no page could say it */
	CHECK_INT(fake_run("notify test screen"), 64);
	CHECK_INT(fake_run("notify test pigeon"), 64);
	fake_end();
}

/* ---- the first start ---- */

static void test_init_where_it_cannot(void)
{
	char path[200];
	fake_begin(); /* a file where the directory is to be */
	snprintf(path, sizeof(path), "%s/hark", fake_config.data_dir);
	FILE *file = fopen(path, "w");
	REQUIRE(file != NULL);
	fclose(file);
	char *directory = fake_config.data_dir;
	fake_config.data_dir = path;
	CHECK_INT(fake_run("init rivera Ms._Rivera"), 1);
	CHECK(strstr(fake_err, "is no directory") != NULL);
	/* And one whose parent is not there. */
	snprintf(path, sizeof(path), "%s/no/such/place", directory);
	CHECK_INT(fake_run("init rivera Ms._Rivera"), 1);
	CHECK(strstr(fake_err, "No such file or directory") != NULL);
	CHECK_INT(fake_run("check"), 1);
	CHECK(strstr(fake_out, "is not there; hark init makes it") != NULL);
	fake_config.data_dir = directory;
	CHECK_INT(fake_run("key create /no/such/place/hark.key"), 1);
	CHECK(fake_err[0] != '\0');
	/* A key that is no key. */
	snprintf(path, sizeof(path), "%s/hark.key", directory);
	file = fopen(path, "w");
	REQUIRE(file != NULL && fchmod(fileno(file), 0400) == 0);
	fclose(file);
	CHECK_INT(fake_run("init rivera Ms._Rivera"), 1);
	CHECK(strstr(fake_err, "damaged") != NULL);
	fake_end();
}

static void test_init_when_refused(void)
{
	fake_begin();
	fake_answer(NULL);
	CHECK_INT(fake_run("init rivera Ms._Rivera"), 1);
	CHECK(strstr(fake_err, "the file is away") != NULL);
	fake_end();
	fake_begin();
	fake_answer(REFUSED);
	CHECK_INT(fake_run_json("init rivera Ms._Rivera"), 1);
	fake_end();
}

int main(void)
{
	RUN(test_no_answer);
	RUN(test_refusal);
	RUN(test_plain_ok);
	RUN(test_empty_pages_end);
	RUN(test_escrow_status);
	RUN(test_recovery_key_on_paper);
	RUN(test_no_recovery_key);
	RUN(test_inputs);
	RUN(test_flags_end);
	RUN(test_init_where_it_cannot);
	RUN(test_init_when_refused);
	return tap_done();
}
