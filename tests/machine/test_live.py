"""The feed as a browser meets it, with real notifications; only the socket between is missing."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import psycopg
import pytest
from django.contrib.auth.models import User
from django.db import connections
from django.test import Client

from huying.cases.models import Case, Entry
from huying.config import listening, live
from huying.config.bridge import Message, Scope
from huying.dispatch.models import Task
from huying.dispatch.rules import TaskState
from huying.units.models import Officer, Unit
from huying.units.rights import Role

pytestmark = pytest.mark.django_db(transaction=True)

AT = datetime(2022, 1, 20, 14, 40, tzinfo=UTC)


class Browser:
    """What a browser would show of one answer of the feed."""

    def __init__(self) -> None:
        self.status: int | None = None
        self.text = ""
        self.ended = False
        self.hung_up = asyncio.Event()

    async def receive(self) -> Message:
        await self.hung_up.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        self.status = message.get("status", self.status)
        self.text += message.get("body", b"").decode()
        self.ended = message["type"] == "http.response.body" and not message.get("more_body")

    def events(self) -> list[tuple[str, int, dict[str, str]]]:
        blocks = [block.split("\n") for block in self.text.split("\n\n") if "data:" in block]
        told = [dict(line.split(": ", 1) for line in block) for block in blocks]
        return [(one["event"], int(one["id"]), json.loads(one["data"])) for one in told]

    async def sees(self, happens: Callable[[], object]) -> None:
        async with asyncio.timeout(5):
            while not happens():
                await asyncio.sleep(0.01)


@pytest.fixture
def officer(client: Client) -> Client:
    user = User.objects.create(username="an-officer")
    desk = Unit.objects.create(code="desk", name="值班室", short="值班", kind="desk")
    Officer.objects.create(user=user, unit=desk, role=Role.DESK.value, name="林一")
    client.force_login(user)
    return client


@pytest.fixture(autouse=True)
def _no_line_stays_open() -> Iterator[None]:
    yield
    # The feed's threads keep their connections, and a database in use cannot be emptied.
    for _ in range(2):
        live._threads.submit(connections.close_all).result()


def _entries(count: int, *, reference: str = "A1") -> list[Entry]:
    desk = Unit.objects.get_or_create(
        code="desk", defaults={"name": "值班室", "short": "值班", "kind": "desk"}
    )[0]
    case = Case.objects.create(
        reference=reference, opened_at=AT, state="new", desk=desk, channel="web", account="site"
    )
    return Entry.objects.bulk_create(
        Entry(
            case=case,
            number=number,
            kind=f"test.kind{number}",
            data={},
            recorded_by="person",
            happened_at=AT,
        )
        for number in range(1, count + 1)
    )


def _scope(client: Client, path: str = "/live/board", **more: object) -> Scope:
    cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
    headers = [(b"cookie", cookies.encode())] if cookies else []
    if (known := more.get("last_event_id")) is not None:
        headers.append((b"last-event-id", str(known).encode()))
    query = str(more.get("query", "")).encode()
    return {
        "type": "http", "method": "GET", "path": path, "query_string": query, "headers": headers,
    }  # fmt: skip


@asynccontextmanager
async def _looking(scope: Scope) -> AsyncIterator[Browser]:
    browser = Browser()
    answer = asyncio.create_task(live.app(scope, browser.receive, browser.send))
    await browser.sees(lambda: browser.text or browser.ended)
    yield browser
    browser.hung_up.set()
    await asyncio.wait_for(answer, 5)


async def _notify(payload: object) -> None:
    address = await asyncio.to_thread(listening.address)
    async with await psycopg.AsyncConnection.connect(address, autocommit=True) as line:
        await line.execute("select pg_notify(%s, %s)", [listening.FEED, json.dumps(payload)])


def _run(story: Callable[[], Awaitable[None]]) -> None:
    async def run() -> None:
        await story()

    asyncio.run(run())


def test_who_is_not_an_officer_gets_nothing(client: Client) -> None:
    client.force_login(User.objects.create(username="not-an-officer"))

    async def story() -> None:
        for scope in (_scope(client), _scope(Client())):
            async with _looking(scope) as browser:
                assert browser.status == 403

    _run(story)


def test_who_sees_no_case_hears_of_none(officer: Client) -> None:
    Officer.objects.update(role=Role.ADMINISTRATOR.value)

    async def story() -> None:
        async with _looking(_scope(officer)) as browser:
            assert browser.status == 403

    _run(story)


def test_what_happens_is_told_by_name(officer: Client) -> None:
    async def story() -> None:
        async with _looking(_scope(officer)) as browser:
            await _notify([[7, "A1", "cases.opened"], [8, "A2", "cases.opened"]])
            await browser.sees(lambda: len(browser.events()) == 3)
            assert browser.events() == [
                ("hello", 0, {}),
                ("case", 7, {"reference": "A1", "kind": "cases.opened"}),
                ("case", 8, {"reference": "A2", "kind": "cases.opened"}),
            ]

    _run(story)


def test_one_who_looks_at_a_case_hears_of_that_case_only(officer: Client) -> None:
    async def story() -> None:
        async with _looking(_scope(officer, "/live/case/A2")) as browser:
            await _notify([7, "A1", "cases.opened"])
            await _notify([8, "A2", "cases.opened"])
            await browser.sees(lambda: len(browser.events()) == 2)
            assert browser.events()[-1][2]["reference"] == "A2"

    _run(story)


@pytest.fixture
def company(officer: Client) -> Client:
    """An officer of an outside unit, who is asked to help with A1 and with nothing else."""
    unit = Unit.objects.create(
        code="boats", name="船队", short="船队", kind="company", outside=True
    )
    Officer.objects.update(role=Role.UNIT_OFFICER.value, unit=unit)
    for reference in ("A1", "A2"):
        _entries(1, reference=reference)
    case = Case.objects.get(reference="A1")
    Task.objects.create(case=case, unit=unit, lead=True, offered_at=AT, offered_by="demo")
    return officer


def test_an_outside_unit_hears_of_its_own_tasks_only(company: Client) -> None:
    async def story() -> None:
        async with _looking(_scope(company)) as browser:
            await _notify([[10_007, "A2", "cases.opened"], [10_008, "A1", "cases.opened"]])
            await browser.sees(lambda: len(browser.events()) == 2)
            assert "A2" not in browser.text
            assert browser.events()[-1][2]["reference"] == "A1"
        async with _looking(_scope(company, "/live/case/A2")) as other:
            assert other.status == 403

    _run(story)


def test_an_outside_unit_that_lost_a_case_reads_its_page_again_and_hears_no_name(
    company: Client,
) -> None:
    Task.objects.update(state=TaskState.RETURNED.value)

    async def story() -> None:
        async with _looking(_scope(company)) as browser:
            await _notify([10_008, "A1", "dispatch.returned"])
            await browser.sees(lambda: len(browser.events()) == 2)
            assert browser.events()[-1] == ("stale", 10_008, {})

    _run(story)


def test_one_who_was_away_gets_what_it_missed(
    officer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "OVERLAP_IDS", 0)
    first, *later = _entries(4)

    async def story() -> None:
        for scope in (
            _scope(officer, last_event_id=first.pk),
            _scope(officer, query=f"after={first.pk}"),
        ):
            async with _looking(scope) as browser:
                assert [entry for _, entry, _ in browser.events()] == [one.pk for one in later]

    _run(story)


def test_an_entry_that_was_committed_late_is_told_too(officer: Client) -> None:
    late, last = _entries(2)

    async def story() -> None:
        async with _looking(_scope(officer, last_event_id=last.pk)) as browser:
            assert late.pk in [entry for _, entry, _ in browser.events()]

    _run(story)


def test_one_who_missed_very_much_shall_read_the_page_again(
    officer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "REPLAY_MAX", 3)
    entries = _entries(5)

    async def story() -> None:
        async with _looking(_scope(officer, last_event_id=0)) as browser:
            assert browser.events() == [("stale", entries[-1].pk, {})]

    _run(story)


def test_a_slow_browser_costs_no_more_than_a_page() -> None:
    browser = live.Browser(only=None)

    for number in range(10_000):
        browser.hear(live.Happened(number, f"A{number}", "cases.opened"))

    assert len(browser.waiting) <= live.WAITING_MAX
    assert browser.take()[0][0].startswith("event: stale\n")


def test_browsers_come_again_after_the_database_was_away(officer: Client) -> None:
    async def story() -> None:
        async with _looking(_scope(officer)) as browser:
            address = await asyncio.to_thread(listening.address)
            async with await psycopg.AsyncConnection.connect(address, autocommit=True) as line:
                await line.execute(
                    "select pg_terminate_backend(pid) from pg_stat_activity"
                    f" where query = 'listen {listening.FEED}'"
                )
            await browser.sees(lambda: browser.ended)
        async with _looking(_scope(officer)) as again:
            await _notify([9, "A1", "cases.opened"])
            await again.sees(lambda: len(again.events()) == 2)

    _run(story)


def test_nonsense_on_the_line_ends_nothing(officer: Client) -> None:
    async def story() -> None:
        async with _looking(_scope(officer)) as browser:
            junk: tuple[object, ...] = ("x", {}, [], [1], [["a", "b", "c"]], [[1, 2]])
            for nonsense in junk:
                await _notify(nonsense)
            await _notify([9, "A1", "cases.opened"])
            await browser.sees(lambda: len(browser.events()) == 2)

    _run(story)


def test_a_process_that_stops_lets_its_browsers_go(
    officer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "_closed", False)

    async def story() -> None:
        async with _looking(_scope(officer)) as browser:
            live.close()
            await browser.sees(lambda: browser.ended)
        async with _looking(_scope(officer)) as late:
            assert late.status == 503

    _run(story)


@pytest.mark.parametrize("path", ["/live/", "/live/case/", "/live/case/A1/x", "/live/other"])
def test_there_is_no_other_feed(officer: Client, path: str) -> None:
    async def story() -> None:
        async with _looking(_scope(officer, path)) as browser:
            assert browser.status == 404

    _run(story)
