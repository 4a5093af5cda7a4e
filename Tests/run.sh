#!/usr/bin/env bash
# Runs all tests with these options of `swift test`. What failed is told once more at the end: it stands far above otherwise,
# among thousands of lines of what passed.
set -uo pipefail
cd "$(dirname "$0")/.."
# What is not ours does not count, see there.
notes=$PWD/Tests/Fixtures
export LSAN_OPTIONS="suppressions=$notes/leaks-of-libraries.txt:print_suppressions=0${LSAN_OPTIONS:+:$LSAN_OPTIONS}"
export TSAN_OPTIONS="suppressions=$notes/races-of-libraries.txt${TSAN_OPTIONS:+:$TSAN_OPTIONS}"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
swift test "$@" 2>&1 | tee "$log"
code=${PIPESTATUS[0]}
if [ "$code" -ne 0 ]; then
  printf '\nFailed (exit code %s):\n' "$code"
  grep -aE -A 4 'recorded an issue|^error:|: error:|Fatal error|Sanitizer' "$log" | grep -avE '(started|passed after .*)\.$' | head -200
fi
exit "$code"
