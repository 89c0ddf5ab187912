/*
 * One line per thing worth knowing, to standard error, with the priority systemd reads ("<6>").
 * Never what a student wrote, a codename, a token, a key or an address; text that came from
 * outside is escaped.
 */
#ifndef HARK_DAEMON_LOG_H
#define HARK_DAEMON_LOG_H

#include <stdbool.h>

enum log_level {
	LOG_LEVEL_ERROR,
	LOG_LEVEL_WARNING,
	LOG_LEVEL_INFO,
	LOG_LEVEL_DEBUG,
};

void log_set_level(enum log_level level);
/* False for a name that is none. */
bool log_level_from_name(const char *name, enum log_level *level);

#define LOG_FORMAT __attribute__((format(printf, 1, 2)))
void log_error(const char *format, ...) LOG_FORMAT;
void log_warning(const char *format, ...) LOG_FORMAT;
void log_info(const char *format, ...) LOG_FORMAT;
void log_debug(const char *format, ...) LOG_FORMAT;
#undef LOG_FORMAT

#endif
