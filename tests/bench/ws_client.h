/*
 * The load client's WebSocket: non-blocking sockets on one epoll, no library, so that what is
 * measured is the server. Loopback only.
 */
#ifndef HARK_TESTS_BENCH_WS_CLIENT_H
#define HARK_TESTS_BENCH_WS_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ws {
	int fd;
	bool open; /* the handshake is through */
	int index, step; /* the caller's */
	char *in; /* bytes not yet taken apart */
	size_t in_size, in_capacity;
	char *out; /* bytes the socket did not take yet */
	size_t out_size, out_capacity;
	bool polled; /* waits for the socket to take more */
};

/* One message, not terminated. */
typedef void ws_on_text(struct ws *ws, const char *bytes, size_t size);

void ws_init(int port);
/* What is asked for instead of /ws, and whether messages are sent as binary ones. */
void ws_dialect(const char *path, bool binary);
/* Connects and sends the handshake; protocol, cookie NULL: none. Ends the program when it cannot.
 */
void ws_connect(struct ws *ws, int index, const char *protocol, const char *cookie);
/* From here on connections take so little unread that who does not read stalls the server soon. */
void ws_narrow(int bytes);
void ws_send(struct ws *ws, const char *bytes, size_t size);
void ws_close(struct ws *ws);

/* Waits at most timeout_us for anything, and hands every whole message to on_text. */
void ws_poll(int64_t timeout_us, ws_on_text *on_text);

int64_t ws_heartbeats(void); /* pings that came, of all connections; each was answered */

int64_t now_us(void); /* monotonic */

_Noreturn void die(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
