"""What the person's own page shows, as plain values."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from huying.cases.lifecycle import LIVE, Move, State, may
from huying.cases.models import Case, Entry
from huying.channels.models import Inbound
from huying.citizen.rules import grouped, said
from huying.citizen.words import NEXT_STEP, NOT_SHOWN
from huying.clocks.models import Clock
from huying.clocks.queries import owed
from huying.dispatch.facts import Settled
from huying.dispatch.models import Task
from huying.dispatch.rules import TaskState
from huying.intake.facts import Typed, Wrote
from huying.intake.queries import case_of_receipt
from huying.notices.facts import Asked, Called, ClosedUnheard, Confirmed, Told
from huying.notices.rules import PAGE
from huying.triage.rules import Urgency

LINES_MAX = 200  # the newest ones of a longer life; a page must stay small on a bad line
RECEIVED = "received"  # kept, but no worker has read it yet
# After one of these a question of ours is no longer open.
ANSWERS = frozenset({Wrote.kind, Typed.kind})


@dataclass(frozen=True)
class Step:
    """What happens next and by when. `due_at` is None while we wait for the person's answer."""

    what: str
    due_at: datetime | None
    is_late: bool


@dataclass(frozen=True)
class Line:
    """One public line: which template tells it, and what the template may read."""

    name: str
    at: datetime
    said: dict[str, Any]

    @property
    def template(self) -> str:
        return f"citizen/timeline/{self.name}.html"


@dataclass(frozen=True)
class Page:
    """Everything that the page of one receipt shows."""

    receipt: str
    heard_at: datetime
    state: str = RECEIVED
    desk: str = ""
    holder: str = ""  # the unit that answers for it now
    asked: Sequence[str] = ()  # units that were asked to lead and have not accepted yet
    helpers: Sequence[str] = ()
    steps: Sequence[Step] = ()
    lines: Sequence[Line] = field(default=(), repr=False)
    question: str = field(default="", repr=False)
    result: str = field(default="", repr=False)  # what the person is asked to confirm
    urgent: bool = False
    may_confirm: bool = False
    is_unheard: bool = False  # closed without the person's word

    @property
    def code(self) -> str:
        return grouped(self.receipt)

    @property
    def is_live(self) -> bool:
        return self.state == RECEIVED or self.state in LIVE

    @property
    def may_reopen(self) -> bool:
        return self.state in {State.CLOSED, State.DECLINED}


def page_of(receipt: str) -> Page | None:
    """The page of this receipt code, also while nobody has read the message; None if unknown."""
    inbound = message_of(receipt)
    if inbound is None:
        return None
    case = case_of_receipt(receipt)
    if case is None:
        return Page(receipt=receipt, heard_at=inbound.received_at)
    return _page(receipt, case, held_case(case))


def message_of(receipt: str) -> Inbound | None:
    """The message with this receipt, without its bytes."""
    return Inbound.objects.filter(receipt=receipt).defer("body").first()


def held_case(case: Case) -> Case:
    """The case that is worked on: `case`, or the one that it was merged into."""
    merged = case.merged_into
    return held_case(merged) if merged else case


def _page(receipt: str, case: Case, held: Case) -> Page:
    tasks = list(Task.objects.filter(case=held).select_related("unit").order_by("offered_at", "pk"))
    entries = _entries({case.pk, held.pk})
    leads = _units(tasks, TaskState.ACCEPTED, lead=True)
    return Page(
        receipt=receipt,
        heard_at=case.opened_at,
        state=held.state,
        desk=held.desk.name,
        holder=leads[0] if leads else held.desk.name,
        asked=_units(tasks, TaskState.OFFERED, lead=True),
        helpers=_units(tasks, TaskState.ACCEPTED, lead=False),
        steps=_steps(owed(held), {task.pk: task.unit.name for task in tasks}),
        lines=[_line(entry) for entry in entries if _is_shown(entry)],
        question=_question(entries),
        result=_result(entries) if held.state == State.ANSWERED else "",
        urgent=held.urgency in {Urgency.CRITICAL, Urgency.HIGH},
        may_confirm=may(State(held.state), Move.CONFIRM),
        is_unheard=_latest(entries, ClosedUnheard.kind, Confirmed.kind) == ClosedUnheard.kind,
    )


def _entries(case_ids: set[int]) -> list[Entry]:
    rows = Entry.objects.filter(case_id__in=case_ids).order_by("-happened_at", "-pk")
    return list(rows[:LINES_MAX])[::-1]


def _is_shown(entry: Entry) -> bool:
    # What was put on this page stands on it already.
    is_echo = entry.kind == Told.kind and entry.data.get("channel") == PAGE
    return entry.fact.public and not is_echo


def _line(entry: Entry) -> Line:
    fields = said(entry.fact)
    if fields.get("next_by"):
        fields["next_by"] = datetime.fromisoformat(fields["next_by"])
    return Line(entry.kind.replace(".", "_"), entry.happened_at, fields)


def _units(tasks: Sequence[Task], state: TaskState, *, lead: bool) -> list[str]:
    return [task.unit.name for task in tasks if task.lead is lead and task.state == state]


def _steps(clocks: Sequence[Clock], units: dict[int, str]) -> list[Step]:
    return [
        Step(
            what=str(NEXT_STEP[clock.promise]) % {"unit": units.get(clock.task, "")},
            due_at=clock.due_at,
            is_late=clock.broken_at is not None,
        )
        for clock in clocks
        if clock.promise not in NOT_SHOWN
    ]


def _question(entries: Sequence[Entry]) -> str:
    """Our latest question, as long as the person has not written since."""
    for entry in reversed(entries):
        if entry.kind in ANSWERS or (entry.kind == Called.kind and entry.data.get("reached")):
            return ""
        if entry.kind == Asked.kind:
            return str(said(entry.fact)["text"])
    return ""


def _result(entries: Sequence[Entry]) -> str:
    for entry in reversed(entries):
        if entry.kind == Settled.kind:
            return str(said(entry.fact)["result"])
    return ""


def _latest(entries: Sequence[Entry], *kinds: str) -> str:
    return next((entry.kind for entry in reversed(entries) if entry.kind in kinds), "")
