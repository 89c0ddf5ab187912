/* hark phrase: what it asks and prints, and what it says about a file that is not right. */
#include "tests/unit/cli/fake.h"
#include "tests/unit/tap.h"

#include <unistd.h>

#define OK "{\"type\":\"ok\",\"ref\":2}"
#define EXISTS "{\"type\":\"error\",\"ref\":2,\"code\":\"exists\",\"message\":\"It is there.\"}"
#define REFUSED "{\"type\":\"error\",\"ref\":2,\"code\":\"too_many\",\"message\":\"No more.\"}"
#define PUT(language, severity, category, text, match)                                             \
	"{\"type\":\"phrase.put\",\"ref\":2,\"language\":\"" language                              \
	"\",\"severity\":\"" severity "\",\"category\":\"" category "\",\"text\":\"" text          \
	"\",\"match\":\"" match "\"}\n"
#define LISTED                                                                                     \
	"{\"type\":\"phrase.listed\",\"ref\":2,\"phrases\":[{\"phrase\":3,\"language\":\"en\","    \
	"\"severity\":\"high\",\"category\":\"Suicide\",\"text\":\"kill "                          \
	"myself\",\"match\":\"word\"},"                                                            \
	"{\"phrase\":4,\"language\":\"es\",\"severity\":\"low\",\"category\":\"Casa\",\"text\":"   \
	"\"sola\",\"match\":\"stem\"}],\"more\":false}"

static char path[200], command[300];

static const char *import(const char *text, const char *flag)
{
	snprintf(path, sizeof(path), "%s/list", fake_config.data_dir);
	FILE *file = fopen(path, "w");
	if (file == NULL || fputs(text, file) < 0 || fclose(file) != 0) {
		abort();
	}
	snprintf(command, sizeof(command), "phrase import %s%s", path, flag);
	return command;
}

static bool says(const char *line, const char *sentence)
{
	char wanted[400];
	snprintf(wanted, sizeof(wanted), "hark: %s:%s: %s\n", path, line, sentence);
	return strcmp(fake_err, wanted) == 0;
}

static void test_import(void)
{
	fake_begin();
	fake_answer(OK);
	fake_answer(EXISTS);
	fake_answer(OK);
	CHECK_INT(fake_run(import("# a list\n\nlanguage = en\nhigh | Suicide | word | kill myself\n"
				  "low|Eating|stem|bulimi\r\n  language=es\n"
				  "medium | Casa | anywhere | mi casa  ",
			  "")),
		0);
	CHECK_STR(fake_asked, PUT("en", "high", "Suicide", "kill myself", "word")
				      PUT("en", "low", "Eating", "bulimi", "stem")
					      PUT("es", "medium", "Casa", "mi casa", "anywhere"));
	CHECK_STR(fake_out, "2 phrases are added, 1 were there already.\n");
	fake_end();
}

static void test_import_ends_with_the_first_refusal(void)
{
	fake_begin();
	fake_answer(OK);
	fake_answer(REFUSED);
	CHECK_INT(fake_run(import("language = en\nlow | a | word | x\nlow | a | word | y\n"
				  "low | a | word | z\n",
			  "")),
		1);
	CHECK(says("3", "No more. (1 before it are added)"));
	fake_end();
}

/* A file that is not right changes nothing. */
static void test_mistakes(void)
{
	static const struct {
		const char *text, *line, *sentence;
	} wrong[] = {
		{"low | a | word | x\n", "1", "say which language before, as in \"language = en\""},
		{"language = x\n", "1", "a language is given by its code, such as en or es"},
		{"language = en\nlow | a | word\n", "2",
			"write \"severity | category | match | text\""},
		{"language = en\nlow | a | word | x | y\n", "2",
			"write \"severity | category | match | text\""},
		{"language = en\n\nhuge | a | word | x\n", "3",
			"the severity is low, medium or high"},
		{"language = en\nlow | a | words | x\n", "2",
			"the match is word, stem or anywhere"},
		{"language = en\nlow | | word | x\n", "2", "the category is missing"},
		{"language = en\nlow | a | word | ...\n", "2",
			"the text has no letters or numbers, or is too long"},
		{"language = en\nlow | a | word | So fat\nhigh | b | stem | s0 FAT!\n", "3",
			"the same phrase stands in line 2"},
	};
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		fake_begin();
		CHECK_INT(fake_run(import(wrong[i].text, "")), 1);
		CHECK(says(wrong[i].line, wrong[i].sentence));
		CHECK_STR(fake_asked, "");
		fake_end();
	}
	fake_begin();
	char text[200] = "language = en\nlow | a | word | ";
	size_t size = strlen(text);
	memset(text + size, 'x', 81);
	strcpy(text + size + 81, "\n");
	CHECK_INT(fake_run(import(text, "")), 1);
	CHECK(says("2", "the category may have 40 characters, the text 80"));
	CHECK_INT(fake_run("phrase import /nowhere/at/all"), 1);
	CHECK_INT(fake_run(import("language = en\n", " --wet-run")), 64);
	fake_end();
}

static void test_dry_run(void)
{
	fake_begin();
	CHECK_INT(fake_run(import(
			  "language = en\nlow | a | word | x\nlow | a | word | y\n", " --dry-run")),
		0);
	CHECK_STR(fake_out, "2 phrases, and nothing wrong with them.\n");
	CHECK_STR(fake_asked, "");
	fake_end();
}

static void test_list_and_export(void)
{
	fake_begin();
	fake_answer(LISTED);
	CHECK_INT(fake_run("phrase list"), 0);
	CHECK(strstr(fake_out, "3       en        high      Suicide   word   kill myself\n") !=
		NULL);
	fake_end();
	fake_begin();
	fake_answer(LISTED);
	CHECK_INT(fake_run("phrase export es"), 0);
	CHECK_STR(fake_out, "language = es\n# severity | category | match | text\n"
			    "low | Casa | stem | sola\n");
	fake_end();
}

static void test_add_and_remove(void)
{
	fake_begin();
	fake_answer(OK);
	CHECK_INT(fake_run("phrase add en high Suicide word kill_myself"), 0);
	CHECK_STR(fake_asked, PUT("en", "high", "Suicide", "kill myself", "word"));
	fake_end();
	fake_begin();
	CHECK_INT(fake_run("phrase add en grave Suicide word x"), 64);
	CHECK_INT(fake_run("phrase remove x"), 64);
	CHECK_STR(fake_asked, "");
	fake_answer(OK);
	CHECK_INT(fake_run("phrase remove 3"), 0);
	CHECK_STR(fake_asked, "{\"type\":\"phrase.remove\",\"ref\":2,\"phrase\":3}\n");
	fake_end();
}

int main(void)
{
	RUN(test_import);
	RUN(test_import_ends_with_the_first_refusal);
	RUN(test_mistakes);
	RUN(test_dry_run);
	RUN(test_list_and_export);
	RUN(test_add_and_remove);
	return tap_done();
}
