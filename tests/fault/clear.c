/*
 * What a Hark file holds, with its seals taken off: clear HARK.DB HARK.KEY > PAGES. All pages,
 * those of free space too, as SQLite would have written them without the vault.
 */
#include "storage/key.h"
#include "storage/vault.h"

#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
	struct key *key = NULL;
	sqlite3 *db = NULL;
	if (argc != 3 || key_load(argv[2], &key) != KEY_OK ||
		vault_register("clear", key->file) != VAULT_OK ||
		vault_open(argv[1], "clear", NULL, &db) != VAULT_OK) {
		fputs("clear: it does not open\n", stderr);
		return EXIT_FAILURE;
	}
	sqlite3_int64 size = 0;
	unsigned char *pages = sqlite3_serialize(db, "main", &size, 0);
	size_t written = pages != NULL ? fwrite(pages, 1, (size_t)size, stdout) : 0;
	sqlite3_free(pages);
	sqlite3_close(db);
	vault_unregister("clear");
	key_free(key);
	if (size == 0 || written != (size_t)size || fflush(stdout) != 0) {
		fputs("clear: its pages cannot be read or written\n", stderr);
		return EXIT_FAILURE;
	}
	return EXIT_SUCCESS;
}
