/*
 * The command's socket: newline-delimited JSON, one session a connection with the role operator.
 * Who may speak is decided twice: by the file's mode, and by the peer's user as the kernel tells
 * it, which must be root or the daemon's own.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/frame.h"
#include "daemon/session_wire.h"
#include "daemon/transport_socket.h"
#include "daemon/transport_wire.h"
#include "daemon/xalloc.h"

enum {
	CONTROLS_MAX = 16,
	READ_SIZE = 4096, /* bytes */
};

struct control {
	struct link all; /* transport::controls */
	struct transport *transport;
	struct session *session; /* NULL until created */
	struct frame *writing; /* on its way, or NULL */
	uv_pipe_t pipe;
	uv_write_t write;
	size_t message_size; /* bytes of the unfinished line */
	char buffer[READ_SIZE];
};

static void on_control_closed(uv_handle_t *handle)
{
	struct control *control = handle->data;
	struct transport *transport = control->transport;
	struct session *session = control->session;

	control->session = NULL;
	session_destroy(session);
	assert(control->writing == NULL);
	link_remove(&control->all);
	transport->control_count--;
	free(control);
	transport_handle_gone(transport);
}

static void end(struct control *control)
{
	if (!uv_is_closing((uv_handle_t *)&control->pipe)) {
		uv_close((uv_handle_t *)&control->pipe, on_control_closed);
	}
}

static void pump(struct control *control);

static void on_written(uv_write_t *write, int status)
{
	struct control *control = write->data;

	frame_unref(control->writing);
	control->writing = NULL;
	if (status < 0) {
		end(control);
		return;
	}
	pump(control);
}

/* One frame at a time; libuv keeps what the pipe does not take. */
static void pump(struct control *control)
{
	static char newline[] = "\n";

	if (control->session == NULL || control->writing != NULL ||
		uv_is_closing((uv_handle_t *)&control->pipe)) {
		return;
	}
	struct frame *frame = session_next(control->session);
	if (frame == NULL) {
		if (session_close_wanted(control->session) != 0) {
			end(control);
		}
		return;
	}
	uv_buf_t buffers[] = {uv_buf_init(frame->bytes, frame->size), uv_buf_init(newline, 1)};
	control->writing = frame_ref(frame);
	control->write.data = control;
	int result =
		uv_write(&control->write, (uv_stream_t *)&control->pipe, buffers, 2, on_written);
	session_sent(control->session);
	if (result != 0) {
		frame_unref(control->writing);
		control->writing = NULL;
		end(control);
	}
}

static void on_wake(void *wire)
{
	pump(wire);
}

/* 0, or the code the session closes with. */
static int receive_piece(struct control *control, const char *bytes, size_t size, bool final)
{
	control->message_size += size;
	if (control->message_size > SESSION_MESSAGE_MAX) {
		return CLOSE_TOO_BIG;
	}
	if (final && control->message_size == 0) {
		return 0;
	}
	if (final) {
		control->message_size = 0;
	}
	return session_receive(control->session, bytes, size, final);
}

static void receive(struct control *control, const char *bytes, size_t size)
{
	session_heard(control->session);
	while (size > 0 && !uv_is_closing((uv_handle_t *)&control->pipe)) {
		const char *newline = memchr(bytes, '\n', size);
		size_t piece = newline == NULL ? size : (size_t)(newline - bytes);
		if (receive_piece(control, bytes, piece, newline != NULL) != 0) {
			end(control);
			return;
		}
		piece += newline != NULL;
		bytes += piece;
		size -= piece;
	}
}

static void on_allocate(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
	struct control *control = handle->data;

	(void)suggested;
	*buffer = uv_buf_init(control->buffer, sizeof control->buffer);
}

static void on_read(uv_stream_t *stream, ssize_t size, const uv_buf_t *buffer)
{
	struct control *control = stream->data;

	if (size < 0) {
		end(control);
	} else if (size > 0) {
		receive(control, buffer->base, (size_t)size);
		explicit_bzero(buffer->base, (size_t)size);
	}
}

static bool is_entitled(const struct control *control)
{
	struct ucred peer;
	socklen_t size = sizeof peer;
	uv_os_fd_t fd;

	return uv_fileno((const uv_handle_t *)&control->pipe, &fd) == 0 &&
	       getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 &&
	       (peer.uid == 0 || peer.uid == geteuid());
}

static void start_session(struct control *control)
{
	struct session_peer peer = {.wire = control, .wake = on_wake, .control = true};
	int refusal = 0;

	control->session = session_create(control->transport->options.server, &peer, &refusal);
	if (control->session == NULL) {
		end(control);
		return;
	}
	uv_read_start((uv_stream_t *)&control->pipe, on_allocate, on_read);
	pump(control);
}

static void on_control_connection(uv_stream_t *server, int status)
{
	struct transport *transport = server->data;

	if (status != 0) {
		return;
	}
	struct control *control = xcalloc(1, sizeof *control);
	control->transport = transport;
	uv_pipe_init(transport->options.loop, &control->pipe, 0);
	control->pipe.data = control;
	link_insert(&transport->controls, &control->all);
	transport->control_count++;
	transport->handles++;
	if (uv_accept(server, (uv_stream_t *)&control->pipe) != 0 || transport->draining ||
		transport->control_count > CONTROLS_MAX || !is_entitled(control)) {
		end(control);
		return;
	}
	start_session(control);
}

int control_open(struct transport *transport, char *problem, size_t size)
{
	const char *path = transport->options.control_path;

	if (path == NULL) {
		return 0;
	}
	int fd = socket_unix_listen(path, 0600, problem, size);
	if (fd < 0) {
		return -1;
	}
	uv_pipe_init(transport->options.loop, &transport->control, 0);
	transport->control.data = transport;
	transport->handles++;
	transport->control_open = true;
	if (uv_pipe_open(&transport->control, fd) != 0 ||
		uv_listen((uv_stream_t *)&transport->control, CONTROLS_MAX,
			on_control_connection) != 0) {
		snprintf(problem, size, "cannot listen on %s", path);
		return -1;
	}
	return 0;
}

static void on_control_listener_closed(uv_handle_t *handle)
{
	transport_handle_gone(handle->data);
}

void control_close(struct transport *transport)
{
	if (!transport->control_open) {
		return;
	}
	transport->control_open = false;
	unlink(transport->options.control_path);
	uv_close((uv_handle_t *)&transport->control, on_control_listener_closed);
	for (struct link *at = transport->controls.next; at != &transport->controls;
		at = at->next) {
		end((struct control *)(void *)((char *)at - offsetof(struct control, all)));
	}
}
