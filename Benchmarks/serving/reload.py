#!/usr/bin/env python3
"""What a reload costs the calls beside it: the latency of calls at a share of saturation without reloads, and during a
hundred of them, in one run. Exits with 1 where a call failed or a reload was refused."""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "shared"))
from instance import Instance, make_models  # noqa: E402
from wire import RELOAD, ask  # noqa: E402


def load(options, server, seconds, rate=None):
    """The report of the load client."""
    shape = ["--rate", f"{rate:.0f}", "--connections", "4", "--in-flight", "64"] if rate else ["--in-flight", "64"]
    result = subprocess.run(
        [options.apus + "-load", "--address", server.address, "--candidates", str(options.candidates), "--duration",
         str(seconds), "--warmup", "2", "--budget", "1000", "--json", *shape], capture_output=True, text=True)
    if result.returncode != 0:
        print(result.stderr + result.stdout, file=sys.stderr)
    return json.loads(result.stdout), result.returncode == 0


def times(report):
    """Round trips in milliseconds, by percentile."""
    return {name: value / 1_000 for name, value in report["roundTripMicros"].items() if name.startswith("p")}


class Reloads:
    """Puts the models into place in turns and has them loaded, spread over a time."""

    def __init__(self, options, server, target, models, seconds):
        self.refused, self.seconds = [], []
        self.thread = threading.Thread(target=self.run, args=(options, server, target, models, seconds))
        self.thread.start()

    def run(self, options, server, target, models, seconds):
        begin = time.perf_counter()
        for number in range(options.reloads):
            time.sleep(max(0, begin + number * seconds / options.reloads - time.perf_counter()))
            # Not copied: that would measure what a copy costs.
            os.link(models[(number + 1) % 2], target + ".new")
            os.rename(target + ".new", target)
            start = time.perf_counter()
            # By itself: a program that starts would take a core from the server for a while.
            reply = ask(server.port, RELOAD)
            self.seconds.append(time.perf_counter() - start)
            if reply.code != 0:
                self.refused.append(reply.code)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--apus", default=".build/release/apus", help="the program; apus-load lies beside it")
    parser.add_argument("--models", nargs=2, help="two model files; by default those of an artificial world are made")
    parser.add_argument("--users", type=int, default=5_000, help="of the artificial world")
    parser.add_argument("--tweets", type=int, default=50_000)
    parser.add_argument("--candidates", type=int, default=500)
    parser.add_argument("--share", type=float, default=0.8, help="of what the server answers at most")
    parser.add_argument("--reloads", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=60, help="of each measurement")
    options = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="apus-reload-")
    try:
        models = options.models or make_models(
            options.apus, folder, options.users, options.tweets, ["--seed", "1"], ["--seed", "2"])
        target = os.path.join(folder, "model.safetensors")
        shutil.copy(models[0], target)
        server = Instance(options.apus, target, os.path.join(folder, "state"), "--now", "model")
        saturation = load(options, server, 10)[0]["callsPerSecond"]
        rate = options.share * saturation
        quiet, quiet_is_well = load(options, server, options.seconds, rate)
        before = server.resident_bytes()
        reloads = Reloads(options, server, target, models, options.seconds)
        busy, busy_is_well = load(options, server, options.seconds, rate)
        reloads.thread.join()
        after = server.resident_bytes()
        code, _ = server.end()
        print(f"model of {os.path.getsize(models[0]) / 1e6:.0f} MB; saturation {saturation:.0f} calls/s, "
              f"{rate:.0f} calls/s offered ({options.share:.0%}), open loop, {options.seconds:.0f} s each")
        for name, report in (("without reloads", quiet), (f"{options.reloads} reloads", busy)):
            print(f"{name:>16}: " + ", ".join(f"{p} {ms:.2f} ms" for p, ms in times(report).items()))
        print(f"p99 ratio {times(busy)['p99'] / times(quiet)['p99']:.2f}; a reload takes "
              f"{sorted(reloads.seconds)[len(reloads.seconds) // 2]:.2f} s; {len(reloads.refused)} refused; resident "
              f"{before / 1e6:.0f} MB before, {after / 1e6:.0f} MB after")
        return 0 if quiet_is_well and busy_is_well and not reloads.refused and code == 0 else 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
