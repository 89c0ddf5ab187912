/* Which key file the configuration means, and reading it. */
#ifndef HARK_DAEMON_KEYFILE_H
#define HARK_DAEMON_KEYFILE_H

#include <stddef.h>

struct config;
struct key;

/*
 * storage.key_file; else $CREDENTIALS_DIRECTORY/hark.key where systemd hands credentials out and
 * there is one; else data_dir/hark.key. Caller frees.
 */
char *keyfile_path(const struct config *config);

/*
 * 0, with the key that opens data_dir/hark.db, for key_free(): where a re-key was cut off, not the
 * one in the key file. Before any connection of the process to that. Or the exit code, with a
 * sentence that names the file.
 */
int keyfile_load(const struct config *config, struct key **key, char *problem, size_t size);

#endif
