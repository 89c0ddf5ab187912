/* What the log writes: prefix, one line whatever the text holds, levels. */
#include "daemon/log.h"
#include "tests/unit/tap.h"

#include <unistd.h>

static char got[8192];

/* Runs `say` with standard error in a pipe; what it wrote is in `got`. */
static void capture(void (*say)(void))
{
	int ends[2];
	int kept = dup(STDERR_FILENO);
	if (kept < 0 || pipe(ends) != 0) {
		abort();
	}
	dup2(ends[1], STDERR_FILENO);
	close(ends[1]);
	say();
	dup2(kept, STDERR_FILENO);
	close(kept);
	ssize_t size = read(ends[0], got, sizeof(got) - 1);
	got[size < 0 ? 0 : size] = '\0';
	close(ends[0]);
}

static void say_one_of_each(void)
{
	log_error("e %d", 1);
	log_warning("w %s", "two");
	log_info("i");
	log_debug("d");
}

static void test_levels(void)
{
	static const char all[] = "<3>e 1\n<4>w two\n<6>i\n<7>d\n";
	static const struct {
		const char *name;
		size_t bytes; /* of `all` */
	} cases[] = {{"error", 7}, {"warning", 16}, {"info", 21}, {"debug", 26}};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		enum log_level level;
		CHECK(log_level_from_name(cases[i].name, &level));
		log_set_level(level);
		capture(say_one_of_each);
		CHECK_INT(strlen(got), cases[i].bytes);
		CHECK(strncmp(got, all, cases[i].bytes) == 0);
	}
	enum log_level level = LOG_LEVEL_INFO;
	CHECK(!log_level_from_name("loud", &level));
	CHECK(!log_level_from_name("", &level));
	CHECK_INT(level, LOG_LEVEL_INFO);
}

static void say_strange(void)
{
	log_error("%s", "a\n<0>forged \x1b[31m\t\x7f\xc2\x9b\\");
}

static void test_escaped(void)
{
	capture(say_strange);
	CHECK_STR(got, "<3>a\\x0a<0>forged \\x1b[31m\\x09\\x7f\\xc2\\x9b\\x5c\n");
}

static void say_long(void)
{
	static char text[5000];
	memset(text, '\n', sizeof(text) - 1);
	log_error("%s", text);
}

static void test_long_is_cut(void)
{
	capture(say_long);
	CHECK_INT(strlen(got), 3 + 4 * 1000 + 1);
	CHECK(strchr(got, '\n') == got + strlen(got) - 1);
}

int main(void)
{
	RUN(test_levels);
	RUN(test_escaped);
	RUN(test_long_is_cut);
	return tap_done();
}
