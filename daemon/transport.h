/*
 * The network: one libwebsockets context on the daemon's own libuv loop, serving the pages, the
 * posts and the WebSocket; and the control socket. Everything that includes libwebsockets.h is
 * behind this header. transport_*.c hold every workaround for the library's bugs.
 */
#ifndef HARK_DAEMON_TRANSPORT_H
#define HARK_DAEMON_TRANSPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

struct server;
struct transport;

struct transport_options {
	uv_loop_t *loop;
	struct server *server;
	const char *listen; /* address: 127.0.0.1, ::1, 0.0.0.0, or unix:/path */
	int port; /* 0: any; transport_port() tells */
	const char *tls_cert, *tls_key; /* PEM files; NULL or empty: no TLS */
	const char *const *origins; /* allowed Origin values besides the own host; NULL-ended */
	/* Addresses whose X-Forwarded-For and -Proto count; NULL-ended. On unix: everybody's do. */
	const char *const *trusted_proxies;
	unsigned connections_max; /* WebSockets held at once; further upgrades get 503 */
	unsigned handshake_ms; /* a half-sent request or stalled frame is cut after this */
	unsigned stream_grace_ms; /* a session over plain HTTP outlives its GET by this */
	unsigned ping_ms, dead_ms; /* silence before a ping; before the connection is dropped */
	const char *device_header; /* a trusted proxy's, naming the device; NULL or empty: none */
	const char *control_path; /* Unix socket for the hark command; NULL: none */
	uint8_t bucket_key[16]; /* keys the hash of addresses; random, memory only */
};

/*
 * Starts listening. On failure a sentence in problem; *out untouched. 0, or -1. What was begun
 * before a failure takes turns of the loop to go away: run it until it is idle before closing it.
 */
int transport_start(const struct transport_options *options, struct transport **out, char *problem,
	size_t size);

int transport_port(const struct transport *transport); /* the port really listened on */

/* Refuses new connections; the sessions close themselves through session_close_wanted(). */
void transport_drain(struct transport *transport);

/*
 * Ends everything within the loop. `stopped` is called when no handle of the transport is left on
 * the loop and the memory is free.
 */
void transport_stop(struct transport *transport, void (*stopped)(void *data), void *data);

/* From here on addresses are hashed with this key: nobody can tell who had which bucket before. */
void transport_set_bucket_key(struct transport *transport, const uint8_t key[16]);

/* Re-reads the TLS files (SIGHUP). 0, or -1 with a sentence. */
int transport_reload(struct transport *transport, char *problem, size_t size);

#endif
