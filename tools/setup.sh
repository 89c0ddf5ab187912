#!/bin/sh
# Installs what building, testing or checking Hark needs and this machine (Debian 12 or 13) lacks,
# saying what and why. When all is there it does nothing, says nothing and is done at once.
#
#	tools/setup.sh build|test|check|coverage|bench
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
test | check)
	want chromium "the pages are tested in a real browser" has chromium
	want valgrind "finds leaks and wild reads" has valgrind
	;;
esac
case $level in
test | check | coverage)
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
if [ "$level" = bench ]; then
	want mosquitto "a peer: MQTT" file /usr/sbin/mosquitto
	want prosody "a peer: XMPP" file /usr/bin/prosody
	want lua-dbi-sqlite3 "its archive on SQLite" file '/usr/lib/*/lua/*/dbd/sqlite3.so'
	want ejabberd "a peer: XMPP" file /usr/sbin/ejabberdctl
	want erlang-p1-sqlite3 "its archive on SQLite" file '/usr/lib/erlang/lib/p1_sqlite3-*/ebin'
	want strace "shows which servers wait for the disk" has strace
	want "g++ make python3" "npm compiles the SQLite of a peer" has g++
	want libnode-dev "Node's headers, for the same" \
		file "$(dirname "$(command -v node || echo /usr/bin/node)")/../include/node/node.h"
fi

# Debian starts a server when it is installed. The benchmark runs its own, so these are not to.
no_services() {
	policy=/usr/sbin/policy-rc.d
	if [ "$level" = bench ] && [ ! -e "$policy" ]; then
		printf '#!/bin/sh\nexit 101\n' | $as_root tee "$policy" >/dev/null
		$as_root chmod 755 "$policy"
		# shellcheck disable=SC2064 # as they are now
		trap "$as_root rm -f $policy" EXIT
	fi
}

# Nor at the next start of the machine; only those that were not here before.
no_services_later() {
	for service in mosquitto prosody ejabberd; do
		case "$missing " in
		*" $service "*) has systemctl && $as_root systemctl disable --quiet "$service" || true ;;
		esac
	done
}

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
	no_services
	# shellcheck disable=SC2086 # one word each
	$as_root env DEBIAN_FRONTEND=noninteractive \
		apt-get install -q -y --no-install-recommends $missing
	no_services_later
fi

if ! node_is 18; then
	echo "Node.js 18 or newer is needed, this is $(node --version)." >&2
	exit 1
fi
