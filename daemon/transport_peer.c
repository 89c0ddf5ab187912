/*
 * Who is at the other end. Everything here reads bytes that a stranger wrote: bounded copies, no
 * guesses, and whatever is not exactly as expected counts as absent.
 */
#include "daemon/transport_peer.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sodium.h>
#include <string.h>
#include <strings.h>

static struct peer_address from_ipv6(const uint8_t bytes[16])
{
	static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
	struct peer_address address = {0};

	if (memcmp(bytes, mapped, sizeof mapped) == 0) {
		address.size = 4;
		memcpy(address.bytes, bytes + sizeof mapped, 4);
	} else {
		address.size = 16;
		memcpy(address.bytes, bytes, 16);
	}
	return address;
}

struct peer_address peer_address_of(const struct sockaddr_storage *socket_address)
{
	struct peer_address address = {0};

	if (socket_address->ss_family == AF_INET) {
		const struct sockaddr_in *v4 = (const void *)socket_address;
		address.size = 4;
		memcpy(address.bytes, &v4->sin_addr, 4);
	} else if (socket_address->ss_family == AF_INET6) {
		const struct sockaddr_in6 *v6 = (const void *)socket_address;
		address = from_ipv6(v6->sin6_addr.s6_addr);
	}
	return address;
}

/* Cuts [] and a port away; a bare IPv6 address has several colons and no port. */
static void strip_port(const char **text, size_t *size)
{
	if (*size > 0 && (*text)[0] == '[') {
		const char *end = memchr(*text, ']', *size);
		if (end != NULL) {
			(*text)++;
			*size = (size_t)(end - *text);
		}
		return;
	}
	const char *colon = memchr(*text, ':', *size);
	if (colon != NULL && memchr(colon + 1, ':', *size - (size_t)(colon + 1 - *text)) == NULL) {
		*size = (size_t)(colon - *text);
	}
}

bool peer_address_parse(const char *text, size_t size, struct peer_address *out)
{
	char copy[INET6_ADDRSTRLEN];
	uint8_t bytes[16];

	strip_port(&text, &size);
	if (size == 0 || size >= sizeof copy) {
		return false;
	}
	memcpy(copy, text, size);
	copy[size] = '\0';
	bool parsed = true;
	if (inet_pton(AF_INET, copy, bytes) == 1) {
		*out = (struct peer_address){.size = 4};
		memcpy(out->bytes, bytes, 4);
	} else if (inet_pton(AF_INET6, copy, bytes) == 1) {
		*out = from_ipv6(bytes);
	} else {
		parsed = false;
	}
	explicit_bzero(copy, sizeof copy);
	return parsed;
}

void peer_address_write(const struct peer_address *address, char *out, size_t size)
{
	int family = address->size == 4 ? AF_INET : AF_INET6;

	if (address->size == 0 || inet_ntop(family, address->bytes, out, (socklen_t)size) == NULL) {
		out[0] = '\0';
	}
}

bool peer_address_equal(const struct peer_address *a, const struct peer_address *b)
{
	return a->size == b->size && memcmp(a->bytes, b->bytes, a->size) == 0;
}

static bool is_trusted(const struct peer_address *address, const struct peer_address *trusted,
	size_t trusted_count)
{
	for (size_t i = 0; i < trusted_count; i++) {
		if (peer_address_equal(address, &trusted[i])) {
			return true;
		}
	}
	return false;
}

struct peer_address peer_forwarded_for(const char *header, const struct peer_address *trusted,
	size_t trusted_count, const struct peer_address *direct)
{
	struct peer_address client = *direct;
	size_t end = header == NULL ? 0 : strlen(header);

	while (end > 0) {
		size_t start = end;
		while (start > 0 && header[start - 1] != ',') {
			start--;
		}
		size_t from = start, to = end;
		while (from < to && (header[from] == ' ' || header[from] == '\t')) {
			from++;
		}
		while (to > from && (header[to - 1] == ' ' || header[to - 1] == '\t')) {
			to--;
		}
		struct peer_address hop;
		if (!peer_address_parse(header + from, to - from, &hop)) {
			return client;
		}
		client = hop;
		if (!is_trusted(&hop, trusted, trusted_count)) {
			return client;
		}
		end = start == 0 ? 0 : start - 1;
	}
	return client;
}

uint64_t peer_bucket(const struct peer_address *address, const uint8_t key[16])
{
	uint8_t input[1 + 8] = {address->size}, hash[crypto_shorthash_BYTES];
	uint64_t bucket;

	_Static_assert(crypto_shorthash_KEYBYTES == 16 && crypto_shorthash_BYTES == 8, "SipHash");
	memcpy(input + 1, address->bytes, address->size < 8 ? address->size : 8);
	crypto_shorthash(hash, input, sizeof input, key);
	memcpy(&bucket, hash, sizeof bucket);
	return bucket == 0 ? 1 : bucket;
}

/* What a browser puts into Origin and Host: so nothing else can make the two look alike. */
static bool is_host(const char *host)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz0123456789-.:[]_";
	size_t size = strspn(host, plain);

	return size > 0 && host[size] == '\0';
}

bool peer_origin_allowed(
	const char *origin, bool secure, const char *host, const char *const *allowed)
{
	const char *scheme = secure ? "https://" : "http://";
	size_t scheme_size = strlen(scheme);

	if (origin == NULL || origin[0] == '\0' || strcmp(origin, "null") == 0) {
		return false;
	}
	if (host != NULL && is_host(host) && strncmp(origin, scheme, scheme_size) == 0 &&
		strcmp(origin + scheme_size, host) == 0) {
		return true;
	}
	for (; allowed != NULL && *allowed != NULL; allowed++) {
		if (strcmp(origin, *allowed) == 0) {
			return true;
		}
	}
	return false;
}

bool peer_cookie(const char *header, const char *name, char *out, size_t size)
{
	size_t name_size = strlen(name);

	while (header != NULL && *header != '\0') {
		header += strspn(header, " \t;");
		size_t pair = strcspn(header, ";");
		if (pair > name_size && strncmp(header, name, name_size) == 0 &&
			header[name_size] == '=') {
			const char *value = header + name_size + 1;
			size_t value_size = pair - name_size - 1;
			while (value_size > 0 &&
				(value[value_size - 1] == ' ' || value[value_size - 1] == '\t')) {
				value_size--;
			}
			if (value_size == 0 || value_size >= size) {
				return false;
			}
			memcpy(out, value, value_size);
			out[value_size] = '\0';
			return true;
		}
		header += pair;
	}
	return false;
}

/* ";q=0", "; q=0.0" and the like. */
static bool is_refused(const char *parameters, size_t size)
{
	const char *q = memchr(parameters, '=', size);

	if (q == NULL) {
		return false;
	}
	size_t rest = size - (size_t)(q + 1 - parameters);
	return rest > 0 && strspn(q + 1, "0.") >= rest;
}

bool peer_lists(const char *header, const char *token)
{
	size_t token_size = strlen(token);

	while (header != NULL && *header != '\0') {
		header += strspn(header, " \t,");
		size_t item = strcspn(header, ",");
		size_t word = strcspn(header, " \t,;");
		if (word == token_size && strncasecmp(header, token, word) == 0) {
			return !is_refused(header + word, item - word);
		}
		header += item;
	}
	return false;
}
