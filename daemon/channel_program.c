/* A child process with an end; see channel_program.h. */
#include "daemon/channel_program.h"

#include "daemon/xalloc.h"

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
	GRACE_MS = 2000, /* between being asked to end and being made to */
	PROBLEM_BYTES = 100,
};

struct program {
	uv_process_t process;
	uv_pipe_t input;
	uv_timer_t limit;
	uv_write_t write;
	char *body;
	unsigned open; /* handles that are not closed yet */
	bool late; /* was asked to end */
	program_done *done; /* NULL: cancelled, or called */
	void *data;
};

static void on_closed(uv_handle_t *handle)
{
	struct program *program = handle->data;
	if (--program->open == 0) {
		free(program->body);
		free(program);
	}
}

static void close_all(struct program *program)
{
	uv_handle_t *const handles[] = {(uv_handle_t *)&program->process,
		(uv_handle_t *)&program->input, (uv_handle_t *)&program->limit};
	for (size_t i = 0; i < sizeof(handles) / sizeof(handles[0]); i++) {
		if (!uv_is_closing(handles[i])) {
			uv_close(handles[i], on_closed);
		}
	}
}

/* All that it started and that has not left its group. */
static void signal_group(const struct program *program, int number)
{
	if (program->process.pid > 0) {
		kill(-program->process.pid, number);
	}
}

static void on_ended(uv_process_t *process, int64_t status, int number)
{
	struct program *program = process->data;
	signal_group(program, SIGKILL); /* what it left behind */
	char problem[PROBLEM_BYTES] = "";
	if (program->late) {
		snprintf(problem, sizeof(problem), "The program took too long.");
	} else if (number != 0) {
		snprintf(problem, sizeof(problem), "The program was ended by signal %d.", number);
	} else if (status != 0) {
		snprintf(problem, sizeof(problem), "The program ended with %d.", (int)status);
	}
	program_done *done = program->done;
	void *data = program->data;
	program->done = NULL;
	close_all(program);
	if (done != NULL) {
		done(data, problem[0] != '\0' ? problem : NULL);
	}
}

static void on_limit(uv_timer_t *timer)
{
	struct program *program = timer->data;
	signal_group(program, program->late ? SIGKILL : SIGTERM);
	program->late = true;
	uv_timer_start(timer, on_limit, GRACE_MS, 0);
}

static void on_written(uv_write_t *write, int status)
{
	(void)status; /* a program that does not read may know what to do all the same */
	struct program *program = write->data;
	if (!uv_is_closing((uv_handle_t *)&program->input)) {
		uv_close((uv_handle_t *)&program->input, on_closed);
	}
}

static struct program *create(uv_loop_t *loop, char *body, program_done *done, void *data)
{
	struct program *program = xcalloc(1, sizeof(*program));
	program->body = body;
	program->done = done;
	program->data = data;
	program->open = 3;
	program->process.data = program->input.data = program->limit.data = program;
	program->write.data = program;
	uv_pipe_init(loop, &program->input, 0);
	uv_timer_init(loop, &program->limit);
	return program;
}

struct program *program_start(uv_loop_t *loop, const char *path, int64_t timeout_ms, char *body,
	size_t size, program_done *done, void *data, const char **problem)
{
	struct program *program = create(loop, body, done, data);
	char *arguments[] = {(char *)(uintptr_t)path, NULL};
	char *environment[] = {"PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8", NULL};
	uv_stdio_container_t streams[] = {
		{.flags = UV_CREATE_PIPE | UV_READABLE_PIPE,
			.data.stream = (uv_stream_t *)&program->input},
		{.flags = UV_IGNORE},
		{.flags = UV_IGNORE},
	};
	const uv_process_options_t options = {
		.exit_cb = on_ended,
		.file = path,
		.args = arguments,
		.env = environment,
		.cwd = "/",
		.flags = UV_PROCESS_DETACHED,
		.stdio_count = sizeof(streams) / sizeof(streams[0]),
		.stdio = streams,
	};
	/* All of ours should be so already. This is for those that a library forgot. */
	close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC);
	if (uv_spawn(loop, &program->process, &options) != 0) {
		program->process.pid = 0;
		program->done = NULL;
		close_all(program);
		*problem = "The program cannot be started.";
		return NULL;
	}
	uv_timer_start(&program->limit, on_limit, (uint64_t)timeout_ms, 0);
	uv_buf_t buffer = uv_buf_init(program->body, (unsigned)size);
	if (uv_write(&program->write, (uv_stream_t *)&program->input, &buffer, 1, on_written) !=
		0) {
		on_written(&program->write, 0);
	}
	return program;
}

void program_cancel(struct program *program)
{
	program->done = NULL;
	signal_group(program, SIGKILL);
	close_all(program);
}
