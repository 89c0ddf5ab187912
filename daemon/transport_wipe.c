/*
 * The library's memory, wiped: requests carry addresses, browsers, cookies and passwords, and a
 * buffer keeps them for as long as nothing else needs the place.
 *
 * What it gives back is wiped then. The buffer that it reads every socket into is kept, and lies
 * somewhere in the allocation of its context, beside all that the library lives by. So where it
 * lies is learnt once, from a byte that we send ourselves (wipe_open()), and all of it is wiped
 * whenever the loop is about to wait: by then nothing in it is needed. (Looking through the
 * context for what a peer has said would wipe whatever looks the same.)
 *
 * It also tells what the library has just read from what it had put by (transport_post.c).
 */
#include <libwebsockets.h>

#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/transport_wire.h"
#include "daemon/xalloc.h"

enum {
	STACK_BYTES = 32768, /* deeper than headers and their parsing go */
	READ_SIZE = READ_BUFFER - LWS_PRE, /* what the library leaves free in front is not read */
};

static char *context; /* the library's newest */
static size_t context_size;
static char *read_buffer; /* READ_SIZE bytes within it; NULL: not known */

static void *wiping_realloc(void *old, size_t size, const char *reason)
{
	size_t old_size = old != NULL ? malloc_usable_size(old) : 0;
	void *new = NULL;

	if (size > 0) {
		new = xmalloc(size);
		if (old != NULL) {
			memcpy(new, old, old_size < size ? old_size : size);
		}
	}
	if (old != NULL) {
		if (old == context) {
			context = read_buffer = NULL;
		}
		explicit_bzero(old, old_size);
		free(old);
	}
	if (new != NULL && reason != NULL &&strcmp(reason, "context") == 0) {
		context = new;
		context_size = size;
		read_buffer = NULL;
	}
	return new;
}

void wipe_begin(void)
{
	lws_set_allocator(wiping_realloc);
}

static bool lies_in_context(const char *at, size_t size)
{
	return context != NULL && at >= context && context_size >= size &&
	       (size_t)(at - context) <= context_size - size;
}

void wipe_learn(void *bytes)
{
	if (lies_in_context(bytes, READ_SIZE)) {
		read_buffer = bytes;
	}
}

static void on_prepare(uv_prepare_t *prepare)
{
	(void)prepare;
	if (read_buffer != NULL) {
		explicit_bzero(read_buffer, READ_SIZE);
	}
}

bool wipe_open(struct transport *transport)
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) != 0) {
		return false;
	}
	struct lws_pollfd readable = {.fd = ends[0], .events = LWS_POLLIN, .revents = LWS_POLLIN};
	lws_sock_file_fd_type fd = {.sockfd = ends[0]};
	bool sent = write(ends[1], "?", 1) == 1;
	/* Takes the socket; what is neither HTTP nor TLS comes as it was read. */
	struct lws *wsi =
		lws_adopt_descriptor_vhost(transport->vhost, LWS_ADOPT_SOCKET, fd, NULL, NULL);
	if (sent && wsi != NULL) {
		(void)lws_service_fd(transport->lws, &readable);
	}
	close(ends[1]);
	if (read_buffer == NULL) {
		return false;
	}
	/* It does nothing but follow others: no loop need go on for it. */
	uv_prepare_init(transport->options.loop, &transport->wipe);
	uv_prepare_start(&transport->wipe, on_prepare);
	uv_unref((uv_handle_t *)&transport->wipe);
	transport->wipe.data = transport;
	transport->wiping = true;
	transport->handles++;
	return true;
}

static void on_closed(uv_handle_t *handle)
{
	transport_handle_gone(handle->data);
}

void wipe_close(struct transport *transport)
{
	if (transport->wiping) {
		transport->wiping = false;
		uv_close((uv_handle_t *)&transport->wipe, on_closed);
	}
}

bool wipe_is_read(const void *bytes)
{
	const char *at = bytes;

	return read_buffer != NULL && at >= read_buffer && at < read_buffer + READ_SIZE;
}

/* The C library writes addresses as text in buffers of its own, on the stack. */
__attribute__((noinline)) void wipe_stack(void)
{
	char below[STACK_BYTES];

	explicit_bzero(below, sizeof below);
}
