/* What a mail address and an ntfy topic must be. Pure. */
#include "daemon/reach.h"

#include <string.h>

bool reach_is_mail(struct text text)
{
	/* No quoted local parts, no comments, no list: nothing that a header could read otherwise.
	 */
	static const char never[] = " \"(),:;<>[\\]";
	size_t at = 0, ats = 0;
	for (size_t i = 0; i < text.size; i++) {
		unsigned char byte = (unsigned char)text.bytes[i];
		if (byte < 0x20 || byte >= 0x7f || strchr(never, byte) != NULL) {
			return false;
		}
		if (byte == '@') {
			at = i;
			ats++;
		}
	}
	return ats == 1 && at > 0 && at + 1 < text.size && text.bytes[0] != '-';
}

bool reach_is_topic(struct text text)
{
	static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
	for (size_t i = 0; i < text.size; i++) {
		if (text.bytes[i] == '\0' || strchr(letters, text.bytes[i]) == NULL) {
			return false;
		}
	}
	return text.size > 0 && text.size <= 64;
}
