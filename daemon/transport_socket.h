/* A listening Unix socket with the mode it is meant to have, never taken from one that answers. */
#ifndef HARK_DAEMON_TRANSPORT_SOCKET_H
#define HARK_DAEMON_TRANSPORT_SOCKET_H

#include <stddef.h>
#include <sys/types.h>

/*
 * Listens at path, nonblocking. A socket file that nobody listens on any more is replaced; any
 * other file, or a socket that answers, is a problem. The file never has more rights than `mode`,
 * not for a moment. The descriptor, or -1 with a sentence; the caller unlinks the path at the end.
 */
int socket_unix_listen(const char *path, mode_t mode, char *problem, size_t size);

#endif
