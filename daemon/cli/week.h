/* Days and hours as a person types them for a weekly shift. Pure. */
#ifndef HARK_DAEMON_CLI_WEEK_H
#define HARK_DAEMON_CLI_WEEK_H

#include <stdbool.h>

extern const char *const week_day_names[7]; /* "Sun" is 0 */

/* "mon-fri", "mon,wed,fri", "sat", "Monday", "fri-mon", "daily". False: none of these. */
bool week_parse_days(const char *text, bool days[7]);

/* "11:30-13:00", in minutes of the day; the end may be 24:00 and lies behind the start. */
bool week_parse_hours(const char *text, int *from_min, int *until_min);

#endif
