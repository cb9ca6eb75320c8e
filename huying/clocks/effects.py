"""What each fact does to the promises of a case: one function a kind, and the table of them.

`timers` walks a timeline once and gives the state of each promise. Nothing ever overwrites a
deadline; pauses are breaks that are added up, and the database row is only an index of this.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from huying.cases.facts import Fact
from huying.clocks.rules import DESK, Key, Promise, Spans, Timer, due, grade_of


class _Walk:
    """The walk through one timeline: what each kind of line does to the promises."""

    def __init__(self) -> None:
        self.spans: Spans = {}
        self.opened_at: datetime | None = None
        self.urgency = ""
        self.lane = ""
        self.need_by: datetime | None = None
        self.opening = 1
        self.timers: dict[Key, Timer] = {}
        self.tasks: dict[int, bool] = {}  # that a unit is at: whether it has accepted

    @property
    def grade(self) -> str:
        return grade_of(self.urgency, self.lane)

    def due(self, promise: Promise, start: datetime) -> datetime | None:
        return due(self.spans.get(self.grade, {}), promise, start, self.need_by)

    def start(self, promise: Promise, at: datetime, *, task: int = DESK) -> None:
        """Promise it for this opening of the case, once."""
        due_at = self.due(promise, at)
        key = (promise, task, self.opening)
        if due_at is None or key in self.timers:
            return
        pausable = promise in {Promise.SETTLE, Promise.ANSWER}
        self.timers[key] = Timer(promise, task, self.opening, at, due_at, pausable)

    def again(self, promise: Promise, at: datetime, due_at: datetime | None = None) -> None:
        """Promise it once more: what became of it before stays as it is, under its own number."""
        due_at = due_at or self.due(promise, at)
        number = 1 + max((key[2] for key in self.timers if key[0] == promise), default=0)
        if due_at is not None:
            self.timers[promise, DESK, number] = Timer(promise, DESK, number, at, due_at)

    def running(self, *promises: Promise, task: int | None = None) -> list[Timer]:
        return [
            timer
            for timer in self.timers.values()
            if timer.ended_at is None
            and (not promises or timer.promise in promises)
            and (task is None or timer.task == task)
        ]

    def keep(self, at: datetime, *promises: Promise, task: int = DESK) -> None:
        for timer in self.running(*promises, task=task):
            timer.end(at, kept=True)

    def void(self, at: datetime, *, task: int | None = None) -> None:
        for timer in self.running(task=task):
            timer.end(at, kept=False)

    def regrade(self, urgency: str, lane: str, need_by: datetime | None, at: datetime) -> None:
        """Another urgency: spans count from where they always did, and what is broken stays so."""
        before = (self.grade, self.need_by)
        self.urgency, self.lane, self.need_by = urgency, lane, need_by
        if (self.grade, need_by) == before:
            return
        for timer in self.running():
            timer.look_at(at)
            again = self.due(timer.promise, timer.started_at)
            # The report after acting first is due when it was said to be.
            if timer.promise == Promise.REPORT:
                continue
            if again is None:
                timer.end(at, kept=False)
            elif timer.broken_at is None:
                timer.due_at = again + timer.breaks


Data = Mapping[str, Any]


def _undertook(walk: _Walk, data: Data, at: datetime) -> None:
    walk.spans = data["spans"]
    walk.opened_at = at
    walk.start(Promise.RECEIPT, at)
    walk.start(Promise.FIRST_LOOK, at)
    # Before the machine has read it too: somebody may look first, and then this one watches.
    walk.start(Promise.SETTLE, at)


def _told(walk: _Walk, data: Data, at: datetime) -> None:
    if data["about"] == Promise.RECEIPT:
        walk.keep(at, Promise.RECEIPT)


def _assessed(walk: _Walk, data: Data, at: datetime) -> None:
    need_by = datetime.fromisoformat(data["need_by"]) if data.get("need_by") else None
    walk.regrade(data["urgency"], data["lane"], need_by, at)
    # Settling counts from the first word, not from when we got round to reading it.
    if walk.opening == 1 and walk.opened_at:
        walk.start(Promise.SETTLE, walk.opened_at)


def _corrected(walk: _Walk, data: Data, at: datetime) -> None:
    need_by = datetime.fromisoformat(data["need_by"]) if data.get("need_by") else walk.need_by
    urgency, lane = data.get("urgency") or walk.urgency, data.get("lane") or walk.lane
    walk.regrade(urgency, lane, need_by, at)
    walk.keep(at, Promise.FIRST_LOOK)


def _looked(walk: _Walk, data: Data, at: datetime) -> None:
    walk.keep(at, Promise.FIRST_LOOK)


def _offered(walk: _Walk, data: Data, at: datetime) -> None:
    # From the hand-over, not from the acceptance: or units would gain time by not signing.
    walk.start(Promise.ACCEPT, at, task=data["task"])
    walk.start(Promise.ANSWER, at, task=data["task"])
    walk.tasks[data["task"]] = False
    if data["lead"]:
        walk.keep(at, Promise.ARBITRATE)


def _accepted(walk: _Walk, data: Data, at: datetime) -> None:
    walk.keep(at, Promise.FIRST_LOOK)
    walk.keep(at, Promise.ACCEPT, task=data["task"])
    walk.tasks[data["task"]] = True
    if data.get("previous"):
        walk.tasks.pop(data["previous"], None)
        walk.void(at, task=data["previous"])


def _gone(walk: _Walk, data: Data, at: datetime) -> None:
    walk.tasks.pop(data["task"], None)
    walk.void(at, task=data["task"])


def _returned(walk: _Walk, data: Data, at: datetime) -> None:
    walk.keep(at, Promise.FIRST_LOOK)
    _gone(walk, data, at)


def _contested(walk: _Walk, data: Data, at: datetime) -> None:
    if not walk.running(Promise.ARBITRATE):
        walk.again(Promise.ARBITRATE, at)


def _progressed(walk: _Walk, data: Data, at: datetime) -> None:
    walk.keep(at, Promise.ACCEPT, Promise.ANSWER, task=data["task"])
    walk.keep(at, Promise.REPORT)


def _finished(walk: _Walk, data: Data, at: datetime) -> None:
    _progressed(walk, data, at)
    walk.tasks.pop(data["task"], None)


def _settled(walk: _Walk, data: Data, at: datetime) -> None:
    _finished(walk, data, at)
    walk.keep(at, Promise.SETTLE, Promise.ASK_AGAIN)
    if not walk.running(Promise.CALL_BACK):
        walk.again(Promise.CALL_BACK, at)


def _acted_first(walk: _Walk, data: Data, at: datetime) -> None:
    walk.keep(at, Promise.FIRST_LOOK)
    walk.again(Promise.REPORT, at, datetime.fromisoformat(data["report_by"]))


def _asked(walk: _Walk, data: Data, at: datetime) -> None:
    if data["waiting"]:
        for timer in walk.running():
            timer.pause(at)
        walk.keep(at, Promise.ASK_AGAIN)  # and so we did
        walk.again(Promise.ASK_AGAIN, at)


def _heard(walk: _Walk, data: Data, at: datetime) -> None:
    asked = walk.running(Promise.ASK_AGAIN)
    # What they wrote before we asked, and we read after it, is not the answer.
    if any(timer.started_at > at for timer in asked):
        return
    for timer in walk.running():
        timer.resume(at)
    walk.keep(at, Promise.ASK_AGAIN)


def _called(walk: _Walk, data: Data, at: datetime) -> None:
    walk.keep(at, Promise.FIRST_LOOK)
    if data["reached"]:
        _heard(walk, data, at)


def _ended(walk: _Walk, data: Data, at: datetime) -> None:
    walk.keep(at, Promise.CALL_BACK, Promise.FIRST_LOOK)
    walk.void(at)


def _reopened(walk: _Walk, data: Data, at: datetime) -> None:
    walk.keep(at, Promise.CALL_BACK)  # we asked whether it is solved, and this is their answer
    walk.opening += 1
    walk.start(Promise.FIRST_LOOK, at)
    walk.start(Promise.SETTLE, at)
    # Units that were still at it, or still being asked, owe their part again from now.
    for task, accepted in walk.tasks.items():
        walk.start(Promise.ANSWER, at, task=task)
        if not accepted:
            walk.start(Promise.ACCEPT, at, task=task)


def _left(walk: _Walk, data: Data, at: datetime) -> None:
    _ended(walk, data, at)
    walk.tasks.clear()  # no other unit was at work, and the desk's own part ends with it


def _disputed(walk: _Walk, data: Data, at: datetime) -> None:
    walk.keep(at, Promise.CALL_BACK)
    settle = walk.timers.get((Promise.SETTLE, DESK, walk.opening))
    # It was not settled after all, so the promise is open again, due when it always was:
    # the person doesn't wait longer because we thought that we were done.
    if settle and settle.ended_at is not None:
        settle.kept_at = settle.ended_at = None
        again = walk.due(Promise.SETTLE, settle.started_at)
        if settle.broken_at is None and again is not None:
            settle.due_at = again + settle.breaks


def _broke(walk: _Walk, data: Data, at: datetime) -> None:
    # The timeline alone doesn't know what time it is; the sweep does, and says so. What it found
    # broken stays broken, also when the word that would have kept it is written down after it.
    for timer in walk.timers.values():
        named = (data["promise"], data["task"], data.get("opening") or timer.opening)
        late = timer.paused_at is None and timer.due_at <= at
        if timer.key == named and late and timer.broken_at is None:
            timer.broken_at, timer.kept_at = timer.due_at, None


EFFECTS: dict[str, Callable[[_Walk, Data, datetime], None]] = {
    "clocks.undertook": _undertook,
    "notices.told": _told,
    "clocks.broke": _broke,
    "triage.assessed": _assessed,
    "triage.corrected": _corrected,
    "triage.looked": _looked,
    "notices.replied": _looked,
    "dispatch.offered": _offered,
    "dispatch.accepted": _accepted,
    "dispatch.returned": _returned,
    "dispatch.expired": _gone,
    "dispatch.contested": _contested,
    "dispatch.progressed": _progressed,
    "dispatch.finished": _finished,
    "dispatch.settled": _settled,
    "dispatch.actedfirst": _acted_first,
    "notices.asked": _asked,
    "notices.called": _called,
    "intake.wrote": _heard,
    "intake.typed": _heard,
    "notices.confirmed": _ended,
    "notices.closedunheard": _ended,
    "notices.disputed": _disputed,
    "notices.reopened": _reopened,
    "dispatch.declined": _left,
    "cases.merged": _left,
    "cases.unmerged": _reopened,
    "triage.recurred": _reopened,
}


def touches(fact: Fact) -> bool:
    """Whether this fact may change a promise: most words to a person don't."""
    if fact.kind == "notices.asked":
        return bool(fact.to_json()["waiting"])
    if fact.kind == "notices.told":
        return bool(fact.to_json()["about"] == Promise.RECEIPT)
    return fact.kind in EFFECTS


def timers(timeline: Iterable[tuple[str, Data, datetime]]) -> dict[Key, Timer]:
    """Every promise of a case, from its timeline's (kind, data, at) in order."""
    walk = _Walk()
    for kind, data, at in timeline:
        effect = EFFECTS.get(kind)
        if effect:
            effect(walk, data, at)
    return walk.timers
