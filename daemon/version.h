/* The version of the daemon and of the command, as people quote it. */
#ifndef HARK_DAEMON_VERSION_H
#define HARK_DAEMON_VERSION_H

#define HARK_VERSION "0.1.0"

#endif
