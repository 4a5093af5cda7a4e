#!/usr/bin/env python3
"""A hundred SIGTERMs under load: two servers, of which one is always there, and clients that go to the other one when they are
told to. A call fails that was taken up and not answered, or was answered with an error. Exits with 1 where one failed, or
a server did not end with 0."""

import argparse
import os
import random
import shutil
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "shared"))
from instance import Instance, make_models  # noqa: E402
from wire import GO_AWAY, RANK, Reply, call, connect, rank_body, split  # noqa: E402

WINDOW = 16


def rank_call(number, tweets):
    """A Rank call of an unknown user."""
    return call(number, RANK, rank_body(number, tweets))


class Client(threading.Thread):
    """Calls one server until it says goodbye, then the next, with the calls that were not taken up."""

    def __init__(self, fleet, tweets, seed):
        super().__init__()
        self.fleet, self.tweets, self.random = fleet, tweets, random.Random(seed)
        self.answered, self.moves, self.failures, self.is_over = 0, 0, [], False
        self.waiting, self.next, self.longest = {}, 1, 0.0
        self.start()

    def run(self):
        at = self.random.randrange(2)
        while not self.is_over:
            try:
                link = connect(self.fleet[at].port, 10)
            except OSError:
                at = 1 - at
                continue
            with link:
                self.use(link)
            at = 1 - at
            self.moves += 1

    def use(self, link):
        resent, self.waiting = self.waiting, {}
        data, last, has_heard = b"", None, False
        try:
            for number, started in resent.items():
                link.sendall(rank_call(number, self.random.sample(self.tweets, 100)))
                self.waiting[number] = started
            while not self.is_over:
                while last is None and len(self.waiting) < WINDOW:
                    number, self.next = self.next, self.next + 1
                    self.waiting[number] = time.perf_counter()
                    link.sendall(rank_call(number, self.random.sample(self.tweets, 100)))
                part = link.recv(1 << 16)
                if not part:
                    break
                has_heard = True
                payloads, data = split(data + part)
                for reply in map(Reply, payloads):
                    if reply.method == GO_AWAY:
                        last = reply.result.get(1, 0)
                    else:
                        self.take(reply)
                if last is not None and all(number > last for number in self.waiting):
                    return
        except OSError:
            pass
        if not self.is_over and has_heard:
            lost = [number for number in self.waiting if last is None or number <= last]
            self.failures += [f"call {number} was taken up and not answered" for number in lost]
            for number in lost:
                del self.waiting[number]

    def take(self, reply):
        self.longest = max(self.longest, time.perf_counter() - self.waiting.pop(reply.call, time.perf_counter()))
        if reply.code == 0:
            self.answered += 1
        else:
            self.failures.append(f"call {reply.call}: code {reply.code}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--apus", default=".build/release/apus", help="the program")
    parser.add_argument("--model", help="a model file; by default one of an artificial world is made")
    parser.add_argument("--drains", type=int, default=100)
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--pause", type=float, default=0.3, help="seconds between a start and the next SIGTERM")
    options = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="apus-drain-")
    try:
        model = options.model or make_models(options.apus, folder, 500, 5_000, ["--seed", "1"])[0]
        states = [os.path.join(folder, name) for name in ("a", "b")]
        fleet = [Instance(options.apus, model, state, "--now", "model") for state in states]
        clients = [Client(fleet, list(range(1, 5_001)), seed) for seed in range(options.clients)]
        drains, codes = [], []
        for number in range(options.drains):
            time.sleep(options.pause)
            code, seconds = fleet[number % 2].end()
            codes.append(code)
            drains.append(seconds)
            fleet[number % 2] = Instance(options.apus, model, states[number % 2], "--now", "model")
        for client in clients:
            client.is_over = True
        for client in clients:
            client.join()
        codes += [server.end()[0] for server in fleet]
        failures = [failure for client in clients for failure in client.failures]
        drains.sort()
        print(f"{options.drains} drains of {drains[len(drains) // 2]:.3f} s (median; {drains[-1]:.3f} s at most), "
              f"{sum(client.answered for client in clients)} calls answered, {len(failures)} failed, "
              f"{sum(client.moves for client in clients)} moves, longest call "
              f"{max(client.longest for client in clients):.3f} s, exit codes {sorted(set(codes))}")
        print("\n".join(failures[:10]))
        return 1 if failures or any(codes) else 0
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
