from datetime import datetime, timedelta

import pytest

from huying.units.categories import ANY, CATEGORIES, GROUPS, ancestors, chain
from huying.units.queries import DutyList
from huying.units.rules import Line, in_force, responsible
from huying.units.tests.test_rosters import local

NOON = local(5, 12)
ZONE, NEWER_ZONE = 7, 8
SHANGSHA = ("440304005026", "440304005", "440304", "4403", "44")
LIST = [
    Line("4403", ANY, "city"),
    Line("4403", "health", "city-health"),
    Line("440304", ANY, "district"),
    Line("440304", "health", "district-health"),
    Line("440304", "maternal", "maternity"),
    Line("440304005", "supplies", "street"),
    Line("440304005026", "supplies", "community"),
    Line("440304005", ANY, "zone-post", ZONE),
    Line("440304", "medical", "zone-hospital", ZONE),
    Line("440304005", ANY, "newer-post", NEWER_ZONE),
]


@pytest.mark.parametrize(
    ("areas", "category", "zones", "unit"),
    [
        (SHANGSHA, "supplies", [], "community"),  # the most exact area
        (SHANGSHA[1:], "supplies", [], "street"),
        (SHANGSHA[2:], "supplies", [], "district"),  # no line for the group: the backstop
        (SHANGSHA, "maternal", [], "maternity"),  # the exact category before its group
        (SHANGSHA, "medical", [], "district-health"),
        (SHANGSHA, "rescue", [], "district"),
        (SHANGSHA, "no such category", [], "district"),
        (SHANGSHA, "", [], "district"),
        (SHANGSHA[3:], "medical", [], "city-health"),
        (SHANGSHA[4:], "medical", [], None),  # of the whole province we know nobody
        (SHANGSHA, "supplies", [ZONE], "zone-post"),  # a zone goes before everything
        (SHANGSHA[2:], "medical", [ZONE], "zone-hospital"),
        (SHANGSHA[2:], "supplies", [ZONE], "district"),  # where it says nothing, the rest holds
        (SHANGSHA, "supplies", [ZONE, NEWER_ZONE], "newer-post"),
        (SHANGSHA, "supplies", [99], "community"),
    ],
)
def test_the_most_exact_line_decides(
    areas: tuple[str, ...], category: str, zones: list[int], unit: str | None
) -> None:
    line = responsible(LIST, areas, chain(category), zones, NOON)

    assert (line.unit if line else None) == unit


def test_a_line_holds_from_its_first_moment_until_its_end() -> None:
    hour = timedelta(hours=1)
    takes_over = Line("440304", ANY, "stand-in", since=NOON, until=NOON + hour)

    def unit_at(at: datetime) -> str | None:
        line = responsible([*LIST, takes_over], ["440304"], [ANY], [], at)
        return line.unit if line else None

    assert unit_at(NOON - timedelta(seconds=1)) == "district"
    assert unit_at(NOON) == "stand-in"
    assert unit_at(NOON + hour) == "district"


def test_without_a_place_it_is_nobodys_but_the_desks() -> None:
    listed = DutyList(in_force(LIST, NOON))

    assert listed.unit_for(None, "medical") is None
    assert listed.unit_for("440304005026", "medical") == "district-health"


def test_every_category_has_a_group_and_a_backstop() -> None:
    assert len(CATEGORIES) == 18
    assert not set(CATEGORIES) & set(GROUPS)
    for code, category in CATEGORIES.items():
        assert ancestors(code) == (category.group, ANY)
        assert category.group in GROUPS
    assert chain(ANY) == (ANY,)
    assert chain("unheard of") == ("unheard of", ANY)
