#!/usr/bin/env python3
"""Times Apus and the Python libraries on the same data, in turns, one thread each, and prints one table.

    compare.py --apus BINARY [--apus-v3 BINARY] --data FOLDER [--cases A,B] [--repeats N] [--json]

Called by run.sh, which sets up everything. A round is Apus, then the library, a few times each, of which the fastest
counts; of the rounds the median does. Then Apus alone, in turns on one and on two threads.
"""

import argparse
import json
import os
import pathlib
import platform
import subprocess
import sys
from statistics import median

# Before numpy is loaded: it reads them once.
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "IMPLICIT_NUM_THREADS"):
    os.environ[name] = "1"

import numpy  # noqa: E402
import peers  # noqa: E402
import worlds  # noqa: E402

# The case, what Apus calls it, the library, and the input.
PAIRS = [
    ("svd", "svd", "Surprise SVD", "100k ratings, 100 factors, 20 epochs"),
    ("svd", "svd-exact", "Surprise SVD", "the same, in Double, bit for bit"),
    ("knn-similarity", "knn-similarity", "Surprise KNNBasic", "1,682 items, cosine"),
    ("knn-predict", "knn-predict", "Surprise KNNBasic", "one of 10k predictions, k = 40"),
    ("als", "als", "implicit ALS (CG)", "1.3M interactions, 64 factors, one iteration"),
    ("tfidf-fit", "tfidf-fit", "scikit-learn", "50k tweets, 5,000 terms"),
    ("tfidf-transform", "tfidf-transform", "scikit-learn", "one tweet"),
    ("similarity", "similarity", "scikit-learn", "one profile, 500 tweets"),
    ("pagerank-networkx", "pagerank", "networkx", "100k nodes, 1M edges"),
    ("pagerank-igraph", "pagerank", "igraph", "100k nodes, 1M edges"),
    ("bandit-update", "bandit-update", "MABWiser UCB1", "5,000 events over 100 arms"),
]
THREADED = [
    ("svd", "100k ratings"),
    ("als", "1.3M interactions"),
    ("tfidf-fit", "50k tweets"),
    ("pagerank", "100k nodes, 1M edges"),
    ("pagerank-large", "1M nodes, 10M edges"),
]


def apus(options, case, threads=1, binary=None):
    """Seconds and quality of one case of the benchmark program."""
    command = [
        binary or options.apus, case, "--data", str(options.data), "--threads", str(threads), "--repeats", str(options.repeats)]
    answer = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return answer["seconds"], answer["quality"]


def compare(options, pair):
    case, own_case, library, work = pair
    prepared = peers.CASES[case](options.data)
    own_seconds, modern_seconds, peer_seconds = [], [], []
    for _ in range(options.rounds):
        seconds, own_quality = apus(options, own_case)
        own_seconds.append(seconds)
        if options.apus_v3:
            modern_seconds.append(apus(options, own_case, binary=options.apus_v3)[0])
        seconds, peer_quality = peers.best_of(prepared, options.repeats)
        peer_seconds.append(seconds)
    if own_case == "pagerank":
        # Judged by the same yardstick as the library's.
        own_quality = peers.ranks_error(options.data, numpy.fromfile(options.data / "pagerank-of-apus.f64"))
    modern = {}
    if modern_seconds:
        modern = {
            "apus_v3_seconds": median(modern_seconds), "v3_ratio": median(peer_seconds) / median(modern_seconds)}
    return modern | {
        "case": own_case, "library": library, "work": work, "apus_seconds": median(own_seconds),
        "library_seconds": median(peer_seconds), "ratio": median(peer_seconds) / median(own_seconds),
        "apus_quality": own_quality, "library_quality": peer_quality}


def gain(options, case, work):
    one, two = [], []
    for _ in range(options.rounds):
        one.append(apus(options, case, threads=1)[0])
        two.append(apus(options, case, threads=2)[0])
    return {
        "case": case, "work": work, "one_thread": median(one), "two_threads": median(two),
        "gain": median(one) / median(two)}


def duration(seconds):
    for unit, size in (("s", 1), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds * 1e9:.3g} ns"


def modern(pair):
    """The cells of the build for x86-64-v3, empty where there is none."""
    return [duration(pair["apus_v3_seconds"]), f"{pair['v3_ratio']:.1f}"] if "v3_ratio" in pair else ["", ""]


def quality(values):
    return ", ".join(f"{name} {value:.6g}" for name, value in values.items())


def print_table(header, rows):
    widths = [max(len(row[c]) for row in [header, *rows]) for c in range(len(header))]
    for row in [header, ["-" * w for w in widths], *rows]:
        print("  ".join(cell.ljust(w) for cell, w in zip(row, widths)).rstrip(), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--apus", required=True, help="the benchmark program")
    parser.add_argument("--apus-v3", help="the same program, built for x86-64-v3")
    parser.add_argument("--data", required=True, type=pathlib.Path, help="folder for the artificial input")
    parser.add_argument("--cases", default="", help="only these, separated by commas")
    parser.add_argument("--repeats", type=int, default=5, help="runs per round (default 5)")
    parser.add_argument("--rounds", type=int, default=3, help="rounds (default 3)")
    parser.add_argument("--json", action="store_true", help="print JSON for programs")
    options = parser.parse_args()
    wanted = set(filter(None, options.cases.split(",")))
    known = list(dict.fromkeys([pair[1] for pair in PAIRS] + [case for case, _ in THREADED]))
    unknown = wanted - set(known)
    if unknown:
        parser.error(f"no case named {', '.join(sorted(unknown))}; there are {', '.join(known)}")

    print("making the input, which takes a minute the first time", file=sys.stderr, flush=True)
    worlds.make(options.data)
    pairs, gains = [], []
    for number, pair in enumerate(pair for pair in PAIRS if not wanted or pair[1] in wanted):
        print(f"measuring {pair[1]} against {pair[2]}", file=sys.stderr, flush=True)
        pairs.append(compare(options, pair))
    for case, work in THREADED:
        if not wanted or case in wanted:
            print(f"measuring {case} on two threads", file=sys.stderr, flush=True)
            gains.append(gain(options, case, work))
    if options.json:
        print(json.dumps({"machine": machine(), "pairs": pairs, "threads": gains}, indent=2))
        return
    print(machine())
    print()
    print_table(
        ["case", "work", "library", "library's time", "Apus", "ratio", "v3", "ratio", "library's result", "Apus's result"],
        [[p["case"], p["work"], p["library"], duration(p["library_seconds"]), duration(p["apus_seconds"]),
          f"{p['ratio']:.1f}", *modern(p), quality(p["library_quality"]), quality(p["apus_quality"])] for p in pairs])
    if gains:
        print()
        print_table(
            ["case", "work", "1 thread", "2 threads", "gain"],
            [[g["case"], g["work"], duration(g["one_thread"]), duration(g["two_threads"]), f"{g['gain']:.2f}"] for g in gains])


def machine():
    """What ran it, and how busy it was."""
    model = platform.processor() or platform.machine()
    try:
        for line in open("/proc/cpuinfo", encoding="ascii", errors="replace"):
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    except OSError:
        pass
    return f"{model}, {os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f}, Python {platform.python_version()}"


if __name__ == "__main__":
    main()
