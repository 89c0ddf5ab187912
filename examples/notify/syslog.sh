#!/bin/sh
# A program for [program] path = in hark.conf: puts Hark's messages to adults into this machine's
# system log. Put the school's own way in its place: a text message, a bell, a pager.
#
# Hark starts it once for each message and gives it one line of JSON:
#
#	{"key":"esc-12-...","kind":"escalation","to":"everyone","title":"Hark: A student asks ...",
#	 "text":"...","since":"2026-11-20T17:02:11Z","url":"https://hark.example/oversight",
#	 "urgent":true}
#
# kind    escalation, test, digest, audit_head, identity, export or case
# key     names the message; when it comes twice (after a crash), it is the same message
# url     only where server.public_url is set
#
# Exit 0: it was delivered. Anything else, or taking longer than program.timeout: Hark tries again,
# and at last gives up. What it prints is thrown away. No message holds a word of a student.
#
# It runs as Hark's user, with nothing but PATH and LANG around it, and within the limits of
# hark.service: a read-only file system, no home directories, no devices.
#
# Needs jq and logger (packages jq, bsdutils).

set -eu

message=$(cat)
field() {
	printf '%s' "$message" | jq -r --arg name "$1" '.[$name] // ""'
}

title=$(field title)
since=$(field since)
url=$(field url)
case $(field urgent) in
true) priority=user.alert ;;
*) priority=user.notice ;;
esac

exec logger -t hark -p "$priority" -- "$title (since $since) $url"
