/*
 * Folding: what a code point is once case, width, accents and disguise are taken off, so that
 * "KÍLL", "ｋｉｌｌ" and Cyrillic letters that look like it are all "kill". The same for every
 * language: a text and a phrase are folded alike and then compared.
 *
 *	letters      NFKD and full case folding (Unicode 15, utf8proc), without the marks that
 *	             stand above or below Latin, Greek, Cyrillic, Hebrew and Arabic letters; marks
 *	             that are a script's vowels (Devanagari, Thai) stay
 *	look-alikes  Cyrillic, Greek, small capitals; 0 3 4 5 7 as o e a s t; forms of one Arabic
 *	             letter (alef, yeh, teh marbuta, kaf) as one
 *	gap          white space, punctuation, mathematical and currency signs
 *	dropped      apostrophes, zero-width and direction characters, tatweel, harakat
 *	pictures     stand as words of their own
 */
#ifndef HARK_DAEMON_FOLD_H
#define HARK_DAEMON_FOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	FOLD_GAP = 0, /* among what a code point folds to */
	FOLD_MAX = 4, /* code points one folds to; what would be more is cut */
};

/* 0: it is dropped. The signs 1 ! | @ $ fold to themselves: what they stand for depends on their
 * neighbours, see fold_sign(). */
size_t fold_code_point(uint32_t code_point, uint32_t out[FOLD_MAX]);

/* What a sign may stand for. */
struct fold_sign {
	char sign;
	char letters[3]; /* terminated; the first is what it is in a phrase */
	bool may_be_gap;
	bool ends_words; /* also behind a word's last letter: "pill$" */
};

/* NULL: it is none. */
const struct fold_sign *fold_sign(uint32_t code_point);

/* The next code point of UTF-8 text, *at < size; *at moves on. A byte that is none of UTF-8 counts
 * as one, U+FFFD. */
uint32_t fold_next(const char *bytes, size_t size, size_t *at);

#endif
