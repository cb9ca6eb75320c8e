"""Ask a unit to act. Until it accepts, whoever held the case before holds it still."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext

from huying.cases.actions import hold, record_all
from huying.cases.bulk import insert
from huying.cases.lifecycle import LIVE as LIVE_CASES
from huying.cases.lifecycle import State
from huying.cases.models import Case
from huying.cases.reactions import Line
from huying.dispatch.facts import Offered
from huying.dispatch.models import Placing, Task
from huying.dispatch.refusals import over
from huying.dispatch.rules import EXPIRES_WITHIN, LIVE, TaskRefused, TaskState
from huying.units.models import Unit

MACHINE = "machine:dispatch"


@dataclass(frozen=True, kw_only=True)
class Ask:
    """One offer that is about to be made."""

    case: Case
    unit: str
    lead: bool
    by: str
    asked: str = ""
    sort: str = ""
    hop: int = 1
    previous: int | None = None
    final: bool = False


@transaction.atomic
def offer(
    case: Case,
    unit_code: str,
    *,
    lead: bool,
    by: str,
    at: datetime,
    asked: str = "",
    sort: str = "",
    final: bool = False,
) -> Task:
    """Ask a unit for its part of a case. A new lead takes over when it accepts, not before.

    Raises `TaskRefused` if the unit is unknown, the case is over, or another lead is being asked;
    also while the arbiter is being asked. `final`: the arbiter has decided.
    """
    hold([case])
    if case.state not in LIVE_CASES:
        raise TaskRefused(gettext("%s，要先重新打开才能交办。") % over(case))
    leads = Task.objects.filter(case=case, lead=True, state__in=LIVE).select_related("unit")
    asked_now = {task.state: task for task in leads}
    if lead and (waiting := asked_now.get(TaskState.OFFERED)):
        raise TaskRefused(gettext("已经请%s主办，对方还没有答复。") % waiting.unit.name)
    if lead and is_contested(case):
        raise TaskRefused(gettext("两个单位都退回了，由裁定人决定谁承办。"))
    holder = asked_now.get(TaskState.ACCEPTED) if lead else None
    # The arbiter may say that it is whoever has it, who accepts once more, and may not return it.
    if holder and holder.unit_id == unit_code and not final:
        raise TaskRefused(gettext("%s已经是这件的主办单位。") % holder.unit.name)
    ask = Ask(
        case=case,
        unit=unit_code,
        lead=lead,
        by=by,
        asked=asked,
        sort=sort,
        hop=_hops(case) + 1 if lead else 1,
        previous=holder.pk if holder else None,
        final=final,
    )
    return offer_all([ask], at=at)[0]


@transaction.atomic
def offer_all(asks: Sequence[Ask], *, at: datetime) -> list[Task]:
    """Make these offers, all at once. The cases are held by the caller, and have no lead asked."""
    units = _units(ask.unit for ask in asks)
    tasks = [
        Task(
            case=ask.case,
            unit_id=ask.unit,
            lead=ask.lead,
            sort=ask.sort,
            asked=ask.asked,
            hop=ask.hop,
            previous_id=ask.previous,
            final=ask.final,
            offered_at=at,
            offered_by=ask.by,
            expires_at=expires_at(ask.case, ask.unit, at),
        )
        for ask in asks
    ]
    insert(tasks)
    record_all(
        [
            Line(ask.case, _offered(ask, task, units), ask.by, at)
            for ask, task in zip(asks, tasks, strict=True)
        ]
    )
    return tasks


def offer_again(lines: Sequence[Line]) -> None:
    """Reaction to a case that is open again: ask the unit that led it last, who knows it."""
    asks = []
    for line in lines:
        uncontest(line.case)
        tasks = Task.objects.filter(case=line.case, lead=True).order_by("-pk")
        if tasks.filter(state__in=LIVE).exists():
            continue
        # Not one that said that it is another's, or never answered: then the desk asks around.
        latest = tasks.filter(state=TaskState.DONE, accepted_at__isnull=False).first()
        asks.append(
            Ask(
                case=line.case,
                unit=latest.unit_id if latest else line.case.desk_id,
                lead=True,
                by=MACHINE,
                asked=latest.asked if latest else "",
                hop=_hops(line.case) + 1,
            )
        )
    if asks:
        offer_all(asks, at=max(line.at for line in lines))


def expires_at(case: Case, unit: str, at: datetime) -> datetime | None:
    # The desk is the last to be asked: its offers don't move on, the ladder climbs instead.
    if unit == case.desk_id:
        return None
    return at + EXPIRES_WITHIN[case.urgency or "high"]


def is_contested(case: Case) -> bool:
    """Whether the arbiter is being asked whose it is."""
    return Placing.objects.filter(case=case, contested_at__isnull=False).exists()


def uncontest(case: Case) -> None:
    """The arbiter need not decide any more."""
    Placing.objects.filter(case=case, contested_at__isnull=False).update(contested_at=None)


def is_open(case: Case) -> bool:
    return case.state in {State.NEW, State.OPEN}


def _hops(case: Case) -> int:
    return Task.objects.filter(case=case, lead=True).count()


def _units(codes: Iterable[str]) -> Mapping[str, Unit]:
    units = Unit.objects.in_bulk()  # some hundred rows: fewer bytes than a query for each chain
    for code in codes:
        if code not in units:
            raise TaskRefused(gettext("没有代码为“%s”的单位。") % code)
    return units


def _offered(ask: Ask, task: Task, units: Mapping[str, Unit]) -> Offered:
    above, desk_above = _above(ask.unit, units), _above(ask.case.desk_id, units)
    # Who is passed over between the desk and the unit is told (skip-level offers).
    informed = [code for code in above if code not in desk_above and code != ask.case.desk_id]
    return Offered(
        task=task.pk,
        unit=ask.unit,
        unit_name=units[ask.unit].name,
        lead=ask.lead,
        sort=ask.sort,
        asked=ask.asked,
        hop=ask.hop,
        previous=ask.previous,
        informed=informed if ask.case.desk_id != ask.unit else [],
        final=ask.final,
    )


def _above(code: str, units: Mapping[str, Unit]) -> list[str]:
    chain: list[str] = []
    parent = units[code].parent_id
    while parent and parent not in chain:
        chain.append(parent)
        parent = units[parent].parent_id
    return chain
