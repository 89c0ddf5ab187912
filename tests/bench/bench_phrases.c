/*
 * What a message costs that is looked through for watch phrases: microseconds of the processor,
 * for 1,000 and 5,000 phrases, over talk of usual length, long messages, and messages made to be
 * expensive.
 *
 *	bench_phrases [SECONDS]
 */
#include "daemon/phrases.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
	MESSAGES = 512
};

static double now_s(void)
{
	struct timespec time;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time); /* it waits for nothing */
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static unsigned below(unsigned limit)
{
	static unsigned long long state = 88172645463325252ULL; /* xorshift64: the same each run */
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (unsigned)(state >> 16) % limit;
}

/* Words as talk has them; phrases are made of them and of stranger ones, so that most messages go
 * some way into the automaton. */
static const char *const english[] = {"i", "you", "the", "and", "to", "was", "that", "it", "my",
	"me", "just", "want", "like", "really", "know", "don't", "dont", "can't", "because",
	"today", "school", "friends", "friend", "mom", "dad", "home", "feel", "feeling", "class",
	"lunch", "they", "said", "nobody", "think", "about", "going", "have", "been", "her", "him",
	"with", "not", "anymore", "talk", "sorry", "maybe", "ok", "yeah", "lol", "idk", "kind",
	"hurt", "tired", "alone", "cry", "hate", "life", "end", "away", "run", "myself"};
static const char *const spanish[] = {"yo", "tú", "que", "no", "quiero", "mamá", "papá", "escuela",
	"amigos", "está", "también", "después", "nadie", "porque", "siento", "cómo", "casa", "más",
	"triste", "mañana", "hoy", "mi", "me", "con", "él", "ella"};
static const char *const arabic[] = {"أنا", "لا", "أريد", "في", "المدرسة", "البيت", "أصدقائي",
	"اليوم", "أمي", "أبي", "أشعر", "وحدي", "كثيرا", "حزين", "لماذا", "هذا", "كل", "شيء"};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Words until `size` bytes are full. */
static char *make_text(const char *const *words, unsigned count, size_t size)
{
	char *text = calloc(size + 1, 1);
	size_t at = 0;
	for (;;) {
		const char *word = words[below(count)];
		if (at + strlen(word) + 1 > size) {
			return text;
		}
		at += (size_t)sprintf(text + at, "%s%s", at > 0 ? " " : "", word);
	}
}

static void make_rules(struct phrase_rule *rules, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		char text[81];
		const char *const *words = i % 4 == 0 ? spanish : i % 4 == 1 ? arabic : english;
		unsigned known = i % 4 == 0   ? COUNT(spanish)
				 : i % 4 == 1 ? COUNT(arabic)
					      : COUNT(english);
		char strange[9];
		for (size_t j = 0; j < 8; j++) {
			strange[j] = (char)('a' + below(26));
		}
		strange[8] = '\0';
		snprintf(text, sizeof(text), "%s %s %.*s", words[below(known)], words[below(known)],
			(int)(3 + below(6)), strange);
		rules[i] = (struct phrase_rule){(int64_t)i, WIRE_SEVERITY_MEDIUM,
			(enum wire_match)below(3), "Bench", strdup(text)};
	}
}

static void measure(const struct phrases *phrases, size_t rules, const char *what, char **messages,
	double seconds)
{
	struct phrase_span spans[PHRASES_SPANS_MAX];
	size_t done = 0, matched = 0, bytes = 0;
	double begun = now_s(), spent = 0;
	do {
		for (size_t i = 0; i < MESSAGES; i++) {
			size_t size = strlen(messages[i]);
			bytes += size;
			matched += phrases_match(phrases, messages[i], size, spans) > 0;
		}
		done += MESSAGES;
		spent = now_s() - begun;
	} while (spent < seconds);
	printf("%5zu phrases  %-24s %6zu bytes  %8.2f us a message  (%zu%% match)\n", rules, what,
		bytes / done, spent * 1e6 / (double)done, matched * 100 / done);
}

int main(int argc, char **argv)
{
	double seconds = argc > 1 ? atof(argv[1]) : 1;
	static const struct {
		const char *what;
		const char *const *words;
		unsigned count;
		size_t size;
	} kinds[] = {
		{"English, 80 bytes", english, COUNT(english), 80},
		{"English, 4000 bytes", english, COUNT(english), 4000},
		{"Spanish, 80 letters", spanish, COUNT(spanish), 85},
		{"Arabic, 80 letters", arabic, COUNT(arabic), 145},
	};
	static const char *const dear[] = {
		"!a!1|$@", "i w a n t", "1l1l1l|!", "meeee", "\xef\xb7\xba"};
	char *messages[COUNT(kinds) + 1][MESSAGES];
	for (size_t k = 0; k < COUNT(kinds); k++) {
		for (size_t i = 0; i < MESSAGES; i++) {
			messages[k][i] = make_text(kinds[k].words, kinds[k].count, kinds[k].size);
		}
	}
	for (size_t i = 0; i < MESSAGES; i++) {
		messages[COUNT(kinds)][i] = make_text(dear, COUNT(dear), 4000);
	}
	const size_t sizes[] = {1000, 5000};
	for (size_t s = 0; s < COUNT(sizes); s++) {
		struct phrase_rule *rules = calloc(sizes[s], sizeof(*rules));
		make_rules(rules, sizes[s]);
		double begun = now_s();
		struct phrases *phrases = phrases_compile(rules, sizes[s]);
		printf("%5zu phrases  compiled in %.2f ms\n", sizes[s], (now_s() - begun) * 1e3);
		for (size_t k = 0; k < COUNT(kinds); k++) {
			measure(phrases, sizes[s], kinds[k].what, messages[k], seconds);
		}
		measure(phrases, sizes[s], "disguised, 4000 bytes", messages[COUNT(kinds)],
			seconds);
		phrases_free(phrases);
		for (size_t i = 0; i < sizes[s]; i++) {
			free((char *)(uintptr_t)rules[i].text);
		}
		free(rules);
	}
	for (size_t k = 0; k < COUNT(messages); k++) {
		for (size_t i = 0; i < MESSAGES; i++) {
			free(messages[k][i]);
		}
	}
	return 0;
}
