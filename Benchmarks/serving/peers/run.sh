#!/usr/bin/env bash
# Apus beside other servers in one run: the same model, the same kind of requests, one core each for server and client.
# See ../README.md, "Peers".
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../../.." && pwd)

usage() {
  cat <<'END'
usage: Benchmarks/serving/peers/run.sh [--model FILE] [--seconds N] [--connections N] [--without-fastapi]

  --model FILE        measure on this model (else one of 100,000 users and 1,000,000 tweets of 64 factors is written)
  --seconds N         measured seconds of each line (5)
  --connections N     connections of each line (16)
  --without-fastapi   leave out the service in Python, which takes packages from PyPI
END
}

fail() { echo "peers/run.sh: $*" >&2; exit 1; }
say() { echo "$*" >&2; }

model="" seconds=5 connections=16 python=yes
while [ $# -gt 0 ]; do
  case "$1" in
    --model) model=$(realpath -e -- "${2:?--model needs a file}"); shift ;;
    --seconds) seconds=${2:?--seconds needs a number}; shift ;;
    --connections) connections=${2:?--connections needs a number}; shift ;;
    --without-fastapi) python=no ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 64 ;;
  esac
  shift
done

work=$(mktemp -d "${TMPDIR:-/tmp}/apus-peers.XXXXXX")
server=""
end_server() { if [ -n "$server" ]; then kill "$server" 2> /dev/null && wait "$server" 2> /dev/null || true; fi; server=""; }
trap 'end_server; rm -rf "$work"' EXIT

# MARK: Programs and model

cd "$root"
say "building"
swift build -c release --product apus > "$work/build.log" 2>&1 || { cat "$work/build.log" >&2; fail "no build"; }
apus=$(swift build -c release --show-bin-path)/apus
protoc -I proto/apus/v1 --cpp_out="$work" --grpc_out="$work" \
  --plugin=protoc-gen-grpc="$(command -v grpc_cpp_plugin)" ranking.proto || fail "no gRPC; make bench-peers installs it"
cc -O2 -c -o "$work/kernel.o" "$here/kernel.c"
cc -O2 -o "$work/frames_client" "$here/frames_client.c" "$work/kernel.o"
cc -O2 -o "$work/echo" "$here/echo.c" -luv
for program in grpc_server grpc_client; do
  # shellcheck disable=SC2046
  g++ -O2 -std=c++17 -I"$here" -I"$work" -o "$work/$program" "$here/$program.cc" "$work/ranking.pb.cc" \
    "$work/ranking.grpc.pb.cc" "$work/kernel.o" $(pkg-config --cflags --libs grpc++ protobuf)
done
cc -O2 -o "$work/gather" "$here/../gather.c"
if [ -z "$model" ]; then
  model="$root/.build/benchmarks/million.safetensors"
  if [ ! -s "$model" ]; then
    mkdir -p "$(dirname "$model")"
    say "writing a model of 1,000,000 tweets"
    "$apus" synthesize --model "$model" > /dev/null 2>&1
  fi
fi
if [ "$python" = yes ]; then
  venv="$root/.build/benchmarks/peers-venv"
  [ -x "$venv/bin/uvicorn" ] || { python3 -m venv "$venv"; "$venv/bin/pip" install -q -r "$here/requirements.txt"; }
fi

# MARK: Measuring

# Where there are two cores and more, the server has the first and the client the second.
# A server runs in the background: it takes the place of the shell there, whose number is then the server's.
on_server() { if [ "$(nproc)" -gt 1 ]; then exec taskset -c 0 "$@"; else exec "$@"; fi; }
on_client() { if [ "$(nproc)" -gt 1 ]; then taskset -c 1 "$@"; else "$@"; fi; }
server_nanos() { cat /proc/"$server"/task/*/schedstat | awk '{ sum += $1 } END { printf "%.0f", sum }'; }
await() { for _ in $(seq 600); do if eval "$1" > /dev/null 2>&1; then return; fi; sleep 0.1; done; cat "$work/log" >&2; fail "no server"; }

# Each server gets a port of its own, below those that the kernel gives to clients.
port=$((10000 + RANDOM % 10000))
# line NAME CANDIDATES IN-FLIGHT CLIENT...: one row of the results. The client runs for a second more than is asked for, and
# prints calls/s, the 50th, 99th and 99.9th percentile in microseconds, and how many calls failed.
line() {
  local name=$1 candidates=$2 in_flight=$3 before after result
  shift 3
  before=$(server_nanos)
  result=$("$@") || fail "$name: the client failed"
  after=$(server_nanos)
  # The second more is in the server's time too.
  echo "$name $candidates $in_flight $result $(awk -v n=$((after - before)) -v s="$seconds" 'BEGIN { print n / (s + 1) }')" >> "$work/results"
}
frames() { echo "$work/frames_client" "$model" "$port" "$connections" "$2" "$1" "$seconds"; }
# wrk in the words of the other clients. It has no warm-up and knows no 99.9th percentile.
over_http() {
  on_client wrk -t1 -c"$connections" -d"$((seconds + 1))" --latency -s "$work/bodies.lua" "http://127.0.0.1:$port" | awk '
    function micros(text) { return text ~ /us$/ ? text + 0 : text ~ /ms$/ ? text * 1000 : text * 1e6 }
    $1 == "50%" { p50 = micros($2) } $1 == "99%" { p99 = micros($2) } /Requests\/sec/ { rate = $2 }
    /Non-2xx/ { failed = $NF } END { print rate, p50, p99, "-", failed + 0 }'
}

: > "$work/results"
for shape in "1 1" "1 16" "500 1" "500 4"; do
  read -r candidates in_flight <<< "$shape"
  say "measuring $candidates candidates, $in_flight in flight on each connection"
  port=$((port + 1))
  on_server "$apus" serve --model "$model" --listen "127.0.0.1:$port" --state "$work/state$candidates$in_flight" --workers 1 2> "$work/log" &
  server=$!
  await 'grep -q "listening on" "$work/log"'
  line apus "$candidates" "$in_flight" on_client $(frames "$candidates" "$in_flight")
  end_server
  port=$((port + 1))
  on_server "$work/grpc_server" "$model" "$port" > "$work/log" &
  server=$!
  await 'grep -q ready "$work/log"'
  line grpc-c++ "$candidates" "$in_flight" on_client "$work/grpc_client" "$model" "$port" "$connections" "$in_flight" "$candidates" "$seconds"
  end_server
  port=$((port + 1))
  on_server "$work/echo" "$port" > "$work/log" &
  server=$!
  await 'grep -q ready "$work/log"'
  line libuv-echo "$candidates" "$in_flight" on_client env ECHO=1 $(frames "$candidates" "$in_flight")
  end_server
done
if [ "$python" = yes ]; then
  say "measuring FastAPI"
  port=$((port + 1))
  (cd "$here" && MODEL="$model" on_server "$venv/bin/uvicorn" fastapi_service:app --port "$port" --log-level warning) > "$work/log" 2>&1 &
  server=$!
  (cd "$here" && MODEL="$model" "$venv/bin/python" -B -c "import fastapi_service as s; s.bodies('$work/bodies.lua', 512, 500)")
  await "exec 3<>/dev/tcp/127.0.0.1/$port"
  line fastapi 500 1 over_http
  end_server
fi
"$work/gather" "$model" --rounds 4 > "$work/gather.json"

# MARK: The report

echo "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1), $(nproc) cores; load $(cut -d' ' -f1-3 /proc/loadavg); $connections connections"
awk '
  { row[NR] = $0; rate[$1, $2, $3] = $4 }
  END {
    printf "%-11s %10s %9s %10s %9s %9s %9s %7s %12s %12s\n", "server", "candidates", "in flight", "calls/s", "p50 µs", "p99 µs", "p99.9 µs", "failed", "CPU µs/call", "Apus is"
    for (i = 1; i <= NR; i++) {
      split(row[i], f, " ")
      own = rate["apus", f[2], f[3]]
      printf "%-11s %10s %9s %10.0f %9s %9s %9s %7s %12.2f %11.2fx\n", f[1], f[2], f[3], f[4], f[5], f[6], f[7], f[8], f[9] / f[4] / 1000, own / f[4]
    }
  }' "$work/results"
awk -F' : ' '/gatherMicros|naiveMicros/ { gsub(/[ ",]/, "", $1); gsub(/,/, "", $2); print $1, $2 }' "$work/gather.json"
