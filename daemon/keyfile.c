/* Finding and reading the key. */
#include "daemon/keyfile.h"

#include "daemon/config.h"
#include "daemon/xalloc.h"
#include "storage/key.h"
#include "storage/rekey.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	EXIT_CONFIG = 78
};

static char *join(const char *directory, const char *name)
{
	size_t size = strlen(directory) + strlen(name) + 2;
	char *path = xmalloc(size);
	snprintf(path, size, "%s/%s", directory, name);
	return path;
}

char *keyfile_path(const struct config *config)
{
	if (config->key_file[0] != '\0') {
		return xstrdup(config->key_file);
	}
	const char *credentials = getenv("CREDENTIALS_DIRECTORY");
	if (credentials != NULL && credentials[0] != '\0') {
		char *path = join(credentials, "hark.key");
		if (access(path, F_OK) == 0) {
			return path;
		}
		free(path);
	}
	return join(config->data_dir, "hark.key");
}

int keyfile_load(const struct config *config, struct key **key, char *problem, size_t size)
{
	char *path = keyfile_path(config);
	enum key_status status = key_load(path, key);
	if (status != KEY_OK) {
		snprintf(problem, size, "%s: %s", path, key_status_text(status));
	}
	free(path);
	if (status != KEY_OK) {
		return EXIT_CONFIG;
	}
	/* A re-key that was cut off between the file and its key: the file decides. */
	char *database = join(config->data_dir, "hark.db");
	rekey_follow(database, *key);
	free(database);
	return 0;
}
