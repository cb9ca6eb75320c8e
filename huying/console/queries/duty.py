"""Who is there now, and whose it is: with the proof."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from huying.places.models import Area
from huying.places.queries import ancestors, zones_of
from huying.units.categories import chain
from huying.units.models import Officer, Unit
from huying.units.queries import duty_list, roster
from huying.units.rules import Line, Lines


@dataclass(frozen=True)
class Watch:
    """Who can be asked now at one unit."""

    unit: Unit
    on_duty: list[Officer]
    standby: list[Officer]

    @property
    def is_empty(self) -> bool:
        return not self.on_duty and not self.standby


@dataclass(frozen=True)
class Asked:
    """One line of the duty list that was asked for, and what it said."""

    area: str
    category: str
    unit: str  # its name; empty: the list says nothing here, so the next line is asked


@dataclass(frozen=True)
class Proof:
    """Why a unit is responsible: every line that was asked, down to the one that decided."""

    area: Area
    category: str
    at: datetime
    asked: list[Asked]
    unit: Unit | None
    zone: int | None
    watch: Watch | None


def watches(at: datetime, *, named: str = "") -> list[Watch]:
    """Every unit, or those whose name has `named` in it, with whoever is there at `at`."""
    units = list(Unit.objects.filter(name__icontains=named).order_by("kind", "code"))
    book = roster([unit.code for unit in units], at)
    return [
        Watch(unit, on_duty=book.on_duty(unit.code), standby=book.standby(unit.code))
        for unit in units
    ]


def proof(area: Area, category: str, at: datetime) -> Proof:
    """Whose `category` in `area` is at `at`, and the way there."""
    duties = duty_list(at)
    zones = [zone.pk for zone in zones_of(area.code, at)]
    line = duties.line_for(area.code, category, zones)
    unit = Unit.objects.filter(pk=line.unit).first() if line else None
    return Proof(
        area=area,
        category=category,
        at=at,
        asked=list(_asked(duties.lines, area.code, category, line, unit)),
        unit=unit,
        zone=line.zone if line else None,
        watch=_watch(unit, at) if unit else None,
    )


def _watch(unit: Unit, at: datetime) -> Watch:
    book = roster([unit.code], at)
    return Watch(unit, on_duty=book.on_duty(unit.code), standby=book.standby(unit.code))


def _asked(
    lines: Lines, code: str, category: str, line: Line | None, unit: Unit | None
) -> Iterator[Asked]:
    above = ancestors(code)
    names = dict(Area.objects.filter(pk__in=above).values_list("pk", "short"))
    if line and line.zone is not None:
        # A zone goes before everything: nothing else was asked.
        yield Asked(
            names.get(line.area, line.area), line.category, unit.name if unit else line.unit
        )
        return
    for area in above:
        for kind in chain(category):
            found = lines.get((None, area, kind))
            said = (unit.name if unit else found.unit) if found else ""
            yield Asked(names.get(area, area), kind, said)
            if found:
                return
