#!/usr/bin/env python3
"""Makes the inputs that fuzzers begin with: one of each kind of well-formed thing, and some that are not, as few and as
small as can be. Everything is made up here; model files are trained on a world of a few users that `apus synthesize` makes up.

The folder Corpus is what this made, and in addition whatever a fuzzer once stumbled over.
"""

import argparse
import json
import os
import pathlib
import struct
import subprocess
import tempfile


def varint(value):
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def number(field, value):
    return varint(field << 3) + varint(value)


def blob(field, payload):
    return varint(field << 3 | 2) + varint(len(payload)) + payload


def fixed(field, value):
    return varint(field << 3 | 1) + struct.pack("<Q", value)


def column(field, values):
    return blob(field, struct.pack(f"<{len(values)}Q", *values))


def floats(field, values):
    return blob(field, struct.pack(f"<{len(values)}f", *values))


def calls():
    head = number(1, 7) + number(2, 150)
    new = fixed(1, 40) + blob(2, "a wren sings #dawn".encode()) + fixed(3, 4) + b"\x25" + struct.pack("<f", 0.25)
    rank = fixed(1, 77) + column(2, [10, 20, 30]) + column(3, [1, 2, 3]) + floats(4, [0.5, -1, 2]) + blob(5, new)
    record = column(1, [1, 2]) + column(2, [10, 20]) + blob(3, b"\x03\x04") + column(4, [1_600_000_000, 5])
    weights = blob(2, struct.pack("<2d", 0.5, -10))
    return {
        "rank": head + number(3, 1) + blob(4, b"00-0af7-b7ad-01") + blob(16, rank + number(6, 2) + number(7, 1) + number(8, 1)),
        "rank-large": head + blob(16, column(2, range(40)) + b"".join(blob(5, new) for _ in range(6))),
        "recommend": head + blob(17, fixed(1, 77) + number(2, 5) + number(3, 1) + number(4, 1)),
        "similar": head + blob(18, fixed(1, 10) + blob(2, b"a nest under the eaves") + number(3, 5)),
        "top": head + blob(19, number(1, 1) + number(2, 5) + number(3, 1)),
        "record": head + blob(20, record + column(5, [9, 0])),
        "describe": head + blob(21, b""),
        "rewards": head + blob(22, blob(1, b"\x03\x07") + weights),
        "merged": head + blob(16, rank) + blob(16, column(2, [50])) + blob(17, fixed(1, 1)),
        "unknown": head + blob(99, b"later") + number(98, 1),
        "reply": number(1, 7) + blob(2, number(1, 3)) + blob(31, number(1, 7)),
        "no-id": blob(21, b""),
        "groups": head + b"\xa3" * 20,
        "endless": number(1, 7) + b"\xff" * 11,
        "empty": b"",
    }


def frames():
    def frame(payload):
        return struct.pack(">I", len(payload)) + payload

    every = list(calls().values())
    streams = {
        "one": frame(every[0]), "many": b"".join(map(frame, every)), "empty-frames": frame(b"") * 5 + frame(b"x"),
        "at-the-limit": frame(b"l" * 64) + frame(b"l" * 300), "too-large": frame(every[0]) + b"\xff\xff\xff\xff",
        "half": frame(every[0])[:-3], "http": b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", "http2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "tls": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", "ssh": b"SSH-2.0-x\r\n", "redis": b"*1\r\n$4\r\nPING\r\n",
        "growing": b"".join(frame(b"g" * size) for size in (10, 1_000, 3, 4_000, 20)),
    }
    return {name: bytes([2 if name == "growing" else 1, 40]) + stream for name, stream in streams.items()}


def texts():
    samples = {
        "plain": "The comet, the comet! don't look-up 42 aa aa aa", "tags": "#kestrel ＃鳥 #a7 #7 $BIRD $7 @wren @wren/nests me@x.org",
        "links": "t.co/Ab1 http://t.co/x?y=z&a=(b)_c https://été.com/é birds.org. www.birds.example/a",
        "scripts": "鳥鳥 नमस्ते ΑΣ ΑΣ, İstanbul straße ﬁ ǅ e\u0301 \u200d\ufe0f", "sigmas": "Σ\u0301Σ\u0301 ΑΣ\u0301Σ",
    }
    made = {name: text.encode() for name, text in samples.items()}
    made["broken"] = b"a\xffb \xed\xa0\x80 \xc0\x80 \xf0\x9f #\xe9\xb3 \x00 \x80\x80ok"
    return {f"{name}-{options}": bytes([options]) + text for name, text in made.items() for options in (0, 2, 3)}


def records(sequence=1, damage=b"\0"):
    """Records as a fuzzer takes them: it makes the checksums itself."""

    def record(kind, body, index=0, flags=0):
        nonlocal sequence
        body += b"\0" * (-len(body) % 8)
        head = struct.pack("<I4sQIBBH", 24 + len(body), damage + b"\0" * 3, sequence, index, kind, flags, 9)
        sequence += 1
        return head + body

    def event(user, tweet, kind, request=0):
        return struct.pack("<QQqQI", user, tweet, 1_700_000_000 + user, request, kind)

    shown = [10, 20]
    ranking = struct.pack("<QQqIIIHH", 5, 1, 1_700_000_000, len(shown), 3, 4, 3, 2)
    ranking += b"".join(struct.pack("<Qff", tweet, 0.5, 1.5) for tweet in shown)
    ranking += struct.pack("<3Q", 10, 20, 30) + struct.pack("<4h", 256, -256, 0, 1) + b"ucb" + b"v1"
    rewards = struct.pack("<qI", 1_700_000_000, 9) + struct.pack("<9d", 0, 0, 0.1, 0.4, 1, 1, 0.5, -1, -2)
    first = [record(1, event(1, 10, 3)), record(1, event(2, 20, 1), flags=1), record(3, rewards)]
    second = [record(2, ranking), record(1, event(1, 20, 1, 5), index=1), record(1, event(1, 20, 4, 5), index=2)]
    return b"".join(first + second)


def logs():
    whole, page = records(), 4_096
    split = len(records()) // 2
    made = {
        "whole": (0, whole), "folded-twice": (64, whole), "raw": (1, whole), "renumbered": (4, whole), "torn": (0, whole[:-20]),
        "two": (8, records() + records(7)), "gap": (0, whole[:split] + b"\xee" * 16 + records(40)),
        "lost-page": (0, whole + b"\0" * page + records(9)), "damaged": (0, records(1, b"\xff") + records(7)),
        "slice": (2, whole), "slice-raw": (3, whole), "broken-header": (16, whole), "aside": (32, whole), "empty": (0, b""),
    }
    return {name: bytes([mode, 0, 6, 127]) + content for name, (mode, content) in made.items()}


def redis():
    def text(value):
        value = value if isinstance(value, bytes) else value.encode()
        return b"$%d\r\n" % len(value) + value + b"\r\n"

    def many(*values):
        return b"*%d\r\n" % len(values) + b"".join(values)

    entry = many(text("5-1"), many(*map(text, ["n", "00000000000000ab", "a", "0", "l", "3", "b", records()])))
    greeting = b"+OK\r\n+OK\r\n" + text("redis_version:7.0\r\nredis_mode:standalone\r\n") + many(text("master"), b":0\r\n", many()) + b"+PONG\r\n"
    replies = {
        "greeting": greeting, "cluster": b"+OK\r\n+OK\r\n" + text("redis_mode:cluster\r\n"), "integer": b":-9223372036854775808\r\n",
        "replica": b"+OK\r\n+OK\r\n" + text("") + many(text("slave"), text("h"), b":1\r\n"), "nothing": b"$-1\r\n*-1\r\n*0\r\n$0\r\n\r\n",
        "errors": b"-MOVED 1 h:1\r\n-LOADING later\r\n-NOAUTH\r\n-READONLY x\r\n-OOM y\r\n-WRONGTYPE z\r\n-\r\n",
        "stream": many(many(text("apus:log"), many(entry, many(text("6-0"), many(text("g"), text("00ff")))))),
        "cursor": many(text("00000000000000ab"), text("3:1a2b3c4d")), "place": text("00ff/5-1"), "nested": b"*1\r\n" * 9 + b":1\r\n",
        "huge-bulk": b"$2147483647\r\nx", "huge-array": b"*2147483647\r\n", "long": text(b"x" * 3_000), "http": b"HTTP/1.1 400\r\n\r\n",
        "list": text(struct.pack("<IHHQqII", 0x4C525041, 1, 0, 1, 2, 1, 0) + struct.pack("<QfQ", 9, 0.5, 0)),
    }
    made = {name: b"\0" + reply for name, reply in replies.items()}
    return made | {"unasked": b"\1" + b"+OK\r\n", "goodbye": b"\1" + b"-ERR max number of clients reached\r\n", "cut": b"\x0a" + greeting}


def models(apus):
    """What a fuzzer makes a file of: the header's JSON behind its checksum, a zero byte, the data."""
    made = {}
    with tempfile.TemporaryDirectory() as folder:
        def run(*words):
            subprocess.run([apus, *words], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

        world, path = os.path.join(folder, "world"), os.path.join(folder, "model")
        run("synthesize", "--out", world, "--users", "6", "--tweets", "12")
        for name, more in {"classic": ["--recipe", "classic", "--neighbours", "2"], "ranker": []}.items():
            run("train", "--data", world, "--out", path, "--factors", "2", "--epochs", "2", "--vocabulary", "24", *more)
            file = pathlib.Path(path).read_bytes()
            length = struct.unpack_from("<Q", file)[0]
            header, data = file[8:8 + length].rstrip(b" "), file[8 + length:]
            json.loads(header)
            # 16 digits of the checksum and a quote.
            start = header.index(b'"data_xxh3":"') + len(b'"data_xxh3":"') + 17
            made[name] = b"\0" + header[start:] + b"\0" + data
            if name == "classic":
                made["as-it-is"] = b"\1" + file
        made["foreign"] = b"\3" + struct.pack("<Q", 64) + b'{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}'.ljust(64) + bytes(8)
        made["empty"] = b"\1"
    return made


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--apus", help="the program; without it model files stay as they are")
    options = parser.parse_args()
    groups = {
        "frames": frames(), "requests": {f"{name}-{room}": bytes([room]) + call for name, call in calls().items() for room in (0, 1)},
        "text": texts(), "log": logs(), "redis": redis(),
    }
    if options.apus:
        groups["model"] = models(options.apus)
    for group, seeds in groups.items():
        folder = pathlib.Path(__file__).parent / "Corpus" / group
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in seeds.items():
            (folder / name).write_bytes(content)
        print(f"{group}: {len(seeds)} inputs of {sum(map(len, seeds.values()))} bytes")


if __name__ == "__main__":
    main()
