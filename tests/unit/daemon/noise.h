/* splitmix64: noise that is the same on every run. */
#ifndef HARK_TESTS_UNIT_DAEMON_NOISE_H
#define HARK_TESTS_UNIT_DAEMON_NOISE_H

#include <stdint.h>

static inline uint64_t noise_draw(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

#endif
