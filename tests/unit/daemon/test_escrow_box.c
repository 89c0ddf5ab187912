/* Keys, wraps and boxes: opened by who may, by nobody else, and nowhere but where they belong. */
#include "daemon/escrow_box.h"

#include "tests/unit/tap.h"

#include <sodium.h>
#include <string.h>

enum {
	PEOPLE = 4,
};

static struct escrow_pair pairs[PEOPLE];

struct item {
	struct escrow_place place;
	uint8_t box[4096], mark[ESCROW_MARK_BYTES];
	size_t size;
	uint8_t shares[PEOPLE][ESCROW_SHARE_BYTES], numbers[PEOPLE];
};

static void seal(struct item *item, int approvals, const void *bytes, size_t size)
{
	struct escrow_sealing sealing;
	uint8_t keys[PEOPLE][ESCROW_KEY_BYTES];
	for (size_t i = 0; i < PEOPLE; i++) {
		memcpy(keys[i], pairs[i].public_key, sizeof keys[i]);
	}
	item->place = (struct escrow_place){11, 22, 1, 0, 33, approvals};
	escrow_sealing_begin(&sealing);
	item->size = escrow_box_bytes(size);
	REQUIRE(item->size <= sizeof item->box);
	escrow_box_seal(sealing.master, bytes, size, item->box);
	escrow_box_share(sealing.master, approvals, (const uint8_t(*)[ESCROW_KEY_BYTES])keys,
		PEOPLE, item->shares, item->numbers);
	escrow_box_bind(sealing.bind, &item->place, item->box, item->size, item->mark);
}

/* With the secrets of one or two people. */
static bool open_with(const struct item *item, int first, int second, char *out)
{
	struct escrow_part parts[2];
	uint8_t master[ESCROW_MASTER_BYTES], bytes[4096];
	size_t size = 0;
	bool opened = escrow_share_open(item->shares[first], &pairs[first], &parts[0]);
	if (second >= 0) {
		opened = opened &&
			 escrow_share_open(item->shares[second], &pairs[second], &parts[1]);
	}
	opened = opened && escrow_parts_join(&parts[0], second >= 0 ? &parts[1] : NULL, master) &&
		 escrow_box_open(
			 master, &item->place, item->mark, item->box, item->size, bytes, &size);
	if (opened) {
		memcpy(out, bytes, size);
		out[size] = '\0';
	}
	return opened;
}

static const char text[] = "203.0.113.7";

static void test_each_alone(void)
{
	struct item item;
	char out[4096];
	seal(&item, 1, text, strlen(text));
	for (int i = 0; i < PEOPLE; i++) {
		REQUIRE(open_with(&item, i, -1, out));
		CHECK_STR(out, text);
	}
	struct escrow_part part;
	CHECK(!escrow_share_open(item.shares[0], &pairs[1], &part));
}

static void test_two_of_many(void)
{
	struct item item;
	char out[4096];
	seal(&item, 2, text, strlen(text));
	for (int a = 0; a < PEOPLE; a++) {
		CHECK(!open_with(&item, a, -1, out));
		for (int b = 0; b < PEOPLE; b++) {
			CHECK_INT(open_with(&item, a, b, out), a != b);
		}
	}
}

/* All that the file has, and one secret: the part as a master, and with each made-up other. */
static void test_one_alone_with_the_file(void)
{
	struct item item;
	struct escrow_part own, other;
	uint8_t master[ESCROW_MASTER_BYTES], out[4096];
	size_t size;
	seal(&item, 2, text, strlen(text));
	REQUIRE(escrow_share_open(item.shares[0], &pairs[0], &own));
	CHECK(!escrow_parts_join(&own, NULL, master));
	CHECK(!escrow_box_open(own.bytes, &item.place, item.mark, item.box, item.size, out, &size));
	for (unsigned x = 0; x < 256; x++) {
		other.x = (uint8_t)x;
		memcpy(other.bytes, item.shares[1] + 48, sizeof other.bytes);
		if (escrow_parts_join(&own, &other, master)) {
			CHECK(!escrow_box_open(
				master, &item.place, item.mark, item.box, item.size, out, &size));
		}
	}
}

static void test_stays_where_it_belongs(void)
{
	struct item item;
	char out[4096];
	seal(&item, 1, text, strlen(text));
	int64_t *const fields[] = {&item.place.id, &item.place.room, &item.place.kind,
		&item.place.subject, &item.place.at_ms, &item.place.approvals};
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
		(*fields[i])++;
		CHECK(!open_with(&item, 0, -1, out));
		(*fields[i])--;
	}
	for (size_t i = 0; i < item.size; i++) {
		item.box[i] ^= 1;
		CHECK(!open_with(&item, 0, -1, out));
		item.box[i] ^= 1;
	}
	CHECK(open_with(&item, 0, -1, out));
}

static void test_sizes(void)
{
	static char long_text[2000];
	char out[4096];
	struct item item;
	memset(long_text, 'x', sizeof long_text);
	size_t sizes[] = {0, 1, 127, 128, 129, 511, 512, 1023, 1024, 1999};
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		seal(&item, 1, long_text, sizes[i]);
		REQUIRE(open_with(&item, 1, -1, out));
		CHECK_INT(strlen(out), sizes[i]);
	}
	/* A short and a longer detail look the same. */
	CHECK_INT(escrow_box_bytes(7), escrow_box_bytes(120));
	CHECK_INT(escrow_box_bytes(100000), escrow_box_bytes(120000));
	CHECK(escrow_box_bytes(8 * 1024 * 1024) > 8 * 1024 * 1024);
}

static void test_granted(void)
{
	struct item item;
	struct escrow_pair late;
	struct escrow_part part;
	uint8_t share[ESCROW_SHARE_BYTES], master[ESCROW_MASTER_BYTES], out[4096];
	size_t size = 0;
	escrow_pair_make(&late);
	seal(&item, 1, text, strlen(text));
	REQUIRE(escrow_share_open(item.shares[2], &pairs[2], &part));
	escrow_share_seal(&part, late.public_key, share);
	REQUIRE(escrow_share_open(share, &late, &part) && escrow_parts_join(&part, NULL, master));
	CHECK(escrow_box_open(master, &item.place, item.mark, item.box, item.size, out, &size));
	CHECK_INT(size, strlen(text));
}

static void test_wraps(void)
{
	struct escrow_wrap wrap, again;
	uint8_t secret[ESCROW_KEY_BYTES], public_key[ESCROW_KEY_BYTES];
	REQUIRE(escrow_wrap_make(pairs[0].secret, "one password", 12, &wrap));
	CHECK(!escrow_wrap_open(&wrap, "one passwore", 12, secret));
	CHECK(sodium_is_zero(secret, sizeof secret));
	REQUIRE(escrow_wrap_open(&wrap, "one password", 12, secret));
	CHECK(memcmp(secret, pairs[0].secret, sizeof secret) == 0);
	escrow_pair_public(secret, public_key);
	CHECK(memcmp(public_key, pairs[0].public_key, sizeof public_key) == 0);
	/* The same pair under another password: the old one is worth nothing. */
	REQUIRE(escrow_wrap_make(secret, "another", 7, &again));
	CHECK(!escrow_wrap_open(&again, "one password", 12, secret));
	REQUIRE(escrow_wrap_open(&again, "another", 7, secret));
	CHECK(memcmp(secret, pairs[0].secret, sizeof secret) == 0);
	again.wrapped[30] ^= 1;
	CHECK(!escrow_wrap_open(&again, "another", 7, secret));
}

int main(void)
{
	if (sodium_init() < 0) {
		return 1;
	}
	for (size_t i = 0; i < PEOPLE; i++) {
		escrow_pair_make(&pairs[i]);
	}
	RUN(test_each_alone);
	RUN(test_two_of_many);
	RUN(test_one_alone_with_the_file);
	RUN(test_stays_where_it_belongs);
	RUN(test_sizes);
	RUN(test_granted);
	RUN(test_wraps);
	return tap_done();
}
