/*
 * Who is at the other end, judged from what a request carries. Pure: no library, no socket.
 */
#ifndef HARK_DAEMON_TRANSPORT_PEER_H
#define HARK_DAEMON_TRANSPORT_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

/* An address in the one form that is compared and hashed; ::ffff:a.b.c.d is a.b.c.d. */
struct peer_address {
	uint8_t size; /* 4, 16, or 0: none known (a Unix socket) */
	uint8_t bytes[16]; /* network order */
};

struct peer_address peer_address_of(const struct sockaddr_storage *socket_address);

/* From text: an IPv4 or IPv6 address, in [] or not, with a :port or not. False: neither. */
bool peer_address_parse(const char *text, size_t size, struct peer_address *out);

/* As text, as it is written everywhere; empty for none. */
void peer_address_write(const struct peer_address *address, char *out, size_t size);

bool peer_address_equal(const struct peer_address *a, const struct peer_address *b);

/*
 * The client behind a trusted proxy: the rightmost address of X-Forwarded-For that is not itself
 * in `trusted`. What stands left of it is the client's word and counts for nothing. `direct` when
 * there is no header, or it makes no sense.
 */
struct peer_address peer_forwarded_for(const char *header, const struct peer_address *trusted,
	size_t trusted_count, const struct peer_address *direct);

/* A keyed hash of an IPv4 address or an IPv6 /64, never 0. The address is kept nowhere. */
uint64_t peer_bucket(const struct peer_address *address, const uint8_t key[16]);

/*
 * RFC 6454 7: exactly "scheme://host" as the browser writes it, host being this request's Host
 * header, or one of `allowed` (NULL-ended, or NULL). Anything else is refused, "null" and a
 * missing header (NULL) too.
 */
bool peer_origin_allowed(
	const char *origin, bool secure, const char *host, const char *const *allowed);

/*
 * The value of cookie `name` in a Cookie header (RFC 6265 5.4), in out[size]. False: absent, empty
 * or too long. Of two with one name the first counts, as the browser puts the more specific first.
 */
bool peer_cookie(const char *header, const char *name, char *out, size_t size);

/* Whether a comma-separated header lists `token`, letter case apart; ;q=0 does not count. */
bool peer_lists(const char *header, const char *token);

#endif
