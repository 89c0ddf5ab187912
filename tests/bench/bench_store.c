/*
 * What the store costs by itself: rows a second at several numbers of rows in flight, pages and
 * bytes of the log a message, and how long a row waits. The same binary with and without the
 * vault, in interleaved rounds; medians are printed.
 *
 *	bench_store [--json FILE] [--seconds S] [--rounds N] [--directory D]
 *	            [--paced ROWS_PER_S | --history ROWS]
 *
 * Saturation: K rows are kept in flight; every row that is done hands over the next. A batch is
 * then about K rows: what waits while the one before is synced. Paced: rows are handed over on
 * time, whether or not earlier ones are done, and latency counts from the intended time.
 *
 * History: a file of so many rows, in which 100 rooms live at a time and each for 100 rows; then
 * rooms are opened (their last 50 rows, through a reader thread and back), first ones that nobody
 * has read yet, then the same again.
 */
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "storage/store.h"
#include "storage/table_event.h"

enum {
	ROOMS = 100,
	BODY_BYTES = 200,
	SAMPLES_MAX = 4 << 20,
	ROUNDS_MAX = 15,
};

static const unsigned in_flight[] = {1, 16, 100, 256, 1600};
enum {
	LEVELS = sizeof in_flight / sizeof *in_flight
};

struct result {
	double rows_per_s, rows_per_commit, pages_per_row, bytes_per_row, cpu_us_per_row;
	double p50_ms, p99_ms, p999_ms, max_ms;
	double log_mib, checkpoints_per_s;
};

static const char *const names[] = {"rows_per_s", "rows_per_commit", "log_pages_per_row",
	"written_bytes_per_row", "cpu_us_per_row", "p50_ms", "p99_ms", "p999_ms", "max_ms",
	"log_max_mib", "checkpoints_per_s"};
enum {
	FIGURES = sizeof names / sizeof *names
};
_Static_assert(sizeof(struct result) == FIGURES * sizeof(double), "one name a figure");

struct bench {
	struct store *store;
	int wake; /* an eventfd: what the daemon's loop sleeps on */
	int64_t seq;
	struct {
		int64_t n, head;
	} rooms[ROOMS];
	bool refill; /* every row done hands over the next */
	uint64_t done;
	double *waits_ms;
	size_t waits, waits_max;
};

struct row {
	struct bench *bench;
	double from_s; /* when it was meant to be handed over */
};

static double now_s(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double cpu_s(void)
{
	struct rusage usage;
	getrusage(RUSAGE_SELF, &usage);
	return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
	       (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

/* What the process made the disk write; 0 where the kernel does not say. */
static double written_bytes(void)
{
	FILE *file = fopen("/proc/self/io", "r");
	double bytes = 0;
	char line[128];
	while (file != NULL && fgets(line, sizeof line, file) != NULL) {
		sscanf(line, "write_bytes: %lf", &bytes);
	}
	if (file != NULL) {
		fclose(file);
	}
	return bytes;
}

static void die(const char *what)
{
	fprintf(stderr, "bench_store: %s\n", what);
	exit(EXIT_FAILURE);
}

static void hand_over(struct bench *bench, double from_s);

static void on_done(struct store_job *job, enum store_status status)
{
	struct event_append *append = (struct event_append *)job;
	struct row *row = append->owner;
	struct bench *bench = row->bench;
	if (status != STORE_OK) {
		die(store_status_text(status));
	}
	double now = now_s();
	if (bench->waits < bench->waits_max) {
		bench->waits_ms[bench->waits++] = (now - row->from_s) * 1000;
	}
	bench->done++;
	free(row);
	free(append);
	if (bench->refill) {
		hand_over(bench, now);
	}
}

static void on_mark_done(struct store_job *job, enum store_status status)
{
	(void)status;
	free(job);
}

/* `at` is where the room's head is kept. */
static void hand_over_to(struct bench *bench, size_t at, int64_t room, double from_s)
{
	static char body[BODY_BYTES + 1];
	if (body[0] == '\0') {
		memset(body, 'm', BODY_BYTES);
	}
	struct event_row event = {
		.seq = ++bench->seq,
		.room = room,
		.n = ++bench->rooms[at].n,
		.prev = bench->rooms[at].head,
		.at_ms = 1700000000000 + bench->seq,
		.author = 0,
		.has_id = true,
		.body = body,
		.body_size = BODY_BYTES,
	};
	memcpy(event.id, &event.seq, sizeof event.seq);
	bench->rooms[at].head = event.seq;
	struct event_append *append = event_append_create(&event);
	struct row *row = malloc(sizeof *row);
	if (row == NULL) {
		die("out of memory");
	}
	*row = (struct row){.bench = bench, .from_s = from_s};
	append->owner = row;
	append->job.done = on_done;
	store_write(bench->store, &append->job);
	if (event.n % EVENT_MARK_EVERY == 0) { /* as the daemon does */
		struct event_mark *mark = event_mark_create(event.room, event.n, event.seq);
		mark->job.done = on_mark_done;
		store_write(bench->store, &mark->job);
	}
}

static void hand_over(struct bench *bench, double from_s)
{
	size_t at = (size_t)(bench->seq % ROOMS);
	hand_over_to(bench, at, (int64_t)at + 1, from_s);
}

static void on_notify(void *data)
{
	uint64_t one = 1;
	if (write(((struct bench *)data)->wake, &one, sizeof one) < 0) {
		die("eventfd");
	}
}

/* Sleeps until the store has something, at most until `until_s`; then takes it. */
static void turn(struct bench *bench, double until_s)
{
	struct pollfd poll_fd = {.fd = bench->wake, .events = POLLIN};
	double left = until_s - now_s();
	struct timespec wait = {0};
	if (left > 0) {
		wait.tv_sec = (time_t)left;
		wait.tv_nsec = (long)((left - floor(left)) * 1e9);
	}
	if (ppoll(&poll_fd, 1, &wait, NULL) == 1) {
		uint64_t count;
		if (read(bench->wake, &count, sizeof count) < 0) {
			die("eventfd");
		}
		store_drain(bench->store);
	}
}

/* What stays of a finished room. */
struct past_room {
	int64_t room, head_seq, head_n;
};

struct opening {
	struct event_read_room read;
	bool done;
};

static void on_opened(struct store_job *job, enum store_status status)
{
	struct opening *opening = (struct opening *)job;
	if (status != STORE_OK || opening->read.page.count != 50) {
		die("a room does not open");
	}
	event_page_finish(&opening->read.page);
	opening->done = true;
}

static double open_room(struct bench *bench, const struct past_room *room)
{
	struct opening opening = {0};
	double start = now_s();
	event_read_room_init(&opening.read);
	opening.read.job.done = on_opened;
	opening.read.room = room->room;
	opening.read.head_seq = room->head_seq;
	opening.read.head_n = room->head_n;
	opening.read.from_n = 1;
	opening.read.until_n = INT64_MAX;
	opening.read.limit = 50;
	opening.read.newest_first = true;
	store_read(bench->store, &opening.read.job);
	while (!opening.done) {
		turn(bench, start + 10);
	}
	return (now_s() - start) * 1000;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static double percentile(const struct bench *bench, double part)
{
	return bench->waits == 0 ? 0 : bench->waits_ms[(size_t)(part * (double)(bench->waits - 1))];
}

/* rate 0: saturation with `level` rows in flight. */
static struct result measure(
	const char *directory, const uint8_t *key, unsigned level, double rate, double seconds)
{
	static struct bench bench;
	static double *samples;
	if (samples == NULL) {
		samples = malloc(SAMPLES_MAX * sizeof *samples);
	}
	bench = (struct bench){.refill = rate == 0,
		.waits_ms = samples,
		.waits_max = SAMPLES_MAX,
		.wake = eventfd(0, 0)};
	char path[256], problem[256];
	snprintf(path, sizeof path, "%s/hark.db", directory);
	struct store_options options = {.path = path,
		.key = key,
		.create = true,
		.notify = on_notify,
		.notify_data = &bench};
	if (store_open(&options, &bench.store, problem, sizeof problem) != STORE_OK) {
		die(problem);
	}
	/* Warm up: the log has its size, the tree more than one level. */
	bench.refill = true;
	for (unsigned i = 0; i < 256; i++) {
		hand_over(&bench, now_s());
	}
	while (bench.done < 20000) {
		turn(&bench, now_s() + 1);
	}
	bench.refill = false;
	store_flush(bench.store);

	struct store_figures before, after;
	store_figures(bench.store, &before);
	bench.waits = 0, bench.done = 0;
	double bytes = written_bytes(), cpu = cpu_s(), start = now_s(), end = start + seconds;
	if (rate == 0) {
		bench.refill = true;
		for (unsigned i = 0; i < level; i++) {
			hand_over(&bench, now_s());
		}
		while (now_s() < end) {
			turn(&bench, end);
		}
		bench.refill = false;
	} else {
		double next = start;
		while (next < end) {
			for (double now = now_s(); next <= now; next += 1 / rate) {
				hand_over(&bench, next);
			}
			turn(&bench, next);
		}
	}
	double took = now_s() - start;
	double done = (double)bench.done;
	store_flush(bench.store);
	store_figures(bench.store, &after);
	qsort(bench.waits_ms, bench.waits, sizeof *bench.waits_ms, compare);
	double commits = (double)(after.commits - before.commits);
	double jobs = (double)(after.jobs - before.jobs);
	struct result result = {
		.rows_per_s = done / took,
		.rows_per_commit = jobs / commits,
		.pages_per_row = (double)(after.wal_pages - before.wal_pages) / jobs,
		.bytes_per_row = (written_bytes() - bytes) / jobs,
		.cpu_us_per_row = (cpu_s() - cpu) * 1e6 / jobs,
		.p50_ms = percentile(&bench, 0.5),
		.p99_ms = percentile(&bench, 0.99),
		.p999_ms = percentile(&bench, 0.999),
		.max_ms = percentile(&bench, 1),
		.log_mib = (double)after.wal_bytes_max / (1 << 20),
		.checkpoints_per_s = (double)(after.checkpoints - before.checkpoints) / took,
	};
	store_close(bench.store);
	close(bench.wake);
	unlink(path);
	return result;
}

enum {
	ROOM_ROWS = 100, /* in a room of the history */
	OPENINGS = 1000,
};

static void measure_history(const char *directory, const uint8_t *key, int64_t rows)
{
	static struct bench bench;
	static double samples[OPENINGS];
	bench = (struct bench){.waits_ms = samples, .wake = eventfd(0, 0)};
	char path[256], problem[256];
	snprintf(path, sizeof path, "%s/hark.db", directory);
	struct store_options options = {.path = path,
		.key = key,
		.create = true,
		.notify = on_notify,
		.notify_data = &bench};
	if (store_open(&options, &bench.store, problem, sizeof problem) != STORE_OK) {
		die(problem);
	}
	size_t past_max = (size_t)(rows / ROOM_ROWS) + ROOMS, past_count = 0;
	struct past_room *past = calloc(past_max, sizeof *past);
	if (past == NULL) {
		die("out of memory");
	}
	static int64_t ids[ROOMS];
	int64_t rooms = 0;
	while (bench.seq < rows) {
		for (size_t i = 0; i < ROOMS; i++) {
			if (bench.rooms[i].n == ROOM_ROWS) {
				past[past_count++] =
					(struct past_room){ids[i], bench.rooms[i].head, ROOM_ROWS};
				bench.rooms[i].n = bench.rooms[i].head = 0;
			}
			if (bench.rooms[i].n == 0) {
				ids[i] = ++rooms;
			}
			hand_over_to(&bench, i, ids[i], now_s());
		}
		while (bench.seq - (int64_t)bench.done > 1000) {
			turn(&bench, now_s() + 1);
		}
	}
	store_flush(bench.store);
	if (past_count == 0) {
		die("a history has at least 10,100 rows");
	}
	uint32_t random = 1;
	static struct past_room chosen[OPENINGS];
	static const char *const kinds[] = {"first", "again"};
	for (size_t kind = 0; kind < 2; kind++) {
		bench.waits = 0;
		for (size_t i = 0; i < OPENINGS; i++) {
			if (kind == 0) {
				random = random * 1664525 + 1013904223;
				chosen[i] = past[random % past_count];
			}
			/* Again: at once, so that it is in the cache. */
			double took = open_room(&bench, &chosen[i]);
			samples[i] = kind == 0 ? took : open_room(&bench, &chosen[i]);
		}
		bench.waits = OPENINGS;
		qsort(samples, OPENINGS, sizeof *samples, compare);
		printf("open a room, %s: %s, %lld rows: p50 %.3f ms, p99 %.3f ms\n", kinds[kind],
			key == NULL ? "plain" : "sealed", (long long)rows, percentile(&bench, 0.5),
			percentile(&bench, 0.99));
	}
	free(past);
	store_close(bench.store);
	close(bench.wake);
	double start = now_s();
	options.create = false;
	if (store_open(&options, &bench.store, problem, sizeof problem) != STORE_OK) {
		die(problem);
	}
	printf("open the store: %s, %lld rows: %.2f ms\n", key == NULL ? "plain" : "sealed",
		(long long)rows, (now_s() - start) * 1000);
	store_close(bench.store);
	unlink(path);
}

static struct result median(const struct result *rounds, int count)
{
	struct result result;
	for (size_t f = 0; f < FIGURES; f++) {
		double values[ROUNDS_MAX];
		for (int i = 0; i < count; i++) {
			memcpy(&values[i], (const double *)&rounds[i] + f, sizeof values[i]);
		}
		qsort(values, (size_t)count, sizeof *values, compare);
		memcpy((double *)&result + f, &values[count / 2], sizeof values[0]);
	}
	return result;
}

static void print_row(const char *load, const char *kind, const struct result *r)
{
	printf("%-14s %-6s %8.0f %7.1f %7.3f %8.0f %7.2f %7.3f %7.3f %7.3f %7.2f %6.1f %5.1f\n",
		load, kind, r->rows_per_s, r->rows_per_commit, r->pages_per_row, r->bytes_per_row,
		r->cpu_us_per_row, r->p50_ms, r->p99_ms, r->p999_ms, r->max_ms, r->log_mib,
		r->checkpoints_per_s);
}

static void print_json(
	FILE *file, bool first, const char *load, const char *kind, const struct result *result)
{
	fprintf(file, "%s\n  {\"load\": \"%s\", \"store\": \"%s\"", first ? "[" : ",", load, kind);
	for (size_t f = 0; f < FIGURES; f++) {
		double value;
		memcpy(&value, (const double *)result + f, sizeof value);
		fprintf(file, ", \"%s\": %.4g", names[f], value);
	}
	fprintf(file, "}");
}

struct settings {
	const char *json;
	const char *directory;
	double seconds, paced, history;
	int rounds;
};

static struct settings parse(int argc, char **argv)
{
	struct settings settings = {.directory = ".", .seconds = 2, .rounds = 3};
	for (int i = 1; i + 1 < argc; i += 2) {
		if (strcmp(argv[i], "--json") == 0) {
			settings.json = argv[i + 1];
		} else if (strcmp(argv[i], "--directory") == 0) {
			settings.directory = argv[i + 1];
		} else if (strcmp(argv[i], "--seconds") == 0) {
			settings.seconds = atof(argv[i + 1]);
		} else if (strcmp(argv[i], "--rounds") == 0) {
			settings.rounds = atoi(argv[i + 1]);
		} else if (strcmp(argv[i], "--paced") == 0) {
			settings.paced = atof(argv[i + 1]);
		} else if (strcmp(argv[i], "--history") == 0) {
			settings.history = atof(argv[i + 1]);
		} else {
			die("unknown option");
		}
	}
	if (settings.rounds < 1 || settings.rounds > ROUNDS_MAX || settings.seconds <= 0) {
		die("rounds are 1 to 15, seconds more than 0");
	}
	return settings;
}

static void measure_all(const struct settings *settings, const char *directory, const uint8_t *key)
{
	/* --paced alone: only that rate, for looking at latencies. */
	size_t loads = settings->paced > 0 ? 1 : LEVELS + 2;
	FILE *json = settings->json != NULL ? fopen(settings->json, "w") : NULL;
	printf("%-14s %-6s %8s %7s %7s %8s %7s %7s %7s %7s %7s %6s %5s\n", "load", "store",
		"rows/s", "rows/c", "pages/r", "bytes/r", "cpu us", "p50 ms", "p99 ms", "p99.9",
		"max ms", "log M", "ckp/s");
	for (size_t l = 0; l < loads; l++) {
		bool paced = settings->paced > 0 || l >= LEVELS;
		double rate = settings->paced > 0 ? settings->paced : l == LEVELS ? 200 : 10000;
		unsigned level = paced ? 0 : in_flight[l];
		struct result rounds[2][ROUNDS_MAX];
		for (int i = 0; i < settings->rounds; i++) {
			rounds[0][i] = measure(
				directory, NULL, level, paced ? rate : 0, settings->seconds);
			rounds[1][i] =
				measure(directory, key, level, paced ? rate : 0, settings->seconds);
		}
		char load[32];
		snprintf(load, sizeof load, paced ? "%.0f/s" : "%.0f in flight",
			paced ? rate : (double)level);
		for (int kind = 0; kind < 2; kind++) {
			struct result result = median(rounds[kind], settings->rounds);
			const char *name = kind == 0 ? "plain" : "sealed";
			print_row(load, name, &result);
			if (json != NULL) {
				print_json(json, l == 0 && kind == 0, load, name, &result);
			}
		}
		fflush(stdout);
	}
	if (json != NULL) {
		fprintf(json, "\n]\n");
		fclose(json);
	}
}

int main(int argc, char **argv)
{
	struct settings settings = parse(argc, argv);
	static const uint8_t key[32] = {42};
	char directory[200];
	snprintf(directory, sizeof directory, "%s/bench-store-XXXXXX", settings.directory);
	if (mkdtemp(directory) == NULL) {
		die("cannot make a directory");
	}
	if (settings.history > 0) {
		measure_history(directory, NULL, (int64_t)settings.history);
		measure_history(directory, key, (int64_t)settings.history);
	} else {
		measure_all(&settings, directory, key);
	}
	char lock[256];
	snprintf(lock, sizeof lock, "%s/hark.lock", directory);
	unlink(lock);
	rmdir(directory);
	return EXIT_SUCCESS;
}
