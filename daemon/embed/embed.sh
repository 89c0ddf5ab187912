#!/bin/sh
# Turns a manifest (URL path, file, content type, immutable|no-store; tabs between) into a C file
# that carries the files themselves and a table of them, see daemon/assets.h.
# Usage: embed.sh MANIFEST OUT.c    Files are beside the manifest; OUT.c.parts/ gets what is compressed.
set -eu
manifest=$1 out=$2
root=$(CDPATH='' cd -- "$(dirname -- "$manifest")" && pwd)
packed=$out.parts
tab=$(printf '\t')
rm -rf "$packed"
mkdir -p "$packed"
packed=$(CDPATH='' cd -- "$packed" && pwd)

# blob NAME FILE: the file's bytes as an array.
blob() {
	cat <<-END
	__asm__(".section .rodata\n.balign 16\n.globl $1\n.hidden $1\n$1:\n.incbin \"$2\"\n.previous\n");
	extern const unsigned char $1[];
	END
}

{
	echo '/* Made by daemon/embed/embed.sh. */'
	echo '#include "daemon/assets.h"'
	number=0
	: >"$packed/rows"
	LC_ALL=C sort -t "$tab" -k 1,1 "$manifest" >"$packed/manifest"
	while IFS=$tab read -r path file type cache; do
		case $cache in
		immutable) immutable=true ;;
		no-store) immutable=false ;;
		*) echo "$manifest: $path: '$cache' is neither immutable nor no-store" >&2; exit 1 ;;
		esac
		name=hark_asset_$number
		number=$((number + 1))
		blob "$name" "$root/$file"
		gzip -9 -n -c "$root/$file" >"$packed/$name.gz"
		zipped='.gzip = 0, .gzip_size = 0'
		if [ "$(wc -c <"$packed/$name.gz")" -lt "$(wc -c <"$root/$file")" ]; then
			blob "${name}_gz" "$packed/$name.gz"
			zipped=".gzip = ${name}_gz, .gzip_size = $(($(wc -c <"$packed/$name.gz")))"
		fi
		{
			echo "	{.path = \"$path\", .type = \"$type\", .immutable = $immutable,"
			echo "		.bytes = $name, .size = $(($(wc -c <"$root/$file"))),"
			echo "		$zipped},"
		} >>"$packed/rows"
	done <"$packed/manifest"
	echo 'const struct asset assets_table[] = {'
	cat "$packed/rows"
	echo '};'
	echo "const size_t assets_count = $number;"
} >"$out.tmp"
mv "$out.tmp" "$out"
