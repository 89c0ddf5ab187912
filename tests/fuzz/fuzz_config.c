/*
 * Fuzzes the configuration file. Whatever the bytes: no crash; a refusal is one line that names the
 * file and a line in it; and what is taken prints to a file that is taken and prints the same.
 */
#include "daemon/config.h"
#include "tests/fuzz/drive.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* A file in memory, and its path; nothing like conf.d lies beside it. */
static const char *put(const void *data, size_t size)
{
	static int fd = -1;
	static char path[40];
	if (fd < 0) {
		fd = memfd_create("hark.conf", MFD_CLOEXEC);
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	}
	MUST(fd >= 0 && ftruncate(fd, 0) == 0);
	MUST(pwrite(fd, data, size, 0) == (ssize_t)size);
	return path;
}

static int load(struct config *config, const void *data, size_t size, char *problem, size_t room)
{
	static char name[] = "harkd";
	char *argv[] = {name, NULL};
	config_init(config);
	return config_load(config, put(data, size), 1, argv, NULL, problem, room);
}

static char *print(const struct config *config, size_t *size)
{
	char *text = NULL;
	FILE *out = open_memstream(&text, size);
	MUST(out != NULL);
	config_print(config, out);
	MUST(fclose(out) == 0);
	return text;
}

static void check_problem(const char *problem)
{
	static const char together[] = "server.tls_cert and server.tls_key go together";
	unsigned line = 0;
	MUST(strchr(problem, '\n') == NULL);
	if (strncmp(problem, together, sizeof(together) - 1) != 0) {
		MUST(sscanf(problem, "/proc/self/fd/%*d:%u: ", &line) == 1 && line > 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char problem[600] = "";
	struct config config, again;
	if (load(&config, data, size, problem, sizeof(problem)) != 0) {
		check_problem(problem);
	} else {
		size_t length, length_again;
		char *text = print(&config, &length);
		MUST(load(&again, text, length, problem, sizeof(problem)) == 0);
		char *text_again = print(&again, &length_again);
		MUST(length == length_again && memcmp(text, text_again, length) == 0);
		config_finish(&again);
		free(text);
		free(text_again);
	}
	config_finish(&config);
	return 0;
}
