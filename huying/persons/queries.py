"""What other rooms may know of a person without opening the cupboard."""

from collections.abc import Collection
from contextlib import suppress

from huying.persons.models import Account, Particular, Person
from huying.persons.rules import Kind, tidy
from huying.persons.seal import Unopenable, hash_of, unseal


def found_by(kind: Kind, value: str) -> list[Person]:
    """The people who told us this phone or identity number."""
    digest = hash_of(kind, tidy(kind, value))
    return list(Person.objects.filter(particulars__kind=kind, particulars__value_hash=digest))


def particulars_of(person_id: int) -> list[Particular]:
    """What we keep of a person, the latest said first."""
    return list(Particular.objects.filter(person_id=person_id).order_by("-said_at", "-pk"))


def names_and_addresses(person_ids: Collection[int]) -> dict[int, list[tuple[Kind, str]]]:
    """In clear, what `rules.hide` hides where these people wrote it. Never logged, never shown."""
    kinds = (Kind.NAME, Kind.ADDRESS)
    known: dict[int, list[tuple[Kind, str]]] = {}
    for row in Particular.objects.filter(person_id__in=person_ids, kind__in=kinds):
        # A field whose key is lost hides nothing more, and must not close the page.
        with suppress(Unopenable):
            known.setdefault(row.person_id, []).append((Kind(row.kind), unseal(bytes(row.sealed))))
    return known


def have_phone(person_ids: Collection[int]) -> set[int]:
    """Those of these people who gave a phone number."""
    return set(
        Particular.objects.filter(person_id__in=person_ids, kind=Kind.PHONE)
        .values_list("person_id", flat=True)
        .distinct()
    )


def address_of(account: Account) -> str:
    """The channel's own id of a sender, for sending to them. Never logged, never shown."""
    return unseal(bytes(account.sender_sealed))
