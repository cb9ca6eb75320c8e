"""The machine's part: find the unit for a case that was read, and move on from a silent one."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from huying.cases.actions import hold, record_all
from huying.cases.models import Case
from huying.cases.reactions import Line
from huying.dispatch.actions.accept import move_on
from huying.dispatch.actions.offer import MACHINE, Ask, expires_at, is_open, offer_all
from huying.dispatch.facts import Expired
from huying.dispatch.models import Placing, Task
from huying.dispatch.rules import LIVE, TaskState
from huying.places.models import ZoneArea
from huying.places.rules import line_of
from huying.units.queries import DutyList, duty_list

OFFER_LIMIT = 200  # cases placed in one transaction
EXPIRE_LIMIT = 100


def want(lines: Sequence[Line]) -> None:
    """Reaction to a case that was read: a plea that needs no second thought goes to a unit."""
    Placing.objects.bulk_create(
        [
            Placing(case=line.case, wanted_at=line.at)
            for line in {line.case.pk: line for line in lines}.values()
            if line.case.nature == "plea" and line.case.lane == "act" and is_open(line.case)
        ],
        update_conflicts=True,
        unique_fields=["case"],
        update_fields=["wanted_at"],
    )


@transaction.atomic
def offer_next(*, at: datetime, limit: int = OFFER_LIMIT) -> int:
    """Offer each case that waits for a unit to the one on the duty list. Gives how many waited."""
    placings = list(
        # The case too: whoever holds it may be waiting for its place in this queue.
        Placing.objects.select_for_update(skip_locked=True, of=("self", "case"), no_key=True)
        .filter(wanted_at__isnull=False)
        .order_by("wanted_at", "case_id")
        .select_related("case")[:limit]
    )
    if not placings:
        return 0
    cases = [placing.case for placing in placings]
    hold(cases)
    duties = duty_list(at)
    zones = _zones(at)
    asked: dict[int, list[Task]] = {}
    for task in Task.objects.filter(case__in=cases, lead=True).order_by("pk"):
        asked.setdefault(task.case_id, []).append(task)
    asks = []
    for placing in placings:
        unit = _unit_for(placing.case, duties, zones)
        if placing.contested_at is None and is_open(placing.case):
            ask = _ask(placing.case, unit, asked.get(placing.case_id, []), at)
            if ask:
                asks.append(ask)
    offer_all(asks, at=at)
    Placing.objects.filter(pk__in=[placing.pk for placing in placings]).update(wanted_at=None)
    return len(placings)


def _zones(at: datetime) -> dict[str, list[int]]:
    """By area: the zones that hold there now."""
    found: dict[str, list[int]] = {}
    now = Q(zone__ends_at=None) | Q(zone__ends_at__gt=at)
    rows = ZoneArea.objects.filter(now, zone__starts_at__lte=at)
    for area_id, zone_id in rows.values_list("area_id", "zone_id"):
        found.setdefault(area_id, []).append(zone_id)
    return found


def _unit_for(case: Case, duties: DutyList, zones: dict[str, list[int]]) -> str:
    around = line_of(case.area_id) if case.area_id else []
    covering = {zone for area in around for zone in zones.get(area, ())}
    # Where nobody is named the desk is: there is never nobody.
    return duties.unit_for(case.area_id, case.category, covering) or case.desk_id


def _ask(case: Case, unit: str, asked: Sequence[Task], at: datetime) -> Ask | None:
    leads = {task.state: task for task in asked if task.state in LIVE}
    if TaskState.ACCEPTED in leads:
        return None
    offered = leads.get(TaskState.OFFERED)
    if offered:
        sooner = expires_at(case, offered.unit_id, offered.offered_at)
        if sooner and offered.expires_at and sooner < offered.expires_at:
            # What has become more urgent waits less.
            Task.objects.filter(pk=offered.pk).update(expires_at=sooner)
        of_desk = offered.unit_id == case.desk_id and offered.offered_by == MACHINE
        # A unit that was silent or said that it is another's is not asked again by a machine.
        if not of_desk or unit in {task.unit_id for task in asked}:
            return None
        # We know more now than when nobody but the desk could be asked.
        expire([offered], at=at)
    elif any(task.unit_id == unit for task in asked):
        unit = case.desk_id
    return Ask(case=case, unit=unit, lead=True, by=MACHINE, hop=len(asked) + 1)


@transaction.atomic
def expire_next(*, at: datetime, limit: int = EXPIRE_LIMIT) -> int:
    """Move on from units that did not accept in time: to the one above, at last to the desk."""
    silent = list(
        Task.objects.select_for_update(skip_locked=True, of=("self", "case"), no_key=True)
        .filter(state=TaskState.OFFERED, expires_at__lt=at)
        .order_by("expires_at", "pk")
        .select_related("case", "unit")[:limit]
    )
    hold([task.case for task in silent])
    expire(silent, at=at)
    for task in silent:
        move_on(task, _above(task), at=at)
    return len(silent)


def _above(task: Task) -> str:
    """Whom to ask after a silent unit: the one above it, then the desk; nobody twice."""
    above, case = task.unit.parent_id, task.case
    same = Task.objects.filter(case=case, lead=task.lead).exclude(pk=task.pk)
    silent_before = same.filter(state=TaskState.EXPIRED).exclude(unit=case.desk_id)
    if above is None or silent_before.exists() or same.filter(unit=above).exists():
        return case.desk_id
    return above


def expire(tasks: Sequence[Task], *, at: datetime) -> None:
    """These offers stand no more."""
    for task in tasks:
        task.state, task.ended_at, task.expires_at = TaskState.EXPIRED, at, None
    Task.objects.bulk_update(tasks, ["state", "ended_at", "expires_at"])
    record_all(
        [Line(task.case, Expired(task=task.pk, unit=task.unit_id), MACHINE, at) for task in tasks]
    )
