"""Timelines of a few words, for the tests of what becomes of promises."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from huying.clocks.effects import timers
from huying.clocks.policy import FOLDER, read
from huying.clocks.rules import Key, Timer

AT = datetime(2022, 11, 8, 2, 0, tzinfo=UTC)
SPANS = read(FOLDER / "default.toml").spans
Told = tuple[str, dict[str, Any], datetime]


def told(kind: str, minutes: float = 0, **data: Any) -> Told:
    return kind, data, AT + timedelta(minutes=minutes)


UNDERTOOK = told("clocks.undertook", spans=SPANS)


def assessed(
    minutes: float = 0, *, urgency: str = "high", lane: str = "act", need_by: str | None = None
) -> Told:
    return told("triage.assessed", minutes, urgency=urgency, lane=lane, need_by=need_by)


def offered(minutes: float, task: int = 7, *, lead: bool = True) -> Told:
    return told("dispatch.offered", minutes, task=task, lead=lead)


def accepted(minutes: float, task: int = 7, previous: int | None = None) -> Told:
    return told("dispatch.accepted", minutes, task=task, previous=previous)


def settled(minutes: float, task: int = 7) -> Told:
    return told("dispatch.settled", minutes, task=task)


def asked(minutes: float, *, waiting: bool = True) -> Told:
    return told("notices.asked", minutes, waiting=waiting)


def after(*story: Told) -> dict[Key, Timer]:
    return timers([UNDERTOOK, *story])


def the(found: dict[Key, Timer], promise: str, task: int = 0, number: int = 1) -> Timer:
    return next(timer for key, timer in found.items() if key == (promise, task, number))


def minutes(timer: Timer) -> float:
    """How many minutes after the first word it is due."""
    return (timer.due_at - AT).total_seconds() / 60


def running(found: dict[Key, Timer]) -> Sequence[str]:
    return sorted(str(timer.promise) for timer in found.values() if timer.ended_at is None)
