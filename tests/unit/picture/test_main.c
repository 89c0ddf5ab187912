/*
 * hark-picture's conversation with harkd: the program itself in a process of its own, between two
 * pipes, as harkd starts it. Locking in is answered by the test; test_sandbox.c has the real one.
 */
#include "tests/picture/make.h"
#include "tests/unit/tap.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

int picture_main(void);

#define main picture_main
#define _exit exit /* what counts branches counts at exit */
#include "picture/main.c"
#undef main
#undef _exit

static bool locks; /* what the process is answered */

bool sandbox_enter(void)
{
	return locks;
}

struct talk {
	int to, from;
	pid_t process;
};

static void on_alarm(int signal)
{
	(void)signal;
}

static struct talk talk_begin(void)
{
	int in[2], out[2];
	fflush(stdout);
	if (pipe(in) != 0 || pipe(out) != 0) {
		abort();
	}
	pid_t process = fork();
	if (process == 0) {
		dup2(in[0], STDIN_FILENO);
		dup2(out[1], STDOUT_FILENO);
		close(in[0]), close(in[1]), close(out[0]), close(out[1]);
		signal(SIGPIPE, SIG_IGN);
		exit(picture_main());
	}
	close(in[0]);
	close(out[1]);
	return (struct talk){in[1], out[0], process};
}

static void say(const struct talk *talk, const void *bytes, size_t size)
{
	for (const char *at = bytes; size > 0;) {
		ssize_t put = write(talk->to, at, size);
		if (put <= 0) {
			return;
		}
		at += put;
		size -= (size_t)put;
	}
}

static bool hear(const struct talk *talk, void *to, size_t size)
{
	for (char *at = to; size > 0;) {
		ssize_t got = read(talk->from, at, size);
		if (got <= 0) {
			return false;
		}
		at += got;
		size -= (size_t)got;
	}
	return true;
}

/* What the process exits with. */
static int talk_end(struct talk *talk)
{
	int status = 0;
	if (talk->to >= 0) {
		close(talk->to);
	}
	close(talk->from);
	waitpid(talk->process, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void test_picture(void)
{
	struct made made = make_picture("jpeg", 300, 200);
	locks = true;
	struct talk talk = talk_begin();
	struct picture_question question = {PICTURE_JPEG, (uint32_t)made.size};
	struct picture_answer answer;
	kill(talk.process, SIGALRM);
	say(&talk, &question, sizeof(question));
	say(&talk, made.bytes, made.size / 2);
	kill(talk.process, SIGALRM);
	say(&talk, made.bytes + made.size / 2, made.size - made.size / 2);
	REQUIRE(hear(&talk, &answer, sizeof(answer)));
	CHECK_INT(answer.status, PICTURE_OK);
	CHECK_INT(answer.type, PICTURE_JPEG);
	CHECK_INT(answer.width, 300);
	CHECK_INT(answer.height, 200);
	uint8_t *bytes = malloc(answer.size + answer.thumb_size);
	CHECK(hear(&talk, bytes, answer.size + answer.thumb_size));
	CHECK(bytes[0] == 0xff && bytes[answer.size] == 0xff && bytes[answer.size + 1] == 0xd8);
	free(bytes);
	CHECK_INT(talk_end(&talk), EXIT_SUCCESS);
	free(made.bytes);
}

/* Asked with that header and so many bytes behind it; what comes of it. */
static enum picture_status ask(struct picture_question question, size_t size)
{
	struct picture_answer answer = {0};
	struct talk talk = talk_begin();
	say(&talk, &question, sizeof(question));
	char *bytes = calloc(1, size + 1);
	say(&talk, bytes, size);
	free(bytes);
	CHECK(hear(&talk, &answer, sizeof(answer)));
	CHECK_INT(answer.size + answer.thumb_size + answer.width + answer.height, 0);
	CHECK_INT(talk_end(&talk), EXIT_SUCCESS);
	return answer.status;
}

static void test_refused(void)
{
	locks = true;
	CHECK_INT(ask((struct picture_question){PICTURE_JPEG, 100}, 100), PICTURE_BAD);
	CHECK_INT(ask((struct picture_question){PICTURE_JPEG, PICTURE_BYTES_MAX + 1}, 0),
		PICTURE_TOO_LARGE);
	locks = false;
	CHECK_INT(ask((struct picture_question){PICTURE_JPEG, 0}, 0), PICTURE_UNLOCKED);
}

/* Cut off in the header, or in the picture: nobody is left to be answered. */
static void test_cut_off(void)
{
	struct picture_question question = {PICTURE_JPEG, 100};
	locks = true;
	for (size_t size = 0; size < sizeof(question) + 100; size += sizeof(question) - 1) {
		char bytes[sizeof(question) + 100] = {0};
		memcpy(bytes, &question, sizeof(question));
		struct talk talk = talk_begin();
		say(&talk, bytes, size);
		close(talk.to);
		talk.to = -1;
		char byte;
		CHECK(!hear(&talk, &byte, 1));
		CHECK_INT(talk_end(&talk), EXIT_FAILURE);
	}
}

static void test_nobody_listens(void)
{
	locks = true;
	struct talk talk = talk_begin();
	struct picture_question question = {PICTURE_JPEG, 4};
	close(talk.from);
	talk.from = open("/dev/null", O_RDONLY | O_CLOEXEC);
	say(&talk, &question, sizeof(question));
	say(&talk, "none", 4);
	CHECK_INT(talk_end(&talk), EXIT_FAILURE);
}

int main(void)
{
	/* A signal now and then interrupts whatever waits; the processes inherit what is set here.
	 */
	struct sigaction interrupt = {.sa_handler = on_alarm};
	sigaction(SIGALRM, &interrupt, NULL);
	signal(SIGPIPE, SIG_IGN);
	RUN(test_picture);
	RUN(test_refused);
	RUN(test_cut_off);
	RUN(test_nobody_listens);
	return tap_done();
}
