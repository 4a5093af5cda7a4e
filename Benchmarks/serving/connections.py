#!/usr/bin/env python3
"""What connections cost: ten thousand idle ones in memory, and a crowd of bad ones in other clients' waiting time.

    Benchmarks/serving/connections.py --model FILE [--apus .build/release/apus] [--seconds 10] [--json]

Starts a server with one worker. First part: opens 10,000 connections, makes one call on each, and reports by how much the
server's memory has grown. Second part, alternating within one run: a client calls at a steady rate, alone and beside
2,000 connections that trickle a byte a second, floods of pings, and garbage, all made again when the server ends them. The 99th
percentiles of both are compared. Needs `ulimit -n` of 13,000 and nothing but Python's own library.
"""
import argparse
import gc
import json
import multiprocessing
import os
import random
import resource
import select
import socket
import struct
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "shared"))
from instance import Instance  # noqa: E402
from wire import PING, RANK, TOP, call, connect, field, percentile, rank_body, scalar, split  # noqa: E402

IDLE_LIMIT_MIB = 64
TAIL_LIMIT = 1.10
# Seconds.
TIMEOUT = 60


def rank(number, candidates, rng):
    """Ids that no model knows are ranked as well, by what is known of them: nothing."""
    tweets = [rng.getrandbits(63) for _ in range(candidates)]
    return call(number, RANK, rank_body(rng.getrandbits(63), tweets))


def top(number):
    """The best 500 tweets, in a call of 4 KB: an answer that the server does not remember for feedback."""
    return call(number, TOP, scalar(2, 500) + field(100, bytes(4000)))


def read_frame(sock):
    data = b""
    while not split(data)[0]:
        part = sock.recv(1 << 16)
        if not part:
            raise ConnectionError("the server closed the connection")
        data += part


def idle(server, count):
    """Bytes by which the server has grown: while all are open and just used, and after three silent seconds."""
    with connect(server.port, TIMEOUT) as first:
        for number in range(1, 500):
            first.sendall(top(number))
            read_frame(first)
    before = server.resident_bytes()
    sockets = []
    for _ in range(count):
        sockets.append(connect(server.port, TIMEOUT))
        # Until all are there, the first would have been silent for too long.
        sockets[-1].sendall(call(1, PING))
        read_frame(sockets[-1])
    for start in range(0, count, 100):
        for sock in sockets[start:start + 100]:
            sock.sendall(top(2))
        for sock in sockets[start:start + 100]:
            read_frame(sock)
    used = server.resident_bytes() - before
    time.sleep(3)
    quiet = server.resident_bytes() - before
    for sock in sockets:
        sock.close()
    return used, quiet


TICKS = 100


def abuse(port, on, stop, tricklers, counts):
    """Tricklers, pings and garbage while `on` is set; everything that the server ends is made again. Each second has a hundred
    ticks, over which all of it is spread evenly."""
    # Where it competes with the client that is measured for a core, it waits.
    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    rng = random.Random(2)
    slow, number = [], 0
    while not stop.is_set():
        if not on.is_set():
            for sock in slow:
                sock.close()
            slow = []
            on.wait(0.1)
            continue
        began, tick = time.monotonic(), number % TICKS
        number += 1
        if tick % 10 == 0:
            slow = without_ended(slow, counts)
        # Up to a crowd, a few at a time.
        for _ in range(min(400 // TICKS, tricklers - len(slow))):
            sock = connect(port, TIMEOUT)
            sock.setblocking(False)
            sock.send(struct.pack(">I", 60_000))
            slow.append(sock)
        for sock in slow[tick::TICKS]:
            try:
                sock.send(b"\x08")
            except OSError:
                pass
        if tick % 20 == 0:
            flood(port, call(1, PING) * 200, 1, counts)
        elif tick % 20 == 10:
            flood(port, b"\x00\x00\x01\x00" + rng.randbytes(4000), 2, counts)
        time.sleep(max(0.0, 1 / TICKS - (time.monotonic() - began)))
    for sock in slow:
        sock.close()


def without_ended(slow, counts):
    """Those that the server has not ended; the others are closed and counted."""
    poller = select.poll()
    for sock in slow:
        poller.register(sock, select.POLLIN)
    ended = {fd for fd, _ in poller.poll(0)}
    for sock in slow:
        if sock.fileno() in ended:
            sock.close()
    with counts.get_lock():
        counts[0] += len(ended)
    return [sock for sock in slow if sock.fileno() >= 0]


def flood(port, payload, kind, counts):
    """Sends all at once, and reads until the server has had enough."""
    with connect(port, TIMEOUT) as sock:
        try:
            sock.sendall(payload)
            sock.shutdown(socket.SHUT_WR)
            while sock.recv(1 << 16):
                pass
        except OSError:
            pass
    with counts.get_lock():
        counts[kind] += 1


def measure(port, seconds, rate, candidates, rng):
    """Round trips in microseconds of calls at a steady rate, from when each was due."""
    calls = [rank(1, candidates, rng) for _ in range(256)]
    times = []
    with connect(port, TIMEOUT) as sock:
        for frame in calls:
            sock.sendall(frame)
            read_frame(sock)
        start = time.perf_counter()
        for number in range(int(seconds * rate)):
            due = start + number / rate
            while time.perf_counter() < due:
                time.sleep(max(0.0, min(due - time.perf_counter(), 0.001)))
            sock.sendall(calls[number % len(calls)])
            read_frame(sock)
            times.append((time.perf_counter() - due) * 1e6)
    return times


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True)
    parser.add_argument("--apus", default=".build/release/apus")
    parser.add_argument("--idle", type=int, default=10_000)
    parser.add_argument("--tricklers", type=int, default=2_000)
    parser.add_argument("--seconds", type=float, default=10, help="of each of the six parts of the comparison")
    parser.add_argument("--rate", type=float, default=500, help="calls a second of the client that is measured")
    parser.add_argument("--candidates", type=int, default=300)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if hard < options.idle + 100:
        sys.exit(f"ulimit -n allows {hard} descriptors; {options.idle + 100} are needed")
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 20_000), hard))
    rng = random.Random(1)
    # The server on a core of its own, where there are two.
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, set(cores[1:] or cores))
    with tempfile.TemporaryDirectory() as folder:
        server = Instance(
            options.apus, options.model, os.path.join(folder, "state"), "--workers", "1", "--connections", "13000",
            "--connections-per-address", "13000", preexec_fn=lambda: os.sched_setaffinity(0, cores[:1]))
        used, quiet = idle(server, options.idle)
        on, stop = multiprocessing.Event(), multiprocessing.Event()
        counts = multiprocessing.Array("l", 3)
        child = multiprocessing.Process(target=abuse, args=(server.port, on, stop, options.tricklers, counts))
        child.start()
        gc.disable()
        alone, beside = [], []
        for _ in range(3):
            alone += measure(server.port, options.seconds, options.rate, options.candidates, rng)
            on.set()
            time.sleep(6)  # until the crowd is there
            beside += measure(server.port, options.seconds, options.rate, options.candidates, rng)
            on.clear()
            time.sleep(2)
        stop.set()
        child.join()
        status, _ = server.end()
    result = {
        "idle_connections": options.idle, "growth_just_used_mib": round(used / 2**20, 1),
        "growth_idle_mib": round(quiet / 2**20, 1), "growth_limit_mib": IDLE_LIMIT_MIB,
        "p50_alone_us": round(percentile(alone, 0.5)), "p50_beside_us": round(percentile(beside, 0.5)),
        "p99_alone_us": round(percentile(alone, 0.99)), "p99_beside_us": round(percentile(beside, 0.99)),
        "p99_ratio": round(percentile(beside, 0.99) / percentile(alone, 0.99), 3), "p99_ratio_limit": TAIL_LIMIT,
        "tricklers_ended": counts[0], "ping_floods": counts[1], "garbage_streams": counts[2], "exit_code": status,
        "load_average": os.getloadavg()[0]}
    if options.json:
        print(json.dumps(result, indent=2))
    else:
        for name, value in result.items():
            print(f"{name:24} {value}")
    good = quiet / 2**20 <= IDLE_LIMIT_MIB and result["p99_ratio"] <= TAIL_LIMIT and status == 0
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
