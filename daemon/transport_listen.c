/*
 * The listening socket is ours and the library only adopts what it accepted: so a failure to bind
 * is a plain errno before anything was begun, a Unix socket gets its mode, port 0 tells its
 * number, and what is too much is turned away before it costs anything.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "daemon/transport_socket.h"
#include "daemon/transport_wire.h"

enum {
	BACKLOG = 1024,
	ACCEPT_MAX = 64, /* connections taken a turn of the loop, so that others get theirs */
};

static int new_socket(int family)
{
	return socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

static int open_unix(struct transport *transport, char *problem, size_t size)
{
	const char *path = transport->options.listen + strlen("unix:");

	transport->listen_fd = socket_unix_listen(path, 0660, problem, size);
	return transport->listen_fd < 0 ? -1 : 0;
}

static socklen_t parse_listen(const struct transport *transport, struct sockaddr_storage *out)
{
	struct sockaddr_in *v4 = (void *)out;
	struct sockaddr_in6 *v6 = (void *)out;
	in_port_t port = htons((uint16_t)transport->options.port);

	*out = (struct sockaddr_storage){0};
	if (inet_pton(AF_INET, transport->options.listen, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		v4->sin_port = port;
		return sizeof *v4;
	}
	*out = (struct sockaddr_storage){0};
	if (inet_pton(AF_INET6, transport->options.listen, &v6->sin6_addr) == 1) {
		v6->sin6_family = AF_INET6;
		v6->sin6_port = port;
		return sizeof *v6;
	}
	return 0;
}

static int port_of(const struct sockaddr_storage *address)
{
	return ntohs(address->ss_family == AF_INET
			     ? ((const struct sockaddr_in *)(const void *)address)->sin_port
			     : ((const struct sockaddr_in6 *)(const void *)address)->sin6_port);
}

static int open_inet(struct transport *transport, char *problem, size_t size)
{
	struct sockaddr_storage address;
	socklen_t address_size = parse_listen(transport, &address);
	int on = 1;

	if (address_size == 0) {
		snprintf(problem, size, "\"%s\" is not an address to listen on",
			transport->options.listen);
		return -1;
	}
	int fd = new_socket(address.ss_family);
	transport->listen_fd = fd;
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
		bind(fd, (struct sockaddr *)&address, address_size) != 0 ||
		listen(fd, BACKLOG) != 0 ||
		getsockname(fd, (struct sockaddr *)&address, &address_size) != 0) {
		snprintf(problem, size, "cannot listen on %s port %d: %s",
			transport->options.listen, transport->options.port, strerror(errno));
		return -1;
	}
	transport->port = port_of(&address);
	return 0;
}

/*
 * Without a descriptor the waiting connection cannot even be refused, and the loop would spin on
 * it: the spare one is given up for that, and the listener rests until the next sweep.
 */
static void refuse_for_lack(struct transport *transport)
{
	close(transport->spare_fd);
	int fd = accept(transport->listen_fd, NULL, NULL);
	if (fd >= 0) {
		close(fd);
	}
	transport->spare_fd = new_socket(AF_UNIX);
	uv_poll_stop(&transport->listener);
}

static void take(struct transport *transport, int fd)
{
	int on = 1;

	if (!place_find_socket(transport)) {
		close(fd);
		return;
	}
	if (!transport->unix_socket) {
		(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	}
	library_adopt(transport, fd);
}

static void on_acceptable(uv_poll_t *poll, int status, int events)
{
	struct transport *transport = poll->data;

	(void)status, (void)events;
	for (int i = 0; i < ACCEPT_MAX; i++) {
		if (place_comes_free(transport)) {
			uv_poll_stop(&transport->listener); /* until it is: they wait in line */
			return;
		}
		int fd = accept4(transport->listen_fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd < 0) {
			if (errno == EMFILE || errno == ENFILE) {
				refuse_for_lack(transport);
			}
			return;
		}
		take(transport, fd);
	}
}

static void on_listener_closed(uv_handle_t *handle)
{
	struct transport *transport = handle->data;

	close(transport->listen_fd);
	transport_handle_gone(transport);
}

int listen_open(struct transport *transport, char *problem, size_t size)
{
	int result = transport->unix_socket ? open_unix(transport, problem, size)
					    : open_inet(transport, problem, size);

	if (result != 0) {
		if (transport->listen_fd >= 0) {
			close(transport->listen_fd);
		}
		return -1;
	}
	transport->spare_fd = new_socket(AF_UNIX);
	uv_poll_init(transport->options.loop, &transport->listener, transport->listen_fd);
	transport->listener.data = transport;
	transport->handles++;
	transport->listening = true;
	uv_poll_start(&transport->listener, UV_READABLE, on_acceptable);
	return 0;
}

void listen_resume(struct transport *transport)
{
	if (transport->listening && !uv_is_active((uv_handle_t *)&transport->listener)) {
		uv_poll_start(&transport->listener, UV_READABLE, on_acceptable);
	}
}

void listen_close(struct transport *transport)
{
	if (!transport->listening) {
		return;
	}
	transport->listening = false;
	if (transport->unix_socket) {
		unlink(transport->options.listen + strlen("unix:"));
	}
	close(transport->spare_fd);
	uv_close((uv_handle_t *)&transport->listener, on_listener_closed);
}
