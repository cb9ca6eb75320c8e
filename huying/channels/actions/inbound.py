import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import reduce
from operator import or_

from django.conf import settings
from django.db import DatabaseError, DataError, IntegrityError, connection, transaction
from django.db.models import Q

from huying.channels import journal
from huying.channels.actions.media import expect_media
from huying.channels.actions.outbound import open_windows
from huying.channels.journal import Enclosure, Journal, Record
from huying.channels.keyed import receipt
from huying.channels.message import Message
from huying.channels.models import Attachment, Inbound
from huying.channels.web.form import Upload, body_of, checked, sniffed

DRAIN_ROWS_MAX = 500  # in one transaction
RECEIPT_TURNS_MAX = 4  # the second is needed once in ten million years
REFUSED = "refused"  # folder in the journal: what the database will not take as it is
# Between two attempts to read what nobody could read: a new version may have come meanwhile.
READ_AGAIN_AFTER = (
    timedelta(minutes=1),
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(days=1),
)

log = logging.getLogger(__name__)

Key = tuple[str, str, str]
Read = tuple[Inbound, Message]


def keep(
    channel: str,
    account: str,
    body: bytes,
    *,
    external_id: str,
    meta: Mapping[str, str],
    at: datetime,
) -> Inbound:
    """Keep one delivery, once. A repeated delivery gives back the first one."""
    record = Record(
        channel=channel,
        account=account,
        external_id=external_id,
        receipt=_receipt(channel, account, external_id),
        body=body,
        meta=dict(meta),
        received_at=at,
    )
    return _keep_all([record])[0]


def keep_form(
    account: str,
    *,
    token: str,
    fields: Mapping[str, str],
    files: Sequence[Upload] = (),
    at: datetime,
) -> Inbound:
    """Keep what was filled in on our own page, and tell the receipt. The same `token` keeps once.

    While the database is away it goes to the journal, and the row given back is not saved yet.
    Raises `web.form.FormRefused`, saying which field and why, and `OSError` when it could be
    kept nowhere.
    """
    taken = sniffed(files)
    record = Record(
        channel="web",
        account=account,
        external_id=token,
        receipt=_receipt("web", account, token),
        body=body_of(token, checked(fields), taken, at=at),
        meta={},
        received_at=at,
        enclosures=tuple(
            Enclosure(name=file.name, media_type=file.media_type, content=file.content)
            for file in taken
        ),
    )
    try:
        return _keep_all([record])[0]
    except (DataError, IntegrityError):
        raise  # the database is well; something in the form is not
    except DatabaseError:
        # Also a table that is not there, or a server that only reads since a fail-over. Inside
        # somebody else's transaction it is not ours to decide what is kept.
        if connection.in_atomic_block:
            raise
    files_of_ours = Journal(settings.HUYING_HOME / journal.FOLDER)
    files_of_ours.append([record])
    files_of_ours.close()
    return _row(record)


def claim_unread(*, limit: int, at: datetime) -> list[Inbound]:
    """The oldest messages that nobody read, locked; other workers skip them. In a transaction."""
    unread = Inbound.objects.select_for_update(skip_locked=True).filter(read_at=None)
    due = unread.filter(Q(unreadable=None) | Q(next_try_at__lte=at))
    return list(due.order_by("id")[:limit])


@transaction.atomic
def mark_read(read: Sequence[Read], *, at: datetime) -> None:
    """Note that these messages were understood, who may now be written to, and what to fetch."""
    ids = [inbound.pk for inbound, _ in read]
    Inbound.objects.filter(pk__in=ids).update(read_at=at, unreadable=None, next_try_at=None)
    open_windows(read)
    expect_media(read, at=at)


def fail(inbound: Inbound, reason: str, *, at: datetime) -> None:
    """Put a message aside that could not be read. It stays in sight, and is tried again later."""
    later = READ_AGAIN_AFTER[inbound.attempts : inbound.attempts + 1]
    inbound.attempts += 1
    inbound.unreadable = reason[:500]
    inbound.next_try_at = at + later[0] if later else None
    inbound.save(update_fields=["attempts", "unreadable", "next_try_at"])


def retry(inbound: Inbound, *, at: datetime) -> None:
    """Have a message that was put aside read again now."""
    inbound.next_try_at = at
    inbound.save(update_fields=["next_try_at"])
    _wake()


def drain() -> int:
    """Move what the journal holds into the table, once. Returns how many records it moved.

    A file is removed only after its commit. What the database refuses as it is, is set aside in
    `journal/refused/` and logged; it must not keep the others waiting.
    """
    moved = 0
    for path in journal.waiting(settings.HUYING_HOME / journal.FOLDER):
        with journal.taken(path) as records:
            for start in range(0, len(records or ()), DRAIN_ROWS_MAX):
                assert records
                moved += _drain_some(records[start : start + DRAIN_ROWS_MAX])
    return moved


def _drain_some(records: Sequence[Record]) -> int:
    try:
        _keep_all(records)
    except (DataError, IntegrityError, ValueError) as failure:
        if len(records) > 1:
            return sum(_drain_some([record]) for record in records)
        log.error("a journaled message was refused: %s", type(failure).__name__)
        aside = Journal(settings.HUYING_HOME / journal.FOLDER / REFUSED)
        aside.append(records)
        aside.close()
    return len(records)


@transaction.atomic
def _keep_all(records: Sequence[Record]) -> list[Inbound]:
    turned = list(records)
    for turn in range(1, RECEIPT_TURNS_MAX):
        Inbound.objects.bulk_create([_row(record) for record in turned], ignore_conflicts=True)
        kept = _found(records)
        # Neither new nor there before: its receipt is somebody else's. It gets another one.
        turned = [
            replace(record, receipt=_receipt(*_key(record), turn=turn))
            for record in records
            if _key(record) not in kept
        ]
        if not turned:
            break
    else:
        raise IntegrityError("no receipt was free")
    Attachment.objects.bulk_create(
        [
            Attachment(
                inbound=kept[_key(record)],
                media_id=f"file-{number}",
                name=file.name,
                kind=file.media_type.split("/")[0] if "/pdf" not in file.media_type else "file",
                media_type=file.media_type,
                size=len(file.content),
                content=file.content,
                fetched_at=record.received_at,
            )
            for record in records
            for number, file in enumerate(record.enclosures, 1)
        ],
        ignore_conflicts=True,
    )
    _wake()
    return [kept[_key(record)] for record in records]


def _found(records: Sequence[Record]) -> dict[Key, Inbound]:
    named = (
        Q(channel=record.channel, account=record.account, external_id=record.external_id)
        for record in records
    )
    rows = Inbound.objects.filter(reduce(or_, named))
    return {(row.channel, row.account, row.external_id): row for row in rows}


def _row(record: Record) -> Inbound:
    return Inbound(
        channel=record.channel,
        account=record.account,
        external_id=record.external_id,
        receipt=record.receipt,
        body=record.body,
        meta=record.meta,
        received_at=record.received_at,
    )


def _key(record: Record) -> Key:
    return record.channel, record.account, record.external_id


def _receipt(channel: str, account: str, external_id: str, turn: int = 0) -> str:
    return receipt(settings.RECEIPT_KEY, channel, account, external_id, turn=turn)


def _wake() -> None:
    """Tell the workers at the commit that there is something to read."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify('huying_work', 'inbound')")
