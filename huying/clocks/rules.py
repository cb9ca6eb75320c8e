"""What we promise, how long each urgency may wait for it, and what becomes of one promise."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from huying.clocks.workdays import after_workdays


class Promise(StrEnum):
    RECEIPT = "receipt"  # the person knows that we have it
    FIRST_LOOK = "first_look"  # a human has read it
    ACCEPT = "accept"  # the unit has signed for it
    ANSWER = "answer"  # the unit has said what it does
    SETTLE = "settle"  # it is settled
    CALL_BACK = "call_back"  # the person was asked, and answered
    ASK_AGAIN = "ask_again"  # the person owes us an answer, and we owe them another question
    ARBITRATE = "arbitrate"  # the arbiter has decided whose it is
    REPORT = "report"  # who acted first has reported


PROMISE_NAMES: dict[str, tuple[str, str]] = {
    Promise.RECEIPT: ("回执", "receipt"),
    Promise.FIRST_LOOK: ("人工首阅", "first look by a human"),
    Promise.ACCEPT: ("签收", "unit accepts"),
    Promise.ANSWER: ("单位答复", "unit answers"),
    Promise.SETTLE: ("办结", "settled"),
    Promise.CALL_BACK: ("回访", "call-back"),
    Promise.ASK_AGAIN: ("再次询问", "ask again"),
    Promise.ARBITRATE: ("裁定", "arbiter decides"),
    Promise.REPORT: ("报备", "report after acting first"),
}

Span = int | dict[str, int]
Spans = dict[str, dict[str, Span]]  # urgency → promise → seconds | {"working_days", "before_need"}
# Promise, task (0: the desk's), and the how-manieth: 2 after a reopening, or a second question.
Key = tuple[str, int, int]
DESK = 0
ASIDE = "aside"  # the grade of what is very likely no plea, whatever its urgency


@dataclass
class Timer:
    """One promise on one case, as the timeline so far has it."""

    promise: Promise
    task: int
    opening: int
    started_at: datetime
    due_at: datetime
    pausable: bool = False
    paused_at: datetime | None = None
    breaks: timedelta = field(default_factory=timedelta)
    kept_at: datetime | None = None
    broken_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def key(self) -> Key:
        return (self.promise, self.task, self.opening)

    def look_at(self, at: datetime) -> None:
        """Past its due time it is broken, whatever comes later."""
        late = self.paused_at is None and at > self.due_at
        if late and self.ended_at is None and self.broken_at is None:
            self.broken_at = self.due_at

    def end(self, at: datetime, *, kept: bool) -> None:
        if self.ended_at is not None:
            return
        self.resume(at)
        self.look_at(at)
        self.ended_at = at
        if kept and self.broken_at is None:
            self.kept_at = at

    def pause(self, at: datetime) -> None:
        self.look_at(at)
        if self.pausable and self.ended_at is None and self.broken_at is None:
            self.paused_at = self.paused_at or at

    def resume(self, at: datetime) -> None:
        if self.paused_at is not None:
            length = max(at - self.paused_at, timedelta())
            self.breaks += length
            self.due_at += length
            self.paused_at = None


def due(
    spans: Mapping[str, Span], promise: str, start: datetime, need_by: datetime | None
) -> datetime | None:
    """When `promise` is due if it began at `start`; None if this urgency doesn't make it."""
    span = spans.get(promise)
    if span is None:
        return None
    if isinstance(span, int):
        return start + timedelta(seconds=span)
    # A date that was past when they wrote is no date to meet: then the working days count.
    if need_by is not None and need_by > start and "before_need" in span:
        # A date that is too near for the margin is met by hurrying, not by giving up the margin.
        return max(need_by - timedelta(seconds=span["before_need"]), start + (need_by - start) / 2)
    return after_workdays(start, span.get("working_days", 1))


def grade_of(urgency: str, lane: str) -> str:
    """Which part of a policy holds for a case."""
    return ASIDE if lane == ASIDE else urgency or "unread"
