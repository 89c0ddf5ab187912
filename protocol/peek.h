/*
 * message_peek, and a little more for message_decode. For protocol/ alone.
 */
#ifndef HARK_PROTOCOL_PEEK_H
#define HARK_PROTOCOL_PEEK_H

#include "protocol/message.h"

/* As message_peek; *values: how many JSON values the message consists of. */
enum decode_status peek_message(const char *bytes, size_t size, struct message_head *head,
	size_t *values, struct decode_problem *problem);

#endif
