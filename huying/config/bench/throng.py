"""A throng that posts each message of a file once, over kept connections, as fast as it may."""

import socket
import sys
import threading
from itertools import islice
from pathlib import Path


def main() -> None:
    """PORT CLIENTS FILE: post them all, and fail if one of them was not acknowledged."""
    port, clients, file = int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
    posts = _posts(file.read_bytes())
    failed: list[bytes] = []
    threads = [
        threading.Thread(
            target=_post, args=(port, list(islice(posts, number, None, clients)), failed)
        )
        for number in range(clients)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        sys.exit(f"{len(failed)} messages were not acknowledged, first: {failed[0][:80]!r}")


def _posts(content: bytes) -> list[bytes]:
    posts, at = [], 0
    while at < len(content):
        size = int.from_bytes(content[at : at + 4], "big")
        posts.append(content[at + 4 : at + 4 + size])
        at += 4 + size
    return posts


def _post(port: int, posts: list[bytes], failed: list[bytes]) -> None:
    with socket.create_connection(("127.0.0.1", port)) as way:
        for post in posts:
            way.sendall(post)
            answer = b""
            while not _is_whole(answer):
                piece = way.recv(65536)
                if not piece:
                    break
                answer += piece
            if not answer.startswith(b"HTTP/1.1 200 "):
                failed.append(answer)


def _is_whole(answer: bytes) -> bool:
    head, found, body = answer.partition(b"\r\n\r\n")
    if not found:
        return False
    for line in head.split(b"\r\n"):
        if line.lower().startswith(b"content-length:"):
            return len(body) >= int(line.split(b":")[1])
    return True


if __name__ == "__main__":
    main()
