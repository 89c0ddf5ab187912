/*
 * Makes pictures for tests: make KIND WIDTH HEIGHT >file. KIND: jpeg, progressive, gray, cmyk, png,
 * png-alpha, png-interlaced, webp, webp-alpha, webp-lossless, webp-animated, noise (a JPEG that
 * does not get small), png-noise-alpha (nor does this). What is on them is a slope of colours, red
 * to the right and green downward.
 */
#include "tests/picture/make.h"

#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
	if (argc != 4) {
		fprintf(stderr, "make KIND WIDTH HEIGHT\n");
		return EXIT_FAILURE;
	}
	struct made made = make_picture(argv[1], (unsigned)atoi(argv[2]), (unsigned)atoi(argv[3]));
	bool written = made.bytes != NULL && fwrite(made.bytes, 1, made.size, stdout) == made.size;
	free(made.bytes);
	return written && fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
