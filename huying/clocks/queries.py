"""What is owed to whom, and by when."""

from collections.abc import Collection
from datetime import datetime

from huying.cases.models import Case
from huying.clocks.models import Clock


def owed(case: Case) -> list[Clock]:
    """What is still owed in this case, the soonest due first; a paused promise comes last."""
    clocks = Clock.objects.filter(case=case, ended_at=None)
    return sorted(
        clocks, key=lambda clock: (clock.due_at is None, clock.due_at or clock.started_at)
    )


def next_due(case_ids: Collection[int]) -> dict[int, Clock]:
    """The promise that is due next in each of these cases."""
    found: dict[int, Clock] = {}
    clocks = Clock.objects.filter(case_id__in=case_ids, ended_at=None, due_at__isnull=False)
    for clock in clocks.order_by("due_at"):
        found.setdefault(clock.case_id, clock)
    return found


def broken(case_ids: Collection[int]) -> dict[int, list[Clock]]:
    """The broken promises of these cases that are still owed."""
    found: dict[int, list[Clock]] = {}
    clocks = Clock.objects.filter(case_id__in=case_ids, ended_at=None, broken_at__isnull=False)
    for clock in clocks.order_by("broken_at"):
        found.setdefault(clock.case_id, []).append(clock)
    return found


def kept_and_broken(since: datetime, until: datetime) -> dict[str, tuple[int, int]]:
    """For each promise that fell due in this time: how many were kept, how many broken."""
    figures: dict[str, tuple[int, int]] = {}
    clocks = Clock.objects.filter(due_at__gte=since, due_at__lt=until, case__drill=False)
    for promise, kept_at, broken_at in clocks.values_list("promise", "kept_at", "broken_at"):
        kept, late = figures.get(promise, (0, 0))
        figures[promise] = (kept + (kept_at is not None), late + (broken_at is not None))
    return figures
