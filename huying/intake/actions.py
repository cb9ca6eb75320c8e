"""Read what came in: know the person, open a case or let theirs grow."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from huying.cases.actions import open_cases, record, record_all
from huying.cases.facts import Fact
from huying.cases.lifecycle import LIVE
from huying.cases.models import Case
from huying.cases.reactions import Line
from huying.channels.actions import claim_unread, fail, mark_read
from huying.channels.message import Kind, Message, Unreadable
from huying.channels.models import Inbound
from huying.channels.queries import message_of
from huying.channels.registry import accounts
from huying.intake.facts import Opened, Typed, Wrote
from huying.intake.models import Filing
from huying.intake.rules import Outcome, outcome, words
from huying.persons.actions import Sender, know
from huying.persons.models import Person
from huying.units.models import Officer, Unit

READ_LIMIT = 200  # messages read in one transaction
LINKED_WITHIN = timedelta(days=15)  # after its end a case still takes the person's next words
PERSON = "person"

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Letter:
    """One message that could be read, and the person and the receipt that it names, if any."""

    inbound: Inbound
    message: Message

    @property
    def sender(self) -> Sender:
        return Sender(self.inbound.channel, self.inbound.account, self.message.sender)

    @property
    def words(self) -> str:
        place = self.message.location
        label = place and (place.label or f"{place.latitude},{place.longitude}")
        return words(self.message.kind, self.message.text, self.message.fields, label or "")


@transaction.atomic
def read_next(*, at: datetime, limit: int = READ_LIMIT) -> int:
    """Read the oldest messages that nobody has read. Gives how many there were.

    Each opens a case, joins its person's, or says nothing; what cannot be read is put aside in
    sight and keeps nobody waiting behind it.
    """
    inbounds = claim_unread(limit=limit, at=at)
    letters = [letter for inbound in inbounds if (letter := _letter(inbound, at))]
    spoken = [letter for letter in letters if letter.message.kind != Kind.EVENT]
    persons = know([letter.sender for letter in spoken], at=at)
    filings = _file(spoken, persons, at)
    filings += [
        Filing(inbound=letter.inbound, outcome=Outcome.SILENT, filed_at=at)
        for letter in letters
        if letter.message.kind == Kind.EVENT
    ]
    Filing.objects.bulk_create(filings)
    mark_read([(letter.inbound, letter.message) for letter in letters], at=at)
    return len(inbounds)


def _letter(inbound: Inbound, at: datetime) -> Letter | None:
    try:
        return Letter(inbound, message_of(inbound))
    except Unreadable as why:
        fail(inbound, str(why), at=at)
        log.warning("message %s is unreadable: %s", inbound.pk, why)
        return None


def _file(
    letters: Sequence[Letter], persons: Mapping[Sender, Person], at: datetime
) -> list[Filing]:
    # Two workers may read two messages of one person. The lock makes them take turns, and the
    # second finds the case that the first one opened.
    ids = {person.pk for person in persons.values()}
    list(Person.objects.select_for_update().filter(pk__in=ids).order_by("pk"))
    theirs = _latest_cases(ids, at)
    named = _named_cases(letters)
    desks = _Desks()
    openings: list[tuple[Letter, int]] = []
    later: list[tuple[Letter, int]] = []
    for letter in letters:
        person_id = persons[letter.sender].pk
        known = named.get(letter.inbound.pk) or theirs.get(person_id)
        awaited = any(person_id == one for _, one in openings)
        if known or awaited:
            later.append((letter, person_id))
        else:
            openings.append((letter, person_id))
    cases = open_cases(
        [
            (_opened(letter, person_id, desks), PERSON, letter.inbound.received_at)
            for letter, person_id in openings
        ]
    )
    for (_, person_id), case in zip(openings, cases, strict=True):
        theirs[person_id] = case
    filings = [
        Filing(inbound=letter.inbound, case=case, outcome=Outcome.OPENED, filed_at=at)
        for (letter, _), case in zip(openings, cases, strict=True)
    ]
    lines = []
    for letter, person_id in later:
        case = named.get(letter.inbound.pk) or theirs[person_id]
        ending = outcome(live=case.state in LIVE, ended=case.state not in LIVE)
        filings.append(Filing(inbound=letter.inbound, case=case, outcome=ending, filed_at=at))
        lines.append(Line(case, _wrote(letter), PERSON, letter.inbound.received_at))
    record_all(lines)
    return filings


def _latest_cases(person_ids: set[int], at: datetime) -> dict[int, Case]:
    """For each person the case that their next word belongs to: a live one, or one just ended."""
    found: dict[int, Case] = {}
    cases = Case.objects.filter(person_id__in=person_ids).order_by("-opened_at", "-pk")
    for case in cases.select_related("merged_into"):
        while case.merged_into:
            case = case.merged_into  # noqa: PLW2901  words follow the case that took theirs over
        assert case.person_id is not None
        fresh = case.closed_at is None or case.closed_at + LINKED_WITHIN > at
        best = found.get(case.person_id)
        if case.state in LIVE:
            if best is None or best.state not in LIVE:
                found[case.person_id] = case
        elif best is None and fresh:
            found[case.person_id] = case
    return found


def _named_cases(letters: Sequence[Letter]) -> dict[int, Case]:
    """By message: the case whose receipt a form was sent with, from the person's own page."""
    receipts = {
        letter.message.fields["receipt"]: letter.inbound.pk
        for letter in letters
        if letter.inbound.channel == "web" and letter.message.fields.get("receipt")
    }
    filings = Filing.objects.filter(inbound__receipt__in=receipts, case__isnull=False)
    return {
        receipts[filing.inbound.receipt]: filing.case
        for filing in filings.select_related("case", "inbound")
        if filing.case is not None
    }


class _Desks:
    """Which desk stays accountable for what comes in on an account."""

    def __init__(self) -> None:
        self.known = list(Unit.objects.filter(is_desk=True).order_by("code"))
        self.codes = {unit.pk for unit in self.known}

    def of(self, letter: Letter) -> str:
        account = accounts().find(letter.inbound.channel, letter.inbound.account)
        code = account.desk if account else ""
        if code in self.codes:
            return code
        if not self.known:
            raise RuntimeError("no unit is a desk: load the units before reading messages")
        # A mistake in channels.toml must not lose a plea: the first desk holds it.
        log.error("%s has no desk called %r", letter.inbound.channel, code)
        return self.known[0].pk


def _opened(letter: Letter, person_id: int, desks: _Desks) -> Fact:
    account = accounts().find(letter.inbound.channel, letter.inbound.account)
    speaks = letter.inbound.channel == "web" or (
        account is not None and account.reply and not letter.inbound.attempts
    )
    return Opened(
        channel=letter.inbound.channel,
        account=letter.inbound.account,
        desk=desks.of(letter),
        person=person_id,
        inbound=letter.inbound.pk,
        receipt=letter.inbound.receipt,
        form=letter.message.kind,
        words=letter.words,
        receipt_given=speaks,
    )


def _wrote(letter: Letter) -> Fact:
    return Wrote(
        channel=letter.inbound.channel,
        account=letter.inbound.account,
        inbound=letter.inbound.pk,
        receipt=letter.inbound.receipt,
        form=letter.message.kind,
        words=letter.words,
    )


def write_down(case: Case, text: str, *, channel: str, officer: Officer, at: datetime) -> None:
    """An officer writes down what the person said by `channel` (phone, sms, visit)."""
    if not text.strip():
        raise ValueError("write down what the person said")
    fact = Typed(channel=channel, words=words("text", text, {}))
    record(case, fact, by=f"officer:{officer.pk}", at=at)
