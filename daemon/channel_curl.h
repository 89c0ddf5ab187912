/*
 * One request to a web service, or one mail, over the network, with libcurl.
 *
 * Requests run on the loop. Mails run on libuv's threads: when libcurl ends a conversation over
 * SMTP it waits for the answer to QUIT, and the loop waits for nobody.
 *
 * All of it is in hark-curl.so, which the daemon loads once a channel of that kind is set up
 * (channel_load.c): libcurl brings two dozen libraries along, 6 MiB of memory, and a second TLS.
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

/* What hark-curl.so has, by the name that follows. */
struct transfer_functions {
	/* NULL: libcurl cannot be used. */
	struct transfers *(*create)(uv_loop_t *loop);
	/* Every transfer was ended or cancelled before. The loop then runs out. */
	void (*stop)(struct transfers *transfers);
	/* After the loop has run out. */
	void (*destroy)(struct transfers *transfers);
	/* done is called later, once, from the loop. */
	struct transfer *(*start)(struct transfers *transfers,
		const struct transfer_request *request, transfer_done *done, void *data);
	/* done is not called. A mail's thread ends within about a second. */
	void (*cancel)(struct transfer *transfer);
};

extern const struct transfer_functions hark_transfers;

/* The same, loaded now or before; it stays. NULL: it cannot be, and *problem says why (valid until
 * the next call). */
const struct transfer_functions *transfers_load(const char **problem);

#endif
