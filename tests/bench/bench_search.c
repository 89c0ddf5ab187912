/*
 * Search over a long history: how fast the index is made, how long a search takes, and what the
 * searches cost those who talk meanwhile.
 *
 *	bench_search [--messages N] [--searches N] [--json FILE] [--directory D]
 *
 * Messages are 4 to 24 words of a vocabulary of 20,000 in which, as in languages, the k-th word is
 * said 1/k as often as the first; rooms of 40 messages. The talk is 200 messages a second, each
 * waiting for its commit, for 10 s without and for 10 s with 10 searches a second, in turns: as
 * often as 20 counselors together may ask.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "storage/store.h"
#include "storage/table_event.h"
#include "storage/table_search.h"

enum {
	VOCABULARY = 20000,
	ROOM_MESSAGES = 40,
	POSTED = 3,
	BATCH = 4096,
	TALK_PER_S = 200,
	TALK_S = 10, /* with searches, and the same without */
	TALK_TURNS = 5, /* each, one after the other: what else the machine does meets both */
	SEARCHES_PER_S = 10,
	SEARCHES_MAX = 20000,
	INDEX_LIVE = 64, /* messages in a transaction, as the daemon has it */
	INDEX_FILLING = 16384, /* the same while the history is made */
	INDEX_TIMED = 20000, /* of the history, the newest */
};

struct bench {
	struct store *store;
	int wake; /* an eventfd: what the daemon's loop sleeps on */
	int64_t seq, n, room, head;
	uint64_t random;
	size_t waiting;
	bool searching; /* whose waits are taken: those of a talk with searches beside, or without
			 */
	double waits_ms[2][TALK_PER_S * TALK_S];
	size_t waits[2];
};

static double now_s(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static uint32_t next_random(struct bench *bench)
{
	bench->random = bench->random * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(bench->random >> 33);
}

/* The k-th word with a chance of about 1/k. */
static unsigned random_word(struct bench *bench)
{
	double share = (double)next_random(bench) / 2147483648.0;
	double k = 1;
	for (double width = VOCABULARY; width > 1; width /= 2) {
		share *= 2;
		k *= share >= 1 ? 2 : 1;
		share -= share >= 1 ? 1 : 0;
	}
	unsigned word = (unsigned)k + next_random(bench) % (unsigned)k;
	return word < VOCABULARY ? word : VOCABULARY - 1;
}

static void word_text(unsigned word, char *out, size_t size)
{
	static const char *const parts[] = {"ba", "le", "tor", "mi", "sen", "ka", "ru", "dol"};
	size_t used = 0;
	do {
		used += (size_t)snprintf(out + used, size - used, "%s", parts[word % 8]);
		word /= 8;
	} while (word > 0 && used + 4 < size);
}

struct row {
	struct bench *bench;
	double from_s; /* 0: nobody asks how long it waits */
};

static void on_row(struct store_job *job, enum store_status status)
{
	struct event_append *append = (struct event_append *)job;
	struct row *row = append->owner;
	if (status != STORE_OK) {
		fprintf(stderr, "bench_search: %s\n", store_status_text(status));
		exit(1);
	}
	row->bench->waiting--;
	bool searching = row->bench->searching;
	size_t *waits = &row->bench->waits[searching];
	if (row->from_s > 0 && *waits < TALK_PER_S * TALK_S) {
		row->bench->waits_ms[searching][(*waits)++] = (now_s() - row->from_s) * 1000;
	}
	free(row);
	free(append);
}

static void say(struct bench *bench, bool timed)
{
	char body[400] = "";
	size_t used = 0;
	unsigned words = 4 + next_random(bench) % 21;
	for (unsigned i = 0; i < words; i++) {
		char word[24];
		word_text(random_word(bench), word, sizeof word);
		used += (size_t)snprintf(body + used, sizeof body - used, "%s ", word);
	}
	if (bench->n % ROOM_MESSAGES == 0) {
		bench->room++;
		bench->n = bench->head = 0;
	}
	struct event_row event = {
		.seq = ++bench->seq,
		.room = bench->room,
		.n = ++bench->n,
		.prev = bench->head,
		.at_ms = bench->seq,
		.kind = POSTED,
		.author = bench->seq % 3 == 0 ? bench->room % 20 + 1 : 0,
		.body = body,
		.body_size = used,
	};
	bench->head = event.seq;
	struct row *row = malloc(sizeof *row);
	*row = (struct row){.bench = bench, .from_s = timed ? now_s() : 0};
	struct event_append *append = event_append_create(&event);
	append->job.done = on_row;
	append->owner = row;
	bench->waiting++;
	store_write(bench->store, &append->job);
}

static void on_notify(void *data)
{
	uint64_t one = 1;
	ssize_t written = write(((struct bench *)data)->wake, &one, sizeof one);
	(void)written;
}

static void sleep_until_done(struct bench *bench, int at_most_ms)
{
	struct pollfd waiting = {.fd = bench->wake, .events = POLLIN};
	uint64_t count;
	if (poll(&waiting, 1, at_most_ms) > 0 && read(bench->wake, &count, sizeof count) < 0) {
		exit(1);
	}
	store_drain(bench->store);
}

static void fill(struct bench *bench, size_t messages)
{
	for (size_t i = 0; i < messages; i++) {
		say(bench, false);
		while (bench->waiting >= BATCH) {
			sleep_until_done(bench, 1000);
		}
	}
	store_flush(bench->store);
}

static void ignore(struct store_job *job, enum store_status status)
{
	(void)job;
	(void)status;
}

/* Everything up to `until`, so many in a transaction. */
static void index_to(struct bench *bench, int64_t until, size_t limit)
{
	struct search_index index;
	do {
		search_index_init(&index);
		index.kinds = (struct search_kinds){POSTED, {0, 0}};
		index.until = until;
		index.limit = limit;
		index.job.done = ignore;
		store_background(bench->store, &index.job);
		store_flush(bench->store);
		if (index.job.status != STORE_OK) {
			fprintf(stderr, "bench_search: %s\n", store_status_text(index.job.status));
			exit(1);
		}
	} while (index.seen > 0);
}

/* ---- searches ---- */

static const char *const kinds[] = {"a common word", "a rare word", "two words",
	"common words in one room", "a word of a supporter", "a phrase", "a beginning*"};
enum {
	KINDS = sizeof kinds / sizeof *kinds
};

static double search_ms[KINDS][SEARCHES_MAX];
static size_t searches[KINDS];

struct asked {
	struct search_find find;
	struct bench *bench;
	unsigned kind;
	double from_s;
	bool done;
};

static void ask(struct bench *bench, struct asked *asked, unsigned kind)
{
	struct search_find *find = &asked->find;
	char first[24], second[24];
	search_find_init(find);
	unsigned common = 1 + next_random(bench) % 20;
	word_text(common, first, sizeof first);
	word_text(kind == 1 ? 5000 + next_random(bench) % 10000 : random_word(bench), second,
		sizeof second);
	char words[80];
	switch (kind) {
	case 1:
		snprintf(words, sizeof words, "%s", second);
		break;
	case 2:
		snprintf(words, sizeof words, "%s %s", first, second);
		break;
	case 5:
		snprintf(words, sizeof words, "\"%s %s\"", first, second);
		break;
	case 6:
		word_text(64 + common, first, sizeof first);
		snprintf(words, sizeof words, "%.3s*", first);
		break;
	default:
		snprintf(words, sizeof words, "%s", first);
	}
	snprintf(find->words, sizeof find->words, "%s", words);
	find->filter.words = find->words;
	find->filter.room = kind == 3 ? 1 + next_random(bench) % (uint32_t)bench->room : 0;
	find->filter.has_author = kind == 4;
	find->filter.author = 1 + next_random(bench) % 20;
	find->kinds = (struct search_kinds){POSTED, {0, 0}};
	find->limit = SEARCH_PAGE_MAX;
	find->bytes_max = 24576;
	asked->bench = bench;
	asked->kind = kind;
	asked->done = false;
	asked->from_s = now_s();
}

static void on_found(struct store_job *job, enum store_status status)
{
	struct asked *asked = (struct asked *)job;
	if (status != STORE_OK) {
		fprintf(stderr, "bench_search: %s\n", store_status_text(status));
		exit(1);
	}
	if (searches[asked->kind] < SEARCHES_MAX) {
		search_ms[asked->kind][searches[asked->kind]++] = (now_s() - asked->from_s) * 1000;
	}
	free(asked->find.bodies);
	asked->done = true;
}

static void search_one(struct bench *bench, struct asked *asked, unsigned kind)
{
	ask(bench, asked, kind);
	asked->find.job.done = on_found;
	store_read_slow(bench->store, &asked->find.job);
}

static void talk(struct bench *bench, bool searching)
{
	struct asked asked = {.done = true};
	double start = now_s();
	bench->searching = searching;
	int searched = 0;
	for (int said = 0; said < TALK_PER_S * TALK_S / TALK_TURNS;) {
		double due = start + (double)said / TALK_PER_S;
		if (now_s() >= due) {
			say(bench, true);
			said++;
		}
		double search_due = start + (double)searched / SEARCHES_PER_S;
		if (searching && asked.done && now_s() >= search_due) {
			searched++;
			search_one(bench, &asked, next_random(bench) % KINDS);
		}
		sleep_until_done(bench, 1);
	}
	store_flush(bench->store);
}

/* ---- figures ---- */

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static double quantile(double *values, size_t count, double share)
{
	if (count == 0) {
		return 0;
	}
	qsort(values, count, sizeof *values, compare);
	size_t at = (size_t)((double)count * share);
	return values[at < count ? at : count - 1];
}

int main(int argc, char **argv)
{
	size_t messages = 1000000, wanted = 100;
	const char *directory = "/tmp", *json = NULL;
	for (int i = 1; i + 1 < argc; i += 2) {
		if (strcmp(argv[i], "--messages") == 0) {
			messages = strtoull(argv[i + 1], NULL, 10);
		} else if (strcmp(argv[i], "--searches") == 0) {
			wanted = strtoull(argv[i + 1], NULL, 10);
		} else if (strcmp(argv[i], "--json") == 0) {
			json = argv[i + 1];
		} else if (strcmp(argv[i], "--directory") == 0) {
			directory = argv[i + 1];
		} else {
			fprintf(stderr, "bench_search: %s?\n", argv[i]);
			return 64;
		}
	}
	static const uint8_t key[32] = "a key of a benchmark, 32 bytes.";
	static struct bench bench = {.random = 20261122};
	char place[200], path[256], problem[256];
	snprintf(place, sizeof place, "%s/hark-search-XXXXXX", directory);
	if (mkdtemp(place) == NULL) {
		perror(place);
		return 1;
	}
	snprintf(path, sizeof path, "%s/hark.db", place);
	bench.wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	struct store_options options = {.path = path,
		.key = key,
		.create = true,
		.notify = on_notify,
		.notify_data = &bench};
	if (store_open(&options, &bench.store, problem, sizeof problem) != STORE_OK) {
		fprintf(stderr, "bench_search: %s\n", problem);
		return 1;
	}
	double start = now_s();
	fill(&bench, messages);
	size_t timed = messages < INDEX_TIMED ? messages : INDEX_TIMED;
	index_to(&bench, bench.seq - (int64_t)timed, INDEX_FILLING);
	printf("%zu messages written and indexed in %.1f s\n", messages, now_s() - start);
	start = now_s();
	index_to(&bench, bench.seq, INDEX_LIVE);
	double index_us = (now_s() - start) * 1e6 / (double)timed;
	printf("the last %zu indexed %d at a time, as the daemon does: %.1f us each\n", timed,
		INDEX_LIVE, index_us);
	for (size_t i = 0; i < wanted * KINDS; i++) {
		struct asked asked;
		search_one(&bench, &asked, (unsigned)(i % KINDS));
		store_flush(bench.store);
	}
	FILE *out = json != NULL ? fopen(json, "w") : NULL;
	if (out != NULL) {
		fprintf(out, "{\"messages\":%zu,\"index_us\":%.2f", messages, index_us);
	}
	for (unsigned kind = 0; kind < KINDS; kind++) {
		double p50 = quantile(search_ms[kind], searches[kind], 0.5);
		double p95 = quantile(search_ms[kind], searches[kind], 0.95);
		printf("  %-26s p50 %7.2f ms  p95 %7.2f ms\n", kinds[kind], p50, p95);
		if (out != NULL) {
			fprintf(out, ",\"%s\":[%.3f,%.3f]", kinds[kind], p50, p95);
		}
		searches[kind] = 0;
	}
	for (int turn = 0; turn < 2 * TALK_TURNS; turn++) {
		talk(&bench, turn % 2 == 1);
	}
	double p99[2];
	for (int searching = 0; searching < 2; searching++) {
		double *waits_ms = bench.waits_ms[searching];
		size_t waits = bench.waits[searching];
		p99[searching] = quantile(waits_ms, waits, 0.99);
		printf("talk at %d/s %s: p50 %.2f ms  p99 %.2f ms\n", TALK_PER_S,
			searching ? "with searches" : "alone", quantile(waits_ms, waits, 0.5),
			p99[searching]);
	}
	printf("p99 with searches over without: %.2f\n", p99[1] / p99[0]);
	if (out != NULL) {
		fprintf(out, ",\"talk_p99_ms\":[%.3f,%.3f]}\n", p99[0], p99[1]);
		fclose(out);
	}
	store_close(bench.store);
	static const char *const names[] = {"hark.db", "hark.db-wal", "hark.lock"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		snprintf(path, sizeof path, "%s/%s", place, names[i]);
		unlink(path);
	}
	return rmdir(place) == 0 ? 0 : 1;
}
