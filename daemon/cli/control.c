/* The command's end of the control socket. */
#include "daemon/cli/control.h"
#include "daemon/xalloc.h"
#include "protocol/message.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

struct line {
	char *bytes;
	size_t size, capacity;
};

static enum control_status fail(char *problem, size_t size, const char *path, const char *what)
{
	snprintf(problem, size, "%s: %s", path, what);
	return CONTROL_FAILED;
}

/* What read() and write() say, for people. */
static const char *errno_text(void)
{
	return errno == EAGAIN || errno == EWOULDBLOCK ? "the daemon does not answer"
						       : strerror(errno);
}

static enum control_status dial(
	const char *path, unsigned timeout_s, int *out, char *problem, size_t size)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	if (strlen(path) >= sizeof(address.sun_path)) {
		return fail(problem, size, path, "too long for the path of a socket (107 bytes)");
	}
	strcpy(address.sun_path, path);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0) {
		return fail(problem, size, path, strerror(errno));
	}
	struct timeval limit = {.tv_sec = (time_t)timeout_s};
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) == 0) {
		*out = fd;
		return CONTROL_OK;
	}
	int reason = errno;
	close(fd);
	if (reason == ENOENT || reason == ECONNREFUSED) {
		return CONTROL_NOT_RUNNING;
	}
	errno = reason;
	return fail(problem, size, path,
		reason == EACCES ? "only the daemon's user and root may use it" : errno_text());
}

static int send_all(int fd, const char *bytes, size_t size)
{
	while (size > 0) {
		ssize_t sent = send(fd, bytes, size, MSG_NOSIGNAL);
		if (sent < 0 && errno != EINTR) {
			return -1;
		}
		if (sent > 0) {
			bytes += sent;
			size -= (size_t)sent;
		}
	}
	return 0;
}

static int send_requests(int fd, const char *request, size_t size)
{
	struct msg_hello hello = {.has_ref = true, .ref = 1, .page = WIRE_PAGE_CONTROL};
	char greeting[200];
	protocol_schema_hash(hello.schema);
	size_t length = message_encode(TYPE_HELLO, &hello, greeting, sizeof(greeting) - 1);
	greeting[length] = '\n';
	if (send_all(fd, greeting, length + 1) != 0 || send_all(fd, request, size) != 0) {
		return -1;
	}
	return send_all(fd, "\n", 1);
}

/* The next line, without its newline. NULL, or why there is none. */
static const char *read_line(FILE *stream, struct line *line)
{
	line->size = 0;
	for (int byte; (byte = getc(stream)) != '\n'; line->size++) {
		if (byte == EOF) {
			return ferror(stream) ? errno_text() : "the daemon closed the connection";
		}
		if (line->size == CONTROL_ANSWER_MAX) {
			return "the answer is too long";
		}
		if (line->size + 1 >= line->capacity) {
			line->capacity = line->capacity == 0 ? 4096 : 2 * line->capacity;
			line->bytes = xrealloc(line->bytes, line->capacity);
		}
		line->bytes[line->size] = (char)byte;
	}
	return NULL;
}

static const char not_understood[] =
	"the daemon says something this command does not understand; are they of the same version?";

/* Looks at one event. NULL: it is neither the answer nor the end; *found: it is the answer. */
static const char *look_at(const char *bytes, size_t size, bool *found)
{
	struct message_head head;
	struct decode_problem ignored;
	if (message_peek(bytes, size, &head, &ignored) != DECODE_OK) {
		return not_understood;
	}
	if (head.type == TYPE_RELOAD) {
		return "the running daemon is of another version than this command: restart it";
	}
	bool greeting_refused = head.type == TYPE_ERROR && head.has_ref && head.ref == 1;
	*found = greeting_refused || (head.has_ref && head.ref == CONTROL_REF);
	return NULL;
}

/* The same for a line, which may hold several events; the answer alone is left in it. */
static const char *look_into(struct line *line, bool *found)
{
	struct message_head head;
	struct decode_problem ignored;
	if (message_peek(line->bytes, line->size, &head, &ignored) != DECODE_OK) {
		return not_understood;
	}
	if (head.type != TYPE_BATCH || (head.has_ref && head.ref == CONTROL_REF)) {
		return look_at(line->bytes, line->size, found);
	}
	struct message batch;
	if (message_decode(line->bytes, line->size, &batch, &ignored) != DECODE_OK) {
		return not_understood;
	}
	struct text rest = batch.batch.events, event;
	const char *wrong = NULL;
	while (wrong == NULL && !*found && message_next_event(&rest, &event)) {
		wrong = look_at(event.bytes, event.size, found);
		if (*found) { /* shorter than the line it came in */
			memcpy(line->bytes, event.bytes, event.size);
			line->size = event.size;
		}
	}
	message_finish(&batch);
	return wrong;
}

/* Reads lines up to the answer. NULL, or what went wrong. */
static const char *await_answer(FILE *stream, struct line *line)
{
	bool found = false;
	const char *wrong = NULL;
	while (wrong == NULL && !found) {
		wrong = read_line(stream, line);
		if (wrong == NULL) {
			wrong = look_into(line, &found);
		}
	}
	return wrong;
}

enum control_status control_request(const char *path, const char *request, size_t size,
	unsigned timeout_s, char **answer, size_t *answer_size, char *problem, size_t problem_size)
{
	int fd;
	enum control_status status = dial(path, timeout_s, &fd, problem, problem_size);
	if (status != CONTROL_OK) {
		return status;
	}
	if (send_requests(fd, request, size) != 0) {
		status = fail(problem, problem_size, path, errno_text());
		close(fd);
		return status;
	}
	FILE *stream = fdopen(fd, "r");
	if (stream == NULL) {
		xalloc_failed();
	}
	struct line line = {0};
	const char *wrong = await_answer(stream, &line);
	fclose(stream);
	if (wrong != NULL) {
		free(line.bytes);
		return fail(problem, problem_size, path, wrong);
	}
	line.bytes[line.size] = '\0';
	*answer = line.bytes;
	*answer_size = line.size;
	return CONTROL_OK;
}
