/*
 * Fuzzes watch phrases. The first lines of the data are phrases (their first byte says of which
 * severity and match), the rest is a text. Whatever the bytes: no crash; places lie within the
 * text, in order and apart; and a text that is a phrase itself matches it.
 */
#include "daemon/phrases.h"
#include "tests/fuzz/drive.h"

#include <stdlib.h>
#include <string.h>

enum {
	RULES = 8,
	TEXT_BYTES = 320, /* of a phrase */
	CODE_POINTS = 4000, /* looked at */
};

/* Takes lines off the front as phrases. */
static size_t take_rules(const char **at, const char *end, struct phrase_rule rules[RULES],
	char texts[RULES][TEXT_BYTES + 1])
{
	size_t count = 0;
	while (count < RULES && *at < end) {
		const char *line = *at;
		const char *stop = memchr(line, '\n', (size_t)(end - line));
		if (stop == NULL) {
			break;
		}
		*at = stop + 1;
		unsigned kind = line < stop ? (unsigned char)*line : 0;
		size_t size = line < stop ? (size_t)(stop - line) - 1 : 0;
		size = size < TEXT_BYTES ? size : TEXT_BYTES;
		memcpy(texts[count], line + (line < stop), size);
		texts[count][size] = '\0';
		rules[count] = (struct phrase_rule){(int64_t)count, (enum wire_severity)(kind % 3),
			(enum wire_match)(kind / 3 % 3), "x", texts[count]};
		count++;
	}
	return count;
}

static void check_spans(const struct phrase_span *spans, size_t count, size_t size)
{
	MUST(count <= PHRASES_SPANS_MAX);
	uint32_t behind = 0;
	for (size_t i = 0; i < count; i++) {
		MUST(spans[i].size > 0 && spans[i].from >= behind);
		behind = spans[i].from + spans[i].size;
		MUST(behind <= CODE_POINTS && behind <= size);
	}
}

static void check_itself(const struct phrase_rule *rule)
{
	char folded[PHRASES_FOLDED_BYTES];
	struct phrase_span spans[PHRASES_SPANS_MAX];
	struct phrases *phrases = phrases_compile(rule, 1);
	size_t size = phrases_fold(rule->text, strlen(rule->text), folded);
	MUST(size < PHRASES_FOLDED_BYTES);
	size_t count = phrases_match(phrases, folded, size, spans);
	check_spans(spans, count, size);
	MUST(size == 0 || count > 0);
	phrases_free(phrases);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct phrase_rule rules[RULES] = {0};
	char texts[RULES][TEXT_BYTES + 1];
	struct phrase_span spans[PHRASES_SPANS_MAX];
	const char *at = (const char *)data, *end = at + size;
	size_t count = take_rules(&at, end, rules, texts);
	struct phrases *phrases = phrases_compile(rules, count);
	size_t found = phrases_match(phrases, at, (size_t)(end - at), spans);
	check_spans(spans, found, (size_t)(end - at));
	phrases_free(phrases);
	if (count > 0) {
		check_itself(&rules[0]);
	}
	return 0;
}
