"""What reads the letters before officers do, and how often officers let its reading stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.core.cache import cache

from huying.triage.queries import LOCAL, Week, agreement, degraded
from huying.triage.rulebooks import in_force

WEEKS = 12
REMEMBERED_S = 60  # all corrections of twelve weeks are walked through, however many ask


@dataclass(frozen=True)
class WeekRow:
    """One week of officers and machine."""

    begins: date  # a Monday
    looked: int
    urgency: int  # cases in which an officer said otherwise
    nature: int
    category: int
    agreed: int | None  # percent of those looked at whose urgency stood; None: nobody looked


@dataclass(frozen=True)
class Machine:
    """The rulebook that reads now, whether the model reads with it, and the weeks, newest first."""

    version: str
    approval: str
    is_degraded: bool
    weeks: Sequence[WeekRow]


def machine(at: datetime) -> Machine:
    """How the machine reads at `at`, and how it did in the last twelve weeks."""
    book = in_force()
    return Machine(book.version, book.approval, degraded(), _weeks(at))


def _weeks(at: datetime) -> Sequence[WeekRow]:
    today = at.astimezone(LOCAL).replace(hour=0, minute=0, second=0, microsecond=0)
    since = today - timedelta(days=today.weekday(), weeks=WEEKS - 1)
    key = f"agreement:{since.date()}"
    remembered: Sequence[WeekRow] | None = cache.get(key)
    if remembered is None:
        remembered = [_row(week) for week in reversed(agreement(since))]
        cache.set(key, remembered, REMEMBERED_S)
    return remembered


def _row(week: Week) -> WeekRow:
    return WeekRow(
        begins=week.begins,
        looked=week.looked,
        urgency=week.corrected.get("urgency", 0),
        nature=week.corrected.get("nature", 0),
        category=week.corrected.get("category", 0),
        # What was looked at earlier may be corrected now: never less than none agreed.
        agreed=max(0, round(100 * week.agreement)) if week.looked else None,
    )
