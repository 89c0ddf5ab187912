#!/bin/sh
# Installs what building, testing or checking Hark needs and this machine (Debian 12 or 13) lacks,
# saying what and why. When all is there it does nothing, says nothing and is done at once.
#
#	tools/setup.sh build|test|check|coverage
set -eu

level=${1:-build}
missing=

has() {
	command -v "$1" >/dev/null 2>&1
}

lib() {
	has pkg-config && pkg-config --exists "$1"
}

file() { # a pattern that one file matches
	for found in $1; do
		[ -e "$found" ] && return 0
	done
	return 1
}

node_is() { # at least this version
	has node && node -e "process.exit(+process.versions.node.split('.')[0] >= $1 ? 0 : 1)"
}

# want PACKAGES WHY TEST...: the packages are missing unless the test holds.
want() {
	packages=$1 why=$2
	shift 2
	if ! "$@" 2>/dev/null; then
		missing="$missing $packages"
		printf '  %-44s %s\n' "$packages" "$why" >&2
	fi
}

want gcc "compiles Hark" has cc
want libc6-dev "the C library's headers" file '/usr/include/*/sys/types.h /usr/include/sys/types.h'
want pkg-config "finds the libraries" has pkg-config
want libwebsockets-dev "HTTP and WebSocket" lib libwebsockets
want libwebsockets-evlib-uv "libwebsockets on our own event loop" \
	file '/usr/lib/*/libwebsockets-evlib_uv.so* /usr/local/lib/libwebsockets-evlib_uv.so*'
want libuv1-dev "the event loop" lib libuv
want libssl-dev "TLS" lib openssl
want libsqlite3-dev "the file" lib sqlite3
want libsodium-dev "seals the file, hashes passwords" lib libsodium
want libcjson-dev "reads JSON" lib libcjson
want libcurl4-openssl-dev "mail and webhooks to adults" lib libcurl
want libutf8proc-dev "folds text for watch phrases" lib libutf8proc
want libjpeg62-turbo-dev "reads and writes JPEG pictures" lib libjpeg
want libpng-dev "reads and writes PNG pictures" lib libpng
want libwebp-dev "reads and writes WebP pictures" lib libwebp
want libseccomp-dev "locks in the program that decodes pictures" lib libseccomp
want tzdata "time zones, for shifts" file /usr/share/zoneinfo/UTC
want ca-certificates "npm speaks TLS" file /etc/ssl/certs/ca-certificates.crt
if ! has node; then
	want "nodejs npm" "builds the pages, runs the demo" has node
else
	want npm "fetches what the pages are built with" has npm
fi

case $level in
test | check | coverage)
	want chromium "the pages are tested in a real browser" has chromium
	want valgrind "finds leaks and wild reads" has valgrind
	want openssl "makes the certificates of tests" has openssl
	;;
esac
if [ "$level" = check ]; then
	want clang "the second compiler" has clang
	want clang-format "checks the form of C files" has clang-format
	want systemd "systemd-analyze rates the unit" has systemd-analyze
fi
if [ "$level" = coverage ]; then
	want gcovr "adds up what gcc has counted" has gcovr
fi

if [ -n "$missing" ]; then
	echo "These Debian packages are missing and will be installed (see above for what each is for)." >&2
	as_root=
	if [ "$(id -u)" -ne 0 ]; then
		as_root=sudo
	fi
	if ! has apt-get || { [ -n "$as_root" ] && ! has sudo; }; then
		echo "Please install them as root: apt-get install$missing" >&2
		exit 1
	fi
	$as_root apt-get update -q
	# shellcheck disable=SC2086 # one word each
	$as_root env DEBIAN_FRONTEND=noninteractive \
		apt-get install -q -y --no-install-recommends $missing
fi

if ! node_is 18; then
	echo "Node.js 18 or newer is needed, this is $(node --version)." >&2
	exit 1
fi
