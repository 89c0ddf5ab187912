/*
 * What the school says about itself: name, words, topics, hours, crisis contacts. Text by key, kept
 * in the file, changed live; here checked and taken apart into what pages are shown.
 */
#ifndef HARK_DAEMON_SETTINGS_H
#define HARK_DAEMON_SETTINGS_H

#include "daemon/ladder.h"
#include "protocol/message.h"
#include "storage/store.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct server;

enum {
	SETTINGS_TEXTS_MAX = 24,
	SETTINGS_CONTACTS_MAX = 12,
	SETTINGS_HOURS_MAX = 14,
	SETTINGS_OFFICE_MAX = 8,
};

enum setting_key {
	SETTING_SCHOOL,
	SETTING_PEER_WORD,
	SETTING_EXIT_URL,
	SETTING_AWAY_TEXT,
	SETTING_TOPICS, /* one a line */
	SETTING_WISHES, /* one a line */
	SETTING_CONTACTS, /* "!when | what | href", ! for urgent */
	SETTING_HOURS, /* "day | times" */
	SETTING_LADDER, /* "minutes | who | how", see ladder.h */
	SETTING_OFFICE_MAIL, /* the front office's addresses, one a line */
	SETTING_FLAG_ESCALATES, /* yes or no: the gravest watch phrases call an adult */
	SETTING_DIGEST_TO, /* who gets the daily digest, addresses one a line */
	SETTING_AUDIT_HEAD_TO, /* who keeps the audit's head outside, addresses one a line */
	SETTING_CASE_STEPS, /* of a new case, one a line */
	SETTING_CODES_REQUIRED, /* yes or no: a new chat with a peer needs a printed code */
	SETTING_REPORT_BLOCK, /* minutes: what a supporter's one tap blocks a room's key for; 0: not
			       */
	SETTINGS
};

struct settings {
	char *values[SETTINGS]; /* by row of the table in settings.c; owned */
	/* Taken apart; the texts borrow from `values`. */
	struct text topics[SETTINGS_TEXTS_MAX], wishes[SETTINGS_TEXTS_MAX];
	size_t topics_count, wishes_count;
	struct item_contact contacts[SETTINGS_CONTACTS_MAX];
	size_t contacts_count;
	struct item_hours hours[SETTINGS_HOURS_MAX];
	size_t hours_count;
	struct ladder ladder;
	struct text office_mail[SETTINGS_OFFICE_MAX];
	size_t office_mail_count;
	struct text digest_to[SETTINGS_OFFICE_MAX];
	size_t digest_to_count;
	struct text audit_head_to[SETTINGS_OFFICE_MAX];
	size_t audit_head_to_count;
	struct text case_steps[SETTINGS_TEXTS_MAX];
	size_t case_steps_count;
};

/* Of a number's row: what it says. */
int64_t settings_number(const struct settings *settings, enum setting_key key);

static inline bool settings_is_on(const struct settings *settings, enum setting_key key)
{
	return strcmp(settings->values[key], "yes") == 0;
}

/* Every setting is what it is until the school says otherwise. */
void settings_reset(struct server *server);
/* Reads all from the file, over the defaults, which remain when it cannot be read. */
enum store_status settings_load(struct server *server);
void settings_finish(struct settings *settings); /* NULL is fine */

/* False: there is no such key. */
bool settings_find(const char *bytes, size_t size, enum setting_key *key);
const char *settings_key_name(enum setting_key key);
struct text settings_value(const struct settings *settings, enum setting_key key);

/* Whether a value would do; otherwise a sentence that says what is wrong, with the line. */
bool settings_check(
	enum setting_key key, const char *bytes, size_t size, char *problem, size_t problem_size);

/* Takes a checked value over. */
void settings_apply(
	struct settings *settings, enum setting_key key, const char *bytes, size_t size);

#endif
