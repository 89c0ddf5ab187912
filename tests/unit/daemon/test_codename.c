/* The word list's promises, reading what people type, the two hashes, and codenames in messages. */
#include "daemon/codename.h"

#include <sodium.h>

#include "daemon/words.h"
#include "tests/unit/daemon/random.h"
#include "tests/unit/tap.h"

static const uint8_t pepper[32] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18,
	19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32};

static const char words[CODENAME_TEXT_MAX] = "acorn lantern maple zoom";
static const char turned[CODENAME_TEXT_MAX] = "acorn lantern zoom maple";

static uint32_t draw_random(void *data, uint32_t below)
{
	return (uint32_t)random_below(data, below);
}

/* Hands out numbers from an array; those past its end are 0. */
struct script {
	const uint32_t *numbers;
	size_t count, used;
	uint32_t below[8]; /* what was asked for */
};

static uint32_t draw_script(void *data, uint32_t below)
{
	struct script *script = data;
	if (script->used < sizeof(script->below) / sizeof(script->below[0])) {
		script->below[script->used] = below;
	}
	return script->used < script->count ? script->numbers[script->used++] : 0;
}

static uint32_t draw_last(void *data, uint32_t below)
{
	(void)data;
	return below - 1;
}

/* The list. */

static void test_list_sorted_and_plain(void)
{
	for (int i = 0; i < WORDS_COUNT; i++) {
		const char *word = words_list[i];
		size_t size = strnlen(word, WORDS_BYTES);
		CHECK(size >= 3 && size <= 7);
		CHECK_INT(strspn(word, "abcdefghijklmnopqrstuvwxyz"), size);
		CHECK(i == 0 || strcmp(words_list[i - 1], word) < 0); /* so none occurs twice */
	}
}

static void test_list_first_four_differ(void)
{
	for (int i = 1; i < WORDS_COUNT; i++) { /* sorted: neighbours are the most alike */
		const char *before = words_list[i - 1], *word = words_list[i];
		CHECK(strncmp(before, word, 4) != 0);
		CHECK(strncmp(before, word, strlen(before)) != 0); /* nor is it its beginning */
	}
}

static void test_list_found(void)
{
	for (int i = 0; i < WORDS_COUNT; i++) {
		CHECK_INT(words_find(words_list[i], strlen(words_list[i])), i);
	}
	static const char *const strangers[] = {"", "a", "aaa", "zzz", "zoomed", "acor", "acorns",
		"abacusabacus", "lanterna", "Acorn"};
	for (size_t i = 0; i < sizeof(strangers) / sizeof(strangers[0]); i++) {
		CHECK_INT(words_find(strangers[i], strlen(strangers[i])), -1);
	}
	CHECK(words_find("acornxyz", 5) >= 0); /* only the letters given count */
}

/* Drawing. */

static void test_draw(void)
{
	static const uint32_t numbers[] = {0, 2047, 0, 1};
	struct script script = {.numbers = numbers, .count = 4};
	char text[CODENAME_TEXT_MAX];
	codename_draw(text, draw_script, &script);
	CHECK_STR(text, "abacus zoom abacus able");
	CHECK_INT(script.used, CODENAME_WORDS);
	for (int i = 0; i < CODENAME_WORDS; i++) {
		CHECK_INT(script.below[i], CODENAME_LIST);
	}
}

static void test_draw_uses_the_whole_list(void)
{
	static int seen[WORDS_COUNT];
	struct random random = {.state = 40};
	for (int i = 0; i < 8000; i++) {
		char text[CODENAME_TEXT_MAX];
		codename_draw(text, draw_random, &random);
		char *rest = NULL;
		int count = 0;
		for (char *word = strtok_r(text, " ", &rest); word != NULL;
			word = strtok_r(NULL, " ", &rest)) {
			int index = words_find(word, strlen(word));
			REQUIRE(index >= 0);
			seen[index]++;
			count++;
		}
		CHECK_INT(count, CODENAME_WORDS);
	}
	for (int i = 0; i < WORDS_COUNT; i++) {
		CHECK(seen[i] > 0);
	}
}

/* What people type. */

static void test_normalise(void)
{
	static const char *const same[] = {
		"acorn lantern maple zoom", "ACORN Lantern mAple zooM",
		"  acorn\tlantern\r\nmaple   zoom \n", "acorn-lantern-maple-zoom",
		"acorn, lantern, maple, zoom.", "1. acorn 2. lantern 3. maple 4. zoom",
		"acorn\xc2\xa0lantern\xe2\x80\x93maple zoom", /* no-break space, en dash */
	};
	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
		char text[CODENAME_TEXT_MAX];
		CHECK(codename_normalise(same[i], strlen(same[i]), text));
		CHECK_STR(text, "acorn lantern maple zoom");
	}
}

static void test_normalise_refuses(void)
{
	static const char *const wrong[] = {
		"",
		"   ",
		"acorn",
		"acorn lantern maple",
		"acorn lantern maple zoom zoom",
		"acorn lantern maple zoomy",
		"acorn lantern maple zo om",
		"acornlanternmaplezoom",
		"acorn lantern maple zoom x",
		"acorn lantern maple abcdefghijklmnopqrstuvwxyz",
		"\xff\xfe\xfd",
	};
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		char text[CODENAME_TEXT_MAX] = "untouched";
		CHECK(!codename_normalise(wrong[i], strlen(wrong[i]), text));
		CHECK_STR(text, "untouched"); /* set only on success */
	}
	char text[CODENAME_TEXT_MAX];
	CHECK(!codename_normalise("acorn lantern maple zoom", 23, text)); /* "zoo" */
	CHECK(!codename_normalise("acorn lantern\0maple", 19, text)); /* NUL is a separator */
	CHECK(codename_normalise("acorn lantern\0maple zoom", 24, text));
}

static void test_normalise_what_was_drawn(void)
{
	struct random random = {.state = 41};
	for (int i = 0; i < 2000; i++) {
		char drawn[CODENAME_TEXT_MAX], text[CODENAME_TEXT_MAX], shouted[CODENAME_TEXT_MAX];
		codename_draw(drawn, draw_random, &random);
		for (size_t c = 0; c < sizeof(drawn); c++) {
			shouted[c] = drawn[c] >= 'a' && drawn[c] <= 'z' ? (char)(drawn[c] - 32)
									: drawn[c];
		}
		REQUIRE(codename_normalise(shouted, strlen(shouted), text));
		CHECK(memcmp(text, drawn, sizeof(text)) == 0); /* to the last byte */
	}
}

/* Random bytes of an exact allocation, so that a read past the end is caught. */
static void test_random_bytes(void)
{
	struct random random = {.state = 42};
	uint8_t wanted[CODENAME_WINDOW_BYTES] = {0};
	for (int i = 0; i < 20000; i++) {
		size_t size = 1 + (size_t)random_below(&random, 60);
		char *exact = malloc(size);
		REQUIRE(exact != NULL);
		for (size_t b = 0; b < size; b++) {
			exact[b] = random_chance(&random, 80)
					   ? (char)('a' + random_below(&random, 26))
					   : (char)random_below(&random, 256);
		}
		char text[CODENAME_TEXT_MAX];
		CHECK(!codename_normalise(exact, size, text));
		CHECK(!codename_inside(exact, size, pepper, wanted));
		free(exact);
	}
}

/* The hashes. */

static void expect_hex(const uint8_t *bytes, size_t size, const char *expected)
{
	char hex[2 * 64 + 1];
	sodium_bin2hex(hex, sizeof(hex), bytes, size);
	CHECK_STR(hex, expected);
}

/*
 * Against the reference implementation's command line: argon2 SALT -id -t 2 -k 65536 -p 1 -l 32,
 * with SALT from Python's hashlib.blake2b. It pins every parameter: with another one no codename in
 * use would open its room any more.
 */
static void test_slow_hash(void)
{
	uint8_t hash[CODENAME_SLOW_BYTES];
	REQUIRE(codename_hash(words, pepper, hash));
	expect_hex(hash, sizeof(hash),
		"f8ebec37949b2613de8d8dbfd141db434a0df6994b7b076b8c9b80e7215e4c7b");
}

static void test_slow_hash_needs_words_and_pepper(void)
{
	uint8_t hash[CODENAME_SLOW_BYTES], other[CODENAME_SLOW_BYTES];
	uint8_t other_pepper[32] = {9};
	REQUIRE(codename_hash(words, pepper, hash));
	REQUIRE(codename_hash(turned, pepper, other));
	CHECK(memcmp(hash, other, sizeof(hash)) != 0);
	REQUIRE(codename_hash(words, other_pepper, other));
	CHECK(memcmp(hash, other, sizeof(hash)) != 0);
}

/* Python: hashlib.blake2b(text, key=pepper, digest_size=16, person=b"hark window"). */
static void test_window_hash(void)
{
	uint8_t hash[CODENAME_WINDOW_BYTES];
	codename_window_hash(words, pepper, hash);
	expect_hex(hash, sizeof(hash), "e8bb95535163d1c6e48d9b0af4ca7703");
}

/* Inside a message. */

static void test_inside(void)
{
	static const char *const leaks[] = {
		"acorn lantern maple zoom",
		"my words are acorn lantern maple zoom ok?",
		"Acorn, Lantern, Maple, Zoom",
		"acorn\nlantern\nmaple\nzoom",
		"1) acorn 2) lantern 3) maple 4) zoom",
		"zoom acorn lantern maple zoom zoom", /* list words before and behind */
		"acorn acorn lantern maple zoom",
		"acorn lantern maple acorn lantern maple zoom",
	};
	static const char *const fine[] = {
		"",
		"acorn lantern maple",
		"zoom maple lantern acorn", /* another order is another codename */
		"acorn lantern and maple zoom", /* "and" is not in the list */
		"acorn lantern maple zooms",
		"i left my acorn by the lantern under the maple and zoom",
	};
	uint8_t wanted[CODENAME_WINDOW_BYTES];
	codename_window_hash(words, pepper, wanted);
	CHECK_INT(words_find("and", 3), -1);
	for (size_t i = 0; i < sizeof(leaks) / sizeof(leaks[0]); i++) {
		CHECK(codename_inside(leaks[i], strlen(leaks[i]), pepper, wanted));
	}
	for (size_t i = 0; i < sizeof(fine) / sizeof(fine[0]); i++) {
		CHECK(!codename_inside(fine[i], strlen(fine[i]), pepper, wanted));
	}
	CHECK(!codename_inside(leaks[0], strlen(leaks[0]) - 1, pepper, wanted));
	uint8_t other_pepper[32] = {9};
	CHECK(!codename_inside(leaks[0], strlen(leaks[0]), other_pepper, wanted));
}

/* Wherever it stands in a long row of list words. */
static void test_inside_anywhere(void)
{
	struct random random = {.state = 43};
	for (int i = 0; i < 300; i++) {
		char drawn[CODENAME_TEXT_MAX], body[2048] = "", other[CODENAME_TEXT_MAX];
		uint8_t wanted[CODENAME_WINDOW_BYTES];
		codename_draw(drawn, draw_random, &random);
		codename_window_hash(drawn, pepper, wanted);
		int64_t at = random_below(&random, 20);
		for (int64_t part = 0; part < 20; part++) {
			codename_draw(other, draw_random, &random);
			strcat(strcat(body, part == at ? drawn : other), " ");
		}
		CHECK(codename_inside(body, strlen(body), pepper, wanted));
		codename_window_hash(other, pepper, wanted);
		wanted[0] ^= 1;
		CHECK(!codename_inside(body, strlen(body), pepper, wanted));
	}
}

/* Rooms. */

static void test_room_names(void)
{
	static const char *const pictures[] = {"lantern-a", "lantern-b", "window-a", "window-b",
		"river-a", "river-b", "field-a", "field-b", "harbor-a", "harbor-b", "gate-a",
		"gate-b", "bell-a", "bell-b", "moss-a", "moss-b"};
	enum {
		PICTURES = sizeof(pictures) / sizeof(pictures[0])
	};
	int seen[PICTURES] = {0};
	struct random random = {.state = 44};
	for (int i = 0; i < 4000; i++) {
		char name[41], picture[21]; /* the wire's bounds */
		room_name_draw(name, sizeof(name), picture, sizeof(picture), draw_random, &random);
		char *space = strchr(name, ' ');
		REQUIRE(space != NULL);
		CHECK(strchr(space + 1, ' ') == NULL);
		CHECK(name[0] >= 'A' && name[0] <= 'Z' && space[1] >= 'A' && space[1] <= 'Z');
		int known = 0;
		for (int p = 0; p < PICTURES; p++) {
			if (strcmp(picture, pictures[p]) == 0) {
				seen[p]++;
				known++;
			}
		}
		CHECK_INT(known, 1);
	}
	for (int p = 0; p < PICTURES; p++) {
		CHECK(seen[p] > 0);
	}
}

static void test_room_name_and_picture_agree(void)
{
	char name[41], picture[21];
	room_name_draw(name, sizeof(name), picture, sizeof(picture), draw_last, NULL);
	CHECK_STR(name, "Yellow Maple");
	CHECK_STR(picture, "moss-b");
	struct script zeros = {0};
	room_name_draw(name, sizeof(name), picture, sizeof(picture), draw_script, &zeros);
	CHECK_STR(name, "Autumn Lantern");
	CHECK_STR(picture, "lantern-a");
}

int main(void)
{
	if (sodium_init() < 0) {
		return EXIT_FAILURE;
	}
	RUN(test_list_sorted_and_plain);
	RUN(test_list_first_four_differ);
	RUN(test_list_found);
	RUN(test_draw);
	RUN(test_draw_uses_the_whole_list);
	RUN(test_normalise);
	RUN(test_normalise_refuses);
	RUN(test_normalise_what_was_drawn);
	RUN(test_random_bytes);
	RUN(test_slow_hash);
	RUN(test_slow_hash_needs_words_and_pepper);
	RUN(test_window_hash);
	RUN(test_inside);
	RUN(test_inside_anywhere);
	RUN(test_room_names);
	RUN(test_room_name_and_picture_agree);
	return tap_done();
}
