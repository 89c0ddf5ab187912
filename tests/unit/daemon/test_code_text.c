/* Printed codes: as drawn, as typed, and with a slip of the finger. */
#include "daemon/code_text.h"

#include "tests/unit/daemon/random.h"
#include "tests/unit/tap.h"

#include <ctype.h>

static uint32_t draw(void *data, uint32_t below)
{
	return (uint32_t)random_below(data, below);
}

static bool reads(const char *typed, const char *as)
{
	char out[CODE_TEXT_BYTES];
	return code_text_read(typed, strlen(typed), out) && strcmp(out, as) == 0;
}

static bool refuses(const char *typed, size_t size)
{
	char out[CODE_TEXT_BYTES];
	return !code_text_read(typed, size, out);
}

static void test_as_typed(void)
{
	struct random random = {1};
	char code[CODE_TEXT_BYTES];
	for (int i = 0; i < 1000; i++) {
		code_text_draw(code, draw, &random);
		REQUIRE(strlen(code) == 11 && code[5] == '-');
		CHECK(strpbrk(code, "01AILOU") == NULL);
		CHECK(reads(code, code));
		char lower[32] = "  ";
		for (size_t at = 0; at < 11; at++) {
			lower[2 + at] = code[at] == '-' ? ' ' : (char)tolower(code[at]);
		}
		CHECK(reads(lower, code));
		char bare[16];
		snprintf(bare, sizeof(bare), "%.5s%s", code, code + 6);
		CHECK(reads(bare, code));
	}
}

/* Every single wrong character, and every two that changed places. */
static void test_slips_are_found(void)
{
	static const char alphabet[] = "23456789BCDEFGHJKMNPQRSTVWXYZ";
	struct random random = {2};
	char code[CODE_TEXT_BYTES];
	for (int i = 0; i < 200; i++) {
		code_text_draw(code, draw, &random);
		for (size_t at = 0; at < 11; at++) {
			char right = code[at];
			for (const char *c = alphabet; *c != '\0' && right != '-'; c++) {
				code[at] = *c;
				CHECK(*c == right || refuses(code, 11));
			}
			code[at] = right;
			size_t next = at + 1 == 5 ? 6 : at + 1;
			if (right == '-' || next == 11 || code[next] == right) {
				continue;
			}
			code[at] = code[next];
			code[next] = right;
			CHECK(refuses(code, 11));
			code[next] = code[at];
			code[at] = right;
		}
		CHECK(reads(code, code));
	}
}

static void test_no_codes(void)
{
	struct random random = {3};
	char code[CODE_TEXT_BYTES];
	code_text_draw(code, draw, &random);
	CHECK(refuses("", 0));
	CHECK(refuses(code, 10));
	CHECK(refuses("----------", 10));
	char longer[16];
	snprintf(longer, sizeof(longer), "%s2", code);
	CHECK(refuses(longer, 12));
	char ended[12];
	memcpy(ended, code, 12);
	ended[3] = '\0';
	CHECK(refuses(ended, 11));
	CHECK(refuses("\xc3\xa9", 2));
}

int main(void)
{
	RUN(test_as_typed);
	RUN(test_slips_are_found);
	RUN(test_no_codes);
	return tap_done();
}
