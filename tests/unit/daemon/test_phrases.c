/*
 * Watch phrases: texts and phrases by table, with the places in the text as it was written; random
 * texts against a matcher that tries every place; and texts made to be expensive.
 */
#include "daemon/phrases.h"

#include "daemon/fold.h"
#include "tests/unit/daemon/random.h"
#include "tests/unit/tap.h"

#include <utf8proc.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define W WIRE_MATCH_WORD
#define S WIRE_MATCH_STEM
#define A WIRE_MATCH_ANYWHERE

static struct phrase_rule rule(const char *text, enum wire_match match)
{
	return (struct phrase_rule){1, WIRE_SEVERITY_HIGH, match, "Test", text};
}

/* ---- by table ---- */

static const struct {
	const char *phrase;
	enum wire_match match;
	const char *text;
	int from, size; /* code points; -1: no match */
} table[] = {
	/* as written */
	{"kill", W, "kill", 0, 4},
	{"kill", W, "I will kill it", 7, 4},
	{"kill", W, "skill", -1, 0},
	{"kill", W, "killer", -1, 0},
	{"kill", W, "", -1, 0},
	{"kill", W, "kil", -1, 0},
	{"kill", W, "(kill)", 1, 4},
	{"kill", W, "\"kill\"...", 1, 4},
	{"kill", S, "killing", 0, 7},
	{"kill", S, "skill", -1, 0},
	{"kill", S, "kill", 0, 4},
	{"suicid", S, "suicidality, really", 0, 11},
	{"cut", S, "cutabcdefgh", -1, 0},
	{"cut", S, "cutabcdefg", 0, 10},
	{"kill", A, "skills", 1, 4},
	{"kill", A, "kill", 0, 4},
	{"kill myself", W, "kill   \n myself!", 0, 15},
	{"kill myself", W, "kill-myself", 0, 11},
	{"kill myself", W, "killmyself", -1, 0},
	{"  kill,  myself ", W, "kill myself", 0, 11},
	/* case, accents, width */
	{"kill", W, "KILL", 0, 4},
	{"KILL", W, "kill", 0, 4},
	{"suicidé", W, "SUICIDE", 0, 7},
	{"suicide", W, "me suicidé ayer", 3, 7},
	{"suicide", W, "suicide\xcc\x81 x", 0, 8},
	{"kill", W, "ｋｉｌｌ", 0, 4},
	{"kill", W, "𝓴𝓲𝓵𝓵", 0, 4},
	{"kill", W, "ⓚⓘⓛⓛ", 0, 4},
	{"strasse", W, "Straße", 0, 6},
	{"ß", A, "strasse", 4, 2},
	{"s", A, "ß", 0, 1},
	{"fish", W, "oﬁsh ﬁsh", 5, 3},
	/* apostrophes */
	{"don't", W, "I dont know", 2, 4},
	{"dont", W, "I don’t know", 2, 5},
	{"don't", W, "I don't know", 2, 5},
	{"can't go on", W, "I can`t go on", 2, 11},
	{"kill", W, "'kill'", 1, 5},
	/* look-alikes */
	{"kill", W, "k1ll", 0, 4},
	{"kill", W, "ki11", 0, 4},
	{"kill", W, "k!ll", 0, 4},
	{"kill", W, "k!!l", 0, 4},
	{"kill", W, "k!|| now", 0, 4},
	{"kill", W, "kill!", 0, 4},
	{"kill", W, "kill!!!!! x", 0, 4},
	{"kill", W, "kill!me", 0, 4},
	{"kill me", W, "kill!!!!me", 0, 10},
	{"kill", W, "stop!kill", 5, 4},
	{"k1ll", W, "kill", 0, 4},
	{"k!ll", W, "kill", 0, 4},
	{"pills", W, "pill$", 0, 5},
	{"pills", W, "pill$ ", 0, 5},
	{"suicide", W, "$uic1d3", 0, 7},
	{"hate", W, "h@te", 0, 4},
	{"hate", W, "h4te", 0, 4},
	{"at home", W, "@ home", -1, 0},
	{"die", W, "d13", 0, 3},
	{"shoot", W, "sh00t", 0, 5},
	{"30 pills", W, "i took 30 pills", 7, 8},
	{"911", W, "call 911!", 5, 3},
	{"kill", W, "\xd0\xba\xd1\x96ll", 0, 4}, /* Cyrillic k, i */
	{"pope", W, "роре", 0, 4},
	{"убить", W, "УБИТЬ", 0, 5},
	{"kill", W, "ᴋɪʟʟ", 0, 4},
	/* hidden characters */
	{"kill", W, "k\xe2\x80\x8bi\xe2\x80\x8dl\xc2\xadl", 0, 7},
	{"kill", W, "\xe2\x80\xaekill", 1, 4},
	/* drawn out */
	{"die", W, "diiiie", 0, 6},
	{"die", W, "dieeeeee", 0, 8},
	{"die", W, "diie", -1, 0},
	{"kill", W, "kiiillll!!", 0, 8},
	{"kill", W, "killlllll", 0, 9},
	{"kill", S, "killllling", 0, 10},
	{"kill", A, "xkillllly", 1, 7},
	{"die", W, "d111e", 0, 5},
	{"aaargh", W, "argh aargh", 5, 5},
	/* spaced out */
	{"kill", W, "k i l l", 0, 7},
	{"kill", W, "I k i l l it", 2, 7},
	{"kill", W, "k.i.l.l", 0, 7},
	{"kill", W, "k-1-l-l now", 0, 7},
	{"kill", W, "k i ll", -1, 0},
	{"i want to die", W, "i want to d i e", 0, 15},
	{"kill me", W, "k i l l me", 0, 10},
	{"ab", W, "a b", -1, 0},
	{"u r ugly", W, "u r ugly", 0, 8},
	/* Arabic: tatweel, harakat, forms of a letter */
	{"انتحار", W, "انتحـــار", 0, 9},
	{"انتحار", W, "اِنْتِحَار", 0, 10},
	{"أريد أن أموت", W, "اريد ان اموت", 0, 12},
	{"سأقتل نفسي", W, "ساقتل نفسى", 0, 10},
	{"مدرسة", W, "مدرسه", 0, 5},
	{"انتحار", A, "والانتحار", 3, 6},
	{"انتحار", W, "والانتحار", -1, 0},
	/* Hebrew points, Devanagari vowels */
	{"שלום", W, "שָׁלוֹם", 0, 7},
	{"मारना", W, "मारना", 0, 5},
	{"मारना", W, "मरन", -1, 0},
	/* pictures are words */
	{"🔪", W, "look🔪now", 4, 1},
	{"🔪", W, "🔪", 0, 1},
	{"kill", W, "🔪kill🔪", 1, 4},
	{"👊", W, "👊🏽", 0, 1},
	/* broken text */
	{"kill", W, "\xff kill", 2, 4},
	{"kill", W, "kill\xc3", 0, 4},
};

static void test_table(void)
{
	for (size_t i = 0; i < COUNT(table); i++) {
		struct phrase_rule one = rule(table[i].phrase, table[i].match);
		struct phrases *phrases = phrases_compile(&one, 1);
		struct phrase_span spans[PHRASES_SPANS_MAX];
		size_t count = phrases_match(phrases, table[i].text, strlen(table[i].text), spans);
		bool right = table[i].from < 0
				     ? count == 0
				     : count == 1 && (int)spans[0].from == table[i].from &&
					       (int)spans[0].size == table[i].size;
		if (!right) {
			printf("# \"%s\" in \"%s\": %zu found, %d + %d\n", table[i].phrase,
				table[i].text, count, count > 0 ? (int)spans[0].from : -1,
				count > 0 ? (int)spans[0].size : 0);
		}
		CHECK(right);
		phrases_free(phrases);
	}
}

/* ---- several ---- */

static void test_overlaps(void)
{
	const struct phrase_rule rules[] = {
		{1, WIRE_SEVERITY_LOW, W, "a", "want to die now"},
		{2, WIRE_SEVERITY_HIGH, W, "b", "to die"},
		{3, WIRE_SEVERITY_MEDIUM, W, "c", "want"},
		{4, WIRE_SEVERITY_MEDIUM, W, "d", "i want"},
		{5, WIRE_SEVERITY_HIGH, W, "e", "to die"},
	};
	struct phrases *phrases = phrases_compile(rules, COUNT(rules));
	struct phrase_span spans[PHRASES_SPANS_MAX];
	const char *text = "I want to die now";
	CHECK_INT(phrases_match(phrases, text, strlen(text), spans), 2);
	CHECK_INT(spans[0].rule->id, 4);
	CHECK_INT(spans[0].from, 0);
	CHECK_INT(spans[0].size, 6);
	CHECK_INT(spans[1].rule->id, 2);
	CHECK_STR(spans[1].rule->category, "b");
	CHECK_INT(spans[1].from, 7);
	CHECK_INT(spans[1].size, 6);
	phrases_free(phrases);
}

static void test_none(void)
{
	struct phrase_span spans[PHRASES_SPANS_MAX];
	struct phrases *phrases = phrases_compile(NULL, 0);
	CHECK_INT(phrases_match(phrases, "kill", 4, spans), 0);
	phrases_free(phrases);
	struct phrase_rule empty = rule(" .,'", A);
	phrases = phrases_compile(&empty, 1);
	CHECK_INT(phrases_match(phrases, " .,' kill", 9, spans), 0);
	phrases_free(phrases);
	phrases_free(NULL);
}

static void test_the_gravest_are_kept(void)
{
	const struct phrase_rule rules[] = {
		{1, WIRE_SEVERITY_LOW, W, "a", "ow"},
		{2, WIRE_SEVERITY_HIGH, W, "b", "help"},
	};
	char text[4001];
	for (int i = 0; i < 1330; i++) {
		memcpy(text + 3 * i, "ow ", 3);
	}
	memcpy(text + 3990, "help", 5);
	struct phrases *phrases = phrases_compile(rules, COUNT(rules));
	struct phrase_span spans[PHRASES_SPANS_MAX];
	CHECK_INT(phrases_match(phrases, text, strlen(text), spans), PHRASES_SPANS_MAX);
	CHECK_INT(spans[PHRASES_SPANS_MAX - 1].rule->id, 2);
	CHECK_INT(spans[PHRASES_SPANS_MAX - 1].from, 3990);
	phrases_free(phrases);
}

/* Nothing behind what a message may have is looked at, and nothing breaks. */
static void test_longer_than_a_message(void)
{
	static char text[4000 * 3 + 100];
	for (int i = 0; i < 4000; i++) {
		memcpy(text + 3 * i, "\xef\xb7\xba", 3); /* folds to more than anything else */
	}
	strcpy(text + 12000, " kill");
	struct phrase_rule one = rule("kill", W);
	struct phrases *phrases = phrases_compile(&one, 1);
	struct phrase_span spans[PHRASES_SPANS_MAX];
	CHECK_INT(phrases_match(phrases, text, strlen(text), spans), 0);
	CHECK_INT(phrases_match(phrases, text + 3, strlen(text) - 3, spans), 0);
	CHECK_INT(phrases_match(phrases, text + 12, strlen(text) - 12, spans), 0);
	CHECK_INT(phrases_match(phrases, text + 15, strlen(text) - 15, spans), 1);
	phrases_free(phrases);
}

static void test_folded(void)
{
	char out[PHRASES_FOLDED_BYTES];
	phrases_fold("  DON'T,  stop!! ", 17, out);
	CHECK_STR(out, "dont stop");
	phrases_fold("k!11 pill$", 10, out);
	CHECK_STR(out, "kii pills");
	CHECK_INT(phrases_fold("...", 3, out), 0);
	CHECK_INT(phrases_fold("", 0, out), 0);
	char wide[81 * 3];
	for (int i = 0; i < 80; i++) {
		memcpy(wide + 3 * i, "\xef\xb7\xba", 3);
	}
	CHECK_INT(phrases_fold(wide, 240, out), 0);
}

/* ---- against a matcher that tries every place ---- */

enum {
	RULES = 40,
	TEXT = 120,
};

struct naive_match {
	int from, size, rule;
};

static bool ends_word(const char *text, int at)
{
	return text[at] == '\0' || text[at] == ' ';
}

/* -1: not here. */
static int naive_size(const struct phrase_rule *is, const char *text, int at)
{
	int size = (int)strlen(is->text);
	bool begins = at == 0 || text[at - 1] == ' ';
	if (strncmp(text + at, is->text, (size_t)size) != 0 || (is->match != A && !begins)) {
		return -1;
	}
	if (is->match == W) {
		return ends_word(text, at + size) ? size : -1;
	}
	int tail = 0;
	while (is->match == S && !ends_word(text, at + size)) {
		tail += text[at + size] != text[at + size - 1];
		size++;
	}
	return tail <= PHRASES_STEM_TAIL ? size : -1;
}

static bool naive_before(
	const struct phrase_rule *rules, struct naive_match a, struct naive_match b)
{
	int severity = (int)rules[a.rule].severity - (int)rules[b.rule].severity;
	if (severity != 0) {
		return severity > 0;
	}
	if (a.size != b.size) {
		return a.size > b.size;
	}
	return a.from != b.from ? a.from < b.from : a.rule < b.rule;
}

/* Takes the best that is left, again and again; marks its letters as taken. */
static int naive_match(const struct phrase_rule *rules, const char *text, struct naive_match *out)
{
	bool taken[TEXT + 1] = {false};
	for (int count = 0;; count++) {
		struct naive_match best = {.rule = -1};
		for (int r = 0; r < RULES; r++) {
			for (int at = 0; text[at] != '\0'; at++) {
				struct naive_match one = {at, naive_size(&rules[r], text, at), r};
				bool free_place = one.size > 0;
				for (int i = 0; i < one.size; i++) {
					free_place &= !taken[at + i];
				}
				if (free_place &&
					(best.rule < 0 || naive_before(rules, one, best))) {
					best = one;
				}
			}
		}
		if (best.rule < 0) {
			return count;
		}
		memset(taken + best.from, true, (size_t)best.size);
		out[count] = best;
	}
}

/* Words of two letters or more out of few letters, none three times in a row. */
static void random_words(struct random *random, char *out, int size, int words)
{
	int at = 0;
	for (int word = 0; word < words && at + 8 < size; word++) {
		int letters = 2 + (int)random_below(random, 4);
		if (at > 0) {
			out[at++] = ' ';
		}
		for (int i = 0; i < letters; i++) {
			out[at] = (char)('a' + (int)random_below(random, 3));
			if (i >= 2 && out[at] == out[at - 1] && out[at] == out[at - 2]) {
				out[at] = out[at] == 'a' ? 'b' : 'a';
			}
			at++;
		}
	}
	out[at] = '\0';
}

static void test_against_every_place(void)
{
	struct random random = {12};
	for (int round = 0; round < 150; round++) {
		char texts[RULES][32];
		struct phrase_rule rules[RULES];
		for (int i = 0; i < RULES; i++) {
			random_words(&random, texts[i], sizeof(texts[i]),
				1 + (int)random_below(&random, 3));
			rules[i] = (struct phrase_rule){i,
				(enum wire_severity)random_below(&random, 3),
				(enum wire_match)random_below(&random, 3), "x", texts[i]};
		}
		struct phrases *phrases = phrases_compile(rules, RULES);
		for (int i = 0; i < 20; i++) {
			char text[TEXT];
			struct naive_match wanted[TEXT];
			struct phrase_span got[PHRASES_SPANS_MAX];
			random_words(
				&random, text, sizeof(text), 1 + (int)random_below(&random, 15));
			int wanted_count = naive_match(rules, text, wanted);
			int count = (int)phrases_match(phrases, text, strlen(text), got);
			CHECK_INT(count, wanted_count);
			for (int g = 0; g < count; g++) {
				bool found = false;
				for (int w = 0; w < wanted_count; w++) {
					found |= wanted[w].from == (int)got[g].from &&
						 wanted[w].size == (int)got[g].size &&
						 wanted[w].rule == (int)got[g].rule->id;
				}
				CHECK(found);
				CHECK(g == 0 || got[g - 1].from + got[g - 1].size <= got[g].from);
			}
			if (tap_this_failed) {
				printf("# text \"%s\"\n", text);
				phrases_free(phrases);
				return;
			}
		}
		phrases_free(phrases);
	}
}

/* More states than have rows, so that moves go by children and suffixes too. */
static void test_many(void)
{
	enum {
		MANY = 5000
	};
	struct random random = {5};
	static char texts[MANY][16];
	static struct phrase_rule rules[MANY];
	for (int i = 0; i < MANY; i++) {
		for (int j = 0; j < 15; j++) {
			texts[i][j] = (char)('b' + (int)random_below(&random, 24));
		}
		texts[i][15] = '\0';
		rules[i] = rule(texts[i], i % 2 == 0 ? W : A);
		rules[i].id = i;
	}
	struct phrases *phrases = phrases_compile(rules, MANY);
	for (int i = 0; i < MANY; i++) {
		struct phrase_span spans[PHRASES_SPANS_MAX];
		char text[64];
		/* Behind the beginning of another one: a suffix must take over. */
		snprintf(text, sizeof(text), "%.9s%s%s", texts[(i + 7) % MANY],
			i % 2 == 0 ? " " : "", texts[i]);
		char folded[PHRASES_FOLDED_BYTES];
		phrases_fold(texts[i], 15, folded);
		size_t count = phrases_match(phrases, text, strlen(text), spans);
		CHECK_INT(count, 1);
		if (count == 1) {
			CHECK_INT(spans[0].rule->id, i);
		}
	}
	phrases_free(phrases);
}

/* The letter a code point folds to, if it is one. */
static bool folds_to_letter(uint32_t code_point, uint32_t *letter)
{
	uint32_t parts[FOLD_MAX];
	if (fold_code_point(code_point, parts) != 1 || parts[0] == FOLD_GAP ||
		fold_sign(parts[0]) != NULL) {
		return false;
	}
	*letter = parts[0];
	return true;
}

/* A phrase of one letter for every second letter: each code point finds the one it folds to, and
 * those between find nothing. */
static void test_every_letter(void)
{
	enum {
		CODE_POINTS = 0x2400
	};
	static char texts[CODE_POINTS][5];
	static struct phrase_rule rules[CODE_POINTS];
	uint32_t letter;
	size_t count = 0;
	for (uint32_t c = 1; c < CODE_POINTS; c++) {
		if (folds_to_letter(c, &letter) && letter % 2 == 0) {
			utf8proc_encode_char((utf8proc_int32_t)c, (utf8proc_uint8_t *)texts[count]);
			rules[count] = rule(texts[count], A);
			rules[count++].id = letter;
		}
	}
	struct phrases *phrases = phrases_compile(rules, count);
	CHECK(count > CODE_POINTS / 4);
	for (uint32_t c = 1; c < CODE_POINTS && !tap_this_failed; c++) {
		struct phrase_span spans[PHRASES_SPANS_MAX];
		char text[4];
		size_t size =
			(size_t)utf8proc_encode_char((utf8proc_int32_t)c, (utf8proc_uint8_t *)text);
		if (folds_to_letter(c, &letter)) {
			CHECK_INT(phrases_match(phrases, text, size, spans), letter % 2 == 0);
			CHECK(letter % 2 != 0 || spans[0].rule->id == (int64_t)letter);
		}
	}
	phrases_free(phrases);
}

int main(void)
{
	RUN(test_table);
	RUN(test_overlaps);
	RUN(test_none);
	RUN(test_the_gravest_are_kept);
	RUN(test_longer_than_a_message);
	RUN(test_folded);
	RUN(test_against_every_place);
	RUN(test_many);
	RUN(test_every_letter);
	return tap_done();
}
