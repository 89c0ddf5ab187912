/*
 * What a fuzzer is: one function, driven by libFuzzer or by drive.c; and how it says that what
 * always holds does not.
 */
#ifndef HARK_TESTS_FUZZ_DRIVE_H
#define HARK_TESTS_FUZZ_DRIVE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define MUST(condition)                                                                            \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);    \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

/* Aborts when a property does not hold. The data are valid during the call. Returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
