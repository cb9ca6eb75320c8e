"""Proves that there is never nobody: for every area, every category, every minute.

Not by trying them all. An area without a line of its own answers as the one around it, so only
areas that stand in the list are asked; the list changes only when a line begins or ends, so one
moment between two such changes speaks for all; and whether somebody is there is the rosters'
spans against the whole time.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise, product

from django.db.models import Q

from huying.places.models import Zone
from huying.places.rules import line_of
from huying.units import rules
from huying.units.categories import ANY, CATEGORIES, chain
from huying.units.models import Absence, ContactPoint, Duty, Shift, Unit
from huying.units.queries import away, duty_lines, turn
from huying.units.rules import Away, Line, Span, Turn

Need = tuple[str, str]  # area, category
CATEGORIES_AND_ANY = (*CATEGORIES, ANY)  # ANY: a case that nobody has read yet


@dataclass(frozen=True)
class Hole:
    """A time in which nobody would answer, for whom, and why."""

    begins_at: datetime
    ends_at: datetime
    unit: str  # empty where the duty list names none
    why: str
    needs: frozenset[Need]  # area "" is what comes to a desk before its place is known

    def by_categories(self) -> dict[tuple[str, ...], list[str]]:
        """The areas, together where they miss the same categories; without what lies in another."""
        missing: dict[str, set[str]] = defaultdict(set)
        for area, category in self.needs:
            missing[area].add(category)
        grouped: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for area in sorted(missing):
            if not any(missing.get(above) == missing[area] for above in line_of(area)[1:]):
                grouped[tuple(sorted(missing[area]))].append(area)
        return grouped


@dataclass(frozen=True)
class Cover:
    """Everything that decides whether a unit can be reached."""

    turns: Mapping[str, Sequence[Turn]]  # by unit
    absences: Sequence[Away]
    reachable: frozenset[str]  # units with a contact point that isn't dead
    names: Mapping[int, str]  # of officers


def holes(start: datetime, end: datetime, *, area: str = "") -> list[Hole]:
    """Every hole between `start` and `end`, in `area` or wherever the duty list reaches.

    An area that no line reaches is a hole of its own, but only if it is asked for by name.
    """
    lines = duty_lines(Duty.objects.filter(Q(until=None) | Q(until__gt=start)))
    asked = set(asked_of(lines, start, end, zones=_zones(end), area=area))
    if not area:
        desks = Unit.objects.filter(is_desk=True).values_list("code", flat=True)
        asked |= {(desk, (start, end), ("", ANY)) for desk in desks}
    return found(asked, _cover(start, end))


def asked_of(
    lines: Sequence[Line],
    start: datetime,
    end: datetime,
    *,
    zones: Mapping[int, Span],
    area: str = "",
) -> Iterator[tuple[str, Span, Need]]:
    """Which unit is asked from when to when for what: every answer that the list can give."""
    asking = {line.area for line in lines if not area or area in line_of(line.area)}
    if area:
        asking.add(area)
    zoned = {line.zone for line in lines if line.zone is not None}
    for begins, ends in _pieces(lines, start, end, [zones[zone] for zone in zoned]):
        holding = rules.in_force(lines, begins)
        # Zones one by one will do: of an address in two, one of them has the line that decides.
        layers = [set(), *({z} for z in zoned if zones[z][0] <= begins < zones[z][1])]
        for code, category, zone in product(asking, CATEGORIES_AND_ANY, layers):
            line = rules.look_up(holding, line_of(code), chain(category), zone)
            yield line.unit if line else "", (begins, ends), (code, category)


def _pieces(
    lines: Iterable[Line], start: datetime, end: datetime, zones: Iterable[Span]
) -> Iterator[Span]:
    """The time from `start` to `end`, cut where a line or a zone begins or ends to hold."""
    changes = {moment for line in lines for moment in (line.since, line.until) if moment}
    changes.update(moment for zone in zones for moment in zone)
    cuts = [start, *sorted(moment for moment in changes if start < moment < end), end]
    return pairwise(cuts)


def found(asked: Iterable[tuple[str, Span, Need]], cover: Cover) -> list[Hole]:
    """What of `asked` would find nobody, in order of time."""
    needs: dict[tuple[str, Span], set[Need]] = defaultdict(set)
    for unit, span, need in asked:
        needs[unit, span].add(need)
    missing = [
        Hole(begins, ends, unit, why, frozenset(of_unit))
        for (unit, span), of_unit in needs.items()
        for (begins, ends), why in _unreached(unit, span, cover)
    ]
    return sorted(missing, key=lambda hole: (hole.begins_at, hole.unit, hole.ends_at))


def _unreached(unit: str, span: Span, cover: Cover) -> list[tuple[Span, str]]:
    if not unit:
        return [(span, "the duty list names no unit")]
    if unit not in cover.reachable:
        return [(span, "the unit has no live contact point")]
    turns = cover.turns.get(unit, ())
    there = rules.presence(turns, cover.absences, *span)
    return [(gap, _why(turns, cover, gap)) for gap in rules.subtract([span], there)]


def _why(turns: Sequence[Turn], cover: Cover, gap: Span) -> str:
    listed = {one.officer for one in turns if any(True for _ in rules.turn_spans(one, *gap))}
    if not listed:
        return "nobody on the roster"
    return "absent: " + ", ".join(sorted(cover.names[officer] for officer in listed))


def _zones(end: datetime) -> dict[int, Span]:
    """When each zone holds; one without an end, to the `end` that is asked about."""
    return {zone.pk: (zone.starts_at, zone.ends_at or end) for zone in Zone.objects.all()}


def _cover(start: datetime, end: datetime) -> Cover:
    turns: dict[str, list[Turn]] = defaultdict(list)
    names: dict[int, str] = {}
    shifts = Shift.objects.filter(officer__user__is_active=True).select_related("officer")
    for shift in shifts:
        turns[shift.unit_id].append(turn(shift))
        names[shift.officer_id] = shift.officer.name
    absences = Absence.objects.filter(starts_at__lt=end, ends_at__gt=start)
    alive = ContactPoint.objects.filter(dead_since=None).values_list("unit_id", flat=True)
    return Cover(turns, [away(absence) for absence in absences], frozenset(alive), names)
