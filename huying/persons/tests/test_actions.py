from datetime import UTC, datetime

import pytest
from cryptography.fernet import Fernet
from pytest_django.fixtures import Settings

from huying.persons import actions
from huying.persons.actions import Said, Sender, change_lock, keep, know, prefer_text
from huying.persons.models import Account, Particular, Person
from huying.persons.queries import address_of, found_by, have_phone, particulars_of
from huying.persons.rules import Kind
from huying.persons.seal import Unopenable, hash_of, seal, unseal
from huying.testing.threads import at_once

AT = datetime(2022, 11, 8, 2, 0, tzinfo=UTC)
NOOR, MIA = Sender("wechat", "health", "noor"), Sender("wechat", "health", "mia")
OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _old_key(settings: Settings) -> None:
    settings.PERSON_KEYS = [OLD]


def test_who_writes_again_is_the_same_person() -> None:
    first = know([NOOR, MIA], at=AT)
    again = know([MIA, NOOR], at=AT)

    assert first[NOOR] == again[NOOR]
    assert first[NOOR] != first[MIA]
    assert address_of(Account.objects.get(person=first[NOOR])) == "noor"


def test_the_same_name_on_another_account_is_somebody_else() -> None:
    elsewhere = Sender("wechat", "civil", "noor")

    known = know([NOOR, elsewhere], at=AT)

    assert known[NOOR] != known[elsewhere]


def test_nobody_is_known_from_nothing() -> None:
    assert know([], at=AT) == {}
    assert keep([], at=AT) == []


@pytest.mark.django_db(transaction=True)
def test_workers_who_meet_the_same_strangers_make_one_person_of_each() -> None:
    senders = [Sender("wechat", "health", f"person-{number}") for number in range(40)]

    at_once(
        lambda: know(senders, at=AT),
        lambda: know(list(reversed(senders)), at=AT),
        lambda: know(senders[20:] + senders[:20], at=AT),
    )

    assert Account.objects.count() == 40
    assert len({person.pk for person in know(senders, at=AT).values()}) == 40


def test_a_field_is_kept_once_and_found_by_its_hash() -> None:
    person = know([NOOR], at=AT)[NOOR]
    said = [
        Said(person.pk, Kind.PHONE, "199 0000 1234", "person"),
        Said(person.pk, Kind.NAME, "林晓", "person"),
        Said(person.pk, Kind.PHONE, "+8619900001234", "officer:1"),
    ]

    kept = keep(said, at=AT)
    keep(said, at=AT)

    assert kept[0] == kept[2]
    assert Particular.objects.count() == 2
    assert found_by(Kind.PHONE, "１９９００００１２３４") == [person]
    assert found_by(Kind.PHONE, "19900005678") == []
    assert have_phone({person.pk}) == {person.pk}
    assert {row.masked for row in particulars_of(person.pk)} == {"林*", "199******34"}


def test_nothing_that_is_stored_shows_a_phone() -> None:
    person = know([NOOR], at=AT)[NOOR]
    keep([Said(person.pk, Kind.PHONE, "19900001234", "person")], at=AT)

    row = Particular.objects.get()
    assert b"19900001234" not in bytes(row.sealed)
    assert "19900001234" not in f"{row} {row.value_hash} {row.masked}"


def test_the_hash_of_one_kind_is_not_that_of_another() -> None:
    assert hash_of("phone", "1") != hash_of("name", "1")


def test_who_cannot_phone_stays_so() -> None:
    person = know([NOOR], at=AT)[NOOR]

    prefer_text({person.pk})
    prefer_text(set())

    assert Person.objects.get(pk=person.pk).text_only


def test_the_lock_is_changed_piece_by_piece(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "RESEAL_LIMIT", 2)
    persons = know([NOOR, MIA], at=AT)
    for number in range(5):
        keep([Said(persons[NOOR].pk, Kind.PHONE, f"1990000000{number}", "person")], at=AT)

    settings.PERSON_KEYS = [NEW, OLD]  # the old one still opens
    assert {unseal(bytes(row.sealed)) for row in Particular.objects.all()} == {
        f"1990000000{number}" for number in range(5)
    }
    turns, place = 0, (0, 0)
    while following := change_lock(after=place):
        turns, place = turns + 1, following
    assert turns == 3

    settings.PERSON_KEYS = [NEW]  # and is not needed any more
    assert len({unseal(bytes(row.sealed)) for row in Particular.objects.all()}) == 5
    assert {address_of(account) for account in Account.objects.all()} == {"noor", "mia"}
    assert found_by(Kind.PHONE, "19900000003") == [persons[NOOR]]


def test_without_its_key_nothing_opens(settings: Settings) -> None:
    sealed = seal("19900001234")
    person = know([NOOR], at=AT)[NOOR]
    keep([Said(person.pk, Kind.PHONE, "19900001234", "person")], at=AT)
    settings.PERSON_KEYS = [NEW]

    with pytest.raises(Unopenable, match=r"keys\.toml"):
        unseal(sealed)
    with pytest.raises(Unopenable, match=r"keys\.toml"):
        change_lock()
