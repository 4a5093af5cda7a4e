"""A server of the product for a benchmark, and models of artificial worlds for it."""

import os
import re
import signal
import subprocess
import time


class Instance:
    """`apus serve` on a free port; what it says goes to a file, so that nobody has to read it."""

    def __init__(self, apus, model, state, *arguments, **popen):
        self.log = f"{state}.log"
        with open(self.log, "wb") as file:
            self.process = subprocess.Popen(
                [apus, "serve", "--model", model, "--listen", "127.0.0.1:0", "--state", state, *arguments],
                stderr=file, **popen)
        for _ in range(12_000):
            found = re.search(r"listening on 127\.0\.0\.1:(\d+)[;,\n]", self.said())
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

    def end(self, number=signal.SIGTERM):
        """Sends a signal; the exit code and the seconds that it took."""
        start = time.perf_counter()
        self.process.send_signal(number)
        return self.process.wait(timeout=60), time.perf_counter() - start


def make_models(apus, folder, users, tweets, *trainings):
    """The paths of models of one artificial world, each trained with its own options."""
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "check": True}
    world = os.path.join(folder, "world")
    subprocess.run(
        [apus, "synthesize", "--out", world, "--users", str(users), "--tweets", str(tweets), "--seed", "42"], **quiet)
    paths = [os.path.join(folder, f"model-{number}.safetensors") for number in range(1, len(trainings) + 1)]
    for path, options in zip(paths, trainings):
        subprocess.run([apus, "train", "--data", world, "--out", path, *options], **quiet)
    return paths
