"""A sender of callbacks that needs no socket: it calls the ear as a web server would."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from huying.channels import ear
from huying.channels.wechat.crypto import signature

QUERY = {"timestamp": "1650000000", "nonce": "7"}


@dataclass
class Heard:
    """What came back."""

    status: int
    body: bytes
    headers: dict[str, str]


def signed(token: str) -> dict[str, str]:
    """The query of a plain callback of an account with this token."""
    return {**QUERY, "signature": signature(token, *QUERY.values())}


async def call(
    path: str,
    query: dict[str, str],
    *chunks: bytes,
    method: str = "POST",
    headers: Sequence[tuple[bytes, bytes]] = (),
    stall: asyncio.Event | None = None,
) -> Heard:
    """One request to the ear. Without chunks the sender hangs up instead of sending a body.

    With `stall` it sends nothing before that is set.
    """
    parts: list[dict[str, Any]] = [
        {"type": "http.request", "body": chunk, "more_body": number < len(chunks)}
        for number, chunk in enumerate(chunks, 1)
    ]
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        if stall:
            await stall.wait()
        return parts.pop(0) if parts else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": urlencode(query).encode(),
        "headers": list(headers),
    }
    await ear.app(scope, receive, send)
    if not sent:
        return Heard(0, b"", {})
    named = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return Heard(sent[0]["status"], sent[1]["body"], named)
