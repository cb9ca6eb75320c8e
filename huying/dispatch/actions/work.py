"""What a unit that has accepted says next: how it goes, and how it ended."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext

from huying.cases.actions import record
from huying.cases.facts import Fact
from huying.cases.lifecycle import LIVE as LIVE_CASES
from huying.dispatch.actions.accept import held, nobody_is_asked_to_go_on
from huying.dispatch.facts import Finished, Progressed, Settled
from huying.dispatch.models import Task
from huying.dispatch.refusals import IS, check, say, units
from huying.dispatch.rules import LIVE, TaskRefused, TaskState
from huying.units.models import Officer


@transaction.atomic
def progress(
    task: Task, text: str, *, officer: Officer, at: datetime, next_by: datetime | None = None
) -> None:
    """Tell what was done and what comes next, and by when. The person reads it."""
    held(task, officer)
    if task.state != TaskState.ACCEPTED:
        raise TaskRefused(gettext("这件交办%s，不能报进展。") % IS[task.state])
    fact = Progressed(
        task=task.pk,
        unit=task.unit_id,
        unit_name=task.unit.name,
        text=say(text, gettext("请写明做了什么、下一步做什么。")),
        next_by=next_by.isoformat() if next_by else None,
    )
    record(task.case, fact, by=f"officer:{officer.pk}", at=at)


@transaction.atomic
def finish(task: Task, result: str, *, officer: Officer, at: datetime) -> None:
    """A joint unit has done its part; in a case that has ended, also one that was only asked.

    Raises `TaskRefused` for the lead of a live case, and while another is asked to go on with it.
    """
    held(task, officer)
    if task.lead and task.case.state in LIVE_CASES:
        raise TaskRefused(gettext("您是主办单位：请写明原因和结果，整件办结。"))
    nobody_is_asked_to_go_on(task)
    _done(task, at)
    _record_finished(task, say(result, gettext("请写明办理结果。")), officer, at)


@transaction.atomic
def settle(
    task: Task, *, cause: str, result: str, root: str = "", officer: Officer, at: datetime
) -> None:
    """The lead says that the case is settled, and the person is asked whether it is.

    Raises `TaskRefused` while joint tasks are open: the lead answers for the whole.
    """
    held(task, officer)
    if not task.lead:
        raise TaskRefused(gettext("只有主办单位能整件办结，协办单位请报本单位已完成。"))
    cause = say(cause, gettext("请写明原因。"))
    result = say(result, gettext("请写明办理结果。"))
    joint = Task.objects.filter(case=task.case, lead=False, state__in=LIVE).select_related("unit")
    if names := units(joint):
        raise TaskRefused(gettext("协办还没有办完：%s。") % names)
    nobody_is_asked_to_go_on(task)
    _done(task, at)
    if task.case.state not in LIVE_CASES:
        # The person said so before the unit did; its part is still written down.
        _record_finished(task, result, officer, at)
        return
    fact: Fact = Settled(
        task=task.pk,
        unit=task.unit_id,
        unit_name=task.unit.name,
        cause=cause,
        result=result,
        root=root.strip(),
    )
    record(task.case, fact, by=f"officer:{officer.pk}", at=at)


def _done(task: Task, at: datetime) -> None:
    # Where the need is over an offer can be laid down; it could not be accepted any more.
    if task.state == TaskState.OFFERED and task.case.state in LIVE_CASES:
        raise TaskRefused(gettext("这件交办还没有签收，请先签收再办结。"))
    check(task.state, TaskState.DONE)
    task.state, task.ended_at, task.expires_at = TaskState.DONE, at, None
    task.save(update_fields=["state", "ended_at", "expires_at"])


def _record_finished(task: Task, result: str, officer: Officer, at: datetime) -> None:
    fact = Finished(task=task.pk, unit=task.unit_id, unit_name=task.unit.name, result=result)
    record(task.case, fact, by=f"officer:{officer.pk}", at=at)
