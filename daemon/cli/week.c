/* Reads days and hours. */
#include "daemon/cli/week.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

const char *const week_day_names[7] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};

static const char *const full_names[7] = {
	"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"};

/* The day whose name begins with these letters, three at least; -1: none. */
static int day_of(const char *text, size_t length)
{
	for (int day = 0; day < 7; day++) {
		if (length >= 3 && length <= strlen(full_names[day]) &&
			strncasecmp(text, full_names[day], length) == 0) {
			return day;
		}
	}
	return -1;
}

bool week_parse_days(const char *text, bool days[7])
{
	bool found[7] = {false};
	if (strcasecmp(text, "daily") == 0) {
		text = "sun-sat";
	}
	for (;;) {
		size_t length = strcspn(text, ",-");
		int first = day_of(text, length), last = first;
		text += length;
		if (*text == '-') {
			length = strcspn(++text, ",-");
			last = day_of(text, length);
			text += length;
		}
		if (first < 0 || last < 0 || *text == '-') {
			return false;
		}
		for (int day = first;; day = (day + 1) % 7) {
			found[day] = true;
			if (day == last) {
				break;
			}
		}
		if (*text == '\0') {
			break;
		}
		text++;
	}
	memcpy(days, found, sizeof(found));
	return true;
}

/* One or two digits up to `max`. NULL: none. */
static const char *read_number(const char *text, int max, int *number)
{
	int value = 0;
	const char *at = text;
	for (; *at >= '0' && *at <= '9' && at < text + 2; at++) {
		value = 10 * value + (*at - '0');
	}
	if (at == text || value > max) {
		return NULL;
	}
	*number = value;
	return at;
}

static const char *read_time(const char *text, int *minutes)
{
	int hour, minute;
	const char *at = read_number(text, 24, &hour);
	if (at == NULL || *at != ':') {
		return NULL;
	}
	const char *end = read_number(at + 1, 59, &minute);
	if (end != at + 3 || (hour == 24 && minute > 0)) {
		return NULL;
	}
	*minutes = 60 * hour + minute;
	return end;
}

bool week_parse_hours(const char *text, int *from_min, int *until_min)
{
	int from, until;
	const char *at = read_time(text, &from);
	if (at == NULL || *at != '-') {
		return false;
	}
	at = read_time(at + 1, &until);
	if (at == NULL || *at != '\0' || from >= until) {
		return false;
	}
	*from_min = from;
	*until_min = until;
	return true;
}
