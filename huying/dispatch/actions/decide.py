"""What the desk, the arbiter and whoever may act first decide."""

from datetime import datetime, timedelta

from django.db import transaction

from huying.cases.actions import hold, record
from huying.cases.models import Case
from huying.dispatch.actions.accept import accept, free_of_tasks
from huying.dispatch.actions.offer import is_contested, offer, uncontest
from huying.dispatch.facts import ActedFirst, Declined
from huying.dispatch.models import Task
from huying.dispatch.rules import LIVE, TaskRefused, TaskState, say
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
        raise TaskRefused("nobody contests this case: offer it as usual")
    why = say(why, "why it is theirs")
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
        raise TaskRefused("a plea is declined by two officers: name the second")
    free_of_tasks(case)
    fact = Declined(
        ground=say(ground, "the ground"),
        where_to_go=say(where_to_go, "where the person can go instead"),
        second=second.pk if second else None,
    )
    uncontest(case)
    Task.objects.filter(case=case, unit=case.desk_id, lead=True, state__in=LIVE).update(
        state=TaskState.DONE, ended_at=at, expires_at=None
    )
    record(case, fact, by=f"officer:{officer.pk}", at=at)


@transaction.atomic
def act_first(case: Case, what: str, *, officer: Officer, at: datetime) -> None:
    """Write down that an officer acted at once, on their own authority, and owes the report."""
    by = at + REPORT_WITHIN
    fact = ActedFirst(officer=officer.pk, what=say(what, "what you did"), report_by=by.isoformat())
    record(case, fact, by=f"officer:{officer.pk}", at=at)
