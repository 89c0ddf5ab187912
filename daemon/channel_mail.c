/*
 * A message as a mail: RFC 5322 with the headers of RFC 2045 to 2047 and 3834. A title may hold
 * anything, and is encoded as soon as it is more than short, printable ASCII: nothing of it can end
 * its line. The text is quoted-printable, which any server lets through.
 */
#include "daemon/channel_message.h"
#include "daemon/xalloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
	PLAIN_TITLE_MAX = 60, /* with "Subject: " well below 78, RFC 5322 2.1.1 */
	WORD_MAX = 63, /* of an encoded word's 75 (RFC 2047 2), without =?UTF-8?Q? and ?= */
	FIRST_WORD_MAX = WORD_MAX - 8, /* in the line that begins with "Subject: ", of 76 */
	LINE_MAX_QP = 75, /* before a soft break, RFC 2045 6.7 */
};

static bool is_letter_or_digit(unsigned char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool is_plain_title(const char *title)
{
	for (const char *at = title; *at != '\0'; at++) {
		if (*at < ' ' || *at > '~') {
			return false;
		}
	}
	return strlen(title) <= PLAIN_TITLE_MAX && strstr(title, "=?") == NULL && title[0] != ' ';
}

/* How many bytes the character at `text` has; at least 1, never beyond the end. */
static size_t character_size(const char *text)
{
	size_t size = 1;
	while (((unsigned char)text[size] & 0xc0) == 0x80) {
		size++;
	}
	return size;
}

/* Encoded words, none of which cuts a character in two. */
static void put_encoded_title(FILE *out, const char *title)
{
	fputs("=?UTF-8?Q?", out);
	size_t room = FIRST_WORD_MAX;
	while (*title != '\0') {
		char word[64];
		size_t used = 0, size = character_size(title);
		for (size_t i = 0; i < size && used + 4 <= sizeof(word); i++) {
			unsigned char c = (unsigned char)title[i];
			used += (size_t)(is_letter_or_digit(c) ? sprintf(word + used, "%c", c)
							       : sprintf(word + used, "=%02X",
									 c < ' ' ? ' ' : c));
		}
		if (used > room) {
			fputs("?=\r\n =?UTF-8?Q?", out);
			room = WORD_MAX;
		}
		fwrite(word, 1, used, out);
		room -= used;
		title += size;
	}
	fputs("?=", out);
}

/* The key as the left side of a Message-ID: a dot-atom whatever is in it. */
static void put_key(FILE *out, const char *key)
{
	for (; *key != '\0'; key++) {
		unsigned char c = (unsigned char)*key;
		fprintf(out, is_letter_or_digit(c) || c == '-' || c == '_' ? "%c" : "=%02X", c);
	}
}

/* In UTC and in English, whatever the locale is: RFC 5322 3.3. */
static void put_date(FILE *out, int64_t at_ms)
{
	static const char days[] = "SunMonTueWedThuFriSat";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	time_t seconds = (time_t)(at_ms / 1000);
	struct tm utc = {0};
	gmtime_r(&seconds, &utc);
	fprintf(out, "Date: %.3s, %02d %.3s %d %02d:%02d:%02d +0000\r\n", days + 3 * utc.tm_wday,
		utc.tm_mday, months + 3 * utc.tm_mon, utc.tm_year + 1900, utc.tm_hour, utc.tm_min,
		utc.tm_sec);
}

/* RFC 2045 6.7. */
static void put_quoted_printable(FILE *out, const char *text)
{
	size_t line = 0;
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;
		if (c == '\n') {
			fputs("\r\n", out);
			line = 0;
			continue;
		}
		bool at_end = text[1] == '\n' || text[1] == '\0';
		bool as_it_is = (c > ' ' && c <= '~' && c != '=') || (c == ' ' && !at_end);
		size_t size = as_it_is ? 1 : 3;
		if (line + size > LINE_MAX_QP) {
			fputs("=\r\n", out);
			line = 0;
		}
		fprintf(out, as_it_is ? "%c" : "=%02X", c);
		line += size;
	}
	if (line > 0) {
		fputs("\r\n", out);
	}
}

char *body_of_mail(const struct channel_message *message, const char *from, size_t *size)
{
	char *bytes = NULL;
	FILE *out = open_memstream(&bytes, size);
	if (out == NULL) {
		xalloc_failed();
	}
	put_date(out, message->created_ms);
	fprintf(out, "From: Hark <%s>\r\nTo: <%s>\r\nMessage-ID: <", from, message->address);
	put_key(out, message->key);
	fprintf(out, "%s>\r\nX-Hark-Id: ", strchr(from, '@'));
	put_key(out, message->key);
	fputs("\r\nSubject: ", out);
	if (is_plain_title(message->title)) {
		fputs(message->title, out);
	} else {
		put_encoded_title(out, message->title);
	}
	fprintf(out,
		"\r\n%sAuto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
		"Content-Type: text/plain; charset=utf-8\r\n"
		"Content-Transfer-Encoding: quoted-printable\r\n\r\n",
		message->urgent ? "Importance: high\r\nX-Priority: 1\r\n" : "");
	put_quoted_printable(out, message->text);
	if (fclose(out) != 0) {
		xalloc_failed();
	}
	return bytes;
}
