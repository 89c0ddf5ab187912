/*
 * Reproducible random numbers for property tests (SplitMix64, Steele, Lea and Flood 2014): a test
 * that fails once fails again with the same seed.
 */
#ifndef HARK_TESTS_UNIT_DAEMON_RANDOM_H
#define HARK_TESTS_UNIT_DAEMON_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

struct random {
	uint64_t state;
};

static inline uint64_t random_next(struct random *random)
{
	uint64_t mixed = random->state += UINT64_C(0x9e3779b97f4a7c15);
	mixed = (mixed ^ (mixed >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94d049bb133111eb);
	return mixed ^ (mixed >> 31);
}

/* 0 to below - 1. */
static inline int64_t random_below(struct random *random, int64_t below)
{
	return (int64_t)(random_next(random) % (uint64_t)below);
}

/* True in `percent` of a hundred. */
static inline bool random_chance(struct random *random, int percent)
{
	return random_below(random, 100) < percent;
}

#endif
