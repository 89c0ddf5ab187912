#!/bin/sh
# Writes a small site with a manifest, as the web build does, for the echo program to embed.
# Usage: site.sh DIRECTORY
set -eu
mkdir -p "$1/assets"
cd "$1"
page() {
	echo "<!doctype html><title>$1</title><!--hark:school--><p>$1</p>"
}
page visitor >visitor.html
page console >console.html
page oversight >oversight.html
page login >login.html
echo 'launch();' >launcher.js
# Larger than a socket's buffer is at first, compressible, and every byte's place matters.
awk 'BEGIN { for (i = 0; i < 200000; i++) printf "%07d\n", i }' >assets/big-0123.js
printf 'tiny' >assets/tiny-4567.css
{
	printf '%s\t%s\ttext/html; charset=utf-8\tno-store\n' / visitor.html /console console.html \
		/oversight oversight.html /login login.html /enrol login.html
	printf '/launcher.js\tlauncher.js\ttext/javascript; charset=utf-8\tno-store\n'
	printf '/assets/big-0123.js\tassets/big-0123.js\ttext/javascript; charset=utf-8\timmutable\n'
	printf '/assets/tiny-4567.css\tassets/tiny-4567.css\ttext/css; charset=utf-8\timmutable\n'
} >manifest.txt
