"""While the database is away the ear journals and acknowledges; never acknowledges and loses."""

import asyncio
import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from huying.channels import actions, ear, journal, storage
from huying.channels.models import Inbound
from huying.channels.tests.accounts import HEALTH, fixture
from huying.channels.tests.asgi import Heard, call, signed
from huying.channels.tests.test_ear import PATH, SIGNED, post, run

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("home")]

THERE = storage.conninfo
AWAY = "host=127.0.0.1 port=9 dbname=nothing connect_timeout=1"
BODIES = [fixture("text.xml").replace(b">2300", b">%d" % number) for number in range(100, 110)]


def cut_all() -> None:
    """End every connection of an ear to this database."""
    with psycopg.connect(THERE(), autocommit=True) as way:
        way.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'huying-ear' AND datname = current_database()"
            " AND pid <> pg_backend_pid()"
        )


@pytest.fixture(autouse=True)
def _brisk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "RETRY_AFTER_S", 0.02)
    monkeypatch.setattr(storage, "DATABASE_WITHIN_S", 0.3)


def test_a_process_that_starts_without_database_hears_all_the_same(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage, "conninfo", lambda: AWAY)

    heard = post(fixture("text.xml"))

    assert heard.status == 200
    assert not Inbound.objects.exists()
    assert ear.COUNTS["journaled"] == 1
    assert actions.drain() == 1
    kept = Inbound.objects.get()
    assert bytes(kept.body) == fixture("text.xml")
    assert kept.receipt in heard.body.decode()
    assert actions.drain() == 0
    assert not list((home / journal.FOLDER).iterdir())


def test_a_database_that_goes_and_comes_back_has_each_message_once(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story() -> list[Heard]:
        heard = [await call(PATH, SIGNED, BODIES[0])]
        # It goes: the connection is cut, and nobody answers the door.
        monkeypatch.setattr(storage, "conninfo", lambda: AWAY)
        await asyncio.to_thread(cut_all)
        heard += [await call(PATH, SIGNED, body) for body in BODIES[:5]]
        # It comes back. WeChat repeats what it was told already.
        monkeypatch.setattr(storage, "conninfo", THERE)
        await asyncio.sleep(0.3)
        heard += [await call(PATH, SIGNED, body) for body in BODIES[3:]]
        return heard

    answers = run(story())
    assert [heard.status for heard in answers] == [200] * 13
    assert ear.COUNTS["journaled"] == 5
    assert Inbound.objects.count() == 8

    actions.drain()

    assert sorted(bytes(row.body) for row in Inbound.objects.all()) == sorted(BODIES)
    assert not list((home / journal.FOLDER).iterdir())


def test_a_database_that_hangs_is_not_waited_for() -> None:
    async def story() -> tuple[Heard, float]:
        await call(PATH, SIGNED, BODIES[0])
        with psycopg.connect(THERE()) as way:
            # Somebody holds the table, as a careless migration would.
            way.execute("LOCK TABLE channels_inbound IN ACCESS EXCLUSIVE MODE")
            began = asyncio.get_running_loop().time()
            heard = await call(PATH, SIGNED, BODIES[1])
            took = asyncio.get_running_loop().time() - began
        await asyncio.sleep(0.3)
        assert (await call(PATH, SIGNED, BODIES[2])).status == 200
        return heard, took

    heard, took = run(story())

    assert heard.status == 200
    assert took < 2
    actions.drain()
    assert {bytes(row.body) for row in Inbound.objects.all()} == set(BODIES[:3])


def test_with_database_and_disk_gone_nothing_is_acknowledged(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(storage, "conninfo", lambda: AWAY)
    with monkeypatch.context() as patched:
        patched.setattr(os, "write", full)
        heard = post(fixture("text.xml"))

    assert heard.status == 503
    assert heard.headers["retry-after"]
    assert ear.COUNTS == {"not_kept": 1}
    assert actions.drain() == 0
    # There is room again, and WeChat's second try is heard.
    assert post(fixture("text.xml")).status == 200
    assert actions.drain() == 1


def test_a_row_that_the_database_refuses_harms_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    # Nothing of ours makes such a row. If anything ever does, it alone must suffer.
    async def story() -> list[Heard]:
        first = asyncio.create_task(call(PATH, SIGNED, BODIES[0]))
        await asyncio.sleep(0)
        rest = await asyncio.gather(*(call(PATH, SIGNED, body) for body in BODIES[1:]))
        return [await first, *rest]

    def spoil(_: str, *parts: str, turn: int) -> str:
        return "\0" if BODIES[4].find(parts[2].encode()) > 0 else f"{parts[2][:12]}"

    monkeypatch.setattr(ear, "receipt", spoil)
    answers = run(story())

    assert [heard.status for heard in answers] == [200] * 4 + [503] + [200] * 5
    assert Inbound.objects.count() == 9


def test_a_sender_that_hangs_up_while_we_write_takes_nobody_along() -> None:
    async def story() -> list[int]:
        await call(PATH, SIGNED, BODIES[0])
        calls = [asyncio.create_task(call(PATH, SIGNED, body)) for body in BODIES[1:]]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        for gone in calls[::2]:
            gone.cancel()
        ended = await asyncio.gather(*calls, return_exceptions=True)
        stayed = [each.status for each in ended if isinstance(each, Heard)]
        return [*stayed, (await call(PATH, signed(HEALTH.token), BODIES[0])).status]

    assert set(run(story())) == {200}


def test_what_the_drain_cannot_keep_is_set_aside_and_the_rest_goes_on(home: Path) -> None:
    files = journal.Journal(home / journal.FOLDER)
    good = journal.Record(
        channel="wechat",
        account="health",
        external_id="1",
        receipt="A" * 12,
        body=fixture("text.xml"),
        meta={},
        received_at=datetime(2022, 4, 15, tzinfo=UTC),
    )
    files.append([good, replace(good, external_id="2\0", receipt="B" * 12)])
    files.append([replace(good, external_id="3", receipt="C" * 12)])
    files.close()

    actions.drain()

    assert set(Inbound.objects.values_list("external_id", flat=True)) == {"1", "3"}
    assert len(journal.waiting(home / journal.FOLDER / "refused")) == 1
    assert actions.drain() == 0
