#!/usr/bin/env bash
# The whole path in one go: data, training, server, a ranking over the RPC. Called by `make demo`.
#
#   clients/demo.sh [DATA_FOLDER] [USER]
#
# Without a folder it works on an artificial world. The user is by default the one with most engagements; the
# candidates are 500 tweets that others engaged with and this user did not.
#
# Fields of the CSV may be quoted. Keys with a tab or a line break, and keys that begin or end with a blank, train as
# any other but are no candidates here: what hands the keys on is a file of one key per line.
#
# Of the environment: APUS, the binary; DEMO_FOLDER, where to write; DEMO_WAIT, seconds for the server to start.
set -euo pipefail
cd "$(dirname "$0")/.."

apus=${APUS:-.build/release/apus}
work=${DEMO_FOLDER:-demo}
patience=${DEMO_WAIT:-30}
data=${1:-}
user=${2:-}
mkdir -p "$work"

say() { printf '\n\033[1m== %s\033[0m\n' "$*"; }
run() { printf '$ %s\n' "$*"; "$@"; }
fail() { local code=$1; shift; echo "demo: $*" >&2; exit "$code"; }

if [ -z "$data" ]; then
  data=$work/world
  say "An artificial world"
  run "$apus" synthesize --out "$data"
fi
[ -r "$data/user_engagements.csv" ] || fail 66 "$data/user_engagements.csv is not readable"

say "Training"
run "$apus" train --data "$data" --out "$work/model.safetensors" > "$work/training-report.txt"
echo "(the report is in $work/training-report.txt)"

# One line "user<TAB>tweet" per engagement, wherever the columns stand.
awk '
  # The fields of a row, quotes taken off and doubled ones halved: into field[1], field[2], …
  function split_row(row,    i, n, c, text, quoted) {
    if (!index(row, "\"")) return split(row, field, ",")
    n = 1; text = ""; quoted = 0
    for (i = 1; i <= length(row); i++) {
      c = substr(row, i, 1)
      if (quoted) {
        if (c != "\"") text = text c
        else if (substr(row, i + 1, 1) == "\"") { text = text c; i++ }
        else quoted = 0
      }
      else if (c == "\"") quoted = 1
      else if (c == ",") { field[n++] = text; text = "" }
      else text = text c
    }
    field[n] = text
    return n
  }
  # Whether a row ends inside quotes: then the next line belongs to it.
  function is_open(row) { return gsub(/"/, "", row) % 2 }
  { sub(/\r$/, ""); row = held == "" ? $0 : held "\n" $0; held = "" }
  is_open(row) { held = row; next }
  row == "" { next }
  !has_header {
    sub(/^\xef\xbb\xbf/, "", row)
    n = split_row(row)
    for (i = 1; i <= n; i++) col[field[i]] = i
    has_header = 1
    next
  }
  { split_row(row); user = field[col["user_id"]]; tweet = field[col["tweet_id"]] }
  (user tweet) ~ /[\t\n]/ || tweet ~ /^ | $/ { next }
  { print user "\t" tweet }' "$data/user_engagements.csv" > "$work/pairs.tsv"
[ -n "$user" ] || user=$(cut -f1 "$work/pairs.tsv" | sort | uniq -c | sort -k1,1nr -k2 | sed -n '1s/^ *[0-9]* //p')
user="$user" awk -F'\t' 'BEGIN { user = ENVIRON["user"] }
  NR == FNR { if ($1 == user) own[$2] = 1; next } !($2 in own) && !seen[$2]++ { print $2 }' \
  "$work/pairs.tsv" "$work/pairs.tsv" | LC_ALL=C sort > "$work/all.txt"
# Every n-th of the sorted ids: spread over all times, and the same on every run.
awk -v n="$(wc -l < "$work/all.txt")" 'int(NR * 500 / n) > int((NR - 1) * 500 / n)' "$work/all.txt" > "$work/candidates.txt"
[ -s "$work/candidates.txt" ] || fail 65 "no tweet is left that others engaged with and user $user did not"

say "Serving"
# The log must be new: the lines of an earlier run would be taken for this one's.
rm -rf "$work/state" "$work/server.log"
touch "$work/server.log"
"$apus" serve --model "$work/model.safetensors" --listen 127.0.0.1:0 --state "$work/state" --now model 2> "$work/server.log" &
server=$!
trap 'kill "$server" 2> /dev/null || true; wait "$server" 2> /dev/null || true' EXIT
address=
for _ in $(seq $((patience * 10))); do
  address=$(sed -n 's/.*listening on \([0-9.:]*\);.*/\1/p' "$work/server.log")
  [ -z "$address" ] || break
  kill -0 "$server" 2> /dev/null || { cat "$work/server.log" >&2; fail 69 "the server ended before it was listening"; }
  sleep 0.1
done
cat "$work/server.log"
[ -n "$address" ] || fail 69 "the server was not listening after $patience s; what it said is in $work/server.log"

say "What the model knows of user $user"
run "$apus" inspect "$work/model.safetensors" --user "$user"

say "Ranking $(wc -l < "$work/candidates.txt") candidates for user $user over the RPC"
run "$apus" rank --address "$address" --user "$user" --tweets-from "$work/candidates.txt" --limit 10 --explain
