"""What other rooms may know of a person without opening the cupboard."""

from collections.abc import Collection

from huying.persons.models import Account, Particular, Person
from huying.persons.rules import Kind, tidy
from huying.persons.seal import hash_of, unseal


def found_by(kind: Kind, value: str) -> list[Person]:
    """The people who told us this phone or identity number."""
    digest = hash_of(kind, tidy(kind, value))
    return list(Person.objects.filter(particulars__kind=kind, particulars__value_hash=digest))


def particulars_of(person_id: int) -> list[Particular]:
    """What we keep of a person, the latest said first."""
    return list(Particular.objects.filter(person_id=person_id).order_by("-said_at", "-pk"))


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
