/* The INI reader: lines in, entries out. */
#include "daemon/ini.h"
#include "daemon/xalloc.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct reader {
	FILE *file;
	unsigned line; /* of `text` */
	char text[INI_LINE_MAX + 1];
	char section[INI_NAME_MAX + 1];
	char key[INI_NAME_MAX + 1]; /* empty: no entry is open */
	unsigned key_line;
	char value[INI_VALUE_MAX + 1];
	int (*entry)(void *data, const struct ini_entry *entry, char *sentence, size_t size);
	void *data;
	char *sentence;
};

static int refuse(struct reader *reader, const char *sentence)
{
	snprintf(reader->sentence, INI_SENTENCE_MAX, "%s", sentence);
	return -1;
}

/* 1: a line is in `text`, 0: the end, -1: refused. */
static int read_line(struct reader *reader)
{
	size_t length = 0;
	int byte;
	reader->line++;
	while ((byte = getc(reader->file)) != EOF && byte != '\n') {
		if (byte == '\0') {
			return refuse(reader, "this is no text file: there is a NUL byte");
		}
		if (length == INI_LINE_MAX) {
			return refuse(reader, "this line is too long");
		}
		reader->text[length++] = (char)byte;
	}
	if (byte == EOF && ferror(reader->file)) {
		reader->line = 0;
		return refuse(reader, strerror(errno));
	}
	if (length > 0 && reader->text[length - 1] == '\r') {
		length--;
	}
	reader->text[length] = '\0';
	return byte == EOF && length == 0 ? 0 : 1;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* Cuts blanks off both ends, in place. */
static char *trim(char *text)
{
	while (is_blank(*text)) {
		text++;
	}
	size_t length = strlen(text);
	while (length > 0 && is_blank(text[length - 1])) {
		length--;
	}
	text[length] = '\0';
	return text;
}

static int finish_entry(struct reader *reader)
{
	if (reader->key[0] == '\0') {
		return 0;
	}
	const struct ini_entry entry = {
		.section = reader->section,
		.key = reader->key,
		.value = reader->value,
		.line = reader->key_line,
	};
	if (reader->entry(reader->data, &entry, reader->sentence, INI_SENTENCE_MAX) != 0) {
		reader->line = reader->key_line;
		return -1;
	}
	reader->key[0] = '\0';
	return 0;
}

static int continue_value(struct reader *reader, const char *text)
{
	if (reader->key[0] == '\0') {
		return refuse(reader,
			"this line is indented, but there is no key above it that it could go on");
	}
	size_t length = strlen(reader->value);
	size_t more = strlen(text);
	if (length + 1 + more > INI_VALUE_MAX) {
		return refuse(reader, "this value is too long");
	}
	if (length > 0) {
		reader->value[length++] = '\n';
	}
	memcpy(reader->value + length, text, more + 1);
	return 0;
}

static int begin_section(struct reader *reader, char *text)
{
	size_t length = strlen(text);
	if (text[length - 1] != ']') {
		return refuse(reader, "a section looks like [server]; the ] is missing");
	}
	text[length - 1] = '\0';
	text = trim(text + 1);
	if (text[0] == '\0' || strlen(text) > INI_NAME_MAX) {
		return refuse(reader, "a section's name has 1 to 64 bytes");
	}
	strcpy(reader->section, text);
	return 0;
}

static int begin_entry(struct reader *reader, char *text)
{
	char *equals = strchr(text, '=');
	if (equals == NULL) {
		return refuse(reader, "this is neither [section] nor key = value");
	}
	*equals = '\0';
	char *key = trim(text);
	if (key[0] == '\0' || strlen(key) > INI_NAME_MAX) {
		return refuse(reader, "a key has 1 to 64 bytes before the =");
	}
	strcpy(reader->key, key);
	strcpy(reader->value, trim(equals + 1)); /* INI_VALUE_MAX >= INI_LINE_MAX */
	reader->key_line = reader->line;
	return 0;
}

static int take_line(struct reader *reader)
{
	static const char mark[] = "\xef\xbb\xbf";
	char *line = reader->text;
	if (reader->line == 1 && strncmp(line, mark, 3) == 0) {
		line += 3;
	}
	bool indented = is_blank(line[0]);
	char *text = trim(line);
	if (text[0] == '\0' || text[0] == '#' || text[0] == ';') {
		return 0;
	}
	if (indented) {
		return continue_value(reader, text);
	}
	if (finish_entry(reader) != 0) {
		return -1;
	}
	return text[0] == '[' ? begin_section(reader, text) : begin_entry(reader, text);
}

int ini_read(FILE *file,
	int (*entry)(void *data, const struct ini_entry *entry, char *sentence, size_t size),
	void *data, unsigned *line, char sentence[INI_SENTENCE_MAX])
{
	struct reader *reader = xcalloc(1, sizeof(*reader));
	reader->file = file;
	reader->entry = entry;
	reader->data = data;
	reader->sentence = sentence;
	int status;
	while ((status = read_line(reader)) == 1) {
		if (take_line(reader) != 0) {
			status = -1;
			break;
		}
	}
	if (status == 0) {
		status = finish_entry(reader);
	}
	if (status != 0) {
		*line = reader->line;
	}
	free(reader);
	return status;
}
