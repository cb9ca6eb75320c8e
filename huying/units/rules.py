"""Who is there when, and whose it is: rosters and the duty list with plain values.

Rosters are written in local time and asked in UTC. A shift belongs to the day it begins on.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Asia/Shanghai")  # one time for all of China

Span = tuple[datetime, datetime]  # from, and until but without


@dataclass(frozen=True)
class Turn:
    """One officer's shift, week after week."""

    officer: int
    weekdays: Collection[int]  # on which it begins; 1 is Monday
    begins: time
    ends: time  # not after `begins`: on the next day
    standby: bool = False
    since: date | None = None  # the first day that it begins
    until: date | None = None  # the last day that it begins


@dataclass(frozen=True)
class Away:
    """When an officer is not there, whatever the roster says."""

    officer: int
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Line:
    """One line of the duty list: in this area, for this category, it is this unit's."""

    area: str
    category: str
    unit: str
    zone: int | None = None
    since: datetime | None = None
    until: datetime | None = None  # from this moment on it holds no more


Lines = Mapping[tuple[int | None, str, str], Line]  # by zone, area, category


def on_duty(
    turns: Iterable[Turn], absences: Iterable[Away], at: datetime
) -> tuple[list[int], list[int]]:
    """The officers who are on duty at `at`, and those who stand by and aren't on duty."""
    away = {a.officer for a in absences if a.starts_at <= at < a.ends_at}
    now = [turn for turn in turns if turn.officer not in away and covers(turn, at)]
    duty = list(dict.fromkeys(turn.officer for turn in now if not turn.standby))
    standby = dict.fromkeys(turn.officer for turn in now if turn.standby)
    return duty, [officer for officer in standby if officer not in duty]


def covers(turn: Turn, at: datetime) -> bool:
    """Whether `at` is within the shift: its first minute is, its end is not."""
    return any(True for _ in turn_spans(turn, at, at + timedelta.resolution))


def turn_spans(turn: Turn, start: datetime, end: datetime) -> Iterator[Span]:
    """When the shift is worked between `start` and `end`, in UTC."""
    over_midnight = timedelta(days=1 if turn.ends <= turn.begins else 0)
    # One day earlier, for the night that began yesterday.
    day = start.astimezone(LOCAL).date() - timedelta(days=1)
    while day <= end.astimezone(LOCAL).date():
        if _is_worked(turn, day):
            begins = datetime.combine(day, turn.begins, LOCAL).astimezone(UTC)
            ends = datetime.combine(day + over_midnight, turn.ends, LOCAL).astimezone(UTC)
            if begins < end and ends > start:
                yield max(begins, start), min(ends, end)
        day += timedelta(days=1)


def _is_worked(turn: Turn, day: date) -> bool:
    return (
        day.isoweekday() in turn.weekdays
        and (turn.since is None or turn.since <= day)
        and (turn.until is None or day <= turn.until)
    )


def presence(
    turns: Iterable[Turn], absences: Sequence[Away], start: datetime, end: datetime
) -> list[Span]:
    """When anybody at all is on duty or stands by, in order and without overlaps."""
    present: list[Span] = []
    for turn in turns:
        away = [(a.starts_at, a.ends_at) for a in absences if a.officer == turn.officer]
        present += subtract(list(turn_spans(turn, start, end)), away)
    return merge(present)


def merge(spans: Iterable[Span]) -> list[Span]:
    """The same time, in order, touching spans made one."""
    merged: list[Span] = []
    for begins, ends in sorted(spans):
        if merged and begins <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], ends))
        else:
            merged.append((begins, ends))
    return merged


def subtract(spans: Sequence[Span], holes: Iterable[Span]) -> list[Span]:
    """What of `spans` is left outside `holes`."""
    left = list(spans)
    for begins, ends in holes:
        left = [
            piece
            for first, latest in left
            for piece in ((first, min(latest, begins)), (max(first, ends), latest))
            if piece[0] < piece[1]
        ]
    return left


def responsible(
    lines: Iterable[Line],
    areas: Sequence[str],
    categories: Sequence[str],
    zones: Collection[int],
    at: datetime,
) -> Line | None:
    """The line that says whose it is; None when the list has a hole.

    `areas` and `categories` go from the exact one up. A line of one of the `zones` goes before
    all others; then the most exact area, and within it the most exact category.
    """
    return look_up(in_force(lines, at), areas, categories, zones)


def in_force(lines: Iterable[Line], at: datetime) -> Lines:
    """The lines that hold at `at`, ready to be looked up. Of two for the same, the later one."""
    never = datetime.min.replace(tzinfo=UTC)
    holding = [
        line
        for line in lines
        if (line.since is None or line.since <= at) and (line.until is None or at < line.until)
    ]
    holding.sort(key=lambda line: line.since or never)
    return {(line.zone, line.area, line.category): line for line in holding}


def look_up(
    lines: Lines, areas: Sequence[str], categories: Sequence[str], zones: Collection[int]
) -> Line | None:
    """As `responsible`, in lines that hold."""
    for layer in (sorted(zones, reverse=True), (None,)):  # of two zones, the newer one
        for area in areas:
            for category in categories:
                for zone in layer:
                    line = lines.get((zone, area, category))
                    if line:
                        return line
    return None
