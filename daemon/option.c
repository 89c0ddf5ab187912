/* Option values: from text, to text. */
#include "daemon/option.h"
#include "daemon/xalloc.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct unit {
	const char *name;
	int64_t factor;
};

/* Sorted by factor; of equal factors the first is the one printed. */
static const struct unit time_units[] = {
	{"ms", 1},
	{"s", 1000},
	{"m", 60 * 1000},
	{"min", 60 * 1000},
	{"h", 60 * 60 * 1000},
	{"d", 24 * 60 * 60 * 1000},
	{NULL, 0},
};

static const struct unit byte_units[] = {
	{"", 1},
	{"B", 1},
	{"KiB", 1024},
	{"K", 1024},
	{"MiB", 1024 * 1024},
	{"M", 1024 * 1024},
	{"GiB", 1024 * 1024 * 1024},
	{"G", 1024 * 1024 * 1024},
	{NULL, 0},
};

static const struct unit no_units[] = {{"", 1}, {NULL, 0}};

static void *place(const struct option *option, void *base)
{
	return (char *)base + option->offset;
}

static const struct unit *units_of(const struct option *option)
{
	switch (option->type) {
	case OPTION_TIME:
		return time_units;
	case OPTION_BYTES:
		return byte_units;
	default:
		return no_units;
	}
}

static void number_text(const struct unit *units, int64_t number, char *text, size_t size)
{
	const struct unit *best = units;
	for (const struct unit *unit = units; unit->name != NULL; unit++) {
		if (number != 0 && number % unit->factor == 0 && unit->factor > best->factor) {
			best = unit;
		}
	}
	snprintf(text, size, "%" PRId64 "%s", number / best->factor, best->name);
}

/* What outsiders wrote, fit for one line: cut, and nothing but printable ASCII. */
static void quote(const char *text, char quoted[64])
{
	size_t i;
	for (i = 0; text[i] != '\0' && i < 60; i++) {
		quoted[i] = (char)(isprint((unsigned char)text[i]) ? text[i] : '?');
	}
	strcpy(quoted + i, text[i] == '\0' ? "" : "...");
}

/* Decimal digits at the start of `text` into *number; NULL if there are none or too many. */
static const char *read_digits(const char *text, int64_t *number)
{
	int64_t value = 0;
	const char *at = text;
	for (; *at >= '0' && *at <= '9'; at++) {
		if (value > (INT64_MAX - 9) / 10) {
			return NULL;
		}
		value = value * 10 + (*at - '0');
	}
	if (at == text) {
		return NULL;
	}
	*number = value;
	return at;
}

static int set_number(
	const struct option *option, void *base, const char *text, char *sentence, size_t size)
{
	const struct unit *units = units_of(option);
	char quoted[64], low[32], high[32];
	quote(text, quoted);
	int64_t number;
	const char *end = read_digits(text, &number);
	if (end == NULL) {
		snprintf(sentence, size, "is \"%s\", which is no whole number%s", quoted,
			option->type == OPTION_TIME ? " with a unit, as in 90s or 10m" : "");
		return -1;
	}
	while (*end == ' ') {
		end++;
	}
	const struct unit *unit = units;
	while (unit->name != NULL && strcasecmp(unit->name, end) != 0) {
		unit++;
	}
	if (unit->name == NULL) {
		snprintf(sentence, size, "is \"%s\"; %s", quoted,
			option->type == OPTION_TIME
				? "a time needs a unit: ms, s, m, h or d, as in 90s or 10m"
				: (option->type == OPTION_BYTES
						  ? "a size is in bytes, KiB, MiB or GiB"
						  : "a plain whole number is needed"));
		return -1;
	}
	if (number < option->min / unit->factor || number > option->max / unit->factor ||
		number * unit->factor < option->min) {
		number_text(units, option->min, low, sizeof(low));
		number_text(units, option->max, high, sizeof(high));
		snprintf(sentence, size, "is %s, but must be from %s to %s", quoted, low, high);
		return -1;
	}
	*(int64_t *)place(option, base) = number * unit->factor;
	return 0;
}

static int set_switch(
	const struct option *option, void *base, const char *text, char *sentence, size_t size)
{
	static const char *const words[][2] = {
		{"no", "yes"}, {"off", "on"}, {"false", "true"}, {"0", "1"}};
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		for (int value = 0; value < 2; value++) {
			if (strcasecmp(text, words[i][value]) == 0) {
				*(bool *)place(option, base) = value == 1;
				return 0;
			}
		}
	}
	char quoted[64];
	quote(text, quoted);
	snprintf(sentence, size, "is \"%s\", but must be yes or no", quoted);
	return -1;
}

/* A text, or an entry of a list, that may be kept. */
static int check_text(const struct option *option, const char *text, char *sentence, size_t size)
{
	char quoted[64];
	quote(text, quoted);
	if (strlen(text) > OPTION_TEXT_MAX) {
		snprintf(sentence, size, "is longer than %d bytes", OPTION_TEXT_MAX);
		return -1;
	}
	if (strchr(text, '\n') != NULL) {
		snprintf(sentence, size,
			"goes on in an indented line; begin each option at the start of its line");
		return -1;
	}
	for (const char *at = text; *at != '\0'; at++) {
		if ((unsigned char)*at < ' ' || *at == 0x7f) {
			snprintf(sentence, size, "holds a control character");
			return -1;
		}
	}
	const char *must = option->check == NULL ? NULL : option->check(text);
	if (must != NULL) {
		snprintf(sentence, size, "is \"%s\", but must be %s", quoted, must);
		return -1;
	}
	return 0;
}

static int set_text(
	const struct option *option, void *base, const char *text, char *sentence, size_t size)
{
	if (check_text(option, text, sentence, size) != 0) {
		return -1;
	}
	option_clear(option, base);
	*(char **)place(option, base) = xstrdup(text);
	return 0;
}

static int set_list(
	const struct option *option, void *base, const char *text, char *sentence, size_t size)
{
	static const char separators[] = " ,\t\n";
	size_t most = (size_t)option->max, count = 0;
	char **made = xcalloc(most + 1, sizeof(*made));
	int status = 0;
	for (text += strspn(text, separators); *text != '\0' && status == 0;
		text += strspn(text, separators)) {
		size_t length = strcspn(text, separators);
		if (count == most) {
			snprintf(sentence, size, "has more than %zu entries", most);
			status = -1;
			break;
		}
		made[count] = xmemdup(text, length);
		status = check_text(option, made[count++], sentence, size);
		text += length;
	}
	if (status == 0) {
		option_clear(option, base);
		memcpy(place(option, base), made, (most + 1) * sizeof(*made));
	} else {
		for (size_t i = 0; i < count; i++) {
			free(made[i]);
		}
	}
	free(made);
	return status;
}

int option_set(
	const struct option *option, void *base, const char *text, char *sentence, size_t size)
{
	switch (option->type) {
	case OPTION_TEXT:
		return set_text(option, base, text, sentence, size);
	case OPTION_LIST:
		return set_list(option, base, text, sentence, size);
	case OPTION_SWITCH:
		return set_switch(option, base, text, sentence, size);
	case OPTION_COUNT:
	case OPTION_BYTES:
	case OPTION_TIME:
		break;
	}
	return set_number(option, base, text, sentence, size);
}

void option_get(const struct option *option, const void *base, char text[OPTION_VALUE_MAX])
{
	const void *value = (const char *)base + option->offset;
	size_t length = 0;
	switch (option->type) {
	case OPTION_TEXT:
		snprintf(text, OPTION_VALUE_MAX, "%s",
			*(char *const *)value == NULL ? "" : *(char *const *)value);
		return;
	case OPTION_LIST:
		text[0] = '\0';
		for (char *const *entry = value; *entry != NULL; entry++) {
			length += (size_t)snprintf(text + length, OPTION_VALUE_MAX - length, "%s%s",
				length == 0 ? "" : " ", *entry);
		}
		return;
	case OPTION_SWITCH:
		strcpy(text, *(const bool *)value ? "yes" : "no");
		return;
	case OPTION_COUNT:
	case OPTION_BYTES:
	case OPTION_TIME:
		break;
	}
	number_text(units_of(option), *(const int64_t *)value, text, OPTION_VALUE_MAX);
}

static size_t size_of(const struct option *option)
{
	switch (option->type) {
	case OPTION_TEXT:
		return sizeof(char *);
	case OPTION_LIST:
		return ((size_t)option->max + 1) * sizeof(char *);
	case OPTION_SWITCH:
		return sizeof(bool);
	case OPTION_COUNT:
	case OPTION_BYTES:
	case OPTION_TIME:
		break;
	}
	return sizeof(int64_t);
}

void option_swap(const struct option *option, void *one, void *other)
{
	char *a = place(option, one), *b = place(option, other);
	for (size_t i = 0, size = size_of(option); i < size; i++) {
		char kept = a[i];
		a[i] = b[i];
		b[i] = kept;
	}
}

void option_clear(const struct option *option, void *base)
{
	char **value = place(option, base);
	if (option->type == OPTION_TEXT) {
		free(*value);
	} else if (option->type == OPTION_LIST) {
		for (char **entry = value; *entry != NULL; entry++) {
			free(*entry);
		}
	}
	for (char *byte = (char *)value, *end = byte + size_of(option); byte < end; byte++) {
		*byte = 0;
	}
}
