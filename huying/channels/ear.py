"""The ear: `/in/<channel>/<account>`. Checks who speaks, keeps the bytes, and only then says so.

A plain ASGI function beside Django, for it is the hot path and the first promise: one statement
and one commit for all that arrives while the one before is written.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote_plus

from django.conf import settings

from huying.channels import journal
from huying.channels.accounts import Account, AccountsUnusable
from huying.channels.batcher import Batcher, Overrun
from huying.channels.journal import Journal, Record
from huying.channels.keyed import receipt
from huying.channels.message import Answer, Delivery, Forged, Unreadable
from huying.channels.patience import Patience
from huying.channels.registry import CHANNELS, Channel, accounts
from huying.channels.storage import NotKept, Storage

BODY_BYTES_MAX = 1024 * 1024  # WeChat sends some hundred bytes; anything near this is not a message
BODY_WITHIN_S = 5.0  # from who sends slower, WeChat itself would have hung up
QUERY_BYTES_MAX = 4096

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

# What this process heard, for its metrics: kept, journaled, forged, unreadable, unknown, …
COUNTS: Counter[str] = Counter()

log = logging.getLogger(__name__)


class Refused(Exception):
    """What we do not take, as an HTTP status and the name it is counted under."""

    def __init__(self, status: int, name: str) -> None:
        super().__init__(name)
        self.status, self.name = status, name


class GoneAway(Exception):
    """The sender hung up before all of the body was here."""


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """ASGI. Answers GET with what the channel's platform wants to see, and keeps what is POSTed."""
    assert scope["type"] == "http"
    try:
        answer = await _hear(scope, receive)
    except GoneAway:
        return
    except Refused as refusal:
        COUNTS[refusal.name] += 1
        await _respond(send, refusal.status, Answer(body=refusal.name.encode()))
    else:
        await _respond(send, 200, answer)


async def _hear(scope: Scope, receive: Receive) -> Answer:
    channel, account = _account(scope["path"])
    if len(scope["query_string"]) > QUERY_BYTES_MAX:
        raise Refused(414, "too_large")
    query = _query(scope["query_string"])
    try:
        if scope["method"] == "GET" and channel.greet:
            return channel.greet(account, query)
        if scope["method"] != "POST" or not channel.receive:
            raise Refused(405, "method")
        body = await _body(scope, receive)
        delivery = channel.receive(account, query, body)
    except Forged:
        raise Refused(403, "forged") from None
    except Unreadable:
        raise Refused(400, "unreadable") from None
    return await _keep(account, delivery, body)


def _query(raw: bytes) -> dict[str, str]:
    # What urllib does, without what we don't need: it took a fifth of the ear's time.
    text = raw.decode("latin-1")
    if "%" not in text and "+" not in text:
        return {name: value for name, _, value in (p.partition("=") for p in text.split("&"))}
    pairs = (part.partition("=") for part in text.split("&"))
    return {unquote_plus(name): unquote_plus(value) for name, _, value in pairs}


def _account(path: str) -> tuple[Channel, Account]:
    parts = path.strip("/").split("/")
    if len(parts) != 3 or parts[1] not in CHANNELS:
        raise Refused(404, "unknown")
    try:
        account = accounts().find(parts[1], parts[2])
    except AccountsUnusable as failure:
        # The sender is right and we are not: they shall try again, and an operator shall look.
        log.error("deaf: %s", failure)
        raise Refused(503, "unusable") from None
    if account is None:
        raise Refused(404, "unknown")
    return CHANNELS[parts[1]], account


async def _body(scope: Scope, receive: Receive) -> bytes:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit() and int(value) > BODY_BYTES_MAX:
            raise Refused(413, "too_large")
    chunks: list[bytes] = []
    size = 0
    try:
        with _ours().patience:
            while True:
                part = await receive()
                if part["type"] == "http.disconnect":
                    raise GoneAway
                chunks.append(part.get("body", b""))
                size += len(chunks[-1])
                if size > BODY_BYTES_MAX:
                    raise Refused(413, "too_large")
                if not part.get("more_body"):
                    return b"".join(chunks)
    except TimeoutError:
        raise Refused(408, "too_slow") from None


async def _keep(account: Account, delivery: Delivery, body: bytes) -> Answer:
    at = datetime.now(UTC)
    record = Record(
        channel=account.channel,
        account=account.name,
        external_id=delivery.external_id,
        receipt=_receipt_of(account.channel, account.name, delivery.external_id),
        body=body,
        meta=dict(delivery.meta),
        received_at=at,
    )
    try:
        code = await _ours().batcher.put(record, len(body))
    except (NotKept, Overrun):
        # Nothing is acknowledged that was not kept. WeChat tries three times.
        raise Refused(503, "not_kept") from None
    COUNTS["kept"] += 1
    return delivery.answer(code, at)


def _receipt_of(channel: str, account: str, external_id: str, turn: int = 0) -> str:
    return receipt(settings.RECEIPT_KEY, channel, account, external_id, turn=turn)


def _turned(record: Record, turn: int) -> str:
    return _receipt_of(record.channel, record.account, record.external_id, turn)


@dataclass
class _Ours:
    """What belongs to one event loop. A process has one; a test has one each."""

    loop: asyncio.AbstractEventLoop
    patience: Patience
    storage: Storage
    batcher: Batcher[Record, str]


_latest: _Ours | None = None


def _ours() -> _Ours:
    global _latest
    loop = asyncio.get_running_loop()
    if _latest is None or _latest.loop is not loop:
        files = Journal(settings.HUYING_HOME / journal.FOLDER)
        storage = Storage(files, receipt=_turned, count=_count)
        _latest = _Ours(loop, Patience(BODY_WITHIN_S), storage, Batcher(storage.keep))
    return _latest


async def close() -> None:
    """Let go of this event loop's connection and journal. What is kept is kept already."""
    global _latest
    if _latest and _latest.loop is asyncio.get_running_loop():
        storage, _latest = _latest.storage, None
        await storage.close()


def _count(name: str, number: int) -> None:
    COUNTS[name] += number


async def _respond(send: Send, status: int, answer: Answer) -> None:
    headers = [
        (b"content-type", answer.media_type.encode("ascii")),
        (b"content-length", str(len(answer.body)).encode("ascii")),
        (b"x-content-type-options", b"nosniff"),
    ]
    if status == 503:
        headers.append((b"retry-after", b"5"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})
