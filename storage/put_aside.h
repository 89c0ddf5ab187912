/* Keeping a copy of a damaged log before it is given up. */
#ifndef HARK_STORAGE_PUT_ASIDE_H
#define HARK_STORAGE_PUT_ASIDE_H

/*
 * Copies `path` to "<path>.damaged-1", or the first such number that is free, mode 0600, and syncs
 * it. No such file: nothing to do. 0, or an errno value.
 */
int put_aside_copy(const char *path);

#endif
