"""Say what is queued: claim it, say it outside of any transaction, write down what came of it.

A worker may die between saying and writing it down, so a message may be said twice; by the
lease not at once, and never more of them than one claim holds. A database that ends is waited for.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import OperationalError, connection, transaction

from huying.cases.actions import hold, record_all
from huying.cases.facts import Fact
from huying.cases.lifecycle import State
from huying.cases.reactions import Line
from huying.channels.actions import send_all
from huying.channels.queries import sends_left
from huying.channels.sending import Post, Sent, Undeliverable
from huying.intake.facts import Wrote
from huying.notices.actions.queueing import BY
from huying.notices.facts import Told, Undelivered
from huying.notices.models import Notice
from huying.notices.rules import (
    ATTEMPTS_MAX,
    BACK_OFF_FIRST,
    LEASE,
    PAGE,
    SEND_LIMIT,
    SENDS_KEPT,
    SPARABLE,
    WORTH_REPEATING,
    WRITE_DOWN_APART_S,
    WRITE_DOWN_TRIES,
    back_off,
)
from huying.notices.texts import TEXT_BYTES_MAX
from huying.persons.models import Account
from huying.persons.queries import address_of
from huying.persons.seal import Unopenable


class _OnPage:
    """Not said, since the few messages that are left are needed; it stands on their page."""


Outcome = Sent | Undeliverable | _OnPage


@dataclass(frozen=True)
class Parcel:
    """Notices of one case to one person that go as one message: each costs one of five."""

    account: Account
    notices: list[Notice]

    @property
    def text(self) -> str:
        return "\n\n".join(notice.text for notice in self.notices)

    def takes(self, notice: Notice) -> bool:
        size = len(self.text.encode()) + len(notice.text.encode()) + 2
        return self.notices[0].case_id == notice.case_id and size <= TEXT_BYTES_MAX


def send_next(*, at: datetime, limit: int = SEND_LIMIT) -> int:
    """Say the notices that are due. Gives how many it took; nobody waits for another's failure."""
    claimed = _claim(at, limit)
    parcels = _parcels(claimed)
    if parcels:
        said = list(zip(parcels, _say(parcels, at), strict=True))
        _surely(lambda: _write_down(said, at))
        _rest(said, at)
    return len(claimed)


@transaction.atomic
def _claim(at: datetime, limit: int) -> list[Notice]:
    due = Notice.objects.select_for_update(skip_locked=True, of=("self",))
    rows = list(
        due.filter(next_at__lte=at, account__isnull=False)
        .order_by("next_at", "id")
        .select_related("account", "case")[:limit]
    )
    for notice in rows:
        notice.attempts += 1
        notice.next_at = at + LEASE
    Notice.objects.bulk_update(rows, ["attempts", "next_at"])
    return rows


def _parcels(notices: Sequence[Notice]) -> list[Parcel]:
    parcels: list[Parcel] = []
    latest: dict[int, Parcel] = {}
    for notice in notices:
        assert notice.account is not None
        parcel = latest.get(notice.account.pk)
        if parcel and parcel.takes(notice):
            parcel.notices.append(notice)
        else:
            latest[notice.account.pk] = Parcel(notice.account, [notice])
            parcels.append(latest[notice.account.pk])
    return parcels


def _say(parcels: Sequence[Parcel], at: datetime) -> list[Outcome]:
    decided = [_post(parcel, at) for parcel in parcels]
    said = iter(send_all([one for one in decided if isinstance(one, Post)], at=at))
    return [next(said) if isinstance(one, Post) else one for one in decided]


def _post(parcel: Parcel, at: datetime) -> Post | Outcome:
    if any(notice.attempts > ATTEMPTS_MAX for notice in parcel.notices):
        # Only a worker that died each time leaves such a row.
        return Undeliverable(0, "gave up", retry_after_s=None)
    try:
        recipient = address_of(parcel.account)
    except Unopenable:
        return Undeliverable(0, "the address cannot be opened", retry_after_s=None)
    channel, account = parcel.account.channel, parcel.account.account
    if all(notice.about in SPARABLE for notice in parcel.notices):
        left = sends_left(channel, account, recipient, at=at)
        if left is not None and left <= SENDS_KEPT:
            return _OnPage()
    return Post(channel=channel, account=account, recipient=recipient, text=parcel.text)


def _surely(write: Callable[[], None]) -> None:
    """Write down what was said, also when the database ends and comes back just now.

    Or everybody who was told would be told again when the lease ends.
    """
    for _ in range(WRITE_DOWN_TRIES):
        try:
            write()
        except OperationalError:
            if connection.in_atomic_block:
                raise
            connection.close()  # or the next attempt would be made on the dead one
            time.sleep(WRITE_DOWN_APART_S)
        else:
            return
    write()


@transaction.atomic
def _write_down(said: Sequence[tuple[Parcel, Outcome]], at: datetime) -> None:
    notices = [notice for parcel, _ in said for notice in parcel.notices]
    # One object a case, however many notices it has: two would count its lines apart.
    cases = {notice.case_id: notice.case for notice in notices}
    hold(list(cases.values()))
    unsaid = Notice.objects.select_for_update().filter(sent_at=None, failed_at=None)
    # Whoever was slower than the lease finds it written down by another, and writes nothing.
    open_ids = set(unsaid.filter(pk__in=[one.pk for one in notices]).values_list("pk", flat=True))
    lines = []
    for parcel, outcome in said:
        for notice in parcel.notices:
            if notice.pk in open_ids:
                fact = _settle(notice, outcome, at)
                if fact:
                    lines.append(Line(cases[notice.case_id], fact, BY, at))
    changed = [notice for notice in notices if notice.pk in open_ids]
    Notice.objects.bulk_update(changed, ["next_at", "sent_at", "failed_at", "error"])
    record_all(lines)


def _settle(notice: Notice, outcome: Outcome, at: datetime) -> Fact | None:
    assert notice.account is not None
    if not isinstance(outcome, Undeliverable):
        notice.sent_at, notice.next_at, notice.error = at, None, ""
        channel = PAGE if isinstance(outcome, _OnPage) else notice.account.channel
        return Told(about=notice.about, channel=channel, text=notice.text)
    notice.error = f"{outcome.code} {outcome.reason}"[:200]
    if outcome.retry_after_s is not None and notice.attempts < ATTEMPTS_MAX:
        wait = timedelta(seconds=outcome.retry_after_s)
        notice.next_at = at + max(wait, back_off(notice.attempts))
        return None
    notice.failed_at, notice.next_at = at, None
    channel = notice.account.channel
    return Undelivered(about=notice.about, channel=channel, why=notice.error)


def _rest(said: Sequence[tuple[Parcel, Outcome]], at: datetime) -> None:
    """Leave a platform alone for a while that took nothing of all that was said to it.

    Or each of a thousand that wait would find out for itself, and keep the worker from its clocks.
    """
    together: dict[tuple[str, str], list[Outcome]] = {}
    for parcel, outcome in said:
        account = parcel.account
        together.setdefault((account.channel, account.account), []).append(outcome)
    for (channel, account_name), outcomes in together.items():
        waits = [one.retry_after_s for one in outcomes if isinstance(one, Undeliverable)]
        known = [wait for wait in waits if wait is not None]
        if len(known) == len(outcomes):
            due = Notice.objects.filter(
                next_at__lte=at, account__channel=channel, account__account=account_name
            )
            due.update(next_at=at + max(timedelta(seconds=min(known)), BACK_OFF_FIRST))


def try_again(lines: Sequence[Line]) -> None:
    """On Wrote, after `hear`: who writes may be written to again, so say what could not be said.

    The newest of each sort only: an older result or question is out of date by now.
    """
    waiting = [line for line in lines if line.case.state != State.CLOSED]
    failed = Notice.objects.filter(
        case_id__in={line.case.pk for line in waiting},
        account__channel__in={
            line.fact.channel for line in waiting if isinstance(line.fact, Wrote)
        },
        about__in=WORTH_REPEATING,
    ).order_by("case", "about", "-queued_at", "-pk")
    newest = failed.distinct("case", "about").values_list("pk", "failed_at")
    again = [pk for pk, failed_at in newest if failed_at]
    if again:
        due = max(line.at for line in waiting)
        Notice.objects.filter(pk__in=again).update(failed_at=None, attempts=0, next_at=due)
