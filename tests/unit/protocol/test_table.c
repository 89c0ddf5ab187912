/*
 * The rows themselves: what must hold for any row that anybody adds.
 */
#include "protocol/table.h"
#include "tests/unit/tap.h"

static bool is_name(const char *name)
{
	return name[0] >= 'a' && name[0] <= 'z' && strlen(name) <= 40 &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(name);
}

static bool is_wire_name(const char *wire)
{
	return wire[0] >= 'a' && wire[0] <= 'z' &&
	       strspn(wire, "abcdefghijklmnopqrstuvwxyz0123456789_.") == strlen(wire);
}

/* One name, one type: a message is known by its name alone, whichever way it goes. */
static void test_names_unique(void)
{
	for (unsigned i = 0; i < TYPE_COUNT; i++) {
		const struct message_rule *rule = message_rule((enum message_type)i);
		CHECK(is_wire_name(rule->wire));
		for (unsigned j = 0; j < i; j++) {
			CHECK(strcmp(rule->wire, message_rule((enum message_type)j)->wire) != 0);
		}
	}
}

static void check_field(const struct record *record, const struct field *field)
{
	CHECK(is_name(field->name));
	CHECK(strcmp(field->name, "type") != 0);
	CHECK(field->doc[0] != '\0');
	CHECK_INT(strlen(field->key), field->name_size + 4);
	CHECK(field->offset < record->size);
	CHECK(field->min <= field->max);
	CHECK(field->min >= -WIRE_INT_MAX && field->max <= WIRE_INT_MAX);
	CHECK(field->items >= 0 && field->items <= 1000);
	CHECK((field->kind == FIELD_ENUM) == (field->enumeration != NULL));
	CHECK((field->kind == FIELD_LIST) == (field->item != NULL));
	CHECK((field->items > 0) == (field->kind == FIELD_TEXTS || field->kind == FIELD_LIST));
	if (field->kind == FIELD_TEXT || field->kind == FIELD_BODY || field->kind == FIELD_TEXTS) {
		CHECK(field->min >= 0);
		CHECK(field->bytes >= (size_t)field->max);
		CHECK(field->bytes <= 4 * (size_t)field->max);
	}
}

static void check_record(const struct record *record)
{
	CHECK(is_name(record->name));
	CHECK(record->doc[0] != '\0');
	for (size_t i = 0; i < record->count; i++) {
		check_field(record, &record->fields[i]);
		for (size_t j = 0; j < i; j++) {
			CHECK(strcmp(record->fields[i].name, record->fields[j].name) != 0);
		}
	}
}

static void test_records(void)
{
	for (unsigned i = 0; i < TYPE_COUNT; i++) {
		check_record(message_rows[i].record());
	}
	for (size_t i = 0; i < item_count; i++) {
		check_record(item_list[i]());
	}
}

static void test_rules(void)
{
	for (unsigned i = 0; i < TYPE_COUNT; i++) {
		const struct message_rule *rule = message_rule((enum message_type)i);
		bool request = rule->kind == MESSAGE_REQUEST;
		const struct record *record = message_rows[i].record();
		CHECK_INT(rule->credits > 0, request);
		CHECK((rule->roles & ~ROLES_ANY) == 0);
		CHECK(request || rule->roles == ROLES_NOBODY);
		CHECK(!request || strcmp(record->fields[0].name, "ref") == 0);
	}
	CHECK_INT(message_rule(TYPE_CHAT_SEND)->roles, ROLES_PEOPLE);
	CHECK_INT(message_rule(TYPE_CHAT_SEND)->credits, 10);
	CHECK_INT(message_rule(TYPE_SIGN_IN)->roles, ROLES_NOBODY);
	CHECK_INT(message_rule(TYPE_CHAT_POSTED)->kind, MESSAGE_EVENT);
}

/* The fields of an `error` hold whatever the decoder says. */
static void test_error_holds_problems(void)
{
	const struct record *record = message_rows[TYPE_ERROR].record();
	struct decode_problem problem;
	for (size_t i = 0; i < record->count; i++) {
		if (strcmp(record->fields[i].name, "message") == 0) {
			CHECK(record->fields[i].max >= (int64_t)sizeof(problem.sentence) - 1);
		}
		if (strcmp(record->fields[i].name, "field") == 0) {
			CHECK(record->fields[i].max >= (int64_t)sizeof(problem.field) - 1);
		}
	}
}

static void test_enumerations(void)
{
	for (size_t i = 0; i < enumeration_count; i++) {
		const struct enumeration *enumeration = enumeration_list[i];
		CHECK(enumeration->count > 0 && enumeration->doc[0] != '\0');
		for (size_t j = 0; j < enumeration->count; j++) {
			const char *value = enumeration->values[j];
			CHECK(is_name(value));
			CHECK_INT(enumeration_find(enumeration, value, strlen(value)), j);
		}
		CHECK_INT(enumeration_find(enumeration, "", 0), enumeration->count);
	}
	CHECK_STR(wire_phase_name(WIRE_PHASE_MAILBOX), "mailbox");
	enum wire_phase phase = WIRE_PHASE_ENDED;
	CHECK(wire_phase_from_text("live!", 4, &phase));
	CHECK_INT(phase, WIRE_PHASE_LIVE);
	CHECK(!wire_phase_from_text("live!", 5, &phase));
	CHECK(!wire_phase_from_text("liv", 3, &phase));
	CHECK_INT(phase, WIRE_PHASE_LIVE);
}

static void test_field_max(void)
{
	CHECK_INT(message_field_max(TYPE_STATE_DESK, "waiting"), 50);
	CHECK_INT(message_field_max(TYPE_STATE_SCHOOL, "topics"), 24);
	CHECK_INT(message_field_max(TYPE_CHAT_SEND, "body"), 4000);
	CHECK_INT(message_field_max(TYPE_ROOM_HISTORY, "limit"), 50);
	CHECK_INT(message_field_max(TYPE_CHAT_SEND, "ref"), WIRE_INT_MAX);
}

static void test_hash(void)
{
	uint8_t first[8], second[8] = {0}, zero[8] = {0};
	protocol_schema_hash(first);
	protocol_schema_hash(second);
	CHECK(memcmp(first, second, sizeof(first)) == 0);
	CHECK(memcmp(first, zero, sizeof(first)) != 0);
}

/* The structs on everybody's way stay small. */
static void test_sizes(void)
{
	CHECK(sizeof(struct msg_chat_send) <= 64);
	CHECK(sizeof(struct msg_chat_posted) <= 128);
	CHECK(sizeof(struct message) <= 512);
}

int main(void)
{
	RUN(test_names_unique);
	RUN(test_records);
	RUN(test_rules);
	RUN(test_error_holds_problems);
	RUN(test_enumerations);
	RUN(test_field_max);
	RUN(test_hash);
	RUN(test_sizes);
	return tap_done();
}
