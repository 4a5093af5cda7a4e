"""The wire (docs/protocol.md) for benchmarks that are clients themselves: messages and frames, written and read by hand, so
that nothing of the product's own code says whether a server is right."""

import socket
import struct

# Methods of calls, and the result of a reply that says goodbye.
RANK, TOP, RECORD, DESCRIBE, RELOAD, PING, GO_AWAY = 16, 19, 20, 21, 23, 24, 31
# A type of events.
LIKE = 3


def varint(value):
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def field(number, payload):
    """A field of a protobuf message: bytes or another message."""
    return varint(number << 3 | 2) + varint(len(payload)) + payload


def scalar(number, value):
    """A field of a protobuf message: a number as a varint."""
    return varint(number << 3) + varint(value)


def read_varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at


def fields(data):
    """The fields of a protobuf message, as (number, value)."""
    at = 0
    while at < len(data):
        tag, at = read_varint(data, at)
        if tag & 7 == 0:
            value, at = read_varint(data, at)
        elif tag & 7 == 2:
            length, at = read_varint(data, at)
            value, at = data[at:at + length], at + length
        else:
            width = 8 if tag & 7 == 1 else 4
            value, at = data[at:at + width], at + width
        yield tag >> 3, value


def call(number, method, body=b"", budget=1_000):
    """A call in its frame; `budget` in milliseconds."""
    payload = scalar(1, number) + scalar(2, budget) + field(method, body)
    return struct.pack(">I", len(payload)) + payload


def rank_body(user, tweets):
    return varint(1 << 3 | 1) + struct.pack("<Q", user) + field(2, struct.pack(f"<{len(tweets)}Q", *tweets))


def record_body(events):
    """Events are (user, tweet, type, request)."""
    users, tweets, types, requests = zip(*events)
    columns = [struct.pack(f"<{len(events)}Q", *column) for column in (users, tweets, requests)]
    return field(1, columns[0]) + field(2, columns[1]) + field(3, bytes(types)) + field(5, columns[2])


class Reply:
    """A reply: the call's id, the status code, and the fields of the method's own message."""

    def __init__(self, payload):
        self.call, self.code, self.method, self.result = 0, 0, None, {}
        for number, value in fields(payload):
            if number == 1:
                self.call = value
            elif number == 2:
                self.code = dict(fields(value)).get(1, 0)
            elif number >= RANK:
                self.method, self.result = number, dict(fields(value))


def split(data):
    """The payloads of the whole frames that come first, and the bytes behind them."""
    payloads, at = [], 0
    while len(data) - at >= 4:
        end = at + 4 + struct.unpack_from(">I", data, at)[0]
        if len(data) < end:
            break
        payloads.append(data[at + 4:end])
        at = end
    return payloads, data[at:]


def connect(port, timeout=None):
    """A connection to a server of this machine."""
    link = socket.create_connection(("127.0.0.1", port), timeout=timeout)
    link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return link


def ask(port, method, body=b"", budget=1_000):
    """One call on a connection of its own, and its reply."""
    with connect(port) as link:
        link.sendall(call(1, method, body, budget))
        data = b""
        while True:
            part = link.recv(1 << 18)
            if not part:
                raise SystemExit("a server closed a connection")
            payloads, data = split(data + part)
            if payloads:
                return Reply(payloads[0])


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(share * len(values)))] if values else float("nan")
