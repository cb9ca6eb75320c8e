from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, Q
from django.db.models.functions import TruncHour

from huying.channels.accounts import AccountsUnusable
from huying.channels.keyed import recipient_hash
from huying.channels.message import Message, Unreadable
from huying.channels.models import Inbound, SendingWindow
from huying.channels.registry import CHANNELS, accounts

UNREAD_ROWS_MAX = 100  # more than anybody reads on a page


@dataclass(frozen=True)
class Hour:
    """What came in on one channel in one hour, and what became of it."""

    channel: str
    hour: datetime
    received: int
    read: int
    unreadable: int


def message_of(inbound: Inbound) -> Message:
    """What a kept message says. Raises `Unreadable`, also when its account is gone."""
    channel = CHANNELS.get(inbound.channel)
    if channel is None:
        raise Unreadable(f"no channel {inbound.channel}")
    try:
        account = accounts().find(inbound.channel, inbound.account)
    except AccountsUnusable as failure:
        raise Unreadable(str(failure)) from failure
    if account is None:
        raise Unreadable(f"no account {inbound.channel}/{inbound.account} in channels.toml")
    return channel.parse(bytes(inbound.body), inbound.meta, account)


def desk_code(inbound: Inbound) -> str:
    """Code of the unit that is accountable for what comes in on this account; "" if none is."""
    account = accounts().find(inbound.channel, inbound.account)
    return account.desk if account else ""


def hours(*, since: datetime, until: datetime) -> list[Hour]:
    """Counts for each channel and hour, in the order of time. Received = read + waiting."""
    rows = (
        Inbound.objects.filter(received_at__gte=since, received_at__lt=until)
        .annotate(hour=TruncHour("received_at"))
        .values("channel", "hour")
        .annotate(
            received=Count("id"),
            read=Count("id", filter=Q(read_at__isnull=False)),
            unreadable=Count("id", filter=Q(read_at=None, unreadable__isnull=False)),
        )
        .order_by("hour", "channel")
    )
    return [Hour(**row) for row in rows]


def unreadable() -> list[Inbound]:
    """Messages that nobody could read yet, the oldest first. Their reason is `unreadable`."""
    rows = Inbound.objects.filter(read_at=None, unreadable__isnull=False)
    return list(rows.order_by("received_at")[:UNREAD_ROWS_MAX])


def unread_count() -> Mapping[str, int]:
    """How many messages wait to be read, by channel."""
    rows = Inbound.objects.filter(read_at=None).values_list("channel").annotate(Count("id"))
    return dict(rows)


def sends_left(channel: str, account: str, recipient: str, *, at: datetime) -> int | None:
    """How often `recipient` may still be written to; None when only the platform knows."""
    found = accounts().find(channel, account)
    hashed = recipient_hash(settings.RECEIPT_KEY, channel, account, recipient)
    window = SendingWindow.objects.filter(
        channel=channel, account=account, recipient_hash=hashed
    ).first()
    if not found or not window:
        return None
    if window.opened_at + timedelta(hours=found.window_hours) <= at:
        return 0
    return max(0, found.window_messages - window.sent)
