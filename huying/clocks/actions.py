"""Make promises, recount them when something happened, and sweep up what runs out."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from huying.cases.actions import hold, record, record_all
from huying.cases.bulk import insert, update
from huying.cases.models import Case, Entry
from huying.cases.reactions import Line
from huying.clocks.effects import EFFECTS, timers, touches
from huying.clocks.facts import Broke, Climbed, Took, Undertook, Warned
from huying.clocks.ladder import BREAK, WARN_SHARES, first_step, next_step, step_now
from huying.clocks.models import Clock
from huying.clocks.policy import RUNG, policy_for
from huying.clocks.rules import DESK, Key, Spans, Timer, grade_of
from huying.dispatch.models import Task
from huying.units.models import Officer
from huying.units.queries import Step, roster

SWEEP_LIMIT = 200  # a sweep takes what it can hold in one transaction; the next takes the rest
RUNG_WAIT = timedelta(hours=1)  # where a policy doesn't say how long a rung waits
STORED = ["started_at", "due_at", "kept_at", "broken_at", "ended_at", "next_at", "step"]


def undertake(lines: Sequence[Line]) -> None:
    """Reaction to an opened case: freeze into it what its desk promises today."""
    promised = []
    for line in lines:
        policy = policy_for(line.case.desk_id)
        fact = Undertook(policy=policy.version, spans=policy.spans)
        promised.append(Line(line.case, fact, "clock", line.at))
    record_all(promised)


def recount(lines: Sequence[Line]) -> None:
    """Reaction to whatever touches a promise: bring the cases' clocks to what the timeline says."""
    cases = {line.case.pk: line.case for line in lines if touches(line.fact)}
    if not cases:
        return
    at = max(line.at for line in lines)
    stories: dict[int, list[tuple[str, dict[str, Any], datetime]]] = defaultdict(list)
    for case_id, *told in (
        Entry.objects.filter(case_id__in=cases, kind__in=EFFECTS)
        .order_by("case_id", "number")
        .values_list("case_id", "kind", "data", "happened_at")
    ):
        stories[case_id].append((told[0], told[1], told[2]))
    rows: dict[int, dict[Key, Clock]] = defaultdict(dict)
    for clock in Clock.objects.select_for_update().filter(case_id__in=cases).order_by("pk"):
        rows[clock.case_id][(clock.promise, clock.task, clock.opening)] = clock
    changed, broke = [], []
    for case_id, story in stories.items():
        for key, timer in timers(story).items():
            row = rows[case_id].get(key)
            late = timer.broken_at is not None and (row is None or row.broken_at is None)
            fresh = _index(row, timer, cases[case_id], at)
            if fresh is not None:
                changed.append(fresh)
            if late:
                broke.append(Line(cases[case_id], _broke(timer), "clock", at))
    insert([clock for clock in changed if clock.pk is None])
    update([clock for clock in changed if clock.pk is not None], STORED)
    record_all(broke)


def _broke(timer: Timer) -> Broke:
    return Broke(
        promise=timer.promise,
        task=timer.task,
        opening=timer.opening,
        due_at=timer.due_at.isoformat(),
    )


def _index(row: Clock | None, timer: Timer, case: Case, at: datetime) -> Clock | None:
    """The row as `timer` wants it, or None if it is so already."""
    due_at = None if timer.paused_at else timer.due_at
    wanted = (timer.started_at, due_at, timer.kept_at, timer.broken_at, timer.ended_at)
    if row and wanted == (row.started_at, row.due_at, row.kept_at, row.broken_at, row.ended_at):
        return None
    fresh = Clock(
        pk=row.pk if row else None,
        case=case,
        promise=timer.promise,
        task=timer.task,
        opening=timer.opening,
        step=row.step if row else 0,
        next_at=row.next_at if row else None,
    )
    fresh.started_at, fresh.due_at, fresh.kept_at, fresh.broken_at, fresh.ended_at = wanted
    if timer.ended_at is not None or due_at is None:
        fresh.next_at = None
    elif timer.broken_at is None or row is None or row.next_at is None:
        # Running, or broken without anybody told yet: the next sweep goes on from here.
        fresh.step, fresh.next_at = _standing(timer, at)
    return fresh


def _standing(timer: Timer, at: datetime) -> tuple[int, datetime]:
    if timer.broken_at is not None:
        return BREAK, timer.due_at
    following = first_step(timer.started_at, timer.due_at, now=at)
    assert following.at is not None
    return following.step, following.at


@transaction.atomic
def sweep(*, at: datetime, limit: int = SWEEP_LIMIT) -> int:
    """Warn of promises that run out, break those that ran out, and climb the ladder.

    Gives how many clocks took a step. A step is taken once, whoever sweeps.
    """
    # The case too, or whoever holds it and waits for this clock would wait for us, and we for them.
    due = list(
        Clock.objects.select_for_update(skip_locked=True, of=("self", "case"), no_key=True)
        .filter(next_at__lt=at, ended_at=None, due_at__isnull=False)
        .order_by("next_at", "id")
        .select_related("case")[:limit]
    )
    spans = _spans(clock.case_id for clock in due)
    units = _holders(due)
    desks = {clock.case.desk_id for clock in due}
    book = roster([*units.values(), *desks], at) if due else None
    lines = []
    for clock in due:
        assert book, "whoever is due has a desk"
        desk = clock.case.desk_id
        rungs = book.ladder(units.get(clock.task, desk), desk)
        lines += _step(clock, rungs, _rung(spans, clock.case), at)
    update(due, ["broken_at", "next_at", "step"])
    record_all(lines)
    return len(due)


def _step(clock: Clock, rungs: Sequence[Step], rung: timedelta, at: datetime) -> list[Line]:
    assert clock.due_at is not None
    lines = []
    clock.step = step_now(clock.step, clock.started_at, clock.due_at, now=at)
    if clock.step < BREAK:
        fact = Warned(
            promise=clock.promise,
            task=clock.task,
            share=WARN_SHARES[clock.step],
            due_at=clock.due_at.isoformat(),
        )
        lines.append(Line(clock.case, fact, "clock", at))
    else:
        if clock.broken_at is None:
            clock.broken_at = clock.due_at
            broke = Broke(
                promise=clock.promise,
                task=clock.task,
                opening=clock.opening,
                due_at=clock.due_at.isoformat(),
            )
            lines.append(Line(clock.case, broke, "clock", at))
        lines.append(Line(clock.case, _climb(clock, rungs), "clock", at))
    following = next_step(
        clock.step, clock.started_at, clock.due_at, rung=rung, rungs=len(rungs), now=at
    )
    clock.step, clock.next_at = following.step, following.at
    return lines


def _climb(clock: Clock, rungs: Sequence[Step]) -> Climbed:
    number = clock.step - BREAK
    # Above the top there is nobody else to tell, so the top is told again.
    step = rungs[min(number, len(rungs) - 1)] if rungs else None
    return Climbed(
        promise=clock.promise,
        task=clock.task,
        rung=number,
        who=step.name if step else "nobody",
        officers=[officer.pk for officer in step.officers] if step else [],
    )


def _holders(clocks: Iterable[Clock]) -> dict[int, str]:
    tasks = {clock.task for clock in clocks if clock.task != DESK}
    return dict(Task.objects.filter(pk__in=tasks).values_list("pk", "unit_id"))


def _spans(case_ids: Iterable[int]) -> dict[int, Spans]:
    undertook = Entry.objects.filter(case_id__in=set(case_ids), kind=Undertook.kind)
    return {entry.case_id: entry.data["spans"] for entry in undertook}


def _rung(spans: dict[int, Spans], case: Case) -> timedelta:
    seconds = spans.get(case.pk, {}).get(grade_of(case.urgency, case.lane), {}).get(RUNG)
    return timedelta(seconds=seconds) if isinstance(seconds, int) else RUNG_WAIT


@transaction.atomic
def take(clock: Clock, *, officer: Officer, at: datetime) -> None:
    """Somebody on the ladder sees to it: the climbing rests for half of the promise's time.

    Taking is not for ever. If it is still owed then, the ladder goes on where it stopped. Before
    its time is over only the warnings rest: that a promise breaks is known when it does.
    """
    hold([clock.case])
    clock.refresh_from_db(from_queryset=Clock.objects.select_for_update().select_related("case"))
    if clock.ended_at is not None or clock.due_at is None:
        return
    fact = Took(promise=clock.promise, task=clock.task, officer=officer.pk)
    record(clock.case, fact, by=f"officer:{officer.pk}", at=at)
    clock.taken_by = officer.pk
    if clock.broken_at is None:
        clock.step, clock.next_at = BREAK, clock.due_at
    else:
        clock.next_at = at + (clock.due_at - clock.started_at) / 2
    clock.save(update_fields=["taken_by", "next_at", "step"])
