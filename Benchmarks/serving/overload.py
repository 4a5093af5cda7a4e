#!/usr/bin/env python3
"""What a server does when more comes than it can answer: goodput, waiting, refusals, memory, and who is served.

One run: the saturation first, then open loops in multiples of it. README.md beside this file says what the rows mean.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "shared"))
from instance import Instance  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUDGET_MILLIS = 200
BIN_MILLIS = 10
# Calls whose times are looked at together when the end of a disturbance is sought.
CALM_SECONDS = 1.0


def say(text):
    print(text, file=sys.stderr, flush=True)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=pathlib.Path,
                        help="measure this model file (default: an artificial world's, kept in .build/benchmarks)")
    parser.add_argument("--bin", type=pathlib.Path, help="the folder of apus and apus-load (default: they are built)")
    parser.add_argument("--seconds", type=float, default=60, help="of the open loop at 3x; the others are shorter in proportion")
    parser.add_argument("--candidates", type=int, default=500)
    parser.add_argument("--connections", type=int, default=128)
    parser.add_argument("--processes", type=int, default=1, help="of the load client")
    parser.add_argument("--serve", default="", help="further options of apus serve, in one word")
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    parser.add_argument("--check", action="store_true", help="exit with 1 where a goal is missed")
    return parser.parse_args()


class Server(Instance):
    """apus serve with one worker on a core of its own, and a look at its memory ten times a second."""

    def __init__(self, folder, model, options, cores):
        super().__init__(
            BIN / "apus", model, folder / "state", "--workers", "1", "--seed", "1", *options,
            preexec_fn=lambda: os.sched_setaffinity(0, cores))
        self.most = 0
        threading.Thread(target=self.watch, daemon=True).start()

    def watch(self):
        while self.process.poll() is None:
            try:
                self.most = max(self.most, self.resident_bytes())
            except (OSError, IndexError):
                return  # It has just ended.
            time.sleep(0.1)


def load(server, cores, *options):
    """The report of one run of apus-load. That calls fail is what is measured here, so its exit code says little."""
    result = subprocess.run(
        [BIN / "apus-load", "--address", server.address, "--budget", str(BUDGET_MILLIS), "--bin-millis", str(BIN_MILLIS),
         "--candidates", str(OPTIONS.candidates), "--json", *map(str, options)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=lambda: os.sched_setaffinity(0, cores))
    if not result.stdout:
        sys.exit(f"overload.py: apus-load {options}: {result.stderr}")
    for warning in (report := json.loads(result.stdout))["warnings"]:
        say(f"  note: {warning}")
    return report


def time_until_calm(report, start, peak):
    """Milliseconds from `start` until a second begins in whose every bin 99 % of the accepted calls are within the budget,
    with 90 % of peak goodput; None: never."""
    bins = report["timeline"]
    width = int(CALM_SECONDS * 1000 / BIN_MILLIS)
    first = int(start * 1000 / BIN_MILLIS)
    for index in range(first, len(bins) - width):
        span = bins[index:index + width]
        # Counted instead of read off a percentile, which has one digit here.
        in_time = all(b["inBudget"] >= 0.99 * b["accepted"] for b in span)
        if in_time and sum(b["inBudget"] for b in span) >= 0.9 * peak * CALM_SECONDS:
            return (index - first) * BIN_MILLIS
    return None


def measure(server, cores):
    """Rows of (name, value, unit, goal, whether it is reached)."""
    rows = []

    def row(name, value, unit="", goal="", reached=None):
        rows.append({"name": name, "value": value, "unit": unit, "goal": goal, "reached": reached})

    def scaled(seconds):
        return max(1.0, seconds * OPTIONS.seconds / 60)

    closed = load(server, cores, "--connections", 16, "--in-flight", 4, "--duration", scaled(15), "--warmup", 2)
    peak = closed["goodputPerSecond"]
    say(f"saturation: {peak:.0f} calls/s")
    row("saturation", peak, "calls/s")
    row("its p99", closed["roundTripMicros"]["p99"] / 1000, "ms")
    open_loop = ["--connections", OPTIONS.connections, "--processes", OPTIONS.processes, "--saturation", peak, "--poisson"]

    half = load(server, cores, *open_loop, "--rate", "0.5x", "--duration", scaled(15))
    row("0.5x: p99.9 of accepted", half["roundTripMicros"]["p99_9"] / 1000, "ms")

    for multiple, seconds, least in ((3, scaled(60), 95), (10, scaled(20), 90)):
        say(f"{multiple}x for {seconds:.0f} s")
        before, server.most = server.resident_bytes(), 0
        report = load(server, cores, *open_loop, "--rate", f"{multiple}x", "--duration", seconds)
        share = 100 * report["goodputPerSecond"] / peak
        offered = report["offeredPerSecond"] / peak
        row(f"{multiple}x: offered", offered, "x")
        row(f"{multiple}x: sent late or never", 100 * report["lateShare"], "%")
        row(f"{multiple}x: goodput of peak", share, "%", f">= {least}", share >= least)
        accepted = report["roundTripMicros"]["p99"] / 1000
        row(f"{multiple}x: p99 of accepted", accepted, "ms", f"<= {BUDGET_MILLIS}", accepted <= BUDGET_MILLIS)
        refused = report["refusedMicros"]["p99"] / 1000
        row(f"{multiple}x: p99 of refusals", refused, "ms", "<= 5" if multiple == 3 else "",
            refused <= 5 if multiple == 3 else None)
        row(f"{multiple}x: degraded", 100 * report["degradedShare"], "%")
        row(f"{multiple}x: memory at most", server.most / 2**20, "MiB")
        row(f"{multiple}x: more than before", (server.most - before) / 2**20, "MiB")

    say("a step from 1x to 3x")
    report = load(server, cores, *open_loop, "--profile", f"{scaled(5)}s@1x,{scaled(10)}s@3x")
    calm = time_until_calm(report, scaled(5), peak)
    row("1x to 3x: within budget again after", calm, "ms", "<= 100", calm is not None and calm <= 100)

    say("a spike of sheddable calls")
    quiet, spike = scaled(5), scaled(5)
    report = load(
        server, cores, *open_loop, "--profile", f"critical={quiet + spike + quiet}s@0.5x",
        "--profile", f"sheddable={quiet}s@0.3x,{spike}s@12x,{quiet}s@0.3x")
    for line in report["classes"]:
        goal, share = line["name"] == "critical", 100 * line["availability"]
        row(f"12x of sheddable: {line['name']} within budget", share, "%", ">= 99.9" if goal else "",
            share >= 99.9 if goal else None)
    row("12x of sheddable: p99 of accepted", report["roundTripMicros"]["p99"] / 1000, "ms")
    return rows


def table(rows):
    for row in rows:
        number = row["value"]
        value = "never" if number is None else f"{number:.2f} {row['unit']}" if number < 100 else f"{number:.0f} {row['unit']}"
        verdict = "" if row["reached"] is None else "reached" if row["reached"] else "MISSED"
        print(f"{row['name']:<44}{value:>16}  {row['goal']:<10}{verdict}".rstrip())


def build():
    say("building (release)")
    for product in ("apus", "apus-load"):
        subprocess.run(["swift", "build", "-c", "release", "--product", product], cwd=ROOT, check=True, stdout=sys.stderr)
    return pathlib.Path(subprocess.check_output(
        ["swift", "build", "-c", "release", "--show-bin-path"], cwd=ROOT, text=True).strip())


def artificial_model(folder):
    """A model of the default recipe; it stays until the program that trained it changes."""
    model = ROOT / ".build/benchmarks/overload.safetensors"
    if not model.exists() or model.stat().st_mtime < (BIN / "apus").stat().st_mtime:
        say("training on 2,000 users and 20,000 tweets")
        model.parent.mkdir(parents=True, exist_ok=True)
        for line in (["synthesize", "--out", folder / "world", "--users", "2000", "--tweets", "20000", "--seed", "42"],
                     ["train", "--data", folder / "world", "--out", model]):
            subprocess.run([BIN / "apus", *line], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return model


def main():
    cores = sorted(os.sched_getaffinity(0))
    # The server and its clients on cores of their own, where there are two.
    server_cores, client_cores = ({cores[0]}, set(cores[1:])) if len(cores) > 1 else (set(cores), set(cores))
    with tempfile.TemporaryDirectory(prefix="apus-overload.") as name:
        folder = pathlib.Path(name)
        server = Server(folder, OPTIONS.model or artificial_model(folder), OPTIONS.serve.split(), server_cores)
        try:
            rows = measure(server, client_cores)
        finally:
            status, _ = server.end()
    if status != 0:
        sys.exit(f"overload.py: the server ended with {status}")
    if OPTIONS.json:
        print(json.dumps({"cores": len(cores), "loadAverage": os.getloadavg(), "rows": rows}, indent=2))
    else:
        table(rows)
    return 1 if OPTIONS.check and any(row["reached"] is False for row in rows) else 0


if __name__ == "__main__":
    OPTIONS = arguments()
    BIN = OPTIONS.bin.resolve() if OPTIONS.bin else build()
    sys.exit(main())
