"""The demo city is what everybody sees first, so it must keep the promise: never nobody."""

import re
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from pytest_django import Settings

from huying.config.demo import pack
from huying.places.models import Area
from huying.places.rules import Level
from huying.units import proof
from huying.units.actions import OfficerRow, UnitRow, put_officers, put_units
from huying.units.models import ContactPoint, Duty, Officer, Shift, Unit
from huying.units.queries import LADDER, duty_list, ladder, on_duty
from huying.units.rights import Role

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 1, 5, tzinfo=UTC)
NIGHT = datetime(2026, 1, 5, 19, 0, tzinfo=UTC)  # 3 a.m. in Shenzhen
MODELS = (Area, Unit, Officer, ContactPoint, Shift, Duty)

ANSWERS = {
    ("440309", "maternal"): "longhua-central",
    ("440304005026", "maternal"): "street-440304005",
    ("440304005026", "medical"): "futian-health",
    ("440303", "livelihood"): "luohu-civil",
    ("440307010", "medical"): "dapeng-health",
    ("410185", "maternal"): "zz-health",
    ("440304", ""): "futian",
}
LADDERS = {
    "longhua-central": "sz-health",
    "street-440304005": "sz-civil",
    "zz-central-hospital": "zz-desk",
}


@pytest.fixture(autouse=True)
def _home(settings: Settings, tmp_path: Path) -> None:
    settings.HUYING_HOME = tmp_path


def demo(*arguments: str) -> str:
    out = StringIO()
    call_command("demo", *arguments, stdout=out)
    return out.getvalue()


def test_there_is_never_nobody_and_a_log_in_for_every_role() -> None:
    said = demo()

    assert proof.holes(MONDAY, MONDAY + timedelta(days=7)) == []
    roles = {row.role for row in pack.officers() if row.username in pack.LOGINS}
    assert roles == set(Role)
    assert all(username in said for username in pack.LOGINS)
    assert authenticate(username="zhiban", password="huying-demo")


def test_every_place_of_the_stories_finds_its_unit_at_night() -> None:
    demo()
    listed = duty_list(NIGHT)

    for (area, category), unit in ANSWERS.items():
        assert listed.unit_for(area, category, []) == unit
        assert on_duty(unit, NIGHT)
    streets = Area.objects.filter(code__startswith="4403", level=Level.STREET)
    assert streets.count() == 79
    for code in streets.values_list("code", flat=True):
        assert listed.unit_for(code, "supplies", []) == f"street-{code}"
    for unit, desk in LADDERS.items():
        assert [step.name for step in ladder(unit, desk, NIGHT)] == list(LADDER)


@pytest.mark.django_db(transaction=True)
def test_twice_is_once_and_a_new_password_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    demo()
    before = [model.objects.count() for model in MODELS]
    monkeypatch.setenv("HUYING_DEMO_PASSWORD", "another one")

    demo()

    assert [model.objects.count() for model in MODELS] == before
    assert authenticate(username="shenji", password="another one")


def test_the_demo_stays_away_from_real_officers() -> None:
    put_units([UnitRow(code="real", name="真实单位", short="真实", kind="bureau")])
    put_officers(
        [OfficerRow(username="real", unit="real", role=Role.DESK, name="Ada")], password="!"
    )

    with pytest.raises(CommandError, match="aren't of the demo"):
        demo()
    assert not Area.objects.exists()

    demo("--force")
    assert Officer.objects.filter(user__username="real", role=Role.DESK).exists()


def test_every_phone_is_invented_and_used_once() -> None:
    phones = [unit.phone for unit in pack.units()] + [one.phone for one in pack.officers()]

    assert len(set(phones)) == len(phones)
    assert all(re.fullmatch(r"1990000\d{4}", phone) for phone in phones)
