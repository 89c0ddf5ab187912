/* A message to an adult as each channel wants it: JSON bodies, the signature, the mail. Pure. */
#ifndef HARK_DAEMON_CHANNEL_MESSAGE_H
#define HARK_DAEMON_CHANNEL_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Texts are UTF-8 and borrowed. */
struct channel_message {
	const char *key; /* names it for ever, however often it is sent */
	const char *kind; /* "escalation" */
	const char *who; /* a name, for people */
	const char *address; /* mail address or ntfy topic; empty: the channel's */
	const char *title; /* one line */
	const char *text;
	const char *url; /* where to look; empty: not known */
	int64_t since_ms; /* what it tells of began then (UTC) */
	int64_t created_ms; /* UTC */
	bool urgent;
};

/* The bodies, each with a terminator behind *size bytes; the caller frees. */
char *body_of_hark(const struct channel_message *message, size_t *size); /* webhook, program */
char *body_of_ntfy(const struct channel_message *message, const char *topic, size_t *size);
char *body_of_slack(const struct channel_message *message, size_t *size);
char *body_of_teams(const struct channel_message *message, size_t *size);

/*
 * The message as RFC 5322 wants it, for SMTP's DATA: lines end in CRLF, dots are not doubled.
 * `from` and message->address: mail_address_ok(). Whatever stands in the other texts, it makes no
 * header of its own.
 */
char *body_of_mail(const struct channel_message *message, const char *from, size_t *size);

enum {
	CHANNEL_SIGNATURE_BYTES = 64 + 1, /* hexadecimal */
};

/* HMAC-SHA256 of timestamp, ".", body (RFC 2104), in hexadecimal. */
void channel_sign(const char *secret, const char *timestamp, const char *body, size_t size,
	char signature[CHANNEL_SIGNATURE_BYTES]);

#endif
