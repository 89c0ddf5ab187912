/* What code points fold to; see fold.h. */
#include "daemon/fold.h"

#include <utf8proc.h>

enum {
	DECOMPOSED_MAX = 20 /* code points; of Unicode's the longest has 18 */
};

struct pair {
	uint32_t from, to;
};

/* Letters that look like another, after case folding; ascending. Mapped in texts and phrases alike,
 * so that a word of either alphabet still equals itself. */
static const struct pair look_alikes[] = {
	{'0', 'o'},
	{'3', 'e'},
	{'4', 'a'},
	{'5', 's'},
	{'7', 't'},
	{0x00f8, 'o'}, /* o with a stroke */
	{0x0111, 'd'},
	{0x0127, 'h'},
	{0x0131, 'i'}, /* without a dot */
	{0x0142, 'l'},
	{0x0251, 'a'},
	{0x0261, 'g'},
	{0x0262, 'g'}, /* small capitals */
	{0x0268, 'i'},
	{0x026a, 'i'},
	{0x0274, 'n'},
	{0x0280, 'r'},
	{0x028f, 'y'},
	{0x0299, 'b'},
	{0x029c, 'h'},
	{0x029f, 'l'},
	{0x03b1, 'a'}, /* Greek */
	{0x03b5, 'e'},
	{0x03b7, 'n'},
	{0x03b9, 'i'},
	{0x03ba, 'k'},
	{0x03bd, 'v'},
	{0x03bf, 'o'},
	{0x03c1, 'p'},
	{0x03c4, 't'},
	{0x03c5, 'u'},
	{0x03c7, 'x'},
	{0x03c9, 'w'},
	{0x03f2, 'c'},
	{0x03f3, 'j'},
	{0x0430, 'a'}, /* Cyrillic */
	{0x0432, 'b'},
	{0x0435, 'e'},
	{0x043a, 'k'},
	{0x043c, 'm'},
	{0x043d, 'h'},
	{0x043e, 'o'},
	{0x0440, 'p'},
	{0x0441, 'c'},
	{0x0442, 't'},
	{0x0443, 'y'},
	{0x0445, 'x'},
	{0x0455, 's'},
	{0x0456, 'i'},
	{0x0458, 'j'},
	{0x04bb, 'h'},
	{0x04cf, 'l'},
	{0x0501, 'd'},
	{0x051b, 'q'},
	{0x051d, 'w'},
	{0x0585, 'o'}, /* Armenian */
	{0x0629, 0x0647}, /* Arabic: teh marbuta as heh */
	{0x0649, 0x064a}, /* alef maksura as yeh */
	{0x0671, 0x0627}, /* alef wasla */
	{0x06a9, 0x0643}, /* keheh as kaf */
	{0x06cc, 0x064a}, /* Farsi yeh */
	{0x1d00, 'a'}, /* small capitals again */
	{0x1d04, 'c'},
	{0x1d05, 'd'},
	{0x1d07, 'e'},
	{0x1d0a, 'j'},
	{0x1d0b, 'k'},
	{0x1d0d, 'm'},
	{0x1d0f, 'o'},
	{0x1d18, 'p'},
	{0x1d1b, 't'},
	{0x1d1c, 'u'},
	{0x1d20, 'v'},
	{0x1d21, 'w'},
	{0x1d22, 'z'},
	{0xa730, 'f'},
	{0xa731, 's'},
};

static const struct fold_sign signs[] = {
	{'1', "il", false, true},
	{'!', "il", true, false},
	{'|', "li", true, true},
	{'@', "a", true, false},
	{'$', "s", true, true},
};

const struct fold_sign *fold_sign(uint32_t code_point)
{
	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
		if ((uint32_t)signs[i].sign == code_point) {
			return &signs[i];
		}
	}
	return NULL;
}

static uint32_t look_alike(uint32_t code_point)
{
	size_t low = 0, high = sizeof(look_alikes) / sizeof(look_alikes[0]);
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (look_alikes[middle].from == code_point) {
			return look_alikes[middle].to;
		}
		if (look_alikes[middle].from < code_point) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return code_point;
}

static bool is_apostrophe(uint32_t code_point)
{
	return code_point == '\'' || code_point == '`' || code_point == 0x00b4 ||
	       code_point == 0x02b9 || code_point == 0x02bb || code_point == 0x02bc ||
	       code_point == 0x2018 || code_point == 0x2019 || code_point == 0x2032 ||
	       code_point == 0xff07;
}

/* Marks without which a word is still read as the same word. */
static bool is_accent(uint32_t code_point)
{
	static const struct pair ranges[] = {
		{0x0300, 0x036f}, /* accents of Latin, Greek, Cyrillic */
		{0x0483, 0x0489},
		{0x0591, 0x05c7}, /* Hebrew points */
		{0x0610, 0x061a}, /* Arabic */
		{0x064b, 0x065f}, /* harakat, hamza above and below */
		{0x0670, 0x0670},
		{0x06d6, 0x06ed},
		{0x0711, 0x0711},
		{0x0730, 0x074a}, /* Syriac */
		{0x1ab0, 0x1aff},
		{0x1dc0, 0x1dff},
		{0x20d0, 0x20ff},
		{0xfe00, 0xfe0f},
		{0xfe20, 0xfe2f},
	};
	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
		if (code_point >= ranges[i].from && code_point <= ranges[i].to) {
			return true;
		}
	}
	return false;
}

/* One code point of a decomposition. Returns how many were written: 0, 1, or a picture's 3. */
static size_t fold_part(uint32_t code_point, uint32_t out[3])
{
	enum {
		TATWEEL = 0x0640
	};
	if (code_point == TATWEEL || is_apostrophe(code_point)) {
		return 0;
	}
	out[0] = FOLD_GAP;
	switch (utf8proc_category((utf8proc_int32_t)code_point)) {
	case UTF8PROC_CATEGORY_LU:
	case UTF8PROC_CATEGORY_LL:
	case UTF8PROC_CATEGORY_LT:
	case UTF8PROC_CATEGORY_LM:
	case UTF8PROC_CATEGORY_LO:
	case UTF8PROC_CATEGORY_ND:
	case UTF8PROC_CATEGORY_NL:
	case UTF8PROC_CATEGORY_NO:
	case UTF8PROC_CATEGORY_MC:
		out[0] = look_alike(code_point);
		return 1;
	case UTF8PROC_CATEGORY_MN:
		out[0] = code_point;
		return is_accent(code_point) ? 0 : 1;
	case UTF8PROC_CATEGORY_ME:
	case UTF8PROC_CATEGORY_CF:
		return 0;
	case UTF8PROC_CATEGORY_SK:
		return code_point < 0x80 ? 1 : 0; /* skin tones and lone accents; ^ is a gap */
	case UTF8PROC_CATEGORY_SO:
		out[1] = code_point;
		out[2] = FOLD_GAP;
		return 3;
	default:
		out[0] = fold_sign(code_point) != NULL ? code_point : (uint32_t)FOLD_GAP;
		return 1;
	}
}

size_t fold_code_point(uint32_t code_point, uint32_t out[FOLD_MAX])
{
	if (is_apostrophe(code_point)) {
		return 0; /* before it is taken apart: an acute is a blank with an accent */
	}
	utf8proc_int32_t parts[DECOMPOSED_MAX];
	int boundary = 0;
	utf8proc_ssize_t count =
		utf8proc_decompose_char((utf8proc_int32_t)code_point, parts, DECOMPOSED_MAX,
			UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE,
			&boundary);
	if (count < 0 || count > DECOMPOSED_MAX) {
		out[0] = FOLD_GAP;
		return 1;
	}
	size_t filled = 0;
	for (utf8proc_ssize_t i = 0; i < count; i++) {
		uint32_t part[3];
		size_t part_count = fold_part((uint32_t)parts[i], part);
		for (size_t j = 0; j < part_count && filled < FOLD_MAX; j++) {
			out[filled++] = part[j];
		}
	}
	return filled;
}

uint32_t fold_next(const char *bytes, size_t size, size_t *at)
{
	utf8proc_int32_t code_point = 0;
	utf8proc_ssize_t taken = utf8proc_iterate(
		(const utf8proc_uint8_t *)bytes + *at, (utf8proc_ssize_t)(size - *at), &code_point);
	if (taken <= 0) {
		++*at;
		return 0xfffd;
	}
	*at += (size_t)taken;
	return (uint32_t)code_point;
}
