"""Received = stored = decided, for each channel and hour, and what is in between right now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection

from huying.channels import journal
from huying.channels.models import Inbound

HOURS = 24
DECIDED_WITHIN = timedelta(minutes=2)  # a worker takes seconds; after this it is asleep
ROWS_MAX = 100  # of each list; more than anybody reads

COUNT = """
SELECT channel, date_trunc('hour', received_at),
    count(*),
    count(filing.inbound_id),
    count(*) FILTER (WHERE filing.inbound_id IS NULL AND unreadable IS NOT NULL),
    count(*) FILTER (WHERE filing.inbound_id IS NULL AND unreadable IS NULL)
FROM channels_inbound LEFT JOIN intake_filing filing ON filing.inbound_id = channels_inbound.id
WHERE received_at >= %(since)s AND received_at < %(at)s
GROUP BY 1, 2
ORDER BY 2 DESC, 1
"""


@dataclass(frozen=True)
class Hour:
    """One channel in one hour. stored = decided + unreadable + waiting."""

    channel: str
    hour: datetime
    stored: int  # what we acknowledged, unless it lies in the journal still
    decided: int  # has a case, or a reason why it needs none
    unreadable: int
    waiting: int

    @property
    def is_even(self) -> bool:
        return self.stored == self.decided


@dataclass(frozen=True)
class Reconciled:
    """The hours, newest first, and the messages that are not decided."""

    hours: Sequence[Hour]
    journal_files: int  # messages that were acknowledged while the database was away
    undecided: Sequence[Inbound]  # older than DECIDED_WITHIN, the oldest first
    unreadable: Sequence[Inbound]

    @property
    def is_even(self) -> bool:
        return not (self.journal_files or self.undecided or self.unreadable)


def reconcile(at: datetime, *, hours: int = HOURS) -> Reconciled:
    """The last `hours` hours, and everything undecided however old."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT, {"since": at - timedelta(hours=hours), "at": at})
        rows = [Hour(*row) for row in cursor.fetchall()]
    open_ones = Inbound.objects.filter(filing=None).defer("body").order_by("received_at")
    late = open_ones.filter(unreadable=None, received_at__lt=at - DECIDED_WITHIN)
    return Reconciled(
        hours=rows,
        journal_files=len(journal.waiting(settings.HUYING_HOME / journal.FOLDER)),
        undecided=list(late[:ROWS_MAX]),
        unreadable=list(open_ones.exclude(unreadable=None)[:ROWS_MAX]),
    )
