/*
 * The channels as one: hands a message to the one it is for, in that one's form, with that one's
 * secrets and limits, as the configuration has them.
 */
#ifndef HARK_DAEMON_CHANNEL_H
#define HARK_DAEMON_CHANNEL_H

#include "daemon/channel_message.h"
#include "protocol/message.h"

#include <stdbool.h>
#include <uv.h>

struct attempt;
struct channels;
struct config;

/* config is borrowed. What cannot be used is logged, and fails its channels. */
struct channels *channels_create(uv_loop_t *loop, const struct config *config);
/* Reads the secrets' files again; what is wrong with one is logged, and fails its channel. */
void channels_reload(struct channels *channels);
/* Every attempt was ended or cancelled before. */
void channels_stop(struct channels *channels);
void channels_destroy(struct channels *channels); /* after the loop has run out; NULL is fine */

/* Whether a channel is set up in the configuration. */
bool channel_is_set_up(const struct config *config, enum wire_channel channel);

/* problem: NULL when it was delivered, else a sentence without any content. */
typedef void attempt_done(void *data, const char *problem);

/* Begins. done is called later, once. NULL: it cannot begin, and *problem says why (valid until the
 * next call). */
struct attempt *channel_try(struct channels *channels, enum wire_channel channel,
	const struct channel_message *message, attempt_done *done, void *data,
	const char **problem);
void attempt_cancel(struct attempt *attempt); /* done is not called */

#endif
