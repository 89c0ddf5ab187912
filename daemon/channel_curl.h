/*
 * One request to a web service, or one mail, over the network, with libcurl.
 *
 * Requests run on the loop. Mails run on libuv's threads: when libcurl ends a conversation over
 * SMTP it waits for the answer to QUIT, and the loop waits for nobody.
 */
#ifndef HARK_DAEMON_CHANNEL_CURL_H
#define HARK_DAEMON_CHANNEL_CURL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

struct transfer;
struct transfers;

enum {
	TRANSFER_PROBLEM_BYTES = 200,
};

/* Texts are borrowed until transfer_start() returns. */
struct transfer_request {
	const char *url; /* http, https; for a mail smtp, smtps */
	const char *const *headers; /* NULL-ended; of a web request */
	const char *mail_from, *mail_to; /* NULL: a web request, with POST */
	bool starttls; /* a mail: not without */
	const char *user, *password; /* a mail: empty: without */
	const char *ca_file; /* trusted besides the system's; empty: none */
	int64_t connect_ms, timeout_ms;
	char *body; /* taken over, and freed */
	size_t size; /* bytes of it */
};

/* problem: NULL when it was taken (2xx; a mail 250), else a sentence without any content. */
typedef void transfer_done(void *data, const char *problem);

/* NULL: libcurl cannot be used. */
struct transfers *transfers_create(uv_loop_t *loop);
/* Every transfer was ended or cancelled before. The loop then runs out. */
void transfers_stop(struct transfers *transfers);
/* After the loop has run out. NULL is fine. */
void transfers_destroy(struct transfers *transfers);

/* done is called later, once, from the loop. */
struct transfer *transfer_start(struct transfers *transfers, const struct transfer_request *request,
	transfer_done *done, void *data);
/* done is not called. A mail's thread ends within about a second. */
void transfer_cancel(struct transfer *transfer);

#endif
