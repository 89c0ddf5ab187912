/*
 * A plain driver for a fuzzer, for machines without libFuzzer: every file of the corpus as it is,
 * then mutations of them for some seconds. The same seed gives the same inputs in the same order;
 * how many of them depends on the machine. Prints one TAP line.
 *
 *	fuzz_decode SECONDS CORPUS-DIRECTORY [SEED]
 */
#include "tests/fuzz/drive.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
	INPUT_MAX = 65536,
	SEEDS_MAX = 4096
};

struct seed {
	uint8_t *bytes;
	size_t size;
};

static struct seed seeds[SEEDS_MAX];
static size_t seed_count;

static uint64_t random_state = 1;

/* The input being tried, for the report of a crash. */
static uint8_t input[INPUT_MAX];
static size_t input_size;

/* Called by the sanitizers, where there are any, before they end the process. */
void __sanitizer_set_death_callback(void (*callback)(void)) __attribute__((weak));

/* Marsaglia's xorshift64. */
static uint64_t random_next(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state;
}

static size_t random_below(size_t bound)
{
	return bound == 0 ? 0 : (size_t)(random_next() % bound);
}

/* ---- the corpus ---- */

static void read_seed(const char *directory, const char *name)
{
	char path[4096];
	snprintf(path, sizeof(path), "%s/%s", directory, name);
	FILE *file = fopen(path, "rb");
	uint8_t *bytes = malloc(INPUT_MAX);
	if (file == NULL || bytes == NULL) {
		perror(path);
		exit(EXIT_FAILURE);
	}
	seeds[seed_count++] = (struct seed){bytes, fread(bytes, 1, INPUT_MAX, file)};
	fclose(file);
}

static int not_hidden(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* In the order of names, so that a seed means the same everywhere. */
static void read_corpus(const char *directory)
{
	struct dirent **entries;
	int count = scandir(directory, &entries, not_hidden, alphasort);
	if (count < 0) {
		perror(directory);
		exit(EXIT_FAILURE);
	}
	for (int i = 0; i < count; i++) {
		if (seed_count < SEEDS_MAX) {
			read_seed(directory, entries[i]->d_name);
		}
		free(entries[i]);
	}
	free(entries);
}

/* ---- mutations, each of the input in place ---- */

static void replace(size_t at, size_t old_size, const uint8_t *bytes, size_t size)
{
	if (input_size - old_size + size > INPUT_MAX) {
		return;
	}
	memmove(input + at + size, input + at + old_size, input_size - at - old_size);
	memcpy(input + at, bytes, size);
	input_size = input_size - old_size + size;
}

static void insert_token(void)
{
	static const char *const tokens[] = {"\"", "\\", "{", "}", "[", "]", ",", ":", "null",
		"true", "false", "0", "-", "1.5", "1e9", "9007199254740991", "9007199254740992",
		"\\u0000", "\\ud83c", "\\udfee", "\xc3\xa9", "\xf0\x9f\x8f\xae", "\xed\xa0\x80",
		"\xff", "\n", "\"type\":", "\"ref\":1,", "{\"type\":\"ok\"}", " "};
	const char *token = tokens[random_below(sizeof(tokens) / sizeof(tokens[0]))];
	replace(random_below(input_size + 1), 0, (const uint8_t *)token, strlen(token));
}

static void splice_seed(void)
{
	const struct seed *other = &seeds[random_below(seed_count)];
	size_t from = random_below(other->size);
	size_t size = random_below(other->size - from + 1);
	size_t at = random_below(input_size + 1);
	replace(at, random_below(input_size - at + 1), other->bytes + from, size);
}

static void repeat_part(void)
{
	uint8_t part[256];
	size_t at = random_below(input_size);
	size_t size = random_below(input_size - at + 1);
	if (size > sizeof(part)) {
		size = sizeof(part);
	}
	memcpy(part, input + at, size);
	replace(random_below(input_size + 1), 0, part, size);
}

static void mutate(void)
{
	size_t at = random_below(input_size);
	uint8_t byte = (uint8_t)random_next();
	switch (random_below(7)) {
	case 0:
		if (input_size > 0) {
			input[at] ^= (uint8_t)(1u << random_below(8));
		}
		break;
	case 1:
		if (input_size > 0) {
			input[at] = byte;
		}
		break;
	case 2:
		replace(at, 0, &byte, 1);
		break;
	case 3:
		replace(at, random_below(input_size - at + 1), &byte, 0);
		break;
	case 4:
		insert_token();
		break;
	case 5:
		splice_seed();
		break;
	default:
		repeat_part();
		break;
	}
}

/* ---- running ---- */

/* Shows the input so that it can be kept as a file: xxd -r -p */
static void report_crash(void)
{
	printf("# the input, in hexadecimal:\n");
	for (size_t i = 0; i < input_size; i++) {
		printf("%02x%s", input[i], i % 64 == 63 ? "\n" : "");
	}
	printf("\nnot ok 1 - crashed, see above\n");
	fflush(stdout);
}

static void on_signal(int number)
{
	report_crash(); /* not safe in a signal handler, and the last thing that is done */
	signal(number, SIG_DFL);
	raise(number);
}

/* A copy of its own size: reading past its end is seen by the sanitizer. */
static void try_input(void)
{
	uint8_t *copy = malloc(input_size > 0 ? input_size : 1);
	if (copy == NULL) {
		abort();
	}
	memcpy(copy, input, input_size);
	LLVMFuzzerTestOneInput(copy, input_size);
	free(copy);
}

static void load(const struct seed *seed)
{
	memcpy(input, seed->bytes, seed->size);
	input_size = seed->size;
}

int main(int argc, char **argv)
{
	if (argc != 3 && argc != 4) {
		fprintf(stderr, "usage: %s SECONDS CORPUS-DIRECTORY [SEED]\n", argv[0]);
		return EXIT_FAILURE;
	}
	time_t end = time(NULL) + atoi(argv[1]);
	read_corpus(argv[2]);
	random_state = argc == 4 ? strtoull(argv[3], NULL, 10) : 1;
	if (seed_count == 0 || random_state == 0) {
		fprintf(stderr, "%s: an empty corpus, or the seed 0\n", argv[0]);
		return EXIT_FAILURE;
	}
	static const int numbers[] = {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL};
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		signal(numbers[i], on_signal);
	}
	if (__sanitizer_set_death_callback != NULL) {
		__sanitizer_set_death_callback(report_crash);
	}

	unsigned long long executions = 0;
	for (size_t i = 0; i < seed_count; i++, executions++) {
		load(&seeds[i]);
		try_input();
	}
	do {
		for (int i = 0; i < 1000; i++, executions++) {
			load(&seeds[random_below(seed_count)]);
			for (size_t j = 1 + random_below(4); j > 0; j--) {
				mutate();
			}
			try_input();
		}
	} while (time(NULL) < end);
	printf("ok 1 - %llu executions\n1..1\n", executions);
	for (size_t i = 0; i < seed_count; i++) {
		free(seeds[i].bytes);
	}
	return EXIT_SUCCESS;
}
