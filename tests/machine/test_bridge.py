"""What stands between the server and Django's views, with a view of our own in their place."""

import asyncio
import threading
from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from huying.channels.web.form import FILE_BYTES_MAX, FILES_MAX
from huying.config import bridge
from huying.config.bridge import Bridge, Message, Scope

SCOPE: Scope = {
    "type": "http",
    "method": "POST",
    "path": "/上沙",
    "query_string": b"q=\xe4\xb8\x8a",
    "http_version": "1.1",
    "scheme": "http",
    "server": ("127.0.0.1", 8000),
    "client": ("127.0.0.1", 5),
    "headers": [],
}


def _echo(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    body = environ["wsgi.input"].read()
    start_response("200 OK", [("X-Path", environ["PATH_INFO"])])
    return [environ["REQUEST_METHOD"].encode(), b" ", body]


def _ask(
    inner: Any,
    parts: Iterable[Message],
    headers: Iterable[tuple[bytes, bytes]] = (),
    within_s: float = 25.0,
) -> list[Message]:
    said: list[Message] = []
    waiting = iter(parts)

    async def receive() -> Message:
        part = next(waiting, None)
        return part if part is not None else await asyncio.Future()

    async def send(message: Message) -> None:
        said.append(message)

    async def ask() -> None:
        await Bridge(inner, threads=1, within_s=within_s)(
            {**SCOPE, "headers": list(headers)}, receive, send
        )

    asyncio.run(ask())
    return said


def _part(body: bytes, *, more: bool = False) -> Message:
    return {"type": "http.request", "body": body, "more_body": more}


def test_a_view_gets_the_whole_request_and_its_answer_goes_out() -> None:
    start, body = _ask(_echo, [_part(b"he", more=True), _part(b"lp")])

    assert start["status"] == 200
    assert start["headers"] == [(b"x-path", "/上沙".encode())]
    assert body["body"] == b"POST help"
    assert not body["more_body"]


def test_a_body_that_is_announced_too_large_is_not_kept() -> None:
    told = [(b"content-length", str(bridge.BODY_BYTES_MAX + 1).encode())]

    start, _ = _ask(_echo, [_part(b"he")], told)

    assert start["status"] == 413


def test_who_still_sends_too_much_hears_the_answer_afterwards() -> None:
    told = [(b"content-length", str(bridge.BODY_BYTES_MAX + 1).encode())]
    parts = iter([_part(b"he", more=True), _part(b"lp", more=True), _part(b"!")])

    start, _ = _ask(_echo, parts, told)

    assert start["status"] == 413
    assert not list(parts), "all of it was read first"


def test_the_largest_form_that_its_page_promises_comes_through() -> None:
    form = bytes(FILES_MAX * FILE_BYTES_MAX + 1024)

    start, *_ = _ask(_echo, [_part(form)], [(b"content-length", str(len(form)).encode())])

    assert start["status"] == 200


def test_who_never_ends_too_large_a_body_is_hung_up_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bridge, "PASS_WITHIN_S", 0.01)
    told = [(b"content-length", str(bridge.BODY_BYTES_MAX + 1).encode())]

    start, _ = _ask(_echo, [_part(b"he", more=True)], told)

    assert start["status"] == 413


def test_a_body_that_grows_too_large_is_not_kept() -> None:
    piece = bytes(bridge.BODY_BYTES_MAX // 2 + 1)

    start, _ = _ask(_echo, [_part(piece, more=True), _part(piece, more=True), _part(b"")])

    assert start["status"] == 413


def test_a_sender_who_stops_half_way_holds_no_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bridge, "BODY_WITHIN_S", 0.01)

    start, _ = _ask(_echo, [_part(b"he", more=True)])

    assert start["status"] == 408


def test_who_hangs_up_gets_nothing() -> None:
    assert _ask(_echo, [_part(b"he", more=True), {"type": "http.disconnect"}]) == []


def test_a_long_answer_goes_out_in_pieces_and_is_closed() -> None:
    closed = []

    class Long:
        def __iter__(self) -> Iterator[bytes]:
            return iter([bytes(1024 * 1024)] * 9)

        def close(self) -> None:
            closed.append(True)

    def inner(environ: dict[str, Any], start_response: Any) -> Long:
        start_response("200 OK", [])
        return Long()

    start, *bodies = _ask(inner, [_part(b"")])

    assert start["type"] == "http.response.start"
    assert sum(len(body["body"]) for body in bodies) == 9 * 1024 * 1024
    assert [body["more_body"] for body in bodies] == [True, False]
    assert closed


def test_a_header_cannot_pass_for_the_proxys() -> None:
    def inner(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        start_response("200 OK", [])
        return [f"{environ.get('HTTP_X_REAL')} {environ['HTTP_COOKIE']}".encode()]

    headers = [(b"x_real", b"forged"), (b"x-real", b"true"), (b"cookie", b"a"), (b"cookie", b"b")]
    _, body = _ask(inner, [_part(b"")], headers)

    assert body["body"] == b"true a; b"


def test_a_view_that_hangs_is_not_waited_for() -> None:
    hangs = threading.Event()

    def inner(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        hangs.wait(20)
        start_response("200 OK", [])
        return [b"too late"]

    loop_is_free = threading.Timer(0.5, hangs.set)  # or the loop would wait for its thread
    loop_is_free.start()
    said = _ask(inner, [_part(b"")], within_s=0.05)
    loop_is_free.join()

    assert said[0]["status"] == 503
    assert b"too late" not in b"".join(message.get("body", b"") for message in said)
