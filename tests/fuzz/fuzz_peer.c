/*
 * Fuzzes what a stranger's request is judged by: cookies, Origin, X-Forwarded-For, lists,
 * and text as it arrives. The first line of the data is one header, the rest a second one.
 * Each result is held against a second, plainer way to the same.
 */
#include "daemon/transport_peer.h"
#include "daemon/transport_utf8.h"
#include "tests/fuzz/drive.h"

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

/* A part of the data as a string that ends where its memory does. */
static char *string_of(const uint8_t *data, size_t size)
{
	char *string = malloc(size + 1);
	MUST(string != NULL);
	memcpy(string, data, size);
	string[size] = '\0';
	return string;
}

/* ---- cookies: RFC 6265 5.4, pair by pair ---- */

static bool plain_cookie(const char *header, const char *name, char *out, size_t size)
{
	char *copy = string_of((const uint8_t *)header, strlen(header)), *rest = copy;
	bool found = false;
	for (char *pair; !found && (pair = strsep(&rest, ";")) != NULL;) {
		pair += strspn(pair, " \t");
		char *value = strchr(pair, '=');
		if (value == NULL || (size_t)(value - pair) != strlen(name) ||
			strncmp(pair, name, strlen(name)) != 0) {
			continue;
		}
		value++;
		size_t length = strlen(value);
		while (length > 0 && strchr(" \t", value[length - 1]) != NULL) {
			length--;
		}
		found = true;
		value[length] = '\0';
		snprintf(out, size, "%s", length < size ? value : "");
	}
	free(copy);
	return found && out[0] != '\0';
}

static void try_cookie(const char *header)
{
	static const char *const names[] = {"hark", "__Host-hark"};
	for (size_t i = 0; i < 2; i++) {
		char value[128], plain[128] = "";
		bool found = peer_cookie(header, names[i], value, sizeof(value));
		MUST(found == plain_cookie(header, names[i], plain, sizeof(plain)));
		MUST(!found || strcmp(value, plain) == 0);
	}
}

/* ---- origins ---- */

static void try_origin(const char *origin, const char *host)
{
	static const char *const allowed[] = {"https://hark.example", NULL};
	for (int secure = 0; secure < 2; secure++) {
		bool listed = strcmp(origin, allowed[0]) == 0;
		char own[1024];
		snprintf(own, sizeof(own), "http%s://%s", secure != 0 ? "s" : "", host);
		bool good = peer_origin_allowed(origin, secure != 0, host, NULL);
		MUST(!good || (strlen(host) > 1000 || strcmp(origin, own) == 0));
		MUST(!good || strpbrk(host, "/@?#\\% \t,;\"'<>ABCDEFGHIJKLMNOPQRSTUVWXYZ") == NULL);
		MUST(peer_origin_allowed(origin, secure != 0, host, allowed) == (good || listed));
	}
	MUST(!peer_origin_allowed(origin, false, NULL, NULL));
	MUST(!peer_origin_allowed(NULL, false, host, allowed));
}

/* ---- addresses ---- */

static bool in_header(const char *header, const struct peer_address *wanted)
{
	char *copy = string_of((const uint8_t *)header, strlen(header)), *rest = copy;
	bool found = false;
	for (char *hop; (hop = strsep(&rest, ",")) != NULL;) {
		struct peer_address address;
		hop += strspn(hop, " \t");
		size_t size = strlen(hop);
		while (size > 0 && strchr(" \t", hop[size - 1]) != NULL) {
			size--;
		}
		found = found || (peer_address_parse(hop, size, &address) &&
					 peer_address_equal(&address, wanted));
	}
	free(copy);
	return found;
}

static void try_forwarded(const char *header)
{
	struct peer_address trusted, direct;
	MUST(peer_address_parse("127.0.0.1", strlen("127.0.0.1"), &trusted));
	MUST(peer_address_parse("[::1]:80", strlen("[::1]:80"), &direct));
	struct peer_address client = peer_forwarded_for(header, &trusted, 1, &direct);
	MUST(client.size == 4 || client.size == 16);
	MUST(peer_address_equal(&client, &direct) || in_header(header, &client));
	static const uint8_t key[16] = "a key of no use";
	MUST(peer_bucket(&client, key) != 0);
}

static void try_address(const char *text, size_t size)
{
	struct peer_address address, again;
	if (!peer_address_parse(text, size, &address)) {
		return;
	}
	char written[INET6_ADDRSTRLEN];
	peer_address_write(&address, written, sizeof(written));
	MUST(peer_address_parse(written, strlen(written), &again));
	MUST(peer_address_equal(&address, &again));
}

/* ---- lists ---- */

static void try_list(const char *header)
{
	MUST(!peer_lists(header, "hark.v1") || strcasestr(header, "hark.v1") != NULL);
	(void)peer_lists(header, "gzip");
}

/* ---- UTF-8: in two pieces as in one, and as the characters are counted by hand ---- */

static bool plain_utf8(const uint8_t *at, const uint8_t *end)
{
	while (at < end) {
		unsigned length = at[0] < 0x80 ? 1 : at[0] < 0xe0 ? 2 : at[0] < 0xf0 ? 3 : 4;
		static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
		if ((at[0] >= 0x80 && at[0] < 0xc0) || at[0] >= 0xf8 ||
			(size_t)(end - at) < length) {
			return false;
		}
		uint32_t point = length == 1 ? at[0] : at[0] & (0xffu >> (length + 1));
		for (unsigned i = 1; i < length; i++) {
			if ((at[i] & 0xc0) != 0x80) {
				return false;
			}
			point = point << 6 | (at[i] & 0x3f);
		}
		if (point < least[length] || point > 0x10ffff ||
			(point >= 0xd800 && point < 0xe000)) {
			return false;
		}
		at += length;
	}
	return true;
}

static void try_utf8(const uint8_t *data, size_t size)
{
	struct utf8 whole = {0}, cut = {0};
	size_t at = size > 0 ? data[0] % size : 0;
	bool good = utf8_feed(&whole, data, size) && utf8_whole(&whole);
	MUST(good == plain_utf8(data, data + size));
	bool pieces = utf8_feed(&cut, data, at) && utf8_feed(&cut, data + at, size - at) &&
		      utf8_whole(&cut);
	MUST(good == pieces);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end = size > 0 ? memchr(data, '\n', size) : NULL;
	size_t first = end != NULL ? (size_t)(end - data) : size;
	size_t behind = end != NULL ? first + 1 : first;
	char *header = string_of(data, first);
	char *second = string_of(data + behind, size - behind);
	try_cookie(header);
	try_origin(header, second);
	try_forwarded(header);
	try_address(header, first);
	try_list(header);
	try_utf8(data, size);
	free(header);
	free(second);
	return 0;
}
