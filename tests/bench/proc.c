/* What a process has used so far. */
#include "tests/bench/proc.h"
#include "tests/bench/ws_client.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Of one thread, by the scheduler's own clock. */
static double thread_cpu_s(int pid, const char *thread)
{
	char path[300];
	int64_t ns = 0;
	snprintf(path, sizeof(path), "/proc/%d/task/%s/schedstat", pid, thread);
	FILE *file = fopen(path, "r");
	if (file != NULL) {
		if (fscanf(file, "%" SCNd64, &ns) != 1) {
			ns = 0;
		}
		fclose(file);
	}
	return (double)ns / 1e9;
}

double proc_cpu_s(int pid)
{
	char path[64];
	double all = 0;
	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	DIR *threads = opendir(path);
	if (threads == NULL) {
		die("there is no process %d", pid);
	}
	for (struct dirent *thread; (thread = readdir(threads)) != NULL;) {
		if (thread->d_name[0] != '.') {
			all += thread_cpu_s(pid, thread->d_name);
		}
	}
	closedir(threads);
	return all;
}

/* The number behind `name` in a file of lines like "name: 12 kB". */
static int64_t field(int pid, const char *of, const char *name)
{
	char path[64], line[256];
	int64_t found = -1;
	snprintf(path, sizeof(path), "/proc/%d/%s", pid, of);
	FILE *file = fopen(path, "r");
	size_t size = strlen(name);
	while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
		if (strncmp(line, name, size) == 0) {
			sscanf(line + size, "%" SCNd64, &found);
		}
	}
	if (file != NULL) {
		fclose(file);
	}
	return found;
}

long proc_rss_kib(int pid)
{
	return (long)field(pid, "status", "VmRSS:");
}

int64_t proc_written_bytes(int pid)
{
	return field(pid, "io", "write_bytes:");
}
