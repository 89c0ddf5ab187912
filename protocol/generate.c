/*
 * Prints what is made from messages.def for others than C:
 *
 *	generate schema                     protocol/schema.json
 *	generate typescript                 web/lib/protocol.ts
 *	generate reference <README.md       README.md, the part between the markers made anew
 *
 * Over 500 lines: three printers that walk the same tables, each short.
 */
#include "protocol/table.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define NOTICE "Made from protocol/messages.def by protocol/generate.c: do not edit."

static void print_hash(void)
{
	uint8_t hash[8];
	protocol_schema_hash(hash);
	for (size_t i = 0; i < sizeof(hash); i++) {
		printf("%02x", hash[i]);
	}
}

/* A JSON string; our own documentation holds no controls. */
static void print_quoted(const char *text)
{
	putchar('"');
	for (; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\') {
			putchar('\\');
		}
		putchar(*text);
	}
	putchar('"');
}

static void print_roles(const struct message_rule *rule, const char *quote)
{
	static const enum wire_role roles[] = {WIRE_ROLE_VISITOR, WIRE_ROLE_SUPPORTER,
		WIRE_ROLE_COUNSELOR, WIRE_ROLE_MANAGER, WIRE_ROLE_OPERATOR};
	const char *separator = "";
	for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++) {
		if ((rule->roles & 1u << roles[i]) != 0) {
			printf("%s%s%s%s", separator, quote, wire_role_name(roles[i]), quote);
			separator = ", ";
		}
	}
}

/* ---- schema.json ---- */

static void schema_bounds(const struct field *field)
{
	switch (field->kind) {
	case FIELD_INT:
		printf(", \"min\": %" PRId64 ", \"max\": %" PRId64, field->min, field->max);
		break;
	case FIELD_TEXTS:
		printf(", \"items\": %" PRId64, field->items);
		/* fall through */
	case FIELD_TEXT:
	case FIELD_BODY:
		printf(", \"min\": %" PRId64 ", \"max\": %" PRId64 ", \"bytes\": %zu", field->min,
			field->max, field->bytes);
		break;
	case FIELD_HEX:
	case FIELD_EVENTS:
		printf(", \"bytes\": %zu", field->bytes);
		break;
	case FIELD_ENUM:
		printf(", \"of\": \"%s\"", field->enumeration->name);
		break;
	case FIELD_LIST:
		printf(", \"items\": %" PRId64 ", \"of\": \"%s\"", field->items,
			field->item()->name);
		break;
	case FIELD_BOOL:
		break;
	}
}

static void schema_fields(const struct record *record)
{
	printf("\t\t\t\"fields\": [");
	for (size_t i = 0; i < record->count; i++) {
		const struct field *field = &record->fields[i];
		printf("%s\n\t\t\t\t{\"name\": \"%s\", \"kind\": \"%s\", \"optional\": %s",
			i > 0 ? "," : "", field->name, field_kind_name(field->kind),
			field->optional ? "true" : "false");
		schema_bounds(field);
		printf(", \"doc\": ");
		print_quoted(field->doc);
		putchar('}');
	}
	printf("%s]\n", record->count > 0 ? "\n\t\t\t" : "");
}

static void schema_enumerations(void)
{
	printf("\t\"enumerations\": {");
	for (size_t i = 0; i < enumeration_count; i++) {
		const struct enumeration *enumeration = enumeration_list[i];
		printf("%s\n\t\t\"%s\": {\n\t\t\t\"doc\": ", i > 0 ? "," : "", enumeration->name);
		print_quoted(enumeration->doc);
		printf(",\n\t\t\t\"values\": [");
		for (size_t j = 0; j < enumeration->count; j++) {
			printf("%s\"%s\"", j > 0 ? ", " : "", enumeration->values[j]);
		}
		printf("]\n\t\t}");
	}
	printf("\n\t},\n");
}

static void schema_items(void)
{
	printf("\t\"items\": {");
	for (size_t i = 0; i < item_count; i++) {
		const struct record *record = item_list[i]();
		printf("%s\n\t\t\"%s\": {\n\t\t\t\"doc\": ", i > 0 ? "," : "", record->name);
		print_quoted(record->doc);
		printf(",\n");
		schema_fields(record);
		printf("\t\t}");
	}
	printf("\n\t},\n");
}

static void schema_rule(const struct message_rule *rule)
{
	if (rule->kind == MESSAGE_EVENT) {
		return;
	}
	printf("\t\t\t\"roles\": [");
	print_roles(rule, "\"");
	printf("],\n\t\t\t\"credits\": %u,\n", rule->credits);
}

static void schema_messages(const char *title, enum message_kind kind)
{
	printf("\t\"%s\": {", title);
	const char *separator = "";
	for (unsigned i = 0; i < TYPE_COUNT; i++) {
		const struct message_rule *rule = &message_rows[i].rule;
		const struct record *record = message_rows[i].record();
		if (rule->kind != kind) {
			continue;
		}
		printf("%s\n\t\t\"%s\": {\n\t\t\t\"doc\": ", separator, rule->wire);
		print_quoted(record->doc);
		printf(",\n");
		schema_rule(rule);
		schema_fields(record);
		printf("\t\t}");
		separator = ",";
	}
	printf("\n\t}");
}

static void print_schema(void)
{
	printf("{\n\t\"notice\": \"" NOTICE "\",\n");
	printf("\t\"protocol\": \"" WIRE_PROTOCOL "\",\n\t\"hash\": \"");
	print_hash();
	printf("\",\n\t\"limits\": {\"frame_bytes\": %d, \"depth\": %d, \"int\": %lld},\n",
		WIRE_FRAME_MAX, WIRE_DEPTH_MAX, WIRE_INT_MAX);
	schema_enumerations();
	schema_items();
	schema_messages("requests", MESSAGE_REQUEST);
	printf(",\n");
	schema_messages("events", MESSAGE_EVENT);
	printf("\n}\n");
}

/* ---- the reference in README.md ---- */

/* A cell of a table ends at a bar; ours hold none. Enumerations are linked. */
static void reference_kind(const struct field *field)
{
	switch (field->kind) {
	case FIELD_INT:
		printf("int, %" PRId64 " to ", field->min);
		if (field->max == WIRE_INT_MAX) {
			printf("2^53 - 1");
		} else {
			printf("%" PRId64, field->max);
		}
		break;
	case FIELD_BOOL:
		printf("bool");
		break;
	case FIELD_TEXT:
		printf("text, %" PRId64 " to %" PRId64, field->min, field->max);
		break;
	case FIELD_BODY:
		printf("body, %" PRId64 " to %" PRId64 ", %zu bytes", field->min, field->max,
			field->bytes);
		break;
	case FIELD_HEX:
		printf("hex, %zu bytes", field->bytes);
		break;
	case FIELD_ENUM:
		printf("[%s](#enumerations)", field->enumeration->name);
		break;
	case FIELD_TEXTS:
		printf("list of up to %" PRId64 " texts, %" PRId64 " to %" PRId64, field->items,
			field->min, field->max);
		break;
	case FIELD_LIST:
		printf("list of up to %" PRId64 " [%s](#items)", field->items, field->item()->name);
		break;
	case FIELD_EVENTS:
		printf("list of events, %zu bytes", field->bytes);
		break;
	}
}

static void reference_fields(const struct record *record, bool request)
{
	size_t first = request ? 1 : 0; /* ref is said once, above */
	if (record->count == first) {
		printf("No fields.\n");
		return;
	}
	printf("| field | | what |\n| --- | --- | --- |\n");
	for (size_t i = first; i < record->count; i++) {
		const struct field *field = &record->fields[i];
		printf("| `%s`%s | ", field->name, field->optional ? "?" : "");
		reference_kind(field);
		printf(" | %s |\n", field->doc);
	}
}

static void reference_roles(const struct message_rule *rule)
{
	printf("From: ");
	if (rule->roles == ROLES_NOBODY) {
		printf("nobody with a session; a body over HTTP");
	} else if (rule->roles == ROLES_ANY) {
		printf("everybody");
	} else {
		print_roles(rule, "");
	}
	printf(". Credits: %u.\n\n", rule->credits);
}

static void reference_messages(enum message_kind kind)
{
	for (unsigned i = 0; i < TYPE_COUNT; i++) {
		const struct message_rule *rule = &message_rows[i].rule;
		const struct record *record = message_rows[i].record();
		if (rule->kind != kind) {
			continue;
		}
		printf("\n#### `%s`\n\n%s\n\n", rule->wire, record->doc);
		if (kind == MESSAGE_REQUEST) {
			reference_roles(rule);
		}
		reference_fields(record, kind == MESSAGE_REQUEST);
	}
}

static void print_reference(void)
{
	printf("\n<!-- " NOTICE " -->\n\nSchema hash: `");
	print_hash();
	printf("`. A `?` marks a field that may be absent. Lengths of texts are in code points.\n");
	printf("\n### Requests\n");
	reference_messages(MESSAGE_REQUEST);
	printf("\n### Events\n");
	reference_messages(MESSAGE_EVENT);
	printf("\n### Items\n");
	for (size_t i = 0; i < item_count; i++) {
		const struct record *record = item_list[i]();
		printf("\n#### %s\n\n%s\n\n", record->name, record->doc);
		reference_fields(record, false);
	}
	printf("\n### Enumerations\n\n| name | values | what |\n| --- | --- | --- |\n");
	for (size_t i = 0; i < enumeration_count; i++) {
		const struct enumeration *enumeration = enumeration_list[i];
		printf("| %s | ", enumeration->name);
		for (size_t j = 0; j < enumeration->count; j++) {
			printf("%s`%s`", j > 0 ? ", " : "", enumeration->values[j]);
		}
		printf(" | %s |\n", enumeration->doc);
	}
	printf("\n");
}

/* Copies stdin; what stands between the markers is printed anew. False without both markers. */
static bool splice_reference(void)
{
	static const char begin[] = "<!-- reference: begin -->";
	static const char end[] = "<!-- reference: end -->";
	enum {
		ABOVE,
		WITHIN,
		BELOW
	} part = ABOVE;
	char line[4096];
	while (fgets(line, sizeof(line), stdin) != NULL) {
		if (part == WITHIN && strncmp(line, end, sizeof(end) - 1) == 0) {
			part = BELOW;
		}
		if (part != WITHIN) {
			fputs(line, stdout);
		}
		if (part == ABOVE && strncmp(line, begin, sizeof(begin) - 1) == 0) {
			part = WITHIN;
			print_reference();
		}
	}
	return part == BELOW;
}

/* ---- protocol.ts ---- */

/* desk_room, Item -> DeskRoomItem */
static void print_type_name(const char *name, const char *suffix)
{
	bool upper = true;
	for (; *name != '\0'; name++) {
		if (*name == '_') {
			upper = true;
			continue;
		}
		putchar(upper ? toupper((unsigned char)*name) : *name);
		upper = false;
	}
	fputs(suffix, stdout);
}

static void print_constant_name(const char *name)
{
	for (; *name != '\0'; name++) {
		putchar(toupper((unsigned char)*name));
	}
}

static void typescript_kind(const struct field *field)
{
	switch (field->kind) {
	case FIELD_INT:
		printf("number");
		break;
	case FIELD_BOOL:
		printf("boolean");
		break;
	case FIELD_TEXT:
	case FIELD_BODY:
	case FIELD_HEX:
		printf("string");
		break;
	case FIELD_ENUM:
		print_type_name(field->enumeration->name, "");
		break;
	case FIELD_TEXTS:
		printf("string[]");
		break;
	case FIELD_LIST:
		print_type_name(field->item()->name, "[]");
		break;
	case FIELD_EVENTS:
		printf("Event[]");
		break;
	}
}

static void typescript_fields(const struct record *record)
{
	for (size_t i = 0; i < record->count; i++) {
		const struct field *field = &record->fields[i];
		printf("\t/** %s */\n\t%s%s: ", field->doc, field->name,
			field->optional ? "?" : "");
		typescript_kind(field);
		printf(";\n");
	}
}

static void typescript_messages(enum message_kind kind, const char *suffix)
{
	for (unsigned i = 0; i < TYPE_COUNT; i++) {
		const struct message_row *row = &message_rows[i];
		const struct record *record = row->record();
		if (row->rule.kind != kind) {
			continue;
		}
		printf("\n/** %s */\nexport interface ", record->doc);
		print_type_name(record->name, suffix);
		printf(" {\n\ttype: \"%s\";\n", row->rule.wire);
		typescript_fields(record);
		printf("}\n");
	}
}

static void typescript_union(enum message_kind kind, const char *suffix)
{
	printf("\nexport type %s =", suffix);
	for (unsigned i = 0; i < TYPE_COUNT; i++) {
		if (message_rows[i].rule.kind == kind) {
			printf("\n\t| ");
			print_type_name(message_rows[i].record()->name, suffix);
		}
	}
	printf(";\n");
}

/* CHAT_SEND_BODY_MAX_CODE_POINTS and the like, for what a person types into a page. */
static void typescript_limits(void)
{
	for (unsigned i = 0; i < TYPE_COUNT; i++) {
		const struct record *record = message_rows[i].record();
		for (size_t j = 0; j < record->count; j++) {
			const struct field *field = &record->fields[j];
			if (message_rows[i].rule.kind != MESSAGE_REQUEST ||
				(field->kind != FIELD_TEXT && field->kind != FIELD_BODY &&
					field->kind != FIELD_TEXTS)) {
				continue;
			}
			const struct {
				const char *what;
				int64_t value;
			} limits[] = {
				{"MAX_ITEMS", field->items},
				{"MIN_CODE_POINTS", field->min > 1 ? field->min : 0},
				{"MAX_CODE_POINTS", field->max},
				{"MAX_BYTES",
					field->kind == FIELD_BODY ? (int64_t)field->bytes : 0},
			};
			for (size_t k = 0; k < sizeof(limits) / sizeof(limits[0]); k++) {
				if (limits[k].value == 0) {
					continue;
				}
				printf("export const ");
				print_constant_name(record->name);
				putchar('_');
				print_constant_name(field->name);
				printf("_%s = %" PRId64 ";\n", limits[k].what, limits[k].value);
			}
		}
	}
}

static void print_typescript(void)
{
	printf("/*\n * The messages of " WIRE_PROTOCOL ", as types.\n * " NOTICE "\n */\n\n");
	printf("/** The WebSocket subprotocol. */\nexport const PROTOCOL = \"" WIRE_PROTOCOL
	       "\";\n");
	printf("/** What `hello` says the page was built with. */\nexport const SCHEMA_HASH = \"");
	print_hash();
	printf("\";\n\n/** Bytes of one message to the server. */\n");
	printf("export const FRAME_MAX_BYTES = %d;\n", WIRE_FRAME_MAX);
	printf("/** What one message may say; the page checks first. */\n");
	printf("export const BODY_MAX_CODE_POINTS = %" PRId64 ";\n",
		message_field_max(TYPE_CHAT_SEND, "body"));
	typescript_limits();

	for (size_t i = 0; i < enumeration_count; i++) {
		const struct enumeration *enumeration = enumeration_list[i];
		printf("\n/** %s */\nexport type ", enumeration->doc);
		print_type_name(enumeration->name, " =");
		for (size_t j = 0; j < enumeration->count; j++) {
			printf("\n\t| \"%s\"", enumeration->values[j]);
		}
		printf(";\n");
	}
	for (size_t i = 0; i < item_count; i++) {
		const struct record *record = item_list[i]();
		printf("\n/** %s */\nexport interface ", record->doc);
		print_type_name(record->name, " {\n");
		typescript_fields(record);
		printf("}\n");
	}
	typescript_messages(MESSAGE_REQUEST, "Request");
	typescript_messages(MESSAGE_EVENT, "Event");
	typescript_union(MESSAGE_REQUEST, "Request");
	typescript_union(MESSAGE_EVENT, "Event");
	printf("\n/** The request, or event, of one type. */\n"
	       "export type RequestOf<T extends Request[\"type\"]> = Extract<Request, { type: T "
	       "}>;\n"
	       "export type EventOf<T extends Event[\"type\"]> = Extract<Event, { type: T }>;\n");
}

int main(int argc, char **argv)
{
	const char *what = argc == 2 ? argv[1] : "";
	bool done = true;
	if (strcmp(what, "schema") == 0) {
		print_schema();
	} else if (strcmp(what, "typescript") == 0) {
		print_typescript();
	} else if (strcmp(what, "reference") == 0) {
		done = splice_reference();
	} else {
		done = false;
	}
	if (!done || fflush(stdout) != 0 || ferror(stdout)) {
		fprintf(stderr, "usage: generate schema | typescript | reference <README.md\n");
		return EXIT_FAILURE;
	}
	return EXIT_SUCCESS;
}
