"""How figures are counted, rounded and veiled. Plain values in, plain values out."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from typing import NamedTuple

from huying.cases.lifecycle import State
from huying.triage.rules import Urgency

CELL_MIN = 5  # fewer cases than this in one cell may point at somebody, so it says "<5"
URGENT = frozenset({Urgency.CRITICAL, Urgency.HIGH})
ENDED = frozenset({State.CLOSED, State.DECLINED})
SHARES = (0.5, 0.9)  # of the times: the median, and what nine of ten did not exceed

Cell = tuple[str, str]


@dataclass
class Counts:
    """How many cases came in, and how far they are now."""

    received: int = 0
    processed: int = 0  # a human looked, or it has ended
    closed: int = 0  # closed now: who was unhappy and reopened it is not among them
    urgent_closed: int = 0

    @property
    def closing_rate(self) -> float | None:
        """Per cent of what was *received*, to one decimal; None when nothing was."""
        return per_cent(self.closed, self.received)

    def add(self, other: "Counts") -> None:
        self.received += other.received
        self.processed += other.processed
        self.closed += other.closed
        self.urgent_closed += other.urgent_closed


@dataclass(frozen=True)
class Times:
    """How long something took, in seconds, over `count` cases in which it happened."""

    count: int = 0
    median_s: int = 0
    p90_s: int = 0


@dataclass
class Kept:
    """What became of one kind of promise. What is still running in time is in neither."""

    kept: int = 0
    broken: int = 0

    @property
    def rate(self) -> float | None:
        return per_cent(self.kept, self.kept + self.broken)


@dataclass
class Figures:
    """Everything that is published about the cases that came in from `since` up to `until`."""

    since: date
    until: date  # the last day, counted in
    total: Counts = field(default_factory=Counts)
    merged: int = 0  # were found to be part of another case, and count as that one
    by_day: dict[tuple[date, str], Counts] = field(default_factory=dict)
    by_channel: dict[str, Counts] = field(default_factory=dict)
    by_nature: dict[str, Counts] = field(default_factory=dict)
    # By channel; "" stands for all of them together.
    first_reply: dict[str, Times] = field(default_factory=dict)
    settled: dict[str, Times] = field(default_factory=dict)
    promises: dict[str, Kept] = field(default_factory=dict)

    def count(self, day: date, channel: str, nature: str, counts: Counts) -> None:
        """Add cases that came in on `day` to every figure that they belong to."""
        self.total.add(counts)
        self.by_day.setdefault((day, channel), Counts()).add(counts)
        self.by_channel.setdefault(channel, Counts()).add(counts)
        self.by_nature.setdefault(nature, Counts()).add(counts)

    def days(self) -> dict[date, Counts]:
        """Every day of the period, also those on which nothing came in."""
        length = (self.until - self.since).days + 1
        found = {self.since + timedelta(days=number): Counts() for number in range(length)}
        for (day, _), counts in self.by_day.items():
            found[day].add(counts)
        return found


class Life(NamedTuple):
    """What the figures need to know of one case."""

    opened_at: datetime
    channel: str
    nature: str
    urgency: str
    state: str
    looked_at: datetime | None
    replied_at: datetime | None
    closed_at: datetime | None


class Tally:
    """Counts lives one by one into figures, for a count that no database helps with."""

    def __init__(self, since: date, until: date, zone: tzinfo) -> None:
        self.figures = Figures(since, until)
        self.zone = zone
        self._replies: dict[str, list[timedelta]] = defaultdict(list)
        self._ends: dict[str, list[timedelta]] = defaultdict(list)

    def add(self, life: Life) -> None:
        if life.state == State.MERGED:
            self.figures.merged += 1
            return
        day = life.opened_at.astimezone(self.zone).date()
        self.figures.count(day, life.channel, life.nature, counts_of(life))
        for channel in (life.channel, ""):
            if life.replied_at:
                self._replies[channel].append(life.replied_at - life.opened_at)
            if life.closed_at:
                self._ends[channel].append(life.closed_at - life.opened_at)

    def done(self) -> Figures:
        self.figures.first_reply = {name: times(took) for name, took in self._replies.items()}
        self.figures.settled = {name: times(took) for name, took in self._ends.items()}
        return self.figures


def counts_of(life: Life) -> Counts:
    """One case as counts of one or nothing."""
    closed = life.state == State.CLOSED
    return Counts(
        received=1,
        processed=int(life.looked_at is not None or life.state in ENDED),
        closed=int(closed),
        urgent_closed=int(closed and life.urgency in URGENT),
    )


def per_cent(part: int, whole: int) -> float | None:
    """`part` of `whole` in per cent to one decimal, halves up: 181773 of 194087 is 93.7."""
    if whole == 0:
        return None
    # In whole numbers, for 0.5 in binary is not always a half after a division.
    return (2000 * part + whole) // (2 * whole) / 10


def times(took: Iterable[timedelta]) -> Times:
    """Nearest rank, as PostgreSQL's percentile_disc: a time that some case really took."""
    ordered = sorted(took)
    if not ordered:
        return Times()
    ranks = [math.ceil(share * len(ordered)) - 1 for share in SHARES]
    median, p90 = (int(ordered[rank].total_seconds()) for rank in ranks)
    return Times(len(ordered), median, p90)


def veiled(cells: Mapping[Cell, int]) -> set[Cell]:
    """The cells of a table that must not be shown, by (row, column).

    Those are the small ones, and beside a single small one in a row or column the next smallest
    too: otherwise the sum of the line, which is published, would tell what is hidden.
    """
    hidden = {cell for cell, count in cells.items() if 0 < count < CELL_MIN}
    changed = True
    while changed:
        changed = False
        for line in _lines(cells):
            alone = [cell for cell in line if cell in hidden]
            others = [cell for cell in line if cells[cell] and cell not in hidden]
            if len(alone) == 1 and others:
                hidden.add(min(others, key=lambda cell: (cells[cell], cell)))
                changed = True
    return hidden


def _lines(cells: Mapping[Cell, int]) -> Sequence[list[Cell]]:
    lines: dict[tuple[int, str], list[Cell]] = defaultdict(list)
    for cell in cells:
        for axis in (0, 1):
            lines[axis, cell[axis]].append(cell)
    return list(lines.values())
