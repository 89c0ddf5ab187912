/* The log: one write(2) a line, so that lines of two processes never mix. */
#include "daemon/log.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
	TEXT_MAX = 1000, /* bytes of a message before escaping; the rest is cut */
};

static const struct {
	const char *name;
	int priority; /* syslog(3) */
} levels[] = {
	[LOG_LEVEL_ERROR] = {"error", 3},
	[LOG_LEVEL_WARNING] = {"warning", 4},
	[LOG_LEVEL_INFO] = {"info", 6},
	[LOG_LEVEL_DEBUG] = {"debug", 7},
};

static enum log_level level_max = LOG_LEVEL_INFO;

void log_set_level(enum log_level level)
{
	level_max = level;
}

bool log_level_from_name(const char *name, enum log_level *level)
{
	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
		if (strcmp(levels[i].name, name) == 0) {
			*level = (enum log_level)i;
			return true;
		}
	}
	return false;
}

/* Anything but printable ASCII as \xNN: no text can forge a line or reach a terminal's controls. */
static size_t escape(const char *text, char *line)
{
	static const char hex[] = "0123456789abcdef";
	size_t length = 0;
	for (; *text != '\0'; text++) {
		unsigned char byte = (unsigned char)*text;
		if (byte >= ' ' && byte < 0x7f && byte != '\\') {
			line[length++] = (char)byte;
			continue;
		}
		line[length++] = '\\';
		line[length++] = 'x';
		line[length++] = hex[byte >> 4];
		line[length++] = hex[byte & 15];
	}
	return length;
}

static void say(enum log_level level, const char *format, va_list arguments)
{
	if (level > level_max) {
		return;
	}
	char text[TEXT_MAX + 1];
	vsnprintf(text, sizeof(text), format, arguments);
	char line[16 + 4 * TEXT_MAX];
	/* A person at a terminal reads words, the journal numbers. */
	int prefix = isatty(STDERR_FILENO) ? snprintf(line, 16, "%s: ", levels[level].name)
					   : snprintf(line, 16, "<%d>", levels[level].priority);
	size_t length = (size_t)prefix + escape(text, line + prefix);
	line[length++] = '\n';
	ssize_t written = write(STDERR_FILENO, line, length);
	(void)written; /* nowhere left to complain */
}

void log_error(const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	say(LOG_LEVEL_ERROR, format, arguments);
	va_end(arguments);
}

void log_warning(const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	say(LOG_LEVEL_WARNING, format, arguments);
	va_end(arguments);
}

void log_info(const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	say(LOG_LEVEL_INFO, format, arguments);
	va_end(arguments);
}

void log_debug(const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	say(LOG_LEVEL_DEBUG, format, arguments);
	va_end(arguments);
}
