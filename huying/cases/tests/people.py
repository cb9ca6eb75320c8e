"""The cast of the house's tests: Noor writes, Ada and Olga are the desk, Rita works at the street.

A town of one district and one street (see units/tests/town.py), with a hospital and an arbiter.
"""

from datetime import datetime

from huying.persons.actions import Sender, know
from huying.persons.models import Person
from huying.units.actions import OfficerRow, UnitRow, put_officers, put_units
from huying.units.models import Officer
from huying.units.rights import Role
from huying.units.tests import town as small
from huying.units.tests.town import DISTRICT, STREET

__all__ = ["DISTRICT", "STREET", "a_person", "officer", "town"]

UNITS = [
    UnitRow(code="hospital", name="区医院", short="区医院", kind="hospital", parent="district"),
    UnitRow(code="water", name="水务局", short="水务局", kind="bureau", parent="city"),
]
OFFICERS = [
    OfficerRow(username="olga", unit="desk", role=Role.DESK, name="Olga"),
    OfficerRow(username="noah", unit="hospital", role=Role.UNIT_OFFICER, name="Noah"),
    OfficerRow(username="wim", unit="water", role=Role.UNIT_OFFICER, name="Wim"),
    OfficerRow(username="iris", unit="city", role=Role.ARBITER, name="Iris"),
]


def town() -> None:
    """Areas, units, officers, rosters and duties. Twice is once."""
    small.build()
    put_units(UNITS)
    put_officers(OFFICERS, password="!")


def officer(name: str) -> Officer:
    """One of the cast, by their first name in small letters."""
    return Officer.objects.select_related("unit").get(user__username=name)


def a_person(name: str = "noor", *, at: datetime) -> Person:
    """Somebody who writes to us on WeChat."""
    sender = Sender("wechat", "health", name)
    return know([sender], at=at)[sender]
