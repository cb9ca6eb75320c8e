"""The worker's loop with real notifications, and jobs that only count."""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
import pytest

from huying.config import listening
from huying.config.work import Job, Worker

pytestmark = pytest.mark.django_db

NEVER_S = 3600.0


class Pile:
    """A job's work: numbers in a heap, taken at most two at a time."""

    def __init__(self, *pieces: int) -> None:
        self.waiting = deque(pieces)
        self.done: list[int] = []
        self.turns = 0

    def run(self) -> int:
        self.turns += 1
        taken = [self.waiting.popleft() for _ in range(min(2, len(self.waiting)))]
        self.done += taken
        return len(taken)


@contextmanager
def _working(*jobs: Job) -> Iterator[Worker]:
    worker = Worker(jobs)
    thread = threading.Thread(target=worker.work)
    thread.start()
    try:
        yield worker
    finally:
        worker.stop()
        thread.join(5)
        assert not thread.is_alive()


def _eventually(happens: Callable[[], object], within_s: float = 5.0) -> bool:
    patience = time.monotonic() + within_s
    while not happens():
        if time.monotonic() > patience:
            return False
        time.sleep(0.01)
    return True


def _call() -> None:
    with psycopg.connect(listening.address(), autocommit=True) as line:
        line.execute(f"notify {listening.WORK}")


def test_a_worker_works_until_nothing_is_left() -> None:
    pile = Pile(1, 2, 3, 4, 5)

    with _working(Job("pile", pile.run, every_s=NEVER_S)):
        assert _eventually(lambda: pile.done == [1, 2, 3, 4, 5])


def test_a_call_wakes_it_at_once() -> None:
    pile = Pile()
    with _working(Job("pile", pile.run, every_s=NEVER_S)):
        assert _eventually(lambda: _listeners() == 1 and pile.turns)
        rested = pile.turns

        pile.waiting.append(1)
        _call()

        assert _eventually(lambda: pile.done == [1], within_s=0.8)
        assert pile.turns > rested


def test_without_a_call_it_looks_by_the_clock() -> None:
    pile = Pile()
    with _working(Job("pile", pile.run, every_s=0.1)):
        assert _eventually(lambda: pile.turns)
        pile.waiting.append(1)
        assert _eventually(lambda: pile.done == [1], within_s=1)


def test_a_job_of_the_clock_is_not_woken_by_calls() -> None:
    swept = Pile()
    pile = Pile()
    jobs = Job("swept", swept.run, every_s=NEVER_S, woken=False), Job("pile", pile.run, NEVER_S)
    with _working(*jobs):
        assert _eventually(lambda: _listeners() == 1 and pile.turns)
        before = pile.turns
        _call()
        assert _eventually(lambda: pile.turns > before)
        assert swept.turns == 1


def test_what_one_job_leaves_the_next_finds_in_the_same_turn() -> None:
    first, second = Pile(1, 2, 3), Pile()

    def hand_on() -> int:
        found = first.run()
        second.waiting.extend(first.done[-found:] if found else [])
        return found

    with _working(Job("second", second.run, NEVER_S), Job("first", hand_on, NEVER_S)):
        assert _eventually(lambda: second.done == [1, 2, 3])


def test_a_job_that_fails_pauses_and_the_others_go_on(caplog: pytest.LogCaptureFixture) -> None:
    pile = Pile(*range(20))

    def fail() -> int:
        raise ValueError("the words of a message")

    with caplog.at_level(logging.ERROR), _working(Job("bad", fail, 0), Job("pile", pile.run, 0)):
        assert _eventually(lambda: len(pile.done) == 20)

    failures = [line for line in caplog.messages if line.startswith("bad failed")]
    assert len(failures) == 1
    assert "ValueError at work.py" in failures[0]
    assert "words" not in caplog.text


def test_it_listens_again_after_the_database_was_away(caplog: pytest.LogCaptureFixture) -> None:
    pile = Pile()
    with _working(Job("pile", pile.run, every_s=NEVER_S)):
        assert _eventually(lambda: _listeners() == 1)

        _hang_up_on_listeners()

        assert _eventually(lambda: _listeners() == 1)
        pile.waiting.append(1)
        _call()
        assert _eventually(lambda: pile.done == [1])


def test_what_failed_while_the_database_was_away_does_not_pause_when_it_is_back() -> None:
    pile, is_broken = Pile(1), True

    def fail_at_first() -> int:
        if is_broken:
            raise ValueError
        return pile.run()

    worker = Worker([Job("pile", fail_at_first, NEVER_S)])
    thread = threading.Thread(target=worker.work)
    thread.start()
    try:
        assert _eventually(lambda: _listeners() == 1 and worker._turns[0].failures)
        worker._turns[0].paused_until += NEVER_S  # as after many failures
        is_broken = False

        _hang_up_on_listeners()

        assert _eventually(lambda: pile.done == [1])
    finally:
        worker.stop()
        thread.join(5)


def test_it_stops_after_the_piece_in_hand() -> None:
    begun, may_end = threading.Event(), threading.Event()
    after = Pile()

    def slow() -> int:
        begun.set()
        may_end.wait(5)
        return 1

    worker = Worker([Job("slow", slow, NEVER_S), Job("after", after.run, NEVER_S)])
    thread = threading.Thread(target=worker.work)
    thread.start()
    assert begun.wait(5)

    worker.stop()
    may_end.set()
    thread.join(5)

    assert not thread.is_alive()
    assert after.turns == 0


def test_a_jump_of_the_clock_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    jumps: list[float] = []
    real = time.time
    worker = Worker([Job("nothing", lambda: 0, 0.05)], on_jump=jumps.append)
    thread = threading.Thread(target=worker.work)
    thread.start()

    monkeypatch.setattr("time.time", lambda: real() + 3600)

    assert _eventually(lambda: [round(jump) for jump in jumps] == [3600])
    worker.stop()
    thread.join(5)


LISTENERS = """
    from pg_stat_activity
    where datname = current_database() and query like 'listen %' and pid <> pg_backend_pid()
"""


def _listeners() -> int:
    return len(_rows(f"select pid {LISTENERS}"))


def _hang_up_on_listeners() -> None:
    _rows(f"select pg_terminate_backend(pid) {LISTENERS}")


def _rows(statement: str) -> list[tuple[object, ...]]:
    # A connection of its own: a transaction sees one state of the statistics only.
    with psycopg.connect(listening.address(), autocommit=True) as line:
        return line.execute(statement.encode()).fetchall()
