/* The index of words, kept up in the background; see search.h. */
#include "daemon/search.h"

#include "daemon/clock.h"
#include "daemon/journal.h"
#include "daemon/log.h"
#include "daemon/server.h"
#include "daemon/xalloc.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

enum {
	STEP_EVENTS = 64, /* in one transaction */
	BUSY_STEP_EVENTS = 16, /* while people write: a message waits for one step at most */
	QUIET_MS = 1000, /* without an event: nobody writes */
	REST_TIMES = 5, /* between two steps, as often as long as one took */
	REST_FAILED_MS = 5000,
};

struct searcher {
	struct search_index index; /* the step under way */
	bool busy; /* under way, or resting before the next */
	bool complained;
	int64_t seen_seq; /* what was on disk a second ago: its flags are too */
	int64_t began_mono;
};

size_t search_fold(const char *bytes, size_t size, char *out, size_t room)
{
	bool plain = true;
	for (size_t i = 0; i < size && plain; i++) {
		plain = (unsigned char)bytes[i] < 0x80 && bytes[i] != '\0';
	}
	utf8proc_uint8_t *folded = NULL;
	utf8proc_ssize_t folded_size = -1;
	if (!plain) {
		folded_size = utf8proc_map((const utf8proc_uint8_t *)bytes, (utf8proc_ssize_t)size,
			&folded,
			UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_DECOMPOSE | UTF8PROC_CASEFOLD |
				UTF8PROC_IGNORE | UTF8PROC_STRIPMARK);
	}
	const char *from = folded_size >= 0 ? (const char *)folded : bytes;
	size_t whole = folded_size >= 0 ? (size_t)folded_size : size;
	size_t length = whole < room ? whole : room;
	while (length < whole && length > 0 && ((unsigned char)from[length] & 0xc0) == 0x80) {
		length--; /* not within a character */
	}
	memcpy(out, from, length);
	free(folded);
	return length;
}

static void go_on(struct server *server);

static void on_rested(uv_timer_t *timer)
{
	go_on(timer->data);
}

static void on_indexed(struct store_job *job, enum store_status status)
{
	struct search_index *index = (struct search_index *)job;
	struct server *server = index->owner;
	struct searcher *searcher = server->searcher;
	if (status == STORE_CLOSED || server->draining) {
		searcher->busy = false;
		return;
	}
	if (status != STORE_OK) {
		if (!searcher->complained) {
			log_warning("search falls behind: %s", store_status_text(status));
		}
		searcher->complained = true;
		uv_timer_start(&server->search_rest, on_rested, REST_FAILED_MS, 0);
		return;
	}
	searcher->complained = false;
	if (index->seen < index->limit) {
		searcher->busy = false;
		return;
	}
	int64_t took_ms = clock_mono_ms() - searcher->began_mono;
	uv_timer_start(&server->search_rest, on_rested, (uint64_t)(took_ms * REST_TIMES + 1), 0);
}

static void go_on(struct server *server)
{
	struct searcher *searcher = server->searcher;
	search_index_init(&searcher->index);
	searcher->index.kinds = SEARCH_KINDS;
	searcher->index.until = searcher->seen_seq;
	bool quiet = clock_mono_ms() - server->journal.newest_mono >= QUIET_MS;
	searcher->index.limit = quiet ? STEP_EVENTS : BUSY_STEP_EVENTS;
	searcher->index.fold = search_fold;
	searcher->index.owner = server;
	searcher->index.job.done = on_indexed;
	searcher->began_mono = clock_mono_ms();
	searcher->busy = true;
	store_background(server->store, &searcher->index.job);
}

void search_start(struct server *server)
{
	struct searcher *searcher = xcalloc(1, sizeof(*searcher));
	server->searcher = searcher;
	searcher->seen_seq = server->journal.durable_seq; /* found on disk at the start */
	go_on(server);
}

void search_finish(struct server *server)
{
	free(server->searcher);
	server->searcher = NULL;
}

void search_tick(struct server *server)
{
	struct searcher *searcher = server->searcher;
	int64_t durable = server->journal.durable_seq;
	if (!searcher->busy && searcher->seen_seq > searcher->index.indexed &&
		journal_writable(server)) {
		go_on(server);
	}
	searcher->seen_seq = durable;
}
