/* The command's end of the control socket against a process that speaks as told. */
#include "daemon/cli/control.h"
#include "protocol/message.h"
#include "tests/unit/tap.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static char directory[] = "/tmp/hark-control-XXXXXX";
static char path[64];
static char problem[400];
static char *answer;
static size_t answer_size;

static int listen_here(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	strcpy(address.sun_path, path);
	unlink(path);
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	if (fd < 0 || bind(fd, (const struct sockaddr *)&address, sizeof(address)) != 0 ||
		listen(fd, 1) != 0) {
		abort();
	}
	return fd;
}

/* In the child: takes one connection, reads two lines, writes `said`. Exit 0: they were right. */
static int serve(int listener, const char *said)
{
	int fd = accept(listener, NULL, NULL);
	FILE *in = fdopen(fd, "r");
	char line[500];
	struct message hello;
	struct decode_problem why;
	if (in == NULL || fgets(line, sizeof(line), in) == NULL ||
		message_decode(line, strlen(line) - 1, &hello, &why) != DECODE_OK ||
		hello.type != TYPE_HELLO || hello.hello.page != WIRE_PAGE_CONTROL) {
		return 1;
	}
	message_finish(&hello);
	if (fgets(line, sizeof(line), in) == NULL || strcmp(line, "{\"what\":1}\n") != 0) {
		return 2;
	}
	size_t size = strlen(said);
	bool written = write(fd, said, size) == (ssize_t)size;
	fclose(in);
	return written ? 0 : 3;
}

/* Asks a process that answers with `said`; the status of control_request(). */
static enum control_status ask(const char *said)
{
	int listener = listen_here();
	fflush(stdout);
	pid_t child = fork();
	if (child == 0) {
		_exit(serve(listener, said));
	}
	close(listener);
	answer = NULL;
	problem[0] = '\0';
	static const char request[] = "{\"what\":1}";
	enum control_status status = control_request(path, request, sizeof(request) - 1, 10,
		&answer, &answer_size, problem, sizeof(problem));
	int exited = -1;
	waitpid(child, &exited, 0);
	CHECK_INT(exited, 0);
	return status;
}

static void test_answer(void)
{
	static const char said[] = "{\"type\":\"ok\",\"ref\":2}";
	CHECK_INT(
		ask("{\"type\":\"welcome\",\"ref\":1,\"role\":\"operator\",\"server_ms\":1}\n"
		    "{\"type\":\"ok\"}\n{\"type\":\"ok\",\"ref\":3}\n{\"type\":\"ok\",\"ref\":2}\n"
		    "{\"type\":\"ok\",\"ref\":2,\"n\":9}\n"),
		CONTROL_OK);
	CHECK_STR(answer, said);
	CHECK_INT(answer_size, sizeof(said) - 1);
	free(answer);
}

static void test_answer_in_batch(void)
{
	CHECK_INT(ask("{\"type\":\"batch\",\"events\":[{\"type\":\"ok\",\"ref\":7},"
		      "{\"type\":\"ok\",\"ref\":1}]}\n"
		      "{\"type\":\"batch\",\"events\":[{\"type\":\"ok\",\"ref\":1},"
		      "{\"type\":\"ok\",\"ref\":2,\"n\":5},{\"type\":\"ok\",\"ref\":2}]}\n"),
		CONTROL_OK);
	CHECK_STR(answer, "{\"type\":\"ok\",\"ref\":2,\"n\":5}");
	free(answer);
	CHECK_INT(ask("{\"type\":\"batch\",\"events\":[{\"type\":\"reload\"}]}\n"), CONTROL_FAILED);
}

static void test_greeting_refused(void)
{
	static const char said[] =
		"{\"type\":\"error\",\"ref\":1,\"code\":\"draining\",\"message\":\"No.\"}";
	char line[200];
	snprintf(line, sizeof(line), "%s\n", said);
	CHECK_INT(ask(line), CONTROL_OK);
	CHECK_STR(answer, said);
	free(answer);
}

static void test_not_as_agreed(void)
{
	static const struct {
		const char *said, *sentence;
	} cases[] = {
		{"", "the daemon closed the connection"},
		{"{\"type\":\"ok\",\"ref\":2}",
			"the daemon closed the connection"}, /* no newline */
		{"{\"type\":\"reload\"}\n",
			"the running daemon is of another version than this command: restart it"},
		{"hello\n",
			"the daemon says something this command does not understand; are they of "
			"the same version?"},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CHECK_INT(ask(cases[i].said), CONTROL_FAILED);
		CHECK(strncmp(problem, path, strlen(path)) == 0);
		CHECK_STR(problem + strlen(path) + 2, cases[i].sentence);
		CHECK(answer == NULL);
	}
}

static enum control_status ask_at(const char *place)
{
	return control_request(place, "{}", 2, 1, &answer, &answer_size, problem, sizeof(problem));
}

static void test_not_running(void)
{
	unlink(path);
	CHECK_INT(ask_at(path), CONTROL_NOT_RUNNING); /* no socket */
	close(listen_here());
	CHECK_INT(ask_at(path), CONTROL_NOT_RUNNING); /* left by a daemon that died */
	char longer[200];
	memset(longer, 'x', sizeof(longer));
	longer[sizeof(longer) - 1] = '\0';
	CHECK_INT(ask_at(longer), CONTROL_FAILED);
}

static void test_silent(void)
{
	int listener = listen_here();
	CHECK_INT(ask_at(path), CONTROL_FAILED); /* after the one second it was given */
	CHECK_STR(problem + strlen(path) + 2, "the daemon does not answer");
	close(listener);
}

int main(void)
{
	if (mkdtemp(directory) == NULL) {
		return 1;
	}
	snprintf(path, sizeof(path), "%s/control", directory);
	RUN(test_answer);
	RUN(test_answer_in_batch);
	RUN(test_greeting_refused);
	RUN(test_not_as_agreed);
	RUN(test_not_running);
	RUN(test_silent);
	unlink(path);
	rmdir(directory);
	return tap_done();
}
