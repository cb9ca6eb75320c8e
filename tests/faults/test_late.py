"""A promise that ran out while nobody was there is told as soon as somebody is, and once."""

import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

from huying.config import postgres
from tests.faults.installation import Installation, Part

AGO_MIN = 45  # past the first look and the acceptance of what is urgent
TOLD_WITHIN = timedelta(seconds=2)
PATIENCE_S = 30.0


def test_a_promise_that_ran_out_while_all_was_down_is_told_at_the_start_and_once(
    installation: Installation,
) -> None:
    installation.stop()
    postgres.start(installation.home)
    case = int(installation.run("tests.faults.yesterday", str(AGO_MIN)))
    late = _owed(installation, case)
    postgres.stop(installation.home)
    assert late, "nothing ran out"

    installation.start()
    installation.wait(lambda: _broken(installation, case) >= late, "the break", PATIENCE_S)
    began = installation.worker_starts()[-1]
    first = _lines(installation, case)
    # A worker that is killed and started again has nothing to say about it.
    installation.hit(Part.WORKER)
    starts = len(installation.worker_starts())
    installation.wait(lambda: len(installation.worker_starts()) > starts, "a worker", PATIENCE_S)
    time.sleep(TOLD_WITHIN.total_seconds())

    for kind in ("clocks.broke", "clocks.climbed"):
        told = [line for line in first if line["kind"] == kind]
        assert Counter(_clock(line) for line in told) == dict.fromkeys(late, 1), kind
        assert all(line["happened_at"] - began < TOLD_WITHIN for line in told), (began, told)
    assert [line for line in _lines(installation, case) if line not in first] == []
    notices = _notices(installation, case)
    assert {notice["officer_id"] for notice in notices}, "nobody was told"
    assert max(Counter((n["officer_id"], n["cause"]) for n in notices).values()) == 1
    assert len({notice["cause"] for notice in notices}) == len(late)


Clock = tuple[str, int]


def _owed(installation: Installation, case: int) -> set[Clock]:
    """What is past its time and neither kept nor known to be broken: nobody was there."""
    with installation.snapshot() as ask:
        rows = ask(f"SELECT * FROM clocks_clock WHERE case_id = {case}")
    now = datetime.now(UTC)
    assert not any(row["broken_at"] for row in rows)
    return {_clock_of(row) for row in rows if not row["ended_at"] and row["due_at"] < now}


def _broken(installation: Installation, case: int) -> set[Clock]:
    with installation.snapshot() as ask:
        rows = ask(f"SELECT * FROM clocks_clock WHERE case_id = {case}")
    return {_clock_of(row) for row in rows if row["broken_at"]}


def _lines(installation: Installation, case: int) -> list[dict[str, Any]]:
    with installation.snapshot() as ask:
        lines = ask(f"SELECT * FROM cases_entry WHERE case_id = {case} ORDER BY number")
    return [line for line in lines if line["kind"].startswith("clocks.")]


def _notices(installation: Installation, case: int) -> list[dict[str, Any]]:
    with installation.snapshot() as ask:
        return ask(f"SELECT * FROM notices_notice WHERE case_id = {case} AND about = 'climbed'")


def _clock_of(row: dict[str, Any]) -> Clock:
    return row["promise"], row["task"]


def _clock(line: dict[str, Any]) -> Clock:
    return _clock_of(line["data"])
