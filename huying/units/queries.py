from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from huying.places.rules import line_of
from huying.units import rules
from huying.units.categories import chain
from huying.units.models import Absence, Duty, Officer, Shift, Unit
from huying.units.rights import Role
from huying.units.rules import Away, Line, Turn

LADDER = ("on_duty", "standby", "head", "parent", "desk_leader", "director")


@dataclass(frozen=True)
class Step:
    """One step of the ladder: who is told when the ones before didn't take it."""

    name: str  # one of LADDER
    officers: list[Officer]


@dataclass(frozen=True)
class DutyList:
    """The duty list as it holds at one moment. Asking it costs no query."""

    lines: rules.Lines

    def unit_for(
        self, area_code: str | None, category: str, zones: Collection[int] = ()
    ) -> str | None:
        """The code of the unit whose it is. None without an area, or where the list has a hole."""
        line = self.line_for(area_code, category, zones)
        return line.unit if line else None

    def line_for(
        self, area_code: str | None, category: str, zones: Collection[int] = ()
    ) -> Line | None:
        """The line that decides, for whoever wants to know why."""
        if not area_code:
            return None
        return rules.look_up(self.lines, line_of(area_code), chain(category), zones)


def duty_list(at: datetime) -> DutyList:
    """All lines that hold at `at`, in one query. Keep it for some seconds, not for longer."""
    return DutyList(rules.in_force(duty_lines(Duty.objects.all()), at))


def duty_lines(duties: Iterable[Duty]) -> list[Line]:
    """The same as plain values."""
    return [
        Line(duty.area_id, duty.category, duty.unit_id, duty.zone_id, duty.since, duty.until)
        for duty in duties
    ]


def on_duty(unit_code: str, at: datetime) -> list[Officer]:
    """Who can be asked now: officers on duty first, then those who stand by."""
    book = roster([unit_code], at)
    return book.on_duty(unit_code) + book.standby(unit_code)


def standby(unit_code: str, at: datetime) -> list[Officer]:
    """Who stands by for the unit and isn't on duty."""
    return roster([unit_code], at).standby(unit_code)


def heads(unit_code: str) -> list[Officer]:
    """Who answers for the unit."""
    return list(_active().filter(unit=unit_code, role=Role.UNIT_HEAD).order_by("id"))


def ladder(unit_code: str, desk_code: str, at: datetime) -> list[Step]:
    """Who is told, step by step, when `unit_code` is late with a case of `desk_code`."""
    return roster([unit_code, desk_code], at).ladder(unit_code, desk_code)


def roster(unit_codes: Iterable[str], at: datetime) -> "Roster":
    """Who is there at `at` for many units and all above them, in four queries."""
    parents = dict(Unit.objects.values_list("code", "parent_id"))
    wanted = {above for code in unit_codes for above in _and_above(code, parents)}
    officers = {officer.pk: officer for officer in _active().filter(unit__in=wanted)}
    turns: dict[str, list[Turn]] = {}
    yesterday = at.astimezone(rules.LOCAL).date() - timedelta(days=1)
    # A shift of an officer of another unit counts for the unit that it is written for.
    shifts = Shift.objects.filter(
        Q(until=None) | Q(until__gte=yesterday), unit__in=wanted, officer__user__is_active=True
    ).select_related("officer")
    for shift in shifts.order_by("begins", "id"):
        officers.setdefault(shift.officer_id, shift.officer)
        turns.setdefault(shift.unit_id, []).append(turn(shift))
    absences = [away(one) for one in Absence.objects.filter(starts_at__lte=at, ends_at__gt=at)]
    present = {code: rules.on_duty(listed, absences, at) for code, listed in turns.items()}
    return Roster(parents, officers, present)


@dataclass(frozen=True)
class Roster:
    """Who is there at one moment. Asking it costs no query."""

    parents: Mapping[str, str | None]
    officers: Mapping[int, Officer]
    present: Mapping[str, tuple[list[int], list[int]]]  # by unit: on duty, standing by
    _by_role: dict[tuple[str, str], list[Officer]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        for officer in sorted(self.officers.values(), key=lambda one: one.pk):
            self._by_role.setdefault((officer.unit_id, officer.role), []).append(officer)

    def on_duty(self, unit_code: str) -> list[Officer]:
        return [self.officers[pk] for pk in self.present.get(unit_code, ((), ()))[0]]

    def standby(self, unit_code: str) -> list[Officer]:
        return [self.officers[pk] for pk in self.present.get(unit_code, ((), ()))[1]]

    def heads(self, unit_code: str) -> list[Officer]:
        return self._by_role.get((unit_code, Role.UNIT_HEAD), [])

    def ladder(self, unit_code: str, desk_code: str) -> list[Step]:
        """The steps of LADDER that have somebody on them who wasn't on one before."""
        parent = self.parents.get(unit_code)
        steps = {
            "on_duty": self.on_duty(unit_code),
            "standby": self.standby(unit_code),
            "head": self.heads(unit_code),
            "parent": self._reachable(parent) if parent else [],
            "desk_leader": self._nearest(desk_code, Role.DESK_LEADER),
            "director": self._nearest(desk_code, Role.DIRECTOR),
        }
        # Telling the same person again is not a step; it would only cost its wait.
        told: set[int] = set()
        climbed = []
        for name in LADDER:
            fresh = [officer for officer in steps[name] if officer.pk not in told]
            told.update(officer.pk for officer in fresh)
            if fresh:
                climbed.append(Step(name, fresh))
        return climbed

    def _reachable(self, unit_code: str) -> list[Officer]:
        # The parent's standby must do where nobody is on duty: a ladder with a missing step
        # would hand the case to the desk's own leader before its parent heard of it.
        return self.on_duty(unit_code) or self.standby(unit_code) or self.heads(unit_code)

    def _nearest(self, unit_code: str, role: Role) -> list[Officer]:
        """Those with `role` in the unit, or in the nearest one above it that has any."""
        for code in _and_above(unit_code, self.parents):
            if (code, role) in self._by_role:
                return self._by_role[code, role]
        return []


def turn(shift: Shift) -> Turn:
    return Turn(
        shift.officer_id,
        shift.weekdays,
        shift.begins,
        shift.ends,
        shift.standby,
        shift.since,
        shift.until,
    )


def away(absence: Absence) -> Away:
    return Away(absence.officer_id, absence.starts_at, absence.ends_at)


def _active() -> QuerySet[Officer]:
    return Officer.objects.filter(user__is_active=True).select_related("unit")


def _and_above(code: str, parents: Mapping[str, str | None]) -> list[str]:
    chained: list[str] = []
    step: str | None = code
    # A ring in the tree would hang whoever asks; it stops where it closes.
    while step and step not in chained:
        chained.append(step)
        step = parents.get(step)
    return chained
