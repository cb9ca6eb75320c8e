"""Officers see by what rules the machine reads, and whether it reads with less than it should."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.core.cache import cache

from huying.cases.actions import record
from huying.console.queries.machine import machine
from huying.console.tests.cast import a_case, assessed, client, officer
from huying.triage.actions import correct, look
from huying.triage.rulebooks import in_force
from huying.units.rights import Role

pytestmark = pytest.mark.django_db

ALONE = "模型未能载入，机器只按规则研判"


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    cache.clear()


def read_by_rules_alone() -> None:
    fact = replace(assessed("high"), version="2026.11-1+rules")
    record(a_case(), fact, by="machine:triage", at=datetime.now(UTC))


def test_a_week_says_how_often_the_reading_stood() -> None:
    at, ada = datetime.now(UTC), officer("Ada")
    for urgency in ("critical", "high", "high", "low"):
        look(a_case(urgency=urgency), officer=ada, at=at)
    wrong = a_case(urgency="low")
    look(wrong, officer=ada, at=at)
    correct(wrong, why="家属来电", urgency="critical", officer=ada, at=at)

    week = machine(at).weeks[0]

    assert (week.looked, week.urgency, week.nature, week.agreed) == (5, 1, 0, 80)
    page = client("Ada").get("/console/machine").content.decode()
    assert "80%" in page
    assert in_force().version in page
    assert ALONE not in page


def test_a_desk_is_told_when_the_model_is_missing() -> None:
    desk = client("Ada")
    a_case()
    assert ALONE not in desk.get("/console/").content.decode()

    read_by_rules_alone()

    assert ALONE in desk.get("/console/").content.decode()
    assert ALONE in desk.get("/console/machine").content.decode()
    # A unit can do nothing about it, and is not bothered.
    street = client("Rita", "shatou", Role.UNIT_OFFICER)
    board = street.get("/console/")
    assert board.status_code == 200
    assert ALONE not in board.content.decode()


@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.DESK, 200), (Role.OBSERVER, 200), (Role.ADMINISTRATOR, 200), (Role.UNIT_OFFICER, 403)],
)
def test_who_assesses_or_sees_figures_sees_the_machine(role: Role, status: int) -> None:
    assert client("Kim", role=role).get("/console/machine").status_code == status
