#!/usr/bin/env python3
"""Kills a server at random instants while it records events at a rate, and counts what was acknowledged and is lost, or
stands in the log twice. With --kills 0 it only measures how long acknowledgements take.

It speaks the wire (docs/protocol.md) and reads the log (docs/feedback-log.md) by itself: nothing of the server's own code
says whether the server is right, but that `apus log verify` must find every log sound.
"""

import argparse
import gc
import os
import random
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "shared"))
from instance import Instance, make_models  # noqa: E402
from wire import LIKE, RECORD, Reply, call, connect, percentile, record_body, split  # noqa: E402


def record_call(batch, size):
    """A RecordEvents call; the request ids of its events are those of no other call."""
    requests = range(batch * size + 1, batch * size + size + 1)
    return call(batch + 1, RECORD, record_body([(5, number % 97, LIKE, number) for number in requests]), budget=60_000)


def start_server(apus, model, state, *arguments):
    return Instance(apus, model, state, "--now", "model", *arguments)


class Client:
    """Sends batches when they are due, whether replies have come or not, and notes which came, and after how long."""

    def __init__(self, journal, rate, size):
        self.journal, self.interval, self.size = journal, size / rate, size
        self.due = {}
        self.latencies = []
        self.refused = 0

    def run(self, port, seconds):
        """Ends after so many seconds, or with the connection."""
        link = connect(port, 10)
        reader = threading.Thread(target=self.read, args=(link,))
        reader.start()
        again = sorted(self.journal.pending)
        start = time.perf_counter()
        number = 0
        try:
            while time.perf_counter() - start < seconds:
                moment = start + number * self.interval
                wait = moment - time.perf_counter()
                if wait > 0:
                    time.sleep(wait)
                batch = again.pop(0) if again else self.journal.new()
                self.due[batch] = moment
                self.journal.pending.add(batch)
                link.sendall(record_call(batch, self.size))
                number += 1
            deadline = time.perf_counter() + 10
            while self.due and time.perf_counter() < deadline:
                time.sleep(0.001)
            link.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        reader.join()
        link.close()
        self.due.clear()

    def read(self, link):
        data = b""
        try:
            while True:
                part = link.recv(1 << 16)
                if not part:
                    return
                now = time.perf_counter()
                payloads, data = split(data + part)
                for reply in map(Reply, payloads):
                    self.take(reply, now)
        except OSError:
            return

    def take(self, reply, now):
        if reply.call == 0:
            return
        batch = reply.call - 1
        if reply.code != 0:
            self.refused += 1
            self.due.pop(batch, None)
            return
        due = self.due.pop(batch, None)
        if due is not None:
            self.latencies.append(now - due)
        self.journal.acknowledged.add(batch)
        self.journal.pending.discard(batch)


class Journal:
    """What the client was told."""

    def __init__(self):
        self.acknowledged, self.pending, self.next = set(), set(), 0

    def new(self):
        self.next += 1
        return self.next - 1

    def forget(self, random_source, count):
        """Some acknowledgements are taken for lost, so that their events are sent again."""
        if self.acknowledged:
            recent = sorted(self.acknowledged)[-200:]
            self.pending.update(random_source.choices(recent, k=count))


def logged_requests(state):
    """How often each request id stands in the log: a walk over the records of all segments."""
    names = sorted(name for name in os.listdir(state) if re.fullmatch(r"log-\d{20}\.segment(\.damaged)?", name))
    firsts = [int(name[4:24]) for name in names] + [1 << 64]
    times = {}
    for name, following in zip(names, firsts[1:]):
        with open(os.path.join(state, name), "rb") as file:
            data = file.read()
        at = 64
        while at + 24 <= len(data):
            length, _, sequence = struct.unpack_from("<IIQ", data, at)
            if length < 24 or at + length > len(data) or sequence >= following:
                break
            if data[at + 20] == 1:
                request = struct.unpack_from("<Q", data, at + 24 + 24)[0]
                times[request] = times.get(request, 0) + 1
            at += length
    return times


def check(state, journal, size, apus):
    """How many acknowledged events are lost, and how many events stand in the log more than once."""
    times = logged_requests(state)
    requests = (batch * size + 1 + i for batch in journal.acknowledged for i in range(size))
    lost = sum(1 for request in requests if request not in times)
    twice = sum(1 for count in times.values() if count > 1)
    verdict = subprocess.run([apus, "log", "verify", state], capture_output=True, text=True)
    if verdict.returncode != 0:
        print(verdict.stdout + verdict.stderr, file=sys.stderr)
    return lost, twice, verdict.returncode == 0


def print_latencies(what, latencies):
    shares = {"p50": 0.5, "p90": 0.9, "p99": 0.99, "p99.9": 0.999, "max": 1}
    print(f"{what}, from when each was due, in ms: "
          + ", ".join(f"{name} {1_000 * percentile(latencies, share):.2f}" for name, share in shares.items()))


def make_model(apus, folder):
    return make_models(apus, folder, 200, 1_000, ["--factors", "16", "--epochs", "5"])[0]


def floor(folder, rate, seconds=5):
    """The same appends without a server: how long `rate` writes a second of a small batch take to be durable here."""
    path = os.path.join(folder, "floor")
    with open(path, "wb") as file:
        file.write(bytes(64 << 20))
        os.fsync(file.fileno())
    descriptor = os.open(path, os.O_WRONLY)
    took, start = [], time.perf_counter()
    for number in range(int(rate * seconds)):
        due = start + number / rate
        wait = due - time.perf_counter()
        if wait > 0:
            time.sleep(wait)
        os.pwrite(descriptor, bytes(1_024), number * 1_024)
        os.fdatasync(descriptor)
        took.append(time.perf_counter() - due)
    os.close(descriptor)
    os.unlink(path)
    return took


def measure(options, model, folder):
    """Acknowledgements at a rate, without deaths, beside what the disk and the machine's own hiccups cost."""
    gc.disable()
    bare = floor(folder, options.rate / options.batch)
    print_latencies(f"{len(bare)} bare writes and fdatasyncs", bare)
    server = start_server(options.apus, model, os.path.join(folder, "state"))
    client = Client(Journal(), options.rate, options.batch)
    client.run(server.port, options.seconds)
    server.end()
    print(f"{options.rate} events/s for {options.seconds} s, {client.refused} calls refused")
    print_latencies(f"acknowledgements of {len(client.latencies)} calls of {options.batch} events", client.latencies)
    return 0


def crash(options, model, folder):
    """Deaths at random instants; a new folder now and then, after a check of the old one."""
    source = random.Random(options.seed)
    kills = lost = twice = events = unsound = 0
    latencies = []
    start = time.time()
    while kills < options.kills and time.time() - start < options.limit:
        state = os.path.join(folder, "state")
        journal = Journal()
        for _ in range(min(options.round, options.kills - kills)):
            server = start_server(options.apus, model, state)
            client = Client(journal, options.rate, options.batch)
            killer = threading.Timer(source.uniform(0.01, options.longest), server.process.kill)
            killer.start()
            client.run(server.port, 3_600)
            server.end(signal.SIGKILL)
            killer.join()
            kills += 1
            latencies += client.latencies
            journal.forget(source, 3)
        server = start_server(options.apus, model, state)
        Client(journal, options.rate, options.batch).run(server.port, 0.2)
        server.end()
        result = check(state, journal, options.batch, options.apus)
        lost, twice, unsound = lost + result[0], twice + result[1], unsound + (not result[2])
        events += len(journal.acknowledged) * options.batch
        shutil.rmtree(state)
        print(f"{kills} kills: {events} events acknowledged, {lost} lost, {twice} twice, {unsound} logs unsound",
              flush=True)
    print_latencies(f"acknowledgements of {len(latencies)} calls of {options.batch} events", latencies)
    return 1 if lost or twice or unsound else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--apus", default=".build/release/apus", help="the program")
    parser.add_argument("--model", help="a model file; by default one of an artificial world is made")
    parser.add_argument("--kills", type=int, default=1_000)
    parser.add_argument("--limit", type=float, default=86_400, help="seconds after which no new round of kills begins")
    parser.add_argument("--rate", type=float, default=5_000, help="events a second")
    parser.add_argument("--batch", type=int, default=10, help="events a call")
    parser.add_argument("--round", type=int, default=25, help="kills between two checks")
    parser.add_argument("--longest", type=float, default=0.4, help="seconds from a start to the kill at most")
    parser.add_argument("--seconds", type=float, default=30, help="how long to measure with --kills 0")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", help="where to make a folder for the log; a disk, if latency is to mean something")
    options = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="apus-crash-", dir=options.folder)
    try:
        model = options.model or make_model(options.apus, folder)
        return (crash if options.kills else measure)(options, model, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
