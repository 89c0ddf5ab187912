/*
 * The headers that tell a browser what an answer may do. All of them are ours: the library's own
 * would allow connections anywhere and cannot differ from page to page.
 */
#include <stdio.h>
#include <string.h>

#include "daemon/transport_wire.h"

static const char page_csp[] =
	"default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
	"img-src 'self' blob: data:; font-src 'none'; base-uri 'none'; form-action 'self'; "
	"worker-src 'self'; require-trusted-types-for 'script'; trusted-types hark; ";

static const char always[] =
	"X-Content-Type-Options: nosniff\r\n"
	"Referrer-Policy: no-referrer\r\n"
	"Permissions-Policy: camera=(), microphone=(), geolocation=(self), payment=(), usb=(), "
	"browsing-topics=()\r\n";

static const char staff[] = "X-Frame-Options: DENY\r\n"
			    "Cross-Origin-Opener-Policy: same-origin\r\n"
			    "Cross-Origin-Resource-Policy: same-origin\r\n";

/* It is a setting: whatever else is in it, it stays within its directive and its header. */
static const char *safe_ancestors(const char *list)
{
	if (list == NULL || list[0] == '\0' || list[strcspn(list, "\r\n;,")] != '\0') {
		return "'none'";
	}
	return list;
}

size_t policy_write(
	char *out, size_t size, enum policy policy, const char *frame_ancestors, bool secure)
{
	const char *hsts = secure ? "Strict-Transport-Security: max-age=31536000\r\n" : "";
	const char *csp = "default-src 'none'; ", *extra = "", *ancestors = "'none'";

	switch (policy) {
	case POLICY_VISITOR:
		csp = page_csp;
		ancestors = safe_ancestors(frame_ancestors);
		break;
	case POLICY_STAFF:
		csp = page_csp;
		extra = staff;
		break;
	case POLICY_ASSET:
		extra = "Cross-Origin-Resource-Policy: same-origin\r\n";
		break;
	case POLICY_LAUNCHER:
		extra = "Cross-Origin-Resource-Policy: cross-origin\r\n";
		break;
	}
	int written = snprintf(out, size, "Content-Security-Policy: %sframe-ancestors %s\r\n%s%s%s",
		csp, ancestors, always, extra, hsts);
	return written < 0 ? 0 : (size_t)written < size ? (size_t)written : size - 1;
}
