/* The rows of the configuration, in the order in which they are printed: by section. */
#ifndef HARK_DAEMON_CONFIG_ROWS_H
#define HARK_DAEMON_CONFIG_ROWS_H

#include "daemon/option.h"

enum {
	CONFIG_OPTIONS = 67,
};

extern const struct option config_options[CONFIG_OPTIONS + 1]; /* ended by a NULL section */

#endif
