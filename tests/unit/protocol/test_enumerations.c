/* Every value of every enumeration: its text is its own, leads back to it, and no other text does.
 */
#include "protocol/message.h"
#include "tests/unit/tap.h"

/* All enumerations are held in an unsigned (table.c): one kind of function for all. */
struct way {
	const char *name;
	const char *(*text)(unsigned value);
	bool (*value)(const char *bytes, size_t size, unsigned *value);
	unsigned count;
};

#define VALUE(NAME, text) +1
#define ENUMERATION(name, doc, values)                                                             \
	static const char *text_##name(unsigned value)                                             \
	{                                                                                          \
		return wire_##name##_name((enum wire_##name)value);                                \
	}                                                                                          \
	static bool value_##name(const char *bytes, size_t size, unsigned *value)                  \
	{                                                                                          \
		enum wire_##name found = (enum wire_##name) * value;                               \
		bool is = wire_##name##_from_text(bytes, size, &found);                            \
		*value = (unsigned)found;                                                          \
		return is;                                                                         \
	}                                                                                          \
	enum {                                                                                     \
		COUNT_##name = 0 values                                                            \
	};
#include "protocol/messages.def"

#define ENUMERATION(name, doc, values) {#name, text_##name, value_##name, COUNT_##name},
static const struct way ways[] = {
#include "protocol/messages.def"
};

static void check_value(const struct way *way, unsigned value)
{
	const char *text = way->text(value);
	unsigned found = 77;
	CHECK(way->value(text, strlen(text), &found));
	CHECK_INT(found, value);
	/* Cut, or with something behind it: another text, of this enumeration's or of none. */
	found = 77;
	char longer[80];
	snprintf(longer, sizeof(longer), "%s.", text);
	CHECK(!way->value(longer, strlen(longer), &found));
	CHECK(!way->value(text, strlen(text) - 1, &found) || found != value);
	for (unsigned other = 0; other < value; other++) {
		CHECK(strcmp(way->text(other), text) != 0);
	}
}

static void test_values(void)
{
	size_t values = 0;
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		for (unsigned value = 0; value < ways[i].count; value++) {
			check_value(&ways[i], value);
			values++;
		}
	}
	CHECK(values > 100);
}

static void test_texts_of_none(void)
{
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		unsigned found = 77;
		CHECK(!ways[i].value("", 0, &found));
		CHECK(!ways[i].value("no such value", 13, &found));
		CHECK_INT(found, 77); /* untouched */
	}
}

int main(void)
{
	RUN(test_values);
	RUN(test_texts_of_none);
	return tap_done();
}
