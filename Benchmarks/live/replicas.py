#!/usr/bin/env python3
"""Two servers and one Redis, which is frozen for some seconds (SIGSTOP) while rankings and events go on at a steady rate: what
becomes of rankings, of memory, and of the agreement of both; and how long an event at one takes to change a ranking at the other.

Exit code 1 if a ranking failed, if the servers' states differ at the end, or if a bound is passed (README.md).
"""

import argparse
import collections
import json
import os
import random
import select
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time

from crash import make_model, start_server

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "shared"))
from wire import DESCRIBE, LIKE, RANK, RECORD  # noqa: E402
from wire import Reply, call, connect, fields, percentile, rank_body, record_body, split  # noqa: E402

PHASES = ("before", "frozen", "after")
# What is promised.
ADDED_MILLIS, GROWTH_BYTES, CROSSING_MILLIS = 10, 8 << 20, 1_000


class Link:
    """A connection whose replies are taken as they come."""

    def __init__(self, port):
        self.socket = connect(port)
        self.data = b""

    def fileno(self):
        return self.socket.fileno()

    def receive(self):
        part = self.socket.recv(1 << 18)
        if not part:
            raise SystemExit("a server closed a connection")
        payloads, self.data = split(self.data + part)
        return [Reply(payload) for payload in payloads]

    def ask(self, method, body=b""):
        """One call, and its reply; for connections that nothing else uses."""
        self.socket.sendall(call(1, method, body))
        while True:
            for answer in self.receive():
                return answer


class Site:
    """One server, and what was asked of it."""

    def __init__(self, server):
        self.server = server
        self.link = Link(server.port)
        self.sent = self.acknowledged = 0
        self.memory = []

    def described(self):
        """Events folded, the local log's lag, and whether Redis is there."""
        link = Link(self.server.port)
        result = link.ask(DESCRIBE).result
        link.socket.close()
        shared = dict(fields(result.get(22, b"")))
        return result.get(13, 0), shared.get(4, 0), bool(shared.get(2, 0))


class Load:
    """Sends calls to both servers when they are due, whether replies have come or not, and notes when those come."""

    def __init__(self, sites, options):
        self.sites, self.options = sites, options
        self.source = random.Random(options.seed)
        self.phase, self.is_over = None, False
        self.due = {}
        self.number = 1
        self.latencies = {(method, phase): [] for method in (RANK, RECORD) for phase in PHASES}
        self.failed = collections.Counter()
        self.answered = 0
        # What was shown lately: events name it, at either server.
        self.shown = collections.deque(maxlen=500)

    def run(self):
        start = time.perf_counter()
        # Per server and method: when the next call is due. The four are out of step.
        plan = []
        for index, site in enumerate(self.sites):
            plan.append([start + index / 2 / self.options.rankings, 1 / self.options.rankings, site, RANK])
            interval = self.options.batch / self.options.events
            plan.append([start + interval * (1 + 2 * index) / 4, interval, site, RECORD])
        while not self.is_over:
            entry = min(plan, key=lambda entry: entry[0])
            wait = entry[0] - time.perf_counter()
            if wait > 0:
                self.receive(wait)
                continue
            self.send(entry[2], entry[3], entry[0])
            entry[0] += entry[1]
            self.receive(0)
        end = time.perf_counter() + 10
        while self.due and time.perf_counter() < end:
            self.receive(0.1)
        unanswered = sum(1 for _, method, _, _, _ in self.due.values() if method == RANK)
        if unanswered:
            self.failed["no reply"] = unanswered

    def send(self, site, method, due):
        if method == RANK:
            body = rank_body(self.source.choice(self.options.users),
                             self.source.sample(self.options.tweets, self.options.candidates))
            size = 0
        else:
            if not self.shown:
                return
            user, request, tweets = self.source.choice(self.shown)
            events = [(user, tweet, self.source.choice((1, 2, 3, 4, 7)), request)
                      for tweet in self.source.sample(tweets, min(self.options.batch, len(tweets)))]
            body, size = record_body(events), len(events)
            site.sent += size
        self.number += 1
        self.due[self.number] = (due, method, self.phase, size, body)
        site.link.socket.sendall(call(self.number, method, body))

    def receive(self, wait):
        ready, _, _ = select.select([site.link for site in self.sites], [], [], wait)
        for site in self.sites:
            if site.link in ready:
                for answer in site.link.receive():
                    self.take(answer, site, time.perf_counter())

    def take(self, answer, site, now):
        if answer.call not in self.due:
            self.failed[f"notice with code {answer.code}"] += 1
            return
        due, method, phase, size, body = self.due.pop(answer.call)
        if phase:
            self.latencies[method, phase].append(now - due)
        if method == RANK:
            self.answered += 1
            if answer.code != 0:
                self.failed[f"code {answer.code}"] += 1
                return
            shown = answer.result[2]
            tweets = struct.unpack(f"<{len(shown) // 8}Q", shown)[:20]
            user = struct.unpack_from("<Q", body, 1)[0]
            self.shown.append((user, struct.unpack("<Q", answer.result[1])[0], tweets))
        elif answer.code == 0:
            site.acknowledged += answer.result.get(1, 0)
            # Events that the log had already are not folded again.
            site.sent -= size - answer.result.get(1, 0)
        else:
            raise SystemExit(f"events were refused with code {answer.code}")


class Crossing:
    """Records an event at one server, and asks the other for a ranking until it is another one. User and tweet are no one
    else's and the call has no other candidate, so that nothing but this event can change the score."""

    def __init__(self, sites):
        self.sites, self.links = sites, []
        self.round, self.millis = 0, []

    def measure(self):
        here, there = self.round % 2, (self.round + 1) % 2
        user, tweet = 1 << 62 | self.round, 1 << 61 | self.round
        body = rank_body(user, [tweet])
        before = self.links[there].ask(RANK, body).result[3]
        answer = self.links[here].ask(RECORD, record_body([(user, tweet, LIKE, 0)]))
        start = time.perf_counter()
        if answer.code != 0:
            raise SystemExit(f"an event was refused with code {answer.code}")
        self.sites[here].sent += 1
        self.sites[here].acknowledged += 1
        while self.links[there].ask(RANK, body).result[3] == before:
            if time.perf_counter() - start > 30:
                raise SystemExit("an event did not change the other server's ranking in 30 s")
            time.sleep(0.001)
        self.millis.append((time.perf_counter() - start) * 1_000)
        self.round += 1

    def during(self, seconds, count):
        # A connection that says nothing is closed after 3 s.
        self.links = self.links or [Link(site.server.port) for site in self.sites]
        end = time.perf_counter() + seconds
        for index in range(count):
            time.sleep(max(0, (end - time.perf_counter()) / (count - index)))
            self.measure()


def start_redis(folder):
    path = os.path.join(folder, "redis")
    process = subprocess.Popen(
        ["redis-server", "--port", "0", "--unixsocket", path, "--dir", folder, "--save", "", "--appendonly", "no"],
        stdout=subprocess.DEVNULL)
    wait_for(lambda: os.path.exists(path), "Redis")
    return process, path


def wait_for(is_so, what, seconds=120, step=0.02):
    """Seconds until it is so."""
    start = time.perf_counter()
    while not is_so():
        if time.perf_counter() - start > seconds:
            raise SystemExit(f"not within {seconds} s: {what}")
        time.sleep(step)
    return time.perf_counter() - start


def follow_memory(sites, until):
    """Notes what both hold, every quarter of a second."""
    while not until.wait(0.25):
        for site in sites:
            site.memory.append((time.perf_counter(), site.server.resident_bytes()))


def outage(redis, sites, load, crossing, options):
    """The three phases; returns the moments of the freeze and of its end, and how long it took until both had everything
    that was acknowledged when it ended."""
    time.sleep(options.warm)
    load.phase = "before"
    crossing.during(options.outage + options.seconds, options.crossings)
    frozen = time.perf_counter()
    redis.send_signal(signal.SIGSTOP)
    load.phase = "frozen"
    time.sleep(options.outage)
    lag = max(site.described()[1] for site in sites)
    redis.send_signal(signal.SIGCONT)
    load.phase, thawed = "after", time.perf_counter()
    acknowledged = [site.acknowledged for site in sites]

    def has_all(index):
        # What was sent to it bounds what it has of its own; the rest came from the other.
        folded, site = sites[index].described()[0], sites[index]
        return folded - site.sent >= acknowledged[1 - index]

    caught_up = wait_for(lambda: has_all(0) and has_all(1), "both have what was acknowledged during the outage")
    crossing.during(max(0.1, options.seconds - caught_up), options.crossings)
    return frozen, thawed, caught_up, lag


def digest(apus, state):
    run = subprocess.run([apus, "log", "inspect", state, "--json"], capture_output=True, text=True, check=True)
    return json.loads(run.stdout)["snapshot"].get("digest")


def agreement(sites, options, states):
    """Ends both once they have the same events; returns how long that took, and the digests of what they hold."""
    total = sum(site.acknowledged for site in sites)
    agreed = wait_for(
        lambda: all(site.described() == (total, 0, True) for site in sites), f"{total} events at both, all shipped")
    # A ranking that an event at the other names is logged by who answered it, and travels once more.
    time.sleep(1)
    wait_for(lambda: all(site.described() == (total, 0, True) for site in sites), "nothing more to ship")
    time.sleep(1)
    for site in sites:
        site.server.end()
    sound = [subprocess.run([options.apus, "log", "verify", state], stdout=subprocess.DEVNULL).returncode == 0
             for state in states]
    return agreed, [digest(options.apus, state) for state in states], sound, total


def growth(site, frozen, seconds):
    """Bytes: at most in so many seconds since the freeze, and in as many before it."""
    then = [held for moment, held in site.memory if moment <= frozen]
    earlier = [held for moment, held in site.memory if moment <= frozen - seconds]
    later = [held for moment, held in site.memory if frozen < moment <= frozen + seconds]
    return max(later) - then[-1], then[-1] - earlier[-1]


def report(load, sites, crossing, moments, ending, options):
    frozen, _, caught_up, lag = moments
    agreed, digests, sound, total = ending
    failures = []

    def hold(what, is_so):
        if not is_so:
            failures.append(what)

    print("latency in ms from when each call was due")
    print(f"{'':12}{'calls':>9}{'p50':>9}{'p90':>9}{'p99':>9}{'p99.9':>9}{'max':>9}{'added p99':>11}")
    for method, name in ((RANK, "rankings"), (RECORD, "events")):
        base = 1_000 * percentile(load.latencies[method, "before"], 0.99)
        for phase in PHASES:
            values = load.latencies[method, phase]
            shares = [1_000 * percentile(values, share) for share in (0.5, 0.9, 0.99, 0.999, 1)]
            added = "" if phase == "before" else f"{shares[2] - base:+.2f}"
            print(f"{name + ' ' + phase:<16}{len(values):>5}" + "".join(f"{share:>9.2f}" for share in shares)
                  + f"{added:>11}")
            if method == RANK and phase != "before":
                hold(f"added p99 of rankings {phase} <= {ADDED_MILLIS} ms", shares[2] - base <= ADDED_MILLIS)
    print(f"failed rankings: {sum(load.failed.values())} of {load.answered} {dict(load.failed) or ''}")
    hold("no ranking fails", not load.failed and load.answered > 0)
    for name, site in zip("AB", sites):
        span = options.outage + options.seconds
        since, earlier = growth(site, frozen, span)
        print(f"memory of {name}: grew by {since / 2**20:.2f} MiB in the {span:g} s since the freeze, by "
              f"{earlier / 2**20:.2f} MiB in the {span:g} s before it; {site.memory[-1][1] / 2**20:.1f} MiB at the end")
        hold(f"memory of {name} grows by <= 8 MiB more than before", since - earlier <= GROWTH_BYTES)
    print(f"entries of one log that waited at the end of the outage: {lag}")
    print(f"both had what was acknowledged by then after {caught_up:.2f} s more, under load; "
          f"all {total} events {agreed:.2f} s after the load's end")
    print(f"digests: {digests[0]} {digests[1]}: {'equal' if digests[0] == digests[1] else 'DIFFERENT'}")
    hold("both come to the same state", digests[0] is not None and digests[0] == digests[1])
    hold("both logs are sound", all(sound))
    millis = crossing.millis
    print(f"from the acknowledgement at one to the other's ranking, {len(millis)} events, ms: "
          f"p50 {percentile(millis, 0.5):.1f}, p90 {percentile(millis, 0.9):.1f}, max {percentile(millis, 1):.1f}")
    hold(f"an event crosses within {CROSSING_MILLIS} ms", max(millis) <= CROSSING_MILLIS)
    print("all bounds hold" if not failures else "NOT SO: " + "; ".join(failures))
    return 1 if failures else 0


def read_ids(model, tensor):
    """Ids of a model file (docs/model-file.md)."""
    with open(model, "rb") as file:
        length = struct.unpack("<Q", file.read(8))[0]
        begin, end = json.loads(file.read(length))[tensor]["data_offsets"]
        file.seek(8 + length + begin)
        return struct.unpack(f"<{(end - begin) // 8}Q", file.read(end - begin))


def measure(options, folder):
    model = options.model or make_model(options.apus, folder)
    options.users, options.tweets = read_ids(model, "users.id"), read_ids(model, "tweets.id")
    redis, path = start_redis(folder)
    states = [os.path.join(folder, name) for name in "ab"]
    servers, ended = [], threading.Event()
    try:
        for state in states:
            servers.append(start_server(options.apus, model, state, "--redis", f"unix://{path}"))
        sites = [Site(server) for server in servers]
        wait_for(lambda: all(site.described()[2] for site in sites), "both servers connected to Redis")
        load, crossing = Load(sites, options), Crossing(sites)
        threads = [threading.Thread(target=load.run, daemon=True),
                   threading.Thread(target=follow_memory, args=(sites, ended), daemon=True)]
        for thread in threads:
            thread.start()
        moments = outage(redis, sites, load, crossing, options)
        load.is_over = True
        threads[0].join()
        ended.set()
        threads[1].join()
        return report(load, sites, crossing, moments, agreement(sites, options, states), options)
    finally:
        ended.set()
        for process in [redis] + [server.process for server in servers]:
            process.kill()
            process.wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--apus", default=".build/release/apus", help="the program")
    parser.add_argument("--model", help="a model file; by default one of an artificial world is made")
    parser.add_argument("--outage", type=float, default=10, help="seconds for which Redis is frozen")
    parser.add_argument("--seconds", type=float, default=15, help="measured after the outage; before it, as long as both")
    parser.add_argument("--warm", type=float, default=10, help="seconds of load before anything is measured")
    parser.add_argument("--rankings", type=float, default=200, help="rankings a second, of each server")
    parser.add_argument("--candidates", type=int, default=200, help="candidates a ranking")
    parser.add_argument("--events", type=float, default=500, help="events a second, of each server")
    parser.add_argument("--batch", type=int, default=10, help="events a call")
    parser.add_argument("--crossings", type=int, default=25, help="events followed before the outage, and after it")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", help="where to make a folder for the logs; a disk, if latency is to mean something")
    options = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="apus-replicas-", dir=options.folder and os.path.abspath(options.folder))
    try:
        return measure(options, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
