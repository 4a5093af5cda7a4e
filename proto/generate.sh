#!/bin/sh
# Regenerates Sources/RankingProto from proto/apus/v1/ranking.proto with protoc-c (Debian: protobuf-c-compiler).
#
#   proto/generate.sh          writes the generated code
#   proto/generate.sh --check  prints a diff and fails if the committed code is not what protoc-c makes
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
source=$root/proto/apus/v1
target=$root/Sources/RankingProto

case "${1-}" in
"" | --check) ;;
*)
  echo "usage: $0 [--check]" >&2
  exit 64
  ;;
esac

command -v protoc-c >/dev/null || {
  echo "$0: protoc-c is not installed (Debian: apt-get install protobuf-c-compiler)" >&2
  exit 69
}

made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
mkdir "$made/include"
protoc-c --proto_path="$source" --c_out="$made" ranking.proto
# SwiftPM takes a C target's public headers from include/.
mv "$made/ranking.pb-c.h" "$made/include/"

if [ "${1-}" = --check ]; then
  diff -ru "$target" "$made" || {
    echo "$0: Sources/RankingProto is not what proto/apus/v1/ranking.proto makes; run proto/generate.sh" >&2
    exit 1
  }
else
  mkdir -p "$target/include"
  cp "$made/ranking.pb-c.c" "$target/"
  cp "$made/include/ranking.pb-c.h" "$target/include/"
fi
