#!/usr/bin/env python3
"""What a reload costs the calls beside it: the latency of calls at a share of saturation in times with a reload and in
times without, in turns, so that what else happens on the machine falls on both. Exits with 1 where a call failed or a
reload was refused."""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "shared"))
from instance import Instance, make_models  # noqa: E402
from wire import RELOAD, ask  # noqa: E402

WARM_UP = 2
# Calls of the times without a reload and of those with one, so that the load client tells them apart. Where both wait
# the ones go before the others, so there is a pause between the times.
QUIET, BUSY = "critical", "default"
PAUSE = 0.25


class Worker:
    """The thread of the server that answers."""

    def __init__(self, server):
        self.folder = f"/proc/{server.process.pid}/task"
        named = []
        # It names itself a moment after the server has said where it listens.
        for _ in range(1_000):
            named = [int(thread) for thread in os.listdir(self.folder) if self.name(thread).startswith("worker-")]
            if named:
                break
            time.sleep(0.01)
        self.thread = named[0]

    def name(self, thread):
        try:
            with open(f"{self.folder}/{thread}/comm", encoding="ascii") as file:
                return file.read()
        except OSError:
            return ""  # It has just ended.

    def place(self):
        """Leaves it one core, and this program with the load client that it starts the others, so that neither wakes up
        where the other runs. The loader may use all of them."""
        cores = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(self.thread, cores[:1])
        os.sched_setaffinity(0, cores[1:] or cores)

    def times(self):
        """Seconds for which it has had a processor, and for which it has waited for one."""
        with open(f"{self.folder}/{self.thread}/schedstat", encoding="ascii") as file:
            return [int(nanos) / 1e9 for nanos in file.read().split()[:2]]


def load(options, server, *shape):
    """The report of the load client."""
    result = subprocess.run(
        [options.apus + "-load", "--address", server.address, "--candidates", str(options.candidates), "--warmup",
         str(WARM_UP), "--in-flight", "64", "--budget", "1000", "--json", *shape], capture_output=True, text=True)
    if result.returncode != 0:
        print(result.stderr, file=sys.stderr)
    report = json.loads(result.stdout)
    for failure in report["failures"]:
        print(f"{failure['count']} calls failed: {failure['status']}, {failure['firstMessage']}", file=sys.stderr)
    return report, result.returncode == 0


def turns(options, rate):
    """Options of the load client for equal times without and with a reload, in turns, at one rate."""
    on, off = (f"{options.block - PAUSE}s@{share:.0f},{PAUSE}s@0" for share in (rate, 0))
    return ["--profile", QUIET + "=" + ",".join([on, off] * options.reloads),
            "--profile", BUSY + "=" + ",".join([off, on] * options.reloads)]


class Reloads:
    """Puts the models into place in turns and has them loaded, one at the beginning of each second block."""

    def __init__(self, options, server, worker, target, models):
        self.refused, self.seconds = [], []
        # The worker's times at the beginning of each block.
        self.clock = []
        self.thread = threading.Thread(target=self.run, args=(options, server, worker, target, models))
        self.thread.start()

    def run(self, options, server, worker, target, models):
        begin = time.perf_counter() + WARM_UP
        for number in range(options.reloads):
            for block in (0, 1):
                time.sleep(max(0, begin + (2 * number + block) * options.block - time.perf_counter()))
                self.clock.append((time.perf_counter(), *worker.times()))
            # Not copied: that would measure what a copy costs.
            os.link(models[(number + 1) % 2], target + ".new")
            os.rename(target + ".new", target)
            start = time.perf_counter()
            # By itself: a program that starts would take a core from the server for a while.
            reply = ask(server.port, RELOAD)
            self.seconds.append(time.perf_counter() - start)
            if reply.code != 0:
                self.refused.append(reply.code)
        time.sleep(max(0, begin + 2 * options.reloads * options.block - time.perf_counter()))
        self.clock.append((time.perf_counter(), *worker.times()))

    def shares(self, first):
        """Medians over every second block, from this one on, of the shares of the time in which the worker had a
        processor and waited for one."""
        spans = [[end - start for start, end in zip(*pair)] for pair in zip(self.clock, self.clock[1:])][first::2]
        return [statistics.median(span[part] / span[0] for span in spans) for part in (1, 2)]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--apus", default=".build/release/apus", help="the program; apus-load lies beside it")
    parser.add_argument("--models", nargs=2, help="two model files; by default those of an artificial world are made")
    parser.add_argument("--users", type=int, default=5_000, help="of the artificial world")
    parser.add_argument("--tweets", type=int, default=50_000)
    parser.add_argument("--candidates", type=int, default=500)
    parser.add_argument("--share", type=float, default=0.8, help="of what the server answers at most")
    parser.add_argument("--reloads", type=int, default=100)
    parser.add_argument("--block", type=float, default=7,
                        help="seconds without a reload, then as many with one; a quarter second of each is a pause")
    options = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="apus-reload-")
    try:
        models = options.models or make_models(
            options.apus, folder, options.users, options.tweets, ["--seed", "1"], ["--seed", "2"])
        target = os.path.join(folder, "model.safetensors")
        shutil.copy(models[0], target)
        server = Instance(options.apus, target, os.path.join(folder, "state"), "--now", "model")
        worker = Worker(server)
        worker.place()
        saturation = load(options, server, "--duration", "10")[0]["callsPerSecond"]
        rate = options.share * saturation
        before = server.resident_bytes()
        reloads = Reloads(options, server, worker, target, models)
        report, is_well = load(options, server, "--connections", "4", *turns(options, rate))
        reloads.thread.join()
        after = server.resident_bytes()
        code, _ = server.end()
        took = sorted(reloads.seconds)
        middle, longest = took[len(took) // 2], took[-1]
        late = sum(seconds > options.block for seconds in took)
        print(f"model of {os.path.getsize(models[0]) / 1e6:.0f} MB; saturation {saturation:.0f} calls/s, "
              f"{rate:.0f} calls/s offered ({options.share:.0%}), open loop; {options.reloads} times "
              f"{options.block:g} s without a reload and {options.block:g} s with one")
        times = {line["name"]: line["roundTripMicros"] for line in report["classes"]}
        for first, (name, kind) in enumerate((("without a reload", QUIET), ("with a reload", BUSY))):
            busy, waits = reloads.shares(first)
            print(f"{name:>16}: " + ", ".join(
                f"{percentile} {micros / 1_000:.2f} ms" for percentile, micros in times[kind].items())
                + f"; the worker is busy {busy:.1%} of the time and waits for a processor {waits:.2%}")
        # Its steps: without a reload, a pause, with one, a pause.
        blocks = [statistics.median(step["p99Micros"] for step in report["steps"][first::4]) for first in (0, 2)]
        print(f"p99 ratio {times[BUSY]['p99'] / times[QUIET]['p99']:.2f}, of the medians of each time's own p99 "
              f"{blocks[1] / blocks[0]:.2f} ({blocks[1] / 1_000:.1f} to {blocks[0] / 1_000:.1f} ms); a reload "
              f"takes {middle:.2f} s (at most {longest:.2f}, {late} longer than its time); {report['failed']} calls "
              f"failed, {len(reloads.refused)} reloads refused; resident {before / 1e6:.0f} MB before, "
              f"{after / 1e6:.0f} MB after")
        return 0 if is_well and not reloads.refused and code == 0 else 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
