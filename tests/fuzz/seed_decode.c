/*
 * Writes the fuzzer's corpus: a file for each message, short with everything optional. Files that
 * a fuzzer found (their names do not end in .json) are kept beside them.
 *
 *	seed_decode DIRECTORY
 */
#include "tests/unit/protocol/sample.h"

#include <stdio.h>
#include <stdlib.h>

static void write_seed(const char *directory, enum message_type type)
{
	struct sample sample;
	sample_init(&sample, type, type % 2 == 0 ? SAMPLE_ONE : SAMPLE_ESCAPED);
	size_t size;
	char *json = sample_encode(&sample, &size);
	char path[4096];
	snprintf(path, sizeof(path), "%s/%s.json", directory, message_rule(type)->wire);
	FILE *file = fopen(path, "wb");
	if (file == NULL || fwrite(json, 1, size, file) != size || fclose(file) != 0) {
		perror(path);
		exit(EXIT_FAILURE);
	}
	free(json);
	sample_finish(&sample);
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: %s DIRECTORY\n", argv[0]);
		return EXIT_FAILURE;
	}
	for (unsigned type = 0; type < TYPE_COUNT; type++) {
		write_seed(argv[1], (enum message_type)type);
	}
	return EXIT_SUCCESS;
}
