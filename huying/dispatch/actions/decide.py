"""What the desk, the arbiter and whoever may act first decide."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext

from huying.cases.actions import hold, record
from huying.cases.models import Case
from huying.cases.reactions import Line
from huying.dispatch.actions.accept import accept, free_of_tasks
from huying.dispatch.actions.offer import is_contested, offer, uncontest
from huying.dispatch.facts import ActedFirst, Declined
from huying.dispatch.models import Task
from huying.dispatch.refusals import say
from huying.dispatch.rules import LIVE, TaskRefused, TaskState
from huying.units.models import Officer

REPORT_WITHIN = timedelta(hours=2)  # of acting first (先处置后报备): within the same shift


@transaction.atomic
def take(case: Case, *, officer: Officer, at: datetime) -> Task:
    """The desk leads the case itself, also one that others contest.

    Raises `TaskRefused` while another unit is being asked, `NotYours` if the desk is another's.
    """
    hold([case])
    uncontest(case)
    asked = Task.objects.filter(case=case, lead=True, state=TaskState.OFFERED).first()
    if asked and asked.unit_id == case.desk_id:
        task = asked
    else:
        task = offer(case, case.desk_id, lead=True, by=f"officer:{officer.pk}", at=at)
    accept(task, officer=officer, at=at)
    return task


@transaction.atomic
def arbitrate(case: Case, unit_code: str, *, why: str, officer: Officer, at: datetime) -> Task:
    """Decide whose a contested case is. The unit may not return it."""
    hold([case])
    if not is_contested(case):
        raise TaskRefused(gettext("没有单位对承办提出争议，请直接交办。"))
    why = say(why, gettext("请写明裁定理由。"))
    uncontest(case)
    # Whoever accepted earlier holds it until the unit that is named now accepts.
    return offer(
        case, unit_code, lead=True, by=f"officer:{officer.pk}", at=at, asked=why, final=True
    )


@transaction.atomic
def decline(
    case: Case,
    *,
    ground: str,
    where_to_go: str,
    officer: Officer,
    second: Officer | None,
    at: datetime,
) -> None:
    """Say that it is not ours, on what ground, and where to go instead.

    The desk's own part ends with it. Raises `TaskRefused` for a plea without a second officer, or
    while other units are at work or being asked.
    """
    hold([case])
    if case.nature in {"plea", ""} and (second is None or second.pk == officer.pk):
        raise TaskRefused(gettext("求助类诉求须由两名工作人员决定不予受理，请填第二名。"))
    free_of_tasks(case)
    fact = Declined(
        ground=say(ground, gettext("请写明不予受理的理由。")),
        where_to_go=say(where_to_go, gettext("请写明诉求人可以去哪里办。")),
        second=second.pk if second else None,
    )
    _let_go(case, at)
    record(case, fact, by=f"officer:{officer.pk}", at=at)


def leave_to_other(lines: Sequence[Line]) -> None:
    """Reaction to a merge: the desk's own part ends, it goes on in the other case.

    Raises `TaskRefused`, so that nothing is merged, while other units are at work or being asked.
    """
    for line in lines:  # merged by hand, one at a time
        free_of_tasks(line.case)
        _let_go(line.case, line.at)


def _let_go(case: Case, at: datetime) -> None:
    uncontest(case)
    Task.objects.filter(case=case, unit=case.desk_id, lead=True, state__in=LIVE).update(
        state=TaskState.DONE, ended_at=at, expires_at=None
    )


@transaction.atomic
def act_first(case: Case, what: str, *, officer: Officer, at: datetime) -> None:
    """Write down that an officer acted at once, on their own authority, and owes the report."""
    what = say(what, gettext("请写明做了什么。"))
    fact = ActedFirst(officer=officer.pk, what=what, report_by=(at + REPORT_WITHIN).isoformat())
    record(case, fact, by=f"officer:{officer.pk}", at=at)
