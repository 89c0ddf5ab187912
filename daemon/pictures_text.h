/*
 * The words of sending a picture over HTTP: its headers in, `ok` or an `error` out, with the status
 * that fits.
 */
#ifndef HARK_DAEMON_PICTURES_TEXT_H
#define HARK_DAEMON_PICTURES_TEXT_H

#include "daemon/dispatch.h"
#include "daemon/http.h"
#include "picture/answer.h"
#include "storage/table_event.h"

#include <stdbool.h>
#include <stdint.h>

/* Of a Content-Type. NULL, or any other: PICTURE_UNKNOWN. */
enum picture_type picture_type_of(const char *type);

/* A room's number as decimal digits, from 1. NULL, or anything else: false. */
bool picture_read_room(const char *text, int64_t *room);

/* A message's id as EVENT_ID_BYTES in hex. NULL, or anything else: false. */
bool picture_read_id(const char *text, uint8_t id[EVENT_ID_BYTES]);

/* It stands in the room as event `n`. */
void picture_say_ok(struct http_reply *reply, int64_t room, int64_t n, int64_t at_ms);

void picture_say_code(struct http_reply *reply, enum wire_code code);

/* `retry_ms` goes with too_fast alone. */
void picture_say_refusal(struct http_reply *reply, enum outcome outcome, int64_t retry_ms);

#endif
