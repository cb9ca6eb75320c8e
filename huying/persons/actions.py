"""Get to know people, keep what they tell us, and change the lock."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from huying.persons.models import Account, Particular, Person
from huying.persons.rules import Kind, mask, tidy
from huying.persons.seal import hash_of, reseal, seal

RESEAL_LIMIT = 500  # fields sealed again in one transaction


@dataclass(frozen=True)
class Sender:
    """Who a message came from, as its channel knows them."""

    channel: str
    account: str
    sender: str

    @property
    def hash(self) -> str:
        return hash_of(f"sender:{self.channel}:{self.account}", self.sender)


@dataclass(frozen=True)
class Said:
    """One personal field that somebody told us of a person."""

    person_id: int
    kind: Kind
    value: str
    by: str


@transaction.atomic
def know(senders: Collection[Sender], *, at: datetime) -> dict[Sender, Person]:
    """The person behind each sender; who writes for the first time becomes a new person."""
    hashes = {sender.hash: sender for sender in senders}
    known = _known(hashes)
    # In one order, or two workers who meet the same strangers would wait for each other.
    strangers = [hashes[key] for key in sorted(hashes) if hashes[key] not in known]
    if strangers:
        persons = Person.objects.bulk_create(Person(known_since=at) for _ in strangers)
        Account.objects.bulk_create(
            (
                Account(
                    person=person,
                    channel=sender.channel,
                    account=sender.account,
                    sender_hash=sender.hash,
                    sender_sealed=seal(sender.sender),
                )
                for sender, person in zip(strangers, persons, strict=True)
            ),
            ignore_conflicts=True,
        )
        # Another worker may have met the same stranger in the same moment; its row was first,
        # and the person we made for nobody has no account and is never seen again.
        known = _known(hashes)
    return known


def _known(hashes: dict[str, Sender]) -> dict[Sender, Person]:
    accounts = Account.objects.filter(sender_hash__in=hashes).select_related("person")
    return {
        sender: account.person
        for account in accounts
        if (sender := hashes[account.sender_hash]).channel == account.channel
        and sender.account == account.account
    }


def keep(said: Sequence[Said], *, at: datetime) -> list[Particular]:
    """Keep each field once, sealed. Gives back the rows in the order they were said."""
    rows = {}
    for one in said:
        value = tidy(one.kind, one.value)
        key = (one.person_id, str(one.kind), hash_of(one.kind, value))
        rows[key] = Particular(
            person_id=one.person_id,
            kind=one.kind,
            value_hash=key[2],
            sealed=seal(value),
            masked=mask(one.kind, value),
            said_at=at,
            said_by=one.by,
        )
    # In one order, as above.
    Particular.objects.bulk_create([rows[key] for key in sorted(rows)], ignore_conflicts=True)
    kept = {
        (row.person_id, row.kind, row.value_hash): row
        for row in Particular.objects.filter(
            person_id__in={key[0] for key in rows}, value_hash__in={key[2] for key in rows}
        )
    }
    return [
        kept[(one.person_id, str(one.kind), hash_of(one.kind, tidy(one.kind, one.value)))]
        for one in said
    ]


def prefer_text(person_ids: Collection[int]) -> None:
    """These people cannot phone, or cannot now: nobody asks them to."""
    if person_ids:
        Person.objects.filter(pk__in=person_ids, text_only=False).update(text_only=True)


@transaction.atomic
def change_lock(*, after: tuple[int, int] = (0, 0)) -> tuple[int, int] | None:
    """Seal the next fields with the newest key. Gives the place to go on from, None at the end.

    Call it again with what it gave: it may stop half-way and begin anew, old keys still open.
    Raises `seal.Unopenable` if a field was sealed with a key that is gone.
    """
    particular_id, account_id = after
    particulars = list(
        Particular.objects.select_for_update()
        .filter(pk__gt=particular_id)
        .order_by("pk")[:RESEAL_LIMIT]
    )
    for particular in particulars:
        particular.sealed = reseal(bytes(particular.sealed))
    Particular.objects.bulk_update(particulars, ["sealed"])
    accounts = list(
        Account.objects.select_for_update().filter(pk__gt=account_id).order_by("pk")[:RESEAL_LIMIT]
    )
    for account in accounts:
        account.sender_sealed = reseal(bytes(account.sender_sealed))
    Account.objects.bulk_update(accounts, ["sender_sealed"])
    if not particulars and not accounts:
        return None
    return (
        particulars[-1].pk if particulars else particular_id,
        accounts[-1].pk if accounts else account_id,
    )
