/*
 * A secret as cookies and headers carry it: 64 hex digits, letter case apart, and nothing around
 * them. Pure.
 */
#ifndef HARK_DAEMON_SECRET_TEXT_H
#define HARK_DAEMON_SECRET_TEXT_H

#include <stdbool.h>
#include <stdint.h>

enum {
	SECRET_BYTES = 32
};

/* False: it is none. The caller wipes the secret either way. */
bool secret_text_read(const char *text, uint8_t secret[SECRET_BYTES]);

#endif
