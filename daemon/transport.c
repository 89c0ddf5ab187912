/*
 * The transport's life: start, drain, stop, and its timers on the daemon's loop. One timer sweeps
 * all connections, an eighth of them a tick, so that a thousand pings never leave at once; one
 * closes what could not be closed where it was found; one walks through the end.
 */
#include "daemon/transport.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "daemon/frame.h"
#include "daemon/transport_stream.h"
#include "daemon/transport_wire.h"
#include "daemon/xalloc.h"

enum {
	SWEEP_SLICES = 8, /* ticks until every connection was looked at */
	SWEEP_FRACTION = 32, /* a tick is this part of the shortest time limit */
	TICK_MIN_MS = 10,
	TICK_MAX_MS = 125,
	OTHER_DESCRIPTORS = 64, /* files, timers, the control socket, the library's own */
	DESTROY_MAX = 1000, /* turns the library is given to go away */
};

uint64_t transport_now(const struct transport *transport)
{
	return uv_now(transport->options.loop);
}

void link_init(struct link *link)
{
	link->next = link->prev = link;
}

void link_insert(struct link *before, struct link *link)
{
	link->next = before;
	link->prev = before->prev;
	before->prev->next = link;
	before->prev = link;
}

void link_remove(struct link *link)
{
	link->prev->next = link->next;
	link->next->prev = link->prev;
	link_init(link);
}

bool link_alone(const struct link *link)
{
	return link->next == link;
}

static const char **copy_list(const char *const *list)
{
	size_t count = 0;

	while (list != NULL && list[count] != NULL) {
		count++;
	}
	const char **copy = xcalloc(count + 1, sizeof *copy);
	for (size_t i = 0; i < count; i++) {
		copy[i] = xstrdup(list[i]);
	}
	return copy;
}

static void free_list(const char *const *list)
{
	for (size_t i = 0; list != NULL && list[i] != NULL; i++) {
		free((void *)(uintptr_t)list[i]);
	}
	free((void *)(uintptr_t)list);
}

static const char *copy_path(const char *path)
{
	return path == NULL || path[0] == '\0' ? NULL : xstrdup(path);
}

static void free_path(const char *path)
{
	free((void *)(uintptr_t)path);
}

static void copy_options(struct transport *transport, const struct transport_options *from)
{
	struct transport_options *to = &transport->options;

	*to = *from;
	to->listen = xstrdup(from->listen);
	to->tls_cert = copy_path(from->tls_cert);
	to->tls_key = copy_path(from->tls_key);
	to->control_path = copy_path(from->control_path);
	to->origins = copy_list(from->origins);
	to->trusted_proxies = copy_list(from->trusted_proxies);
	transport->tls = to->tls_cert != NULL;
	transport->unix_socket = strncmp(to->listen, "unix:", 5) == 0;
}

static int parse_trusted(struct transport *transport, char *problem, size_t size)
{
	const char *const *list = transport->options.trusted_proxies;
	size_t count = 0;

	while (list[count] != NULL) {
		count++;
	}
	transport->trusted = xcalloc(count + 1, sizeof *transport->trusted);
	for (size_t i = 0; i < count; i++) {
		if (!peer_address_parse(list[i], strlen(list[i]), &transport->trusted[i])) {
			snprintf(problem, size, "trusted proxy \"%s\" is not an address", list[i]);
			return -1;
		}
		transport->trusted_count++;
	}
	return 0;
}

/* The library sizes its tables by the limit, and its slow path where it is told another one. */
static int raise_descriptor_limit(const struct transport *transport, char *problem, size_t size)
{
	rlim_t wanted =
		(rlim_t)transport->options.connections_max + SPARE_CONNECTIONS + OTHER_DESCRIPTORS;
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted) {
		return 0;
	}
	limit.rlim_cur = wanted;
	if (wanted > limit.rlim_max || setrlimit(RLIMIT_NOFILE, &limit) != 0) {
		snprintf(problem, size,
			"%u connections need %llu file descriptors, but only %llu are allowed "
			"(LimitNOFILE=)",
			transport->options.connections_max, (unsigned long long)wanted,
			(unsigned long long)limit.rlim_max);
		return -1;
	}
	return 0;
}

static void on_due(uv_timer_t *timer)
{
	struct transport *transport = timer->data;
	struct link batch;

	/* What becomes due meanwhile waits for the next turn. */
	link_init(&batch);
	while (!link_alone(&transport->due)) {
		struct link *due = transport->due.next;
		link_remove(due);
		link_insert(&batch, due);
	}
	while (!link_alone(&batch)) {
		struct link *due = batch.next;
		link_remove(due);
		connection_end((struct connection *)(void *)((char *)due -
							     offsetof(struct connection, due)));
	}
	streams_end_due(transport);
}

/* A connection that does not get on with what it is doing. */
static void sweep_one(struct connection *connection, uint64_t now_ms)
{
	uint64_t waited_ms = now_ms - connection->since_ms;

	switch ((enum phase)connection->phase) {
	case PHASE_WORKING:
		return;
	case PHASE_REQUEST:
	case PHASE_SENDING:
		http_sweep(connection, waited_ms);
		return;
	case PHASE_CLOSING:
		if (waited_ms >= connection->transport->options.handshake_ms) {
			connection_kill(connection);
		}
		return;
	case PHASE_STREAM:
		reader_sweep(connection, now_ms);
		return;
	case PHASE_OPEN:
		ws_sweep(connection, now_ms);
		return;
	}
}

static void on_sweep(uv_timer_t *timer)
{
	struct transport *transport = timer->data;
	unsigned left = (transport->connection_count + SWEEP_SLICES - 1) / SWEEP_SLICES;
	uint64_t now_ms = transport_now(transport);

	while (left-- > 0) {
		if (transport->sweep_at == &transport->connections) {
			transport->sweep_at = transport->connections.next;
		}
		struct link *at = transport->sweep_at;
		if (at == &transport->connections) {
			break;
		}
		transport->sweep_at = at->next;
		sweep_one(connection_of_link(at), now_ms);
	}
	streams_sweep(transport, now_ms);
	listen_resume(transport);
}

static uint64_t tick_ms(const struct transport_options *options)
{
	uint64_t shortest = options->handshake_ms;

	if (options->ping_ms < shortest) {
		shortest = options->ping_ms;
	}
	if (options->dead_ms < shortest) {
		shortest = options->dead_ms;
	}
	if (options->stream_grace_ms < shortest) {
		shortest = options->stream_grace_ms;
	}
	shortest /= SWEEP_FRACTION;
	if (shortest < TICK_MIN_MS) {
		return TICK_MIN_MS;
	}
	return shortest > TICK_MAX_MS ? TICK_MAX_MS : shortest;
}

static void open_timer(struct transport *transport, uv_timer_t *timer)
{
	uv_timer_init(transport->options.loop, timer);
	timer->data = transport;
	transport->handles++;
}

static struct transport *transport_create(const struct transport_options *options)
{
	struct transport *transport = xcalloc(1, sizeof *transport);

	copy_options(transport, options);
	link_init(&transport->connections);
	link_init(&transport->due);
	link_init(&transport->requests);
	link_init(&transport->newcomers);
	link_init(&transport->greeted);
	link_init(&transport->controls);
	transport->sweep_at = &transport->connections;
	transport->listen_fd = transport->spare_fd = transport->hangup_fd = -1;
	transport->scratch = xmalloc(SCRATCH_HEADROOM + SCRATCH_SIZE);
	open_timer(transport, &transport->due_timer);
	open_timer(transport, &transport->sweep_timer);
	open_timer(transport, &transport->stop_timer);
	http_start(transport);
	streams_start(transport);
	return transport;
}

static void transport_free(struct transport *transport)
{
	assert(link_alone(&transport->connections));
	http_finish(transport);
	streams_finish(transport);
	free_path(transport->options.listen);
	free_path(transport->options.tls_cert);
	free_path(transport->options.tls_key);
	free_path(transport->options.control_path);
	free_list(transport->options.origins);
	free_list(transport->options.trusted_proxies);
	free(transport->trusted);
	free(transport->scratch);
	free(transport->start_problem);
	free(transport);
}

void transport_handle_gone(struct transport *transport)
{
	assert(transport->handles > 0);
	if (--transport->handles > 0) {
		return;
	}
	void (*stopped)(void *data) = transport->stopped;
	void *data = transport->stopped_data;
	transport_free(transport);
	if (stopped != NULL) {
		stopped(data);
	}
}

static void on_timer_closed(uv_handle_t *handle)
{
	transport_handle_gone(handle->data);
}

static void close_timers(struct transport *transport)
{
	uv_close((uv_handle_t *)&transport->due_timer, on_timer_closed);
	uv_close((uv_handle_t *)&transport->sweep_timer, on_timer_closed);
	uv_close((uv_handle_t *)&transport->stop_timer, on_timer_closed);
	wipe_close(transport);
}

static void note_closing(uv_handle_t *handle, void *closing)
{
	if (uv_is_closing(handle)) {
		*(bool *)closing = true;
	}
}

/*
 * The library is told to go once, which begins the closing of its handles; when the loop has none
 * left that is closing it is told again, and frees itself. Whether 4.1 or 4.3: until it says so by
 * clearing our pointer.
 */
static void on_stop(uv_timer_t *timer)
{
	struct transport *transport = timer->data;
	bool closing = false;

	uv_walk(transport->options.loop, note_closing, &closing);
	if (transport->lws != NULL && (!closing || transport->destroy_calls == 0)) {
		library_destroy(transport);
	}
	if (transport->lws == NULL || transport->destroy_calls >= DESTROY_MAX) {
		close_timers(transport);
	} else {
		/* Not 0: libuv 1.44 would run it again before it closes anything. */
		uv_timer_start(timer, on_stop, 1, 0);
	}
}

void transport_stop(struct transport *transport, void (*stopped)(void *data), void *data)
{
	if (transport->stopping) {
		return;
	}
	transport->stopping = transport->draining = true;
	transport->stopped = stopped;
	transport->stopped_data = data;
	uv_timer_stop(&transport->sweep_timer);
	uv_timer_stop(&transport->due_timer);
	listen_close(transport);
	control_close(transport);
	streams_stop(transport);
	hangup_close(transport);
	uv_timer_start(&transport->stop_timer, on_stop, 0, 0);
}

int transport_start(
	const struct transport_options *options, struct transport **out, char *problem, size_t size)
{
	struct transport *transport = transport_create(options);

	if (parse_trusted(transport, problem, size) != 0 ||
		raise_descriptor_limit(transport, problem, size) != 0 ||
		(transport->tls && tls_check(transport->options.tls_cert,
					   transport->options.tls_key, problem, size) != 0) ||
		library_open(transport, problem, size) != 0 ||
		hangup_open(transport, problem, size) != 0 ||
		listen_open(transport, problem, size) != 0 ||
		control_open(transport, problem, size) != 0) {
		transport_stop(transport, NULL, NULL);
		return -1;
	}
	uint64_t tick = tick_ms(options);
	uv_timer_start(&transport->sweep_timer, on_sweep, tick, tick);
	*out = transport;
	return 0;
}

void transport_set_bucket_key(struct transport *transport, const uint8_t key[16])
{
	memcpy(transport->options.bucket_key, key, sizeof transport->options.bucket_key);
}

int transport_port(const struct transport *transport)
{
	return transport->port;
}

void transport_drain(struct transport *transport)
{
	transport->draining = true;
}

void transport_due_start(struct transport *transport)
{
	if (!transport->stopping) {
		uv_timer_start(&transport->due_timer, on_due, 0, 0);
	}
}
