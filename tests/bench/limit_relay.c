/*
 * The limits of Hark's shape: a relay of nothing but libwebsockets, on the same loop and with the
 * same settings as Hark's transport. It answers the sender and hands the message to the other end
 * of the pair, and to the feeds: no JSON is read, nobody is asked for a name, nothing is encrypted.
 * With a FILE a message is on the disk before it is answered and handed on.
 *
 *	limit_relay PORT                       without a disk
 *	limit_relay PORT FILE                  P: one commit a turn of the loop
 *	limit_relay PORT FILE writer           with an index over (room, id), and a writer thread
 */
#include "tests/bench/limit_store.h"

#include <libwebsockets.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

enum {
	PAIRS_MAX = 10000,
	FEEDS_MAX = 1000,
	MESSAGE_MAX = 65536,
	RX_BYTES = 512
};

/* A frame that waits for its reader. */
struct waiting {
	struct waiting *next;
	size_t size;
	unsigned char bytes[]; /* LWS_PRE before the message */
};

struct end {
	struct lws *wsi;
	struct end *other;
	int pair;
	struct waiting *first, **last;
	char *partial;
	size_t partial_size;
};

static struct end *pairs[PAIRS_MAX];
static struct end *feeds[FEEDS_MAX];
static int feeds_count;
static bool durable;

static void write_now(struct end *end, const char *bytes, size_t size)
{
	static unsigned char buffer[LWS_PRE + MESSAGE_MAX];
	memcpy(buffer + LWS_PRE, bytes, size);
	lws_write(end->wsi, buffer + LWS_PRE, size, LWS_WRITE_TEXT);
}

static void give(struct end *end, const char *bytes, size_t size)
{
	if (end->first == NULL && !lws_send_pipe_choked(end->wsi)) {
		write_now(end, bytes, size);
		return;
	}
	struct waiting *waiting = malloc(sizeof(*waiting) + LWS_PRE + size);
	waiting->next = NULL;
	waiting->size = size;
	memcpy(waiting->bytes + LWS_PRE, bytes, size);
	*end->last = waiting;
	end->last = &waiting->next;
	lws_callback_on_writable(end->wsi);
}

static void write_waiting(struct end *end)
{
	struct waiting *waiting = end->first;
	if (waiting == NULL) {
		return;
	}
	lws_write(end->wsi, waiting->bytes + LWS_PRE, waiting->size, LWS_WRITE_TEXT);
	end->first = waiting->next;
	if (end->first == NULL) {
		end->last = &end->first;
	} else {
		lws_callback_on_writable(end->wsi);
	}
	free(waiting);
}

static void answer_join(struct end *end)
{
	static const char joined[] = "{\"type\":\"ok\",\"ref\":1000000000}";
	give(end, joined, sizeof(joined) - 1);
}

static void join_feeds(struct end *end)
{
	if (feeds_count < FEEDS_MAX) {
		feeds[feeds_count++] = end;
	}
	answer_join(end);
}

static void join(struct end *end, int pair)
{
	if (pair < 0 || pair >= PAIRS_MAX) {
		return;
	}
	if (pairs[pair] == NULL) {
		pairs[pair] = end;
	} else {
		end->other = pairs[pair];
		pairs[pair]->other = end;
		pairs[pair] = NULL;
	}
	end->pair = pair;
	answer_join(end);
}

static void answer_and_deliver(struct end *end, const char *bytes, size_t size)
{
	static const char key[] = "\"ref\":";
	const char *ref = memmem(bytes, size < 64 ? size : 64, key, sizeof(key) - 1);
	char answer[64];
	int answer_size = snprintf(answer, sizeof(answer), "{\"type\":\"ok\",\"ref\":%ld}",
		ref != NULL ? strtol(ref + sizeof(key) - 1, NULL, 10) : 0L);
	give(end, answer, (size_t)answer_size);
	if (end->other != NULL) {
		give(end->other, bytes, size);
	}
	for (int i = 0; i < feeds_count; i++) {
		give(feeds[i], bytes, size);
	}
}

static void on_written(struct row *row)
{
	if (row->from != NULL) {
		answer_and_deliver(row->from, row->bytes, row->size);
	}
}

static void take(struct end *end, const char *bytes, size_t size)
{
	if (size > 5 && size < 16 && memcmp(bytes, "join ", 5) == 0) {
		char what[16] = {0};
		memcpy(what, bytes + 5, size - 5);
		if (strcmp(what, "feed") == 0) {
			join_feeds(end);
		} else {
			join(end, atoi(what));
		}
	} else if (durable) {
		limit_store_add(end, end->pair, bytes, size);
	} else {
		answer_and_deliver(end, bytes, size);
	}
}

static void receive(struct end *end, const char *bytes, size_t size, int final)
{
	if (final && end->partial_size == 0) {
		take(end, bytes, size);
		return;
	}
	end->partial = realloc(end->partial, end->partial_size + size + 1);
	memcpy(end->partial + end->partial_size, bytes, size);
	end->partial_size += size;
	if (final) {
		end->partial[end->partial_size] = '\0';
		take(end, end->partial, end->partial_size);
		end->partial_size = 0;
	}
}

static void finish(struct end *end)
{
	if (durable) {
		limit_store_forget(end);
	}
	for (int i = 0; i < feeds_count; i++) {
		if (feeds[i] == end) {
			feeds[i--] = feeds[--feeds_count];
		}
	}
	if (pairs[end->pair] == end) {
		pairs[end->pair] = NULL;
	}
	if (end->other != NULL) {
		end->other->other = NULL;
	}
	while (end->first != NULL) {
		struct waiting *waiting = end->first;
		end->first = waiting->next;
		free(waiting);
	}
	free(end->partial);
}

static int on_relay(
	struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t size)
{
	struct end *end = user;
	switch (reason) {
	case LWS_CALLBACK_ESTABLISHED:
		*end = (struct end){.wsi = wsi};
		end->last = &end->first;
		break;
	case LWS_CALLBACK_RECEIVE:
		receive(end, in, size,
			lws_is_final_fragment(wsi) && lws_remaining_packet_payload(wsi) == 0);
		break;
	case LWS_CALLBACK_SERVER_WRITEABLE:
		write_waiting(end);
		break;
	case LWS_CALLBACK_CLOSED:
		finish(end);
		break;
	default:
		break;
	}
	return 0;
}

int main(int argc, char **argv)
{
	static const struct lws_protocols protocols[] = {
		{"relay", on_relay, sizeof(struct end), RX_BYTES, 0, NULL, MESSAGE_MAX},
		{NULL, NULL, 0, 0, 0, NULL, 0},
	};
	static const lws_retry_bo_t no_heartbeat = {0};
	uv_loop_t loop;
	void *loops[] = {&loop};
	lws_set_log_level(LLL_ERR, NULL);
	signal(SIGPIPE, SIG_IGN);
	uv_loop_init(&loop);
	struct lws_context_creation_info info = {
		.port = argc > 1 ? atoi(argv[1]) : 0,
		.iface = "127.0.0.1",
		.protocols = protocols,
		.options = LWS_SERVER_OPTION_LIBUV,
		.foreign_loops = loops,
		.max_http_header_pool = 1024,
		.retry_and_idle_policy = &no_heartbeat,
	};
	struct lws_context *context = lws_create_context(&info);
	if (context == NULL) {
		fputs("limit_relay: cannot listen\n", stderr);
		return EXIT_FAILURE;
	}
	durable = argc > 2;
	if (durable) {
		limit_store_open(&loop, argv[2], argc > 3, on_written);
	}
	puts("ready");
	fflush(stdout);
	uv_run(&loop, UV_RUN_DEFAULT); /* until it is killed: a program for one measurement */
	return EXIT_SUCCESS;
}
