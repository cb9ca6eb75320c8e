"""The figures as rows to print, with what must be veiled veiled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from huying.report.rules import CELL_MIN, Cell, Counts, Figures, Times, per_cent, veiled
from huying.report.words import CHANNELS, NATURES, promise_name

SMALL, BESIDE = f"<{CELL_MIN}", "·"
MEASURES = ("received", "processed", "closed", "urgent_closed")

Value = int | float | str


@dataclass(frozen=True)
class Row:
    """One line of a printed table."""

    name: str
    values: Sequence[Value]


def day_rows(figures: Figures, channels: Sequence[str]) -> list[tuple[date, list[str]]]:
    """Received and closed of each day, one pair of columns a channel, newest day first."""
    table = by_day(figures)
    cells = [veil(table, measure) for measure in ("received", "closed")]
    return [
        (
            day,
            [one.get((day.isoformat(), channel), "0") for channel in channels for one in cells],
        )
        for day in reversed(figures.days())
    ]


def count_rows(figures: Figures, table: str) -> list[Row]:
    """One line a channel or a nature: the counts and the closing rate, the largest first."""
    counted = figures.by_channel if table == "channel" else figures.by_nature
    names = CHANNELS if table == "channel" else NATURES
    cells = {measure: veil(alone(counted), measure) for measure in MEASURES}
    rows = []
    for code in sorted(counted, key=lambda code: -counted[code].received):
        values = [cells[measure]["", code] for measure in MEASURES]
        rate = _rate(cells["closed"]["", code], cells["received"]["", code])
        rows.append(Row(str(names.get(code, code)), [*values, rate]))
    return rows


def time_rows(figures: Figures) -> list[Row]:
    """One line a channel: the times in minutes. All channels first."""
    codes = sorted(figures.first_reply.keys() | figures.settled.keys())
    nothing = Times()
    return [
        Row(
            str(CHANNELS.get(code, code)),
            [
                *in_minutes(figures.first_reply.get(code, nothing)),
                *in_minutes(figures.settled.get(code, nothing)),
            ],
        )
        for code in codes
    ]


def promise_rows(figures: Figures) -> list[Row]:
    """One line a promise: kept, broken, and the share that was kept."""
    return [
        Row(promise_name(name), [kept.kept, kept.broken, f"{kept.rate} %"])
        for name, kept in sorted(figures.promises.items())
    ]


def minutes(seconds: int) -> float:
    """To one decimal."""
    return (seconds + 3) // 6 / 10


def veil(table: Mapping[Cell, Counts], measure: str) -> dict[Cell, str]:
    """One measure of a table by (row, column), as it may be shown."""
    numbers = {cell: getattr(counts, measure) for cell, counts in table.items()}
    hidden = veiled(numbers)
    return {
        cell: str(number) if cell not in hidden else SMALL if number < CELL_MIN else BESIDE
        for cell, number in numbers.items()
    }


def by_day(figures: Figures) -> dict[Cell, Counts]:
    """A table of days and channels."""
    return {(day.isoformat(), name): counts for (day, name), counts in figures.by_day.items()}


def alone(counted: Mapping[str, Counts]) -> dict[Cell, Counts]:
    """A table of one line, whose sum is the published total."""
    return {("", name): counts for name, counts in counted.items()}


def shown(count: int) -> Value:
    """A number that stands alone."""
    return SMALL if 0 < count < CELL_MIN else count


def in_minutes(times: Times) -> list[Value]:
    """How many, the median, and what nine of ten did not exceed."""
    # A median of two cases is one person's time.
    if times.count < CELL_MIN:
        return [shown(times.count), "", ""]
    return [times.count, minutes(times.median_s), minutes(times.p90_s)]


def _rate(part: str, whole: str) -> str:
    rate = per_cent(int(part), int(whole)) if part.isdigit() and whole.isdigit() else None
    return "" if rate is None else f"{rate} %"
