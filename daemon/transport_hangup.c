/*
 * Who is being answered for as long as it likes to listen may hang up. The library reads nothing
 * while an answer is under way, yet is told by the loop again and again that it could: it would
 * neither notice nor let the processor rest. So these sockets are looked at by an epoll set of
 * ours, and whoever hangs up, or sends what nobody asked for, is done with.
 */
#include <libwebsockets.h>

#include <stdio.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "daemon/transport_wire.h"

enum {
	EVENTS_MAX = 64, /* taken a turn of the loop */
};

static void on_hangups(uv_poll_t *poll, int status, int events)
{
	struct transport *transport = poll->data;
	struct epoll_event found[EVENTS_MAX];

	(void)status, (void)events;
	int count = epoll_wait(transport->hangup_fd, found, EVENTS_MAX, 0);
	for (int i = 0; i < count; i++) {
		connection_kill(found[i].data.ptr);
	}
}

void hangup_watch(struct connection *connection)
{
	struct epoll_event event = {
		.events = EPOLLIN | EPOLLRDHUP | EPOLLONESHOT,
		.data.ptr = connection,
	};

	(void)epoll_ctl(connection->transport->hangup_fd, EPOLL_CTL_ADD,
		lws_get_socket_fd(connection->wsi), &event);
}

void hangup_forget(struct connection *connection)
{
	(void)epoll_ctl(connection->transport->hangup_fd, EPOLL_CTL_DEL,
		lws_get_socket_fd(connection->wsi), NULL);
}

static void on_hangup_closed(uv_handle_t *handle)
{
	struct transport *transport = handle->data;

	close(transport->hangup_fd);
	transport->hangup_fd = -1;
	transport_handle_gone(transport);
}

int hangup_open(struct transport *transport, char *problem, size_t size)
{
	transport->hangup_fd = epoll_create1(EPOLL_CLOEXEC);
	if (transport->hangup_fd < 0) {
		snprintf(problem, size, "no descriptor is left to watch connections with");
		return -1;
	}
	uv_poll_init(transport->options.loop, &transport->hangup, transport->hangup_fd);
	transport->hangup.data = transport;
	transport->handles++;
	uv_poll_start(&transport->hangup, UV_READABLE, on_hangups);
	return 0;
}

void hangup_close(struct transport *transport)
{
	if (transport->hangup_fd >= 0 && !uv_is_closing((uv_handle_t *)&transport->hangup)) {
		uv_close((uv_handle_t *)&transport->hangup, on_hangup_closed);
	}
}
