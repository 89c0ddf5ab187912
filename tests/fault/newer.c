/* Makes a file that a newer Hark has written: newer HARK.DB HARK.KEY. */
#include "storage/key.h"
#include "storage/vault.h"

#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
	struct key *key = NULL;
	sqlite3 *db = NULL;
	if (argc != 3 || key_load(argv[2], &key) != KEY_OK ||
		vault_register("newer", key->file) != VAULT_OK ||
		vault_open(argv[1], "newer", NULL, &db) != VAULT_OK ||
		sqlite3_exec(db, "PRAGMA user_version = 9999", NULL, NULL, NULL) != SQLITE_OK) {
		fputs("newer: that did not work\n", stderr);
		return EXIT_FAILURE;
	}
	sqlite3_close(db);
	vault_unregister("newer");
	key_free(key);
	return EXIT_SUCCESS;
}
