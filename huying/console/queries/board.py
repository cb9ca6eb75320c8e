"""What is live, most urgent first: one page of it, with the counts above it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import BooleanField, Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL

from huying.cases.lifecycle import LIVE, State
from huying.cases.models import Case, Entry
from huying.clocks.models import Clock
from huying.console.rules import reasons_of, shortened
from huying.console.sight import visible
from huying.dispatch.models import Task
from huying.dispatch.rules import LIVE as LIVE_TASKS
from huying.dispatch.rules import TaskState
from huying.persons.queries import names_and_addresses
from huying.persons.rules import hide
from huying.triage.models import Assessment
from huying.triage.rules import Urgency
from huying.units.models import Officer

PAGE_CASES_MAX = 50  # what a screen and a half holds; more is a question for the filters
COUNT_MAX = 1000  # above it nobody needs the number, and counting on would cost a scan
WORDS_MAX = 46  # characters of the first message in a row
REASONS_MAX = 3

TABS: Mapping[str, Q] = {
    "all": Q(),
    "act": Q(lane="act"),
    "unsure": Q(lane="unsure"),
    "aside": Q(lane="aside"),
    "answered": Q(state=State.ANSWERED),
    "contested": Q(placing__contested_at__isnull=False),
}


@dataclass(frozen=True)
class Owed:
    """A promise that runs, or one that broke and is owed still."""

    pk: int
    promise: str
    due_at: datetime | None
    broken: bool
    taken: bool
    task: int = 0


@dataclass(frozen=True)
class Row:
    """One case on the board."""

    case: Case
    words: str
    reasons: list[str]
    area: str
    holder: str
    asked: str  # the unit that has not signed yet
    next_due: Owed | None
    broken: list[Owed]

    @property
    def is_alarming(self) -> bool:
        """Critical, and nobody has looked."""
        return self.case.urgency == Urgency.CRITICAL and self.case.looked_at is None


@dataclass(frozen=True)
class Tab:
    code: str
    count: int
    capped: bool


@dataclass(frozen=True)
class Board:
    rows: list[Row]
    tabs: list[Tab]
    alarms: int  # critical cases that nobody has looked at, at most COUNT_MAX
    after: str  # the key of the next page; empty on the latest


def board(officer: Officer, *, tab: str, mine: bool, after: str) -> Board:
    """One page of what the officer may see. A key that makes no sense gives the first page."""
    live = visible(officer).filter(state__in=[state.value for state in LIVE])
    if mine:
        live = live.filter(_held_by(officer.unit_id))
    chosen = live.filter(TABS[tab]).order_by("rank", "opened_at", "pk")
    found = list(_beyond(chosen, after).select_related("desk", "area")[: PAGE_CASES_MAX + 1])
    shown = found[:PAGE_CASES_MAX]
    return Board(
        rows=rows_of(shown),
        tabs=[_tab(code, live.filter(wanted)) for code, wanted in TABS.items()],
        alarms=alarms(officer),
        after=_key(shown[-1]) if len(found) > PAGE_CASES_MAX else "",
    )


def alarms(officer: Officer) -> int:
    """How many critical cases nobody has looked at yet, COUNT_MAX at most."""
    unseen = visible(officer).filter(
        urgency=Urgency.CRITICAL, looked_at=None, state__in=[state.value for state in LIVE]
    )
    return unseen.order_by()[:COUNT_MAX].count()


def rows_of(cases: Sequence[Case]) -> list[Row]:
    """What the board says of each case, in five queries for all of them."""
    ids = [case.pk for case in cases]
    words = _first_words(cases)
    tasks = _leads(ids)
    clocks = owed_by_case(ids)
    assessments = Assessment.objects.in_bulk(ids)
    return [
        Row(
            case=case,
            words=words.get(case.pk, ""),
            reasons=_said(assessments.get(case.pk)),
            area=case.area.path if case.area else "",
            holder=_holder(case, tasks.get(case.pk, ())),
            asked=_asked(tasks.get(case.pk, ())),
            next_due=_next(clocks.get(case.pk, ())),
            broken=[owed for owed in clocks.get(case.pk, ()) if owed.broken],
        )
        for case in cases
    ]


def owed_by_case(ids: Sequence[int]) -> dict[int, list[Owed]]:
    """What is owed in each case, the soonest first; a paused promise comes last."""
    clocks: dict[int, list[Owed]] = {}
    running = Clock.objects.filter(case__in=ids, ended_at=None)
    for clock in running.order_by("due_at", "pk"):
        clocks.setdefault(clock.case_id, []).append(
            Owed(
                clock.pk,
                clock.promise,
                clock.due_at,
                broken=clock.broken_at is not None,
                taken=clock.taken_by is not None,
                task=clock.task,
            )
        )
    return clocks


def _held_by(unit: str) -> Q:
    live = [state.value for state in LIVE_TASKS]
    tasks = Task.objects.filter(case=OuterRef("pk"), unit=unit, state__in=live)
    return Q(Exists(tasks)) | Q(desk=unit)


def _beyond(cases: QuerySet[Case], after: str) -> QuerySet[Case]:
    rank, _, rest = after.partition("_")
    opened, _, pk = rest.partition("_")
    try:
        place = [int(rank), datetime.fromisoformat(opened), int(pk)]
    except ValueError:
        return cases
    # A row comparison, which PostgreSQL answers from the index `case_live` at any depth; the
    # same said with ORs would read everything before the place.
    beyond = RawSQL(
        "(cases_case.rank, cases_case.opened_at, cases_case.id) > (%s, %s, %s)",
        place,
        output_field=BooleanField(),
    )
    return cases.filter(beyond)


def _key(case: Case) -> str:
    return f"{case.rank}_{case.opened_at.isoformat()}_{case.pk}"


def _tab(code: str, cases: QuerySet[Case]) -> Tab:
    count = cases.order_by()[: COUNT_MAX + 1].count()
    return Tab(code, min(count, COUNT_MAX), capped=count > COUNT_MAX)


def _first_words(cases: Sequence[Case]) -> dict[int, str]:
    known = names_and_addresses({case.person_id for case in cases if case.person_id})
    hidden = {case.pk: known.get(case.person_id or 0, []) for case in cases}
    first = Entry.objects.filter(case__in=hidden, number=1).values_list("case_id", "data")
    return {
        pk: shortened(hide(str(data.get("words") or ""), hidden[pk]), WORDS_MAX)
        for pk, data in first
    }


def _leads(ids: Sequence[int]) -> dict[int, list[Task]]:
    live = [state.value for state in LIVE_TASKS]
    tasks: dict[int, list[Task]] = {}
    asked = Task.objects.filter(case__in=ids, lead=True, state__in=live).select_related("unit")
    for task in asked:
        tasks.setdefault(task.case_id, []).append(task)
    return tasks


def _holder(case: Case, leads: Iterable[Task]) -> str:
    for task in leads:
        if task.state == TaskState.ACCEPTED:
            return task.unit.short
    return case.desk.short


def _asked(leads: Iterable[Task]) -> str:
    return next((task.unit.short for task in leads if task.state == TaskState.OFFERED), "")


def _next(owed: Iterable[Owed]) -> Owed | None:
    return next((one for one in owed if not one.broken and one.due_at), None)


def _said(assessment: Assessment | None) -> list[str]:
    reasons = reasons_of(assessment.reasons) if assessment else []
    return list(dict.fromkeys(reason.says for reason in reasons if reason.says))[:REASONS_MAX]
