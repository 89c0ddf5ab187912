/*
 * Headers of posts, of the plain-HTTP fallback and of pictures, as a stranger wrote them. Pure: no
 * library, no socket. A header that is not exactly as expected counts as absent.
 */
#ifndef HARK_DAEMON_TRANSPORT_FIELDS_H
#define HARK_DAEMON_TRANSPORT_FIELDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	STREAM_KEY_SIZE = 32, /* bytes */
	STREAM_WAIT_MAX_S = 30, /* a longer wait is cut to this */
};

/*
 * Authorization (RFC 9110 11.6.2): the scheme "Hark", letter case apart, one space, and the key as
 * 64 hex digits. The caller wipes both.
 */
bool field_stream_key(const char *header, uint8_t key[STREAM_KEY_SIZE]);

/*
 * Authorization (RFC 6750 2.1): the scheme "Bearer", letter case apart, one space, and the token
 * as it stands, which fits out[size] with its end. The caller wipes both.
 */
bool field_bearer(const char *header, char *out, size_t size);

/* Content-Length (RFC 9110 8.6), Last-Event-ID and our own numbers: decimal digits, at most 18 of
 * them. False: anything else, a sign above all. */
bool field_number(const char *header, uint64_t *out);

/* Prefer (RFC 7240 4.3): the seconds of the first "wait", at most STREAM_WAIT_MAX_S. */
bool field_wait(const char *header, unsigned *out);

#endif
