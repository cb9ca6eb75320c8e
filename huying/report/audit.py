"""The independent auditor: looks for broken invariants with questions of its own, and shouts.

It shares no code with what it checks. The sweep trusts `clocks.next_at`; the auditor starts at
the cases and asks whether anything will ever happen to them again.
"""

import json
import logging
import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

HEARTBEAT = "heartbeat"  # in HUYING_HOME; an outside watchdog looks at its age
FINDINGS_MAX = 200  # of each kind: if there are more, the log needs no more of them
SWEPT_WITHIN = timedelta(minutes=1)  # the sweep runs every second
READ_WITHIN = timedelta(minutes=2)
SENT_WITHIN = timedelta(minutes=10)  # after this somebody must be told otherwise than by us

LIVE = "('new', 'open', 'answered')"

# Each gives (what, since): the number to look for, and since when it is so.
QUESTIONS: Mapping[str, str] = {
    # A case in which nothing is due any more would be forgotten. A broken clock counts as long
    # as its ladder goes on; a paused one doesn't: another must run beside it.
    "case without a clock": f"""
        SELECT reference, opened_at FROM cases_case AS subject
        WHERE state IN {LIVE} AND NOT EXISTS (
            SELECT 1 FROM clocks_clock
            WHERE case_id = subject.id AND ended_at IS NULL AND next_at IS NOT NULL)
    """,
    "clock that nobody sweeps": """
        SELECT reference || ' ' || promise, next_at
        FROM clocks_clock JOIN cases_case ON cases_case.id = case_id
        WHERE ended_at IS NULL AND due_at IS NOT NULL AND next_at < %(at)s - %(swept)s
    """,
    "broken promise that nobody was told": """
        SELECT reference || ' ' || promise, due_at
        FROM clocks_clock JOIN cases_case ON cases_case.id = case_id
        WHERE ended_at IS NULL AND due_at < %(at)s - %(swept)s AND NOT EXISTS (
            SELECT 1 FROM cases_entry
            WHERE cases_entry.case_id = cases_case.id AND kind = 'clocks.climbed'
                AND data->>'promise' = promise AND (data->>'task')::bigint = task)
    """,
    # The desk's own offers and an arbiter's do not move on: there the ladder must climb.
    "offer without a due time": f"""
        SELECT reference || ' ' || unit_id, offered_at
        FROM dispatch_task JOIN cases_case ON cases_case.id = case_id
        WHERE dispatch_task.state = 'offered' AND expires_at IS NULL
            AND cases_case.state IN {LIVE} AND NOT EXISTS (
                SELECT 1 FROM clocks_clock
                WHERE task = dispatch_task.id AND ended_at IS NULL AND next_at IS NOT NULL)
    """,
    "notice not sent": """
        SELECT reference || ' ' || about, queued_at
        FROM notices_notice JOIN cases_case ON cases_case.id = case_id
        WHERE account_id IS NOT NULL AND sent_at IS NULL AND failed_at IS NULL
            AND queued_at < %(at)s - %(sent)s
    """,
    "message unread": """
        SELECT channel || ' ' || id, received_at FROM channels_inbound
        WHERE read_at IS NULL AND unreadable IS NULL AND received_at < %(at)s - %(read)s
    """,
    "message read but not decided": """
        SELECT channel || ' ' || id, received_at FROM channels_inbound
        WHERE read_at < %(at)s - %(read)s AND NOT EXISTS (
            SELECT 1 FROM intake_filing WHERE inbound_id = channels_inbound.id)
    """,
    "case not assessed": """
        SELECT reference, wanted_at
        FROM triage_assessment JOIN cases_case ON cases_case.id = case_id
        WHERE wanted_at < %(at)s - %(read)s
    """,
}

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Finding:
    """Something that should never be so. `what` is a reference or number, never a person's word."""

    trouble: str
    what: str
    since: datetime


def audit_next(*, at: datetime) -> list[Finding]:
    """Look once, log an error for each finding, and beat the heart."""
    found = audit(at=at)
    for finding in found:
        log.error("%s: %s since %s", finding.trouble, finding.what, finding.since.isoformat())
    beat(settings.HUYING_HOME, at=at, findings=len(found))
    return found


def audit(*, at: datetime) -> list[Finding]:
    """Everything that should not be so at `at`, worst kind first."""
    spans: dict[str, Any] = {
        "at": at,
        "swept": SWEPT_WITHIN,
        "read": READ_WITHIN,
        "sent": SENT_WITHIN,
    }
    found = []
    with connection.cursor() as cursor:
        for trouble, question in QUESTIONS.items():
            cursor.execute(f"{question} ORDER BY 2 LIMIT {FINDINGS_MAX}", spans)
            found += [Finding(trouble, what, since) for what, since in cursor.fetchall()]
    return found


def beat(folder: Path, *, at: datetime, findings: int) -> None:
    """Write when the auditor last ran. Whole or not at all: a watchdog may read it at any time."""
    line = json.dumps({"at": at.isoformat(), "findings": findings}) + "\n"
    with tempfile.NamedTemporaryFile("w", dir=folder, prefix=HEARTBEAT, delete=False) as draft:
        draft.write(line)
    os.replace(draft.name, folder / HEARTBEAT)


def summary(found: Sequence[Finding]) -> dict[str, int]:
    """How many findings of each kind."""
    kinds = [finding.trouble for finding in found]
    return {kind: kinds.count(kind) for kind in dict.fromkeys(kinds)}
