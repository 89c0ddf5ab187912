/*
 * Looking for watch phrases in a text; the automaton is phrases_tree.h's.
 *
 * First the text becomes items, one a folded letter or gap, each with its place. Then they are
 * followed through the automaton, by one thread as long as each item means one thing. Where it may
 * mean several (a sign that stands for a letter or a gap, a letter drawn out, a gap between single
 * letters) the thread splits, and threads that meet in a state become one again: a text without
 * disguises pays for none of it.
 */
#include "daemon/phrases.h"

#include "daemon/fold.h"
#include "daemon/phrases_tree.h"

#include <stdlib.h>

enum {
	TEXT_MAX = 4000, /* code points looked at */
	ITEMS_MAX = TEXT_MAX * FOLD_MAX + 4,
	THREADS_MAX = 6,
	PLACES = 128, /* newest items a thread remembers; more than PATTERN_MAX, a power of 2 */
	FOUND_MAX = 256, /* matches before overlaps are settled */
	OPTIONS_MAX = 6, /* that one item may mean */
};

struct item {
	uint16_t symbol;
	uint16_t place; /* code point of the text */
};

/* ---- the text as items ---- */

struct items {
	struct item list[ITEMS_MAX]; /* a gap, the text, a gap, SYMBOL_END */
	size_t count;
};

static bool is_sign(uint16_t symbol)
{
	return symbol >= SYMBOL_SIGN && symbol < SYMBOL_DROPPED;
}

static const struct fold_sign *sign_of(uint16_t symbol)
{
	return fold_sign((uint32_t)(symbol - SYMBOL_SIGN));
}

static bool is_letter(uint16_t symbol)
{
	return symbol != SYMBOL_GAP && symbol != SYMBOL_END;
}

/* Gaps become one, and signs that end a word, as in "help!!", part of it. */
static void push_gap(struct items *items, size_t place)
{
	while (is_sign(items->list[items->count - 1].symbol)) {
		const struct fold_sign *sign = sign_of(items->list[items->count - 1].symbol);
		bool in_word = is_letter(items->list[items->count - 2].symbol);
		if (!sign->may_be_gap || (sign->ends_words && in_word)) {
			break;
		}
		place = items->list[--items->count].place;
	}
	if (items->list[items->count - 1].symbol != SYMBOL_GAP) {
		items->list[items->count++] = (struct item){SYMBOL_GAP, (uint16_t)place};
	}
}

static void push(struct items *items, uint16_t symbol, size_t place)
{
	if (symbol == SYMBOL_GAP) {
		push_gap(items, place);
	} else {
		items->list[items->count++] = (struct item){symbol, (uint16_t)place};
	}
}

static void push_slow(
	struct items *items, const struct phrases *phrases, uint32_t code_point, size_t place)
{
	uint32_t parts[FOLD_MAX];
	size_t count = fold_code_point(code_point, parts);
	for (size_t i = 0; i < count; i++) {
		push(items, phrases_symbol(phrases, parts[i]), place);
	}
}

static void take_apart(
	struct items *items, const struct phrases *phrases, const char *bytes, size_t size)
{
	items->list[0] = (struct item){SYMBOL_GAP, 0};
	items->count = 1;
	size_t place = 0;
	for (size_t at = 0; at < size && place < TEXT_MAX; place++) {
		uint32_t code_point = (unsigned char)bytes[at];
		if (code_point < 0x80) {
			at++;
		} else {
			code_point = fold_next(bytes, size, &at);
		}
		uint16_t symbol =
			code_point < QUICK_COUNT ? phrases->quick[code_point] : SYMBOL_SLOW;
		if (symbol == SYMBOL_SLOW) {
			push_slow(items, phrases, code_point, place);
		} else if (symbol != SYMBOL_DROPPED) {
			push(items, symbol, place);
		}
	}
	push_gap(items, place);
	items->list[items->count] = (struct item){SYMBOL_END, (uint16_t)place};
}

/* ---- what was found ---- */

struct found {
	uint32_t from, size, rule;
};

struct search {
	const struct phrases *phrases;
	const struct item *items;
	struct found found[FOUND_MAX];
	size_t found_count;
};

/* Negative: a goes before b. */
static int compare_found(
	const struct phrases *phrases, const struct found *a, const struct found *b)
{
	int graver = (int)phrases->rules[b->rule].severity - (int)phrases->rules[a->rule].severity;
	if (graver != 0) {
		return graver;
	}
	if (a->size != b->size) {
		return a->size > b->size ? -1 : 1;
	}
	if (a->from != b->from) {
		return a->from < b->from ? -1 : 1;
	}
	return (a->rule > b->rule) - (a->rule < b->rule);
}

/* Keeps it, when all places are taken instead of the least of them. */
static void keep(struct search *search, struct found found)
{
	for (size_t i = search->found_count; i-- > 0;) {
		const struct found *other = &search->found[i];
		if (other->rule == found.rule && other->from == found.from &&
			other->size == found.size) {
			return; /* by another thread */
		}
	}
	if (search->found_count < FOUND_MAX) {
		search->found[search->found_count++] = found;
		return;
	}
	struct found *least = &search->found[0];
	for (size_t i = 1; i < FOUND_MAX; i++) {
		if (compare_found(search->phrases, &search->found[i], least) > 0) {
			least = &search->found[i];
		}
	}
	if (compare_found(search->phrases, &found, least) < 0) {
		*least = found;
	}
}

/* Where the word ends that begins with a stem up to item `last`. False: too far behind it. */
static bool stem_end(const struct item *items, size_t last, uint32_t *end)
{
	size_t at = last + 1;
	unsigned letters = 0;
	while (is_letter(items[at].symbol)) {
		bool drawn_out = items[at].symbol == items[at - 1].symbol;
		letters += !drawn_out || items[at].symbol == SYMBOL_OTHER;
		if (letters > PHRASES_STEM_TAIL) {
			return false;
		}
		at++;
	}
	*end = items[at].place;
	return true;
}

struct thread {
	uint32_t state;
	uint16_t newest; /* symbol */
	uint32_t taken; /* symbols so far */
	uint16_t places[PLACES]; /* their items, by their number */
};

static uint16_t place_of(const struct thread *thread, uint32_t back)
{
	return thread->places[(thread->taken - back) % PLACES];
}

/* `last`: the last item of what the newest symbol stands for. */
static void note_rule(
	struct search *search, const struct thread *thread, uint32_t rule, size_t last)
{
	const struct phrase_rule *is = &search->phrases->rules[rule];
	const struct item *items = search->items;
	uint32_t length = search->phrases->lengths[rule];
	bool anywhere = is->match == WIRE_MATCH_ANYWHERE;
	bool word = is->match == WIRE_MATCH_WORD; /* whose newest symbol is the gap behind it */
	uint32_t from = items[place_of(thread, anywhere ? length : length - 1)].place;
	uint32_t newest = items[place_of(thread, word ? 2 : 1)].place;
	uint32_t end = items[word ? place_of(thread, 1) : last + 1].place;
	if (is->match == WIRE_MATCH_STEM && !stem_end(items, last, &end)) {
		return;
	}
	end = end > newest ? end : newest + 1; /* one code point may fold to several items */
	keep(search, (struct found){from, end - from, rule});
}

static void note_state(
	struct search *search, const struct thread *thread, uint32_t state, size_t last)
{
	const struct phrases *phrases = search->phrases;
	for (; state != 0; state = phrases->states[state].shorter) {
		for (uint32_t rule = phrases->states[state].rule; rule != 0;
			rule = phrases->same[rule - 1]) {
			note_rule(search, thread, rule - 1, last);
		}
	}
}

/* ---- through the automaton ---- */

static inline uint32_t move(const struct phrases *phrases, uint32_t state, uint16_t symbol)
{
	if (symbol == SYMBOL_OTHER) {
		return 0;
	}
	const struct tree_state *states = phrases->states;
	while (state >= phrases->rows_count) {
		for (uint32_t c = states[state].first; c < states[state + 1].first; c++) {
			if (states[c].label == symbol) {
				return states[c].hot != 0 ? c | TREE_HOT : c;
			}
		}
		state = states[state].fail;
	}
	return phrases->rows[(size_t)state * phrases->symbols_count + symbol];
}

static inline void take(
	struct search *search, struct thread *thread, uint16_t symbol, size_t first, size_t last)
{
	if (symbol == SYMBOL_GAP && thread->newest == SYMBOL_GAP) {
		return; /* a sign that is a gap, beside another */
	}
	uint32_t moved = move(search->phrases, thread->state, symbol);
	thread->newest = symbol;
	thread->places[thread->taken++ % PLACES] = (uint16_t)first;
	thread->state = moved & ~TREE_HOT;
	if ((moved & TREE_HOT) != 0) {
		note_state(search, thread, thread->state, last);
	}
}

/* What items first..last may mean, each as up to two symbols. */
struct option {
	uint16_t symbols[2];
	unsigned count;
};

static size_t list_letter(struct option *options, size_t count, uint16_t symbol, bool drawn_out)
{
	options[count++] = (struct option){{symbol, 0}, 1};
	if (drawn_out) {
		options[count++] = (struct option){{symbol, symbol}, 2};
	}
	return count;
}

static size_t list_options(const struct phrases *phrases, uint16_t symbol, bool drawn_out,
	struct option options[OPTIONS_MAX])
{
	if (symbol == SYMBOL_GAP) { /* between single letters: it may be none */
		options[0] = (struct option){{SYMBOL_GAP, 0}, 1};
		options[1] = (struct option){{0, 0}, 0};
		return 2;
	}
	if (!is_sign(symbol)) {
		return list_letter(options, 0, symbol, drawn_out);
	}
	const struct fold_sign *sign = sign_of(symbol);
	size_t count = 0;
	for (const char *letter = sign->letters; *letter != '\0'; letter++) {
		uint16_t stands_for = phrases->quick[(unsigned char)*letter];
		count = list_letter(options, count, stands_for, drawn_out);
	}
	if (sign->may_be_gap) {
		options[count++] = (struct option){{SYMBOL_GAP, 0}, 1};
	}
	return count;
}

struct threads {
	struct thread list[THREADS_MAX];
	size_t count;
};

static bool has_state(const struct threads *threads, const struct thread *thread)
{
	for (size_t i = 0; i < threads->count; i++) {
		if (threads->list[i].state == thread->state &&
			threads->list[i].newest == thread->newest) {
			return true;
		}
	}
	return false;
}

static void split(struct search *search, const struct threads *from, struct threads *to,
	size_t first, size_t last)
{
	struct option options[OPTIONS_MAX];
	size_t options_count = list_options(
		search->phrases, search->items[first].symbol, last - first >= 2, options);
	to->count = 0;
	for (size_t i = 0; i < from->count; i++) {
		for (size_t j = 0; j < options_count && to->count < THREADS_MAX; j++) {
			struct thread *thread = &to->list[to->count];
			*thread = from->list[i];
			for (unsigned k = 0; k < options[j].count; k++) {
				take(search, thread, options[j].symbols[k], k == 0 ? first : last,
					last);
			}
			to->count += !has_state(to, thread);
		}
	}
}

/* A gap with a single letter on either side, and beyond one of them another. */
static bool is_spaced_out(const struct item *items, size_t gap, size_t end)
{
	if (gap < 2 || gap + 2 >= end || items[gap - 2].symbol != SYMBOL_GAP ||
		items[gap + 2].symbol != SYMBOL_GAP) {
		return false;
	}
	return (gap >= 4 && items[gap - 4].symbol == SYMBOL_GAP) ||
	       (gap + 4 < end && items[gap + 4].symbol == SYMBOL_GAP);
}

static void follow(struct search *search, size_t count)
{
	const struct item *items = search->items;
	struct threads sets[2];
	struct threads *now = &sets[0], *next = &sets[1];
	now->count = 1;
	now->list[0].state = 0;
	now->list[0].taken = 0;
	now->list[0].newest = SYMBOL_OTHER;
	for (size_t at = 0; at < count; at++) {
		uint16_t symbol = items[at].symbol;
		size_t last = at;
		if (symbol == items[at + 1].symbol && symbol == items[at + 2].symbol) {
			while (items[last + 1].symbol == symbol) {
				last++;
			}
		}
		bool several = last > at || symbol >= SYMBOL_MAX ||
			       (symbol == SYMBOL_GAP && is_spaced_out(items, at, count));
		if (several && symbol != SYMBOL_OTHER) {
			split(search, now, next, at, last);
			struct threads *other = now;
			now = next;
			next = other;
		} else {
			for (size_t i = 0; i < now->count; i++) {
				take(search, &now->list[i], symbol, at, last);
			}
		}
		at = last;
	}
}

/* ---- the answer ---- */

static bool overlaps(const struct phrase_span *spans, size_t count, const struct found *found)
{
	for (size_t i = 0; i < count; i++) {
		if (found->from < spans[i].from + spans[i].size &&
			spans[i].from < found->from + found->size) {
			return true;
		}
	}
	return false;
}

static void sort_found(struct search *search)
{
	for (size_t i = 1; i < search->found_count; i++) {
		struct found one = search->found[i];
		size_t at = i;
		while (at > 0 && compare_found(search->phrases, &one, &search->found[at - 1]) < 0) {
			search->found[at] = search->found[at - 1];
			at--;
		}
		search->found[at] = one;
	}
}

static size_t choose(struct search *search, struct phrase_span spans[PHRASES_SPANS_MAX])
{
	size_t count = 0;
	sort_found(search);
	for (size_t i = 0; i < search->found_count && count < PHRASES_SPANS_MAX; i++) {
		const struct found *found = &search->found[i];
		if (!overlaps(spans, count, found)) {
			spans[count++] = (struct phrase_span){
				found->from, found->size, &search->phrases->rules[found->rule]};
		}
	}
	for (size_t i = 1; i < count; i++) { /* by place */
		struct phrase_span one = spans[i];
		size_t at = i;
		while (at > 0 && spans[at - 1].from > one.from) {
			spans[at] = spans[at - 1];
			at--;
		}
		spans[at] = one;
	}
	return count;
}

size_t phrases_match(const struct phrases *phrases, const char *bytes, size_t size,
	struct phrase_span spans[PHRASES_SPANS_MAX])
{
	if (phrases->states_count <= 1) {
		return 0;
	}
	struct items items;
	take_apart(&items, phrases, bytes, size);
	struct search search;
	search.phrases = phrases;
	search.items = items.list;
	search.found_count = 0;
	follow(&search, items.count);
	return search.found_count == 0 ? 0 : choose(&search, spans);
}
