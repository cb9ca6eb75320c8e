"""Whose cases an officer sees, and how much of them. Every page of this door asks here."""

from enum import StrEnum

from django.db.models import Q, QuerySet

from huying.cases.models import Case
from huying.dispatch.models import Task
from huying.dispatch.rules import TaskState
from huying.units.models import Officer, Unit
from huying.units.rights import Right, Scope, may, scope

# A company that gave a task back, or slept through it, has no business with the case any more.
OUTSIDE_STATES = (TaskState.OFFERED, TaskState.ACCEPTED, TaskState.DONE)
# It does its part, and no more: whom to ask, what the person reads and who sees their number stay
# with authorities. Whoever leads the case speaks with the person.
OUTSIDE_RIGHTS = frozenset(
    {Right.SEE_BOARD, Right.SEE_CASE, Right.ACCEPT, Right.RETURN_TASK, Right.ANSWER}
)


class Sight(StrEnum):
    """How much of a case an officer sees."""

    WHOLE = "whole"  # masked; revealing a field is a right of its own
    OWN = "own"  # the words, masked, and the own unit's tasks: nothing else of anybody
    NONE = "none"


def sight(officer: Officer, case: Case) -> Sight:
    """How much of `case` the officer sees."""
    if not visible(officer).filter(pk=case.pk).exists():
        return Sight.NONE
    return Sight.OWN if _scope(officer) == Scope.TASK else Sight.WHOLE


def visible(officer: Officer) -> QuerySet[Case]:
    """The cases that the officer may see at all."""
    whose = _scope(officer)
    if whose == Scope.ALL:
        return Case.objects.all()
    if whose == Scope.NONE:
        return Case.objects.none()
    if whose == Scope.TASK:
        own = Task.objects.filter(unit=officer.unit_id, state__in=OUTSIDE_STATES)
        return Case.objects.filter(pk__in=own.values("case"))
    units = with_those_below(officer.unit_id)
    asked = Q(pk__in=Task.objects.filter(unit__in=units).values("case"))
    desks = Unit.objects.filter(pk__in=units, is_desk=True).values_list("pk", flat=True)
    # Hardly any unit has a desk below it; for the others PostgreSQL needs not look at every case.
    return Case.objects.filter(asked | Q(desk__in=list(desks)) if desks else asked)


def sees_all(officer: Officer) -> bool:
    """Whether there is no case that the officer may not see."""
    return _scope(officer) == Scope.ALL


def permits(officer: Officer, right: Right, seen: Sight) -> bool:
    """Whether the officer may use `right` on a case of which they see as much as `seen`."""
    if seen == Sight.NONE or not may(officer.role, right):
        return False
    return seen == Sight.WHOLE or right in OUTSIDE_RIGHTS


def with_those_below(code: str) -> list[str]:
    """The unit and all that report to it, however deep."""
    parents = dict(Unit.objects.values_list("code", "parent_id"))
    found = [code]
    for above in found:  # grows while it is read: breadth first
        found += [unit for unit, parent in parents.items() if parent == above and unit not in found]
    return found


def _scope(officer: Officer) -> Scope:
    return scope(officer.role, outside=officer.unit.outside)
