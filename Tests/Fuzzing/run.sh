#!/usr/bin/env bash
# Builds the fuzzers and runs each for a while. README.md beside this file says what each of them is about.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
all="frames requests model log text redis"

usage() {
  cat <<END_OF_USAGE
usage: Tests/Fuzzing/run.sh [--seconds N] [--build-only] [--sanitize LIST] [FUZZER…]

  --seconds N       how long each fuzzer runs (60); 0: only what is in the corpus
  --build-only      build, run nothing
  --sanitize LIST   sanitizers beside the fuzzer: address (the default), none
  FUZZER            of: $all (all of them)

What was found on the way is kept in .build-fuzz/corpus, from where the next run goes on; inputs that end a fuzzer in
.build-fuzz/found. Exit code 1: there are such.
END_OF_USAGE
}

seconds=60 build_only="" sanitize=address chosen=""
while [ $# -gt 0 ]; do
  case "$1" in
    --seconds) seconds=${2:?--seconds needs a number}; shift ;;
    --build-only) build_only=yes ;;
    --sanitize) sanitize=${2:?--sanitize needs a list}; shift ;;
    -h | --help) usage; exit 0 ;;
    -*) usage >&2; exit 64 ;;
    *) [[ " $all " == *" $1 "* ]] || { usage >&2; exit 64; }; chosen="$chosen $1" ;;
  esac
  shift
done
chosen=${chosen:-$all}

cd "$root"
scratch=.build-fuzz
build=(swift build -c release --sanitize=fuzzer --scratch-path "$scratch" -Xswiftc -enable-testing)
if [ "$sanitize" = none ]; then scratch=.build-fuzz-plain; build=("${build[@]/.build-fuzz/$scratch}")
else build+=("--sanitize=$sanitize"); fi
for name in $chosen; do FUZZ=1 "${build[@]}" --product "fuzz-$name" >&2; done
[ -z "$build_only" ] || exit 0
bin=$(FUZZ=1 "${build[@]}" --show-bin-path)

# The longest input: what a format needs to be met in all its parts, and no more.
longest() {
  case "$1" in
    frames) echo 8192 ;;
    requests) echo 4096 ;;
    model) echo 50000 ;;
    text) echo 4200 ;;
    *) echo 8192 ;;
  esac
}

failed=0
for name in $chosen; do
  grown="$root/.build-fuzz/corpus/$name" found="$root/.build-fuzz/found/$name-"
  mkdir -p "$grown" "$(dirname "$found")"
  log="$root/.build-fuzz/$name.log"
  if [ "$seconds" = 0 ]; then limit="-runs=0"; else limit="-max_total_time=$seconds"; fi
  echo "$name: ${seconds} s, log in .build-fuzz/$name.log" >&2
  # Less of where memory came from, and less kept after it was freed: half again as many runs.
  if SWIFT_BACKTRACE=enable=no ASAN_OPTIONS=malloc_context_size=2:quarantine_size_mb=16 "$bin/fuzz-$name" "$limit" "-max_len=$(longest "$name")" -timeout=10 -rss_limit_mb=2048 \
    -print_final_stats=1 "-artifact_prefix=$found" "$grown" "$here/Corpus/$name" > "$log" 2>&1
  then verdict=ok; else verdict="FAILED"; failed=1; fi
  runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
  rate=$(sed -n 's/^stat::average_exec_per_sec: *//p' "$log")
  cover=$(sed -n 's/.* cov: \([0-9]*\) .*/\1/p' "$log" | tail -1)
  echo "$name: $verdict, ${runs:-?} runs, ${rate:-?} a second, ${cover:-?} edges"
  if [ "$verdict" != ok ]; then tail -n 30 "$log" >&2; ls "$found"* >&2 2> /dev/null || true; fi
done
exit $failed
