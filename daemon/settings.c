/* The school's settings: a row each, checked before they are taken. */
#include "daemon/settings.h"

#include "daemon/log.h"
#include "daemon/reach.h"
#include "daemon/server.h"
#include "daemon/xalloc.h"
#include "storage/table_setting.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum setting_shape {
	SHAPE_TEXT,
	SHAPE_URL,
	SHAPE_SWITCH, /* yes or no */
	SHAPE_NUMBER, /* min to max, both included */
	SHAPE_LINES,
	SHAPE_CONTACTS,
	SHAPE_HOURS,
	SHAPE_LADDER,
	SHAPE_MAILS,
};

static const struct setting_row {
	const char *key;
	enum setting_shape shape;
	size_t min, max; /* code points, of the text or of each line; or of a number */
	size_t lines_max; /* of lists */
	const char *value; /* until the school says otherwise */
} rows[] = {
	[SETTING_SCHOOL] = {"school", SHAPE_TEXT, 1, 80, 0, "Our school"},
	[SETTING_PEER_WORD] = {"peer_word", SHAPE_TEXT, 1, 30, 0, "peer"},
	[SETTING_EXIT_URL] = {"exit_url", SHAPE_URL, 1, 300, 0, "https://www.weather.gov/"},
	[SETTING_AWAY_TEXT] = {"away_text", SHAPE_TEXT, 0, 300, 0, ""},
	[SETTING_TOPICS] = {"topics", SHAPE_LINES, 1, 40, SETTINGS_TEXTS_MAX,
		"Friends\nFamily\nSchool stress\nBeing picked on\nFeeling down\nWorries\nWho I am\n"
		"Not sure yet"},
	[SETTING_WISHES] = {"wishes", SHAPE_LINES, 1, 40, SETTINGS_TEXTS_MAX,
		"Near my grade\nA girl\nA boy\nNonbinary"},
	[SETTING_CONTACTS] = {"contacts", SHAPE_CONTACTS, 1, 80, SETTINGS_CONTACTS_MAX,
		"!Someone is hurt, or could be soon | Call 911 | tel:911\n"
		"Thoughts of suicide, or it's all too much | Call or text 988 | tel:988\n"
		"Would rather text a crisis counselor | Text HOME to 741741 | "
		"sms:741741?body=HOME"},
	[SETTING_HOURS] = {"hours", SHAPE_HOURS, 1, 80, SETTINGS_HOURS_MAX, ""},
	[SETTING_LADDER] = {"ladder", SHAPE_LADDER, 1, 80, LADDER_RUNGS_MAX,
		"0 | duty | screen, mail, ntfy\n"
		"2 | duty | webhook, program\n"
		"4 | office | mail\n"
		"6 | everyone | mail, ntfy, webhook, slack, teams, program"},
	[SETTING_OFFICE_MAIL] = {"office_mail", SHAPE_MAILS, 1, 200, SETTINGS_OFFICE_MAX, ""},
	[SETTING_FLAG_ESCALATES] = {"flag_escalates", SHAPE_SWITCH, 0, 3, 0, "no"},
	[SETTING_DIGEST_TO] = {"digest_to", SHAPE_MAILS, 1, 200, SETTINGS_OFFICE_MAX, ""},
	[SETTING_AUDIT_HEAD_TO] = {"audit_head_to", SHAPE_MAILS, 1, 200, SETTINGS_OFFICE_MAX, ""},
	[SETTING_CASE_STEPS] = {"case_steps", SHAPE_LINES, 1, 120, SETTINGS_TEXTS_MAX,
		"Talk with the student\nParent or guardian told\n"
		"Report made to child services, if there is reason to suspect harm\nReferral\n"
		"Follow-up"},
	[SETTING_CODES_REQUIRED] = {"codes_required", SHAPE_SWITCH, 0, 3, 0, "no"},
	[SETTING_REPORT_BLOCK] = {"report_block_minutes", SHAPE_NUMBER, 0, 1440, 0, "10"},
};

enum {
	ROWS = sizeof(rows) / sizeof(rows[0])
};
_Static_assert(ROWS == (int)SETTINGS, "a row a key");

bool settings_find(const char *bytes, size_t size, enum setting_key *key)
{
	for (size_t i = 0; i < ROWS; i++) {
		if (strlen(rows[i].key) == size && memcmp(rows[i].key, bytes, size) == 0) {
			*key = (enum setting_key)i;
			return true;
		}
	}
	return false;
}

const char *settings_key_name(enum setting_key key)
{
	return rows[key].key;
}

struct text settings_value(const struct settings *settings, enum setting_key key)
{
	return text_of(settings->values[key]);
}

/* ---- lines and columns ---- */

static struct text trim(struct text text)
{
	while (text.size > 0 && (*text.bytes == ' ' || *text.bytes == '\t')) {
		text.bytes++;
		text.size--;
	}
	while (text.size > 0 && strchr(" \t\r", text.bytes[text.size - 1]) != NULL) {
		text.size--;
	}
	return text;
}

/* Takes the part up to `end` off the front, trimmed. False: nothing is left. */
static bool take(struct text *rest, char end, struct text *part)
{
	if (rest->bytes == NULL) {
		return false;
	}
	const char *at = memchr(rest->bytes, end, rest->size);
	if (at == NULL) {
		*part = trim(*rest);
		*rest = (struct text){NULL, 0};
		return true;
	}
	*part = trim((struct text){rest->bytes, (size_t)(at - rest->bytes)});
	rest->size -= (size_t)(at - rest->bytes) + 1;
	rest->bytes = at + 1;
	return true;
}

static size_t code_points(struct text text)
{
	size_t count = 0;
	for (size_t i = 0; i < text.size; i++) {
		count += ((unsigned char)text.bytes[i] & 0xc0) != 0x80;
	}
	return count;
}

static bool fits(struct text text, size_t min, size_t max)
{
	size_t count = code_points(text);
	return count >= min && count <= max;
}

static bool starts_with(struct text text, const char *prefix)
{
	return text.size > strlen(prefix) && memcmp(text.bytes, prefix, strlen(prefix)) == 0;
}

/* Nothing that a page would run: "javascript:" is not among them. */
static bool is_link(struct text text)
{
	return starts_with(text, "https://") || starts_with(text, "http://") ||
	       starts_with(text, "tel:") || starts_with(text, "sms:") ||
	       starts_with(text, "mailto:");
}

static const char *parse_contact(struct text line, struct item_contact *contact)
{
	struct text when = {NULL, 0}, what = {NULL, 0}, href = {"", 0}, more;
	contact->urgent = line.size > 0 && *line.bytes == '!';
	if (contact->urgent) {
		line.bytes++;
		line.size--;
	}
	if (!take(&line, '|', &when) || !take(&line, '|', &what)) {
		return "write \"when | what to do | link\"";
	}
	if (take(&line, '|', &href) && take(&line, '|', &more)) {
		return "there are more than three columns";
	}
	if (!fits(when, 0, 80) || !fits(what, 1, 80) || !fits(href, 0, 200)) {
		return "when and what may have 80 characters, the link 200";
	}
	if (href.size > 0 && !is_link(href)) {
		return "a link begins with tel:, sms:, mailto:, https:// or http://";
	}
	contact->when = when;
	contact->what = what;
	contact->href = href;
	return NULL;
}

static const char *parse_hours(struct text line, struct item_hours *hours)
{
	struct text more;
	if (!take(&line, '|', &hours->day) || !take(&line, '|', &hours->times) ||
		take(&line, '|', &more)) {
		return "write \"day | times\"";
	}
	if (!fits(hours->day, 1, 40) || !fits(hours->times, 1, 80)) {
		return "the day may have 40 characters, the times 80";
	}
	return NULL;
}

/* Where a list's lines go while it is read. */
struct lists {
	struct text *texts;
	struct item_contact *contacts;
	struct item_hours *hours;
	struct ladder_rung *rungs;
	size_t count;
};

static const char *parse_line(const struct setting_row *row, struct text line, struct lists *into)
{
	size_t at = into->count;
	if (at == row->lines_max) {
		return "there are too many lines";
	}
	into->count++;
	switch (row->shape) {
	case SHAPE_CONTACTS:
		return parse_contact(line, &into->contacts[at]);
	case SHAPE_HOURS:
		return parse_hours(line, &into->hours[at]);
	case SHAPE_LADDER:
		return ladder_read_rung(line.bytes, line.size, at > 0 ? &into->rungs[at - 1] : NULL,
			&into->rungs[at]);
	case SHAPE_MAILS:
		into->texts[at] = line;
		return fits(line, row->min, row->max) && reach_is_mail(line)
			       ? NULL
			       : "this is no mail address";
	default:
		into->texts[at] = line;
		return fits(line, row->min, row->max) ? NULL : "the line is too long";
	}
}

/* Reads a list; on a mistake says in which line, from 1. */
static const char *parse_list(
	const struct setting_row *row, struct text value, struct lists *into, unsigned *line_number)
{
	struct text line;
	*line_number = 0;
	while (take(&value, '\n', &line)) {
		++*line_number;
		const char *wrong = line.size > 0 ? parse_line(row, line, into) : NULL;
		if (wrong != NULL) {
			return wrong;
		}
	}
	return NULL;
}

static bool is_list(const struct setting_row *row)
{
	return row->shape >= SHAPE_LINES;
}

/* Digits alone: no sign, no blank. False: it is not between the row's bounds. */
static bool read_number(const struct setting_row *row, struct text text, size_t *number)
{
	size_t value = 0;
	for (size_t i = 0; i < text.size; i++) {
		if (text.bytes[i] < '0' || text.bytes[i] > '9' || value > row->max) {
			return false;
		}
		value = value * 10 + (size_t)(text.bytes[i] - '0');
	}
	*number = value;
	return text.size > 0 && value >= row->min && value <= row->max;
}

int64_t settings_number(const struct settings *settings, enum setting_key key)
{
	size_t number = 0;
	bool is_one = read_number(&rows[key], settings_value(settings, key), &number);
	assert(is_one); /* it was checked before it was taken */
	(void)is_one;
	return (int64_t)number;
}

bool settings_check(
	enum setting_key key, const char *bytes, size_t size, char *problem, size_t problem_size)
{
	const struct setting_row *row = &rows[key];
	struct text value = {bytes, size};
	struct text texts[SETTINGS_TEXTS_MAX];
	struct item_contact contacts[SETTINGS_CONTACTS_MAX];
	struct item_hours hours[SETTINGS_HOURS_MAX];
	struct ladder_rung rungs[LADDER_RUNGS_MAX];
	if (is_list(row)) {
		struct lists lists = {texts, contacts, hours, rungs, 0};
		unsigned line = 0;
		const char *wrong = parse_list(row, value, &lists, &line);
		if (wrong != NULL) {
			snprintf(problem, problem_size, "%s, line %u: %s.", row->key, line, wrong);
			return false;
		}
		if (key == SETTING_CONTACTS && lists.count == 0) {
			snprintf(problem, problem_size, "There must be a way to get help.");
			return false;
		}
		if (key == SETTING_LADDER && lists.count == 0) {
			snprintf(problem, problem_size, "There must be somebody to call.");
			return false;
		}
		return true;
	}
	if (row->shape == SHAPE_SWITCH) {
		bool known = (size == 3 && memcmp(bytes, "yes", 3) == 0) ||
			     (size == 2 && memcmp(bytes, "no", 2) == 0);
		snprintf(problem, problem_size, "%s", known ? "" : "It is either yes or no.");
		return known;
	}
	size_t number;
	if (row->shape == SHAPE_NUMBER) {
		if (read_number(row, value, &number)) {
			return true;
		}
		snprintf(problem, problem_size, "It is a number from %zu to %zu.", row->min,
			row->max);
		return false;
	}
	if (memchr(bytes, '\n', size) != NULL || !fits(value, row->min, row->max)) {
		snprintf(problem, problem_size, "%s is one line of %zu to %zu characters.",
			row->key, row->min, row->max);
		return false;
	}
	if (row->shape == SHAPE_URL && !starts_with(value, "https://") &&
		!starts_with(value, "http://")) {
		snprintf(problem, problem_size, "%s begins with https:// or http://.", row->key);
		return false;
	}
	return true;
}

/* Where a list of texts is kept; NULL: it is a list of something else. */
struct text_list {
	struct text *texts;
	size_t *count;
};

static struct text_list texts_of(struct settings *settings, enum setting_key key)
{
	switch (key) {
	case SETTING_TOPICS:
		return (struct text_list){settings->topics, &settings->topics_count};
	case SETTING_WISHES:
		return (struct text_list){settings->wishes, &settings->wishes_count};
	case SETTING_OFFICE_MAIL:
		return (struct text_list){settings->office_mail, &settings->office_mail_count};
	case SETTING_DIGEST_TO:
		return (struct text_list){settings->digest_to, &settings->digest_to_count};
	case SETTING_AUDIT_HEAD_TO:
		return (struct text_list){settings->audit_head_to, &settings->audit_head_to_count};
	case SETTING_CASE_STEPS:
		return (struct text_list){settings->case_steps, &settings->case_steps_count};
	default:
		return (struct text_list){NULL, NULL};
	}
}

void settings_apply(struct settings *settings, enum setting_key key, const char *bytes, size_t size)
{
	char *value = xmemdup(bytes, size);
	free(settings->values[key]);
	settings->values[key] = value;
	if (!is_list(&rows[key])) {
		return;
	}
	struct text_list list = texts_of(settings, key);
	struct lists lists = {
		.texts = list.texts,
		.contacts = settings->contacts,
		.hours = settings->hours,
		.rungs = settings->ladder.rungs,
	};
	unsigned line = 0;
	parse_list(&rows[key], (struct text){value, size}, &lists, &line);
	if (list.texts != NULL) {
		*list.count = lists.count;
	} else if (key == SETTING_CONTACTS) {
		settings->contacts_count = lists.count;
	} else if (key == SETTING_LADDER) {
		settings->ladder.count = lists.count;
	} else {
		settings->hours_count = lists.count;
	}
}

/* ---- the file ---- */

static bool load_one(void *data, const char *name, const char *value, size_t size)
{
	struct settings *settings = data;
	enum setting_key key;
	char problem[200];
	if (!settings_find(name, strlen(name), &key)) {
		return true; /* of another version */
	}
	if (!settings_check(key, value, size, problem, sizeof(problem))) {
		log_warning("setting %s in the file is not taken: %s", rows[key].key, problem);
		return true;
	}
	settings_apply(settings, key, value, size);
	return true;
}

struct load {
	struct store_job job;
	struct settings *settings;
};

static enum store_status load_all(struct store_job *job, struct store_db *db)
{
	return setting_load_all(db, load_one, ((struct load *)job)->settings);
}

void settings_reset(struct server *server)
{
	settings_finish(server->settings);
	server->settings = xcalloc(1, sizeof(*server->settings));
	for (size_t i = 0; i < ROWS; i++) {
		settings_apply(server->settings, (enum setting_key)i, rows[i].value,
			strlen(rows[i].value));
	}
}

enum store_status settings_load(struct server *server)
{
	settings_reset(server);
	struct load load = {.job.run = load_all, .settings = server->settings};
	enum store_status status = store_read_now(server->store, &load.job);
	if (status != STORE_OK) {
		settings_reset(server); /* half of what a school says may be misleading */
	}
	return status;
}

void settings_finish(struct settings *settings)
{
	if (settings == NULL) {
		return;
	}
	for (size_t i = 0; i < ROWS; i++) {
		free(settings->values[i]);
	}
	free(settings);
}
