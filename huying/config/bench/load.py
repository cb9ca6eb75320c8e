"""A crowd that writes at once: `python -m huying.config.bench.load` in a process of its own.

Raw sockets, one thread and requests made beforehand, so that most of the machine is left to
what is measured. Reads its orders as one line of JSON, answers with one line of JSON.
"""

import json
import select
import socket
import sys
import time
from dataclasses import dataclass

LATENCIES_MAX = 1_000_000
NUMBER = b"0000000000000000000"  # 19 digits, where the MsgId goes


@dataclass
class Way:
    """One client: a connection that is kept, and what it waits for."""

    socket: socket.socket
    sent_at: float = 0.0
    answer: bytes = b""


def crowd(
    port: int, request: bytes, *, clients: int, seconds: float, first: int
) -> dict[str, object]:
    """Have `clients` send `request` over and over, each with another number in it.

    Each sends its next when it has its answer. Gives back how many were answered with 200, how
    many otherwise, in how many seconds, and the latencies in seconds.
    """
    head, tail = request.split(NUMBER)
    poll = select.epoll()
    ways = {}
    for _ in range(clients):
        way = Way(socket.create_connection(("127.0.0.1", port)))
        way.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        ways[way.socket.fileno()] = way
        poll.register(way.socket, select.EPOLLIN)
    number, good, bad, open_ways = first, 0, 0, clients
    latencies: list[float] = []
    began = time.perf_counter()
    for way in ways.values():
        number += 1
        _say(way, head + b"%019d" % number + tail)
    while open_ways:
        for descriptor, _ in poll.poll(10):
            way = ways[descriptor]
            way.answer += way.socket.recv(65536)
            if not _is_whole(way.answer):
                continue
            now = time.perf_counter()
            latencies.append(now - way.sent_at)
            is_good = way.answer.startswith(b"HTTP/1.1 200 ")
            good, bad = good + is_good, bad + (not is_good)
            if now - began > seconds or len(latencies) > LATENCIES_MAX:
                open_ways -= 1
                continue
            number += 1
            _say(way, head + b"%019d" % number + tail)
    took = time.perf_counter() - began
    for way in ways.values():
        way.socket.close()
    return {"good": good, "bad": bad, "seconds": took, "latencies": latencies, "last": number}


def _say(way: Way, request: bytes) -> None:
    way.answer = b""
    way.sent_at = time.perf_counter()
    way.socket.sendall(request)


def _is_whole(answer: bytes) -> bool:
    """Whether all of the answer is here. One that was cut off counts as whole, and as bad."""
    if not answer:
        return True
    end = answer.find(b"\r\n\r\n")
    start = answer.lower().find(b"content-length: ")
    if end < 0 or start < 0:
        return False
    length = int(answer[start + 16 : answer.index(b"\r", start)])
    return len(answer) >= end + 4 + length


def main() -> None:
    """Carry out the orders on standard input."""
    orders = json.loads(sys.stdin.read())
    found = crowd(
        orders["port"],
        orders["request"].encode("latin-1"),
        clients=orders["clients"],
        seconds=orders["seconds"],
        first=orders["first"],
    )
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
