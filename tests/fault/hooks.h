/*
 * A page of the file $HARK_HOOKS, which a test writes while the daemon runs, and what is preloaded
 * into that reads: so that no call costs more than a look into memory.
 */
#ifndef HARK_TESTS_FAULT_HOOKS_H
#define HARK_TESTS_FAULT_HOOKS_H

#include <stdint.h>

struct page {
	_Atomic uint32_t armed; /* 0: nothing fails */
	_Atomic uint32_t first; /* the how many-th allocation fails, from 1 */
	_Atomic uint32_t for_good; /* and all that follow */
	_Atomic uint32_t count; /* allocations since */
	_Atomic uint32_t failed; /* of them */
	uint32_t unused;
	_Atomic int64_t offset_ns; /* what the wall clock is ahead */
};

/* Without such a file, or when it cannot be mapped: NULL. */
struct page *hooks_map(void);

/* No allocation fails any more; for what writes counts at a program's end (tests/coverage). */
void memory_suffices(void);

#endif
