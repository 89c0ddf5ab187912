/* What texts of the channels must look like: addresses, topics, times of day, whole characters.
 * Pure. */
#ifndef HARK_DAEMON_CHANNEL_TEXT_H
#define HARK_DAEMON_CHANNEL_TEXT_H

#include <stdbool.h>

/* An address that can stand in a mail's header and in SMTP as it is: RFC 5321's dot-string and a
 * domain, ASCII, at most 200 bytes. */
bool mail_address_ok(const char *address);

/* 1 to 64 letters, digits, - and _: what an ntfy server takes. */
bool ntfy_topic_ok(const char *topic);

/* "07:30" in minutes of the day. */
bool time_of_day(const char *text, int *minute);

/* Takes the last character away when it was cut: a text that snprintf() shortened stays UTF-8. */
void text_end_whole(char *text);

#endif
