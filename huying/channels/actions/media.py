import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from django.db import transaction

from huying.channels.accounts import Account
from huying.channels.message import Message
from huying.channels.models import Attachment, Inbound
from huying.channels.registry import CHANNELS, Voice, accounts
from huying.channels.sending import TokenRefused, Undeliverable

FETCH_MAX = 16  # at once; each may hold 20 MB in memory
FETCHERS_MAX = 4
LEASE = timedelta(minutes=5)  # a worker that died with it is forgotten after this
FETCH_AGAIN_AFTER = (
    timedelta(minutes=1),
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(hours=24),
    timedelta(hours=24),  # after three days WeChat has thrown it away
)

log = logging.getLogger(__name__)


def expect_media(read: Sequence[tuple[Inbound, Message]], *, at: datetime) -> None:
    """Note what these messages carry that is still with the platform, to be fetched soon."""
    rows = [
        Attachment(
            inbound=inbound,
            name=media.name,
            kind=media.kind,
            media_type=media.media_type,
            media_id=media.media_id,
            next_try_at=at,
        )
        for inbound, message in read
        for media in message.media
        if media.media_id
    ]
    if rows:
        Attachment.objects.bulk_create(rows, ignore_conflicts=True)


def fetch_media(*, at: datetime) -> int:
    """Fetch what is due from the platforms. Returns how many files are here now that were not."""
    claimed = _claim(at)
    with ThreadPoolExecutor(max_workers=FETCHERS_MAX) as pool:
        found = list(pool.map(_fetch, claimed, [_way(row, at) for row in claimed]))
    for row, result in zip(claimed, found, strict=True):
        if isinstance(result, Undeliverable):
            _put_off(row, result, at=at)
        else:
            row.media_type, row.content = result[0] or row.media_type, result[1]
            row.size, row.fetched_at = len(result[1]), at
            row.next_try_at = row.fault = None
            row.save()
    return sum(row.fetched_at is not None for row in claimed)


@transaction.atomic
def _claim(at: datetime) -> list[Attachment]:
    due = Attachment.objects.filter(fetched_at=None, next_try_at__lte=at)
    due = due.select_for_update(skip_locked=True, of=("self",)).select_related("inbound")
    rows = list(due.order_by("next_try_at")[:FETCH_MAX])
    for row in rows:
        row.next_try_at = at + LEASE
        row.attempts += 1
    Attachment.objects.bulk_update(rows, ["next_try_at", "attempts"])
    return rows


Way = tuple[Account, Voice, str] | Undeliverable


def _way(row: Attachment, at: datetime) -> Way:
    """Account, voice and token: all of it that needs the database."""
    account = accounts().find(row.inbound.channel, row.inbound.account)
    voice = CHANNELS[row.inbound.channel].voice if row.inbound.channel in CHANNELS else None
    if not account or not voice:
        return Undeliverable(0, "this account is gone", retry_after_s=None)
    try:
        return account, voice, voice.token(account, "", at)
    except Undeliverable as failure:
        return failure


def _fetch(row: Attachment, way: Way) -> tuple[str, bytes] | Undeliverable:
    if isinstance(way, Undeliverable):
        return way
    account, voice, token = way
    try:
        return voice.fetch(account, token, row.media_id)
    except Undeliverable as failure:
        return failure
    except TokenRefused:
        # Whoever sends next exchanges it; pictures can wait a minute.
        return Undeliverable(40001, "token refused", retry_after_s=60)


def _put_off(row: Attachment, failure: Undeliverable, *, at: datetime) -> None:
    later = FETCH_AGAIN_AFTER[row.attempts - 1 : row.attempts]
    row.fault = f"{failure.code} {failure.reason}"[:500]
    row.next_try_at = at + later[0] if later and not failure.permanent else None
    row.save(update_fields=["fault", "next_try_at"])
    if row.next_try_at is None:
        log.error("attachment %s will not be fetched: %s", row.pk, row.fault)
