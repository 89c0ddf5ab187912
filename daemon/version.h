/* The version of everything built from this tree. */
#ifndef HARK_DAEMON_VERSION_H
#define HARK_DAEMON_VERSION_H

#define HARK_VERSION "0.1.0"

#endif
