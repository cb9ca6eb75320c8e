from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from huying.places.actions import open_zone
from huying.places.rules import ZoneKind
from huying.units.actions import DutyRow, put_duties
from huying.units.categories import ANY
from huying.units.models import Absence, ContactPoint, Duty, Officer, Shift
from huying.units.proof import CATEGORIES_AND_ANY, Hole, holes
from huying.units.tests import town
from huying.units.tests.test_rosters import local

pytestmark = pytest.mark.django_db
MONDAY, NEXT_MONDAY = local(5, 0), local(12, 0)


def week(area: str = "") -> list[Hole]:
    return holes(MONDAY, NEXT_MONDAY, area=area)


def check(*arguments: str) -> str:
    out = StringIO()
    call_command(
        *("duty", "check", "--from", "2026-01-05T00:00", "--days", "7"), *arguments, stdout=out
    )
    return out.getvalue()


def test_a_town_with_somebody_for_everything_has_no_holes() -> None:
    town.build()

    assert week() == []
    assert check() == "no holes, 2026-01-05 00:00 to 2026-01-12 00:00\n"


def test_one_missing_hour_is_found_with_its_reason() -> None:
    town.build()
    rita = Officer.objects.get(name="Rita")
    Absence.objects.create(officer=rita, starts_at=local(7, 10), ends_at=local(7, 11))

    [hole] = week()

    assert (hole.begins_at, hole.ends_at) == (local(7, 10), local(7, 11))
    assert (hole.unit, hole.why) == ("street", "absent: Rita")
    assert hole.needs == {(town.STREET, "supplies")}


def test_the_command_says_it_in_words_and_fails() -> None:
    town.build()
    Shift.objects.filter(officer__name="Omar").delete()
    out = StringIO()

    with pytest.raises(CommandError, match="1 holes") as failure:
        call_command("duty", "check", "--from", "2026-01-05T00:00", stdout=out)

    assert failure.value.returncode == 1
    assert out.getvalue().splitlines() == [
        "2026-01-05 00:00 to 2026-01-12 00:00  区 (district): nobody on the roster",
        "    440304 440304: everything",
        "    440304005 440304005: " + ", ".join(sorted({*CATEGORIES_AND_ANY} - {"supplies"})),
    ]


def test_somebody_whom_nothing_reaches_is_nobody() -> None:
    town.build()
    ContactPoint.objects.filter(unit="street").update(dead_since=local(5, 0))

    [hole] = week()

    assert (hole.unit, hole.why) == ("street", "the unit has no live contact point")


def test_without_a_backstop_every_category_of_its_own_is_missing() -> None:
    town.build()
    Duty.objects.filter(category=ANY).delete()

    [hole] = week()

    assert hole.unit == ""
    assert hole.needs == {(town.STREET, code) for code in CATEGORIES_AND_ANY if code != "supplies"}


def test_an_area_that_no_line_reaches_is_a_hole_when_it_is_asked_for() -> None:
    town.build()

    assert week("440304005026") == []  # inherits from the street and the district
    assert [hole.unit for hole in week("440305")] == [""]


def test_a_line_that_ends_leaves_a_hole_from_then_on() -> None:
    town.build()
    Duty.objects.filter(category=ANY).update(until=local(9, 0))

    [hole] = week(town.DISTRICT)

    assert (hole.begins_at, hole.ends_at, hole.unit) == (local(9, 0), NEXT_MONDAY, "")


def test_a_desk_without_anybody_is_a_hole() -> None:
    town.build()
    Shift.objects.filter(unit="desk").delete()

    [hole] = week()

    assert hole.unit == "desk"
    assert hole.needs == {("", ANY)}


def test_a_zones_own_unit_must_be_there_while_the_zone_holds() -> None:
    town.build()
    zone = open_zone("封控", ZoneKind.SEALED, [town.STREET], starts_at=local(6, 0))
    put_duties([DutyRow(area=town.STREET, category=ANY, unit="city", zone=zone.pk)])

    [hole] = week()

    assert (hole.begins_at, hole.ends_at, hole.unit) == (local(6, 0), NEXT_MONDAY, "city")


def test_who_is_responsible_is_answered_with_the_proof() -> None:
    town.build()
    out = StringIO()

    call_command(
        *("duty", "who", "440304005026", "supplies", "--at", "2026-01-06T03:00"), stdout=out
    )

    assert [line.rstrip() for line in out.getvalue().splitlines()] == [
        "440304005026 supplies at 2026-01-06 03:00",
        "areas asked: ? 440304005026 › 440304005 440304005 ← decides",
        "duty line:   440304005 × supplies → street",
        "unit:        街道 (street)",
        "on duty:     Sem  20:00–08:00",
        "standby:     nobody",
        "ladder for desk desk:",
        "  1 on_duty     Sem",
        "  2 head        Hugo",
        "  3 parent      Omar",
        "  4 desk_leader Lena",
        "  5 director    Dan",
    ]
