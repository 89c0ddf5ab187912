/*
 * Locks the process in, for good: before it reads the first byte of a stranger. Whatever a decoder
 * can be talked into then, it can compute, take some memory, write its answer and end.
 */
#ifndef HARK_PICTURE_SANDBOX_H
#define HARK_PICTURE_SANDBOX_H

#include <stdbool.h>

/*
 * Leaves descriptors 0 and 1, from and to which alone can be read and written; memory up to
 * SANDBOX_MEMORY more than now; 10 seconds of processor time. Any system call that is not for
 * these ends the process with SIGSYS. False: it could not be done, do not go on.
 */
bool sandbox_enter(void);

#endif
