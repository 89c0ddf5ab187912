/* One process for one picture. */
#include "daemon/decoder.h"

#include "daemon/xalloc.h"

#include <assert.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	TIME_MAX_MS = 20000, /* by the clock; it limits its own processor time */
	ANSWER_MAX = (int)sizeof(struct picture_answer) + PICTURE_SHOWN_BYTES + PICTURE_THUMB_BYTES,
	ANSWER_FIRST = 64 * 1024, /* bytes of memory at first; most thumbnails and refusals fit */
	HANDLES = 4,
};

struct decoder {
	uv_process_t process;
	uv_pipe_t in, out; /* the program's */
	uv_timer_t timer;
	unsigned handles; /* of these that are not closed */
	uv_write_t write;
	bool writing;
	struct picture_question question;
	uint8_t *bytes; /* the original */
	uint8_t *answer; /* so far */
	size_t answer_size, answer_capacity;
	bool exited, ended; /* the process; its answer */
	bool spawned, cancelled, reported;
	int64_t exit_status;
	int signal;
	void (*done)(void *data, const struct decoded *decoded);
	void *data;
};

static struct decoder *decoder_of(uv_handle_t *handle)
{
	return handle->data;
}

static void on_closed(uv_handle_t *handle)
{
	struct decoder *decoder = decoder_of(handle);
	if (--decoder->handles > 0) {
		return;
	}
	if (decoder->cancelled) {
		free(decoder->bytes);
	}
	free(decoder->answer);
	free(decoder);
}

static void close_all(struct decoder *decoder)
{
	uv_handle_t *const handles[HANDLES] = {(uv_handle_t *)&decoder->process,
		(uv_handle_t *)&decoder->in, (uv_handle_t *)&decoder->out,
		(uv_handle_t *)&decoder->timer};
	for (size_t i = 0; i < HANDLES; i++) {
		if (!uv_is_closing(handles[i])) {
			uv_close(handles[i], on_closed);
		}
	}
}

/* A process that ended by itself has locked itself in or says that it could not; what kills one
 * that did is what it was given to read. */
static struct decoded judge(const struct decoder *decoder)
{
	struct decoded decoded = {.status = PICTURE_BAD};
	size_t head = sizeof(decoded.answer);
	if (decoder->signal != 0) {
		return decoded;
	}
	if (decoder->exit_status != 0 || decoder->answer_size < head) {
		decoded.failed = true;
		return decoded;
	}
	memcpy(&decoded.answer, decoder->answer, head);
	const struct picture_answer *answer = &decoded.answer;
	decoded.status = (enum picture_status)answer->status;
	if (decoded.status == PICTURE_UNLOCKED) {
		decoded.failed = true;
	} else if (decoded.status == PICTURE_OK) {
		/* Sent by a process that read what a stranger wrote: believed in nothing. */
		bool fits = answer->size > 0 && answer->size <= PICTURE_SHOWN_BYTES &&
			    answer->thumb_size > 0 && answer->thumb_size <= PICTURE_THUMB_BYTES &&
			    decoder->answer_size == head + answer->size + answer->thumb_size &&
			    answer->width > 0 && answer->width <= PICTURE_SHOWN_SIDE &&
			    answer->height > 0 && answer->height <= PICTURE_SHOWN_SIDE &&
			    (answer->type == PICTURE_JPEG || answer->type == PICTURE_PNG);
		decoded.status = fits ? PICTURE_OK : PICTURE_BAD;
		decoded.shown = decoder->answer + head;
		decoded.thumb = decoder->answer + head + answer->size;
	} else if (answer->status > PICTURE_UNLOCKED) {
		decoded.status = PICTURE_BAD;
	}
	return decoded;
}

static void report_if_complete(struct decoder *decoder)
{
	if (!decoder->exited || !decoder->ended || decoder->writing || decoder->reported) {
		return;
	}
	decoder->reported = true;
	if (!decoder->cancelled) {
		struct decoded decoded = judge(decoder);
		decoder->done(decoder->data, &decoded);
	}
	close_all(decoder);
}

static void stop(struct decoder *decoder)
{
	if (decoder->spawned && !decoder->exited) {
		uv_process_kill(&decoder->process, SIGKILL);
	}
}

static void on_exit_of(uv_process_t *process, int64_t exit_status, int signal)
{
	struct decoder *decoder = process->data;
	decoder->exited = true;
	decoder->exit_status = exit_status;
	decoder->signal = signal;
	uv_timer_stop(&decoder->timer);
	report_if_complete(decoder);
}

static void on_late(uv_timer_t *timer)
{
	stop(timer->data);
}

static void on_room(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
	(void)suggested;
	struct decoder *decoder = decoder_of(handle);
	if (decoder->answer_size == decoder->answer_capacity) {
		size_t wanted = decoder->answer_capacity == 0 ? (size_t)ANSWER_FIRST
							      : decoder->answer_capacity * 2;
		/* One byte more than there may be, by which too much is known. */
		wanted = wanted <= (size_t)ANSWER_MAX ? wanted : (size_t)ANSWER_MAX + 1;
		decoder->answer = xrealloc(decoder->answer, wanted);
		decoder->answer_capacity = wanted;
	}
	*buffer = uv_buf_init((char *)decoder->answer + decoder->answer_size,
		(unsigned)(decoder->answer_capacity - decoder->answer_size));
}

static void on_answer(uv_stream_t *stream, ssize_t size, const uv_buf_t *buffer)
{
	(void)buffer;
	struct decoder *decoder = stream->data;
	if (size > 0) {
		decoder->answer_size += (size_t)size;
	}
	if (size < 0 || decoder->answer_size > (size_t)ANSWER_MAX) {
		decoder->ended = true;
		uv_read_stop(stream);
		if (size >= 0) {
			stop(decoder);
		}
		report_if_complete(decoder);
	}
}

static void on_asked(uv_write_t *write, int status)
{
	(void)status; /* who reads no more has refused, or died: its answer tells */
	struct decoder *decoder = write->data;
	decoder->writing = false;
	uv_close((uv_handle_t *)&decoder->in, on_closed);
	report_if_complete(decoder);
}

static int spawn(struct decoder *decoder, uv_loop_t *loop, const char *program)
{
	char *arguments[] = {(char *)(uintptr_t) "hark-picture", NULL};
	char *environment[] = {NULL};
	uv_stdio_container_t streams[3] = {
		{.flags = UV_CREATE_PIPE | UV_READABLE_PIPE,
			.data.stream = (uv_stream_t *)&decoder->in},
		{.flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE,
			.data.stream = (uv_stream_t *)&decoder->out},
		{.flags = UV_IGNORE},
	};
	uv_process_options_t options = {
		.exit_cb = on_exit_of,
		.file = program,
		.args = arguments,
		.env = environment,
		.cwd = "/",
		.stdio_count = 3,
		.stdio = streams,
	};
	return uv_spawn(loop, &decoder->process, &options);
}

static void init_handles(struct decoder *decoder, uv_loop_t *loop)
{
	uv_pipe_init(loop, &decoder->in, 0);
	uv_pipe_init(loop, &decoder->out, 0);
	uv_timer_init(loop, &decoder->timer);
	decoder->in.data = decoder->out.data = decoder->timer.data = decoder;
	decoder->process.data = decoder->write.data = decoder;
	decoder->handles = HANDLES;
}

struct decoder *decoder_start(uv_loop_t *loop, const char *program, enum picture_type declared,
	uint8_t *bytes, size_t size, void (*done)(void *data, const struct decoded *decoded),
	void *data)
{
	struct decoder *decoder = xcalloc(1, sizeof(*decoder));
	init_handles(decoder, loop);
	int refused = spawn(decoder, loop, program);
	decoder->process.data = decoder;
	if (refused != 0) {
		close_all(decoder); /* frees it; the bytes are the caller's */
		return NULL;
	}
	decoder->spawned = true;
	decoder->done = done;
	decoder->data = data;
	decoder->bytes = bytes;
	decoder->question = (struct picture_question){declared, (uint32_t)size};
	decoder->writing = true;
	uv_buf_t both[2] = {
		uv_buf_init((char *)&decoder->question, sizeof(decoder->question)),
		uv_buf_init((char *)bytes, (unsigned)size),
	};
	int written = uv_write(&decoder->write, (uv_stream_t *)&decoder->in, both, 2, on_asked);
	assert(written ==
		0); /* a fresh pipe takes a request; what fails later comes by on_asked() */
	int read = uv_read_start((uv_stream_t *)&decoder->out, on_room, on_answer);
	assert(read == 0);
	(void)written;
	(void)read;
	uv_timer_start(&decoder->timer, on_late, TIME_MAX_MS, 0);
	return decoder;
}

void decoder_cancel(struct decoder *decoder)
{
	decoder->cancelled = true;
	stop(decoder);
}
