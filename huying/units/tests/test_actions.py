from datetime import time

import pytest
from django.db import IntegrityError, transaction

from huying.units.actions import DutyRow, put_duties, put_shifts
from huying.units.models import ContactPoint, Duty, Officer, Shift, Unit
from huying.units.tests import town
from huying.units.tests.test_rosters import local

pytestmark = pytest.mark.django_db


def counts() -> list[int]:
    return [model.objects.count() for model in (Unit, Officer, ContactPoint, Shift, Duty)]


def test_twice_is_once() -> None:
    town.build()
    before, shifts = counts(), set(Shift.objects.values_list("pk", flat=True))

    town.build()

    assert counts() == before
    assert set(Shift.objects.values_list("pk", flat=True)) == shifts


def test_a_roster_is_put_as_a_whole_and_touches_no_other_units() -> None:
    town.build()

    put_shifts([town.a_shift("sem", "street", 8, 20), town.a_shift("rita", "street", 20, 8)])

    street = Shift.objects.filter(unit="street").order_by("begins")
    assert [(one.officer.name, one.begins) for one in street] == [
        ("Sem", time(8)),
        ("Rita", time(20)),
    ]
    assert Shift.objects.filter(unit="district").count() == 1


def test_a_duty_line_changes_hands_and_stays_one_line() -> None:
    town.build()

    put_duties([DutyRow(area=town.STREET, category="supplies", unit="district")])

    assert Duty.objects.get(area=town.STREET).unit_id == "district"


def test_a_later_line_is_a_line_of_its_own() -> None:
    town.build()

    put_duties([DutyRow(area=town.STREET, category="supplies", unit="district", since=local(6, 0))])

    assert Duty.objects.filter(area=town.STREET).count() == 2


def test_what_is_known_of_a_contact_point_is_kept() -> None:
    town.build()
    ContactPoint.objects.filter(unit="street").update(dead_since=local(5, 0))

    town.build()

    assert ContactPoint.objects.get(unit="street").dead_since == local(5, 0)


@pytest.mark.parametrize("weekdays", [[], [0], [8]])
def test_a_weekday_that_is_none_is_refused(weekdays: list[int]) -> None:
    town.build()

    with pytest.raises(IntegrityError), transaction.atomic():
        Shift.objects.update(weekdays=weekdays)
