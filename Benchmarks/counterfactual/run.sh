#!/usr/bin/env bash
# Apus's counterfactual estimates beside those of Open Bandit Pipeline, on the sample of the Open Bandit Dataset that comes
# with it: builds Apus, installs obp from PyPI into a folder of its own (.build-obp), prints both side by side.
#
#   Benchmarks/counterfactual/run.sh
#   Benchmarks/counterfactual/run.sh --json         # for programs
set -euo pipefail
cd "$(dirname "$0")/../.."

swift build -c release --product counterfactual-benchmark >&2
peers=.build-obp
if ! [ -x $peers/bin/python ] || ! cmp -s Benchmarks/counterfactual/requirements.txt $peers/requirements.txt; then
  echo "installing Open Bandit Pipeline into $peers" >&2
  python3 -m venv $peers
  $peers/bin/pip install --quiet --requirement Benchmarks/counterfactual/requirements.txt >&2
  # It is made for Python before 3.10, and works with 3.11.
  $peers/bin/pip install --quiet --no-deps --ignore-requires-python obp==0.5.7 >&2
  cp Benchmarks/counterfactual/requirements.txt $peers/
fi
exec $peers/bin/python -W ignore Benchmarks/counterfactual/compare.py \
  --apus .build/release/counterfactual-benchmark --work $peers "$@"
