/* Addresses, origins, cookies, lengths and lists, as strangers write them. */
#include <arpa/inet.h>
#include <netinet/in.h>

#include "daemon/transport_peer.h"
#include "tests/unit/tap.h"

static struct peer_address parse(const char *text)
{
	struct peer_address address = {.size = 99};

	CHECK(peer_address_parse(text, strlen(text), &address));
	return address;
}

static bool refuses(const char *text)
{
	struct peer_address address;

	return !peer_address_parse(text, strlen(text), &address);
}

static bool same(const char *a, const char *b)
{
	struct peer_address left = parse(a), right = parse(b);

	return peer_address_equal(&left, &right);
}

static void test_address_forms(void)
{
	CHECK_INT(parse("192.0.2.1").size, 4);
	CHECK_INT(parse("2001:db8::1").size, 16);
	CHECK(same("192.0.2.1", "192.0.2.1:443"));
	CHECK(same("192.0.2.1", "::ffff:192.0.2.1"));
	CHECK(same("192.0.2.1", "[::ffff:192.0.2.1]:80"));
	CHECK(same("2001:db8::1", "[2001:db8::1]"));
	CHECK(same("2001:db8::1", "[2001:DB8:0::1]:8080"));
	CHECK(!same("192.0.2.1", "192.0.2.2"));
	CHECK(!same("::1", "127.0.0.1"));
}

static void test_what_is_no_address(void)
{
	static const char *const wrong[] = {"", "unknown", "_hidden", "192.0.2", "192.0.2.256", "1",
		"0x7f.0.0.1", "192.0.2.1, 192.0.2.2", " 192.0.2.1", "[::1", "[]", ":", "::1%eth0",
		":80", "2001:db8:1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa"};

	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		if (!refuses(wrong[i])) {
			printf("# taken for an address: \"%s\"\n", wrong[i]);
			tap_this_failed = true;
		}
	}
}

static void test_address_of_socket(void)
{
	struct sockaddr_storage storage = {0};
	struct sockaddr_in *v4 = (void *)&storage;
	struct peer_address expected = parse("192.0.2.1");

	storage.ss_family = AF_UNIX;
	CHECK_INT(peer_address_of(&storage).size, 0);
	v4->sin_family = AF_INET;
	inet_pton(AF_INET, "192.0.2.1", &v4->sin_addr);
	struct peer_address got = peer_address_of(&storage);
	CHECK(peer_address_equal(&got, &expected));
	struct sockaddr_in6 *v6 = (void *)&storage;
	v6->sin6_family = AF_INET6;
	inet_pton(AF_INET6, "::ffff:192.0.2.1", &v6->sin6_addr);
	got = peer_address_of(&storage);
	CHECK(peer_address_equal(&got, &expected));
}

static bool forwarded(const char *header, const char *expected)
{
	struct peer_address trusted[] = {parse("10.0.0.1"), parse("10.0.0.2")};
	struct peer_address direct = parse("10.0.0.1"), want = parse(expected);
	struct peer_address got = peer_forwarded_for(header, trusted, 2, &direct);

	return peer_address_equal(&got, &want);
}

static void test_forwarded_for(void)
{
	CHECK(forwarded(NULL, "10.0.0.1"));
	CHECK(forwarded("", "10.0.0.1"));
	CHECK(forwarded("192.0.2.1", "192.0.2.1"));
	CHECK(forwarded("203.0.113.9, 192.0.2.1", "192.0.2.1"));
	CHECK(forwarded("203.0.113.9,192.0.2.1 ,\t10.0.0.2", "192.0.2.1"));
	CHECK(forwarded("10.0.0.2, 10.0.0.1", "10.0.0.2"));
	CHECK(forwarded("192.0.2.1, unknown", "10.0.0.1"));
	CHECK(forwarded("unknown, 192.0.2.1", "192.0.2.1"));
	CHECK(forwarded("unknown, 10.0.0.2", "10.0.0.2"));
	CHECK(forwarded("192.0.2.1,", "10.0.0.1"));
	CHECK(forwarded(",,,", "10.0.0.1"));
	CHECK(forwarded("[2001:db8::1]:1234", "2001:db8::1"));
}

static void test_buckets(void)
{
	static const uint8_t key[16] = "0123456789abcde", other[16] = "another key.....";
	struct peer_address a = parse("192.0.2.1"), b = parse("192.0.2.2"), none = {0};
	struct peer_address net = parse("2001:db8:1:2::1"), same_net = parse("2001:db8:1:2:3::4"),
			    next_net = parse("2001:db8:1:3::1");

	CHECK(peer_bucket(&a, key) != 0);
	CHECK(peer_bucket(&none, key) != 0);
	CHECK(peer_bucket(&a, key) == peer_bucket(&a, key));
	CHECK(peer_bucket(&a, key) != peer_bucket(&b, key));
	CHECK(peer_bucket(&a, key) != peer_bucket(&a, other));
	CHECK(peer_bucket(&a, key) != peer_bucket(&none, key));
	CHECK(peer_bucket(&net, key) == peer_bucket(&same_net, key));
	CHECK(peer_bucket(&net, key) != peer_bucket(&next_net, key));
}

static void test_origins(void)
{
	static const char *const allowed[] = {"https://chat.example", NULL};

	CHECK(peer_origin_allowed("http://a.example:1", false, "a.example:1", NULL));
	CHECK(peer_origin_allowed("https://a.example", true, "a.example", NULL));
	CHECK(peer_origin_allowed("http://[::1]:8420", false, "[::1]:8420", NULL));
	CHECK(peer_origin_allowed("https://chat.example", false, "a.example", allowed));
	CHECK(peer_origin_allowed("https://chat.example", false, NULL, allowed));
	CHECK(!peer_origin_allowed(NULL, false, "a.example", allowed));
	CHECK(!peer_origin_allowed("", false, "", allowed));
	CHECK(!peer_origin_allowed("null", false, "null", allowed));
	CHECK(!peer_origin_allowed("http://", false, "", NULL));
	CHECK(!peer_origin_allowed("http://a.example", true, "a.example", NULL));
	CHECK(!peer_origin_allowed("https://a.example", false, "a.example", NULL));
	CHECK(!peer_origin_allowed("http://A.example", false, "A.example", NULL));
	CHECK(!peer_origin_allowed("http://a.example.", false, "a.example", NULL));
	CHECK(!peer_origin_allowed("http://a.examplex", false, "a.example", NULL));
	CHECK(!peer_origin_allowed("http://a.example", false, "a.example:80", NULL));
	CHECK(!peer_origin_allowed("http://x@a.example", false, "x@a.example", NULL));
	CHECK(!peer_origin_allowed("http://a.example/", false, "a.example/", NULL));
	CHECK(!peer_origin_allowed("https://chat.example:443", true, "a.example", allowed));
}

static void test_cookies(void)
{
	char value[8] = "";

	CHECK(peer_cookie("hark=abc", "hark", value, sizeof value));
	CHECK_STR(value, "abc");
	CHECK(peer_cookie("a=1; hark=b=c ; z=2", "hark", value, sizeof value));
	CHECK_STR(value, "b=c");
	CHECK(peer_cookie("hark=one; hark=two", "hark", value, sizeof value));
	CHECK_STR(value, "one");
	CHECK(peer_cookie(";; ;hark=x", "hark", value, sizeof value));
	CHECK(peer_cookie("hark=1234567", "hark", value, sizeof value));
	CHECK(!peer_cookie("hark=12345678", "hark", value, sizeof value));
	CHECK(!peer_cookie("xhark=abc", "hark", value, sizeof value));
	CHECK(!peer_cookie("hark2=abc", "hark", value, sizeof value));
	CHECK(!peer_cookie("Hark=abc", "hark", value, sizeof value));
	CHECK(!peer_cookie("a=hark=abc", "hark", value, sizeof value));
	CHECK(!peer_cookie("hark", "hark", value, sizeof value));
	CHECK(!peer_cookie("hark=", "hark", value, sizeof value));
	CHECK(!peer_cookie("hark=  ", "hark", value, sizeof value));
	CHECK(!peer_cookie("", "hark", value, sizeof value));
	CHECK(!peer_cookie(NULL, "hark", value, sizeof value));
}

static void test_lists(void)
{
	CHECK(peer_lists("gzip", "gzip"));
	CHECK(peer_lists("br,GZIP ; q=0.5", "gzip"));
	CHECK(peer_lists("hark.v2 ,hark.v1", "hark.v1"));
	CHECK(!peer_lists("gzip;q=0", "gzip"));
	CHECK(!peer_lists("gzip; q=0.000, br", "gzip"));
	CHECK(!peer_lists("xgzip, gzipx", "gzip"));
	CHECK(!peer_lists("", "gzip"));
	CHECK(!peer_lists(NULL, "gzip"));
	CHECK(!peer_lists(",;,", "gzip"));
}

int main(void)
{
	RUN(test_address_forms);
	RUN(test_what_is_no_address);
	RUN(test_address_of_socket);
	RUN(test_forwarded_for);
	RUN(test_buckets);
	RUN(test_origins);
	RUN(test_cookies);
	RUN(test_lists);
	return tap_done();
}
