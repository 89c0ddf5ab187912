/*
 * What a fuzzer is: one function, driven by libFuzzer or by drive.c.
 */
#ifndef HARK_TESTS_FUZZ_DRIVE_H
#define HARK_TESTS_FUZZ_DRIVE_H

#include <stddef.h>
#include <stdint.h>

/* Aborts when a property does not hold. The data are valid during the call. Returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
