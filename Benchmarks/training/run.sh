#!/usr/bin/env bash
# Training beside the Python libraries, in one command: builds Apus, sets up the libraries in a folder of their own
# (.build-peers), makes artificial input, measures in turns, prints a table. Options are those of compare.py.
#
#   Benchmarks/training/run.sh                      # everything, about five minutes after the set-up
#   Benchmarks/training/run.sh --cases svd,als      # some of it
#   Benchmarks/training/run.sh --json               # for programs
set -euo pipefail
cd "$(dirname "$0")/../.."

swift build -c release --product training-benchmark >&2
# The libraries choose instructions at run time; Apus's portable build does not. Where the CPU has them, a second build
# shows what it does with the same.
modern=()
if grep -q '^flags.* avx2 .*' /proc/cpuinfo 2> /dev/null && grep -q '^flags.* fma .*' /proc/cpuinfo; then
  APUS_MARCH=x86-64-v3 swift build -c release --product training-benchmark --scratch-path .build-v3 >&2
  modern=(--apus-v3 .build-v3/release/training-benchmark)
fi
peers=.build-peers
if ! [ -x $peers/bin/python ] || ! cmp -s Benchmarks/training/requirements.txt $peers/requirements.txt; then
  echo "installing the libraries to compare with into $peers" >&2
  python3 -m venv $peers
  $peers/bin/pip install --quiet --requirement Benchmarks/training/requirements.txt >&2
  cp Benchmarks/training/requirements.txt $peers/
fi
# A setting for old OpenBLAS builds slows current ones down: the libraries get their best.
exec env -u OPENBLAS_CORETYPE -u OPENBLAS_L2_SIZE $peers/bin/python Benchmarks/training/compare.py \
  --apus .build/release/training-benchmark "${modern[@]}" --data $peers/input "$@"
