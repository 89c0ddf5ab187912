/*
 * hark phrase list|add|remove|import|export. A file of phrases is text, a phrase a line:
 *
 *	language = en
 *	# severity | category | match | text
 *	high | Suicide | word | kill myself
 */
#include "daemon/cli/ask.h"
#include "daemon/cli/input.h"
#include "daemon/cli/table.h"
#include "daemon/phrases.h"
#include "daemon/xalloc.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
	LINE_BYTES = 1000,
	FILE_PHRASES_MAX = 5000, /* as many as the daemon keeps */
	LANGUAGE_MAX = 8,
	CATEGORY_MAX = 40,
	TEXT_MAX = 80, /* code points: messages.def */
};

/* ---- list, export ---- */

/* Calls each() with every phrase, by number. */
static int for_each(
	struct cli *cli, void (*each)(void *data, const struct item_phrase *phrase), void *data)
{
	struct msg_phrase_list request = {.has_ref = true, .ref = CONTROL_REF};
	for (bool more = true; more;) {
		struct reply reply;
		int code = ask(cli, ASK_ANY, TYPE_PHRASE_LIST, &request, &reply);
		if (code != COMMAND_DONE) {
			return code;
		}
		const struct msg_phrase_listed *page = &reply.message.phrase_listed;
		bool listed = reply.message.type == TYPE_PHRASE_LISTED;
		for (size_t i = 0; listed && i < page->phrases_count; i++) {
			each(data, &page->phrases[i]);
			request.has_after = true;
			request.after = page->phrases[i].phrase;
		}
		more = listed && page->more && page->phrases_count > 0;
		reply_finish(&reply);
	}
	return COMMAND_DONE;
}

static void add_row(void *data, const struct item_phrase *phrase)
{
	char number[24];
	snprintf(number, sizeof(number), "%" PRId64, phrase->phrase);
	const struct text cells[] = {text_of(number), phrase->language,
		text_of(wire_severity_name(phrase->severity)), phrase->category,
		text_of(wire_match_name(phrase->match)), phrase->text};
	table_add(data, cells);
}

int cli_phrase_list(struct cli *cli, int count, char **arguments)
{
	(void)count;
	(void)arguments;
	const struct text names[] = {text_of("NUMBER"), text_of("LANGUAGE"), text_of("SEVERITY"),
		text_of("CATEGORY"), text_of("MATCH"), text_of("TEXT")};
	struct table *table = table_create(6);
	table_add(table, names);
	int code = for_each(cli, add_row, table);
	if (code == COMMAND_DONE && !cli->json) {
		table_print(table, cli->out);
	}
	table_destroy(table);
	return code;
}

struct printing {
	FILE *out;
	struct text language;
};

static void print_phrase(void *data, const struct item_phrase *phrase)
{
	const struct printing *printing = data;
	if (phrase->language.size == printing->language.size &&
		memcmp(phrase->language.bytes, printing->language.bytes, printing->language.size) ==
			0) {
		fprintf(printing->out, "%s | %.*s | %s | %.*s\n",
			wire_severity_name(phrase->severity), (int)phrase->category.size,
			phrase->category.bytes, wire_match_name(phrase->match),
			(int)phrase->text.size, phrase->text.bytes);
	}
}

int cli_phrase_export(struct cli *cli, int count, char **arguments)
{
	(void)count;
	struct printing printing = {cli->out, text_of(arguments[0])};
	if (!cli->json) {
		fprintf(cli->out, "language = %s\n# severity | category | match | text\n",
			arguments[0]);
	} else {
		printing.language = text_of("");
	}
	return for_each(cli, print_phrase, &printing);
}

/* ---- one phrase ---- */

/* From text to what is asked; a sentence when it is none, NULL when it is fine. */
static const char *parse_phrase(struct text language, struct text severity, struct text category,
	struct text match, struct text text, struct msg_phrase_put *request)
{
	char folded[PHRASES_FOLDED_BYTES];
	*request = (struct msg_phrase_put){
		.has_ref = true,
		.ref = CONTROL_REF,
		.language = language,
		.category = category,
		.text = text,
	};
	if (!wire_severity_from_text(severity.bytes, severity.size, &request->severity)) {
		return "the severity is low, medium or high";
	}
	if (!wire_match_from_text(match.bytes, match.size, &request->match)) {
		return "the match is word, stem or anywhere";
	}
	if (category.size == 0) {
		return "the category is missing";
	}
	if (phrases_fold(text.bytes, text.size, folded) == 0) {
		return "the text has no letters or numbers, or is too long";
	}
	return NULL;
}

int cli_phrase_add(struct cli *cli, int count, char **arguments)
{
	(void)count;
	struct msg_phrase_put request;
	const char *wrong = parse_phrase(text_of(arguments[0]), text_of(arguments[1]),
		text_of(arguments[2]), text_of(arguments[3]), text_of(arguments[4]), &request);
	if (wrong != NULL) {
		return cli_fail(cli, COMMAND_USAGE, "%s", wrong);
	}
	return ask_done(cli, TYPE_PHRASE_PUT, &request, "\"%s\" is watched for.", arguments[4]);
}

int cli_phrase_remove(struct cli *cli, int count, char **arguments)
{
	int64_t numbers[INPUT_NUMBERS_MAX];
	const char *wrong;
	if (!input_numbers(count, arguments, numbers, &wrong)) {
		return cli_fail(cli, COMMAND_USAGE,
			"\"%s\" is no phrase's number; hark phrase list shows them", wrong);
	}
	int code = COMMAND_DONE;
	for (int i = 0; i < count && code == COMMAND_DONE; i++) {
		const struct msg_phrase_remove request = {
			.has_ref = true, .ref = CONTROL_REF, .phrase = numbers[i]};
		code = ask_done(cli, TYPE_PHRASE_REMOVE, &request, "Phrase %" PRId64 " is removed.",
			numbers[i]);
	}
	return code;
}

/* ---- a file of them ---- */

struct line {
	char *bytes; /* the request's texts are in here */
	char *folded;
	unsigned number;
	struct msg_phrase_put request;
};

struct phrase_file {
	const char *path;
	char language[LANGUAGE_MAX * 4 + 1]; /* of the lines to come; empty: not given yet */
	struct line *lines;
	size_t count, capacity;
	char sentence[80]; /* about what is wrong */
};

static void file_finish(struct phrase_file *file)
{
	for (size_t i = 0; i < file->count; i++) {
		free(file->lines[i].bytes);
		free(file->lines[i].folded);
	}
	free(file->lines);
}

static struct text trim(struct text text)
{
	while (text.size > 0 && strchr(" \t\r\n", *text.bytes) != NULL) {
		text.bytes++;
		text.size--;
	}
	while (text.size > 0 && strchr(" \t\r\n", text.bytes[text.size - 1]) != NULL) {
		text.size--;
	}
	return text;
}

/* The part before the next |, or all; the rest stays in *rest. */
static struct text take_column(struct text *rest)
{
	const char *bar = memchr(rest->bytes, '|', rest->size);
	size_t size = bar != NULL ? (size_t)(bar - rest->bytes) : rest->size;
	struct text column = {rest->bytes, size};
	size += bar != NULL;
	rest->bytes += size;
	rest->size -= size;
	return trim(column);
}

static size_t code_points(struct text text)
{
	size_t count = 0;
	for (size_t i = 0; i < text.size; i++) {
		count += ((unsigned char)text.bytes[i] & 0xc0) != 0x80;
	}
	return count;
}

/* `language = en`. False: it is something else. */
static bool take_language(struct phrase_file *file, struct text line, const char **wrong)
{
	static const char key[] = "language";
	if (line.size < sizeof(key) - 1 || memcmp(line.bytes, key, sizeof(key) - 1) != 0) {
		return false;
	}
	struct text rest =
		trim((struct text){line.bytes + sizeof(key) - 1, line.size - (sizeof(key) - 1)});
	if (rest.size == 0 || *rest.bytes != '=') {
		return false;
	}
	rest = trim((struct text){rest.bytes + 1, rest.size - 1});
	*wrong = NULL;
	if (code_points(rest) < 2 || code_points(rest) > LANGUAGE_MAX ||
		rest.size >= sizeof(file->language)) {
		*wrong = "a language is given by its code, such as en or es";
		return true;
	}
	memcpy(file->language, rest.bytes, rest.size);
	file->language[rest.size] = '\0';
	return true;
}

/* A line of four columns; the texts stay where they are. NULL: it is fine. */
static const char *parse_line(struct phrase_file *file, struct text rest, struct line *line)
{
	struct text severity = take_column(&rest), category = take_column(&rest);
	struct text match = take_column(&rest), text = take_column(&rest);
	if (rest.size > 0 || text.size == 0) {
		return "write \"severity | category | match | text\"";
	}
	if (file->language[0] == '\0') {
		return "say which language before, as in \"language = en\"";
	}
	if (code_points(category) > CATEGORY_MAX || code_points(text) > TEXT_MAX) {
		return "the category may have 40 characters, the text 80";
	}
	return parse_phrase(text_of(line->bytes), severity, category, match, text, &line->request);
}

/* A phrase that stands in the file already, apart from spelling; NULL: it does not. */
static const char *find_double(struct phrase_file *file, struct line *line)
{
	char folded[PHRASES_FOLDED_BYTES];
	struct text language = line->request.language;
	phrases_fold(line->request.text.bytes, line->request.text.size, folded);
	free(line->folded);
	line->folded = xstrdup(folded);
	for (const struct line *other = file->lines; other != line; other++) {
		if (strcmp(other->folded, folded) == 0 &&
			strcmp(other->request.language.bytes, language.bytes) == 0) {
			snprintf(file->sentence, sizeof(file->sentence),
				"the same phrase stands in line %u", other->number);
			return file->sentence;
		}
	}
	return NULL;
}

/* The language and the line as read, in one piece of memory. */
static const char *add_line(struct phrase_file *file, struct text text, unsigned number)
{
	if (file->count == FILE_PHRASES_MAX) {
		return "there are more than 5,000 phrases";
	}
	if (file->count == file->capacity) {
		file->capacity = file->capacity == 0 ? 64 : 2 * file->capacity;
		file->lines = xrealloc(file->lines, file->capacity * sizeof(*file->lines));
	}
	size_t language = strlen(file->language) + 1;
	struct line *line = &file->lines[file->count++];
	line->number = number;
	line->bytes = xmalloc(language + text.size);
	memcpy(line->bytes, file->language, language);
	memcpy(line->bytes + language, text.bytes, text.size);
	const char *wrong =
		parse_line(file, (struct text){line->bytes + language, text.size}, line);
	line->folded = xstrdup("");
	return wrong != NULL ? wrong : find_double(file, line);
}

static int read_file(struct cli *cli, FILE *in, struct phrase_file *file)
{
	char bytes[LINE_BYTES];
	for (unsigned number = 1; fgets(bytes, sizeof(bytes), in) != NULL; number++) {
		struct text line = trim(text_of(bytes));
		const char *wrong = NULL;
		if (strchr(bytes, '\n') == NULL && !feof(in)) {
			wrong = "the line is too long";
		} else if (line.size > 0 && *line.bytes != '#' &&
			   !take_language(file, line, &wrong)) {
			wrong = add_line(file, line, number);
		}
		if (wrong != NULL) {
			return cli_fail(
				cli, COMMAND_FAILED, "%s:%u: %s", file->path, number, wrong);
		}
	}
	return COMMAND_DONE;
}

/* What is there already is no mistake: a list is imported again after it was extended. */
static int put_all(struct cli *cli, const struct phrase_file *file)
{
	unsigned added = 0, there = 0;
	for (size_t i = 0; i < file->count; i++) {
		const struct line *line = &file->lines[i];
		struct reply reply = {0};
		char problem[1500] = "";
		int status = ask_raw(cli, ASK_ANY, TYPE_PHRASE_PUT, &line->request, &reply, problem,
			sizeof(problem));
		const struct msg_error *error = &reply.message.error;
		bool refused = status == 0 && reply.message.type == TYPE_ERROR;
		bool exists = refused && error->code == WIRE_CODE_EXISTS;
		if (refused && !exists) {
			snprintf(problem, sizeof(problem), "%.*s", (int)error->message.size,
				error->message.bytes);
			status = -1;
		}
		if (status == 0 && cli->json) {
			fprintf(cli->out, "%s\n", reply.text);
		}
		reply_finish(&reply);
		if (status != 0) {
			return cli_fail(cli, COMMAND_FAILED, "%s:%u: %s (%u before it are added)",
				file->path, line->number, problem, added);
		}
		added += !exists;
		there += exists;
	}
	if (!cli->json) {
		fprintf(cli->out, "%u phrases are added, %u were there already.\n", added, there);
	}
	return COMMAND_DONE;
}

int cli_phrase_import(struct cli *cli, int count, char **arguments)
{
	bool dry = count == 2 && strcmp(arguments[1], "--dry-run") == 0;
	if (count == 2 && !dry) {
		return cli_fail(cli, COMMAND_USAGE,
			"what is %s? --dry-run only looks the file over", arguments[1]);
	}
	struct phrase_file file = {.path = arguments[0]};
	bool input = strcmp(file.path, "-") == 0;
	FILE *in = input ? cli->in : fopen(file.path, "re");
	if (in == NULL) {
		return cli_fail(cli, COMMAND_FAILED, "%s: %s", file.path, strerror(errno));
	}
	int code = read_file(cli, in, &file);
	if (code == COMMAND_DONE && dry) {
		fprintf(cli->out, "%zu phrases, and nothing wrong with them.\n", file.count);
	} else if (code == COMMAND_DONE) {
		code = put_all(cli, &file);
	}
	file_finish(&file);
	if (!input) {
		fclose(in);
	}
	return code;
}
