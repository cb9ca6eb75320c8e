"""From ASGI to Django's plain views: bodies are read first, then a thread makes the answer.

A slow sender so never holds one of the few threads, and each thread keeps its own database
connection. Ours rather than a package: reading first makes it this short, and twice as fast.
"""

import asyncio
import io
import sys
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from huying.channels.web.form import FILE_BYTES_MAX, FILES_MAX

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

# A form with all the attachments that its page promises, and the words around them.
BODY_BYTES_MAX = FILES_MAX * FILE_BYTES_MAX + 1024 * 1024
BODY_WITHIN_S = 60.0  # a photograph over a bad line; who is slower blocks others
PASS_WITHIN_S = 20.0  # for the rest of one that is too large, before we hang up on it
BODIES_BYTES_MAX = 128 * 1024 * 1024  # all half-read forms together; who comes then comes again
ANSWER_WITHIN_S = 25.0  # until a page begins; the longest of ours takes a second or two
PIECE_BYTES = 4 * 1024 * 1024  # an answer up to this needs no thread while its reader is slow
PIECE_WITHIN_S = 30.0  # who reads slower than this is cut off

WORDS = {
    408: "太慢了，请再试一次。 Too slow, please try again.",
    413: "内容太大，请减少附件。 Too large, please attach less.",
    503: "现在太忙，请稍后再试。 Too busy, please try again in a minute.",
}


class Refused(Exception):
    """A body that we do not take: its HTTP status."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class GoneAway(Exception):
    """The other side hung up."""


class Bridge:
    """An ASGI application that runs the WSGI application `inner` in `threads` threads."""

    def __init__(
        self, inner: "WSGIApplication", *, threads: int, within_s: float = ANSWER_WITHIN_S
    ) -> None:
        self._inner, self._within_s = inner, within_s
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="page")
        self._held = 0  # bytes of bodies that are being read or answered

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = bytearray()
        try:
            await self._read(scope, receive, body)
            await self._answer(scope, bytes(body), send)
        except Refused as refused:
            if refused.status == 413:
                await _let_pass(receive)
            await refuse(send, refused.status)
        except GoneAway:
            return
        finally:
            self._held -= len(body)

    async def _read(self, scope: Scope, receive: Receive, body: bytearray) -> None:
        told = dict(scope["headers"]).get(b"content-length", b"0")
        if told.isdigit() and int(told) > BODY_BYTES_MAX:
            raise Refused(413)
        until = asyncio.get_running_loop().time() + BODY_WITHIN_S
        while True:
            try:
                async with asyncio.timeout_at(until):
                    part = await receive()
            except TimeoutError:
                raise Refused(408) from None
            if part["type"] == "http.disconnect":
                raise GoneAway
            body += part.get("body", b"")
            self._held += len(part.get("body", b""))
            if len(body) > BODY_BYTES_MAX:
                raise Refused(413)
            if self._held > BODIES_BYTES_MAX:
                raise Refused(503)
            if not part.get("more_body"):
                return

    async def _answer(self, scope: Scope, body: bytes, send: Send) -> None:
        answer = _Answer(asyncio.get_running_loop(), send)
        making = asyncio.get_running_loop().run_in_executor(
            self._threads, answer.make, self._inner, environment(scope, body)
        )
        try:
            async with asyncio.timeout(self._within_s):
                await asyncio.shield(making)
        except TimeoutError:
            # A database that hangs answers nobody, not even with an error; people are told so
            # much. Whoever waits for a thread is let go, and what a thread makes later is dropped.
            if answer.leave():
                making.add_done_callback(_forget)
                making.cancel()
                raise Refused(503) from None
            await making  # its reader is slow, that is all
        await answer.finish()


class _Answer:
    """What one view says. Made in a thread, sent from the loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop, send: Send) -> None:
        self._loop = loop
        self._send = send
        self._start: Message | None = None
        self._piece = bytearray()
        self._begun = self._left = False

    def leave(self) -> bool:
        """Send nothing of it, ever, unless some of it was sent already. Gives whether so."""
        self._left = not self._begun
        return self._left

    def make(self, inner: "WSGIApplication", environ: dict[str, Any]) -> None:
        """In a thread: all of the answer, or so much that `finish` can send the rest at once."""
        parts: Iterable[bytes] = inner(environ, self._begin)
        try:
            for part in parts:
                self._piece += part
                if len(self._piece) > PIECE_BYTES:
                    self._flush_from_thread()
        finally:
            # Django's request is over when this is called, not before.
            if close := getattr(parts, "close", None):
                close()

    async def finish(self) -> None:
        """Sends what is left of the answer, and its end."""
        await self._flush(more=False)

    def _flush_from_thread(self) -> None:
        sending = asyncio.run_coroutine_threadsafe(self._flush(more=True), self._loop)
        try:
            sending.result(PIECE_WITHIN_S)
        except TimeoutError:
            sending.cancel()
            raise GoneAway from None

    async def _flush(self, *, more: bool) -> None:
        if self._left:
            raise GoneAway
        self._begun = True
        start, self._start = self._start, None
        piece = bytes(self._piece)
        self._piece.clear()
        if start:
            await self._send(start)
        await self._send({"type": "http.response.body", "body": piece, "more_body": more})

    def _begin(
        self, status: str, headers: list[tuple[str, str]], exc_info: Any = None, /
    ) -> Callable[[bytes], object]:
        told = [(k.lower().encode("latin-1"), v.encode("latin-1")) for k, v in headers]
        code = int(status.split(" ", 1)[0])
        self._start = {"type": "http.response.start", "status": code, "headers": told}
        return self._piece.extend


def environment(scope: Scope, body: bytes) -> dict[str, Any]:
    """The request as WSGI wants it (PEP 3333): all text is bytes in the guise of latin-1."""
    host, port = scope.get("server") or ("localhost", 80)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": scope["path"].encode("utf-8", "surrogateescape").decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": host,
        "SERVER_PORT": str(port),
        "REMOTE_ADDR": (scope.get("client") or ("", 0))[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in scope["headers"]:
        # With an underscore it would pass for one with a hyphen that a proxy has set.
        if b"_" in name:
            continue
        key = "HTTP_" + name.decode("latin-1").upper().replace("-", "_")
        key = {"HTTP_CONTENT_TYPE": "CONTENT_TYPE"}.get(key, key)
        joint = "; " if key == "HTTP_COOKIE" else ","
        text = value.decode("latin-1")
        environ[key] = f"{environ[key]}{joint}{text}" if key in environ else text
    # What was read counts, not what was announced.
    environ.pop("HTTP_CONTENT_LENGTH", None)
    environ["CONTENT_LENGTH"] = str(len(body))
    return environ


def _forget(making: "asyncio.Future[None]") -> None:
    """Look at what came of it, so that nobody is told that nobody looked."""
    if not making.cancelled():
        making.exception()


async def _let_pass(receive: Receive) -> None:
    """Reads the rest of a body and keeps nothing: a browser that still sends hears no answer."""
    with suppress(TimeoutError):
        async with asyncio.timeout(PASS_WITHIN_S):
            while (await receive()).get("more_body"):
                pass


async def refuse(send: Send, status: int) -> None:
    """Answers `status` with a sentence, and hangs up."""
    text = WORDS[status].encode()
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(text)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text})
