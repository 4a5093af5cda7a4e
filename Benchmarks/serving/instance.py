"""A server of the product for a benchmark, and two models of one world for it."""

import os
import re
import signal
import subprocess
import time

QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "check": True}


class Instance:
    """`apus serve` on a free port; what it says goes to a file."""

    def __init__(self, apus, model, state, *arguments):
        self.log = state + ".log"
        with open(self.log, "wb") as file:
            self.process = subprocess.Popen(
                [apus, "serve", "--model", model, "--listen", "127.0.0.1:0", "--state", state, "--now", "model",
                 *arguments], stderr=file)
        for _ in range(6_000):
            found = re.search(r"listening on 127\.0\.0\.1:(\d+)", self.said())
            if found:
                self.port = int(found.group(1))
                return
            if self.process.poll() is not None:
                break
            time.sleep(0.01)
        raise SystemExit(f"the server did not start: {self.said()}")

    def said(self):
        with open(self.log, encoding="utf-8") as file:
            return file.read()

    @property
    def address(self):
        return f"127.0.0.1:{self.port}"

    def resident_bytes(self):
        with open(f"/proc/{self.process.pid}/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGESIZE")

    def end(self):
        """SIGTERM; the exit code and the seconds that it took."""
        start = time.perf_counter()
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=60), time.perf_counter() - start


def two_models(apus, folder, users, tweets):
    """Two models of an artificial world that differ in their seed."""
    world = os.path.join(folder, "world")
    subprocess.run(
        [apus, "synthesize", "--out", world, "--users", str(users), "--tweets", str(tweets), "--seed", "42"], **QUIET)
    paths = []
    for seed in ("1", "2"):
        paths.append(os.path.join(folder, f"model-{seed}.safetensors"))
        subprocess.run([apus, "train", "--data", world, "--out", paths[-1], "--seed", seed], **QUIET)
    return paths
