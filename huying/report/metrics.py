"""How we are, in numbers for a machine that watches: Prometheus' text format, no library.

Counters are of this web process since it began. Gauges are asked of the database, each over a
partial index or one day. Nothing here names a person or a case.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection

from huying.channels import journal
from huying.report.audit import HEARTBEAT, LIVE

# What the ear counts (see channels.ear), and the status that the sender got. Named here so that
# each stands there with 0 before it first happens: an alarm looks at how fast it grows.
HEARD: Mapping[str, int] = {
    "kept": 200,  # repeats too: a platform that delivers twice is answered twice
    "journaled": 200,  # of those kept: in a file, while the database was away
    "unreadable": 400,
    "forged": 403,
    "unknown": 404,
    "method": 405,
    "too_slow": 408,
    "too_large": 413,
    "not_kept": 503,
    "unusable": 503,
}
URGENCIES = ("critical", "high", "dated", "medium", "low", "unread")
UNDECIDED_WITHIN = timedelta(days=1)


@dataclass(frozen=True)
class Gauge:
    """One number, or one for each value of a label. The query gives rows of (value, number)."""

    name: str
    help: str
    query: str
    label: str = ""
    values: Sequence[str] = ("",)  # of the label: each is shown, also with 0


GAUGES: Sequence[Gauge] = (
    Gauge(
        "huying_messages_unread",
        "Messages that wait for a worker.",
        "SELECT '', count(*) FROM channels_inbound WHERE read_at IS NULL AND unreadable IS NULL",
    ),
    Gauge(
        "huying_messages_unread_oldest_seconds",
        "How long the oldest of them has waited.",
        """
        SELECT '', extract(epoch FROM %(at)s - min(received_at)) FROM channels_inbound
        WHERE read_at IS NULL AND unreadable IS NULL
        """,
    ),
    Gauge(
        "huying_messages_unreadable",
        "Messages that nobody could read yet: see /console/unread.",
        """
        SELECT '', count(*) FROM channels_inbound
        WHERE read_at IS NULL AND unreadable IS NOT NULL
        """,
    ),
    Gauge(
        "huying_messages_undecided",
        "Messages of the last day that are no case and no reason for none.",
        """
        SELECT '', count(*) FROM channels_inbound
        WHERE received_at >= %(since)s AND NOT EXISTS (
            SELECT 1 FROM intake_filing WHERE inbound_id = channels_inbound.id)
        """,
    ),
    Gauge(
        "huying_cases_live",
        "Cases in which somebody is owed something, by urgency.",
        f"""
        SELECT coalesce(nullif(urgency, ''), 'unread'), count(*) FROM cases_case
        WHERE state IN {LIVE} GROUP BY 1
        """,
        "urgency",
        URGENCIES,
    ),
    Gauge(
        "huying_promises_overdue",
        "Promises that are late and still owed.",
        "SELECT '', count(*) FROM clocks_clock WHERE ended_at IS NULL AND due_at < %(at)s",
    ),
    Gauge(
        "huying_promises_overdue_untold",
        "Those among them that nobody has been told of: more than 0 for long is an alarm.",
        """
        SELECT '', count(*) FROM clocks_clock
        WHERE ended_at IS NULL AND due_at < %(at)s AND broken_at IS NULL
        """,
    ),
    Gauge(
        "huying_notices_waiting",
        "Words to persons and officers that are not sent yet.",
        "SELECT '', count(*) FROM notices_notice WHERE next_at IS NOT NULL",
    ),
)


def exposition(*, at: datetime, heard: Mapping[str, int]) -> str:
    """Everything, as text, also while the database is away. `heard`: what this ear counted."""
    lines = [
        "# HELP huying_ear_total Requests of platforms, by what became of them.",
        "# TYPE huying_ear_total counter",
    ]
    for outcome in [*HEARD, *sorted(heard.keys() - HEARD.keys())]:
        status = HEARD.get(outcome, 0)
        labels = {"outcome": outcome, "status": str(status)} if status else {"outcome": outcome}
        lines.append(_line("huying_ear_total", labels, heard.get(outcome, 0)))
    lines += _of_files(settings.HUYING_HOME, at)
    lines += _of_database(at)
    return "\n".join(lines) + "\n"


def _of_database(at: datetime) -> list[str]:
    lines: list[str] = []
    try:
        with connection.cursor() as cursor:
            for gauge in GAUGES:
                cursor.execute(gauge.query, {"at": at, "since": at - UNDECIDED_WITHIN})
                lines += _shown(gauge, dict(cursor.fetchall()))
    except DatabaseError:
        return list(_single("huying_database_up", "Whether the database answers.", 0))
    return [*_single("huying_database_up", "Whether the database answers.", 1), *lines]


def _shown(gauge: Gauge, found: Mapping[str, float | None]) -> Iterator[str]:
    yield from _head(gauge.name, gauge.help)
    for value in [*gauge.values, *sorted(found.keys() - set(gauge.values))]:
        labels = {gauge.label: value} if gauge.label else {}
        yield _line(gauge.name, labels, found.get(value) or 0)


def _of_files(home: Path, at: datetime) -> Iterator[str]:
    folder = home / journal.FOLDER
    waiting, damaged = journal.waiting(folder), list(folder.glob(f"*{journal.DAMAGED}"))
    name = "huying_journal_files"
    yield from _head(name, "Files of messages that wait for the database, or for a human.")
    yield _line(name, {"state": "waiting"}, len(waiting))
    yield _line(name, {"state": "damaged"}, len(damaged))
    try:
        beat = json.loads((home / HEARTBEAT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return  # no worker was here yet: no number is truer than 0
    age = (at - datetime.fromisoformat(beat["at"])).total_seconds()
    yield from _single("huying_heartbeat_age_seconds", "Since a worker's last audit.", age)
    yield from _single("huying_audit_findings", "What that audit found.", beat["findings"])


def _single(name: str, what: str, number: float) -> Iterator[str]:
    yield from _head(name, what)
    yield _line(name, {}, number)


def _head(name: str, what: str) -> Iterator[str]:
    yield f"# HELP {name} {what}"
    yield f"# TYPE {name} gauge"


def _line(name: str, labels: Mapping[str, str], number: float) -> str:
    listed = ",".join(f'{label}="{value}"' for label, value in labels.items())
    return f"{name}{{{listed}}} {float(number):.15g}" if listed else f"{name} {float(number):.15g}"
