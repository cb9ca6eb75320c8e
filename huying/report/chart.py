"""The days of a period as bars: where each stands and how high, for the template to draw."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from huying.report.rules import CELL_MIN, Counts

WIDTH, HEIGHT = 960, 260  # of the drawing, in its own units; the page scales it
LEFT, BOTTOM, TOP = 8, 40, 36  # room for words as large as a phone needs
LABELS_MAX = 6  # days named below the axis; more would run into each other


@dataclass(frozen=True)
class Bar:
    """One day. Heights in units of the drawing, from the bottom up."""

    day: date
    x: float
    width: float
    received: str
    closed: str
    received_y: float
    received_height: float
    closed_y: float
    closed_height: float
    is_named: bool

    @property
    def middle(self) -> float:
        return self.x + self.width / 2


@dataclass(frozen=True)
class Chart:
    bars: Sequence[Bar]
    top: int  # the number at the upper line
    floor: int = HEIGHT - BOTTOM
    ceiling: int = TOP
    left: int = LEFT
    width: int = WIDTH
    height: int = HEIGHT


def chart(days: Mapping[date, Counts]) -> Chart:
    """Bars for the days, in the order given. A day with few cases is drawn without its number."""
    top = _round_up(max((counts.received for counts in days.values()), default=0))
    step = (WIDTH - LEFT) / max(len(days), 1)
    every = -(-len(days) // LABELS_MAX)
    bars = [
        _bar(day, counts, LEFT + number * step, step * 0.8, top, is_named=number % every == 0)
        for number, (day, counts) in enumerate(days.items())
    ]
    return Chart(bars, top)


def _bar(day: date, counts: Counts, x: float, width: float, top: int, *, is_named: bool) -> Bar:
    received, closed = _height(counts.received, top), _height(counts.closed, top)
    floor = HEIGHT - BOTTOM
    return Bar(
        day=day,
        x=round(x, 1),
        width=round(width, 1),
        received=shown(counts.received),
        closed=shown(counts.closed),
        received_y=round(floor - received, 1),
        received_height=round(received, 1),
        closed_y=round(floor - closed, 1),
        closed_height=round(closed, 1),
        is_named=is_named,
    )


def shown(count: int) -> str:
    """A number as it may be published: small ones only as `<5`."""
    return f"<{CELL_MIN}" if 0 < count < CELL_MIN else str(count)


def _height(count: int, top: int) -> float:
    # A small number must not be read off the drawing either.
    drawn = CELL_MIN if 0 < count < CELL_MIN else count
    return (HEIGHT - BOTTOM - TOP) * drawn / top


def _round_up(count: int) -> int:
    """The next of 10, 20, 50, 100, 200, 500 … so that the axis can be read."""
    scale = 10
    while True:
        for step in (1, 2, 5):
            if count <= step * scale:
                return step * scale
        scale *= 10
