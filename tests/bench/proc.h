/* What a process has used so far, from /proc. */
#ifndef HARK_TESTS_BENCH_PROC_H
#define HARK_TESTS_BENCH_PROC_H

#include <stdint.h>

/* Of all threads that it has; ends the program when there is no such process. */
double proc_cpu_s(int pid);
long proc_rss_kib(int pid);
/* Handed to the disk; -1 where the kernel does not say. */
int64_t proc_written_bytes(int pid);

#endif
