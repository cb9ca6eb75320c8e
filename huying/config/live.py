"""The feed: `/live/board` and `/live/case/<reference>`, server-sent events for officers.

Only names go over it, and only of cases that the officer may see: which case, which kind of fact.
The page asks for the rest, so that what a reader may see is decided in one place. One database
connection per process listens for all browsers. A browser that was away says what it saw last, and
gets what it missed.
"""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from typing import Any
from urllib.parse import parse_qs
from weakref import WeakKeyDictionary

import psycopg
from django.conf import settings
from django.contrib.auth import get_user
from django.db import DatabaseError, close_old_connections, connection
from django.http import HttpRequest

from huying.config import listening
from huying.config.bridge import Receive, Scope, Send
from huying.console.sight import sees_all, visible
from huying.dispatch.models import Task
from huying.units.models import Officer
from huying.units.rights import Right, may

BROWSERS_MAX = 1000  # in one process; beyond that more processes are needed, not more memory
WAITING_MAX = 256  # cases that one browser has not been told of yet; then it shall look itself
GATHER_WITHIN_S = 0.1  # what happens within this goes as one
HEARTBEAT_EVERY_S = 15.0  # proxies cut a line that is silent for 30 or 60 s
STAY_WITHIN_S = 600.0  # then it comes again, and we see whether its officer is still logged in
READ_WITHIN_S = 30.0  # a browser that takes nothing for so long is cut off
OVERLAP_IDS = 200  # ids are given before the commit: a smaller one may appear after a greater
REPLAY_MAX = 2000  # who missed more looks at the whole page again
RECONNECT_EVERY_S = 1.0
DATABASE_WITHIN_S = 10.0  # how long a browser waits for a database that is away

REPLAY = """
    select entry.id, found.reference, entry.kind
    from cases_entry entry join cases_case found on found.id = entry.case_id
    where entry.id > %(after)s and (%(only)s::text is null or found.reference = %(only)s)
    order by entry.id desc limit %(limit)s
"""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Happened:
    """One line of a timeline, by name."""

    entry: int
    reference: str
    kind: str


@dataclass(eq=False)
class Browser:
    """One that looks, and what it has not been told yet."""

    only: str | None  # a case, or None for all of them
    officer: Officer | None = None  # who looks, where they don't see every case
    waiting: dict[tuple[str, str], Happened] = field(default_factory=dict)
    newest: int | None = None  # to be told once, so that it knows what to come back with
    stale: int = 0  # too much happened: the newest id, and the page shall be read again
    cut: bool = False
    stirred: asyncio.Event = field(default_factory=asyncio.Event)

    def hear(self, happened: Happened) -> None:
        """Notes it. The same kind of fact of the same case is told once, the latest."""
        if self.only not in (None, happened.reference):
            return
        if self.stale:
            self.stale = max(self.stale, happened.entry)
        else:
            key = (happened.reference, happened.kind)
            newest = max(happened.entry, self.waiting.pop(key, happened).entry)
            self.waiting[key] = Happened(newest, *key)
            if len(self.waiting) > WAITING_MAX:
                self.miss(max(line.entry for line in self.waiting.values()))
        self.stirred.set()

    def miss(self, newest: int) -> None:
        """Notes that more happened than is worth telling one by one."""
        self.stale = max(self.stale, newest)
        self.waiting.clear()
        self.stirred.set()

    def leave(self) -> None:
        """Ends it. It comes again by itself, and says what it saw last."""
        self.cut = True
        self.stirred.set()

    def take(self) -> tuple[list[str], list[Happened]]:
        """What to send now: events about the feed itself, then what happened, oldest first."""
        self.stirred.clear()
        lines = sorted(self.waiting.values(), key=lambda line: line.entry)
        events = [] if self.newest is None else [event("hello", self.newest, {})]
        # Read the page again: it is newer than any line that we could tell.
        events += [event("stale", self.stale, {})] if self.stale else []
        self.newest, self.stale = None, 0
        self.waiting.clear()
        return events, lines


class Feed:
    """All browsers of one event loop, and the one connection that listens for them."""

    def __init__(self) -> None:
        self.browsers: set[Browser] = set()
        self.listening = asyncio.Event()
        self._listener: asyncio.Task[None] | None = None

    def join(self, browser: Browser) -> None:
        """Lets `browser` hear what happens from now on. The first one starts the listener."""
        self.browsers.add(browser)
        if self._listener is None or self._listener.done():
            self._listener = asyncio.create_task(self._listen())

    def leave(self, browser: Browser) -> None:
        """The last one to leave ends the listener."""
        self.browsers.discard(browser)
        if not self.browsers and self._listener:
            self._listener.cancel()
            self._listener = None
            self.listening.clear()

    async def _listen(self) -> None:
        while True:
            try:
                await self._listen_once()
            except psycopg.OperationalError:
                log.warning("the feed lost the database, and tries again")
            # Nobody knows what was said meanwhile. They come again and ask.
            self.listening.clear()
            for browser in self.browsers:
                browser.leave()
            await asyncio.sleep(RECONNECT_EVERY_S)

    async def _listen_once(self) -> None:
        address = await asyncio.to_thread(listening.address)
        async with await psycopg.AsyncConnection.connect(address, autocommit=True) as line:
            await line.execute(f"listen {listening.FEED}")
            self.listening.set()
            async for told in line.notifies():
                for happened in read(told.payload):
                    for browser in self.browsers:
                        browser.hear(happened)


# A connection belongs to an event loop. A process has one; a test has one each.
_feeds: WeakKeyDictionary[asyncio.AbstractEventLoop, Feed] = WeakKeyDictionary()
_threads = ThreadPoolExecutor(2, thread_name_prefix="feed")  # each holds a database connection
_closed = False


def close() -> None:
    """Ends every browser's answer, and takes no more: this process is about to stop."""
    global _closed
    _closed = True
    for feed in _feeds.values():
        for browser in feed.browsers:
            browser.leave()


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """ASGI. `?after=<entry id>` says what the page knew when it was made."""
    parts = scope["path"].strip("/").split("/")
    feed = _feeds.setdefault(asyncio.get_running_loop(), Feed())
    is_case = len(parts) == 3 and parts[1] == "case"
    if scope["method"] != "GET" or not (is_case or parts == ["live", "board"]):
        await _refuse(send, 404)
    elif _closed or len(feed.browsers) >= BROWSERS_MAX:
        await _refuse(send, 503)
    elif (officer := await _in_thread(officer_of, scope)) is None:
        await _refuse(send, 403)
    else:
        narrow = None if sees_all(officer) else officer
        browser = Browser(parts[2] if is_case else None, narrow)
        if narrow and is_case and not (await _in_thread(in_sight, narrow, [parts[2]])).seen:
            await _refuse(send, 403)
            return
        feed.join(browser)
        try:
            await _tell(feed, browser, scope, receive, send)
        finally:
            feed.leave(browser)


async def _tell(feed: Feed, browser: Browser, scope: Scope, receive: Receive, send: Send) -> None:
    try:
        async with asyncio.timeout(DATABASE_WITHIN_S):
            await feed.listening.wait()
            # First we listen, then we look back: what falls between is told twice, not never.
            await _look_back(browser, seen(scope))
    except (TimeoutError, DatabaseError):
        await _refuse(send, 503)
        return
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    gone = asyncio.create_task(_hang_up(receive, browser))
    until = asyncio.get_running_loop().time() + STAY_WITHIN_S
    try:
        async for words in _words(browser, until):
            async with asyncio.timeout(READ_WITHIN_S):
                await send({"type": "http.response.body", "body": words, "more_body": True})
        if not gone.done():
            await send({"type": "http.response.body", "body": b""})
    except TimeoutError:
        log.info("a browser did not read, and was cut off")
    except DatabaseError:
        log.warning("the feed lost the database; a browser will come again")
    finally:
        gone.cancel()


async def _look_back(browser: Browser, after: int | None) -> None:
    if after is None:
        browser.newest = await _in_thread(newest)
        return
    lines = await _in_thread(missed, browser.only, after)
    for happened in lines:
        browser.hear(happened)
    if len(lines) == REPLAY_MAX:
        browser.miss(lines[-1].entry)


HEADERS = [
    (b"content-type", b"text/event-stream"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),  # nginx would gather it otherwise
]


async def _words(browser: Browser, until: float) -> AsyncIterator[bytes]:
    clock = asyncio.get_running_loop().time
    yield ("retry: 1000\n\n" + await _told(browser)).encode()
    while not browser.cut and clock() < until:
        try:
            async with asyncio.timeout(HEARTBEAT_EVERY_S):
                await browser.stirred.wait()
        except TimeoutError:
            yield b": here\n\n"
        else:
            await asyncio.sleep(GATHER_WITHIN_S)
            yield (await _told(browser)).encode()


async def _told(browser: Browser) -> str:
    events, lines = browser.take()
    if browser.officer is not None and lines:
        found = await _in_thread(in_sight, browser.officer, {line.reference for line in lines})
        gone = [line for line in lines if line.reference in found.gone]
        lines = [line for line in lines if line.reference in found.seen]
        # The page still shows a case that left their sight: it shall be read again, no more.
        events += [event("stale", line.entry, {}) for line in gone[-1:]]
    told = [
        event("case", one.entry, {"reference": one.reference, "kind": one.kind}) for one in lines
    ]
    return "".join(events + told)


async def _hang_up(receive: Receive, browser: Browser) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    browser.leave()


def event(name: str, entry: int, data: dict[str, str]) -> str:
    """One server-sent event."""
    return f"event: {name}\nid: {entry}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


def read(payload: str) -> Iterable[Happened]:
    """What a notification tells: `[id, reference, kind]`, or a list of such. Else nothing."""
    try:
        told = json.loads(payload)
        lines = told if told and isinstance(told[0], list) else [told]
        return [Happened(int(entry), str(case), str(kind)) for entry, case, kind in lines]
    except (ValueError, TypeError, LookupError):
        log.error("a notification of %d characters cannot be read", len(payload))
        return []


def seen(scope: Scope) -> int | None:
    """The last entry that the browser knows of, if it knows any."""
    headers = dict(scope["headers"])
    asked = parse_qs(scope["query_string"].decode("latin-1")).get("after", [""])[0]
    told = headers.get(b"last-event-id", b"").decode("latin-1") or asked
    return int(told) if told.isdecimal() and len(told) < 19 else None


def newest() -> int:
    """The latest entry of all."""
    with connection.cursor() as cursor:
        cursor.execute("select coalesce(max(id), 0) from cases_entry")
        return int(cursor.fetchone()[0])


def missed(only: str | None, after: int) -> list[Happened]:
    """What was written after entry `after` and a little before it, oldest first."""
    with connection.cursor() as cursor:
        span = {"after": after - OVERLAP_IDS, "only": only, "limit": REPLAY_MAX}
        cursor.execute(REPLAY, span)
        return [Happened(*row) for row in reversed(cursor.fetchall())]


@dataclass(frozen=True)
class InSight:
    """Of some cases, by reference: which an officer may see, and which they once might."""

    seen: frozenset[str]
    gone: frozenset[str]


def in_sight(officer: Officer, references: Iterable[str]) -> InSight:
    """Which of these cases the officer may see now, or was once asked to help with."""
    some = list(references)
    seen = frozenset(
        visible(officer).filter(reference__in=some).values_list("reference", flat=True)
    )
    asked = Task.objects.filter(unit=officer.unit_id, case__reference__in=some)
    once = frozenset(asked.values_list("case__reference", flat=True))
    return InSight(seen, once - seen)


def officer_of(scope: Scope) -> Officer | None:
    """The officer whose session the request shows, if they may log in and see cases."""
    request = HttpRequest()
    cookies: SimpleCookie = SimpleCookie()
    try:
        cookies.load(dict(scope["headers"]).get(b"cookie", b"").decode("latin-1"))
    except CookieError:
        return None
    named = cookies.get(settings.SESSION_COOKIE_NAME)
    if named is None:
        return None
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(named.value)
    user = get_user(request)
    officer = Officer.objects.select_related("unit").filter(user=user.pk).first()
    is_let_in = user.is_active and officer is not None and may(officer.role, Right.SEE_CASE)
    return officer if is_let_in else None


async def _in_thread(question: Any, *about: Any) -> Any:
    def ask() -> Any:
        close_old_connections()
        try:
            return question(*about)
        finally:
            close_old_connections()

    return await asyncio.get_running_loop().run_in_executor(_threads, ask)


async def _refuse(send: Send, status: int) -> None:
    headers = [(b"content-length", b"0"), (b"retry-after", b"5")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
