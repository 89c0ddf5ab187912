/* Files of secrets: one line, and nobody else's. */
#include "daemon/channel_secret.h"

#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/tap.h"

static char directory[] = "/tmp/hark-test-XXXXXX";
static char path[64];

static void put(const char *text, size_t size, mode_t mode)
{
	unlink(path);
	FILE *file = fopen(path, "w");
	fwrite(text, 1, size, file);
	fclose(file);
	chmod(path, mode);
}

static const char *problem_of(const char *text, size_t size, mode_t mode)
{
	static struct channel_secret secret;
	put(text, size, mode);
	channel_secret_read(path, &secret);
	CHECK(secret.problem == NULL || secret.text[0] == '\0');
	return secret.problem;
}

static void test_one_line(void)
{
	static const char *const texts[] = {"pass word", "pass word\n", "pass word\r\n"};
	struct channel_secret secret;
	for (size_t i = 0; i < 3; i++) {
		put(texts[i], strlen(texts[i]), 0600);
		channel_secret_read(path, &secret);
		CHECK(secret.problem == NULL);
		CHECK_STR(secret.text, "pass word");
	}
	channel_secret_read("", &secret);
	CHECK(secret.problem == NULL);
	CHECK_STR(secret.text, "");
}

static void test_what_is_none(void)
{
	static char longest[CHANNEL_SECRET_BYTES];
	memset(longest, 'x', sizeof(longest));
	CHECK(problem_of(longest, sizeof(longest) - 1, 0600) == NULL);
	CHECK_STR(problem_of(longest, sizeof(longest), 0600), "is too long");
	CHECK_STR(problem_of("", 0, 0600), "is empty");
	CHECK_STR(problem_of("\n\n", 2, 0600), "is empty");
	CHECK_STR(problem_of("a\nb\n", 4, 0600), "holds more than one line of text");
	CHECK_STR(problem_of("a\0b", 3, 0600), "holds more than one line of text");
	struct channel_secret secret;
	unlink(path);
	channel_secret_read(path, &secret);
	CHECK_STR(secret.problem, "cannot be opened");
	channel_secret_read(directory, &secret);
	CHECK_STR(secret.problem, "is no file to be read");
	mkfifo(path, 0600); /* would hang whoever waits for its other end */
	channel_secret_read(path, &secret);
	CHECK_STR(secret.problem, "is no file to be read");
	unlink(path);
}

static void test_modes(void)
{
	static const mode_t good[] = {0400, 0600, 0640, 0440};
	static const mode_t bad[] = {0604, 0644, 0620, 0601, 0602, 0666, 0610};
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		CHECK(problem_of("x", 1, good[i]) == NULL);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		CHECK_STR(problem_of("x", 1, bad[i]),
			"can be read or changed by others; chmod 600 it");
	}
}

int main(void)
{
	if (mkdtemp(directory) == NULL) {
		return EXIT_FAILURE;
	}
	snprintf(path, sizeof(path), "%s/secret", directory);
	RUN(test_one_line);
	RUN(test_what_is_none);
	RUN(test_modes);
	unlink(path);
	rmdir(directory);
	return tap_done();
}
