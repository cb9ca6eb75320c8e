import pytest
from django.contrib.auth import get_user_model
from pytest_django import DjangoAssertNumQueries

from huying.units.actions import put_shifts
from huying.units.models import Absence, Officer
from huying.units.queries import Step, duty_list, heads, ladder, on_duty, roster, standby
from huying.units.tests import town
from huying.units.tests.test_rosters import local

pytestmark = pytest.mark.django_db
NOON, NIGHT = local(5, 12), local(6, 3)


def names(officers: list[Officer]) -> list[str]:
    return [officer.name for officer in officers]


def shown(steps: list[Step]) -> list[tuple[str, list[str]]]:
    return [(step.name, names(step.officers)) for step in steps]


def test_the_duty_list_names_the_unit_and_the_roster_the_person() -> None:
    town.build()

    unit = duty_list(NOON).unit_for("440304005026", "supplies", [])

    assert unit == "street"
    assert names(on_duty(unit, NOON)) == ["Rita"]
    assert names(on_duty(unit, NIGHT)) == ["Sem"]
    assert names(heads(unit)) == ["Hugo"]


def test_who_stands_by_comes_after_who_is_on_duty() -> None:
    town.build()
    put_shifts([*town.SHIFTS, town.a_shift("hugo", "street", 0, 0, standby=True)])

    assert names(on_duty("street", NOON)) == ["Rita", "Hugo"]
    assert names(standby("street", NOON)) == ["Hugo"]


def test_the_ladder_leaves_out_steps_with_nobody() -> None:
    town.build()

    assert shown(ladder("street", "desk", NOON)) == [
        ("on_duty", ["Rita"]),
        ("head", ["Hugo"]),
        ("parent", ["Omar"]),
        ("desk_leader", ["Lena"]),
        ("director", ["Dan"]),  # of the unit above the desk, which has none of its own
    ]


def test_nobody_is_on_two_steps_of_a_ladder() -> None:
    town.build()
    put_shifts([*town.SHIFTS, town.a_shift("hugo", "street", 0, 0, standby=True)])

    steps = shown(ladder("street", "desk", NOON))

    assert steps[:3] == [("on_duty", ["Rita"]), ("standby", ["Hugo"]), ("parent", ["Omar"])]


def test_a_desk_that_is_late_itself_is_told_its_own_leader() -> None:
    town.build()

    assert [step.name for step in ladder("desk", "desk", NOON)] == [
        *("on_duty", "desk_leader", "director")
    ]


def test_who_is_absent_or_has_left_is_on_no_step() -> None:
    town.build()
    rita = Officer.objects.get(name="Rita")
    Absence.objects.create(officer=rita, starts_at=local(5, 9), ends_at=local(5, 13))
    get_user_model().objects.filter(username="hugo").update(is_active=False)

    assert [step.name for step in ladder("street", "desk", NOON)] == [
        *("parent", "desk_leader", "director")
    ]
    assert names(on_duty("street", local(5, 13))) == ["Rita"]


def test_many_units_cost_as_many_queries_as_one(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    town.build()

    with django_assert_num_queries(4):
        book = roster(["street", "district", "desk"], NOON)
        assert book.ladder("street", "desk")
        assert names(book.on_duty("district")) == ["Omar"]
