/* hark verify, restore, rekey: what is asked, refused, printed, and what they exit with. */
#include "tests/unit/cli/fake.h"
#include "tests/unit/tap.h"

#include <sys/stat.h>
#include <unistd.h>

#define ACCOUNT_LINK                                                                               \
	"{\"type\":\"account.link\",\"ref\":2,\"login\":\"rivera\",\"secret\":"                    \
	"\"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\","                    \
	"\"expires_ms\":1700000000000}"

static char path[240];

static const char *file(const char *name)
{
	snprintf(path, sizeof(path), "%s/%s", fake_config.data_dir, name);
	return path;
}

static bool exists(const char *name)
{
	return access(file(name), F_OK) == 0;
}

/* A school's key and file. */
static void set_up(void)
{
	fake_begin();
	fake_answer("{\"type\":\"account.listed\",\"ref\":2,\"accounts\":[],\"more\":false}");
	fake_answer(ACCOUNT_LINK);
	fake_run("init rivera Ms._Rivera");
	CHECK(exists("hark.key") && exists("hark.db"));
}

static void copy_to(const char *name)
{
	char command[600];
	snprintf(command, sizeof(command), "cp %s/hark.db %s/%s", fake_config.data_dir,
		fake_config.data_dir, name);
	if (system(command) != 0) {
		abort();
	}
}

static int run(const char *format, const char *name)
{
	char words[400];
	snprintf(words, sizeof(words), format, file(name));
	return fake_run(words);
}

static void test_usage(void)
{
	static const char *const wrong[] = {"restore", "restore --replace", "restore a b",
		"restore a --key", "restore a --what", "rekey now", "verify --what x"};
	set_up();
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		CHECK_INT(fake_run(wrong[i]), 64);
		CHECK(fake_err[0] != '\0');
	}
	CHECK(!exists("hark.restore"));
	fake_end();
}

static void test_without_a_school(void)
{
	fake_begin();
	CHECK_INT(fake_run("rekey"), 1);
	CHECK(strstr(fake_err, "There is no key file.") != NULL);
	CHECK_INT(fake_run("restore copy.db"), 1);
	CHECK_INT(fake_run("verify"), 1);
	fake_end();
}

static void test_restore(void)
{
	set_up();
	copy_to("copy.db");
	CHECK_INT(run("restore %s", "copy.db"), 1);
	CHECK(strstr(fake_err, "--replace keeps it under another name") != NULL);
	CHECK_INT(run("restore %s --replace", "none.db"), 1);
	CHECK(strstr(fake_err, "none.db: No such file") != NULL);
	CHECK(!exists("hark.db.replaced-1"));
	CHECK_INT(run("restore %s --replace", "copy.db"), 0);
	CHECK(strstr(fake_out, "is whole, and is ") != NULL);
	CHECK(strstr(fake_asked, "noted\n") != NULL);
	CHECK(exists("hark.db") && exists("hark.db.replaced-1") && !exists("hark.restore"));
	struct stat made;
	CHECK_INT(stat(file("hark.db"), &made), 0);
	CHECK_INT(made.st_mode & 0777, 0600);
	fake_end();
}

static void test_restore_of_what_is_none(void)
{
	set_up();
	copy_to("copy.db");
	FILE *copy = fopen(file("copy.db"), "r+");
	if (copy == NULL || fseek(copy, 3 * 4096 + 17, SEEK_SET) != 0 || fputc('x', copy) == EOF ||
		fclose(copy) != 0) {
		abort();
	}
	CHECK_INT(run("restore %s --replace", "copy.db"), 1);
	CHECK(strstr(fake_err, "the copy is damaged; nothing was replaced") != NULL);
	CHECK_INT(run("restore %s --replace", "hark.key"), 1);
	CHECK(strstr(fake_err, "this is not a Hark file; nothing was replaced") != NULL);
	CHECK(!exists("hark.db.replaced-1") && !exists("hark.restore"));
	fake_end();
}

static void test_rekey(void)
{
	set_up();
	copy_to("copy.db");
	CHECK_INT(fake_run("rekey"), 0);
	CHECK(strstr(fake_out, "is sealed under a new key.") != NULL);
	CHECK(strstr(fake_asked, "noted\n") != NULL);
	CHECK(strstr(fake_out, "hark.key.before-1") != NULL);
	CHECK(exists("hark.key.before-1") && !exists("hark.db.handover"));
	CHECK_INT(fake_run_json("rekey"), 0);
	CHECK_STR(fake_out, "{\"finished_earlier\":false}\n");
	CHECK_INT(run("restore %s --replace", "copy.db"), 1);
	CHECK(strstr(fake_err, "this file was made with another key; nothing was replaced") !=
		NULL);
	char words[700];
	snprintf(words, sizeof(words), "restore %s/copy.db --key %s/hark.key.before-1 --replace",
		fake_config.data_dir, fake_config.data_dir);
	CHECK_INT(fake_run(words), 0);
	fake_end();
}

static void test_check_tells_of_a_rekey_that_was_cut_off(void)
{
	set_up();
	fake_run("check");
	CHECK(strstr(fake_out, "re-key") == NULL);
	FILE *handover = fopen(file("hark.db.handover"), "w");
	if (handover == NULL || fclose(handover) != 0) {
		abort();
	}
	CHECK_INT(fake_run("check"), 1);
	CHECK(strstr(fake_out, "hark.db.handover: a re-key was cut off") != NULL);
	CHECK_INT(fake_run("rekey"), 0);
	CHECK(!exists("hark.db.handover"));
	fake_end();
}

int main(void)
{
	RUN(test_usage);
	RUN(test_without_a_school);
	RUN(test_restore);
	RUN(test_restore_of_what_is_none);
	RUN(test_rekey);
	RUN(test_check_tells_of_a_rekey_that_was_cut_off);
	return tap_done();
}
