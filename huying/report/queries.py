"""The published figures, from the columns of cases and clocks: three statements."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection
from django.utils.timezone import get_default_timezone

from huying.cases.lifecycle import State
from huying.report.rules import ENDED, SHARES, URGENT, Counts, Figures, Kept, Times

DAYS_DEFAULT = 30
DAYS_MAX = 1100  # three years; a period without end would let one address keep the database busy

COUNT = """
SELECT (opened_at AT TIME ZONE %(zone)s)::date, channel, nature,
    count(*),
    count(*) FILTER (WHERE looked_at IS NOT NULL OR state = ANY(%(ended)s)),
    count(*) FILTER (WHERE state = %(closed)s),
    count(*) FILTER (WHERE state = %(closed)s AND urgency = ANY(%(urgent)s))
FROM cases_case
WHERE opened_at >= %(since)s AND opened_at < %(until)s AND NOT drill AND state <> %(merged)s
GROUP BY 1, 2, 3
"""
MERGED = """
SELECT count(*) FROM cases_case
WHERE opened_at >= %(since)s AND opened_at < %(until)s AND NOT drill AND state = %(merged)s
"""
TIMES = """
SELECT coalesce(channel, ''),
    count(replied_at), percentile_disc(%(shares)s::float8[])
        WITHIN GROUP (ORDER BY replied_at - opened_at) FILTER (WHERE replied_at IS NOT NULL),
    count(closed_at), percentile_disc(%(shares)s::float8[])
        WITHIN GROUP (ORDER BY closed_at - opened_at) FILTER (WHERE closed_at IS NOT NULL)
FROM cases_case
WHERE opened_at >= %(since)s AND opened_at < %(until)s AND NOT drill AND state <> %(merged)s
GROUP BY GROUPING SETS ((channel), ())
"""
PROMISES = """
SELECT promise,
    count(*) FILTER (WHERE kept_at IS NOT NULL),
    count(*) FILTER (WHERE broken_at IS NOT NULL OR (ended_at IS NULL AND due_at < %(at)s))
FROM clocks_clock JOIN cases_case ON cases_case.id = clocks_clock.case_id
WHERE opened_at >= %(since)s AND opened_at < %(until)s AND NOT drill
GROUP BY 1
"""


def figures(*, since: date, until: date, at: datetime) -> Figures:
    """What came in on the days from `since` to `until`, both counted in, and how it stands."""
    found = Figures(since, until)
    names = _names(since, until, at)
    for day, channel, nature, *counts in _rows(COUNT, names):
        found.count(day, channel, nature, Counts(*counts))
    found.merged = _rows(MERGED, names)[0][0]
    for channel, replied, reply_times, ended, end_times in _rows(TIMES, names):
        if replied:
            found.first_reply[channel] = _times(replied, reply_times)
        if ended:
            found.settled[channel] = _times(ended, end_times)
    for promise, kept, broken in _rows(PROMISES, names):
        if kept or broken:
            found.promises[promise] = Kept(kept, broken)
    return found


def period(since: date, until: date) -> tuple[datetime, datetime]:
    """The moments at which these days begin and have ended, in the city's own time."""
    zone = get_default_timezone()
    begins = datetime.combine(since, time(), zone)
    return begins, datetime.combine(until + timedelta(days=1), time(), zone)


def _names(since: date, until: date, at: datetime) -> dict[str, Any]:
    begins, ends = period(since, until)
    return {
        "zone": str(get_default_timezone()),
        "since": begins,
        "until": ends,
        "at": at,
        "ended": sorted(ENDED),
        "urgent": sorted(URGENT),
        "closed": State.CLOSED.value,
        "merged": State.MERGED.value,
        "shares": list(SHARES),
    }


def _rows(statement: str, names: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, names)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _times(count: int, spans: Sequence[timedelta]) -> Times:
    median, p90 = (int(span.total_seconds()) for span in spans)
    return Times(count, median, p90)
