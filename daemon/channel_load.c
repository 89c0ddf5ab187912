/* Finds and loads hark-curl.so; see channel_curl.h. */
#include "daemon/channel_curl.h"

#include "daemon/decoder.h"

#include <dlfcn.h>
#include <stddef.h>

const struct transfer_functions *transfers_load(const char **problem)
{
	static const struct transfer_functions *functions;
	char path[DECODER_PATH_MAX];
	if (functions != NULL) {
		return functions;
	}
	(void)helper_find("hark-curl.so", "", path, sizeof(path)); /* dlopen() says what is wrong */
	void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	functions = library != NULL ? dlsym(library, "hark_transfers") : NULL;
	if (functions == NULL) {
		*problem = dlerror();
	}
	return functions;
}
