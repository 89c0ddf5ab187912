/* Where hark-picture stands, which the daemon starts, and what else belongs to it. */
#include "daemon/decoder.h"

#include <stdio.h>
#include <unistd.h>

static bool is_there(const char *path)
{
	return access(path, X_OK) == 0;
}

bool helper_find(const char *name, const char *configured, char *path, size_t size)
{
	static const char *const places[] = {"", "../libexec/hark/"};
	if (configured[0] != '\0') {
		snprintf(path, size, "%s", configured);
		return is_there(path);
	}
	char self[DECODER_PATH_MAX / 2];
	ssize_t length = readlink("/proc/self/exe", self, sizeof(self));
	if (length < 0 || (size_t)length >= sizeof(self)) {
		snprintf(path, size, "%s", name);
		return false;
	}
	while (length > 0 && self[length - 1] != '/') {
		length--;
	}
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		int needs = snprintf(path, size, "%.*s%s%s", (int)length, self, places[i], name);
		if (needs > 0 && (size_t)needs < size && is_there(path)) {
			return true;
		}
	}
	return false;
}

bool decoder_find(const char *configured, char *path, size_t size)
{
	return helper_find("hark-picture", configured, path, size);
}
