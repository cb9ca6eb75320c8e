"""What a unit says to an offer: ours; another's, and whose; or, later, others must go on."""

from datetime import datetime

from django.db import transaction

from huying.cases.actions import hold, record
from huying.cases.models import Case
from huying.dispatch.actions.offer import MACHINE, Ask, offer_all
from huying.dispatch.facts import Accepted, Contested, Returned
from huying.dispatch.models import Placing, Task
from huying.dispatch.rules import (
    HOPS_MAX,
    LIVE,
    RETURNS_MAX,
    Ground,
    NotYours,
    TaskRefused,
    TaskState,
    check,
)
from huying.units.models import Officer, Unit


@transaction.atomic
def accept(task: Task, *, officer: Officer, at: datetime) -> None:
    """The unit takes the task. If it was handed on, the unit that had it is free from now.

    Raises `NotYours`, and `TaskRefused` if the offer does not stand any more.
    """
    held(task, officer)
    check(task.state, TaskState.ACCEPTED)
    if task.previous_id:
        Task.objects.filter(pk=task.previous_id, state=TaskState.ACCEPTED).update(
            state=TaskState.HANDED_ON, ended_at=at
        )
    task.state, task.officer, task.accepted_at = TaskState.ACCEPTED, officer, at
    task.expires_at = None
    task.save(update_fields=["state", "officer", "accepted_at", "expires_at"])
    fact = Accepted(
        task=task.pk,
        unit=task.unit_id,
        unit_name=task.unit.name,
        officer=officer.pk,
        lead=task.lead,
        previous=task.previous_id,
    )
    record(task.case, fact, by=f"officer:{officer.pk}", at=at)


@transaction.atomic
def give_back(
    task: Task, *, ground: str, proper: str, note: str = "", officer: Officer, at: datetime
) -> None:
    """The unit returns the task with a ground and the proper owner, who is asked at once.

    After the second return the arbiter is asked instead. Raises `TaskRefused` without a ground or
    a proper owner, or when an arbiter has decided.
    """
    held(task, officer)
    check(task.state, TaskState.RETURNED)
    if task.final:
        raise TaskRefused("an arbiter has decided that this is yours: it cannot be returned")
    if ground not in set(Ground):
        raise TaskRefused(f"a return needs its ground, one of {', '.join(Ground)}")
    if proper == task.unit_id or not Unit.objects.filter(pk=proper).exists():
        raise TaskRefused("a return needs the proper owner: name another unit that exists")
    _end(task, TaskState.RETURNED, at)
    fact = Returned(task=task.pk, unit=task.unit_id, ground=ground, proper=proper, note=note)
    record(task.case, fact, by=f"officer:{officer.pk}", at=at)
    move_on(task, proper, at=at)


def move_on(task: Task, to: str, *, at: datetime) -> None:
    """Ask the next unit after `task` came to nothing, or the arbiter if it was passed on enough."""
    case = task.case
    returned = Task.objects.filter(case=case, lead=task.lead, state=TaskState.RETURNED)
    contested = returned.count() >= RETURNS_MAX or task.hop >= HOPS_MAX
    if task.lead and contested:
        Placing.objects.update_or_create(case=case, defaults={"contested_at": at})
        units = list(returned.order_by("pk").values_list("unit_id", flat=True))
        record(case, Contested(units=units), by=MACHINE, at=at)
    elif not contested:
        ask = Ask(
            case=case,
            unit=to,
            lead=task.lead,
            by=MACHINE,
            asked=task.asked,
            sort=task.sort,
            hop=task.hop + 1,
            previous=task.previous_id,
        )
        offer_all([ask], at=at)


@transaction.atomic
def hand_on(task: Task, unit_code: str, *, asked: str, officer: Officer, at: datetime) -> Task:
    """The unit that has the task asks another to go on. It holds the task until that accepts."""
    held(task, officer)
    check(task.state, TaskState.HANDED_ON)
    if Task.objects.filter(previous=task, state=TaskState.OFFERED).exists():
        raise TaskRefused("another unit is being asked to go on, and has not answered yet")
    if unit_code == task.unit_id:
        raise TaskRefused("your unit has this task already")
    if task.hop >= HOPS_MAX:
        raise TaskRefused("it was passed on too often: ask the arbiter")
    ask = Ask(
        case=task.case,
        unit=unit_code,
        lead=task.lead,
        by=f"officer:{officer.pk}",
        asked=asked or task.asked,
        sort=task.sort,
        hop=task.hop + 1,
        previous=task.pk,
    )
    return offer_all([ask], at=at)[0]


def held(task: Task, officer: Officer) -> None:
    """Lock the task's case and bring both up to date. Raises `NotYours`."""
    hold([task.case])
    task.refresh_from_db(from_queryset=Task.objects.select_related("case", "unit"))
    if not acts_for(officer, task):
        raise NotYours(f"this task is {task.unit.name}'s, and you act for {officer.unit.name}")


def acts_for(officer: Officer, task: Task) -> bool:
    """Whether the officer's unit has the task, or stands above the one that has."""
    unit: Unit | None = task.unit
    while unit:
        if unit.pk == officer.unit_id:
            return True
        unit = unit.parent
    return False


def free_of_tasks(case: Case) -> None:
    """Raises `TaskRefused` if units are still at work: their tasks are never cancelled."""
    live = Task.objects.filter(case=case, state__in=LIVE).select_related("unit")
    if names := ", ".join(task.unit.name for task in live):
        raise TaskRefused(f"still at work or being asked: {names}")


def _end(task: Task, state: TaskState, at: datetime) -> None:
    task.state, task.ended_at, task.expires_at = state, at, None
    task.save(update_fields=["state", "ended_at", "expires_at"])
