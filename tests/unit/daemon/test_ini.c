/* The INI reader: what it hands out, what it refuses and at which line, and noise. */
#include "daemon/ini.h"
#include "tests/unit/daemon/noise.h"
#include "tests/unit/tap.h"

#include <stdint.h>

/* Entries as "section.key=value@line;" one after another. */
struct record {
	char text[4096];
	const char *refuse; /* a key */
};

static int on_entry(void *data, const struct ini_entry *entry, char *sentence, size_t size)
{
	struct record *record = data;
	if (record->refuse != NULL && strcmp(record->refuse, entry->key) == 0) {
		snprintf(sentence, size, "no %s", entry->key);
		return -1;
	}
	size_t length = strlen(record->text);
	snprintf(record->text + length, sizeof(record->text) - length, "%s.%s=%s@%u;",
		entry->section, entry->key, entry->value, entry->line);
	return 0;
}

static char sentence[INI_SENTENCE_MAX];
static unsigned line;

static int read_bytes(struct record *record, const char *bytes, size_t size)
{
	FILE *file = fmemopen((void *)(uintptr_t)bytes, size == 0 ? 1 : size, "r");
	if (size == 0) {
		getc(file);
	}
	line = 0;
	sentence[0] = '\0';
	int status = ini_read(file, on_entry, record, &line, sentence);
	fclose(file);
	return status;
}

static int read_text(struct record *record, const char *text)
{
	return read_bytes(record, text, strlen(text));
}

static void test_entries(void)
{
	struct record record = {0};
	CHECK_INT(read_text(&record, "a=1\n[ s ]\nb  =  2 3 \nc==#;\n\nd ="), 0);
	CHECK_STR(record.text, ".a=1@1;s.b=2 3@3;s.c==#;@4;s.d=@6;");
}

static void test_comments_and_blanks(void)
{
	struct record record = {0};
	CHECK_INT(read_text(&record, "# x = 1\n;y\n\n  \t\n[s]\na = b\n  # not part of it\n"), 0);
	CHECK_STR(record.text, "s.a=b@6;");
}

static void test_continuation(void)
{
	struct record record = {0};
	CHECK_INT(read_text(&record, "a = one\n  two = 2 \n\tthree\nb =\n  four\n"), 0);
	CHECK_STR(record.text, ".a=one\ntwo = 2\nthree@1;.b=four@4;");
	CHECK_INT(read_text(&record, "[s]\n  lost\n"), -1);
	CHECK_INT(line, 2);
}

static void test_other_editors(void)
{
	struct record record = {0};
	CHECK_INT(read_text(&record, "\xef\xbb\xbf[s]\r\na = 1\r\nb = 2\r\n"), 0);
	CHECK_STR(record.text, "s.a=1@2;s.b=2@3;");
}

static void test_refused(void)
{
	static const struct {
		const char *text;
		unsigned line;
		const char *sentence;
	} cases[] = {
		{"a = 1\n[s\n", 2, "a section looks like [server]; the ] is missing"},
		{"[]\n", 1, "a section's name has 1 to 64 bytes"},
		{"a = 1\nwhat\n", 2, "this is neither [section] nor key = value"},
		{" = 1\n", 1,
			"this line is indented, but there is no key above it that it could go on"},
		{"= 1\n", 1, "a key has 1 to 64 bytes before the ="},
		{"\nbad = 1\n more\nc = 2\n", 2, "no bad"},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct record record = {.refuse = "bad"};
		CHECK_INT(read_text(&record, cases[i].text), -1);
		CHECK_INT(line, cases[i].line);
		CHECK_STR(sentence, cases[i].sentence);
	}
	struct record record = {0};
	CHECK_INT(read_bytes(&record, "a = 1\nb\0 = 2\n", 13), -1);
	CHECK_INT(line, 2);
}

/* "x=" and so many bytes, then a further line of so many (0: none). */
static int read_sizes(size_t value, size_t more)
{
	char *text = malloc(value + more + 8);
	struct record *record = calloc(1, sizeof(*record));
	size_t size = 0;
	if (text == NULL || record == NULL) {
		abort();
	}
	memcpy(text, "x=", 2);
	memset(text + 2, 'v', value);
	size = 2 + value;
	if (more > 0) {
		memcpy(text + size, "\n ", 2);
		memset(text + size + 2, 'w', more);
		size += 2 + more;
	}
	int status = read_bytes(record, text, size);
	free(record);
	free(text);
	return status;
}

static void test_too_long(void)
{
	CHECK_INT(read_sizes(INI_LINE_MAX - 2, 0), 0);
	CHECK_INT(read_sizes(INI_LINE_MAX - 1, 0), -1);
	CHECK_STR(sentence, "this line is too long");
	CHECK_INT(read_sizes(10000, INI_VALUE_MAX - 10001), 0);
	CHECK_INT(read_sizes(10000, INI_VALUE_MAX - 10000), -1);
	CHECK_STR(sentence, "this value is too long");
	CHECK_INT(line, 2);
}

static void test_directory(void)
{
	FILE *file = fopen("/", "r");
	struct record record = {0};
	REQUIRE(file != NULL);
	line = 7;
	CHECK_INT(ini_read(file, on_entry, &record, &line, sentence), -1);
	CHECK_INT(line, 0);
	CHECK_STR(sentence, "Is a directory");
	fclose(file);
}

/* Whatever comes in, the reader ends, and a refusal has a line within the text and a sentence. */
static void test_noise(void)
{
	static const char seed[] = "[server]\nport = 8420\n\n# text\n[talk]\nwords = one\n  two\n";
	static const char bytes[] = "[]=\n \t#;\r\xff";
	uint64_t state = 1;
	int taken = 0, refused = 0;
	for (int i = 0; i < 20000; i++) {
		char text[sizeof(seed)];
		memcpy(text, seed, sizeof(seed));
		size_t size = 1 + noise_draw(&state) % (sizeof(seed) - 1);
		for (uint64_t edits = noise_draw(&state) % 6; edits > 0; edits--) {
			text[noise_draw(&state) % size] = bytes[noise_draw(&state) % sizeof(bytes)];
		}
		struct record record = {0};
		if (read_bytes(&record, text, size) == 0) {
			taken++;
		} else if (line > 0 && line <= size + 1 && sentence[0] != '\0') {
			refused++;
		}
	}
	CHECK_INT(taken + refused, 20000);
	CHECK(taken > 1000);
	CHECK(refused > 1000);
}

int main(void)
{
	RUN(test_entries);
	RUN(test_comments_and_blanks);
	RUN(test_continuation);
	RUN(test_other_editors);
	RUN(test_refused);
	RUN(test_too_long);
	RUN(test_directory);
	RUN(test_noise);
	return tap_done();
}
