/* Watch phrases: folding them, and making the automaton; see phrases_tree.h. */
#include "daemon/phrases.h"

#include "daemon/fold.h"
#include "daemon/phrases_tree.h"
#include "daemon/xalloc.h"

#include <stdlib.h>
#include <utf8proc.h>

enum {
	ROWS_MOVES = 65536 /* in all rows: a quarter of a mebibyte, to stay in the cache */
};

/* ---- a phrase, folded ---- */

struct folded {
	uint32_t letters[PHRASES_FOLDED_MAX]; /* with FOLD_GAP between words */
	size_t count;
	bool too_long;
};

static void add_letter(struct folded *folded, uint32_t letter)
{
	size_t n = folded->count;
	if (letter == FOLD_GAP && (n == 0 || folded->letters[n - 1] == FOLD_GAP)) {
		return;
	}
	if (n >= 2 && letter == folded->letters[n - 1] && letter == folded->letters[n - 2]) {
		return; /* three and more count as two */
	}
	if (n == PHRASES_FOLDED_MAX) {
		folded->too_long |= letter != FOLD_GAP;
		return;
	}
	folded->letters[folded->count++] = letter;
}

/* Signs not settled yet: what they are shows with what comes behind them. */
struct signs {
	const struct fold_sign *list[PHRASES_FOLDED_MAX];
	size_t count;
};

/* Signs before this letter stand for letters themselves, or are only signs. */
static void settle_signs(struct folded *folded, struct signs *signs, uint32_t letter)
{
	size_t standing = signs->count; /* of them, the first ones */
	bool in_word = folded->count > 0 && folded->letters[folded->count - 1] != FOLD_GAP;
	while (letter == FOLD_GAP && standing > 0) {
		const struct fold_sign *last = signs->list[standing - 1];
		if (!last->may_be_gap || (last->ends_words && (in_word || standing > 1))) {
			break;
		}
		standing--;
	}
	for (size_t i = 0; i < standing; i++) {
		add_letter(folded, (uint32_t)signs->list[i]->letters[0]);
	}
	signs->count = 0;
}

static void fold_part(struct folded *folded, struct signs *signs, uint32_t part)
{
	const struct fold_sign *sign = fold_sign(part);
	if (sign == NULL) {
		settle_signs(folded, signs, part);
		add_letter(folded, part);
	} else if (signs->count < PHRASES_FOLDED_MAX) {
		signs->list[signs->count++] = sign;
	} else {
		folded->too_long = true;
	}
}

static void fold_phrase(const char *bytes, size_t size, struct folded *folded)
{
	struct signs signs = {.count = 0};
	folded->count = 0;
	folded->too_long = false;
	for (size_t at = 0; at < size;) {
		uint32_t parts[FOLD_MAX];
		size_t count = fold_code_point(fold_next(bytes, size, &at), parts);
		for (size_t i = 0; i < count; i++) {
			fold_part(folded, &signs, parts[i]);
		}
	}
	settle_signs(folded, &signs, FOLD_GAP);
	while (folded->count > 0 && folded->letters[folded->count - 1] == FOLD_GAP) {
		folded->count--;
	}
	if (folded->too_long) {
		folded->count = 0;
	}
}

size_t phrases_fold(const char *bytes, size_t size, char out[PHRASES_FOLDED_BYTES])
{
	struct folded folded;
	fold_phrase(bytes, size, &folded);
	size_t filled = 0;
	for (size_t i = 0; i < folded.count; i++) {
		uint32_t letter = folded.letters[i] == FOLD_GAP ? ' ' : folded.letters[i];
		filled += (size_t)utf8proc_encode_char(
			(utf8proc_int32_t)letter, (utf8proc_uint8_t *)out + filled);
	}
	out[filled] = '\0';
	return filled;
}

/* ---- the alphabet ---- */

static int compare_letters(const void *a, const void *b)
{
	uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
	return (left > right) - (left < right);
}

static void make_alphabet(struct phrases *phrases, const struct folded *all, size_t count)
{
	size_t letters = 0;
	for (size_t i = 0; i < count; i++) {
		letters += all[i].count;
	}
	uint32_t *alphabet = xcalloc(letters + 1, sizeof(*alphabet));
	letters = 0;
	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < all[i].count; j++) {
			if (all[i].letters[j] != FOLD_GAP) {
				alphabet[letters++] = all[i].letters[j];
			}
		}
	}
	qsort(alphabet, letters, sizeof(*alphabet), compare_letters);
	size_t unique = 0;
	for (size_t i = 0; i < letters; i++) {
		if (unique == 0 || alphabet[unique - 1] != alphabet[i]) {
			alphabet[unique++] = alphabet[i];
		}
	}
	phrases->alphabet = alphabet;
	phrases->alphabet_count =
		unique < SYMBOL_MAX - SYMBOL_FIRST ? unique : SYMBOL_MAX - SYMBOL_FIRST;
	phrases->symbols_count = (uint32_t)phrases->alphabet_count + SYMBOL_FIRST;
}

uint16_t phrases_symbol(const struct phrases *phrases, uint32_t folded)
{
	if (folded == FOLD_GAP) {
		return SYMBOL_GAP;
	}
	if (fold_sign(folded) != NULL) {
		return (uint16_t)(SYMBOL_SIGN + folded);
	}
	size_t low = 0, high = phrases->alphabet_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (phrases->alphabet[middle] == folded) {
			return (uint16_t)(middle + SYMBOL_FIRST);
		}
		if (phrases->alphabet[middle] < folded) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return SYMBOL_OTHER;
}

/* A code point and the one letter it folds to. */
struct letter_fold {
	uint32_t letter;
	uint16_t code_point;
};

/* What of the first code points is the same for all phrases. */
struct common {
	uint16_t quick[QUICK_COUNT]; /* symbols as long as no phrase has a letter */
	struct letter_fold letters[QUICK_COUNT]; /* by letter */
	size_t letters_count;
};

static int compare_folds(const void *a, const void *b)
{
	const struct letter_fold *left = a, *right = b;
	return (left->letter > right->letter) - (left->letter < right->letter);
}

static void add_common(struct common *common, uint16_t code_point)
{
	uint32_t parts[FOLD_MAX];
	size_t count = fold_code_point(code_point, parts);
	uint16_t *symbol = &common->quick[code_point];
	if (count != 1) {
		*symbol = count == 0 ? SYMBOL_DROPPED : SYMBOL_SLOW;
	} else if (parts[0] == FOLD_GAP) {
		*symbol = SYMBOL_GAP;
	} else if (fold_sign(parts[0]) != NULL) {
		*symbol = (uint16_t)(SYMBOL_SIGN + parts[0]);
	} else {
		*symbol = SYMBOL_OTHER;
		common->letters[common->letters_count++] =
			(struct letter_fold){parts[0], code_point};
	}
}

/* Made once, and by the loop, which alone compiles. */
static const struct common *common_folds(void)
{
	static struct common common;
	if (common.letters_count == 0) {
		for (uint16_t c = 0; c < QUICK_COUNT; c++) {
			add_common(&common, c);
		}
		qsort(common.letters, common.letters_count, sizeof(common.letters[0]),
			compare_folds);
	}
	return &common;
}

/* The first of those that fold to the letter. */
static size_t first_fold(const struct common *common, uint32_t letter)
{
	size_t low = 0, high = common->letters_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (common->letters[middle].letter < letter) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low;
}

static void fill_quick(struct phrases *phrases)
{
	const struct common *common = common_folds();
	memcpy(phrases->quick, common->quick, sizeof(phrases->quick));
	for (size_t i = 0; i < phrases->alphabet_count; i++) {
		uint32_t letter = phrases->alphabet[i];
		for (size_t at = first_fold(common, letter);
			at < common->letters_count && common->letters[at].letter == letter; at++) {
			phrases->quick[common->letters[at].code_point] =
				(uint16_t)(i + SYMBOL_FIRST);
		}
	}
}

/* ---- the tree, as it grows: children as lists ---- */

struct node {
	uint32_t child, sibling; /* 0: none */
	uint32_t rule; /* + 1 */
	uint16_t label;
};

struct tree {
	struct node *nodes;
	uint32_t count, capacity;
};

static uint32_t node_child(const struct tree *tree, uint32_t node, uint16_t label)
{
	uint32_t child = tree->nodes[node].child;
	while (child != 0 && tree->nodes[child].label != label) {
		child = tree->nodes[child].sibling;
	}
	return child;
}

static uint32_t node_add(struct tree *tree, uint32_t node, uint16_t label)
{
	if (tree->count == tree->capacity) {
		tree->capacity *= 2;
		tree->nodes = xrealloc(tree->nodes, tree->capacity * sizeof(*tree->nodes));
	}
	tree->nodes[tree->count] =
		(struct node){.sibling = tree->nodes[node].child, .label = label};
	tree->nodes[node].child = tree->count;
	return tree->count++;
}

/* A word stands between gaps, a stem behind one. */
static size_t make_pattern(const struct phrases *phrases, const struct folded *folded,
	enum wire_match match, uint16_t pattern[PATTERN_MAX])
{
	size_t size = 0;
	if (match != WIRE_MATCH_ANYWHERE) {
		pattern[size++] = SYMBOL_GAP;
	}
	for (size_t i = 0; i < folded->count; i++) {
		pattern[size++] = phrases_symbol(phrases, folded->letters[i]);
	}
	if (match == WIRE_MATCH_WORD) {
		pattern[size++] = SYMBOL_GAP;
	}
	return size;
}

static void add_rule(
	struct phrases *phrases, struct tree *tree, const struct folded *folded, uint32_t rule)
{
	uint16_t pattern[PATTERN_MAX];
	if (folded->count == 0) {
		return;
	}
	size_t size = make_pattern(phrases, folded, phrases->rules[rule].match, pattern);
	uint32_t node = 0;
	for (size_t i = 0; i < size; i++) {
		if (pattern[i] == SYMBOL_OTHER) {
			return; /* the alphabet is full; see SYMBOL_MAX */
		}
		uint32_t child = node_child(tree, node, pattern[i]);
		node = child != 0 ? child : node_add(tree, node, pattern[i]);
	}
	phrases->lengths[rule] = (uint16_t)size;
	phrases->same[rule] = tree->nodes[node].rule;
	tree->nodes[node].rule = rule + 1;
}

/* ---- the automaton ---- */

static uint32_t state_child(const struct phrases *phrases, uint32_t state, uint16_t label)
{
	const struct tree_state *states = phrases->states;
	for (uint32_t c = states[state].first; c < states[state + 1].first; c++) {
		if (states[c].label == label) {
			return c;
		}
	}
	return 0;
}

/* Breadth first; parents[] is filled for link_states(). */
static void number_states(struct phrases *phrases, const struct tree *tree, uint32_t *parents)
{
	uint32_t *order = xcalloc(tree->count, sizeof(*order)); /* node of each state */
	struct tree_state *states = phrases->states;
	uint32_t given = 1;
	for (uint32_t state = 0; state < tree->count; state++) {
		const struct node *node = &tree->nodes[order[state]];
		states[state].label = node->label;
		states[state].rule = node->rule;
		states[state].first = given;
		for (uint32_t c = node->child; c != 0; c = tree->nodes[c].sibling) {
			parents[given] = state;
			order[given++] = c;
		}
	}
	states[tree->count].first = given;
	free(order);
}

static void link_states(struct phrases *phrases, const uint32_t *parents)
{
	struct tree_state *states = phrases->states;
	for (uint32_t s = 1; s < phrases->states_count; s++) {
		uint32_t fail = 0, next = 0;
		if (parents[s] != 0) {
			fail = states[parents[s]].fail;
			next = state_child(phrases, fail, states[s].label);
			while (next == 0 && fail != 0) {
				fail = states[fail].fail;
				next = state_child(phrases, fail, states[s].label);
			}
		}
		states[s].fail = next;
		states[s].shorter = states[next].rule != 0 ? next : states[next].shorter;
		states[s].hot = states[s].rule != 0 || states[s].shorter != 0;
	}
}

static void fill_rows(struct phrases *phrases)
{
	uint32_t symbols = phrases->symbols_count;
	uint32_t count = ROWS_MOVES / symbols;
	count = count == 0 ? 1 : count;
	phrases->rows_count = count < phrases->states_count ? count : phrases->states_count;
	phrases->rows = xcalloc((size_t)phrases->rows_count * symbols, sizeof(*phrases->rows));
	for (uint32_t s = 0; s < phrases->rows_count; s++) {
		uint32_t *row = phrases->rows + (size_t)s * symbols;
		const uint32_t *fallen = phrases->rows + (size_t)phrases->states[s].fail * symbols;
		if (s > 0) {
			memcpy(row, fallen, symbols * sizeof(*row)); /* above it: filled */
		}
		for (uint32_t c = phrases->states[s].first; c < phrases->states[s + 1].first; c++) {
			row[phrases->states[c].label] =
				c | (phrases->states[c].hot != 0 ? TREE_HOT : 0);
		}
	}
}

static void copy_rules(struct phrases *phrases, const struct phrase_rule *rules, size_t count)
{
	phrases->rules_count = count;
	phrases->rules = xcalloc(count + 1, sizeof(*phrases->rules));
	phrases->same = xcalloc(count + 1, sizeof(*phrases->same));
	phrases->lengths = xcalloc(count + 1, sizeof(*phrases->lengths));
	for (size_t i = 0; i < count; i++) {
		phrases->rules[i] = rules[i];
		phrases->rules[i].category = xstrdup(rules[i].category);
		phrases->rules[i].text = xstrdup(rules[i].text);
	}
}

struct phrases *phrases_compile(const struct phrase_rule *rules, size_t count)
{
	struct phrases *phrases = xcalloc(1, sizeof(*phrases));
	copy_rules(phrases, rules, count);
	struct folded *folded = xcalloc(count + 1, sizeof(*folded));
	for (size_t i = 0; i < count; i++) {
		fold_phrase(rules[i].text, strlen(rules[i].text), &folded[i]);
	}
	make_alphabet(phrases, folded, count);
	fill_quick(phrases);

	struct tree tree = {.count = 1, .capacity = 1024};
	tree.nodes = xcalloc(tree.capacity, sizeof(*tree.nodes));
	for (size_t i = 0; i < count; i++) {
		add_rule(phrases, &tree, &folded[i], (uint32_t)i);
	}
	free(folded);
	phrases->states_count = tree.count;
	phrases->states = xcalloc((size_t)tree.count + 1, sizeof(*phrases->states));
	uint32_t *parents = xcalloc(tree.count, sizeof(*parents));
	number_states(phrases, &tree, parents);
	free(tree.nodes);
	link_states(phrases, parents);
	free(parents);
	fill_rows(phrases);
	return phrases;
}

void phrases_free(struct phrases *phrases)
{
	if (phrases == NULL) {
		return;
	}
	for (size_t i = 0; i < phrases->rules_count; i++) {
		free((char *)(uintptr_t)phrases->rules[i].category);
		free((char *)(uintptr_t)phrases->rules[i].text);
	}
	free(phrases->rules);
	free(phrases->same);
	free(phrases->lengths);
	free(phrases->states);
	free(phrases->rows);
	free(phrases->alphabet);
	free(phrases);
}
