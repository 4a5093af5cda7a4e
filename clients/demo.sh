#!/usr/bin/env bash
# The whole path in one go: data, training, server, a ranking over the RPC. Called by `make demo`.
#
#   clients/demo.sh [DATA_FOLDER] [USER]
#
# Without a folder it works on an artificial world. The user is by default the one with most engagements; the
# candidates are 500 tweets that others engaged with and this user did not.
set -euo pipefail
cd "$(dirname "$0")/.."

apus=.build/release/apus
work=demo
data=${1:-}
user=${2:-}
mkdir -p "$work"

say() { printf '\n\033[1m== %s\033[0m\n' "$*"; }
run() { printf '$ %s\n' "$*"; "$@"; }

if [ -z "$data" ]; then
  data=$work/world
  say "An artificial world"
  run "$apus" synthesize --out "$data"
fi
[ -r "$data/user_engagements.csv" ] || { echo "demo: $data/user_engagements.csv is not readable" >&2; exit 66; }

say "Training"
run "$apus" train --data "$data" --out "$work/model.safetensors" > "$work/training-report.txt"
echo "(the report is in $work/training-report.txt)"

# One line "user<TAB>tweet" per engagement. The ids are the same whatever the columns' order.
awk -F, 'NR == 1 { sub(/^\xef\xbb\xbf/, ""); sub(/\r$/, ""); for (i = 1; i <= NF; i++) col[$i] = i; next }
  { sub(/\r$/, ""); print $col["user_id"] "\t" $col["tweet_id"] }' "$data/user_engagements.csv" > "$work/pairs.tsv"
[ -n "$user" ] || user=$(cut -f1 "$work/pairs.tsv" | sort | uniq -c | sort -k1,1nr -k2 | awk 'NR == 1 { print $2 }')
awk -F'\t' -v user="$user" 'NR == FNR { if ($1 == user) own[$2] = 1; next } !($2 in own) && !seen[$2]++ { print $2 }' \
  "$work/pairs.tsv" "$work/pairs.tsv" | LC_ALL=C sort > "$work/all.txt"
# Every n-th of the sorted ids: spread over all times, and the same on every run.
awk -v n="$(wc -l < "$work/all.txt")" 'int(NR * 500 / n) > int((NR - 1) * 500 / n)' "$work/all.txt" > "$work/candidates.txt"

say "Serving"
# The log must be new: the lines of an earlier run would be taken for this one's.
rm -rf "$work/state" "$work/server.log"
touch "$work/server.log"
"$apus" serve --model "$work/model.safetensors" --listen 127.0.0.1:0 --state "$work/state" 2> "$work/server.log" &
server=$!
trap 'kill "$server" 2> /dev/null || true; wait "$server" 2> /dev/null || true' EXIT
for _ in $(seq 100); do
  grep -q 'listening on' "$work/server.log" && break
  kill -0 "$server" 2> /dev/null || { cat "$work/server.log" >&2; exit 1; }
  sleep 0.1
done
cat "$work/server.log"
address=$(sed -n 's/.*listening on \([0-9.:]*\);.*/\1/p' "$work/server.log")

say "What the model knows of user $user"
run "$apus" inspect "$work/model.safetensors" --user "$user"

say "Ranking $(wc -l < "$work/candidates.txt") candidates for user $user over the RPC"
run "$apus" rank --address "$address" --user "$user" --tweets-from "$work/candidates.txt" --limit 10 --explain
