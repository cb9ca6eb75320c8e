"""What an officer reads when a task or a case cannot do what they pressed."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from huying.cases.lifecycle import State
from huying.cases.models import Case
from huying.dispatch.models import Task
from huying.dispatch.rules import TaskRefused, TaskState, may_become

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Lazy
else:
    from django.utils.functional import Promise as Lazy

IS: Mapping[str, Lazy] = {
    TaskState.OFFERED: _("还没有签收"),
    TaskState.ACCEPTED: _("已经签收"),
    TaskState.DONE: _("已经办完"),
    TaskState.RETURNED: _("已经退回"),
    TaskState.EXPIRED: _("逾期没有签收，已经另交"),
    TaskState.HANDED_ON: _("已经转出"),
}
CANNOT: Mapping[TaskState, Lazy] = {
    TaskState.OFFERED: _("不能再交办"),
    TaskState.ACCEPTED: _("不能签收"),
    TaskState.DONE: _("不能办结"),
    TaskState.RETURNED: _("不能退回"),
    TaskState.EXPIRED: _("不能作废"),
    TaskState.HANDED_ON: _("不能转办"),
}
CASE_IS: Mapping[str, Lazy] = {
    State.CLOSED: _("工单已经办结"),
    State.DECLINED: _("工单已经不予受理"),
    State.MERGED: _("工单已经并入别的工单"),
}


def check(state: str, to: TaskState) -> None:
    """Raises `TaskRefused` if a task in `state` cannot become `to`."""
    if not may_become(state, to):
        words = {"state": IS[state], "cannot": CANNOT[to]}
        raise TaskRefused(gettext("这件交办%(state)s，%(cannot)s。") % words)


def say(text: str, ask: str) -> str:
    """`text` without space around it. Raises `TaskRefused` with `ask` if nothing is left."""
    if not text.strip():
        raise TaskRefused(ask)
    return text.strip()


def over(case: Case) -> str:
    """That the case has ended, and how."""
    return str(CASE_IS[case.state])


def units(tasks: Iterable[Task]) -> str:
    """The names of the units that have these tasks, "" if there are none."""
    return "、".join(task.unit.name for task in tasks)
