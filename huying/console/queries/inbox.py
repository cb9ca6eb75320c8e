"""What an officer's unit is asked to do, and what was told to the officer."""

from collections.abc import Sequence
from dataclasses import dataclass

from huying.cases.models import Case
from huying.channels.models import Inbound
from huying.console.queries.board import Owed, Row, owed_by_case, rows_of
from huying.dispatch.models import Task
from huying.dispatch.rules import TaskState
from huying.notices.models import Notice
from huying.persons.rules import mask_text
from huying.triage.models import Detail
from huying.units.models import Officer

TASKS_MAX = 100  # a unit that holds more needs the board, not a longer list
NOTICES_MAX = 50
UNREAD_MAX = 200
UNSEEN_MAX = 99


@dataclass(frozen=True)
class Card:
    """One task with what the unit needs to know to begin: the masked form of a work-group post."""

    task: Task
    row: Row
    asked: str
    details: list[Detail]
    due: Owed | None
    broken: list[Owed]


@dataclass(frozen=True)
class Inbox:
    offers: list[Card]
    in_hand: list[Card]


def inbox(officer: Officer) -> Inbox:
    """The tasks of the officer's unit: offers that wait first, each with its case's urgency."""
    tasks = list(
        Task.objects.filter(unit=officer.unit_id, state__in=[TaskState.OFFERED, TaskState.ACCEPTED])
        .select_related("case__desk", "case__area", "officer", "unit")
        .order_by("case__rank", "offered_at")[:TASKS_MAX]
    )
    cards = _cards(tasks, outside=officer.unit.outside)
    return Inbox(
        offers=[card for card in cards if card.task.state == TaskState.OFFERED],
        in_hand=[card for card in cards if card.task.state == TaskState.ACCEPTED],
    )


def _cards(tasks: Sequence[Task], *, outside: bool) -> list[Card]:
    cases: list[Case] = [task.case for task in tasks]
    ids = [case.pk for case in cases]
    owed = owed_by_case(ids)
    details: dict[int, list[Detail]] = {}
    if not outside:
        current = Detail.objects.filter(case__in=ids, replaced_at=None)
        for detail in current.exclude(key__in=["area", "area_path"]).order_by("key", "pk"):
            details.setdefault(detail.case_id, []).append(detail)
    cards = []
    for task, row in zip(tasks, rows_of(cases), strict=True):
        own = [one for one in owed.get(task.case_id, []) if one.task == task.pk]
        cards.append(
            Card(
                task=task,
                row=row,
                asked=mask_text(task.asked),
                details=details.get(task.case_id, []),
                due=next((one for one in own if not one.broken and one.due_at), None),
                broken=[one for one in own if one.broken],
            )
        )
    return cards


def told(officer: Officer) -> list[Notice]:
    """What the officer was told, the latest first."""
    notices = Notice.objects.filter(officer=officer).select_related("case")
    return list(notices.order_by("-queued_at")[:NOTICES_MAX])


def unseen(officer: Officer) -> int:
    """How many notices the officer has not seen, UNSEEN_MAX + 1 at most."""
    return Notice.objects.filter(officer=officer, seen_at=None)[: UNSEEN_MAX + 1].count()


def unread() -> list[Inbound]:
    """The messages that could not be read, the oldest first: each may be a plea."""
    stuck = Inbound.objects.filter(read_at=None, unreadable__isnull=False)
    return list(stuck.defer("body").order_by("received_at")[:UNREAD_MAX])
