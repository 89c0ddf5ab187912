/*
 * The compiled form of watch phrases, for phrases.c, which makes it, and phrases_match.c, which
 * runs over it: an Aho-Corasick automaton over folded letters.
 *
 * States are numbered breadth first, so a state's children stand side by side, and the few states
 * near the root, where a text that matches nothing spends its time, are the first: those have a row
 * with every move in it. The others look among their children (mostly one) and else go where their
 * longest known suffix leads.
 */
#ifndef HARK_DAEMON_PHRASES_TREE_H
#define HARK_DAEMON_PHRASES_TREE_H

#include "daemon/phrases.h"

enum {
	SYMBOL_GAP = 0,
	SYMBOL_OTHER = 1, /* a letter of no phrase */
	SYMBOL_FIRST = 2, /* and on: letters of phrases, by place in the alphabet */
	SYMBOL_MAX = 0xff00,
	/* Not of the automaton: while a text is taken apart. */
	SYMBOL_SIGN = SYMBOL_MAX, /* + the sign, ASCII: stands for a letter or a gap */
	SYMBOL_DROPPED = 0xfffd,
	SYMBOL_SLOW = 0xfffe, /* folds to several */
	SYMBOL_END = 0xffff,

	QUICK_COUNT = 0x2000, /* code points whose symbol is looked up */
	PATTERN_MAX = PHRASES_FOLDED_MAX + 2, /* symbols, with a gap at each end */
};

#define TREE_HOT 0x80000000u /* in a move: some phrase ends in that state */

struct tree_state {
	uint32_t first; /* child; the last one is before the next state's first */
	uint32_t fail; /* the longest proper suffix that is a state */
	uint32_t rule; /* + 1: whose pattern this is; 0: nobody's */
	uint32_t shorter; /* the next suffix that is a pattern; 0: none */
	uint16_t label; /* symbol that leads here */
	uint16_t hot; /* rule or shorter is there */
};

struct phrases {
	struct phrase_rule *rules;
	uint32_t *same; /* rule + 1 with the same pattern; 0: none */
	uint16_t *lengths; /* symbols of each rule's pattern */
	size_t rules_count;
	struct tree_state *states; /* one more than there are, for its `first` */
	uint32_t states_count;
	uint32_t *rows; /* moves of the first rows_count states, symbols_count each */
	uint32_t rows_count, symbols_count;
	uint32_t *alphabet; /* code points, ascending */
	size_t alphabet_count;
	uint16_t quick[QUICK_COUNT]; /* symbol of a code point */
};

/* The symbol of a folded code point. */
uint16_t phrases_symbol(const struct phrases *phrases, uint32_t folded);

#endif
