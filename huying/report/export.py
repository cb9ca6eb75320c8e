"""The figures for other programs: as CSV for anybody, veiled; as JSON for who has a shell here."""

import csv
from collections.abc import Iterator
from io import StringIO
from typing import Any

from huying.report.rules import Figures, Times
from huying.report.tables import (
    MEASURES,
    Value,
    alone,
    by_day,
    in_minutes,
    minutes,
    shown,
    veil,
)

COLUMNS = ("table", "day", "name", "measure", "value")

Line = tuple[str, str, str, str, Value]


def as_csv(figures: Figures) -> str:
    """All tables in one: a number a line, so that any program can take it apart again."""
    target = StringIO()
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for lines in (_totals(figures), _counts(figures), _times(figures), _promises(figures)):
        writer.writerows(lines)
    return target.getvalue()


def _totals(figures: Figures) -> Iterator[Line]:
    for measure in MEASURES:
        yield "total", "", "", measure, getattr(figures.total, measure)
    rate = figures.total.closing_rate
    yield "total", "", "", "closing_rate", "" if rate is None else rate
    yield "total", "", "", "merged", shown(figures.merged)


def _counts(figures: Figures) -> Iterator[Line]:
    tables = {
        "channel": alone(figures.by_channel),
        "nature": alone(figures.by_nature),
        "day": by_day(figures),
    }
    for table, counted in tables.items():
        for measure in MEASURES:
            for (day, name), value in sorted(veil(counted, measure).items()):
                yield table, day, name, measure, value


def _times(figures: Figures) -> Iterator[Line]:
    for table, took in (("first_reply", figures.first_reply), ("settled", figures.settled)):
        for name, times in sorted(took.items()):
            count, median, p90 = in_minutes(times)
            yield table, "", name or "all", "count", count
            yield table, "", name or "all", "median_min", median
            yield table, "", name or "all", "p90_min", p90


def _promises(figures: Figures) -> Iterator[Line]:
    for name, kept in sorted(figures.promises.items()):
        yield "promise", "", name, "kept", kept.kept
        yield "promise", "", name, "broken", kept.broken


def as_json(figures: Figures) -> dict[str, Any]:
    """The same for a program: numbers as they are, for who may read the database anyway."""
    return {
        "since": figures.since.isoformat(),
        "until": figures.until.isoformat(),
        "received": figures.total.received,
        "processed": figures.total.processed,
        "closed": figures.total.closed,
        "urgent_closed": figures.total.urgent_closed,
        "closing_rate": figures.total.closing_rate,
        "merged": figures.merged,
        "first_reply": {name or "all": _spans(each) for name, each in figures.first_reply.items()},
        "settled": {name or "all": _spans(each) for name, each in figures.settled.items()},
        "promises": {
            name: {"kept": kept.kept, "broken": kept.broken, "rate": kept.rate}
            for name, kept in figures.promises.items()
        },
        "channels": {name: vars(counts) for name, counts in figures.by_channel.items()},
        "natures": {name: vars(counts) for name, counts in figures.by_nature.items()},
        "days": [
            {"day": day.isoformat(), "channel": channel, **vars(counts)}
            for (day, channel), counts in sorted(figures.by_day.items())
        ],
    }


def _spans(times: Times) -> dict[str, Value]:
    return {
        "count": times.count,
        "median_min": minutes(times.median_s),
        "p90_min": minutes(times.p90_s),
    }
