/* WebSocket clients on one epoll. */
#include "tests/bench/ws_client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
	EVENTS = 512,
	READ_BYTES = 65536
};

static int epoll_fd = -1;
static int server_port;
static const char *request_path = "/ws";
static unsigned char message_opcode = 1;
static int64_t heartbeats;
static int receive_bytes; /* 0: as the system has it */

int64_t now_us(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

_Noreturn void die(const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	exit(EXIT_FAILURE);
}

int64_t ws_heartbeats(void)
{
	return heartbeats;
}

void ws_init(int port)
{
	server_port = port;
	epoll_fd = epoll_create1(0);
}

void ws_narrow(int bytes)
{
	receive_bytes = bytes;
}

void ws_dialect(const char *path, bool binary)
{
	request_path = path;
	message_opcode = binary ? 2 : 1;
}

static void watch(struct ws *ws, int operation, uint32_t events)
{
	struct epoll_event event = {.events = events, .data.ptr = ws};
	if (epoll_ctl(epoll_fd, operation, ws->fd, &event) != 0) {
		die("epoll_ctl: %s", strerror(errno));
	}
}

static void flush(struct ws *ws)
{
	size_t done = 0;
	while (done < ws->out_size) {
		ssize_t sent = send(
			ws->fd, ws->out + done, ws->out_size - done, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (sent < 0 && errno == EAGAIN) {
			break;
		}
		if (sent < 0) {
			die("connection %d: %s", ws->index, strerror(errno));
		}
		done += (size_t)sent;
	}
	memmove(ws->out, ws->out + done, ws->out_size - done);
	ws->out_size -= done;
	bool wants = ws->out_size > 0;
	if (wants != ws->polled) {
		ws->polled = wants;
		watch(ws, EPOLL_CTL_MOD, EPOLLIN | (wants ? EPOLLOUT : 0U));
	}
}

static void *grow(void *buffer, size_t *capacity, size_t needed)
{
	if (needed > *capacity) {
		*capacity = needed * 2;
		buffer = realloc(buffer, *capacity);
		if (buffer == NULL) {
			die("out of memory");
		}
	}
	return buffer;
}

static void put(struct ws *ws, const void *bytes, size_t size)
{
	ws->out = grow(ws->out, &ws->out_capacity, ws->out_size + size);
	memcpy(ws->out + ws->out_size, bytes, size);
	ws->out_size += size;
}

void ws_connect(struct ws *ws, int index, const char *protocol, const char *cookie)
{
	*ws = (struct ws){.index = index};
	ws->fd = socket(AF_INET, SOCK_STREAM, 0);
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons((uint16_t)server_port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	if (receive_bytes > 0) { /* before it is connected, or the window is already larger */
		setsockopt(ws->fd, SOL_SOCKET, SO_RCVBUF, &receive_bytes, sizeof(receive_bytes));
	}
	if (ws->fd < 0 || connect(ws->fd, (struct sockaddr *)&address, sizeof(address)) != 0) {
		die("connection %d: %s", index, strerror(errno));
	}
	int one = 1;
	setsockopt(ws->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	char request[1024];
	int size = snprintf(request, sizeof(request),
		"GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nOrigin: http://127.0.0.1:%d\r\n"
		"Upgrade: websocket\r\nConnection: Upgrade\r\n"
		"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n"
		"%s%s%s%s%s%s\r\n",
		request_path, server_port, server_port,
		protocol != NULL ? "Sec-WebSocket-Protocol: " : "",
		protocol != NULL ? protocol : "", protocol != NULL ? "\r\n" : "",
		cookie != NULL ? "Cookie: " : "", cookie != NULL ? cookie : "",
		cookie != NULL ? "\r\n" : "");
	put(ws, request, (size_t)size);
	watch(ws, EPOLL_CTL_ADD, EPOLLIN);
	flush(ws);
}

void ws_send(struct ws *ws, const char *bytes, size_t size)
{
	/* RFC 6455 5.2: masked, as a client must; with a mask of 0 the bytes stay as they are. */
	unsigned char header[14] = {0x80 | message_opcode};
	size_t header_size = 2;
	if (size < 126) {
		header[1] = (unsigned char)(0x80 | size);
	} else {
		header[1] = 0x80 | 126;
		header[2] = (unsigned char)(size >> 8);
		header[3] = (unsigned char)size;
		header_size = 4;
	}
	put(ws, header, header_size + 4);
	put(ws, bytes, size);
	if (ws->open) { /* not before: some servers drop what comes with the handshake */
		flush(ws);
	}
}

void ws_close(struct ws *ws)
{
	close(ws->fd);
	free(ws->in);
	free(ws->out);
	*ws = (struct ws){.fd = -1};
}

static size_t take_handshake(struct ws *ws)
{
	char *end = memmem(ws->in, ws->in_size, "\r\n\r\n", 4);
	if (end == NULL) {
		return 0;
	}
	if (memmem(ws->in, ws->in_size, " 101 ", 5) == NULL) {
		die("connection %d was refused: %.60s", ws->index, ws->in);
	}
	ws->open = true;
	flush(ws);
	return (size_t)(end + 4 - ws->in);
}

/* One frame at `at`; its size with header, or 0 when it is not whole. */
static size_t take_frame(struct ws *ws, size_t at, ws_on_text *on_text)
{
	const unsigned char *bytes = (const unsigned char *)ws->in + at;
	size_t left = ws->in_size - at;
	if (left < 2) {
		return 0;
	}
	size_t header = 2, size = bytes[1] & 0x7f;
	if (size == 126) {
		header = 4;
		size = left >= 4 ? (size_t)bytes[2] << 8 | bytes[3] : 0;
	} else if (size == 127) {
		header = 10;
		size = 0;
		for (size_t i = 2; left >= 10 && i < 10; i++) {
			size = size << 8 | bytes[i];
		}
	}
	if (left < header || left < header + size) {
		return 0;
	}
	unsigned opcode = bytes[0] & 0x0f;
	if ((bytes[0] & 0x80) == 0) {
		die("connection %d: a message in pieces", ws->index);
	}
	if (opcode == 1 || opcode == 2) {
		on_text(ws, ws->in + at + header, size);
	} else if (opcode == 8) {
		unsigned code = size >= 2 ? (unsigned)bytes[header] << 8 | bytes[header + 1] : 0;
		die("connection %d was closed with %u", ws->index, code);
	} else if (opcode == 9) {
		/* RFC 6455 5.5.3: with what the ping said; Hark counts no other. */
		unsigned char pong[6] = {0x8a, 0x80 | (bytes[1] & 0x7f)};
		heartbeats++;
		put(ws, pong, sizeof(pong));
		put(ws, bytes + header, size);
		flush(ws);
	}
	return header + size;
}

static void take_input(struct ws *ws, ws_on_text *on_text)
{
	ws->in = grow(ws->in, &ws->in_capacity, ws->in_size + READ_BYTES);
	ssize_t got = recv(ws->fd, ws->in + ws->in_size, READ_BYTES, MSG_DONTWAIT);
	if (got < 0 && errno == EAGAIN) {
		return;
	}
	if (got <= 0) {
		die("connection %d ended", ws->index);
	}
	ws->in_size += (size_t)got;
	size_t at = ws->open ? 0 : take_handshake(ws);
	while (ws->open) {
		size_t taken = take_frame(ws, at, on_text);
		if (taken == 0) {
			break;
		}
		at += taken;
	}
	memmove(ws->in, ws->in + at, ws->in_size - at);
	ws->in_size -= at;
	if (ws->in_size == 0) {
		free(ws->in); /* thousands of idle connections need no buffer */
		ws->in = NULL;
		ws->in_capacity = 0;
	}
}

void ws_poll(int64_t timeout_us, ws_on_text *on_text)
{
	static struct epoll_event events[EVENTS];
	struct timespec timeout = {
		.tv_sec = timeout_us / 1000000,
		.tv_nsec = timeout_us % 1000000 * 1000,
	};
	int count = epoll_pwait2(epoll_fd, events, EVENTS, &timeout, NULL);
	for (int i = 0; i < count; i++) {
		struct ws *ws = events[i].data.ptr;
		if ((events[i].events & EPOLLOUT) != 0) {
			flush(ws);
		}
		if ((events[i].events & ~(uint32_t)EPOLLOUT) != 0) {
			take_input(ws, on_text);
		}
	}
}
