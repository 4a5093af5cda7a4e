#!/usr/bin/env bash
# Measures lists made beforehand: users a second of `apus precompute`, and how long callers of Recommend wait while the
# server takes the lists from Redis. See README.md beside this file.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)

usage() {
  cat <<'END'
usage: Benchmarks/live/run.sh [--model FILE] [--seconds N] [--connections N]

  --model FILE      measure this model file (else: an artificial one of 20,000 users, 100,000 tweets and 64 factors of
                    the classic recipe, kept in .build/benchmarks)
  --seconds N       measured seconds of each level (10)
  --connections N   callers, each with one call at a time (16)
END
}

fail() { echo "run.sh: $*" >&2; exit 1; }
say() { echo "$*" >&2; }

model="" seconds=10 connections=16
while [ $# -gt 0 ]; do
  case "$1" in
    --model) model=$(realpath -e -- "${2:?--model needs a file}"); shift ;;
    --seconds) seconds=${2:?--seconds needs a number}; shift ;;
    --connections) connections=${2:?--connections needs a number}; shift ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 64 ;;
  esac
  shift
done

work=$(mktemp -d "${TMPDIR:-/tmp}/apus-live.XXXXXX")
server="" redis=""
clean() {
  for process in $server $redis; do kill "$process" 2>/dev/null && wait "$process" 2>/dev/null || true; done
  rm -rf "$work"
}
trap clean EXIT

cd "$root"
say "building (release)"
swift build -c release --product apus > "$work/build.log" 2>&1 || { cat "$work/build.log" >&2; fail "no build"; }
bin=$(swift build -c release --show-bin-path)
make -s -C clients/c > /dev/null
# shellcheck disable=SC2046
cc -O2 -Iclients/c/include -o "$work/recommend" "$here/recommend.c" clients/c/build/libapus.a \
  $(pkg-config --libs libprotobuf-c) -lpthread

if [ -z "$model" ]; then
  model="$root/.build/benchmarks/live.safetensors"
  if [ ! "$model" -nt "$bin/apus" ]; then
    mkdir -p "$(dirname "$model")"
    say "synthesizing 20,000 users and 100,000 tweets"
    "$bin/apus" synthesize --out "$work/world" --users 20000 --tweets 100000 --seed 42 > /dev/null 2>&1
    say "training"
    "$bin/apus" train --recipe classic --precision float --factors 64 --data "$work/world" --out "$model" \
      > "$work/train.log" 2>&1 || { cat "$work/train.log" >&2; exit 1; }
  fi
fi

redis-server --port 0 --unixsocket "$work/redis" --dir "$work" --save "" --appendonly no --daemonize no \
  > "$work/redis.log" 2>&1 &
redis=$!
for _ in $(seq 100); do [ -S "$work/redis" ] && break; sleep 0.1; done
url="unix://$work/redis"

say "precomputing"
"$bin/apus" precompute --model "$model" --redis "$url" --json > "$work/precompute.json"
cat "$work/precompute.json"

"$bin/apus" serve --model "$model" --listen 127.0.0.1:0 --state "$work/state" --workers 1 --seed 1 --redis "$url" \
  2> "$work/server.log" &
server=$!
address=""
for _ in $(seq 300); do
  address=$(sed -n 's/^apus: listening on \([^;]*\);.*/\1/p' "$work/server.log")
  [ -n "$address" ] && break
  kill -0 "$server" 2>/dev/null || { cat "$work/server.log" >&2; fail "the server ended"; }
  sleep 0.1
done
[ -n "$address" ] || fail "the server does not listen after 30 s"

# The users that have lists: ids from the keys, which are hexadecimal.
redis-cli -s "$work/redis" --raw --scan --pattern 'apus:rec:*' | awk -F: 'NR <= 100000 { print $4 }' |
  python3 -c 'import sys; [print(int(line, 16)) for line in sys.stdin]' > "$work/users"

say "as fast as it goes"
"$work/recommend" "$address" "$work/users" "$connections" "$seconds" 0 | tee "$work/full.json"
rate=$(sed 's/.*"callsPerSecond": \([0-9]*\).*/\1/' "$work/full.json")
say "at half of that"
"$work/recommend" "$address" "$work/users" "$connections" "$seconds" $((rate / 2))
