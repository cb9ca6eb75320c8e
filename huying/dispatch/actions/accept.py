"""What a unit says to an offer: ours; another's, and whose; or, later, others must go on."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext

from huying.cases.actions import hold, record
from huying.cases.lifecycle import LIVE as LIVE_CASES
from huying.cases.models import Case
from huying.dispatch.actions.offer import MACHINE, Ask, offer_all
from huying.dispatch.facts import Accepted, Contested, Returned
from huying.dispatch.models import Placing, Task
from huying.dispatch.refusals import check, over, units
from huying.dispatch.rules import (
    HOPS_MAX,
    LIVE,
    RETURNS_MAX,
    Ground,
    NotYours,
    TaskRefused,
    TaskState,
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
        raise TaskRefused(gettext("裁定人已经定了由你们承办，不能再退回。"))
    if ground not in set(Ground):
        raise TaskRefused(gettext("退单要写明理由：属地不符、职责不符、权属不清或信息不全。"))
    if proper == task.unit_id or not Unit.objects.filter(pk=proper).exists():
        raise TaskRefused(gettext("退单要写明应承办的单位，而且不能是本单位。"))
    _end(task, TaskState.RETURNED, at)
    fact = Returned(task=task.pk, unit=task.unit_id, ground=ground, proper=proper, note=note)
    record(task.case, fact, by=f"officer:{officer.pk}", at=at)
    move_on(task, proper, at=at)


def move_on(task: Task, to: str, *, at: datetime) -> None:
    """Ask the next unit after `task` came to nothing, or the arbiter if it was passed on enough."""
    case = task.case
    if case.state not in LIVE_CASES or _is_in_hands(task, to):
        return
    if task.lead:
        returned = Task.objects.filter(case=case, lead=True, state=TaskState.RETURNED)
        if returned.count() >= RETURNS_MAX or task.hop >= HOPS_MAX:
            units = list(returned.order_by("pk").values_list("unit_id", flat=True))
            _contest(case, units, at)
            return
    elif task.hop > RETURNS_MAX:
        # No arbiter is asked for a part. The desk, who answers for the whole, finds somebody; and
        # when it gives the part back too, nobody else is troubled: the lead sees that it is open.
        if task.unit_id == case.desk_id:
            return
        to = case.desk_id
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


def _is_in_hands(task: Task, to: str) -> bool:
    """Whether nobody needs to be asked: `to` has it still, or another lead is being asked."""
    others = Task.objects.filter(case=task.case, lead=task.lead).exclude(pk=task.pk)
    if task.lead and others.filter(state=TaskState.OFFERED).exists():
        return True
    return others.filter(pk=task.previous_id or 0, unit_id=to, state=TaskState.ACCEPTED).exists()


def _contest(case: Case, units: list[str], at: datetime) -> None:
    Placing.objects.update_or_create(case=case, defaults={"contested_at": at})
    record(case, Contested(units=units), by=MACHINE, at=at)


@transaction.atomic
def hand_on(task: Task, unit_code: str, *, asked: str, officer: Officer, at: datetime) -> Task:
    """The unit that has the task asks another to go on. It holds the task until that accepts."""
    held(task, officer)
    check(task.state, TaskState.HANDED_ON)
    if task.case.state not in LIVE_CASES:
        raise TaskRefused(gettext("%s，不用再转办。") % over(task.case))
    nobody_is_asked_to_go_on(task)
    if unit_code == task.unit_id:
        raise TaskRefused(gettext("这件交办已经在本单位手上。"))
    if task.hop >= HOPS_MAX:
        raise TaskRefused(gettext("转办次数太多，请裁定人决定由谁承办。"))
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


def nobody_is_asked_to_go_on(task: Task) -> None:
    """Raises `TaskRefused` while the next unit has not answered, as long as there is a need."""
    if task.case.state not in LIVE_CASES:
        return
    if Task.objects.filter(previous=task, state=TaskState.OFFERED).exists():
        raise TaskRefused(gettext("已经请别的单位接办，对方还没有答复。"))


def held(task: Task, officer: Officer) -> None:
    """Lock the task's case and bring both up to date. Raises `NotYours`."""
    hold([task.case])
    task.refresh_from_db(from_queryset=Task.objects.select_related("case", "unit"))
    if not acts_for(officer, task):
        names = {"unit": task.unit.name, "own": officer.unit.name}
        raise NotYours(gettext("这件交办是%(unit)s的，您属于%(own)s。") % names)


def acts_for(officer: Officer, task: Task) -> bool:
    """Whether the officer's unit has the task, or stands above the one that has."""
    unit: Unit | None = task.unit
    while unit:
        if unit.pk == officer.unit_id:
            return True
        unit = unit.parent
    return False


def free_of_tasks(case: Case) -> None:
    """Raises `TaskRefused` if other units are at work: their tasks are never cancelled."""
    live = Task.objects.filter(case=case, state__in=LIVE).select_related("unit")
    live = live.exclude(unit_id=case.desk_id, lead=True)  # its own, which it may end itself
    if names := units(live):
        raise TaskRefused(gettext("还有单位在办或等待签收：%s。") % names)


def _end(task: Task, state: TaskState, at: datetime) -> None:
    task.state, task.ended_at, task.expires_at = state, at, None
    task.save(update_fields=["state", "ended_at", "expires_at"])
