"""`duty check`: is there ever nobody? `duty who`: whose is it, and who is there?"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.timezone import now

from huying.places.models import Area
from huying.places.rules import line_of
from huying.units import proof
from huying.units.categories import ANY, CATEGORIES
from huying.units.models import Officer, Shift, Unit
from huying.units.queries import DutyList, Roster, duty_list, roster, turn
from huying.units.rules import LOCAL, Line, covers

SHOWN = 20  # names in one line; a hole that is wider says how many more


class Command(BaseCommand):
    help = "Prove that every area, category and minute has somebody, or say who it is."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        check = verbs.add_parser("check", help="print the holes; 1 when there are any")
        check.add_argument("--from", dest="start", type=_moment, help="ISO time; without: now")
        check.add_argument("--days", type=int, default=7)
        check.add_argument("--area", default="", help="this area's code, with all within it")
        who = verbs.add_parser("who", help="who is responsible, and why")
        who.add_argument("area", help="an area's code")
        who.add_argument("category", choices=[*CATEGORIES, ANY])
        who.add_argument("--at", type=_moment, help="ISO time; without: now")
        who.add_argument("--desk", help="whose leader and director end the ladder")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["verb"] == "check":
            self.check_all(options["start"] or now(), options["days"], options["area"])
        else:
            at = options["at"] or now()
            self.who(options["area"], options["category"], options["desk"], at)

    def check_all(self, start: datetime, days: int, area: str) -> None:
        end = start + timedelta(days=days)
        holes = proof.holes(start, end, area=area)
        names = _names(holes)
        for hole in holes:
            unit = f"{names[hole.unit]} ({hole.unit})" if hole.unit else "no unit"
            span = f"{_local(hole.begins_at)} to {_local(hole.ends_at)}"
            self.stdout.write(f"{span}  {unit}: {hole.why}")
            for categories, areas in hole.by_categories().items():
                self.stdout.write(f"    {_areas(areas, names)}: {_categories(categories)}")
        period = f"{_local(start)} to {_local(end)}"
        if holes:
            raise CommandError(f"{len(holes)} holes, {period}", returncode=1)
        self.stdout.write(f"no holes, {period}")

    def who(self, area: str, category: str, desk: str | None, at: datetime) -> None:
        listed = duty_list(at)
        line = listed.line_for(area, category)
        self.stdout.write(f"{area} {category} at {_local(at)}")
        self.stdout.write(f"areas asked: {_chain(listed, area, category)}")
        if line is None:
            raise CommandError("the duty list names no unit: a hole", returncode=1)
        unit = Unit.objects.get(pk=line.unit)
        desk = desk or _desk_for(unit)
        self.stdout.write(f"duty line:   {_line(line)}")
        self.stdout.write(f"unit:        {unit.name} ({unit.code}) {unit.phone}")
        book = roster([unit.code, desk], at)
        self._write_people(unit, book, at)
        self.stdout.write(f"ladder for desk {desk}:")
        for number, step in enumerate(book.ladder(unit.code, desk), 1):
            self.stdout.write(f"  {number} {step.name:<12}{_people(step.officers)}")

    def _write_people(self, unit: Unit, book: Roster, at: datetime) -> None:
        for title, officers, is_standby in (
            ("on duty", book.on_duty(unit.code), False),
            ("standby", book.standby(unit.code), True),
        ):
            if not officers:
                self.stdout.write(f"{title}:     nobody")
            for officer in officers:
                hours = _hours(unit, officer, at, is_standby=is_standby)
                self.stdout.write(f"{title}:     {_people([officer])} {hours}")


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=LOCAL)


def _local(at: datetime) -> str:
    return f"{at.astimezone(LOCAL):%Y-%m-%d %H:%M}"


def _names(holes: Iterable[proof.Hole]) -> dict[str, str]:
    holes = list(holes)
    units = {hole.unit for hole in holes}
    areas = {area for hole in holes for area, _ in hole.needs}
    return {
        "": "before its place is known",
        **dict(Unit.objects.filter(pk__in=units).values_list("code", "name")),
        **dict(Area.objects.filter(pk__in=areas).values_list("code", "name")),
    }


def _areas(codes: list[str], names: dict[str, str]) -> str:
    shown = [f"{names.get(code, '?')} {code}".strip() for code in codes[:SHOWN]]
    more = len(codes) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def _categories(codes: tuple[str, ...]) -> str:
    everything = len(codes) > len(CATEGORIES)
    return "everything" if everything else ", ".join(codes)


def _chain(listed: DutyList, area: str, category: str) -> str:
    """Each area on the way up and what it answered, until one did."""
    names = dict(Area.objects.filter(pk__in=line_of(area)).values_list("code", "name"))
    tried = []
    for code in line_of(area):
        line = listed.line_for(area, category)
        decides = line is not None and line.area == code
        tried.append(f"{names.get(code, '?')} {code}{' ← decides' if decides else ''}")
        if decides:
            break
    return " › ".join(tried)


def _line(line: Line) -> str:
    held = [f"since {_local(line.since)}"] if line.since else []
    held += [f"until {_local(line.until)}"] if line.until else []
    return " ".join([f"{line.area} × {line.category} → {line.unit}", *held])


def _desk_for(unit: Unit) -> str:
    """The desk among the unit and those above it, else the first one there is."""
    step: Unit | None = unit
    while step and not step.is_desk:
        step = step.parent
    desk = step or Unit.objects.filter(is_desk=True).order_by("code").first()
    if desk is None:
        raise CommandError("there is no desk")
    return desk.code


def _hours(unit: Unit, officer: Officer, at: datetime, *, is_standby: bool) -> str:
    shifts = Shift.objects.filter(unit=unit, officer=officer, standby=is_standby)
    now_worked = [shift for shift in shifts if covers(turn(shift), at)]
    return " ".join(f"{shift.begins:%H:%M}–{shift.ends:%H:%M}" for shift in now_worked)


def _people(officers: list[Officer]) -> str:
    return ", ".join(f"{officer.name} {officer.phone}" for officer in officers)
