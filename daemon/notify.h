/*
 * What systemd wants to hear from a service (sd_notify(3)), without libsystemd: datagrams to the
 * socket named in $NOTIFY_SOCKET. Without that variable nobody wants to hear, and all is well.
 */
#ifndef HARK_DAEMON_NOTIFY_H
#define HARK_DAEMON_NOTIFY_H

#include <stdint.h>

/* Each: 0, or -1 with errno. Never waits: a full socket is EAGAIN. */
int notify_ready(void); /* started, or done reloading */
int notify_reloading(void);
int notify_stopping(void);
int notify_watchdog(void); /* alive */

/* How often to say notify_watchdog(): half of what WatchdogSec= allows. 0: not at all. */
int64_t notify_watchdog_ms(void);

#endif
