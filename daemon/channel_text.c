/* What texts of the channels must look like; see channel_text.h. */
#include "daemon/channel_text.h"

#include <stddef.h>
#include <string.h>

#define LETTERS_AND_DIGITS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

enum {
	MAIL_ADDRESS_MAX = 200,
	MAIL_LOCAL_MAX = 64, /* RFC 5321 4.5.3.1.1 */
	NTFY_TOPIC_MAX = 64,
};

/* Parts of `letters` with single dots between them, `size` bytes. */
static bool is_dotted(const char *text, size_t size, const char *letters)
{
	bool after_dot = true;
	for (size_t i = 0; i < size; i++) {
		if (text[i] == '.') {
			if (after_dot) {
				return false;
			}
			after_dot = true;
		} else if (strchr(letters, text[i]) != NULL) {
			after_dot = false;
		} else {
			return false;
		}
	}
	return !after_dot;
}

bool mail_address_ok(const char *address)
{
	const char *at = strchr(address, '@');
	if (at == NULL || strlen(address) > MAIL_ADDRESS_MAX || at - address > MAIL_LOCAL_MAX) {
		return false;
	}
	/* RFC 5322 3.2.3: atext. Quoted local parts and address literals are nobody's. */
	return is_dotted(
		       address, (size_t)(at - address), LETTERS_AND_DIGITS "!#$%&'*+-/=?^_`{|}~") &&
	       is_dotted(at + 1, strlen(at + 1), LETTERS_AND_DIGITS "-") && at[1] != '-';
}

bool ntfy_topic_ok(const char *topic)
{
	size_t size = strlen(topic);
	return size > 0 && size <= NTFY_TOPIC_MAX && strspn(topic, LETTERS_AND_DIGITS "-_") == size;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

bool time_of_day(const char *text, int *minute)
{
	if (strlen(text) != 5 || text[2] != ':' || !is_digit(text[0]) || !is_digit(text[1]) ||
		!is_digit(text[3]) || !is_digit(text[4])) {
		return false;
	}
	int hours = (text[0] - '0') * 10 + text[1] - '0';
	int minutes = (text[3] - '0') * 10 + text[4] - '0';
	if (hours > 23 || minutes > 59) {
		return false;
	}
	*minute = hours * 60 + minutes;
	return true;
}

void text_end_whole(char *text)
{
	size_t size = strlen(text), at = size;
	while (at > 0 && ((unsigned char)text[at - 1] & 0xc0) == 0x80) {
		at--;
	}
	if (at == 0) {
		return;
	}
	unsigned char first = (unsigned char)text[at - 1];
	size_t wanted = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1;
	if (size - (at - 1) < wanted) {
		text[at - 1] = '\0';
	}
}

#undef LETTERS_AND_DIGITS
