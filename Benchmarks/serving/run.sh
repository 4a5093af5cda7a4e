#!/usr/bin/env bash
# Measures a server with one worker beside the gather limit of its model, in one run, and prints one table.
# See README.md beside this file for what the numbers mean.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
candidates=500
levels="1 16 64"

usage() {
  cat <<'END'
usage: Benchmarks/serving/run.sh [--model FILE | --data DIR] [--seconds N] [--json | --phases]

  --model FILE   measure this model file
  --data DIR     train on this folder first
                 (neither: on an artificial world of 20,000 users and 200,000 tweets, kept in .build/benchmarks)
  --seconds N    measured seconds for each number of calls in flight (8); the whole takes about 4 N + 15
  --json         print JSON instead of the table
  --phases       say also where a call's time goes (needs perf)
END
}

fail() { echo "run.sh: $*" >&2; exit 1; }
say() { echo "$*" >&2; }

model="" data="" seconds=8 json=no phases=no
while [ $# -gt 0 ]; do
  case "$1" in
    --model) model=$(realpath -e -- "${2:?--model needs a file}"); shift ;;
    --data) data=$(realpath -e -- "${2:?--data needs a folder}"); shift ;;
    --seconds) seconds=${2:?--seconds needs a number}; shift ;;
    --json) json=yes ;;
    --phases) phases=yes ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 64 ;;
  esac
  shift
done
[[ $seconds =~ ^[1-9][0-9]?$ ]] || fail "--seconds $seconds is not a whole number from 1 to 99"

work=$(mktemp -d "${TMPDIR:-/tmp}/apus-serving.XXXXXX")
server=""
clean() {
  if [ -n "$server" ]; then kill "$server" 2>/dev/null && wait "$server" 2>/dev/null || true; fi
  rm -rf "$work"
}
trap clean EXIT

# MARK: Programs and model

cd "$root"
say "building (release)"
for product in apus apus-load; do
  swift build -c release --product "$product" > "$work/build.log" 2>&1 ||
    { cat "$work/build.log" >&2; fail "no build"; }
done
bin=$(swift build -c release --show-bin-path)
cc -O2 -o "$work/gather" "$here/gather.c"

# The artificial model stays until the program that trained it changes.
if [ -z "$model" ] && [ -z "$data" ]; then
  model="$root/.build/benchmarks/serving.safetensors"
  if [ ! "$model" -nt "$bin/apus" ]; then
    mkdir -p "$(dirname "$model")"
    data="$work/world"
    say "synthesizing 20,000 users and 200,000 tweets"
    "$bin/apus" synthesize --out "$data" --users 20000 --tweets 200000 --seed 42 > /dev/null 2>&1
  fi
fi
if [ -n "$data" ]; then
  model=${model:-"$work/model.safetensors"}
  say "training on $data"
  "$bin/apus" train --recipe classic --neighbours 0 --factors 64 --data "$data" --out "$model" > "$work/train.log" 2>&1 || { cat "$work/train.log" >&2; exit 1; }
fi

# MARK: Measuring

# A number from the JSON of apus-load, apus or gather: `field FILE KEY` or `field FILE OBJECT KEY`.
field() {
  awk -F' : ' -v object="${3:+$2}" -v key="${3:-$2}" '
    { name = $1; gsub(/[ "]/, "", name) }
    $2 ~ /^\{/ { inside = name; next }
    /^ *\}/ { inside = "" }
    inside == object && name == key { gsub(/[",]/, "", $2); print $2; exit }' "$1"
}

start_server() {
  "$bin/apus" serve --model "$model" --listen 127.0.0.1:0 --state "$work/state" --workers 1 --seed 1 \
    2> "$work/server.log" &
  server=$!
  for _ in $(seq 300); do
    address=$(sed -n 's/^apus: listening on \([^;]*\);.*/\1/p' "$work/server.log")
    [ -n "$address" ] && return
    kill -0 "$server" 2>/dev/null || { cat "$work/server.log" >&2; fail "the server ended"; }
    sleep 0.1
  done
  fail "the server does not listen after 30 s"
}

# Nanoseconds that the server's threads have been on a processor.
server_nanos() { cat /proc/"$server"/task/*/schedstat | awk '{ sum += $1 } END { printf "%.0f", sum }'; }

calls_answered() {
  "$bin/apus" describe --address "$address" --json > "$work/describe.json"
  field "$work/describe.json" callsAnswered
}

# load IN-FLIGHT FILE: calls for the given seconds, their report into the file. The budget is the largest there is, so
# that a stall of a busy machine is measured and does not end the run.
load() {
  "$bin/apus-load" --address "$address" --candidates "$candidates" --in-flight "$1" --duration "$seconds" \
    --warmup 1 --budget 1000 --users-from "$work/users" --tweets-from "$work/tweets" --json \
    > "$2" 2> "$work/load.log" ||
    { cat "$work/load.log" "$2" >&2; fail "calls failed"; }
}

# One line of results for a number of calls in flight; the limit is measured next to it, in the same weather.
measure() {
  local in_flight=$1 load="$work/load.json" limit="$work/gather.json" calls nanos
  "$work/gather" "$model" --candidates "$candidates" > "$limit"
  calls=$(calls_answered) nanos=$(server_nanos)
  load "$in_flight" "$load"
  nanos=$(($(server_nanos) - nanos)) calls=$(($(calls_answered) - calls))
  echo "$in_flight" "$(field "$load" callsPerSecond)" \
    "$(field "$load" roundTripMicros p50)" "$(field "$load" roundTripMicros p90)" \
    "$(field "$load" roundTripMicros p99)" "$(field "$load" roundTripMicros p99_9)" \
    "$(field "$load" serverMicros p50)" "$(field "$load" serverMicros p99)" "$(field "$load" queueMicros p50)" \
    "$(awk -v n="$nanos" -v c="$calls" 'BEGIN { printf "%.2f", n / c / 1000 }')" \
    "$(field "$limit" naiveMicros)" "$(field "$limit" gatherMicros)" "$(field "$limit" bytesPerRequest)"
}

"$work/gather" "$model" --rounds 1 --write-users "$work/users" --write-tweets "$work/tweets" > "$work/gather.json"
start_server
for level in $levels; do
  say "measuring $level in flight"
  measure "$level" >> "$work/results"
done

# MARK: The report

cpu=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1)
cpu=${cpu:-$(uname -m)}
cores=$(nproc) kernel=$(uname -sr) busy=$(cut -d' ' -f1-3 /proc/loadavg)
swift=$(swift --version 2>/dev/null | sed -n 's/.*\(Swift version [^ ]*\).*/\1/p' | head -1)
users=$(field "$work/gather.json" users) tweets=$(field "$work/gather.json" tweets)
awk -v json="$json" -v cpu="$cpu" -v cores="$cores" -v kernel="$kernel" -v swift="$swift" -v busy="$busy" \
  -v users="$users" -v tweets="$tweets" -v candidates="$candidates" -v seconds="$seconds" \
  -f "$here/report.awk" "$work/results"

if [ "$phases" = yes ]; then
  perf record -q -F 4999 -p "$server" -o "$work/perf.data" 2> /dev/null &
  recorder=$!
  load 16 "$work/load.json"
  kill -INT "$recorder" && wait "$recorder" || true
  perf report -i "$work/perf.data" --stdio -F overhead,dso,symbol 2> /dev/null | awk -f "$here/phases.awk"
fi
