"""What the tests of this room do again and again, in one line each."""

from dataclasses import dataclass
from datetime import datetime

from huying.cases.actions import record
from huying.cases.facts import Fact
from huying.cases.lifecycle import Move
from huying.cases.models import Case
from huying.cases.tests.people import officer
from huying.dispatch.actions import (
    give_back,
    offer,
    settle,
)
from huying.dispatch.models import Task
from huying.dispatch.rules import TaskState
from huying.testing.time import Time
from huying.triage.tests.people import an_assessed

ADA = "officer:1"


def asked(case: Case, unit: str, *, at: datetime, lead: bool = True) -> Task:
    return offer(case, unit, lead=lead, by=ADA, at=at, asked="上门看望")


def returned(task: Task, name: str, proper: str, *, at: datetime) -> None:
    give_back(task, ground="duty", proper=proper, officer=officer(name), at=at)


def settled(task: Task, name: str, *, at: datetime) -> None:
    settle(task, cause="断供", result="已送达", officer=officer(name), at=at)


@dataclass(frozen=True, kw_only=True)
class Solved(Fact, kind="test.solved", move=Move.CONFIRM):
    """The person says so; the real one belongs to a later room."""


def is_over(case: Case, *, at: datetime) -> None:
    record(case, Solved(), by="person", at=at)


def kinds(case: Case) -> list[str]:
    return list(case.timeline.order_by("number").values_list("kind", flat=True))


def tasks(case: Case) -> list[tuple[str, str]]:
    return list(Task.objects.filter(case=case).order_by("pk").values_list("unit_id", "state"))


def a_contested(time: Time) -> Case:
    case = an_assessed(at=time.now)
    returned(asked(case, "street", at=time.now), "rita", "water", at=time.passes(minutes=1))
    second = Task.objects.get(case=case, state=TaskState.OFFERED)
    returned(second, "wim", "street", at=time.passes(minutes=1))
    case.refresh_from_db()
    return case
