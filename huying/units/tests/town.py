"""A small town for the tests of this room: one district, one street, a desk above them."""

from datetime import time

from huying.places.models import Area
from huying.units.actions import (
    ContactRow,
    DutyRow,
    OfficerRow,
    ShiftRow,
    UnitRow,
    put_contact_points,
    put_duties,
    put_officers,
    put_shifts,
    put_units,
)
from huying.units.categories import ANY
from huying.units.rights import Role

WEEK = (1, 2, 3, 4, 5, 6, 7)
DISTRICT, STREET = "440304", "440304005"

UNITS = [
    UnitRow(code="desk", name="受理席", short="受理席", kind="desk", parent="city", is_desk=True),
    UnitRow(code="street", name="街道", short="街道", kind="street", parent="district"),
    UnitRow(code="district", name="区", short="区", kind="district", parent="city"),
    UnitRow(code="city", name="市", short="市", kind="command"),
]
OFFICERS = [
    OfficerRow(username="ada", unit="desk", role=Role.DESK, name="Ada"),
    OfficerRow(username="lena", unit="desk", role=Role.DESK_LEADER, name="Lena"),
    OfficerRow(username="dan", unit="city", role=Role.DIRECTOR, name="Dan"),
    OfficerRow(username="rita", unit="street", role=Role.UNIT_OFFICER, name="Rita"),
    OfficerRow(username="sem", unit="street", role=Role.UNIT_OFFICER, name="Sem"),
    OfficerRow(username="hugo", unit="street", role=Role.UNIT_HEAD, name="Hugo"),
    OfficerRow(username="omar", unit="district", role=Role.UNIT_OFFICER, name="Omar"),
]


def a_shift(username: str, unit: str, begins: int, ends: int, *, standby: bool = False) -> ShiftRow:
    """Every day, from one full hour to another."""
    return ShiftRow(
        username=username,
        unit=unit,
        weekdays=WEEK,
        begins=time(begins),
        ends=time(ends),
        standby=standby,
    )


SHIFTS = [
    a_shift("ada", "desk", 0, 0),
    a_shift("rita", "street", 8, 20),
    a_shift("sem", "street", 20, 8),
    a_shift("omar", "district", 0, 0),
]
DUTIES = [
    DutyRow(area=DISTRICT, category=ANY, unit="district"),
    DutyRow(area=STREET, category="supplies", unit="street"),
]


def build() -> None:
    """Somebody for everything, day and night. Twice is once."""
    for level, code in ((3, DISTRICT), (4, STREET)):
        Area.objects.get_or_create(
            code=code, defaults={"name": code, "short": code, "level": level, "path": code}
        )
    put_units(UNITS)
    put_officers(OFFICERS, password="!")
    put_contact_points([ContactRow(unit=unit.code, kind="console") for unit in UNITS])
    put_shifts(SHIFTS)
    put_duties(DUTIES)
